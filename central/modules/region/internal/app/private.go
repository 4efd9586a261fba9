package app

import (
	"context"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/privacy"
	"tongban/central/modules/region/internal/store"
)

// Private says what is held of persons, how long, and how to find it.
func (a *App) Private() privacy.Registration {
	return privacy.Registration{
		Columns: []privacy.Column{
			{Table: "region_case", Title: "跨域件", Column: "body_sealed", Class: classCase, Key: []string{"no"}, Bound: true, At: "ended_at"},
			{Table: "region_arrival", Title: "外地代收的件", Column: "body_sealed", Class: classCase, Key: []string{"id"}, Bound: true, At: "at"},
			{Table: "region_message", Title: "跨域报文", Column: "body_sealed", Class: classPayload, Key: []string{"id"}, Bound: true, At: "settled_at"},
		},
		Rules: []privacy.Rule{{
			Name: "crossing", Title: "办完的跨域件", What: "去标识化：申请内容、材料密钥、报文内容删除，编号、事项、日期、摘要、回执留下",
			Basis: "《机关文件材料归档范围和文书档案保管期限规定》（国家档案局令第 8 号）：定期 10 年", Days: 3652, Least: 3652, Most: 10958,
			Due: func(ctx context.Context, q db.Query, before time.Time, after string, limit int) ([]string, error) {
				return store.Ended(ctx, q, db.Ms(before), after, limit)
			},
			Drop: store.Forget,
		}, {
			Name: "arrivals", Title: "等不到原件的外地代收件", What: "删除申请内容：原件一直没有到，没有成为办件；编号、事项、日期留下",
			Basis: "《个人信息保护法》第十九条：保存期限为实现处理目的所必要的最短时间", Days: 90, Least: 30, Most: 365,
			Due: func(ctx context.Context, q db.Query, before time.Time, after string, limit int) ([]string, error) {
				return store.Forlorn(ctx, q, db.Ms(before), after, limit)
			},
			Drop: store.ForgetArrivals,
		}},
		Sources: []privacy.Source{{Name: "region.case", Title: "跨域件", Find: a.countPerson, Export: a.exportPerson}},
	}
}

func (a *App) countPerson(ctx context.Context, q db.Query, idNumber string) (int, error) {
	list, err := store.OfPerson(ctx, q, a.Vault.Blind(classID, idNumber))
	return len(list), err
}

// exportPerson gathers what was received of a person for another region. The caller has recorded the look.
func (a *App) exportPerson(ctx context.Context, idNumber string) (any, error) {
	out := []map[string]any{}
	err := a.DB.View(ctx, func(q db.Query) error {
		out = out[:0]
		list, err := store.OfPerson(ctx, q, a.Vault.Blind(classID, idNumber))
		if err != nil {
			return err
		}
		for _, c := range list {
			b, err := a.openBody(c)
			if err != nil {
				return err
			}
			out = append(out, map[string]any{"no": c.No, "item": c.ItemName, "home": c.HomeName, "state": c.State.Text(), "applicant": b.Applicant, "answers": b.Answers, "form": b.Form})
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return out, nil
}
