//go:build !unix

package main

// noCoreDumps does nothing where a crash writes no memory image by itself.
func noCoreDumps() {}
