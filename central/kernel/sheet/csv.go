package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

type csvWriter struct{ w *csv.Writer }

// newCSV begins with a byte order mark: without it, the usual program takes UTF-8 for the machine's own code page.
func newCSV(w io.Writer) (Writer, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, fmt.Errorf("begin csv: %w", err)
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return &csvWriter{c}, nil
}

func (c *csvWriter) Row(cells ...string) error {
	safe := make([]string, len(cells))
	for i, s := range cells {
		safe[i] = Harmless(s)
	}
	return c.w.Write(safe)
}

func (c *csvWriter) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// Harmless puts an apostrophe before text that a spreadsheet would run as a formula (OWASP: CSV injection).
func Harmless(s string) string {
	if strings.IndexAny(s, "=+-@\t\r＝＋－＠") == 0 {
		return "'" + s
	}
	return s
}
