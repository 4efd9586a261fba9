package ink

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tongban/central/kernel/paper"
	"tongban/central/modules/forms"
	"tongban/central/modules/forms/internal/design"
	"tongban/fleet/wire/matter"
)

func printer(t testing.TB) *Printer {
	t.Helper()
	p, err := New()
	if errors.Is(err, paper.ErrFontsMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func shop(t testing.TB) forms.Design {
	t.Helper()
	yes := []matter.Option{{Value: "yes", Label: "是"}, {Value: "no", Label: "否"}}
	kinds := []matter.Option{{Value: "meal", Label: "小餐饮"}, {Value: "retail", Label: "小食杂"}, {Value: "cooked", Label: "小熟食"}, {Value: "fresh", Label: "现制现售"}}
	d := forms.Design{
		ID: "shop", Title: "小店备案表",
		Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"required":["name"],"properties":{
			"name":{"type":"string","maxLength":40},"kinds":{"type":"array","items":{"type":"string"},"uniqueItems":true,"maxItems":4},"online":{"type":"string"},
			"why":{"type":"string","maxLength":500},"day":{"type":"string","format":"cn-date"},
			"staff":{"type":"array","minItems":1,"maxItems":20,"items":{"type":"object","additionalProperties":false,"properties":{"who":{"type":"string","format":"cn-name"},"until":{"type":"string","format":"cn-date"}}}}}}`),
		Screens: []matter.Group{{ID: "a", Title: "店", Fields: []matter.Field{
			{Name: "name", Label: "经营者名称", Widget: "text"}, {Name: "online", Label: "网络经营", Widget: "choice", Options: yes},
			{Name: "kinds", Label: "经营类别", Widget: "multi", Options: kinds}, {Name: "why", Label: "申请理由", Widget: "area"}, {Name: "day", Label: "开业日期", Widget: "date"},
			{Name: "staff", Label: "从业人员", Widget: "rows", MinRows: 1, MaxRows: 20, Columns: []matter.Field{{Name: "who", Label: "姓名", Widget: "text"}, {Name: "until", Label: "健康证有效期至", Widget: "date"}}},
		}}},
	}
	d, err := design.Settle(d)
	if err != nil {
		t.Fatal(err)
	}
	d.Paper = design.Draw(d)
	return d
}

func filled(lines int) map[string]any {
	var staff []any
	for i := range lines {
		staff = append(staff, map[string]any{"who": "周晓岚" + []string{"甲", "乙"}[i%2], "until": "2027-03-01"})
	}
	return map[string]any{"name": "晓岚小面馆", "online": "no", "kinds": []any{"meal", "fresh"}, "day": "2026-12-01", "staff": staff}
}

// text is what a reader copies out of the file, without spaces.
func text(t *testing.T, pdf []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.CommandContext(t.Context(), tool, "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), "")
}

func signature(t *testing.T) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 120, 40))
	for x := range 120 {
		img.Set(x, 20+int(8*math.Sin(float64(x)/8)), color.NRGBA{0, 0, 0, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFilledPaperSaysWhatWasFilledIn(t *testing.T) {
	p := printer(t)
	pdf, err := p.Print(shop(t), forms.Ink{Values: filled(2), CaseNo: "5107-0001", Verify: "https://demo.example.cn/v/1", Signatures: map[string][]byte{"applicant": signature(t)}})
	if err != nil {
		t.Fatal(err)
	}
	got := text(t, pdf)
	for _, want := range []string{"小店备案表", "编号：5107-0001", "晓岚小面馆", "☑小餐饮☐小食杂☐小熟食☑现制现售", "☐是☑否", "2026年12月1日", "周晓岚甲", "周晓岚乙", "样章", "第1页共1页"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	if strings.Contains(got, "续页）") && !strings.Contains(got, "写不下的附续页") {
		t.Errorf("a continuation sheet without need: %s", got)
	}
	if !bytes.Contains(pdf, []byte("/Subtype/Image")) {
		t.Error("the signature is not in the file")
	}
	again, err := p.Print(shop(t), forms.Ink{Values: filled(2), CaseNo: "5107-0001", Verify: "https://demo.example.cn/v/1", Signatures: map[string][]byte{"applicant": signature(t)}})
	if err != nil || !bytes.Equal(pdf, again) {
		t.Error("the same form twice gives different files")
	}
}

func TestBlankPaper(t *testing.T) {
	pdf, err := printer(t).Print(shop(t), forms.Ink{Blank: true, Values: filled(1)})
	if err != nil {
		t.Fatal(err)
	}
	got := text(t, pdf)
	if strings.Contains(got, "晓岚") || strings.Contains(got, "☑") || !strings.Contains(got, "☐小餐饮") || !strings.Contains(got, "盖章处") || strings.Contains(got, "样章") {
		t.Errorf("%s", got)
	}
}

func TestWhatDoesNotFitGoesToContinuationSheets(t *testing.T) {
	values := filled(20)
	values["why"] = strings.Repeat("因为原来的店面到期。", 40)
	out, err := printer(t).Lay(shop(t), forms.Ink{Values: values})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Pages) < 2 {
		t.Fatalf("%d pages", len(out.Pages))
	}
	got := text(t, out.PDF)
	if n := strings.Count(got, "周晓岚"); n != 20 {
		t.Errorf("%d of 20 lines", n)
	}
	if n := strings.Count(got, "因为原来的店面到期"); n != 40 {
		t.Errorf("%d of 40 sentences", n)
	}
	if !strings.Contains(got, "小店备案表（续页）") || !strings.Contains(got, "从业人员（接第4条）") || !strings.Contains(got, fmt.Sprintf("共%d页", len(out.Pages))) {
		t.Errorf("%s", got)
	}
}

// The lines of the printed paper lie where the layout says, to 0.2 mm: the file is drawn by another program and measured.
func TestLinesLieWhereTheyWereDrawn(t *testing.T) {
	tool, err := exec.LookPath("pdftoppm")
	if err != nil {
		t.Skip(err)
	}
	d := shop(t)
	pdf, err := printer(t).Print(d, forms.Ink{Values: filled(1)})
	if err != nil {
		t.Fatal(err)
	}
	const dpi = 300.0
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.pdf"), pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), tool, "-r", "300", "-gray", "-png", filepath.Join(dir, "a.pdf"), filepath.Join(dir, "p")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "p*.png"))
	f, err := os.Open(names[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	dark := func(x, y int) bool { r, _, _, _ := img.At(x, y).RGBA(); return r < 0x9000 }
	px := func(mm float64) int { return int(math.Round(mm / 25.4 * dpi)) }
	// nearest returns how far from a place, along one direction, the middle of a line lies that is dark over its whole length.
	nearest := func(at float64, whole func(p int) bool) float64 {
		first, last := -1, -1
		for p := px(at - 1); p <= px(at+1); p++ {
			if whole(p) {
				if first < 0 {
					first = p
				}
				last = p
			}
		}
		if first < 0 {
			return 99
		}
		return float64(first+last+1)/2/dpi*25.4 - at
	}
	measured, worst := 0, 0.0
	for _, b := range d.Paper.Blocks {
		if b.Kind != forms.KindTable || b.Page != 1 {
			continue
		}
		y := b.Y
		edges := []float64{y}
		for _, r := range b.Rows {
			for range max(r.Lines, 1) {
				y += r.H
				edges = append(edges, y)
			}
		}
		for _, at := range edges { // the first column has no merged cells but the statement's
			x0, x1 := px(b.X+b.Columns[0]+1), px(b.X+b.Columns[0]+8)
			off := nearest(at, func(p int) bool {
				for x := x0; x < x1; x++ {
					if !dark(x, p) {
						return false
					}
				}
				return true
			})
			measured, worst = measured+1, max(worst, math.Abs(off))
			if math.Abs(off) > 0.2 {
				t.Errorf("%s: the line at %.1f mm lies %.2f mm off", b.ID, at, off)
			}
		}
		for _, at := range []float64{b.X, b.X + b.Columns[0], b.X + b.W} {
			y0, y1 := px(edges[len(edges)-1]-3), px(edges[len(edges)-1]-1)
			off := nearest(at, func(p int) bool {
				for y := y0; y < y1; y++ {
					if !dark(p, y) {
						return false
					}
				}
				return true
			})
			measured, worst = measured+1, max(worst, math.Abs(off))
			if math.Abs(off) > 0.2 {
				t.Errorf("%s: the upright line at %.1f mm lies %.2f mm off", b.ID, at, off)
			}
		}
	}
	t.Logf("%d lines measured, the worst lies %.3f mm off", measured, worst)
	if measured < 15 {
		t.Errorf("only %d lines measured", measured)
	}
	if keep := os.Getenv("KEEP_PAPER"); keep != "" {
		b, _ := os.ReadFile(names[0])
		_ = os.WriteFile(keep, b, 0o600)
	}
}
