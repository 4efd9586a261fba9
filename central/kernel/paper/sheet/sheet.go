// Package sheet is the laid-out page (版面): text with a place for every character, and shapes. Layout ends here and file formats begin
// here, so that PDF today and OFD later draw the same page, and tests measure a page without opening a file.
//
// All positions are millimetres from the upper left corner of the sheet, y downward. Text sizes are points.
package sheet

// Point per millimetre, and A4.
const (
	PointsPerMM = 72 / 25.4
	A4Width     = 210.0
	A4Height    = 297.0
)

// Page is one side of paper. Items are drawn in order, later ones on top.
type Page struct {
	Width, Height float64
	Items         []Item
}

// Item is a Text, a Path or an Image.
type Item interface{ isItem() }

// Color is red, green and blue from 0 to 1.
type Color struct{ R, G, B float64 }

// Grey returns the grey of that lightness.
func Grey(v float64) Color { return Color{v, v, v} }

// Text is one run in one size and weight. Runes[i] stands with its origin at X+At[i] on the baseline Y.
type Text struct {
	X, Y      float64
	Size      float64
	Bold      bool
	Embolden  float64 // outline drawn around each glyph, in em: a weight between the two that are embedded
	Color     Color
	Runes     []rune
	At        []float64
	Width     float64
	Spaced    bool // letter-spaced for looks; whoever copies the text must not get the gaps as spaces
	Invisible bool // there to be copied and searched; a Path draws it
}

// Path is a shape. A nil colour leaves the fill or the stroke away.
type Path struct {
	Segments []Segment
	Fill     *Color
	Stroke   *Color
	Width    float64 // of the stroke
	Role     Role
}

// Role marks shapes that layout rules speak about.
type Role string

// Roles that the layout test looks for.
const (
	RoleNone      Role = ""
	RoleSeal      Role = "seal"
	RoleWatermark Role = "watermark"
	RoleQR        Role = "qr"
)

// Image is a picture, such as a signature, scaled into its rectangle.
type Image struct {
	X, Y, W, H   float64
	Across, Down int    // pixels
	RGB          []byte // three bytes a pixel, row by row
	Alpha        []byte // one byte a pixel; nil = opaque
}

func (*Text) isItem()  {}
func (*Path) isItem()  {}
func (*Image) isItem() {}

// Box is a rectangle on the sheet.
type Box struct{ Left, Top, Right, Bottom float64 }

// Overlaps reports whether the boxes share more than a hair.
func (b Box) Overlaps(o Box) bool {
	const hair = 0.05
	return b.Left < o.Right-hair && o.Left < b.Right-hair && b.Top < o.Bottom-hair && o.Top < b.Bottom-hair
}

// Bounds is the space the glyphs of a text take: from the top of a Chinese character to its foot.
func (t *Text) Bounds() Box {
	em := t.Size / PointsPerMM
	return Box{t.X, t.Y - 0.88*em, t.X + t.Width, t.Y + 0.12*em}
}

// Bounds is the smallest box around the points of the path; control points count, which is exact enough for layout.
func (p *Path) Bounds() Box {
	var b Box
	first := true
	for _, s := range p.Segments {
		for _, q := range s.Points[:s.Op.points()] {
			if first {
				b, first = Box{q.X, q.Y, q.X, q.Y}, false
				continue
			}
			b.Left, b.Right = min(b.Left, q.X), max(b.Right, q.X)
			b.Top, b.Bottom = min(b.Top, q.Y), max(b.Bottom, q.Y)
		}
	}
	if p.Stroke != nil {
		half := p.Width / 2
		b = Box{b.Left - half, b.Top - half, b.Right + half, b.Bottom + half}
	}
	return b
}
