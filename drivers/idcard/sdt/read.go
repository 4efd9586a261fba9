package sdt

import (
	"bytes"
	"context"
	"errors"
	"time"

	"tongban/drivers"
)

// Read implements drivers.IDCardReader. The deadline of ctx bounds waiting for a card; a card that was laid down in time
// is read to its end, which takes no longer than a fault may take to be told.
func (r *Reader) Read(ctx context.Context, on func(drivers.CardEvent)) (drivers.IDCard, error) {
	o, err := r.claim(ctx)
	if err != nil {
		return drivers.IDCard{}, err
	}
	defer o.release()
	o.on = on
	resumed, err := o.await()
	if err != nil {
		if f := drivers.Fault(err); errors.Is(f.Cause, context.DeadlineExceeded) {
			err = &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonNoCard, Detail: "no card was laid down", Cause: f.Cause}
		}
		return drivers.IDCard{}, err
	}
	defer o.pastDeadline(ctx)() //nolint:contextcheck // outlives the deadline on purpose
	found := r.clk.now()
	o.tell(drivers.CardFound)
	card, err := o.record(resumed)
	if err != nil {
		return drivers.IDCard{}, err
	}
	card.ElapsedMS = max(1, r.clk.now().Sub(found).Milliseconds()) // 0 would be left out of the record
	card.SAMNumber = r.Info().Serial
	if len(card.PhotoWLT) > 0 {
		card.Photo, card.PhotoState = r.cfg.photo.Decode(o.ctx, card.PhotoWLT)
	}
	return card, nil
}

// pastDeadline lets the command outlive the deadline of its caller, but not a cancellation.
func (o *op) pastDeadline(caller context.Context) func() {
	before := o.ctx
	ctx, cancel := context.WithCancel(context.WithoutCancel(before))
	o.ctx = ctx
	unhook := context.AfterFunc(caller, func() {
		if errors.Is(caller.Err(), context.Canceled) {
			cancel()
		}
	})
	unhookBase := context.AfterFunc(o.r.base, cancel)
	return func() { unhook(); unhookBase(); cancel() }
}

// await returns when a card lies on the reader; resumed says that it is one whose last reading was cut short and that is
// still selected.
func (o *op) await() (resumed bool, err error) {
	odd := 0
	for {
		o.trouble = time.Time{}
		if err := o.inStep(); err != nil {
			return false, err
		}
		there, resumed, err := o.look()
		var bad *cardError
		switch {
		case there:
			return resumed, nil
		case err == nil:
			odd = 0
		case errors.As(err, &bad) && odd == 0:
			odd++ // a card on its way down may look odd once
		default:
			return false, err
		}
		if !o.pause(o.r.cfg.poll) {
			return false, o.ended()
		}
	}
}

// look asks once for a card that may be read.
func (o *op) look() (there, resumed bool, err error) {
	if held := o.r.holding(); held != holdNothing {
		still, err := o.stillThere()
		if err != nil || still {
			return still && held == holdSelected, true, err
		}
	}
	f, err := o.ask(cmdFind)
	return f.sw[2] == swFound, false, err
}

// record reads the card. When the card fails, it is looked for: gone is another verdict than unreadable, and what still
// lies there gets a second try.
func (o *op) record(resumed bool) (drivers.IDCard, error) {
	for round := 0; ; round++ {
		card, err := o.take(resumed && round == 0)
		if err == nil {
			return card, nil
		}
		var bad *cardError
		if !errors.As(err, &bad) {
			return drivers.IDCard{}, err
		}
		o.worry(o.r.clk.now())
		o.r.set(func(r *Reader) { r.card = holdNothing })
		gone, lookErr := o.gone()
		switch {
		case lookErr != nil:
			return drivers.IDCard{}, lookErr
		case gone:
			return drivers.IDCard{}, &drivers.Error{
				Code: drivers.CodeUserError, Reason: drivers.ReasonCardTakenAway,
				Detail: "card was lifted while it was read", Raw: bad.fault.Raw, Cause: bad,
			}
		case round > 0:
			return drivers.IDCard{}, bad.fault
		}
	}
}

// cardError is an error for the card's sake.
type cardError struct{ fault *drivers.Error }

func (e *cardError) Error() string { return e.fault.Error() }
func (e *cardError) Unwrap() error { return e.fault }

// ask is exchange for a question about the card; trouble that the card makes becomes a cardError.
func (o *op) ask(c *command) (frame, error) {
	f, err := o.exchange(c)
	if err != nil || c.news(f) {
		return f, err
	}
	e := fault(c, f)
	if verdicts[f.sw[2]].card {
		return frame{}, &cardError{e}
	}
	return frame{}, e
}

// take selects the card and reads its files.
func (o *op) take(selected bool) (drivers.IDCard, error) {
	if !selected {
		if _, err := o.ask(cmdSelect); err != nil {
			return drivers.IDCard{}, err
		}
		o.r.set(func(r *Reader) { r.card = holdSelected })
	}
	o.tell(drivers.CardReading)
	f, err := o.file()
	if err != nil {
		return drivers.IDCard{}, err
	}
	text, photo, _ := blocks(f)
	card, warning, err := parseText(text)
	if err != nil {
		return drivers.IDCard{}, err
	}
	card.PhotoWLT = photo
	// The added address is where the holder lives now. A record without it would be wrong, not incomplete, so a card that
	// goes away before it was asked counts as taken away.
	if !o.r.cfg.has(quirkNoAdded) {
		f, err := o.ask(cmdAdded)
		if err != nil {
			return drivers.IDCard{}, err
		}
		card.AddressAdded = trim(decodeUTF16(f.data))
	}
	o.r.set(func(r *Reader) { r.card, r.warning = holdDelivered, warning })
	return card, nil
}

// file reads text and photo. The checksum of this protocol is one byte of exclusive or, which two like errors pass; a text
// that looks odd is therefore read until two readings agree. A card that really is odd passes at the second.
func (o *op) file() (frame, error) {
	f, err := o.ask(cmdRead)
	if err != nil {
		return frame{}, err
	}
	if text, _, _ := blocks(f); !odd(text) {
		return f, nil
	}
	for range 2 {
		again, err := o.ask(cmdRead)
		if err != nil {
			return frame{}, err
		}
		if bytes.Equal(f.data, again.data) {
			return f, nil
		}
		o.worry(o.r.clk.now())
		o.tell(drivers.CardNoise)
		f = again
	}
	return frame{}, noise(cmdRead, "no two readings agree")
}

// gone looks twice: a card that was only moved is not gone.
func (o *op) gone() (bool, error) {
	for look := 0; ; look++ {
		f, err := o.exchange(cmdFind)
		if err != nil {
			return false, err
		}
		if f.sw[2] != swNoCard {
			return false, nil
		}
		if look > 0 {
			return true, nil
		}
		if !o.pause(presentEvery) {
			return false, o.ended()
		}
	}
}
