package ipp

import (
	"fmt"
	"strconv"
	"time"

	"tongban/drivers"
)

// config is the decoded settings.
type config struct {
	stall time.Duration // a job that makes no page for so long is taken back
	media string        // asked for with every job; empty: what the printer has loaded
	dpi   int           // asked for with every job where the printer has it; pages that are made here: its best up to it
	blind bool          // the printer's counts are another's: a spooler counts what it was given, not what came out
	color string        // print-color-mode: auto, color or monochrome; empty: the printer's own
}

const (
	defaultStall = 90 * time.Second // a cold fuser and a page with many pictures
	defaultDPI   = 600
)

// decodeParams reads the settings strictly: an unknown key is a typing error in a profile and must not pass unseen.
func decodeParams(params drivers.Params) (config, error) {
	c := config{stall: defaultStall, dpi: defaultDPI}
	for k, v := range params {
		s, ok := v.(string)
		switch v.(type) { // a density is a number in a profile
		case int, int64, uint64:
			s, ok = fmt.Sprint(v), true
		}
		if !ok {
			return config{}, fmt.Errorf("setting %s: %v is not a text", k, v)
		}
		switch k {
		case "stall":
			d, err := time.ParseDuration(s)
			if err != nil || d < 5*time.Second || d > 10*time.Minute {
				return config{}, fmt.Errorf("setting stall: %v is not 5s to 10m", v)
			}
			c.stall = d
		case "media":
			if s == "" || len(s) > 120 {
				return config{}, fmt.Errorf("setting media: %q is no name of a size", s)
			}
			c.media = s
		case "color":
			if s != "auto" && s != "color" && s != "monochrome" {
				return config{}, fmt.Errorf("setting color: %q is not auto, color or monochrome", s)
			}
			c.color = s
		case "counts":
			if s != "no" {
				return config{}, fmt.Errorf("setting counts: %q is not no", s)
			}
			c.blind = true
		case "dpi":
			n, err := strconv.Atoi(s)
			if err != nil || n < 100 || n > 1200 {
				return config{}, fmt.Errorf("setting dpi: %v is not 100 to 1200", v)
			}
			c.dpi = n
		default:
			return config{}, fmt.Errorf("setting %s: unknown setting", k)
		}
	}
	return c, nil
}
