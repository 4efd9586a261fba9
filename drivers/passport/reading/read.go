package reading

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"tongban/drivers"
	chip "tongban/drivers/passport/icao/apdu"
	"tongban/drivers/passport/icao/bac"
	"tongban/drivers/passport/icao/ca"
	"tongban/drivers/passport/icao/lds"
	"tongban/drivers/passport/icao/pa"
	"tongban/drivers/passport/icao/pace"
	"tongban/drivers/passport/icao/sm"
	"tongban/drivers/passport/mrz"
)

// reading is one document on its way.
type reading struct {
	r     *Reader
	ctx   context.Context
	s     *sm.Session
	out   drivers.Passport
	files map[int][]byte
	on    func(drivers.PassportEvent)
}

func (x *reading) tell(step drivers.PassportStep, percent int) {
	if x.on != nil {
		x.on(drivers.PassportEvent{Step: step, Percent: percent})
	}
}

// Read implements drivers.PassportReader.
func (r *Reader) Read(ctx context.Context, access drivers.PassportAccess, on func(drivers.PassportEvent)) (drivers.Passport, error) {
	k, err := r.keys(access)
	if err != nil {
		return drivers.Passport{}, err
	}
	ctx, done, err := r.claim(ctx)
	if err != nil {
		return drivers.Passport{}, err
	}
	defer done()
	if err := r.until(ctx, true); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			err = &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonNoCard, Detail: "no document came", Cause: err}
		}
		return drivers.Passport{}, r.told(ctx, err)
	}
	x := &reading{r: r, ctx: ctx, on: on, files: map[int][]byte{}}
	x.out.PA, x.out.CA, x.out.Zone = drivers.ProofNotRun, drivers.ProofNotRun, drivers.ProofAbsent
	start := r.clk.now()
	x.tell(drivers.PassportFound, 0)
	if err := x.run(k); err != nil {
		return drivers.Passport{}, r.told(ctx, judge(err))
	}
	x.out.ElapsedMS = r.clk.now().Sub(start).Milliseconds()
	return x.out, nil
}

// keys is what the caller gave.
type keys struct {
	zone mrz.Zone
	key  *bac.Key
	can  string
}

// keys reads the access given. A zone with wrong digits was misread: to try it would only wear out the chip's patience.
func (r *Reader) keys(a drivers.PassportAccess) (keys, error) {
	bad := func(why string) (keys, error) {
		return keys{}, &drivers.Error{Code: drivers.CodeInvalidData, Reason: drivers.ReasonNoAccess, Detail: why}
	}
	if a.CAN != "" {
		if len(a.CAN) != 6 || strings.Trim(a.CAN, "0123456789") != "" {
			return bad("a card access number has six digits")
		}
		return keys{can: a.CAN}, nil
	}
	if a.Number != "" {
		if !printedNumber.MatchString(a.Number) || !date(a.Birth) || !date(a.Expires) {
			return bad("a number has up to 20 capital letters and digits, and both dates are YYYY-MM-DD")
		}
		return keys{key: &bac.Key{Number: a.Number, Birth: six(a.Birth), Expires: six(a.Expires)}}, nil
	}
	z, err := mrz.Parse(a.MRZ, r.clk.now())
	if err != nil {
		return bad("machine readable zone: " + err.Error())
	}
	if w := z.Wrong(); slices.Contains(w, "document number") || slices.Contains(w, "birth") || slices.Contains(w, "expiry") {
		return bad("check digits are wrong: " + strings.Join(w, ", "))
	}
	return keys{zone: z, key: &bac.Key{Number: strings.ReplaceAll(z.Number, " ", "<"), Birth: six(z.Birth), Expires: six(z.Expires)}}, nil
}

// printedNumber is as long as a zone of three lines lets it be: nine places, and what runs on into the optional data (ICAO 9303-5).
var printedNumber = regexp.MustCompile(`^[0-9A-Z]{1,20}$`)

func date(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// six turns YYYY-MM-DD back into what is printed; unknown parts are fillers there.
func six(date string) string {
	if len(date) != 10 {
		return "<<<<<<"
	}
	return date[2:4] + strings.ReplaceAll(date[5:7], "00", "<<") + strings.ReplaceAll(date[8:10], "00", "<<")
}

// run opens, reads and checks.
func (x *reading) run(k keys) error {
	x.tell(drivers.PassportOpening, 0)
	defer x.r.slot.End(x.ctx)
	if err := x.r.slot.Begin(x.ctx); err != nil {
		return err
	}
	if err := x.open(k); err != nil {
		return err
	}
	began := x.r.clk.now()
	if err := x.data(); err != nil {
		return err
	}
	x.out.DataMS = x.r.clk.now().Sub(began).Milliseconds()
	if err := x.fill(k); err != nil {
		return fmt.Errorf("%w: %w", errUnreadable, err)
	}
	x.tell(drivers.PassportChecking, 0)
	return x.check()
}

// open proves the key: PACE where the chip has it, BAC where it has not.
func (x *reading) open(k keys) error {
	plain := chip.Plain{Transport: x.r.slot}
	var infos []lds.SecurityInfo
	b, err := chip.ReadFile(x.ctx, plain, lds.FileCardAccess, x.r.cfg.Block, nil)
	switch {
	case err == nil:
		if infos, err = lds.ParseSecurityInfos(b); err != nil {
			return fmt.Errorf("%w: %w", errUnreadable, err)
		}
	case chip.StatusOf(err) == 0:
		return err
	}
	if offer, ok := pace.Choose(infos); ok {
		password := pace.CAN(k.can)
		if k.key != nil {
			password = pace.MRZ(*k.key)
		}
		x.out.Access = "PACE"
		if x.s, err = pace.Authenticate(x.ctx, x.r.slot, offer, password, rand.Reader); err != nil {
			return err
		}
		return chip.SelectApplication(x.ctx, x.s)
	}
	if k.key == nil {
		return &drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonAccessDenied, Detail: "this chip opens with its zone only, not with a number"}
	}
	x.out.Access = "BAC"
	if err := chip.SelectApplication(x.ctx, plain); err != nil {
		return err
	}
	x.s, err = bac.Authenticate(x.ctx, x.r.slot, *k.key, rand.Reader)
	return err
}

