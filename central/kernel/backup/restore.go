package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/db"
)

// Target says what is restored, from where, and onto which empty machine.
type Target struct {
	Repo       string
	Snapshot   string // the newest when empty
	Keys       string // sealed key file
	Passphrase string
	Data       string // folder that is missing or empty
	DSN        string // an empty PostgreSQL schema; "" for SQLite in Data
	Blobs      Blobs  // a store elsewhere; below Data when nil

	// Prove opens the restored centre in folder data and opens n sealed values or fewer; it returns how many it opened.
	// It sees the data before anybody else does, and an error of its undoes the restore.
	Prove func(ctx context.Context, data string) (opened int, err error)
}

// Outcome is what a restore found (恢复结果).
type Outcome struct {
	Snapshot string `json:"snapshot"`
	Rows     int64  `json:"rows"` // equal to the manifest's, table by table
	Tables   int    `json:"tables"`
	Blobs    Total  `json:"blobs"`
	Audit    Head   `json:"audit"` // verified and equal to the manifest's
	Opened   int    `json:"opened"`
}

// Restore builds the centre of a snapshot beside its place, proves it, and only then gives it its name. After an error
// the target is as empty as it was.
func Restore(ctx context.Context, t Target) (out Outcome, err error) {
	if err := emptyFolder(t.Data); err != nil {
		return out, err
	}
	m, err := pick(t.Repo, t.Snapshot)
	if err != nil {
		return out, err
	}
	if (m.Engine == string(db.Postgres)) != (t.DSN != "") {
		return out, fmt.Errorf("the snapshot is of %s: give --database for PostgreSQL and none for SQLite", m.Engine)
	}
	data := filepath.Clean(t.Data)
	room := data + ".restoring"
	if err := os.MkdirAll(filepath.Dir(data), 0o755); err != nil { //nolint:gosec // the folder above is not ours to close
		return out, fmt.Errorf("restore: %w", err)
	}
	if err := os.Mkdir(room, 0o700); err != nil {
		return out, fmt.Errorf("another restore is at work, or was cut off: look at %s and remove it: %w", room, err)
	}
	r := &restorer{t: t, m: m, room: room}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.undo(context.WithoutCancel(ctx)))
		}
	}()
	if err := r.all(ctx); err != nil {
		return out, err
	}
	if err := os.Remove(data); err != nil && !errors.Is(err, os.ErrNotExist) {
		return out, fmt.Errorf("restore: %w", err)
	}
	if err := os.Rename(room, data); err != nil {
		return out, fmt.Errorf("restore: %w", err)
	}
	return r.out, syncDir(filepath.Dir(data))
}

func emptyFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at the target: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty: a restore never writes over a centre; give an empty folder", dir)
	}
	return nil
}

type restorer struct {
	t      Target
	m      Manifest
	key    Key
	room   string // where it is built
	schema string // set once the empty PostgreSQL schema may hold something of ours
	out    Outcome
}

func (r *restorer) undo(ctx context.Context) error {
	err := os.RemoveAll(r.room)
	if r.schema == "" {
		return err
	}
	d, openErr := db.Open(ctx, r.t.DSN, db.Options{})
	if openErr != nil {
		return errors.Join(err, openErr)
	}
	return errors.Join(err, wipe(ctx, d, r.schema), d.Close())
}

func (r *restorer) all(ctx context.Context) (err error) {
	if r.key, err = openKeys(r.t.Keys, r.t.Passphrase, r.room); err != nil {
		return err
	}
	if err := r.m.prove(r.key); err != nil {
		return err
	}
	if err := r.files(); err != nil {
		return fmt.Errorf("restore files: %w", err)
	}
	if err := r.database(ctx); err != nil {
		return fmt.Errorf("restore database: %w", err)
	}
	if err := r.blobs(ctx); err != nil {
		return fmt.Errorf("restore blobs: %w", err)
	}
	if r.t.Prove != nil {
		if r.out.Opened, err = r.t.Prove(ctx, r.room); err != nil {
			return fmt.Errorf("prove the restored centre: %w", err)
		}
	}
	r.out.Snapshot, r.out.Tables = r.m.ID, len(r.m.Tables)
	return nil
}

// open returns the plain content of a part, proven.
func (r *restorer) open(name string) (io.ReadCloser, io.Reader, error) {
	path, err := r.m.checkPart(r.t.Repo, name)
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open(path) // #nosec G304 -- a part's name is a constant of ours; its SM3 was checked above
	if err != nil {
		return nil, nil, err
	}
	plain, err := newOpener(f, streamKey(r.key.Secret, r.m.Salt, name))
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, plain, nil
}

