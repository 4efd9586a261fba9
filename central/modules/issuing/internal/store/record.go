package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/issuing"
)

// Proof is what has been checked so far. No personal data beyond what is masked.
type Proof struct {
	CodeTo       string   `json:"code_to,omitempty"` // masked number to which the code went
	CodeSentAt   int64    `json:"code_sent_at,omitempty"`
	CodeAt       int64    `json:"code_at,omitempty"`
	CodeNote     string   `json:"code_note,omitempty"` // why without one
	Recipient    string   `json:"recipient,omitempty"` // masked
	RecipientID  string   `json:"recipient_id,omitempty"`
	Relation     string   `json:"relation,omitempty"` // self, agent
	By           string   `json:"by,omitempty"`       // card, typed
	Authority    string   `json:"authority,omitempty"`
	IdentifiedAt int64    `json:"identified_at,omitempty"`
	Read         []string `json:"read,omitempty"`
	ReadAt       int64    `json:"read_at,omitempty"`
	Signed       string   `json:"signed,omitempty"` // pad, paper
	SignedAt     int64    `json:"signed_at,omitempty"`
	Originals    int      `json:"originals,omitempty"`
	Copies       int      `json:"copies,omitempty"`
	Address      string   `json:"address,omitempty"` // masked
	To           string   `json:"to,omitempty"`      // masked
	Note         string   `json:"note,omitempty"`    // the last thing that went wrong
}

// Record is one row.
type Record struct {
	No, Item, ItemName, Outcome, Applicant string
	State                                  issuing.State
	Way                                    issuing.Way
	Version                                int
	Region, Department, Handler, Window    string
	ReadyAt                                int64
	Due                                    string
	CodeBlind                              string
	Proof                                  Proof
	RecipientSealed, AddressSealed         string
	SignatureDigest, SignatureSealed       string
	Certificate                            string
	DocumentID, DocumentNo                 string
	Parcel, ParcelState                    string
	EndedAt                                int64
	ArchiveNo                              string

	proof proofText
}

// At is where the record belongs.
func (r Record) At() actor.Place {
	return actor.Place{Region: r.Region, Department: r.Department, Handler: r.Handler}
}

// proofText carries the JSON of a proof through database/sql.
type proofText struct{ p *Proof }

// Scan implements sql.Scanner.
func (t proofText) Scan(v any) error {
	switch s := v.(type) {
	case string:
		return json.Unmarshal([]byte(s), t.p)
	case []byte:
		return json.Unmarshal(s, t.p)
	}
	return fmt.Errorf("scan proof: %T", v)
}

const recordColumns = `no, item, item_name, outcome, applicant, state, way, version, region, department, handler, counter, ready_at, due, code_blind, proof, ` +
	`recipient_sealed, address_sealed, signature_digest, signature_sealed, certificate, document_id, document_no, parcel, parcel_state, ended_at, archive_no`

func recordFields(r *Record) []any {
	r.proof.p = &r.Proof
	return []any{&r.No, &r.Item, &r.ItemName, &r.Outcome, &r.Applicant, &r.State, &r.Way, &r.Version, &r.Region, &r.Department, &r.Handler, &r.Window, &r.ReadyAt, &r.Due,
		&r.CodeBlind, r.proof, &r.RecipientSealed, &r.AddressSealed, &r.SignatureDigest, &r.SignatureSealed, &r.Certificate, &r.DocumentID, &r.DocumentNo,
		&r.Parcel, &r.ParcelState, &r.EndedAt, &r.ArchiveNo}
}

func (r Record) values() ([]any, error) {
	proof, err := json.Marshal(r.Proof)
	if err != nil {
		return nil, fmt.Errorf("encode proof: %w", err)
	}
	return []any{r.No, r.Item, r.ItemName, r.Outcome, r.Applicant, string(r.State), string(r.Way), r.Version, r.Region, r.Department, r.Handler, r.Window, r.ReadyAt, r.Due,
		r.CodeBlind, string(proof), r.RecipientSealed, r.AddressSealed, r.SignatureDigest, r.SignatureSealed, r.Certificate, r.DocumentID, r.DocumentNo,
		r.Parcel, r.ParcelState, r.EndedAt, r.ArchiveNo}, nil
}

