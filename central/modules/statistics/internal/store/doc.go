// Package store is the SQL of the statistics (统计存储), the only package that names its tables.
package store
