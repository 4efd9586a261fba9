package httpx_test

import (
	"net/http"
	"testing"

	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
)

const refusals = `SELECT count(*) FROM kernel_audit WHERE action = 'auth.refused' AND object = 'desk-list' AND result = 'denied'`

// Reaching for what is not one's own leaves exactly one record; nobody signed in leaves none; and where the record cannot
// be written, the caller does not even learn that it was refused.
func TestReachingForWhatIsNotOnesOwnIsRecorded(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		_, c := signedIn(t, k)
		if r := c.do("GET", "/api/staff/v1/desk/cases", ""); r.Code != http.StatusForbidden {
			t.Fatalf("%d", r.Code)
		}
		if n := k.Count(t, refusals); n != 1 {
			t.Errorf("%d records", n)
		}
		stranger := &client{t: t, h: k.HTTP.Handler()}
		if r := stranger.do("GET", "/api/staff/v1/desk/cases", ""); r.Code != http.StatusUnauthorized || k.Count(t, refusals) != 1 {
			t.Errorf("a stranger: %d, %d records", r.Code, k.Count(t, refusals))
		}
		k.Break(t, "kernel_audit")
		if r := c.do("GET", "/api/staff/v1/desk/cases", ""); r.Code != http.StatusServiceUnavailable {
			t.Errorf("without a record: %d", r.Code)
		}
	})
}

// A rule inside of an act that says no is the same as a permission that is missing, and its key stays free.
func TestARefusalInsideIsRecorded(t *testing.T) {
	k := kerneltest.New(t)
	d, c := signedIn(t, k)
	d.err = errs.E(errs.Forbidden, "desk.not_yours", "不是您的办件", nil)
	body := `{"reason":"材料齐全"}`
	if r := c.do("POST", "/api/staff/v1/desk/cases/1/accept", body, "Idempotency-Key", "k-12345678"); r.Code != http.StatusForbidden {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	if n := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = 'auth.refused' AND object = 'desk-accept'`); n != 1 {
		t.Errorf("%d records", n)
	}
	d.err = nil
	if r := c.do("POST", "/api/staff/v1/desk/cases/1/accept", body, "Idempotency-Key", "k-12345678"); r.Code != http.StatusOK {
		t.Errorf("again: %d %s", r.Code, r.Body)
	}
}
