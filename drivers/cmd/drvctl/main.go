// Command drvctl drives devices from a terminal window (外设工具), with the same drivers as the product: a technician lists,
// reads, prints, captures and asks how a device is; a tape is recorded and replayed; captured data is checked. Results are
// one JSON line; a failure is one JSON line with a completion code of XFS4IoT and an exit code other than 0.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"tongban/drivers"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // the device, the file or the line
	exitUsage  = 2 // the command line
)

// tool is one call.
type tool struct {
	ctx  context.Context
	out  io.Writer
	note io.Writer // for people
	json bool
	now  func() time.Time
}

// command is one verb.
type command struct {
	name, args, what string
	run              func(t *tool, args []string) error
}

// commands is a function because the table and the usage text, which some commands print, need each other.
func commands() []command {
	return []command{
		{"list", "[--json]", "which drivers there are, and their quirks", (*tool).list},
		{"ports", "[--watch | --lines] [--json]", "what is plugged in by USB, and under which address; --watch tells what changes, --lines lists the serial lines", (*tool).ports},
		{"read", "--kind idcard|barcode|fingerprint --port P [--driver D] [--timeout 10s] [--json]", "wait for a card, a code or a finger and read it", (*tool).read},
		{"read", "--kind passport --port P --zone FILE|--can N [--driver D] [--param csca=F.pem]", "open and check the chip of a passport or permit", (*tool).read},
		{"print", "--kind receipt --port P --file F [--driver D] [--param dots=576]", "print a picture or a text", (*tool).print},
		{"print", "--kind laser --port URL --file F.pdf [--copies N] [--duplex] [--pages N]", "print a PDF or JPEG and count its pages", (*tool).print},
		{"capture", "--kind scanner --port URL --out F.jpg [--preview] [--page F.jpg|F.pdf]", "take a picture, judge and straighten the page", (*tool).capture},
		{"health", "--kind K --port P [--driver D] [--reset]", "ask a device how it is", (*tool).health},
		{"usages", "FOLDER [--json]", "what the HID device at a node is for: page and usage; the udev rules ask so", (*tool).usages},
		{"tape record", "--kind K --port P --out F [--driver D] [--timeout 20s]", "record a device's round without personal data", (*tool).record},
		{"tape replay", "FILE [--driver D] [--param k=v]", "play a driver through a tape", (*tool).replay},
		{"check mrz", "FILE", "machine readable zone: fields and check digits", (*tool).checkMRZ},
		{"check escpos", "FILE [--render OUT.png]", "captured printer data: commands, problems, picture", (*tool).checkESCPOS},
	}
}

// result is a failure whose result line, already written, says the same.
type result struct{ fault *drivers.Error }

func (r *result) Error() string { return r.fault.Error() }
func (r *result) Unwrap() error { return r.fault }

// errUsage is a wrong command line; the message says what is right.
var errUsage = errors.New("usage")

func usagef(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errUsage, fmt.Sprintf(format, args...))
}

func run(ctx context.Context, args []string, out, note io.Writer) int {
	t := &tool{ctx: ctx, out: out, note: note, now: wall}
	err := t.dispatch(args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	code, f := exitFailed, drivers.Fault(err)
	if errors.Is(err, errUsage) {
		code, f = exitUsage, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error()}
	}
	to := note
	var told *result
	if t.json && !errors.As(err, &told) {
		to = out // who asked for JSON reads it where the result would be
	}
	line, jerr := json.Marshal(f)
	if jerr != nil {
		_, _ = fmt.Fprintln(note, jerr)
		return exitFailed
	}
	_, _ = fmt.Fprintf(to, "%s\n", line)
	return code
}

func (t *tool) dispatch(args []string) error {
	for _, a := range args {
		t.json = t.json || a == "--json" || a == "-json"
	}
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		t.usage()
		return nil
	}
	for _, c := range commands() {
		if rest, ok := cut(args, c.name); ok {
			return c.run(t, rest)
		}
	}
	return usagef("no command %q, see drvctl help", args[0])
}

// cut takes the words of a command's name off the arguments.
func cut(args []string, name string) ([]string, bool) {
	var word string
	for name != "" {
		if word, name = next(name); len(args) == 0 || args[0] != word {
			return nil, false
		}
		args = args[1:]
	}
	return args, true
}

func next(name string) (word, rest string) {
	for i := range name {
		if name[i] == ' ' {
			return name[:i], name[i+1:]
		}
	}
	return name, ""
}

func (t *tool) usage() {
	_, _ = fmt.Fprintln(t.out, "drvctl COMMAND …")
	for _, c := range commands() {
		_, _ = fmt.Fprintf(t.out, "  %-13s %s\n  %-13s   %s\n", c.name, c.args, "", c.what)
	}
	_, _ = fmt.Fprintln(t.out, "ports: /dev/ttyUSB0 · serial:/dev/ttyUSB0?baud=9600 · serial:0403:6001?path=1-1.2 · usb:0400:c35a?path=1-2 · hid:05e0:1300?as=reports · usage:000d:0002 · keys:05e0:1200 · pcsc: · v4l2:/dev/video0 · v4l2:046d:082d · sane:NAME · tcp:HOST:PORT · http://HOST/eSCL · ipp://HOST/ipp/print · tape:FILE")
}

// print1 writes one JSON line.
func (t *tool) print1(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode result: %w", err)
	}
	if _, err := fmt.Fprintf(t.out, "%s\n", b); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}
