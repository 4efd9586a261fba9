// Package app holds the use cases of messages (消息用例): telling by scenes, the letters of a reader, and where short messages went.
package app

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/notify"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window"
)

// SMS is what is asked of the platform's short messages.
type SMS interface {
	Queue(ctx context.Context, tx db.Tx, phone vault.Phone, template string, args map[string]string) (string, error)
	Deliveries(ctx context.Context, q db.Query, ids []string) (map[string]notify.Delivery, error)
}

// Needs is what messages asks of others.
type Needs struct {
	DB     *db.DB
	Clock  clock.Clock
	Log    *slog.Logger
	SMS    SMS
	Window window.Service
}

// App holds the use cases. It is safe for concurrent use.
type App struct {
	Needs
	seeded []Scene
}

// New makes the use cases.
func New(n Needs) (*App, error) {
	list, err := seeded()
	return &App{Needs: n, seeded: list}, err
}

// stamp is an instant for a page; "" for one that never was.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(clock.Shanghai).Format(time.RFC3339)
}

// templateText is the text of a short message, "" for none.
func templateText(name string) string {
	for _, t := range notify.Templates() {
		if t.Name == name {
			return t.Text
		}
	}
	return ""
}

// fill puts facts into a text.
func fill(text string, facts map[string]string) string {
	for k, v := range facts {
		text = strings.ReplaceAll(text, "{"+k+"}", v)
	}
	return text
}
