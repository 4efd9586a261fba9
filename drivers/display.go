package drivers

import (
	"context"
	"math"
)

// KindDisplay is a further screen at the terminal (第二屏).
const KindDisplay Kind = "display"

// Screen is what a screen says of itself (屏幕).
type Screen struct {
	Connector string `json:"connector"` // HDMI-A-1
	Maker     string `json:"maker,omitempty"`
	Name      string `json:"name,omitempty"`
	Serial    string `json:"serial,omitempty"`
	WidthMM   int    `json:"width_mm,omitempty"` // 0 where it does not say
	HeightMM  int    `json:"height_mm,omitempty"`
	Width     int    `json:"width,omitempty"` // of its own mode, in pixels
	Height    int    `json:"height,omitempty"`
	On        bool   `json:"on"` // the graphics card sends a picture
}

// Inches is the diagonal, 0 where the screen does not say.
func (s Screen) Inches() float64 {
	return math.Round(math.Hypot(float64(s.WidthMM), float64(s.HeightMM))/2.54) / 10
}

// SecondScreen is a screen beside that of the terminal (第二屏). What is shown on it is not the driver's business: a browser window on that
// output shows it.
type SecondScreen interface {
	Device
	// Screen asks what is connected; nothing is CodeNoDevice/ReasonUnplugged.
	Screen(ctx context.Context) (Screen, error)
}
