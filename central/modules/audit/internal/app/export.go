package app

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/sheet"
)

// ExportLimit is the most records that one export takes out.
const ExportLimit = 100_000

var exportHead = []string{
	"序号", "时间", "谁", "身份", "部门", "工位", "来源地址", "事项", "事项编号", "对象", "对象编号", "结果", "原因", "其他", "请求编号", "指纹", "导出人", "导出时间",
}

// Export checks and records that records are taken out, and returns the
// function that writes them. Nothing leaves before the record is kept. Who took
// them out, and when, stands in every row (水印).
func (a *App) Export(ctx context.Context, q Query, format sheet.Format, reason string) (write func(context.Context, io.Writer) error, err error) {
	if len([]rune(strings.TrimSpace(reason))) < 4 {
		return nil, errs.WithFields(errs.E(errs.Invalid, "audit.reason", "写明导出的原因，至少 4 个字", nil), errs.Field{Path: "body.reason", Message: "至少 4 个字"})
	}
	f := q.filter()
	var newest int64
	var n int
	err = a.DB.View(ctx, func(v db.Query) (err error) {
		if newest, _, err = audit.Head(ctx, v); err != nil {
			return err
		}
		n, err = audit.Count(ctx, v, f, ExportLimit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	if n > ExportLimit {
		return nil, errs.E(errs.Invalid, "audit.too_many", fmt.Sprintf("超过 %d 条，请缩短时间或加条件，分几次导出", ExportLimit), nil)
	}
	detail := q.detail()
	detail["format"], detail["rows"] = string(format), strconv.Itoa(n)
	if err := a.record(ctx, audit.Record{Action: "audit.export", Object: "audit." + string(format), Reason: reason, Detail: detail}); err != nil {
		return nil, err
	}
	f.Before = newest + 1 // what was counted is what is taken
	mark := []string{actor.From(ctx).Name, a.Clock.Now().In(clock.Shanghai).Format(time.DateTime)}
	return func(ctx context.Context, w io.Writer) error { return a.write(ctx, w, f, format, mark) }, nil
}

func (a *App) write(ctx context.Context, w io.Writer, f audit.Filter, format sheet.Format, mark []string) error {
	out, err := sheet.New(w, format, "审计记录")
	if err != nil {
		return err
	}
	if err := out.Row(exportHead...); err != nil {
		return err
	}
	err = a.DB.View(ctx, func(q db.Query) error {
		return audit.Each(ctx, q, f, func(e audit.Entry) error { return out.Row(append(cells(e), mark...)...) })
	})
	if err != nil {
		return fmt.Errorf("export audit: %w", err)
	}
	return out.Close()
}

var actorKinds = map[string]string{"staff": "工作人员", "terminal": "终端", "system": "系统", "citizen": "办事群众", "": "没有登录"}

func cells(e audit.Entry) []string {
	r := rowOf(e)
	var more []string
	for _, f := range factsOf(e) {
		more = append(more, f.Title+"："+f.Value)
	}
	return []string{
		strconv.FormatInt(e.Seq, 10), e.At.In(clock.Shanghai).Format("2006-01-02 15:04:05.000"), e.ActorName, actorKinds[e.ActorKind], e.Department, e.Desk,
		e.Source, r.ActionTitle, e.Action, r.ObjectKindTitle, e.Object, r.ResultText, e.Reason, strings.Join(more, "；"), e.Request, e.Hash,
	}
}
