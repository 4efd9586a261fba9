package obs

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// NewLog returns a JSON logger that writes to w from level on ("debug",
// "info", "warn", "error"; "" is info) and drops personal data.
func NewLog(w io.Writer, level string) (*slog.Logger, error) {
	var l slog.Level
	if level != "" {
		if err := l.UnmarshalText([]byte(strings.ToUpper(level))); err != nil {
			return nil, fmt.Errorf("log level %q: want debug, info, warn or error", level)
		}
	}
	h := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: l, ReplaceAttr: redact})
	return slog.New(h), nil
}

// Discard is a log for tests that say nothing.
func Discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
