package backup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tongban/central/kernel/blobs"
)

// unfinished is how long a snapshot without a manifest is left alone: a backup may be at work on it.
const unfinished = 24 * time.Hour

// Keep removes all but the newest n snapshots, and the blobs that no snapshot names any more. It returns how many
// snapshots went. n must be at least 1.
func Keep(ctx context.Context, repo string, n int, now time.Time) (int, error) {
	if n < 1 {
		return 0, errors.New("keep at least one snapshot")
	}
	all, err := List(repo)
	if err != nil {
		return 0, err
	}
	gone := all[:max(len(all)-n, 0)]
	for _, m := range gone {
		dir := filepath.Join(repo, snapshotFolder, m.ID)
		// Without its manifest it is no snapshot any more, whatever stops us afterwards.
		if err := os.Remove(filepath.Join(dir, manifestFile)); err != nil {
			return 0, fmt.Errorf("remove snapshot: %w", err)
		}
		if err := os.RemoveAll(dir); err != nil {
			return 0, fmt.Errorf("remove snapshot: %w", err)
		}
	}
	busy, err := leftovers(repo, now)
	if err != nil || busy || len(gone) == 0 {
		return len(gone), err // a backup at work counts on blobs that no manifest names yet
	}
	return len(gone), sweepBlobs(ctx, repo, all[len(gone):])
}

// leftovers removes what a killed backup left behind, and says whether one may be at work.
func leftovers(repo string, now time.Time) (busy bool, err error) {
	entries, err := os.ReadDir(filepath.Join(repo, snapshotFolder))
	if err != nil {
		return false, fmt.Errorf("list snapshots: %w", err)
	}
	for _, e := range entries {
		dir := filepath.Join(repo, snapshotFolder, e.Name())
		if _, err := os.Stat(filepath.Join(dir, manifestFile)); err == nil {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue
		}
		if info.ModTime().After(now.Add(-unfinished)) {
			busy = true
			continue
		}
		if err := os.RemoveAll(dir); err != nil {
			return busy, fmt.Errorf("remove unfinished snapshot: %w", err)
		}
	}
	return busy, nil
}

func sweepBlobs(ctx context.Context, repo string, kept []Manifest) error {
	named := map[blobs.Digest]bool{}
	for _, m := range kept {
		list, err := m.checkPart(repo, blobsPart) // a damaged list would take blobs away that its snapshot needs
		if err != nil {
			return err
		}
		f, err := os.Open(list) // #nosec G304 -- a part's name is a constant of ours; its SM3 was checked above
		if err != nil {
			return fmt.Errorf("read list of blobs: %w", err)
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			named[blobs.Digest(strings.TrimSpace(lines.Text()))] = true
		}
		if err := errors.Join(lines.Err(), f.Close()); err != nil {
			return fmt.Errorf("read list of blobs: %w", err)
		}
	}
	store, err := blobs.OpenStore(filepath.Join(repo, blobFolder), blobs.Options{})
	if err != nil {
		return err
	}
	var old []blobs.Digest
	err = store.Each(ctx, func(d blobs.Digest, _ int64) error {
		if !named[d] {
			old = append(old, d)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, d := range old {
		if err := store.Remove(ctx, d); err != nil {
			return err
		}
	}
	return nil
}
