package catalogue

import (
	"context"

	"tongban/fleet/wire/matter"
)

// Outside is what the catalogue asks of others to say what a change touches (对外查询). It asks no module by name: the centre
// hands in the answers. Each may be nil; then nothing is said about it.
type Outside struct {
	// Running returns cases of an item that have not ended, newest first, at most some; Total counts all of them.
	Running func(ctx context.Context, code string) (Running, error)
	// RunningByItem counts cases that have not ended, by the item's code.
	RunningByItem func(ctx context.Context) (map[string]int, error)
	// ThemesByItem counts the themes that use each item, by its code.
	ThemesByItem func(ctx context.Context) (map[string]int, error)
	// Themes returns the one-thing themes that use an item.
	Themes func(ctx context.Context, code string) ([]ThemeUse, error)
	// Form returns the published version of an official form, or errs.NotFound.
	Form func(ctx context.Context, id string) (matter.Form, error)
	// FormTopic is the event of a new version of a form; its key is the form's id.
	FormTopic string
	// Terminals counts the terminals in use.
	Terminals func(ctx context.Context) (int, error)
}

// Running are the cases of an item that have not ended (在办件). They end by the version they were filed with.
type Running struct {
	Total    int           `json:"total"`
	Versions map[int]int   `json:"versions"` // how many by version
	Cases    []RunningCase `json:"cases"`
}

// RunningCase is one of them; no personal data.
type RunningCase struct {
	No        string `json:"case_no"`
	Version   int    `json:"version"`
	StateText string `json:"state_text"`
	Received  string `json:"received"` // YYYY-MM-DD
	Due       string `json:"due"`
}

// ThemeUse is one theme that uses an item (涉及的一件事).
type ThemeUse struct {
	Code string `json:"code"`
	Name string `json:"name"`
}
