package profiles

import (
	"fmt"
	"strings"
)

// Readme is the README.md of this folder; the tables in it are never written by hand.
func (s Set) Readme() string {
	var b strings.Builder
	b.WriteString(readmeHead)
	b.WriteString("| profile | 名称 | driver | 怎么认 | 验证 | capabilities | quirks | 招标指标 |\n|---|---|---|---|---|---|---|---|\n")
	for _, d := range s.Devices {
		fmt.Fprintf(&b, "| [%s](%s/%s.yaml) | %s | %s | %s | %s | %s | %s | %s |\n", d.Profile, d.Kind, d.Profile, d.Name, d.driverWord(),
			list(d.Match, Match.String), d.proofWord(), strings.Join(d.Capabilities, "<br>"), dash(strings.Join(d.Quirks, "<br>")), list(d.Tender, Threshold.String))
	}
	b.WriteString("\n## Terminals 终端型号\n\n| terminal | 名称 | 屏幕 | 字号倍数 | 外设和位置 |\n|---|---|---|---|---|\n")
	for _, t := range s.Terminals {
		fmt.Fprintf(&b, "| [%s](terminals/%s.yaml) | %s | %d×%d，%s 英寸，%s dpi | %.2f | %s |\n", t.Model, t.Model, t.Name,
			t.Panel.Width, t.Panel.Height, number(t.Panel.Inches), number(t.Panel.DPI), t.Panel.Scale(),
			list(t.Devices, func(p Place) string { return p.Kind + "（" + p.Profile + "）" + p.Where }))
	}
	b.WriteString("\n## What the tender asks 招标配置\n\n| terminal | 整机指标 | 配置的外设 |\n|---|---|---|\n")
	for _, t := range s.Terminals {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", t.Model, list(t.Tender, Threshold.String), list(t.Outfit, func(p Part) string {
			d, _ := s.Device(p.Profile)
			return p.Clause + "：" + p.Profile + d.missingWord()
		}))
	}
	return b.String()
}

const readmeHead = `# firmware-profiles 设备配置

A driver is code for a protocol; a device is a file here; a terminal model is a file here too. Printed by
` + "`go run ./firmware-profiles/cmd/table`" + `; a test compares.

Adding a device of a known protocol takes two files and no release:

1. Copy the nearest profile in the folder of its kind and change what differs. The editor checks it with
   [schema.json](schema.json); an unknown field, setting or quirk fails the build.
2. Record the device once: ` + "`drvctl tape record --kind idcard --port /dev/ttyUSB0 --out firmware-profiles/testdata/NAME.tape`" + `.
   Personal data is replaced while it is recorded.
3. ` + "`go test ./firmware-profiles/... ./drivers/all`" + ` opens the profile's driver over its tape.

A part of the machine itself, a sound card or a connector of the graphics card, has no line that could be recorded: its driver is
proved on an emulated machine (` + "`deploy/sim/machine`" + `) by the contract of its kind.

The tapes here were recorded from the emulators of ` + "`deploy/sim`" + `; a recording from the model itself replaces them.

## Devices 设备

`

// String says how the device is recognised.
func (m Match) String() string {
	switch {
	case m.USB != nil:
		return fmt.Sprintf("USB %04x:%04x（%s）", m.USB.VID, m.USB.PID, sources[m.USB.Source])
	case m.HID != nil:
		return fmt.Sprintf("HID %04x:%04x（%s）", m.HID.VID, m.HID.PID, sources[m.HID.Source])
	case m.Keys != nil:
		return fmt.Sprintf("键盘 %04x:%04x（%s）", m.Keys.VID, m.Keys.PID, sources[m.Keys.Source])
	case m.Video != nil:
		return fmt.Sprintf("摄像头 %04x:%04x（%s）", m.Video.VID, m.Video.PID, sources[m.Video.Source])
	case m.Serial != nil:
		return "serial " + slashes(m.Serial.Baud) + " " + m.Serial.Frame
	case m.TCP != nil:
		return fmt.Sprintf("tcp %d", m.TCP.Port)
	case m.HTTP != nil:
		return "http " + m.HTTP.Path
	case m.Usage != nil:
		return fmt.Sprintf("HID 类（用途 %02x:%02x）", m.Usage.Page, m.Usage.ID)
	case m.Part != "":
		return parts[m.Part]
	case m.PCSC != nil:
		return "PC/SC " + m.PCSC.Reader
	}
	return m.ByHand
}

func (d Device) driverWord() string {
	if !d.Served() {
		return "尚无"
	}
	return "`" + d.Driver + "`"
}

// missingWord marks a part that nothing serves yet.
func (d Device) missingWord() string {
	if !d.Served() {
		return "（尚无驱动）"
	}
	return ""
}

// proofWord says what the profile rests on; a profile of a device that nobody has had in hand must not look like another.
func (d Device) proofWord() string {
	switch {
	case !d.Served():
		return "未验证"
	case len(d.Firmware.Tested) > 0:
		return "实机固件 " + strings.Join(d.Firmware.Tested, "、")
	}
	if d.lineless() {
		return "模拟整机"
	}
	return "模拟器录制"
}

func list[T any](xs []T, word func(T) string) string {
	out := make([]string, len(xs))
	for i, x := range xs {
		out[i] = word(x)
	}
	return dash(strings.Join(out, "<br>"))
}

func slashes(xs []int) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(xs)), "/"), "[]")
}

func dash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}
