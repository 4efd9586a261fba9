package wire

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/creack/pty"
)

// PTY makes a port on a pseudo terminal. link, when given, is a symbolic link that always leads to the current
// slave, so that the path survives a restart and a re-plug.
func PTY(link string) *Port {
	return &Port{kind: "pty", open: func() (carrier, error) { return openPTY(link) }}
}

type ptyLine struct {
	master, slave *os.File
	link, name    string
}

func openPTY(link string) (carrier, error) {
	master, slave, err := pty.Open()
	if err != nil {
		return nil, fmt.Errorf("open pty: %w", err)
	}
	l := &ptyLine{master: master, slave: slave, link: link, name: slave.Name()}
	if err := makeRaw(slave); err != nil {
		_ = l.close()
		return nil, fmt.Errorf("set pty raw: %w", err)
	}
	if l.master, err = pollable(master); err != nil {
		_, _ = master.Close(), slave.Close()
		return nil, fmt.Errorf("open pty: %w", err)
	}
	if link == "" {
		return l, nil
	}
	if err := relink(l.name, link); err != nil {
		_ = l.close()
		return nil, err
	}
	return l, nil
}

// relink replaces whatever link leads elsewhere, but never a real file that somebody keeps under that name.
func relink(target, link string) error {
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		return fmt.Errorf("make folder of link: %w", err)
	}
	if fi, err := os.Lstat(link); err == nil && fi.Mode()&os.ModeSymlink == 0 {
		return fmt.Errorf("link %s: a real file stands there", link)
	}
	next := link + ".next"
	_ = os.Remove(next)
	if err := os.Symlink(target, next); err != nil {
		return fmt.Errorf("link pty: %w", err)
	}
	if err := os.Rename(next, link); err != nil {
		return fmt.Errorf("link pty: %w", err)
	}
	return nil
}

func (l *ptyLine) serve(h Handler) { h(l.master) }

func (l *ptyLine) path() string {
	if l.link != "" {
		return l.link
	}
	return l.name
}

func (l *ptyLine) close() error {
	if l.link != "" {
		if to, err := os.Readlink(l.link); err == nil && to == l.name {
			_ = os.Remove(l.link)
		}
	}
	_ = l.slave.Close()
	return l.master.Close()
}
