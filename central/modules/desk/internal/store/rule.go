package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
)

// Rule is one version of what has to be signed for.
type Rule struct {
	Item    string
	Version int
	Active  bool
	Body    string
	By      string
	Reason  string
	At      int64
}

const ruleColumns = `v.item, v.version, v.active, v.body, v.by_name, v.reason, v.at`

func rules(ctx context.Context, q db.Query, query string, args ...any) ([]Rule, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list rules: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := []Rule{}
	for rows.Next() {
		var r Rule
		var active int
		if err := rows.Scan(&r.Item, &r.Version, &active, &r.Body, &r.By, &r.Reason, &r.At); err != nil {
			return nil, fmt.Errorf("read rule: %w", err)
		}
		r.Active = active != 0
		out = append(out, r)
	}
	return out, rows.Err()
}

// Rules returns the rules in force, those that were switched off too.
func Rules(ctx context.Context, q db.Query) ([]Rule, error) {
	return rules(ctx, q, `SELECT `+ruleColumns+` FROM desk_rule r JOIN desk_rule_version v ON v.item = r.item AND v.version = r.version ORDER BY v.item`)
}

// RuleVersions returns every version of one item's rule, newest first.
func RuleVersions(ctx context.Context, q db.Query, item string) ([]Rule, error) {
	return rules(ctx, q, `SELECT `+ruleColumns+` FROM desk_rule_version v WHERE v.item = $1 ORDER BY v.version DESC LIMIT 100`, item)
}

// FindRule returns the rule in force for an item; found is false when none was ever made.
func FindRule(ctx context.Context, q db.Query, item string) (r Rule, found bool, err error) {
	var active int
	err = q.QueryRowContext(ctx, `SELECT `+ruleColumns+` FROM desk_rule r JOIN desk_rule_version v ON v.item = r.item AND v.version = r.version
		WHERE r.item = $1`, item).Scan(&r.Item, &r.Version, &active, &r.Body, &r.By, &r.Reason, &r.At)
	r.Active = active != 0
	if errors.Is(err, sql.ErrNoRows) {
		return Rule{}, false, nil
	}
	if err != nil {
		return Rule{}, false, fmt.Errorf("load rule: %w", err)
	}
	return r, true, nil
}

// PutRule keeps the next version and puts it in force; ok is false when somebody else made it meanwhile.
func PutRule(ctx context.Context, tx db.Tx, r Rule) (ok bool, err error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO desk_rule_version (item, version, active, body, by_name, reason, at) VALUES ($1,$2,$3,$4,$5,$6,$7) ON CONFLICT DO NOTHING`,
		r.Item, r.Version, db.Int(r.Active), r.Body, r.By, r.Reason, r.At)
	if err != nil {
		return false, fmt.Errorf("insert rule: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO desk_rule (item, version, active) VALUES ($1,$2,$3)
		ON CONFLICT (item) DO UPDATE SET version = excluded.version, active = excluded.active`, r.Item, r.Version, db.Int(r.Active))
	if err != nil {
		return false, fmt.Errorf("put rule in force: %w", err)
	}
	return true, nil
}
