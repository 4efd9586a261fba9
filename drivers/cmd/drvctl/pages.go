package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"strconv"

	"tongban/drivers"
)

// pageOptions are the flags of print that belong to page printers.
type pageOptions struct {
	copies, pages int
	duplex        bool
}

func (p *pageOptions) flags(f *flag.FlagSet) {
	f.IntVar(&p.copies, "copies", 1, "laser: how often")
	f.IntVar(&p.pages, "pages", 0, "laser: pages of the document; fewer counted is no success")
	f.BoolVar(&p.duplex, "duplex", false, "laser: both sides")
}

// pagesPrinted is the answer of print for a page printer.
type pagesPrinted struct {
	Confirmed bool `json:"confirmed"`
	drivers.JobAccount
	ElapsedMS int64 `json:"elapsed_ms"`
}

// printPages sends a document. Its key is the file's digest and the moment: a printer may keep old jobs of the same name.
func (t *tool) printPages(ctx context.Context, p drivers.LaserPrinter, raw []byte, o pageOptions) error {
	format := drivers.FormatPDF
	if bytes.HasPrefix(raw, []byte{0xFF, 0xD8, 0xFF}) {
		format = drivers.FormatJPEG
	}
	sum := sha256.Sum256(raw)
	key := hex.EncodeToString(sum[:8]) + "-" + strconv.FormatInt(t.now().UnixMilli(), 36)
	acc, err := p.Print(ctx, drivers.PrintJob{Key: key, Document: bytes.NewReader(raw), Format: format, Pages: o.pages, Copies: o.copies, Duplex: o.duplex})
	if err != nil {
		return err
	}
	return t.print1(pagesPrinted{true, acc, acc.Took.Milliseconds()})
}
