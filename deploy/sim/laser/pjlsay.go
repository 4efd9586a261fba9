package laser

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Codes of its state.
const (
	codeReady    = 10001
	codeTonerLow = 10006
	codePrinting = 10023
	codeTonerOut = 40039
	codeCover    = 40021
	codeJam      = 40022
	codeJamAt    = 42202 // the same, and where
	codePaper    = 41203
	codePaperAny = 41000 // the same, of a printer with one tray
)

var codeWords = map[int]string{codeReady: "READY", codeTonerLow: "16 TONER LOW", codePrinting: "PROCESSING JOB", codeTonerOut: "89 CARTRIDGE EMPTY", codeCover: "12 PRINTER OPEN",
	codeJam: "13 PAPER JAM", codeJamAt: "13.2 PAPER JAM", codePaper: "TRAY 2 LOAD A4", codePaperAny: "LOAD PAPER"}

// order carries out a line of PJL; lang is the language that is entered by it.
func (l *pjlLine) order(line string) (lang string) {
	verb, rest, set, err := parsePJL(line)
	if err != nil {
		return ""
	}
	l.d.mu.Lock()
	defer l.d.mu.Unlock()
	switch verb {
	case "ECHO":
		l.say("@PJL ECHO " + rest + "\r\n\f")
	case "INFO":
		l.info(strings.ToUpper(rest))
	case "SET":
		maps.Copy(l.env, set)
	case "USTATUS":
		l.device, l.job, l.page = toggled(l.device, set["DEVICE"]), toggled(l.job, set["JOB"]), !l.d.cfg.NoPages && toggled(l.page, set["PAGE"])
	case "USTATUSOFF":
		l.device, l.job, l.page = false, false, false
	case "JOB":
		if _, yes := l.d.faults.Strike("refuse", ""); yes {
			l.deaf = true
			if l.job {
				l.say(l.endOf(set["NAME"], 0, 0, "RESOURCE_CANCELED"))
			}
			return ""
		}
		l.start(set["NAME"])
	case "EOJ":
		if l.deaf = false; l.cur != nil {
			l.d.closes(l.cur)
			l.cur = nil
		}
	case "RESET", "INITIALIZE":
		l.env = map[string]string{}
	case "ENTER":
		return strings.ToUpper(set["LANGUAGE"])
	}
	return ""
}

func toggled(was bool, word string) bool {
	switch word {
	case "ON", "VERBOSE":
		return true
	case "OFF":
		return false
	}
	return was
}

// info answers what is asked; guarded by mu.
func (l *pjlLine) info(what string) {
	var body string
	list := func(name string, words ...string) {
		body += fmt.Sprintf("%s [%d ENUMERATED]\r\n", name, len(words))
		for _, w := range words {
			body += "\t" + w + "\r\n"
		}
	}
	switch what {
	case "ID":
		body = "\"Tongban Sim Laser 4\"\r\n"
	case "STATUS":
		c := l.d.code()
		body = status(c)
	case "PAGECOUNT":
		body = fmt.Sprintf("PAGECOUNT=%d\r\n", l.d.life)
		if _, mute := l.d.faults.On("no-count"); mute {
			body = "?\r\n"
		}
	case "CONFIG":
		list("IN TRAYS", "INTRAY1 MP", "INTRAY2 PC")
		if !l.d.cfg.NoDuplex {
			body += "DUPLEX\r\n"
		}
		list("OUTPUT TRAYS", "NORMAL FACEDOWN")
		list("PAPERS", "A4", "A5")
		list("LANGUAGES", l.d.cfg.Languages...)
		if l.d.cfg.NoPages {
			list("USTATUS", "DEVICE", "JOB", "TIMED")
		} else {
			list("USTATUS", "DEVICE", "JOB", "PAGE", "TIMED")
		}
		body += "MEMORY=67108864\r\nDISPLAY LINES=1\r\nDISPLAY CHARACTER SIZE=16\r\n"
	case "VARIABLES":
		body = "COPIES=1 [2 RANGE]\r\n\t1\r\n\t99\r\n"
		list("PAPER=A4", "A4", "A5")
		list(fmt.Sprintf("RESOLUTION=%d", l.d.cfg.DPI), slices.Compact([]string{"150", "300", fmt.Sprint(l.d.cfg.DPI)})...)
		if !l.d.cfg.KeepsJam {
			list("JAMRECOVERY=ON", "OFF", "ON")
		}
	default:
		body = "?\r\n"
	}
	l.say("@PJL INFO " + what + "\r\n" + body + "\f")
}

func status(code int) string {
	online := "TRUE"
	if code >= 40000 {
		online = "FALSE"
	}
	return fmt.Sprintf("CODE=%d\r\nDISPLAY=%q\r\nONLINE=%s\r\n", code, codeWords[code], online)
}

// code is what it says of itself; guarded by mu. With severity pressed it uses the other code for the same thing.
func (d *Device) code() int {
	_, other := d.faults.On("severity")
	code := codeReady
	for _, j := range d.jobs {
		if !j.over() && (j.from == nil || len(j.inside) > 0) {
			code = codePrinting
		}
	}
	for _, r := range d.reasons() {
		switch bare(r) {
		case "cover-open":
			return codeCover
		case "media-jam":
			if other {
				return codeJamAt
			}
			return codeJam
		case "media-empty":
			if other {
				return codePaperAny
			}
			return codePaper
		case "toner-empty":
			return codeTonerOut
		case "toner-low":
			if code == codeReady {
				code = codeTonerLow
			}
		}
	}
	return code
}

// tellCode tells a change of its state to those who want to know; guarded by mu.
func (d *Device) tellCode() {
	c := d.code()
	if c == d.told {
		return
	}
	d.told = c
	for _, l := range d.lines {
		if l.device {
			l.say("@PJL USTATUS DEVICE\r\n" + status(c) + "\f")
		}
	}
}
