package reading

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tongban/drivers"
	chip "tongban/drivers/passport/icao/apdu"
	"tongban/drivers/passport/icao/bac"
	"tongban/drivers/passport/icao/curve"
	"tongban/drivers/passport/icao/lds"
	"tongban/drivers/passport/icao/pace"
	"tongban/drivers/passport/icao/sm"
	"tongban/drivers/passport/mrz"
)

// errUnreadable is a chip whose files are no files of a document.
var errUnreadable = errors.New("the chip's files are not readable")

// fill takes the record out of the groups and compares the zone of the chip with the one given.
func (x *reading) fill(k keys) error {
	text, err := lds.ParseDG1(x.files[1])
	if err != nil {
		return err
	}
	z, err := mrz.Parse(text, x.r.clk.now())
	if err != nil {
		return fmt.Errorf("data group 1: %w", err)
	}
	face, err := lds.ParseDG2(x.files[2])
	if err != nil {
		return err
	}
	o := &x.out
	o.Type, o.Issuer, o.Number, o.Surname, o.GivenNames, o.NameCN = z.Type, z.Issuer, z.Number, z.Surname, z.GivenNames, z.NameCN
	o.Nationality, o.Birth, o.Sex, o.Expires = z.Nationality, z.Birth, z.Sex, z.Expires
	o.Photo, o.PhotoFormat = face.Image, face.Format
	if k.zone.Number != "" {
		o.Zone = drivers.ProofPassed
		if !same(z, k.zone) {
			o.Zone = drivers.ProofFailed
		}
	}
	return nil
}

// same compares all that both zones say of the person and the document.
func same(a, b mrz.Zone) bool {
	return a.Number == b.Number && a.Birth == b.Birth && a.Expires == b.Expires && a.Sex == b.Sex && a.Nationality == b.Nationality &&
		strings.EqualFold(a.Surname, b.Surname) && strings.EqualFold(a.GivenNames, b.GivenNames)
}

// judge puts what went wrong with a chip into the words of the platform.
func judge(err error) error {
	var e *drivers.Error
	if errors.As(err, &e) {
		return e
	}
	out := &drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonCardUnreadable, Detail: err.Error(), Cause: err}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return drivers.Fault(err)
	case errors.Is(err, bac.ErrDenied), errors.Is(err, pace.ErrDenied), errors.Is(err, bac.ErrChip), errors.Is(err, pace.ErrChip):
		out.Reason = drivers.ReasonAccessDenied
	case errors.Is(err, sm.ErrIntegrity), errors.Is(err, chip.ErrMalformed), errors.Is(err, curve.ErrPoint):
		out.Code, out.Reason = drivers.CodeLineError, drivers.ReasonLineNoise
	}
	if sw := chip.StatusOf(err); sw != 0 {
		out.Raw = fmt.Sprintf("%04X", uint16(sw))
		if sw == 0x6988 || sw == 0x6987 { // the chip found the protection of our command wrong
			out.Code, out.Reason = drivers.CodeLineError, drivers.ReasonLineNoise
		}
	}
	return out
}
