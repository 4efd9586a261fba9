package app

import (
	"cmp"
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/drivers"
	"tongban/fleet/wire"
)

// Document begins to wait for a passport or a travel permit (护照、通行证) in place of the applicant's card. A reader of printed lines
// needs nothing more. A chip opens with what is printed on the page: until that was typed the screen asks for it.
func (a *App) Document(ctx context.Context, id string, in screen.Document) error {
	access, err := printed(in)
	if err != nil {
		return err
	}
	again := false
	if err := a.with(id, session.Identify, func(v *session.Visit) error {
		if again = v.Reader != nil && v.Reader.Document; again {
			a.stopReader() // a reading under way has the reader
		}
		return nil
	}); err != nil {
		return err
	}
	lines, err := a.readsLines(ctx)
	if err != nil && again {
		return a.with(id, session.Identify, func(v *session.Visit) error {
			if v.Reader != nil {
				v.Reader.Set(session.Down, "")
			}
			return nil
		})
	}
	if err != nil { // the card reader goes on waiting
		return problem(http.StatusServiceUnavailable, "screen.no_reader", "护照阅读器现在用不了。可以用身份证，或到人工窗口办", err)
	}
	return a.with(id, session.Identify, func(v *session.Visit) error {
		if v.Person != nil && !v.Person.Confirmed {
			v.Person = nil
		}
		a.stopReader()
		v.Reader = &session.Reader{For: session.Applicant, Document: true}
		switch {
		case lines:
			v.Reader.Say(session.Waiting, "请将证件在阅读器上刷一下", "印着两三行字母和数字的那一边贴着卡槽，匀速刷过去。")
		case access == nil:
			v.Reader.Set(session.Ask, "")
			return nil
		default:
			v.Reader.Set(session.Waiting, "")
		}
		a.reader.document, a.reader.access = true, access
		a.reader.ctx, a.reader.stop = a.background()
		a.wakeReader()
		return nil
	})
}

var printedNumber = regexp.MustCompile(`^[0-9A-Z]{5,20}$`)

// printed checks what was typed; nil when nothing was.
func printed(in screen.Document) (*drivers.PassportAccess, error) {
	if in == (screen.Document{}) {
		return nil, nil //nolint:nilnil // nothing typed is no mistake
	}
	number := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(in.Number), " ", ""))
	wrong := problem(http.StatusUnprocessableEntity, "screen.invalid", "", nil)
	say := func(field, message string) {
		wrong.Fields = append(wrong.Fields, screen.FieldError{Field: field, Message: message})
		wrong.Message = cmp.Or(wrong.Message, message)
	}
	if !printedNumber.MatchString(number) {
		say("number", "证件号码是5到20位字母和数字，请对照证件")
	}
	if _, ok := parseDay(in.Birth); !ok {
		say("birth", "没有这一天，请对照证件上的出生日期")
	}
	if _, ok := parseDay(in.Expires); !ok {
		say("expires", "没有这一天，请对照证件上的有效期至")
	}
	if wrong.Fields != nil {
		return nil, wrong
	}
	return &drivers.PassportAccess{Number: number, Birth: in.Birth, Expires: in.Expires}, nil
}

// readsLines reports whether the reader takes the printed lines by itself, and fails where there is none that works.
func (a *App) readsLines(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, takeLimit)
	defer cancel()
	l, err := devices.Take[drivers.Device](ctx, a.o.Rack, drivers.KindPassport)
	if err != nil {
		return false, err
	}
	defer l.Done(nil)
	_, lines := l.Device.(drivers.ZoneReader)
	return lines, nil
}

// readDocument waits for a passport or permit and reads it once, as readCard does a card.
func (a *App) readDocument(ctx context.Context, access *drivers.PassportAccess) {
	take, cancel := context.WithTimeout(ctx, takeLimit)
	l, err := devices.Take[drivers.Device](take, a.o.Rack, drivers.KindPassport)
	cancel()
	if err != nil {
		a.readFailed(ctx, err)
		a.awaitDocumentReader(ctx)
		return
	}
	switch dev := l.Device.(type) {
	case drivers.ZoneReader:
		var z drivers.Zone
		if z, err = dev.Read(ctx); err == nil {
			a.documentRead(ctx, holder(drivers.Passport{
				Type: z.Type, Number: z.Number, Surname: z.Surname, GivenNames: z.GivenNames, NameCN: z.NameCN, Birth: z.Birth, Sex: z.Sex, Expires: z.Expires,
			}, a.o.Clock.Now()))
		}
		l.Done(err)
	case drivers.PassportReader:
		err = a.openChip(ctx, dev, access)
		l.Done(err)
	default:
		err = &drivers.Error{Code: drivers.CodeUnsupported, Detail: "neither lines nor chips"}
		l.Done(nil)
	}
	if err == nil || ctx.Err() != nil {
		return
	}
	switch phase, failed := a.readFailed(ctx, err); {
	case !failed:
	case phase == session.Ask:
		a.onReader(ctx, func(_ *session.Visit, r *session.Reader) {
			r.Say(session.Ask, "证件没有打开，请再核对", "号码和两个日期要和证件上印的一样。字母O和数字0容易看错。")
			r.Tries++
			a.stopReader()
		})
	case phase == session.Silent || phase == session.Down:
		a.awaitDocumentReader(ctx)
	default:
		a.awaitDocumentRemoval(ctx)
	}
}

