package typeface

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// rareFonts are the fonts of common systems that have rare characters, best first: Debian's Noto and Hanazono, the song types of
// UOS, Kylin and Windows. The match is on the file name.
var rareFonts = []string{
	"NotoSerifCJK-Regular.ttc", "HanaMinB.ttf", "HanaMinA.ttf", "simsunb.ttf", "SourceHanSerifSC-Regular.otf", "NotoSansCJK-Regular.ttc",
}

// Fallback draws characters that the embedded faces lack (生僻字), such as 𠮷, from fonts of the system. It looks for them at the first
// such character, because nearly no document has one. Whatever goes wrong there, the answer is "not found", never a failure: a
// paper with a placeholder can be completed by hand, a paper that was not made cannot.
type Fallback struct {
	dirs []string
	once sync.Once

	mu    sync.Mutex // sfnt.Buffer and the found map
	fonts []*sfnt.Font
	found map[rune]Outline
}

// NewFallback searches the folders, and the usual ones of Linux without any.
func NewFallback(dirs ...string) *Fallback {
	if len(dirs) == 0 {
		dirs = []string{"/usr/share/fonts", "/usr/local/share/fonts"}
	}
	return &Fallback{dirs: dirs, found: map[rune]Outline{}}
}

// Outline returns the shape of the character, one em wide.
func (f *Fallback) Outline(r rune) (Outline, bool) {
	f.once.Do(f.open)
	f.mu.Lock()
	defer f.mu.Unlock()
	if o, ok := f.found[r]; ok {
		return o, o != nil
	}
	var outline Outline
	for _, font := range f.fonts {
		if outline = load(font, r); outline != nil {
			break
		}
	}
	f.found[r] = outline
	return outline, outline != nil
}

func (f *Fallback) open() {
	paths := map[string]string{}
	for _, dir := range f.dirs {
		_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && paths[entry.Name()] == "" {
				paths[entry.Name()] = path
			}
			return nil
		})
	}
	for _, name := range rareFonts {
		if path := paths[name]; path != "" {
			f.fonts = append(f.fonts, openFonts(path)...)
		}
	}
}

// openFonts opens a font or collection. The file stays open for the life of the program: glyphs are read from it on demand, which
// keeps 25 MB out of memory.
func openFonts(path string) []*sfnt.Font {
	file, err := os.Open(path) // #nosec G304 -- a font file of the machine, for development
	if err != nil {
		return nil
	}
	collection, err := sfnt.ParseCollectionReaderAt(file)
	if err != nil {
		_ = file.Close()
		return nil
	}
	var fonts []*sfnt.Font
	for i := range collection.NumFonts() {
		font, err := collection.Font(i)
		if err != nil {
			continue
		}
		// A collection holds one font per region; the mainland forms come first.
		if name, err := font.Name(nil, sfnt.NameIDFull); err == nil && strings.Contains(name, " SC") {
			fonts = append([]*sfnt.Font{font}, fonts...)
		} else {
			fonts = append(fonts, font)
		}
	}
	return fonts
}

func load(font *sfnt.Font, r rune) Outline {
	const ppem = 1000
	var buffer sfnt.Buffer
	id, err := font.GlyphIndex(&buffer, r)
	if err != nil || id == 0 {
		return nil
	}
	segments, err := font.LoadGlyph(&buffer, id, fixed.I(ppem), nil)
	if err != nil {
		return nil
	}
	point := func(p fixed.Point26_6) Point {
		return Point{float64(p.X) / 64 / ppem, -float64(p.Y) / 64 / ppem}
	}
	var o pen
	for i, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				o.add(Close)
			}
			o.add(Move, point(s.Args[0]))
		case sfnt.SegmentOpLineTo:
			o.add(Line, point(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			o.add(Quad, point(s.Args[0]), point(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			o.add(Cube, point(s.Args[0]), point(s.Args[1]), point(s.Args[2]))
		}
	}
	o.add(Close)
	return Outline(o)
}
