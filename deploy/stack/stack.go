package stack

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongban/agent/counter"
	"tongban/deploy/sim/cctv"
)

// Config says what to start.
type Config struct {
	Bin       string // folder of the programs
	Dir       string // data, logs and links; made when missing
	Database  string // "" = SQLite below Dir
	Apart     bool   // the broker is a process of its own, so that it can be killed alone
	Fast      bool   // emulated devices answer at once
	Window    bool   // the first terminal opens its real window
	Terminals []Spec
	Guided    bool // the ports that the guides name, where they are free; without it two stacks can start at once
	Bench     bool
	Counter   bool // a window's computer with emulated devices that lends them to the console
	Env       []string
	People    string  // file with card holders for the emulated readers; "" = the built-in ones
	Centre    *Centre // terminals of a centre that runs already; nothing else is started

	// Line, when set, stands between terminals and centre: it is given the centre's address of one listener and returns the
	// one that terminals are told instead.
	Line     func(to string) (told string, err error)
	Register bool   // the contract's 20 kiosks and 30 desktop terminals stand in the register before any is switched on
	Clock    string // offset file of the test clock of the centre, whose testhooks build then runs
}

// Centre is one that somebody else started.
type Centre struct {
	Data  string // a folder with its keys
	Kiosk string // https://host:port for terminals
	CA    string // the fleet's root certificate
}

// Spec is one terminal.
type Spec struct {
	Code, Model, Place, Label string
	Number                    int
	Without                   string // devices it lacks
	UI                        int    // wanted port
}

// Usual is what make demo starts: one all-in-one kiosk and one desktop terminal.
func Usual() []Spec {
	return []Spec{
		{Code: "K-01", Model: "kiosk-21", Place: "涪城区政务服务中心", Label: "3号机", Number: 1, UI: 18101},
		{Code: "D-01", Model: "desk-15", Place: "游仙便民中心", Label: "2号机", Number: 21, Without: "receipt", UI: 18102},
	}
}

// Stack is the running product.
type Stack struct {
	Config
	Central   *Process
	Broker    *Process // nil unless Apart
	Bench     *Process
	SMS       *Process
	Post      *Process
	Province  *Process
	Queue     *Process
	City      *Process
	Terminals []*Terminal
	Desk      *Counter // nil unless Config.Counter

	Web, Kiosk, Admin, BenchURL string
	SMSURL                      string // the emulated short-message gateway and its inbox
	PostURL                     string // the emulated post
	ProvinceURL                 string // the emulated provincial account system
	ExchangeURL                 string // the six emulated provincial systems behind the exchange
	QueueURL                    string // the emulated queue machine
	OneThingURL, EstateURL      string // the emulated neighbours
	CannotURL                   string
	LicencesURL, BrainURL       string
	PlatformURL                 string
	IMianyangURL, TianfuURL     string // the emulated online channels
	InquiryURL                  string // the emulated inquiry machine
	Secrets                     string // file with the first-start passwords
	ca                          string
	ports                       map[string]int // taken, by name
	kioskTold                   string         // host:port, with a Line
}

// Terminal is one running terminal with its emulated devices.
type Terminal struct {
	Spec
	Devices *Process
	Agent   *Process
	Data    string // the agent's folder
	Control string // URL of the emulators' control port
	UI      string // URL of the screen, with its token
}

type centralReady struct {
	Web   string `json:"web"`
	Kiosk string `json:"kiosk"`
	Admin string `json:"admin"`
}

// Start brings everything up; on an error what was started is stopped.
func Start(ctx context.Context, c Config) (*Stack, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("resolve folder: %w", err)
	}
	c.Dir = dir
	s := &Stack{Config: c, Secrets: filepath.Join(dir, "central", "first-start.txt")}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Stack) start(ctx context.Context) error {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if err := s.loadPorts(); err != nil {
		return err
	}
	if s.Config.Centre != nil {
		s.Kiosk, s.ca = s.Config.Centre.Kiosk, s.Config.Centre.CA
	} else if err := s.startCentral(ctx); err != nil {
		return err
	}
	if s.Config.Counter {
		if err := s.startCounter(ctx); err != nil {
			return err
		}
	}
	for _, spec := range s.Config.Terminals {
		if err := s.startTerminal(ctx, spec); err != nil {
			return err
		}
	}
	if s.Config.Bench {
		if err := s.startBench(ctx); err != nil {
			return err
		}
	}
	return s.savePorts()
}

