package diagnostics

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tongban/agent/clock"
	"tongban/drivers"
	"tongban/drivers/speaker/wav"
	"tongban/fleet/wire"
)

// Times of the tests of pads, lights and doors.
const (
	penAway   = 2 * time.Second        // the pen has left: whoever tests has written enough
	lightOn   = 700 * time.Millisecond // long enough to be seen
	doorLook  = 200 * time.Millisecond
	doorTwice = 2 // opened and closed, or the other way
)

// testSignature takes a few strokes; how they look nobody needs to know.
func testSignature(ctx context.Context, b bench) (out finding, err error) {
	err = lent(ctx, b.rack, drivers.KindSignature, func(dev drivers.SignaturePad) error {
		area := dev.Area()
		done, on := b.whenAway(ctx)
		i, err := dev.Write(ctx, done, on)
		if err != nil {
			return err
		}
		out.said = fmt.Sprintf("收到 %d 画，内容没有留下；压力 %d 级", len(i.Strokes), area.Levels)
		if inches := area.Inches(); inches > 0 {
			out.timings = []wire.Timing{b.want.judge("diagonal", inches, "in")}
		} else {
			out.said += "；板没有说自己多大"
		}
		return nil
	})
	return out, err
}

// whenAway is what Write wants: a channel that is closed when the pen has been away for a while after it wrote, and the function that
// follows the pen.
func (b bench) whenAway(ctx context.Context) (<-chan struct{}, func(drivers.InkPoint, drivers.PenStep)) {
	done, up := make(chan struct{}), make(chan bool, 1)
	var last sync.Mutex
	go func() {
		var away <-chan time.Time
		for {
			select {
			case <-ctx.Done():
				return
			case left := <-up:
				if away = nil; left {
					away = b.clock.After(penAway)
				}
			case <-away:
				close(done)
				return
			}
		}
	}()
	return done, func(_ drivers.InkPoint, step drivers.PenStep) {
		last.Lock()
		defer last.Unlock()
		select { // the newest counts
		case <-up:
		default:
		}
		up <- step == drivers.PenUp
	}
}

// testLight turns each light on and off; that it shines the person sees.
func testLight(ctx context.Context, b bench) (out finding, err error) {
	err = lent(ctx, b.rack, drivers.KindLight, func(dev drivers.LightBar) error {
		for _, light := range dev.Lights() {
			if err := dev.Switch(ctx, light, true); err != nil {
				return err
			}
			waited := clock.Sleep(ctx, b.clock, lightOn)
			if err := dev.Switch(context.WithoutCancel(ctx), light, false); err != nil {
				return err
			}
			if waited != nil {
				return waited
			}
		}
		out.said = fmt.Sprintf("%d 路依次开关过，继电器都跟上了；灯亮没亮请看", len(dev.Lights()))
		return nil
	})
	return out, err
}

// testDoor waits until the door was moved there and back.
func testDoor(ctx context.Context, b bench) (out finding, err error) {
	err = lent(ctx, b.rack, drivers.KindDoor, func(dev drivers.DoorContact) error {
		was, err := dev.DoorOpen(ctx)
		if err != nil {
			return err
		}
		for moved := 0; moved < doorTwice; {
			if clock.Sleep(ctx, b.clock, doorLook) != nil {
				return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonNoMove, Detail: "nobody moved the door"}
			}
			open, err := dev.DoorOpen(ctx)
			if err != nil && ctx.Err() == nil {
				return err
			}
			if err == nil && open != was {
				was = open
				moved++
			}
		}
		out.said = "门打开和关上都报了"
		return nil
	})
	return out, err
}

// testSpeaker plays a prompt; that it is heard the person says.
func testSpeaker(ctx context.Context, b bench) (out finding, err error) {
	err = lent(ctx, b.rack, drivers.KindSpeaker, func(dev drivers.Speaker) error {
		out.said = fmt.Sprintf("提示音放完了，音量 %d%%；响没响请听", dev.Volume())
		return dev.Play(ctx, wav.Compose(wav.Done).Encode())
	})
	return out, err
}

// testDisplay asks the second screen what it is.
func testDisplay(ctx context.Context, b bench) (out finding, err error) {
	err = lent(ctx, b.rack, drivers.KindDisplay, func(dev drivers.SecondScreen) error {
		s, err := dev.Screen(ctx)
		if err != nil {
			return err
		}
		out.said = fmt.Sprintf("%s 上接着 %s，%d×%d", s.Connector, s.Name, s.Width, s.Height)
		if s.Inches() > 0 {
			out.timings = append(out.timings, b.want.judge("diagonal", s.Inches(), "in"))
		} else {
			out.said += "；屏没有说自己多大"
		}
		if s.Width > 0 {
			out.timings = append(out.timings, b.want.judge("pixel_width", float64(max(s.Width, s.Height)), "px"), b.want.judge("pixel_height", float64(min(s.Width, s.Height)), "px"))
		}
		if !s.On {
			return &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "connected, but no picture is sent to it"}
		}
		return nil
	})
	return out, err
}
