// Package rig puts the emulated devices of one terminal together (仿真终端): lines, byte stream, control port, all in
// one process.
package rig

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"tongban/deploy/sim/barcode"
	"tongban/deploy/sim/camera"
	"tongban/deploy/sim/cctv"
	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fingerprint"
	"tongban/deploy/sim/idcard"
	"tongban/deploy/sim/laser"
	"tongban/deploy/sim/machine"
	"tongban/deploy/sim/mrz"
	"tongban/deploy/sim/passport"
	"tongban/deploy/sim/receipt"
	"tongban/deploy/sim/relay"
	"tongban/deploy/sim/signature"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/usb"
	"tongban/deploy/sim/video"
	"tongban/deploy/sim/wire"
)

// Kinds are the devices that every terminal has.
var Kinds = []string{idcard.Kind, receipt.Kind, camera.Kind}

// All are the devices there are: Kinds, and those that a terminal has when it is asked for.
var All = slices.Concat(Kinds, []string{laser.Kind, barcode.Kind, fingerprint.Kind, passport.Kind, mrz.Kind, signature.Kind, relay.Kind, machine.Kind, video.Kind, cctv.Kind})

// Config says what a terminal has and where it is reached. Empty links leave the bare pty path, an empty TCP address
// leaves the TCP port away.
type Config struct {
	Name    string
	Kinds   []string
	Control string // loopback address, default 127.0.0.1:0

	IDCard     idcard.Config
	IDCardLink string
	IDCardTCP  string

	Receipt     receipt.Config
	ReceiptLink string
	ReceiptTCP  string

	Bus       usb.Sockets // where the devices are plugged in that are on USB
	IDCardUSB string      // layout of the reader on USB, empty for none
	PrintUSB  bool        // the receipt printer is on USB
	ScanUSB   string      // the code reader on USB: a kind of barcode.USB, empty for none

	NoPTY  bool // TCP only
	Camera camera.Config
	Laser  laser.Config

	LaserTCP  string // raw line of the page printer, on which it speaks PJL; empty for none
	LaserLink string // the same as a pty; empty for none
	LaserUSB  bool   // the same as the USB printer class

	Barcode     barcode.Config
	BarcodeLink string
	BarcodeTCP  string

	Fingerprint     fingerprint.Config
	FingerprintLink string
	FingerprintTCP  string

	Passport    passport.Config
	PassportTCP string // loopback address of the messages of the reader's USB class, default 127.0.0.1:0

	MRZ     mrz.Config
	MRZLink string
	MRZTCP  string

	Relay     relay.Config
	RelayLink string
	RelayTCP  string

	FaceTCP string // loopback address of the camera that looks at the citizen, default 127.0.0.1:0

	CCTVTCP                string // loopback address of the surveillance camera, default 127.0.0.1:0
	CCTVUser, CCTVPassword string // what the surveillance camera asks for; empty: nothing

	MachineDir string // root of the machine whose sound card and second screen are emulated
}

// InDir fills in the paths of a terminal that lives in one folder.
func (c Config) InDir(dir string) Config {
	c.IDCardLink = filepath.Join(dir, idcard.Kind)
	c.ReceiptLink = filepath.Join(dir, receipt.Kind)
	c.Receipt.Out = filepath.Join(dir, "slips")
	c.Receipt.StateFile = filepath.Join(dir, "receipt-counters.json")
	c.FingerprintLink = filepath.Join(dir, fingerprint.Kind)
	c.BarcodeLink = filepath.Join(dir, barcode.Kind)
	c.RelayLink = filepath.Join(dir, relay.Kind)
	c.MRZLink = filepath.Join(dir, mrz.Kind)
	c.MachineDir = filepath.Join(dir, machine.Kind)
	c.Laser.Out = filepath.Join(dir, "pages")
	return c
}

// Terminal is a running set of devices.
type Terminal struct {
	Name    string
	Log     *trace.Log
	Control *control.Server
	IDCard  *idcard.Device
	Receipt *receipt.Device
	Camera  *camera.Device
	Laser   *laser.Device
	Barcode *barcode.Device

	Fingerprint *fingerprint.Device
	Passport    *passport.Device
	MRZ         *mrz.Device
	Signature   *signature.Device
	Relay       *relay.Device
	Machine     *machine.Parts
	Face        *video.Face
	CCTV        *cctv.Camera

	closers []func() error
}