func (s *Stack) central(args ...string) []string {
	program := filepath.Join(s.Bin, "tongban-central")
	if s.Clock != "" {
		program = filepath.Join(s.Bin, "test", "tongban-central")
	}
	a := append([]string{program}, args...)
	data := filepath.Join(s.Dir, "central")
	if s.Config.Centre != nil {
		data = s.Config.Centre.Data
	}
	a = append(a, "--data", data)
	if s.Database != "" {
		a = append(a, "--database", s.Database)
	}
	if s.Clock != "" {
		a = append(a, "--clock-file", s.Clock)
	}
	return a
}

func (s *Stack) startCentral(ctx context.Context) error {
	mqtt, nats := s.port("mqtt", 18883), s.port("nats", 14222)
	web, kiosk, admin := s.port("web", 18080), s.port("kiosk", 18443), s.port("admin", 18081)
	base := []string{"--listen-mqtt", at(mqtt), "--listen-nats", at(nats)}
	out, err := s.run(ctx, s.central("init"))
	if err != nil {
		return err
	}
	var made struct{ CA string }
	if err := json.Unmarshal(out, &made); err != nil {
		return fmt.Errorf("decode answer of init: %w", err)
	}
	s.ca = made.CA
	if s.Apart {
		s.Broker = s.process("broker", append(s.central("broker"), base...))
		if err := s.Broker.Start(ctx, 30*time.Second, nil); err != nil {
			return err
		}
		base = []string{"--broker-url", "nats://" + at(nats), "--broker-tell", "ssl://" + at(mqtt)}
	}
	args := append(s.central("serve"), base...)
	args = append(args, "--listen-web", at(web), "--listen-kiosk", at(kiosk), "--listen-admin", at(admin), "--public-url", "http://"+at(web))
	if s.Config.Counter {
		args = append(args, "--counter", "http://"+at(s.port("counter", counter.DefaultPort)))
	}
	if s.Line != nil {
		line, err := s.Line(at(mqtt))
		if err != nil {
			return err
		}
		if s.kioskTold, err = s.Line(at(kiosk)); err != nil {
			return err
		}
		args = append(args, "--broker-tell", "ssl://"+line, "--kiosk-url", "https://"+s.kioskTold)
	}
	sms, err := s.startSMS(ctx)
	if err != nil {
		return err
	}
	province, err := s.startProvince(ctx, "http://"+at(web))
	if err != nil {
		return err
	}
	queue, err := s.startQueue(ctx, "http://"+at(web))
	if err != nil {
		return err
	}
	args = append(args, queue...)
	post, err := s.startPost(ctx)
	if err != nil {
		return err
	}
	args = append(args, post...)
	city, err := s.startCity(ctx, "http://"+at(web))
	if err != nil {
		return err
	}
	args = append(args, city...)
	s.Central = s.process("central", append(append(args, sms...), province...))
	var r centralReady
	if err := s.Central.Start(ctx, 60*time.Second, &r); err != nil {
		return err
	}
	s.Web, s.Kiosk, s.Admin = r.Web, r.Kiosk, r.Admin
	if s.kioskTold != "" {
		s.Kiosk = "https://" + s.kioskTold
	}
	if s.Register {
		return s.register(ctx)
	}
	return nil
}

