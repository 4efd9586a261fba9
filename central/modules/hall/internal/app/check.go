package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/store"
	"tongban/fleet/wire/matter"
)

// Finding is one thing that is wrong with how a hall is set up (校验发现): what, what it means, what to do, where.
type Finding struct {
	Kind   string `json:"kind"`
	Level  string `json:"level" enum:"bad,warn"`
	Title  string `json:"title"`
	Text   string `json:"text"`
	Act    string `json:"act" doc:"做什么"`
	Tab    string `json:"tab" enum:"zones,windows,items,staff,shifts,categories" doc:"在配置的哪一页做"`
	Window string `json:"window" doc:"窗口编号，没有则空"`
	Person string `json:"person"`
}

// Checked is the check of a hall for a day (窗口配置校验).
type Checked struct {
	Hall     Named     `json:"hall"`
	Halls    []Named   `json:"halls" nullable:"false"`
	Day      string    `json:"day"`
	Workday  bool      `json:"workday"`
	Answer   string    `json:"answer"`
	Findings []Finding `json:"findings" nullable:"false"`
	Windows  int       `json:"windows"`
	Items    int       `json:"items" doc:"这个大厅的窗口一共受理多少个事项"`
	People   int       `json:"people" doc:"当天在班的人数"`
}

// Check checks a hall for a day, today when it is "".
func (a *App) Check(ctx context.Context, id, day string) (out Checked, err error) {
	kinds, items, err := a.kinds(ctx)
	if err != nil {
		return out, err
	}
	names, err := a.names(ctx)
	if err != nil {
		return out, err
	}
	on := calendar.DateOf(a.Clock.Now())
	if day != "" {
		if on, err = calendar.ParseDate(day); err != nil {
			return out, errShift
		}
	}
	var m *model
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if out.Halls, err = a.mine(ctx, q, names, hall.PermConfigRead); err != nil {
			return err
		}
		if id == "" && len(out.Halls) > 0 {
			id = out.Halls[0].ID
		}
		if m, err = a.load(ctx, q, id, kinds); err != nil {
			return err
		}
		return m.may(ctx, hall.PermConfigRead)
	})
	if err != nil {
		return out, err
	}
	c, err := a.checker(ctx, m, items, on)
	if err != nil {
		return out, err
	}
	out.Hall, out.Day, out.Workday, out.Findings = Named{ID: id, Name: names[id]}, on.String(), c.workday, c.all()
	out.Windows, out.Items, out.People = c.open(), c.itemsTaken(), len(c.onDuty())
	out.Answer = c.answer(out.Findings)
	return out, nil
}

// checker goes through one hall.
type checker struct {
	*model
	items      []matter.Item
	categories []matter.Category
	people     map[string]Person
	workday    bool
	on         calendar.Date
	out        []Finding
}

// checker gathers what the check of a loaded hall looks at.
func (a *App) checker(ctx context.Context, m *model, items []matter.Item, on calendar.Date) (*checker, error) {
	people, err := a.staffOf(ctx, m)
	if err != nil {
		return nil, err
	}
	snap, err := a.Items.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	c := &checker{model: m, items: items, categories: snap.Categories, people: map[string]Person{}, workday: a.Calendar.Day(on).Workday, on: on}
	for _, p := range people {
		c.people[p.ID] = p
	}
	return c, nil
}

func (c *checker) all() []Finding {
	c.out = []Finding{}
	c.unskilled()
	c.unknown()
	c.emptyWindows()
	c.doubleBooked()
	c.roles()
	c.unserved()
	slices.SortStableFunc(c.out, func(a, b Finding) int { return strings.Compare(a.Level, b.Level) }) // bad before warn
	return c.out
}

func (c *checker) answer(found []Finding) string {
	bad := 0
	for _, f := range found {
		if f.Level == "bad" {
			bad++
		}
	}
	day := c.on.Chinese()
	switch {
	case !c.workday:
		return day + "不上班：只校验窗口、事项和类别，不校验班次"
	case len(found) == 0:
		return day + "的窗口、事项、人员、班次都对得上"
	case bad == 0:
		return fmt.Sprintf("%s能开门，有 %d 处要留意", day, len(found))
	}
	return fmt.Sprintf("照%s的排班，有 %d 处会让人白跑", day, bad)
}

func (c *checker) itemsTaken() (n int) {
	for _, it := range c.items {
		if len(c.takers(it.Code)) > 0 {
			n++
		}
	}
	return n
}

