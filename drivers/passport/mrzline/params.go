package mrzline

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tongban/drivers"
)

// What ends a zone.
const (
	endETX   = "etx"   // the byte ETX
	endLines = "lines" // the end of the line that makes it whole
	endGap   = "gap"   // silence
)

// config is the decoded settings.
type config struct {
	stx     bool   // a zone begins with STX, and what comes before it is passed over
	end     string // what ends it
	gap     time.Duration
	half    time.Duration // after so much silence a zone without its end is half of one
	on, off []byte
}

// decode reads the settings strictly: an unknown key is a typing error in a profile and must not pass unseen.
//
//	start: none      or stx
//	end: gap         or etx, lines
//	gap: 100ms       silence that ends a zone, 30ms to 400ms
//	trigger_on, trigger_off   bytes that turn the reader on and off, hexadecimal
func decode(params drivers.Params) (config, error) {
	c := config{end: endGap, gap: 100 * time.Millisecond, half: time.Second}
	for _, k := range slices.Sorted(maps.Keys(params)) {
		s, ok := params[k].(string)
		if !ok {
			return config{}, fmt.Errorf("setting %s: %v is not a text", k, params[k])
		}
		var err error
		switch k {
		case "start":
			if c.stx = s == "stx"; s != "stx" && s != "none" {
				err = fmt.Errorf("have none, stx")
			}
		case "end":
			if c.end = s; !slices.Contains([]string{endETX, endLines, endGap}, s) {
				err = fmt.Errorf("have etx, lines, gap")
			}
		case "gap":
			if c.gap, err = time.ParseDuration(s); err == nil && (c.gap < 30*time.Millisecond || c.gap > 400*time.Millisecond) {
				err = fmt.Errorf("have 30ms to 400ms")
			}
		case "trigger_on":
			c.on, err = hex.DecodeString(strings.ReplaceAll(s, " ", ""))
		case "trigger_off":
			c.off, err = hex.DecodeString(strings.ReplaceAll(s, " ", ""))
		default:
			err = fmt.Errorf("unknown setting")
		}
		if err != nil {
			return config{}, fmt.Errorf("setting %s: %q: %w", k, s, err)
		}
	}
	return c, nil
}
