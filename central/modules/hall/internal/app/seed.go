package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/org"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/store"
	"tongban/central/modules/hall/seed"
)

// sample is the hall of a fresh centre.
type sample struct {
	Hall    string `yaml:"hall"`
	Promise int    `yaml:"promise"`
	Zones   []struct {
		Code string `yaml:"code"`
		Name string `yaml:"name"`
	} `yaml:"zones"`
	Categories []struct {
		Code    string   `yaml:"code"`
		Zone    string   `yaml:"zone"`
		Name    string   `yaml:"name"`
		Minutes int      `yaml:"minutes"`
		Takes   []string `yaml:"takes"`
	} `yaml:"categories"`
	Windows []sampleWindow `yaml:"windows"`
	People  []struct {
		Login string   `yaml:"login"`
		Takes []string `yaml:"takes"`
	} `yaml:"people"`
	Shifts []struct {
		Window   string `yaml:"window"`
		Login    string `yaml:"login"`
		Weekdays string `yaml:"weekdays"`
		From     string `yaml:"from"`
		Until    string `yaml:"until"`
	} `yaml:"shifts"`
}

// sampleWindow is one window of it.
type sampleWindow struct {
	ID         string   `yaml:"id"`
	No         string   `yaml:"no"`
	Zone       string   `yaml:"zone"`
	Label      string   `yaml:"label"`
	Department string   `yaml:"department"`
	Kind       string   `yaml:"kind"`
	Takes      []string `yaml:"takes"`
	Staff      []string `yaml:"staff"`
	Closed     bool     `yaml:"closed"`
}

func takesOf(categories []string) []hall.Take {
	out := make([]hall.Take, len(categories))
	for i, c := range categories {
		out[i] = hall.Take{Kind: "category", Code: c}
	}
	return out
}

// Seed makes the sample hall where no hall has a queue yet; what is there stays as it is.
func (a *App) Seed(ctx context.Context) error {
	var s sample
	if err := yaml.UnmarshalWithOptions(seed.Hall, &s, yaml.DisallowUnknownField()); err != nil {
		return fmt.Errorf("read sample hall: %w", err)
	}
	halls, err := a.Places.Halls(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(halls, func(h org.Hall) bool { return h.ID == s.Hall })
	var have []store.Hall
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		have, err = store.Halls(ctx, q)
		return err
	})
	if err != nil || len(have) > 0 || i < 0 {
		return err
	}
	accounts, _, err := a.People.List(ctx, auth.Filter{Page: 1, Size: 200})
	if err != nil {
		return err
	}
	byLogin := map[string]string{}
	for _, p := range accounts {
		byLogin[p.Login] = p.ID
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.PutHall(ctx, tx, store.Hall{ID: s.Hall, Region: halls[i].Region, Promise: s.Promise, Board: ids.Key()}); err != nil {
			return err
		}
		if err := a.seedPlaces(ctx, tx, s, byLogin); err != nil {
			return err
		}
		return a.seedPeople(ctx, tx, s, byLogin)
	})
}

func (a *App) seedPlaces(ctx context.Context, tx db.Tx, s sample, byLogin map[string]string) error {
	zones := map[string]string{}
	for i, z := range s.Zones {
		zones[z.Code] = ids.New()
		if err := store.PutZone(ctx, tx, store.Zone{ID: zones[z.Code], Hall: s.Hall, Code: z.Code, Name: z.Name, Order: i}); err != nil {
			return err
		}
	}
	for i, c := range s.Categories {
		one := store.Category{ID: ids.New(), Hall: s.Hall, Zone: zones[c.Zone], Code: c.Code, Name: c.Name, Minutes: c.Minutes, Order: i}
		if err := store.PutCategory(ctx, tx, one); err != nil {
			return err
		}
		if err := store.PutTakes(ctx, tx, store.OfCategory, one.ID, takesOf(c.Takes)); err != nil {
			return err
		}
	}
	for i, w := range s.Windows {
		if err := a.Places.PutDeskIn(ctx, tx, org.Desk{ID: w.ID, Hall: s.Hall, Label: w.Label, Department: w.Department, Closed: w.Closed}, "样例大厅"); err != nil {
			return err
		}
		one := store.Window{ID: w.ID, Hall: s.Hall, Zone: zones[w.Zone], No: w.No, Label: w.Label, Kind: "window", Order: i, Closed: w.Closed, Display: ids.Key()}
		if w.Kind != "" {
			one.Kind = w.Kind
		}
		if err := store.PutWindow(ctx, tx, one); err != nil {
			return err
		}
		if err := store.PutTakes(ctx, tx, store.OfWindow, w.ID, takesOf(w.Takes)); err != nil {
			return err
		}
		var staff []string
		for _, login := range w.Staff {
			if id := byLogin[login]; id != "" {
				staff = append(staff, id)
			}
		}
		if err := store.PutStaff(ctx, tx, s.Hall, w.ID, staff); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) seedPeople(ctx context.Context, tx db.Tx, s sample, byLogin map[string]string) error {
	for _, p := range s.People {
		if id := byLogin[p.Login]; id != "" {
			if err := store.PutTakes(ctx, tx, store.OfPerson, id, takesOf(p.Takes)); err != nil {
				return err
			}
		}
	}
	for _, sh := range s.Shifts {
		id := byLogin[sh.Login]
		i := slices.IndexFunc(s.Windows, func(w sampleWindow) bool {
			return w.No == sh.Window
		})
		if id == "" || i < 0 {
			continue
		}
		from, err := clockMinutes(sh.From)
		if err != nil {
			return err
		}
		until, err := clockMinutes(sh.Until)
		if err != nil {
			return err
		}
		if err := store.PutShift(ctx, tx, store.Shift{ID: ids.New(), Hall: s.Hall, Window: s.Windows[i].ID, Account: id, Weekdays: sh.Weekdays, From: from, Until: until, FromDay: a.today()}); err != nil {
			return err
		}
	}
	return nil
}

// clockMinutes reads 09:00.
func clockMinutes(text string) (int, error) {
	h, m, ok := strings.Cut(text, ":")
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if !ok || err1 != nil || err2 != nil || hour < 0 || hour > 24 || minute < 0 || minute > 59 || hour*60+minute > 24*60 {
		return 0, fmt.Errorf("time %q is not HH:MM", text)
	}
	return hour*60 + minute, nil
}

// clockText writes it.
func clockText(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }
