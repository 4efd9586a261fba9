// Package cctv emulates a surveillance camera (仿真视频监控仪) on the net: the part of ONVIF that says who it is and where its stills are, the stills
// and a Motion-JPEG stream behind digest authentication. What it sees is drawn: a hall with somebody who walks, and the screen of the terminal.
package cctv

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"net/http"
	"sync"
	"time"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
)

// Sizes of its pictures: five million points at least standing, one million moving.
const (
	stillW, stillH   = 2592, 1944
	movingW, movingH = 1920, 1080
	pace             = 100 * time.Millisecond
	steps            = 8 // pictures of the walk
)

// Kind names it on the bench.
const Kind = "cctv"

// Screen is where the terminal's screen is in its pictures, in parts: what must be masked.
var Screen = [4]float64{0.55, 0.35, 0.80, 0.70}

// Camera is one camera.
type Camera struct {
	User, Password string // empty: asks nobody

	faults *fault.Set
	mu     sync.Mutex
	addr   string
	server *http.Server
	drawn  map[string][]byte
	shots  int
	nonces map[string]bool
	wg     sync.WaitGroup
}

// New makes a camera; Start puts it on the net.
func New(user, password string) *Camera {
	c := &Camera{User: user, Password: password, addr: "127.0.0.1:0", drawn: map[string][]byte{}, nonces: map[string]bool{}}
	c.faults = fault.New([]fault.Spec{
		{Name: "slow", Label: "慢", Value: "毫秒", Min: 1, Max: 60000, Def: 4000},
		{Name: "silent", Label: "不回话"},
		{Name: "busy", Label: "说忙"},
		{Name: "fail", Label: "报错"},
		{Name: "half", Label: "图传一半"},
		{Name: "garbage", Label: "回乱码"},
		{Name: "denied", Label: "不认口令"},
		{Name: "stall", Label: "视频停住"},
		{Name: "moved", Label: "换了抓拍地址"},
		{Name: "clock", Label: "钟走快", Value: "秒", Min: 1, Max: 86400, Def: 600},
		{Name: "cut", Label: "拔线"},
	}, func(p fault.Press, on bool) error {
		switch {
		case p.Name == "cut" && on:
			c.unplug()
		case p.Name == "cut":
			return c.Start()
		}
		return nil
	})
	return c
}

// At chooses its loopback address, before Start.
func (c *Camera) At(addr string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.addr = addr
}

// Faults are the camera's buttons.
func (c *Camera) Faults() *fault.Set { return c.faults }

// Start puts it on the net, at the same address as before.
func (c *Camera) Start() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server != nil {
		return nil
	}
	l, err := control.Listen(c.addr)
	if err != nil {
		return err
	}
	c.addr = l.Addr().String()
	srv := &http.Server{Handler: c.handler(), ReadHeaderTimeout: 5 * time.Second}
	c.server = srv
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		_ = srv.Serve(l)
	}()
	return nil
}

func (c *Camera) unplug() {
	c.mu.Lock()
	srv := c.server
	c.server = nil
	c.mu.Unlock()
	if srv != nil {
		_ = srv.Close()
	}
}

// Close takes it off the net.
func (c *Camera) Close() error {
	c.unplug()
	c.wg.Wait()
	return nil
}

// URL is the address of its device service.
func (c *Camera) URL() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return "http://" + c.addr + "/onvif/device_service"
}

// Warm draws its pictures ahead.
func (c *Camera) Warm() error {
	for n := range steps {
		if _, err := c.picture(movingW, movingH, n); err != nil {
			return err
		}
		if _, err := c.picture(stillW, stillH, n); err != nil {
			return err
		}
	}
	return nil
}

func (c *Camera) picture(w, h, n int) ([]byte, error) {
	n %= steps
	key := fmt.Sprint(w, n)
	c.mu.Lock()
	b := c.drawn[key]
	c.mu.Unlock()
	if b != nil {
		return b, nil
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	at := func(l, t, r, b float64, c color.Color) {
		draw.Draw(img, image.Rect(int(l*float64(w)), int(t*float64(h)), int(r*float64(w)), int(b*float64(h))), image.NewUniform(c), image.Point{}, draw.Src)
	}
	at(0, 0, 1, 1, color.RGBA{176, 180, 184, 255})
	at(0, 0.75, 1, 1, color.RGBA{120, 116, 110, 255})
	at(Screen[0]-0.02, Screen[1]-0.02, Screen[2]+0.02, 0.9, color.RGBA{60, 64, 70, 255}) // the terminal
	for i := range 12 {                                                                  // what somebody types stands on its screen
		y := Screen[1] + (Screen[3]-Screen[1])*float64(i)/12
		at(Screen[0], y, Screen[2], y+0.5*(Screen[3]-Screen[1])/12, color.RGBA{250, 250, 240, 255})
	}
	x := 0.05 + 0.05*float64(n)
	at(x, 0.4, x+0.08, 0.9, color.RGBA{40, 60, 140, 255})
	at(x+0.02, 0.3, x+0.06, 0.4, color.RGBA{210, 170, 140, 255})
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 80}); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drawn[key] = out.Bytes()
	return out.Bytes(), nil
}
