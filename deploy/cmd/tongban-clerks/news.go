package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"

	"tongban/deploy/walk"
)

// soon asks again after news in the way of the console's kit/soon.ts: in a moment while it is quiet, less and less often while it goes
// on, spread by chance.
type soon struct{ rang chan struct{} }

func (s *soon) later() {
	select {
	case s.rang <- struct{}{}:
	default: // it will ask anyway
	}
}

func after(ctx context.Context, h *heard, first, longest, share time.Duration, ask func()) *soon {
	s := &soon{rang: make(chan struct{}, 1)}
	go func() {
		wait, last := first, time.Time{}
		for {
			select {
			case <-ctx.Done():
				return
			case <-s.rang:
			}
			crowded := share * time.Duration(h.listening.Load())
			if wait = min(max(2*wait, crowded), longest); time.Since(last) > longest+crowded {
				wait = first
			}
			if pause(ctx, wait+rand.N(max(wait, crowded))) {
				return
			}
			ask()
			last = time.Now()
		}
	}()
	return s
}

// looks are what the page of the day and the numbers on the rail ask after news.
func (w *work) looks(ctx context.Context, h *heard, c *walk.Clerk) []*soon {
	ask := func(name string, paths ...string) func() {
		return func() {
			for _, path := range paths {
				w.timed(name, func() error { return c.Ask(context.WithoutCancel(ctx), http.MethodGet, path, nil, nil) })
			}
		}
	}
	return []*soon{
		after(ctx, h, 400*time.Millisecond, 20*time.Second, 4*time.Millisecond, ask("after news: the day", "/window/workbench", "/window/parked?scope=mine")),
		after(ctx, h, 5*time.Second, time.Minute, 12*time.Millisecond, ask("after news: numbers on the rail", "/window/inbox?size=1", "/window/parked?scope=mine", "/issuing/records?size=1", "/messages/unread")),
	}
}
