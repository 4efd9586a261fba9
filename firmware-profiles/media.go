package profiles

import "math"

// Media is the paper that a printer is loaded with, so that the terminal can count it down (纸卷、纸盒). A roll is given by its
// diameters and the thickness of its paper; how long it is follows from its face: what is wound up has the same area as
// what is unwound.
type Media struct {
	Sheets    int     `yaml:"sheets"`    // of a full tray
	Diameter  float64 `yaml:"diameter"`  // of a new roll, mm
	Core      float64 `yaml:"core"`      // of what it is wound on, mm
	Thickness float64 `yaml:"thickness"` // of the paper, mm
	Knife     float64 `yaml:"knife"`     // paper that each slip takes besides its own length, from head to knife, mm
	Warn      float64 `yaml:"warn"`      // sheets or metres that are left when the terminal warns
}

// Roll reports whether it is a roll and not a tray.
func (m Media) Roll() bool { return m.Sheets == 0 }

// Full is how much there is in a new load: millimetres, or sheets.
func (m Media) Full() float64 {
	if m.Roll() {
		return math.Pi * (m.Diameter*m.Diameter - m.Core*m.Core) / (4 * m.Thickness)
	}
	return float64(m.Sheets)
}

// Low is how much is left when the terminal warns: millimetres, or sheets.
func (m Media) Low() float64 {
	if m.Roll() {
		return m.Warn * 1000
	}
	return m.Warn
}

// whole reports whether it is either a tray or a roll, with nothing missing.
func (m Media) whole() bool {
	tray := m.Sheets > 0 && m.Diameter == 0 && m.Core == 0 && m.Thickness == 0 && m.Knife == 0
	roll := m.Sheets == 0 && m.Core > 0 && m.Diameter > m.Core && m.Thickness > 0 && m.Knife >= 0
	return (tray || roll) && m.Warn > 0 && m.Low() < m.Full()
}

// Datum is a value of the data sheet that nothing on the device can be asked for (资料参数): a technician compares it with
// what was delivered.
type Datum struct {
	Label string `yaml:"label"` // 供电, 扫描频率
	Value string `yaml:"value"`
}
