package v4l2

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/record"
)

// Client is the drivers' side of the port (摄像头的使用方). It is used by one goroutine at a time. A channel is the place of a
// camera in the address.
type Client struct {
	port   drivers.Port
	read   record.Reader
	number int
}

// NewClient makes a client of a port that Open made, or that plays a tape of one.
func NewClient(port drivers.Port) *Client {
	return &Client{port: port, read: record.Reader{Port: port}}
}

// Describe asks a camera what it can do.
func (c *Client) Describe(ctx context.Context, channel int) (Description, error) {
	a, err := c.ask(ctx, channel, command{Do: doDescribe})
	if err != nil || a.Description == nil {
		return Description{}, missing(err)
	}
	return *a.Description, nil
}

// SetMode sets a mode and returns what the camera made of it.
func (c *Client) SetMode(ctx context.Context, channel int, m Mode) (Mode, error) {
	a, err := c.ask(ctx, channel, command{Do: doMode, Mode: &m})
	if err != nil || a.Mode == nil {
		return Mode{}, missing(err)
	}
	return *a.Mode, nil
}

// Control reads a setting.
func (c *Client) Control(ctx context.Context, channel int, name string) (int, error) {
	a, err := c.ask(ctx, channel, command{Do: doControl, Name: name})
	return a.Value, err
}

// SetControl writes a setting.
func (c *Client) SetControl(ctx context.Context, channel int, name string, value int) error {
	_, err := c.ask(ctx, channel, command{Do: doSet, Name: name, Value: value})
	return err
}

// Start lets a camera take pictures.
func (c *Client) Start(ctx context.Context, channel int) error {
	_, err := c.ask(ctx, channel, command{Do: doStart})
	return err
}

// Stop ends that.
func (c *Client) Stop(ctx context.Context, channel int) error {
	_, err := c.ask(ctx, channel, command{Do: doStop})
	return err
}

// Next waits for the next picture of a camera; fresh leaves out what was taken before.
func (c *Client) Next(ctx context.Context, channel int, fresh bool) (Picture, error) {
	got, err := c.NextOf(ctx, fresh, channel)
	if err != nil {
		return Picture{}, err
	}
	return got[0].Picture, got[0].Err
}

// Taken is what one of several cameras gave.
type Taken struct {
	Picture
	Err error
}

// NextOf waits for the next picture of each of several cameras. The error is one of the line or of the context; what
// became of a single camera stands with it, a camera that gave nothing in time with CodeTimeOut.
func (c *Client) NextOf(ctx context.Context, fresh bool, channels ...int) ([]Taken, error) {
	out, numbers, open := make([]Taken, len(channels)), map[int]int{}, len(channels)
	for i, ch := range channels {
		out[i].Err = &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "the camera gives no picture"}
		n, err := c.send(ch, command{Do: doNext, Fresh: fresh})
		if err != nil {
			return nil, err
		}
		numbers[n] = i
	}
	for open > 0 {
		r, err := c.receive(ctx)
		if err != nil {
			if open < len(channels) && errors.Is(err, context.DeadlineExceeded) {
				return out, nil
			}
			return nil, err
		}
		n, t, err := taken(r)
		if err != nil {
			return nil, err
		}
		if i, ours := numbers[n]; ours {
			out[i] = t
			delete(numbers, n)
			open--
		}
	}
	return out, nil
}

func taken(r record.Record) (int, Taken, error) {
	if r.Letter == letterPicture {
		n, p, err := decodePicture(r.Content)
		if err != nil {
			return 0, Taken{}, protocol(err)
		}
		return n, Taken{Picture: p}, nil
	}
	a, err := decodeAnswer(r)
	if err != nil {
		return 0, Taken{}, err
	}
	return a.Number, Taken{Err: missing(a.fault())}, nil
}

// ask sends a command and waits for its answer.
func (c *Client) ask(ctx context.Context, channel int, cmd command) (answer, error) {
	n, err := c.send(channel, cmd)
	if err != nil {
		return answer{}, err
	}
	for {
		r, err := c.receive(ctx)
		if err != nil {
			return answer{}, err
		}
		if r.Letter == letterPicture {
			continue // one that nobody waits for any more
		}
		a, err := decodeAnswer(r)
		if err != nil {
			return answer{}, err
		}
		if a.Number == n {
			return a, a.fault()
		}
	}
}

func (c *Client) send(channel int, cmd command) (int, error) {
	c.number++
	cmd.Number = c.number
	b, err := encode(letterCommand, channel, cmd)
	if err != nil {
		return 0, err
	}
	if _, err := c.port.Write(b); err != nil {
		return 0, err
	}
	return c.number, nil
}

// receive takes the next record, looking at the context now and then.
func (c *Client) receive(ctx context.Context) (record.Record, error) {
	for {
		if err := ctx.Err(); err != nil {
			return record.Record{}, drivers.Fault(err)
		}
		r, ok, err := c.read.Next(c.look(ctx))
		if err != nil {
			return record.Record{}, err
		}
		if ok {
			return r, nil
		}
	}
}

// look is how long the port is waited for at once.
func (c *Client) look(ctx context.Context) time.Duration {
	if end, ok := ctx.Deadline(); ok {
		return max(min(askEvery, end.Sub(clock())), time.Millisecond)
	}
	return askEvery
}

func decodeAnswer(r record.Record) (answer, error) {
	var a answer
	if r.Letter != letterAnswer {
		return a, protocol(fmt.Errorf("record %c", r.Letter))
	}
	if err := json.Unmarshal(r.Content, &a); err != nil {
		return a, protocol(err)
	}
	return a, nil
}

func (a answer) fault() error {
	if a.Error == nil {
		return nil
	}
	return a.Error
}

// missing is an answer without what was asked for.
func missing(err error) error {
	if err != nil {
		return err
	}
	return protocol(errors.New("an answer without content"))
}

func protocol(err error) error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: err.Error(), Cause: err}
}
