package receipt

import (
	"fmt"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
)

// faultSpecs is the board of the printer.
func faultSpecs() []fault.Spec {
	return []fault.Spec{
		{Name: "cover", Label: "盖开着", Key: "C"},
		{Name: "paper-out", Label: "纸用完"},
		{Name: "paper-out-after", Label: "打着打着没纸", Value: "这张打到多少毫米", Min: 1, Max: 10000, Def: 30},
		{Name: "near-end", Label: "纸快用完"},
		{Name: "cutter", Label: "卡刀"},
		{Name: "jam", Label: "卡纸"},
		{Name: "silent", Label: "不回话"},
		{Name: "no-echo", Label: "打完不回应"},
		{Name: "garbage", Label: "状态乱码"},
		{Name: "slow", Label: "回得慢", Value: "毫秒", Min: 1, Max: 60000, Def: 1500},
		{Name: "power", Label: "断电", Value: "毫秒后通电", Min: 1, Max: 600000, Def: 2000, Act: true},
		{Name: "power-after", Label: "打一半断电", Value: "这张打到多少毫米", Min: 1, Max: 10000, Def: 30},
		{Name: "cut", Label: "拔线"},
	}
}

// pressed carries out what a button does at once.
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
	switch p.Name {
	case "power":
		d.powerCut(p.Value)
	case "cut":
		if !on {
			d.plug()
			return nil
		}
		for _, port := range d.ports {
			port.Cut()
		}
	default:
		d.change(func() {
			if !on && (p.Name == "cutter" || p.Name == "jam") {
				d.unjam() // a hand has freed it
			}
			if p.Name == "paper-out" && on || p.Name == "cover" && on {
				d.finishIfStarted()
			}
		})
	}
	return nil
}

// finishIfStarted ends a slip that is being printed when the paper path is opened. Called with d.mu held.
func (d *Device) finishIfStarted() {
	if d.busy {
		d.finish(false, d.stopped())
	}
}

// Papers implements control.PaperTaker.
func (d *Device) Papers() []control.PaperChoice {
	d.mu.Lock()
	defer d.mu.Unlock()
	return []control.PaperChoice{{Key: "roll", Label: "换新纸卷", On: d.paperLeft() > 0}, {Key: "none", Label: "拿走纸卷", On: d.roll.gone}, {Key: "tear", Label: "撕纸"}}
}

// Paper implements control.PaperTaker: a new roll, no roll, or a hand that tears off what hangs out.
func (d *Device) Paper(o control.PaperOrder) error {
	if o.MM < 0 || o.MM > 100_000 {
		return fmt.Errorf("paper: %d mm is not a roll", o.MM)
	}
	switch o.Paper {
	case "roll":
		mm := o.MM
		if mm == 0 {
			mm = d.cfg.RollMM
		}
		_ = d.faults.Release("paper-out")
		d.change(func() { d.roll.left, d.roll.gone = mm*dotsPerMM, false })
		d.log.Add(Kind, trace.Act, nil, trace.Good, "换了纸卷")
	case "none":
		d.change(func() { d.roll.gone = true; d.finishIfStarted() })
		d.log.Add(Kind, trace.Act, nil, "", "拿走了纸卷")
	case "tear":
		d.change(func() {
			d.finish(false, "没切就撕了")
			d.partial = ""
		})
		d.store.tear()
		d.log.Add(Kind, trace.Act, nil, "", "撕了纸")
	default:
		return fmt.Errorf("unknown paper %q, have roll, none, tear", o.Paper)
	}
	return nil
}
