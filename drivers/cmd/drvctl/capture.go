package main

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tongban/drivers"
	"tongban/drivers/scanner/page"
	"tongban/drivers/scanner/pdf"
)

// captured is the answer of capture.
type captured struct {
	Width  int           `json:"width"`
	Height int           `json:"height"`
	Bytes  int           `json:"bytes"`
	File   string        `json:"file,omitempty"`
	Page   *drivers.Page `json:"page,omitempty"`
}

// capture takes one picture and judges the page in it. The picture shows somebody's paper: it goes into the file that was
// asked for, readable by its owner only, and nowhere else.
func (t *tool) capture(args []string) error {
	o := newOptions("capture").device(15 * time.Second)
	out := o.set.String("out", "", "where the picture goes")
	small := o.set.Bool("preview", false, "a small picture, as the live view")
	flat := o.set.String("page", "", "where the straightened page goes: a JPEG, or a PDF by its name")
	if err := o.parse(args); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(t.ctx, o.timeout)
	defer cancel()
	dev, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer done()
	shoot := shutter(dev, *small)
	if shoot == nil {
		return wrongKind(dev, "capture")
	}
	f, err := shoot(ctx)
	if err != nil {
		return err
	}
	res := captured{Width: f.Width, Height: f.Height, Bytes: len(f.JPEG), File: *out}
	if err := keep(*out, f.JPEG); err != nil {
		return err
	}
	p, err := judge(f, *small)
	if err != nil {
		return err
	}
	res.Page = &p
	if *flat != "" && p.JPEG == nil {
		return &drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonNoImage, Detail: "no page to straighten: " + string(p.Verdict)}
	}
	sheet := p.JPEG
	if strings.EqualFold(filepath.Ext(*flat), ".pdf") {
		var b bytes.Buffer
		if err := pdf.Write(&b, [][]byte{p.JPEG}); err != nil {
			return err
		}
		sheet = b.Bytes()
	}
	if err := keep(*flat, sheet); err != nil {
		return err
	}
	return t.print1(res)
}

// shutter is what takes the picture, nil for a device that takes none of that kind: a flatbed has no live picture.
func shutter(dev drivers.Device, small bool) func(context.Context) (drivers.Frame, error) {
	switch c := dev.(type) {
	case drivers.DocumentCamera:
		if small {
			return c.Preview
		}
		return c.Capture
	case drivers.PageScanner:
		if !small {
			return c.Capture
		}
	}
	return nil
}

func judge(f drivers.Frame, small bool) (drivers.Page, error) {
	bad := func(err error) error {
		return &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonNoImage, Detail: "judge picture: " + err.Error(), Cause: err}
	}
	if small {
		img, err := jpeg.Decode(bytes.NewReader(f.JPEG))
		if err != nil {
			return drivers.Page{}, bad(err)
		}
		return page.Judge(img), nil
	}
	p, err := page.Straighten(f.JPEG)
	if err != nil {
		return drivers.Page{}, bad(err)
	}
	return p, nil
}

func keep(path string, b []byte) error {
	if path == "" {
		return nil
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}
