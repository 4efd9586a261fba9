package pjl

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// config is the decoded settings.
type config struct {
	language string        // PCL or PDF; empty: PCL where the printer has it, for its pages can be counted one by one
	dpi      int           // of pages that are made here
	media    string        // name of the size
	tray     string        // word of PJL for where the paper comes from; empty: as the printer is set
	colour   bool          // pages are made in colour; a document is left as it is
	grey     bool          // a document that goes out as it is is printed in black
	oneWay   bool          // nothing ever comes back
	stall    time.Duration // a job that makes no page for so long is given up
	patience time.Duration // how long a printer at work may keep silent
}

// papers are the words of PJL for sizes.
var papers = map[string]string{"iso_a4_210x297mm": "A4", "iso_a5_148x210mm": "A5"}

var trayWord = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,15}$`)

// decodeParams reads the settings strictly: an unknown key is a typing error in a profile and must not pass unseen.
func decodeParams(params map[string]any) (config, error) {
	c := config{dpi: 600, media: "iso_a4_210x297mm", stall: 90 * time.Second, patience: limitLost}
	for k, v := range params {
		s, ok := v.(string)
		switch v.(type) { // a density is a number in a profile
		case int, int64, uint64:
			s, ok = fmt.Sprint(v), true
		}
		if !ok {
			return config{}, fmt.Errorf("setting %s: %v is not a text", k, v)
		}
		if err := c.set(k, s); err != nil {
			return config{}, fmt.Errorf("setting %s: %w", k, err)
		}
	}
	return c, nil
}

func (c *config) set(key, s string) (err error) {
	switch key {
	case "language":
		switch s {
		case "pcl":
			c.language = languagePCL
		case "pdf":
			c.language = languagePDF
		default:
			return fmt.Errorf("%q is not pcl or pdf", s)
		}
	case "dpi":
		c.dpi, err = strconv.Atoi(s)
		if err != nil || !slices.Contains([]int{75, 100, 150, 200, 300, 600, 1200}, c.dpi) {
			return fmt.Errorf("%q is none of 75, 100, 150, 200, 300, 600, 1200", s)
		}
	case "media":
		if papers[s] == "" {
			return fmt.Errorf("%q is no size that this language has", s)
		}
		c.media = s
	case "tray":
		if !trayWord.MatchString(s) {
			return fmt.Errorf("%q is no word of PJL such as TRAY2", s)
		}
		c.tray = s
	case "color":
		if s != "color" && s != "monochrome" {
			return fmt.Errorf("%q is not color or monochrome", s)
		}
		c.colour, c.grey = s == "color", s == "monochrome"
	case "answers":
		if s != "no" {
			return fmt.Errorf("%q is not no", s)
		}
		c.oneWay = true
	case "stall":
		c.stall, err = between(s, 5*time.Second, 10*time.Minute)
	case "patience":
		c.patience, err = between(s, time.Second, 2*time.Minute)
	default:
		return fmt.Errorf("unknown setting")
	}
	return err
}

func between(s string, least, most time.Duration) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < least || d > most {
		return 0, fmt.Errorf("%q is not %v to %v", s, least, most)
	}
	return d, nil
}
