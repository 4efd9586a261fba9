package app

import (
	"context"
	"time"

	"tongban/agent/clock"
	"tongban/agent/screen"
)

// Pauses between two looks at the disk.
const (
	diskEvery     = 30 * time.Second
	diskWhenFull  = 2 * time.Second // so that a visit can begin soon after space came back
	deviceRefresh = 30 * time.Second
)

// lookAtDisk finds out whether a submission could be stored, before anybody is asked anything.
func (a *App) lookAtDisk(ctx context.Context) error {
	err := a.o.Box.Ready(ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	was := a.block != nil
	a.block = nil
	if err != nil {
		a.block = &screen.Block{Code: "disk_full", Title: "本机暂时不能收材料", Message: "本机存满了，已通知工作人员。请到旁边的自助机或窗口办"}
	}
	if was != (err != nil) {
		a.o.Log.Error("outbox readiness changed", "blocked", err != nil, "err", err)
		a.changed()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return nil
}

func (a *App) watchDisk(ctx context.Context) {
	for ctx.Err() == nil {
		_ = a.lookAtDisk(ctx)
		pause := diskEvery
		a.mu.Lock()
		if a.block != nil {
			pause = diskWhenFull
		}
		a.mu.Unlock()
		_ = clock.Sleep(ctx, a.o.Clock, pause)
	}
}

// watchDevices shows every change of a device at once.
func (a *App) watchDevices(ctx context.Context) {
	bell := a.o.Rack.Watch()
	for {
		select {
		case <-ctx.Done():
			return
		case <-bell:
		case <-a.o.Clock.After(deviceRefresh):
		}
		a.mu.Lock()
		a.changed()
		a.mu.Unlock()
	}
}

// blocked says why nobody can be served now, nil when somebody can. Called with mu held.
func (a *App) blocked() *screen.Block {
	if b := a.serviceBlock(); b != nil {
		return b
	}
	if a.station == nil {
		return &screen.Block{Code: "not_enrolled", Title: "本机还没有启用", Message: "工作人员登记好就能用。请先到旁边的自助机或窗口办"}
	}
	if _, ok := a.o.Content.Snapshot(); !ok {
		return &screen.Block{Code: "out_of_service", Title: "本机正在准备", Message: "第一次连上网络后就能用，通常一分钟。请先到旁边的自助机或窗口办"}
	}
	return a.block
}
