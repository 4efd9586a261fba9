// Package hid opens devices of the HID class by the kernel's raw nodes (HID 设备, hidraw) without cgo, and makes a drivers.Port of
// them: either the bytes inside their reports, or the reports themselves for a driver that reads fields.
package hid

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/usb"
)

// Device is one open HID interface. Read gives one report, with its number first where the device numbers them; silence is
// (0, nil). Write takes a report with its number first, 0 where the device has none.
type Device interface {
	Read(p []byte, timeout time.Duration) (int, error)
	Write(p []byte) (int, error)
	Descriptor() []byte
	Close() error
}

// Host is where HID devices are: the machine, or an emulator in tests.
type Host interface {
	Open(ctx context.Context, w usb.Wanted) (Device, error)
}

// maxReport is the longest report with its number.
const maxReport = 4097

// Open opens a device as the bytes inside its reports (报告里的字节流): what is written is cut to the size of its output
// report and filled up with zeros, what comes is given without the report's number.
func Open(ctx context.Context, host Host, w usb.Wanted, address string) (drivers.Port, error) {
	dev, d, err := open(ctx, host, w)
	if err != nil {
		return nil, err
	}
	p := &stream{dev: dev, address: address, numbered: d.Numbered}
	for _, f := range d.Fields {
		if f.Kind == Output && p.size == 0 {
			p.report, p.size = f.Report, d.Length(Output, f.Report)
		}
	}
	return p, nil
}

// OpenReports opens a device as a row of records (报告记录): a letter, two bytes of length, content. The first is the report
// descriptor (D), also after each plugging; the others are input reports (R). So a driver learns from the line itself how to
// read the reports, and a tape of it is complete.
func OpenReports(ctx context.Context, host Host, w usb.Wanted, address string) (drivers.Port, error) {
	dev, _, err := open(ctx, host, w)
	if err != nil {
		return nil, err
	}
	p := &records{dev: dev, address: address}
	p.rest = Record(RecordDescriptor, dev.Descriptor())
	return p, nil
}

func open(ctx context.Context, host Host, w usb.Wanted) (Device, Descriptor, error) {
	dev, err := host.Open(ctx, w)
	if err != nil {
		return nil, Descriptor{}, usb.Fault(fmt.Errorf("%s: %w", w, err))
	}
	d, err := Parse(dev.Descriptor())
	if err != nil {
		_ = dev.Close()
		return nil, Descriptor{}, &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonProtocol, Detail: err.Error(), Cause: err}
	}
	return dev, d, nil
}

// stream is the port of the bytes.
type stream struct {
	dev      Device
	address  string
	numbered bool
	report   byte
	size     int

	mu   sync.Mutex
	rest []byte
}

var errNoOutput = errors.New("the device takes no reports")

// Read implements drivers.Port.
func (s *stream) Read(p []byte, timeout time.Duration) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rest) == 0 {
		buf := make([]byte, maxReport)
		n, err := s.dev.Read(buf, timeout)
		if err != nil {
			return 0, usb.Fault(err)
		}
		if s.rest = buf[:n]; s.numbered && n > 0 {
			s.rest = buf[1:n]
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// Write implements drivers.Port.
func (s *stream) Write(p []byte) (int, error) {
	if s.size == 0 {
		return 0, &drivers.Error{Code: drivers.CodeInvalidData, Detail: errNoOutput.Error(), Cause: errNoOutput}
	}
	for at := 0; at < len(p); at += s.size {
		report := make([]byte, 1+s.size)
		report[0] = s.report
		copy(report[1:], p[at:])
		if _, err := s.dev.Write(report); err != nil {
			return at, usb.Fault(err)
		}
	}
	return len(p), nil
}

// Discard implements drivers.Port.
func (s *stream) Discard() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest = nil
	return drain(s.dev)
}

// drain reads what has arrived; a device that never stops must not hold the caller.
func drain(dev Device) error {
	buf := make([]byte, maxReport)
	for range 256 {
		n, err := dev.Read(buf, 0)
		if err != nil {
			return usb.Fault(err)
		}
		if n == 0 {
			return nil
		}
	}
	return nil
}

// Close implements drivers.Port.
func (s *stream) Close() error   { return s.dev.Close() }
func (s *stream) String() string { return s.address }

// Letters of records.
const (
	RecordDescriptor = 'D'
	RecordReport     = 'R'
)

// Record puts content into a record.
func Record(letter byte, content []byte) []byte {
	out := binary.BigEndian.AppendUint16([]byte{letter}, uint16(len(content))) //nolint:gosec // reports are shorter than maxReport
	return append(out, content...)
}

// records is the port of the reports.
type records struct {
	dev     Device
	address string

	mu   sync.Mutex
	rest []byte
}

// Read implements drivers.Port.
func (r *records) Read(p []byte, timeout time.Duration) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.rest) == 0 {
		buf := make([]byte, maxReport)
		n, err := r.dev.Read(buf, timeout)
		if err != nil {
			return 0, usb.Fault(err)
		}
		if n == 0 {
			return 0, nil
		}
		r.rest = Record(RecordReport, buf[:n])
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Write implements drivers.Port: a whole report with its number first.
func (r *records) Write(p []byte) (int, error) {
	n, err := r.dev.Write(p)
	if err != nil {
		return n, usb.Fault(err)
	}
	return n, nil
}

// Discard implements drivers.Port. The descriptor stays: it is news of the device and not of a code. A record that was read in
// part is finished, or the reader would take its rest for a head.
func (r *records) Discard() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return drain(r.dev)
}

// Close implements drivers.Port.
func (r *records) Close() error   { return r.dev.Close() }
func (r *records) String() string { return r.address }