// Ready is what a starter prints: where everything is.
type Ready struct {
	Ready      bool   `json:"ready"`
	Name       string `json:"name,omitempty"`
	Control    string `json:"control"`
	IDCard     string `json:"idcard,omitempty"`
	IDCardTCP  string `json:"idcard_tcp,omitempty"`
	Receipt    string `json:"receipt,omitempty"`
	ReceiptTCP string `json:"receipt_tcp,omitempty"`
	Camera     string `json:"camera,omitempty"`
	Laser      string `json:"laser,omitempty"`
	LaserTCP   string `json:"laser_tcp,omitempty"`
	LaserPTY   string `json:"laser_pty,omitempty"`
	Barcode    string `json:"barcode,omitempty"`
	BarcodeTCP string `json:"barcode_tcp,omitempty"`

	Fingerprint    string `json:"fingerprint,omitempty"`
	FingerprintTCP string `json:"fingerprint_tcp,omitempty"`

	Passport string `json:"passport,omitempty"` // host and port

	MRZ    string `json:"mrz,omitempty"`
	MRZTCP string `json:"mrz_tcp,omitempty"`

	Relay    string `json:"relay,omitempty"`
	RelayTCP string `json:"relay_tcp,omitempty"`

	Face string `json:"face,omitempty"` // host and port of the records of both eyes
	CCTV string `json:"cctv,omitempty"` // URL of the device service

	Machine string `json:"machine,omitempty"` // root, for sound:default?root=… and screen:HDMI-A-1?root=…
}

// Start brings the terminal up; on an error nothing is left open.
func Start(c Config) (*Terminal, Ready, error) {
	t := &Terminal{Name: c.Name, Log: trace.New()}
	r := Ready{Ready: true, Name: c.Name}
	if err := t.start(c, &r); err != nil {
		_ = t.Close()
		return nil, Ready{}, err
	}
	return t, r, nil
}

func (t *Terminal) start(c Config, r *Ready) error {
	var devices []control.Device
	for _, k := range c.Kinds {
		if !slices.Contains(All, k) {
			return fmt.Errorf("unknown device kind %q, have %v", k, All)
		}
	}
	if slices.Contains(c.Kinds, idcard.Kind) {
		ports, path := lines(c.NoPTY, c.IDCardLink, c.IDCardTCP)
		if c.IDCardUSB != "" {
			d, shape, err := idcard.USB(c.IDCardUSB)
			if err != nil {
				return err
			}
			ports = append(ports, wire.USB(c.Bus, "1-1", d, shape))
		}
		t.IDCard = idcard.New(c.IDCard, t.Log, ports...)
		if err := t.up(idcard.Kind, t.IDCard); err != nil {
			return err
		}
		r.IDCard, r.IDCardTCP = path()
		devices = append(devices, t.IDCard)
	}
	if slices.Contains(c.Kinds, receipt.Kind) {
		ports, path := lines(c.NoPTY, c.ReceiptLink, c.ReceiptTCP)
		if c.PrintUSB {
			d, shape := receipt.USB()
			ports = append(ports, wire.USB(c.Bus, "1-2", d, shape))
		}
		t.Receipt = receipt.New(c.Receipt, t.Log, ports...)
		if err := t.up(receipt.Kind, t.Receipt); err != nil {
			return err
		}
		r.Receipt, r.ReceiptTCP = path()
		devices = append(devices, t.Receipt)
	}
	if slices.Contains(c.Kinds, camera.Kind) {
		t.Camera = camera.New(c.Camera, t.Log)
		if err := t.up(camera.Kind, t.Camera); err != nil {
			return err
		}
		r.Camera = t.Camera.URL()
		devices = append(devices, t.Camera)
	}
	if slices.Contains(c.Kinds, laser.Kind) {
		ports, path := lines(c.LaserLink == "", c.LaserLink, c.LaserTCP)
		if c.LaserUSB {
			d, shape := laser.RawUSB()
			ports = append(ports, wire.USB(c.Bus, "1-6", d, shape))
		}
		t.Laser = laser.New(c.Laser, t.Log, ports...)
		if err := t.up(laser.Kind, t.Laser); err != nil {
			return err
		}
		r.Laser = t.Laser.URL()
		r.LaserPTY, r.LaserTCP = path()
		devices = append(devices, t.Laser)
	}
	if slices.Contains(c.Kinds, barcode.Kind) {
		ports, path := lines(c.NoPTY, c.BarcodeLink, c.BarcodeTCP)
		if c.ScanUSB != "" {
			d, shape, err := barcode.USB(c.ScanUSB)
			if err != nil {
				return err
			}
			ports = append(ports, wire.USB(c.Bus, "1-3", d, shape))
		}
		t.Barcode = barcode.New(c.Barcode, t.Log, ports...)
		if err := t.up(barcode.Kind, t.Barcode); err != nil {
			return err
		}
		r.Barcode, r.BarcodeTCP = path()
		devices = append(devices, t.Barcode)
	}
	small, err := t.small(c, r)
	if err != nil {
		return err
	}
	devices = append(devices, small...)
	if c.Control == "" {
		c.Control = "127.0.0.1:0"
	}
	t.Control = control.New(c.Name, t.Log, devices...)
	if err := t.Control.Start(c.Control); err != nil {
		return fmt.Errorf("start control: %w", err)
	}
	t.closers = append(t.closers, t.Control.Close)
	r.Control = t.Control.URL()
	return nil
}

