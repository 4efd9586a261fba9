package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	"tongban/central/modules/region"
	"tongban/central/modules/window"
)

// directory says who takes what for whom (跨域通办清单).
type directory struct {
	Here struct {
		Code string `yaml:"code"`
		Name string `yaml:"name"`
	} `yaml:"here"`
	Regions []home `yaml:"regions"`
}

// home is one region that decides, with its desk.
type home struct {
	Code    string   `yaml:"code"`
	Name    string   `yaml:"name"`
	Office  string   `yaml:"office"`
	Address string   `yaml:"address"`
	Phone   string   `yaml:"phone"`
	Items   []taking `yaml:"items"`
}

// taking is one item that we take for it.
type taking struct {
	Item     string      `yaml:"item"`
	Mode     region.Mode `yaml:"mode"`
	Paper    bool        `yaml:"paper"`
	Send     int         `yaml:"send_days"`
	Answer   int         `yaml:"answer_days"`
	Promised int         `yaml:"promise_days"`
	Parts    []part      `yaml:"parts"`
}

type part struct {
	Region string `yaml:"region"` // code, or "here"
	What   string `yaml:"what"`
}

func readDirectory(text []byte) (d directory, err error) {
	if err := yaml.UnmarshalWithOptions(text, &d, yaml.DisallowUnknownField()); err != nil {
		return d, fmt.Errorf("read directory of regions: %w", err)
	}
	seen := map[string]bool{}
	for _, h := range d.Regions {
		if len(h.Code) != 12 || h.Name == "" || h.Office == "" || h.Address == "" || h.Phone == "" {
			return d, fmt.Errorf("region %q: code of 12 digits, name, office, address and phone are needed", h.Name)
		}
		for _, t := range h.Items {
			id := targetID(h, t)
			switch {
			case seen[id+t.Item]:
				return d, fmt.Errorf("%s %s is there twice", id, t.Item)
			case !t.Mode.Known() || t.Send < 1 || t.Answer < 1 || t.Promised < 1:
				return d, fmt.Errorf("%s %s: mode and days of each side are needed", id, t.Item)
			case (t.Mode == region.Joint) != (len(t.Parts) > 1):
				return d, fmt.Errorf("%s %s: only a joint matter has parts, and more than one", id, t.Item)
			case t.Mode != region.Collect && t.Paper:
				return d, fmt.Errorf("%s %s: only what is collected goes by post", id, t.Item)
			}
			seen[id+t.Item] = true
		}
	}
	if len(d.Here.Code) != 12 || len(d.Regions) == 0 {
		return d, errors.New("directory of regions: our own code, or every other region, is missing")
	}
	return d, nil
}

func targetID(h home, t taking) string { return h.Code + "." + string(t.Mode) }

// find returns a target for an item, or region.ErrNoTarget.
func (d directory) find(target, item string) (home, taking, error) {
	for _, h := range d.Regions {
		for _, t := range h.Items {
			if targetID(h, t) == target && t.Item == item {
				return h, t, nil
			}
		}
	}
	return home{}, taking{}, region.ErrNoTarget
}

// name is a region in words, its code where nobody named it.
func (d directory) name(code string) string {
	if code == d.Here.Code || code == "here" {
		return d.Here.Name
	}
	for _, h := range d.Regions {
		if h.Code == code {
			return h.Name
		}
	}
	return code
}

// Across says where a registration goes; it is the window's port.
func (a *App) Across(_ context.Context, target, item string) (window.CrossingTarget, error) {
	h, t, err := a.dir.find(target, item)
	if err != nil {
		return window.CrossingTarget{}, err
	}
	return window.CrossingTarget{ID: target, Name: h.Name + "，" + t.Mode.Text()}, nil
}

// Target is one line of the directory.
type Target struct {
	ID       string `json:"id"`
	Item     string `json:"item"`
	ItemName string `json:"item_name"`
	Region   string `json:"region"`
	Name     string `json:"name"`
	Office   string `json:"office"`
	Mode     string `json:"mode" enum:"collect,online,joint"`
	ModeText string `json:"mode_text"`
	Paper    bool   `json:"paper" doc:"纸质原件要寄"`
	Promised int    `json:"promised" doc:"办理地承诺的工作日"`
	Abroad   bool   `json:"abroad" doc:"跨省"`
}

// Targets lists what may be taken for whom, by item; an item that the catalogue does not have now is left out.
func (a *App) Targets(ctx context.Context) ([]Target, error) {
	names := map[string]string{}
	out := []Target{}
	for _, h := range a.dir.Regions {
		for _, t := range h.Items {
			if _, asked := names[t.Item]; !asked {
				item, err := a.Items.Item(ctx, t.Item, 0)
				if err == nil {
					names[t.Item] = item.Name
				} else {
					names[t.Item] = ""
				}
			}
			if names[t.Item] == "" {
				continue
			}
			out = append(out, Target{
				ID: targetID(h, t), Item: t.Item, ItemName: names[t.Item], Region: h.Code, Name: h.Name, Office: h.Office, Mode: string(t.Mode), ModeText: t.Mode.Text(),
				Paper: t.Paper, Promised: t.Promised, Abroad: !strings.HasPrefix(h.Code, a.dir.Here.Code[:2]),
			})
		}
	}
	return out, nil
}
