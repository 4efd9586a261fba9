package counter

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"

	"tongban/agent/devices"
	"tongban/agent/journal"
	"tongban/drivers"
	"tongban/drivers/scanner/page"
)

// kinds are the devices of a counter in the order of the list. Those that few have are in it where they are connected.
var (
	kinds = []drivers.Kind{drivers.KindIDCard, drivers.KindPassport, drivers.KindScanner, drivers.KindBarcode, drivers.KindReceipt, drivers.KindLaser}
	rare  = []drivers.Kind{drivers.KindPassport}
)

// deviceState is one line of the list.
type deviceState struct {
	Kind  drivers.Kind `json:"kind"`
	Name  string       `json:"name"`
	Model string       `json:"model,omitempty"`
	Ready bool         `json:"ready"`
	InUse bool         `json:"inUse"`
	Text  string       `json:"text"`
}

type padState struct {
	Open bool   `json:"open"`
	Busy string `json:"busy"`
}

type healthOut struct {
	Desk    string        `json:"desk"`
	Devices []deviceState `json:"devices"`
	Pad     padState      `json:"pad"`
}

func (d *Desk) health() healthOut {
	out := healthOut{Desk: d.o.Desk, Devices: []deviceState{}}
	for _, k := range kinds {
		if slices.Contains(rare, k) && !d.o.Rack.Has(k) {
			continue
		}
		s := d.o.Rack.Status(k)
		out.Devices = append(out.Devices, deviceState{Kind: k, Name: names[k], Model: s.Info.Model, Ready: s.Ready(), InUse: s.InUse, Text: d.text(k, s)})
	}
	out.Pad.Open, out.Pad.Busy = d.pad.state()
	return out
}

// use lends a device for one call.
func use[T drivers.Device, Out any](ctx context.Context, d *Desk, k drivers.Kind, f func(T) (Out, error)) (Out, error) {
	take, cancel := context.WithTimeout(ctx, takeLimit)
	defer cancel()
	l, err := devices.Take[T](take, d.o.Rack, k)
	if err != nil {
		var none Out
		return none, failed(k, err)
	}
	out, err := f(l.Device)
	if errors.Is(ctx.Err(), context.Canceled) {
		l.Done(nil) // the page went away, not the device
	} else {
		l.Done(err)
	}
	if err != nil {
		return out, failed(k, err)
	}
	return out, nil
}

// card is what a page gets of an identity card; the picture stays in the card.
type card struct {
	Type      string `json:"type"`
	Name      string `json:"name"`
	NameEN    string `json:"nameEN,omitempty"`
	Sex       string `json:"sex,omitempty"`
	Birth     string `json:"birth,omitempty"`
	Address   string `json:"address,omitempty"`
	IDNumber  string `json:"idNumber"`
	Issuer    string `json:"issuer,omitempty"`
	ValidFrom string `json:"validFrom,omitempty"`
	ValidTo   string `json:"validTo,omitempty"`
}

func (d *Desk) readCard(ctx context.Context, in waiting) (any, error) {
	ctx, cancel := d.patience(ctx, in.Wait, 30)
	defer cancel()
	return use(ctx, d, drivers.KindIDCard, func(r drivers.IDCardReader) (card, error) {
		c, err := r.Read(ctx, nil)
		return card{
			Type: c.Type, Name: c.Name, NameEN: c.NameEN, Sex: c.Sex, Birth: c.Birth, Address: cmp.Or(c.AddressAdded, c.Address),
			IDNumber: cmp.Or(c.IDNumber, c.PermitNumber),
			Issuer:   c.Issuer, ValidFrom: c.ValidFrom, ValidTo: c.ValidTo,
		}, err
	})
}

// document is what a page gets of a passport or a travel permit: what is printed for machines, since the chip is not opened here.
type document struct {
	Type        string `json:"type"`   // P, PO, CS, CD, CR
	Issuer      string `json:"issuer"` // three letters
	Number      string `json:"number"`
	Name        string `json:"name"` // in Chinese where the document has it, else in Latin letters, surname first
	Nationality string `json:"nationality,omitempty"`
	Sex         string `json:"sex,omitempty"` // male, female
	Birth       string `json:"birth,omitempty"`
	Expires     string `json:"expires,omitempty"`
}

func (d *Desk) readDocument(ctx context.Context, in waiting) (any, error) {
	ctx, cancel := d.patience(ctx, in.Wait, 30)
	defer cancel()
	return use(ctx, d, drivers.KindPassport, func(r drivers.ZoneReader) (document, error) {
		z, err := r.Read(ctx)
		name := cmp.Or(z.NameCN, strings.TrimSpace(z.Surname+" "+z.GivenNames))
		return document{Type: z.Type, Issuer: z.Issuer, Number: z.Number, Name: name, Nationality: z.Nationality, Sex: z.Sex, Birth: z.Birth, Expires: z.Expires}, err
	})
}

