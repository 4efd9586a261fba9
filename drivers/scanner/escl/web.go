package escl

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"syscall"

	"tongban/drivers"
)

// Bounds of answers: a device that is broken or is not what it seems must not fill the memory.
const (
	maxXML  = 1 << 20
	maxJPEG = 40 << 20
)

// web speaks HTTP with one device and with no other: it follows no redirects and takes only the path of the addresses
// that the device gives.
type web struct {
	base   *url.URL
	client *http.Client
}

func newWeb(base *url.URL) *web {
	base.Path = strings.TrimSuffix(base.Path, "/")
	return &web{base: base, client: &http.Client{
		Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 2, ResponseHeaderTimeout: limitCapture},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (w *web) close() { w.client.CloseIdleConnections() }

// do sends one request; p is a path below the base, or a whole path as a device gave it.
func (w *web) do(ctx context.Context, method, p string, body []byte) (*http.Response, error) {
	u := *w.base
	if u.Path = p; !strings.HasPrefix(p, "/") {
		u.Path = w.base.Path + "/" + p
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, &drivers.Error{Code: drivers.CodeInternalError, Detail: "make request", Cause: err}
	}
	if body != nil {
		req.Header.Set("Content-Type", "text/xml")
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
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 4096))
	e := &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonNoImage, Raw: res.Status, Detail: "camera refused"}
	switch res.StatusCode {
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		e.Code, e.Reason, e.Detail = drivers.CodeDeviceNotReady, "", "camera is busy"
	case http.StatusNotFound:
		e.Code, e.Detail = drivers.CodeDeviceNotReady, "camera knows the job no more"
	case http.StatusBadRequest, http.StatusConflict, http.StatusUnsupportedMediaType, http.StatusMethodNotAllowed:
		e.Code, e.Reason, e.Detail = drivers.CodeInternalError, drivers.ReasonProtocol, "camera does not take the order"
	}
	return e
}

func (w *web) xml(ctx context.Context, p string, into any) error {
	res, err := w.do(ctx, http.MethodGet, p, nil)
	if err != nil {
		return err
	}
	defer closeBody(res)
	if res.StatusCode != http.StatusOK {
		return refused(res)
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, maxXML))
	if err != nil {
		return lineFault(ctx, err)
	}
	return parseXML(b, into)
}

func parseXML(b []byte, into any) error {
	if err := xml.Unmarshal(b, into); err != nil {
		return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: "answer is not the XML of eSCL", Cause: err}
	}
	return nil
}

func (w *web) capabilities(ctx context.Context) (capabilities, error) {
	var c capabilities
	return c, w.xml(ctx, "ScannerCapabilities", &c)
}

func (w *web) status(ctx context.Context) (status, error) {
	var s status
	return s, w.xml(ctx, "ScannerStatus", &s)
}

// order makes a job and returns its path.
func (w *web) order(ctx context.Context, body []byte) (string, error) {
	res, err := w.do(ctx, http.MethodPost, "ScanJobs", body)
	if err != nil {
		return "", err
	}
	defer closeBody(res)
	if res.StatusCode != http.StatusCreated {
		if res.StatusCode == http.StatusOK { // an answer, but not one that eSCL knows
			return "", &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: "order answered without a job", Raw: res.Status}
		}
		return "", refused(res)
	}
	return w.jobPath(res.Header.Get("Location"))
}

// jobPath takes the path of a job's address, whatever host the device believes to be, and only below the service.
func (w *web) jobPath(location string) (string, error) {
	u, err := url.Parse(location)
	if err != nil || location == "" {
		return "", &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: "job without an address", Cause: err}
	}
	p := path.Clean("/" + u.Path)
	if !strings.HasPrefix(p, w.base.Path+"/ScanJobs/") {
		return "", &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: "job outside the service"}
	}
	return p, nil
}

func (w *web) document(ctx context.Context, job string) ([]byte, error) {
	res, err := w.do(ctx, http.MethodGet, job+"/NextDocument", nil)
	if err != nil {
		return nil, err
	}
	defer closeBody(res)
	if res.StatusCode != http.StatusOK {
		return nil, refused(res)
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, maxJPEG+1))
	if err != nil {
		return nil, lineFault(ctx, err)
	}
	if len(b) > maxJPEG {
		return nil, &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonNoImage, Detail: fmt.Sprintf("picture of more than %d bytes", maxJPEG)}
	}
	return b, nil
}

// remove takes a job back, so that the camera is free at once for the next order.
func (w *web) remove(ctx context.Context, job string) error {
	res, err := w.do(ctx, http.MethodDelete, job, nil)
	if err != nil {
		return err
	}
	closeBody(res)
	return nil
}

func closeBody(res *http.Response) {
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 4096)) // lets the connection be used again
	_ = res.Body.Close()
}
