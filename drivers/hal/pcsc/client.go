package pcsc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/drivers"
)

// Client asks the service over a port (客户端). It greets the service when it first needs it and after each loss. One caller at
// a time.
type Client struct {
	port    drivers.Port
	clk     clock
	greeted bool
	dirty   bool // an answer that nobody waited for may still come
	context uint32
}

// NewClient makes a client; it says nothing yet.
func NewClient(port drivers.Port) *Client { return &Client{port: port, clk: wall} }

// Card is a connection to the card in one slot.
type Card struct {
	handle, protocol uint32
}

// Readers lists what the service has.
func (c *Client) Readers(ctx context.Context, limit time.Duration) ([]Reader, error) {
	ends := c.clk.now().Add(limit)
	b, err := c.call(ctx, ends, cmdReaders, nil, readerSize*readerCount)
	if err != nil {
		return nil, err
	}
	return c.readers(b)
}

func (c *Client) readers(b []byte) ([]Reader, error) {
	list, err := parseReaders(b)
	if err != nil {
		c.spoil()
		return nil, protocol(err)
	}
	return list, nil
}

// Await returns as soon as done says so of the list of readers, which is looked at now and whenever the service reports a change.
// An answer that does not come within limit is an error; a change that does not come is none.
func (c *Client) Await(ctx context.Context, limit time.Duration, done func([]Reader) (bool, error)) error {
	for {
		b, err := c.call(ctx, c.clk.now().Add(limit), cmdWait, nil, readerSize*readerCount)
		if err != nil {
			return err
		}
		list, err := c.readers(b)
		if err != nil {
			return err
		}
		yes, err := done(list)
		if !yes && err == nil {
			err = c.change(ctx, c.clk.now().Add(askAgain))
			if err == nil {
				continue
			}
			if drivers.Fault(err).Code != drivers.CodeTimeOut || ctx.Err() != nil {
				return err
			}
			err = nil
		}
		// Exactly one word comes: the report of a change that was already under way, or the answer to this.
		if stop := c.stopWaiting(ctx, c.clk.now().Add(limit)); stop != nil {
			return stop
		}
		if yes || err != nil {
			return err
		}
	}
}

// change waits for the service's report. Silence is CodeTimeOut and leaves the connection as it is.
func (c *Client) change(ctx context.Context, ends time.Time) error {
	_, err := c.take(ctx, 8, ends)
	if err != nil && (ctx.Err() != nil || drivers.Fault(err).Code != drivers.CodeTimeOut) {
		c.spoil()
	}
	return err
}

func (c *Client) stopWaiting(ctx context.Context, ends time.Time) error {
	_, err := c.exchange(ctx, ends, cmdStopWait, nil, 8)
	return err
}

// Connect takes a slot for this program alone and powers its card.
func (c *Client) Connect(ctx context.Context, limit time.Duration, reader string) (Card, error) {
	ends := c.clk.now().Add(limit)
	if err := c.establish(ctx, ends); err != nil {
		return Card{}, err
	}
	if len(reader) >= nameSize {
		return Card{}, errors.New("name of the reader is too long")
	}
	body := words(c.context)
	body = append(body, reader...)
	body = append(body, make([]byte, nameSize-len(reader))...)
	body = append(body, words(shareExclusive, protocolAny, 0, 0, 0)...)
	b, err := c.call(ctx, ends, cmdConnect, body, len(body))
	if err != nil {
		return Card{}, err
	}
	w, err := result(cmdConnect, b)
	if err != nil {
		return Card{}, err
	}
	n := len(w)
	return Card{handle: w[n-3], protocol: w[n-2]}, nil
}

// establish opens a context, once for each connection to the service.
func (c *Client) establish(ctx context.Context, ends time.Time) error {
	if c.greeted && c.context != 0 {
		return nil
	}
	b, err := c.call(ctx, ends, cmdEstablish, words(scopeSystem, 0, 0), 12)
	if err != nil {
		return err
	}
	w, err := result(cmdEstablish, b)
	if err != nil {
		return err
	}
	c.context = w[1]
	return nil
}

