package app

import (
	"fmt"
	"io"

	"tongban/central/modules/catalogue/internal/lint"
)

// WriteReport writes one line for each element with how many items want it and have it, then every item that lacks something, then
// what the check finds.
func WriteReport(w io.Writer, s Seed) error {
	c, err := completed(s.Items)
	if err != nil {
		return err
	}
	p := &printer{w: w}
	p.line("要素完整性：共 %d 项，缺项为零的 %d 项", c.Total, c.Whole)
	p.line("%-22s %8s %8s %8s  %s", "字段", "应填", "已填", "填写", "要素")
	for _, r := range c.Rows {
		p.line("%-22s %8d %8d %8d  %s", r.Element, r.Must, r.Filled, r.Any, r.Title)
	}
	for _, it := range c.Items {
		for _, g := range it.Missing {
			p.line("缺 %s %s：%s %s", it.Code, it.Name, g.Path(), g.Title)
		}
	}
	found := lint.Check(s.Items, s.Context())
	p.line("检查：发现 %d 处", len(found))
	for _, f := range found {
		p.line("%s %s %s %s", f.Severity, f.Item, f.Path, f.Text)
	}
	return p.err
}

// printer keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}
