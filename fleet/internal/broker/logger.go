package broker

import (
	"fmt"
	"log/slog"
)

// logger hands the server's own lines to our log. They name topics and client ids, never what a message holds.
type logger struct{ log *slog.Logger }

func (l logger) Noticef(f string, v ...any) {
	l.log.Debug("broker notice", "text", fmt.Sprintf(f, v...))
}
func (l logger) Warnf(f string, v ...any)  { l.log.Warn("broker warning", "text", fmt.Sprintf(f, v...)) }
func (l logger) Errorf(f string, v ...any) { l.log.Warn("broker error", "text", fmt.Sprintf(f, v...)) }
func (l logger) Fatalf(f string, v ...any) {
	l.log.Error("broker failed", "text", fmt.Sprintf(f, v...))
}
func (l logger) Debugf(f string, v ...any) { l.log.Debug("broker debug", "text", fmt.Sprintf(f, v...)) }
func (l logger) Tracef(string, ...any)     {}
