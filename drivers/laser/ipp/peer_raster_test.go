package ipp

import (
	"os"
	"path/filepath"
	"testing"

	"tongban/deploy/sim/laser/raster"
	"tongban/drivers"
	"tongban/drivers/laser/render"
)

// The reference printer without PDF gets pages of dots, and what lies in its spool is what it asked for.
func TestPeerPrintsRaster(t *testing.T) {
	if err := render.Ready(); err != nil {
		t.Skip("no renderer: apt-get install poppler-utils")
	}
	for _, format := range []string{drivers.FormatPWG, drivers.FormatURF} {
		t.Run(format, func(t *testing.T) {
			address, spool := peerOf(t, "true", format)
			p, err := Open(t.Context(), address, drivers.Params{"media": "iso_a4_210x297mm", "color": "monochrome", "dpi": "300"})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = p.Close() }()
			if p.Capabilities().SendsPDF != format {
				t.Fatalf("chosen %q of %v", p.Capabilities().SendsPDF, p.Capabilities().Formats)
			}
			acc, err := p.Print(t.Context(), pdf("peer-raster", 2))
			if err != nil || acc.State != drivers.JobCompleted || acc.SentAs != format {
				t.Fatalf("%+v %v", acc, err)
			}
			files, err := filepath.Glob(filepath.Join(spool, map[string]string{drivers.FormatPWG: "*.pwg", drivers.FormatURF: "*.urf"}[format]))
			if err != nil || len(files) != 1 {
				t.Fatalf("spool %v %v", files, err)
			}
			b, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			pages, err := raster.Read(b)
			if err != nil || len(pages) != 2 || pages[0].Channels != 1 || pages[0].Ink() == 0 {
				t.Fatalf("%d pages of %d bytes, %v", len(pages), len(b), err)
			}
			t.Logf("%d×%d points at %d, %d bytes", pages[0].Width, pages[0].Height, pages[0].DPI, len(b))
		})
	}
}
