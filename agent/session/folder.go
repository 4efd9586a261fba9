package session

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tongban/agent/seal"
	"tongban/fleet/wire"
)

// Folder keeps the pictures of one visit (办事期间的图片). They are encrypted before they touch the disk, each under a key
// that exists only in memory: what a power cut leaves behind cannot be opened by anybody.
type Folder struct{ dir string }

// NewFolder makes an empty folder for a visit below root.
func NewFolder(root, visit string) (*Folder, error) {
	if visit == "" || strings.ContainsAny(visit, `/\.`) {
		return nil, errors.New("visit id cannot be a folder name")
	}
	dir := filepath.Join(root, visit)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make visit folder: %w", err)
	}
	return &Folder{dir: dir}, nil
}

// SweepFolders removes what visits left behind that ended in a crash.
func SweepFolders(root string) error {
	entries, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list visit folders: %w", err)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(root, e.Name())); err != nil {
			return fmt.Errorf("sweep visit folder: %w", err)
		}
	}
	return nil
}

// Put encrypts a picture into the folder under name and returns how to open it.
func (f *Folder) Put(name string, plain []byte, mime string) (wire.File, error) {
	meta, text, err := seal.File(plain, mime)
	if err != nil {
		return wire.File{}, err
	}
	if err := write(f.Path(name), text); err != nil {
		return wire.File{}, err
	}
	return meta, nil
}

// Get opens a picture again.
func (f *Folder) Get(name string, meta wire.File) ([]byte, error) {
	text, err := os.ReadFile(f.Path(name))
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	plain, err := wire.Decrypt(text, meta.Key)
	if err != nil {
		return nil, fmt.Errorf("open picture: %w", err)
	}
	return plain, nil
}

// Path is where the ciphertext of a picture lies.
func (f *Folder) Path(name string) string { return filepath.Join(f.dir, filepath.Base(name)) }

// Delete removes one picture.
func (f *Folder) Delete(name string) error {
	if err := os.Remove(f.Path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove picture: %w", err)
	}
	return nil
}

// Empty removes all pictures and keeps the folder.
func (f *Folder) Empty() error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return fmt.Errorf("list pictures: %w", err)
	}
	var errs []error
	for _, e := range entries {
		errs = append(errs, f.Delete(e.Name()))
	}
	return errors.Join(errs...)
}

// Remove removes the folder with all in it.
func (f *Folder) Remove() error {
	if err := os.RemoveAll(f.dir); err != nil {
		return fmt.Errorf("remove visit folder: %w", err)
	}
	return nil
}

// write puts a file on the disk durably: the outbox links to it later and must not find it empty after a power cut.
func write(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // inside the visit's folder
	if err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}
