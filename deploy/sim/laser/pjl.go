package laser

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"tongban/deploy/sim/laser/pcl"
	"tongban/deploy/sim/trace"
)

// uel leaves whatever language is spoken.
const uel = "\x1b%-12345X"

// pjlLine is one connection that speaks PJL (打印任务语言).
type pjlLine struct {
	d   *Device
	in  *bufio.Reader
	out chan string
	env map[string]string // as set for the jobs that follow

	// guarded by the device's mu
	cur               *printJob
	deaf              bool // the job was refused: what comes of it is thrown away
	device, job, page bool // told without being asked
}

// serveRaw speaks on one raw line until it ends.
func (d *Device) serveRaw(conn io.ReadWriter) {
	l := &pjlLine{d: d, in: bufio.NewReaderSize(conn, 64<<10), out: make(chan string, 4096), env: map[string]string{}}
	d.mu.Lock()
	d.lines = append(d.lines, l)
	d.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for s := range l.out {
			l.write(conn, s)
		}
	}()
	l.talk()
	d.mu.Lock()
	d.lines = slices.DeleteFunc(d.lines, func(x *pjlLine) bool { return x == l })
	l.device, l.job, l.page = false, false, false
	if l.cur != nil {
		d.closes(l.cur)
	}
	d.mu.Unlock()
	close(l.out)
	<-done
}

// say puts something on the way to the host; guarded by mu. A host that does not read loses it.
func (l *pjlLine) say(s string) {
	if l.d.cfg.OneWay || !slices.Contains(l.d.lines, l) {
		return
	}
	select {
	case l.out <- s:
	default:
	}
}

func (l *pjlLine) write(w io.Writer, s string) {
	f := l.d.faults
	if _, on := f.On("silent"); on {
		return
	}
	if _, yes := f.Strike("garbage", ""); yes {
		s = "\x00\xff\x13*!not a printer\x1b\f"
	} else if _, yes := f.Strike("half", ""); yes {
		s = s[:len(s)/2]
	}
	l.d.log.Add(Kind, trace.FromDevice, []byte(s), "", "PJL 回话")
	_, _ = io.WriteString(w, s) // a host that went away asks again
}

// talk reads until the line ends: lines of PJL, and between them whatever language was entered.
func (l *pjlLine) talk() {
	for {
		head, err := l.in.Peek(len(uel))
		switch {
		case len(head) == 0:
			return
		case string(head) == uel:
			_, _ = l.in.Discard(len(uel))
		case head[0] == '@':
			line, err := l.in.ReadString('\n')
			if err != nil {
				return
			}
			if lang := l.order(strings.TrimRight(line, "\r\n")); lang != "" && !l.language(lang) {
				return
			}
		case head[0] == '\r', head[0] == '\n', head[0] == 0, head[0] == 0x1B && err != nil:
			_, _ = l.in.ReadByte()
		default: // no PJL: the language that it speaks when it is told nothing
			if !l.language("PCL") {
				return
			}
		}
	}
}

// language takes what follows in a language until it is left; false: the line ended or nobody understands it any more.
func (l *pjlLine) language(name string) bool {
	j, implied := l.begun()
	if implied {
		defer l.end()
	}
	switch {
	case name == "PCL" && slices.Contains(l.d.cfg.Languages, name):
		err := pcl.Read(l.in, func(s pcl.Side) {
			l.d.mu.Lock()
			defer l.d.mu.Unlock()
			if j != nil {
				l.d.takes(j, s)
			}
		})
		if err != nil {
			l.d.log.Add(Kind, trace.ToDevice, nil, trace.Bad, err.Error())
			return l.skip(io.Discard) == nil
		}
		return true
	case name == "PDF" && slices.Contains(l.d.cfg.Languages, name):
		var doc bytes.Buffer
		if err := l.skip(&doc); err != nil { // broken off: nothing comes out
			return false
		}
		l.d.mu.Lock()
		defer l.d.mu.Unlock()
		if copies, err := strconv.Atoi(l.env["COPIES"]); j != nil && known("application/pdf", doc.Bytes()) {
			if err != nil {
				copies = 1
			}
			l.d.takesDocument(j, doc.Bytes(), min(max(1, copies), maxCopies), l.env["DUPLEX"] == "ON")
		}
		return true
	}
	l.d.log.Add(Kind, trace.ToDevice, nil, trace.Bad, "不懂的语言 "+name)
	return l.skip(io.Discard) == nil
}

