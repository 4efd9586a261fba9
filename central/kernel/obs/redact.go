package obs

import (
	"log/slog"
	"regexp"
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
	case slog.KindAny:
		if err, ok := a.Value.Any().(error); ok {
			a.Value = slog.StringValue(RedactText(err.Error()))
		}
	default:
	}
	return a
}
