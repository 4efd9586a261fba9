package app

import (
	"context"
	"fmt"
	"image"
	"net/http"
	"slices"
	"time"

	"tongban/agent/devices"
	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/drivers"
	"tongban/drivers/scanner/page"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Limits for one picture: of a camera, with the wait for a frame that is just being taken; of a scanner, whose lamp goes over the glass.
const (
	captureLimit = 8 * time.Second
	scanLimit    = 65 * time.Second
)

// Capture takes one page for a material: straightened and kept aside when it is good, else refused with the reason. It
// becomes part of the matter only by Keep.
func (a *App) Capture(ctx context.Context, id string, in screen.Shoot) (screen.Capture, error) {
	err := a.fillIn(id, func(_ *session.Visit, m *session.Matter) error {
		if a.working {
			return errBusy
		}
		if err := room(m, in.Material); err != nil {
			return err
		}
		a.working = true
		return nil
	})
	if err != nil {
		return screen.Capture{}, err
	}
	defer func() { a.mu.Lock(); a.working = false; a.mu.Unlock() }()
	frame, glass, err := a.shoot(ctx)
	if err != nil {
		a.o.Log.Warn("page was not captured", "hop", "Driver", "err", err)
		return screen.Capture{OK: false, Verdict: "down", Title: sourceName(glass) + "没有应答", Message: "不是您的问题，一般一分钟内恢复。也可以请工作人员帮忙", Checks: []screen.PageCheck{}}, nil
	}
	judge := page.Straighten
	if glass {
		judge = page.Glass
	}
	pg, err := judge(frame.JPEG)
	if err != nil {
		a.o.Log.Warn("capture cannot be judged", "err", err)
		pg = drivers.Page{Verdict: drivers.PageNone}
	}
	out := screen.Capture{OK: pg.Verdict == drivers.PageGood, Verdict: string(pg.Verdict), Checks: checks(pg.Verdict)}
	if !out.OK {
		out.Title, out.Message = refusal(pg, image.Pt(frame.Width, frame.Height))
		if glass {
			out.Title, out.Message = glassRefusal(pg.Verdict)
		}
		return out, nil
	}
	out.Title, out.Message = "拍好了，请看看清不清楚", "四个角都在，字看得清"
	pageID, err := a.newID()
	if err != nil {
		return screen.Capture{}, err
	}
	shot := &session.Page{Page: screen.Page{ID: pageID, Width: pg.Width, Height: pg.Height}}
	err = a.fillIn(id, func(v *session.Visit, m *session.Matter) error {
		if old := m.Pending[in.Material]; old != nil {
			if err := v.Folder.Delete(old.ID); err != nil {
				return err
			}
		}
		var err error
		if shot.File, err = v.Folder.Put(pageID, pg.JPEG, "image/jpeg"); err != nil {
			return err
		}
		m.Pending[in.Material] = shot
		return nil
	})
	if err != nil {
		return screen.Capture{}, err
	}
	out.Page = &shot.Page
	return out, nil
}

// picturing is what a camera and a scanner have in common.
type picturing interface {
	drivers.Device
	Capture(ctx context.Context) (drivers.Frame, error)
}

// shoot takes one picture of a paper, and says whether it was laid on glass.
func (a *App) shoot(ctx context.Context) (_ drivers.Frame, glass bool, _ error) {
	a.mu.Lock()
	glass = a.onGlass()
	a.mu.Unlock()
	limit := captureLimit
	if glass {
		limit = scanLimit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	l, err := devices.Take[picturing](ctx, a.o.Rack, drivers.KindScanner)
	if err != nil {
		return drivers.Frame{}, glass, err
	}
	f, err := l.Device.Capture(ctx)
	l.Done(err)
	return f, glass, err
}

// onGlass reports whether papers are laid on the glass of a scanner, which has no live picture, in place of below a camera. A device that is
// away is still what it was. Called with mu held.
func (a *App) onGlass() bool {
	if camera, known := devices.Is[drivers.DocumentCamera](a.o.Rack, drivers.KindScanner); known {
		a.glass = !camera
	}
	return a.glass
}

func sourceName(glass bool) string {
	if glass {
		return "扫描仪"
	}
	return "高拍仪"
}

// room refuses a page too many, or one for a paper that is not asked for.
func room(m *session.Matter, code string) error {
	for _, n := range matter.Materials(&m.Item, m.Answers) {
		if n.Code != code || n.Need == matter.Exempt {
			continue
		}
		if limit := max(n.MaxPages, 1); len(m.Pages[code]) >= limit {
			return problem(http.StatusConflict, "screen.enough_pages", fmt.Sprintf("这份最多%d页，先删掉一页再拍", limit), nil)
		}
		return nil
	}
	return problem(http.StatusUnprocessableEntity, "screen.no_material", "这份材料不用交", nil)
}

// KeepPage is “就用这张”.
func (a *App) KeepPage(id string, in screen.Keep) error {
	return a.edit(id, func(_ *session.Visit, m *session.Matter) error {
		if slices.ContainsFunc(m.Pages[in.Material], func(p *session.Page) bool { return p.ID == in.Page }) {
			return nil
		}
		p := m.Pending[in.Material]
		if p == nil || p.ID != in.Page {
			return problem(http.StatusConflict, "screen.no_page", "这张照片已经不在了，请再拍一次", nil)
		}
		if err := room(m, in.Material); err != nil {
			return err
		}
		delete(m.Pending, in.Material)
		delete(m.Deferred, in.Material)
		m.Pages[in.Material] = append(m.Pages[in.Material], p)
		return nil
	})
}

// DropPage throws a page away, kept or not.
func (a *App) DropPage(id string, in screen.Keep) error {
	return a.edit(id, func(v *session.Visit, m *session.Matter) error {
		there := func(p *session.Page) bool { return p.ID == in.Page }
		switch p := m.Pending[in.Material]; {
		case p != nil && there(p):
			delete(m.Pending, in.Material)
		case slices.ContainsFunc(m.Pages[in.Material], there):
			m.Pages[in.Material] = slices.DeleteFunc(m.Pages[in.Material], there)
		default:
			return nil
		}
		return v.Folder.Delete(in.Page)
	})
}

// PagePicture returns one page as JPEG.
func (a *App) PagePicture(pageID string) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if v := a.visit; v != nil && v.Matter != nil {
		all := []*session.Page{}
		for _, p := range v.Matter.Pending {
			all = append(all, p)
		}
		for _, ps := range v.Matter.Pages {
			all = append(all, ps...)
		}
		for _, p := range all {
			if p.ID == pageID {
				return picture(v, p.ID, p.File)
			}
		}
	}
	return nil, problem(http.StatusNotFound, "screen.no_page", "这张照片已经不在了", nil)
}

func picture(v *session.Visit, name string, f wire.File) ([]byte, error) {
	text, err := v.Folder.Get(name, f)
	if err != nil {
		return nil, err
	}
	return text, nil
}
