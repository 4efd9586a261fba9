package profiles

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func load(t *testing.T) Set {
	t.Helper()
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestReadmeIsCurrent(t *testing.T) {
	got, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(load(t).Readme(), string(got)); diff != "" {
		t.Errorf("run: go run ./firmware-profiles/cmd/table (-want +got):\n%s", diff)
	}
}

func TestTapesAreThere(t *testing.T) {
	for _, d := range load(t).Devices {
		if !d.Served() || d.lineless() {
			continue
		}
		if _, err := os.Stat(d.Tape); err != nil {
			t.Errorf("%s: %v", d.Profile, err)
		}
	}
}

func TestTerminals(t *testing.T) {
	s := load(t)
	kiosk, err := s.Terminal("kiosk-21")
	if err != nil {
		t.Fatal(err)
	}
	desk, err := s.Terminal("desk-15")
	if err != nil {
		t.Fatal(err)
	}
	if !kiosk.Panel.Portrait() || desk.Panel.Portrait() {
		t.Error("the kiosk stands upright, the desktop terminal does not")
	}
	if k, d := kiosk.Panel.Scale(), desk.Panel.Scale(); k != 1 || d < 1.19 || d > 1.20 {
		t.Errorf("scales %.3f %.3f", k, d)
	}
	if kiosk.Positions()["idcard"] != "屏幕右下方" || kiosk.Positions()["receipt"] != "屏幕左下方出口" {
		t.Errorf("positions %v", kiosk.Positions())
	}
	if _, ok := desk.Place("receipt"); ok {
		t.Error("the desktop terminal has no printer")
	}
	if _, err := s.Terminal("kiosk-99"); err == nil || !strings.Contains(err.Error(), "kiosk-21") {
		t.Errorf("an unknown model: %v", err)
	}
	if _, err := s.Device("nothing"); err == nil || !strings.Contains(err.Error(), "ga450") {
		t.Errorf("an unknown device: %v", err)
	}
}

func TestAddress(t *testing.T) {
	d, err := load(t).Device("ga450")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"/dev/ttyUSB0":                  "serial:/dev/ttyUSB0?baud=115200&frame=8N1",
		"serial:/dev/ttyUSB0":           "serial:/dev/ttyUSB0?baud=115200&frame=8N1",
		"serial:/dev/ttyUSB0?baud=9600": "serial:/dev/ttyUSB0?baud=9600",
		"serial:0403:6001?path=1-1.2":   "serial:0403:6001?path=1-1.2&baud=115200&frame=8N1",
		"tcp:10.0.0.7:5000":             "tcp:10.0.0.7:5000",
		"tape:x.tape":                   "tape:x.tape",
		"usb:0400:c35a?path=1-2":        "usb:0400:c35a?path=1-2",
		"hid:0400:c35a":                 "hid:0400:c35a",
		"usage:000d:0002":               "usage:000d:0002",
		"pcsc:ACS ACR122U":              "pcsc:ACS ACR122U",
	} {
		if got := d.Address(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestReportsAddress(t *testing.T) {
	d, ok := load(t).ByUSB(0x05e0, 0x1300)
	if !ok || d.Profile != "hid-pos" {
		t.Fatalf("by usb: %v %v", d.Profile, ok)
	}
	for in, want := range map[string]string{
		"hid:05e0:1300": "hid:05e0:1300?as=reports", "hid:05e0:1300?path=1-4": "hid:05e0:1300?path=1-4&as=reports", "hid:05e0:1300?as=reports": "hid:05e0:1300?as=reports",
	} {
		if got := d.Address(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestThresholds(t *testing.T) {
	d, err := load(t).Device("ga450")
	if err != nil {
		t.Fatal(err)
	}
	b, ok := d.Bound("read_time")
	if !ok || !b.Met(560) || b.Met(1001) {
		t.Errorf("read time %v %v", b, ok)
	}
	if got, ok := load(t).ByUSB(0x0400, 0xc35a); !ok || got.Profile != "ga450" {
		t.Errorf("by usb: %v %v", got.Profile, ok)
	}
}

// Every file keeps the schema, and the schema knows the fields that the program knows, no more and no fewer.
func TestSchema(t *testing.T) {
	for file, want := range map[string]struct {
		typ  reflect.Type
		dirs []string
	}{
		"schema.json":          {reflect.TypeFor[Device](), kinds},
		"schema-terminal.json": {reflect.TypeFor[Terminal](), []string{"terminals"}},
	} {
		schema, doc := compile(t, file)
		props := doc["properties"].(map[string]any)
		if diff := cmp.Diff(tags(want.typ), slices.Sorted(maps.Keys(props))); diff != "" {
			t.Errorf("%s (-program +schema):\n%s", file, diff)
		}
		for _, dir := range want.dirs {
			err := each(files, dir, func(name string, b []byte) error {
				j, err := yaml.YAMLToJSON(b)
				if err != nil {
					return err
				}
				v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(j)))
				if err != nil {
					return err
				}
				return schema.Validate(v)
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
}

func compile(t *testing.T, file string) (*jsonschema.Schema, map[string]any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(file, v); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return s, doc
}

func tags(typ reflect.Type) []string {
	var out []string
	for f := range typ.Fields() {
		out = append(out, f.Tag.Get("yaml"))
	}
	slices.Sort(out)
	return out
}

// What is wrong with a profile is found when it is loaded, and the message names the file.
func TestMistakesAreFound(t *testing.T) {
	base := fstest.MapFS{}
	err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, p)
		base[p] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, old, new, want string }{
		"unknown field":      {"idcard/ga450.yaml", "quirks: []", "quirk: []", "ga450.yaml"},
		"twice":              {"idcard/ga450.yaml", "quirks: []", "quirks: []\nquirks: []", "ga450.yaml"},
		"other name":         {"idcard/ga450.yaml", "profile: ga450", "profile: ga451", "calls itself"},
		"driver":             {"idcard/ga450.yaml", "driver: idcard/sdt", "driver: receipt/escpos", "not of this kind"},
		"no tape":            {"idcard/ga450.yaml", "tape: testdata/ga450.tape", "tape: \"\"", "tape is missing"},
		"two in one match":   {"receipt/escpos-58.yaml", "- tcp: {port: 9100}", "- tcp: {port: 9100}\n    http: {path: /}", "exactly one"},
		"no bound":           {"receipt/escpos-58.yaml", "at_least: 58, ", "", "exactly one bound"},
		"usb pair twice":     {"receipt/escpos-58.yaml", "- tcp: {port: 9100}", "- usb: {vid: 0x0400, pid: 0xc35a}", "0400:c35a"},
		"unknown source":     {"idcard/ga450.yaml", "source: reported", "source: hearsay", "source is none"},
		"driver and none":    {"scanner/escl-flatbed.yaml", "params: {}", "params: {}\ntape: testdata/ga450.tape", "without a driver"},
		"bound twice":        {"terminals/desk-15.yaml", "property: cache", "property: cores", "cores stands twice"},
		"part of no clause":  {"terminals/desk-15.yaml", "clause: 政务服务桌面自助终端 3）高拍仪}", "clause: \"\"}", "names no clause"},
		"part of no profile": {"terminals/desk-15.yaml", "profile: escl-camera-desk", "profile: escl-camera-none", "escl-camera-none"},
		"no such profile":    {"terminals/desk-15.yaml", "profile: ga450", "profile: ga999", "ga999"},
		"wrong kind":         {"terminals/desk-15.yaml", "profile: ga450", "profile: escpos-58", "no idcard profile"},
		"outside":            {"terminals/desk-15.yaml", "x: 0.66", "x: 0.96", "outside"},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := maps.Clone(base)
			src := string(base[c.file].Data)
			if !strings.Contains(src, c.old) {
				t.Fatalf("%s does not contain %q", c.file, c.old)
			}
			fsys[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(src, c.old, c.new, 1))}
			if _, err := LoadFS(fsys); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("load: %v, want %q", err, c.want)
			}
		})
	}
}
