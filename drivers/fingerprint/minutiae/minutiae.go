// Package minutiae reads the points of a fingerprint's picture (指纹特征点提取): where ridges end and where they fork. It is our own, for
// sensors that give a picture and no features that anybody else understands; collectors after GA/T 1011 bring their makers' library.
package minutiae

import (
	"errors"
	"fmt"
	"image"
	"log/slog"
	"math"
)

// Kind is what a ridge does at a point.
type Kind uint8

// Kinds, with the numbers of ISO/IEC 19794-2.
const (
	Other  Kind = 0
	Ending Kind = 1 // 端点
	Fork   Kind = 2 // 分叉点
)

// Minutia is one point (细节点). Its angle runs counter-clockwise from the right: of an ending it points back along the ridge, of a fork into
// the valley between its arms, so that an ending that a hard press joins to its neighbour keeps its angle.
type Minutia struct {
	X, Y    int     // pixels from the upper left corner
	Angle   float64 // 0 to 2π
	Kind    Kind
	Quality int // 0 to 100
}

// Template is all that a comparison needs of a finger (指纹模板). It is biometric data: it hides itself in logs and has no JSON.
type Template struct {
	Width, Height int       `json:"-"`
	DPI           int       `json:"-"`
	Points        []Minutia `json:"-"`
	Quality       int       `json:"-"` // 0 to 100, of the picture
	Area          int       `json:"-"` // share of the picture that shows ridges, in percent
}

// String tells how many points there are, and none of them.
func (t Template) String() string {
	return fmt.Sprintf("[指纹模板 %d 个点 质量 %d]", len(t.Points), t.Quality)
}

// GoString implements fmt.GoStringer as String does.
func (t Template) GoString() string { return t.String() }

// LogValue hides the finger in structured logs.
func (t Template) LogValue() slog.Value { return slog.StringValue(t.String()) }

// Wipe forgets the points in place.
func (t *Template) Wipe() {
	clear(t.Points)
	t.Points = nil
}

// Bounds of pictures that are read.
const (
	smallest = 96
	largest  = 1024
	// Most is how many points are kept, the clearest first: a record of ISO/IEC 19794-2 holds 255.
	Most = 120
)

var errSize = errors.New("picture is not 96 to 1024 pixels wide and high")

// Extract finds the points of a picture at 500 dpi, ridges dark.
func Extract(img *image.Gray) (Template, error) {
	f, err := survey(img)
	if err != nil {
		return Template{}, err
	}
	t := Template{Width: f.w, Height: f.h, DPI: 500, Quality: f.score(), Area: f.area()}
	if f.inked() == 0 {
		return t, nil
	}
	f.periods()
	ridge := f.enhance()
	thin(ridge, f.w, f.h)
	t.Points = f.points(ridge)
	return t, nil
}

// survey measures the picture block by block.
func survey(img *image.Gray) (*field, error) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if min(w, h) < smallest || max(w, h) > largest {
		return nil, errSize
	}
	f := newField(img, w, h)
	f.segment()
	f.orient()
	return f, nil
}

// Quality is 0 to 100 for how well the picture serves (指纹图像质量), without reading its points: how much of the usual area shows ridges,
// and how clearly these run in one direction. It is a measure of ours, not the score of GA/T 1012 or NFIQ.
func Quality(img *image.Gray) (score, area int) {
	f, err := survey(img)
	if err != nil {
		return 0, 0
	}
	return f.score(), f.area()
}

// turn brings an angle into 0 to 2π.
func turn(a float64) float64 {
	if a = math.Mod(a, 2*math.Pi); a < 0 {
		a += 2 * math.Pi
	}
	if a >= 2*math.Pi { // a hair below zero rounds up to it
		return 0
	}
	return a
}

// apart is the smaller angle between two directions.
func apart(a, b float64) float64 {
	d := math.Abs(turn(a) - turn(b))
	return min(d, 2*math.Pi-d)
}
