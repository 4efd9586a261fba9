// Package pdf writes laid-out pages as a PDF 1.7 file (版式文件) with embedded font subsets.
//
// It is our own writer because an official paper needs four things of its file: the text must copy out exactly as written, the same
// input must give the same bytes (a digest of the file is what the verify code stands for), it must be right when many papers are
// made at once, and the file must keep to the standard's limits. The writer of the canvas library was tried and gives a creation time,
// radicals for characters that share a glyph (行 as U+2F8F), a font changed by its own subsetting, and mapping blocks above the
// permitted 100 entries.
package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"errors"
	"fmt"
	"unicode/utf16"

	"tongban/central/kernel/paper/sheet"
	"tongban/central/kernel/paper/typeface"
)

// Faces are the two weights of a document.
type Faces struct{ Regular, Bold *typeface.Face }

func (f Faces) pick(bold bool) *typeface.Face {
	if bold {
		return f.Bold
	}
	return f.Regular
}

// Info is what the file says about itself. There is no time in it: see the package comment.
type Info struct{ Title, Author, Subject string }

// Fixed object numbers; pages follow.
const (
	objCatalog = 1 + iota
	objPages
	objInfo
	objFonts // five objects for each weight: font, descendant, descriptor, program, map
)

const objectsPerFont = 5

// Write returns the file.
func Write(pages []sheet.Page, faces Faces, info Info) ([]byte, error) {
	if len(pages) == 0 {
		return nil, errors.New("write pdf: no pages")
	}
	used := collect(pages)
	w := &writer{}
	w.raw("%PDF-1.7\n%\xe4\xb8\xad\xe6\x96\x87\n")
	firstPage := objFonts + 2*objectsPerFont
	kids := make([]byte, 0, 16*len(pages))
	for i := range pages {
		kids = fmt.Appendf(kids, "%d 0 R ", firstPage+2*i)
	}
	w.object(objCatalog, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Lang(zh-CN)/ViewerPreferences<</DisplayDocTitle true>>>>", objPages))
	w.object(objPages, fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", bytes.TrimSpace(kids), len(pages)))
	w.object(objInfo, fmt.Sprintf("<</Title%s/Author%s/Subject%s/Producer(Tongban)>>", text(info.Title), text(info.Author), text(info.Subject)))
	for i, bold := range []bool{false, true} {
		if err := w.font(objFonts+i*objectsPerFont, faces.pick(bold), used.weight(bold)); err != nil {
			return nil, err
		}
	}
	images := imagesOf(pages)
	resources := images.resources(firstPage + 2*len(pages))
	for i, page := range pages {
		n := firstPage + 2*i
		w.object(n, fmt.Sprintf("<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Resources<</Font<</F0 %d 0 R/F1 %d 0 R>>%s>>/Contents %d 0 R>>",
			objPages, points(page.Width), points(page.Height), objFonts, objFonts+objectsPerFont, resources, n+1))
		w.stream(n+1, "", contents(page, faces, used, images))
	}
	images.write(w, firstPage+2*len(pages))
	return w.finish(), nil
}

// writer collects the file and the places of its objects.
type writer struct {
	out     bytes.Buffer
	offsets []int // by object number minus one
}

func (w *writer) raw(s string) { w.out.WriteString(s) }

func (w *writer) begin(n int) {
	for len(w.offsets) < n {
		w.offsets = append(w.offsets, 0)
	}
	w.offsets[n-1] = w.out.Len()
	fmt.Fprintf(&w.out, "%d 0 obj\n", n)
}

func (w *writer) object(n int, body string) {
	w.begin(n)
	w.raw(body)
	w.raw("\nendobj\n")
}

func (w *writer) stream(n int, entries string, data []byte) {
	packed := deflate(data)
	w.begin(n)
	fmt.Fprintf(&w.out, "<<%s/Filter/FlateDecode/Length %d>>stream\n", entries, len(packed))
	w.out.Write(packed)
	w.raw("\nendstream\nendobj\n")
}

func (w *writer) finish() []byte {
	id := sha256.Sum256(w.out.Bytes())
	xref := w.out.Len()
	fmt.Fprintf(&w.out, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1)
	for _, offset := range w.offsets {
		fmt.Fprintf(&w.out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&w.out, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%x><%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(w.offsets)+1, objCatalog, objInfo, id[:16], id[:16], xref)
	return w.out.Bytes()
}

// deflate packs quickly: at the counter somebody waits for the paper, and a tenth more bytes cost nobody anything.
func deflate(data []byte) []byte {
	var b bytes.Buffer
	z, _ := zlib.NewWriterLevel(&b, zlib.BestSpeed) // the level is a good one
	_, _ = z.Write(data)                            // a bytes.Buffer does not fail
	_ = z.Close()
	return b.Bytes()
}

// text writes a text string as UTF-16 in hexadecimal, which needs no escaping.
func text(s string) string {
	b := []byte("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		b = fmt.Appendf(b, "%04X", u)
	}
	return string(append(b, '>'))
}
