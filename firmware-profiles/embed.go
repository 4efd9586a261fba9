// Package profiles is the device and terminal models as data (设备配置): which driver serves a device, with which settings
// and quirks, how it is recognised and what the tender asks of it; and which devices a terminal model has and where they
// sit. A new device of a known protocol is one file here and one tape. The package knows no driver: names and settings are
// checked where drivers are, in drivers/all.
package profiles

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed idcard receipt scanner laser barcode fingerprint passport camera cctv signature display light door speaker terminals
var files embed.FS

// Kinds are the folders with device profiles, in the order of the table.
var kinds = []string{
	"idcard", "receipt", "scanner", "laser", "barcode", "fingerprint", "passport", "camera", "cctv", "signature", "display", "light", "door", "speaker",
}

// Kinds are the kinds of devices that a profile can describe and a terminal can have (设备类别), in the order of the table.
func Kinds() []string { return slices.Clone(kinds) }

// KindName is a kind of device in the words of the counter (设备类别).
func KindName(kind string) string { return kindNames[kind] }

var kindNames = map[string]string{
	"idcard": "身份证阅读器", "receipt": "小票打印机", "scanner": "高拍仪", "laser": "激光打印机", "barcode": "二维码阅读器", "fingerprint": "指纹仪",
	"passport": "护照、通行证阅读器", "camera": "双目摄像头", "cctv": "视频监控仪", "signature": "电子签名板", "display": "第二屏", "light": "补光灯、指示灯",
	"door": "机柜门磁", "speaker": "语音模块",
}

// Set is all profiles.
type Set struct {
	Devices   []Device
	Terminals []Terminal
}

// Load reads the built-in profiles. An error is a broken build: the same files are tested.
func Load() (Set, error) { return LoadFS(files) }

// LoadFS reads profiles from a folder of the same shape, so that a site can try one before it is built in.
func LoadFS(fsys fs.FS) (Set, error) {
	var s Set
	for _, k := range kinds {
		err := each(fsys, k, func(name string, b []byte) error {
			d, err := parseDevice(b)
			if err != nil {
				return err
			}
			if d.Profile != name || d.Kind != k {
				return fmt.Errorf("it calls itself %s/%s", d.Kind, d.Profile)
			}
			s.Devices = append(s.Devices, d)
			return nil
		})
		if err != nil {
			return Set{}, err
		}
	}
	err := each(fsys, "terminals", func(name string, b []byte) error {
		t, err := parseTerminal(b)
		if err != nil {
			return err
		}
		if t.Model != name {
			return fmt.Errorf("it calls itself %s", t.Model)
		}
		s.Terminals = append(s.Terminals, t)
		return nil
	})
	if err != nil {
		return Set{}, err
	}
	return s, s.check()
}

// each calls f with every YAML file of a folder, by its name without the ending.
func each(fsys fs.FS, dir string, f func(name string, b []byte) error) error {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return fmt.Errorf("list profiles: %w", err)
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".yaml")
		if !ok {
			continue
		}
		b, err := fs.ReadFile(fsys, path.Join(dir, e.Name()))
		if err != nil {
			return fmt.Errorf("read profile: %w", err)
		}
		if err := f(name, b); err != nil {
			return fmt.Errorf("profile %s/%s: %w", dir, e.Name(), err)
		}
	}
	return nil
}

// Device returns a device profile by name.
func (s Set) Device(name string) (Device, error) {
	i := slices.IndexFunc(s.Devices, func(d Device) bool { return d.Profile == name })
	if i < 0 {
		return Device{}, fmt.Errorf("no device profile %q, have %s", name, names(s.Devices, func(d Device) string { return d.Profile }))
	}
	return s.Devices[i], nil
}

// Terminal returns a terminal model by name.
func (s Set) Terminal(model string) (Terminal, error) {
	i := slices.IndexFunc(s.Terminals, func(t Terminal) bool { return t.Model == model })
	if i < 0 {
		return Terminal{}, fmt.Errorf("no terminal model %q, have %s", model, names(s.Terminals, func(t Terminal) string { return t.Model }))
	}
	return s.Terminals[i], nil
}

// ByUSB finds the profile of a USB or HID device; a pair belongs to one profile at most.
func (s Set) ByUSB(vid, pid uint16) (Device, bool) {
	for _, d := range s.Devices {
		for _, m := range d.Match {
			if m.pair() == ([2]uint16{vid, pid}) {
				return d, true
			}
		}
	}
	return Device{}, false
}

func names[T any](list []T, name func(T) string) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = name(x)
	}
	return strings.Join(out, ", ")
}
