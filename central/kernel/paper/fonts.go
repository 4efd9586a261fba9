package paper

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"tongban/central/kernel/paper/pdf"
	"tongban/central/kernel/paper/typeface"
)

// The fonts are copied here by deploy/tools/fonts.sh and are not in git; .gitkeep keeps the pattern matching without them.
//
//go:embed all:fonts
var embedded embed.FS

const (
	regularFont = "fonts/NotoSerifSC_400Regular.ttf"
	boldFont    = "fonts/NotoSerifSC_700Bold.ttf"
)

// ErrFontsMissing means that the program was built before the fonts were fetched.
var ErrFontsMissing = errors.New("fonts missing: run make setup and build again")

// New loads the embedded fonts. rareFontDirs are searched for characters that these lack; without any the usual folders are.
func New(rareFontDirs ...string) (*Engine, error) {
	regular, err := loadFace(embedded, regularFont)
	if err != nil {
		return nil, err
	}
	bold, err := loadFace(embedded, boldFont)
	if err != nil {
		return nil, err
	}
	return &Engine{faces: pdf.Faces{Regular: regular, Bold: bold}, fallback: typeface.NewFallback(rareFontDirs...)}, nil
}

func loadFace(files fs.FS, name string) (*typeface.Face, error) {
	ttf, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("load %s: %w", name, ErrFontsMissing)
	}
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	face, err := typeface.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	return face, nil
}
