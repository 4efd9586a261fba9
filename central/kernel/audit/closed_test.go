package audit_test

import (
	"testing"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
)

// Nobody signs in unseen, and nobody guesses unseen: without the record a right password opens nothing, and a wrong one is
// not even told to be wrong.
func TestNobodySignsInUnseen(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		const password = "Correct-Horse-9"
		ctx := auth.AsSystem(t.Context(), "init")
		if _, err := k.Auth.Create(ctx, auth.Account{Login: "wang", Name: "王芳", Roles: []string{"clerk"}}, password); err != nil {
			t.Fatal(err)
		}
		k.Break(t, "kernel_audit")
		for _, p := range []string{password, "wrong-Horse-9"} {
			s, err := k.Auth.Login(t.Context(), "wang", p, "")
			if errs.KindOf(err) != errs.Unavailable || s.Token != "" {
				t.Errorf("%s: %v", p, err)
			}
		}
		if n := k.Count(t, `SELECT count(*) FROM auth_session`); n != 0 {
			t.Errorf("%d sessions", n)
		}
		k.Mend(t, "kernel_audit")
		before := k.AuditCount(t)
		if _, err := k.Auth.Login(t.Context(), "wang", password, ""); err != nil {
			t.Fatal(err)
		}
		_, _ = k.Auth.Login(t.Context(), "wang", "wrong-Horse-9", "")
		denied := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = 'auth.login_denied' AND result = 'denied' AND seq > $1`, before)
		if logins := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = 'auth.login' AND seq > $1`, before); logins != 1 || denied != 1 {
			t.Errorf("%d sign-ins and %d refusals are recorded", logins, denied)
		}
	})
}
