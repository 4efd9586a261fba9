package db

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"slices"
	"time"
)

// sqlFile is one open file of a sqlFS.
type sqlFile struct {
	info sqlInfo
	*bytes.Reader
}

func (f *sqlFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *sqlFile) Close() error               { return nil }

// sqlDir is the open root of a sqlFS.
type sqlDir struct {
	s    sqlFS
	read bool
}

func (d *sqlDir) Stat() (fs.FileInfo, error) { return sqlInfo{name: "."}, nil }
func (d *sqlDir) Close() error               { return nil }
func (d *sqlDir) Read([]byte) (int, error)   { return 0, io.EOF }

// ReadDir lists everything at once: there are a handful of files.
func (d *sqlDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if d.read {
		if n > 0 {
			return nil, io.EOF
		}
		return nil, nil
	}
	d.read = true
	var out []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(d.s)) {
		out = append(out, fs.FileInfoToDirEntry(sqlInfo{name, int64(len(d.s[name]))}))
	}
	return out, nil
}

type sqlInfo struct {
	name string
	size int64
}

func (i sqlInfo) Name() string     { return i.name }
func (i sqlInfo) Size() int64      { return i.size }
func (sqlInfo) ModTime() time.Time { return time.Time{} }
func (sqlInfo) Sys() any           { return nil }
func (i sqlInfo) IsDir() bool      { return i.name == "." }

func (i sqlInfo) Mode() fs.FileMode {
	if i.IsDir() {
		return fs.ModeDir | 0o500
	}
	return 0o400
}
