package stack

import (
	"context"
	"path/filepath"
	"time"

	"tongban/agent/counter"
)

// Counter is a window's computer (窗口工位): its emulated devices and the program that lends them to the console.
type Counter struct {
	Name    string
	Devices *Process
	Agent   *Process
	URL     string // where the console finds the devices
	Pad     string // the citizen's screen, with its key
	Control string // URL of the emulators' control port
}

// startCounter starts one; the centre was told its port already.
func (s *Stack) startCounter(ctx context.Context) error {
	dir, d := filepath.Join(s.Dir, "counter"), &Counter{Name: "B-12"}
	s.Desk = d
	args := []string{filepath.Join(s.Bin, "tongban-sim"), "terminal", "--name", d.Name, "--dir", filepath.Join(dir, "devices"), "--with", "laser,barcode,mrz"}
	if s.Fast {
		args = append(args, "--line-speed=false", "--select", "1ms", "--read", "5ms", "--print-speed", "0")
	}
	if s.People != "" {
		args = append(args, "--people", s.People)
	}
	d.Devices = s.process(d.Name+"-devices", args)
	var dev struct{ Control, IDCard, Receipt, Camera, Laser, Barcode, MRZ string }
	if err := d.Devices.Start(ctx, 20*time.Second, &dev); err != nil {
		return err
	}
	d.Control = dev.Control
	args = []string{
		filepath.Join(s.Bin, "tongban-agent"), "counter", "--data", filepath.Join(dir, "agent"), "--desk", d.Name,
		"--console", s.Web, "--counter-listen", at(s.port("counter", counter.DefaultPort)),
	}
	for kind, where := range map[string]string{
		"idcard": serial(dev.IDCard), "receipt": serial(dev.Receipt), "scanner": dev.Camera, "laser": dev.Laser, "barcode": serial(dev.Barcode),
		"passport": "mrz-serial@" + serial(dev.MRZ),
	} {
		if where != "" {
			args = append(args, "--device", kind+"="+where)
		}
	}
	d.Agent = s.process(d.Name+"-counter", args)
	var r struct{ Counter, Pad string }
	if err := d.Agent.Start(ctx, 30*time.Second, &r); err != nil {
		return err
	}
	d.URL, d.Pad = r.Counter, r.Pad
	return nil
}
