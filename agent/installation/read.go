package installation

import (
	"context"
	"fmt"
	"time"

	"tongban/agent/screen"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
)

// readLimit is how long a technician has to bring the card or the code to its place.
const readLimit = 40 * time.Second

// Read waits for one read at the point's distance and returns at once; the screen follows. What is read, a card or a code, is
// thrown away: only the time it took stays. It ends with ctx of background at the latest.
func (b *Book) Read(background context.Context, in screen.InstallRead) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, err := b.point(in.Point)
	switch {
	case err != nil:
		return err
	case p.Answer != profiles.AnswerRead:
		return ErrAnswer
	case b.reading != "":
		return ErrReading
	case !b.fitted(p):
		return ErrAnswer
	}
	ctx, stop := context.WithTimeout(background, readLimit)
	b.reading, b.stop, b.said = p.ID, stop, ""
	go func() {
		defer stop()
		took, err := b.read(ctx, drivers.Kind(p.Device))
		b.mu.Lock()
		b.reading, b.stop = "", nil
		b.said = b.readEnded(background, p, took, err)
		b.mu.Unlock()
		b.o.Changed()
	}()
	return nil
}

func (b *Book) read(ctx context.Context, kind drivers.Kind) (took int, err error) {
	if kind == drivers.KindBarcode {
		err = lent(ctx, b.o.Rack, kind, func(dev drivers.BarcodeReader) error {
			c, err := dev.Read(ctx)
			took = int(c.ElapsedMS)
			return err
		})
		return took, err
	}
	err = lent(ctx, b.o.Rack, kind, func(dev drivers.IDCardReader) error {
		c, err := dev.Read(ctx, nil)
		took = int(c.ElapsedMS)
		return err
	})
	return took, err
}

// readEnded writes a read down and says how it went. Nobody came: that is no answer. Called with mu held.
func (b *Book) readEnded(ctx context.Context, p profiles.Point, took int, err error) string {
	if err != nil {
		b.o.Log.Info("read of the check-list ended without a result", "point", p.ID, "err", err)
		switch drivers.Fault(err).Reason {
		case drivers.ReasonCardTakenAway, drivers.ReasonCardUnreadable, drivers.ReasonCardUnknown:
			return fmt.Sprintf("离 %d 厘米没有读成。再试一次；还不成就按“不合格”", p.At)
		}
		return fmt.Sprintf("离 %d 厘米没有读到。看看位置再试；读不到就按“不合格”", p.At)
	}
	v := float64(took)
	if err := b.keep(context.WithoutCancel(ctx), p.ID, answer{state: wire.PointOK, value: &v, at: b.o.Clock.Now()}); err != nil {
		b.o.Log.Error("read of the check-list was not kept", "point", p.ID, "err", err)
		return "读到了，但没有存下来：磁盘可能满了，清理后再读一次"
	}
	return fmt.Sprintf("离 %d 厘米读到了，%d 毫秒。内容没有留下", p.At, took)
}

// StopRead ends a read that nobody wants to wait for.
func (b *Book) StopRead() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stop != nil {
		b.stop()
	}
}
