package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
)

// States of a comment (意见状态).
const (
	CommentOpen     = "open"     // 待处理
	CommentAnswered = "answered" // 已答复
	CommentResolved = "resolved" // 已解决
)

// Comment is what a reviewer says of one element of a draft (审核意见).
type Comment struct {
	ID, Draft    string
	Element      string
	Text         string
	State        string
	ByID, ByName string
	At           int64
	Answers      []Answer
}

// Answer is one reply.
type Answer struct {
	ID, Comment string
	Text        string
	ByName      string
	At          int64
}

// ErrNoComment means that there is no such comment.
var ErrNoComment = errors.New("no such comment")

// Comments returns what was said of a draft with the answers, oldest first.
func Comments(ctx context.Context, q db.Query, draft string) ([]Comment, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, draft, element, text, state, by_id, by_name, at FROM catalogue_comment WHERE draft = $1 ORDER BY at, id`, draft)
	if err != nil {
		return nil, fmt.Errorf("list comments: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out, place := []Comment{}, map[string]int{}
	for rows.Next() {
		c := Comment{Answers: []Answer{}}
		if err := rows.Scan(&c.ID, &c.Draft, &c.Element, &c.Text, &c.State, &c.ByID, &c.ByName, &c.At); err != nil {
			return nil, fmt.Errorf("read comment: %w", err)
		}
		place[c.ID] = len(out)
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list comments: %w", err)
	}
	answers, err := q.QueryContext(ctx, `SELECT a.id, a.comment, a.text, a.by_name, a.at
		FROM catalogue_answer a JOIN catalogue_comment c ON c.id = a.comment WHERE c.draft = $1 ORDER BY a.at, a.id`, draft)
	if err != nil {
		return nil, fmt.Errorf("list answers: %w", err)
	}
	defer func() { _ = answers.Close() }()
	for answers.Next() {
		var a Answer
		if err := answers.Scan(&a.ID, &a.Comment, &a.Text, &a.ByName, &a.At); err != nil {
			return nil, fmt.Errorf("read answer: %w", err)
		}
		c := &out[place[a.Comment]]
		c.Answers = append(c.Answers, a)
	}
	return out, answers.Err()
}

// CommentOf returns one comment of a draft without its answers, or ErrNoComment.
func CommentOf(ctx context.Context, q db.Query, draft, id string) (Comment, error) {
	var c Comment
	err := q.QueryRowContext(ctx, `SELECT id, draft, element, text, state, by_id, by_name, at FROM catalogue_comment WHERE draft = $1 AND id = $2`, draft, id).
		Scan(&c.ID, &c.Draft, &c.Element, &c.Text, &c.State, &c.ByID, &c.ByName, &c.At)
	if errors.Is(err, sql.ErrNoRows) {
		return c, ErrNoComment
	}
	if err != nil {
		return c, fmt.Errorf("load comment: %w", err)
	}
	return c, nil
}

// AddComment keeps one.
func AddComment(ctx context.Context, tx db.Tx, c Comment) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO catalogue_comment (id, draft, element, text, state, by_id, by_name, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		c.ID, c.Draft, c.Element, c.Text, c.State, c.ByID, c.ByName, c.At)
	if err != nil {
		return fmt.Errorf("insert comment: %w", err)
	}
	return nil
}

// AddAnswer keeps one.
func AddAnswer(ctx context.Context, tx db.Tx, a Answer) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO catalogue_answer (id, comment, text, by_name, at) VALUES ($1, $2, $3, $4, $5)`, a.ID, a.Comment, a.Text, a.ByName, a.At)
	if err != nil {
		return fmt.Errorf("insert answer: %w", err)
	}
	return nil
}

// MarkComment changes the state of a comment.
func MarkComment(ctx context.Context, tx db.Tx, id, state string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE catalogue_comment SET state = $2 WHERE id = $1`, id, state); err != nil {
		return fmt.Errorf("mark comment: %w", err)
	}
	return nil
}

// OpenComments counts the comments of a draft that are not resolved.
func OpenComments(ctx context.Context, q db.Query, draft string) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT count(*) FROM catalogue_comment WHERE draft = $1 AND state <> 'resolved'`, draft).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count comments: %w", err)
	}
	return n, nil
}
