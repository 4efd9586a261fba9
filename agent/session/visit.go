package session

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"tongban/agent/screen"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Visit holds everything about one citizen, in memory only.
type Visit struct {
	ID           string
	State        State
	Touched      time.Time
	Prefs        screen.Prefs
	Sound        screen.Sound
	Help         bool
	Person       *Person
	Reader       *Reader
	Matter       *Matter
	Done         *Done
	Finished     []screen.FinishedIn
	CardLeft     bool
	DocumentLeft bool // it is a passport or permit
	Folder       *Folder
}

// String hides the person from logs and from fmt.
func (v *Visit) String() string { return "[一次办事 " + v.ID + "]" }

// LogValue hides the person from structured logs.
func (v *Visit) LogValue() slog.Value { return slog.StringValue(v.String()) }

// Do checks an act against the life and moves the visit on.
func (v *Visit) Do(a Act) error {
	to, err := Next(v.State, a)
	if err != nil {
		return fmt.Errorf("%s in %s: %w", a, v.State, err)
	}
	v.State = to
	return nil
}

// Person is who was read in.
type Person struct {
	wire.Person
	ValidTo   string // YYYY-MM-DD or long-term
	Expired   bool
	Confirmed bool
}

// Matter is the matter in hand.
type Matter struct {
	Item      matter.Item
	Envelope  string // id of its envelope, made with the matter so that a repeated submit is the same one
	CheckCode string
	LookupKey string
	Consented time.Time
	Answers   map[string]string
	Values    map[string]any
	Posted    map[string]bool // groups the citizen has gone through
	Deferred  map[string]bool // materials to be brought later
	Pages     map[string][]*Page
	Pending   map[string]*Page // captured, not yet “就用这张”
	Signed    map[string]*Signature
	Readers   map[string]*Person // second signers by role, read on their own card
}

// NewMatter takes up an item.
func NewMatter(it matter.Item) *Matter {
	return &Matter{
		Item: it, Answers: map[string]string{}, Values: map[string]any{}, Posted: map[string]bool{}, Deferred: map[string]bool{},
		Pages: map[string][]*Page{}, Pending: map[string]*Page{}, Signed: map[string]*Signature{}, Readers: map[string]*Person{},
	}
}

// Signable is what the signatures stand for, as one text to compare: answers, entries and papers.
func (m *Matter) Signable() string {
	pages := map[string][]string{}
	for code, list := range m.Pages {
		for _, p := range list {
			pages[code] = append(pages[code], p.ID)
		}
	}
	text, err := json.Marshal([]any{m.Answers, m.Values, m.Deferred, pages}) // maps come out sorted
	if err != nil {
		return "" // values came from JSON; one that cannot go back would already have been refused
	}
	return string(text)
}

// Page is one captured page; its picture lies encrypted in the visit's folder.
type Page struct {
	screen.Page
	File wire.File
}

// Signature is one person's strokes as a picture.
type Signature struct {
	At        time.Time
	Statement string
	File      wire.File
	Name      string // name in the visit's folder
}

// Done is the matter that was handed in last.
type Done struct {
	screen.Done
	Envelope string
	Job      string // of the slip in the journal
}

// Wipe forgets the person and all that came from them: memory is dropped, the folder's files are removed.
func (v *Visit) Wipe() error {
	var err error
	if v.Folder != nil {
		err = v.Folder.Remove()
	}
	if v.Matter != nil {
		v.Matter.clear()
	}
	*v = Visit{ID: v.ID, State: v.State}
	return err
}

// Drop leaves the matter in hand and removes its pages.
func (v *Visit) Drop() error {
	if v.Matter == nil {
		return nil
	}
	v.Matter.clear()
	v.Matter = nil
	if v.Folder == nil {
		return nil
	}
	return v.Folder.Empty()
}

// clear zeroes the file keys, so that even a memory image taken later opens no page.
func (m *Matter) clear() {
	for _, pages := range m.Pages {
		for _, p := range pages {
			clear(p.File.Key)
		}
	}
	for _, p := range m.Pending {
		clear(p.File.Key)
	}
	for _, s := range m.Signed {
		clear(s.File.Key)
	}
	clear(m.Values)
	clear(m.Answers)
}

func fill(s, place string) string { return strings.ReplaceAll(s, "{place}", place) }
