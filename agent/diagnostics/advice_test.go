package diagnostics

import (
	"testing"
	"time"

	"tongban/agent/devices"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
)

// Whatever is found has a word and at least one act; a part that is missing never reads as a fault of the terminal.
func TestEveryTroubleSaysWhatToDo(t *testing.T) {
	for _, trouble := range wire.Troubles() {
		for kind := range tasks {
			s := steps(trouble, string(kind), "", "")
			if trouble == wire.TroubleNone || trouble == wire.TroubleMachine {
				if len(s) != 0 {
					t.Errorf("%s: %v, though nothing is to be done at a device", trouble, s)
				}
				continue
			}
			if trouble.Word() == "" || len(s) == 0 {
				t.Errorf("%s of a %s: %q %v", trouble, kind, trouble.Word(), s)
			}
		}
	}
	if g := gradeOf(wire.TroubleUnserved); g != note {
		t.Errorf("a device without a driver is graded %d", g)
	}
}

func TestStatesAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		status devices.Status
		want   wire.Trouble
	}{
		"well":     {devices.Status{Port: "p", Status: drivers.Status{State: drivers.StateOnline}}, wire.TroubleNone},
		"no port":  {devices.Status{Status: drivers.Status{State: drivers.StateNoDevice, Code: drivers.CodeNoDevice}}, wire.TroubleNoPort},
		"out":      {devices.Status{Port: "p", Status: drivers.Status{State: drivers.StateNoDevice, Code: drivers.CodeNoDevice}}, wire.TroubleAbsent},
		"silent":   {devices.Status{Port: "p", Status: drivers.Status{State: drivers.StateNoDevice, Code: drivers.CodeTimeOut}}, wire.TroubleSilent},
		"noise":    {devices.Status{Port: "p", Status: drivers.Status{State: drivers.StateNoDevice, Code: drivers.CodeLineError}}, wire.TroubleNoise},
		"broken":   {devices.Status{Port: "p", Status: drivers.Status{State: drivers.StateHardwareError}}, wire.TroubleBroken},
		"no paper": {devices.Status{Port: "p", Status: drivers.Status{State: drivers.StateOffline, Paper: drivers.SupplyOut}}, wire.TroublePaperOut},
		"jam":      {devices.Status{Port: "p", Status: drivers.Status{State: drivers.StateOffline, Paper: drivers.SupplyJammed}}, wire.TroubleJam},
		"cover":    {devices.Status{Port: "p", Status: drivers.Status{State: drivers.StateOffline, Cover: "open", Paper: drivers.SupplyOut}}, wire.TroubleCover},
		"low":      {devices.Status{Port: "p", Status: drivers.Status{State: drivers.StateOnline, Paper: drivers.SupplyLow}}, wire.TroublePaperLow},
		"one eye":  {devices.Status{Port: "p", Status: drivers.Status{State: drivers.StateNoDevice, Code: drivers.CodeNoDevice, Reason: drivers.ReasonStreamLost}}, wire.TroubleStream},
		"password": {devices.Status{Port: "p", Status: drivers.Status{State: drivers.StateNoDevice, Code: drivers.CodeInternalError, Reason: drivers.ReasonDenied}}, wire.TroubleDenied},
		"toner":    {devices.Status{Port: "p", Status: drivers.Status{State: drivers.StateOffline, Toner: drivers.SupplyOut}}, wire.TroubleTonerOut},
	} {
		if got := troubleOf(c.status); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A test that nobody took part in says nothing about the device; a slow one is a fault with its number.
func TestHowATestEnds(t *testing.T) {
	none := judged(finding{}, &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonNoCard})
	if none.tested || none.said == "" {
		t.Errorf("nobody came: %+v", none)
	}
	if stopped := judged(finding{}, &drivers.Error{Code: drivers.CodeCanceled, Detail: "cancelled"}); stopped.tested || stopped.said == "" {
		t.Errorf("stopped: %+v", stopped)
	}
	sam := judged(finding{}, &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonSAMFault})
	if !sam.tested || sam.trouble != wire.TroubleSAM || sam.detail == "" {
		t.Errorf("security module: %+v", sam)
	}
	set := model(t, "kiosk-21")
	d := &Desk{o: Options{Model: set}}
	var err error
	if d.o.Set, err = profiles.Load(); err != nil {
		t.Fatal(err)
	}
	want := d.wants(drivers.KindIDCard)
	for ms, trouble := range map[float64]wire.Trouble{999: wire.TroubleNone, 1000: wire.TroubleNone, 1001: wire.TroubleSlow} {
		f := judged(finding{at: time.Now(), timings: []wire.Timing{want.judge("read_time", ms, "ms")}}, nil)
		if f.trouble != trouble || f.timings[0].Want != "≤ 1000 ms" {
			t.Errorf("%v ms: %s, %+v", ms, f.trouble, f.timings)
		}
	}
	small := judged(finding{timings: []wire.Timing{d.wants(drivers.KindScanner).judge("pixels", 7_999_999, "px")}}, nil)
	if small.trouble != wire.TroubleBelow {
		t.Errorf("a small picture: %s", small.trouble)
	}
}

// Every test says how deep it looks, in words that a technician is shown.
func TestEveryTestHasALevel(t *testing.T) {
	for kind, task := range tasks {
		if levelWords[task.level] == "" {
			t.Errorf("%s: level %q has no words", kind, task.level)
		}
	}
	if tasks[drivers.KindReceipt].level != drivers.HealthExternal || tasks[drivers.KindIDCard].level != drivers.HealthInteractive {
		t.Error("a strip needs no person, a card does")
	}
}
