package escpos

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"tongban/drivers"
)

// paint prints the raster commands and feeds of a job on paper of dots across, as the command table says.
func paint(t *testing.T, j job, dots int) [][]byte {
	t.Helper()
	var paper [][]byte
	margin := 0
	for b := bytes.Join(j.body, nil)[len(start()):]; len(b) > 0; {
		switch {
		case b[0] == esc && b[1] == 'J':
			for range b[2] {
				paper = append(paper, make([]byte, dots/8))
			}
			b = b[3:]
		case b[0] == gs && b[1] == 'L':
			margin, b = (int(b[2])|int(b[3])<<8)/8, b[4:]
		case b[0] == gs && b[1] == 'v':
			mode, x, y := b[3], int(b[4])|int(b[5])<<8, int(b[6])|int(b[7])<<8
			data := b[8 : 8+x*y]
			b = b[8+x*y:]
			for r := range y {
				row := make([]byte, dots/8)
				for i := range x * 8 {
					if data[r*x+i/8]&(0x80>>(i%8)) == 0 {
						continue
					}
					for d := range 1 + int(mode&1) {
						at := margin*8 + i*(1+int(mode&1)) + d
						row[at/8] |= 0x80 >> (at % 8)
					}
				}
				for range 1 + int(mode>>1&1) {
					paper = append(paper, row)
				}
			}
		default:
			t.Fatalf("unknown command % X", b[:min(len(b), 8)])
		}
	}
	return paper
}

// Squares of every size and place come out dot by dot as they are in the picture, whatever is sent doubled, and those of an
// even size cost a quarter.
func TestDoubledSquares(t *testing.T) {
	for _, quirk := range []string{"", quirkPlainRaster, quirkFullWidth, quirkSolidRaster} {
		for module := 1; module <= 9; module++ {
			for _, at := range []int{0, 1, 24, 40} {
				r := rand.New(rand.NewPCG(uint64(module), 7))
				const n = 33
				var dark [n][n]bool
				for y := range n {
					for x := range n {
						dark[y][x] = x == 0 || r.IntN(2) == 0
					}
				}
				img := gray(384, module*n+20, func(x, y int) bool {
					mx, my := x-at, y-4
					return mx >= 0 && my >= 0 && mx < n*module && my < n*module && dark[my/module][mx/module]
				})
				cfg, err := decode(nil)
				if err != nil {
					t.Fatal(err)
				}
				cfg.quirks[quirk] = true
				j, err := compose(drivers.Slip{Image: img}, cfg)
				if err != nil {
					t.Fatal(err)
				}
				wrong, paper := 0, paint(t, j, 384)
				for y, row := range bitRows(img) {
					for i, b := range row {
						if paper[y][i] != b {
							wrong++
						}
					}
				}
				if wrong > 8 { // defuse may make a dot wider, and a doubled one by as much
					t.Errorf("%s, squares of %d at %d: %d bytes of dots differ", quirk, module, at, wrong)
				}
				size := len(bytes.Join(j.body, nil))
				if quirk == "" && module == 6 && at != 1 && size > module*n*module*n/8/3 {
					t.Errorf("squares of %d at %d: %d bytes", module, at, size)
				}
			}
		}
	}
}
