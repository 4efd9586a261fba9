package camera

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/trace"
)

// scanJob is one order for one picture.
type scanJob struct {
	shot   shot
	given  int
	failed bool
	begun  time.Time
}

func (j *scanJob) state() string {
	switch {
	case j.failed:
		return "Aborted"
	case j.given > 0:
		return "Completed"
	}
	return "Processing"
}

// jobLife is after how long an order that nobody fetches stops blocking the camera.
const jobLife = 60 * time.Second

func (d *Device) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /eSCL/ScannerCapabilities", func(w http.ResponseWriter, r *http.Request) { d.xml(w, r, "说能力", capabilities()) })
	mux.HandleFunc("GET /eSCL/ScannerStatus", func(w http.ResponseWriter, r *http.Request) { d.xml(w, r, "说状态", d.status()) })
	mux.HandleFunc("POST /eSCL/ScanJobs", d.newJob)
	mux.HandleFunc("GET /eSCL/ScanJobs/{id}/NextDocument", d.nextDocument)
	mux.HandleFunc("DELETE /eSCL/ScanJobs/{id}", d.deleteJob)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.log.Add(Kind, trace.ToDevice, []byte(r.Method+" "+r.URL.Path), "", requestWord(r))
		if p, yes := d.faults.Strike("silent", ""); yes {
			clock.Sleep(r.Context(), time.Duration(p.Value)*time.Millisecond)
			panic(http.ErrAbortHandler)
		}
		if p, yes := d.faults.Strike("slow", ""); yes {
			clock.Sleep(r.Context(), time.Duration(p.Value)*time.Millisecond)
		}
		if _, yes := d.faults.Strike("garbage", ""); yes {
			d.say(trace.Bad, "回了乱码")
			_, _ = io.WriteString(w, "\x00\xff<<scan:\x1b not xml, not a picture")
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func requestWord(r *http.Request) string {
	switch {
	case r.Method == http.MethodPost:
		return "请拍一张"
	case r.Method == http.MethodDelete:
		return "不要了"
	case len(r.URL.Path) > 12 && r.URL.Path[len(r.URL.Path)-12:] == "NextDocument":
		return "取图"
	}
	return "问"
}

func (d *Device) say(level, word string) { d.log.Add(Kind, trace.FromDevice, nil, level, word) }

func (d *Device) xml(w http.ResponseWriter, _ *http.Request, word, body string) {
	d.say(trace.Good, word)
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = io.WriteString(w, body)
}

func (d *Device) refuse(w http.ResponseWriter, code int, word string, err error) {
	d.say(trace.Bad, fmt.Sprintf("%s（%d）", word, code))
	http.Error(w, err.Error(), code)
}

func (d *Device) newJob(w http.ResponseWriter, r *http.Request) {
	if mt, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mt != "text/xml" && mt != "application/xml" {
		d.refuse(w, http.StatusUnsupportedMediaType, "说类型不对", fmt.Errorf("content type %q is not xml", mt))
		return
	}
	s, err := parseSettings(io.LimitReader(r.Body, 1<<16))
	if errors.Is(err, errUnsupported) {
		d.refuse(w, http.StatusConflict, "说办不到", err)
		return
	}
	if err != nil {
		d.refuse(w, http.StatusBadRequest, "说看不懂", err)
		return
	}
	if _, yes := d.faults.Strike("busy", ""); yes || !d.free() {
		w.Header().Set("Retry-After", "1")
		d.refuse(w, http.StatusServiceUnavailable, "说忙着", errors.New("a job is active"))
		return
	}
	_, fail := d.faults.Strike("fail", "")
	d.mu.Lock()
	d.nextID++
	id := strconv.Itoa(1000 + d.nextID)
	d.jobs[id] = &scanJob{shot: s, failed: fail, begun: clock.Now()}
	d.mu.Unlock()
	pw, ph := s.pixels()
	d.say(trace.Good, fmt.Sprintf("收下，%d×%d", pw, ph))
	w.Header().Set("Location", "http://"+r.Host+"/eSCL/ScanJobs/"+id)
	w.WriteHeader(http.StatusCreated)
}

// free forgets orders that are over or were never fetched, and says whether a new one may come.
func (d *Device) free() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, j := range d.jobs {
		if j.state() != "Processing" || clock.Now().Sub(j.begun) > jobLife {
			delete(d.jobs, id)
		}
	}
	return len(d.jobs) == 0
}

func (d *Device) nextDocument(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	j := d.jobs[r.PathValue("id")]
	sheet := d.sheet
	var given, failed bool
	if j != nil {
		given, failed = j.given > 0, j.failed
	}
	d.mu.Unlock()
	switch {
	case j == nil || given:
		d.refuse(w, http.StatusNotFound, "没有更多", errors.New("no more documents"))
		return
	case failed:
		d.refuse(w, http.StatusInternalServerError, "拍失败", errors.New("job aborted"))
		return
	}
	clock.Sleep(r.Context(), d.cfg.Settle)
	b, err := d.studio.shoot(sheet, d.effect(), j.shot)
	if err != nil {
		d.refuse(w, http.StatusInternalServerError, "拍失败", err)
		return
	}
	d.mu.Lock()
	j.given++
	d.taken++
	d.mu.Unlock()
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	if _, yes := d.faults.Strike("half", ""); yes {
		d.say(trace.Bad, "图只传了一半")
		_, _ = w.Write(b[:len(b)/2])
		panic(http.ErrAbortHandler)
	}
	d.say(trace.Good, fmt.Sprintf("图，%d 字节", len(b)))
	_, _ = w.Write(b)
}

// effect is the first picture fault that is pressed.
func (d *Device) effect() string {
	for _, name := range []string{"empty", "blank", "cutoff", "blurred", "dark", "bright"} {
		if _, yes := d.faults.Strike(name, ""); yes {
			return name
		}
	}
	return ""
}

func (d *Device) deleteJob(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	_, ok := d.jobs[r.PathValue("id")]
	delete(d.jobs, r.PathValue("id"))
	d.mu.Unlock()
	if !ok {
		d.refuse(w, http.StatusNotFound, "没有这一件", errors.New("no such job"))
		return
	}
	d.say(trace.Good, "撤了")
	w.WriteHeader(http.StatusOK)
}
