package store

import (
	"context"
	"fmt"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/hall"
)

// Visit is one row.
type Visit struct {
	ID, Ticket, TicketNo, Hall, Region, Day string
	Window, WindowNo, Account               string
	State                                   hall.VisitState
	Way, Reason                             string
	NameMasked, IDMasked, PhoneMasked       string
	AgentMasked, AgentIDMasked, Relation    string
	PersonSealed                            string // "" after the end
	Opened, Ended                           int64
}

// Place is where the visit belongs.
func (v Visit) Place() actor.Place { return actor.Place{Region: v.Region, Handler: v.Account} }

const visitColumns = `id, ticket, ticket_no, hall, region, day, win, win_no, account, state, way, reason, name_masked, id_masked, phone_masked,
	agent_masked, agent_id_masked, relation, person_sealed, opened_at, ended_at`

func (v *Visit) fields() []any {
	return []any{
		&v.ID, &v.Ticket, &v.TicketNo, &v.Hall, &v.Region, &v.Day, &v.Window, &v.WindowNo, &v.Account, &v.State, &v.Way, &v.Reason, &v.NameMasked, &v.IDMasked, &v.PhoneMasked,
		&v.AgentMasked, &v.AgentIDMasked, &v.Relation, &v.PersonSealed, &v.Opened, &v.Ended,
	}
}

// PutVisit makes a visit, or changes the one of the same ticket.
func PutVisit(ctx context.Context, tx db.Tx, v Visit) error {
	return write(ctx, tx, "keep visit", `INSERT INTO hall_visit (`+visitColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21)
		ON CONFLICT (id) DO UPDATE SET win = excluded.win, win_no = excluded.win_no, account = excluded.account, state = excluded.state, way = excluded.way, reason = excluded.reason,
		name_masked = excluded.name_masked, id_masked = excluded.id_masked, phone_masked = excluded.phone_masked, agent_masked = excluded.agent_masked,
		agent_id_masked = excluded.agent_id_masked, relation = excluded.relation, person_sealed = excluded.person_sealed, ended_at = excluded.ended_at`,
		v.ID, v.Ticket, v.TicketNo, v.Hall, v.Region, v.Day, v.Window, v.WindowNo, v.Account, v.State, v.Way, v.Reason, v.NameMasked, v.IDMasked, v.PhoneMasked,
		v.AgentMasked, v.AgentIDMasked, v.Relation, v.PersonSealed, v.Opened, v.Ended)
}

// GetVisit returns one visit, or hall.ErrNoSuchVisit.
func GetVisit(ctx context.Context, q db.Query, id string) (Visit, error) {
	v, ok, err := findVisit(ctx, q, `id = $1`, id)
	if err == nil && !ok {
		err = hall.ErrNoSuchVisit
	}
	return v, err
}

// VisitOf returns the visit of a ticket; ok is false when nobody was identified yet.
func VisitOf(ctx context.Context, q db.Query, ticket string) (Visit, bool, error) {
	return findVisit(ctx, q, `ticket = $1`, ticket)
}

func findVisit(ctx context.Context, q db.Query, where string, args ...any) (v Visit, ok bool, err error) {
	err = each(ctx, q, "find visit", `SELECT `+visitColumns+` FROM hall_visit WHERE `+where, func(scan func(...any) error) error {
		ok = true
		return scan(v.fields()...)
	}, args...)
	return v, ok, err
}

// VisitCases returns the matters of a visit in order.
func VisitCases(ctx context.Context, q db.Query, visit string) (out []hall.VisitCase, at []int64, err error) {
	err = each(ctx, q, "list matters", `SELECT no, item, item_name, at FROM hall_visit_case WHERE visit = $1 ORDER BY at, no`, func(scan func(...any) error) error {
		var c hall.VisitCase
		var t int64
		err := scan(&c.No, &c.Item, &c.ItemName, &t)
		out, at = append(out, c), append(at, t)
		return err
	}, visit)
	return out, at, err
}

// Attach notes a matter of a visit once.
func Attach(ctx context.Context, tx db.Tx, visit string, c hall.VisitCase, at int64) error {
	return write(ctx, tx, "attach matter", `INSERT INTO hall_visit_case (visit, no, item, item_name, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, visit, c.No, c.Item, c.ItemName, at)
}

// DueVisits lists visits opened before, for the retention rule.
func DueVisits(ctx context.Context, q db.Query, before int64, after string, limit int) (out []string, err error) {
	err = each(ctx, q, "list due visits", `SELECT id FROM hall_visit WHERE opened_at < $1 AND id > $2 ORDER BY id LIMIT $3`, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		out = append(out, id)
		return err
	}, before, after, limit)
	return out, err
}

// DropVisits deletes visits with their list of matters; the cases stay where they are.
func DropVisits(ctx context.Context, tx db.Tx, ids []string) (int, error) {
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i := range ids {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), ids[i]
	}
	in := ` IN (` + strings.Join(marks, ", ") + `)`
	if err := write(ctx, tx, "drop matters", `DELETE FROM hall_visit_case WHERE visit`+in, args...); err != nil {
		return 0, err
	}
	res, err := tx.ExecContext(ctx, `DELETE FROM hall_visit WHERE id`+in, args...)
	if err != nil {
		return 0, fmt.Errorf("drop visits: %w", err)
	}
	n, err := res.RowsAffected()
	return int(n), err
}
