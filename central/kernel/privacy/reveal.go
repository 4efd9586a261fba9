package privacy

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
)

// Permissions are this package's own.
func Permissions() []auth.Permission {
	return []auth.Permission{
		{Name: PermLabel, Title: "调整安全标记", Roles: []string{"security-admin"}},
		{Name: PermKeys, Title: "轮换密钥", Roles: []string{"security-admin"}},
		{Name: PermRetention, Title: "管理留存与删除", Roles: []string{"security-admin"}},
	}
}

// Look is one look at a value in full.
type Look struct {
	Perm   string // the permission it needs, the module's own: window:case.unmask
	Class  string // field class
	Table  string // table and row of the thing, for its label; Object alone where it has none
	Object string // what is looked at: a case's number, never a person's
	Reason string // code of the list
	Words  string // one's own words, where the reason asks for them
}

// Reveal is the one gate before a value in full (查看完整信息): permission, a reason from the list, clearance not below the
// label, and a record in the audit before anything is shown. A record that cannot be written is errs.Unavailable and
// nothing may be shown; so is a label that does not hold.
func (s *Service) Reveal(ctx context.Context, look Look) error {
	if err := auth.May(ctx, look.Perm); err != nil {
		return err
	}
	class, ok := s.Find(look.Class)
	if !ok || look.Object == "" {
		return ErrNoClass
	}
	words, err := s.reason(look.Reason, look.Words)
	if err != nil {
		return err
	}
	return s.DB.Do(ctx, func(tx db.Tx) error {
		level := class.Level
		if look.Table != "" {
			label, found, err := s.label(ctx, tx, look.Table, look.Object)
			if err != nil {
				return err
			}
			if found {
				level = max(level, label)
			}
		}
		who := auth.Who(ctx)
		if who.Kind != auth.System && s.Cleared(who.Roles) < level {
			return ErrClearance
		}
		return audit.Write(ctx, tx, audit.Record{
			Action: "privacy.reveal", Object: look.Object, Reason: words,
			Detail: map[string]string{"class": class.Name, "label": level.String(), "reason_code": look.Reason},
		})
	})
}

// reason checks a reason and returns it in words.
func (s *Service) reason(code, words string) (string, error) {
	i := slices.IndexFunc(s.Reasons, func(r Reason) bool { return r.Code == code })
	words = strings.TrimSpace(words)
	if i < 0 || s.Reasons[i].Free && utf8.RuneCountInString(words) < 4 || utf8.RuneCountInString(words) > 200 {
		return "", ErrReason
	}
	if words == "" {
		return s.Reasons[i].Title, nil
	}
	return s.Reasons[i].Title + "：" + words, nil
}
