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

// startProvince starts the emulated provincial account system (省统一身份认证) for a centre at web and the six systems behind the
// exchange (省一体化平台), and returns what the centre must be told of them.
func (s *Stack) startProvince(ctx context.Context, web string) (args []string, err error) {
	key, sixKey, peer := filepath.Join(s.Dir, "province.key"), filepath.Join(s.Dir, "exchange.key"), filepath.Join(s.Dir, "exchange.pub")
	for _, file := range []string{key, sixKey} {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			if err := os.WriteFile(file, []byte("tongban:"+ids.Key()+"\n"), 0o600); err != nil {
				return nil, fmt.Errorf("write key of the province: %w", err)
			}
		}
	}
	s.Province = s.process("province", []string{
		filepath.Join(s.Bin, "tongban-sim"), "province", "--listen", at(s.port("province", 18092)), "--key-file", key,
		"--redirect", web + "/sso/province/callback", "--backchannel", web + "/sso/province/logout",
		"--exchange-listen", at(s.port("exchange", 18093)), "--exchange-key-file", sixKey,
	})
	var r struct {
		Province    string
		Exchange    string
		ExchangeKey string `json:"exchange_key"`
	}
	if err := s.Province.Start(ctx, 20*time.Second, &r); err != nil {
		return nil, err
	}
	s.ProvinceURL, s.ExchangeURL = r.Province, r.Exchange
	if err := os.WriteFile(peer, []byte(r.ExchangeKey+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("write public key of the province: %w", err)
	}
	return []string{
		"--province-issuer", r.Province, "--province-key-file", key, "--province-internal",
		"--exchange-url", r.Exchange, "--exchange-key-file", sixKey, "--exchange-peer-file", peer, "--exchange-internal",
	}, nil
}
