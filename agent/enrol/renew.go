package enrol

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tongban/agent/clock"
	"tongban/fleet/wire"
)

// nextKeyFile is the key of a certificate that was asked for and is not used yet. It is kept, so that a request whose
// answer was lost can be repeated with the same key.
const nextKeyFile = "key-next.pem"

// Keep renews the certificate when the centre says that it is due (证书更换), until ctx ends. every is the pause between two
// questions; the terminal's own clock decides nothing, so that it may be wrong or jump.
func (i *Identity) Keep(ctx context.Context, c clock.Clock, every time.Duration, log *slog.Logger) {
	for ctx.Err() == nil {
		changed, err := i.Renew(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			log.Warn("certificate was not renewed", "err", err)
		case changed:
			log.Info("certificate was renewed")
		}
		_ = clock.Sleep(ctx, c, every)
	}
}

// Renew asks the centre once and does what it says. The steps are such that a power cut after any of them leaves an
// identity that the centre accepts: the old certificate until the new one is on the disk, and either until it is confirmed.
func (i *Identity) Renew(ctx context.Context) (changed bool, err error) {
	var s wire.CertificateState
	if err := i.call(ctx, http.MethodGet, nil, &s); err != nil {
		return false, fmt.Errorf("ask about the certificate: %w", err)
	}
	if s.Confirm { // an earlier confirmation was lost
		return true, i.confirm(ctx)
	}
	if !s.Due {
		return false, nil
	}
	key, err := loadKey(i.dir, nextKeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(i.dir, nextKeyFile)
	}
	if err != nil {
		return false, err
	}
	csr, err := request(key)
	if err != nil {
		return false, err
	}
	var got wire.Enrolment
	if err := i.call(ctx, http.MethodPost, wire.RenewRequest{CSR: csr}, &got); err != nil {
		return false, fmt.Errorf("ask for a certificate: %w", err)
	}
	next := i.Enrolment // place, numbers and addresses stay what they are; the roots may have grown
	next.Cert, next.CA = got.Cert, got.CA
	fresh, err := assemble(next, key, i.dir)
	if err != nil {
		return false, err
	}
	if got.Terminal != i.Terminal || got.Epoch != i.Epoch {
		return false, fmt.Errorf("the centre answers for %s, epoch %d", got.Terminal, got.Epoch)
	}
	if err := i.store(next); err != nil {
		return false, err
	}
	i.now.Store(fresh.now.Load())
	i.mu.Lock()
	for _, letGo := range i.idle {
		letGo()
	}
	i.mu.Unlock()
	return true, i.confirm(ctx)
}

// store gives the next key a name of its own and exchanges the enrolment, which names it, in one piece; then the keys that
// nothing names any more are removed.
func (i *Identity) store(next wire.Enrolment) error {
	name := "key-" + strings.ToLower(rand.Text()[:10]) + ".pem"
	if err := os.Rename(filepath.Join(i.dir, nextKeyFile), filepath.Join(i.dir, name)); err != nil {
		return fmt.Errorf("keep renewed key: %w", err)
	}
	text, err := json.MarshalIndent(kept{next, name}, "", "  ")
	if err != nil {
		return fmt.Errorf("encode enrolment: %w", err)
	}
	if err := keep(filepath.Join(i.dir, enrolmentFile), text); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(i.dir, "key*.pem"))
	if err != nil {
		return fmt.Errorf("list keys: %w", err)
	}
	for _, o := range old {
		if filepath.Base(o) != name {
			_ = os.Remove(o) // one that stays is of no use to anybody
		}
	}
	return nil
}

func (i *Identity) confirm(ctx context.Context) error {
	if err := i.call(ctx, http.MethodPut, struct{}{}, nil); err != nil {
		return fmt.Errorf("confirm the certificate: %w", err)
	}
	return nil
}

// call asks over a connection of its own, which shows the certificate of this moment.
func (i *Identity) call(ctx context.Context, method string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(i.Web, "/")+wire.PathCertificate, body)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", rand.Text())
	c := client(i.TLS())
	defer c.CloseIdleConnections()
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // read whole
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return &RefusedError{Status: res.StatusCode, Detail: strings.TrimSpace(string(text))}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}
