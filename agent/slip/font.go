package slip

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// The fonts come from an npm package at build time and are not in git; .gitkeep lets a bare checkout compile.
//
//go:embed all:fonts
var embedded embed.FS

// ErrNoFont means that no font with Chinese characters was found, neither in the program nor on the machine.
var ErrNoFont = errors.New("no Chinese font: run deploy/tools/fonts.sh sans before building, or install fonts-noto-cjk")

// weight of type: 400 for text, 700 for what one looks for.
type weight int

const (
	regular weight = iota
	bold
)

// embeddedNames and systemNames are tried in order.
var (
	embeddedNames = map[weight]string{regular: "fonts/NotoSansSC_400Regular.ttf", bold: "fonts/NotoSansSC_700Bold.ttf"}
	systemNames   = map[weight][]string{
		regular: {
			"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
			"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", `C:\Windows\Fonts\msyh.ttc`,
		},
		bold: {
			"/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc",
			"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", `C:\Windows\Fonts\msyhbd.ttc`,
		},
	}
)

// typeface is one weight with a second font for characters of rare names that the first lacks.
type typeface struct {
	first *sfnt.Font
	spare func() *sfnt.Font // nil result: none on this machine
	mu    sync.Mutex
	faces map[faceKey]font.Face
	has   map[rune]bool
}

type faceKey struct {
	size  int
	spare bool
}

func loadTypeface(w weight) (*typeface, error) {
	spare := sync.OnceValue(func() *sfnt.Font { f, _ := systemFont(w); return f })
	t := &typeface{spare: spare, faces: map[faceKey]font.Face{}, has: map[rune]bool{}}
	text, err := embedded.ReadFile(embeddedNames[w])
	switch {
	case err == nil:
		if t.first, err = opentype.Parse(text); err != nil {
			return nil, fmt.Errorf("parse embedded font: %w", err)
		}
	case errors.Is(err, fs.ErrNotExist):
		if t.first, err = systemFont(w); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("read embedded font: %w", err)
	}
	return t, nil
}

func systemFont(w weight) (*sfnt.Font, error) {
	for _, name := range systemNames[w] {
		text, err := os.ReadFile(name) //nolint:gosec // from the list above
		if err != nil {
			continue
		}
		c, err := opentype.ParseCollection(text)
		if err != nil {
			continue
		}
		// The collection's regional fonts share their glyphs; Simplified Chinese is the third in Noto, the first elsewhere.
		n := 0
		if c.NumFonts() > 2 {
			n = 2
		}
		if f, err := c.Font(n); err == nil {
			return f, nil
		}
	}
	return nil, ErrNoFont
}

// face returns the face in dots that has r.
func (t *typeface) face(size int, r rune) font.Face {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, key := t.first, faceKey{size: size}
	if !t.knows(r) {
		if s := t.spare(); s != nil {
			f, key.spare = s, true
		}
	}
	if have, ok := t.faces[key]; ok {
		return have
	}
	// 72 dpi: one point is one dot. Full hinting keeps stems on whole dots, which a thermal head needs.
	made, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return t.faces[faceKey{size: size}]
	}
	t.faces[key] = made
	return made
}

// knows reports whether the first font has r. Called with mu held.
func (t *typeface) knows(r rune) bool {
	if ok, seen := t.has[r]; seen {
		return ok
	}
	var buf sfnt.Buffer
	i, err := t.first.GlyphIndex(&buf, r)
	t.has[r] = err == nil && i != 0
	return t.has[r]
}
