// Package config is what an operator sets on a terminal (终端配置): one strict YAML file, the same keys as environment
// variables TONGBAN_…, and as flags. Later sources win; an unknown key is an error that names it.
package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"tongban/drivers/hal"
	profiles "tongban/firmware-profiles"
)

// Config of one terminal.
type Config struct {
	Data      string            `yaml:"data"`       // folder of database, files and identity
	UIListen  string            `yaml:"ui_listen"`  // loopback address for a browser, "" = only the window
	Centre    string            `yaml:"centre"`     // https://host:port, needed until enrolled
	CA        string            `yaml:"ca"`         // PEM file of the centre's CA, needed until enrolled
	EnrolCode string            `yaml:"enrol_code"` // one-time code
	Model     string            `yaml:"model"`      // file below firmware-profiles/terminals
	Devices   map[string]string `yaml:"devices"`    // kind → address, or profile@address, over what the model says
	Screen    string            `yaml:"screen"`     // of the terminal itself, screen:eDP-1; "" = the first that is connected

	PhotoDecoder string `yaml:"photo_decoder"` // whole path of the program that decodes the photos of identity cards, "" = none

	CCTVUser         string `yaml:"cctv_user"`          // name at the surveillance camera, "" = it asks nobody
	CCTVPasswordFile string `yaml:"cctv_password_file"` // file with its password, readable by the service account only
	CCTVMasks        []Mask `yaml:"cctv_masks"`         // what is black in its pictures: screen and desk of the terminal

	Window   bool   `yaml:"window"`  // open the full-screen window
	Service  string `yaml:"service"` // name of the service on screen and slip
	Helpline string `yaml:"helpline"`
	Speech   string `yaml:"speech"` // program of the speech engine, "" = the terminal says nothing
	Volume   int    `yaml:"volume"` // with which a visit begins, 1 to 5; 0 = muted
	Log      string `yaml:"log"`    // debug, info, warn, error

	Idle      time.Duration `yaml:"idle"`       // without a touch until the warning
	SlowIdle  time.Duration `yaml:"slow_idle"`  // for 长辈版, 坐着操作 and 读给我听
	Countdown time.Duration `yaml:"countdown"`  // from the warning to the wipe
	SlipGrace time.Duration `yaml:"slip_grace"` // how long the slip waits for the receipt
	FreeMB    int64         `yaml:"free_mb"`    // of the disk that must stay free

	CounterListen string   `yaml:"counter_listen"` // counter: loopback address for the console in the browser of this computer
	Consoles      []string `yaml:"consoles"`       // counter: origins of the console, https://host[:port]
	Desk          string   `yaml:"desk"`           // counter: its name on the citizen's screen

	ClockFile string `yaml:"clock_file"` // builds with the tag testhooks only
}

// Mask is a place that nobody sees in the surveillance camera's pictures (遮挡区): left, top, right and bottom as parts of the picture.
type Mask [4]float64

func (m Mask) check() error {
	for _, side := range m {
		if !(side >= 0 && side <= 1) {
			return fmt.Errorf("cctv_masks %v: each side is between 0 and 1", m)
		}
	}
	if m[0] >= m[2] || m[1] >= m[3] {
		return fmt.Errorf("cctv_masks %v: hides nothing; want left, top, right, bottom", m)
	}
	return nil
}

// readMask reads left,top,right,bottom.
func readMask(s string) (m Mask, err error) {
	sides := strings.Split(s, ",")
	if len(sides) != len(m) {
		return m, errors.New("want left,top,right,bottom")
	}
	for i, x := range sides {
		if m[i], err = strconv.ParseFloat(strings.TrimSpace(x), 64); err != nil {
			return m, errors.New("want left,top,right,bottom as parts of the picture, such as 0.55,0.35,0.8,0.7")
		}
	}
	return m, nil
}

// Default is what holds when nothing is said.
func Default() Config {
	return Config{
		Data: "/var/lib/tongban-agent", Model: "kiosk-21", Service: "绵阳政务服务", Helpline: "12345", Speech: "espeak-ng", Volume: 3, Log: "info",
		Idle: 60 * time.Second, SlowIdle: 120 * time.Second, Countdown: 30 * time.Second, SlipGrace: 1200 * time.Millisecond, FreeMB: 200,
		CounterListen: "127.0.0.1:17653",
	}
}

