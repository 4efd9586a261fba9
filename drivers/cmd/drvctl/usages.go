package main

import (
	"fmt"

	"tongban/drivers/hal/hid"
)

// usages prints what a HID device is for, by its report descriptor: a line "000d:0002 …" of page and usage. The udev rules ask so, since
// udev itself knows a HID device only by its numbers.
func (t *tool) usages(args []string) error {
	o := newOptions("usages")
	if err := o.parse(args); err != nil {
		return err
	}
	if len(o.rest) != 1 {
		return usagef("name the folder of one node, such as /sys/class/hidraw/hidraw0")
	}
	list, err := hid.Usages(o.rest[0])
	if err != nil {
		return err
	}
	words := make([]string, len(list))
	for i, u := range list {
		words[i] = fmt.Sprintf("%04x:%04x", u>>16, u&0xFFFF)
	}
	if t.json {
		return t.print1(words)
	}
	for i, w := range words {
		if i > 0 {
			w = " " + w
		}
		if _, err := fmt.Fprint(t.out, w); err != nil {
			return fmt.Errorf("write usages: %w", err)
		}
	}
	_, err = fmt.Fprintln(t.out)
	return err
}
