package store

import (
	"slices"
	"strconv"
	"strings"
)

// Measures are the columns of the sums by day (度量), in their order in Sums.
var Measures = []string{
	"received", "remote", "exempt", "accepted", "tolerated", "ended", "granted", "refused", "withdrawn", "on_spot", "promised", "on_time", "early", "illegal",
	"promised_days", "statutory_days", "used_days", "stopped_days", "noticed", "noticed_again", "rated", "liked", "disliked", "tickets", "wait_seconds", "serve_seconds",
}

// MeasureCount is how many there are.
const MeasureCount = 26

// Sums are the values of all measures.
type Sums [MeasureCount]int64

// Index returns the place of a measure, -1 for a name that is none.
func Index(measure string) int { return slices.Index(Measures, measure) }

// Of makes sums of single measures. A name that is no measure is a mistake of the program.
func Of(values map[string]int64) Sums {
	var s Sums
	for name, v := range values {
		s[Index(name)] = v
	}
	return s
}

// Plus returns the sum of both.
func (s Sums) Plus(o Sums) Sums {
	for i := range s {
		s[i] += o[i]
	}
	return s
}

// Minus returns the difference.
func (s Sums) Minus(o Sums) Sums {
	for i := range s {
		s[i] -= o[i]
	}
	return s
}

// Dims are the ways in which days are summed (维度).
const (
	DimPlace   = "place" // one name, ''; region and department are columns of every row
	DimItem    = "item"
	DimWindow  = "window"
	DimChannel = "channel"
	DimHall    = "hall"
)

// Key says which row of the sums.
type Key struct{ Dim, Day, Name, Region, Department string }

// Row is one case in the ledger of the statistics.
type Row struct {
	No, Item, ItemName, Region, Department, Hall, Window, Channel, State string
	Received, Accepted, Closed                                           string // days
	Promised, Statutory, Used, Stopped                                   int    // days
	Overdue, Illegal, Notices, Tolerated, Exempt                         int
}

const rowColumns = `no, item, item_name, region, department, hall, at_window, channel, state, received, accepted, closed, promised, statutory, used, stopped, overdue, illegal, notices, tolerated, exempt`

func (r *Row) fields() []any {
	return []any{
		&r.No, &r.Item, &r.ItemName, &r.Region, &r.Department, &r.Hall, &r.Window, &r.Channel, &r.State, &r.Received, &r.Accepted, &r.Closed,
		&r.Promised, &r.Statutory, &r.Used, &r.Stopped, &r.Overdue, &r.Illegal, &r.Notices, &r.Tolerated, &r.Exempt,
	}
}

func (r Row) values() []any {
	return []any{
		r.No, r.Item, r.ItemName, r.Region, r.Department, r.Hall, r.Window, r.Channel, r.State, r.Received, r.Accepted, r.Closed,
		r.Promised, r.Statutory, r.Used, r.Stopped, r.Overdue, r.Illegal, r.Notices, r.Tolerated, r.Exempt,
	}
}

// marks returns ($n,…), (…) for rows of so many columns.
func marks(rows, columns int) string {
	var b strings.Builder
	n := 0
	for r := range rows {
		if r > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for c := range columns {
			n++
			if c > 0 {
				b.WriteByte(',')
			}
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteByte(')')
	}
	return b.String()
}
