// Package archive keeps the pictures of a surveillance camera for as many days as the law or the office says and not one longer (监控留存):
// a folder for each day, a file for each picture, readable by the service account only.
package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tongban/drivers"
)

// Archive is one folder of pictures. The masks are the driver's: what comes here has them already.
type Archive struct {
	dir  string
	days int
	now  func() time.Time
}

// Names of folders and files: they sort by time.
const (
	dayForm  = "2006-01-02"
	timeForm = "150405.000"
	suffix   = ".jpg"
	maxDays  = 366
)

// ErrDays is a time to keep that makes no sense.
var ErrDays = errors.New("pictures are kept 1 to 366 days")

// Open makes the folder. Pictures are kept today and days-1 days before.
func Open(dir string, days int, now func() time.Time) (*Archive, error) {
	if days < 1 || days > maxDays {
		return nil, fmt.Errorf("%w: %d", ErrDays, days)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make archive: %w", err)
	}
	return &Archive{dir: dir, days: days, now: now}, nil
}

// Put keeps a picture and sweeps when a new day begins. A picture is there whole or not at all.
func (a *Archive) Put(f drivers.Frame) error {
	now := a.now()
	day := filepath.Join(a.dir, now.Format(dayForm))
	if _, err := os.Stat(day); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(day, 0o700); err != nil {
			return fmt.Errorf("make folder of the day: %w", err)
		}
		if _, err := a.Sweep(); err != nil {
			return err
		}
	}
	path := filepath.Join(day, now.Format(timeForm)+suffix)
	if err := os.WriteFile(path+".part", f.JPEG, 0o600); err != nil {
		return fmt.Errorf("keep picture: %w", err)
	}
	if err := os.Rename(path+".part", path); err != nil {
		return fmt.Errorf("keep picture: %w", err)
	}
	return nil
}

// Sweep deletes the days whose time is over and tells how many. Folders that are no days are nobody's business.
func (a *Archive) Sweep() (int, error) {
	days, err := a.Days()
	if err != nil {
		return 0, err
	}
	oldest := a.now().AddDate(0, 0, 1-a.days).Format(dayForm)
	n := 0
	for _, d := range days {
		if d >= oldest {
			continue
		}
		if err := os.RemoveAll(filepath.Join(a.dir, d)); err != nil {
			return n, fmt.Errorf("delete day: %w", err)
		}
		n++
	}
	return n, nil
}

// Days lists the days that there are pictures of.
func (a *Archive) Days() ([]string, error) {
	entries, err := os.ReadDir(a.dir)
	if err != nil {
		return nil, fmt.Errorf("list days: %w", err)
	}
	var out []string
	for _, e := range entries {
		if _, err := time.Parse(dayForm, e.Name()); err == nil && e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// Play calls see with the pictures of a day in their order, until see says no.
func (a *Archive) Play(day string, see func(name string, jpeg []byte) bool) error {
	if _, err := time.Parse(dayForm, day); err != nil {
		return fmt.Errorf("day %q: %w", day, fs.ErrNotExist)
	}
	entries, err := os.ReadDir(filepath.Join(a.dir, day))
	if err != nil {
		return fmt.Errorf("list pictures: %w", err)
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !strings.HasSuffix(e.Name(), suffix) })
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(a.dir, day, e.Name())) //nolint:gosec // a name of our folder
		if err != nil {
			return fmt.Errorf("read picture: %w", err)
		}
		if !see(strings.TrimSuffix(e.Name(), suffix), b) {
			break
		}
	}
	return nil
}
