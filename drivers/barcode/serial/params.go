package serial

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"tongban/drivers"
)

// config is the decoded settings.
type config struct {
	suffix  string // what ends a code; empty: silence alone
	gap     time.Duration
	aim     bool // codes begin with their AIM identifier
	on, off []byte
}

var suffixes = map[string]string{"cr": "\r", "lf": "\n", "crlf": "\r\n", "tab": "\t", "etx": "\x03", "none": ""}

// decodeParams reads the settings strictly: an unknown key is a typing error in a profile and must not pass unseen.
func decodeParams(params drivers.Params) (config, error) {
	c := config{suffix: "\r", gap: 40 * time.Millisecond, aim: true}
	for k, v := range params {
		s, ok := v.(string)
		if !ok {
			return config{}, fmt.Errorf("setting %s: %v is not a text", k, v)
		}
		var err error
		switch k {
		case "suffix":
			if c.suffix, ok = suffixes[s]; !ok {
				err = fmt.Errorf("have cr, lf, crlf, tab, etx, none")
			}
		case "gap":
			if c.gap, err = time.ParseDuration(s); err == nil && (c.gap < 10*time.Millisecond || c.gap > 400*time.Millisecond) {
				err = fmt.Errorf("have 10ms to 400ms")
			}
		case "aim":
			if c.aim = s == "yes"; s != "yes" && s != "no" {
				err = fmt.Errorf("have yes, no")
			}
		case "trigger_on":
			c.on, err = hex.DecodeString(strings.ReplaceAll(s, " ", ""))
		case "trigger_off":
			c.off, err = hex.DecodeString(strings.ReplaceAll(s, " ", ""))
		default:
			return config{}, fmt.Errorf("setting %s: unknown setting", k)
		}
		if err != nil {
			return config{}, fmt.Errorf("setting %s: %q: %w", k, s, err)
		}
	}
	return c, nil
}
