// Package store keeps verifications and alerts (审计模块数据表); it alone names the tables audit_*.
package store
