// Package client is the Go hand on a terminal's control port (仿真控制客户端), for end-to-end tests.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/trace"
)

// Client talks to one control port.
type Client struct {
	URL  string
	HTTP *http.Client
}

// New makes a client for a control URL.
func New(url string) *Client { return &Client{URL: url, HTTP: &http.Client{Timeout: 10 * time.Second}} }

// State asks for every device.
func (c *Client) State(ctx context.Context) (control.Terminal, error) {
	var out control.Terminal
	return out, c.get(ctx, "/state", &out)
}

// PutCard lays a person's card on the reader; the key or the number names the person.
func (c *Client) PutCard(ctx context.Context, person string) error {
	return c.post(ctx, "/card", map[string]string{"person": person})
}

// TakeCard lifts the card.
func (c *Client) TakeCard(ctx context.Context) error { return c.PutCard(ctx, "none") }

// Fault sends any order to the fault board.
func (c *Client) Fault(ctx context.Context, o control.FaultOrder) error {
	return c.post(ctx, "/faults", o)
}

// Press presses a button until it is released; value 0 takes the button's default.
func (c *Client) Press(ctx context.Context, device, fault string, value int) error {
	return c.Fault(ctx, control.FaultOrder{Device: device, Fault: fault, Value: value})
}

// Once presses a button for one strike.
func (c *Client) Once(ctx context.Context, device, fault string, value int) error {
	return c.Fault(ctx, control.FaultOrder{Device: device, Fault: fault, Value: value, Times: 1})
}

// Release lets a button go.
func (c *Client) Release(ctx context.Context, device, fault string) error {
	off := false
	return c.Fault(ctx, control.FaultOrder{Device: device, Fault: fault, On: &off})
}

// Clear lets all buttons of all devices go.
func (c *Client) Clear(ctx context.Context) error {
	return c.Fault(ctx, control.FaultOrder{Clear: true})
}

// Paper changes paper: a printer's "roll", "none", "tear", or the sheet under a camera.
func (c *Client) Paper(ctx context.Context, device, paper string) error {
	return c.post(ctx, "/paper", control.PaperOrder{Device: device, Paper: paper})
}

// Slips lists what was printed.
func (c *Client) Slips(ctx context.Context) ([]control.Slip, error) {
	var out []control.Slip
	return out, c.get(ctx, "/slips", &out)
}

// SlipPNG fetches the picture of slip n, from 1.
func (c *Client) SlipPNG(ctx context.Context, n int) ([]byte, error) {
	return c.raw(ctx, http.MethodGet, fmt.Sprintf("/slips/%d.png", n), nil)
}

// Trace returns the byte lines of one device, or of all with "".
func (c *Client) Trace(ctx context.Context, device string) ([]trace.Line, error) {
	var out []trace.Line
	return out, c.get(ctx, "/trace?device="+device, &out)
}

func (c *Client) get(ctx context.Context, path string, into any) error {
	b, err := c.raw(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("decode %s: %w", path, err)
	}
	return nil
}

func (c *Client) post(ctx context.Context, path string, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	_, err = c.raw(ctx, http.MethodPost, path, b)
	return err
}

func (c *Client) raw(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.URL+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", path, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 32<<20))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, res.Status, bytes.TrimSpace(b))
	}
	return b, nil
}
