package module

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/province"
	"tongban/central/modules/sharing"
	"tongban/central/modules/sharing/internal/app"
	"tongban/central/modules/sharing/migrations"
	"tongban/central/modules/window"
)

const (
	draft  = "d1"
	number = "510799199001010018"
)

// counter is a window with one registration in work.
type counter struct {
	k      *kerneltest.Kit
	d      window.ShareDraft
	gone   bool
	shared []window.SharedPaper
	photos int
	notes  []string
}

func (c *counter) ShareDraft(context.Context, string) (window.ShareDraft, error) {
	if c.gone {
		return window.ShareDraft{}, window.ErrNoSuchDraft
	}
	return c.d, nil
}

func (c *counter) EarlierPapers(context.Context, string) ([]window.EarlierPaper, error) {
	now := c.k.Clock.Now()
	return []window.EarlierPaper{
		{Ref: "MY1/lease", CaseNo: "MY1", Material: "lease", Name: "租房合同", Item: "食品经营备案", At: now.AddDate(-2, 0, 0), Pages: 3},
		{Ref: "MY2/other", CaseNo: "MY2", Material: "other", Name: "不相干的", Item: "别的", At: now, Pages: 1},
	}, nil
}

func (c *counter) Share(ctx context.Context, _, _ string, papers []window.SharedPaper, also func(context.Context, db.Tx) error) error {
	return c.k.DB.Do(ctx, func(tx db.Tx) error {
		tx.OnCommit(func() {
			if c.shared = papers; len(papers) == 0 {
				c.photos = 0
			}
		})
		return also(ctx, tx)
	})
}

func (c *counter) SharePhoto(ctx context.Context, _, _ string, _ []byte, also func(context.Context, db.Tx) error) error {
	return c.k.DB.Do(ctx, func(tx db.Tx) error {
		tx.OnCommit(func() { c.photos++ })
		return also(ctx, tx)
	})
}

func (c *counter) Note(_ context.Context, _ db.Tx, _ string, n window.Note) error {
	c.notes = append(c.notes, n.Text)
	return nil
}

// library holds the licences of one person.
type library struct {
	list    []province.Licence
	err     error
	purpose string
	holder  string
}

func (l *library) LicencesOf(_ context.Context, _, holder, _ string, c province.Consent) ([]province.Licence, error) {
	l.holder, l.purpose = holder, c.Purpose
	return l.list, l.err
}

// citysOwn holds the licences of the city's own library.
type citysOwn struct {
	list    []province.Licence
	err     error
	consent string
}

func (l *citysOwn) Of(_ context.Context, holder, consent, purpose string) ([]province.Licence, error) {
	if holder != number || purpose == "" {
		return nil, errors.New("asked for somebody else, or for nothing")
	}
	l.consent = consent
	return l.list, l.err
}

type scene struct {
	*kerneltest.Kit
	t       *testing.T
	app     *app.App
	counter *counter
	library *library
}

func open(t *testing.T, k *kerneltest.Kit) *scene {
	t.Helper()
	k.Use(t, kernel.Module{Name: "sharing", Migrations: db.Migrations{Name: "sharing", FS: migrations.FS}})
	s := &scene{Kit: k, t: t, library: &library{list: []province.Licence{
		{ID: "L-1", Name: "营业执照", Office: "市场监管局", To: "长期", State: "有效"}, {ID: "L-2", Name: "居民身份证", Office: "公安局", To: "2020-01-01", State: "有效"},
	}}}
	s.counter = &counter{k: k, d: window.ShareDraft{
		ID: draft, Item: "spxj", ItemName: "食品经营备案", Office: "审批局", Hall: "政务大厅", Window: "B12", Region: "510703000000", Handler: "u1",
		Name: "周立明", IDNumber: number, Phone: "13900000026", Papers: []window.SharePaper{
			{Code: "permit", Name: "营业执照（副本）", Most: 2}, {Code: "lease", Name: "场地证明", Most: 5}, {Code: "plan", Name: "布局图", Given: true, Pages: 1, Most: 2},
		},
	}}
	s.app = app.New(app.Needs{
		DB: k.DB, Clock: k.Clock, Vault: k.Vault, SMS: k.SMS, Drafts: s.counter, Cases: s.counter, Library: s.library, Public: "https://example.invalid", Log: slog.New(slog.DiscardHandler),
	})
	return s
}

func (s *scene) clerk() context.Context {
	return auth.As(s.t.Context(), auth.Actor{Kind: auth.Staff, ID: "u1", Name: "周敏"}.Granted(sharing.PermOffer))
}

// offer shows a code and returns the key in its link.
func (s *scene) offer() string {
	s.t.Helper()
	shown, err := s.app.Offer(s.clerk(), draft)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, secret := range []string{number, "周立明", "13900000026", draft} {
		if strings.Contains(shown.URL, secret) {
			s.t.Errorf("the link carries %q", secret)
		}
	}
	return shown.URL[strings.LastIndex(shown.URL, "/")+1:]
}