// takers are the open windows that take an item.
func (c *checker) takers(item string) []store.Window {
	return slices.DeleteFunc(slices.Clone(c.windows), func(w store.Window) bool { return w.Closed || !c.covers(c.ofWindow[w.ID], item) })
}

// onDuty are the shifts of the day.
func (c *checker) onDuty() []store.Shift { return c.onDay(c.on, c.workday) }

func (c *checker) categoryName(code string) string {
	for _, k := range c.categories {
		if k.Key == code {
			return k.Name
		}
	}
	return code
}

// unskilled finds items that windows take while nobody on duty at one of them can do them. Items of one category that fail alike
// are one finding.
func (c *checker) unskilled() {
	if !c.workday {
		return
	}
	shifts := c.onDuty()
	failed, total := map[string][]string{}, map[string]int{}
	for _, it := range c.items {
		takers := c.takers(it.Code)
		if len(takers) == 0 {
			continue
		}
		total[it.Category]++
		done := slices.ContainsFunc(shifts, func(s store.Shift) bool {
			p := c.people[s.Account]
			return p.Role && !p.Closed && c.covers(p.Skills, it.Code) && slices.ContainsFunc(takers, func(w store.Window) bool { return w.ID == s.Window })
		})
		if !done {
			failed[it.Category] = append(failed[it.Category], it.Code)
		}
	}
	for _, k := range c.categories {
		codes := failed[k.Key]
		if len(codes) == 0 {
			continue
		}
		what := fmt.Sprintf("“%s”的 %d 个事项", k.Name, len(codes))
		if len(codes) == 1 {
			what = "“" + c.itemName(codes[0]) + "”"
		} else if len(codes) == total[k.Key] {
			what = fmt.Sprintf("“%s”（%d 个事项）", k.Name, len(codes))
		}
		takers, who := c.takers(codes[0]), c.whoCan(codes[0])
		f := Finding{
			Kind: "item_unskilled", Level: "bad", Title: what + "没有会办的人在班", Window: takers[0].No, Tab: "shifts", Act: "改派",
			Text: "受理窗口 " + numbers(takers) + "。会办的人：" + strings.Join(who, "、") + "。把其中一位排到受理窗口。",
		}
		if len(who) == 0 {
			f.Tab, f.Act = "staff", "勾会办的人"
			f.Text = "受理窗口 " + numbers(takers) + "。没有登记谁会办：在“人员和会办”里给会办的人勾上，再排到受理窗口。"
		}
		c.add(f)
	}
}

func (c *checker) itemName(code string) string {
	for _, it := range c.items {
		if it.Code == code {
			return it.Name
		}
	}
	return code
}

func numbers(windows []store.Window) string {
	out := make([]string, len(windows))
	for i, w := range windows {
		out[i] = w.No
	}
	return strings.Join(out, "、")
}

// whoCan names those who could do an item, with why they do not.
func (c *checker) whoCan(item string) (who []string) {
	for _, p := range c.people {
		if !c.covers(p.Skills, item) {
			continue
		}
		why := "没排班"
		switch {
		case p.Closed:
			why = "账号停用"
		case c.away(p.ID, c.on.String()):
			why = "不在岗"
		case slices.ContainsFunc(c.onDuty(), func(s store.Shift) bool { return s.Account == p.ID }):
			why = "排在别的窗口"
		}
		who = append(who, p.Name+"（"+why+"）")
	}
	slices.Sort(who)
	return who
}

// unknown finds what windows take that the catalogue does not offer, or not now.
func (c *checker) unknown() {
	byCode := map[string]matter.Item{}
	for _, it := range c.items {
		byCode[it.Code] = it
	}
	for _, w := range c.windows {
		if w.Closed {
			continue
		}
		for _, t := range c.ofWindow[w.ID] {
			it, is := byCode[t.Code]
			switch {
			case t.Kind == "item" && !is:
				c.add(Finding{Kind: "item_unknown", Level: "bad", Title: fmt.Sprintf("%s 配了目录里没有的事项 %s", w.No, t.Code), Text: "事项已经取消或编码写错，来办的人会被退回。", Act: "去掉", Tab: "items", Window: w.No})
			case t.Kind == "item" && it.Paused != nil:
				c.add(Finding{Kind: "item_suspended", Level: "warn", Title: fmt.Sprintf("%s 的“%s”暂停办理", w.No, it.Name), Text: "原因：" + it.Paused.Reason + "。恢复前不要给它发号。", Act: "看事项", Tab: "items", Window: w.No})
			case t.Kind == "category" && !slices.ContainsFunc(c.items, func(o matter.Item) bool { return o.Category == t.Code }):
				c.add(Finding{Kind: "item_unknown", Level: "bad", Title: fmt.Sprintf("%s 配的类别“%s”里没有事项", w.No, c.categoryName(t.Code)), Text: "目录已经调整，这个类别空了。", Act: "去掉", Tab: "items", Window: w.No})
			}
		}
	}
}

