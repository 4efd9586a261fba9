package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/jpeg" // pictures to print
	_ "image/png"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/image/draw"

	"tongban/drivers"
)

// maxFile bounds what is printed or checked.
const maxFile = 16 << 20

// printed is the answer of print.
type printed struct {
	Confirmed bool   `json:"confirmed"`
	By        string `json:"by"`
	Bytes     int    `json:"bytes"`
	Cuts      int64  `json:"cuts"`
	Dots      int    `json:"dots"`
}

// print sends a picture, brought to the width of the paper, or the lines of a text.
func (t *tool) print(args []string) error {
	o := newOptions("print").device(30 * time.Second)
	file := o.set.String("file", "", "receipt: PNG, JPEG or UTF-8 text; laser: PDF or JPEG")
	var sheet pageOptions
	sheet.flags(o.set)
	if err := o.parse(args); err != nil {
		return err
	}
	if *file == "" {
		return usagef("--file is missing")
	}
	raw, err := readFile(*file)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(t.ctx, o.timeout)
	defer cancel()
	dev, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer done()
	if l, ok := dev.(drivers.LaserPrinter); ok {
		return t.printPages(ctx, l, raw, sheet)
	}
	p, ok := dev.(drivers.ReceiptPrinter)
	if !ok {
		return wrongKind(dev, "print")
	}
	slip, err := compose(raw, p.Dots())
	if err != nil {
		return err
	}
	res, err := p.Print(ctx, slip)
	if err != nil {
		return err
	}
	return t.print1(printed{res.Confirmed, res.By, res.Bytes, res.Cuts, p.Dots()})
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxFile {
		err = fmt.Errorf("%d bytes are too many", info.Size())
	}
	var b []byte
	if err == nil {
		b, err = os.ReadFile(path) //nolint:gosec // the file that the technician named
	}
	if err != nil {
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: "read file: " + err.Error(), Cause: err}
	}
	return b, nil
}

// compose makes a slip of a file. Its key is the file's digest: the same file twice is two jobs with one name.
func compose(raw []byte, dots int) (drivers.Slip, error) {
	sum := sha256.Sum256(raw)
	slip := drivers.Slip{Key: hex.EncodeToString(sum[:8])}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(raw))
	switch {
	case err == nil && (cfg.Width > 8000 || cfg.Height > 20000):
		return slip, &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf("a picture of %d×%d is no slip", cfg.Width, cfg.Height)}
	case err == nil:
		img, _, err := image.Decode(bytes.NewReader(raw))
		if err != nil {
			return slip, &drivers.Error{Code: drivers.CodeInvalidData, Detail: "read picture: " + err.Error(), Cause: err}
		}
		slip.Image = fit(img, dots)
		return slip, nil
	case !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0:
		return slip, &drivers.Error{Code: drivers.CodeInvalidData, Detail: "file is neither a picture (PNG, JPEG) nor UTF-8 text"}
	}
	for l := range strings.SplitSeq(strings.TrimRight(string(raw), "\r\n"), "\n") {
		slip.Lines = append(slip.Lines, drivers.Line{Text: strings.TrimRight(l, "\r"), Size: 1})
	}
	return slip, nil
}

// fit brings a picture to the width of the paper; one that has it already keeps every dot.
func fit(img image.Image, dots int) *image.Gray {
	b := img.Bounds()
	h := max(1, b.Dy()*dots/max(1, b.Dx()))
	out := image.NewGray(image.Rect(0, 0, dots, h))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src) // what is see-through is paper
	draw.CatmullRom.Scale(out, out.Bounds(), img, b, draw.Over, nil)
	return out
}
