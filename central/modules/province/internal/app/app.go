// Package app is what the provincial collaboration does (省平台协同用例).
package app

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"github.com/goccy/go-yaml"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/privacy"
	"tongban/central/kernel/vault"
	"tongban/central/modules/province"
	"tongban/central/modules/province/internal/store"
	"tongban/central/modules/window"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Window is what the exchange asks of the integrated window.
type Window interface {
	Facts(ctx context.Context, no string) (window.Facts, error)
	Application(ctx context.Context, no, purpose string) (wire.Submission, error)
	Note(ctx context.Context, tx db.Tx, no string, n window.Note) error
}

// Items is what the exchange asks of the catalogue.
type Items interface {
	Item(ctx context.Context, code string, version int) (matter.Item, error)
	Items(ctx context.Context) ([]matter.Item, error)
}

// Needs is what New needs.
type Needs struct {
	DB       *db.DB
	Clock    clock.Clock
	Log      *slog.Logger
	Vault    *vault.Vault
	Events   *events.Log
	Jobs     *jobs.Jobs
	Adapters *adapter.Registry
	Window   Window
	Items    Items
	Rules    []byte // the shipped rules
	Config   Config
}

// App is the exchange. It is safe for concurrent use.
type App struct {
	Needs
	mapping mapping
	six     *platform // nil while nothing is connected
}

// The field classes.
const (
	classPayload = "exchange.payload"
	classID      = "person.id_number"
)

// New reads the rules and declares the six systems.
func New(n Needs) (*App, error) {
	a := &App{Needs: n}
	if err := yaml.UnmarshalWithOptions(n.Rules, &a.mapping, yaml.DisallowUnknownField()); err != nil {
		return nil, fmt.Errorf("read rules of the exchange: %w", err)
	}
	if n.Config.URL == "" {
		return a, nil
	}
	var err error
	if a.six, err = connect(n.Config, n.Clock, n.Adapters); err != nil {
		return nil, err
	}
	return a, nil
}

// Jobs of the exchange.
const (
	JobSend      = "province.send"
	JobReturns   = "province.returns"
	JobSync      = "province.sync"
	JobReconcile = "province.reconcile"
)

// Start brings the shipped rules in, and follows what happens at the window.
func (a *App) Start(ctx context.Context) error {
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		for _, r := range a.mapping.Rules {
			topics, err := json.Marshal(r.Topics)
			if err != nil {
				return fmt.Errorf("encode rule: %w", err)
			}
			if err := store.SeedRule(ctx, tx, store.Rule{Item: r.Item, Sends: r.Sends, Topics: string(topics)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	a.Events.Follow(ctx, events.Follower{Name: "province.exchange", Topics: []string{"window."}, Do: a.Take})
	return nil
}

// prove appends one signed record to the chain.
func (a *App) prove(ctx context.Context, tx db.Tx, p province.Proof) error {
	p.At = db.FromMs(db.Ms(tx.Now())) // what is kept is what is signed
	_, err := store.AddProof(ctx, tx, p, func(p *province.Proof) error {
		key, sig, err := audit.SignerOf(a.Vault.Provider()).Sign(ctx, func(key string) []byte {
			p.Key = key
			p.Hash = p.Sum()
			return []byte(p.Hash)
		})
		if err != nil {
			return fmt.Errorf("sign proof: %w", err)
		}
		p.Key, p.Signature = key, base64.StdEncoding.EncodeToString(sig)
		return nil
	})
	return err
}

// Private says what the exchange holds of persons, how long, and how to find it.
func (a *App) Private() privacy.Registration {
	return privacy.Registration{
		Columns: []privacy.Column{
			{Table: "province_message", Title: "协同报文", Column: "body_sealed", Class: classPayload, Key: []string{"id"}, Bound: true, At: "settled_at"},
			{Table: "province_case", Title: "协同办件", Column: "values_sealed", Class: classPayload, Key: []string{"no"}, Bound: true, At: "settled_at"},
			{Table: "province_difference", Title: "对账差异", Column: "values_sealed", Class: classPayload, Key: []string{"id"}, Bound: true, At: "at"},
		},
		Rules: []privacy.Rule{{
			Name: "exchange", Title: "协同报文的内容", What: "去标识化：报文内容删除，编号、状态、摘要、签名证据留下",
			Basis: "《机关文件材料归档范围和文书档案保管期限规定》（国家档案局令第 8 号）：定期 10 年", Days: 3652, Least: 3652, Most: 10958,
			Due: func(ctx context.Context, q db.Query, before time.Time, after string, limit int) ([]string, error) {
				return store.OldMessages(ctx, q, db.Ms(before), after, limit)
			},
			Drop: store.ForgetMessages,
		}},
		Sources: []privacy.Source{{
			Name: "province.case", Title: "推给省平台的办件",
			Find: func(ctx context.Context, q db.Query, id string) (int, error) {
				return store.CountPerson(ctx, q, a.Vault.Blind(classID, id))
			},
			Export: a.exportPerson,
		}},
	}
}

// exportPerson returns what the province was told of a person. The caller has recorded the look.
func (a *App) exportPerson(ctx context.Context, id string) (any, error) {
	out := []map[string]any{}
	err := a.DB.View(ctx, func(q db.Query) error {
		out = out[:0]
		nos, err := store.PersonCases(ctx, q, a.Vault.Blind(classID, id))
		if err != nil {
			return err
		}
		for _, no := range nos {
			c, _, err := store.FindCase(ctx, q, no)
			if err != nil {
				return err
			}
			values, err := a.openValues(c)
			if err != nil {
				return err
			}
			out = append(out, map[string]any{"no": no, "item": c.ItemName, "province_no": c.ProvNo, "told": values})
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return out, nil
}

func (a *App) openValues(c store.Case) (map[string]string, error) {
	out := map[string]string{}
	if c.ValuesSealed == "" {
		return out, nil
	}
	text, err := a.Vault.OpenRow(classPayload, c.No, c.ValuesSealed)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, fmt.Errorf("decode values of %s: %w", c.No, err)
	}
	return out, nil
}

func (a *App) sealJSON(row string, v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	return a.Vault.SealRow(classPayload, row, string(text))
}

func digest(b []byte) string {
	sum := sm3.Sum(b)
	return hex.EncodeToString(sum[:])
}

// stamp is an instant as the pages and the province read it.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(clock.Shanghai).Format(time.RFC3339)
}

func stampMs(ms int64) string {
	if ms == 0 {
		return ""
	}
	return stamp(db.FromMs(ms))
}
