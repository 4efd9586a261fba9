package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/modules/window"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// mapping is the shipped file of rules (协同规则).
type mapping struct {
	Rules []struct {
		Item   string   `yaml:"item"`
		Sends  bool     `yaml:"sends"`
		Topics []string `yaml:"topics"`
	} `yaml:"rules"`
	States map[window.State]struct {
		Code string `yaml:"code"`
		Name string `yaml:"name"`
	} `yaml:"states"`
	Titles map[string]string `yaml:"titles"`
	Fields []field           `yaml:"fields"`
}

// field says how one value of the province is made.
type field struct {
	Name    string            `yaml:"name"`
	Title   string            `yaml:"title"`
	From    string            `yaml:"from"`
	Mask    string            `yaml:"mask"`
	Codes   map[string]string `yaml:"codes"`
	Else    string            `yaml:"else"`
	Follows bool              `yaml:"follows"` // changes while the case runs, so every message carries it
	Act     bool              `yaml:"act"`     // can be changed here only by an act at the window
}

func (m mapping) field(name string) (field, bool) {
	for _, f := range m.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return field{}, false
}

// source is what values are taken from; a nil submission leaves the person's out.
type source struct {
	facts window.Facts
	state window.State // as the event said it, when it is of an event
	item  matter.Item
	body  *wire.Submission
}

func (s source) value(from string) string {
	f := s.facts
	plain := map[string]string{
		"item.task_code": s.item.TaskCode, "item.version": strconv.Itoa(f.ItemVersion), "item.name": f.ItemName, "item.office": s.item.Office, "item.office_code": s.item.OfficeCode,
		"case.region": f.Region, "case.channel": f.Channel, "case.received_at": moment(f.ReceivedAt), "case.accepted_on": f.AcceptedOn,
		"case.due": f.Due, "case.statutory": f.Statutory, "case.closed_at": moment(f.ClosedAt),
	}
	if v, ok := plain[from]; ok {
		return v
	}
	if s.body == nil {
		return ""
	}
	switch from {
	case "person.name":
		return s.body.Applicant.Name
	case "person.type":
		p := s.body.Applicant
		if (p.Type == "hkmo" || p.Type == "taiwan") && len(p.IDNumber) == 18 {
			return "hmt-residence" // their residence permit has a citizen's number
		}
		return p.Type
	case "person.id_number":
		return s.body.Applicant.IDNumber
	case "case.submitted_at":
		return moment(s.body.SubmittedAt)
	}
	if name, ok := strings.CutPrefix(from, "form."); ok {
		if v, ok := s.body.Form[name]; ok && v != nil {
			if text, ok := v.(string); ok {
				return text
			}
			return fmt.Sprint(v)
		}
	}
	return ""
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(clock.Shanghai).Format(time.DateTime)
}

// values converts a case to the province's fields; with follows, only those that change while it runs.
func (m mapping) values(s source, follows bool) map[string]string {
	out := map[string]string{}
	for _, f := range m.Fields {
		if follows && !f.Follows {
			continue
		}
		v := ""
		switch {
		case f.From == "case.state":
			v = m.States[s.state].Code
		case f.From == "case.closed_at" && s.state != s.facts.State: // the message tells of an earlier day
		default:
			v = s.value(f.From)
		}
		if len(f.Codes) > 0 && v != "" {
			code, ok := f.Codes[v]
			if !ok {
				code = f.Else
			}
			v = code
		}
		if v != "" {
			out[f.Name] = v
		}
	}
	return out
}

// letter is a message as it goes on the line.
type letter struct {
	MsgID     string            `json:"msgId"`
	MsgType   string            `json:"msgType"`
	AreaCode  string            `json:"areaCode"`
	ProjNo    string            `json:"projNo"`
	SeqNo     int               `json:"seqNo"`
	SendTime  time.Time         `json:"sendTime"`
	Fields    map[string]string `json:"fields"`
	Operator  string            `json:"operator"`
	Reason    string            `json:"reason"`
	Materials []enclosure       `json:"materials,omitempty"`
	Form      map[string]any    `json:"form,omitempty"`
}

// enclosure is one paper of the application; its pages stand as digests, and are fetched from the material library.
type enclosure struct {
	Code     string   `json:"materialCode"`
	Name     string   `json:"materialName"`
	Deferred bool     `json:"deferred"`
	Digests  []string `json:"digests"`
}

// noted is what the log said when the message was queued: it fixes what is told, whenever it is built.
type noted struct {
	Topic  string            `json:"topic"`
	Moved  window.Moved      `json:"moved"`
	Fields map[string]string `json:"fields,omitempty"` // of a correction
	Reason string            `json:"reason,omitempty"`
}

// read reads all that a message needs of other modules.
func (a *App) read(ctx context.Context, no string, state window.State, person bool) (source, error) {
	s := source{state: state}
	var err error
	if s.facts, err = a.Window.Facts(ctx, no); err != nil {
		return s, err
	}
	if s.state == "" {
		s.state = s.facts.State
	}
	if s.item, err = a.Items.Item(ctx, s.facts.Item, s.facts.ItemVersion); err != nil {
		return s, err
	}
	if person {
		body, err := a.Window.Application(ctx, no, "推送省一体化平台")
		if err != nil {
			return s, err
		}
		s.body = &body
	}
	return s, nil
}

func enclosures(s source) []enclosure {
	out := []enclosure{}
	for _, m := range s.body.Materials {
		e := enclosure{Code: m.Code, Name: m.Code, Deferred: m.Deferred, Digests: []string{}}
		for _, want := range s.item.Materials {
			if want.Code == m.Code {
				e.Name = want.Name
			}
		}
		for _, p := range m.Pages {
			e.Digests = append(e.Digests, p.Digest)
		}
		out = append(out, e)
	}
	return out
}

func decodeNoted(text string) (n noted, err error) {
	if err = json.Unmarshal([]byte(text), &n); err != nil {
		return n, fmt.Errorf("decode event of message: %w", err)
	}
	return n, nil
}
