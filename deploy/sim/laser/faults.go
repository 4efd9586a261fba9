package laser

import (
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
)

func faultSpecs() []fault.Spec {
	return []fault.Spec{
		{Name: "paper-out", Label: "缺纸"},
		{Name: "paper-out-after", Label: "打几页后缺纸", Value: "页", Min: 1, Max: 999, Def: 1},
		{Name: "jam", Label: "下一页卡纸"},
		{Name: "jam-after", Label: "打几页后卡纸", Value: "页", Min: 1, Max: 999, Def: 1},
		{Name: "cover", Label: "开盖"},
		{Name: "toner-low", Label: "墨粉少"},
		{Name: "toner-empty", Label: "墨粉没了"},
		{Name: "abort", Label: "中途放弃这件"},
		{Name: "refuse", Label: "说忙，不收"},
		{Name: "miscount", Label: "少数一页"},
		{Name: "no-count", Label: "不数页"},
		{Name: "severity", Label: "原因不带轻重"},
		{Name: "lost-answer", Label: "收了件不回话"},
		{Name: "slow", Label: "慢", Value: "每页毫秒", Min: 1, Max: 60000, Def: 1500},
		{Name: "garbage", Label: "回乱码"},
		{Name: "half", Label: "回答只有一半"},
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
	if p.Name == "cut" {
		if on {
			d.unplug()
			for _, p := range d.raw {
				p.Cut()
			}
			return nil
		}
		for _, p := range d.raw {
			if err := p.Plug(); err != nil {
				return err
			}
		}
		return d.plug()
	}
	d.mu.Lock()
	d.tellCode()
	d.wake.Broadcast()
	d.mu.Unlock()
	return nil
}

// reasons is what the printer says of itself; guarded by mu.
func (d *Device) reasons() []string {
	var out []string
	add := func(on bool, key, severity string) {
		if !on {
			return
		}
		if _, bare := d.faults.On("severity"); !bare {
			key += severity
		}
		out = append(out, key)
	}
	on := func(name string) bool { _, yes := d.faults.On(name); return yes }
	late := d.struck("paper-out-after")
	add(on("cover"), "cover-open", "-error")
	add(on("jam") && d.working() || d.struck("jam-after"), "media-jam", "-error")
	add(on("paper-out") || late || d.tray == 0, "media-empty", "-warning")
	add(on("toner-empty"), "toner-empty", "-error")
	add(on("toner-low") || d.toner <= 10, "toner-low", "-report")
	return out
}

// struck reports whether a fault that waits for a page count has come; guarded by mu.
func (d *Device) struck(name string) bool {
	p, on := d.faults.On(name)
	if !on {
		return false
	}
	for _, j := range d.jobs {
		if !j.over() && j.done >= p.Value {
			return true
		}
	}
	return false
}

func (d *Device) working() bool {
	for _, j := range d.jobs {
		if !j.over() {
			return true
		}
	}
	return false
}

// halted reports whether nothing can be printed; guarded by mu.
func (d *Device) halted() bool {
	for _, r := range d.reasons() {
		if b := bare(r); b != "toner-low" {
			return true
		}
	}
	return false
}

func bare(reason string) string {
	for _, s := range []string{"-error", "-warning", "-report"} {
		if n := len(reason) - len(s); n > 0 && reason[n:] == s {
			return reason[:n]
		}
	}
	return reason
}

func word(reason string) string {
	return map[string]string{"cover-open": "盖开着", "media-jam": "卡纸了", "media-empty": "缺纸", "toner-empty": "墨粉没了", "toner-low": "墨粉少"}[bare(reason)]
}
