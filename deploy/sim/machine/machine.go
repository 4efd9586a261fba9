// Package machine emulates what the kernel tells of a machine's own parts (仿真整机部件): its sound cards and the connectors of its graphics
// card, as the files below /proc and /sys, and a player that keeps what it plays.
package machine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

// Machine is a folder that looks like the root of a machine.
type Machine struct {
	dir string

	mu       sync.Mutex
	monitors map[string]*Monitor // by the node of their wires
}

// New makes a machine without any part in an empty folder.
func New(dir string) (*Machine, error) {
	m := &Machine{dir: dir}
	for _, d := range []string{"proc/asound", "sys/class/drm", "sim"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return nil, fmt.Errorf("make machine: %w", err)
		}
	}
	return m, errors.Join(m.Card(false), m.Player("ok"), m.put("sim/aplay", strings.ReplaceAll(player, "DIR", dir), 0o755))
}

// Root is the folder, for addresses: "screen:HDMI-A-1?root=…".
func (m *Machine) Root() string { return m.dir }

// put replaces a file at once: who reads it sees the old or the new. Nobody may start a program meanwhile: its child would hold the
// player open for writing for a moment, in which it cannot be run.
func (m *Machine) put(name, text string, mode fs.FileMode) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	path := filepath.Join(m.dir, name)
	if err := os.WriteFile(path+".next", []byte(text), mode); err != nil {
		return err
	}
	return os.Rename(path+".next", path)
}

// Card plugs a sound card in or pulls it out.
func (m *Machine) Card(in bool) error {
	text := "--- no soundcards ---\n"
	if in {
		text = " 0 [Device         ]: USB-Audio - USB Audio Device\n                      Sample USB Audio Device at usb-1, full speed\n"
	}
	return m.put("proc/asound/cards", text, 0o644)
}

// Aplay is the player's path.
func (m *Machine) Aplay() string { return filepath.Join(m.dir, "sim/aplay") }

// Player says how the player behaves: ok, slow (half a second late), hang, fail, busy.
func (m *Machine) Player(mode string) error { return m.put("sim/mode", mode+"\n", 0o644) }

// Played is the last sound that was played to its end, a whole WAV, and nil before.
func (m *Machine) Played() ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(m.dir, "sim/played.wav"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// player takes the place of aplay: it wants the same words, and its card may be pulled out while it plays.
const player = `#!/bin/sh
[ "$1" = -q ] && [ "$2" = -D ] && [ -n "$3" ] && [ "$4" = - ] || { echo "aplay: wrong words: $*" >&2; exit 2; }
case $(cat DIR/sim/mode) in
  hang) exec sleep 60 ;;
  fail) cat >/dev/null; echo "aplay: pcm_write:2127: write error: Input/output error" >&2; exit 1 ;;
  busy) echo "aplay: main:831: audio open error: Device or resource busy" >&2; exit 1 ;;
  slow) sleep 0.5 ;;
esac
cat >DIR/sim/played.next
grep -q '\]:' DIR/proc/asound/cards || { echo "aplay: pcm_write:2127: write error: No such device" >&2; exit 1; }
mv DIR/sim/played.next DIR/sim/played.wav
`
