package escpos

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"tongban/drivers"
)

// Quirks that a profile may name: what a model lacks of the full command set.
const (
	quirkNoEcho       = "noEcho"       // no GS ( H: the end of a job is told by the cut counter or the status
	quirkNoCounter    = "noCounter"    // no maintenance counters (GS g 2)
	quirkNoASB        = "noASB"        // no automatic status (GS a)
	quirkNoName       = "noName"       // no names (GS I 65 and on)
	quirkNoClear      = "noClear"      // no real-time clear (DLE DC4 8): the buffer is cleared by DLE ENQ 2
	quirkNoPaperQuery = "noPaperQuery" // no GS r
	quirkTwoByte      = "twoByteGB"    // the font ends with the two-byte characters of GB18030
	quirkFullWidth    = "fullWidth"    // pictures ignore the left margin: always send whole rows
	quirkSolidRaster  = "solidRaster"  // feeds are not exact: send white rows as dots too
	quirkPlainRaster  = "plainRaster"  // no doubled rows and dots in pictures
)

// Quirks lists the names that a profile may use.
func Quirks() []string {
	return []string{quirkNoEcho, quirkNoCounter, quirkNoASB, quirkNoName, quirkNoClear, quirkNoPaperQuery, quirkTwoByte,
		quirkFullWidth, quirkSolidRaster, quirkPlainRaster}
}

// config is the decoded settings.
type config struct {
	dots   int // printable width
	speed  int // millimetres a second, for the longest time a job may take
	feed   int // white dots below the last line, where the way from head to knife needs them
	whole  bool
	quirks map[string]bool
}

func (c config) has(quirk string) bool { return c.quirks[quirk] }

// decode reads the settings strictly: an unknown key is a typing error in a profile and must not pass unseen.
//
//	dots: 384 | 576    printable width, multiple of 8, default 384
//	speed: 100         mm/s
//	feed: 0            dots, 0 to 255
//	cut: partial|full  default partial
//	quirks: [noEcho]
func decode(params drivers.Params) (config, error) {
	c := config{dots: 384, speed: 100, quirks: map[string]bool{}}
	for _, k := range slices.Sorted(maps.Keys(params)) {
		v := params[k]
		var err error
		switch k {
		case "dots":
			if c.dots, err = number(v, 64, 1152); err == nil && c.dots%8 != 0 {
				err = fmt.Errorf("%d is not a multiple of 8", c.dots)
			}
		case "speed":
			c.speed, err = number(v, 10, 500)
		case "feed":
			c.feed, err = number(v, 0, 255)
		case "cut":
			switch v {
			case "partial", "full":
				c.whole = v == "full"
			default:
				err = fmt.Errorf("%v is not partial or full", v)
			}
		case "quirks":
			err = c.takeQuirks(v)
		default:
			err = fmt.Errorf("unknown setting")
		}
		if err != nil {
			return config{}, fmt.Errorf("setting %s: %w", k, err)
		}
	}
	return c, nil
}

func (c *config) takeQuirks(v any) error {
	var names []string
	switch x := v.(type) {
	case []string:
		names = x
	case []any:
		for _, e := range x {
			s, ok := e.(string)
			if !ok {
				return fmt.Errorf("%v is not a name", e)
			}
			names = append(names, s)
		}
	default:
		return fmt.Errorf("%v is not a list", v)
	}
	for _, n := range names {
		if !slices.Contains(Quirks(), n) {
			return fmt.Errorf("unknown quirk %q", n)
		}
		c.quirks[n] = true
	}
	return nil
}

// number takes the shapes in which YAML and JSON decoders hand over a whole number.
func number(v any, low, high int) (int, error) {
	var f float64
	switch x := v.(type) {
	case int:
		f = float64(x)
	case int64:
		f = float64(x)
	case uint64:
		f = float64(x)
	case float64:
		f = x
	default:
		return 0, fmt.Errorf("%v is not a number", v)
	}
	if f != math.Trunc(f) || f < float64(low) || f > float64(high) {
		return 0, fmt.Errorf("%v is not a whole number in %d..%d", v, low, high)
	}
	return int(f), nil
}
