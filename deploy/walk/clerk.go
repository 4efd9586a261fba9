package walk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"time"
)

// Clerk works at the window platform through its staff API.
type Clerk struct {
	base string
	csrf string
	HTTP *http.Client

	Watch func(method, path string, took time.Duration) // is told of each call; nobody when nil
}

// SignIn signs a clerk in to the workbench. A first password is changed on the way, to Own of it; later walks with the first
// password find the own one.
func SignIn(ctx context.Context, base, login, password string) (*Clerk, error) {
	c, err := enter(ctx, base, login, password, "staff", "")
	if err != nil {
		again, own := enter(ctx, base, login, Own(password), "staff", "")
		if own == nil {
			return again, nil
		}
		return nil, fmt.Errorf("sign in: %w", errors.Join(err, own))
	}
	return c, nil
}

// SignInAgain is SignIn for a centre that was walked through before: the own password is tried first, since wrong ones are counted.
func SignInAgain(ctx context.Context, base, login, password string) (*Clerk, error) {
	if c, err := enter(ctx, base, login, Own(password), "staff", ""); err == nil {
		return c, nil
	}
	return SignIn(ctx, base, login, password)
}

var secretLine = regexp.MustCompile(`(?m)^\s*(\S+)\s+(\S+)`)

// Password finds a one-time password in the first-start file, lines of "login password".
func Password(file, login string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read first-start file: %w", err)
	}
	for _, m := range secretLine.FindAllStringSubmatch(string(b), -1) {
		if m[1] == login {
			return m[2], nil
		}
	}
	return "", fmt.Errorf("no password of %s in %s", login, file)
}

// Ask makes one call below /api/staff/v1.
func (c *Clerk) Ask(ctx context.Context, method, path string, body, into any) error {
	return c.call(ctx, method, "/api/staff/v1"+path, body, into)
}

// call makes one call to any path of the centre.
func (c *Clerk) call(ctx context.Context, method, path string, body, into any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode call: %w", err)
	}
	if body == nil {
		b = nil
	}
	return c.send(ctx, method, path, "application/json", b, into)
}

// Send brings a file to a path below /api/staff/v1.
func (c *Clerk) Send(ctx context.Context, path, kind string, file []byte, into any) error {
	return c.send(ctx, http.MethodPost, "/api/staff/v1"+path, kind, file, into)
}

func (c *Clerk) send(ctx context.Context, method, path, kind string, body []byte, into any) error {
	var in io.Reader
	if body != nil {
		in = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, in)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	c.Sign(req, NewKey())
	req.Header.Set("Content-Type", kind)
	if c.Watch != nil {
		defer func(begin time.Time) { c.Watch(method, path, time.Since(begin)) }(time.Now())
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // read whole
	out, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, bytes.TrimSpace(out))
	}
	if into == nil {
		return nil
	}
	if raw, ok := into.(*[]byte); ok {
		*raw = out
		return nil
	}
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}

// Sign gives req what a call of this clerk carries besides the cookies; the same key makes a repeat the same act.
func (c *Clerk) Sign(req *http.Request, key string) {
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	req.Header.Set("X-CSRF", c.csrf)
}

// CaseHead is what the walks need of a case.
type CaseHead struct {
	No         string   `json:"no"`
	State      string   `json:"state"`
	Version    int      `json:"version"`
	Terminal   string   `json:"terminal"`
	Acts       []string `json:"acts"`
	ReceivedAt string   `json:"received_at"`
}

// Case opens a case.
func (c *Clerk) Case(ctx context.Context, no string) (CaseHead, error) {
	var h CaseHead
	return h, c.Ask(ctx, http.MethodGet, "/window/cases/"+no, nil, &h)
}

// Accept accepts a case as it stands.
func (c *Clerk) Accept(ctx context.Context, no string) (CaseHead, error) {
	h, err := c.Case(ctx, no)
	if err != nil {
		return h, err
	}
	var out struct{ Case CaseHead }
	return out.Case, c.Ask(ctx, http.MethodPost, "/window/cases/"+no+"/accept", map[string]any{"version": h.Version, "note": ""}, &out)
}

// Numbers lists the case numbers in the inbox, oldest first.
func (c *Clerk) Numbers(ctx context.Context) ([]CaseHead, error) {
	var all []CaseHead
	for page := 1; ; page++ {
		var in struct {
			Rows  []CaseHead `json:"rows"`
			Total int        `json:"total"`
		}
		if err := c.Ask(ctx, http.MethodGet, fmt.Sprintf("/window/inbox?tab=all&size=200&page=%d", page), nil, &in); err != nil {
			return nil, err
		}
		all = append(all, in.Rows...)
		if len(all) >= in.Total || len(in.Rows) == 0 {
			return all, nil
		}
	}
}

// look is how often a walk looks again: below the rate that one person may ask at.
const look = 30 * time.Millisecond

// Waits waits until a case is in the inbox.
func (c *Clerk) Waits(ctx context.Context, no string, patience time.Duration) error {
	end := time.Now().Add(patience)
	for {
		var in struct {
			Total int `json:"total"`
		}
		if err := c.Ask(ctx, http.MethodGet, "/window/inbox?tab=all&size=1&q="+no, nil, &in); err != nil {
			return err
		}
		if in.Total == 1 {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("case %s is not in the inbox after %s", no, patience)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(look):
		}
	}
}
