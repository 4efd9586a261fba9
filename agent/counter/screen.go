package counter

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"io"
	"io/fs"
	"net/http"

	"tongban/agent/ink"
)

//go:embed pad
var padFiles embed.FS

// written is what the citizen's screen sends.
type written struct {
	ID      int            `json:"id"`
	Refused bool           `json:"refused"`
	Level   int            `json:"level"`
	Width   int            `json:"width"`
	Height  int            `json:"height"`
	Strokes [][][4]float64 `json:"strokes"`
	Pad     bool           `json:"pad"` // what was written on the signature pad, in place of strokes
}

const maxStrokes = 2 << 20 // strokes are many numbers

// screen serves the citizen's screen. Its guard stands before it.
func (d *Desk) screen() http.Handler {
	files, err := fs.Sub(padFiles, "pad")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /pad/events", d.padEvents)
	mux.HandleFunc("GET /pad/ink", d.padInk)
	mux.HandleFunc("POST /pad/clear", func(w http.ResponseWriter, _ *http.Request) {
		d.pen.Clear()
		answer(w, http.StatusNoContent, nil)
	})
	mux.HandleFunc("POST /pad/answer", func(w http.ResponseWriter, r *http.Request) {
		if p := d.take(r); p != nil {
			answer(w, p.Status, p)
			return
		}
		answer(w, http.StatusNoContent, nil)
	})
	return mux
}

// take hands the citizen's answer to the clerk who waits for it.
func (d *Desk) take(r *http.Request) *Problem {
	var in written
	if err := decode(r, maxStrokes, &in); err != nil {
		return asProblem(err)
	}
	kind, a := padRate, reply{Level: in.Level, Refused: in.Refused}
	switch {
	case in.Refused:
	case in.Pad:
		text, p := d.penPicture(r.Context())
		if p != nil {
			return p
		}
		kind, a.Picture = padSign, text
	case in.Strokes != nil:
		text, p := picturePNG(ink.Draw(in.Width, in.Height, in.Strokes))
		if p != nil {
			return p
		}
		kind, a.Picture = padSign, text
	case in.Level < 1 || in.Level > 5:
		return problem(http.StatusUnprocessableEntity, "level", "请在五个里选一个")
	}
	if !d.pad.say(in.ID, kind, a) {
		return problem(http.StatusConflict, "over", "这件事已经结束了")
	}
	return nil
}

// picturePNG is a signature as a file, or what the citizen is told.
func picturePNG(img *image.Gray, err error) ([]byte, *Problem) {
	if errors.Is(err, ink.ErrSmall) {
		return nil, problem(http.StatusUnprocessableEntity, "small", "签名太小了，请在框里写大些")
	}
	var text bytes.Buffer
	if err != nil || png.Encode(&text, img) != nil {
		return nil, problem(http.StatusUnprocessableEntity, "strokes", "签名没有收到，请擦掉重写一次")
	}
	return text.Bytes(), nil
}

// padEvents streams what the screen shows, the first at once.
func (d *Desk) padEvents(w http.ResponseWriter, r *http.Request) {
	rc := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	bell, stop := d.pad.watch()
	defer stop()
	for {
		v := d.pad.now()
		v.Desk, v.Name = d.o.Desk, d.o.Service
		text, err := json.Marshal(v)
		if err != nil {
			return
		}
		if _, err := io.WriteString(w, "retry: 500\ndata: "+string(text)+"\n\n"); err != nil || rc.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-d.done:
			return
		case <-bell:
		case <-d.o.Clock.After(padBeat):
		}
	}
}
