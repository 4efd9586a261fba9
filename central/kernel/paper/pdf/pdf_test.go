package pdf_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tongban/central/kernel/paper/pdf"
	"tongban/central/kernel/paper/sheet"
	"tongban/central/kernel/paper/typeface"
)

func faces(t *testing.T) pdf.Faces {
	t.Helper()
	ttf, err := os.ReadFile("../fonts/NotoSerifSC_400Regular.ttf")
	if os.IsNotExist(err) {
		t.Skip("fonts are not fetched: run make setup")
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := typeface.Parse(ttf)
	if err != nil {
		t.Fatal(err)
	}
	return pdf.Faces{Regular: f, Bold: f}
}

// write makes a page with 250 different characters, one written twice through code points that share a glyph.
func write(t *testing.T) []byte {
	t.Helper()
	text := &sheet.Text{X: 30, Y: 40, Size: 12, Runes: []rune{'行', '⾏', '𠮷'}, Width: 100}
	for i := range 250 {
		text.Runes = append(text.Runes, rune(0x5000+i))
	}
	for i := range text.Runes {
		text.At = append(text.At, float64(i)*0.3)
	}
	spaced := &sheet.Text{X: 30, Y: 60, Size: 22, Bold: true, Runes: []rune("通知"), At: []float64{0, 10}, Spaced: true}
	grey := sheet.Grey(0.5)
	path := &sheet.Path{Fill: &grey, Stroke: &sheet.Color{R: 1}, Width: 0.2}
	path.Circle(100, 100, 20)
	pages := []sheet.Page{{Width: 210, Height: 297, Items: []sheet.Item{path, text, spaced}}, {Width: 210, Height: 297}}
	file, err := pdf.Write(pages, faces(t), pdf.Info{Title: "通知（一）"})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestEveryObjectIsWhereTheTableSays(t *testing.T) {
	file := write(t)
	xref := regexp.MustCompile(`startxref\n(\d+)`).FindSubmatch(file)
	start, _ := strconv.Atoi(string(xref[1]))
	if !bytes.HasPrefix(file[start:], []byte("xref\n")) {
		t.Fatal("the table is elsewhere")
	}
	for i, entry := range regexp.MustCompile(`(\d{10}) 00000 n`).FindAllSubmatch(file[start:], -1) {
		offset, _ := strconv.Atoi(string(entry[1]))
		if want := fmt.Sprintf("%d 0 obj\n", i+1); !bytes.HasPrefix(file[offset:], []byte(want)) {
			t.Errorf("object %d is not at %d", i+1, offset)
		}
	}
	if bytes.Contains(file, []byte("CreationDate")) {
		t.Error("there is a time in the file")
	}
}

func TestCharacterMap(t *testing.T) {
	all := streams(t, write(t))
	blocks := regexp.MustCompile(`(\d+) beginbfchar`).FindAllStringSubmatch(all, -1)
	if len(blocks) < 4 {
		t.Errorf("%d blocks", len(blocks))
	}
	for _, b := range blocks {
		if n, _ := strconv.Atoi(b[1]); n > 100 {
			t.Errorf("a block of %d", n)
		}
	}
	for _, want := range []string{"<0001><884C>", "<0002><2F8F>", "<0003><D842DFB7>"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not in the map", want)
		}
	}
	if !strings.Contains(all, "/Span<</ActualText<FEFF901A77E5>>>BDC") {
		t.Error("letter-spaced text has no plain form")
	}
}

func streams(t *testing.T, file []byte) string {
	t.Helper()
	var all strings.Builder
	for _, at := range regexp.MustCompile(`stream\n`).FindAllIndex(file, -1) {
		z, err := zlib.NewReader(bytes.NewReader(file[at[1]:]))
		if err != nil {
			continue // the end mark of a stream
		}
		if _, err := io.Copy(&all, z); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

func TestNoPages(t *testing.T) {
	if _, err := pdf.Write(nil, pdf.Faces{}, pdf.Info{}); err == nil {
		t.Error("a file without pages was written")
	}
}
