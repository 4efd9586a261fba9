// Package drivers is the vocabulary of peripheral devices (外设驱动): what a device can do, what it tells, how it fails.
//
// A driver is code for one wire protocol; a device model is a YAML file in firmware-profiles. Words follow CEN XFS4IoT
// (device states, completion codes) and UPOS (claim, health check levels), so that a field technician knows them.
package drivers

import (
	"context"
	"time"
)

// Kind is a class of device (设备类别), also the folder name below firmware-profiles.
type Kind string

// The kinds that terminals carry today.
const (
	KindIDCard  Kind = "idcard"      // 居民身份证阅读器
	KindReceipt Kind = "receipt"     // 小票打印机
	KindScanner Kind = "scanner"     // 高拍仪
	KindLaser   Kind = "laser"       // A4 激光打印机
	KindBarcode Kind = "barcode"     // 条码二维码阅读器
	KindFinger  Kind = "fingerprint" // 指纹采集器
)

// State is what a device says of itself, in XFS4IoT words (设备状态).
type State string

// Device states.
const (
	StateOnline        State = "online"        // ready to work
	StateBusy          State = "deviceBusy"    // works for somebody now
	StateStarting      State = "starting"      // opened, not yet asked
	StateNoDevice      State = "noDevice"      // the cable is out or nothing answers on the port
	StateOffline       State = "offline"       // answers, but cannot work until a person does something (cover, paper)
	StateHardwareError State = "hardwareError" // broken; a technician is needed
)

// Supply is the state of a consumable such as paper (耗材状态).
type Supply string

// Supply levels.
const (
	SupplyUnknown Supply = "unknown"
	SupplyFull    Supply = "full"
	SupplyLow     Supply = "low"
	SupplyOut     Supply = "out"
	SupplyJammed  Supply = "jammed"
)

// Status is the whole truth about a device at one moment; a change is a new Status, never a difference.
type Status struct {
	State  State     `json:"state"`
	Paper  Supply    `json:"paper,omitempty"` // printers only
	Toner  Supply    `json:"toner,omitempty"` // page printers only: the worst of its colours
	Cover  string    `json:"cover,omitempty"` // "open" or "closed": printers, and doors with a contact
	Media  string    `json:"media,omitempty"` // "present" or "notPresent", readers only
	Code   Code      `json:"code,omitempty"`  // why it is not online
	Reason Reason    `json:"reason,omitempty"`
	Detail string    `json:"detail,omitempty"`
	At     time.Time `json:"at"`
}

// Ready reports whether the device can serve a citizen now.
func (s Status) Ready() bool {
	return s.State == StateOnline && s.Paper != SupplyOut && s.Paper != SupplyJammed && s.Toner != SupplyOut
}

// Info names one opened device for inventory (设备台账).
type Info struct {
	Kind     Kind   `json:"kind"`
	Driver   string `json:"driver"` // "idcard/sdt"
	Model    string `json:"model,omitempty"`
	Serial   string `json:"serial,omitempty"` // SAM number for ID-card readers
	Firmware string `json:"firmware,omitempty"`
}

// Device is one opened device. All methods are safe for concurrent use; a command while another runs fails with
// CodeDeviceNotReady. Close ends every running command within 500 ms and may be called twice.
type Device interface {
	Info() Info
	// Status asks the device, within ctx, and never blocks longer than 1 s.
	Status(ctx context.Context) (Status, error)
	// Reset brings the device back to a known state after an error or a crash of the program.
	Reset(ctx context.Context) error
	Close() error
}

// Port is the byte channel under a driver (端口). It is injected: a serial line, a TCP socket, a tape or a test fake.
type Port interface {
	// Read returns what has arrived, waiting at most timeout; silence is (0, nil), a pulled cable is an error.
	Read(p []byte, timeout time.Duration) (int, error)
	Write(p []byte) (int, error)
	// Discard drops everything that has arrived and was not read.
	Discard() error
	Close() error
	String() string
}

// Plated is a port that knows what it leads to (铭牌), as a USB device tells of itself; empty where it tells nothing.
type Plated interface {
	Plate() (model, version string)
}

// Params are the settings that a profile gives to a driver; a driver decodes them strictly.
type Params map[string]any

// Opener makes a device from an open port. It takes over the port and closes it when it fails.
type Opener func(ctx context.Context, port Port, params Params) (Device, error)

// Driver is one entry of the list in drivers/all.
type Driver struct {
	Name   string // "idcard/sdt": folder below drivers
	Kind   Kind
	Open   Opener
	Quirks []string // names a profile may use
	// Redact makes the redactor of one recording. Nil means that nobody has said what on this line is personal: such a
	// line is only recorded with sample data on it.
	Redact func() Redactor
	// Decode names a frame for whoever looks at the line, "" where it does not know it. It looks at commands and states only, never
	// at what they carry, so that a name holds nothing personal. Nil names nothing.
	Decode func(toDevice bool, frame []byte) string
}

// Redactor takes personal data out of recorded bytes (脱敏), so that a tape can be kept with the code. It may hold bytes
// back until a frame is whole; in sum it returns as many bytes as it was given. What it does not understand it blanks.
type Redactor interface {
	ToDevice(p []byte) []byte
	FromDevice(p []byte) []byte
	// Rest ends a frame that will not be completed and returns what was held back, blanked.
	Rest() []byte
}
