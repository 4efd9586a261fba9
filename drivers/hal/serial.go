package hal

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"go.bug.st/serial"

	"tongban/drivers"
)

// serialPort is a serial line in raw mode without flow control.
type serialPort struct {
	inner   serial.Port
	hold    func() // gives the line back to other programs
	address string

	read    sync.Mutex // the library's timeout belongs to the port, not to the call
	timeout time.Duration
	once    sync.Once
}

// mode reads "8N1" and its kin.
func mode(a Address) (*serial.Mode, error) {
	m := &serial.Mode{BaudRate: a.Baud}
	bad := fmt.Errorf("frame %q is not like 8N1, 7E1 or 8O2", a.Frame)
	if len(a.Frame) != 3 {
		return nil, bad
	}
	bits, err := strconv.Atoi(a.Frame[:1])
	if err != nil || bits < 5 || bits > 8 {
		return nil, bad
	}
	m.DataBits = bits
	parity, ok := map[byte]serial.Parity{'N': serial.NoParity, 'E': serial.EvenParity, 'O': serial.OddParity, 'M': serial.MarkParity, 'S': serial.SpaceParity}[a.Frame[1]]
	if !ok {
		return nil, bad
	}
	m.Parity = parity
	switch a.Frame[2] {
	case '1':
		m.StopBits = serial.OneStopBit
	case '2':
		m.StopBits = serial.TwoStopBits
	default:
		return nil, bad
	}
	return m, nil
}

// openSerial opens a line for this program alone. InitialStatusBits stay nil: a pty has no modem lines and would refuse.
func openSerial(a Address) (drivers.Port, error) {
	m, err := mode(a)
	if err != nil {
		return nil, badAddress(a.String(), err.Error())
	}
	node, err := a.node("/")
	if err != nil {
		return nil, err
	}
	release, err := hold(node)
	if err != nil {
		return nil, openFault(err)
	}
	inner, err := serial.Open(node, m)
	if err != nil {
		release()
		return nil, serialFault(err)
	}
	// Readers powered from the line need DTR and RTS; ptys and some USB bridges know neither, which is no fault.
	_ = inner.SetDTR(true)
	_ = inner.SetRTS(true)
	return &serialPort{inner: inner, hold: release, address: a.String(), timeout: serial.NoTimeout}, nil
}

func serialFault(err error) error {
	var p *serial.PortError
	if !errors.As(err, &p) {
		return openFault(err)
	}
	e := &drivers.Error{Code: drivers.CodeInternalError, Detail: "open port: " + p.EncodedErrorString(), Cause: err}
	switch p.Code() {
	case serial.PortBusy:
		e.Code, e.Detail = drivers.CodeDeviceNotReady, "another program holds the port"
	case serial.PortNotFound:
		e.Code, e.Reason, e.Detail = drivers.CodeNoDevice, drivers.ReasonUnplugged, "nothing is plugged in there"
	case serial.PermissionDenied:
		e.Detail = "no right to open the port: put the service account into the group dialout"
	case serial.InvalidSerialPort, serial.InvalidSpeed, serial.InvalidDataBits, serial.InvalidParity, serial.InvalidStopBits:
		e.Code = drivers.CodeInvalidData
	default: // ours
	}
	return e
}

// Read implements drivers.Port.
func (s *serialPort) Read(p []byte, timeout time.Duration) (int, error) {
	s.read.Lock()
	defer s.read.Unlock()
	if timeout = max(timeout, 0); timeout != s.timeout {
		if err := s.inner.SetReadTimeout(timeout); err != nil {
			return 0, fmt.Errorf("set read timeout: %w", err)
		}
		s.timeout = timeout
	}
	n, err := s.inner.Read(p)
	if err != nil {
		return n, lost(err)
	}
	return n, nil
}

// Write implements drivers.Port; the kernel may take a long write in parts.
func (s *serialPort) Write(p []byte) (int, error) {
	sent := 0
	for sent < len(p) {
		n, err := s.inner.Write(p[sent:])
		sent += n
		if err != nil {
			return sent, lost(err)
		}
	}
	return sent, nil
}

// Discard implements drivers.Port.
func (s *serialPort) Discard() error {
	if err := s.inner.ResetInputBuffer(); err != nil {
		return lost(err)
	}
	return nil
}

// Close implements drivers.Port; it also ends a Read under way.
func (s *serialPort) Close() error {
	var err error
	s.once.Do(func() {
		err = s.inner.Close()
		s.hold()
	})
	if err != nil {
		return fmt.Errorf("close port: %w", err)
	}
	return nil
}

func (s *serialPort) String() string { return s.address }