func (s *Stack) startTerminal(ctx context.Context, spec Spec) error {
	dir := filepath.Join(s.Dir, strings.ToLower(spec.Code))
	t := &Terminal{Spec: spec, Data: filepath.Join(dir, "agent")}
	s.Terminals = append(s.Terminals, t)

	args := []string{filepath.Join(s.Bin, "tongban-sim"), "terminal", "--name", spec.Code, "--dir", filepath.Join(dir, "devices"), "--with", "machine,face,cctv,fingerprint,passport"}
	watch, err := surveillance(dir)
	if err != nil {
		return err
	}
	args = append(args, watch...)
	if spec.Without != "" {
		args = append(args, "--without", spec.Without)
	}
	if s.Fast {
		args = append(args, "--line-speed=false", "--select", "1ms", "--read", "5ms", "--print-speed", "0")
	}
	if s.People != "" {
		args = append(args, "--people", s.People)
	}
	t.Devices = s.process(spec.Code+"-devices", args)
	var dev struct{ Control, IDCard, Receipt, Camera, Machine, Face, CCTV, Fingerprint, Passport string }
	if err := t.Devices.Start(ctx, 20*time.Second, &dev); err != nil {
		return err
	}
	t.Control = dev.Control

	out, err := s.run(ctx, append(s.central("enrol"), "--terminal", spec.Code, "--model", spec.Model, "--place", spec.Place,
		"--label", spec.Label, "--number", strconv.Itoa(spec.Number), "--region", "510703"))
	if err != nil {
		return err
	}
	var enrol struct{ Code string }
	if err := json.Unmarshal(out, &enrol); err != nil {
		return fmt.Errorf("decode enrolment of %s: %w", spec.Code, err)
	}
	args = []string{
		filepath.Join(s.Bin, "tongban-agent"), "--data", t.Data, "--ui-listen", at(s.port(spec.Code, spec.UI)), "--centre", s.Kiosk,
		"--ca", s.ca, "--enrol-code", enrol.Code, "--model", spec.Model,
	}
	if spec.Model == "desk-15" {
		dev.CCTV, dev.Passport = "", "" // the tender wants them in the kiosk only
	} else {
		dev.Passport = "tcp:" + dev.Passport
		m := cctv.Screen
		args = append(append(args, watch...), "--cctv-mask", fmt.Sprintf("%g,%g,%g,%g", m[0], m[1], m[2], m[3]))
	}
	for kind, where := range map[string]string{
		"idcard": serial(dev.IDCard), "receipt": serial(dev.Receipt), "scanner": dev.Camera, "speaker": "sound:default?root=" + dev.Machine,
		"camera": "tcp:" + dev.Face, "cctv": dev.CCTV, "fingerprint": serial(dev.Fingerprint), "passport": dev.Passport,
	} {
		if where != "" {
			args = append(args, "--device", kind+"="+where)
		}
	}
	// The desktop terminal has its panel built in; the kiosk's hangs at a cable and tells nothing of itself.
	args = append(args, "--screen", map[bool]string{true: "screen:eDP-1?root=", false: "screen:DP-1?root="}[spec.Model == "desk-15"]+dev.Machine)
	if s.Config.Window && len(s.Terminals) == 1 {
		args = append(args, "--window")
	}
	t.Agent = s.process(spec.Code+"-agent", args)
	// The player of the emulated sound card stands before the machine's own, so that no program of a test is heard.
	t.Agent.Env = append(slices.Clone(s.Env), "PATH="+filepath.Join(dev.Machine, "sim")+string(os.PathListSeparator)+os.Getenv("PATH"))
	return t.StartAgent(ctx)
}

// surveillance makes the password that the emulated surveillance camera and the terminal's program share, as flags of both.
func surveillance(dir string) ([]string, error) {
	file := filepath.Join(dir, "cctv-password")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	if err := os.WriteFile(file, []byte(rand.Text()+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("keep password: %w", err)
	}
	return []string{"--cctv-user", "tongban", "--cctv-password-file", file}, nil
}

// StartAgent starts the terminal's program, the first time or after a kill.
func (t *Terminal) StartAgent(ctx context.Context) error {
	var r struct{ UI string }
	if err := t.Agent.Start(ctx, 30*time.Second, &r); err != nil {
		return err
	}
	t.UI = r.UI
	return nil
}

func (s *Stack) startBench(ctx context.Context) error {
	args := []string{filepath.Join(s.Bin, "tongban-sim"), "bench", "--listen", at(s.port("bench", 18090))}
	for _, t := range s.Terminals {
		args = append(args, "--terminal", t.Code+"="+t.Control+",screen="+t.UI)
	}
	if s.Desk != nil {
		args = append(args, "--terminal", s.Desk.Name+"="+s.Desk.Control+",screen="+s.Desk.Pad)
	}
	s.Bench = s.process("bench", args)
	var r struct{ Bench string }
	if err := s.Bench.Start(ctx, 20*time.Second, &r); err != nil {
		return err
	}
	s.BenchURL = r.Bench
	return nil
}

// Stop ends everything, terminals first.
func (s *Stack) Stop() error {
	var errs []error
	all := []*Process{s.Bench}
	for _, t := range s.Terminals {
		all = append(all, t.Agent, t.Devices)
	}
	if s.Desk != nil {
		all = append(all, s.Desk.Agent, s.Desk.Devices)
	}
	for _, p := range append(all, s.Central, s.Broker, s.SMS, s.Post, s.Province, s.Queue, s.City) {
		if p != nil {
			errs = append(errs, p.Stop())
		}
	}
	return errors.Join(errs...)
}

func (s *Stack) process(name string, args []string) *Process {
	return &Process{Name: name, Args: args, Env: s.Env, Log: filepath.Join(s.Dir, "logs", name+".log")}
}

// run runs a program to its end and returns its stdout.
func (s *Stack) run(ctx context.Context, args []string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // our own programs
	cmd.Env = environ(s.Env)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return nil, fmt.Errorf("%s: %w: %s", strings.Join(args[:2], " "), err, strings.TrimSpace(string(exit.Stderr)))
		}
		return nil, fmt.Errorf("%s: %w", args[0], err)
	}
	return out, nil
}

func serial(path string) string {
	if path == "" {
		return ""
	}
	return "serial:" + path
}
