package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tongban/deploy/sim/camera"
	"tongban/deploy/sim/cctv"
	"tongban/deploy/sim/idcard"
	"tongban/deploy/sim/laser"
	"tongban/deploy/sim/passport"
	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/video"
)

// pace are the flags about time and build that device and terminal share.
type pace struct {
	lineSpeed  bool
	selectTime time.Duration
	readTime   time.Duration
	people     string
	dots       int
	speed      int
	sheet      string
	page       time.Duration
	triggered  bool
	user, word string // of the surveillance camera: a name, and a file with the password
}

func (p *pace) flags(f *flag.FlagSet) {
	f.BoolVar(&p.lineSpeed, "line-speed", true, "idcard: bytes leave at 115200 baud")
	f.DurationVar(&p.selectTime, "select", 30*time.Millisecond, "idcard: how long the card takes to be selected")
	f.DurationVar(&p.readTime, "read", 350*time.Millisecond, "idcard: how long the card takes to be read")
	f.StringVar(&p.people, "people", "", "idcard: file with other card holders (JSON)")
	f.IntVar(&p.dots, "dots", 384, "receipt: 384 for 58 mm, 576 for 80 mm paper")
	f.IntVar(&p.speed, "print-speed", 100, "receipt: mm per second, 0 = at once")
	f.StringVar(&p.sheet, "sheet", "none", "camera: what lies under it")
	f.DurationVar(&p.page, "page", 2*time.Second, "laser: how long one page takes")
	f.StringVar(&p.user, "cctv-user", "", "cctv: name that it asks for, empty: it asks nobody")
	f.StringVar(&p.word, "cctv-password-file", "", "cctv: file with the password")
	f.BoolVar(&p.triggered, "triggered", false, "barcode: reads only when the host has turned it on")
}

func (p *pace) apply(c *rig.Config) error {
	c.IDCard = idcard.Real()
	c.IDCard.Select, c.IDCard.Read = p.selectTime, p.readTime
	if !p.lineSpeed {
		c.IDCard.BytesPerSecond = 0
	}
	if p.people != "" {
		b, err := os.ReadFile(p.people)
		if err != nil {
			return fmt.Errorf("read people: %w", err)
		}
		if c.IDCard.People, err = idcard.ParsePeople(b); err != nil {
			return err
		}
	}
	if p.dots != 384 && p.dots != 576 {
		return fmt.Errorf("dots %d: have 384 and 576", p.dots)
	}
	c.Receipt.Dots, c.Receipt.MMPerSecond = p.dots, p.speed
	c.Camera.Sheet, c.Camera.Warm = p.sheet, true
	c.Laser.Page = p.page
	c.Barcode.Triggered, c.Barcode.Bytes = p.triggered, 11520
	if p.word != "" {
		b, err := os.ReadFile(p.word)
		if err != nil {
			return fmt.Errorf("read password: %w", err)
		}
		c.CCTVUser, c.CCTVPassword = p.user, strings.TrimSpace(string(b))
	}
	if p.lineSpeed {
		c.Fingerprint.Bytes = 5760
	}
	return nil
}

