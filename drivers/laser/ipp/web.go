package ipp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"

	"tongban/drivers"
)

// web speaks IPP over HTTP with one printer and with no other: it follows no redirects.
type web struct {
	url    string // http://host:port/ipp/print
	uri    string // the same as the printer wants to be called
	client *http.Client
	id     atomic.Uint32
}

func newWeb(u *url.URL) *web {
	return &web{url: u.String(), uri: printerURI(u), client: &http.Client{
		Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 2},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// printerURI is the name in every request. On this machine, where USB printers are served by a gateway, the port is
// another one after each start and means nothing to the printer.
func printerURI(u *url.URL) string {
	host := u.Host
	if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsLoopback() || u.Hostname() == "localhost" {
		host = "localhost"
	}
	scheme := "ipp"
	if u.Scheme == "https" {
		scheme = "ipps"
	}
	return scheme + "://" + host + u.Path
}

func (w *web) close() { w.client.CloseIdleConnections() }

// request begins an operation with the attributes that each of them needs, in the order that the standard asks for.
func (w *web) request(op uint16, extra ...attribute) message {
	attrs := append([]attribute{
		text(tagCharset, "attributes-charset", "utf-8"),
		text(tagLanguage, "attributes-natural-language", "en"),
		text(tagURI, "printer-uri", w.uri),
	}, extra...)
	return message{major: 1, minor: 1, code: op, id: w.id.Add(1), groups: []group{{tag: tagOperation, attrs: attrs}}}
}

// do sends a request and its document and reads the answer. A question may be asked twice: a kept connection breaks at its
// next use when the printer was switched off in between, and only a new one tells what is there now.
func (w *web) do(ctx context.Context, m message, document []byte) (message, error) {
	a, err := w.once(ctx, m, document)
	if e := drivers.Fault(err); e != nil && e.Reason == drivers.ReasonLineNoise && document == nil && ctx.Err() == nil {
		return w.once(ctx, m, document)
	}
	return a, err
}

func (w *web) once(ctx context.Context, m message, document []byte) (message, error) {
	body := append(m.encode(), document...)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return message{}, &drivers.Error{Code: drivers.CodeInternalError, Detail: "make request", Cause: err}
	}
	req.Header.Set("Content-Type", "application/ipp")
	res, err := w.client.Do(req)
	if err != nil {
		return message{}, lineFault(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return message{}, httpFault(res)
	}
	if k := res.Header.Get("Content-Type"); !strings.HasPrefix(k, "application/ipp") {
		return message{}, noise("answer is "+clip(k)+", not IPP", nil)
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, maxMessage+1))
	if err != nil {
		return message{}, lineFault(ctx, err)
	}
	if len(b) > maxMessage {
		return message{}, noise("answer without an end", nil)
	}
	a, _, err := decode(b)
	if err != nil {
		return message{}, noise("answer is no IPP", err)
	}
	if a.id != m.id {
		return message{}, noise("answer to another question", nil)
	}
	if a.code >= 0x0100 {
		return a, refused(a)
	}
	return a, nil
}

func noise(detail string, err error) *drivers.Error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: detail, Cause: err}
}

// clip shortens what a device said of itself, for operators.
func clip(s string) string {
	if len(s) > 60 {
		s = s[:60]
	}
	return fmt.Sprintf("%q", s)
}

// lineFault puts what went wrong on the way into the words of the platform.
func lineFault(ctx context.Context, err error) *drivers.Error {
	var known *drivers.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &drivers.Error{Code: drivers.CodeCanceled, Detail: "cancelled", Cause: err}
	case errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil:
		return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "no answer in time", Cause: err}
	case errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH):
		return &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "nothing listens there", Cause: err}
	}
	if errors.As(err, &known) { // of the port
		return known
	}
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonLineNoise, Detail: "line broke off", Cause: err}
}

func httpFault(res *http.Response) *drivers.Error {
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 4096))
	e := noise("printer refused over HTTP", nil)
	e.Raw = res.Status
	switch res.StatusCode {
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		e.Code, e.Reason, e.Detail = drivers.CodeDeviceNotReady, "", "printer is busy"
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusUpgradeRequired:
		e.Code, e.Detail = drivers.CodeInternalError, "printer wants a password or TLS"
	case http.StatusNotFound:
		e.Detail = "no printer at this path"
	}
	return e
}

// Statuses of an answer that the driver tells apart (RFC 8011 appendix B).
const (
	statusNotPossible = 0x0404
	statusNotFound    = 0x0406
	statusTooLarge    = 0x0408
	statusFormat      = 0x040A
	statusAttributes  = 0x040B
	statusBadDocument = 0x0411
	statusTemporary   = 0x0505
	statusNoJobs      = 0x0506
	statusBusy        = 0x0507
)

// refused is an answer that is not a success.
func refused(a message) *drivers.Error {
	e := &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonNotPrinted, Raw: fmt.Sprintf("%04x", a.code),
		Detail: "printer refused"}
	if s := a.group(tagOperation).word("status-message"); s != "" {
		e.Detail = "printer says " + clip(s)
	}
	switch a.code {
	case statusBusy, statusTemporary, statusNoJobs:
		e.Code = drivers.CodeDeviceNotReady
	case statusFormat, statusBadDocument:
		e.Code = drivers.CodeUnsupported
	case statusTooLarge, statusAttributes:
		e.Code = drivers.CodeInvalidData
	default:
		if a.code < 0x0500 { // the client's fault, says the printer
			e.Code = drivers.CodeInternalError
		}
	}
	return e
}

// was reports whether err is an answer with this status.
func was(err error, status uint16) bool {
	e := drivers.Fault(err)
	return e != nil && e.Raw == fmt.Sprintf("%04x", status)
}
