package tape

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// A device that is asked over HTTP is taped as whole requests and answers: a line with method and path, or with status,
// content type and location, and then the body. Header fields that vary from day to day are left out.

// limits of the loopback server that stands between driver and device.
const (
	headLimit = 2 * time.Second
	maxBody   = 40 << 20
)

// errNoBytes is what the byte side of a web port says.
var errNoBytes = errors.New("this port carries no bytes, only an address")

// webPort is a loopback server with the manners of a port: String is its address.
type webPort struct {
	server *http.Server
	url    string
	once   sync.Once
}

func serveWeb(path string, h http.Handler) (*webPort, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the driver: %w", err)
	}
	w := &webPort{server: &http.Server{Handler: h, ReadHeaderTimeout: headLimit}, url: "http://" + l.Addr().String() + path}
	go func() { _ = w.server.Serve(l) }()
	return w, nil
}

func (w *webPort) Read([]byte, time.Duration) (int, error) { return 0, errNoBytes }
func (w *webPort) Write([]byte) (int, error)               { return 0, errNoBytes }
func (w *webPort) Discard() error                          { return nil }
func (w *webPort) String() string                          { return w.url }

// Close implements drivers.Port.
func (w *webPort) Close() error {
	var err error
	w.once.Do(func() { err = w.server.Close() })
	return err
}

// webPlayer answers requests from a tape, in its order.
type webPlayer struct {
	*webPort
	mu   sync.Mutex
	rest []Piece
	bad  error
}

func playWeb(t *Tape) (*webPlayer, error) {
	p := &webPlayer{rest: t.Pieces}
	w, err := serveWeb(t.Head["path"], p)
	if err != nil {
		return nil, err
	}
	p.webPort = w
	return p, nil
}

// Err implements Deck.
func (p *webPlayer) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bad == nil && len(p.rest) > 0 {
		return fmt.Errorf("tape: %d requests and answers are left over", len(p.rest))
	}
	return p.bad
}

// ServeHTTP implements http.Handler.
func (p *webPlayer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	got := requestPiece(r, body)
	switch {
	case p.bad != nil:
	case len(p.rest) < 2 || p.rest[0].Kind != ToDevice || p.rest[1].Kind != FromDevice:
		p.bad = fmt.Errorf("tape: %s %s asked, nothing on the tape", r.Method, r.URL.Path)
	case !bytes.Equal(p.rest[0].Bytes, got):
		head, _, _ := bytes.Cut(p.rest[0].Bytes, []byte("\n"))
		p.bad = fmt.Errorf("tape: %s %s asked, on the tape %s", r.Method, r.URL.Path, head)
	default:
		answer := p.rest[1].Bytes
		p.rest = p.rest[2:]
		p.bad = reply(w, answer)
		return
	}
	http.Error(w, p.bad.Error(), http.StatusGone)
}

func requestPiece(r *http.Request, body []byte) []byte {
	path := r.URL.Path
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	return append([]byte(r.Method+" "+path+"\n"), body...)
}

// reply writes an answer piece: "200 text/xml /eSCL/ScanJobs/1" and a body.
func reply(w http.ResponseWriter, piece []byte) error {
	head, body, _ := bytes.Cut(piece, []byte("\n"))
	var status int
	var kind, location string
	if n, _ := fmt.Sscan(string(head), &status, &kind, &location); n < 1 || status < 100 || status > 599 {
		return fmt.Errorf("tape: %q is no answer", head)
	}
	if kind != "" && kind != "-" {
		w.Header().Set("Content-Type", kind)
	}
	if location != "" {
		w.Header().Set("Location", location)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // #nosec G705 -- bytes of a recorded device, shown to nobody
	return nil
}

// webRecorder passes requests on to the device and notes them. Pictures show papers, so a grey one is noted instead.
type webRecorder struct {
	*webPort
	target *url.URL
	client *http.Client
	mu     sync.Mutex
	tape   *Tape
}

func recordWeb(address string, head map[string]string) (*webRecorder, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("address of the device: %w", err)
	}
	head[headCarrier], head["path"] = carrierHTTP, u.Path
	r := &webRecorder{target: u, tape: &Tape{Head: head}, client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if r.webPort, err = serveWeb(u.Path, r); err != nil {
		return nil, err
	}
	return r, nil
}

// ServeHTTP implements http.Handler.
func (r *webRecorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock() // one after the other: a tape has an order
	defer r.mu.Unlock()
	body, err := io.ReadAll(io.LimitReader(req.Body, maxBody))
	if err != nil {
		return
	}
	status, head, answer, err := r.pass(req.Context(), req, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	kind, location := head.Get("Content-Type"), head.Get("Location")
	if kind == "" {
		kind = "-"
	}
	if u, err := url.Parse(location); err == nil {
		location = u.Path
	}
	r.tape.add(ToDevice, requestPiece(req, body))
	noted := answer
	if strings.HasPrefix(kind, "image/") {
		noted = grey()
	}
	line := strings.TrimSpace(fmt.Sprintf("%d %s %s", status, strings.ReplaceAll(kind, " ", ""), location))
	r.tape.add(FromDevice, append([]byte(line+"\n"), noted...))
	_ = reply(w, append([]byte(line+"\n"), answer...))
}

func (r *webRecorder) pass(ctx context.Context, req *http.Request, body []byte) (status int, head http.Header, answer []byte, err error) {
	u := *r.target
	u.Path, u.RawQuery = req.URL.Path, req.URL.RawQuery
	out, err := http.NewRequestWithContext(ctx, req.Method, u.String(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, fmt.Errorf("pass request on: %w", err)
	}
	if k := req.Header.Get("Content-Type"); k != "" {
		out.Header.Set("Content-Type", k)
	}
	res, err := r.client.Do(out) //nolint:gosec // only to the device that is recorded
	if err != nil {
		return 0, nil, nil, fmt.Errorf("ask device: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if answer, err = io.ReadAll(io.LimitReader(res.Body, maxBody)); err != nil {
		return 0, nil, nil, fmt.Errorf("read answer: %w", err)
	}
	return res.StatusCode, res.Header, answer, nil
}

// Tape is what was recorded so far.
func (r *webRecorder) Tape() *Tape {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &Tape{Head: r.tape.Head, Pieces: append([]Piece(nil), r.tape.Pieces...)}
}

func grey() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 48)), nil); err != nil {
		return nil
	}
	return b.Bytes()
}
