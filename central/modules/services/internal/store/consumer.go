package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/modules/services"
)

const consumerColumns = `id, title, owner, state, key_id, secret_sealed, per_minute, created_at`

func scanConsumer(row interface{ Scan(...any) error }) (services.Consumer, error) {
	var c services.Consumer
	var at int64
	err := row.Scan(&c.ID, &c.Title, &c.Owner, &c.On, &c.KeyID, &c.Secret, &c.PerMinute, &at)
	c.CreatedAt = db.FromMs(at)
	return c, err
}

// FindConsumer returns a consumer by id or, where id is "", by its key; false where there is none.
func FindConsumer(ctx context.Context, q db.Query, id, key string) (services.Consumer, bool, error) {
	c, err := scanConsumer(q.QueryRowContext(ctx, `SELECT `+consumerColumns+` FROM services_consumer
		WHERE CASE WHEN $1 = '' THEN key_id = $2 ELSE id = $1 END`, id, key))
	if errors.Is(err, db.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("find consumer: %w", err)
	}
	return c, true, nil
}

// Consumers lists all, oldest first.
func Consumers(ctx context.Context, q db.Query) ([]services.Consumer, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+consumerColumns+` FROM services_consumer ORDER BY created_at, id`)
	if err != nil {
		return nil, fmt.Errorf("list consumers: %w", err)
	}
	defer rows.Close()
	out := []services.Consumer{}
	for rows.Next() {
		c, err := scanConsumer(rows)
		if err != nil {
			return nil, fmt.Errorf("list consumers: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// SaveConsumer keeps a consumer, new or changed.
func SaveConsumer(ctx context.Context, tx db.Tx, c services.Consumer) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO services_consumer (`+consumerColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET title = excluded.title, owner = excluded.owner, state = excluded.state, key_id = excluded.key_id,
		secret_sealed = excluded.secret_sealed, per_minute = excluded.per_minute`,
		c.ID, c.Title, c.Owner, db.Int(c.On), c.KeyID, c.Secret, c.PerMinute, db.Ms(c.CreatedAt))
	if err != nil {
		return fmt.Errorf("save consumer: %w", err)
	}
	return nil
}

// UseNonce reports false where the nonce was used before.
func UseNonce(ctx context.Context, tx db.Tx, key, nonce string, until time.Time) (bool, error) {
	r, err := tx.ExecContext(ctx, `INSERT INTO services_nonce (key_id, nonce, until) VALUES ($1, $2, $3) ON CONFLICT (key_id, nonce) DO NOTHING`,
		key, nonce, db.Ms(until))
	if err != nil {
		return false, fmt.Errorf("use nonce: %w", err)
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// CountCall counts one more call of this minute and returns how many there are.
func CountCall(ctx context.Context, tx db.Tx, consumer string) (n int, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO services_rate (consumer, minute, count) VALUES ($1, $2, 1)
		ON CONFLICT (consumer, minute) DO UPDATE SET count = services_rate.count + 1 RETURNING count`, consumer, tx.Now().Unix()/60).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count call: %w", err)
	}
	return n, nil
}

// CountRefusal reports true for the first refusal of this cause in this minute.
func CountRefusal(ctx context.Context, tx db.Tx, who, service, cause string) (first bool, err error) {
	var n int
	err = tx.QueryRowContext(ctx, `INSERT INTO services_refusal (minute, who, service, cause, count) VALUES ($1, $2, $3, $4, 1)
		ON CONFLICT (minute, who, service, cause) DO UPDATE SET count = services_refusal.count + 1 RETURNING count`,
		tx.Now().Unix()/60, who, service, cause).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("count refusal: %w", err)
	}
	return n == 1, nil
}

// Refusals counts the refusals since an instant by consumer.
func Refusals(ctx context.Context, q db.Query, since time.Time) (map[string]int64, error) {
	rows, err := q.QueryContext(ctx, `SELECT who, sum(count) FROM services_refusal WHERE minute >= $1 GROUP BY who`, since.Unix()/60)
	if err != nil {
		return nil, fmt.Errorf("count refusals: %w", err)
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var who string
		var n int64
		if err := rows.Scan(&who, &n); err != nil {
			return nil, fmt.Errorf("count refusals: %w", err)
		}
		out[who] = n
	}
	return out, rows.Err()
}

// Sweep removes what nobody looks at any more.
func Sweep(ctx context.Context, tx db.Tx) error {
	now := tx.Now()
	for statement, before := range map[string]int64{
		`DELETE FROM services_nonce WHERE until < $1`:    db.Ms(now),
		`DELETE FROM services_rate WHERE minute < $1`:    now.Unix()/60 - 60,
		`DELETE FROM services_refusal WHERE minute < $1`: now.Add(-200*24*time.Hour).Unix() / 60,
	} {
		if _, err := tx.ExecContext(ctx, statement, before); err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
	}
	return nil
}