// data reads groups 1 and 2, the only ones that every document has.
func (x *reading) data() error {
	for _, n := range []int{1, 2} {
		b, err := chip.ReadFile(x.ctx, x.s, lds.FileDG(n), x.r.cfg.Block, func(have, of int) {
			if n == 2 {
				x.tell(drivers.PassportReading, 100*have/of)
			}
		})
		if err != nil {
			return err
		}
		x.files[n] = b
	}
	return nil
}

// check reads what proves the contents and the chip, and comes to a verdict.
func (x *reading) check() error {
	com, err := chip.ReadFile(x.ctx, x.s, lds.FileCOM, x.r.cfg.Block, nil)
	if err != nil {
		return err
	}
	index, err := lds.ParseCOM(com)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnreadable, err)
	}
	sod, err := chip.ReadFile(x.ctx, x.s, lds.FileSOD, x.r.cfg.Block, nil)
	if err != nil {
		return err
	}
	for _, n := range []int{11, 14} {
		if !slices.Contains(index.Groups, n) {
			continue
		}
		if x.files[n], err = chip.ReadFile(x.ctx, x.s, lds.FileDG(n), x.r.cfg.Block, nil); err != nil {
			return err
		}
	}
	if d, err := lds.ParseDG11(x.files[11]); err == nil {
		x.out.PersonalNumber = d.PersonalNumber
		if d.FullName != "" {
			x.out.NameCN = d.FullName
		}
	}
	report, err := pa.Check(sod, x.files, x.r.cfg.Anchors, x.r.clk.now())
	x.out.Anchor = report.Anchor
	x.verdict(err)
	if x.out.Verdict == drivers.VerdictTampered {
		return nil
	}
	return x.copied(slices.Contains(index.Groups, 14))
}

func (x *reading) verdict(err error) {
	x.out.PA, x.out.Verdict = drivers.ProofPassed, drivers.VerdictGenuine
	switch {
	case err == nil:
	case errors.Is(err, pa.ErrIssuer):
		x.out.PA, x.out.Verdict = drivers.ProofFailed, drivers.VerdictUnknownIssuer
	case errors.Is(err, pa.ErrUnsupported):
		x.out.PA, x.out.Verdict = drivers.ProofUnsupported, drivers.VerdictUnknownIssuer
	default:
		x.out.PA, x.out.Verdict = drivers.ProofFailed, drivers.VerdictTampered
	}
	if err != nil {
		x.out.Why = err.Error()
	}
	if x.out.Verdict != drivers.VerdictTampered && x.out.Zone == drivers.ProofFailed {
		x.out.Verdict, x.out.Why = drivers.VerdictTampered, "the printed zone is not the one in the chip"
	}
}

// copied lets the chip prove that it is no copy.
func (x *reading) copied(announced bool) error {
	x.out.CA = drivers.ProofAbsent
	if !announced {
		return nil
	}
	infos, err := lds.ParseDG14(x.files[14])
	if err != nil {
		x.out.CA = drivers.ProofUnsupported
		return nil //nolint:nilerr // the outcome says so: this chip's proof is none that we know
	}
	key, err := ca.Find(infos)
	switch {
	case err != nil:
		x.out.CA = drivers.ProofUnsupported
		return nil //nolint:nilerr // the outcome says so: this chip's proof is none that we know
	case key == nil:
		return nil
	}
	s, err := ca.Authenticate(x.ctx, x.s, key, rand.Reader)
	if err == nil {
		_, err = chip.ReadFile(x.ctx, s, lds.FileCOM, x.r.cfg.Block, nil)
	}
	switch {
	case err == nil:
		x.out.CA = drivers.ProofPassed
	case chip.StatusOf(err) != 0: // a garbled answer is noise and accuses nobody; it does not pass either
		x.out.CA, x.out.Verdict, x.out.Why = drivers.ProofFailed, drivers.VerdictCloned, "the chip does not have the key that was signed for it"
	default:
		return err
	}
	return nil
}
