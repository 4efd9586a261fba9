package app

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"tongban/agent/devices"
	"tongban/agent/screen"
	"tongban/drivers"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// Find is one search of the list (搜事项).
type Find struct {
	Query    string
	Category string
	Office   string // body that decides, by name
	Frequent bool
	Exact    bool // just what was typed, nothing forgiven
}

// maxQuery bounds what is searched; nobody types more on glass. maxRows bounds what one list holds: who has more than that
// before them takes another word or the office, nobody turns forty pages.
const (
	maxQuery = 60
	maxRows  = 60
)

// Items searches what can be done. Matters that cannot be done here come last but are not hidden.
func (a *App) Items(f Find) (screen.Items, error) {
	snap, index, ok := a.o.Content.Search()
	if !ok {
		return screen.Items{}, problem(http.StatusServiceUnavailable, "screen.no_items", "事项还没有取到，网络通了就有，通常一分钟", nil)
	}
	if len([]rune(f.Query)) > maxQuery {
		return screen.Items{}, problem(http.StatusUnprocessableEntity, "screen.query", "写得太长了，说两三个字就能找到", nil)
	}
	out := screen.Items{Query: f.Query, Rows: []screen.ItemRow{}, Categories: []screen.CategoryCount{}, Offices: []screen.OfficeCount{}, Total: len(snap.Items)}
	of := map[string]int{}
	for i := range snap.Items {
		of[snap.Items[i].Category]++
	}
	for _, c := range snap.Categories {
		out.Categories = append(out.Categories, screen.CategoryCount{Category: c, Count: of[c.Key]})
	}
	offices := map[string]int{}
	for _, h := range hits(index, f, &out) {
		it := &snap.Items[h.Index]
		if f.Category != "" && it.Category != f.Category || f.Frequent && it.Frequent == 0 {
			continue
		}
		offices[it.Office]++
		if f.Office != "" && it.Office != f.Office {
			continue
		}
		row := a.row(it)
		row.Mark = [2]int{h.From, h.To}
		out.Rows = append(out.Rows, row)
	}
	out.Found = len(out.Rows)
	if f.Frequent {
		place := map[string]int{}
		for i := range snap.Items {
			place[snap.Items[i].Code] = snap.Items[i].Frequent
		}
		slices.SortStableFunc(out.Rows, func(x, y screen.ItemRow) int { return place[x.Code] - place[y.Code] })
		return out, nil // the home screen keeps its order, whatever works today
	}
	out.Offices = ranked(offices)
	slices.SortStableFunc(out.Rows, func(x, y screen.ItemRow) int { return rank(x.Here) - rank(y.Here) })
	out.Rows = out.Rows[:min(len(out.Rows), maxRows)]
	return out, nil
}

// ranked lists the offices of a list, those with most matters first.
func ranked(n map[string]int) []screen.OfficeCount {
	out := make([]screen.OfficeCount, 0, len(n))
	for name, count := range n {
		out = append(out, screen.OfficeCount{Name: name, Count: count})
	}
	slices.SortFunc(out, func(x, y screen.OfficeCount) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), strings.Compare(x.Name, y.Name))
	})
	return out
}

func hits(index *matter.Index, f Find, out *screen.Items) (hits []matter.Hit) {
	if f.Exact {
		hits, out.Hint, out.Nearest = index.SearchExactly(f.Query)
		return hits
	}
	hits, out.Searched, out.Hint, out.Nearest = index.Search(f.Query)
	return hits
}

func rank(here string) int {
	if here == "no" {
		return 1
	}
	return 0
}

// Item is what to know before starting (事项说明).
func (a *App) Item(code string) (screen.ItemDetail, error) {
	it, ok := a.o.Content.Item(code)
	if !ok {
		return screen.ItemDetail{}, problem(http.StatusNotFound, "screen.no_item", "没有这件事，请回首页再找一次", nil)
	}
	out := screen.ItemDetail{
		ItemRow: a.row(&it), Fee: it.Fee, Visits: "不用再跑", Summary: it.Summary, TimeText: timeText(it), Statutory: limitText(it.Statutory),
		Conditions: it.Conditions, Law: it.Law, Sample: len(it.Sample) > 0,
	}
	out.Bring = a.bring(&it, out.Why != whyCard && it.Offered(matter.AtKiosk))
	if out.Conditions == nil {
		out.Conditions = []string{}
	}
	if out.Law == nil {
		out.Law = []matter.Law{}
	}
	if it.Result.How != "" {
		out.Visits = it.Result.How
	}
	if out.Here == "no" {
		out.Where = where(&it, out.ItemRow)
		out.QR = a.guideLink(it.Code)
	}
	return out, nil
}

func timeText(it matter.Item) string {
	if it.Promise.Days == 0 {
		return "窗口看过当天答复"
	}
	return limitText(it.Promise) + "，收下材料次日起算"
}

// limitText is "" where the law sets no days.
func limitText(l matter.Limit) string {
	if l.Days == 0 {
		return ""
	}
	return fmt.Sprintf("%d个%s", l.Days, units[l.Unit])
}

var units = map[string]string{matter.Working: "工作日", matter.Natural: "自然日"}

