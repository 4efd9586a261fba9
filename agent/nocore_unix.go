//go:build unix

package main

import "syscall"

// noCoreDumps keeps the memory of a crashed terminal off the disk: it holds the visit of whoever stands there.
func noCoreDumps() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }
