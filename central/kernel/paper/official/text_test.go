package official_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/paper"
	"tongban/central/kernel/paper/official"
	"tongban/central/kernel/paper/sheet"
)

var update = flag.Bool("update", false, "write the golden texts")

// words is the text of a paper line by line, as a person reads it.
func words(pages []sheet.Page) string {
	var b strings.Builder
	for i, page := range pages {
		if i > 0 {
			b.WriteString("\f")
		}
		var texts []*sheet.Text
		for _, item := range page.Items {
			if t, ok := item.(*sheet.Text); ok {
				texts = append(texts, t)
			}
		}
		slices.SortStableFunc(texts, func(a, c *sheet.Text) int {
			if d := a.Y - c.Y; d > 0.2 || d < -0.2 {
				return int(d * 100)
			}
			return int((a.X - c.X) * 100)
		})
		for j, t := range texts {
			switch {
			case j == 0:
			case t.Y-texts[j-1].Y > 0.2:
				b.WriteByte('\n')
			case t.X-texts[j-1].Bounds().Right > 2:
				b.WriteString(" | ")
			}
			b.WriteString(string(t.Runes))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestGoldenText(t *testing.T) {
	e := engine(t)
	for name, p := range samples() {
		out, err := official.Render(e, p)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", name+".txt")
		got := words(out.Pages)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s reads differently (-want +got):\n%s", name, diff)
		}
		if len(out.Pages) != 1 {
			t.Errorf("%s has %d pages", name, len(out.Pages))
		}
	}
}

var (
	blank    = regexp.MustCompile(`[\s\x{3000}]+`)
	radicals = regexp.MustCompile(`[\x{2e80}-\x{2fdf}\x{fffd}]`)
)

// TestCopyText copies the text out of the file with another program: every character as written, no radicals, rare names included.
func TestCopyText(t *testing.T) {
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed")
	}
	e := engine(t)
	for name, p := range samples() {
		copied := copyText(t, program, e, p)
		if found := radicals.FindString(copied); found != "" {
			t.Errorf("%s: copied as %U", name, []rune(found))
		}
		out, err := official.Render(e, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range out.Pages {
			for _, item := range page.Items {
				text, ok := item.(*sheet.Text)
				if !ok {
					continue
				}
				if want := blank.ReplaceAllString(string(text.Runes), ""); !strings.Contains(blank.ReplaceAllString(copied, ""), want) {
					t.Errorf("%s: %q cannot be found in the file", name, want)
				}
			}
		}
		if title := p.Document().Title; !strings.Contains(copied, title) {
			t.Errorf("%s: the letter-spaced title is not copied as %q", name, title)
		}
	}
	rare := copyText(t, program, e, hardSamples()["rare"])
	if !strings.Contains(rare, "𠮷㐂") || !strings.Contains(rare, "行业代码") {
		t.Error("a rare name or a radical is not copied as written")
	}
}

func copyText(t *testing.T, program string, e *paper.Engine, p official.Paper) string {
	t.Helper()
	out, err := official.Render(e, p)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-", "-")
	cmd.Stdin = bytes.NewReader(out.PDF)
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestRefusesIncompletePapers(t *testing.T) {
	e := engine(t)
	noSeal, noLaw, wholeID, openName, noRemedy, noGap := acceptance(), notAccepted(), acceptance(), receipt(), notAccepted(), oneTimeNotice()
	noSeal.Office.Seal = nil
	noLaw.Ground = official.Clause{}
	wholeID.Applicant.Note = "510799 19900101 0018"
	openName.Applicant.Name = "周立明"
	noRemedy.Review.Government = ""
	noGap.Gaps[1].Repair = ""
	for want, p := range map[string]official.Paper{
		"缺印章": noSeal, "缺法律依据的名称、条款项和原文": noLaw, "不能印完整的公民身份号码": wholeID, "不能印没有遮住的姓名": openName, "缺行政复议机关": noRemedy,
		"缺第 2 项的名称、现状或补法": noGap,
	} {
		_, err := official.Render(e, p)
		var incomplete *official.IncompleteError
		if !errors.As(err, &incomplete) || !slices.Contains(incomplete.Faults, want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := official.Render(e, official.Acceptance{}); err == nil {
		t.Error("an empty paper was issued")
	}
}

func TestNotNeededSaysNotAccepted(t *testing.T) {
	p := notAccepted()
	p.Ground = official.NotNeeded
	if got := p.Document().Title; got != "不受理通知书" {
		t.Errorf("title %s: art. 32 says 不受理 where no licence is needed", got)
	}
}
