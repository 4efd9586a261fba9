package audit

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

	"tongban/central/kernel/db"
)

// Report is the outcome of Verify (审计核验).
type Report struct {
	OK            bool   `json:"ok"`
	Count         int64  `json:"count"`             // records that hold, from the first on
	Head          string `json:"head"`              // hash of the last record that holds
	BadSeq        int64  `json:"bad_seq"`           // number of the first record that does not hold
	Problem       string `json:"problem,omitempty"` // what is wrong there, for the operator; "" when nothing is
	Checkpoints   int    `json:"checkpoints"`       // signed checkpoints that were used
	Covered       int64  `json:"covered"`           // last record that a checkpoint vouches for
	BadCheckpoint int64  `json:"bad_checkpoint,omitempty"`
	Archived      int64  `json:"archived,omitempty"` // the first records, which lie in archives
}

// Sentence says the outcome in Chinese, for a person.
func (r Report) Sentence() string {
	switch {
	case r.OK && r.Checkpoints == 0:
		return fmt.Sprintf("审计链完整，共 %d 条；没有用到检查点，截掉的尾部看不出来", r.Count)
	case r.OK:
		return fmt.Sprintf("审计链完整，共 %d 条，前 %d 条有签名检查点作证", r.Count, r.Covered)
	case r.BadCheckpoint > 0:
		return fmt.Sprintf("第 %d 个检查点不可信，从第 %d 条记录起没有证明", r.BadCheckpoint, r.BadSeq)
	}
	return fmt.Sprintf("审计链在第 %d 条处不成立：%s", r.BadSeq, problems[r.Problem])
}

// problems are what can be wrong with a record, with the words for a person.
var problems = map[string]string{
	missing: "记录缺失", early: "编号之前多出记录", unlinked: "与上一条不衔接（被插入、删除或调换）", changed: "内容被改动",
	undecodable: "内容无法读取", unsigned: "与已签名的检查点不符（从此处起被改写）", cut: "尾部被截掉", headless: "链尾登记缺失",
	notArchived: "移出归档的部分与签名的不符", badArchive: "归档文件被改动或不完整", past: "链尾之后多出记录", headOff: "链尾登记与最后一条不符",
}

const (
	missing     = "record is missing"
	early       = "record stands before the first number"
	unlinked    = "record does not follow the one before it"
	changed     = "record was changed"
	undecodable = "record cannot be decoded"
	unsigned    = "record is not the one that was signed"
	cut         = "tail was cut off"
	headless    = "head row is missing"
	past        = "record was added past the head"
	headOff     = "head row does not match the last record"
)

const columns = `seq, at, actor_kind, actor_id, actor_name, desk, department, source, request,
	action, object, reason, detail, result, prev, hash`

// Verify reads the whole chain in one snapshot and names the first record that
// does not hold. The error is about reading; a broken chain is in the report.
// It cannot see what somebody who owns the database rewrote as a whole: that
// needs checkpoints, see VerifyAgainst.
func Verify(ctx context.Context, d *db.DB) (Report, error) {
	return VerifyAgainst(ctx, d, Proof{})
}

// Proof is what a chain is held against.
type Proof struct {
	Checkpoints []Checkpoint
	Signer      Signer
	Archive     string              // folder of archives; where it is empty, the signed base stands for them
	Progress    func(records int64) // told now and then; nil is allowed
}

// VerifyAgainst is Verify that also holds the chain against signed checkpoints
// from elsewhere: a rewritten chain and a cut tail contradict them.
func VerifyAgainst(ctx context.Context, d *db.DB, p Proof) (Report, error) {
	var r Report
	err := d.View(ctx, func(q db.Query) error {
		r = Report{Head: zero}
		w := walker{r: &r, progress: p.Progress}
		var doubt Report
		w.proof, doubt = trusted(ctx, p)
		r.Checkpoints = len(w.proof)
		if n := len(w.proof); n > 0 {
			r.Covered = w.proof[n-1].Last
		}
		if err := w.start(ctx, q, p); err != nil || r.Problem != "" {
			return err
		}
		if err := w.walk(ctx, q); err != nil || r.Problem != "" {
			return err
		}
		if r.Count < r.Covered {
			r.BadSeq, r.Problem = r.Count+1, cut
			return nil
		}
		if err := tail(ctx, q, &r); err != nil || r.Problem != "" {
			return err
		}
		r.BadSeq, r.Problem, r.BadCheckpoint = doubt.BadSeq, doubt.Problem, doubt.BadCheckpoint
		return nil
	})
	r.OK = err == nil && r.Problem == ""
	if err != nil {
		return r, fmt.Errorf("verify audit: %w", err)
	}
	return r, nil
}

