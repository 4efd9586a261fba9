package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/vault"
)

// Account is one person who works here (工作人员账号).
type Account struct {
	ID           string
	Login        string
	Name         string
	Desk         string // window label, such as "B 区 12 号窗"
	Department   string // as it is shown
	DepartmentID string
	Region       string // 行政区划代码 of the post, twelve digits
	Hall         string // id of the hall
	Posts        []string
	Disabled     bool
	ValidUntil   time.Time // a borrowed or temporary account closes by itself; zero: never
	Created      time.Time

	MustChange      bool      // the password was made by somebody else
	PasswordChanged time.Time // by whoever
	PasswordUntil   time.Time // a password made by somebody else opens nothing after this; zero: no limit

	// Roles and Grants are what Create gives at once; Roles counts everywhere. Nobody but the centre itself may use them:
	// people are made by one administrator and granted by another.
	Roles  []string
	Grants []Grant

	Phone  vault.Phone // only for Create; "" leaves it open
	Reason string      // why the account is made, for the audit
}

func (a Account) actor() Actor {
	return Actor{Kind: Staff, ID: a.ID, Name: a.Name, Desk: a.Desk, Department: a.Department, DepartmentID: a.DepartmentID, Region: a.Region}
}

// accountColumns are what scanAccount reads, in this order; a is auth_account.
const accountColumns = `a.id, a.login, a.name, a.desk, a.department, a.department_id, a.region, a.hall, a.posts, a.disabled,
	a.valid_until, a.created, a.must_change, a.password_changed, a.password_until`

// scanned is an Account on its way out of a row.
type scanned struct {
	Account
	posts                                   string
	disabled, mustChange                    int
	validUntil, created, pwChanged, pwUntil int64
}

func (s *scanned) fields() []any {
	return []any{
		&s.ID, &s.Login, &s.Name, &s.Desk, &s.Department, &s.DepartmentID, &s.Region, &s.Hall, &s.posts, &s.disabled,
		&s.validUntil, &s.created, &s.mustChange, &s.pwChanged, &s.pwUntil,
	}
}

func (s *scanned) account() (Account, error) {
	a := s.Account
	a.Disabled, a.MustChange = s.disabled != 0, s.mustChange != 0
	a.Created, a.PasswordChanged = db.FromMs(s.created), db.FromMs(s.pwChanged)
	if s.validUntil != 0 {
		a.ValidUntil = db.FromMs(s.validUntil)
	}
	if s.pwUntil != 0 {
		a.PasswordUntil = db.FromMs(s.pwUntil)
	}
	if err := json.Unmarshal([]byte(s.posts), &a.Posts); err != nil {
		return a, fmt.Errorf("decode posts: %w", err)
	}
	return a, nil
}

// one loads one account, or errNoAccount.
func one(ctx context.Context, q db.Query, where string, arg any) (Account, error) {
	a, _, err := withPassword(ctx, q, where, arg)
	if err != nil {
		return Account{}, orNoAccount(err)
	}
	return a, nil
}

// withPassword loads one account with its kept password, or db.ErrNoRows.
func withPassword(ctx context.Context, q db.Query, where string, arg any) (Account, string, error) {
	var row scanned
	var kept string
	err := q.QueryRowContext(ctx, `SELECT a.password, `+accountColumns+` FROM auth_account a WHERE a.`+where, arg).
		Scan(append([]any{&kept}, row.fields()...)...)
	if err != nil {
		return Account{}, "", err
	}
	a, err := row.account()
	return a, kept, err
}

// account loads one account with its kept password.
func (s *Service) account(ctx context.Context, where string, arg any) (a Account, kept string, err error) {
	err = s.db.View(ctx, func(q db.Query) (err error) {
		a, kept, err = withPassword(ctx, q, where, arg)
		return err
	})
	return a, kept, err
}

// Open reports whether the account can be used at all at now.
func (a Account) Open(now time.Time) bool {
	return !a.Disabled && (a.ValidUntil.IsZero() || now.Before(a.ValidUntil))
}

// mustChange reports whether a may do nothing but change the password.
func (s *Service) mustChange(a Account) bool {
	return a.MustChange || s.clock.Now().Sub(a.PasswordChanged) >= s.limits.Age
}

