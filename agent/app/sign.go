package app

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"net/http"

	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/fleet/wire/matter"
)

// Bounds of a signature: what a hand can draw, and what a page may send.
const (
	maxPoints   = 20_000
	maxBox      = 4000
	minSpanX    = 0.10 // of the box: smaller is a dot or a slip
	minSpanY    = 0.08
	signWidth   = 900 // of the picture in pixels
	thinStroke  = 2.2
	thickStroke = 4.6
)

// Sign takes one person's strokes for the sentence that stands above the box.
func (a *App) Sign(id string, in screen.Sign) error {
	img, err := drawSignature(in)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := png.Encode(&text, img); err != nil {
		return err
	}
	return a.fillIn(id, func(v *session.Visit, m *session.Matter) error {
		for _, g := range matter.Signers(&m.Item, m.Answers) {
			if g.Role != in.Role {
				continue
			}
			if signer(v, g) == nil {
				return problem(http.StatusConflict, "screen.signer_unread", "请"+g.Label+"先刷自己的身份证", nil)
			}
			s := &session.Signature{At: a.o.Clock.Now(), Statement: g.Statement, Name: "sign-" + g.Role}
			var err error
			if s.File, err = v.Folder.Put(s.Name, text.Bytes(), "image/png"); err != nil {
				return err
			}
			m.Signed[in.Role] = s
			if v.Reader != nil && v.Reader.Phase == session.Read {
				v.Reader = nil
			}
			return nil
		}
		return problem(http.StatusUnprocessableEntity, "screen.no_signer", "这件事不需要这个人签名", nil)
	})
}

// Unsign is 擦掉重写.
func (a *App) Unsign(id string, in screen.Unsign) error {
	return a.fillIn(id, func(v *session.Visit, m *session.Matter) error {
		s := m.Signed[in.Role]
		if s == nil {
			return nil
		}
		delete(m.Signed, in.Role)
		return v.Folder.Delete(s.Name)
	})
}

// SignaturePicture returns a signature as PNG.
func (a *App) SignaturePicture(role string) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if v := a.visit; v != nil && v.Matter != nil && v.Matter.Signed[role] != nil {
		s := v.Matter.Signed[role]
		return picture(v, s.Name, s.File)
	}
	return nil, problem(http.StatusNotFound, "screen.no_signature", "还没有签名", nil)
}

// drawSignature makes black strokes on white, whatever box they were written in.
func drawSignature(in screen.Sign) (*image.Gray, error) {
	if in.Width < 50 || in.Height < 30 || in.Width > maxBox || in.Height > maxBox {
		return nil, errStrokes
	}
	n, x, y, err := span(in)
	if err != nil {
		return nil, err
	}
	// One long and one fair side are enough: 一 is a name too.
	wide, high := x/float64(in.Width), y/float64(in.Height)
	if n < 8 || wide < minSpanX && high < 3*minSpanY || high < minSpanY && wide < 3*minSpanX {
		return nil, problem(http.StatusUnprocessableEntity, "screen.sign_small", "签名太小了，请在框里写大些", nil)
	}
	scale := float64(signWidth) / float64(in.Width)
	img := image.NewGray(image.Rect(0, 0, signWidth, int(float64(in.Height)*scale)))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for _, s := range in.Strokes {
		for i, p := range s {
			segment(img, s[max(i-1, 0)], p, scale)
		}
	}
	return img, nil
}

var errStrokes = problem(http.StatusUnprocessableEntity, "screen.strokes", "签名没有收到，请擦掉重写一次", nil)

// span counts the points and measures how far they reach in pixels of the box; points far outside are no hand's.
func span(in screen.Sign) (n int, x, y float64, err error) {
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	box := [2]float64{float64(in.Width), float64(in.Height)}
	for _, s := range in.Strokes {
		if n += len(s); n > maxPoints {
			return 0, 0, 0, errStrokes
		}
		for _, p := range s {
			for i := range box {
				if math.IsNaN(p[i]) || p[i] < -box[i] || p[i] > 2*box[i] {
					return 0, 0, 0, errStrokes
				}
				lo[i], hi[i] = min(lo[i], p[i]), max(hi[i], p[i])
			}
		}
	}
	return n, hi[0] - lo[0], hi[1] - lo[1], nil
}

// segment lays dots so close that they are a line; pressure makes it thicker.
func segment(img *image.Gray, a, b [4]float64, scale float64) {
	steps := int(math.Hypot(b[0]-a[0], b[1]-a[1])*scale) + 1
	if steps > 3*signWidth {
		return
	}
	for i := range steps + 1 {
		t := float64(i) / float64(steps)
		pressure := min(max(a[3]+(b[3]-a[3])*t, 0), 1)
		dot(img, (a[0]+(b[0]-a[0])*t)*scale, (a[1]+(b[1]-a[1])*t)*scale, thinStroke+(thickStroke-thinStroke)*pressure)
	}
}

// dot draws a disc with a soft rim of one pixel.
func dot(img *image.Gray, x, y, r float64) {
	for py := int(y - r - 1); py <= int(y+r+1); py++ {
		for px := int(x - r - 1); px <= int(x+r+1); px++ {
			if !(image.Point{X: px, Y: py}.In(img.Rect)) {
				continue
			}
			ink := min(max(r+0.5-math.Hypot(float64(px)-x, float64(py)-y), 0), 1)
			if v := uint8(255 * (1 - ink)); v < img.GrayAt(px, py).Y {
				img.SetGray(px, py, color.Gray{Y: v})
			}
		}
	}
}
