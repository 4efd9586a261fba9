package backup

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// largest bounds a file of the data folder that is neither database nor blob: nothing of ours is larger.
const largest = 64 << 20

// folderFiles are the small files of a data folder, relative to it.
type folderFiles struct{ keys, rest []string }

// left out: what has its own part in a backup, what makes itself anew, and what must not live longer than its day.
func leftOut(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	switch {
	case first == "blobs", first == "backups", path == "fleet/broker", strings.HasPrefix(first, "tmp"), path == "traces":
		return true
	case strings.HasPrefix(path, "tongban.db"), path == "first-start.txt", strings.HasSuffix(path, ".lock"), strings.HasSuffix(path, ".new"):
		return true
	}
	return false
}

// secret says whether a file belongs to the keys. Who adds a key file to the data folder names it so.
func secret(path string) bool {
	base := strings.ToLower(filepath.Base(path))
	return strings.HasPrefix(path, "fleet/keys/") || strings.Contains(base, "key") || strings.Contains(base, "secret") ||
		strings.HasSuffix(base, ".pem") || strings.HasSuffix(base, ".token")
}

func dataFiles(data string) (folderFiles, error) {
	var out folderFiles
	err := filepath.WalkDir(data, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // gone while we looked
			}
			return err
		}
		rel, err := filepath.Rel(data, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case rel == ".":
		case leftOut(rel) && d.IsDir():
			return fs.SkipDir
		case leftOut(rel), !d.Type().IsRegular():
		case secret(rel):
			out.keys = append(out.keys, rel)
		default:
			out.rest = append(out.rest, rel)
		}
		return nil
	})
	if err != nil {
		return out, fmt.Errorf("list data folder: %w", err)
	}
	return out, nil
}

// pack writes files below root as a tar.
func pack(w io.Writer, root string, files []string) error {
	t := tar.NewWriter(w)
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(root, f)) // #nosec G304 -- a regular file that was found below the centre's own folder
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("pack files: %w", err)
		}
		if len(text) > largest {
			return fmt.Errorf("pack files: %s is larger than %d bytes", f, largest)
		}
		if err := t.WriteHeader(&tar.Header{Name: f, Mode: 0o600, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			return fmt.Errorf("pack files: %w", err)
		}
		if _, err := t.Write(text); err != nil {
			return fmt.Errorf("pack files: %w", err)
		}
	}
	if err := t.Close(); err != nil {
		return fmt.Errorf("pack files: %w", err)
	}
	return nil
}

// unpack writes a tar below root, for its owner alone, and nothing outside.
func unpack(r io.Reader, root string) error {
	t := tar.NewReader(r)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			_, err := io.Copy(io.Discard, r) // to the proven end
			return err
		}
		if err != nil {
			return fmt.Errorf("unpack files: %w", err)
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(h.Name) || h.Size > largest {
			return fmt.Errorf("unpack files: %q is not acceptable", h.Name)
		}
		text, err := io.ReadAll(io.LimitReader(t, largest))
		if err != nil {
			return fmt.Errorf("unpack files: %w", err)
		}
		to := filepath.Join(root, filepath.FromSlash(h.Name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return fmt.Errorf("unpack files: %w", err)
		}
		if err := writeWhole(to, text); err != nil {
			return err
		}
	}
}

// writeWhole puts the whole file in place, for its owner alone, or none of it.
func writeWhole(path string, text []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) // #nosec G304 -- a name of ours, or one that unpack found to be local (filepath.IsLocal)
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	f, err := os.Open(dir) // #nosec G304 -- the folder of a file that was written just now
	if err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}