// AddRecord keeps a new one; false where the case has one already.
func AddRecord(ctx context.Context, tx db.Tx, r Record) (bool, error) {
	v, err := r.values()
	if err != nil {
		return false, err
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO issuing_record (`+recordColumns+`) VALUES (`+marks(1, len(v))+`) ON CONFLICT (no) DO NOTHING`, v...)
	if err != nil {
		return false, fmt.Errorf("add record: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// PutRecord replaces the row if it is still the version before.
func PutRecord(ctx context.Context, tx db.Tx, r Record) error {
	was := r.Version
	r.Version++
	v, err := r.values()
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `UPDATE issuing_record SET `+names(recordColumns, 1)+fmt.Sprintf(` WHERE no = $1 AND version = $%d`, len(v)+1), append(v, was)...)
	return changed("put record", res, err)
}

// GetRecord returns one.
func GetRecord(ctx context.Context, q db.Query, no string) (Record, error) {
	var r Record
	return r, one("get record", q.QueryRowContext(ctx, `SELECT `+recordColumns+` FROM issuing_record WHERE no = $1`, no).Scan(recordFields(&r)...))
}

// FindByCode returns the record that waits under a code.
func FindByCode(ctx context.Context, q db.Query, blind string) (Record, error) {
	var r Record
	return r, one("find code", q.QueryRowContext(ctx, `SELECT `+recordColumns+` FROM issuing_record WHERE code_blind = $1`, blind).Scan(recordFields(&r)...))
}

// FindByParcel returns the record that a parcel carries.
func FindByParcel(ctx context.Context, q db.Query, parcel string) (Record, error) {
	var r Record
	return r, one("find parcel", q.QueryRowContext(ctx, `SELECT `+recordColumns+` FROM issuing_record WHERE parcel = $1`, parcel).Scan(recordFields(&r)...))
}

// tabs are the lists of the page.
var tabs = map[string]string{
	"ready": `state IN ('ready', 'returned')`, "road": `state = 'posted'`, "done": `state IN ('handed', 'delivered')`,
	"file": `state IN ('handed', 'delivered') AND archive_no = ''`, "all": `1 = 1`,
}

// Records lists one page of a tab, what is due first, and how many there are.
func Records(ctx context.Context, q db.Query, scope actor.Scope, tab, text string, limit, offset int) ([]Record, int, error) {
	where, args := scope.Where(columns, 1)
	where += ` AND ` + tabs[tab]
	if text != "" {
		args = append(args, "%"+like(text)+"%")
		where += fmt.Sprintf(` AND (no LIKE $%[1]d ESCAPE '!' OR item_name LIKE $%[1]d ESCAPE '!' OR certificate LIKE $%[1]d ESCAPE '!' OR parcel LIKE $%[1]d ESCAPE '!')`, len(args))
	}
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM issuing_record WHERE `+where, args...).Scan(&n); err != nil {
		return nil, 0, fmt.Errorf("count records: %w", err)
	}
	order := `due, ready_at, no`
	if tab == "done" || tab == "file" || tab == "all" {
		order = `ended_at DESC, ready_at DESC, no`
	}
	rows, err := many(ctx, q, "list records", recordFields, `SELECT `+recordColumns+` FROM issuing_record WHERE `+where+` ORDER BY `+order+
		fmt.Sprintf(` LIMIT %d OFFSET %d`, limit, offset), args...)
	return rows, n, err
}

func like(s string) string { return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s) }

// Counts are how many lie where, and what ended since an instant, by way.
func Counts(ctx context.Context, q db.Query, scope actor.Scope, since int64) (byState map[string]int, byWay map[string]int, err error) {
	where, args := scope.Where(columns, 1)
	type line struct {
		key string
		n   int
	}
	fields := func(l *line) []any { return []any{&l.key, &l.n} }
	states, err := many(ctx, q, "count states", fields, `SELECT state, count(*) FROM issuing_record WHERE `+where+` GROUP BY state`, args...)
	if err != nil {
		return nil, nil, err
	}
	ways, err := many(ctx, q, "count ways", fields, `SELECT way, count(*) FROM issuing_record WHERE `+where+fmt.Sprintf(` AND ended_at >= $%d GROUP BY way`, len(args)+1), append(args, since)...)
	byState, byWay = map[string]int{}, map[string]int{}
	for _, l := range states {
		byState[l.key] = l.n
	}
	for _, l := range ways {
		byWay[l.key] = l.n
	}
	return byState, byWay, err
}

// ParcelEvent is one thing the post told (物流轨迹).
type ParcelEvent struct {
	ID, No, Parcel, Code, Text, Place string
	At, Seq                           int64
}

func parcelFields(e *ParcelEvent) []any {
	return []any{&e.ID, &e.No, &e.Parcel, &e.Code, &e.Text, &e.Place, &e.At, &e.Seq}
}

// AddParcelEvent keeps one; false where it came before.
func AddParcelEvent(ctx context.Context, tx db.Tx, e ParcelEvent) (bool, error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO issuing_parcel_event (id, no, parcel, code, text, place, at, seq) VALUES (`+marks(1, 8)+`) ON CONFLICT (id) DO NOTHING`,
		e.ID, e.No, e.Parcel, e.Code, e.Text, e.Place, e.At, e.Seq)
	if err != nil {
		return false, fmt.Errorf("add parcel event: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// HasParcelEvent reports whether it came before.
func HasParcelEvent(ctx context.Context, q db.Query, id string) (bool, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM issuing_parcel_event WHERE id = $1`, id).Scan(&n); err != nil {
		return false, fmt.Errorf("find parcel event: %w", err)
	}
	return n > 0, nil
}

// ParcelEvents lists those of a case, newest first.
func ParcelEvents(ctx context.Context, q db.Query, no string) ([]ParcelEvent, error) {
	return many(ctx, q, "list parcel events", parcelFields, `SELECT id, no, parcel, code, text, place, at, seq FROM issuing_parcel_event WHERE no = $1 ORDER BY seq DESC`, no)
}