// small brings up what most terminals do not have.
func (t *Terminal) small(c Config, r *Ready) (devices []control.Device, _ error) {
	if slices.Contains(c.Kinds, fingerprint.Kind) {
		ports, path := lines(c.NoPTY, c.FingerprintLink, c.FingerprintTCP)
		t.Fingerprint = fingerprint.New(c.Fingerprint, t.Log, ports...)
		if err := t.up(fingerprint.Kind, t.Fingerprint); err != nil {
			return nil, err
		}
		r.Fingerprint, r.FingerprintTCP = path()
		devices = append(devices, t.Fingerprint)
	}
	if slices.Contains(c.Kinds, passport.Kind) {
		if c.Passport.CCID == nil {
			c.Passport.CCID = &passport.CCID{}
		}
		line := wire.TCP(cmp.Or(c.PassportTCP, "127.0.0.1:0"))
		var err error
		if t.Passport, err = passport.New(c.Passport, t.Log, line); err != nil {
			return nil, err
		}
		if err := t.up(passport.Kind, t.Passport); err != nil {
			return nil, err
		}
		r.Passport = line.Path()
		devices = append(devices, t.Passport)
	}
	if slices.Contains(c.Kinds, mrz.Kind) {
		ports, path := lines(c.NoPTY, c.MRZLink, c.MRZTCP)
		t.MRZ = mrz.New(c.MRZ, t.Log, ports...)
		if err := t.up(mrz.Kind, t.MRZ); err != nil {
			return nil, err
		}
		r.MRZ, r.MRZTCP = path()
		devices = append(devices, t.MRZ)
	}
	if slices.Contains(c.Kinds, signature.Kind) {
		if c.Bus == nil {
			return nil, errors.New("a signature pad is on USB: it needs a bus")
		}
		d, shape := signature.USB()
		t.Signature = signature.New(t.Log, wire.USB(c.Bus, "1-4", d, shape))
		if err := t.up(signature.Kind, t.Signature); err != nil {
			return nil, err
		}
		devices = append(devices, t.Signature)
	}
	if slices.Contains(c.Kinds, relay.Kind) {
		ports, path := lines(c.NoPTY, c.RelayLink, c.RelayTCP)
		t.Relay = relay.New(c.Relay, t.Log, ports...)
		if err := t.up(relay.Kind, t.Relay); err != nil {
			return nil, err
		}
		r.Relay, r.RelayTCP = path()
		devices = append(devices, t.Relay)
	}
	if slices.Contains(c.Kinds, machine.Kind) {
		if c.MachineDir == "" {
			return nil, errors.New("the parts of a machine need a folder")
		}
		t.Machine = machine.Bench(c.MachineDir, t.Log)
		if err := t.up(machine.Kind, t.Machine); err != nil {
			return nil, err
		}
		r.Machine = t.Machine.Root()
		devices = append(devices, t.Machine)
	}
	eyes, err := t.eyes(c, r)
	return append(devices, eyes...), err
}

type device interface {
	Start() error
	Close() error
}

func (t *Terminal) up(kind string, d device) error {
	t.closers = append(t.closers, d.Close)
	if err := d.Start(); err != nil {
		return fmt.Errorf("start %s: %w", kind, err)
	}
	return nil
}

// lines makes the ports of one serial device and tells afterwards where they are.
func lines(noPTY bool, link, tcp string) ([]*wire.Port, func() (pty, tcp string)) {
	var p, l *wire.Port
	var all []*wire.Port
	if !noPTY {
		p = wire.PTY(link)
		all = append(all, p)
	}
	if tcp != "" {
		l = wire.TCP(tcp)
		all = append(all, l)
	}
	return all, func() (pty, tcp string) {
		if p != nil {
			pty = p.Path()
		}
		if l != nil {
			tcp = l.Path()
		}
		return pty, tcp
	}
}

// Close stops everything, the last started first.
func (t *Terminal) Close() error {
	var errs []error
	for _, f := range slices.Backward(t.closers) {
		errs = append(errs, f())
	}
	t.closers = nil
	return errors.Join(errs...)
}
