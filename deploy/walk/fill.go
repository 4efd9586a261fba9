package walk

import (
	"maps"
	"math"

	"tongban/fleet/wire/matter"
)

// Fill answers one group with plausible values; what was read from the card stays.
func Fill(g matter.Group, have map[string]any) map[string]any {
	out := map[string]any{}
	for _, f := range g.Fields {
		if v, ok := have[f.Name]; ok && v != nil && v != "" {
			out[f.Name] = v
			continue
		}
		if f.Widget == "readonly" {
			continue
		}
		out[f.Name] = value(f)
	}
	return out
}

// named are values for fields whose rule no widget tells.
var named = map[string]any{
	"phone": "13908162150", "contact_phone": "13908162150", "agent_phone": "13908162150",
	"bank_card": "6222020200112233440", "payout_card": "6222020200112233440", "card_no": "6222020200112233440",
}

func value(f matter.Field) any {
	if v, ok := named[f.Name]; ok {
		return v
	}
	switch f.Widget {
	case "phone":
		return "13908162150"
	case "digits":
		return "6222020200112233440"
	case "date":
		return "2026-10-01"
	case "choice":
		if len(f.Options) > 0 {
			return f.Options[0].Value
		}
		return ""
	case "district":
		return "510703001"
	default:
		return "样例路18号"
	}
}

// With returns values with some replaced.
func With(values map[string]any, change map[string]any) map[string]any {
	out := maps.Clone(values)
	maps.Copy(out, change)
	return out
}

// Scribble is a signature of three strokes.
func Scribble() [][][4]float64 {
	var out [][][4]float64
	for k := range 3 {
		var s [][4]float64
		for i := range 40 {
			x := 120 + float64(k)*220 + float64(i)*4
			s = append(s, [4]float64{x, 200 + 90*math.Sin(float64(i)/5+float64(k)), float64(k*600 + i*12), 0.5})
		}
		out = append(out, s)
	}
	return out
}
