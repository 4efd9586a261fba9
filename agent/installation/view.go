package installation

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"tongban/agent/clock"
	"tongban/agent/screen"
	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
)

var stateWords = map[wire.PointState]string{wire.PointOK: "合格", wire.PointFailed: "不合格", wire.PointAbsent: "没有装", "": "还没做"}

// View is what the screen shows.
func (b *Book) View() *screen.Installation {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := &screen.Installation{Begun: stamp(b.begun), Signed: stamp(b.signed), Revision: b.revision, Reading: b.reading, Said: b.said, Cameras: b.offered(), Lines: []string{}}
	if b.record == "" {
		out.Begun = ""
	}
	counts := map[wire.PointState]int{}
	for _, p := range b.o.List.Points {
		counts[b.state(p)]++
		out.Points = append(out.Points, b.viewPoint(p))
	}
	out.Open, out.Failed = counts[""], counts[wire.PointFailed]
	out.Summary = summary(len(b.o.List.Points), counts)
	if !b.signed.IsZero() {
		out.Lines = b.lines(counts)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		waiting, err := b.o.Box.Holds(ctx, b.envelope)
		if err != nil {
			b.o.Log.Warn("outbox cannot be asked", "err", err)
		}
		out.Waiting = waiting || err != nil
	}
	return out
}

func (b *Book) viewPoint(p profiles.Point) screen.InstallPoint {
	a, state := b.answers[p.ID], b.state(p)
	out := screen.InstallPoint{
		ID: p.ID, Part: p.Part, Title: p.Title, Answer: p.Answer, Photo: p.Photo || p.Answer == profiles.AnswerPhoto, How: p.How, Why: p.Why, Fail: p.Fail,
		Unit: p.Unit, Want: p.Want(), Clause: p.Clause, Fitted: b.fitted(p), Device: p.Device, State: string(state), Word: stateWords[state], Photos: []screen.InstallPhoto{},
	}
	if a.value != nil {
		out.Value = amount(p, *a.value)
	}
	if !a.at.IsZero() {
		out.At = a.at.In(clock.Shanghai).Format("15:04")
	}
	for _, f := range b.photos {
		if f.point == p.ID {
			out.Photos = append(out.Photos, screen.InstallPhoto{
				Digest: f.Digest, At: f.At.In(clock.Shanghai).Format("15:04"), Source: sourceName(f.Source), Shown: b.shown[f.Digest] != nil,
			})
		}
	}
	switch {
	case state != "":
	case a.state == wire.PointOK && p.Photo:
		out.Missing = "还差一张照片"
	case p.Answer == profiles.AnswerPhoto:
		out.Missing = "等一张照片"
	}
	return out
}

func amount(p profiles.Point, v float64) string {
	if p.Answer == profiles.AnswerRead {
		return fmt.Sprintf("离 %d 厘米，%.0f 毫秒", p.At, v)
	}
	return strconv.FormatFloat(v, 'f', -1, 64) + " " + p.Unit
}

func sourceName(source string) string {
	if source == fromFile {
		return "带来的照片"
	}
	return cmp.Or(profiles.KindName(source), source)
}

// offered are the cameras of this terminal.
func (b *Book) offered() []screen.ServiceFact {
	out := []screen.ServiceFact{}
	for _, k := range cameras {
		if b.o.Rack.Has(k) {
			out = append(out, screen.ServiceFact{Label: string(k), Value: profiles.KindName(string(k))})
		}
	}
	return out
}

// summary is the answer in one line: 33 项：30 项合格，1 项不合格，2 项没有装.
func summary(all int, counts map[wire.PointState]int) string {
	s := fmt.Sprintf("%d 项", all)
	for i, state := range []wire.PointState{wire.PointOK, wire.PointFailed, wire.PointAbsent, ""} {
		if n := counts[state]; n > 0 {
			sign := "，"
			if i == 0 || s == fmt.Sprintf("%d 项", all) {
				sign = "："
			}
			s += fmt.Sprintf("%s%d 项%s", sign, n, stateWords[state])
		}
	}
	return s
}

// lines are what is printed and what the office would ask on the telephone. Called with mu held.
func (b *Book) lines(counts map[wire.PointState]int) []string {
	out := []string{summary(len(b.o.List.Points), counts)}
	for _, p := range b.o.List.Points {
		switch state := b.state(p); {
		case state == wire.PointFailed && p.Fail != "":
			out = append(out, "不合格："+p.Title+b.measured(p)+"。"+p.Fail)
		case state == wire.PointAbsent:
			out = append(out, "没有装："+p.Title)
		case p.Answer == profiles.AnswerNumber:
			out = append(out, p.Title+b.measured(p))
		}
	}
	return out
}

func (b *Book) measured(p profiles.Point) string {
	a := b.answers[p.ID]
	if a.value == nil {
		return ""
	}
	return " " + amount(p, *a.value) + "（" + p.Want() + "）"
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(clock.Shanghai).Format("1月2日 15:04")
}

// Slip is what the printed record says: the number of the code stands for the technician.
func (b *Book) Slip() (lines []string, signed time.Time, err error) {
	v := b.View()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.signed.IsZero() {
		return nil, time.Time{}, ErrNotSigned
	}
	return v.Lines, b.signed, nil
}
