package app

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/agent/slip"
	"tongban/drivers"
	"tongban/fleet/wire/matter"
)

// Why a matter cannot be done on this terminal.
const (
	whyPaused  = "paused"
	whyChannel = "channel"
	whyDevice  = "device"
	whyCard    = "card" // the person here has a document that the matter does not take
)

// paused says why a suspended item takes nobody now.
func paused(it *matter.Item) string {
	return "暂停办理：" + cmp.Or(strings.TrimRight(it.Paused.Reason, "。"), "原因请问窗口")
}

// where says in one sentence where a matter is done that is not done here.
func where(it *matter.Item, row screen.ItemRow) string {
	why := row.Why
	switch {
	case why == whyPaused:
		return paused(it) + "。什么时候恢复，请打服务电话或问" + it.Office + "的窗口"
	case why == whyChannel && it.Offered(matter.AtWeb):
		return "请到" + it.Office + "的窗口，也可以在手机上办"
	case why == whyChannel:
		return "请到" + it.Office + "的窗口"
	case why == whyCard:
		return "这件事" + row.HereText + "，您今天的证件合不上。请到" + it.Office + "的窗口问怎么办"
	}
	return "请到" + it.Office + "的窗口，或旁边设备齐全的自助机"
}

// guideLink is the page of the guide for a phone, "" while the centre's address is not known.
func (a *App) guideLink(code string) string {
	base := a.Public()
	if base == "" {
		return ""
	}
	return strings.TrimSuffix(base, "/") + "/g/" + code
}

// guideLimit bounds how long a citizen waits for the guide's slip.
const guideLimit = 20 * time.Second

// PrintGuide prints what to prepare and where to go (打印办事指南). Nothing hangs on this paper, so nothing is journalled: when
// it does not come out the code on the screen says the same.
func (a *App) PrintGuide(ctx context.Context, id string, in screen.Choose) error {
	d, err := a.Item(in.Item)
	if err != nil {
		return err
	}
	var station *Station
	if err := a.with(id, session.Stay, func(*session.Visit) error {
		station = a.station
		return nil
	}); err != nil {
		return err
	}
	trouble := problem(http.StatusServiceUnavailable, "screen.guide_print", "没打出来，可以扫屏幕上的码存到手机", nil)
	if a.o.Printer == nil || !a.o.Rack.Has(drivers.KindReceipt) || station == nil {
		return trouble
	}
	ctx, cancel := context.WithTimeout(ctx, guideLimit)
	defer cancel()
	job, err := a.newID()
	if err != nil {
		return err
	}
	l, err := devices.Take[drivers.ReceiptPrinter](ctx, a.o.Rack, drivers.KindReceipt)
	if err != nil {
		trouble.Cause = err
		return trouble
	}
	img, err := a.o.Printer.RenderGuide(a.guideSlip(d, station), l.Device.Dots())
	if err != nil {
		l.Done(nil)
		trouble.Cause = err
		return trouble
	}
	_, err = l.Device.Print(ctx, drivers.Slip{Key: job, Image: img})
	l.Done(err)
	if err != nil {
		trouble.Cause = err
		return trouble
	}
	return nil
}

func (a *App) guideSlip(d screen.ItemDetail, at *Station) slip.Guide {
	g := slip.Guide{
		Service: a.o.Service, Item: d.Name, Where: d.Where, Limit: d.TimeText, Fee: d.Fee, QR: a.guideLink(d.Code),
		At: a.o.Clock.Now().In(clock.Shanghai), Place: at.Place, Label: at.Label, Helpline: a.o.Model.Helpline,
	}
	for _, b := range d.Bring {
		line := b.Name
		if b.Note != "" {
			line += "（" + b.Note + "）"
		}
		g.Bring = append(g.Bring, line)
	}
	return g
}
