package app

import (
	"context"
	"net/netip"
	"strings"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/running/internal/store"
)

// Kinds of resources (资源类别).
var resourceKinds = map[string]string{"host": "主机", "server": "服务器", "address": "IP 地址", "storage": "存储", "network": "网络设备", "database": "数据库", "system": "系统"}

// Resource is one with what it doubles.
type Resource struct {
	store.Resource
	KindTitle   string
	DuplicateOf string // id of the first that has the same address, or the same kind and name
}

// Resources lists the register; kind and q narrow it. Duplicates are looked for among all.
func (a *App) Resources(ctx context.Context, kind, q string) ([]Resource, error) {
	list, err := view(ctx, a.DB, func(v db.Query) ([]store.Resource, error) { return store.Resources(ctx, v) })
	if err != nil {
		return nil, err
	}
	out := []Resource{}
	first := map[string]string{}
	for _, r := range list {
		d := Resource{Resource: r, KindTitle: resourceKinds[r.Kind]}
		for _, key := range identities(r) {
			if id, taken := first[key]; !taken {
				first[key] = r.ID
			} else if d.DuplicateOf == "" {
				d.DuplicateOf = id
			}
		}
		if kind != "" && r.Kind != kind || q != "" && !strings.Contains(strings.ToLower(strings.Join([]string{r.Name, r.Address, r.System, r.Owner, r.Place, r.Note}, " ")), strings.ToLower(q)) {
			continue
		}
		out = append(out, d)
	}
	return out, nil
}

// identities are the keys by which two entries are the same thing. An address belongs to one thing only, except that a
// host and the server on it share theirs: the two are compared among their own kind.
func identities(r store.Resource) []string {
	out := []string{"name " + r.Kind + " " + strings.ToLower(strings.TrimSpace(r.Name))}
	if r.Address != "" {
		out = append(out, "address "+r.Kind+" "+r.Address)
	}
	return out
}

// address is one IP address or prefix in its one spelling, so that 010.0.0.1 and 10.0.0.1 cannot both be registered.
func address(kind, text string) (string, error) {
	text = strings.TrimSpace(text)
	if ip, err := netip.ParseAddr(text); err == nil {
		return ip.Unmap().String(), nil
	}
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked().String(), nil
	}
	if text == "" && kind != "address" {
		return "", nil
	}
	return "", errs.E(errs.Invalid, "running.bad_address", "地址应为 IP 地址或网段，例如 10.8.0.12 或 10.8.0.0/24", nil)
}

// PutResource registers a new resource or changes one.
func (a *App) PutResource(ctx context.Context, r store.Resource, reason string) (store.Resource, error) {
	if resourceKinds[r.Kind] == "" {
		return r, errs.E(errs.Invalid, "running.bad_kind", "资源类别不对，请从列表中选择", nil)
	}
	var err error
	if r.Address, err = address(r.Kind, r.Address); err != nil {
		return r, err
	}
	r.Name = strings.TrimSpace(r.Name)
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		action := "running.change_resource"
		if r.ID == "" {
			r.ID, action = ids.New(), "running.add_resource"
		} else if _, err := store.GetResource(ctx, tx, r.ID); err != nil {
			return err
		}
		if err := store.PutResource(ctx, tx, r); err != nil {
			return err
		}
		return note(ctx, tx, action, r.ID, reason, map[string]string{"kind": r.Kind, "name": r.Name, "ip": r.Address, "system": r.System})
	})
	return r, err
}

// RemoveResource takes a resource out of use; its entry stays for the record.
func (a *App) RemoveResource(ctx context.Context, id, reason string) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		r, err := store.GetResource(ctx, tx, id)
		if err != nil {
			return err
		}
		r.RemovedAt = tx.Now()
		if err := store.PutResource(ctx, tx, r); err != nil {
			return err
		}
		return note(ctx, tx, "running.remove_resource", id, reason, map[string]string{"name": r.Name})
	})
}

// Duties lists who is and was in charge.
func (a *App) Duties(ctx context.Context) ([]store.Duty, error) {
	return view(ctx, a.DB, func(q db.Query) ([]store.Duty, error) { return store.Duties(ctx, q) })
}

// HandOver puts a named person in charge from now on.
func (a *App) HandOver(ctx context.Context, d store.Duty, reason string) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		d.ID, d.From = ids.New(), tx.Now()
		if err := store.HandOver(ctx, tx, d); err != nil {
			return err
		}
		return note(ctx, tx, "running.duty", d.Duty, reason, map[string]string{"login": d.Login})
	})
}
