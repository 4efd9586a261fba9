package app

import (
	"context"
	"errors"
	"net/http"

	"tongban/agent/devices"
	"tongban/agent/diagnostics"
	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/drivers"
)

// errNoDesk means that this program was built without a technician's desk.
var errNoDesk = problem(http.StatusNotFound, "service.none", "这个程序没有现场维护", nil)

// serviceWords are what a technician is told; each says what to do.
var serviceWords = []struct {
	err           error
	status        int
	code, message string
}{
	{diagnostics.ErrNotEnrolled, http.StatusConflict, "service.not_enrolled", "本机还没有登记，维护码还用不了。请先用登记码登记"},
	{diagnostics.ErrLocked, http.StatusTooManyRequests, "service.locked", "连续输错 5 次，请 10 分钟后再试"},
	{diagnostics.ErrLate, http.StatusUnprocessableEntity, "service.late", "维护码已过期，请向管理员要一个新的；如果是刚发的，请看本机时间对不对"},
	{diagnostics.ErrUsed, http.StatusUnprocessableEntity, "service.used", "这个维护码已经用过，请向管理员要一个新的"},
	{diagnostics.ErrWrong, http.StatusUnprocessableEntity, "service.wrong", "维护码不对。请核对是不是发给这一台的，一组一组再输一遍"},
	{diagnostics.ErrClosed, http.StatusConflict, "service.closed", "维护已经结束，请用新的维护码进入"},
	{diagnostics.ErrTesting, http.StatusConflict, "service.testing", "正在测试，请先做完，或按“停止”"},
	{devices.ErrNotCounted, http.StatusUnprocessableEntity, "service.not_counted", "这台设备的用纸没有计数，换了纸不用登记"},
	{diagnostics.ErrNoTest, http.StatusUnprocessableEntity, "service.no_test", "这台设备没有可以做的测试"},
}

// service runs one act of the technician and tells the screens.
func (a *App) service(f func(d *diagnostics.Desk) error) error {
	d := a.o.Desk
	if d == nil {
		return errNoDesk
	}
	err := f(d)
	a.Touch() //nolint:contextcheck // counts by itself, whoever rings
	for _, w := range serviceWords {
		if errors.Is(err, w.err) {
			return problem(w.status, w.code, w.message, err)
		}
	}
	return err
}

// OpenService lets a technician in (进入维护). A citizen who is being served is not thrown out.
func (a *App) OpenService(ctx context.Context, code string) error {
	a.mu.Lock()
	busy := a.visit != nil && a.visit.State != session.Left
	a.mu.Unlock()
	if busy {
		return problem(http.StatusConflict, "service.citizen", "有人正在办事，请等这次办完再进入维护", nil)
	}
	return a.service(func(d *diagnostics.Desk) error { return d.Open(ctx, code) })
}

// TestDevice begins the test of one device.
func (a *App) TestDevice(kind string) error {
	return a.service(func(d *diagnostics.Desk) error { return d.Test(a.ctx, drivers.Kind(kind)) })
}

// StopTest ends it.
func (a *App) StopTest() error { return a.service((*diagnostics.Desk).Stop) }

// CheckAgain forgets what was tested and looks at everything anew.
func (a *App) CheckAgain() error { return a.service((*diagnostics.Desk).Again) }

// LoadedPaper begins the count of a printer's paper anew.
func (a *App) LoadedPaper(ctx context.Context, kind string) error {
	return a.service(func(d *diagnostics.Desk) error { return d.Loaded(ctx, drivers.Kind(kind)) })
}

// FinishService makes the result.
func (a *App) FinishService(ctx context.Context) error {
	return a.service(func(d *diagnostics.Desk) error { return d.Finish(ctx) })
}

// CloseService gives the terminal back to the citizens.
func (a *App) CloseService(ctx context.Context) error {
	return a.service(func(d *diagnostics.Desk) error { return d.Close(ctx) })
}

// ServiceLeaflet is the text of the result's QR code.
func (a *App) ServiceLeaflet() (string, error) {
	if a.o.Desk == nil {
		return "", errNoDesk
	}
	text := a.o.Desk.Leaflet()
	if text == "" {
		return "", problem(http.StatusConflict, "service.no_result", "还没有诊断结果，请先按“出诊断结果”", nil)
	}
	return text, nil
}

// serviceBlock keeps citizens away while a technician is here, nil when none is.
func (a *App) serviceBlock() *screen.Block {
	if a.o.Desk == nil || !a.o.Desk.Here() {
		return nil
	}
	return &screen.Block{Code: "service", Title: "本机正在维护", Message: "请到旁边的自助机或窗口办"}
}
