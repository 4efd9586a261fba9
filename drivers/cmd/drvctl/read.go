package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tongban/drivers"
)

// read waits for a card or a code. With --json it shows the whole record, because that is what was asked for; without, only what
// tells a technician that it works.
func (t *tool) read(args []string) error {
	o := newOptions("read").device(10 * time.Second)
	zone := o.set.String("zone", "", "passport: file with the machine readable zone, which opens the chip")
	can := o.set.String("can", "", "passport: card access number, which opens the chip")
	if err := o.parse(args); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(t.ctx, o.timeout)
	defer cancel()
	dev, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer done()
	if c, ok := dev.(drivers.BarcodeReader); ok {
		return t.readCode(ctx, c)
	}
	if f, ok := dev.(drivers.FingerprintReader); ok {
		return t.readFinger(ctx, f)
	}
	if p, ok := dev.(drivers.PassportReader); ok {
		return t.readPassport(ctx, p, *zone, *can)
	}
	if z, ok := dev.(drivers.ZoneReader); ok {
		return t.readZone(ctx, z)
	}
	r, ok := dev.(drivers.IDCardReader)
	if !ok {
		return wrongKind(dev, "read")
	}
	if t.json {
		card, err := r.Read(ctx, nil)
		if err != nil {
			return err
		}
		return t.print1(card)
	}
	_, _ = fmt.Fprintln(t.note, "请把身份证放到读卡器上")
	card, err := r.Read(ctx, func(e drivers.CardEvent) {
		if e == drivers.CardFound {
			_, _ = fmt.Fprintln(t.note, "正在读，先别拿开")
		}
	})
	if err != nil {
		return err
	}
	no := card.IDNumber
	if no == "" {
		no = card.PermitNumber
	}
	_, err = fmt.Fprintf(t.out, "%s %s，用时 %d 毫秒，照片%s，安全模块 %s\n", card, tail(no), card.ElapsedMS, photoWord(card), card.SAMNumber)
	return err
}

// photoWord says what became of the photo, and what to do about it.
func photoWord(c drivers.IDCard) string {
	words := map[drivers.PhotoState]string{
		drivers.PhotoEncoded: "没有解码（没有配置解码程序）", drivers.PhotoDecoded: fmt.Sprintf("已解码，%d 字节", len(c.Photo)),
		drivers.PhotoNoDecoder: "没有解码：解码程序没装上，请核对路径", drivers.PhotoCrashed: "没有解码：解码程序出错退出，请核对它的处理器架构和授权",
		drivers.PhotoLate: "没有解码：解码程序没有按时回答", drivers.PhotoGarbage: "没有解码：解码程序给出的不是图片",
	}
	return fmt.Sprintf(" %d 字节，%s", len(c.PhotoWLT), words[c.PhotoState])
}

// readCode waits for a barcode or QR code, which may name a person as a card does.
func (t *tool) readCode(ctx context.Context, r drivers.BarcodeReader) error {
	if !t.json {
		_, _ = fmt.Fprintln(t.note, "请把码对准扫码窗口，离开 3 到 5 厘米")
	}
	b, err := r.Read(ctx)
	if err != nil {
		return err
	}
	if t.json {
		return t.print1(b)
	}
	_, err = fmt.Fprintf(t.out, "%s %s，%s，用时 %d 毫秒\n", b, b.AIM, b.Encoding, b.ElapsedMS)
	return err
}

// readFinger takes a finger and tells how good it is; the finger itself leaves the driver nowhere.
func (t *tool) readFinger(ctx context.Context, r drivers.FingerprintReader) error {
	if !t.json {
		_, _ = fmt.Fprintln(t.note, "请把手指平放在指纹仪上")
	}
	f, err := r.Capture(ctx, true)
	if err != nil {
		return err
	}
	b := f.Image.Bounds()
	return t.print1(map[string]any{"quality": f.Quality, "dpi": f.DPI, "width": b.Dx(), "height": b.Dy(), "template_bytes": len(f.Template), "elapsed_ms": f.ElapsedMS})
}

// tail shows the last four places of a number.
func tail(no string) string {
	r := []rune(no)
	keep := min(4, len(r))
	return strings.Repeat("*", len(r)-keep) + string(r[len(r)-keep:])
}
