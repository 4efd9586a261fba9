package kernel

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/privacy"
)

// private is what the kernel itself holds of persons.
func private() privacy.Registration {
	return privacy.Registration{
		Columns: []privacy.Column{
			{Table: "http_idempotency", Title: "写操作的首次答复", Column: "body", Class: "http.answer", Key: []string{"actor", "key"}, At: "at"},
			{Table: "notify_sms", Title: "短信", Column: "phone_sealed", Class: "person.phone", Key: []string{"id"}, At: "queued_at"},
			{Table: "notify_sms", Title: "短信", Column: "text_sealed", Class: "notify.text", Key: []string{"id"}, At: "queued_at"},
			{Table: "auth_account", Title: "工作人员账号", Column: "phone_sealed", Class: "person.phone", Key: []string{"id"}},
			{Table: "auth_totp", Title: "动态口令", Column: "secret", Class: "auth.totp", Key: []string{"account"}},
			{Table: "auth_citizen", Title: "群众登录会话", Column: "phone_sealed", Class: "person.phone", Key: []string{"id"}, At: "seen"},
		},
		Rules: []privacy.Rule{
			{
				Name: "answers", Title: "写操作的首次答复", What: "删除", Basis: "《个人信息保护法》第十九条：留存为实现目的所必要的最短时间", Days: 2,
				Due: due("http_idempotency", "actor || '/' || key", "at"), Drop: drop("http_idempotency", "actor || '/' || key"),
			},
			{
				Name: "sms", Title: "短信发送痕迹", What: "删除；号码和内容在发完时已清空", Basis: "《个人信息保护法》第十九条；限频需要近期记录", Days: 90,
				Due: due("notify_sms", "id", "queued_at"), Drop: drop("notify_sms", "id"),
			},
			{
				Name: "codes", Title: "手机验证码", What: "删除；平时失效后一小时内就删", Basis: "《个人信息保护法》第十九条", Days: 1,
				Due: due("auth_code", "key", "expires"), Drop: drop("auth_code", "key"),
			},
			{
				Name: "citizens", Title: "群众登录会话", What: "删除；平时失效后一小时内就删", Basis: "《个人信息保护法》第十九条", Days: 1,
				Due: due("auth_citizen", "id", "expires"), Drop: drop("auth_citizen", "id"),
			},
		},
	}
}

// due and drop are the simplest rule: rows of one table older than an instant.
func due(table, id, at string) func(context.Context, db.Query, time.Time, string, int) ([]string, error) {
	query := `SELECT ` + id + ` FROM ` + table + ` WHERE ` + at + ` < $1 AND ` + id + ` > $2 ORDER BY 1 LIMIT $3`
	return func(ctx context.Context, q db.Query, before time.Time, after string, limit int) ([]string, error) {
		rows, err := q.QueryContext(ctx, query, db.Ms(before), after, limit)
		if err != nil {
			return nil, fmt.Errorf("list what is due in %s: %w", table, err)
		}
		defer func() { _ = rows.Close() }()
		var out []string
		for rows.Next() {
			var one string
			if err := rows.Scan(&one); err != nil {
				return nil, fmt.Errorf("read what is due in %s: %w", table, err)
			}
			out = append(out, one)
		}
		return out, rows.Err()
	}
}

func drop(table, id string) func(context.Context, db.Tx, []string) (int, error) {
	return func(ctx context.Context, tx db.Tx, ids []string) (int, error) {
		marks, args := make([]string, len(ids)), make([]any, len(ids))
		for i := range ids {
			marks[i], args[i] = fmt.Sprintf("$%d", i+1), ids[i]
		}
		r, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE `+id+` IN (`+strings.Join(marks, ", ")+`)`, args...)
		if err != nil {
			return 0, fmt.Errorf("delete from %s: %w", table, err)
		}
		n, err := r.RowsAffected()
		return int(n), err
	}
}