// skip hands on what comes until the language is left.
func (l *pjlLine) skip(to io.Writer) error {
	var last []byte
	for {
		c, err := l.in.ReadByte()
		if err != nil {
			return err
		}
		if last = append(last, c); string(last) == uel {
			return nil
		}
		for len(last) > 0 && !strings.HasPrefix(uel, string(last)) {
			if _, err := to.Write(last[:1]); err != nil {
				return err
			}
			last = last[1:]
		}
	}
}

// begun is the job under way; where none was announced one is begun, which ends with its language. nil: it is thrown away.
func (l *pjlLine) begun() (j *printJob, implied bool) {
	l.d.mu.Lock()
	defer l.d.mu.Unlock()
	if l.deaf {
		return nil, false
	}
	if implied = l.cur == nil; implied {
		l.start("")
	}
	l.cur.again = l.d.cfg.KeepsJam || l.env["JAMRECOVERY"] != "OFF"
	return l.cur, implied
}

// start begins a job; guarded by mu.
func (l *pjlLine) start(name string) {
	if l.cur != nil {
		l.d.closes(l.cur)
	}
	l.cur = &printJob{name: name, rawJob: rawJob{from: l, again: true}}
	l.d.opens(l.cur)
	if l.job {
		id := ""
		if l.env["JOBID"] == "ON" {
			id = fmt.Sprintf("ID=%d\r\n", l.cur.id)
		}
		l.say(fmt.Sprintf("@PJL USTATUS JOB\r\nSTART\r\nNAME=%q\r\n%s\f", name, id))
	}
}

func (l *pjlLine) end() {
	l.d.mu.Lock()
	defer l.d.mu.Unlock()
	if l.deaf = false; l.cur != nil {
		l.d.closes(l.cur)
		l.cur = nil
	}
}

// endOf is how the end of a job is told.
func (l *pjlLine) endOf(name string, id, pages int, result string) string {
	s := fmt.Sprintf("@PJL USTATUS JOB\r\nEND\r\nNAME=%q\r\n", name)
	if _, mute := l.d.faults.On("no-count"); !mute {
		s += fmt.Sprintf("PAGES=%d\r\n", pages)
	}
	if l.env["JOBID"] == "ON" {
		s += fmt.Sprintf("ID=%d\r\n", id)
	}
	return s + "RESULT=" + result + "\r\n\f"
}

var errPJL = errors.New("no line of PJL")

// parsePJL takes a line apart: @PJL SET COPIES = 2 is SET, with COPIES as 2.
func parsePJL(line string) (verb string, rest string, settings map[string]string, _ error) {
	rest, ok := strings.CutPrefix(line, "@PJL")
	if !ok {
		return "", "", nil, errPJL
	}
	verb, rest, _ = strings.Cut(strings.TrimSpace(rest), " ")
	rest = strings.TrimSpace(rest)
	settings = map[string]string{}
	for left := rest; left != ""; {
		name, value, ok := strings.Cut(left, "=")
		if !ok {
			break
		}
		value = strings.TrimLeft(value, " ")
		var v string
		if quoted, ok := strings.CutPrefix(value, `"`); ok {
			v, left, _ = strings.Cut(quoted, `"`)
		} else {
			v, left, _ = strings.Cut(value, " ")
		}
		settings[strings.ToUpper(strings.TrimSpace(name))] = v
		left = strings.TrimSpace(left)
	}
	return strings.ToUpper(verb), rest, settings, nil
}
