// Package link speaks to a neighbour (相邻系统对接) as deploy/docs/adapters/neighbours.md says.
package link

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/outbound"
	"tongban/central/kernel/signed"
	"tongban/central/modules/joined"
	"tongban/central/modules/joined/internal/app"
	"tongban/central/modules/joined/internal/store"
)

// Config says where a neighbour is.
type Config struct {
	URL      string // base; none when empty
	KeyFile  string // one line "id:secret", readable by its owner alone; also its client at our sign-on
	Internal bool   // it stands in our own network
}

// Key reads the id and the secret.
func (c Config) Key() (id string, secret []byte, err error) {
	return signed.ReadKey(c.KeyFile, "a neighbour")
}

// Link is one neighbour. It is safe for concurrent use.
type Link struct {
	system, keyID string
	secret        []byte
	clock         clock.Clock
	port          *adapter.Port
}

// New reads the key and declares the neighbour among the outside systems.
func New(system, title string, cfg Config, c clock.Clock, systems *adapter.Registry) (*Link, error) {
	id, secret, err := cfg.Key()
	if err != nil {
		return nil, err
	}
	l := &Link{system: system, keyID: id, secret: secret, clock: c}
	operations := []adapter.Operation{
		// One attempt each: somebody waits for the first, and the others are asked again anyway.
		{Name: "matter", Title: "按编号查进度", Method: http.MethodGet, Path: "/v1/matters/{no}", Timeout: 3 * time.Second},
		{Name: "changes", Title: "取状态变化", Method: http.MethodGet, Path: "/v1/changes", Timeout: 5 * time.Second},
	}
	if system == joined.OneThing {
		operations = append(operations,
			adapter.Operation{Name: "themes", Title: "取已发布的主题", Method: http.MethodGet, Path: "/v1/themes", Timeout: 5 * time.Second},
			adapter.Operation{Name: "put", Title: "送套件和事项状态", Method: http.MethodPut, Path: "/v1/matters/{no}", Timeout: 5 * time.Second})
	}
	l.port, err = systems.Declare(adapter.Declaration{
		Name: system, Title: title, Contract: "deploy/docs/adapters/neighbours.md", Health: "/v1/health", PerSecond: 20, Operations: operations,
		Target: outbound.Target{URL: cfg.URL, Internal: cfg.Internal, Timeout: 6 * time.Second, MaxBytes: 4 << 20},
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", system, err)
	}
	return l, nil
}

// System is which neighbour it is.
func (l *Link) System() string { return l.system }

// Title is how people call it.
func (l *Link) Title() string { return l.port.Title }

// Door is the page that signs the caller in there by our ticket.
func (l *Link) Door() string { return strings.TrimSuffix(l.port.Base(), "/") + "/login" }

func (l *Link) ask(ctx context.Context, op, method, path string, in, out any) (int, error) {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return 0, fmt.Errorf("encode for %s: %w", l.system, err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(l.port.Base(), "/")+path, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	signed.Sign(req, l.keyID, l.secret, body, l.clock.Now())
	res, err := l.port.Do(ctx, op, req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, fmt.Errorf("read answer of %s: %w", l.system, err)
	}
	if res.StatusCode == http.StatusOK {
		if err := json.Unmarshal(answer, out); err != nil {
			return 0, fmt.Errorf("decode answer of %s: %w", l.system, err)
		}
	}
	return res.StatusCode, nil
}

// matter is how a neighbour tells of one.
type matter struct {
	No        string        `json:"no"`
	Title     string        `json:"title"`
	Theme     string        `json:"theme,omitempty"`
	State     joined.State  `json:"state"`
	StateText string        `json:"state_text"`
	Updated   time.Time     `json:"updated"`
	Version   int64         `json:"version,omitempty"`
	Children  []store.Child `json:"children,omitempty"`
	Due       string        `json:"due,omitempty"`
	Steps     []step        `json:"steps"`
}

type step struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	Text string    `json:"text"`
	By   string    `json:"by"`
}

// ours takes what the contract allows of what came; false when it is not a matter at all.
func (l *Link) ours(m matter) (app.Told, bool) {
	if m.No == "" || len(m.No) > 40 || !m.State.Known() || len(m.Children) > 60 || len(m.Steps) > 500 {
		return app.Told{}, false
	}
	t := app.Told{Matter: store.Matter{
		System: l.system, No: m.No, Origin: "there", Title: clip(m.Title, 80), Theme: clip(m.Theme, 40), State: m.State, StateText: clip(m.StateText, 40), Updated: m.Updated,
	}, Took: m.Version}
	if day, err := time.Parse(time.DateOnly, m.Due); err == nil {
		t.Due = day.Format(time.DateOnly)
	}
	for _, c := range m.Children {
		if c.Item == "" || !c.State.Known() {
			return app.Told{}, false
		}
		t.Children = append(t.Children, store.Child{Item: clip(c.Item, 40), Name: clip(c.Name, 60), State: c.State, StateText: clip(c.StateText, 40), Case: clip(c.Case, 40)})
	}
	for _, s := range m.Steps {
		if s.ID != "" {
			t.Steps = append(t.Steps, store.Step{ID: clip(s.ID, 60), At: s.At, Text: clip(s.Text, 120), By: clip(s.By, 40)})
		}
	}
	return t, true
}

// odd is an answer that the contract does not have at this place.
func (l *Link) odd(status int) error {
	return errors.Join(app.ErrOdd, fmt.Errorf("%s answered %d", l.system, status))
}

// Matter asks for one by number; false when the neighbour does not know it.
func (l *Link) Matter(ctx context.Context, no string) (app.Told, bool, error) {
	var m matter
	status, err := l.ask(ctx, "matter", http.MethodGet, "/v1/matters/"+url.PathEscape(no), nil, &m)
	switch {
	case err != nil:
		return app.Told{}, false, err
	case status == http.StatusNotFound:
		return app.Told{}, false, nil
	case status != http.StatusOK:
		return app.Told{}, false, l.odd(status)
	}
	t, ok := l.ours(m)
	if !ok {
		return t, false, fmt.Errorf("%s answered no matter", l.system)
	}
	return t, true, nil
}

// Changes asks for what happened after seq.
func (l *Link) Changes(ctx context.Context, after int64) ([]app.Change, error) {
	var in struct {
		Changes []struct {
			Seq    int64  `json:"seq"`
			Matter matter `json:"matter"`
		} `json:"changes"`
	}
	status, err := l.ask(ctx, "changes", http.MethodGet, fmt.Sprintf("/v1/changes?after=%d", after), nil, &in)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, l.odd(status)
	}
	var out []app.Change
	for _, c := range in.Changes {
		t, ok := l.ours(c.Matter)
		out = append(out, app.Change{Seq: c.Seq, Told: t, Unreadable: !ok})
	}
	return out, nil
}

