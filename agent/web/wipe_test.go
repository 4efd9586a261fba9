package web_test

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"tongban/agent/screen"
)

// leavesNothing looks for words of a person in every file of the terminal and in its log, in UTF-8 and in UTF-16.
func (b *bed) leavesNothing(words ...string) {
	b.t.Helper()
	b.until("visit over", func() bool { s := b.state(); return s.Visit == nil || s.Visit.CardLeft })
	time.Sleep(100 * time.Millisecond) // what runs in the background ends
	var forms [][]byte
	for _, w := range words {
		forms = append(forms, []byte(w))
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			var b []byte
			for _, u := range utf16.Encode([]rune(w)) {
				b = order.AppendUint16(b, u)
			}
			forms = append(forms, b)
		}
	}
	look := func(what string, text []byte) {
		for i, f := range forms {
			if bytes.Contains(text, f) {
				b.t.Errorf("%s still holds word %d of the person", what, i/3)
			}
		}
	}
	files := 0
	err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		look(path, text)
		return nil
	})
	if err != nil || files == 0 {
		b.t.Errorf("looked into %d files, %v", files, err)
	}
	look("log", []byte(b.logs.String()))
	if left, err := os.ReadDir(filepath.Join(b.dir, "visits")); err != nil || len(left) != 0 {
		b.t.Errorf("visit folders: %v, %v", left, err)
	}
}

// Nobody touches anything: warning, countdown, wipe; slower citizens get twice the time.
func TestIdleWipes(t *testing.T) {
	b := newBed(t, bedOptions{})
	b.identify("zhou")
	b.fill("self")
	b.clock.add(59 * time.Second)
	b.app.Tick(t.Context())
	if w := b.state().Visit.Warning; w != 0 {
		t.Fatalf("warning %d after 59 s", w)
	}
	b.clock.add(7 * time.Second)
	if w := b.state().Visit.Warning; w < 22 || w > 24 {
		t.Errorf("warning %d after 66 s", w)
	}
	if s := b.do("visit/touch", nil); s.Visit.Warning != 0 {
		t.Errorf("still warned after a touch: %d", s.Visit.Warning)
	}
	s := b.do("visit/prefs", screen.Prefs{Elderly: true, Language: "zh-CN"})
	if s.Visit.IdleSeconds != 120 {
		t.Errorf("idle %d in 长辈版", s.Visit.IdleSeconds)
	}
	b.clock.add(100 * time.Second)
	b.app.Tick(t.Context())
	if b.state().Visit == nil {
		t.Fatal("thrown out after 100 s in 长辈版")
	}
	b.clock.add(51 * time.Second)
	b.until("wipe", func() bool { return b.state().Visit == nil })
	b.leavesNothing("周立明", "510799199001010018", "13908162150", "通办路")
	if c := b.code("matter/submit", nil); c != "screen.visit_over" {
		t.Errorf("submit after the wipe: %s", c)
	}
	if s := b.do("visit/start", nil); s.Visit.Prefs.Elderly {
		t.Error("the next citizen has the last one's 长辈版")
	}
}

// Leaving the matter drops its pages; another person's card drops the first one's matter.
func TestAnotherPersonSeesNothing(t *testing.T) {
	b := newBed(t, bedOptions{})
	b.identify("zhou")
	b.fill("self")
	b.do("identify/start", screen.StartIdentify{For: "applicant"})
	b.sim.PutCard("zhang")
	b.until("other card", func() bool { p := b.state().Visit.Person; return p != nil && strings.HasPrefix(p.Name, "张") })
	if s := b.state(); s.Visit.Matter != nil || s.Visit.Person.Confirmed {
		t.Errorf("the next person sees %+v", s.Visit.Matter)
	}
	b.sim.TakeCard()
	b.do("identify/cancel", nil)
	if s := b.state(); s.Visit.Person != nil {
		t.Error("不是我 keeps the person")
	}
}
