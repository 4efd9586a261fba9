package reading

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"tongban/drivers"
)

// Config is the settings that all readers share (公共设置).
type Config struct {
	Poll, Answer time.Duration
	Block        int
	Anchors      []*x509.Certificate
}

// Own reads a setting that only one driver has; false for one that it does not have either.
type Own func(key string, v any) (known bool, err error)

// Decode reads the settings strictly: an unknown key is a typing error in a profile and must not pass unseen.
//
//	poll: 200ms      between two looks for a document, where the reader does not tell
//	answer: 2000ms   to the whole answer of the chip, 100ms to 2500ms
//	block: 223       bytes asked for at once, 16 to 223: what a protected answer of 256 bytes holds
//	csca: [paths]    PEM files of the states' certificates; or []*x509.Certificate
func Decode(params drivers.Params, own Own) (Config, error) {
	c := Config{Poll: 200 * time.Millisecond, Answer: 2 * time.Second, Block: 223}
	for _, k := range slices.Sorted(maps.Keys(params)) {
		var err error
		switch v := params[k]; k {
		case "poll":
			c.Poll, err = duration(v, 20*time.Millisecond, time.Second)
		case "answer":
			c.Answer, err = duration(v, 100*time.Millisecond, 2500*time.Millisecond)
		case "block":
			c.Block, err = Number(v, 16, 223)
		case "csca":
			c.Anchors, err = certificates(v)
		default:
			known := false
			if own != nil {
				known, err = own(k, v)
			}
			if !known {
				err = fmt.Errorf("unknown setting")
			}
		}
		if err != nil {
			err = fmt.Errorf("setting %s: %w", k, err)
			return Config{}, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
		}
	}
	return c, nil
}

// Number is a whole number of a profile within bounds.
func Number(v any, least, most int) (int, error) {
	var n int
	switch x := v.(type) {
	case int:
		n = x
	case int64:
		n = int(x)
	case uint64:
		n = int(min(x, 1<<30)) //nolint:gosec // bounded
	case float64:
		n = int(x)
	default:
		return 0, fmt.Errorf("%v is not a whole number", v)
	}
	if n < least || n > most {
		return 0, fmt.Errorf("%d is not in %d to %d", n, least, most)
	}
	return n, nil
}

func duration(v any, least, most time.Duration) (time.Duration, error) {
	s, ok := v.(string)
	d, err := time.ParseDuration(s)
	if !ok || err != nil {
		return 0, fmt.Errorf("%v is not a time like 200ms", v)
	}
	if d < least || d > most {
		return 0, fmt.Errorf("%v is not in %v to %v", d, least, most)
	}
	return d, nil
}

func certificates(v any) ([]*x509.Certificate, error) {
	var paths []string
	switch x := v.(type) {
	case []*x509.Certificate:
		return x, nil
	case string:
		paths = []string{x}
	case []string:
		paths = x
	case []any:
		for _, e := range x {
			s, ok := e.(string)
			if !ok {
				return nil, fmt.Errorf("%v is not a path", e)
			}
			paths = append(paths, s)
		}
	default:
		return nil, fmt.Errorf("%v is not a list of paths", v)
	}
	var out []*x509.Certificate
	for _, p := range paths {
		b, err := os.ReadFile(p) //nolint:gosec // a path of the configuration
		if err != nil {
			return nil, fmt.Errorf("read certificates: %w", err)
		}
		for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
			// A certificate on a curve that crypto/x509 does not know is passed over: its documents come out as of
			// unknown issuer, and those of the other states are still served.
			if c, err := x509.ParseCertificate(block.Bytes); err == nil {
				out = append(out, c)
			}
		}
	}
	return out, nil
}
