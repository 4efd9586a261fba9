package diagnostics

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/agent/screen"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
)

// place is one line of the tree: a slot of the rack, or a part that the tender asks for and nobody has connected.
type place struct {
	kind, where, clause string
	profile             profiles.Device
	status              devices.Status
	here                bool // has a slot
	finding             finding
}

// places lists the slots with what was found, then what else the tender asks for.
func (d *Desk) places(found map[drivers.Kind]finding) []place {
	var out []place
	at := map[string]bool{}
	where := d.o.Model.Positions()
	clauses := map[string]string{}
	for _, p := range d.o.Model.Outfit {
		clauses[p.Kind] = p.Clause
	}
	for _, s := range d.o.Rack.All() {
		dev, _ := d.o.Set.Device(s.Profile) // an unknown profile has no name, and the slot is shown all the same
		k := string(s.Kind)
		out = append(out, place{kind: k, where: where[k], clause: clauses[k], profile: dev, status: s, here: true, finding: found[s.Kind]})
		at[k] = true
	}
	for _, p := range d.o.Model.Outfit {
		if dev, err := d.o.Set.Device(p.Profile); err == nil && !at[p.Kind] {
			out = append(out, place{kind: p.Kind, clause: p.Clause, profile: dev})
		}
	}
	return out
}

func (p place) trouble() wire.Trouble {
	switch {
	case !p.here && !p.profile.Served():
		return wire.TroubleUnserved
	case !p.here:
		return wire.TroubleNoPort
	}
	now := troubleOf(p.status)
	if now == wire.TroubleNone && p.finding.tested {
		return p.finding.trouble // what supervision sees now weighs more than an earlier test
	}
	return now
}

// grade of a part that is not built in: to be known, since the terminal works without it.
func (p place) grade() grade {
	if !p.here {
		return note
	}
	return gradeOf(p.trouble())
}

func (p place) report() wire.DeviceFinding {
	s, f := p.status, p.finding
	out := wire.DeviceFinding{
		Name: cmp.Or(s.Name, p.kind), Kind: p.kind, Profile: p.profile.Profile, Driver: s.Info.Driver, Port: s.Port, Model: s.Info.Model, Serial: s.Info.Serial,
		Firmware: s.Info.Firmware, Trouble: p.trouble(), Detail: cmp.Or(f.detail, s.Detail), Tested: f.tested,
		Opened: s.Counters.Opened, Lost: s.Counters.Lost, Failures: s.Counters.Failures, Timings: f.timings,
	}
	return out
}

var gradeWords = map[grade]string{fine: "ok", note: "note", fault: "fault"}

func (p place) view() screen.ServiceDevice {
	t, f := p.trouble(), p.finding
	out := screen.ServiceDevice{
		Kind: p.kind, Label: cmp.Or(profiles.KindName(p.kind), p.kind), Line: p.line(), State: gradeWords[p.grade()], Word: t.Word(), Clause: p.clause, Facts: p.facts(),
		Said: f.said, Detail: cmp.Or(f.detail, p.status.Detail), Steps: steps(t, p.kind, "设备线", p.where), Optional: !p.here, Timings: []screen.ServiceTiming{},
		Pictures: []screen.ServicePicture{},
	}
	if t == wire.TroubleUnserved {
		out.State = "none"
	}
	if out.Steps == nil {
		out.Steps = []string{}
	}
	if !f.at.IsZero() {
		out.Tested = f.at.In(clock.Shanghai).Format("15:04")
	}
	if p.status.PaperLeft != nil {
		out.Paper = paperLeft(*p.status.PaperLeft)
	}
	if task, ok := tasks[drivers.Kind(p.kind)]; ok && p.here {
		out.Button = task.button
	}
	for _, x := range f.pictures {
		out.Pictures = append(out.Pictures, screen.ServicePicture{ID: x.id(p.kind, f.at), Label: x.label})
	}
	out.Controls = controlViews(f.controls)
	for _, m := range f.timings {
		out.Timings = append(out.Timings, screen.ServiceTiming{Label: propertyName(m.Property), Got: amount(m.Got) + " " + m.Unit, Want: m.Want, OK: m.OK})
	}
	return out
}

func (p place) line() string {
	if !p.here {
		return p.profile.Name
	}
	parts := []string{cmp.Or(p.status.Info.Driver, p.profile.Driver)}
	if p.status.Port != "" {
		parts = append(parts, shortPort(p.status.Port))
	}
	if p.status.Info.Firmware != "" {
		parts = append(parts, "固件 "+p.status.Info.Firmware)
	}
	return strings.Join(parts, " · ")
}

// shortPort leaves out what a technician does not look for: /dev/ttyUSB0 115200 instead of an address with its settings.
func shortPort(port string) string {
	port, settings, _ := strings.Cut(strings.TrimPrefix(port, "serial:"), "?")
	for kv := range strings.SplitSeq(settings, "&") {
		if baud, ok := strings.CutPrefix(kv, "baud="); ok {
			port += " " + baud
		}
	}
	return port
}

