package content

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tongban/agent/clock"
	"tongban/fleet/wire"
)

// maxBulletin bounds what is read from the centre: 400 entries of 2000 characters take a third of it.
const maxBulletin = 8 << 20

// boardForm is what this program keeps of a bulletin. What a program of another form kept is shown, and asked for anew: it may lack what
// that one did not know.
const boardForm = 2

// board is the bulletin as the centre last told it (资讯和便民服务), with when that was.
type board struct {
	Form     int           `json:"form"`
	ETag     string        `json:"etag"`
	At       time.Time     `json:"at"`
	Bulletin wire.Bulletin `json:"bulletin"`
}

// Bulletin returns what was last told and when, without the entries whose last day is over by this terminal's own clock: they go at
// midnight, network or none. It is false while nothing was told.
func (c *Cache) Bulletin() (wire.Bulletin, time.Time, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.board == nil {
		return wire.Bulletin{}, time.Time{}, false
	}
	today := c.clock.Now().In(clock.Shanghai).Format(time.DateOnly)
	b := c.board.Bulletin
	b.Entries = slices.DeleteFunc(slices.Clone(b.Entries), func(e wire.BulletinEntry) bool { return e.Ended(today) })
	return b, c.board.At, true
}

func (c *Cache) boardFile() string { return filepath.Join(filepath.Dir(c.file), "bulletin.json") }

// openBoard reads what the last run kept; a damaged file is an empty bulletin.
func (c *Cache) openBoard() error {
	text, err := os.ReadFile(c.boardFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read bulletin: %w", err)
	}
	var b board
	if err := json.Unmarshal(text, &b); err != nil {
		c.log.Error("kept bulletin is damaged", "err", err)
		return nil
	}
	c.board = &b
	return nil
}

// RefreshBulletin asks the centre for a newer bulletin and reports whether there was one. Without an answer, what was told last stays.
func (c *Cache) RefreshBulletin(ctx context.Context, base string, client *http.Client) (bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+wire.PathBulletin, nil)
	if err != nil {
		return false, fmt.Errorf("make request: %w", err)
	}
	next := board{Form: boardForm, At: c.clock.Now()}
	c.mu.RLock()
	if c.board != nil && c.board.Form == boardForm {
		req.Header.Set("If-None-Match", c.board.ETag)
		next.ETag, next.Bulletin = c.board.ETag, c.board.Bulletin
	}
	c.mu.RUnlock()
	res, err := client.Do(req)
	if err != nil {
		return false, fmt.Errorf("fetch bulletin: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // read whole
	switch res.StatusCode {
	case http.StatusNotModified:
	case http.StatusOK:
		next.ETag, next.Bulletin = res.Header.Get("ETag"), wire.Bulletin{}
		if err := json.NewDecoder(io.LimitReader(res.Body, maxBulletin)).Decode(&next.Bulletin); err != nil {
			return false, fmt.Errorf("decode bulletin: %w", err)
		}
	default:
		return false, fmt.Errorf("fetch bulletin: %s", res.Status)
	}
	c.mu.Lock()
	c.board = &next
	c.mu.Unlock()
	if res.StatusCode == http.StatusNotModified {
		return false, nil // when it was confirmed is not worth a write every minute
	}
	text, err := json.Marshal(next)
	if err != nil {
		return true, fmt.Errorf("encode bulletin: %w", err)
	}
	return true, c.replace(c.boardFile(), text)
}
