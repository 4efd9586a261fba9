package main

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"os"
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
)

const (
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
	c.Laser.Page = 3 * time.Second // 20 a minute
	t, at, err := rig.Start(c)
	if err != nil {
		return nil, err
	}
	defer t.Close() //nolint:errcheck // the numbers are there already
	hands := client.New(at.Control)
	var rows []row
	for _, measure := range []func() ([]row, error){
		func() ([]row, error) { return cardRows(ctx, hands, at.IDCard, card) },
		func() ([]row, error) { return fingerRows(ctx, hands, at.Fingerprint) },
		func() ([]row, error) { return slipRows(ctx, at.ReceiptTCP) },
		func() ([]row, error) { return sheetRows(ctx, at.Laser) },
		func() ([]row, error) { return pageRows(ctx, hands, at.Camera) },
	} {
		more, err := measure()
		if err != nil {
			return nil, err
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

// slipRows prints the product's own slip over a line of 115200 baud at 100 mm a second: the paper must never wait for bytes.
func slipRows(ctx context.Context, address string) ([]row, error) {
	fonts, err := slip.New()
	if err != nil {
		return nil, err
	}
	img, err := fonts.Render(slip.Slip{
		Kind: slip.Received, Service: "绵阳政务服务", CaseNo: "MY261126-001-0017-5", Item: "80周岁以上老年人高龄津贴发放", Applicant: "周*明",
		Got: []string{"申请表 1 份", "户口簿 1 页"}, Answer: "最晚12月3日 周四", At: time.Now(), CheckCode: "7K4MQX", Phone: "2150", AskBy: "11月27日18:00", Fee: "不收费",
		QR: "https://zwfw.example.cn/p/ABCDEFGHIJKLMNOPQRSTUVWXYZ", Place: "涪城区政务服务中心", Label: "3号机", Helpline: "12345",
	}, 576)
	if err != nil {
		return nil, err
	}
	port, err := hal.Open(ctx, "tcp:"+address)
	if err != nil {
		return nil, err
	}
	line := &paced{Port: port, perSecond: fast}
	p, err := escpos.Open(ctx, line, drivers.Params{"dots": 576})
	if err != nil {
		return nil, err
	}
	defer p.Close() //nolint:errcheck // the numbers are there already
	sent, busy := line.count()
	from := time.Now()
	if _, err := p.Print(ctx, drivers.Slip{Key: "bench", Image: img}); err != nil {
		return nil, fmt.Errorf("print slip: %w", err)
	}
	took := time.Since(from)
	sent2, busy2 := line.count()
	paper, onLine := time.Duration(img.Rect.Dy())*time.Second/800, busy2-busy
	return []row{
		{fmt.Sprintf("slip of %d mm, %d bytes at 115200 baud", img.Rect.Dy()/8, sent2-sent), ms(onLine), beside("paper alone at 100 mm/s", onLine, paper), "bytes ≤ paper", onLine <= paper},
		{"the same slip → confirmed by the printer", ms(took), beside("paper alone", took, paper), "ratio ≤ 1.25", float64(took) <= 1.25*float64(paper)},
	}, nil
}

// sheetRows prints on a printer of 20 pages a minute.
func sheetRows(ctx context.Context, address string) ([]row, error) {
	const pages = 5
	p, err := ipp.Open(ctx, address, nil)
	if err != nil {
		return nil, err
	}
	defer p.Close() //nolint:errcheck // the numbers are there already
	acc, err := p.Print(ctx, drivers.PrintJob{Key: "bench", Document: bytes.NewReader(drivertest.TestPDF(pages)), Format: drivers.FormatPDF, Pages: pages})
	if err != nil {
		return nil, fmt.Errorf("print pages: %w", err)
	}
	rate, engine := pages*60/acc.Took.Seconds(), pages*3*time.Second
	return []row{
		{"pages a minute, spooled, A4", fmt.Sprintf("%.1f", rate), beside("engine alone, 5 pages", acc.Took, engine), "≥ 19.5 of 20", rate >= 19.5},
	}, nil
}

// pageRows takes one picture of eight million pixels and straightens its page, beside opening and packing the picture with
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
		{fmt.Sprintf("picture of %.1f MP → straightened page, p50", float64(f.Width*f.Height)/1e6), ms(s), beside("open and pack it", s, at(alone, 50)), "≤ 2 s", s <= 2*time.Second},
	}, nil
}
