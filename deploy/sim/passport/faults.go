package passport

import (
	"context"
	"time"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/fault"
)

// specs is the board. The first six take effect when a document is laid down.
func specs() []fault.Spec {
	at := []string{"find", "select", "open", "read"}
	return []fault.Spec{
		{Name: "tampered", Label: "内容被改过"},
		{Name: "unknown-issuer", Label: "不认识的签发国"},
		{Name: "cloned", Label: "复制的芯片"},
		{Name: "bac-only", Label: "老证件，只有 BAC"},
		{Name: "no-chip-key", Label: "没有芯片认证"},
		{Name: "type-b", Label: "Type B 芯片"},
		{Name: "pulled", Label: "读到一半拿走", At: at},
		{Name: "silent", Label: "不回话", At: at},
		{Name: "slow", Label: "慢", Value: "毫秒", Min: 1, Max: 60000, Def: 4000, At: at},
		{Name: "garbage", Label: "弄脏字节", At: at},
		{Name: "half", Label: "丢半帧", At: at},
		{Name: "status", Label: "状态字", Value: "SW1SW2", Min: 0x6200, Max: 0x6FFF, Def: 0x6F00, At: at},
		{Name: "cut", Label: "拔线", Value: "毫秒后插回，-1 不插回", Min: -1, Max: 600000, Def: -1},
	}
}

// pressed carries out what a button does at once.
func (d *Device) pressed(p fault.Press, on bool) error {
	if p.Name != "cut" {
		return nil
	}
	if !on {
		for _, port := range d.ports {
			if err := port.Plug(); err != nil {
				return err
			}
		}
		return nil
	}
	for _, port := range d.ports {
		port.Cut()
	}
	if p.Value > 0 {
		go func() {
			clock.Sleep(context.Background(), time.Duration(p.Value)*time.Millisecond)
			_ = d.faults.Release("cut")
		}()
	}
	return nil
}