// Create adds an account with its first password and returns its id.
func (s *Service) Create(ctx context.Context, a Account, password string) (string, error) {
	a.Login = normal(a.Login)
	if a.Login == "" || strings.TrimSpace(a.Name) == "" {
		return "", errs.E(errs.Invalid, "auth.incomplete", "请填写登录名和姓名", nil)
	}
	if err := s.Roles().Check(a.Roles); err != nil {
		return "", err
	}
	if err := CheckPassword(a.Login, password); err != nil {
		return "", err
	}
	kept, err := s.hasher.hash(ctx, password)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	posts, err := json.Marshal(a.Posts)
	if err != nil || a.Posts == nil {
		posts = []byte("[]")
	}
	for _, role := range a.Roles {
		a.Grants = append(a.Grants, Grant{Role: role, Reach: actor.ReachAll})
	}
	a.ID = ids.New()
	err = s.db.Do(ctx, func(tx db.Tx) error { return s.insert(ctx, tx, a, kept, string(posts)) })
	if err != nil {
		return "", err
	}
	return a.ID, nil
}

func (s *Service) insert(ctx context.Context, tx db.Tx, a Account, kept, posts string) error {
	now := tx.Now()
	until := int64(0)
	if a.MustChange && tx.Actor().Kind != actor.System { // the first administrators must be able to come back after a holiday
		until = db.Ms(now.Add(s.limits.OneTime))
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO auth_account
		(id, login, name, desk, department, department_id, region, hall, posts, password, disabled, created, changed,
		 must_change, password_changed, password_until, valid_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $11, $12, $11, $13, $14)`,
		a.ID, a.Login, a.Name, a.Desk, a.Department, a.DepartmentID, a.Region, a.Hall, posts, kept, db.Ms(now),
		db.Int(a.MustChange), until, msOrZero(a.ValidUntil))
	if db.IsUnique(err) {
		return errs.E(errs.Conflict, "auth.login_taken", "这个登录名已经有人用了，请换一个", err)
	}
	if err != nil {
		return fmt.Errorf("insert account: %w", err)
	}
	if err := s.remember(ctx, tx, a.ID, kept); err != nil {
		return err
	}
	if a.Phone != "" {
		if err := s.putPhone(ctx, tx, a.ID, a.Phone); err != nil {
			return err
		}
	}
	var roles []string
	for _, g := range a.Grants {
		g.ID, g.Account, g.By, g.At = ids.New(), a.ID, tx.Actor().ID, now
		if err := s.checkGrant(g); err != nil {
			return err
		}
		if err := s.add(ctx, tx, g); err != nil {
			return err
		}
		roles = append(roles, g.Role)
	}
	return audit.Write(ctx, tx, audit.Record{Action: "auth.create", Object: a.ID, Reason: a.Reason, Detail: map[string]string{"roles": strings.Join(roles, ",")}})
}

func msOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return db.Ms(t)
}

// Disable closes an account and ends all its sessions at once. The last administrator of a kind stays.
func (s *Service) Disable(ctx context.Context, id, reason string) error {
	if Who(ctx).ID == id {
		return errs.E(errs.Conflict, "auth.self_disable", "不能停用自己的账号，请由另一位管理员办理", nil)
	}
	return s.change(ctx, id, audit.Record{Action: "auth.disable", Reason: reason}, true, func(tx db.Tx) error {
		if err := s.notLast(ctx, tx, id, ""); err != nil {
			return err
		}
		return s.set(ctx, tx, id, `disabled = 1`)
	})
}

// Enable opens a closed account again; its password must be reset first when it was closed for long.
func (s *Service) Enable(ctx context.Context, id, reason string) error {
	return s.change(ctx, id, audit.Record{Action: "auth.enable", Reason: reason}, false, func(tx db.Tx) error {
		return s.set(ctx, tx, id, `disabled = 0`)
	})
}

// set changes columns of one account; the placeholders of what begin at $3.
func (s *Service) set(ctx context.Context, tx db.Tx, id, what string, args ...any) error {
	res, err := tx.ExecContext(ctx, `UPDATE auth_account SET `+what+`, changed = $1 WHERE id = $2`, append([]any{db.Ms(tx.Now()), id}, args...)...)
	if err != nil {
		return fmt.Errorf("change account: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errs.E(errs.NotFound, "auth.no_account", "没有这个账号，请核对", err)
	}
	return nil
}

// change does one act on an account and records it; out also ends all sessions of the account.
func (s *Service) change(ctx context.Context, id string, r audit.Record, out bool, act func(tx db.Tx) error) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if err := act(tx); err != nil {
			return err
		}
		if out {
			if _, err := s.endSignOns(ctx, tx, `account = $1`, id); err != nil {
				return err
			}
		}
		r.Object = id
		return audit.Write(ctx, tx, r)
	})
}

// Get returns one account.
func (s *Service) Get(ctx context.Context, id string) (a Account, err error) {
	err = s.db.View(ctx, func(q db.Query) (err error) {
		a, err = one(ctx, q, `id = $1`, id)
		return err
	})
	return a, err
}

// Edit is what an administrator may change of a person.
type Edit struct {
	Name, Desk, Department, DepartmentID, Region, Hall string
	Posts                                              []string
	ValidUntil                                         time.Time
	Phone                                              vault.Phone // "" leaves it as it is
	Reason                                             string
}

// Edit changes the description of an account; what the person may do stays as it is.
func (s *Service) Edit(ctx context.Context, id string, e Edit) error {
	if strings.TrimSpace(e.Name) == "" {
		return errs.E(errs.Invalid, "auth.incomplete", "请填写姓名", nil)
	}
	if e.Posts == nil {
		e.Posts = []string{}
	}
	posts, err := json.Marshal(e.Posts)
	if err != nil {
		return fmt.Errorf("encode posts: %w", err)
	}
	return s.change(ctx, id, audit.Record{Action: "auth.edit", Reason: e.Reason, Detail: map[string]string{"department": e.DepartmentID, "region": e.Region}}, false, func(tx db.Tx) error {
		if e.Phone != "" {
			if err := s.putPhone(ctx, tx, id, e.Phone); err != nil {
				return err
			}
		}
		return s.set(ctx, tx, id, `name = $3, desk = $4, department = $5, department_id = $6, region = $7, hall = $8, posts = $9, valid_until = $10`,
			e.Name, e.Desk, e.Department, e.DepartmentID, e.Region, e.Hall, string(posts), msOrZero(e.ValidUntil))
	})
}

// Filter narrows a list of accounts; empty fields do not narrow.
type Filter struct {
	Words       string   // part of login, name or desk
	Departments []string // ids
	Region      string   // code; those below count too
	Role        string
	State       string        // active, disabled, expired, must_change, expiring
	Soon        time.Duration // expiring: the validity ends within this
	IDs         []string      // only these
	Page, Size  int           // from 1; at most 200
}

// List returns one page of accounts by name, and how many there are in all.
func (s *Service) List(ctx context.Context, f Filter) (out []Account, total int, err error) {
	where, args := f.where(s.clock.Now())
	size := min(max(f.Size, 1), 200)
	err = s.db.View(ctx, func(q db.Query) error {
		out = []Account{}
		if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM auth_account a`+where, args...).Scan(&total); err != nil {
			return err
		}
		query := fmt.Sprintf(`SELECT %s FROM auth_account a%s ORDER BY a.name, a.login LIMIT %d OFFSET %d`,
			accountColumns, where, size, (max(f.Page, 1)-1)*size)
		return each(ctx, q, query, func(scan func(...any) error) error {
			var row scanned
			if err := scan(row.fields()...); err != nil {
				return err
			}
			a, err := row.account()
			out = append(out, a)
			return err
		}, args...)
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list accounts: %w", err)
	}
	return out, total, nil
}

