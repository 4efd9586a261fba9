package main

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"

	"tongban/drivers"
	"tongban/drivers/passport/mrz"
	"tongban/drivers/receipt/escpos/render"
)

// zone is the answer of check mrz.
type zone struct {
	Valid bool `json:"valid"`
	mrz.Zone
}

// checkMRZ reads a machine readable zone from a file. Wrong check digits are a result with exit code 1.
func (t *tool) checkMRZ(args []string) error {
	o := newOptions("check mrz")
	if err := o.parse(args); err != nil {
		return err
	}
	if len(o.rest) != 1 {
		return usagef("check mrz takes one file")
	}
	raw, err := readFile(o.rest[0])
	if err != nil {
		return err
	}
	z, err := mrz.Parse(string(raw), t.now())
	if err != nil {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: "machine readable zone: " + err.Error(), Cause: err}
	}
	if err := t.print1(zone{z.Valid(), z}); err != nil || z.Valid() {
		return err
	}
	return &result{&drivers.Error{Code: drivers.CodeInvalidData, Detail: "check digits are wrong: " + strings.Join(z.Wrong(), ", ")}}
}

// slips is the answer of check escpos.
type slips struct {
	OK bool `json:"ok"`
	render.Report
}

// checkESCPOS reads captured printer data. Problems are a result with exit code 1.
func (t *tool) checkESCPOS(args []string) error {
	o := newOptions("check escpos")
	out := o.set.String("render", "", "where the picture of the paper goes, PNG")
	if err := o.parse(args); err != nil {
		return err
	}
	if len(o.rest) != 1 {
		return usagef("check escpos takes one file")
	}
	raw, err := readFile(o.rest[0])
	if err != nil {
		return err
	}
	rep, img, err := render.Check(bytes.NewReader(raw))
	if err != nil {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	if *out != "" {
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			return fmt.Errorf("draw paper: %w", err)
		}
		if err := keep(*out, b.Bytes()); err != nil {
			return err
		}
	}
	if err := t.print1(slips{rep.OK(), rep}); err != nil || rep.OK() {
		return err
	}
	what := "nothing was printed and cut"
	if len(rep.Problems) > 0 {
		what = fmt.Sprintf("%d problems, first at byte %d: %s", len(rep.Problems), rep.Problems[0].Offset, rep.Problems[0].What)
	}
	return &result{&drivers.Error{Code: drivers.CodeInvalidData, Detail: "printer data: " + what}}
}
