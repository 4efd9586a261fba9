package main

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"time"

	"tongban/agent/slip"
	"tongban/deploy/sim/camera"
	"tongban/deploy/sim/client"
	"tongban/deploy/sim/fingerprint"
	"tongban/deploy/sim/idcard"
	"tongban/deploy/sim/laser"
	"tongban/deploy/sim/receipt"
	"tongban/deploy/sim/rig"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/fingerprint/ef01"
	"tongban/drivers/hal"
	"tongban/drivers/idcard/sdt"
	"tongban/drivers/laser/ipp"
	"tongban/drivers/receipt/escpos"
	"tongban/drivers/scanner/escl"
	"tongban/drivers/scanner/page"
	"tongban/drivers/scanner/pdf"
)

const (
	sideTime = 2800 * time.Millisecond // of a printer's engine, for one page

	fast = 11520 // bytes a second at 115200 baud
	slow = 5760  // at 57600
)

// deviceRows measures the drivers alone, each on its emulator at the pace of real hardware, each beside what the line or
// the device takes by itself in the same run. card is what the whole agent took for the same card.
func deviceRows(ctx context.Context, card []time.Duration) ([]row, error) {
	dir, err := os.MkdirTemp("", "tongban-devices-")
	if err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // left for the system to tidy
	c := rig.Config{
		Name: "BENCH", Kinds: []string{idcard.Kind, fingerprint.Kind, receipt.Kind, laser.Kind, camera.Kind}, ReceiptTCP: "127.0.0.1:0",
		IDCard: idcard.Real(), Fingerprint: fingerprint.Config{Bytes: slow},
	}.InDir(dir)
	c.Receipt.MMPerSecond, c.Receipt.Dots = 100, 576
	c.Laser.Page = sideTime
	t, at, err := rig.Start(c)
	if err != nil {
		return nil, err
	}
	defer t.Close() //nolint:errcheck // the numbers are there already
	n := rig.Config{Name: "BENCH-58", Kinds: []string{receipt.Kind}, ReceiptTCP: "127.0.0.1:0"}.InDir(filepath.Join(dir, "narrow"))
	n.Receipt.MMPerSecond, n.Receipt.Dots = 100, 384
	if err := os.Mkdir(filepath.Join(dir, "narrow"), 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	t58, narrow, err := rig.Start(n)
	if err != nil {
		return nil, err
	}
	defer t58.Close() //nolint:errcheck // the numbers are there already
	hands := client.New(at.Control)
	var rows []row
	for _, measure := range []func() ([]row, error){
		func() ([]row, error) { return cardRows(ctx, hands, at.IDCard, card) },
		func() ([]row, error) { return fingerRows(ctx, hands, at.Fingerprint) },
		func() ([]row, error) { return slipRows(ctx, "tcp:"+narrow.ReceiptTCP, "tcp:"+at.ReceiptTCP) },
		func() ([]row, error) { return sheetRows(ctx, at.Laser, t.Laser) },
		func() ([]row, error) { return pageRows(ctx, hands, at.Camera) },
	} {
		more, err := measure()
		if err != nil {
			return rows, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// beside writes a control with its ratio.
func beside(what string, measured, control time.Duration) string {
	return fmt.Sprintf("%s %s; ratio %.2f", what, ms(control), float64(measured)/float64(control))
}

func cardRows(ctx context.Context, hands *client.Client, path string, agent []time.Duration) ([]row, error) {
	port, err := hal.Open(ctx, "serial:"+path)
	if err != nil {
		return nil, err
	}
	line := &noted{Port: port}
	r, err := sdt.Open(ctx, line, nil)
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // the numbers are there already
	var took, alone []time.Duration
	for range 10 {
		if err := hands.PutCard(ctx, "zhou"); err != nil {
			return nil, err
		}
		line.take()
		from := time.Now()
		if _, err := r.Read(ctx, nil); err != nil {
			return nil, fmt.Errorf("read card: %w", err)
		}
		took = append(took, time.Since(from))
		if err := again(ctx, hands.TakeCard, func() error { return hands.PutCard(ctx, "zhou") }); err != nil {
			return nil, err
		}
		d, err := replay(ctx, port, line.take())
		if err != nil {
			return nil, err
		}
		alone = append(alone, d)
		if err := hands.TakeCard(ctx); err != nil {
			return nil, err
		}
	}
	read, line95, more := at(took, 95), at(alone, 95), at(agent, 50)-at(took, 50)
	rows := []row{{"ID card, the driver alone, p95", ms(read), beside("the same bytes", read, line95), "≤ 1 s", read <= time.Second}}
	if len(agent) == 0 {
		return rows, nil
	}
	return append(rows,
		row{"what the agent adds to a read, p50", ms(more), "agent " + ms(at(agent, 50)) + " − driver " + ms(at(took, 50)), "≤ 50 ms", more <= 50*time.Millisecond}), nil
}

func again(ctx context.Context, lift func(context.Context) error, put func() error) error {
	if err := lift(ctx); err != nil {
		return err
	}
	return put()
}

func fingerRows(ctx context.Context, hands *client.Client, address string) ([]row, error) {
	port, err := hal.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	line := &noted{Port: port}
	m, err := ef01.Open(ctx, line, nil)
	if err != nil {
		return nil, err
	}
	defer m.Close() //nolint:errcheck // the numbers are there already
	if err := hands.Paper(ctx, fingerprint.Kind, "good"); err != nil {
		return nil, err
	}
	measure := func(rounds int, picture bool) (took, alone []time.Duration, err error) {
		for range rounds {
			line.take()
			from := time.Now()
			if _, err := m.Capture(ctx, picture); err != nil {
				return nil, nil, fmt.Errorf("take finger: %w", err)
			}
			took = append(took, time.Since(from))
			d, err := replay(ctx, port, line.take())
			if err != nil {
				return nil, nil, err
			}
			alone = append(alone, d)
		}
		return took, alone, nil
	}
	took, alone, err := measure(10, false)
	if err != nil {
		return nil, err
	}
	pictures, line2, err := measure(2, true)
	if err != nil {
		return nil, err
	}
	f, p, l := at(took, 95), at(pictures, 95), at(line2, 95)
	return []row{
		{"finger → features, p95, 57600 baud", ms(f), beside("the same bytes", f, at(alone, 95)), "≤ 2 s", f <= 2*time.Second},
		{"finger with its picture, 57600 baud", ms(p), beside("the same bytes", p, l), "ratio ≤ 1.10", float64(p) <= 1.1*float64(l)},
	}, nil
}

// slipRows prints the product's own slips at 100 mm a second: the paper must not wait for bytes. A serial line of 115200
// baud carries 14 bytes for each row of dots in that time. That is enough for the usual slip of 58 mm; one of 80 mm has more
// dots than that line can carry, and is held against the line.
func slipRows(ctx context.Context, serial58, net80 string) ([]row, error) {
	narrow, err := printed(ctx, serial58, 384, fast)
	if err != nil {
		return nil, err
	}
	wide, err := printed(ctx, net80, 576, 0)
	if err != nil {
		return nil, err
	}
	held, err := printed(ctx, net80, 576, fast)
	if err != nil {
		return nil, err
	}
	bound := max(held.paper, held.line)
	return []row{
		narrow.bytesRow("slip 58 mm, 115200 baud"), narrow.paperRow("the same → confirmed by the printer"),
		wide.bytesRow("slip 80 mm, network or USB"), wide.paperRow("the same → confirmed by the printer"),
		{"slip 80 mm, 115200 baud → confirmed", ms(held.took), beside("its line alone", held.took, bound), "ratio ≤ 1.25", float64(held.took) <= 1.25*float64(bound)},
	}, nil
}

// slipRun is one slip on its way.
type slipRun struct {
	mm, bytes         int
	took, line, paper time.Duration
}

func (r slipRun) bytesRow(what string) row {
	return row{fmt.Sprintf("%s: %d bytes, %d mm", what, r.bytes, r.mm), ms(r.line), beside("paper alone", r.line, r.paper), "bytes ≤ paper", r.line <= r.paper}
}

func (r slipRun) paperRow(what string) row {
	return row{what, ms(r.took), beside("paper alone", r.took, r.paper), "ratio ≤ 1.25", float64(r.took) <= 1.25*float64(r.paper)}
}

// printed prints one slip; perSecond is the speed of the line, 0 for as fast as it takes bytes.
func printed(ctx context.Context, address string, dots, perSecond int) (slipRun, error) {
	fonts, err := slip.New()
	if err != nil {
		return slipRun{}, err
	}
	img, err := fonts.Render(slip.Slip{
		Kind: slip.Received, Service: "绵阳政务服务", CaseNo: "MY261126-001-0017-5", Item: "80周岁以上老年人高龄津贴发放", Applicant: "周*明",
		Got: []string{"申请表 1 份", "户口簿 1 页"}, Answer: "最晚12月3日 周四", At: time.Now(), CheckCode: "7K4MQX", Phone: "2150", AskBy: "11月27日18:00", Fee: "不收费",
		QR: "https://zwfw.example.cn/p/ABCDEFGHIJKLMNOPQRSTUVWXYZ", Place: "涪城区政务服务中心", Label: "3号机", Helpline: "12345",
	}, dots)
	if err != nil {
		return slipRun{}, err
	}
	port, err := hal.Open(ctx, address)
	if err != nil {
		return slipRun{}, err
	}
	line := &paced{Port: port, perSecond: perSecond}
	p, err := escpos.Open(ctx, line, drivers.Params{"dots": dots})
	if err != nil {
		return slipRun{}, err
	}
	defer p.Close() //nolint:errcheck // the numbers are there already
	sent, busy := line.count()
	from := time.Now()
	if _, err := p.Print(ctx, drivers.Slip{Key: "bench", Image: img}); err != nil {
		return slipRun{}, fmt.Errorf("print slip: %w", err)
	}
	took := time.Since(from)
	sent2, busy2 := line.count()
	return slipRun{mm: img.Rect.Dy() / 8, bytes: sent2 - sent, took: took, line: busy2 - busy, paper: time.Duration(img.Rect.Dy()) * time.Second / 800}, nil
}

// sheetRows prints twenty pages on a printer that makes 21 a minute: they may take a minute in all.
func sheetRows(ctx context.Context, address string, engine *laser.Device) ([]row, error) {
	const pages = 20
	p, err := ipp.Open(ctx, address, nil)
	if err != nil {
		return nil, err
	}
	defer p.Close() //nolint:errcheck // the numbers are there already
	alone := make(chan time.Duration, 1)
	go func() { alone <- atWork(ctx, engine) }()
	acc, err := p.Print(ctx, drivers.PrintJob{Key: "bench", Document: bytes.NewReader(drivertest.TestPDF(pages)), Format: drivers.FormatPDF, Pages: pages})
	if err != nil {
		return nil, fmt.Errorf("print pages: %w", err)
	}
	return []row{
		{"20 pages A4, spooled and out", ms(acc.Took), beside("engine alone", acc.Took, <-alone), "≤ 60 s", acc.Took <= time.Minute},
	}, nil
}

// atWork is how long the engine works on its first job: from the moment at which it has it to its last page.
func atWork(ctx context.Context, engine *laser.Device) time.Duration {
	var from time.Time
	for ctx.Err() == nil {
		jobs := engine.Printed()
		if len(jobs) > 0 && from.IsZero() {
			from = time.Now()
		}
		if len(jobs) > 0 && jobs[0].Complete {
			return time.Since(from)
		}
		time.Sleep(2 * time.Millisecond)
	}
	return 0
}

// pageRows takes one picture of eight million pixels, straightens its page and packs it into a PDF, beside opening and packing the picture with
// nothing in between.
func pageRows(ctx context.Context, hands *client.Client, address string) ([]row, error) {
	port, err := hal.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	d, err := escl.Driver().Open(ctx, port, nil)
	if err != nil {
		return nil, err
	}
	defer d.Close() //nolint:errcheck // the numbers are there already
	if err := hands.Paper(ctx, camera.Kind, "application"); err != nil {
		return nil, err
	}
	f, err := d.(drivers.DocumentCamera).Capture(ctx)
	if err != nil {
		return nil, fmt.Errorf("take picture: %w", err)
	}
	var took, alone []time.Duration
	for range 5 {
		from := time.Now()
		p, err := page.Straighten(f.JPEG)
		if err != nil {
			return nil, fmt.Errorf("straighten page: %w", err)
		}
		if p.Verdict != drivers.PageGood {
			return nil, fmt.Errorf("straighten page: it is %s", p.Verdict)
		}
		var doc bytes.Buffer
		if err := pdf.Write(&doc, [][]byte{p.JPEG}); err != nil {
			return nil, err
		}
		took = append(took, time.Since(from))
		from = time.Now()
		img, err := jpeg.Decode(bytes.NewReader(f.JPEG))
		if err != nil {
			return nil, fmt.Errorf("decode picture: %w", err)
		}
		if err := jpeg.Encode(&bytes.Buffer{}, img, &jpeg.Options{Quality: 85}); err != nil {
			return nil, fmt.Errorf("encode picture: %w", err)
		}
		alone = append(alone, time.Since(from))
	}
	s := at(took, 50)
	return []row{
		{fmt.Sprintf("%.1f MP → straightened PDF, p50", float64(f.Width*f.Height)/1e6), ms(s), beside("open and pack it", s, at(alone, 50)), "≤ 2 s", s <= 2*time.Second},
	}, nil
}
