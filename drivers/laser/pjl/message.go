package pjl

import (
	"bytes"
	"strconv"
	"strings"
)

// message is one thing that the printer said: its words, and the lines behind them.
type message struct {
	what  string // INFO STATUS, USTATUS JOB, ECHO tongban 7
	lines []string
}

// ears cuts what comes over the line into messages, each of which ends with a form feed. What is no message is noise.
type ears struct{ rest []byte }

// maxMessage bounds one message; a list of all settings is some thousand bytes.
const maxMessage = 64 << 10

// feed takes bytes in and gives what is whole; noise is how many pieces nobody understands.
func (e *ears) feed(b []byte) (out []message, noise int) {
	e.rest = append(e.rest, b...)
	for {
		at := bytes.IndexByte(e.rest, '\f')
		if at < 0 {
			break
		}
		m, clean := parse(string(e.rest[:at]))
		if e.rest = e.rest[at+1:]; !clean {
			noise++
		}
		if m.what != "" {
			out = append(out, m)
		}
	}
	if len(e.rest) > maxMessage {
		e.rest, noise = nil, noise+1
	}
	return out, noise
}

// head begins every message.
const head = "@PJL "

// parse reads one message. Where one broke off and another follows, only the last is whole.
func parse(s string) (m message, clean bool) {
	at := strings.LastIndex(s, head)
	if at < 0 {
		return message{}, strings.TrimSpace(s) == ""
	}
	clean = strings.TrimSpace(s[:at]) == ""
	for i, line := range strings.Split(s[at+len(head):], "\n") {
		line = strings.TrimRight(line, "\r ")
		switch {
		case i == 0:
			m.what = strings.TrimSpace(line)
		case line != "":
			m.lines = append(m.lines, line)
		}
	}
	return m, clean
}

// values are all values of a name, without their quotes: CODE=10001. Names are written in capitals, with or without space around
// the sign.
func (m message) values(name string) []string {
	var out []string
	for _, l := range m.lines {
		k, v, ok := strings.Cut(l, "=")
		if ok && strings.EqualFold(strings.TrimSpace(k), name) {
			out = append(out, strings.Trim(strings.TrimSpace(v), `"`))
		}
	}
	return out
}

func (m message) value(name string) string {
	if v := m.values(name); len(v) > 0 {
		return v[0]
	}
	return ""
}

// number is a value that counts something, -1 where there is none.
func (m message) number(name string) int {
	n, err := strconv.Atoi(m.value(name))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// list is what stands, indented, below a name: LANGUAGES [2 ENUMERATED], or RESOLUTION=600 [2 ENUMERATED].
func (m message) list(name string) []string {
	var out []string
	in := false
	for _, l := range m.lines {
		if strings.HasPrefix(l, "\t") || strings.HasPrefix(l, " ") {
			if in {
				out = append(out, strings.TrimSpace(l))
			}
			continue
		}
		word, _, _ := strings.Cut(l, "[")
		word, _, _ = strings.Cut(word, "=")
		in = strings.TrimSpace(word) == name
	}
	return out
}

// has reports whether a line is this word and nothing else, or names it.
func (m message) has(name string) bool {
	for _, l := range m.lines {
		word, _, _ := strings.Cut(l, "[")
		word, _, _ = strings.Cut(word, "=")
		if strings.TrimSpace(word) == name {
			return true
		}
	}
	return false
}

// unknown is how a printer answers what it does not know.
func (m message) unknown() bool {
	return len(m.lines) > 0 && strings.Trim(m.lines[0], `" `) == "?"
}
