package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/agent/screen"
	"tongban/drivers"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Every pair of state and act: what the table lists happens, all else is refused and moves nothing.
func TestLifeIsTheTable(t *testing.T) {
	rows := map[string]State{}
	for _, s := range life {
		key := string(s.from) + "/" + string(s.act)
		if _, twice := rows[key]; twice {
			t.Errorf("%s is listed twice", key)
		}
		rows[key] = s.to
	}
	for _, from := range States() {
		for _, act := range Acts() {
			v := &Visit{State: from}
			err := v.Do(act)
			to, listed := rows[string(from)+"/"+string(act)]
			switch {
			case listed && (err != nil || v.State != to):
				t.Errorf("%s %s: %s, %v, want %s", from, act, v.State, err, to)
			case !listed && (!errors.Is(err, ErrNotNow) || v.State != from):
				t.Errorf("%s %s is let through to %s, %v", from, act, v.State, err)
			}
		}
	}
}

// From every state the visit can end, and no way leads out of sight.
func TestEveryStateIsReachedAndEnds(t *testing.T) {
	reached := map[State]bool{Attract: true}
	for range States() {
		for _, s := range life {
			if reached[s.from] {
				reached[s.to] = true
			}
		}
	}
	for _, s := range States() {
		if !reached[s] {
			t.Errorf("%s cannot be reached", s)
		}
		if s == Attract {
			continue
		}
		if _, err := Next(s, End); err != nil && s != Left {
			t.Errorf("%s cannot end", s)
		}
	}
}

func TestPhases(t *testing.T) {
	for _, c := range []struct {
		err  error
		want Phase
		ok   bool
	}{
		{&drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonCardTakenAway}, Early, true},
		{&drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonCardUnreadable}, Unreadable, true},
		{&drivers.Error{Code: drivers.CodeUnsupported, Reason: drivers.ReasonCardUnknown}, Unknown, true},
		{&drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonLineNoise}, Noise, true},
		{&drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent}, Silent, true},
		{&drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonSAMFault}, Down, true},
		{&drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged}, Down, true},
		{&drivers.Error{Code: drivers.CodeNoDevice}, Down, true},
		{&drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonNoCard}, Waiting, false},
		{&drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonAccessDenied}, Ask, true},
		{context.Canceled, Waiting, false},
		{fmt.Errorf("read card: %w", context.DeadlineExceeded), Silent, true},
	} {
		if got, ok := PhaseOf(c.err); got != c.want || ok != c.ok {
			t.Errorf("%v: %s, %v, want %s, %v", c.err, got, ok, c.want, c.ok)
		}
	}
	for _, list := range []map[Phase][2]string{words, travel} {
		for p, w := range list {
			if len([]rune(w[0])) > 14 {
				t.Errorf("%s: the title has %d characters", p, len([]rune(w[0])))
			}
			if strings.Contains(w[0]+w[1], "您操作有误") || w[1] == "" {
				t.Errorf("%s: %q", p, w[1])
			}
		}
	}
	for p := range words {
		if travel[p] == [2]string{} {
			t.Errorf("%s: nothing is said of a passport", p)
		}
	}
}

func TestIdle(t *testing.T) {
	times, start := DefaultTimes(), time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		prefs screen.Prefs
		rest  time.Duration
		left  int
		over  bool
	}{
		{screen.Prefs{}, 59 * time.Second, 0, false},
		{screen.Prefs{}, 60 * time.Second, 30, false},
		{screen.Prefs{}, 60*time.Second + time.Millisecond, 30, false},
		{screen.Prefs{}, 89 * time.Second, 1, false},
		{screen.Prefs{}, 90 * time.Second, 0, true},
		{screen.Prefs{Elderly: true}, 119 * time.Second, 0, false},
		{screen.Prefs{LowReach: true}, 130 * time.Second, 20, false},
		{screen.Prefs{Speech: true}, 150 * time.Second, 0, true},
		{screen.Prefs{Contrast: true}, 61 * time.Second, 29, false},
		{screen.Prefs{}, -time.Hour, 0, false},
	} {
		v := &Visit{Prefs: c.prefs, Touched: start}
		if left, over := v.Warning(times, start.Add(c.rest)); left != c.left || over != c.over {
			t.Errorf("%+v after %s: %d, %v, want %d, %v", c.prefs, c.rest, left, over, c.left, c.over)
		}
	}
}

func TestWipeLeavesNothing(t *testing.T) {
	root := t.TempDir()
	f, err := NewFolder(root, "v1")
	if err != nil {
		t.Fatal(err)
	}
	picture := []byte("周立明 510799199001010018")
	meta, err := f.Put("p1", picture, "image/jpeg")
	if err != nil {
		t.Fatal(err)
	}
	on, err := os.ReadFile(f.Path("p1"))
	if err != nil || bytes.Contains(on, picture[:9]) {
		t.Fatalf("the picture lies open: %v", err)
	}
	if back, err := f.Get("p1", meta); err != nil || !bytes.Equal(back, picture) {
		t.Fatalf("Get: %v", err)
	}
	m := NewMatter(matter.Item{})
	m.Pages["hukou"] = []*Page{{File: meta}}
	v := &Visit{ID: "v1", State: Working, Matter: m, Folder: f, Person: &Person{Person: wire.Person{Name: "周立明"}}}
	if err := v.Wipe(); err != nil {
		t.Fatal(err)
	}
	if v.Person != nil || v.Matter != nil || v.Folder != nil || v.ID != "v1" {
		t.Errorf("left: %+v", v)
	}
	if !bytes.Equal(meta.Key, make([]byte, len(meta.Key))) {
		t.Error("the file key is still in memory")
	}
	if _, err := os.Stat(filepath.Join(root, "v1")); !os.IsNotExist(err) {
		t.Errorf("folder: %v", err)
	}
}

func TestFolderNames(t *testing.T) {
	for _, name := range []string{"", "..", "a/b", `a\b`, "."} {
		if _, err := NewFolder(t.TempDir(), name); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
}
