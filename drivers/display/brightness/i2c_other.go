//go:build !linux

package brightness

// Wires is no bus: only Linux shows the wires of video cables as files.
func Wires() Bus { return nil }
