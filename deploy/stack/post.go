package stack

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tongban/central/kernel/ids"
)

// startPost starts the emulated post (邮政) and returns what the centre must be told of it.
func (s *Stack) startPost(ctx context.Context) (args []string, err error) {
	key := filepath.Join(s.Dir, "post.key")
	if _, err := os.Stat(key); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(key, []byte("tongban:"+ids.Key()+"\n"), 0o600); err != nil {
			return nil, fmt.Errorf("write key of the post: %w", err)
		}
	}
	s.Post = s.process("post", []string{filepath.Join(s.Bin, "tongban-sim"), "post", "--listen", at(s.port("post", 18094)), "--key-file", key})
	var r struct{ Post string }
	if err := s.Post.Start(ctx, 20*time.Second, &r); err != nil {
		return nil, err
	}
	s.PostURL = r.Post
	return []string{"--post-url", r.Post, "--post-key-file", key, "--post-internal"}, nil
}
