package livescan

import (
	"fmt"

	"tongban/drivers"
)

// config is the decoded settings.
type config struct{ channel, quality int }

// decode reads the settings strictly: an unknown key is a typing error in a profile and must not pass unseen.
func decode(params drivers.Params) (config, error) {
	c := config{quality: 40}
	for k, v := range params {
		var err error
		switch k {
		case "channel":
			c.channel, err = number(v, 15)
		case "quality":
			c.quality, err = number(v, 100)
		default:
			return c, fmt.Errorf("unknown setting %q", k)
		}
		if err != nil {
			return c, fmt.Errorf("%s: %w", k, err)
		}
	}
	return c, nil
}

// number is a whole one from zero; YAML and JSON bring them as different types.
func number(v any, most int) (int, error) {
	n := -1
	switch x := v.(type) {
	case int:
		n = x
	case int64:
		n = int(x)
	case uint64:
		n = int(min(x, 1<<20)) //nolint:gosec // bounded
	case float64:
		if x == float64(int(x)) {
			n = int(x)
		}
	}
	if n < 0 || n > most {
		return 0, fmt.Errorf("%v is not 0 to %d", v, most)
	}
	return n, nil
}
