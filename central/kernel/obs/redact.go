package obs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
)

// Redacted stands where a personal value or a secret was.
const Redacted = "[redacted]"

// personal are the keys whose values never reach a log or an audit detail.
// A key counts when it is one of these or ends in "_" and one of these.
var personal = []string{
	"id_number", "id_no", "idcard", "id_card", "permit_number", "passport", "licence_number",
	"phone", "mobile", "telephone", "address", "birth", "birthday", "email",
	"person_name", "citizen_name", "holder_name", "applicant_name", "agent_name", "full_name",
	"applicant", "holder", "password", "passwd", "secret", "token", "cookie", "authorization",
	"csrf", "private_key", "fingerprint_template", "photo", "bank_account", "dsn",
}

// Personal reports whether values under key are personal or secret.
func Personal(key string) bool {
	key = strings.ToLower(strings.ReplaceAll(key, "-", "_"))
	for _, p := range personal {
		if key == p || strings.HasSuffix(key, "_"+p) {
			return true
		}
	}
	return false
}

// Numbers that give a person away wherever they turn up: resident ID numbers
// (18 or 15 digits) and mobile numbers. Longer runs of digits are no match.
var (
	idNumber = regexp.MustCompile(`(^|[^0-9A-Za-z])([1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx]|[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3})($|[^0-9A-Za-z])`)
	mobile   = regexp.MustCompile(`(^|[^0-9A-Za-z])((?:\+?86)?1[3-9]\d{9})($|[^0-9A-Za-z])`)
)

// RedactText replaces ID and mobile numbers inside a text.
func RedactText(s string) string {
	if !strings.ContainsAny(s, "0123456789") {
		return s
	}
	// Twice: neighbours share the one character between them.
	for range 2 {
		s = idNumber.ReplaceAllString(s, "${1}[身份证]${3}")
		s = mobile.ReplaceAllString(s, "${1}[手机号]${3}")
	}
	return s
}

// RedactMap returns a copy of m without personal values; nil stays nil.
func RedactMap(m map[string]string) map[string]string {
	if m == nil {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		if Personal(k) {
			v = Redacted
		}
		out[k] = RedactText(v)
	}
	return out
}

// redact is the ReplaceAttr of the log: the last net below typed values that
// mask themselves.
func redact(_ []string, a slog.Attr) slog.Attr {
	if Personal(a.Key) {
		a.Value = slog.StringValue(Redacted)
		return a
	}
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(RedactText(a.Value.String()))
	case slog.KindInt64, slog.KindUint64, slog.KindFloat64:
		// A number may be somebody's: 13800000026 is one as an integer too.
		text := a.Value.String()
		if a.Value.Kind() == slog.KindFloat64 {
			text = strconv.FormatFloat(a.Value.Float64(), 'f', -1, 64) // as JSON writes it
		}
		if RedactText(text) != text {
			a.Value = slog.StringValue(RedactText(text))
		}
	case slog.KindAny:
		a.Value = redactAny(a.Value.Any())
	default:
	}
	return a
}

// redactAny redacts a value of any shape as its JSON would show it: texts inside, and whole fields by their names.
func redactAny(v any) slog.Value {
	if err, ok := v.(error); ok {
		return slog.StringValue(RedactText(err.Error()))
	}
	if _, ok := v.(*slog.Source); ok {
		return slog.AnyValue(v)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return slog.StringValue(RedactText(fmt.Sprint(v)))
	}
	var plain any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&plain); err != nil {
		return slog.StringValue(RedactText(string(text)))
	}
	return slog.AnyValue(redactJSON(plain))
}

func redactJSON(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			if Personal(k) {
				e = Redacted
			}
			out[RedactText(k)] = redactJSON(e)
		}
		return out
	case []any:
		for i := range v {
			v[i] = redactJSON(v[i])
		}
		return v
	case string:
		return RedactText(v)
	case json.Number:
		if text := v.String(); RedactText(text) != text {
			return RedactText(text)
		}
	}
	return v
}
