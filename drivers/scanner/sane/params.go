package sane

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"tongban/drivers"
)

// config is the decoded settings.
type config struct {
	dpi, width, height int
	colour, grey       string
	glass, feeder      string
	model              string
	seconds            int
	more               []string
}

// Bounds of orders.
const (
	minDPI, maxDPI = 50, 400 // of A4 in colour more do not fit into a record
	maxPages       = 100
	maxMM          = 500
)

// Options of the backend are words and simple values: nothing of a profile must become another option of the program.
var (
	optionForm = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	valueForm  = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_. +-]*$`)
)

// ownOptions are set by the driver or decide over the program; a profile cannot.
var ownOptions = []string{"resolution", "mode", "source", "device-name", "format", "batch", "batch-count", "batch-print", "batch-start", "batch-prompt", "output-file", "icc-profile", "help", "test", "version", "list-devices"}

// decode reads the settings strictly: an unknown key is a typing error in a profile and must not pass unseen.
func decode(params drivers.Params) (config, error) {
	c := config{dpi: 300, width: 210, height: 297, colour: "Color", grey: "Gray", model: "SANE", seconds: 58}
	for k, v := range params {
		var err error
		switch k {
		case "dpi":
			c.dpi, err = number(v, minDPI, maxDPI)
		case "width":
			c.width, err = number(v, 10, maxMM)
		case "height":
			c.height, err = number(v, 10, maxMM)
		case "seconds":
			c.seconds, err = number(v, 1, 300)
		case "colour":
			c.colour, err = word(v)
		case "grey":
			c.grey, err = word(v)
		case "glass":
			c.glass, err = word(v)
		case "feeder":
			c.feeder, err = word(v)
		case "model":
			s, ok := v.(string)
			if c.model = s; !ok || s == "" {
				err = fmt.Errorf("%v is no name", v)
			}
		case "options":
			c.more, err = further(v)
		default:
			err = fmt.Errorf("unknown setting")
		}
		if err != nil {
			return config{}, fmt.Errorf("setting %s: %w", k, err)
		}
	}
	return c, nil
}

func number(v any, least, most int) (int, error) {
	n := least - 1
	switch x := v.(type) {
	case int:
		n = x
	case uint64:
		if x < 1<<20 {
			n = int(x) //nolint:gosec // bounded above
		}
	}
	if n < least || n > most {
		return 0, fmt.Errorf("%v is not %d to %d", v, least, most)
	}
	return n, nil
}

func word(v any) (string, error) {
	s, ok := v.(string)
	if !ok || !valueForm.MatchString(s) {
		return "", fmt.Errorf("%v is no word of a backend", v)
	}
	return s, nil
}

func further(v any) ([]string, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%v is no list of options", v)
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		s := fmt.Sprint(m[k])
		if !optionForm.MatchString(k) || !valueForm.MatchString(s) || slices.Contains(ownOptions, k) {
			return nil, fmt.Errorf("%s: %s is no option for a profile", k, s)
		}
		out = append(out, "--"+k+"="+s)
	}
	return out, nil
}

// options are those of one order.
func (c config) options(o drivers.ScanOrder) ([]string, error) {
	dpi := c.dpi
	if o.DPI != 0 {
		dpi = o.DPI
	}
	switch {
	case dpi < minDPI || dpi > maxDPI:
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf("%d dots per inch are not %d to %d", dpi, minDPI, maxDPI)}
	case o.Feeder && c.feeder == "":
		return nil, &drivers.Error{Code: drivers.CodeUnsupported, Detail: "the scanner has no feeder"}
	}
	mode, source := c.colour, c.glass
	if o.Grey {
		mode = c.grey
	}
	if o.Feeder {
		source = c.feeder
	}
	var out []string
	if source != "" {
		out = append(out, "--source="+source)
	}
	out = append(out, "--mode="+mode, "--resolution="+strconv.Itoa(dpi))
	return append(append(out, c.more...), "-x", strconv.Itoa(c.width), "-y", strconv.Itoa(c.height)), nil
}

// page is the time that one page may take.
func (c config) page() time.Duration { return time.Duration(c.seconds) * time.Second }
