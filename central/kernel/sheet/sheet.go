package sheet

import (
	"fmt"
	"io"
)

// Format names a kind of file.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// ContentType is the format's media type.
func (f Format) ContentType() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// Writer takes rows and must be closed.
type Writer interface {
	Row(cells ...string) error
	Close() error
}

// New returns a writer of the format onto w. title names the sheet; XLSX only.
func New(w io.Writer, f Format, title string) (Writer, error) {
	switch f {
	case CSV:
		return newCSV(w)
	case XLSX:
		return newXLSX(w, title)
	}
	return nil, fmt.Errorf("sheet: no format %q", f)
}