// Load reads all sources; rest are the arguments that are no flags. env is as from os.Environ. flag.ErrHelp means that the
// usage was printed to out.
func Load(args, env []string, out io.Writer) (c Config, rest []string, err error) {
	c = Default()
	file, err := fileName(args, env)
	if err != nil {
		return c, nil, err
	}
	if file != "" {
		text, err := os.ReadFile(file) //nolint:gosec // the operator names it
		if err != nil {
			return c, nil, fmt.Errorf("read config: %w", err)
		}
		if err := yaml.UnmarshalWithOptions(text, &c, yaml.Strict()); err != nil {
			return c, nil, fmt.Errorf("read config %s: %w", file, err)
		}
	}
	fs := flags(&c, out)
	if err := fromEnv(fs, env); err != nil {
		return c, nil, err
	}
	if err := fs.Parse(args); err != nil {
		return c, nil, err
	}
	return c, fs.Args(), c.check()
}

// flags names every key; the environment is applied through them too, so that all sources parse alike.
func flags(c *Config, out io.Writer) *flag.FlagSet {
	fs := flag.NewFlagSet("tongban-agent", flag.ContinueOnError)
	fs.SetOutput(out)
	fs.String("config", "", "YAML `file`")
	fs.StringVar(&c.Data, "data", c.Data, "`folder` of database, files and identity")
	fs.StringVar(&c.UIListen, "ui-listen", c.UIListen, "loopback `address` for a browser")
	fs.StringVar(&c.Centre, "centre", c.Centre, "`URL` of the centre's terminal side")
	fs.StringVar(&c.CA, "ca", c.CA, "PEM `file` of the centre's CA")
	fs.StringVar(&c.EnrolCode, "enrol-code", c.EnrolCode, "one-time `code`")
	fs.StringVar(&c.Model, "model", c.Model, "terminal `model`")
	fs.Func("device", "`kind=address`, such as idcard=serial:/dev/ttyUSB0; may be repeated", func(s string) error {
		kind, address, ok := strings.Cut(s, "=")
		if !ok || address == "" {
			return errors.New("want kind=address")
		}
		c.Devices = maps.Clone(c.Devices)
		if c.Devices == nil {
			c.Devices = map[string]string{}
		}
		c.Devices[kind] = address
		return nil
	})
	fs.StringVar(&c.Screen, "screen", c.Screen, "`address` of the terminal's own screen, such as screen:eDP-1")
	fs.StringVar(&c.PhotoDecoder, "photo-decoder", c.PhotoDecoder, "`program` that decodes the photos of identity cards")
	fs.StringVar(&c.CCTVUser, "cctv-user", c.CCTVUser, "`name` at the surveillance camera")
	fs.StringVar(&c.CCTVPasswordFile, "cctv-password-file", c.CCTVPasswordFile, "`file` with the password of the surveillance camera")
	fs.Func("cctv-mask", "`left,top,right,bottom` of what is black in the surveillance camera's pictures; may be repeated", func(s string) error {
		m, err := readMask(s)
		c.CCTVMasks = append(slices.Clone(c.CCTVMasks), m)
		return err
	})
	fs.BoolVar(&c.Window, "window", c.Window, "open the full-screen window")
	fs.StringVar(&c.Service, "service", c.Service, "`name` of the service")
	fs.StringVar(&c.Helpline, "helpline", c.Helpline, "`number` of the help line")
	fs.StringVar(&c.Speech, "speech", c.Speech, "`program` of the speech engine; empty: nothing is said")
	fs.IntVar(&c.Volume, "volume", c.Volume, "`step` of loudness with which a visit begins, 1 to 5; 0 is muted")
	fs.StringVar(&c.Log, "log", c.Log, "`level`: debug, info, warn, error")
	fs.DurationVar(&c.Idle, "idle", c.Idle, "without a touch until the warning")
	fs.DurationVar(&c.SlowIdle, "slow-idle", c.SlowIdle, "the same for slower citizens")
	fs.DurationVar(&c.Countdown, "countdown", c.Countdown, "from the warning to the wipe")
	fs.DurationVar(&c.SlipGrace, "slip-grace", c.SlipGrace, "how long the slip waits for the centre's receipt")
	fs.Int64Var(&c.FreeMB, "free-mb", c.FreeMB, "`MiB` of the disk that must stay free")
	fs.StringVar(&c.CounterListen, "counter-listen", c.CounterListen, "counter: loopback `address` for the console")
	fs.Func("console", "counter: `origin` of the console, https://host; may be repeated", func(s string) error {
		c.Consoles = append(slices.Clone(c.Consoles), strings.TrimSuffix(s, "/"))
		return nil
	})
	fs.StringVar(&c.Desk, "desk", c.Desk, "counter: `name` on the citizen's screen, such as B-12")
	fs.StringVar(&c.ClockFile, "clock-file", c.ClockFile, "`file` with an offset, test builds only")
	return fs
}

