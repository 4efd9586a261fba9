package app

import (
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/store"
)

// standing is how an item stands at an instant, since when and why (实施状态). The zero value is an item in use.
type standing struct {
	is     catalogue.Standing
	since  int64
	reason string
}

// standings works out how each item stands at an instant from the adjustments made: the last one whose day has come counts. Splits
// and merges are plans; the end of the old item is an adjustment of its own, made when its successors are published.
func standings(ops []store.Operation, at int64) map[string]standing {
	out := map[string]standing{}
	for _, o := range ops {
		if o.Effective > at {
			break
		}
		switch o.Kind {
		case catalogue.OpSuspend:
			out[o.Code] = standing{catalogue.Suspended, o.Effective, o.Reason}
		case catalogue.OpCancel:
			out[o.Code] = standing{catalogue.Cancelled, o.Effective, o.Reason}
		case catalogue.OpResume:
			out[o.Code] = standing{catalogue.Active, o.Effective, o.Reason}
		default:
		}
	}
	return out
}

// day is the date in China of an instant.
func day(ms int64) string { return db.FromMs(ms).In(clock.Shanghai).Format(time.DateOnly) }

// dayStart is 00:00 in China of a date, and whether it is one.
func dayStart(date string) (int64, bool) {
	t, err := time.ParseInLocation(time.DateOnly, date, clock.Shanghai)
	if err != nil {
		return 0, false
	}
	return db.Ms(t), true
}
