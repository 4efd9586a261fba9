// Package v4l2 opens cameras by the kernel's video nodes (Video4Linux2 摄像头) without cgo, and makes a drivers.Port of one or
// several: commands go over it as records, answers and pictures come back, so that a camera heals, is taped and is tested
// as every other device. Client is the drivers' side of that row.
package v4l2

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/usb"
)

// Layouts of pictures that are understood, by the four letters that the kernel uses (像素格式).
const (
	MJPEG = "MJPG"
	YUYV  = "YUYV"
	Grey  = "GREY"
)

// Mode is one way to take pictures (成像模式).
type Mode struct {
	Layout string  `json:"layout"`
	Width  int     `json:"width"`
	Height int     `json:"height"`
	FPS    float64 `json:"fps,omitempty"` // the highest in a description, the wanted or the real one else
}

// Pixels is the size of a picture.
func (m Mode) Pixels() int { return m.Width * m.Height }

// Control is one setting of a camera (参数) under our name for it, see Names.
type Control struct {
	Name    string `json:"name"`
	Min     int    `json:"min"`
	Max     int    `json:"max"`
	Step    int    `json:"step,omitempty"`
	Default int    `json:"default"`
	Value   int    `json:"value"`
	Held    bool   `json:"held,omitempty"` // by an automatic mode, or not to be written
}

// Description is what a camera says of itself (能力).
type Description struct {
	Card     string    `json:"card"`
	Driver   string    `json:"driver"`
	Bus      string    `json:"bus,omitempty"`
	Version  string    `json:"version,omitempty"`
	Modes    []Mode    `json:"modes"`
	Controls []Control `json:"controls,omitempty"`
}

// Control finds a setting by name.
func (d Description) Control(name string) (Control, bool) {
	for _, c := range d.Controls {
		if c.Name == name {
			return c, true
		}
	}
	return Control{}, false
}

// Picture is one picture as it came from the camera.
type Picture struct {
	Mode     Mode
	Sequence uint32
	At       time.Duration // the camera's clock, for differences only
	Damaged  bool          // the kernel knows that something is missing
	Data     []byte
}

// Camera is one open video node. All methods may be called from several goroutines; Close ends a wait.
type Camera interface {
	Describe() (Description, error)
	// SetMode sets the layout, size and rate and returns what the camera made of it. Not while it streams.
	SetMode(m Mode) (Mode, error)
	Control(name string) (int, error)
	SetControl(name string, value int) error
	Start() error
	Stop() error
	// Picture waits for the next picture, at most timeout; none is one without data. Fresh drops what was taken before the call.
	Picture(timeout time.Duration, fresh bool) (Picture, error)
	Close() error
}

// Info is one video node of the machine (视频节点).
type Info struct {
	Node      string `json:"node"` // "/dev/video0"
	Name      string `json:"name"`
	VID       uint16 `json:"vid,omitempty"`
	PID       uint16 `json:"pid,omitempty"`
	Serial    string `json:"serial,omitempty"`
	Path      string `json:"path,omitempty"` // of the USB socket
	Interface int    `json:"interface,omitempty"`
	Index     int    `json:"index"` // within one function: 0 has the pictures, others data about them
}

// Host is where cameras are: the machine, or an emulator in tests.
type Host interface {
	List() ([]Info, error)
	// Open makes the caller the only one of our programs that has the node; usb.ErrHeld when another has it.
	Open(ctx context.Context, node string) (Camera, error)
}

// Wanted says which cameras are meant: nodes, or the streams of a USB device in the order of its functions.
type Wanted struct {
	Nodes   []string
	USB     usb.Wanted
	Streams []int // without Nodes; the first when empty
}

// Why a camera cannot be used; those of usb besides.
var (
	ErrNoVideo  = errors.New("this build reaches no cameras of the kernel: they are a matter of Linux on amd64 and arm64")
	ErrNoCamera = errors.New("the node takes no pictures")
	ErrBusy     = errors.New("another program takes pictures with the camera")
	ErrSetting  = errors.New("the camera has no such setting")
	ErrMode     = errors.New("the camera has no such mode")
	ErrBroken   = errors.New("the camera reports a fault")
	ErrOrder    = errors.New("the camera is not started")
)

// Fault says in the words of the platform why a camera cannot be opened or used (故障说明).
func Fault(err error) error {
	e := &drivers.Error{Code: drivers.CodeInternalError, Detail: "camera: " + errorText(err), Cause: err}
	switch {
	case errors.Is(err, ErrBusy):
		e.Code = drivers.CodeDeviceNotReady
	case errors.Is(err, ErrNoCamera), errors.Is(err, ErrSetting), errors.Is(err, ErrMode):
		e.Code = drivers.CodeUnsupported
	case errors.Is(err, ErrBroken):
		e.Code, e.Reason = drivers.CodeHardwareError, drivers.ReasonNoImage
	case errors.Is(err, ErrNoVideo), errors.Is(err, ErrOrder):
	default:
		return usb.Fault(err)
	}
	return e
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// nodes are the nodes that are wanted, in order.
func (w Wanted) nodes(host Host) ([]string, error) {
	if len(w.Nodes) > 0 {
		return w.Nodes, nil
	}
	list, err := host.List()
	if err != nil {
		return nil, err
	}
	all, err := find(list, w.USB)
	if err != nil {
		return nil, err
	}
	streams := w.Streams
	if len(streams) == 0 {
		streams = []int{0}
	}
	var out []string
	for _, s := range streams {
		if s >= len(all) {
			return nil, fmt.Errorf("%s has %d streams: %w", w.USB, len(all), usb.ErrNotFound)
		}
		out = append(out, all[s])
	}
	return out, nil
}
