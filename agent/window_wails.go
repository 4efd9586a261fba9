//go:build desktop

package main

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/runtime"
)

// window shows the screen over the whole panel until ctx ends. It must run on the main goroutine. The page talks to the same
// handler as a browser does; no method is bound. DisableResize would pin the window to a size and clip it on another panel.
func window(ctx context.Context, handler http.Handler, title string) error {
	var ending atomic.Bool
	err := wails.Run(&options.App{
		Title: title, Frameless: true, AlwaysOnTop: true, WindowStartState: options.Fullscreen,
		BackgroundColour: options.NewRGB(0xF6, 0xF5, 0xF1), EnableDefaultContextMenu: false,
		AssetServer: &assetserver.Options{Handler: handler},
		Linux:       &linux.Options{WebviewGpuPolicy: linux.WebviewGpuPolicyNever, ProgramName: "tongban-agent"},
		OnStartup: func(win context.Context) {
			go func() {
				<-ctx.Done()
				ending.Store(true)
				runtime.Quit(win)
			}()
		},
		OnDomReady:    fill,
		OnBeforeClose: func(context.Context) (prevent bool) { return !ending.Load() }, // no key closes a public screen
	})
	if err != nil {
		return fmt.Errorf("open window: %w", err)
	}
	return nil
}

// fill makes the window as large as the panel. A window manager does that by itself when asked for full screen; a terminal
// that runs none (the reference set-up) has nobody to ask, so the size is set too.
func fill(win context.Context) {
	screens, err := runtime.ScreenGetAll(win)
	if err != nil {
		return
	}
	for _, s := range screens {
		if s.IsCurrent || len(screens) == 1 {
			runtime.WindowSetSize(win, s.Size.Width, s.Size.Height)
			runtime.WindowSetPosition(win, 0, 0)
			return
		}
	}
}
