package auth_test

import (
	"fmt"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
)

// The last five passwords are not taken again, the sixth before is; one older than 90 days opens only its change; one that
// somebody else made does so for seven days.
func TestPasswordsAgeAndDoNotComeBack(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		id := create(t, k, "wang", "clerk")
		ctx := auth.AsSystem(t.Context(), "test")
		nth := func(n int) string { return fmt.Sprintf("Ferry&Lantern-%d", n) }
		for n := range 5 {
			k.Clock.Advance(time.Minute)
			if err := k.Auth.SetPassword(ctx, id, nth(n)); err != nil {
				t.Fatal(err)
			}
		}
		for n := range 5 {
			if err := k.Auth.SetPassword(ctx, id, nth(n)); errs.CodeOf(err) != "auth.used_password" {
				t.Errorf("password %d of the last five: %v", n, err)
			}
		}
		k.Clock.Advance(time.Minute)
		if err := k.Auth.SetPassword(ctx, id, password); err != nil {
			t.Errorf("the sixth before: %v", err)
		}

		k.Clock.Advance(90*24*time.Hour - time.Minute)
		if got := step(t, k, signOn(t, k, "wang"), auth.ForStaff); got != auth.StepDone {
			t.Errorf("a minute before 90 days: %s", got)
		}
		k.Clock.Advance(2 * time.Minute)
		if got := step(t, k, signOn(t, k, "wang"), auth.ForStaff); got != auth.StepPassword {
			t.Errorf("after 90 days: %s", got)
		}

		once, err := k.Auth.ResetPassword(ctx, id, "忘记密码")
		if err != nil {
			t.Fatal(err)
		}
		k.Clock.Advance(7*24*time.Hour + time.Minute)
		if _, err := k.Auth.Login(from(t, "10.0.0.7"), "wang", once, ""); err == nil {
			t.Error("a one-time password of last week opens the account")
		}
	})
}
