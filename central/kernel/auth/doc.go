// Package auth knows who works here and what they may do (身份与权限): staff
// accounts, sessions, roles as data, and the question May that every act asks.
package auth
