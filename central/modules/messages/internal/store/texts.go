package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/messages"
)

// Text is one short message to an applicant (短信).
type Text struct {
	ID, Source, SMS, Scene      string
	Case, ItemName              string
	Region, Department, Handler string
	State                       string // none, queued, sent, delivered, failed, refused, expired
	Failed                      bool
	Note                        string
	Attempts                    int
	At, MovedAt                 time.Time
	Followed, FollowedBy        string
	FollowedAt                  time.Time
}

const textColumns = `id, source, sms, scene, case_no, item_name, region, department, handler, state, failed, note, attempts, at, moved_at, followed, followed_by, followed_at`

func readText(s scanner) (t Text, err error) {
	var failed int
	var at, moved, followed int64
	err = s.Scan(&t.ID, &t.Source, &t.SMS, &t.Scene, &t.Case, &t.ItemName, &t.Region, &t.Department, &t.Handler, &t.State, &failed, &t.Note, &t.Attempts, &at, &moved,
		&t.Followed, &t.FollowedBy, &followed)
	t.Failed, t.At, t.MovedAt, t.FollowedAt = failed == 1, db.FromMs(at), db.FromMs(moved), db.FromMs(followed)
	return t, err
}

// AddText keeps a short message that was queued.
func AddText(ctx context.Context, tx db.Tx, t Text) error {
	return exec(ctx, tx, "keep text", `INSERT INTO messages_text (id, source, sms, scene, case_no, item_name, region, department, handler, state, failed, note, attempts, at, moved_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)`,
		t.ID, t.Source, t.SMS, t.Scene, t.Case, t.ItemName, t.Region, t.Department, t.Handler, t.State, db.Int(t.Failed), t.Note, t.Attempts, db.Ms(t.At))
}

// Underway lists texts that have not come to their end, oldest first.
func Underway(ctx context.Context, q db.Query, since time.Time) ([]Text, error) {
	return all(ctx, q, "texts", readText, `SELECT `+textColumns+` FROM messages_text WHERE state IN ('queued', 'sent') AND at >= $1 ORDER BY at LIMIT 1000`, db.Ms(since))
}

// PutText writes how far a text came and who took care of it.
func PutText(ctx context.Context, tx db.Tx, t Text) error {
	return exec(ctx, tx, "keep text", `UPDATE messages_text SET state = $2, failed = $3, note = $4, attempts = $5, moved_at = $6, followed = $7, followed_by = $8, followed_at = $9 WHERE id = $1`,
		t.ID, t.State, db.Int(t.Failed), t.Note, t.Attempts, db.Ms(t.MovedAt), t.Followed, t.FollowedBy, db.Ms(t.FollowedAt))
}

// GetText returns one text, or messages.ErrNoSuchText.
func GetText(ctx context.Context, q db.Query, id string) (Text, error) {
	t, err := readText(q.QueryRowContext(ctx, `SELECT `+textColumns+` FROM messages_text WHERE id = $1`, id))
	if errors.Is(err, db.ErrNoRows) {
		return t, messages.ErrNoSuchText
	}
	if err != nil {
		return t, fmt.Errorf("load text: %w", err)
	}
	return t, nil
}

// TextFilter says which texts are listed.
type TextFilter struct {
	Scope      actor.Scope
	Tab        string // failed, underway, all
	Scene      string
	Typed      string
	From       time.Time
	Most, Skip int
}

func (f TextFilter) where() (string, []any) {
	args := []any{db.Ms(f.From)}
	place, more := f.Scope.Where(actor.Columns{Region: "region", Department: "department", Handler: "handler"}, 2)
	args = append(args, more...)
	parts := []string{"at >= $1", place}
	add := func(condition string, v any) {
		args = append(args, v)
		parts = append(parts, strings.ReplaceAll(condition, "?", fmt.Sprintf("$%d", len(args))))
	}
	switch f.Tab {
	case "failed":
		parts = append(parts, "failed = 1 AND followed = ''")
	case "underway":
		parts = append(parts, "state IN ('queued', 'sent')")
	case "arrived":
		parts = append(parts, "state = 'delivered'")
	case "followed":
		parts = append(parts, "failed = 1 AND followed <> ''")
	}
	if f.Scene != "" {
		add("scene = ?", f.Scene)
	}
	if f.Typed != "" {
		add(`(case_no LIKE ? ESCAPE '\' OR item_name LIKE ? ESCAPE '\')`, "%"+strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(f.Typed)+"%")
	}
	return strings.Join(parts, " AND "), args
}

// Texts lists a page of texts, those that did not arrive first, and says how many there are.
func Texts(ctx context.Context, q db.Query, f TextFilter) ([]Text, int, error) {
	n, err := CountTexts(ctx, q, f)
	if err != nil {
		return nil, 0, err
	}
	where, args := f.where()
	page := fmt.Sprintf(" LIMIT $%d OFFSET $%d", len(args)+1, len(args)+2)
	list, err := all(ctx, q, "texts", readText, `SELECT `+textColumns+` FROM messages_text WHERE `+where+`
		ORDER BY CASE WHEN failed = 1 AND followed = '' THEN 0 ELSE 1 END, at DESC, id DESC`+page, append(args, f.Most, f.Skip)...)
	return list, n, err
}

// CountTexts counts the texts of a filter.
func CountTexts(ctx context.Context, q db.Query, f TextFilter) (int, error) {
	where, args := f.where()
	return count(ctx, q, "texts", `SELECT count(*) FROM messages_text WHERE `+where, args...)
}

// Scene is how a scene was changed by hand.
type Scene struct {
	ID          string
	Version     int
	Letter, SMS bool
	Title, Text string
	By, Reason  string
	At          time.Time
}

// Scenes returns the scenes that were changed, by id.
func Scenes(ctx context.Context, q db.Query) (map[string]Scene, error) {
	list, err := all(ctx, q, "scenes", func(s scanner) (c Scene, err error) {
		var letter, sms int
		var at int64
		err = s.Scan(&c.ID, &c.Version, &letter, &sms, &c.Title, &c.Text, &c.By, &c.Reason, &at)
		c.Letter, c.SMS, c.At = letter == 1, sms == 1, db.FromMs(at)
		return c, err
	}, `SELECT id, version, letter, sms, title, text, by_name, reason, at FROM messages_scene`)
	out := map[string]Scene{}
	for _, c := range list {
		out[c.ID] = c
	}
	return out, err
}

// PutScene keeps a change of a scene.
func PutScene(ctx context.Context, tx db.Tx, c Scene) error {
	return exec(ctx, tx, "keep scene", `INSERT INTO messages_scene (id, version, letter, sms, title, text, by_name, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET version = excluded.version, letter = excluded.letter, sms = excluded.sms, title = excluded.title, text = excluded.text, by_name = excluded.by_name,
		reason = excluded.reason, at = excluded.at`, c.ID, c.Version, db.Int(c.Letter), db.Int(c.SMS), c.Title, c.Text, c.By, c.Reason, db.Ms(tx.Now()))
}
