package sdt

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"tongban/drivers"
	"tongban/drivers/idcard/photo"
)

// Quirks that a profile may name: what a model lacks of the command set.
const (
	quirkNoAdded  = "noAddedAddress" // no 30 03: older modules
	quirkNoNumber = "noCardNumber"   // no 30 05: whether the card still lies there is asked with 30 03
)

// Quirks lists the names that a profile may use.
func Quirks() []string { return []string{quirkNoAdded, quirkNoNumber} }

// config is the decoded settings.
type config struct {
	baud                            int // bits a second; bounds how long a long answer may be under way
	poll                            time.Duration
	find, choose, read, short, sams time.Duration // to the first byte of an answer
	quirks                          map[string]bool
	photo                           photo.Decoder
}

func (c config) has(quirk string) bool { return c.quirks[quirk] }

// flow is the longest that an answer may take from its first to its last byte: twice the time of the longest frame at
// this speed, and 2 s for a line that stutters.
func (c config) flow() time.Duration {
	return 2*time.Second + 2*time.Duration(maxLen*10)*time.Second/time.Duration(c.baud)
}

// decode reads the settings strictly: an unknown key is a typing error in a profile and must not pass unseen. Times are
// written "600ms" or as a number of milliseconds.
//
//	baud: 115200           9600 to 115200
//	poll: 200ms            between two looks for a card
//	timeout_find: 600ms    to the first byte of the answer, each
//	timeout_select: 1000ms
//	timeout_read: 2500ms
//	timeout_short: 1200ms  added address, card number
//	timeout_sam: 800ms     security module
//	quirks: [noAddedAddress]
//	photo_decoder: /opt/vendor/photo   program that makes a picture of the photo block
func decode(params drivers.Params) (config, error) {
	c := config{
		baud: 115200, poll: 200 * time.Millisecond, quirks: map[string]bool{},
		find: 600 * time.Millisecond, choose: time.Second, read: 2500 * time.Millisecond,
		short: 1200 * time.Millisecond, sams: 800 * time.Millisecond,
	}
	const least, most = 50 * time.Millisecond, 2600 * time.Millisecond
	for _, k := range slices.Sorted(maps.Keys(params)) {
		v := params[k]
		var err error
		switch k {
		case "baud":
			c.baud, err = baud(v)
		case "poll":
			c.poll, err = duration(v, 20*time.Millisecond, time.Second)
		case "timeout_find":
			c.find, err = duration(v, least, 1300*time.Millisecond) // asked twice
		case "timeout_select":
			c.choose, err = duration(v, least, 1300*time.Millisecond)
		case "timeout_read":
			c.read, err = duration(v, least, most)
		case "timeout_short":
			c.short, err = duration(v, least, most)
		case "timeout_sam":
			c.sams, err = duration(v, least, 1300*time.Millisecond)
		case "photo_decoder":
			err = c.takeDecoder(v)
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

func (c *config) takeDecoder(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("%v is no program", v)
	}
	c.photo.Program = s
	return photo.Check(s)
}

func (c *config) takeQuirks(v any) error {
	names, err := texts(v)
	if err != nil {
		return err
	}
	for _, n := range names {
		if !slices.Contains(Quirks(), n) {
			return fmt.Errorf("unknown quirk %q", n)
		}
		c.quirks[n] = true
	}
	return nil
}

func texts(v any) ([]string, error) {
	switch x := v.(type) {
	case []string:
		return x, nil
	case []any:
		var out []string
		for _, e := range x {
			s, ok := e.(string)
			if !ok {
				return nil, fmt.Errorf("%v is not a name", e)
			}
			out = append(out, s)
		}
		return out, nil
	}
	return nil, fmt.Errorf("%v is not a list", v)
}

// number takes the shapes in which YAML and JSON decoders hand over a whole number.
func number(v any) (int, error) {
	switch x := v.(type) {
	case int:
		return x, nil
	case int64:
		return int(x), nil
	case uint64:
		if x < 1<<31 {
			return int(x), nil
		}
	case float64:
		if x == float64(int(x)) {
			return int(x), nil
		}
	}
	return 0, fmt.Errorf("%v is not a whole number", v)
}

func baud(v any) (int, error) {
	n, err := number(v)
	if err == nil && !slices.Contains([]int{9600, 19200, 38400, 57600, 115200}, n) {
		err = fmt.Errorf("%d is not a speed of this module", n)
	}
	return n, err
}

func duration(v any, least, most time.Duration) (time.Duration, error) {
	var d time.Duration
	switch x := v.(type) {
	case time.Duration:
		d = x
	case string:
		var err error
		if d, err = time.ParseDuration(x); err != nil {
			return 0, fmt.Errorf("%q is not a time like 600ms", x)
		}
	default:
		n, err := number(v)
		if err != nil {
			return 0, err
		}
		d = time.Duration(n) * time.Millisecond
	}
	if d < least || d > most {
		return 0, fmt.Errorf("%v is not in %v..%v", d, least, most)
	}
	return d, nil
}
