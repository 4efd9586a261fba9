package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/notify"
	"tongban/central/modules/issuing"
	"tongban/central/modules/issuing/internal/store"
	"tongban/central/modules/window"
)

const (
	deliverDays = 10             // working days to hand out what was decided (行政许可法 art. 44)
	stale       = 48 * time.Hour // what ended longer ago is not told by a message any more
	codeDigits  = 6
	codeTries   = 20 // until a free code is found
)

// Topics are the events that Follow wants.
func Topics() []string {
	return []string{window.TopicGranted, window.TopicDenied, topicRated}
}

// Follow does what an event of the window asks for, in its transaction.
func (a *App) Follow(ctx context.Context, tx db.Tx, e events.Event) error {
	ctx = auth.AsSystem(ctx, "issuing")
	if e.Topic == topicRated {
		return a.ratedElsewhere(ctx, tx, e)
	}
	var m window.Moved
	if err := e.Decode(&m); err != nil {
		return err
	}
	return a.ready(ctx, tx, m, e)
}

// ready opens the record of a decided case and sends the pick-up code (取件码).
func (a *App) ready(ctx context.Context, tx db.Tx, m window.Moved, e events.Event) error {
	if _, err := store.GetRecord(ctx, tx, m.No); !errors.Is(err, issuing.ErrNone) {
		return err // it has its record, and its code was sent
	}
	f, err := a.Cases.Facts(ctx, m.No)
	if errors.Is(err, window.ErrNoSuchCase) {
		return nil
	}
	if err != nil {
		return err
	}
	due, err := a.Calendar.Due(calendar.DateOf(e.At), calendar.Budget{Days: deliverDays, Unit: calendar.Working}, nil)
	if err != nil {
		return fmt.Errorf("compute day of delivery: %w", err)
	}
	r := store.Record{
		No: m.No, Item: m.Item, ItemName: m.ItemName, Outcome: string(m.State), Applicant: f.Applicant, State: issuing.Ready, Way: issuing.AtCounter, Version: 1,
		Region: f.Region, Department: f.Department, Handler: f.Handler, Window: f.Window, ReadyAt: db.Ms(e.At), Due: due.Due.String(), DocumentNo: m.Document,
	}
	if tx.Now().Sub(e.At) < stale {
		if err := a.sendCode(ctx, tx, &r); err != nil {
			return err
		}
	}
	if fresh, err := store.AddRecord(ctx, tx, r); err != nil || !fresh {
		return err
	}
	return emit(ctx, tx, issuing.TopicReady, r.No, told(r, tx.Now()))
}

// sendCode makes a new pick-up code and sends it; without a usable number the record says so and the clerk calls.
func (a *App) sendCode(ctx context.Context, tx db.Tx, r *store.Record) error {
	r.Proof.CodeTo, r.Proof.CodeSentAt, r.CodeBlind = "", 0, ""
	phone, err := a.Cases.Phone(ctx, r.No)
	if err != nil || phone == "" {
		r.Proof.Note = "没有手机号，要打电话或当面告诉他来领"
		return nil //nolint:nilerr // a case without a number is handed out all the same
	}
	code, blind, err := a.freeCode(ctx, tx)
	if err != nil {
		return err
	}
	err = a.SMS.Send(ctx, tx, phone, "case.pickup", map[string]string{"no": r.No, "code": code})
	if errors.Is(err, notify.ErrNumber) {
		r.Proof.Note = "手机号收不了短信，要打电话或当面告诉他来领"
		return nil
	}
	if err != nil {
		return err
	}
	r.CodeBlind, r.Proof.CodeTo, r.Proof.CodeSentAt, r.Proof.Note = blind, phone.String(), db.Ms(tx.Now()), ""
	return nil
}

// freeCode makes a code under which nothing waits.
func (a *App) freeCode(ctx context.Context, tx db.Tx) (code, blind string, err error) {
	for range codeTries {
		if code, err = newCode(); err != nil {
			return "", "", err
		}
		blind = a.Vault.Blind(classSlip, "pickup "+code)
		if _, err = store.FindByCode(ctx, tx, blind); errors.Is(err, issuing.ErrNone) {
			return code, blind, nil
		}
		if err != nil {
			return "", "", err
		}
	}
	return "", "", errors.New("no free pick-up code")
}

// newCode makes five random digits and one that checks them.
func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000))
	if err != nil {
		return "", fmt.Errorf("make pick-up code: %w", err)
	}
	body := fmt.Sprintf("%05d", n.Int64())
	return body + string(checkDigit(body)), nil
}

// checkDigit is Luhn's: it finds every single wrong digit and nearly every swap of neighbours.
func checkDigit(body string) byte {
	sum := 0
	for i := range len(body) {
		d := int(body[len(body)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return byte('0' + (10-sum%10)%10) // #nosec G115 -- one digit
}

// wellFormed reports whether a typed code can be one at all.
func wellFormed(code string) bool {
	if len(code) != codeDigits {
		return false
	}
	for i := range len(code) {
		if code[i] < '0' || code[i] > '9' {
			return false
		}
	}
	return checkDigit(code[:codeDigits-1]) == code[codeDigits-1]
}
