package profiles

import (
	"errors"
	"strings"
	"testing"
)

// Both models that are installed in halls have a list, and it asks for every device of theirs.
func TestChecklistsAskForEveryDevice(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, model := range []string{"kiosk-21", "desk-15"} {
		c, err := set.Checklist(model)
		if err != nil {
			t.Fatal(err)
		}
		term, err := set.Terminal(model)
		if err != nil {
			t.Fatal(err)
		}
		asked := map[string]int{}
		for _, p := range c.Points {
			if strings.HasPrefix(p.ID, "place-") || p.ID == "shot-scanner" {
				asked[p.Device]++
			}
		}
		for _, part := range term.Outfit {
			if asked[part.Kind] == 0 {
				t.Errorf("%s: nobody looks at the place of %s", model, part.Kind)
			}
		}
		for _, d := range term.Devices {
			if asked[d.Kind] == 0 {
				t.Errorf("%s: nobody looks at the place of %s", model, d.Kind)
			}
		}
	}
	if _, err := set.Checklist("counter-desk"); !errors.Is(err, ErrNoChecklist) {
		t.Errorf("a clerk's desk: %v", err)
	}
}

// What the tender wants measured on the spot is on the list, with the tender's own bound (HW-K13.1, HW-K5.6, HW-K12.1).
func TestChecklistHasTheTendersPoints(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	c, err := set.Checklist("kiosk-21")
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]Point{}
	for _, p := range c.Points {
		by[p.ID] = p
	}
	for id, want := range map[string]string{"cabinet-length": "≤ 1000 mm", "cabinet-height": "≤ 2000 mm", "cabinet-width": "≤ 700 mm", "power-voltage": "198 到 242 V"} {
		p := by[id]
		if p.Want() != want {
			t.Errorf("%s wants %q, not %q", id, p.Want(), want)
		}
		if strings.HasPrefix(id, "cabinet") && (p.Clause == "" || p.Met(*p.AtMost+1) || !p.Met(*p.AtMost)) {
			t.Errorf("%s: %+v", id, p)
		}
	}
	for id, at := range map[string]int{"read-idcard-0": 0, "read-idcard-3": 3, "read-idcard-5": 5, "read-barcode-3": 3, "read-barcode-5": 5} {
		if p := by[id]; p.Answer != AnswerRead || p.At != at {
			t.Errorf("%s: %+v", id, p)
		}
	}
	for _, id := range []string{"power-cable", "network-cable", "network-pipe"} {
		if !by[id].Photo {
			t.Errorf("%s goes without a picture", id)
		}
	}
	for _, id := range []string{"shot-cctv", "laser-certificate"} {
		if by[id].Answer != AnswerPhoto {
			t.Errorf("%s: %+v", id, by[id])
		}
	}
}

func TestChecklistIsReadStrictly(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	term, err := set.Terminal("kiosk-21")
	if err != nil {
		t.Fatal(err)
	}
	const head = "checklist: kiosk-21\nversion: 1\npoints:\n"
	line := func(more string) string {
		return head + "  - {id: a-b, part: p, title: t, how: h, why: w, fail: f, " + more + "}\n"
	}
	if _, err := parseChecklist([]byte(line("answer: confirm, photo: true")), term); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		line("answer: guess"):                                          "unknown answer",
		line("answer: confirm, colour: red"):                           "decode",
		line("answer: number, unit: mm"):                               "without unit or bound",
		line("answer: number, property: weight"):                       "weight",
		line("answer: number, property: length, at_most: 5, unit: mm"): "no other",
		line("answer: confirm, device: scales"):                        "scales",
		line("answer: read, device: laser"):                            "a read is of",
		line("answer: number, photo: true, unit: V, at_most: 1"):       "photo is for",
		line("answer: confirm, clause: x"):                             "clause",
		head + "  - {id: a-b, part: p, title: t, answer: confirm}\n":   "missing",
		line("answer: confirm") + line("answer: confirm")[len(head):]:  "twice",
		strings.Replace(line("answer: confirm"), "kiosk-21", "x", 1):   "it is for",
	} {
		if _, err := parseChecklist([]byte(text), term); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n%v, want %s", text, err, want)
		}
	}
}

func FuzzChecklist(f *testing.F) {
	set, err := Load()
	if err != nil {
		f.Fatal(err)
	}
	term, err := set.Terminal("kiosk-21")
	if err != nil {
		f.Fatal(err)
	}
	b, err := checklists.ReadFile("installation/kiosk-21.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(_ *testing.T, text []byte) { _, _ = parseChecklist(text, term) })
}
