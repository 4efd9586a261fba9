package calendar

import (
	"fmt"
	"time"
)

// Shanghai is the one time zone of the product. A fixed offset is right for every date since 1992 (no summer time) and needs no
// zone database on the terminal.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Date is a civil date (日期) without time of day or zone: the unit of every legal period. The zero Date means "no date".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// On returns the date year-month-day, normalised as time.Date does (31 April is 1 May).
func On(year int, month time.Month, day int) Date {
	return fromTime(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the date that the instant t has in Shanghai.
func DateOf(t time.Time) Date { return fromTime(t.In(Shanghai)) }

// ParseDate reads the form 2026-09-18; a day that does not exist is an error, not the next one.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("parse date %q: want the form 2026-09-18 and a day that exists", s)
	}
	return fromTime(t), nil
}

func fromTime(t time.Time) Date {
	year, month, day := t.Date()
	return Date{Year: year, Month: month, Day: day}
}

// IsZero reports whether d is "no date".
func (d Date) IsZero() bool { return d == Date{} }

// String gives 2026-09-18, and the empty string for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Chinese gives 9月18日, the form for sentences on a page.
func (d Date) Chinese() string { return fmt.Sprintf("%d月%d日", int(d.Month), d.Day) }

// Long gives 2026 年 9 月 18 日, the form on papers.
func (d Date) Long() string { return fmt.Sprintf("%d 年 %d 月 %d 日", d.Year, int(d.Month), d.Day) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// AddDays returns the date n natural days later (earlier when n is negative).
func (d Date) AddDays(n int) Date { return fromTime(d.midnight().AddDate(0, 0, n)) }

// DaysUntil returns the number of natural days from d to other; negative when other is earlier.
func (d Date) DaysUntil(other Date) int {
	return int(other.midnight().Sub(d.midnight()) / (24 * time.Hour))
}

// Before reports whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d is later than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// Compare returns -1, 0 or 1 as d is earlier than, the same as or later than other.
func (d Date) Compare(other Date) int {
	return d.midnight().Compare(other.midnight())
}

// Time returns the instant at which d begins in Shanghai.
func (d Date) Time() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, Shanghai)
}

// MarshalText and UnmarshalText make the date travel as 2026-09-18 in JSON, YAML and flags; the zero Date travels as "".
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// midnight is in UTC so that arithmetic never meets a zone change.
func (d Date) midnight() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}
