//go:build !unix

package hal

// hold has nothing to do here: Windows opens a COM port for one program only.
func hold(string) (func(), error) { return func() {}, nil }
