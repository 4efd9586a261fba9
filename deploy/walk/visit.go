package walk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tongban/agent/screen"
	"tongban/deploy/sim/client"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/mattertest"
)

// Visit is one citizen's errand.
type Visit struct {
	Person string   // key of the card, see the emulator's people
	Second string   // card of a second signer, where one is wanted
	Item   string   // code
	Sheet  string   // what to lay under the camera; "" = the first sheet the camera has
	Pick   []string // option values to prefer when a question offers them

	Values map[string]any // entries in place of the sample ones, by field
}

// Times are what one visit took.
type Times struct {
	Card   time.Duration // identify started → record on the screen
	Submit time.Duration // submit pressed → answered with number and slip under way
	Slip   time.Duration // submit pressed → slip confirmed by the printer
}

// Hand goes through the whole visit up to the submitted screen and returns what the citizen holds.
func (c *Citizen) Hand(ctx context.Context, devices *client.Client, v Visit) (screen.Done, Times, error) {
	var t Times
	if err := c.ready(ctx, devices, v, &t); err != nil {
		return screen.Done{}, t, err
	}
	from := time.Now()
	s, err := c.Do(ctx, "matter/submit", nil)
	if err != nil {
		return screen.Done{}, t, err
	}
	t.Submit = time.Since(from)
	if s.Visit == nil || s.Visit.Done == nil {
		return screen.Done{}, t, errors.New("submitted, but no number")
	}
	return *s.Visit.Done, t, nil
}

// Ready goes through the visit up to the last look before submitting.
func (c *Citizen) Ready(ctx context.Context, devices *client.Client, v Visit) error {
	var t Times
	return c.ready(ctx, devices, v, &t)
}

func (c *Citizen) ready(ctx context.Context, devices *client.Client, v Visit, t *Times) error {
	if _, err := c.Identify(ctx, devices, v.Person, t); err != nil {
		return err
	}
	if _, err := c.Do(ctx, "matter/choose", screen.Choose{Item: v.Item}); err != nil {
		return err
	}
	_, err := c.prepare(ctx, devices, v)
	return err
}

// Identify starts a visit and reads a card.
func (c *Citizen) Identify(ctx context.Context, devices *client.Client, person string, t *Times) (screen.State, error) {
	s, err := c.Do(ctx, "visit/start", nil)
	if err != nil {
		return s, err
	}
	if s, err = c.Do(ctx, "identify/start", nil); err != nil {
		return s, err
	}
	from := time.Now()
	if err := devices.PutCard(ctx, person); err != nil {
		return s, err
	}
	defer devices.TakeCard(ctx) //nolint:errcheck // the card may be away already
	s, err = c.Until(ctx, 15*time.Second, "card read", func(s screen.State) bool { return s.Visit != nil && s.Visit.Person != nil })
	if err != nil {
		return s, err
	}
	t.Card = time.Since(from)
	return c.Do(ctx, "identify/confirm", nil)
}

func (c *Citizen) prepare(ctx context.Context, devices *client.Client, v Visit) (screen.State, error) {
	s, err := c.Do(ctx, "matter/consent", nil)
	if err != nil {
		return s, err
	}
	for m := s.Visit.Matter; m.Ask != nil; m = s.Visit.Matter {
		if s, err = c.Do(ctx, "matter/answer", screen.Answer{Question: m.Ask.ID, Option: choose(m.Ask, v.Pick)}); err != nil {
			return s, err
		}
	}
	for _, g := range s.Visit.Matter.Groups {
		values := mattertest.Fill(s.Visit.Matter.Item.Form, g, s.Visit.Matter.Values)
		for name := range values {
			if own, ok := v.Values[name]; ok {
				values[name] = own
			}
		}
		if s, err = c.Do(ctx, "matter/form", screen.Entries{Group: g.ID, Values: values}); err != nil {
			return s, err
		}
	}
	for _, m := range s.Visit.Matter.Materials {
		if m.Need == "exempt" {
			continue
		}
		if s, err = c.scan(ctx, devices, v.Sheet, m.Code); err != nil {
			return s, err
		}
	}
	for _, g := range s.Visit.Matter.Signers {
		if s, err = c.sign(ctx, devices, v, g); err != nil {
			return s, err
		}
	}
	if missing := s.Visit.Matter.Missing; len(missing) > 0 {
		return s, fmt.Errorf("still missing: %s", strings.Join(missing, ", "))
	}
	return s, nil
}

func choose(q *matter.Question, pick []string) string {
	for _, o := range q.Options {
		for _, p := range pick {
			if o.Value == p {
				return p
			}
		}
	}
	for _, o := range q.Options {
		if o.Stop == "" {
			return o.Value
		}
	}
	return q.Options[0].Value
}

func (c *Citizen) scan(ctx context.Context, devices *client.Client, sheet, material string) (screen.State, error) {
	if sheet == "" {
		sheet = "hukou"
	}
	if err := devices.Paper(ctx, "camera", sheet); err != nil {
		return screen.State{}, err
	}
	shot, err := c.Capture(ctx, material)
	for tries := 1; tries < 3 && err == nil && !shot.OK; tries++ { // who is told why presses again
		shot, err = c.Capture(ctx, material)
	}
	if err != nil {
		return screen.State{}, err
	}
	if !shot.OK || shot.Page == nil {
		return screen.State{}, fmt.Errorf("page refused: %s %s", shot.Verdict, shot.Message)
	}
	return c.Do(ctx, "matter/keep", screen.Keep{Material: material, Page: shot.Page.ID})
}

func (c *Citizen) sign(ctx context.Context, devices *client.Client, v Visit, g screen.SignerState) (screen.State, error) {
	if g.OwnCard {
		if err := devices.PutCard(ctx, v.Second); err != nil {
			return screen.State{}, err
		}
		if _, err := c.Do(ctx, "identify/start", nil); err != nil {
			return screen.State{}, err
		}
		_, err := c.Until(ctx, 15*time.Second, "second card read", func(s screen.State) bool {
			for _, x := range s.Visit.Matter.Signers {
				if x.Role == g.Role {
					return x.Read
				}
			}
			return false
		})
		_ = devices.TakeCard(ctx)
		if err != nil {
			return screen.State{}, err
		}
	}
	return c.Do(ctx, "matter/sign", screen.Sign{Role: g.Role, Width: 900, Height: 400, Strokes: Scribble()})
}

// Until polls the state until ok.
func (c *Citizen) Until(ctx context.Context, patience time.Duration, what string, ok func(screen.State) bool) (screen.State, error) {
	end := time.Now().Add(patience)
	for {
		s, err := c.State(ctx)
		if err != nil {
			return s, err
		}
		if ok(s) {
			return s, nil
		}
		if time.Now().After(end) {
			return s, fmt.Errorf("%s: not within %s", what, patience)
		}
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Online reports that the terminal reaches the centre.
func Online(s screen.State) bool { return s.Link.Online }

// SlipOut reports that the printer confirmed the slip.
func SlipOut(s screen.State) bool {
	return s.Visit != nil && s.Visit.Done != nil && s.Visit.Done.Slip.State == "printed"
}
