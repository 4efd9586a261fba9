package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/fleet"
	"tongban/fleet/migrations"
	"tongban/fleet/wire"
)

func each(t *testing.T, f func(t *testing.T, k *kerneltest.Kit, do func(func(tx db.Tx) error))) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		k.Migrate(t, db.Migrations{Name: "fleet", FS: migrations.FS})
		f(t, k, func(act func(tx db.Tx) error) {
			t.Helper()
			if err := k.DB.Do(t.Context(), act); err != nil {
				t.Fatal(err)
			}
		})
	})
}

func TestTerminalKeepsWhatItIs(t *testing.T) {
	each(t, func(t *testing.T, k *kerneltest.Kit, do func(func(tx db.Tx) error)) {
		ctx := t.Context()
		plan := fleet.Terminal{Code: "K-01", Number: 7, Model: "kiosk-21", Place: "涪城区政务服务中心", Label: "3号机", Region: "510703"}
		want := Row{Terminal: plan, CertPEM: "pem", Public: []byte{1, 2, 0, 255}}
		want.State, want.Epoch, want.Hardware, want.CertSerial = fleet.Active, 1, "hw", "ab"
		want.CertUntil, want.EnrolledAt, want.LastSeen = k.Clock.Now().AddDate(1, 0, 0).UTC(), k.Clock.Now().UTC(), k.Clock.Now().UTC()
		want.Online = true
		want.Status = wire.Status{Terminal: "K-01", Online: true, Devices: []wire.DeviceStatus{{Name: "r", Kind: "idcard", State: "online"}}, Queue: map[wire.Lane]int{wire.LaneCase: 2}}
		do(func(tx db.Tx) error {
			if err := Plan(ctx, tx, plan); err != nil {
				return err
			}
			if err := Enrol(ctx, tx, want); err != nil {
				return err
			}
			return SetStatus(ctx, tx, "K-01", want.Status)
		})
		var got Row
		do(func(tx db.Tx) (err error) { got, err = Terminal(ctx, tx, "K-01"); return err })
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("terminal (-want +got):\n%s", d)
		}

		// A new plan moves the machine and leaves its enrolment and its number alone.
		moved := plan
		moved.Place, moved.Number = "游仙区政务服务中心", 9
		do(func(tx db.Tx) error { return Plan(ctx, tx, moved) })
		do(func(tx db.Tx) (err error) { got, err = Terminal(ctx, tx, "K-01"); return err })
		if got.Place != moved.Place || got.Number != 7 || got.State != fleet.Active || got.Epoch != 1 {
			t.Errorf("after a new plan: %+v", got.Terminal)
		}
		do(func(tx db.Tx) error {
			other, err := NumberTaken(ctx, tx, 7)
			if err == nil && other != "K-01" {
				t.Errorf("number 7 belongs to %q", other)
			}
			return err
		})
	})
}

func TestLastCase(t *testing.T) {
	each(t, func(t *testing.T, k *kerneltest.Kit, do func(func(tx db.Tx) error)) {
		ctx := t.Context()
		do(func(tx db.Tx) error {
			for id, no := range map[string]string{
				"1": "MY261126-001-0009-1", "2": "MY261126-001-0100-2", "3": "MY261125-001-0999-3", "4": "MY261126-002-0500-4", "5": "",
			} {
				if _, fresh, err := Take(ctx, tx, Envelope{ID: id, Terminal: "K-01", Lane: wire.LaneCase, Kind: wire.KindSubmission}); err != nil || !fresh {
					t.Errorf("take %s: fresh %v, %v", id, fresh, err)
				}
				if err := SetCase(ctx, tx, id, no); err != nil {
					return err
				}
			}
			return nil
		})
		for prefix, want := range map[string]string{"MY261126-001-": "MY261126-001-0100-2", "MY261127-001-": ""} {
			do(func(tx db.Tx) error {
				got, err := LastCase(ctx, tx, "K-01", prefix)
				if err == nil && got != want {
					t.Errorf("last of %s: %q, want %q", prefix, got, want)
				}
				return err
			})
		}
	})
}

func TestUploadsAreCounted(t *testing.T) {
	each(t, func(t *testing.T, k *kerneltest.Kit, do func(func(tx db.Tx) error)) {
		ctx := t.Context()
		counts := func(digest string) (others, own int64) {
			do(func(tx db.Tx) (err error) {
				others, own, err = Uploaded(ctx, tx, "K-01", digest, k.Clock.Now().Add(-24*time.Hour))
				return err
			})
			return others, own
		}
		do(func(tx db.Tx) error {
			for d, n := range map[string]int64{"a": 10, "b": 20} {
				if err := StartFile(ctx, tx, "K-01", d, n); err != nil {
					return err
				}
			}
			return StartFile(ctx, tx, "K-02", "c", 40)
		})
		if others, own := counts("a"); others != 20 || own != 10 {
			t.Errorf("counted %d and %d, want 20 and 10", others, own)
		}
		do(func(tx db.Tx) error { return DropFile(ctx, tx, "K-01", "b") })
		if others, own := counts("x"); others != 10 || own != 0 {
			t.Errorf("counted %d and %d, want 10 and 0", others, own)
		}
		k.Clock.Advance(25 * time.Hour)
		if others, own := counts("a"); others != 0 || own != 10 {
			t.Errorf("a day later %d and %d, want 0 and 10", others, own)
		}
	})
}
