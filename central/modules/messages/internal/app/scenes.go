package app

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/messages"
	"tongban/central/modules/messages/internal/store"
	"tongban/central/modules/messages/seed"
)

// Scene is one occasion to tell somebody something (消息场景).
type Scene struct {
	ID     string   `yaml:"id"`
	Name   string   `yaml:"name"`
	On     string   `yaml:"on"`    // topic
	Level  string   `yaml:"level"` // of a card; "" for any
	State  string   `yaml:"state"` // of a task; "" for any
	To     []string `yaml:"to"`    // handler and the role after it, or roles
	Also   []string `yaml:"also"`  // roles told besides
	Title  string   `yaml:"title"`
	Text   string   `yaml:"text"`
	Link   string   `yaml:"link"`
	Urgent bool     `yaml:"urgent"`
	SMS    string   `yaml:"sms"`    // template of kernel/notify
	Result string   `yaml:"result"` // word for the template's {result}

	letterOff, smsOff bool
	version           int
}

// toHandler is whoever works on the case.
const toHandler = "handler"

func seeded() ([]Scene, error) {
	var file struct {
		Scenes []Scene `yaml:"scenes"`
	}
	if err := yaml.UnmarshalWithOptions(seed.Scenes, &file, yaml.DisallowUnknownField()); err != nil {
		return nil, fmt.Errorf("read scenes: %w", err)
	}
	for _, s := range file.Scenes {
		if err := fit(s.Title, s.Text); err != nil {
			return nil, fmt.Errorf("scene %s: %w", s.ID, err)
		}
	}
	return file.Scenes, nil
}

var mark = regexp.MustCompile(`\{[^{}]*\}`)

// marks are what a text may hold.
var marks = []string{"{item}", "{no}", "{due}", "{card}", "{level}", "{rule}", "{why}", "{reply_due}"}

// fit refuses texts with marks that nobody fills in.
func fit(texts ...string) error {
	for _, t := range texts {
		for _, m := range mark.FindAllString(t, -1) {
			if !slices.Contains(marks, m) {
				return errs.WithFields(errs.E(errs.Invalid, "messages.mark", "文字里的 "+m+" 没有东西可填，能用的是 "+strings.Join(marks, " "), nil), errs.Field{Path: "text", Message: "不认识 " + m})
			}
		}
	}
	return nil
}

// scenes returns the scenes as they are now.
func (a *App) scenes(ctx context.Context, q db.Query) ([]Scene, error) {
	changed, err := store.Scenes(ctx, q)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(a.seeded)
	for i, s := range out {
		if c, ok := changed[s.ID]; ok {
			out[i].Title, out[i].Text, out[i].letterOff, out[i].smsOff, out[i].version = c.Title, c.Text, !c.Letter, !c.SMS, c.Version
		}
	}
	return out, nil
}

// SceneRow is one scene on the page.
type SceneRow struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	To      []string `json:"to"`
	Also    []string `json:"also"`
	Title   string   `json:"title"`
	Text    string   `json:"text"`
	Letter  bool     `json:"letter"`
	SMS     bool     `json:"sms"`
	HasSMS  bool     `json:"has_sms"`
	SMSText string   `json:"sms_text" doc:"在运营商报备过的文字，不在这里改"`
	Urgent  bool     `json:"urgent"`
	Version int      `json:"version"`
}

// Scenes shows all scenes.
func (a *App) Scenes(ctx context.Context) ([]SceneRow, error) {
	var list []Scene
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		list, err = a.scenes(ctx, q)
		return err
	})
	out := make([]SceneRow, len(list))
	for i, s := range list {
		out[i] = SceneRow{
			ID: s.ID, Name: s.Name, To: s.To, Also: append([]string{}, s.Also...), Title: s.Title, Text: s.Text, Letter: !s.letterOff, SMS: s.SMS != "" && !s.smsOff, HasSMS: s.SMS != "",
			SMSText: templateText(s.SMS), Urgent: s.Urgent, Version: s.version,
		}
	}
	return out, err
}

// SceneChange is what somebody changes of a scene.
type SceneChange struct {
	Version     int
	Letter, SMS bool
	Title, Text string
	Reason      string
}

var errSceneChanged = errs.E(errs.Conflict, "messages.scene_changed", "别人刚改过这个场景，已为您换成最新的，请再改一次", nil)

// SetScene changes a scene.
func (a *App) SetScene(ctx context.Context, id string, c SceneChange) error {
	if err := fit(c.Title, c.Text); err != nil {
		return err
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		list, err := a.scenes(ctx, tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(s Scene) bool { return s.ID == id })
		if i < 0 {
			return messages.ErrNoSuchScene
		}
		if list[i].version != c.Version {
			return errSceneChanged
		}
		kept := store.Scene{ID: id, Version: c.Version + 1, Letter: c.Letter, SMS: c.SMS, Title: c.Title, Text: c.Text, By: tx.Actor().Name, Reason: c.Reason}
		if err := store.PutScene(ctx, tx, kept); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "messages.scene", Object: id, Reason: c.Reason, Detail: map[string]string{"letter": fmt.Sprint(c.Letter), "sms": fmt.Sprint(c.SMS)}})
	})
}