// trusted returns the checkpoints up to the first one that does not hold, and
// what is wrong with that one.
func trusted(ctx context.Context, p Proof) (good []Checkpoint, doubt Report) {
	var last Checkpoint
	for _, c := range p.Checkpoints {
		if last.N > 0 && c.N == last.N && c.Digest() == last.Digest() {
			continue // said twice
		}
		if problem := c.check(ctx, last, p.Signer); problem != "" {
			return good, Report{BadSeq: last.Last + 1, Problem: problem, BadCheckpoint: last.N + 1}
		}
		good, last = append(good, c), c
	}
	return good, Report{}
}

// walker goes along the chain and the checkpoints together.
type walker struct {
	r        *Report
	proof    []Checkpoint
	progress func(int64)
	at       int    // checkpoint that covers the next record
	marks    []byte // of that checkpoint
}

func (w *walker) walk(ctx context.Context, q db.Query) error {
	rows, err := q.QueryContext(ctx, `SELECT `+columns+` FROM kernel_audit ORDER BY seq`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()

	for rows.Next() {
		e, err := scan(rows)
		if err != nil {
			// A record that cannot even be read was tampered with.
			w.r.BadSeq, w.r.Problem = w.r.Count+1, undecodable
			return nil
		}
		if !w.next(e) {
			return nil
		}
	}
	return rows.Err()
}

// next takes one more record; false when it does not hold.
func (w *walker) next(e Entry) bool {
	if w.r.Problem = w.r.check(e); w.r.Problem != "" {
		return false
	}
	if !w.signed(e) {
		w.r.BadSeq, w.r.Problem = e.Seq, unsigned
		return false
	}
	w.r.Count, w.r.Head = e.Seq, e.Hash
	if w.progress != nil && e.Seq%2000 == 0 {
		w.progress(e.Seq)
	}
	return true
}

// signed reports whether e is the record that a checkpoint speaks of, if any.
func (w *walker) signed(e Entry) bool {
	if w.at == len(w.proof) {
		return true
	}
	c := w.proof[w.at]
	if e.Seq == c.First || w.marks == nil {
		w.marks, _ = c.marks() // they fit: check has looked
	}
	mark := w.marks[(e.Seq-c.First)*markSize:][:markSize]
	if e.Seq == c.Last {
		w.at, w.marks = w.at+1, nil
		return e.Hash == c.Hash
	}
	return bytes.Equal(mark, markOf(e.Hash))
}

// check returns what is wrong with e as the next record after r.
func (r *Report) check(e Entry) string {
	want := r.Count + 1
	switch {
	case e.Seq > want:
		r.BadSeq = want
		return missing
	case e.Seq < want:
		r.BadSeq = e.Seq
		return early
	case e.Prev != r.Head:
		r.BadSeq = e.Seq
		return unlinked
	case e.Hash != e.sum():
		r.BadSeq = e.Seq
		return changed
	}
	return ""
}

// tail compares the end of the chain with the head row kept apart.
func tail(ctx context.Context, q db.Query, r *Report) error {
	var count int64
	var hash string
	err := q.QueryRowContext(ctx, `SELECT count, hash FROM kernel_audit_head WHERE id = 1`).Scan(&count, &hash)
	switch {
	case err == sql.ErrNoRows:
		r.BadSeq, r.Problem = r.Count+1, headless
		return nil
	case err != nil:
		return err
	case count > r.Count:
		r.BadSeq, r.Problem = r.Count+1, cut
	case count < r.Count:
		r.BadSeq, r.Problem = count+1, past
	case hash != r.Head:
		r.BadSeq, r.Problem = r.Count, headOff
	}
	return nil
}

// scanner is *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

func scan(s scanner) (Entry, error) {
	var e Entry
	var at int64
	var detail string
	err := s.Scan(&e.Seq, &at, &e.ActorKind, &e.ActorID, &e.ActorName, &e.Desk, &e.Department, &e.Source, &e.Request,
		&e.Action, &e.Object, &e.Reason, &detail, &e.Result, &e.Prev, &e.Hash)
	if err != nil {
		return Entry{}, err
	}
	e.At = db.FromMs(at)
	e.Detail, err = detailFrom(detail)
	return e, err
}
