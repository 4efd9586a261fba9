package simterm

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"tongban/fleet/wire"
)

// Upload encrypts plain and sends it, going on where an earlier try stopped.
func (t *Terminal) Upload(ctx context.Context, plain []byte, mime string) (wire.File, error) {
	text, key, err := wire.Encrypt(plain)
	if err != nil {
		return wire.File{}, err
	}
	sum := sha256.Sum256(text)
	f := wire.File{Digest: "sha256:" + hex.EncodeToString(sum[:]), Size: int64(len(text)), MIME: mime, Key: key}
	at, done, err := t.Offset(ctx, f.Digest)
	if err != nil || done {
		return f, err
	}
	status, _, err := t.Patch(ctx, f.Digest, at, f.Size, text[at:])
	if err != nil {
		return f, err
	}
	if status != http.StatusCreated {
		return f, fmt.Errorf("upload file: status %d", status)
	}
	return f, nil
}

// Offset asks how much of a file the centre has.
func (t *Terminal) Offset(ctx context.Context, digest string) (at int64, done bool, err error) {
	res, err := t.Do(ctx, http.MethodHead, wire.PathFiles+digest, nil, nil)
	if err != nil {
		return 0, false, err
	}
	if res.StatusCode != http.StatusOK {
		return 0, false, fmt.Errorf("ask for upload offset: status %d", res.StatusCode)
	}
	at, err = strconv.ParseInt(res.Header.Get(wire.HeaderOffset), 10, 64)
	if err != nil {
		return 0, false, fmt.Errorf("read upload offset: %w", err)
	}
	return at, res.Header.Get(wire.HeaderDone) == "1", nil
}

// Patch sends one part and returns status and the centre's offset.
func (t *Terminal) Patch(ctx context.Context, digest string, offset, length int64, part []byte) (status int, at int64, err error) {
	h := http.Header{}
	h.Set(wire.HeaderOffset, strconv.FormatInt(offset, 10))
	h.Set(wire.HeaderLength, strconv.FormatInt(length, 10))
	res, err := t.Do(ctx, http.MethodPatch, wire.PathFiles+digest, h, part)
	if err != nil {
		return 0, 0, err
	}
	if s := res.Header.Get(wire.HeaderOffset); s != "" {
		if at, err = strconv.ParseInt(s, 10, 64); err != nil {
			return 0, 0, fmt.Errorf("read upload offset: %w", err)
		}
	}
	return res.StatusCode, at, nil
}

// Do sends one request under the terminal's certificate; the answer's body is read and closed.
func (t *Terminal) Do(ctx context.Context, method, path string, h http.Header, body []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, t.Web+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	for k, v := range h {
		req.Header[k] = v
	}
	res, err := t.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("send request: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	res.Body = io.NopCloser(bytes.NewReader(text))
	return res, nil
}

// WithoutCertificate is the terminal's transport for a caller that has no certificate, for tests of the listener.
func (t *Terminal) WithoutCertificate() *http.Transport {
	cfg := t.tls.Clone()
	cfg.Certificates = nil
	return &http.Transport{TLSClientConfig: cfg, DisableKeepAlives: true}
}
