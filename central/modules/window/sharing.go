package window

import (
	"context"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/vault"
)

// ShareDraft is a hand-in at a counter as the sharing of papers sees it (共享的登记). Number and phone live in memory only.
type ShareDraft struct {
	ID, Item, ItemName, Office string
	Hall, Window               string
	Region, Department         string
	Handler                    string // account
	Name                       vault.Name
	IDNumber                   vault.ID    // "" while nobody was identified
	Phone                      vault.Phone // "" when none was told
	Papers                     []SharePaper
}

// SharePaper is one paper that the matter asks for.
type SharePaper struct {
	Code, Name, Why string
	Given           bool // something stands for it already
	Pages, Most     int
}

// EarlierPaper is a paper that the same person handed in with a former case (以前交过的材料).
type EarlierPaper struct {
	Ref, CaseNo, Material, Name, Item string
	At                                time.Time
	Pages                             int
}

// SharedPaper says what stands for one paper of a draft because the person agreed to it.
type SharedPaper struct {
	Code   string // of the material
	Source string // licence, earlier
	Ref    string // of the licence, or case and material of an earlier paper
	Note   string // where it comes from, in words; no number
}

// Sharing is what the sharing of papers asks of the window (共享). Whoever calls must be allowed to work on the draft.
type Sharing interface {
	// ShareDraft opens a draft, or ErrNoSuchDraft when it was handed in, dropped, or is not for this caller.
	ShareDraft(ctx context.Context, id string) (ShareDraft, error)

	// EarlierPapers lists what the applicant of a draft handed in before, newest first. The look is kept in the audit.
	EarlierPapers(ctx context.Context, draft string) ([]EarlierPaper, error)

	// Share puts papers into a draft in the place of those that came by the same consent before; none takes them out again,
	// with the pictures that the person sent. What the clerk typed meanwhile is not touched. also commits together with it.
	Share(ctx context.Context, draft, consent string, papers []SharedPaper, also func(ctx context.Context, tx db.Tx) error) error

	// SharePhoto adds a picture that the applicant took of a paper.
	SharePhoto(ctx context.Context, draft, material string, picture []byte, also func(ctx context.Context, tx db.Tx) error) error
}
