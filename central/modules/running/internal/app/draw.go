package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/paper"
	"tongban/central/modules/running/internal/store"
)

// drawer makes reports; the fonts are loaded with the first one.
type drawer struct{ engine *paper.Engine }

func newDrawer() (*drawer, error) {
	e, err := paper.New()
	if err != nil {
		return nil, err
	}
	return &drawer{e}, nil
}

var stateWords = map[string]string{"ok": "正常", "warn": "注意", "unknown": "查不出", "bad": "异常"}

// keepReport draws the report of an inspection from what is kept of it, and keeps it in the same act.
func (a *App) keepReport(ctx context.Context, tx db.Tx, t store.Task) error {
	d, err := a.drawer()
	if err != nil {
		return fmt.Errorf("draw inspection report: %w", err)
	}
	f, err := a.facts(ctx, tx, t)
	if err != nil {
		return err
	}
	out, err := d.engine.Render(f.document())
	if err != nil {
		return fmt.Errorf("draw inspection report: %w", err)
	}
	sum := sha256.Sum256(out.PDF)
	return store.PutReport(ctx, tx, t.ID, hex.EncodeToString(sum[:]), out.PDF)
}

// Report returns the PDF of an inspection.
func (a *App) Report(ctx context.Context, id string) ([]byte, error) {
	return view(ctx, a.DB, func(q db.Query) ([]byte, error) { return store.Report(ctx, q, id) })
}

// trend is how one thing went over the time of the report, and over the same time before.
type trend struct {
	title, unit        string
	mean, most, before float64
	has, hadBefore     bool
}

// facts are all that stands in a report.
type facts struct {
	task    store.Task
	checks  []store.Check
	trends  []trend
	up      Uptime
	backups []store.Backup
	duties  []store.Duty
	now     time.Time
	from    time.Time
}

// facts gathers within the caller's transaction, so that the report says what the record says.
func (a *App) facts(ctx context.Context, q db.Query, t store.Task) (f facts, err error) {
	f.task, f.now = t, a.Clock.Now()
	f.from = t.OpensAt
	if !t.Planned {
		f.from = f.now.AddDate(0, 0, -30)
	}
	long := later(f.now.Add(-365*24*time.Hour), f.from.Add(-f.now.Sub(f.from)))
	if f.checks, err = store.Run(ctx, q, t.Run); err != nil {
		return f, err
	}
	samples, err := store.Samples(ctx, q, store.Hour, long)
	if err != nil {
		return f, err
	}
	f.trends = trends(samples, f.from)
	spans, err := store.Spans(ctx, q, Platform, time.Time{})
	if err != nil {
		return f, err
	}
	f.up = uptime(spans, f.from, f.now, f.now)
	if f.backups, err = store.Backups(ctx, q, 5); err != nil {
		return f, err
	}
	f.duties, err = store.Duties(ctx, q)
	return f, err
}

func trends(samples []store.Sample, from time.Time) []trend {
	var out []trend
	for _, m := range metrics {
		t := trend{title: m.title, unit: m.unit}
		var sum, sumBefore float64
		var n, nBefore int
		for _, s := range samples {
			switch {
			case s.Metric != m.name:
			case s.At.Before(from):
				sumBefore += s.Mean
				nBefore++
			default:
				sum += s.Mean
				n++
				t.most = max(t.most, s.Most)
			}
		}
		if t.has = n > 0; t.has {
			t.mean = sum / float64(n)
		}
		if t.hadBefore = nBefore > 0; t.hadBefore {
			t.before = sumBefore / float64(nBefore)
		}
		out = append(out, t)
	}
	return out
}

