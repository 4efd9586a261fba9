package calendar

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed data
var data embed.FS

// setFile is data/set.yaml: the version of the whole set and the years it holds.
type setFile struct {
	Version string `yaml:"version"`
	Years   []int  `yaml:"years"`
}

// yearFile is one data/<year>.yaml: the paper and, per holiday, the days off and the weekend days worked for it.
type yearFile struct {
	Year  int `yaml:"year"`
	Paper struct {
		Number    string `yaml:"number"`
		Title     string `yaml:"title"`
		Published string `yaml:"published"`
		URL       string `yaml:"url"`
	} `yaml:"paper"`
	Holidays []struct {
		Name string   `yaml:"name"`
		Off  string   `yaml:"off"`  // 2026-02-15..2026-02-23, or one day
		Work []string `yaml:"work"` // weekend days worked in exchange
	} `yaml:"holidays"`
}

// Embedded returns the calendar the program was built with.
func Embedded() (*Calendar, error) {
	sub, err := fs.Sub(data, "data")
	if err != nil {
		return nil, fmt.Errorf("open embedded calendar: %w", err)
	}
	return Load(sub)
}

// Load reads a set from files: set.yaml and one <year>.yaml for each year named there. It refuses data that contradicts itself,
// because one wrong day moves the due date of thousands of cases.
func Load(files fs.FS) (*Calendar, error) {
	var set setFile
	if err := decode(files, "set.yaml", &set); err != nil {
		return nil, err
	}
	if strings.TrimSpace(set.Version) == "" || len(set.Years) == 0 {
		return nil, errors.New("read set.yaml: version and years are required")
	}
	c := &Calendar{version: set.Version, years: make(map[int]year, len(set.Years))}
	for _, n := range set.Years {
		name := fmt.Sprintf("%d.yaml", n)
		var file yearFile
		if err := decode(files, name, &file); err != nil {
			return nil, err
		}
		if file.Year != n {
			return nil, fmt.Errorf("read %s: says year %d", name, file.Year)
		}
		y, err := file.build()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		c.years[n] = y
	}
	return c, nil
}

func decode(files fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("read calendar: %w", err)
	}
	if err := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(into); err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	return nil
}

func (f yearFile) build() (year, error) {
	if f.Paper.Number == "" || f.Paper.URL == "" {
		return year{}, errors.New("the paper's number and address are required")
	}
	y := year{paper: f.Paper.Number, off: map[Date]string{}, work: map[Date]string{}}
	for _, h := range f.Holidays {
		first, last, err := parseRange(h.Off)
		if err != nil {
			return year{}, fmt.Errorf("%s: %w", h.Name, err)
		}
		for d := first; !d.After(last); d = d.AddDays(1) {
			if err := y.claim(f.Year, d); err != nil {
				return year{}, fmt.Errorf("%s: %w", h.Name, err)
			}
			y.off[d] = h.Name
		}
		for _, s := range h.Work {
			d, err := ParseDate(s)
			if err != nil {
				return year{}, fmt.Errorf("%s: %w", h.Name, err)
			}
			if err := y.claim(f.Year, d); err != nil {
				return year{}, fmt.Errorf("%s: %w", h.Name, err)
			}
			if wd := d.Weekday(); wd != 0 && wd != 6 {
				return year{}, fmt.Errorf("%s: make-up day %s is not on a weekend", h.Name, d)
			}
			y.work[d] = h.Name
		}
	}
	return y, nil
}

// claim refuses a day of another year and a day that was named before.
func (y year) claim(n int, d Date) error {
	if d.Year != n {
		return fmt.Errorf("%s is not in %d", d, n)
	}
	if y.off[d] != "" || y.work[d] != "" {
		return fmt.Errorf("%s is named twice", d)
	}
	return nil
}

// parseRange reads 2026-02-15..2026-02-23 or a single day.
func parseRange(s string) (first, last Date, err error) {
	from, to, isRange := strings.Cut(s, "..")
	if first, err = ParseDate(from); err != nil {
		return Date{}, Date{}, err
	}
	if !isRange {
		return first, first, nil
	}
	if last, err = ParseDate(to); err != nil {
		return Date{}, Date{}, err
	}
	if last.Before(first) {
		return Date{}, Date{}, fmt.Errorf("range %s ends before it begins", s)
	}
	return first, last, nil
}
