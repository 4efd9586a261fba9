package web

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	kernel "tongban/central/kernel/health"
	"tongban/central/modules/running"
	"tongban/central/modules/running/internal/app"
)

// component is one line of the health page.
type component struct {
	Name     string           `json:"name" doc:"部件编号"`
	Title    string           `json:"title"`
	Kind     string           `json:"kind" doc:"server, database, broker, blobs, audit, backup, terminal, certificate…"`
	State    string           `json:"state" enum:"ok,warn,unknown,bad"`
	Text     string           `json:"text"`
	Since    string           `json:"since,omitempty" doc:"从什么时候起是这个状态"`
	Measured []kernel.Measure `json:"measured"`
}

type healthOut struct {
	Body struct {
		At         string      `json:"at,omitempty" doc:"最近一次检查；还没有检查过时没有"`
		State      string      `json:"state" enum:"ok,warn,unknown,bad"`
		Answer     string      `json:"answer" doc:"一句话的结论"`
		Components []component `json:"components"`
		Terminals  struct {
			Up    int         `json:"up"`
			Total int         `json:"total"`
			Ill   []component `json:"ill" doc:"不正常的终端"`
		} `json:"terminals"`
	}
}

func health(api huma.API, a *app.App) {
	show := func(ctx context.Context) (*healthOut, error) {
		s, err := a.Latest(ctx)
		if err != nil {
			return nil, err
		}
		out := &healthOut{}
		b := &out.Body
		b.At, b.State, b.Answer = stamp(s.At), string(s.State), s.Answer
		b.Components, b.Terminals.Ill = []component{}, []component{}
		for _, c := range s.Checks {
			line := component{Name: c.Component, Title: c.Title, Kind: c.Kind, State: c.State, Text: c.Text, Since: stamp(c.Since), Measured: []kernel.Measure{}}
			_ = json.Unmarshal(c.Measured, &line.Measured) // written by this program; a page without numbers is still a page
			if c.Kind != kernel.Terminal {
				b.Components = append(b.Components, line)
				continue
			}
			b.Terminals.Total++
			if c.State != string(kernel.Bad) {
				b.Terminals.Up++
			}
			if c.State != string(kernel.OK) {
				b.Terminals.Ill = append(b.Terminals.Ill, line)
			}
		}
		return out, nil
	}
	get(api, "get-health", "health", "健康状态", func(ctx context.Context, _ *empty) (*healthOut, error) { return show(ctx) })
	post(api, running.PermInspect, "check-health", "health", "立即检查", func(ctx context.Context, _ *empty) (*healthOut, error) {
		if _, _, err := a.CheckUp(ctx); err != nil {
			return nil, err
		}
		return show(ctx)
	})
	type trendsIn struct {
		Hours int `query:"hours" minimum:"1" maximum:"8760" default:"24"`
	}
	type trendsOut struct {
		Body struct {
			Series []app.Series `json:"series"`
		}
	}
	get(api, "get-trends", "trends", "资源趋势", func(ctx context.Context, in *trendsIn) (*trendsOut, error) {
		series, err := a.Trends(ctx, in.Hours)
		out := &trendsOut{}
		out.Body.Series = series
		return out, err
	})
}