// Transmit sends one command to the card and brings its answer.
func (c *Client) Transmit(ctx context.Context, limit time.Duration, card Card, command []byte) ([]byte, error) {
	if !c.greeted { // the connection was lost since, and the card with it
		return nil, lost(errGone)
	}
	ends := c.clk.now().Add(limit)
	head := words(card.handle, card.protocol, requestHeader, uint32(len(command)), protocolAny, requestHeader, maxAnswer, 0) //nolint:gosec // commands are short
	message := frame(cmdTransmit, head)
	b, err := c.send(ctx, ends, append(message, command...), len(head))
	if err != nil {
		return nil, err
	}
	w, err := result(cmdTransmit, b)
	if err != nil {
		return nil, err
	}
	if w[6] > maxAnswer {
		c.spoil()
		return nil, protocol(errShape)
	}
	a, err := c.take(ctx, int(w[6]), ends)
	if err != nil {
		c.spoil()
	}
	return a, err
}

var errGone = errors.New("the connection to the card is lost")

// Disconnect resets the card, so that nobody finds it opened, and gives the slot back. Where the connection is no longer in
// step, it is left instead: the service then does the same.
func (c *Client) Disconnect(ctx context.Context, limit time.Duration, card Card) error {
	if c.dirty || !c.greeted {
		return c.renew()
	}
	b, err := c.call(ctx, c.clk.now().Add(limit), cmdDisconnect, words(card.handle, resetCard, 0), 12)
	if err == nil {
		_, err = result(cmdDisconnect, b)
	}
	if err != nil {
		return errors.Join(err, c.renew())
	}
	return nil
}

// Renew leaves the connection and all that hangs on it and makes a new one.
func (c *Client) Renew() error { c.spoil(); return c.renew() }

func (c *Client) renew() error {
	if !c.dirty {
		return nil
	}
	if err := c.port.Discard(); err != nil {
		return err
	}
	c.dirty = false
	return nil
}

// spoil notes that the connection is out of step or gone.
func (c *Client) spoil() { c.greeted, c.dirty, c.context = false, true, 0 }

// call is one command and its answer of n bytes, after a greeting where one is due.
func (c *Client) call(ctx context.Context, ends time.Time, command uint32, body []byte, n int) ([]byte, error) {
	if err := c.greet(ctx, ends); err != nil {
		return nil, err
	}
	return c.exchange(ctx, ends, command, body, n)
}

func (c *Client) exchange(ctx context.Context, ends time.Time, command uint32, body []byte, n int) ([]byte, error) {
	return c.send(ctx, ends, frame(command, body), n)
}

func (c *Client) send(ctx context.Context, ends time.Time, message []byte, n int) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if _, err := c.port.Write(message); err != nil {
		c.spoil()
		return nil, c.down(err)
	}
	b, err := c.take(ctx, n, ends)
	if err != nil {
		c.spoil()
	}
	return b, err
}

// greet agrees on the version. A service of 4:5 refuses 4:4 but says what it is, and closes nothing.
func (c *Client) greet(ctx context.Context, ends time.Time) error {
	if c.greeted {
		return nil
	}
	if err := c.renew(); err != nil {
		return c.down(err)
	}
	minor := uint32(versionOldest)
	for {
		b, err := c.exchange(ctx, ends, cmdVersion, words(versionMajor, minor, 0), 12)
		if err != nil {
			return err
		}
		w, err := result(cmdVersion, b)
		switch {
		case err == nil:
			c.greeted, c.context = true, 0
			return nil
		case ResultOf(err) != ServiceStopped || w[0] != versionMajor || w[1] <= minor || w[1] > versionNewest:
			c.spoil()
			return &drivers.Error{
				Code: drivers.CodeInternalError, Reason: drivers.ReasonProtocol,
				Detail: fmt.Sprintf("the smart card service speaks %d:%d, this program %d:%d to %d:%d", w[0], w[1], versionMajor, versionOldest, versionMajor, versionNewest), Cause: err,
			}
		}
		minor = w[1]
	}
}

// take reads n bytes.
func (c *Client) take(ctx context.Context, n int, ends time.Time) ([]byte, error) {
	var out bytes.Buffer
	buf := make([]byte, min(n, 4096))
	for out.Len() < n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		left := ends.Sub(c.clk.now())
		if left <= 0 {
			if out.Len() > 0 { // the rest would be taken for the next answer
				c.spoil()
			}
			return nil, &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "no whole answer of the smart card service in time"}
		}
		k, err := c.port.Read(buf[:min(len(buf), n-out.Len())], min(left, readSlice))
		if err != nil {
			c.spoil()
			return nil, c.down(err)
		}
		out.Write(buf[:k])
	}
	return out.Bytes(), nil
}

func (c *Client) down(err error) error {
	var e *drivers.Error
	if errors.As(err, &e) {
		return e
	}
	return lost(err)
}

func protocol(err error) error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: err.Error(), Cause: err}
}