func (s *scene) open(key string) string {
	s.t.Helper()
	o, err := s.app.Open(s.t.Context(), key)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(o.View.Papers) > 0 || strings.Contains(o.View.Person, "立") || strings.Contains(o.View.Phone, "0000002") {
		s.t.Errorf("before the proof the phone shows %+v", o.View)
	}
	return o.Token
}

// message returns the code of the last short message.
func (s *scene) message() string {
	s.t.Helper()
	var sealed string
	err := s.DB.View(s.t.Context(), func(q db.Query) error {
		return q.QueryRowContext(s.t.Context(), `SELECT text_sealed FROM notify_sms WHERE template = 'share.code' ORDER BY queued_at DESC, id DESC LIMIT 1`).Scan(&sealed)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := s.Vault.Open("notify.text", sealed)
	if err != nil {
		s.t.Fatal(err)
	}
	return regexp.MustCompile(`\d{6}`).FindString(text)
}

// proved goes as far as the choice.
func (s *scene) proved() (key, token string) {
	s.t.Helper()
	key = s.offer()
	token = s.open(key)
	if _, err := s.app.SendCode(s.t.Context(), key, token); err != nil {
		s.t.Fatal(err)
	}
	v, err := s.app.Prove(s.t.Context(), key, token, app.Proof{Code: s.message(), Tail: "0018"})
	if err != nil || v.State != "proved" || len(v.Papers) != 3 {
		s.t.Fatalf("proved: %+v, %v", v, err)
	}
	return key, token
}

func (s *scene) refused(what string, err error, want error) {
	s.t.Helper()
	if errs.CodeOf(err) != errs.CodeOf(want) {
		s.t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// The whole way: what is ticked attaches with its source, is on record, changes, is taken back, and ends with the hand-in.
func TestShared(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		ctx := t.Context()
		key, token := s.proved()
		_, err := s.app.Agree(ctx, key, token, []string{"licence L-1 permit"})
		s.refused("agreed before anything was looked up", err, sharing.ErrChosen)
		v, err := s.app.Look(ctx, key, token)
		if err != nil || len(v.Offers) != 1 && len(v.Offers) != 2 || v.Offers[0].ID != "licence L-1 permit" || !strings.Contains(v.Offers[0].From, "市场监管局") {
			t.Fatalf("looked: %+v, %v", v, err)
		}
		if s.library.holder != number || !strings.Contains(s.library.purpose, "食品经营备案") {
			t.Errorf("the library was asked for %q, %q", s.library.holder, s.library.purpose)
		}
		if len(s.counter.shared) != 0 {
			t.Fatal("something was attached without a consent")
		}
		old := v.Offers[1]
		if old.ID != "earlier MY1/lease lease" || old.Warning == "" {
			t.Errorf("the earlier paper: %+v", old)
		}
		_, err = s.app.Agree(ctx, key, token, []string{"licence L-9 permit"})
		s.refused("a licence that was not offered", err, sharing.ErrChosen)
		if v, err = s.app.Agree(ctx, key, token, []string{v.Offers[0].ID, old.ID}); err != nil || v.State != "agreed" || len(v.Chosen) != 2 {
			t.Fatalf("agreed: %+v, %v", v, err)
		}
		if len(s.counter.shared) != 2 || s.counter.shared[0].Ref != "L-1" || s.counter.shared[1].Source != "earlier" {
			t.Errorf("attached %+v", s.counter.shared)
		}
		if _, err := s.app.Photo(ctx, key, token, "lease", []byte("picture")); err != nil || s.counter.photos != 1 {
			t.Fatalf("photo: %v", err)
		}
		if v, err = s.app.Agree(ctx, key, token, []string{"licence L-1 permit"}); err != nil || len(v.Chosen) != 1 || len(s.counter.shared) != 1 {
			t.Fatalf("chosen anew: %+v, %v", v, err)
		}
		st, err := s.app.Standing(s.clerk(), draft)
		if err != nil || st.State != "agreed" || st.Papers != 1 || st.Photos != 1 || len(st.Consents) != 3 {
			t.Fatalf("the clerk sees %+v, %v", st, err)
		}
		if c := st.Consents[0]; len(c.What) != 2 || c.Wording != sharing.Wording || !strings.Contains(c.How, "短信") || c.Purpose == "" || c.RevokedAt != "" || st.Consents[1].RevokedAt == "" {
			t.Errorf("on record: %+v", st.Consents)
		}
		if v, err = s.app.Revoke(ctx, key, token); err != nil || v.State != "revoked" || len(s.counter.shared) != 0 || s.counter.photos != 0 {
			t.Fatalf("revoked: %+v, %v", v, err)
		}
		if _, err = s.app.Agree(ctx, key, token, []string{"licence L-1 permit"}); err != nil {
			t.Fatal(err)
		}
		if err := s.app.RevokeByWord(s.clerk(), draft); err != nil || len(s.counter.shared) != 0 {
			t.Fatalf("revoked by word: %v", err)
		}
		s.refused("revoked twice", s.app.RevokeByWord(s.clerk(), draft), sharing.ErrNotNow)
		if _, err = s.app.Agree(ctx, key, token, []string{"licence L-1 permit"}); err != nil {
			t.Fatal(err)
		}
		err = s.DB.Do(ctx, func(tx db.Tx) error {
			return s.app.Follow(ctx, tx, events.Event{Topic: window.TopicReceived, Key: "MY3", At: tx.Now(), Data: json.RawMessage(`{"no":"MY3","draft":"` + draft + `"}`)})
		})
		s.counter.gone = true
		if err != nil || len(s.counter.notes) != 1 || !strings.Contains(s.counter.notes[0], "营业执照") {
			t.Fatalf("handed in: %v, %q", err, s.counter.notes)
		}
		if v, err = s.app.View(ctx, key, token); err != nil || v.State != "used" {
			t.Errorf("after the hand-in: %+v, %v", v, err)
		}
		_, err = s.app.Revoke(ctx, key, token)
		s.refused("taken back after the hand-in", err, window.ErrNoSuchDraft)
	})
}

// Each way in which it fails has a sentence of its own, and attaches nothing.
func TestNotShared(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		ctx := t.Context()
		_, err := s.app.Open(ctx, "AAAAAAAAAAAAAAAAAAAAAAAAAA")
		s.refused("a made-up key", err, sharing.ErrNone)

		key := s.offer()
		token := s.open(key)
		_, err = s.app.Open(ctx, key)
		s.refused("a second phone", err, sharing.ErrUsed)
		_, err = s.app.View(ctx, key, "another-phones-token")
		s.refused("a phone that did not open it", err, sharing.ErrUsed)
		_, err = s.app.Look(ctx, key, token)
		s.refused("a look before the proof", err, sharing.ErrNotNow)
		_, err = s.app.Photo(ctx, key, token, "lease", []byte("x"))
		s.refused("a picture before the proof", err, sharing.ErrNotNow)
		if _, err = s.app.SendCode(ctx, key, token); err != nil {
			t.Fatal(err)
		}
		_, err = s.app.SendCode(ctx, key, token)
		s.refused("a second message at once", err, sharing.ErrOften)
		code := s.message()
		_, err = s.app.Prove(ctx, key, token, app.Proof{Code: code, Tail: "0019"})
		s.refused("the right code with another person's number", err, sharing.ErrWrong)
		s.Clock.Advance(6 * time.Minute)
		_, err = s.app.Prove(ctx, key, token, app.Proof{Code: code, Tail: "0018"})
		s.refused("a code that is too old", err, sharing.ErrWrong)
		for range 2 {
			_, err = s.app.Prove(ctx, key, token, app.Proof{Code: "000000", Tail: "0018"})
			s.refused("a wrong code", err, sharing.ErrWrong)
		}
		_, err = s.app.Prove(ctx, key, token, app.Proof{Code: "000000", Tail: "0018"})
		s.refused("the fifth time", err, sharing.ErrBlocked)
		_, err = s.app.View(ctx, key, token)
		s.refused("after the fifth time", err, sharing.ErrBlocked)

		key = s.offer()
		s.Clock.Advance(11 * time.Minute)
		_, err = s.app.Open(ctx, key)
		s.refused("too late", err, sharing.ErrExpired)
		before := s.offer()
		after := s.offer()
		_, err = s.app.Open(ctx, before)
		s.refused("a code that was replaced", err, sharing.ErrExpired)
		token = s.open(after)
		s.counter.d.IDNumber = "510799199203030017"
		_, err = s.app.SendCode(ctx, after, token)
		s.refused("the clerk took another person", err, sharing.ErrPerson)
		s.counter.d.IDNumber = number

		key, token = s.proved()
		s.library.err = errors.New("the line is down")
		v, err := s.app.Look(ctx, key, token)
		if err != nil || !strings.Contains(v.Library, "连不上") || len(v.Offers) != 1 || v.Offers[0].Source != "earlier" {
			t.Errorf("library down: %+v, %v", v, err)
		}
		s.library.list, s.library.err = nil, nil
		if v, err = s.app.Look(ctx, key, token); err != nil || !strings.Contains(v.Library, "没有您的证照") {
			t.Errorf("no licence: %+v, %v", v, err)
		}
		s.library.list = []province.Licence{{ID: "L-1", Name: "营业执照", To: "2020-01-01", State: "有效"}}
		if v, err = s.app.Look(ctx, key, token); err != nil || !strings.Contains(v.Library, "有效期") {
			t.Errorf("a licence that has ended: %+v, %v", v, err)
		}
		if v, err = s.app.Refuse(ctx, key, token); err != nil || v.State != "refused" {
			t.Errorf("refused: %+v, %v", v, err)
		}
		_, err = s.app.Agree(ctx, key, token, []string{"earlier MY1/lease lease"})
		s.refused("agreed after a refusal", err, sharing.ErrNotNow)
		if len(s.counter.shared) != 0 || s.counter.photos != 0 {
			t.Errorf("attached %+v", s.counter.shared)
		}
		s.counter.d.Phone = ""
		_, err = s.app.Offer(s.clerk(), draft)
		s.refused("no phone", err, sharing.ErrNoPhone)
		s.counter.d.IDNumber = ""
		_, err = s.app.Offer(s.clerk(), draft)
		s.refused("nobody identified", err, sharing.ErrNoPerson)
	})
}
