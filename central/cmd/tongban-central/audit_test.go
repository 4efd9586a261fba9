package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the forger's own way into the database

	"tongban/central/kernel/audit"
)

// runs calls the program as the operator does.
func runs(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, &out)
	return out.String(), err
}

func verified(t *testing.T, args ...string) (r audit.Report, err error) {
	t.Helper()
	out, err := runs(t, append([]string{"audit", "verify"}, args...)...)
	if strings.Count(out, "\n") != 1 || json.Unmarshal([]byte(out), &r) != nil {
		t.Fatalf("no single line of JSON: %q, %v", out, err)
	}
	return r, err
}

// Somebody with the whole database, who also drops the guards and sets the head back, is found by the checkpoints that were
// shipped elsewhere; the program ends with status 1 and says in a sentence where.
func TestAuditVerifyAgainstAnotherMachine(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a centre")
	}
	elsewhere, data := t.TempDir(), filepath.Join(t.TempDir(), "data")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	said := &lines{}
	go func() { _ = auditReceive(ctx, []string{"--listen", "127.0.0.1:0", "--checkpoints", elsewhere}, said) }()
	var up struct{ URL string }
	for range 100 {
		if json.Unmarshal(said.first(), &up) == nil && up.URL != "" {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	here := []string{"--data", data, "--audit-ship", up.URL}
	if _, err := runs(t, append([]string{"init"}, here...)...); err != nil {
		t.Fatal(err)
	}
	if r, err := verified(t, here...); err != nil || !r.OK || r.Covered != 0 {
		t.Fatalf("fresh: %+v, %v", r, err)
	}
	if out, err := runs(t, append([]string{"audit", "checkpoint"}, here...)...); err != nil || !strings.Contains(out, `"shipped":1`) {
		t.Fatalf("%s, %v", out, err)
	}
	whole, err := verified(t, here...)
	if err != nil || !whole.OK || whole.Covered != whole.Count || whole.Count < 3 {
		t.Fatalf("%+v, %v", whole, err)
	}

	d, err := sql.Open("sqlite", filepath.Join(data, "tongban.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	for _, s := range []string{
		`DROP TRIGGER kernel_audit_no_delete`, `DROP TRIGGER kernel_audit_head_forward`,
		`DELETE FROM kernel_audit WHERE seq > 2`,
		`UPDATE kernel_audit_head SET count = 2, hash = (SELECT hash FROM kernel_audit WHERE seq = 2)`,
	} {
		if _, err := d.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	r, err := verified(t, here...)
	var code exitCode
	if !errors.As(err, &code) || code != 1 || r.OK || r.BadSeq != 3 || !strings.Contains(words(err), "第 3 条") {
		t.Errorf("cut tail: %+v, %v", r, err)
	}
	if r, err := verified(t, "--data", data, "--checkpoints", elsewhere); err == nil || r.BadSeq != 3 {
		t.Errorf("by the folder itself: %+v, %v", r, err)
	}
	// Without the place elsewhere the forger would have got away with it: this is what it is for.
	if r, err := verified(t, "--data", data, "--checkpoints", t.TempDir()); err != nil || !r.OK {
		t.Errorf("without checkpoints: %+v, %v", r, err)
	}
}