// bring lists the papers, ticked where the terminal has them already. Of a matter that does not go here nothing is read or
// scanned, so it says what to carry instead.
func (a *App) bring(it *matter.Item, goes bool) []screen.BringRow {
	_, person := a.holder()
	person = person && goes
	rows := []screen.BringRow{{Name: "身份证", Have: person, Note: "带原件"}}
	switch {
	case person:
		rows[0].Note = "已经读过"
	case goes:
		rows[0].Note = "现在就刷"
	}
	for _, m := range matter.Materials(it, map[string]string{}) {
		row := screen.BringRow{Name: name(m.Material), Note: m.Note}
		switch {
		case m.Need == matter.Exempt:
			row.Have = true
		case row.Note != "":
		case !goes && m.Original:
			row.Note = "带原件"
		case !goes && m.Copies > 0:
			row.Note = fmt.Sprintf("%d份", m.Copies)
		case goes && m.Original:
			row.Note = "带原件，这里扫描"
		case goes:
			row.Note = "这里扫描"
		}
		rows = append(rows, row)
	}
	return rows
}

// holder is the person who is here and said so.
func (a *App) holder() (p wire.Person, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.visit == nil || a.visit.Person == nil || !a.visit.Person.Confirmed {
		return p, false
	}
	return a.visit.Person.Person, true
}

func name(m matter.Material) string {
	if m.Plain != "" {
		return m.Plain
	}
	return m.Name
}

// row computes what this terminal can do with an item at this moment: device list × device states × network. It is never
// written by hand.
func (a *App) row(it *matter.Item) screen.ItemRow {
	r := screen.ItemRow{Code: it.Code, Name: it.Name, Short: it.Short, Category: it.Category, Office: it.Office, Icon: it.Icon, Minutes: it.Minutes}
	h := a.here(it)
	r.Here, r.HereText, r.Why = h.can, h.text, h.why
	return r
}

// ability is what this terminal can do with an item now (本机能办到哪一步).
type ability struct {
	can, text string // full, part, no; in words
	why       string // of no: paused, channel, device, card
}

func (a *App) here(it *matter.Item) ability {
	switch {
	case it.Paused != nil:
		return ability{"no", paused(it), whyPaused}
	case !it.Offered(matter.AtKiosk):
		return ability{"no", "不在自助机上办，这里看办事指南", whyChannel}
	}
	if p, ok := a.holder(); ok {
		if wants := form.Unfit(it, p); wants != "" {
			return ability{"no", wants, whyCard}
		}
	}
	var away, later []string
	for _, need := range it.Needs {
		kind := drivers.Kind(need)
		st := a.o.Rack.Status(kind)
		if st.Ready() || st.State == drivers.StateBusy || st.State == drivers.StateStarting && a.o.Rack.Has(kind) {
			continue
		}
		if kind == drivers.KindReceipt { // the slip also goes to the phone by its QR
			later = append(later, "小票改扫码存手机")
			continue
		}
		if !a.o.Rack.Has(kind) {
			away = append(away, "本机没有"+deviceName(kind))
			continue
		}
		away = append(away, deviceName(kind)+"现在用不了")
	}
	if len(away) > 0 {
		return ability{"no", away[0] + "，请到窗口或别的自助机", whyDevice}
	}
	if it.Handling == matter.Immediate && !a.online() {
		later = append(later, "网通后出结果")
	}
	if len(later) > 0 {
		return ability{"part", "能交件，" + strings.Join(later, "，"), ""}
	}
	return ability{"full", "本机能办完", ""}
}

func (a *App) online() bool {
	a.mu.Lock()
	st := a.station
	a.mu.Unlock()
	if st == nil {
		return false
	}
	on, _ := st.Online()
	return on
}

var deviceNames = map[drivers.Kind]string{drivers.KindIDCard: "身份证读卡器", drivers.KindScanner: "高拍仪", drivers.KindReceipt: "小票打印机"}

func deviceName(k drivers.Kind) string {
	if n, ok := deviceNames[k]; ok {
		return n
	}
	return "要用的设备"
}

// abilities is what this terminal can do now, for the home screen.
func (a *App) abilities() []screen.Ability {
	labels := map[drivers.Kind]string{drivers.KindIDCard: "刷身份证", drivers.KindScanner: "扫描", drivers.KindReceipt: "打小票"}
	out := []screen.Ability{}
	for _, k := range []drivers.Kind{drivers.KindIDCard, drivers.KindScanner, drivers.KindReceipt} {
		if !a.o.Rack.Has(k) {
			continue
		}
		st := a.o.Rack.Status(k)
		x := screen.Ability{Kind: string(k), Label: labels[k], State: "ok"}
		switch {
		case !st.Ready() && st.State != drivers.StateBusy:
			x.State, x.Note = "down", trouble(st)
		case st.Paper == drivers.SupplyLow:
			x.State, x.Note = "low", "纸快用完了"
		}
		out = append(out, x)
	}
	return out
}

// trouble says in words why a device does not work.
func trouble(st devices.Status) string {
	switch {
	case st.Paper == drivers.SupplyOut:
		return "没纸了"
	case st.Paper == drivers.SupplyJammed:
		return "卡纸了"
	case st.Cover == "open":
		return "盖子没关"
	case st.State == drivers.StateStarting:
		return "正在准备"
	case st.State == drivers.StateNoDevice:
		return "没有应答"
	}
	return "暂时用不了"
}