// emptyWindows finds windows that are open and cannot work.
func (c *checker) emptyWindows() {
	shifts := c.onDuty()
	for _, w := range c.windows {
		if w.Closed {
			continue
		}
		manned := slices.ContainsFunc(shifts, func(s store.Shift) bool { return s.Window == w.ID })
		staffed := slices.ContainsFunc(c.staff, func(s store.Staff) bool { return s.Window == w.ID })
		switch {
		case len(c.ofWindow[w.ID]) == 0 && manned:
			c.add(Finding{Kind: "window_no_items", Level: "warn", Title: w.No + " 有排班，没有配事项", Text: "坐在那里的人叫不到号。", Act: "配事项", Tab: "items", Window: w.No})
		case len(c.ofWindow[w.ID]) == 0:
			c.add(Finding{Kind: "window_no_items", Level: "warn", Title: w.No + " 开着，没有配事项", Text: "配上事项，或把窗口停用。", Act: "配事项", Tab: "items", Window: w.No})
		case !staffed:
			c.add(Finding{Kind: "window_no_staff", Level: "warn", Title: w.No + " 开着，没有人能坐", Text: "没有分配人员，谁也签不到这个窗口。", Act: "分配人员", Tab: "staff", Window: w.No})
		}
	}
}

// doubleBooked finds people who should sit at two windows at once.
func (c *checker) doubleBooked() {
	shifts := c.onDuty()
	for i, s := range shifts {
		for _, o := range shifts[i+1:] {
			if s.Account != o.Account || s.Window == o.Window || s.Until <= o.From || o.Until <= s.From {
				continue
			}
			a, _ := c.window(s.Window)
			b, _ := c.window(o.Window)
			c.add(Finding{
				Kind: "double_booked", Level: "bad", Title: fmt.Sprintf("%s %s 同时排在 %s 和 %s", c.people[s.Account].Name, clockText(max(s.From, o.From)), a.No, b.No),
				Text: "一个人坐不了两个窗口，其中一个会没人。", Act: "去掉一个", Tab: "shifts", Window: a.No, Person: s.Account,
			})
		}
	}
}

// roles finds people on shift who cannot work there.
func (c *checker) roles() {
	seen := map[string]bool{}
	for _, s := range c.onDuty() {
		p := c.people[s.Account]
		w, _ := c.window(s.Window)
		assigned := slices.Contains(c.staff, store.Staff{Hall: c.hall.ID, Window: s.Window, Account: s.Account})
		switch {
		case p.Closed && !seen[p.ID]:
			c.add(Finding{Kind: "no_role", Level: "bad", Title: p.Name + " 的账号停用了，还排着班", Text: w.No + " 会没有人。", Act: "改派", Tab: "shifts", Window: w.No, Person: p.ID})
		case !p.Role && !seen[p.ID]:
			c.add(Finding{Kind: "no_role", Level: "bad", Title: p.Name + " 没有窗口人员角色，还排着班", Text: "登录后看不到叫号，也受理不了。找安全管理员授予“窗口人员”。", Act: "改派", Tab: "shifts", Window: w.No, Person: p.ID})
		case !assigned:
			c.add(Finding{Kind: "not_assigned", Level: "bad", Title: fmt.Sprintf("%s 排在 %s，但没有分配到这个窗口", p.Name, w.No), Text: "到了岗也签不上。", Act: "分配人员", Tab: "staff", Window: w.No, Person: p.ID})
		}
		seen[p.ID] = true
	}
}

// unserved finds categories for which a number can be taken that no open window calls.
func (c *checker) unserved() {
	for _, k := range c.model.categories {
		if !k.Closed && !slices.ContainsFunc(c.windows, func(w store.Window) bool { return c.serves(w, "", k) }) {
			z, _ := c.zone(k.Zone)
			c.add(Finding{Kind: "category_unserved", Level: "bad", Title: "取号类别“" + k.Name + "”没有窗口叫号", Text: z.Code + " 区没有开着的窗口受理它，取了号的人会一直等。", Act: "改类别", Tab: "categories"})
		}
	}
}

func (c *checker) add(f Finding) { c.out = append(c.out, f) }
