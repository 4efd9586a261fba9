// Package sdt drives readers of resident ID cards (居民身份证阅读器) with the security module protocol of GA 450, over a
// serial line, USB serial or a network socket.
//
// Answers in this protocol do not say what they answer. The driver therefore takes an answer only when its shape fits the
// question, and after silence or noise first asks for the module's number, whose answer looks like no other: what came
// before it belonged to somebody else and is dropped. So one citizen's record can never be taken for the next one's.
package sdt

import (
	"context"
	"errors"
	"sync"

	"tongban/drivers"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "idcard/sdt"

// Driver is the entry for drivers/all.
func Driver() drivers.Driver {
	return drivers.Driver{
		Name: Name, Kind: drivers.KindIDCard, Open: openDevice, Quirks: Quirks(),
		Redact: func() drivers.Redactor { return &redactor{} }, Decode: nameFrame,
	}
}

func openDevice(ctx context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
	r, err := Open(ctx, port, params)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Reader is one opened reader.
type Reader struct {
	cfg  config
	clk  clock
	port drivers.Port
	scan scanner // belongs to whoever has claimed the reader

	mu      sync.Mutex
	busy    bool
	closed  bool
	info    drivers.Info
	dirty   bool   // answers of earlier questions may still come
	named   bool   // the module was asked who it is
	card    hold   // what the module has of the card
	warning string // on the last record, for the operator
	base    context.Context
	stop    context.CancelFunc
}

// hold is what the module has of a card. A selected card answers short questions as long as it lies there, and find would
// unselect it; a card that was read answers "no card" to find until it is lifted.
type hold int

const (
	holdNothing   hold = iota
	holdSelected       // selected, its record has not arrived
	holdDelivered      // its record has arrived
)

var _ drivers.IDCardReader = (*Reader)(nil)

// Open takes over the port and asks whether a reader answers there. A reader whose security module is out of order opens:
// it is there, and its status says what it needs. A silent one does not, so that the caller tries again.
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*Reader, error) {
	return open(ctx, port, params, wall)
}

func open(ctx context.Context, port drivers.Port, params drivers.Params, clk clock) (*Reader, error) {
	cfg, err := decode(params)
	if err != nil {
		_ = port.Close()
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	r := &Reader{cfg: cfg, clk: clk, port: port, dirty: true, info: drivers.Info{Kind: drivers.KindIDCard, Driver: Name}}
	r.base, r.stop = context.WithCancel(context.Background())
	op, err := r.claim(ctx)
	if err == nil {
		err = op.inStep()
		op.release()
	}
	if f := drivers.Fault(err); f != nil && f.Reason != drivers.ReasonSAMFault {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

// Info implements drivers.Device.
func (r *Reader) Info() drivers.Info {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.info
}

// Close implements drivers.Device.
func (r *Reader) Close() error {
	r.mu.Lock()
	was := r.closed
	r.closed = true
	r.mu.Unlock()
	if was {
		return nil
	}
	r.stop()
	return r.port.Close()
}

var errClosed = errors.New("reader is closed")

// claim makes the caller the only one at the reader.
func (r *Reader) claim(ctx context.Context) (*op, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "closed", Cause: errClosed}
	}
	if r.busy {
		return nil, &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "works for somebody else"}
	}
	r.busy = true
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(r.base, cancel) //nolint:contextcheck // Close ends every command
	return &op{r: r, ctx: ctx, done: func() { unhook(); cancel() }}, nil
}

func (o *op) release() {
	o.done()
	o.r.mu.Lock()
	o.r.busy = false
	o.r.mu.Unlock()
}

// set changes a field that Info or Status may look at meanwhile.
func (r *Reader) set(f func(*Reader)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(r)
}

func (r *Reader) holding() hold {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.card
}
