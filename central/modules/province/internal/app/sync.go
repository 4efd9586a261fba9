package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/modules/province"
	"tongban/central/modules/province/internal/store"
	"tongban/fleet/wire/matter"
)

// Sync brings in base data and items that changed (基础数据、事项同步). The province's data is kept here by version; the catalogue is
// never written: what a new version changes is a finding for its people, and running cases keep their version.
func (a *App) Sync(ctx context.Context) error {
	if a.six == nil {
		return nil
	}
	return errors.Join(a.syncBase(ctx), a.syncItems(ctx))
}

func (a *App) cursor(ctx context.Context, name string) (n int64, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		n, _, err = store.Cursor(ctx, q, name)
		return err
	})
	return n, err
}

func (a *App) syncBase(ctx context.Context) error {
	since, err := a.cursor(ctx, "base")
	if err != nil {
		return err
	}
	var got struct {
		Version int64 `json:"version"`
		Entries []struct {
			Kind, Code, Name, Parent string
			Valid                    bool
			Version                  int
		} `json:"entries"`
	}
	if _, err := a.six.ask(ctx, sysBase, "changes", http.MethodGet, fmt.Sprintf("/v1/changes?since=%d", since), nil, &got); err != nil {
		return err
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		for _, e := range got.Entries {
			if e.Kind != "region" && e.Kind != "department" && e.Kind != "dictionary" || e.Code == "" {
				return province.ErrAnswer
			}
			one := store.Entry{Kind: e.Kind, Code: clip(e.Code, 60), Version: e.Version, Name: clip(e.Name, 100), Parent: clip(e.Parent, 60), Valid: e.Valid}
			if err := store.AddEntry(ctx, tx, one); err != nil {
				return err
			}
		}
		return a.synced(ctx, tx, "base", since, got.Version, len(got.Entries))
	})
}

// synced notes how far was read, and in the audit when something came.
func (a *App) synced(ctx context.Context, tx db.Tx, name string, since, version int64, n int) error {
	if err := store.MoveCursor(ctx, tx, name, max(version, since)); err != nil || n == 0 {
		return err
	}
	return audit.Write(ctx, tx, audit.Record{Action: "province.sync", Object: name, Detail: map[string]string{"lines": strconv.Itoa(n), "version": strconv.FormatInt(version, 10)}})
}

// theirs is an item as the province lists it.
type theirs struct {
	TaskCode    string `json:"taskCode"`
	TaskName    string `json:"taskName"`
	TaskVersion int    `json:"taskVersion"`
	PromiseDays int    `json:"promiseDays"`
	LegalDays   int    `json:"legalDays"`
	Valid       bool   `json:"valid"`
	Version     int    `json:"version"`
}

func (a *App) syncItems(ctx context.Context) error {
	since, err := a.cursor(ctx, "items")
	if err != nil {
		return err
	}
	var got struct {
		Version int64    `json:"version"`
		Items   []theirs `json:"items"`
	}
	if _, err := a.six.ask(ctx, sysItems, "changes", http.MethodGet, fmt.Sprintf("/v1/changes?since=%d", since), nil, &got); err != nil {
		return err
	}
	ours, err := a.Items.Items(ctx)
	if err != nil {
		return err
	}
	byTask := map[string]matter.Item{}
	for _, i := range ours {
		if i.TaskCode != "" {
			byTask[i.TaskCode] = i
		}
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		for _, t := range got.Items {
			if t.TaskCode == "" {
				return province.ErrAnswer
			}
			facts, err := json.Marshal(t)
			if err != nil {
				return fmt.Errorf("encode item: %w", err)
			}
			t.TaskCode, t.TaskName = clip(t.TaskCode, 60), clip(t.TaskName, 100)
			if err := store.AddEntry(ctx, tx, store.Entry{Kind: "item", Code: t.TaskCode, Version: t.Version, Name: t.TaskName, Valid: t.Valid, Facts: string(facts)}); err != nil {
				return err
			}
			for _, f := range findings(t, byTask) {
				f.ID = ids.New()
				if err := store.AddFinding(ctx, tx, f); err != nil {
					return err
				}
			}
		}
		return a.synced(ctx, tx, "items", since, got.Version, len(got.Items))
	})
}

// findings compares one item of the province with ours.
func findings(t theirs, ours map[string]matter.Item) []store.Finding {
	one := store.Finding{Kind: "item", Code: t.TaskCode, Title: t.TaskName, Version: t.Version}
	i, there := ours[t.TaskCode]
	if !there {
		one.Field, one.Ours, one.Theirs = "事项", "没有", t.TaskName
		return []store.Finding{one}
	}
	one.Title = i.Name
	var out []store.Finding
	add := func(field, ours, theirs string) {
		if ours != theirs {
			f := one
			f.Field, f.Ours, f.Theirs = field, ours, theirs
			out = append(out, f)
		}
	}
	if !t.Valid {
		add("状态", "在用", "省里已停用")
		return out
	}
	add("事项名称", i.Name, t.TaskName)
	if t.PromiseDays > 0 {
		add("承诺时限（工作日）", strconv.Itoa(i.Promise.Days), strconv.Itoa(t.PromiseDays))
	}
	if t.LegalDays > 0 {
		add("法定时限（工作日）", strconv.Itoa(i.Statutory.Days), strconv.Itoa(t.LegalDays))
	}
	return out
}

// See closes a finding: somebody of the catalogue has looked and said what becomes of it.
func (a *App) See(ctx context.Context, id, reason string) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.SeeFinding(ctx, tx, id, reason); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "province.see", Object: id, Reason: reason})
	})
}
