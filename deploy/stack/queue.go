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

// startQueue starts the emulated queue machine (排队机) of the sample hall and returns what the centre at web must be told of it.
func (s *Stack) startQueue(ctx context.Context, web string) (args []string, err error) {
	key := filepath.Join(s.Dir, "queue.key")
	if _, err := os.Stat(key); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(key, []byte("tongban:"+ids.Key()+"\n"), 0o600); err != nil {
			return nil, fmt.Errorf("write key of the queue machine: %w", err)
		}
	}
	run := []string{filepath.Join(s.Bin, "tongban-sim"), "queue-machine", "--listen", at(s.port("queue", 18093)), "--key-file", key, "--centre", web}
	if s.Clock != "" {
		run = append(run, "--clock", s.Clock)
	}
	s.Queue = s.process("queue", run)
	var r struct{ Queue string }
	if err := s.Queue.Start(ctx, 20*time.Second, &r); err != nil {
		return nil, err
	}
	s.QueueURL = r.Queue
	return []string{"--queue-url", r.Queue, "--queue-key-file", key, "--queue-internal"}, nil
}
