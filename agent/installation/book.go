// Package installation keeps the record of how a terminal was installed (安装验收): a technician answers the model's check-list
// point by point, with pictures, without a network and over several visits; what is signed goes to the centre through the outbox.
package installation

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/agent/outbox"
	"tongban/agent/seal"
	"tongban/agent/store"
	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
)

// Why something is not written down.
var (
	ErrNoPoint   = errors.New("the check-list has no such point")
	ErrAnswer    = errors.New("this answer does not fit the point")
	ErrNumber    = errors.New("a number is missing or impossible")
	ErrFitted    = errors.New("the device is there")
	ErrReading   = errors.New("a read is under way")
	ErrPictures  = errors.New("enough pictures of this point")
	ErrPicture   = errors.New("this is no picture")
	ErrNoCamera  = errors.New("no such camera")
	ErrOpen      = errors.New("points are still open")
	ErrNotSigned = errors.New("the record is not signed")
	ErrFull      = errors.New("nothing can be kept now")
)

// Options of a Book.
type Options struct {
	DB      *store.DB
	Box     *outbox.Box
	Rack    *devices.Rack
	Set     profiles.Set
	Model   profiles.Terminal
	List    profiles.Checklist
	Folder  string // of the encrypted pictures that are not signed yet
	Version string
	Clock   clock.Clock
	Log     *slog.Logger
	Changed func() // the screen has to be drawn anew; never called under the book's lock
}

// Book is the record of this terminal. It is safe for concurrent use.
type Book struct {
	o Options

	mu       sync.Mutex
	record   string // "" = not begun
	begun    time.Time
	revision int
	signed   time.Time // zero: something changed since
	envelope string
	answers  map[string]answer
	photos   []photo
	shown    map[string][]byte // pictures of this visit by digest; never on the disk in the clear
	reading  string
	stop     context.CancelFunc // of the read
	said     string
}

type answer struct {
	state wire.PointState
	value *float64
	at    time.Time
}

type photo struct {
	wire.InstallPhoto
	point string
	sent  bool
}

// Open takes up the record where it was left and removes pictures that nobody names, of a crash between file and row.
func Open(ctx context.Context, o Options) (*Book, error) {
	b := &Book{o: o, answers: map[string]answer{}, shown: map[string][]byte{}}
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("make installation folder: %w", err)
	}
	if err := b.load(ctx); err != nil {
		return nil, fmt.Errorf("take up installation record: %w", err)
	}
	return b, b.sweep()
}

func (b *Book) load(ctx context.Context) error {
	db := b.o.DB.Read()
	var begun, signed int64
	err := db.QueryRowContext(ctx, `SELECT record, begun_at, revision, signed_at, envelope FROM installation`).Scan(&b.record, &begun, &b.revision, &signed, &b.envelope)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	b.begun, b.signed = store.FromMs(begun), store.FromMs(signed)
	err = each(ctx, db, `SELECT point, state, value, at FROM installation_answer`, func(rows *sql.Rows) error {
		var point string
		var a answer
		var at int64
		if err := rows.Scan(&point, &a.state, &a.value, &at); err != nil {
			return err
		}
		a.at = store.FromMs(at)
		b.answers[point] = a
		return nil
	})
	if err != nil {
		return err
	}
	return each(ctx, db, `SELECT digest, point, size, mime, source, key, at, sent FROM installation_photo ORDER BY at, digest`, func(rows *sql.Rows) error {
		var p photo
		var key string
		var at int64
		if err := rows.Scan(&p.Digest, &p.point, &p.Size, &p.MIME, &p.Source, &key, &at, &p.sent); err != nil {
			return err
		}
		p.At = store.FromMs(at)
		b.photos = append(b.photos, p)
		return json.Unmarshal([]byte(key), &b.photos[len(b.photos)-1].Key)
	})
}

func each(ctx context.Context, db *sql.DB, query string, f func(*sql.Rows) error) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // only read
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// sweep removes pictures that no row names.
func (b *Book) sweep() error {
	entries, err := os.ReadDir(b.o.Folder)
	if err != nil {
		return fmt.Errorf("list installation pictures: %w", err)
	}
	named := map[string]bool{}
	for _, p := range b.photos {
		named[filepath.Base(b.path(p.Digest))] = !p.sent
	}
	for _, e := range entries {
		if named[e.Name()] {
			continue
		}
		if err := os.Remove(filepath.Join(b.o.Folder, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("sweep installation pictures: %w", err)
		}
	}
	return nil
}

func (b *Book) path(digest string) string {
	return filepath.Join(b.o.Folder, strings.TrimPrefix(digest, "sha256:"))
}

func (b *Book) point(id string) (profiles.Point, error) {
	for _, p := range b.o.List.Points {
		if p.ID == id {
			return p, nil
		}
	}
	return profiles.Point{}, fmt.Errorf("%w: %q", ErrNoPoint, id)
}

// change runs f in a transaction in which the record has begun and is not signed. Called with mu held.
func (b *Book) change(ctx context.Context, f func(tx *sql.Tx) error) error {
	record, begun := b.record, b.begun
	if record == "" {
		id, err := seal.NewID(b.o.Clock.Now())
		if err != nil {
			return err
		}
		record, begun = id, b.o.Clock.Now()
	}
	err := b.o.DB.Do(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO installation (record, begun_at, revision, signed_at, envelope) VALUES (?, ?, ?, 0, '')
			ON CONFLICT (record) DO UPDATE SET signed_at = 0`, record, store.Ms(begun), b.revision)
		if err != nil {
			return err
		}
		return f(tx)
	})
	if err != nil {
		return kept(fmt.Errorf("keep installation record: %w", err))
	}
	b.record, b.begun, b.signed = record, begun, time.Time{}
	return nil
}

// kept marks errors after which nothing can be written down.
func kept(err error) error {
	if store.Unwritable(err) || errors.Is(err, outbox.ErrFull) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// Leave forgets what is only of this visit; the record stays.
func (b *Book) Leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stop != nil {
		b.stop()
	}
	for d, p := range b.shown {
		clear(p)
		delete(b.shown, d)
	}
	b.said = ""
}
