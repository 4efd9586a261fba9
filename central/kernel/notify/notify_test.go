package notify_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/notify"
	"tongban/central/kernel/vault"
	"tongban/deploy/sim/sms"
)

const phone = vault.Phone("13900000026") // made up

// scene is a kernel with the emulated gateway behind it.
func scene(t *testing.T, k *kerneltest.Kit) *sms.Gateway {
	t.Helper()
	gw := sms.New("tongban", "0123456789abcdef0123")
	srv := httptest.NewServer(gw.Handler())
	t.Cleanup(srv.Close)
	key := filepath.Join(t.TempDir(), "sms.key")
	if err := os.WriteFile(key, []byte("tongban:0123456789abcdef0123\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	carrier, err := notify.NewGateway(notify.GatewayConfig{URL: srv.URL, KeyFile: key, Internal: true}, k.Clock, k.Adapters)
	if err != nil {
		t.Fatal(err)
	}
	k.SMS.UseCarrier(carrier)
	return gw
}

func send(t *testing.T, k *kerneltest.Kit, p vault.Phone, template string, args map[string]string) error {
	t.Helper()
	return k.DB.Do(t.Context(), func(tx db.Tx) error { return k.SMS.Send(t.Context(), tx, p, template, args) })
}

var code = map[string]string{"code": "246810", "minutes": "5"}

// until looks, letting the test's clock run, so that retries come due.
func until(t *testing.T, k *kerneltest.Kit, step time.Duration, what string, ok func() bool) {
	t.Helper()
	for range 400 {
		if ok() {
			return
		}
		k.Clock.Advance(step)
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

func start(t *testing.T, k *kerneltest.Kit) {
	t.Helper()
	if err := k.Jobs.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAMessageArrivesAndLeavesNothing(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		gw := scene(t, k)
		if err := send(t, k, phone, "signon.code", code); err != nil {
			t.Fatal(err)
		}
		start(t, k)
		until(t, k, 0, "delivered", func() bool { return len(gw.Messages(phone.Reveal())) == 1 })
		if got := gw.Messages("")[0].Text; !strings.Contains(got, "246810") {
			t.Errorf("text %q lacks the code", got)
		}
		until(t, k, 0, "emptied", func() bool {
			return k.Count(t, `SELECT count(*) FROM notify_sms WHERE state = 'sent' AND phone_sealed = '' AND text_sealed = '' AND ref <> ''`) == 1
		})
		if n := k.Count(t, `SELECT count(*) FROM river_job WHERE CAST(args AS TEXT) LIKE '%13900000026%' OR CAST(args AS TEXT) LIKE '%246810%'`); n != 0 {
			t.Error("the job engine holds number or code in the clear")
		}
	})
}

func TestAnActThatFailsSendsNothing(t *testing.T) {
	k := kerneltest.New(t)
	gw := scene(t, k)
	refused := errors.New("no")
	err := k.DB.Do(t.Context(), func(tx db.Tx) error {
		if err := k.SMS.Send(t.Context(), tx, phone, "signon.code", code); err != nil {
			return err
		}
		return refused
	})
	if !errors.Is(err, refused) {
		t.Fatal(err)
	}
	start(t, k)
	time.Sleep(300 * time.Millisecond)
	if gw.Calls() != 0 || k.Count(t, `SELECT count(*) FROM notify_sms`) != 0 {
		t.Error("a message of an act that was rolled back is on its way")
	}
}

func TestFaultsOfTheGateway(t *testing.T) {
	for _, c := range []struct {
		fault string
		state string
		got   int
	}{
		{sms.FaultError, "sent", 1}, // tried again until it is gone
		{sms.FaultMute, "sent", 1},  // taken without an answer: the same id again, and the phone hears it once
		{sms.FaultRefuse, "refused", 0},
	} {
		t.Run(c.fault, func(t *testing.T) {
			k := kerneltest.New(t)
			gw := scene(t, k)
			if err := gw.Press(c.fault); err != nil {
				t.Fatal(err)
			}
			if err := send(t, k, phone, "signon.code", code); err != nil {
				t.Fatal(err)
			}
			start(t, k)
			until(t, k, 0, "first attempt", func() bool { return gw.Calls() >= 1 })
			if c.state == "sent" {
				if err := gw.Press(""); err != nil {
					t.Fatal(err)
				}
			}
			until(t, k, time.Second, c.state, func() bool {
				return k.Count(t, `SELECT count(*) FROM notify_sms WHERE state = $1`, c.state) == 1
			})
			if n := len(gw.Messages("")); n != c.got {
				t.Errorf("%d messages on the phone, want %d", n, c.got)
			}
		})
	}
}

func TestACodeIsNotSentLate(t *testing.T) {
	k := kerneltest.New(t)
	gw := scene(t, k)
	if err := send(t, k, phone, "signon.code", code); err != nil {
		t.Fatal(err)
	}
	k.Clock.Advance(6 * time.Minute)
	start(t, k)
	until(t, k, 0, "expired", func() bool { return k.Count(t, `SELECT count(*) FROM notify_sms WHERE state = 'expired'`) == 1 })
	if gw.Calls() != 0 {
		t.Error("a code that no longer works was sent")
	}
}

func TestWhatCannotBeSent(t *testing.T) {
	k := kerneltest.New(t)
	for _, c := range []struct {
		phone    vault.Phone
		template string
		args     map[string]string
		kind     errs.Kind
	}{
		{"0816-2200000", "signon.code", code, errs.Invalid},
		{"12345", "signon.code", code, errs.Invalid},
		{phone, "no.such", code, errs.Internal},
		{phone, "signon.code", map[string]string{"code": "1"}, errs.Internal},
		{phone, "signon.code", map[string]string{"code": "1\n2", "minutes": "5"}, errs.Internal},
		{phone, "signon.code", map[string]string{"code": "1", "minuten": "5"}, errs.Internal},
	} {
		if err := send(t, k, c.phone, c.template, c.args); err == nil || errs.KindOf(err) != c.kind {
			t.Errorf("%s %v: %v, want %v", c.template, c.args, err, c.kind)
		}
	}
}

func TestAWrongKeyIsNotTaken(t *testing.T) {
	k := kerneltest.New(t)
	gw := sms.New("tongban", "another secret, not ours")
	srv := httptest.NewServer(gw.Handler())
	defer srv.Close()
	key := filepath.Join(t.TempDir(), "sms.key")
	if err := os.WriteFile(key, []byte("tongban:0123456789abcdef0123\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	carrier, err := notify.NewGateway(notify.GatewayConfig{URL: srv.URL, KeyFile: key, Internal: true}, k.Clock, k.Adapters)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := carrier.Deliver(context.Background(), notify.Message{ID: "m1", Phone: phone, Text: "x"}); err == nil {
		t.Error("a message with a wrong signature was taken")
	}
}

func TestTheReceiptSaysWhetherThePhoneGotIt(t *testing.T) {
	for fault, want := range map[string]notify.Delivery{"": {State: "delivered", Attempts: 1}, sms.FaultDead: {State: "failed", Note: "空号", Attempts: 1}} {
		kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
			gw := scene(t, k)
			if err := gw.Press(fault); err != nil {
				t.Fatal(err)
			}
			var id string
			err := k.DB.Do(t.Context(), func(tx db.Tx) (err error) {
				id, err = k.SMS.Queue(t.Context(), tx, phone, "case.accepted", map[string]string{"no": "MY1", "due": "12月7日"})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			start(t, k)
			got := notify.Delivery{}
			until(t, k, time.Second, want.State, func() bool {
				err := k.DB.View(t.Context(), func(q db.Query) error {
					all, err := k.SMS.Deliveries(t.Context(), q, []string{id, "unknown"})
					got = all[id]
					return err
				})
				return err == nil && got.State == want.State
			})
			if got.Note != want.Note || got.Attempts != want.Attempts || got.KnownAt.IsZero() {
				t.Errorf("%q: %+v", fault, got)
			}
		})
	}
}
