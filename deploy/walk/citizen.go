// Package walk plays a citizen at a terminal and a clerk at a window (走流程): the same HTTP calls that the pages make, the
// same emulated devices. Smoke, loss test and benches use it; what people see is tested with a real browser in deploy/e2e.
package walk

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"tongban/agent/screen"
)

// Citizen drives the screen of one terminal.
type Citizen struct {
	base  string
	http  *http.Client
	visit string
	watch func(call string, took time.Duration)
}

// Watch calls f with the time of every call that the screen makes from now on.
func (c *Citizen) Watch(f func(call string, took time.Duration)) { c.watch = f }

// Problem is a refusal by the terminal, with the words that the screen shows.
type Problem struct {
	Status int
	screen.Problem
}

func (p *Problem) Error() string {
	s := fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Message)
	for _, f := range p.Fields {
		s += "; " + f.Field + ": " + f.Message
	}
	return s
}

// Enter opens the screen at the URL that the agent printed; the token in it becomes a cookie.
func Enter(ctx context.Context, ui string) (*Citizen, error) {
	u, err := url.Parse(ui)
	if err != nil {
		return nil, fmt.Errorf("read screen address: %w", err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("make cookie jar: %w", err)
	}
	c := &Citizen{base: u.Scheme + "://" + u.Host, http: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, ui, nil)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("open screen: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // only its cookie counts
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("open screen: %s", res.Status)
	}
	return c, nil
}

// State asks for the whole truth.
func (c *Citizen) State(ctx context.Context) (screen.State, error) {
	var s screen.State
	err := c.ask(ctx, http.MethodGet, "/api/state", nil, NewKey(), &s)
	if err == nil {
		c.joins(s)
	}
	return s, err
}

// joins makes the visit on the screen the one that calls are about.
func (c *Citizen) joins(s screen.State) {
	c.visit = ""
	if s.Visit != nil {
		c.visit = s.Visit.ID
	}
}

// Do makes one call of the screen with a fresh key.
func (c *Citizen) Do(ctx context.Context, call string, body any) (screen.State, error) {
	return c.DoKeyed(ctx, call, body, NewKey())
}

// DoKeyed makes one call with a given idempotency key, to play a call that is sent twice.
func (c *Citizen) DoKeyed(ctx context.Context, call string, body any, key string) (screen.State, error) {
	var s screen.State
	if err := c.ask(ctx, http.MethodPost, "/api/"+call, body, key, &s); err != nil {
		return s, fmt.Errorf("%s: %w", call, err)
	}
	c.joins(s)
	return s, nil
}

// Capture takes a page and returns the terminal's verdict.
func (c *Citizen) Capture(ctx context.Context, material string) (screen.Capture, error) {
	var out screen.Capture
	return out, c.ask(ctx, http.MethodPost, "/api/matter/capture", screen.Shoot{Material: material}, NewKey(), &out)
}

// Items searches.
func (c *Citizen) Items(ctx context.Context, q string) (screen.Items, error) {
	var out screen.Items
	return out, c.ask(ctx, http.MethodGet, "/api/items?q="+url.QueryEscape(q), nil, "", &out)
}

// Progress asks for a case by number and check code, or for the cases of the person identified when both are empty.
func (c *Citizen) Progress(ctx context.Context, no, code string) (screen.Progress, error) {
	var out screen.Progress
	path := "/api/progress"
	if no != "" {
		path += "?case_no=" + url.QueryEscape(no) + "&check_code=" + url.QueryEscape(code)
	}
	return out, c.ask(ctx, http.MethodGet, path, nil, "", &out)
}

func (c *Citizen) ask(ctx context.Context, method, path string, body any, key string, into any) error {
	if body == nil {
		body = struct{}{}
	}
	b, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode call: %w", err)
	}
	var in io.Reader
	if method == http.MethodPost {
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, in)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", c.base)
	req.Header.Set("Idempotency-Key", key)
	if c.visit != "" {
		req.Header.Set("X-Visit", c.visit)
	}
	from := time.Now()
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // read whole
	out, err := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if c.watch != nil {
		c.watch(strings.TrimPrefix(path, "/api/"), time.Since(from))
	}
	if res.StatusCode >= 300 {
		p := &Problem{Status: res.StatusCode}
		if json.Unmarshal(out, &p.Problem) != nil || p.Code == "" {
			p.Message = strings.TrimSpace(string(out))
		}
		return p
	}
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}

// NewKey makes an idempotency key.
func NewKey() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
