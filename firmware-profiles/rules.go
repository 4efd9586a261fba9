package profiles

import (
	"fmt"
	"strings"
)

// RulesFile is where the rules stand in this folder, and their name on a terminal.
const RulesFile = "60-tongban.rules"

// RulesGroup is the group of the service account on a terminal.
const RulesGroup = "tongban"

const rulesHead = `# Rights to the devices of the profiles for the group ` + RulesGroup + ` (外设权限). Printed by go run ./firmware-profiles/cmd/table; a test compares.
# On a terminal: copy to /etc/udev/rules.d/, then udevadm control --reload && udevadm trigger. Serial lines
# and cameras without a vendor and product number are not listed: the groups of their nodes (dialout, video) serve them. A device that is
# known by its usage alone is asked by ` + RulesTool + `, which must stand there.
`

// RulesTool is drvctl on a terminal; udev knows a HID device only by its numbers, and asks it for the usages of a node (drvctl usages).
const RulesTool = "/usr/local/bin/drvctl"

// screenRules let the service account set how bright the terminal's own screen is: the light of a built-in panel, which is a file and no node, and
// the wires of the graphics card's own cables (class 0x030000 and its like), never those of the mainboard.
const screenRules = `
# 屏幕亮度：内置屏的背光；显卡信号线（DDC/CI，要加载 i2c-dev 模块）
ACTION!="remove", SUBSYSTEM=="backlight", RUN+="/bin/chgrp ` + RulesGroup + ` %S%p/brightness", RUN+="/bin/chmod g+w %S%p/brightness"
SUBSYSTEM=="i2c-dev", ATTRS{class}=="0x03*", GROUP="` + RulesGroup + `", MODE="0660"
`

// Rules are the udev rules (udev(7)) that let the service account open what a driver serves, and nothing else: USB devices whose pipes
// are claimed, raw HID nodes, video nodes, and keyboards, which the desktop leaves alone, so that nothing a citizen holds before a reader is typed
// anywhere while the program is not there.
func (s Set) Rules() string {
	var b strings.Builder
	b.WriteString(rulesHead)
	said := map[string]bool{}
	for _, d := range s.Devices {
		for _, m := range d.Match {
			if !d.Served() || d.ByService() {
				continue
			}
			lines := m.rules()
			if len(lines) == 0 || said[lines[0]] {
				continue
			}
			said[lines[0]] = true
			fmt.Fprintf(&b, "\n# %s %s\n%s\n", d.Profile, d.Name, strings.Join(lines, "\n"))
		}
	}
	b.WriteString(screenRules)
	return b.String()
}

// rules are the lines of one way to recognise a device; the device itself may be claimed, its line belongs to the group as well.
func (m Match) rules() []string {
	pair, grant := m.pair(), `GROUP="`+RulesGroup+`", MODE="0660"`
	usb := fmt.Sprintf(`ATTRS{idVendor}=="%04x", ATTRS{idProduct}=="%04x"`, pair[0], pair[1])
	device := fmt.Sprintf(`SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ATTR{idVendor}=="%04x", ATTR{idProduct}=="%04x", %s`, pair[0], pair[1], grant)
	switch {
	case m.USB != nil:
		return []string{device, `SUBSYSTEM=="tty", ` + usb + `, ` + grant}
	case m.HID != nil:
		return []string{`SUBSYSTEM=="hidraw", ` + usb + `, ` + grant}
	case m.Usage != nil:
		ask := fmt.Sprintf(`SUBSYSTEM=="hidraw", PROGRAM=="%s usages %%S%%p", RESULT=="*%04x:%04x*", %s`, RulesTool, m.Usage.Page, m.Usage.ID, grant)
		return []string{ask}
	case m.Video != nil:
		return []string{`SUBSYSTEM=="video4linux", ` + usb + `, ` + grant}
	case m.Keys != nil:
		return []string{`SUBSYSTEM=="input", KERNEL=="event*", ` + usb + `, ENV{LIBINPUT_IGNORE_DEVICE}="1", ` + grant}
	}
	return nil
}
