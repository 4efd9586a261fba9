package main

import (
	"fmt"
	"strings"

	"tongban/drivers/hal"
	"tongban/drivers/hal/hotplug"
	"tongban/drivers/hal/usb"
)

// ports lists what is plugged in by USB, with the address under which a driver opens it; with --watch it goes on and tells what is
// plugged in and pulled out, until it is interrupted. With --lines it lists the serial lines instead.
func (t *tool) ports(args []string) error {
	o := newOptions("ports")
	watch := o.set.Bool("watch", false, "go on and tell what is plugged in and pulled out")
	lines := o.set.Bool("lines", false, "list the serial lines instead")
	if err := o.parse(args); err != nil {
		return err
	}
	if *lines {
		return t.printLines("/")
	}
	events := (<-chan hotplug.Event)(nil)
	if *watch {
		events = hotplug.Watch(t.ctx) // before the list, so that nothing falls between the two
	}
	list, err := usb.Machine.List()
	if err != nil {
		return err
	}
	if err := t.printPorts(list); err != nil || events == nil {
		return err
	}
	for e := range events {
		if e.Subsystem != "usb" && e.Node == "" {
			continue
		}
		if t.json {
			err = t.print1(e)
		} else {
			_, err = fmt.Fprintf(t.out, "%-6s %-8s %04x:%04x %s %s\n", e.Action, e.Path, e.VID, e.PID, e.Subsystem, e.Node)
		}
		if err != nil {
			return fmt.Errorf("write event: %w", err)
		}
	}
	return nil
}

func (t *tool) printLines(root string) error {
	list, err := hal.Lines(root)
	if err != nil {
		return fmt.Errorf("list serial lines: %w", err)
	}
	if t.json {
		if list == nil {
			list = []hal.Line{}
		}
		return t.print1(list)
	}
	for _, l := range list {
		if _, err := fmt.Fprintf(t.out, "%-8s %s  %s\n", l.Name, strings.TrimSpace(l.Address+"  "+l.Socket), l.Driver); err != nil {
			return fmt.Errorf("write list: %w", err)
		}
	}
	return nil
}

func (t *tool) printPorts(list []usb.Info) error {
	if t.json {
		if list == nil {
			list = []usb.Info{}
		}
		return t.print1(list)
	}
	for _, d := range list {
		if _, err := fmt.Fprintf(t.out, "%-8s %s  %s\n", d.Path, strings.Join(addresses(d), " · "), strings.TrimSpace(d.Name()+" "+d.Version)); err != nil {
			return fmt.Errorf("write list: %w", err)
		}
	}
	return nil
}

// bridges are the kernel's drivers of serial bridges: such a device is opened by its line.
var bridges = map[string]bool{"ftdi_sio": true, "ch341": true, "ch341-uart": true, "pl2303": true, "cp210x": true}

// addresses are the ways to open a device by its numbers and its socket.
func addresses(d usb.Info) []string {
	where := fmt.Sprintf("%04x:%04x?path=%s", d.VID, d.PID, d.Path)
	var out []string
	for _, i := range d.Interfaces {
		switch {
		case i.Class == usb.ClassHID:
			out = append(out, "hid:"+where)
		case len(i.Bulk) > 0 && (i.Class == usb.ClassVendor || i.Class == usb.ClassPrinter) && !bridges[i.Driver]:
			out = append(out, "usb:"+where)
		}
	}
	return out
}
