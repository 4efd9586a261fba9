package paper_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"tongban/central/kernel/paper"
	"tongban/central/kernel/paper/sheet"
)

func engine(t testing.TB) *paper.Engine {
	t.Helper()
	e, err := paper.New()
	if errors.Is(err, paper.ErrFontsMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// body lays out blocks alone and returns the text of each set line that lies in the text area, top down.
func body(t *testing.T, blocks ...paper.Block) []string {
	t.Helper()
	pages, err := engine(t).Layout(paper.Document{Blocks: blocks})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	last := math.Inf(-1)
	for _, page := range pages {
		for _, item := range page.Items {
			text, ok := item.(*sheet.Text)
			if !ok || text.Y < 50 && len(pages) == 1 || text.Y > 256 {
				continue
			}
			if math.Abs(text.Y-last) < 0.01 {
				lines[len(lines)-1] += string(text.Runes)
			} else {
				lines = append(lines, string(text.Runes))
			}
			last = text.Y
		}
	}
	return lines
}

func TestLineBreaks(t *testing.T) {
	lines := body(t, paper.Paragraph{Flush: true, Text: paper.Plain(strings.Repeat("申请人（法定代表人）提交《食品经营许可证》副本、“承诺书”等材料；电话 0816-000-0000，2026 年 11 月 23 日前交齐——逾期……不候。", 8))})
	if len(lines) < 10 {
		t.Fatalf("only %d lines", len(lines))
	}
	for i, l := range lines {
		runes := []rune(strings.TrimSpace(l))
		if first := runes[0]; strings.ContainsRune("、，。：；）》”—…", first) && i > 0 {
			t.Errorf("line %d starts with %c: %s", i, first, l)
		}
		if last := runes[len(runes)-1]; strings.ContainsRune("（《“", last) {
			t.Errorf("line %d ends with %c: %s", i, last, l)
		}
	}
	all := strings.Join(lines, "\n")
	for _, broken := range []string{"0816-\n", "0816\n", "20\n26", "23 \n日", "23\n日"} {
		if strings.Contains(all, broken) {
			t.Errorf("broken inside %q", broken)
		}
	}
}

func TestLoneCharacterMovesDown(t *testing.T) {
	for n := 20; n < 80; n++ {
		lines := body(t, paper.Note{Text: paper.Plain(strings.Repeat("字", n) + "。")})
		if last := []rune(lines[len(lines)-1]); len(lines) > 1 && len(last) < 3 {
			t.Errorf("%d characters end in the line %q", n, string(last))
		}
	}
}

func TestWordLongerThanTheLine(t *testing.T) {
	long := strings.Repeat("https://demo.example.cn/", 20)
	if got := strings.Join(body(t, paper.Note{Text: paper.Plain(long)}), ""); got != long {
		t.Errorf("got %q", got)
	}
}

func TestNothingIsLost(t *testing.T) {
	var rows [][]paper.Text
	var want strings.Builder
	for i := range 60 {
		cell := strings.Repeat(string(rune(0x4e00+i)), 1+i*i%97)
		want.WriteString(cell)
		rows = append(rows, []paper.Text{paper.Plain(cell)})
	}
	got := strings.Join(body(t, paper.Table{Columns: []paper.Column{{Head: ""}}, Rows: rows}), "")
	for i := range 60 {
		r := string(rune(0x4e00 + i))
		if strings.Count(got, r) != 1+i*i%97 {
			t.Errorf("row %d: %d of %d characters", i, strings.Count(got, r), 1+i*i%97)
		}
	}
}

func TestStrangeInput(t *testing.T) {
	e := engine(t)
	for _, s := range []string{"", "\n", "\x00\x01", "\xff\xfe", "𠮷㐂\U0010FFFD", "　　", "e\u0301\u200b\ufe0f", "⾏⼀⾦", strings.Repeat("）", 200), strings.Repeat("（", 200), strings.Repeat(" ", 300)} {
		doc := paper.Document{
			Body: s, Title: s, Head: paper.Head{Left: []string{s}, Right: []string{s}}, Watermark: s,
			Blocks: []paper.Block{
				paper.Paragraph{Text: paper.Plain(s)}, paper.Note{Text: paper.Strong(s)}, paper.Heading{Text: s}, paper.Law{Text: paper.Plain(s)},
				paper.Facts{paper.F(s, paper.Plain(s))}, paper.Table{}, paper.Table{Columns: []paper.Column{{Head: s}}, Rows: [][]paper.Text{{paper.Plain(s)}, {}}},
				paper.Strip{}, paper.Strip{Cells: paper.Cells(paper.CellLeft, 1), Marks: []paper.Mark{{Above: s, Below: s}}},
			},
			Sign: paper.Sign{Body: s, Date: s, Seal: &paper.Seal{Name: s, Purpose: s}, Receiver: []paper.Blank{{Label: s}}},
			Foot: paper.Foot{VerifyURL: "x", VerifyCode: s, Lines: []string{s}},
		}
		if _, err := e.Render(doc); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func FuzzParagraph(f *testing.F) {
	e := engine(f)
	for _, s := range []string{"您 2026 年", "（（（", "——……", "a b\nc", "𠮷"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 3000 {
			return
		}
		pages, err := e.Layout(paper.Document{Blocks: []paper.Block{paper.Paragraph{Text: paper.Plain(s)}, paper.Facts{paper.F("甲", paper.Plain(s))}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range pages {
			for _, item := range page.Items {
				if text, ok := item.(*sheet.Text); ok && (text.Bounds().Right > 188 || text.Bounds().Left < 27) {
					t.Errorf("%q sticks out: %v", string(text.Runes), text.Bounds())
				}
			}
		}
	})
}
