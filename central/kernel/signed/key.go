package signed

import (
	"fmt"
	"os"
	"strings"
)

// shortest is how many characters a secret has at least.
const shortest = 16

// ReadKey reads the key file of a system: one line "id:secret", readable by its owner alone. whose names the system in errors,
// as in "the post"; no error holds any of the secret.
func ReadKey(path, whose string) (id string, secret []byte, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", nil, fmt.Errorf("read key of %s: %w", whose, err)
	}
	id, word, ok := strings.Cut(strings.TrimSpace(string(text)), ":")
	if !ok || id == "" || len(word) < shortest {
		return "", nil, fmt.Errorf("key of %s: want one line \"id:secret\", the secret of %d characters or more", whose, shortest)
	}
	return id, []byte(word), nil
}
