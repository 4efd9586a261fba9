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

// startProvince starts the emulated provincial account system (省统一身份认证) for a centre at web, and returns what the
// centre must be told of it.
func (s *Stack) startProvince(ctx context.Context, web string) (args []string, err error) {
	key := filepath.Join(s.Dir, "province.key")
	if _, err := os.Stat(key); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(key, []byte("tongban:"+ids.Key()+"\n"), 0o600); err != nil {
			return nil, fmt.Errorf("write key of the provincial account system: %w", err)
		}
	}
	s.Province = s.process("province", []string{
		filepath.Join(s.Bin, "tongban-sim"), "province", "--listen", at(s.port("province", 18092)), "--key-file", key,
		"--redirect", web + "/sso/province/callback", "--backchannel", web + "/sso/province/logout",
	})
	var r struct{ Province string }
	if err := s.Province.Start(ctx, 20*time.Second, &r); err != nil {
		return nil, err
	}
	s.ProvinceURL = r.Province
	return []string{"--province-issuer", r.Province, "--province-key-file", key, "--province-internal"}, nil
}
