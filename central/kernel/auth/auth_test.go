package auth_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
)

const password = "Correct-Horse-9"

func from(t testing.TB, source string) context.Context {
	return actor.WithOrigin(context.WithoutCancel(t.Context()), actor.Origin{Source: source})
}

func create(t *testing.T, k *kerneltest.Kit, login string, roles ...string) string {
	t.Helper()
	id, err := k.Auth.Create(auth.AsSystem(t.Context(), "init"),
		auth.Account{Login: login, Name: "王芳", Desk: "B 区 12 号窗", Department: "市政务服务中心", Roles: roles}, password)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func login(t *testing.T, k *kerneltest.Kit, name, old string) auth.Session {
	t.Helper()
	s, err := k.Auth.Login(from(t, "10.0.0.7"), name, password, old)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLoginGivesASession(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		id := create(t, k, "Wang.Fang", "audit-admin")
		s := login(t, k, " wang.fang ", "")
		got, err := k.Auth.Find(t.Context(), auth.ForStaff, s.Token)
		if err != nil || got.Actor.ID != id || got.Actor.Kind != auth.Staff || got.Actor.Desk != "B 区 12 号窗" {
			t.Fatalf("%+v, %v", got.Actor, err)
		}
		if !got.Actor.Can("audit:read") || got.Actor.Can("window:accept") || got.Actor.Can("") {
			t.Errorf("holds %v", got.Actor.Permissions())
		}
		if _, err := k.Auth.Find(t.Context(), auth.ForAdmin, s.Token); errs.CodeOf(err) != "auth.signed_out" {
			t.Errorf("a token of the workbench opens the management: %v", err)
		}
		if !got.ValidCSRF(s.CSRF) || got.ValidCSRF("") || got.ValidCSRF(s.CSRF+"x") || s.CSRF == s.Token {
			t.Error("csrf")
		}
		if k.Count(t, `SELECT count(*) FROM auth_session WHERE id = $1 OR csrf = $1`, s.Token) != 0 {
			t.Error("the token itself lies in the database")
		}
		if k.Count(t, `SELECT count(*) FROM auth_account WHERE password LIKE '%Horse%'`) != 0 {
			t.Error("the password itself lies in the database")
		}
	})
}

