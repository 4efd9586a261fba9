package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/emmansun/gmsm/sm3"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
)

// Blobs is what a backup asks of the blob store.
type Blobs interface {
	Each(ctx context.Context, fn func(d blobs.Digest, size int64) error) error
	Open(ctx context.Context, d blobs.Digest) (io.ReadCloser, int64, error)
	Put(ctx context.Context, r io.Reader, want blobs.Digest) (int64, error)
}

// Source is the running centre.
type Source struct {
	Data    string // its folder
	DSN     string
	DB      *db.DB
	Blobs   Blobs
	Clock   clock.Clock
	Program string // version
}

// Make writes one snapshot into the repository to, which is made when missing. The centre goes on meanwhile. The snapshot
// is there as a whole or not at all; the database comes first, so that every blob it names is there when blobs are read.
func Make(ctx context.Context, src Source, to string) (m Manifest, err error) {
	key, err := EnsureKey(src.Data)
	if err != nil {
		return m, err
	}
	now := src.Clock.Now().UTC()
	m = Manifest{
		Format: Format, ID: now.Format("20060102T150405Z") + "-" + hex.EncodeToString(random(3)), At: now, Program: src.Program,
		Engine: string(src.DB.Dialect()), Key: key.ID, Salt: random(16),
	}
	dir := filepath.Join(to, snapshotFolder, m.ID)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return m, fmt.Errorf("make snapshot: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	w := &writer{m: &m, dir: dir, key: key}
	if err := w.database(ctx, src); err != nil {
		return m, fmt.Errorf("back up database: %w", err)
	}
	files, err := dataFiles(src.Data)
	if err != nil {
		return m, err
	}
	if err := w.encrypted(filesPart, func(to io.Writer) error { return pack(to, src.Data, files.rest) }); err != nil {
		return m, err
	}
	if err := w.blobs(ctx, src.Blobs, to); err != nil {
		return m, fmt.Errorf("back up blobs: %w", err)
	}
	if err := m.sign(key); err != nil {
		return m, err
	}
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return m, fmt.Errorf("encode manifest: %w", err)
	}
	return m, writeWhole(filepath.Join(dir, manifestFile), text) // the last: it is the sign that all is there
}

// writer writes the parts of one snapshot.
type writer struct {
	m   *Manifest
	dir string
	key Key
}

func (w *writer) database(ctx context.Context, src Source) error {
	if src.DB.Dialect() == db.Postgres {
		return src.DB.Snapshot(ctx, func(q db.Query, id, schema string) error {
			w.m.Schema = schema
			if err := w.measure(ctx, src.DB, q); err != nil {
				return err
			}
			return w.encrypted(databasePart, func(to io.Writer) error { return dump(ctx, src.DSN, schema, id, to) })
		})
	}
	// The copy is in clear for as long as it is read, so it lies where the database lies.
	tmp, err := os.MkdirTemp(src.Data, "tmp-backup-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	file := filepath.Join(tmp, "copy.db")
	if err := src.DB.Copy(ctx, file); err != nil {
		return err
	}
	if err := w.measureFile(ctx, file); err != nil {
		return err
	}
	return w.encrypted(databasePart, func(to io.Writer) error {
		f, err := os.Open(file) // #nosec G304 -- our own copy in a folder that was made just now
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		z, err := gzip.NewWriterLevel(to, gzip.BestSpeed)
		if err != nil {
			return err
		}
		_, err = io.Copy(z, &stopping{ctx, f})
		return errors.Join(err, z.Close())
	})
}

func (w *writer) measureFile(ctx context.Context, file string) error {
	d, err := db.Open(ctx, "sqlite:"+file, db.Options{})
	if err != nil {
		return err
	}
	err = d.View(ctx, func(q db.Query) error { return w.measure(ctx, d, q) })
	return errors.Join(err, d.Close())
}

// measure notes what a restore must find again.
func (w *writer) measure(ctx context.Context, d *db.DB, q db.Query) (err error) {
	if w.m.Tables, err = d.Counts(ctx, q); err != nil {
		return err
	}
	w.m.Audit.Count, w.m.Audit.Hash, err = audit.Head(ctx, q)
	return err
}

// encrypted writes one part through the cipher and notes its digest.
func (w *writer) encrypted(name string, fill func(io.Writer) error) error {
	return w.part(name, func(to io.Writer) error {
		s, err := newSealer(to, streamKey(w.key.Secret, w.m.Salt, name))
		if err != nil {
			return err
		}
		if err := fill(s); err != nil {
			return err
		}
		return s.Close()
	})
}

func (w *writer) part(name string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(filepath.Join(w.dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // #nosec G304 -- a part's name is a constant of ours, in a folder that was made just now
	if err != nil {
		return err
	}
	h := sm3.New()
	c := &counter{to: io.MultiWriter(f, h)}
	b := bufio.NewWriterSize(c, 1<<20)
	err = fill(b)
	if err == nil {
		err = b.Flush()
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write part %s: %w", name, err)
	}
	w.m.Parts = append(w.m.Parts, Part{Name: name, Size: c.n, SM3: hex.EncodeToString(h.Sum(nil))})
	return nil
}

// blobs copies the files that the repository does not hold yet. They are ciphertext; their keys are sealed in the database.
func (w *writer) blobs(ctx context.Context, from Blobs, repo string) error {
	store, err := blobs.OpenStore(filepath.Join(repo, blobFolder), blobs.Options{})
	if err != nil {
		return err
	}
	return w.part(blobsPart, func(list io.Writer) error {
		return from.Each(ctx, func(d blobs.Digest, size int64) error {
			if err := copyBlob(ctx, from, store, d); err != nil {
				if errors.Is(err, blobs.ErrNotFound) {
					return nil // its time was over while we copied
				}
				return err
			}
			w.m.Blobs.Count++
			w.m.Blobs.Bytes += size
			_, err := fmt.Fprintln(list, d)
			return err
		})
	})
}

func copyBlob(ctx context.Context, from Blobs, to *blobs.Store, d blobs.Digest) error {
	if ok, err := to.Has(ctx, d); ok || err != nil {
		return err
	}
	r, _, err := from.Open(ctx, d)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	_, err = to.Put(ctx, r, d)
	return err
}

type counter struct {
	to io.Writer
	n  int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}

// stopping ends a copy with its context.
type stopping struct {
	ctx context.Context
	r   io.Reader
}

func (s *stopping) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
