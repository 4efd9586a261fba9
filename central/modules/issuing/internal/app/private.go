package app

import (
	"context"
	"encoding/json"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/privacy"
	"tongban/central/modules/issuing/internal/store"
)

// JobSweep forgets invitations that no longer count.
const JobSweep = "issuing.sweep"

// Sweep is its handler.
func (a *App) Sweep(ctx context.Context, _ json.RawMessage) error {
	return a.DB.Do(ctx, func(tx db.Tx) error { return store.DropOldInvites(ctx, tx, db.Ms(tx.Now())) })
}

// Private says what is held of persons, how long, and how to find it.
func (a *App) Private() privacy.Registration {
	column := func(table, title, name, class, at string, key ...string) privacy.Column {
		return privacy.Column{Table: table, Title: title, Column: name, Class: class, Key: key, Bound: true, At: at}
	}
	rule := func(name, title, what string, due func(context.Context, db.Query, int64, string, int) ([]string, error), drop func(context.Context, db.Tx, []string) (int, error)) privacy.Rule {
		return privacy.Rule{
			Name: name, Title: title, What: what, Basis: keepsBasis, Days: 3652, Least: 3652, Most: 10958,
			Due: func(ctx context.Context, q db.Query, before time.Time, after string, limit int) ([]string, error) {
				return due(ctx, q, db.Ms(before), after, limit)
			},
			Drop: drop,
		}
	}
	return privacy.Registration{
		Columns: []privacy.Column{
			column("issuing_record", "发证记录", "recipient_sealed", classCase, "ended_at", "no"),
			column("issuing_record", "发证记录", "address_sealed", classCase, "ended_at", "no"),
			column("issuing_record", "发证记录", "signature_sealed", classFile, "ended_at", "no"),
			column("issuing_rating", "评价意见", "words_sealed", classCase, "at", "id"),
			column("issuing_task_event", "差评整改", "text_sealed", classCase, "at", "id"),
			column("issuing_archive", "归档包", "key_sealed", classFile, "archived_at", "archive_no"),
		},
		Rules: []privacy.Rule{
			rule("issuing", "发证记录", "去标识化：领取人、地址、签名删除，编号、方式、日期留作统计", store.EndedRecords, store.ForgetRecords),
			rule("ratings", "评价意见", "文字意见和整改文字删除，级别、事项、日期留作统计", store.OldRatings, store.ForgetRatings),
			rule("archives", "归档包", "密钥销毁，内容再也打不开，目录留着", store.OldArchives, store.ForgetArchives),
		},
		Sources: []privacy.Source{{Name: "issuing.archive", Title: "归档包", Find: a.countPerson, Export: a.exportPerson}},
	}
}

func (a *App) countPerson(ctx context.Context, q db.Query, idNumber string) (int, error) {
	return store.CountPerson(ctx, q, a.Vault.Blind(classID, idNumber))
}

// exportPerson names the packages; what they hold is exported with the cases.
func (a *App) exportPerson(ctx context.Context, idNumber string) (any, error) {
	ctx = auth.AsSystem(ctx, "privacy.export")
	var rows []store.Archive
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		rows, err = store.PersonArchives(ctx, q, a.Vault.Blind(classID, idNumber))
		return err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	out := make([]ArchiveRow, len(rows))
	for i, r := range rows {
		out[i] = archiveRow(r)
	}
	return out, nil
}