func runDevice(ctx context.Context, args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("device", flag.ContinueOnError)
	f.SetOutput(errOut)
	var p pace
	kind := f.String("kind", "", strings.Join(rig.All, ", "))
	pty := f.Bool("pty", false, "speak over a pseudo terminal")
	link := f.String("link", "", "stable link to the pseudo terminal")
	tcp := f.String("tcp", "", "speak over TCP at this loopback address, port 0 picks one")
	ctl := f.String("control", "127.0.0.1:0", "loopback address of the control port")
	name := f.String("name", "", "name of the terminal")
	raw := f.String("raw", "", "laser: also speak PJL over TCP at this loopback address")
	slips := f.String("out", "", "receipt, laser: folder for what is printed")
	state := f.String("state", "", "receipt: file for the counters")
	p.flags(f)
	if err := parse(f, args); err != nil {
		return err
	}
	if !slices.Contains(rig.All, *kind) {
		return fmt.Errorf("--kind %q: have %s", *kind, strings.Join(rig.All, ", "))
	}
	c := rig.Config{Name: *name, Kinds: []string{*kind}, Control: *ctl}
	if err := p.apply(&c); err != nil {
		return err
	}
	c.Receipt.Out, c.Receipt.StateFile, c.Laser.Out = *slips, *state, *slips
	c.LaserTCP = *raw
	web := slices.Contains([]string{camera.Kind, laser.Kind, cctv.Kind, video.Kind, passport.Kind}, *kind)
	switch {
	case web && (*pty || *link != ""):
		return fmt.Errorf("a %s is on the net: give --tcp", *kind)
	case web:
		c.Camera.Addr, c.Laser.Addr, c.CCTVTCP, c.FaceTCP, c.PassportTCP = *tcp, *tcp, *tcp, *tcp, *tcp
	case !*pty && *link == "" && *tcp == "":
		return errors.New("give --pty, --link or --tcp")
	}
	c.NoPTY = !*pty && *link == ""
	c.IDCardLink, c.IDCardTCP, c.ReceiptLink, c.ReceiptTCP = *link, *tcp, *link, *tcp
	c.BarcodeLink, c.BarcodeTCP, c.FingerprintLink, c.FingerprintTCP = *link, *tcp, *link, *tcp
	c.RelayLink, c.RelayTCP, c.MRZLink, c.MRZTCP = *link, *tcp, *link, *tcp
	return hold(ctx, c, out)
}

func runTerminal(ctx context.Context, args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("terminal", flag.ContinueOnError)
	f.SetOutput(errOut)
	var p pace
	name := f.String("name", "", "name of the terminal, such as K-01")
	dir := f.String("dir", "", "folder for the links, slips and counters")
	ctl := f.String("control", "127.0.0.1:0", "loopback address of the control port")
	without := f.String("without", "", "devices that this terminal lacks, with commas")
	with := f.String("with", "", "devices that it has besides, with commas: laser, barcode, fingerprint, passport, mrz, relay, machine, face, cctv")
	shot := f.String("camera", "127.0.0.1:0", "loopback address of the camera")
	paper := f.String("laser", "127.0.0.1:0", "loopback address of the laser printer")
	raw := f.String("laser-raw", "", "also let the laser printer speak PJL over TCP, such as 127.0.0.1:9100")
	cardTCP := f.String("idcard-tcp", "", "also serve the reader over TCP")
	printTCP := f.String("receipt-tcp", "", "also serve the printer over TCP")
	p.flags(f)
	if err := parse(f, args); err != nil {
		return err
	}
	if *name == "" || *dir == "" {
		return errors.New("give --name and --dir")
	}
	abs, err := filepath.Abs(*dir)
	if err != nil {
		return fmt.Errorf("resolve --dir: %w", err)
	}
	c := rig.Config{Name: *name, Kinds: slices.Clone(rig.Kinds), Control: *ctl, IDCardTCP: *cardTCP, ReceiptTCP: *printTCP}
	if err := p.apply(&c); err != nil {
		return err
	}
	c = c.InDir(abs)
	c.Camera.Addr, c.Laser.Addr, c.LaserTCP = *shot, *paper, *raw
	for k := range strings.SplitSeq(*with, ",") {
		if k != "" && !slices.Contains(c.Kinds, k) {
			c.Kinds = append(c.Kinds, k)
		}
	}
	for k := range strings.SplitSeq(*without, ",") {
		if k == "" {
			continue
		}
		i := slices.Index(c.Kinds, k)
		if i < 0 {
			return fmt.Errorf("--without %q: have %s", k, strings.Join(rig.Kinds, ", "))
		}
		c.Kinds = slices.Delete(c.Kinds, i, i+1)
	}
	return hold(ctx, c, out)
}

// hold runs a set of devices until ctx ends.
func hold(ctx context.Context, c rig.Config, out io.Writer) error {
	t, ready, err := rig.Start(c)
	if err != nil {
		return err
	}
	if err := announce(out, ready); err != nil {
		_ = t.Close()
		return err
	}
	<-ctx.Done()
	return t.Close()
}

func parse(f *flag.FlagSet, args []string) error {
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%s: unexpected %q", f.Name(), f.Arg(0))
	}
	return nil
}
