package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tongban/central/kernel/auth"
)

// document is the merged OpenAPI document of the real centre.
type document struct {
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	ID          string `json:"operationId"`
	Idempotency string `json:"x-idempotency"`
	Permission  string `json:"x-permission"`
	Parameters  []struct {
		Name     string `json:"name"`
		In       string `json:"in"`
		Required bool   `json:"required"`
		Schema   schema `json:"schema"`
	} `json:"parameters"`
	Body struct {
		Required bool `json:"required"`
		Content  map[string]struct {
			Schema schema `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
}

type schema struct {
	Ref        string            `json:"$ref"`
	Type       kinds             `json:"type"`
	Format     string            `json:"format"`
	Pattern    string            `json:"pattern"`
	Enum       []any             `json:"enum"`
	MinLength  int               `json:"minLength"`
	MaxLength  *int              `json:"maxLength"`
	Minimum    *float64          `json:"minimum"`
	Maximum    *float64          `json:"maximum"`
	MaxItems   *int              `json:"maxItems"`
	Items      *schema           `json:"items"`
	Properties map[string]schema `json:"properties"`
	Required   []string          `json:"required"`
	Additional any               `json:"additionalProperties"`
}

// kinds is a type, or a list of them with "null".
type kinds []string

func (k *kinds) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*k = kinds{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(k))
}

func (k kinds) is(kind string) bool { return slices.Contains(k, kind) }

func theDocument(t *testing.T, c *centre) document {
	t.Helper()
	text, err := c.kernel.HTTP.Document()
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// each visits the operations in one order.
func (d document) each(f func(method, path string, op operation)) {
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
			f(strings.ToUpper(method), path, d.Paths[path][method])
		}
	}
}

func (d document) resolve(s schema) schema {
	for s.Ref != "" {
		s = d.Components.Schemas[s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]]
	}
	return s
}

// repeatable are the unsafe operations without an idempotency key, each with the reason why it needs none.
var repeatable = map[string]string{
	"audit-export-records":       "reads; each export is a record of its own by intent",
	"auth-signon-":               "cookies, codes and secrets are in the answers: none may be kept; a step done twice is refused by its own state",
	"auth-logout":                "signing out twice is being signed out",
	"auth-admin-logout":          "signing out twice is being signed out",
	"auth-change-password":       "the second time the old password no longer fits",
	"auth-admin-change-password": "the second time the old password no longer fits",
	"fleet-enrol-terminal":       "the one-time code answers a repeat of the same terminal with the same certificate",
	"window-ask-progress":        "a question by POST, so that no number stands in an address",
	"window-verify-file":         "a question by POST: the file is compared and forgotten",
	"catalogue-ask-guide":        "a question by POST, so that no answers stand in an address",
	"catalogue-check-filled":     "checks what was filled in and forgets it",
	"forms-carry":                "works out what of a half-filled form still fits and keeps nothing",
	"forms-check":                "checks what was filled in and forgets it",
	"forms-draw":                 "draws a paper and keeps nothing",
	"forms-merge":                "makes one form of several and keeps nothing",
	"issuing-rate":               "one rating for each occasion: a second one is refused",
	"forms-try":                  "checks what was filled in and forgets it",
	"forms-verify":               "says what is wrong with a design and keeps nothing",
	"catalogue-try-entry":        "a question by POST: the entry on the screen is tried and forgotten",
	"catalogue-run-applicants":   "reads: invented applicants leave nothing behind",
	"window-preview-":            "draws a paper and keeps nothing",
	"window-person-history":      "a question by POST, so that no identity number stands in an address",
	"sharing-open-code":          "the answer holds the phone's token and must not be kept; a second time is refused",
	"sharing-send-code":          "one message a minute and three in all",
	"sharing-prove":              "a code is good once; a proof done twice is refused by its own state",
	"sharing-look":               "reads: the list takes the place of the one before",
	"sharing-agree":              "what is ticked takes the place of what was ticked before",
	"sharing-refuse":             "done twice it is refused by its own state",
	"sharing-revoke":             "done twice it is refused by its own state",
	"province-open-message":      "a look at personal data: each is a record of its own by intent",
}

func TestWritesCarryAnIdempotencyKey(t *testing.T) {
	c := scratched(t)
	used := map[string]bool{}
	theDocument(t, c).each(func(method, path string, op operation) {
		if method == "GET" || op.Idempotency == "required" {
			return
		}
		if strings.Contains(op.ID, " ") {
			return // files, streams and other systems' protocols: Server.Raw asks that repeating them does no harm
		}
		for id := range repeatable {
			if op.ID == id || strings.HasSuffix(id, "-") && strings.HasPrefix(op.ID, id) {
				used[id] = true
				return
			}
		}
		t.Errorf("%s %s (%s) may be repeated without a key, and no reason is given in the table", method, path, op.ID)
	})
	for id := range repeatable {
		if !used[id] {
			t.Errorf("%s is in the table and not in the document", id)
		}
	}
}

// Whatever comes from outside has an end: texts, lists, numbers that say how much is wanted.
func TestWhatComesInIsBounded(t *testing.T) {
	c := scratched(t)
	d := theDocument(t, c)
	d.each(func(method, path string, op operation) {
		for _, p := range op.Parameters {
			if p.In != "query" && p.In != "path" {
				continue // headers and cookies are bounded together by the listener
			}
			for _, fault := range d.unbounded(p.Schema, p.In+"."+p.Name, p.In == "query") {
				t.Errorf("%s: %s has no bound", op.ID, fault)
			}
		}
		for kind, body := range op.Body.Content {
			if strings.HasPrefix(kind, "multipart/") {
				t.Errorf("%s takes %s, which nothing here bounds", op.ID, kind)
			}
			if !strings.Contains(kind, "json") {
				continue
			}
			for _, fault := range d.unbounded(body.Schema, "body", false) {
				t.Errorf("%s: %s has no bound", op.ID, fault)
			}
		}
	})
}

func (d document) unbounded(s schema, at string, numbers bool, within ...string) (faults []string) {
	if s.Ref != "" {
		if slices.Contains(within, s.Ref) {
			return nil // a type inside of itself: its parts are looked at once
		}
		within = append(slices.Clone(within), s.Ref)
	}
	s = d.resolve(s)
	switch {
	case s.Type.is("string"):
		closed := s.Format == "date" || s.Format == "date-time" || s.Format == "uuid" || len(s.Enum) > 0
		if !closed && s.MaxLength == nil {
			faults = append(faults, at)
		}
	case s.Type.is("integer") && numbers:
		// A page of 1e9 rows is refused by its maximum; a sequence number to go on from costs the same wherever it stands.
		if s.Maximum == nil && !strings.HasSuffix(at, ".before") && !strings.HasSuffix(at, ".after") {
			faults = append(faults, at)
		}
	case s.Type.is("array"):
		if s.MaxItems == nil {
			faults = append(faults, at)
		}
		if s.Items != nil && !d.resolve(*s.Items).Type.is("string") { // texts in a bounded list: the body's own limit is enough
			faults = append(faults, d.unbounded(*s.Items, at+"[]", numbers, within...)...)
		}
	case s.Type.is("object"):
		for name, p := range s.Properties {
			faults = append(faults, d.unbounded(p, at+"."+name, numbers, within...)...)
		}
	}
	return faults
}

// scratchedOn is the same over a database of the test's.
func scratchedOn(t *testing.T, dsn string) *centre {
	t.Helper()
	cfg := defaults()
	cfg.Data, cfg.Database, cfg.Public = t.TempDir(), dsn, "http://localhost"
	if err := prepare(cfg); err != nil {
		t.Fatal(err)
	}
	c, err := open(auth.AsSystem(t.Context(), "scratch"), cfg, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.close(context.Background()) })
	return c
}

// scratched wires the whole centre in a folder of the test's own.
func scratched(t *testing.T) *centre {
	t.Helper()
	c, done, err := scratch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	return c
}

// The interface document that each module keeps is the one its code prints (接口文档); `make gen` prints them all.
func TestDocumentsAreCurrent(t *testing.T) {
	kept, err := filepath.Glob("../../modules/*/openapi.gen.yaml")
	if err != nil || len(kept) == 0 {
		t.Fatalf("%d documents, %v", len(kept), err)
	}
	for _, file := range kept {
		var now bytes.Buffer
		if err := apiDocument(t.Context(), []string{"--module", filepath.Base(filepath.Dir(file))}, &now); err != nil {
			t.Fatal(err)
		}
		if was, err := os.ReadFile(file); err != nil || !bytes.Equal(was, now.Bytes()) {
			t.Errorf("%s is not what the code says now (%v): run make gen", file, err)
		}
	}
}