func (r *restorer) files() error {
	f, plain, err := r.open(filesPart)
	if err != nil {
		return err
	}
	return errors.Join(unpack(plain, r.room), f.Close())
}

func (r *restorer) database(ctx context.Context) error {
	dsn := "sqlite:" + filepath.Join(r.room, "tongban.db")
	if r.t.DSN == "" {
		if err := r.place(filepath.Join(r.room, "tongban.db"), true); err != nil {
			return err
		}
	} else {
		dsn = r.t.DSN
		if err := r.loadPostgres(ctx); err != nil {
			return err
		}
	}
	d, err := db.Open(ctx, dsn, db.Options{})
	if err != nil {
		return err
	}
	return errors.Join(r.compare(ctx, d), d.Close())
}

// place writes the plain database part to a file.
func (r *restorer) place(path string, zipped bool) error {
	f, plain, err := r.open(databasePart)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	from := plain
	if zipped {
		if from, err = gzip.NewReader(plain); err != nil {
			return err
		}
	}
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // #nosec G304 -- a name of ours in the folder that this restore made
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from) // #nosec G110 -- the manifest's signature and SM4-GCM with the backup key prove that a centre of ours packed it
	if err == nil {
		_, err = io.Copy(io.Discard, plain) // the end of the stream must be proven too
	}
	return errors.Join(err, to.Sync(), to.Close())
}

func (r *restorer) loadPostgres(ctx context.Context) error {
	d, err := db.Open(ctx, r.t.DSN, db.Options{})
	if err != nil {
		return err
	}
	schema, err := mustBeEmpty(ctx, d)
	if err := errors.Join(err, d.Close()); err != nil {
		return err
	}
	if schema != r.m.Schema {
		return fmt.Errorf("the snapshot is of schema %q and the connection string leads to %q: create that one", r.m.Schema, schema)
	}
	file := filepath.Join(r.room, "tmp-dump")
	if err := r.place(file, false); err != nil {
		return err
	}
	r.schema = schema
	if err := load(ctx, r.t.DSN, schema, file); err != nil {
		return err
	}
	return errors.Join(os.Remove(file), os.Remove(file+".list"))
}

// compare holds the database against the manifest: rows of each table, and the audit chain from its first record to the head.
func (r *restorer) compare(ctx context.Context, d *db.DB) error {
	var counts map[string]int64
	var head Head
	err := d.View(ctx, func(q db.Query) (err error) {
		if counts, err = d.Counts(ctx, q); err != nil {
			return err
		}
		head.Count, head.Hash, err = audit.Head(ctx, q)
		return err
	})
	if err != nil {
		return err
	}
	for table, want := range r.m.Tables {
		if got, ok := counts[table]; !ok || got != want {
			return fmt.Errorf("table %s holds %d rows, the manifest says %d", table, got, want)
		}
		r.out.Rows += want
	}
	if len(counts) != len(r.m.Tables) {
		return fmt.Errorf("%d tables were restored, the manifest names %d", len(counts), len(r.m.Tables))
	}
	report, err := audit.Verify(ctx, d)
	if err != nil {
		return err
	}
	if !report.OK || head != r.m.Audit {
		return fmt.Errorf("audit chain does not hold after the restore: record %d: %s", report.BadSeq, report.Problem)
	}
	r.out.Audit = head
	return nil
}

// blobs brings back the files that the snapshot names; the store proves the digest of each.
func (r *restorer) blobs(ctx context.Context) error {
	list, err := r.m.checkPart(r.t.Repo, blobsPart)
	if err != nil {
		return err
	}
	from, err := blobs.OpenStore(filepath.Join(r.t.Repo, blobFolder), blobs.Options{})
	if err != nil {
		return err
	}
	to := r.t.Blobs
	if to == nil {
		if to, err = blobs.OpenStore(filepath.Join(r.room, "blobs"), blobs.Options{}); err != nil {
			return err
		}
	}
	f, err := os.Open(list) // #nosec G304 -- a part's name is a constant of ours; its SM3 was checked above
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		d, err := blobs.ParseDigest(strings.TrimSpace(lines.Text()))
		if err != nil {
			return err
		}
		src, _, err := from.Open(ctx, d)
		if err != nil {
			return fmt.Errorf("blob %s: %w", d, err)
		}
		n, err := to.Put(ctx, src, d)
		if err := errors.Join(err, src.Close()); err != nil {
			return fmt.Errorf("blob %s: %w", d, err)
		}
		r.out.Blobs.Count++
		r.out.Blobs.Bytes += n
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if r.out.Blobs.Count != r.m.Blobs.Count {
		return fmt.Errorf("%d blobs were restored, the manifest names %d", r.out.Blobs.Count, r.m.Blobs.Count)
	}
	return nil
}
