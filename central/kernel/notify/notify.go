package notify

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/vault"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the table of messages.
func Migrations() db.Migrations { return db.Migrations{Name: "notify", FS: files} }

// SMS queues short messages; *Outbox is one.
type SMS interface {
	// Send queues one message in tx. It returns an error for a number that is no mobile number of the mainland, and
	// never one that tells whether the number is in use. Delivery happens after the commit.
	Send(ctx context.Context, tx db.Tx, phone vault.Phone, template string, args map[string]string) error
}

// Message is what a carrier is given. Its id is the same at every attempt, so that a carrier can send once.
type Message struct {
	ID       string
	Phone    vault.Phone
	Template string
	Text     string
	Until    time.Time
}

// Carrier hands messages to the outside. ErrRefused means never; any other error means try again.
type Carrier interface {
	Deliver(ctx context.Context, m Message) (ref string, err error)
}

// ErrRefused means that the gateway will not take this message, now or later.
var ErrRefused = errors.New("short message is refused")

// ErrNumber is for a number that cannot take short messages.
var ErrNumber = errs.E(errs.Invalid, "notify.number", "手机号不对，请核对后再填", nil)

// errNoCarrier keeps messages waiting until one is configured.
var errNoCarrier = errors.New("no short-message gateway is configured (sms.url)")

const (
	job        = "notify.sms"
	classPhone = "person.phone"
	classText  = "notify.text"
)

// Options are what New needs.
type Options struct {
	DB    *db.DB
	Vault *vault.Vault
	Jobs  *jobs.Jobs
	Clock clock.Clock
}

// Outbox is the queue of short messages (短信发件箱).
type Outbox struct {
	o       Options
	carrier Carrier
}

// New returns the outbox and registers its job; without UseCarrier messages wait until they are pointless.
func New(o Options) *Outbox {
	out := &Outbox{o: o}
	o.Jobs.Register(job, out.deliver)
	o.Jobs.Register(receiptJob, out.receipt)
	return out
}

// UseCarrier sets who delivers. Call it before the jobs start.
func (o *Outbox) UseCarrier(c Carrier) { o.carrier = c }

var mobile = regexp.MustCompile(`^1[3-9][0-9]{9}$`)

// Send implements SMS.
func (o *Outbox) Send(ctx context.Context, tx db.Tx, phone vault.Phone, template string, args map[string]string) error {
	_, err := o.Queue(ctx, tx, phone, template, args)
	return err
}

// Queue is Send for one who wants to know later how far the message came: it returns the id for Deliveries.
func (o *Outbox) Queue(ctx context.Context, tx db.Tx, phone vault.Phone, template string, args map[string]string) (string, error) {
	t, ok := find(template)
	if !ok {
		return "", errs.E(errs.Internal, "notify.template", "", fmt.Errorf("no template %q", template))
	}
	if !mobile.MatchString(phone.Reveal()) {
		return "", ErrNumber
	}
	text, err := t.render(args)
	if err != nil {
		return "", err
	}
	sealedPhone, err := o.o.Vault.Seal(classPhone, phone.Reveal())
	if err != nil {
		return "", err
	}
	sealedText, err := o.o.Vault.Seal(classText, text)
	if err != nil {
		return "", err
	}

	id, now := ids.New(), tx.Now()
	_, err = tx.ExecContext(ctx, `INSERT INTO notify_sms
		(id, phone_blind, phone_sealed, text_sealed, template, state, ref, queued_at, good_until, ended_at)
		VALUES ($1, $2, $3, $4, $5, 'queued', '', $6, $7, 0)`,
		id, o.o.Vault.Blind(classPhone, phone.Reveal()), sealedPhone, sealedText, t.Name, db.Ms(now), db.Ms(now.Add(t.Good)))
	if err != nil {
		return "", fmt.Errorf("queue short message: %w", err)
	}
	return id, o.o.Jobs.Add(ctx, tx, job, letter{ID: id}, jobs.Opts{MaxAttempts: 12})
}

// letter is the job: only the row's id, because the engine keeps its arguments in the clear.
type letter struct {
	ID string `json:"id"`
}

func (o *Outbox) deliver(ctx context.Context, raw json.RawMessage) error {
	var l letter
	if err := json.Unmarshal(raw, &l); err != nil {
		return jobs.Cancel(fmt.Errorf("decode short message: %w", err))
	}
	m, queued, err := o.load(ctx, l.ID)
	if err != nil || !queued {
		return err
	}
	if o.o.Clock.Now().After(m.Until) {
		return o.end(ctx, m.ID, "expired", "")
	}
	if o.carrier == nil {
		return errNoCarrier
	}
	if err := o.tried(ctx, m.ID); err != nil {
		return err
	}
	ref, err := o.carrier.Deliver(ctx, m)
	switch {
	case errors.Is(err, ErrRefused):
		return errors.Join(o.end(ctx, m.ID, "refused", ""), jobs.Cancel(err))
	case err != nil:
		return err
	}
	return o.end(ctx, m.ID, "sent", ref)
}

func (o *Outbox) load(ctx context.Context, id string) (m Message, queued bool, err error) {
	var phone, text, state string
	var until int64
	err = o.o.DB.View(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT phone_sealed, text_sealed, template, state, good_until FROM notify_sms WHERE id = $1`, id).
			Scan(&phone, &text, &m.Template, &state, &until)
	})
	if err != nil {
		return m, false, fmt.Errorf("load short message: %w", err)
	}
	if state != "queued" {
		return m, false, nil
	}
	if phone, err = o.o.Vault.Open(classPhone, phone); err != nil {
		return m, false, err
	}
	if m.Text, err = o.o.Vault.Open(classText, text); err != nil {
		return m, false, err
	}
	m.ID, m.Phone, m.Until = id, vault.Phone(phone), db.FromMs(until)
	return m, true, nil
}

func (o *Outbox) end(ctx context.Context, id, state, ref string) error {
	return o.o.DB.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE notify_sms
			SET state = $1, ref = $2, ended_at = $3, phone_sealed = '', text_sealed = '' WHERE id = $4 AND state = 'queued'`,
			state, ref[:min(len(ref), 64)], db.Ms(tx.Now()), id)
		if err != nil {
			return fmt.Errorf("end short message: %w", err)
		}
		if state != "sent" {
			return nil
		}
		return o.askLater(ctx, tx, id)
	})
}

// kept is how long the trace of a message stays, for counting and for complaints.
const kept = 90 * 24 * time.Hour

// Sweep removes the traces of old messages.
func (o *Outbox) Sweep(ctx context.Context) error {
	return o.o.DB.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM notify_sms WHERE queued_at < $1`, db.Ms(tx.Now().Add(-kept)))
		if err != nil {
			return fmt.Errorf("sweep short messages: %w", err)
		}
		return nil
	})
}
