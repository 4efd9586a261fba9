package relay

import (
	"fmt"
	"strconv"
	"strings"

	"tongban/drivers"
	"tongban/drivers/modbus"
)

// config is the decoded settings.
type config struct {
	unit    byte
	outputs []output
	door    int  // number of the input with a door contact, -1: none
	shut    bool // what that input says while the door is closed
}

// output is one light: its name and the number of its relay, counted from 0.
type output struct {
	name string
	n    int
}

// most is the highest number of a relay that lights are connected to.
func (c config) most() int {
	n := 0
	for _, o := range c.outputs {
		n = max(n, o.n+1)
	}
	return n
}

// decodeParams reads the settings strictly: an unknown key is a typing error in a profile and must not pass unseen. Relays and inputs
// are counted from 1, as they are printed on boards.
func decodeParams(params drivers.Params) (config, error) {
	c := config{unit: 1, door: -1, shut: true}
	for k, v := range params {
		s, ok := v.(string)
		if !ok {
			return config{}, fmt.Errorf("setting %s: %v is not a text", k, v)
		}
		var err error
		switch k {
		case "unit":
			var n int
			n, err = within(s, 247)
			c.unit = byte(n) //nolint:gosec // at most 247
		case "outputs":
			c.outputs, err = decodeOutputs(s)
		case "door_input":
			c.door, err = within(s, modbus.MostAtOnce)
			c.door--
		case "door_closed":
			if c.shut = s == "on"; s != "on" && s != "off" {
				err = fmt.Errorf("have on, off")
			}
		default:
			return config{}, fmt.Errorf("setting %s: unknown setting", k)
		}
		if err != nil {
			return config{}, fmt.Errorf("setting %s: %q: %w", k, s, err)
		}
	}
	if len(c.outputs) == 0 {
		return config{}, fmt.Errorf("setting outputs: missing; have name=number, with commas")
	}
	return c, nil
}

func decodeOutputs(s string) ([]output, error) {
	var out []output
	names, numbers := map[string]bool{}, map[int]bool{}
	for part := range strings.SplitSeq(s, ",") {
		name, number, ok := strings.Cut(strings.TrimSpace(part), "=")
		n, err := within(number, modbus.MostAtOnce)
		if !ok || name == "" || err != nil || names[name] || numbers[n] {
			return nil, fmt.Errorf("have name=number, with commas, each once")
		}
		names[name], numbers[n] = true, true
		out = append(out, output{name, n - 1})
	}
	return out, nil
}

func within(s string, most int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("have 1 to %d", most)
	}
	return n, nil
}
