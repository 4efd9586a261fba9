package app

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	held "tongban/central/kernel/privacy"
	"tongban/central/modules/privacy"
	"tongban/central/modules/privacy/internal/store"
)

// Exported is everything that is held of one person, by source.
type Exported struct {
	No    string
	Parts []Part
}

// Part is what one source holds.
type Part struct {
	Source, Title string
	Data          any
}

// Export gathers what is held of the person of a request (PIPL art. 45), for the person alone. The gate before full values
// has been passed and the export recorded before anything is gathered.
func (a *App) Export(ctx context.Context, id, reason string) (Exported, error) {
	var r store.Request
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		r, err = store.Get(ctx, q, id)
		return err
	})
	if err != nil {
		return Exported{}, err
	}
	if r.Kind != privacy.Access && r.Kind != privacy.Copy {
		return Exported{}, privacy.ErrNotNow
	}
	if _, err := r.State.Apply(privacy.ActExport); err != nil {
		return Exported{}, err
	}
	err = a.Held.Reveal(ctx, held.Look{Perm: privacy.PermExport, Class: classID, Table: "privacy_request", Object: r.No, Reason: "request", Words: reason})
	if err != nil {
		return Exported{}, err
	}
	number, err := a.Vault.OpenRow(classID, r.ID, r.IDSealed)
	if err != nil {
		return Exported{}, fmt.Errorf("open request: %w", err)
	}
	out := Exported{No: r.No}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		detail := map[string]string{}
		for _, s := range a.Held.Sources() {
			n, err := s.Find(ctx, tx, number)
			if err != nil {
				return fmt.Errorf("find in %s: %w", s.Name, err)
			}
			detail[s.Name] = strconv.Itoa(n)
		}
		if err := a.tell(ctx, tx, id, privacy.ActExport.Title(), reason); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "privacy.export", Object: r.No, Reason: reason, Detail: detail})
	})
	if err != nil {
		return Exported{}, err
	}
	for _, s := range a.Held.Sources() {
		data, err := s.Export(ctx, number)
		if err != nil {
			return Exported{}, fmt.Errorf("export from %s: %w", s.Name, err)
		}
		if data != nil {
			out.Parts = append(out.Parts, Part{Source: s.Name, Title: s.Title, Data: data})
		}
	}
	return out, nil
}

// WriteZip writes one JSON file for each source.
func (e Exported) WriteZip(w io.Writer) error {
	z := zip.NewWriter(w)
	head, err := z.Create("说明.txt")
	if err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	_, err = fmt.Fprintf(head, "权利请求 %s 的导出。内容为本系统存有的您的个人信息，请妥善保管。\n共 %d 类：\n", e.No, len(e.Parts))
	if err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	for _, p := range e.Parts {
		if _, err := fmt.Fprintf(head, "%s.json  %s\n", p.Source, p.Title); err != nil {
			return fmt.Errorf("write export: %w", err)
		}
	}
	for _, p := range e.Parts {
		f, err := z.Create(p.Source + ".json")
		if err != nil {
			return fmt.Errorf("write export: %w", err)
		}
		enc := json.NewEncoder(f)
		enc.SetIndent("", "  ")
		if err := enc.Encode(p.Data); err != nil {
			return fmt.Errorf("write export: %w", err)
		}
	}
	return z.Close()
}
