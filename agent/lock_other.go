//go:build !unix && !windows

package main

// lockFolder is left to the service manager here.
func lockFolder(string) (unlock func(), err error) { return func() {}, nil }
