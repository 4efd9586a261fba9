// Package paper lays out official papers on A4 (文书排版): the head with number and template, the body's name and the title, paragraphs
// broken by the rules of Chinese typesetting, ruled tables that run on to the next page, the clock strip, quoted law, the signature
// block with its seal, and the foot with the verify code.
//
// The measures are those of the papers' specification, in millimetres from the paper's edge; they stand in style.go. Everything but
// the seal is black on white, so that a mono laser print and its photocopy say the same. The order of a paper is the caller's; this
// package only guarantees that nothing overlaps, that nothing is lost, and that the signature never stands alone on a page.
//
// The same document gives the same bytes on the same machine. Characters that the embedded fonts lack are drawn from a font of the
// system, or as a marked box when none has them; either way they can be copied from the file as written.
package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"tongban/central/kernel/paper/pdf"
	"tongban/central/kernel/paper/sheet"
	"tongban/central/kernel/paper/typeface"
)

// Engine makes papers. It is safe for concurrent use; make one at start, the fonts take about 30 MB.
type Engine struct {
	faces    pdf.Faces
	fallback *typeface.Fallback
}

// Document is one paper.
type Document struct {
	Head      Head
	Body      string // 发文机关, the body's name above the title
	Title     string // 受理通知书
	Blocks    []Block
	Sign      Sign
	Foot      Foot
	Watermark string // light grey across each page; empty for none
	Large     bool   // 长者版: running text at 18 pt
}

// Head is what stands above the body's name on the first page and again on the others.
type Head struct {
	Left  []string // template, copies
	Right []string // document number, case number
}

// Output is a finished paper.
type Output struct {
	PDF    []byte
	Digest string // sha-256 of the PDF, hexadecimal
	Pages  []sheet.Page
}

// Render lays the document out and writes it as a PDF.
func (e *Engine) Render(doc Document) (Output, error) {
	pages, err := e.Layout(doc)
	if err != nil {
		return Output{}, err
	}
	file, err := pdf.Write(pages, e.faces, pdf.Info{Title: doc.Title, Author: doc.Body, Subject: firstOf(doc.Head.Right)})
	if err != nil {
		return Output{}, fmt.Errorf("render %s: %w", doc.Title, err)
	}
	sum := sha256.Sum256(file)
	return Output{PDF: file, Digest: hex.EncodeToString(sum[:]), Pages: pages}, nil
}

// Layout places everything on pages and stops before the file.
func (e *Engine) Layout(doc Document) ([]sheet.Page, error) {
	l := &layout{engine: e, doc: doc, style: regularStyle}
	if doc.Large {
		l.style = largeStyle
	}
	return l.run()
}

func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
