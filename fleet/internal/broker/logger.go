package broker

import (
	"fmt"
	"log/slog"
)

// logger hands the server's own lines to our log. They name topics and client ids, never what a message holds.
type logger struct {
	log   *slog.Logger
	fatal chan<- string // takes the first
}

func (l logger) Noticef(f string, v ...any) {
	l.log.Debug("broker notice", "text", fmt.Sprintf(f, v...))
}
func (l logger) Warnf(f string, v ...any)  { l.log.Warn("broker warning", "text", fmt.Sprintf(f, v...)) }
func (l logger) Errorf(f string, v ...any) { l.log.Warn("broker error", "text", fmt.Sprintf(f, v...)) }

// Fatalf also tells Start, which waits for a broker that will not come.
func (l logger) Fatalf(f string, v ...any) {
	text := fmt.Sprintf(f, v...)
	l.log.Error("broker failed", "text", text)
	select {
	case l.fatal <- text:
	default:
	}
}

func (l logger) Debugf(f string, v ...any) { l.log.Debug("broker debug", "text", fmt.Sprintf(f, v...)) }
func (l logger) Tracef(string, ...any)     {}
