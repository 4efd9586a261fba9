package control

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/deploy/sim/fault"
)

// FaultOrder is the body of POST /faults: press or release one button, or clear them all. Device may be left out
// where only one device has such a button.
type FaultOrder struct {
	Device string `json:"device"`
	Fault  string `json:"fault"`
	On     *bool  `json:"on"` // absent: press
	Value  int    `json:"value"`
	Times  int    `json:"times"`
	At     string `json:"at"`
	Clear  bool   `json:"clear"`
}

// FaultBoard is the answer of GET /faults and POST /faults, by device.
type FaultBoard map[string]struct {
	Faults  []fault.Spec  `json:"faults"`
	Pressed []fault.Press `json:"pressed"`
}

func (s *Server) board() FaultBoard {
	out := FaultBoard{}
	for _, d := range s.devices {
		e := out[d.Kind()]
		e.Faults, e.Pressed = d.Faults().Specs(), d.Faults().Pressed()
		out[d.Kind()] = e
	}
	return out
}

func (s *Server) listFaults(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, s.board())
}

func (s *Server) pressFault(w http.ResponseWriter, r *http.Request) {
	var o FaultOrder
	if err := decode(r, &o); err != nil {
		bad(w, err)
		return
	}
	if err := s.ApplyFault(o); err != nil {
		names := map[string][]string{}
		for _, d := range s.devices {
			names[d.Kind()] = d.Faults().Names()
		}
		writeJSON(w, http.StatusBadRequest, refusal{Error: err.Error(), Faults: names})
		return
	}
	writeJSON(w, http.StatusOK, s.board())
}

// ApplyFault carries out an order.
func (s *Server) ApplyFault(o FaultOrder) error {
	if o.Clear {
		return s.clear(o)
	}
	d, err := s.withFault(o.Device, o.Fault)
	if err != nil {
		return err
	}
	if o.On != nil && !*o.On {
		return d.Faults().Release(o.Fault)
	}
	return d.Faults().Press(fault.Press{Name: o.Fault, Value: o.Value, Times: o.Times, At: o.At})
}

func (s *Server) clear(o FaultOrder) error {
	if o.Fault != "" {
		return errors.New("clear goes with a device or with nothing, not with a fault")
	}
	found := false
	for _, d := range s.devices {
		if o.Device == "" || d.Kind() == o.Device {
			found = true
			if err := d.Faults().Clear(); err != nil {
				return err
			}
		}
	}
	if !found {
		return s.noDevice(o.Device)
	}
	return nil
}

func (s *Server) withFault(device, name string) (Device, error) {
	var hits []Device
	known := false
	for _, d := range s.devices {
		if device != "" && d.Kind() != device {
			continue
		}
		known = true
		if slices.Contains(d.Faults().Names(), name) {
			hits = append(hits, d)
		}
	}
	switch {
	case !known:
		return nil, s.noDevice(device)
	case len(hits) == 0:
		return nil, fmt.Errorf("unknown fault %q", name)
	case len(hits) > 1:
		return nil, fmt.Errorf("fault %q: more than one device has it, name the device", name)
	}
	return hits[0], nil
}

func (s *Server) noDevice(kind string) error {
	kinds := make([]string, len(s.devices))
	for i, d := range s.devices {
		kinds[i] = d.Kind()
	}
	return fmt.Errorf("unknown device %q, have %s", kind, strings.Join(kinds, ", "))
}

func (s *Server) card(w http.ResponseWriter, r *http.Request) {
	var o struct {
		Person string `json:"person"`
	}
	if err := decode(r, &o); err != nil {
		bad(w, err)
		return
	}
	for _, d := range s.devices {
		if c, ok := d.(CardTaker); ok {
			if err := c.PutCard(o.Person); err != nil {
				bad(w, err)
				return
			}
			writeJSON(w, http.StatusOK, c.Cards())
			return
		}
	}
	bad(w, errors.New("this terminal takes no cards"))
}

func (s *Server) paper(w http.ResponseWriter, r *http.Request) {
	var o PaperOrder
	if err := decode(r, &o); err != nil {
		bad(w, err)
		return
	}
	for _, d := range s.devices {
		if p, ok := d.(PaperTaker); ok && d.Kind() == o.Device {
			if err := p.Paper(o); err != nil {
				bad(w, err)
				return
			}
			writeJSON(w, http.StatusOK, p.Papers())
			return
		}
	}
	bad(w, s.noDevice(o.Device))
}

func (s *Server) keeper() SlipKeeper {
	for _, d := range s.devices {
		if k, ok := d.(SlipKeeper); ok {
			return k
		}
	}
	return nil
}

func (s *Server) slips(w http.ResponseWriter, _ *http.Request) {
	out := []Slip{}
	if k := s.keeper(); k != nil {
		out = append(out, k.Slips()...)
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) slip(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(strings.TrimSuffix(r.PathValue("file"), ".png"))
	k := s.keeper()
	if err != nil || k == nil || !strings.HasSuffix(r.PathValue("file"), ".png") {
		http.NotFound(w, r)
		return
	}
	b, err := k.SlipPNG(n)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b)
}
