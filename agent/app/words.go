package app

import (
	"fmt"
	"strings"
	"time"

	"tongban/agent/clock"
)

// maskName shows at most the first and the last character of a name (姓名脱敏): 周立明 → 周*明, 李四 → 李*.
func maskName(name string) string {
	r := []rune(name)
	switch len(r) {
	case 0:
		return ""
	case 1:
		return "*"
	case 2:
		return string(r[0]) + "*"
	}
	return string(r[0]) + "*" + string(r[len(r)-1])
}

// maskID shows region and the last four characters (证件号脱敏).
func maskID(id string) string {
	if len(id) < 12 {
		return strings.Repeat("*", len(id))
	}
	return id[:6] + strings.Repeat("*", len(id)-10) + id[len(id)-4:]
}

var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// day writes a date as people say it: 12月1日（周二）.
func day(t time.Time) string {
	return fmt.Sprintf("%d月%d日（%s）", t.Month(), t.Day(), weekdays[t.Weekday()])
}

// slipDay is the same for the narrow paper: 12月1日 周二.
func slipDay(t time.Time) string {
	return fmt.Sprintf("%d月%d日 %s", t.Month(), t.Day(), weekdays[t.Weekday()])
}

func parseDay(s string) (time.Time, bool) {
	t, err := time.ParseInLocation(time.DateOnly, s, clock.Shanghai)
	return t, err == nil
}

var sexes = map[string]string{"male": "男", "female": "女"}
