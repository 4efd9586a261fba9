package auth_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/vault"
)

const mobile = vault.Phone("13900000026") // made up

// letterBox is the phone of everybody.
type letterBox struct{ codes []string }

func (l *letterBox) Send(_ context.Context, _ db.Tx, _ vault.Phone, template string, args map[string]string) error {
	l.codes = append(l.codes, template+" "+args["code"])
	return nil
}

func (l *letterBox) last(t *testing.T) string {
	t.Helper()
	if len(l.codes) == 0 {
		t.Fatal("nothing was sent")
	}
	return strings.TrimPrefix(l.codes[len(l.codes)-1], "signon.code ")
}

func signOn(t *testing.T, k *kerneltest.Kit, login string) auth.Session {
	t.Helper()
	s, err := k.Auth.SignIn(from(t, "10.0.0.7"), auth.Try{Login: login, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return fresh(t, k, s)
}

func fresh(t *testing.T, k *kerneltest.Kit, s auth.Session) auth.Session {
	t.Helper()
	got, err := k.Auth.Find(t.Context(), auth.ForSSO, s.Token)
	if err != nil {
		t.Fatal(err)
	}
	got.Token = s.Token
	return got
}

func step(t *testing.T, k *kerneltest.Kit, s auth.Session, audience string) auth.Step {
	t.Helper()
	got, err := k.Auth.Next(t.Context(), s, audience)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func code(t *testing.T, k *kerneltest.Kit, secret string) string {
	t.Helper()
	c, err := auth.TOTPCode(secret, k.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func enrolled(t *testing.T, k *kerneltest.Kit, s auth.Session) (secret string, recovery []string) {
	t.Helper()
	e, err := k.Auth.Enrol(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	recovery, err = k.Auth.Confirm(t.Context(), s, code(t, k, e.Secret))
	if err != nil || len(recovery) != 10 {
		t.Fatalf("%v, %v", recovery, err)
	}
	return e.Secret, recovery
}

func TestAClerkNeedsOneFactorAndTheManagementTwo(t *testing.T) {
	kerneltest.EachStrict(t, func(t *testing.T, k *kerneltest.Kit) {
		create(t, k, "wang", "clerk")
		s := signOn(t, k, "wang")
		if got := step(t, k, s, auth.ForStaff); got != auth.StepDone {
			t.Errorf("workbench: %s", got)
		}
		if got := step(t, k, s, auth.ForAdmin); got != auth.StepEnrol {
			t.Errorf("management: %s", got)
		}
		if _, err := k.Auth.HandOver(t.Context(), s, auth.ForAdmin, ""); errs.CodeOf(err) != "auth.step" {
			t.Errorf("one factor opens the management: %v", err)
		}
		if _, err := k.Auth.HandOver(t.Context(), s, "fleet", ""); errs.CodeOf(err) != "auth.audience" {
			t.Errorf("%v", err)
		}
		enrolled(t, k, s)
		if _, err := k.Auth.HandOver(t.Context(), fresh(t, k, s), auth.ForAdmin, ""); err != nil {
			t.Errorf("two factors: %v", err)
		}
	})
}

func TestAdministratorsAlwaysNeedTwo(t *testing.T) {
	kerneltest.EachStrict(t, func(t *testing.T, k *kerneltest.Kit) {
		for i, role := range []string{"system-admin", "security-admin", "audit-admin", "fleet-admin"} {
			login := "admin" + string(rune('a'+i))
			create(t, k, login, role)
			s := signOn(t, k, login)
			for _, audience := range []string{auth.ForStaff, auth.ForAdmin, auth.ForSSO} {
				if got := step(t, k, s, audience); got != auth.StepEnrol {
					t.Errorf("%s at %s: %s", role, audience, got)
				}
			}
		}
	})
}

func TestSecondFactor(t *testing.T) {
	kerneltest.EachStrict(t, func(t *testing.T, k *kerneltest.Kit) {
		create(t, k, "sec", "security-admin")
		secret, recovery := enrolled(t, k, signOn(t, k, "sec"))
		if k.Count(t, `SELECT count(*) FROM auth_totp WHERE secret LIKE '%'||$1||'%'`, secret) != 0 {
			t.Error("the secret lies in the database")
		}
		k.Clock.Advance(time.Minute)

		s := signOn(t, k, "sec")
		if got := step(t, k, s, auth.ForAdmin); got != auth.StepCode {
			t.Fatalf("step %s", got)
		}
		if _, err := k.Auth.Enrol(t.Context(), s); errs.CodeOf(err) != "auth.has_totp" {
			t.Errorf("who has the password replaces the authenticator: %v", err)
		}
		now := code(t, k, secret)
		wrong := "000000"
		if now == wrong {
			wrong = "000001"
		}
		if err := k.Auth.ProveCode(t.Context(), s, wrong); errs.CodeOf(err) != "auth.code" {
			t.Errorf("wrong: %v", err)
		}
		if err := k.Auth.ProveCode(t.Context(), s, now); err != nil {
			t.Errorf("right: %v", err)
		}
		if got := step(t, k, fresh(t, k, s), auth.ForAdmin); got != auth.StepDone {
			t.Errorf("step %s", got)
		}
		again := signOn(t, k, "sec")
		if err := k.Auth.ProveCode(t.Context(), again, now); errs.CodeOf(err) != "auth.code" {
			t.Errorf("a code of the same step is taken twice: %v", err)
		}
		k.Clock.Advance(2 * time.Minute)
		if err := k.Auth.ProveCode(t.Context(), again, now); errs.CodeOf(err) != "auth.code" {
			t.Errorf("an old code: %v", err)
		}

		if err := k.Auth.ProveRecovery(t.Context(), again, strings.ToUpper(recovery[3])); err != nil {
			t.Errorf("recovery: %v", err)
		}
		last := signOn(t, k, "sec")
		if err := k.Auth.ProveRecovery(t.Context(), last, recovery[3]); errs.CodeOf(err) != "auth.recovery" {
			t.Errorf("a recovery code is taken twice: %v", err)
		}

		for range 4 {
			_ = k.Auth.ProveCode(t.Context(), last, wrong)
		}
		if err := k.Auth.ProveCode(t.Context(), last, code(t, k, secret)); errs.CodeOf(err) != "auth.code_locked" {
			t.Errorf("the right code after five wrong ones: %v", err)
		}
		if n := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = 'auth.factor_denied'`); n != 8 {
			t.Errorf("%d refusals on record", n)
		}
		if err := k.Auth.ResetSecondFactor(auth.AsSystem(t.Context(), "test"), last.Actor.ID, "手机丢失"); err != nil {
			t.Fatal(err)
		}
		if got := step(t, k, signOn(t, k, "sec"), auth.ForAdmin); got != auth.StepEnrol {
			t.Errorf("after the reset: %s", got)
		}
	})
}

func TestOneSignOnTwoConsolesOneWayOut(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		id := create(t, k, "wang", "clerk")
		var told []string
		k.Auth.WhenEnded(func(_ context.Context, _ db.Tx, signon, account string) error {
			told = append(told, signon+" "+account)
			return nil
		})
		s := signOn(t, k, "wang")
		open := map[string]auth.Session{}
		for _, audience := range []string{auth.ForStaff, auth.ForAdmin} {
			c, err := k.Auth.HandOver(t.Context(), s, audience, "")
			if err != nil {
				t.Fatal(err)
			}
			open[audience] = c
		}
		list, err := k.Auth.Sessions(t.Context(), id)
		if err != nil || len(list) != 1 || !slices.Equal(list[0].Consoles, []string{"admin", "staff"}) || list[0].Source != "10.0.0.7" {
			t.Fatalf("%+v, %v", list, err)
		}
		other := signOn(t, k, "wang") // at another browser
		if err := k.Auth.Logout(t.Context(), open[auth.ForAdmin]); err != nil {
			t.Fatal(err)
		}
		for audience, c := range open {
			if _, err := k.Auth.Find(t.Context(), audience, c.Token); errs.CodeOf(err) != "auth.signed_out" {
				t.Errorf("%s is still open: %v", audience, err)
			}
		}
		if _, err := k.Auth.Find(t.Context(), auth.ForSSO, s.Token); errs.CodeOf(err) != "auth.signed_out" {
			t.Errorf("the sign-on goes on: %v", err)
		}
		if _, err := k.Auth.HandOver(t.Context(), s, auth.ForStaff, ""); errs.CodeOf(err) != "auth.signed_out" {
			t.Errorf("an ended sign-on opens a console: %v", err)
		}
		if _, err := k.Auth.Find(t.Context(), auth.ForSSO, other.Token); err != nil {
			t.Errorf("another browser is signed out: %v", err)
		}
		if !slices.Equal(told, []string{s.SignOn + " " + id}) {
			t.Errorf("told %v", told)
		}
		if err := k.Auth.Revoke(t.Context(), "somebody", other.SignOn, ""); errs.CodeOf(err) != "auth.no_session" {
			t.Errorf("a stranger's session: %v", err)
		}
		if err := k.Auth.Revoke(t.Context(), id, other.SignOn, "离岗"); err != nil || len(told) != 2 {
			t.Errorf("revoke: %v, told %v", err, told)
		}
	})
}

func TestAnIdleSignOnOpensNothing(t *testing.T) {
	k := kerneltest.New(t)
	create(t, k, "wang", "clerk")
	s := signOn(t, k, "wang")
	k.Clock.Advance(11 * time.Minute)
	if got := step(t, k, s, auth.ForAdmin); got != auth.StepSignIn {
		t.Errorf("management after 11 idle minutes: %s", got)
	}
	if got := step(t, k, s, auth.ForStaff); got != auth.StepDone {
		t.Errorf("workbench after 11 idle minutes: %s", got)
	}
	c, err := k.Auth.HandOver(t.Context(), s, auth.ForStaff, "")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		k.Clock.Advance(9 * time.Minute)
		if _, err := k.Auth.Find(t.Context(), auth.ForStaff, c.Token); err != nil {
			t.Fatal(err)
		}
	}
	if got := step(t, k, fresh(t, k, s), auth.ForAdmin); got != auth.StepDone {
		t.Errorf("work in one console does not count for the sign-on: %s", got)
	}
}

func TestTheSamePersonGoesOnAnotherBeginsAnew(t *testing.T) {
	k := kerneltest.New(t)
	create(t, k, "wang", "clerk")
	create(t, k, "li", "clerk")
	first := signOn(t, k, "wang")
	c, err := k.Auth.HandOver(t.Context(), first, auth.ForStaff, "")
	if err != nil {
		t.Fatal(err)
	}
	again, err := k.Auth.SignIn(from(t, "10.0.0.7"), auth.Try{Login: "wang", Password: password, Old: first.Token})
	if err != nil || again.SignOn != first.SignOn || again.Token == first.Token {
		t.Fatalf("%+v, %v", again, err)
	}
	if _, err := k.Auth.Find(t.Context(), auth.ForSSO, first.Token); errs.CodeOf(err) != "auth.signed_out" {
		t.Error("the old token still holds")
	}
	if _, err := k.Auth.Find(t.Context(), auth.ForStaff, c.Token); err != nil {
		t.Errorf("the console's session is gone: %v", err)
	}
	if _, err := k.Auth.SignIn(from(t, "10.0.0.7"), auth.Try{Login: "li", Password: password, Old: again.Token}); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Auth.Find(t.Context(), auth.ForStaff, c.Token); errs.CodeOf(err) != "auth.signed_out" {
		t.Error("wang's session is left to li")
	}
}

func TestPhoneCode(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		var box letterBox
		k.Auth.UseSMS(&box)
		id := create(t, k, "wang", "clerk")
		if err := k.Auth.SetPhone(auth.AsSystem(t.Context(), "test"), id, mobile); err != nil {
			t.Fatal(err)
		}
		if k.Count(t, `SELECT count(*) FROM auth_account WHERE phone_sealed LIKE '%13900000026%' OR phone_blind LIKE '%13900000026%'`) != 0 {
			t.Error("the number lies in the database")
		}
		if p, err := k.Auth.Phone(t.Context(), id); err != nil || p != mobile {
			t.Errorf("%q, %v", p, err)
		}
		send := func(p vault.Phone) string { return errs.CodeOf(k.Auth.SendCode(from(t, "10.0.0.7"), p)) }
		enter := func(p vault.Phone, c string) string {
			_, err := k.Auth.SignInByCode(from(t, "10.0.0.7"), p, c, "")
			return errs.CodeOf(err)
		}

		if c := send("13911111111"); c != "" || len(box.codes) != 0 {
			t.Errorf("a number that nobody has: %q, %d sent", c, len(box.codes))
		}
		if c := send(mobile); c != "" {
			t.Fatal(c)
		}
		if c := send(mobile); c != "auth.phone_soon" {
			t.Errorf("a second code at once: %q", c)
		}
		sent := box.last(t)
		if k.Count(t, `SELECT count(*) FROM auth_code WHERE code LIKE '%'||$1||'%'`, sent) != 0 {
			t.Error("the code lies in the database")
		}
		if c := enter("13911111111", sent); c != "auth.phone_code" {
			t.Errorf("with another number: %q", c)
		}
		if c := enter(mobile, sent); c != "" {
			t.Errorf("right: %q", c)
		}
		if c := enter(mobile, sent); c != "auth.phone_code" {
			t.Errorf("replayed: %q", c)
		}

		k.Clock.Advance(time.Minute)
		if c := send(mobile); c != "" {
			t.Fatal(c)
		}
		sent = box.last(t)
		for range 5 {
			if c := enter(mobile, wrongOf(sent)); c != "auth.phone_code" {
				t.Errorf("wrong: %q", c)
			}
		}
		if c := enter(mobile, sent); c != "auth.phone_code" {
			t.Errorf("right after five wrong ones: %q", c)
		}

		k.Clock.Advance(time.Minute)
		if c := send(mobile); c != "" {
			t.Fatal(c)
		}
		k.Clock.Advance(5 * time.Minute)
		if c := enter(mobile, box.last(t)); c != "auth.phone_code" {
			t.Errorf("expired: %q", c)
		}
		var codes []string
		for range 9 {
			k.Clock.Advance(time.Minute)
			codes = append(codes, send(mobile))
		}
		if !slices.Contains(codes, "auth.phone_many") || codes[5] != "" {
			t.Errorf("codes in a day: %v", codes)
		}
	})
}

func wrongOf(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

// A hundred guesses at once get no more looks at the code than the limit, and the right one counts once.
func TestParallelCodes(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		var box letterBox
		k.Auth.UseSMS(&box)
		id := create(t, k, "wang", "clerk")
		if err := k.Auth.SetPhone(auth.AsSystem(t.Context(), "test"), id, mobile); err != nil {
			t.Fatal(err)
		}
		if err := k.Auth.SendCode(from(t, "10.0.0.7"), mobile); err != nil {
			t.Fatal(err)
		}
		var in atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, err := k.Auth.SignInByCode(from(t, "10.0.0.7"), mobile, box.last(t), ""); err == nil {
					in.Add(1)
				}
			})
		}
		wg.Wait()
		if in.Load() != 1 {
			t.Errorf("one code opened %d sign-ons", in.Load())
		}
	})
}

func TestOneAccountFromEverywhereAndUnlock(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		id := create(t, k, "wang", "clerk")
		try := func(source, pw string) string {
			_, err := k.Auth.SignIn(from(t, source), auth.Try{Login: "wang", Password: pw})
			return errs.CodeOf(err)
		}
		for range 9 {
			try("10.0.1.9", "wrong") // five are looked at
		}
		if c := try("10.0.0.2", password); c != "" {
			t.Errorf("one source locks the account for all: %q", c)
		}
		for i := range 4 {
			for range 5 {
				try("10.0.1."+string(rune('1'+i)), "wrong")
			}
		}
		if c := try("10.0.0.2", password); c != "auth.locked" {
			t.Errorf("after twenty failures from four places: %q", c)
		}
		if n := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = 'auth.alarm'`); n != 1 {
			t.Errorf("%d alarms", n)
		}
		if until, err := k.Auth.LockedUntil(t.Context(), id); err != nil || until.IsZero() {
			t.Errorf("locked until %v, %v", until, err)
		}
		if err := k.Auth.Unlock(auth.AsSystem(t.Context(), "test"), id, "本人核实"); err != nil {
			t.Fatal(err)
		}
		for _, source := range []string{"10.0.0.2", "10.0.1.1"} {
			if c := try(source, password); c != "" {
				t.Errorf("unlocked, from %s: %q", source, c)
			}
		}
		if until, err := k.Auth.LockedUntil(t.Context(), id); err != nil || !until.IsZero() {
			t.Errorf("locked until %v, %v", until, err)
		}
	})
}

func TestAFirstPasswordOpensOnlyItsChange(t *testing.T) {
	k := kerneltest.New(t)
	_, err := k.Auth.Create(auth.AsSystem(t.Context(), "init"),
		auth.Account{Login: "wang", Name: "王芳", Roles: []string{"clerk"}, MustChange: true}, password)
	if err != nil {
		t.Fatal(err)
	}
	s := signOn(t, k, "wang")
	if got := step(t, k, s, auth.ForStaff); got != auth.StepPassword {
		t.Fatalf("step %s", got)
	}
	if _, err := k.Auth.OwnPassword(from(t, "10.0.0.7"), s, password); errs.CodeOf(err) != "auth.used_password" {
		t.Errorf("the same again: %v", err)
	}
	next, err := k.Auth.OwnPassword(from(t, "10.0.0.7"), s, "Quite-Another-8")
	if err != nil {
		t.Fatal(err)
	}
	if got := step(t, k, fresh(t, k, next), auth.ForStaff); got != auth.StepDone {
		t.Errorf("step %s", got)
	}
	if _, err := k.Auth.OwnPassword(from(t, "10.0.0.7"), fresh(t, k, next), "Third-Of-Them-7"); errs.CodeOf(err) != "auth.step" {
		t.Errorf("a change without the old password: %v", err)
	}
	if _, err := k.Auth.Find(t.Context(), auth.ForSSO, s.Token); errs.CodeOf(err) != "auth.signed_out" {
		t.Error("the sign-on with the old password goes on")
	}
}

func TestCitizenByPhone(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		var box letterBox
		k.Auth.UseSMS(&box)
		if err := k.Auth.SendCitizenCode(from(t, "10.0.0.7"), mobile); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Auth.SignInByCode(from(t, "10.0.0.7"), mobile, box.last(t), ""); errs.CodeOf(err) != "auth.phone_code" {
			t.Errorf("a citizen's code opens an office: %v", err)
		}
		s, err := k.Auth.SignInCitizen(from(t, "10.0.0.7"), mobile, box.last(t))
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.Auth.Find(t.Context(), auth.ForCitizen, s.Token)
		if err != nil || got.Actor.Kind != auth.Citizen || got.Actor.ID != k.Vault.Blind("person.phone", string(mobile)) {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := k.Auth.Find(t.Context(), auth.ForStaff, s.Token); err == nil {
			t.Error("a citizen's token opens the workbench")
		}
		if err := k.Auth.EndCitizen(t.Context(), s.Token); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Auth.Find(t.Context(), auth.ForCitizen, s.Token); errs.CodeOf(err) != "auth.signed_out" {
			t.Error("out, still in")
		}
	})
}

func TestLinkedAccounts(t *testing.T) {
	k := kerneltest.New(t)
	id := create(t, k, "wang", "clerk")
	const issuer, subject = "https://id.example.gov.cn", "P-0001"
	if _, err := k.Auth.Linked(t.Context(), issuer, subject); errs.CodeOf(err) != "auth.not_linked" {
		t.Errorf("%v", err)
	}
	sys := auth.AsSystem(t.Context(), "test")
	if err := k.Auth.Link(sys, issuer, subject, id, "核对过身份证"); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Auth.Linked(t.Context(), issuer, subject); err != nil || got != id {
		t.Errorf("%s, %v", got, err)
	}
	if err := k.Auth.Link(sys, issuer, subject, id, ""); errs.CodeOf(err) != "auth.linked" {
		t.Errorf("twice: %v", err)
	}
}
