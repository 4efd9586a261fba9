package typeface_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"sync"
	"testing"

	"tongban/central/kernel/paper/typeface"
)

func face(t *testing.T) *typeface.Face {
	t.Helper()
	ttf, err := os.ReadFile("../fonts/NotoSerifSC_400Regular.ttf")
	if os.IsNotExist(err) {
		t.Skip("fonts are not fetched: run make setup")
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := typeface.Parse(ttf)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFace(t *testing.T) {
	f := face(t)
	if !f.Has('受') || f.Has('𠮷') || f.Has('\U0010FFFD') {
		t.Error("wrong characters")
	}
	if f.Advance('受') != 1 || f.Advance('1') > 0.7 || f.Advance('𠮷') != 1 {
		t.Errorf("advances %v %v %v", f.Advance('受'), f.Advance('1'), f.Advance('𠮷'))
	}
	if o, err := f.Outline('受'); err != nil || len(o) < 20 {
		t.Errorf("outline of %d segments, %v", len(o), err)
	}
	if _, err := f.Outline('𠮷'); err == nil {
		t.Error("an outline for a character that is not there")
	}
}

// TestSubsetLeavesTheFace takes parts at once: the part of one document must not show in another.
func TestSubsetLeavesTheFace(t *testing.T) {
	f := face(t)
	want, err := f.Subset([]rune("受理通知书"))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := f.Subset([]rune("不予收件凭证")[:1+i%6]); err != nil {
				t.Error(err)
			}
			got, err := f.Subset([]rune("受理通知书"))
			if err != nil || string(got.Program) != string(want.Program) {
				t.Errorf("another part: %d bytes, want %d, %v", len(got.Program), len(want.Program), err)
			}
		})
	}
	wg.Wait()
	if len(want.Widths) != 6 {
		t.Errorf("%d widths", len(want.Widths))
	}
}

// TestProgramIsAFont reads the part back: it is a whole font file with right sums, and it carries the date of the font, not of today.
func TestProgramIsAFont(t *testing.T) {
	part, err := face(t).Subset([]rune("受理"))
	if err != nil {
		t.Fatal(err)
	}
	sum := uint32(0)
	for i := 0; i < len(part.Program); i += 4 {
		sum += binary.BigEndian.Uint32(part.Program[i:])
	}
	if sum != 0xB1B0AFBA {
		t.Errorf("sum of the file is %08X", sum)
	}
	original, err := os.ReadFile("../fonts/NotoSerifSC_400Regular.ttf")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := table(part.Program, "head")[20:36], table(original, "head")[20:36]; !bytes.Equal(got, want) {
		t.Errorf("dates %x, want those of the font %x", got, want)
	}
	if glyphs := binary.BigEndian.Uint16(table(part.Program, "maxp")[4:]); glyphs != 3 {
		t.Errorf("%d glyphs", glyphs)
	}
}

func table(font []byte, tag string) []byte {
	for i := range int(binary.BigEndian.Uint16(font[4:])) {
		record := font[12+16*i:]
		if string(record[:4]) == tag {
			offset, length := binary.BigEndian.Uint32(record[8:]), binary.BigEndian.Uint32(record[12:])
			return font[offset : offset+length]
		}
	}
	return nil
}

func TestFallbackFindsNothing(t *testing.T) {
	if _, ok := typeface.NewFallback(t.TempDir()).Outline('𠮷'); ok {
		t.Error("found in an empty folder")
	}
	if _, ok := typeface.NewFallback("/nonexistent").Outline('𠮷'); ok {
		t.Error("found in no folder")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("\x00\x01\x00\x00\x00\x00"))
	f.Add([]byte("OTTO"))
	f.Fuzz(func(_ *testing.T, ttf []byte) {
		_, _ = typeface.Parse(ttf) // fonts come from the build, but an error must be an error
	})
}