func TestOneAnswerToEveryWrongLogin(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		id := create(t, k, "wang", "clerk")
		closed := create(t, k, "closed", "clerk")
		if err := k.Auth.Disable(auth.AsSystem(t.Context(), "test"), closed, "离职"); err != nil {
			t.Fatal(err)
		}
		_ = id
		for _, try := range [][2]string{{"wang", "wrong"}, {"nobody", password}, {"closed", password}, {"", ""}, {"wang", ""}} {
			_, err := k.Auth.Login(from(t, "10.0.0.8"), try[0], try[1], "")
			if errs.CodeOf(err) != "auth.denied" || errs.KindOf(err) != errs.Unauthorised {
				t.Errorf("%v: %v", try, err)
			}
		}
		if n := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = 'auth.login_denied'`); n != 5 {
			t.Errorf("%d denied logins are on record", n)
		}
		if k.Count(t, `SELECT count(*) FROM kernel_audit WHERE object LIKE '%nobody%'`) != 0 {
			t.Error("what was typed as login lies in the audit")
		}
	})
}

func TestLockout(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		create(t, k, "wang", "clerk")
		try := func(source, pw string) string {
			_, err := k.Auth.Login(from(t, source), "wang", pw, "")
			return errs.CodeOf(err)
		}
		for range 5 {
			if c := try("10.0.0.1", "wrong"); c != "auth.denied" {
				t.Fatal(c)
			}
		}
		if c := try("10.0.0.1", password); c != "auth.locked" {
			t.Errorf("the right password after five wrong ones: %q", c)
		}
		if c := try("10.0.0.2", password); c != "" {
			t.Errorf("from her own desk: %q", c)
		}
		k.Clock.Advance(15*time.Minute - time.Second)
		if c := try("10.0.0.1", password); c != "auth.locked" {
			t.Errorf("a second early: %q", c)
		}
		k.Clock.Advance(2 * time.Second)
		if c := try("10.0.0.1", password); c != "" {
			t.Errorf("after the lock: %q", c)
		}
		for range 4 {
			try("10.0.0.1", "wrong")
		}
		if c := try("10.0.0.1", password); c != "" {
			t.Errorf("the fifth is right: %q", c)
		}
		for range 4 {
			try("10.0.0.1", "wrong")
		}
		if c := try("10.0.0.1", password); c != "" {
			t.Errorf("a right password did not forgive: %q", c)
		}
	})
}

func TestOneSourceCannotTryEveryAccount(t *testing.T) {
	k := kerneltest.New(t)
	create(t, k, "wang", "clerk")
	denied, locked := 0, 0
	for i := range 40 {
		_, err := k.Auth.Login(from(t, "10.9.9.9"), "user"+string(rune('a'+i%26))+string(rune('a'+i/26)), "wrong", "")
		switch errs.CodeOf(err) {
		case "auth.denied":
			denied++
		case "auth.locked":
			locked++
		}
	}
	if denied != 30 || locked != 10 {
		t.Errorf("%d denied, %d locked", denied, locked)
	}
	if _, err := k.Auth.Login(from(t, "10.0.0.1"), "wang", password, ""); err != nil {
		t.Errorf("others suffer: %v", err)
	}
}

// A hundred guesses at once get no more looks at the password than the limit.
func TestParallelGuesses(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		create(t, k, "wang", "clerk")
		var denied, other atomic.Int64
		var wg sync.WaitGroup
		for range 60 {
			wg.Go(func() {
				_, err := k.Auth.Login(from(t, "10.0.0.1"), "wang", "wrong", "")
				switch errs.CodeOf(err) {
				case "auth.denied":
					denied.Add(1)
				case "auth.locked", "auth.busy":
				default:
					other.Add(1)
					t.Log(err)
				}
			})
		}
		wg.Wait()
		if denied.Load() != 5 || other.Load() != 0 {
			t.Errorf("%d passwords were looked at, %d other answers", denied.Load(), other.Load())
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		id := create(t, k, "wang", "clerk")
		alive := func(s auth.Session) bool {
			_, err := k.Auth.Find(t.Context(), auth.ForStaff, s.Token)
			if err != nil && errs.KindOf(err) != errs.Unauthorised {
				t.Fatal(err)
			}
			return err == nil
		}

		s := login(t, k, "wang", "")
		for range 20 { // busy all morning
			k.Clock.Advance(14 * time.Minute)
			if !alive(s) {
				t.Fatal("ended while in use")
			}
		}
		k.Clock.Advance(15 * time.Minute)
		if alive(s) {
			t.Error("idle for 15 minutes, still open")
		}

		s = login(t, k, "wang", "")
		for range 34 {
			k.Clock.Advance(14 * time.Minute)
			alive(s)
		}
		k.Clock.Advance(5 * time.Minute) // 8 h 1 min
		if alive(s) {
			t.Error("older than 8 hours, still open")
		}

		a := login(t, k, "wang", "")
		b := login(t, k, "wang", a.Token)
		if a.Token == b.Token || alive(a) || !alive(b) {
			t.Error("signing in does not rotate the session")
		}
		if err := k.Auth.Logout(t.Context(), b); err != nil || alive(b) {
			t.Errorf("signed out, still open: %v", err)
		}

		a, b = login(t, k, "wang", ""), login(t, k, "wang", "")
		if err := k.Auth.LogoutAll(t.Context(), id); err != nil || alive(a) || alive(b) {
			t.Errorf("logout everywhere: %v", err)
		}

		s = login(t, k, "wang", "")
		if err := k.Auth.Disable(t.Context(), id, "离职"); err != nil || alive(s) {
			t.Errorf("disable: %v", err)
		}
		if err := k.Auth.Enable(t.Context(), id, "回来了"); err != nil || alive(s) {
			t.Errorf("enable: %v", err)
		}
		s = login(t, k, "wang", "")
		if err := k.Auth.SetPassword(t.Context(), id, password+"x"); err != nil || alive(s) {
			t.Errorf("password: %v", err)
		}
		for _, token := range []string{"", "x", strings.Repeat("x", 1000), s.CSRF} {
			if _, err := k.Auth.Find(t.Context(), auth.ForStaff, token); errs.KindOf(err) != errs.Unauthorised {
				t.Errorf("token %q: %v", token, err)
			}
		}
		if err := k.Auth.Sweep(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestChangePassword(t *testing.T) {
	k := kerneltest.New(t)
	create(t, k, "wang", "clerk")
	s := login(t, k, "wang", "")
	ctx := auth.As(from(t, "10.0.0.7"), s.Actor)
	if err := k.Auth.ChangePassword(ctx, "wrong", "Another-Horse-8"); errs.CodeOf(err) != "auth.old_password" {
		t.Error(err)
	}
	if err := k.Auth.ChangePassword(ctx, password, "short"); errs.CodeOf(err) != "auth.weak_password" {
		t.Error(err)
	}
	if err := k.Auth.ChangePassword(ctx, password, "Another-Horse-8"); err != nil {
		t.Error(err)
	}
	if _, err := k.Auth.Login(from(t, "10.0.0.7"), "wang", "Another-Horse-8", ""); err != nil {
		t.Error(err)
	}
}

func TestCreateRefuses(t *testing.T) {
	k := kerneltest.New(t)
	create(t, k, "wang", "clerk")
	tests := []struct {
		a    auth.Account
		pw   string
		code string
	}{
		{auth.Account{Login: "WANG", Name: "x"}, password, "auth.login_taken"},
		{auth.Account{Login: "a"}, password, "auth.incomplete"},
		{auth.Account{Login: "a", Name: "x", Roles: []string{"king"}}, password, "auth.unknown_role"},
		{auth.Account{Login: "a", Name: "x", Roles: []string{"clerk", "audit-admin"}}, password, "auth.roles_apart"},
		{auth.Account{Login: "a", Name: "x"}, "password", "auth.weak_password"},
	}
	for _, tt := range tests {
		if _, err := k.Auth.Create(t.Context(), tt.a, tt.pw); errs.CodeOf(err) != tt.code {
			t.Errorf("%+v: %v, want %s", tt.a, err, tt.code)
		}
	}
}

func TestMay(t *testing.T) {
	clerk := auth.Actor{Kind: auth.Staff, ID: "1"}.Granted("window:accept")
	tests := []struct {
		who  auth.Actor
		perm string
		want errs.Kind // 0 where allowed
		ok   bool
	}{
		{auth.Actor{}, auth.Public, 0, true},
		{auth.Actor{}, auth.Self, errs.Unauthorised, false},
		{auth.Actor{}, "window:accept", errs.Unauthorised, false},
		{clerk, auth.Self, 0, true},
		{clerk, "window:accept", 0, true},
		{clerk, "window:reject", errs.Forbidden, false},
		{clerk, "", errs.Forbidden, false},
		{clerk, "window", errs.Forbidden, false},
		{auth.Actor{Kind: auth.Terminal, ID: "t"}, "kiosk:submit", errs.Forbidden, false},
		{auth.Actor{Kind: auth.System, ID: "job"}, "window:accept", 0, true},
	}
	for _, tt := range tests {
		err := auth.May(auth.As(t.Context(), tt.who), tt.perm)
		if (err == nil) != tt.ok || !tt.ok && errs.KindOf(err) != tt.want {
			t.Errorf("%v %q: %v", tt.who, tt.perm, err)
		}
	}
}

func TestRoles(t *testing.T) {
	r, err := auth.NewRoles(
		auth.Permission{Name: "window:accept", Title: "受理", Roles: []string{"clerk", "supervisor"}},
		auth.Permission{Name: "window:assign", Title: "派件", Roles: []string{"supervisor"}},
	)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"window:accept", "window:assign"}, r.Grants("clerk", "supervisor", "nobody")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"clerk", "supervisor"}, r.Holders("window:accept")); d != "" {
		t.Error(d)
	}
	for name, p := range map[string][]auth.Permission{
		"unknown role": {{Name: "a:b", Roles: []string{"king"}}},
		"bad name":     {{Name: "ab"}},
		"twice":        {{Name: "a:b"}, {Name: "a:b"}},
	} {
		if _, err := auth.NewRoles(p...); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// On a busy morning the writers have a queue. That a console is in use is noted beside it: a request that waited for the queue, only to
// give up, made every page half a second late, and the note was tried again by each request after it.
func TestTheLastRequestIsNotedBesideTheQueueOfWriters(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		create(t, k, "wang", "clerk")
		s := login(t, k, "wang", "")
		before := k.Count(t, `SELECT seen FROM auth_session`)
		k.Clock.Advance(2 * time.Minute)
		mine, release, written := make(chan struct{}), make(chan struct{}), make(chan error)
		go func() {
			written <- k.DB.Do(context.Background(), func(db.Tx) error { mine <- struct{}{}; <-release; return nil })
		}()
		<-mine
		_, err := k.Auth.Find(t.Context(), auth.ForStaff, s.Token)
		if err != nil {
			t.Errorf("a request while somebody writes: %v", err)
		}
		noted := k.Count(t, `SELECT seen FROM auth_session`) > before
		close(release)
		if err := <-written; err != nil {
			t.Fatal(err)
		}
		if k.DB.Dialect() == db.Postgres && !noted {
			t.Error("the request waited for the writers and was not noted")
		}
		if _, err := k.Auth.Find(t.Context(), auth.ForStaff, s.Token); err != nil || k.Count(t, `SELECT seen FROM auth_session`) <= before {
			t.Errorf("the next request is not noted: %v", err)
		}
	})
}
