package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"text/template"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/ids"
	"tongban/fleet/internal/simterm"
	"tongban/fleet/wire"
)

// bodies are what is sent without --body.
var bodies = map[wire.Kind]string{
	wire.KindHelp:   `{"screen":"sim-{{.N}}","at":"{{now}}"}`,
	wire.KindRating: `{"item":"sim","level":5,"at":"{{now}}"}`,
}

// data is what a template may use: {{.Terminal}} {{.Number}} {{.N}}.
type data struct {
	Terminal string // K-01
	Number   int    // of the terminal
	N        int    // 0, 1, 2… of this terminal
}

// fill makes one body. The template may call
//
//	{{now}}                time, RFC 3339
//	{{today}}              date in Beijing
//	{{case_no}}            the terminal's next case number
//	{{uuid}} {{key}}       a new id, a new look-up key
//	{{file "image/jpeg" 60000}}  uploads a new file of that many bytes and gives its wire.File as JSON
//	{{json .X}}            any value as JSON
func fill(ctx context.Context, t *simterm.Terminal, c clock.Clock, text string, n int) ([]byte, error) {
	tpl, err := template.New("body").Option("missingkey=error").Funcs(template.FuncMap{
		"now":     func() string { return c.Now().UTC().Format(time.RFC3339Nano) },
		"today":   func() string { return c.Now().In(clock.Shanghai).Format(time.DateOnly) },
		"case_no": t.NextCase,
		"uuid":    ids.New,
		"key":     ids.Key,
		"json":    asJSON,
		"file": func(mime string, size int) (string, error) {
			content := make([]byte, size)
			rand.Read(content)
			f, err := t.Upload(ctx, content, mime)
			if err != nil {
				return "", err
			}
			return asJSON(f)
		},
	}).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("parse body template: %w", err)
	}
	var b bytes.Buffer
	if err := tpl.Execute(&b, data{Terminal: t.Enrolment.Terminal, Number: t.Number, N: n}); err != nil {
		return nil, fmt.Errorf("fill body template: %w", err)
	}
	if !json.Valid(b.Bytes()) {
		return nil, fmt.Errorf("fill body template: the outcome is not JSON")
	}
	return b.Bytes(), nil
}

func asJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
