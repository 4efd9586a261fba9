package signed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	for text, good := range map[string]bool{
		"post:0123456789abcdef\n": true, "post:0123456789abcde": false, ":0123456789abcdef": false, "0123456789abcdef": false, "": false,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		id, secret, err := ReadKey(file, "the post")
		if good != (err == nil) || good && (id != "post" || string(secret) != "0123456789abcdef") {
			t.Errorf("%q: %q, %v", text, id, err)
		}
		if err != nil && (!strings.Contains(err.Error(), "the post") || strings.Contains(err.Error(), "0123")) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, _, err := ReadKey(file+".gone", "the post"); err == nil {
		t.Error("a missing file was read")
	}
}
