// Package content keeps the catalogue as the centre last told it (事项快照), on the disk and in memory, so that a terminal that
// starts without a network still offers everything it offered yesterday.
package content

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"tongban/agent/clock"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// maxSnapshot bounds what is read from the centre.
const maxSnapshot = 64 << 20

// Cache is the catalogue of this terminal. It is safe for concurrent use.
type Cache struct {
	file  string
	clock clock.Clock
	log   *slog.Logger

	mu    sync.RWMutex
	snap  *matter.Snapshot
	index *matter.Index // of snap
	etag  string
	board *board // nil while nothing was told
}

// stored is the file: snapshot and its tag together, so that they never belong to two versions.
type stored struct {
	ETag     string          `json:"etag"`
	Snapshot matter.Snapshot `json:"snapshot"`
}

// Open reads what the last run kept in dir; nothing yet, or a damaged file, is an empty catalogue.
func Open(dir string, c clock.Clock, log *slog.Logger) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make content folder: %w", err)
	}
	k := &Cache{file: filepath.Join(dir, "snapshot.json"), clock: c, log: log}
	if err := k.openBoard(); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(k.file)
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	var s stored
	if err := json.Unmarshal(text, &s); err != nil {
		log.Error("kept snapshot is damaged", "err", err)
		return k, nil
	}
	k.snap, k.index, k.etag = &s.Snapshot, matter.NewIndex(s.Snapshot.Items, s.Snapshot.Synonyms), s.ETag
	return k, nil
}

// Snapshot returns the catalogue, or false while there is none. Nobody may change it.
func (c *Cache) Snapshot() (*matter.Snapshot, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.snap, c.snap != nil
}

// Search returns the catalogue with the index of its names, or false while there is none.
func (c *Cache) Search() (*matter.Snapshot, *matter.Index, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.snap, c.index, c.snap != nil
}

// Item finds an item by its code.
func (c *Cache) Item(code string) (matter.Item, bool) {
	s, ok := c.Snapshot()
	if !ok {
		return matter.Item{}, false
	}
	for _, it := range s.Items {
		if it.Code == code {
			return it, true
		}
	}
	return matter.Item{}, false
}

// Refresh asks the centre for a newer catalogue and reports whether there was one. Visits that are under way keep the item
// they started with.
func (c *Cache) Refresh(ctx context.Context, base string, client *http.Client) (bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+wire.PathSnapshot, nil)
	if err != nil {
		return false, fmt.Errorf("make request: %w", err)
	}
	c.mu.RLock()
	if c.etag != "" {
		req.Header.Set("If-None-Match", c.etag)
	}
	c.mu.RUnlock()
	res, err := client.Do(req)
	if err != nil {
		return false, fmt.Errorf("fetch snapshot: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // read whole
	if res.StatusCode == http.StatusNotModified {
		return false, nil
	}
	if res.StatusCode != http.StatusOK {
		return false, fmt.Errorf("fetch snapshot: %s", res.Status)
	}
	s := stored{ETag: res.Header.Get("ETag")}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxSnapshot)).Decode(&s.Snapshot); err != nil {
		return false, fmt.Errorf("decode snapshot: %w", err)
	}
	if len(s.Snapshot.Items) == 0 {
		return false, errors.New("fetch snapshot: it holds no item") // better yesterday's than none
	}
	index := matter.NewIndex(s.Snapshot.Items, s.Snapshot.Synonyms) // made before anybody waits for it
	c.mu.Lock()
	c.snap, c.index, c.etag = &s.Snapshot, index, s.ETag
	c.mu.Unlock()
	return true, c.keep(s)
}

func (c *Cache) keep(s stored) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode snapshot: %w", err)
	}
	return c.replace(c.file, text)
}

// replace writes a file whole or not at all.
func (c *Cache) replace(file string, text []byte) error {
	f, err := os.OpenFile(file+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("keep snapshot: %w", err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("keep snapshot: %w", err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		return fmt.Errorf("keep snapshot: %w", err)
	}
	return nil
}

// Pauses between two questions.
const (
	refreshEvery = 15 * time.Second // nearly always answered by "nothing new"
	retryEvery   = 2 * time.Second  // while there is nothing to offer
)

// Run refreshes until ctx ends: at once, when hurry rings, and every quarter of a minute. changed is called after a new
// catalogue, and after a new bulletin.
func (c *Cache) Run(ctx context.Context, base string, client *http.Client, hurry <-chan struct{}, changed func()) {
	for ctx.Err() == nil {
		fresh, err := c.Refresh(ctx, base, client)
		if err != nil && ctx.Err() == nil {
			c.log.Warn("snapshot was not refreshed", "err", err)
		}
		if fresh {
			s, _ := c.Snapshot()
			c.log.Info("snapshot is new", "version", s.Version, "items", len(s.Items))
			changed()
		}
		told, err := c.RefreshBulletin(ctx, base, client)
		if err != nil && ctx.Err() == nil {
			c.log.Warn("bulletin was not refreshed", "err", err)
		}
		if told {
			changed()
		}
		pause := refreshEvery
		if _, ok := c.Snapshot(); !ok {
			pause = retryEvery
		}
		select {
		case <-ctx.Done():
		case <-hurry:
		case <-c.clock.After(pause):
		}
	}
}
