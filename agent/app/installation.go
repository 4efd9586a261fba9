package app

import (
	"context"
	"errors"
	"net/http"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/agent/diagnostics"
	"tongban/agent/installation"
	"tongban/agent/screen"
	"tongban/agent/slip"
	"tongban/drivers"
)

// installWords are what a technician is told about the check-list; each says what to do.
var installWords = []struct {
	err           error
	status        int
	code, message string
}{
	{diagnostics.ErrClosed, http.StatusConflict, "service.closed", "维护已经结束，请用新的维护码进入"},
	{installation.ErrNoPoint, http.StatusNotFound, "install.no_point", "清单里没有这一项，请退出维护再进"},
	{installation.ErrNumber, http.StatusUnprocessableEntity, "install.number", "请填量出来的数"},
	{installation.ErrFitted, http.StatusConflict, "install.fitted", "这样设备接着，不能记“没有装”"},
	{installation.ErrReading, http.StatusConflict, "install.reading", "正在等读，请先做完，或按“停止”"},
	{installation.ErrPictures, http.StatusConflict, "install.pictures", "这一项最多三张，先删掉一张再拍"},
	{installation.ErrPicture, http.StatusUnprocessableEntity, "install.picture", "这不是照片，请选 JPG 或 PNG 文件"},
	{installation.ErrNoCamera, http.StatusConflict, "install.no_camera", "本机没有这个摄像头，请换一个，或选带来的照片"},
	{installation.ErrOpen, http.StatusConflict, "install.open", "还有没做的项，做完再签"},
	{installation.ErrNotSigned, http.StatusConflict, "install.not_signed", "还没有签，先按“签字上报”"},
	{installation.ErrFull, http.StatusInsufficientStorage, "install.full", "磁盘快满了，没有存下来。请清理磁盘后再做这一步"},
	{installation.ErrAnswer, http.StatusUnprocessableEntity, "install.answer", "这一项不能这样答，请按屏幕上的按钮"},
}

// install runs one act on the check-list by the technician who is here, and tells the screens.
func (a *App) install(f func(b *installation.Book, g diagnostics.Guest) error) error {
	if a.o.Desk == nil || a.o.Installation == nil {
		return problem(http.StatusNotFound, "install.none", "这种机型没有安装验收清单", nil)
	}
	g, err := a.o.Desk.Guest()
	if err == nil {
		err = f(a.o.Installation, g)
	}
	a.Touch() //nolint:contextcheck // counts by itself, whoever rings
	for _, w := range installWords {
		if errors.Is(err, w.err) {
			return problem(w.status, w.code, w.message, err)
		}
	}
	var fault *drivers.Error
	if errors.As(err, &fault) || errors.Is(err, devices.ErrBusy) {
		return problem(http.StatusServiceUnavailable, "install.camera", "摄像头没有应答。到“设备”里看看它，或选带来的照片", err)
	}
	return err
}

// AnswerPoint writes down one answer.
func (a *App) AnswerPoint(ctx context.Context, in screen.InstallAnswer) error {
	return a.install(func(b *installation.Book, _ diagnostics.Guest) error { return b.Answer(ctx, in) })
}

// ShootPoint takes or brings a picture.
func (a *App) ShootPoint(ctx context.Context, in screen.InstallShot) error {
	return a.install(func(b *installation.Book, g diagnostics.Guest) error {
		if in.Source == "file" {
			return b.Bring(ctx, g, in.Point, in.Source, in.JPEG)
		}
		return b.Shoot(ctx, g, in.Point, in.Source)
	})
}

// DropPhoto removes one.
func (a *App) DropPhoto(ctx context.Context, in screen.InstallDrop) error {
	return a.install(func(b *installation.Book, _ diagnostics.Guest) error { return b.Drop(ctx, in.Digest) })
}

// ReadPoint waits for a read at the point's distance.
func (a *App) ReadPoint(in screen.InstallRead) error {
	return a.install(func(b *installation.Book, _ diagnostics.Guest) error { return b.Read(a.ctx, in) })
}

// StopRead ends it.
func (a *App) StopRead() error {
	return a.install(func(b *installation.Book, _ diagnostics.Guest) error { b.StopRead(); return nil })
}

// SignInstallation signs the record into the outbox.
func (a *App) SignInstallation(ctx context.Context) error {
	return a.install(func(b *installation.Book, g diagnostics.Guest) error { return b.Sign(ctx, g) })
}

// RestartInstallation begins a new record.
func (a *App) RestartInstallation(ctx context.Context) error {
	return a.install(func(b *installation.Book, _ diagnostics.Guest) error { return b.Restart(ctx) })
}

// InstallPicture is a picture of this visit.
func (a *App) InstallPicture(digest string) ([]byte, error) {
	var out []byte
	if a.o.Installation != nil && a.o.Desk != nil && a.o.Desk.Here() {
		out = a.o.Installation.Picture(digest)
	}
	if out == nil {
		return nil, problem(http.StatusNotFound, "install.sealed", "这张照片已经封存，本机打不开了", nil)
	}
	return out, nil
}

// PrintInstallation prints the signed record. Nothing hangs on this paper, so nothing is journalled.
func (a *App) PrintInstallation(ctx context.Context) error {
	return a.install(func(b *installation.Book, g diagnostics.Guest) error {
		lines, at, err := b.Slip()
		if err != nil {
			return err
		}
		trouble := problem(http.StatusServiceUnavailable, "install.print", "没打出来：看看小票机有没有纸，再按一次", nil)
		a.mu.Lock()
		station := a.station
		a.mu.Unlock()
		if a.o.Printer == nil || station == nil || !a.o.Rack.Has(drivers.KindReceipt) {
			trouble.Message = "本机不打小票。记录会自己送到中心，请记下维护码编号"
			return trouble
		}
		job, err := a.newID()
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, printLimit)
		defer cancel()
		l, err := devices.Take[drivers.ReceiptPrinter](ctx, a.o.Rack, drivers.KindReceipt)
		if err != nil {
			trouble.Cause = err
			return trouble
		}
		img, err := a.o.Printer.RenderRecord(slip.Record{
			Service: a.o.Service, Terminal: g.Terminal, Place: station.Place, Label: station.Label, Lines: lines, Number: int(g.Pass.Nonce),
			Revision: b.View().Revision, At: at.In(clock.Shanghai),
		}, l.Device.Dots())
		if err != nil {
			l.Done(nil)
			return err
		}
		_, err = l.Device.Print(ctx, drivers.Slip{Key: job, Image: img})
		l.Done(err)
		if err != nil {
			trouble.Cause = err
			return trouble
		}
		return nil
	})
}

// viewInstallation is the check-list beside the technician's visit; when he has left, what was only of his visit is forgotten.
func (a *App) viewInstallation(s *screen.Service) {
	switch {
	case a.o.Installation == nil:
	case s == nil:
		a.o.Installation.Leave()
	default:
		s.Installation = a.o.Installation.View()
	}
}
