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

// startSMS starts the emulated short-message gateway (短信网关) and returns what the centre must be told of it.
func (s *Stack) startSMS(ctx context.Context) (args []string, err error) {
	key := filepath.Join(s.Dir, "sms.key")
	if _, err := os.Stat(key); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(key, []byte("tongban:"+ids.Key()+"\n"), 0o600); err != nil {
			return nil, fmt.Errorf("write key of the short-message gateway: %w", err)
		}
	}
	s.SMS = s.process("sms", []string{filepath.Join(s.Bin, "tongban-sim"), "sms", "--listen", at(s.port("sms", 18091)), "--key-file", key})
	var r struct{ SMS string }
	if err := s.SMS.Start(ctx, 20*time.Second, &r); err != nil {
		return nil, err
	}
	s.SMSURL = r.SMS
	return []string{"--sms-url", r.SMS, "--sms-key-file", key, "--sms-internal"}, nil
}