// fileName finds the config file before anything else is read.
func fileName(args, env []string) (string, error) {
	for i, a := range args {
		name, value, has := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if name != "config" || !strings.HasPrefix(a, "-") {
			continue
		}
		if has {
			return value, nil
		}
		if i+1 == len(args) {
			return "", errors.New("--config needs a file")
		}
		return args[i+1], nil
	}
	for _, e := range env {
		if v, ok := strings.CutPrefix(e, "TONGBAN_CONFIG="); ok {
			return v, nil
		}
	}
	return "", nil
}

// fromEnv takes TONGBAN_<KEY>; a list of devices or masks is separated by spaces. Variables of our other programs are not ours.
func fromEnv(fs *flag.FlagSet, env []string) error {
	have := map[string]string{}
	for _, e := range env {
		if k, v, ok := strings.Cut(e, "="); ok {
			have[k] = v
		}
	}
	var errs []error
	fs.VisitAll(func(f *flag.Flag) {
		key := "TONGBAN_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		v, ok := have[key]
		if !ok || f.Name == "config" {
			return
		}
		values := []string{v}
		if f.Name == "device" || f.Name == "cctv-mask" {
			values = strings.Fields(v)
		}
		for _, v := range values {
			if err := fs.Set(f.Name, v); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", key, err))
			}
		}
	})
	return errors.Join(errs...)
}

func (c Config) check() error {
	var errs []error
	kinds := profiles.Kinds()
	for kind := range c.Devices {
		if !slices.Contains(kinds, kind) {
			errs = append(errs, fmt.Errorf("device %q: have %s", kind, strings.Join(kinds, ", ")))
		}
	}
	if _, err := c.OwnScreen(); err != nil {
		errs = append(errs, err)
	}
	if c.PhotoDecoder != "" && !filepath.IsAbs(c.PhotoDecoder) {
		errs = append(errs, fmt.Errorf("photo_decoder %q: want the whole path of a program", c.PhotoDecoder))
	}
	if (c.CCTVUser == "") != (c.CCTVPasswordFile == "") {
		errs = append(errs, errors.New("cctv_user and cctv_password_file go together"))
	}
	if c.CCTVPasswordFile != "" && !filepath.IsAbs(c.CCTVPasswordFile) {
		errs = append(errs, fmt.Errorf("cctv_password_file %q: want the whole path of a file", c.CCTVPasswordFile))
	}
	for _, m := range c.CCTVMasks {
		errs = append(errs, m.check())
	}
	for _, l := range []struct{ key, at string }{{"ui_listen", c.UIListen}, {"counter_listen", c.CounterListen}} {
		if l.at == "" {
			continue
		}
		host, _, err := net.SplitHostPort(l.at)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			errs = append(errs, fmt.Errorf("%s %q: only a loopback address such as 127.0.0.1:0", l.key, l.at))
		}
	}
	for _, o := range c.Consoles {
		if u, err := url.Parse(o); err != nil || u.Host == "" || u.Scheme+"://"+u.Host != o || u.Scheme != "https" && u.Scheme != "http" {
			errs = append(errs, fmt.Errorf("console %q: want its origin, such as https://zwfw.example.cn", o))
		}
	}
	if c.Volume < 0 || c.Volume > 5 {
		errs = append(errs, fmt.Errorf("volume %d: want 0 to 5", c.Volume))
	}
	if c.Idle < 5*time.Second || c.SlowIdle < c.Idle || c.Countdown < 20*time.Second {
		errs = append(errs, errors.New("idle is at least 5s, slow_idle no shorter than idle, countdown at least 20s"))
	}
	if _, err := c.Level(); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// OwnScreen is where the terminal's own screen is looked for; where nothing is said, on the machine, at the first connector in use.
func (c Config) OwnScreen() (hal.Address, error) {
	if c.Screen == "" {
		return hal.Address{Scheme: hal.SchemeScreen}, nil
	}
	a, err := hal.ParseAddress(c.Screen)
	if err != nil || a.Scheme != hal.SchemeScreen {
		return a, fmt.Errorf("screen %q: want a connector such as screen:eDP-1", c.Screen)
	}
	return a, nil
}

// Level is the log level.
func (c Config) Level() (slog.Level, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(c.Log)); err != nil {
		return l, fmt.Errorf("log level %q: have debug, info, warn, error", c.Log)
	}
	return l, nil
}
