package app_test

import (
	"context"
	"testing"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/app"
	"tongban/central/modules/hall/migrations"
	"tongban/fleet/wire/matter"
)

// items is a catalogue of three items (事项目录替身).
type items struct{ list []matter.Item }

func (i *items) Item(context.Context, string, int) (matter.Item, error) { return matter.Item{}, nil }
func (i *items) Items(context.Context) ([]matter.Item, error)           { return i.list, nil }
func (i *items) Snapshot(context.Context) (matter.Snapshot, error) {
	out := matter.Snapshot{}
	for _, it := range i.list {
		out.Categories = append(out.Categories, matter.Category{Key: it.Category, Name: "类别" + it.Category})
	}
	return out, nil
}
func (i *items) Counts(context.Context) (catalogue.Counts, error) { return catalogue.Counts{}, nil }

// counted are the accounts, and how often everybody's roles were asked for: the check does, nothing else here.
type counted struct {
	*auth.Service
	checks int
}

func (c *counted) GrantsOf(ctx context.Context, accounts []string) (map[string][]auth.Grant, error) {
	c.checks++
	return c.Service.GrantsOf(ctx, accounts)
}

// scene is the sample hall with its people.
type scene struct {
	*kerneltest.Kit
	*app.App
	t      testing.TB
	items  *items
	people *counted
	ids    map[string]string
}

const fc = "510703000000"

func newScene(t testing.TB, k *kerneltest.Kit) *scene {
	t.Helper()
	cal, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{Kit: k, t: t, people: &counted{Service: k.Auth}, ids: map[string]string{}, items: &items{list: []matter.Item{
		{Code: "spjy", Name: "食品经营备案", Category: "market"}, {Code: "sbksl", Name: "社保卡申领", Category: "social"},
		{Code: "flyz", Name: "法律援助申请", Category: "legal"}, {Code: "hkdj", Name: "户口登记", Category: "household"},
	}}}
	for _, kind := range []string{"medical", "housing", "health", "city", "build", "culture", "farm", "civil", "school", "traffic", "tax", "utility"} {
		s.items.list = append(s.items.list, matter.Item{Code: "x-" + kind, Name: "事项" + kind, Category: kind})
	}
	k.Use(t, kernelModule())
	for login, name := range map[string]string{"clerk": "周敏", "clerk2": "陈曦", "clerk3": "韩笑", "clerk4": "余帆", "supervisor": "何志远"} {
		role := "clerk"
		if login == "supervisor" {
			role = login
		}
		id, err := k.Auth.Create(auth.AsSystem(t.Context(), "init"), auth.Account{
			Login: login, Name: name, Region: fc, Grants: []auth.Grant{{Role: role, Reach: actor.ReachRegion, Place: fc, Reason: "test"}},
		}, "Correct-Horse-9")
		if err != nil {
			t.Fatal(err)
		}
		s.ids[login] = id
	}
	s.App = app.New(app.Needs{DB: k.DB, Clock: k.Clock, Vault: k.Vault, Events: k.Events, Jobs: k.Jobs, Items: s.items, Places: k.Org, People: s.people, Calendar: cal, Log: k.Log})
	if err := s.Seed(auth.AsSystem(t.Context(), "seed")); err != nil {
		t.Fatal(err)
	}
	return s
}

// as is a context of one of the people.
func (s *scene) as(login string) context.Context {
	perms := []string{hall.PermServe, hall.PermMap}
	switch login {
	case "supervisor":
		perms = append(perms, hall.PermDirect, hall.PermConfigRead)
	case "hall":
		perms = []string{hall.PermMap, hall.PermConfigRead, hall.PermConfigWrite}
	}
	who := auth.Actor{Kind: auth.Staff, ID: s.ids[login], Name: login, Region: fc}
	return auth.As(s.t.Context(), who.GrantedWithin(actor.InRegion(fc), perms...))
}

func (s *scene) take(category string, p hall.Priority) app.Ticket {
	s.t.Helper()
	t, err := s.Take(s.as("clerk"), app.Wish{Hall: "fc-hall", Category: category, Priority: p})
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

func (s *scene) sit(login, window string) app.Desk {
	s.t.Helper()
	d, err := s.SignOn(s.as(login), window)
	if err != nil {
		s.t.Fatalf("%s at %s: %v", login, window, err)
	}
	return d
}

func migrationSet() db.Migrations { return db.Migrations{Name: "hall", FS: migrations.FS} }
