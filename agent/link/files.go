package link

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"tongban/agent/outbox"
	"tongban/fleet/wire"
)

// chunk goes up in one request: small enough that a slow line finishes it within chunkLimit, large enough for a fast one.
const (
	chunk      = 256 << 10
	chunkLimit = time.Minute
)

// Uploader sends files over HTTPS with the terminal's certificate and goes on where the last try stopped.
type Uploader struct {
	Base string // https://host:port
	HTTP *http.Client
}

// errSpoilt means that what arrived is not what was sent: it starts again from the beginning.
var errSpoilt = errors.New("digest is wrong at the centre")

// Send returns when the centre has the whole file. It may be called again after any error.
func (u *Uploader) Send(ctx context.Context, f outbox.File, path string) error {
	err := u.send(ctx, f, path)
	if errors.Is(err, errSpoilt) {
		err = u.send(ctx, f, path)
	}
	if err != nil {
		return fmt.Errorf("send file: %w", err)
	}
	return nil
}

func (u *Uploader) send(ctx context.Context, f outbox.File, path string) error {
	offset, done, err := u.head(ctx, f)
	if err != nil || done {
		return err
	}
	file, err := os.Open(path) //nolint:gosec // below the data folder
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	buf := make([]byte, chunk)
	for offset < f.Size {
		n, err := file.ReadAt(buf, offset)
		if err != nil && !errors.Is(err, io.EOF) || n == 0 {
			return fmt.Errorf("read at %d: %w", offset, err)
		}
		next, done, err := u.patch(ctx, f, offset, buf[:n])
		if err != nil || done {
			return err
		}
		if next <= offset && next != 0 { // no step forward would go on for ever
			return fmt.Errorf("centre stays at %d", next)
		}
		offset = next
	}
	_, done, err = u.head(ctx, f)
	if err == nil && !done {
		err = errors.New("all bytes are there, but the centre has not finished")
	}
	return err
}

// head asks how much is there.
func (u *Uploader) head(ctx context.Context, f outbox.File) (offset int64, done bool, err error) {
	status, header, err := u.do(ctx, http.MethodHead, f, 0, nil)
	if err != nil {
		return 0, false, err
	}
	switch status {
	case http.StatusNotFound:
		return 0, false, nil
	case http.StatusOK, http.StatusNoContent:
		offset, _ = strconv.ParseInt(header.Get(wire.HeaderOffset), 10, 64)
		return offset, header.Get(wire.HeaderDone) == "1", nil
	}
	return 0, false, fmt.Errorf("head: %s", http.StatusText(status))
}

func (u *Uploader) patch(ctx context.Context, f outbox.File, at int64, part []byte) (offset int64, done bool, err error) {
	status, header, err := u.do(ctx, http.MethodPatch, f, at, part)
	if err != nil {
		return 0, false, err
	}
	switch status {
	case http.StatusCreated:
		return f.Size, true, nil
	case http.StatusOK, http.StatusNoContent:
		offset, err := strconv.ParseInt(header.Get(wire.HeaderOffset), 10, 64)
		if err != nil {
			offset = at + int64(len(part))
		}
		return offset, header.Get(wire.HeaderDone) == "1", nil
	case http.StatusConflict: // another try of ours was further, or less far, than we thought
		return u.head(ctx, f)
	case http.StatusUnprocessableEntity:
		return 0, false, errSpoilt
	}
	return 0, false, fmt.Errorf("patch at %d: %s", at, http.StatusText(status))
}

func (u *Uploader) do(ctx context.Context, method string, f outbox.File, at int64, part []byte) (status int, header http.Header, err error) {
	ctx, cancel := context.WithTimeout(ctx, chunkLimit)
	defer cancel()
	var body io.Reader
	if part != nil {
		body = bytes.NewReader(part)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(u.Base, "/")+wire.PathFiles+f.Digest, body)
	if err != nil {
		return 0, nil, fmt.Errorf("make request: %w", err)
	}
	if trace, ok := ctx.Value(traceKey{}).(string); ok && trace != "" {
		req.Header.Set(wire.HeaderTrace, trace)
	}
	if part != nil {
		req.Header.Set("Content-Type", "application/offset+octet-stream")
		req.Header.Set("Idempotency-Key", rand.Text())
		req.Header.Set(wire.HeaderOffset, strconv.FormatInt(at, 10))
		req.Header.Set(wire.HeaderLength, strconv.FormatInt(f.Size, 10))
	}
	res, err := u.HTTP.Do(req)
	if err != nil {
		return 0, nil, err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection is used again
	return res.StatusCode, res.Header, res.Body.Close()
}
