package wire

import "strings"

// HeaderTrace is the W3C trace context on HTTP.
const HeaderTrace = "traceparent"

// Traceparent is the trace context of an envelope (链路编号): the trace id is the envelope's id without dashes, so that every
// hop knows it without a field that would have to be signed. "" for what is no envelope id.
func Traceparent(envelope string) string {
	if !envelopeID.MatchString(envelope) {
		return ""
	}
	id := strings.ReplaceAll(envelope, "-", "")
	return "00-" + id + "-" + id[16:] + "-01"
}
