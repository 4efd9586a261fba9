package app

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/agent/diagnostics"
	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/agent/slip"
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
	{diagnostics.ErrNoLine, http.StatusUnprocessableEntity, "service.no_line", "这台设备走网络或系统接口，没有可以看的线路"},
	{diagnostics.ErrValue, http.StatusUnprocessableEntity, "service.value", "这个数不对，请重新测一次"},
	{diagnostics.ErrNoBrightness, http.StatusUnprocessableEntity, "service.no_brightness", "这块屏不能由程序调亮度，请用屏上的按键"},
	{diagnostics.ErrNoTrace, http.StatusConflict, "service.no_trace", "还没有线路记录，请先按“看线路”"},
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

// Serving reports whether a citizen is here.
func (a *App) Serving() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.visit != nil && a.visit.State != session.Left
}

// OpenService lets a technician in (进入维护). A citizen who is being served is not thrown out.
func (a *App) OpenService(ctx context.Context, code string) error {
	if a.Serving() {
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

// TraceDevice begins to listen to the line of one device (看线路).
func (a *App) TraceDevice(kind string) error {
	return a.service(func(d *diagnostics.Desk) error { return d.Trace(a.ctx, drivers.Kind(kind)) })
}

// StopTrace ends it; what was recorded stays until the visit ends.
func (a *App) StopTrace() error { return a.service((*diagnostics.Desk).StopTrace) }

// ServiceTape is the recording as a tape.
func (a *App) ServiceTape() (text string, err error) {
	err = a.service(func(d *diagnostics.Desk) error { text, err = d.Tape(); return err })
	return text, err
}

// TouchTested takes what the touch test saw.
func (a *App) TouchTested(in screen.TouchResult) error {
	return a.service(func(d *diagnostics.Desk) error { return d.Touched(in) })
}

// SetVolume sets how loud the terminal speaks.
func (a *App) SetVolume(ctx context.Context, percent int) error {
	return a.service(func(d *diagnostics.Desk) error {
		err := d.SetVolume(ctx, percent)
		if _, device := errors.AsType[*drivers.Error](err); device {
			return problem(http.StatusServiceUnavailable, "service.speaker", "扬声器现在没有应答，音量没有改。先看它的状态", err)
		}
		return err
	})
}

// SetControl sets one setting of the face camera.
func (a *App) SetControl(ctx context.Context, in screen.SetControl) error {
	return a.tune(func(d *diagnostics.Desk) error { return d.SetControl(ctx, in) })
}

// AutomaticCamera leaves the face camera to itself again.
func (a *App) AutomaticCamera(ctx context.Context) error {
	return a.tune(func(d *diagnostics.Desk) error { return d.Automatic(ctx) })
}

func (a *App) tune(f func(d *diagnostics.Desk) error) error {
	return a.service(func(d *diagnostics.Desk) error {
		err := f(d)
		if _, device := errors.AsType[*drivers.Error](err); device {
			return problem(http.StatusServiceUnavailable, "service.camera", "摄像头没有照着改。看它的状态，再测一次", err)
		}
		return err
	})
}

// SetBrightness sets how bright the terminal's own screen is.
func (a *App) SetBrightness(ctx context.Context, percent int) error {
	return a.service(func(d *diagnostics.Desk) error {
		err := d.SetBrightness(ctx, percent)
		if _, device := errors.AsType[*drivers.Error](err); device {
			return problem(http.StatusServiceUnavailable, "service.screen", "屏现在没有应答，亮度没有改。请看屏的电源和信号线，再按“重新检测”", err)
		}
		return err
	})
}

// ServicePicture is what a camera saw in its test.
func (a *App) ServicePicture(id string) (jpg []byte, err error) {
	if a.o.Desk == nil {
		return nil, errNoDesk
	}
	if jpg, err = a.o.Desk.Picture(id); err != nil {
		return nil, problem(http.StatusNotFound, "service.no_picture", "这张画面已经清掉了，要看请重新测试", err)
	}
	return jpg, nil
}

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

// PrintService prints the result for the folder in the cabinet (打印诊断结果). Nothing hangs on it: the screen says the same.
func (a *App) PrintService(ctx context.Context) error {
	text, err := a.ServiceLeaflet()
	if err != nil {
		return err
	}
	a.mu.Lock()
	station := a.station
	a.mu.Unlock()
	trouble := problem(http.StatusServiceUnavailable, "service.print", "没打出来：先看小票打印机的状态，或用手机扫屏幕上的码", nil)
	if a.o.Printer == nil || !a.o.Rack.Has(drivers.KindReceipt) || station == nil {
		return trouble
	}
	ctx, cancel := context.WithTimeout(ctx, guideLimit)
	defer cancel()
	job, err := a.newID()
	if err != nil {
		return err
	}
	l, err := devices.Take[drivers.ReceiptPrinter](ctx, a.o.Rack, drivers.KindReceipt)
	if err != nil {
		trouble.Cause = err
		return trouble
	}
	img, err := a.o.Printer.RenderReport(a.report(text, station), l.Device.Dots())
	if err != nil {
		l.Done(nil)
		trouble.Cause = err
		return trouble
	}
	_, err = l.Device.Print(ctx, drivers.Slip{Key: job, Image: img})
	l.Done(err)
	if err != nil {
		trouble.Cause = err
		return trouble
	}
	return nil
}

// report is the text of the code as a paper: its first lines stand in the head, the last one holds the letters.
func (a *App) report(text string, at *Station) slip.Report {
	lines := strings.Split(text, "\n")
	code := strings.TrimPrefix(lines[len(lines)-1], "诊断码 ")
	return slip.Report{
		Service: a.o.Service, Terminal: at.Code, Place: at.Place, Label: at.Label, Lines: lines[2 : len(lines)-1], Code: code, QR: text,
		At: a.o.Clock.Now().In(clock.Shanghai),
	}
}

// serviceBlock keeps citizens away while a technician is here, nil when none is.
func (a *App) serviceBlock() *screen.Block {
	if a.o.Desk == nil || !a.o.Desk.Here() {
		return nil
	}
	return &screen.Block{Code: "service", Title: "本机正在维护", Message: "请到旁边的自助机或窗口办"}
}