// openChip reads a chip and judges it: what is not genuine is not used for anything.
func (a *App) openChip(ctx context.Context, dev drivers.PassportReader, access *drivers.PassportAccess) error {
	if access == nil { // the reader was changed for another kind while the visit went on
		return &drivers.Error{Code: drivers.CodeInvalidData, Reason: drivers.ReasonNoAccess, Detail: "nothing typed"}
	}
	p, err := dev.Read(ctx, *access, func(e drivers.PassportEvent) {
		a.onReader(ctx, func(_ *session.Visit, r *session.Reader) {
			r.Set(session.Reading, "")
			r.Percent = e.Percent
			if e.Step == drivers.PassportChecking {
				r.Percent = 100
			}
		})
	})
	if err != nil {
		return err
	}
	if p.Verdict == drivers.VerdictTampered || p.Verdict == drivers.VerdictCloned {
		a.o.Log.Warn("document is not genuine", "hop", "Bind", "verdict", p.Verdict, "why", p.Why)
		a.onReader(ctx, func(_ *session.Visit, r *session.Reader) {
			r.Say(session.Unknown, "这本证件没有通过核验", "请带证件到人工窗口，工作人员会帮您看。也可以换一种证件。")
		})
		return dev.WaitRemoved(ctx)
	}
	who := holder(p, a.o.Clock.Now())
	if p.Verdict == drivers.VerdictGenuine {
		who.IdentifiedBy = "chip"
	}
	a.documentRead(ctx, who)
	a.mu.Lock()
	a.reader.chip = true
	a.mu.Unlock()
	return nil
}

// watchDocument looks once whether the document of the last visit was left behind, as watchCard does for a card: it keeps the screen
// until it is gone.
func (a *App) watchDocument(ctx context.Context) {
	there, err := a.lies(ctx, drivers.KindPassport)
	a.mu.Lock()
	defer a.mu.Unlock()
	v := a.visit
	switch {
	case err != nil || !there:
		a.reader.chip = false
		if v != nil && v.State == session.Left {
			a.wipe(ctx, "document taken")
		}
	case v == nil && a.reader.look:
		a.reader.look = false
		a.leave(true)
	case v == nil: // lies there since longer than anybody waits for
		a.reader.chip = false
	}
}

func (a *App) documentRead(ctx context.Context, p *session.Person) {
	a.onReader(ctx, func(v *session.Visit, r *session.Reader) {
		a.o.Log.Info("document read", "hop", "Bind", "type", p.Type, "by", p.IdentifiedBy)
		a.applicantRead(v, r, p)
	})
}

// holder turns a document into the applicant (绑定).
func holder(d drivers.Passport, now time.Time) *session.Person {
	p := &session.Person{
		Person: wire.Person{
			Type: holderKind(d.Type), Name: cmp.Or(d.NameCN, strings.TrimSpace(d.Surname+" "+d.GivenNames)), IDNumber: d.Number, Birth: d.Birth,
			IdentifiedBy: "passport", IdentifiedAt: now,
		},
		ValidTo: d.Expires,
	}
	if d.Sex == "male" || d.Sex == "female" {
		p.Sex = d.Sex
	}
	p.Expired = over(d.Expires, now)
	return p
}

// holderKind is whose document it is, by its code, in the words that windows use.
func holderKind(code string) string {
	switch {
	case strings.HasPrefix(code, "P"):
		return "passport"
	case code == "CR":
		return "hkmo" // 港澳居民来往内地通行证
	case code == "CT":
		return "taiwan" // 台湾居民来往大陆通行证
	}
	return "other"
}

// over reports whether a last day is past; that day itself still counts, and “long-term” has none.
func over(last string, now time.Time) bool {
	to, ok := parseDay(last)
	return ok && !now.In(clock.Shanghai).Before(to.AddDate(0, 0, 1))
}

// awaitDocumentReader waits until the reader is back, then asks for the document again.
func (a *App) awaitDocumentReader(ctx context.Context) {
	if clock.Sleep(ctx, a.o.Clock, noticeLimit) != nil || a.o.Rack.Await(ctx, drivers.KindPassport) != nil {
		_ = clock.Sleep(ctx, a.o.Clock, noticeLimit)
		return
	}
	a.onReader(ctx, func(_ *session.Visit, r *session.Reader) { r.Set(session.Waiting, "") })
}

// awaitDocumentRemoval leaves the reason on the screen until the document is lifted; lines that are drawn through lie nowhere.
func (a *App) awaitDocumentRemoval(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, removeLimit)
	defer cancel()
	l, err := devices.Take[drivers.PassportReader](ctx, a.o.Rack, drivers.KindPassport)
	if err != nil {
		_ = clock.Sleep(ctx, a.o.Clock, noticeLimit)
		return
	}
	l.Done(l.Device.WaitRemoved(ctx))
}