func (f facts) document() paper.Document {
	in := clock.Shanghai
	blocks := []paper.Block{
		paper.Facts{
			paper.F("巡检编号", paper.Plain(f.task.ID)),
			paper.F("检查时间", paper.Plain(f.now.In(in).Format("2006-01-02 15:04"))),
			paper.F("统计时段", paper.Plain(f.from.In(in).Format("2006-01-02")+" 至 "+f.now.In(in).Format("2006-01-02"))),
			paper.F("结论", paper.Strong(f.conclusion())),
			paper.F("巡检人", paper.Plain(orElse(f.task.Person, "系统自动检查，待签字"))),
			paper.F("说明", paper.Plain(f.task.Note)),
		},
		paper.Heading{Text: "一、健康检查"},
		paper.Table{Columns: []paper.Column{{Head: "部件", Width: 50}, {Head: "结果", Width: 18}, {Head: "情况"}}, Rows: f.checkRows(), Empty: "没有检查"},
		paper.Heading{Text: "二、资源使用趋势"},
		paper.Table{Columns: []paper.Column{{Head: "指标"}, {Head: "平均", Width: 28, Right: true}, {Head: "最高", Width: 28, Right: true}, {Head: "上一时段平均", Width: 36, Right: true}}, Rows: f.trendRows()},
		paper.Heading{Text: "三、可用情况"},
		paper.Paragraph{Text: paper.Plain(f.upWords()), Flush: true},
		paper.Heading{Text: "四、备份"},
		paper.Table{Columns: []paper.Column{{Head: "时间", Width: 42}, {Head: "结果", Width: 18}, {Head: "快照"}, {Head: "行数", Width: 26, Right: true}}, Rows: f.backupRows(), Empty: "没有备份记录"},
		paper.Heading{Text: "五、在岗责任人"},
		paper.Table{Columns: []paper.Column{{Head: "职责", Width: 50}, {Head: "责任人", Width: 40}, {Head: "自"}}, Rows: f.dutyRows(), Empty: "没有登记责任人"},
	}
	signed := ""
	if !f.task.DoneAt.IsZero() {
		signed = f.task.DoneAt.In(in).Format("2006 年 1 月 2 日")
	}
	return paper.Document{
		Head: paper.Head{Right: []string{f.task.ID}}, Body: "通办平台", Title: "系统巡检报告", Blocks: blocks,
		Sign: paper.Sign{Body: "运行维护", Date: orElse(signed, f.now.In(in).Format("2006 年 1 月 2 日")),
			Receiver: []paper.Blank{{Label: "巡检人", Value: f.task.Person}, {Label: "复核人"}}},
		Foot: paper.Foot{Lines: []string{"本报告由系统按巡检时的记录生成，原始记录可在管理台“运行管理”查看。"}},
	}
}

func (f facts) conclusion() string {
	words := "合格"
	if f.task.Result == "fail" {
		words = "不合格"
	}
	if f.task.Findings > 0 {
		words += fmt.Sprintf("，有 %d 处需要处理", f.task.Findings)
	}
	return words
}

// checkRows leaves out terminals that are well: fifty lines of “正常” hide the one that is not.
func (f facts) checkRows() (rows [][]paper.Text) {
	well := 0
	for _, c := range f.checks {
		if c.Kind == "terminal" && c.State == "ok" {
			well++
			continue
		}
		rows = append(rows, []paper.Text{paper.Plain(c.Title), paper.Plain(stateWords[c.State]), paper.Plain(c.Text)})
	}
	if well > 0 {
		rows = append(rows, []paper.Text{paper.Plain("自助终端"), paper.Plain("正常"), paper.Plain(fmt.Sprintf("%d 台在线，设备正常", well))})
	}
	return rows
}

func (f facts) trendRows() (rows [][]paper.Text) {
	for _, t := range f.trends {
		cell := func(v float64, has bool) paper.Text {
			if !has {
				return paper.Plain("—")
			}
			return paper.Plain(strings.TrimSpace(fmt.Sprintf("%.1f %s", v, t.unit)))
		}
		rows = append(rows, []paper.Text{paper.Plain(t.title), cell(t.mean, t.has), cell(t.most, t.has), cell(t.before, t.hadBefore)})
	}
	return rows
}

func (f facts) upWords() string {
	if f.up.Known == 0 {
		return "这段时间没有探测记录。"
	}
	return fmt.Sprintf("可用率 %.3f%%，中断合计 %s。", f.up.Percent, lasting(f.up.Down))
}

func lasting(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f 秒", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f 分钟", d.Minutes())
	}
	return fmt.Sprintf("%.1f 小时", d.Hours())
}

func (f facts) backupRows() (rows [][]paper.Text) {
	for _, b := range f.backups {
		words := "成功"
		if b.State != "ok" {
			words = "失败"
		}
		rows = append(rows, []paper.Text{paper.Plain(b.At.In(clock.Shanghai).Format("2006-01-02 15:04")), paper.Plain(words), paper.Plain(b.Snapshot), paper.Plain(fmt.Sprint(b.Rows))})
	}
	return rows
}

func (f facts) dutyRows() (rows [][]paper.Text) {
	for _, d := range f.duties {
		if d.To.IsZero() {
			rows = append(rows, []paper.Text{paper.Plain(d.Duty), paper.Plain(d.Person), paper.Plain(d.From.In(clock.Shanghai).Format("2006-01-02"))})
		}
	}
	return rows
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
