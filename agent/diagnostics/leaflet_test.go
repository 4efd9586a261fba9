package diagnostics

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
)

// The text under the code is plain, says how many it left out, ends with letters that the centre can prove, and stays small enough for an
// old phone, also when everything is broken at once.
func TestLeafletOfATerminalWhereEverythingIsBroken(t *testing.T) {
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	var slots []devices.Slot
	for kind := range tasks {
		slots = append(slots, devices.Slot{Kind: kind, Name: string(kind), Port: "serial:/dev/ttyUSB0", Open: func(context.Context) (drivers.Device, error) {
			return nil, &drivers.Error{Code: drivers.CodeNoDevice}
		}})
	}
	c := clock.System()
	rack := devices.New(slots, c, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { rack.Run(ctx); close(ended) }()
	defer func() { stop(); <-ended }()
	for _, s := range slots {
		for end := time.Now().Add(10 * time.Second); rack.Status(s.Kind).State != drivers.StateNoDevice; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: %+v", s.Kind, rack.Status(s.Kind))
			}
		}
	}
	d := &Desk{o: Options{Rack: rack, Set: set, Model: model(t, "kiosk-21"), Clock: c}, station: &Station{Terminal: "K-01", Label: "涪城区政务服务中心一楼大厅东侧 3 号自助终端"}, visit: &visit{findings: map[drivers.Kind]finding{}}}
	key := []byte("0123456789abcdef0123456789abcdef")
	code := wire.Outcome{Nonce: 7, Faults: len(slots), Kind: "idcard", What: wire.TroubleAbsent}.Code(key)
	text := d.leaflet(wire.Diagnosis{Faults: len(slots), Code: code, Machine: []wire.MachineCheck{{State: checkBelow}}}, time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC))

	lines := strings.Split(text, "\n")
	if lines[0] != "通办终端诊断" || !strings.HasPrefix(lines[1], "K-01 ") || lines[2] != fmt.Sprintf("结论：%d 项要处理", len(slots)) || !strings.Contains(text, fmt.Sprintf("另有 %d 台要处理", len(slots)-leafletLines)) || !strings.Contains(text, "整机：1 项低于招标指标") {
		t.Errorf("text:\n%s", text)
	}
	for _, word := range []string{"TroubleAbsent", "absent", "idcard", "noDevice", "serial:"} {
		if strings.Contains(text, word) {
			t.Errorf("%q is no word for a person", word)
		}
	}
	got, err := wire.ReadOutcome(key, strings.TrimPrefix(lines[len(lines)-1], "诊断码 "))
	if err != nil || got.Faults != len(slots) || got.What != wire.TroubleAbsent || got.Nonce != 7 {
		t.Errorf("the letters at the end: %+v, %v", got, err)
	}
	qr, err := qrcode.New(text, qrcode.Low)
	if err != nil || qr.VersionNumber > 20 {
		t.Errorf("code: version %d, %v; %d bytes", qr.VersionNumber, err, len(text))
	}
}
