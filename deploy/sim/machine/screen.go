package machine

import (
	"os"
	"path/filepath"
)

// Screen is what hangs on a connector.
type Screen struct {
	Name          string // at most 12 letters
	Serial        string
	WidthMM       int // 0: it does not say
	HeightMM      int
	Width, Height int
	Broken        bool // its EDID came garbled over the cable
	Mute          bool // it gives no EDID at all
}

// Connect hangs a screen on a connector such as HDMI-A-1, and sends a picture to it; nil pulls it out.
func (m *Machine) Connect(connector string, s *Screen) error {
	dir := filepath.Join("sys/class/drm", "card0-"+connector)
	if err := os.MkdirAll(filepath.Join(m.dir, dir), 0o755); err != nil {
		return err
	}
	state := map[string]string{"status": "disconnected", "enabled": "disabled", "dpms": "Off", "modes": "", "edid": ""}
	if s != nil {
		state = map[string]string{"status": "connected", "enabled": "enabled", "dpms": "On", "modes": "1280x1024\n1024x768", "edid": ""}
		if !s.Mute {
			b := s.edid()
			if s.Broken {
				b[70] ^= 0x40
			}
			state["edid"] = string(b)
		}
	}
	for _, name := range []string{"edid", "modes", "enabled", "dpms", "status"} { // the state last: it is what is asked first
		text := state[name]
		if name != "edid" && text != "" {
			text += "\n"
		}
		if err := m.put(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Dark stops the picture to a connector, or sends it again.
func (m *Machine) Dark(connector string, dark bool) error {
	dir := filepath.Join("sys/class/drm", "card0-"+connector)
	word := map[bool]string{true: "disabled\n", false: "enabled\n"}[dark]
	return m.put(filepath.Join(dir, "enabled"), word, 0o644)
}

// edid fills the base block of a screen field by field, as the tables of VESA E-EDID number them.
func (s Screen) edid() []byte {
	b := make([]byte, 128)
	for i := 1; i < 7; i++ {
		b[i] = 0xFF
	}
	code := uint16('S'-64)<<10 | uint16('M'-64)<<5 | uint16('P'-64)
	b[8], b[9] = byte(code>>8), byte(code)
	b[16], b[17], b[18], b[19] = 40, 2026-1990, 1, 4
	b[20], b[21], b[22] = 0x80, byte((s.WidthMM+5)/10), byte((s.HeightMM+5)/10)
	d := b[54:72]
	d[0], d[1] = 0x02, 0x3A // 148.5 MHz
	d[2], d[4] = byte(s.Width), byte(s.Width>>8)<<4
	d[5], d[7] = byte(s.Height), byte(s.Height>>8)<<4
	d[12], d[13], d[14] = byte(s.WidthMM), byte(s.HeightMM), byte(s.WidthMM>>8)<<4|byte(s.HeightMM>>8)
	words(b[72:90], 0xFC, s.Name)
	words(b[90:108], 0xFF, s.Serial)
	b[108+3] = 0x10
	total := 0
	for _, x := range b {
		total += int(x)
	}
	b[127] = byte(256 - total%256)
	return b
}

// words is a descriptor with a text.
func words(d []byte, tag byte, text string) {
	d[3] = tag
	n := copy(d[5:], text)
	for i := 5 + n; i < len(d); i++ {
		d[i] = ' '
	}
	if 5+n < len(d) {
		d[5+n] = '\n'
	}
}