func (p place) facts() []screen.ServiceFact {
	out := []screen.ServiceFact{{Label: "设备配置", Value: p.profile.Profile + "（" + p.profile.Name + "）"}}
	for _, x := range p.profile.Data {
		out = append(out, screen.ServiceFact{Label: x.Label, Value: x.Value})
	}
	if !p.here {
		return out
	}
	s, c := p.status, p.status.Counters
	for _, f := range []screen.ServiceFact{
		{Label: "端口", Value: s.Port}, {Label: "型号", Value: s.Info.Model}, {Label: "序列号", Value: s.Info.Serial}, {Label: "固件", Value: s.Info.Firmware},
		{Label: "上线、掉线、出错", Value: fmt.Sprintf("%d 次、%d 次、%d 次（程序启动以来）", c.Opened, c.Lost, c.Failures)},
		{Label: "最近一次出错", Value: c.Last},
	} {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	if t, ok := tasks[s.Kind]; ok {
		out = append(out, screen.ServiceFact{Label: "测试属于", Value: levelWords[t.level]})
	}
	if c.Answer > 0 {
		out = append(out, screen.ServiceFact{Label: "内部检查的应答", Value: fmt.Sprintf("%d 毫秒，每 2 秒问一次", c.Answer.Milliseconds())})
	}
	if !c.Since.IsZero() {
		out = append(out, screen.ServiceFact{Label: "现在的状态", Value: c.Since.In(clock.Shanghai).Format("1月2日 15:04:05") + " 起"})
	}
	return out
}

// View is what the screen shows, nil when nobody is there.
func (d *Desk) View() *screen.Service {
	if !d.Here() {
		return nil
	}
	volume := d.volume(context.Background()) // before the lock: it asks the disk
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.visit
	if v == nil {
		return nil
	}
	out := &screen.Service{Since: v.begun.In(clock.Shanghai).Format("15:04"), Number: int(v.pass.Nonce), Testing: string(v.testing), Machine: machineView(v.machine), Volume: volume, Brightness: d.o.Panel.view()}
	here, counts := 0, map[wire.Trouble]int{}
	for _, p := range d.places(v.findings) {
		dev := p.view()
		dev.Traced = p.here && d.o.Rack.HasLine(p.status.Kind)
		out.Devices = append(out.Devices, dev)
		if p.here {
			here++
			counts[p.trouble()]++
		}
		if p.kind == string(v.testing) {
			out.Ask = fmt.Sprintf(tasks[v.testing].ask, cmp.Or(p.where, "设备"))
		}
	}
	out.Trace = v.trace.view()
	out.Summary = summary(here, counts, len(out.Devices)-here)
	if r := v.result; r != nil {
		out.Result = &screen.ServiceResult{Code: r.code, At: r.at.In(clock.Shanghai).Format("15:04"), Faults: r.faults, Lines: strings.Split(r.text, "\n")}
	}
	return out
}

// summary is the answer in one line: 3 台设备：1 台缺纸，2 台正常.
func summary(here int, counts map[wire.Trouble]int, missing int) string {
	var parts []string
	for _, t := range wire.Troubles() {
		if n := counts[t]; n > 0 && t != wire.TroubleNone {
			parts = append(parts, fmt.Sprintf("%d 台%s", n, t.Word()))
		}
	}
	s := fmt.Sprintf("%d 台设备", here)
	if len(parts) == 0 {
		s += "都正常"
	} else {
		s += "：" + strings.Join(parts, "，")
	}
	if missing > 0 {
		s += fmt.Sprintf("；另有 %d 样没装", missing)
	}
	return s
}

func machineView(checks []wire.MachineCheck) screen.ServiceMachine {
	out := screen.ServiceMachine{State: "ok", Word: "达标"}
	var got []string
	unknown := 0
	for _, c := range checks {
		v := screen.ServiceCheck{Label: propertyName(c.Property), Clause: c.Clause, Want: c.Want, Got: c.Got, State: c.State}
		switch {
		case c.State == checkUnknown:
			unknown++
			v.Got = "现场量或看铭牌"
		case c.Property == "cores" || c.Property == "memory" || c.Property == "disk":
			got = append(got, propertyName(c.Property)+" "+c.Got)
		}
		out.Checks = append(out.Checks, v)
	}
	if n := belows(checks); n > 0 {
		out.State, out.Word = "fault", fmt.Sprintf("%d 项不达标", n)
	}
	if unknown > 0 {
		got = append(got, fmt.Sprintf("%d 项要现场量", unknown))
	}
	out.Line = strings.Join(got, " · ")
	return out
}

// propertyName is a property of the tender in words.
func propertyName(p string) string { return cmp.Or(propertyNames[p], p) }

var propertyNames = map[string]string{
	"cores": "处理器核数", "clock": "主频", "cache": "缓存", "memory": "内存", "disk": "硬盘", "solid_state": "固态硬盘", "serial_ports": "串口", "usb_ports": "USB 接口",
	"network_cards": "有线网卡", "diagonal": "屏幕尺寸", "pixel_width": "横向像素", "pixel_height": "纵向像素", "length": "机柜长", "height": "机柜高", "width": "宽度",
	"brightness": "屏幕亮度", "touch_points": "同时触点", "touch_area": "触摸各格", "read_time": "读证用时", "capture_time": "采集用时", "print_time": "打印用时", "speed": "速度", "density": "密度",
	"infrared_width": "红外横向像素", "infrared_height": "红外纵向像素", "frame_rate": "帧率", "infrared_rate": "红外帧率",
	"pixels_still": "抓拍像素", "pixels_moving": "视频像素", propertyClock: "和本机的时间差",
	"pixels": "像素", "pixels_desk": "像素", "preview_time": "取景用时", "scan_time": "扫码用时", "answer": "应答用时",
}
