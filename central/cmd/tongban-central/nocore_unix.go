//go:build unix

package main

import "syscall"

// noCoreDumps keeps the memory of a crashed centre off the disk: it holds what people handed in, and keys.
func noCoreDumps() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }
