// Package camera emulates a document camera (高拍仪) that speaks eSCL over HTTP. What lies under it is drawn: invented
// papers on a dark mat, a little turned and in perspective, with the noise of a sensor.
package camera

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
)

// Kind names the device.
const Kind = "camera"

// Config is how the camera is built.
type Config struct {
	Addr   string // loopback address, default 127.0.0.1:0
	Sheet  string // what lies under it at the start, default "none"
	Warm   bool   // draw the papers ahead, so that the first picture is quick too
	Settle time.Duration
}

// Device is one camera.
type Device struct {
	cfg    Config
	log    *trace.Log
	faults *fault.Set
	studio *studio

	mu     sync.Mutex
	addr   string
	server *http.Server // nil while the cable is out
	sheet  string
	jobs   map[string]*scanJob
	nextID int
	taken  int
	wg     sync.WaitGroup
}

// New makes a camera; Start puts it on the net.
func New(cfg Config, log *trace.Log) *Device {
	if cfg.Addr == "" {
		cfg.Addr = "127.0.0.1:0"
	}
	if cfg.Sheet == "" {
		cfg.Sheet = "none"
	}
	d := &Device{cfg: cfg, log: log, addr: cfg.Addr, sheet: cfg.Sheet, studio: newStudio(), jobs: map[string]*scanJob{}}
	d.faults = fault.New(faultSpecs(), d.pressed)
	return d
}

// Start puts the service on the net.
func (d *Device) Start() error {
	if _, err := sheetByKey(d.sheet); err != nil {
		return err
	}
	if err := d.plug(); err != nil {
		return err
	}
	if d.cfg.Warm {
		d.wg.Add(1)
		go func() {
			defer d.wg.Done()
			for _, s := range sheets {
				d.studio.page(s)
			}
		}()
	}
	return nil
}

// Close takes it off.
func (d *Device) Close() error {
	d.unplug()
	d.wg.Wait()
	return nil
}

func (d *Device) plug() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.server != nil {
		return nil
	}
	l, err := control.Listen(d.addr)
	if err != nil {
		return err
	}
	d.addr = l.Addr().String()
	srv := &http.Server{Handler: d.handler(), ReadHeaderTimeout: 5 * time.Second}
	d.server = srv
	d.wg.Add(1)
	go func() {
		defer d.wg.Done()
		_ = srv.Serve(l)
	}()
	return nil
}

func (d *Device) unplug() {
	d.mu.Lock()
	srv := d.server
	d.server = nil
	d.jobs = map[string]*scanJob{}
	d.mu.Unlock()
	if srv != nil {
		_ = srv.Close()
	}
}

// URL is the base of the service.
func (d *Device) URL() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return "http://" + d.addr + "/eSCL"
}

// Kind implements control.Device.
func (d *Device) Kind() string { return Kind }

// Faults implements control.Device.
func (d *Device) Faults() *fault.Set { return d.faults }

// State implements control.Device.
func (d *Device) State() control.State {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := control.State{Kind: Kind, Name: "高拍仪", Protocol: "eSCL", Word: "垫板空着", Level: "idle"}
	if d.sheet != "none" {
		s.Word, s.Level = "纸在下面", "good"
	}
	if len(d.jobs) > 0 {
		s.Word, s.Level = "正在拍", "busy"
	}
	if d.server == nil {
		s.Word, s.Level = "线拔掉了", "bad"
	}
	s.Ports = []control.PortState{{Kind: "http", Path: "http://" + d.addr + "/eSCL", Plugged: d.server != nil}}
	s.Detail = map[string]any{"sheet": d.sheet, "jobs": len(d.jobs), "pictures": d.taken}
	return s
}

// Papers implements control.PaperTaker.
func (d *Device) Papers() []control.PaperChoice {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]control.PaperChoice, 0, len(sheets)+1)
	for _, s := range sheets {
		out = append(out, control.PaperChoice{Key: s.key, Label: s.label, On: s.key == d.sheet})
	}
	return append(out, control.PaperChoice{Key: "none", Label: "拿走", On: d.sheet == "none"})
}

// Paper implements control.PaperTaker.
func (d *Device) Paper(o control.PaperOrder) error {
	s, err := sheetByKey(o.Paper)
	if err != nil {
		return err
	}
	if o.MM != 0 {
		return fmt.Errorf("paper: mm is for rolls")
	}
	d.mu.Lock()
	d.sheet = o.Paper
	d.mu.Unlock()
	word := "拿走了纸"
	if s.key != "none" {
		word = "放上" + s.label
	}
	d.log.Add(Kind, trace.Act, nil, trace.Good, word)
	return nil
}

func faultSpecs() []fault.Spec {
	return []fault.Spec{
		{Name: "empty", Label: "空垫板"},
		{Name: "blurred", Label: "拍糊"},
		{Name: "dark", Label: "太暗"},
		{Name: "bright", Label: "太亮"},
		{Name: "cutoff", Label: "出了边"},
		{Name: "blank", Label: "白纸"},
		{Name: "slow", Label: "慢", Value: "毫秒", Min: 1, Max: 60000, Def: 4000},
		{Name: "busy", Label: "说忙"},
		{Name: "fail", Label: "拍失败"},
		{Name: "half", Label: "图传一半"},
		{Name: "garbage", Label: "回乱码"},
		{Name: "silent", Label: "不回话", Value: "最多毫秒", Min: 1, Max: 600000, Def: 60000},
		{Name: "cut", Label: "拔线"},
	}
}

func (d *Device) pressed(p fault.Press, on bool) error {
	word := "放开："
	if on {
		word = "按下："
	}
	for _, s := range faultSpecs() {
		if s.Name == p.Name {
			word += s.Label
		}
	}
	d.log.Add(Kind, trace.Act, nil, "", word)
	if p.Name != "cut" {
		return nil
	}
	if on {
		d.unplug()
		return nil
	}
	return d.plug()
}
