package kioskui

import (
	"io/fs"
	"testing"
)

func TestFSHasAPage(t *testing.T) {
	if _, err := fs.Stat(FS(), "index.html"); err != nil {
		t.Fatalf("no page to serve: %v", err)
	}
}
