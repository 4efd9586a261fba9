package app

import (
	"context"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/privacy"
	"tongban/central/modules/sharing/internal/store"
)

// keepDays is how long the record of a consent is kept: as long as somebody may ask whether it was given.
const keepDays = 1096

// Private says what is held of persons, how long, and how to find it.
func (a *App) Private() privacy.Registration {
	return privacy.Registration{
		Columns: []privacy.Column{{Table: "sharing_code", Title: "共享码", Column: "offers_sealed", Class: classCase, Key: []string{"id"}, Bound: true, At: "made_at"}},
		Rules: []privacy.Rule{{
			Name: "sharing", Title: "共享授权记录", What: "删除：授权记录和共享码；共享进办件的材料随办件留存", Basis: "《个人信息保护法》第十四条、第五十五条、第五十六条：处理记录至少保存三年",
			Days: keepDays, Least: keepDays, Most: 3652,
			Due: func(ctx context.Context, q db.Query, before time.Time, after string, limit int) ([]string, error) {
				return store.Old(ctx, q, db.Ms(before), after, limit)
			},
			Drop: store.Drop,
		}},
		Sources: []privacy.Source{{Name: "sharing.consent", Title: "共享授权", Find: a.countPerson, Export: a.exportPerson}},
	}
}

func (a *App) countPerson(ctx context.Context, q db.Query, idNumber string) (int, error) {
	list, err := store.OfPerson(ctx, q, a.Vault.Blind(classID, idNumber))
	return len(list), err
}

// exportPerson gathers what somebody agreed to.
func (a *App) exportPerson(ctx context.Context, idNumber string) (any, error) {
	out := []ConsentRow{}
	err := a.DB.View(ctx, func(q db.Query) error {
		list, err := store.OfPerson(ctx, q, a.Vault.Blind(classID, idNumber))
		if err != nil {
			return err
		}
		for _, c := range list {
			consents, err := store.Consents(ctx, q, c.ID)
			if err != nil {
				return err
			}
			rows, err := consentRows(consents)
			if err != nil {
				return err
			}
			out = append(out, rows...)
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return out, nil
}
