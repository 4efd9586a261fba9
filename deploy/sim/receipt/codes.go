package receipt

import (
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	qrcode "github.com/skip2/go-qrcode"
)

// qr draws the stored QR symbol, nil if the data does not fit into any.
func qr(st style) *strip {
	level := map[byte]qrcode.RecoveryLevel{'0': qrcode.Low, '1': qrcode.Medium, '2': qrcode.High, '3': qrcode.Highest}[st.qrLevel]
	code, err := qrcode.New(string(st.qrData), level)
	if err != nil {
		return nil
	}
	code.DisableBorder = true
	m := code.Bitmap()
	n := st.qrModule
	s := newStrip(len(m)*n, len(m)*n)
	for y := range s.rows {
		for x := range s.w {
			if m[y/n][x/n] {
				s.rows[y][x] = 1
			}
		}
	}
	return s
}

// barcode draws the linear codes that the bench needs; an unknown one becomes a striped block of the right height.
func barcode(m byte, data []byte, st style) *strip {
	bits := encodeBars(m, data)
	s := newStrip(len(bits)*st.barModule, st.barHeight)
	for y := range s.rows {
		for x := range s.w {
			if bits[x/st.barModule] {
				s.rows[y][x] = 1
			}
		}
	}
	return s
}

func encodeBars(m byte, data []byte) []bool {
	formats := map[byte]struct {
		w gozxing.Writer
		f gozxing.BarcodeFormat
	}{
		67: {oned.NewEAN13Writer(), gozxing.BarcodeFormat_EAN_13}, 69: {oned.NewCode39Writer(), gozxing.BarcodeFormat_CODE_39},
		70: {oned.NewITFWriter(), gozxing.BarcodeFormat_ITF}, 73: {oned.NewCode128Writer(), gozxing.BarcodeFormat_CODE_128},
	}
	if m <= 6 {
		m += 65
	}
	if e, ok := formats[m]; ok {
		if bm, err := e.w.Encode(plainBars(data), e.f, 0, 1, nil); err == nil {
			return rowOf(bm)
		}
	}
	out := make([]bool, 120)
	for i := range out {
		out[i] = i%4 < 2
	}
	return out
}

// plainBars drops the code-set marks of CODE128 ({A {B {C); the encoder chooses for itself.
func plainBars(data []byte) string {
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		if data[i] == '{' && i+1 < len(data) {
			i++
			continue
		}
		out = append(out, data[i])
	}
	return string(out)
}

func rowOf(bm *gozxing.BitMatrix) []bool {
	out := make([]bool, bm.GetWidth())
	for x := range out {
		out[x] = bm.Get(x, 0)
	}
	return out
}
