package privacy

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/crypto"
	"tongban/central/kernel/db"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/vault"
)

// PermKeys lets somebody rotate keys (轮换密钥).
const PermKeys = "privacy:keys"

// KeyStatus is what is known of all keys: everything but the keys (密钥状态).
type KeyStatus struct {
	Provider crypto.Info
	KEK      crypto.KeyInfo
	KEKs     int // key-encryption keys the provider holds, the active one included
	Classes  []ClassKeys
}

// ClassKeys is one class's data keys.
type ClassKeys struct {
	Class    Class
	Active   int // version
	Versions int
	Made     time.Time // of the active one
	Sealed   int64     // values that are held
	Behind   int64     // of these, sealed with older keys
	Columns  []Progress
}

// Keys returns the state of all keys.
func (s *Service) Keys(ctx context.Context) (KeyStatus, error) {
	out := KeyStatus{Provider: s.Vault.Provider().Info()}
	keks, err := s.Vault.Provider().Keys(ctx, crypto.KEK)
	if err != nil {
		return out, err
	}
	out.KEKs = len(keks)
	for _, k := range keks {
		if k.Active {
			out.KEK = k
		}
	}
	err = s.DB.View(ctx, func(q db.Query) error {
		all, err := s.Vault.List(ctx, q)
		if err != nil {
			return err
		}
		out.Classes = nil
		for _, class := range s.Classes {
			k := keysOf(class, all)
			if err := s.usage(ctx, q, &k); err != nil {
				return err
			}
			out.Classes = append(out.Classes, k)
		}
		return nil
	})
	return out, err
}

// keysOf finds a class's keys among all.
func keysOf(class Class, all []vault.DataKey) ClassKeys {
	k := ClassKeys{Class: class}
	for _, d := range all {
		if d.Class != class.Name {
			continue
		}
		k.Versions++
		if d.Active {
			k.Active, k.Made = d.Version, d.Made
		}
	}
	return k
}

// counted is how many values a column held, and how many of them were behind, when it was last counted.
type counted struct {
	version     int
	at          time.Time
	all, behind int64
}

// countFor is how long a count is good: with a million cases it reads a million values.
const countFor = 5 * time.Minute

// count returns the numbers of one column, at most countFor old.
func (s *Service) count(ctx context.Context, q db.Query, c Column, version int) (counted, error) {
	now := s.Clock.Now()
	s.mu.RLock()
	n, ok := s.counts[c.Name()]
	s.mu.RUnlock()
	if ok && n.version == version && now.Sub(n.at) < countFor {
		return n, nil
	}
	n = counted{version: version, at: now}
	query := `SELECT count(*), COALESCE(SUM(CASE WHEN ` + behind(c, version) + ` THEN 1 ELSE 0 END), 0) FROM ` + c.Table + ` WHERE ` + c.Column + ` <> ''`
	if err := q.QueryRowContext(ctx, query).Scan(&n.all, &n.behind); err != nil {
		return n, fmt.Errorf("count %s: %w", c.Name(), err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts == nil {
		s.counts = map[string]counted{}
	}
	s.counts[c.Name()] = n
	return n, nil
}

// recount forgets the numbers, because values were sealed anew or deleted here.
func (s *Service) recount() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts = nil
}

// usage counts a class's values and reads how far re-sealing is.
func (s *Service) usage(ctx context.Context, q db.Query, k *ClassKeys) error {
	for _, c := range s.Columns() {
		if c.Class != k.Class.Name {
			continue
		}
		n, err := s.count(ctx, q, c.Column, k.Active)
		if err != nil {
			return err
		}
		k.Sealed, k.Behind = k.Sealed+n.all, k.Behind+n.behind
		p, _, err := progress(ctx, q, c.Name())
		if err != nil {
			return err
		}
		if p.Column != "" {
			k.Columns = append(k.Columns, p)
		}
	}
	return nil
}

// RotateKEK makes a new key-encryption key and wraps every data key with it. Nothing has to be sealed again.
func (s *Service) RotateKEK(ctx context.Context, reason string) (crypto.KeyID, error) {
	if err := auth.May(ctx, PermKeys); err != nil {
		return "", err
	}
	if len([]rune(reason)) < 4 {
		return "", ErrReason
	}
	// First the key and then the record: a key that nothing is wrapped with does no harm, and the wrapping, which matters,
	// is one act with its record.
	id, err := s.Vault.Provider().Rotate(ctx, crypto.KEK)
	if err != nil {
		return "", fmt.Errorf("rotate key-encryption key: %w", err)
	}
	err = s.DB.Do(ctx, func(tx db.Tx) error {
		n, err := s.Vault.Rewrap(ctx, tx)
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{
			Action: "privacy.rotate_kek", Object: string(id), Reason: reason, Detail: map[string]string{"rewrapped": strconv.Itoa(n)},
		})
	})
	return id, err
}

// RotateClass gives a class, or every class when class is "", a new data key and orders the re-sealing of what older keys
// sealed.
func (s *Service) RotateClass(ctx context.Context, class, reason string) error {
	if err := auth.May(ctx, PermKeys); err != nil {
		return err
	}
	if len([]rune(reason)) < 4 {
		return ErrReason
	}
	names := []string{class}
	if class == "" {
		names = nil
		for _, c := range s.Classes {
			names = append(names, c.Name)
		}
	} else if _, ok := s.Find(class); !ok {
		return ErrNoClass
	}
	return s.DB.Do(ctx, func(tx db.Tx) error {
		for _, name := range names {
			version, err := s.Vault.RotateClass(ctx, tx, name)
			if err != nil {
				return err
			}
			err = audit.Write(ctx, tx, audit.Record{
				Action: "privacy.rotate_key", Object: name, Reason: reason, Detail: map[string]string{"version": strconv.Itoa(version)},
			})
			if err != nil {
				return err
			}
		}
		return s.Jobs.Add(ctx, tx, jobReseal, nil, jobs.Opts{Unique: "reseal"})
	})
}

// Rows counts the values that a column holds, as of the last five minutes.
func (s *Service) Rows(ctx context.Context, q db.Query, c Column, version int) (int64, error) {
	n, err := s.count(ctx, q, c, version)
	return n.all, err
}
