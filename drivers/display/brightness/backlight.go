package brightness

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"tongban/drivers"
)

// backlight is a light of the kernel (内核背光): a folder with how bright it is and can be, in steps of its own.
type backlight struct {
	dir  string
	most int
}

// kinds are the kernel's words for who drives a light, the better ones first; one panel may be listed by several.
var kinds = []string{"firmware", "platform", "raw"}

// backlight finds the light of the terminal's own panel, nil where there is none. A light that says at which connector it hangs counts
// only where that may be the terminal's own; one that does not say belongs to a built-in panel.
func (m Machine) backlight() Screen {
	list, err := filepath.Glob(filepath.Join(m.Root, "sys/class/backlight/*"))
	if err != nil {
		return nil
	}
	slices.Sort(list)
	var best *backlight
	rank := len(kinds) + 1
	for _, dir := range list {
		most, err := strconv.Atoi(text(filepath.Join(dir, "max_brightness")))
		if err != nil || most < 1 || !m.own(dir) {
			continue
		}
		r := slices.Index(kinds, text(filepath.Join(dir, "type")))
		if r < 0 {
			r = len(kinds)
		}
		if r < rank {
			best, rank = &backlight{dir, most}, r
		}
	}
	if best == nil {
		return nil
	}
	return best
}

func (m Machine) own(dir string) bool {
	real, err := filepath.EvalSymlinks(filepath.Join(dir, "device"))
	if err != nil {
		return true
	}
	card, name, ok := strings.Cut(filepath.Base(real), "-")
	if !ok || !strings.HasPrefix(card, "card") {
		return true
	}
	return slices.ContainsFunc(m.connectors(), func(c string) bool { return strings.HasSuffix(filepath.Base(c), "-"+name) })
}

func (b *backlight) String() string { return "backlight " + filepath.Base(b.dir) }

func (b *backlight) Get(ctx context.Context) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, drivers.Fault(err)
	}
	raw, err := os.ReadFile(filepath.Join(b.dir, "brightness")) //nolint:gosec // a file of the kernel's tree
	if err != nil {
		return 0, b.fault("read", err)
	}
	v, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil || v < 0 || v > b.most {
		return 0, &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonProtocol, Detail: fmt.Sprintf("backlight says %.20q of %d", raw, b.most), Cause: err}
	}
	return share(v, b.most), nil
}

func (b *backlight) Set(ctx context.Context, percent int) error {
	if err := ctx.Err(); err != nil {
		return drivers.Fault(err)
	}
	v, err := steps(percent, b.most)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(b.dir, "brightness"), os.O_WRONLY|os.O_TRUNC, 0) //nolint:gosec // a file of the kernel's tree
	if err != nil {
		return b.fault("open", err)
	}
	_, err = f.WriteString(strconv.Itoa(v) + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		return b.fault("write", err)
	}
	return nil
}

func (b *backlight) fault(what string, err error) error {
	e := &drivers.Error{Code: drivers.CodeInternalError, Detail: what + " backlight: " + err.Error(), Cause: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Code, e.Reason, e.Detail = drivers.CodeNoDevice, drivers.ReasonUnplugged, "the backlight is gone"
	case errors.Is(err, fs.ErrPermission):
		e.Detail = "no right to set the backlight: a udev rule must give it to the service account"
	}
	return e
}

// share is a number of steps in percent, rounded.
func share(v, most int) int { return (v*100 + most/2) / most }

// steps is the other way round.
func steps(percent, most int) (int, error) {
	if percent < 0 || percent > 100 {
		return 0, &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf("brightness of %d %%", percent)}
	}
	return (percent*most + 50) / 100, nil
}
