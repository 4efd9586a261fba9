// Package app holds the use cases of the integrated window (综合窗口用例), one file each.
package app
