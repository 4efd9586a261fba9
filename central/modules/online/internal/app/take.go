package app

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/modules/online"
	"tongban/central/modules/online/internal/store"
	"tongban/central/modules/window"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Submission is what a channel sends, as deploy/docs/adapters/online-channels.md says.
type Submission struct {
	ID          string            `json:"id"`
	Item        string            `json:"item"`
	ItemVersion int               `json:"item_version"`
	Region      string            `json:"region"`
	SubmittedAt time.Time         `json:"submitted_at"`
	Applicant   Applicant         `json:"applicant"`
	Consent     Consent           `json:"consent"`
	Answers     map[string]string `json:"answers"`
	Form        map[string]any    `json:"form"`
	Materials   []Material        `json:"materials"`
	Signatures  []Signature       `json:"signatures"`
}

// Applicant is who the channel knows by real name (实名用户).
type Applicant struct {
	Name     string `json:"name"`
	IDNumber string `json:"id_number"`
	Sex      string `json:"sex"`
	Nation   string `json:"nation"`
	Birth    string `json:"birth"`
	Address  string `json:"address"`
	Phone    string `json:"phone"`
}

// Consent is what the person agreed to in the channel (告知同意).
type Consent struct {
	Version string    `json:"version"`
	At      time.Time `json:"at"`
}

// Material is one paper with its pages.
type Material struct {
	Code     string   `json:"code"`
	Deferred bool     `json:"deferred"`
	Pages    [][]byte `json:"pages"`
}

// Signature is one signer's strokes.
type Signature struct {
	Role  string `json:"role"`
	Image []byte `json:"image"`
}

// Taken is what a channel is answered.
type Taken struct {
	ID        string `json:"id"`
	CaseNo    string `json:"case_no"`
	State     string `json:"state"`
	StateText string `json:"state_text"`
	Duplicate bool   `json:"duplicate"` // it had come before: this is the same case
}

var refShape = regexp.MustCompile(`^[A-Za-z0-9._-]{6,40}$`)

// Item tells a channel what an item asks for.
func (a *App) Item(ctx context.Context, code string) (matter.Item, error) {
	return a.Intake.OnlineItem(ctx, code)
}

// Take makes a case of what a channel sent. The channel's own number makes it one, however often it comes; the same number with
// other content is refused.
func (a *App) Take(ctx context.Context, code string, body []byte) (Taken, error) {
	ctx = asChannel(ctx, code)
	var in Submission
	if err := json.Unmarshal(body, &in); err != nil {
		return Taken{}, errors.Join(online.ErrShape, err)
	}
	if !refShape.MatchString(in.ID) || in.Item == "" || in.SubmittedAt.IsZero() || in.Consent.At.IsZero() || strings.TrimSpace(in.Applicant.Name) == "" {
		return Taken{}, online.ErrShape
	}
	sum := digest(body)
	if out, there, err := a.before(ctx, code, in.ID, sum); err != nil || there {
		return out, err
	}
	twice := errors.New("another call was first")
	no, err := a.Intake.TakeOnline(ctx, handIn(code, in), func(ctx context.Context, tx db.Tx, no string) error {
		// The channel learns the number from this answer, and everything after it by being told.
		first, err := store.Add(ctx, tx, store.Submission{Channel: code, Ref: in.ID, Digest: sum, CaseNo: no})
		if err == nil && !first {
			return twice
		}
		return err
	})
	if errors.Is(err, twice) {
		out, _, err := a.before(ctx, code, in.ID, sum)
		return out, err
	}
	if err != nil {
		return Taken{}, err
	}
	return Taken{ID: in.ID, CaseNo: no, State: string(window.Received), StateText: window.Received.Text()}, nil
}

// before answers for what came before.
func (a *App) before(ctx context.Context, code, ref, sum string) (Taken, bool, error) {
	var had store.Submission
	var there bool
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		had, there, err = store.Find(ctx, q, code, ref)
		return err
	})
	if err != nil || !there {
		return Taken{}, false, err
	}
	if had.Digest != sum {
		return Taken{}, true, online.ErrOther
	}
	f, err := a.Cases.Facts(ctx, had.CaseNo)
	return Taken{ID: ref, CaseNo: had.CaseNo, State: string(f.State), StateText: f.State.Text(), Duplicate: true}, true, err
}

// handIn puts a channel's words into those of the window.
func handIn(code string, in Submission) window.Online {
	p := in.Applicant
	out := window.Online{Channel: code, Place: online.Titles[code], Region: in.Region, Phone: p.Phone, Submission: wire.Submission{
		Item: in.Item, ItemVersion: in.ItemVersion, SubmittedAt: in.SubmittedAt, Answers: in.Answers, Form: in.Form,
		Applicant: wire.Person{Type: "resident", Name: strings.TrimSpace(p.Name), IDNumber: strings.ToUpper(p.IDNumber), Sex: p.Sex, Nation: p.Nation, Birth: p.Birth, Address: p.Address},
		Consents:  []wire.Consent{{Kind: "notice", Version: code + " " + in.Consent.Version, At: in.Consent.At}},
	}}
	for _, m := range in.Materials {
		if slices.ContainsFunc(out.Submission.Materials, func(x wire.Material) bool { return x.Code == m.Code }) {
			continue
		}
		out.Submission.Materials = append(out.Submission.Materials, wire.Material{Code: m.Code, Deferred: m.Deferred})
		for _, page := range m.Pages {
			out.Pages = append(out.Pages, window.OnlinePage{Material: m.Code, Data: page})
		}
	}
	for _, g := range in.Signatures {
		out.Submission.Signatures = append(out.Submission.Signatures, wire.Signature{Role: g.Role, Name: p.Name, At: in.SubmittedAt})
		out.Pages = append(out.Pages, window.OnlinePage{Role: g.Role, Data: g.Image})
	}
	return out
}
