package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"strconv"
	"strings"
	"time"

	"tongban/drivers"
	"tongban/drivers/all"
	"tongban/drivers/hal"
)

// options are the flags that most commands share.
type options struct {
	set     *flag.FlagSet
	kind    string
	driver  string
	port    string
	timeout time.Duration
	params  params
	rest    []string // what is no flag
}

// params collects --param key=value.
type params struct{ drivers.Params }

func (p *params) String() string { return "" }

// Set takes numbers as numbers and lists with commas as lists, as a profile would.
func (p *params) Set(s string) error {
	k, v, ok := strings.Cut(s, "=")
	if !ok || k == "" {
		return usagef("--param wants key=value")
	}
	if p.Params == nil {
		p.Params = drivers.Params{}
	}
	if n, err := strconv.Atoi(v); err == nil {
		p.Params[k] = n
	} else if k == "quirks" || strings.Contains(v, ",") {
		p.Params[k] = strings.Split(v, ",")
	} else {
		p.Params[k] = v
	}
	return nil
}

func newOptions(name string) *options {
	o := &options{set: flag.NewFlagSet(name, flag.ContinueOnError)}
	o.set.SetOutput(io.Discard)
	o.set.Bool("json", false, "one JSON line")
	return o
}

// device adds the flags of commands that open a device.
func (o *options) device(limit time.Duration) *options {
	o.set.StringVar(&o.kind, "kind", "", "idcard, receipt, scanner, laser …")
	o.set.StringVar(&o.driver, "driver", "", "as in drvctl list; default: the first of the kind")
	o.set.StringVar(&o.port, "port", "", "where the device is")
	o.set.DurationVar(&o.timeout, "timeout", limit, "for the whole command")
	o.set.Var(&o.params, "param", "setting of the driver, key=value, may be repeated")
	return o
}

// parse takes flags before and after what is no flag.
func (o *options) parse(args []string) error {
	for {
		if err := o.set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return err
			}
			return usagef("%v", err)
		}
		if o.set.NArg() == 0 {
			return nil
		}
		o.rest = append(o.rest, o.set.Arg(0))
		args = o.set.Args()[1:]
	}
}

// choose finds the driver. One that is named decides the kind; a kind without a driver takes its first.
func (o *options) choose() (drivers.Driver, error) {
	if o.driver != "" {
		d, err := all.Lookup(o.driver)
		if err == nil && o.kind != "" && string(d.Kind) != o.kind {
			return drivers.Driver{}, usagef("driver %s is not of kind %s", o.driver, o.kind)
		}
		return d, err
	}
	if list := all.ForKind(drivers.Kind(o.kind)); len(list) > 0 {
		return list[0], nil
	}
	kinds := map[drivers.Kind]bool{}
	var names []string
	for _, d := range all.Drivers() {
		if !kinds[d.Kind] {
			names = append(names, string(d.Kind))
		}
		kinds[d.Kind] = true
	}
	return drivers.Driver{}, usagef("--kind is one of %s", strings.Join(names, ", "))
}

// connect finds the driver and opens the port.
func (o *options) connect(ctx context.Context) (drivers.Driver, drivers.Port, error) {
	d, err := o.choose()
	if err != nil {
		return d, nil, err
	}
	if o.port == "" {
		return d, nil, usagef("--port is missing")
	}
	if len(o.rest) > 0 {
		return d, nil, usagef("%q is too much", o.rest[0])
	}
	p, err := hal.Open(ctx, o.port)
	return d, p, err
}

// open is connect and open the device; done closes it.
func (o *options) open(ctx context.Context) (dev drivers.Device, done func(), err error) {
	d, p, err := o.connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	if dev, err = d.Open(ctx, p, o.params.Params); err != nil {
		return nil, nil, err
	}
	return dev, func() { _ = dev.Close() }, nil
}

// wrongKind is what a command says of a device that cannot do it.
func wrongKind(dev drivers.Device, verb string) error {
	return &drivers.Error{Code: drivers.CodeUnsupported, Detail: "a device of kind " + string(dev.Info().Kind) + " cannot " + verb}
}