func (d *Desk) readCode(ctx context.Context, in waiting) (any, error) {
	ctx, cancel := d.patience(ctx, in.Wait, 30)
	defer cancel()
	return use(ctx, d, drivers.KindBarcode, func(r drivers.BarcodeReader) (map[string]string, error) {
		c, err := r.Read(ctx)
		return map[string]string{"text": c.Text, "symbology": c.Symbology}, err
	})
}

// picture is a page or a frame.
type picture struct {
	Verdict string `json:"verdict"`
	Message string `json:"message"`
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	JPEG    []byte `json:"jpeg"`
}

// preview is one small frame of what lies under the camera.
func (d *Desk) preview(ctx context.Context) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, captureLimit)
	defer cancel()
	return use(ctx, d, drivers.KindScanner, func(c drivers.DocumentCamera) (picture, error) {
		f, err := c.Preview(ctx)
		return picture{Width: f.Width, Height: f.Height, JPEG: f.JPEG}, err
	})
}

// scan takes one page, straightened; one that nobody could read is refused with the reason, and not kept.
func (d *Desk) scan(ctx context.Context) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, captureLimit)
	defer cancel()
	f, err := use(ctx, d, drivers.KindScanner, func(c drivers.DocumentCamera) (drivers.Frame, error) { return c.Capture(ctx) })
	if err != nil {
		return nil, err
	}
	p, err := page.Straighten(f.JPEG)
	if err != nil {
		return nil, &Problem{Status: http.StatusUnprocessableEntity, Code: "page", Message: pages[drivers.PageNone]}
	}
	if p.Verdict != drivers.PageGood {
		return nil, &Problem{Status: http.StatusUnprocessableEntity, Code: "page", Reason: string(p.Verdict), Message: pages[p.Verdict]}
	}
	return picture{Verdict: string(p.Verdict), Message: "四个角都在，字看得清", Width: p.Width, Height: p.Height, JPEG: p.JPEG}, nil
}

func (d *Desk) print(ctx context.Context, in struct {
	PDF    []byte `json:"pdf"`
	Copies int    `json:"copies"`
	Duplex bool   `json:"duplex"`
}) (any, error) {
	if !bytes.HasPrefix(in.PDF, []byte("%PDF-")) || in.Copies < 0 || in.Copies > 20 {
		return nil, problem(http.StatusBadRequest, string(drivers.CodeInvalidData), "这份文书打不了，请刷新再试")
	}
	// A page that is closed does not stop a sheet that has begun.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), printLimit)
	defer cancel()
	return use(ctx, d, drivers.KindLaser, func(p drivers.LaserPrinter) (map[string]int, error) {
		d.settled(ctx, drivers.KindLaser, func() ([]journal.Job, error) { return d.o.Journal.SettleDocuments(ctx, p) })
		d.setLeft(drivers.KindLaser, "")
		job := drivers.PrintJob{Key: rand.Text(), Document: bytes.NewReader(in.PDF), Format: drivers.FormatPDF, Copies: max(in.Copies, 1), Duplex: in.Duplex}
		if err := d.o.Journal.Add(ctx, journal.Job{ID: job.Key, Kind: journal.Pages, Cuts: -1}); err != nil {
			return nil, err
		}
		a, end, err := d.o.Journal.Document(ctx, p, job)
		return map[string]int{"pages": a.Impressions}, errors.Join(end.Cause, err)
	})
}

func (d *Desk) slip(ctx context.Context, in struct {
	Title string   `json:"title"`
	Lines []string `json:"lines"`
	QR    string   `json:"qr"`
}) (any, error) {
	if err := errors.Join(short(40, in.Title), short(200, in.Lines...), short(300, in.QR)); err != nil || len(in.Lines) > 60 {
		return nil, problem(http.StatusBadRequest, string(drivers.CodeInvalidData), "文字太长了")
	}
	lines := []drivers.Line{{Text: in.Title, Align: drivers.Centre, Size: 2, Bold: true}}
	for _, l := range in.Lines {
		lines = append(lines, drivers.Line{Text: l, Size: 1})
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), printLimit)
	defer cancel()
	return use(ctx, d, drivers.KindReceipt, func(p drivers.ReceiptPrinter) (map[string]bool, error) {
		d.setLeft(drivers.KindReceipt, "")
		s := drivers.Slip{Key: rand.Text(), Lines: lines, QR: in.QR}
		if err := d.o.Journal.Add(ctx, journal.Job{ID: s.Key, Kind: "counter", Cuts: -1}); err != nil {
			return nil, err
		}
		end, err := d.o.Journal.Slip(ctx, p, s)
		return map[string]bool{"confirmed": end.State == journal.Printed}, errors.Join(end.Cause, err)
	})
}