func (f Filter) where(now time.Time) (string, []any) {
	var parts []string
	var args []any
	add := func(sql string, v any) {
		args = append(args, v)
		parts = append(parts, strings.ReplaceAll(sql, "?", fmt.Sprintf("$%d", len(args))))
	}
	if f.Words != "" {
		add(`(a.login LIKE ? OR a.name LIKE ? OR a.desk LIKE ?)`, "%"+strings.NewReplacer("%", "", "_", "").Replace(f.Words)+"%")
	}
	in := func(column string, values []string) {
		if len(values) == 0 {
			return
		}
		marks := make([]string, len(values))
		for i, v := range values {
			args = append(args, v)
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		parts = append(parts, column+` IN (`+strings.Join(marks, ", ")+`)`)
	}
	in(`a.department_id`, f.Departments)
	in(`a.id`, f.IDs)
	if f.Region != "" {
		sql, more := actor.InRegion(f.Region).Where(actor.Columns{Region: "a.region"}, len(args)+1)
		parts, args = append(parts, sql), append(args, more...)
	}
	if f.Role != "" {
		add(`EXISTS (SELECT 1 FROM auth_grant g WHERE g.account = a.id AND g.role = ?)`, f.Role)
	}
	switch f.State {
	case "active":
		add(`(a.disabled = 0 AND (a.valid_until = 0 OR a.valid_until > ?))`, db.Ms(now))
	case "disabled":
		parts = append(parts, `a.disabled = 1`)
	case "expired":
		add(`(a.valid_until <> 0 AND a.valid_until <= ?)`, db.Ms(now))
	case "must_change":
		parts = append(parts, `a.must_change = 1 AND a.disabled = 0`)
	case "expiring":
		add(`(a.disabled = 0 AND a.valid_until > ?)`, db.Ms(now))
		add(`a.valid_until <= ?`, db.Ms(now.Add(f.Soon)))
	}
	if len(parts) == 0 {
		return "", nil
	}
	return ` WHERE ` + strings.Join(parts, ` AND `), args
}
