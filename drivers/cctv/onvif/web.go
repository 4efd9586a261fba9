package onvif

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"tongban/drivers"
	"tongban/drivers/cctv/digest"
)

// Bounds of answers: a device that is broken or is not what it seems must not fill the memory.
const (
	maxXML  = 1 << 20
	maxJPEG = 40 << 20
)

// web speaks HTTP with one camera and with no other: it follows no redirects and takes only the path of the addresses that the camera gives.
type web struct {
	base   *url.URL
	who    digest.Credentials
	client *http.Client
}

func newWeb(base *url.URL, who digest.Credentials) *web {
	return &web{base: base, who: who, client: &http.Client{
		Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 2, ResponseHeaderTimeout: limitStill},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// do sends one request to a path with its query; the camera's question for name and password is answered once.
func (w *web) do(ctx context.Context, method, path string, body []byte) (*http.Response, error) {
	res, err := w.send(ctx, method, path, body, "")
	if err != nil || res.StatusCode != http.StatusUnauthorized || w.who.User == "" {
		return res, err
	}
	header, err := w.who.Header(res, method, path)
	if err != nil {
		return res, nil //nolint:nilerr // a question of another kind: the refusal stands
	}
	closeBody(res)
	return w.send(ctx, method, path, body, header)
}

func (w *web) send(ctx context.Context, method, path string, body []byte, authorization string) (*http.Response, error) {
	u, err := url.Parse(path)
	if err != nil {
		return nil, protocol(err)
	}
	u.Scheme, u.Host = w.base.Scheme, w.base.Host
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, &drivers.Error{Code: drivers.CodeInternalError, Detail: "make request", Cause: err}
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/soap+xml; charset=utf-8")
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	res, err := w.client.Do(req)
	if err != nil {
		return nil, lineFault(ctx, err)
	}
	return res, nil
}

// lineFault puts what went wrong on the way into the words of the platform.
func lineFault(ctx context.Context, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &drivers.Error{Code: drivers.CodeCanceled, Detail: "cancelled", Cause: err}
	case errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil:
		return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "no answer in time", Cause: err}
	case errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH):
		return &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "nothing listens there", Cause: err}
	}
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonLineNoise, Detail: "line broke off", Cause: err}
}

// refused is an answer that is not a success.
func refused(res *http.Response) error {
	e := &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonNoImage, Raw: res.Status, Detail: "camera refused"}
	switch res.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return denied()
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		e.Code, e.Reason, e.Detail = drivers.CodeDeviceNotReady, "", "camera is busy"
	case http.StatusNotFound:
		e.Code, e.Reason, e.Detail = drivers.CodeLineError, drivers.ReasonProtocol, "camera keeps its pictures elsewhere"
	}
	return e
}

func readAll(ctx context.Context, r io.Reader, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, lineFault(ctx, err)
	}
	if int64(len(b)) > most {
		return nil, &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonNoImage, Detail: fmt.Sprintf("answer of more than %d bytes", most)}
	}
	return b, nil
}

func (w *web) picture(ctx context.Context, path string) ([]byte, error) {
	res, err := w.do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	defer closeBody(res)
	if res.StatusCode != http.StatusOK {
		return nil, refused(res)
	}
	return readAll(ctx, res.Body, maxJPEG)
}

// follow reads Motion-JPEG: parts of one long answer, a picture each. A stream that pauses too long is given up. Who looks longer than the
// camera's pace sees the newest picture next, not what waited meanwhile.
func (w *web) follow(ctx context.Context, path string, see func([]byte) (bool, error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silent := wall.afterFunc(limitSilent, func() { cancel(errSilent) })
	defer silent.Stop()
	res, err := w.do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return whySilent(ctx, err)
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return refused(res)
	}
	kind, settings, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	boundary := strings.TrimPrefix(settings["boundary"], "--")
	if err != nil || !strings.HasPrefix(kind, "multipart/") || boundary == "" {
		_ = res.Body.Close()
		return protocol(fmt.Errorf("a stream of kind %q", kind))
	}
	newest, ended := make(chan []byte, 1), make(chan error, 1)
	go func() {
		defer close(ended)
		ended <- pictures(ctx, multipart.NewReader(res.Body, boundary), newest)
	}()
	defer func() {
		cancel(nil)
		_ = res.Body.Close() // not read to its end: it has none
		for range ended {    // nobody reads any more when this returns
		}
	}()
	for {
		silent.Reset(limitSilent)
		select {
		case b := <-newest:
			silent.Stop() // while we look the camera owes us nothing
			if more, err := see(b); err != nil || !more {
				return err
			}
		case err := <-ended:
			return whySilent(ctx, err)
		case <-ctx.Done():
			return whySilent(ctx, lineFault(ctx, ctx.Err()))
		}
	}
}

// pictures reads the parts of a stream until it breaks, and keeps the newest for whoever looks.
func pictures(ctx context.Context, parts *multipart.Reader, newest chan []byte) error {
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return broken(ctx, err)
		}
		b, err := readAll(ctx, part, maxJPEG)
		if err != nil {
			return broken(ctx, err)
		}
		select {
		case <-newest: // nobody has looked at it yet
		default:
		}
		newest <- b // there is room: nobody else puts one there
	}
}

var errSilent = &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "the stream stands still"}

func whySilent(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errSilent) {
		return errSilent
	}
	return err
}

// broken is a stream that ended: it has no end of its own.
func broken(ctx context.Context, err error) error {
	var known *drivers.Error
	if errors.As(err, &known) && known.Code != drivers.CodeLineError {
		return err
	}
	return lineFault(ctx, err)
}

func closeBody(res *http.Response) {
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 4096)) // lets the connection be used again
	_ = res.Body.Close()
}
