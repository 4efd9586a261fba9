// Package app holds the use cases of the one-thing themes (一件事用例): load and check the seed, ask, put together a bundle.
package app