// Themes asks for what is published.
func (l *Link) Themes(ctx context.Context) ([]store.Theme, error) {
	var in struct {
		Themes []struct {
			Code    string            `json:"code"`
			Version int               `json:"version"`
			Name    string            `json:"name"`
			Items   []store.ThemeItem `json:"items"`
		} `json:"themes"`
	}
	status, err := l.ask(ctx, "themes", http.MethodGet, "/v1/themes", nil, &in)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, l.odd(status)
	}
	var out []store.Theme
	had := map[string]bool{}
	for _, t := range in.Themes {
		if t.Code == "" || len(t.Code) > 40 || had[t.Code] || len(t.Items) == 0 || len(t.Items) > 60 {
			continue
		}
		had[t.Code] = true
		one := store.Theme{Code: t.Code, Version: t.Version, Name: clip(t.Name, 60)}
		for _, i := range t.Items {
			one.Items = append(one.Items, store.ThemeItem{Code: clip(i.Code, 40), Name: clip(i.Name, 60), Role: clip(i.Role, 12)})
		}
		out = append(out, one)
	}
	return out, nil
}

// Send gives the neighbour a bundle as it is here and returns how it is there now.
func (l *Link) Send(ctx context.Context, m store.Matter) (app.Told, error) {
	var back matter
	status, err := l.ask(ctx, "put", http.MethodPut, "/v1/matters/"+url.PathEscape(m.No),
		matter{No: m.No, Title: m.Title, Theme: m.Theme, Version: m.Version, Children: m.Children, Steps: []step{}}, &back)
	if err != nil {
		return app.Told{}, err
	}
	if status != http.StatusOK {
		return app.Told{}, l.odd(status)
	}
	t, ok := l.ours(back)
	if !ok || t.No != m.No {
		return t, fmt.Errorf("%s answered another matter", l.system)
	}
	return t, nil
}

// clip keeps what others send short.
func clip(s string, most int) string {
	r := []rune(s)
	return string(r[:min(len(r), most)])
}
