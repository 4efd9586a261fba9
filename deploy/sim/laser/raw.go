package laser

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"

	"tongban/deploy/sim/laser/pcl"
	"tongban/deploy/sim/laser/raster"
	"tongban/deploy/sim/trace"
)

// rawJob is what is known besides of a job that comes page by page on a raw line; guarded by the device's mu.
type rawJob struct {
	from    *pjlLine // nil: it came whole, over IPP
	open    bool     // more may come
	inside  []inside // sides that it has and has not printed
	again   bool     // a jammed sheet is printed again
	jammed  bool     // this jam has taken its sheet
	lost    int      // sides that a jam took
	counted int      // sides, as the printer counts
	kept    int      // pictures that are in the folder
}

// inside is one side that waits in the printer.
type inside struct {
	page *raster.Page // nil of a document that is not drawn
	back bool
}

// whole reports whether all that came, and all that was said to come, lies in the tray.
func (j *printJob) whole() bool {
	if j.from != nil {
		return !j.open && j.done > 0 && j.lost == 0 && j.done == j.sides
	}
	return j.done == j.sides*j.copies
}

// opens begins a job; guarded by mu.
func (d *Device) opens(j *printJob) {
	j.id, j.state, j.open, j.copies = len(d.jobs)+1, pending, true, 1
	d.jobs = append(d.jobs, j)
	d.log.Add(Kind, trace.ToDevice, nil, "", "开始一件")
	d.tellCode()
	d.wake.Broadcast()
}

// takes takes one page in; guarded by mu.
func (d *Device) takes(j *printJob, s pcl.Side) {
	if j.over() || j.canceled {
		return
	}
	j.duplex, j.bytes = j.duplex || s.Duplex, j.bytes+len(s.Bits)
	j.media, j.dpi = map[int]string{26: "iso_a4_210x297mm", 25: "iso_a5_148x210mm"}[s.Paper], s.DPI
	if j.color = "monochrome"; s.Channels == 3 {
		j.color = "color"
	}
	for range min(s.Copies, maxCopies) {
		page := s.Page
		j.inside = append(j.inside, inside{page: &page, back: s.Back})
		j.sides++
	}
	d.tellCode()
	d.wake.Broadcast()
}

// takesDocument takes a whole document in, which is counted and not drawn; guarded by mu.
func (d *Device) takesDocument(j *printJob, doc []byte, copies int, duplex bool) {
	n := pages("application/pdf", doc)
	j.format, j.duplex, j.bytes = "application/pdf", duplex, len(doc)
	for range copies {
		for i := range n {
			j.inside = append(j.inside, inside{back: duplex && i%2 == 1})
			j.sides++
		}
	}
	d.wake.Broadcast()
}

// closes says that nothing more comes; guarded by mu.
func (d *Device) closes(j *printJob) {
	if j.open = false; !j.over() {
		d.waits(j)
	}
	d.wake.Broadcast()
}

// waits reports whether there is nothing to print of a job that came on a raw line. One of which all came out is over. Guarded by mu.
func (d *Device) waits(j *printJob) bool {
	if j.from == nil || len(j.inside) > 0 {
		return false
	}
	if j.open {
		return true
	}
	if j.state = completed; j.done == 0 {
		j.state = canceled
	}
	d.log.Add(Kind, trace.Act, nil, trace.Good, fmt.Sprintf("出来 %d 张", j.sheets))
	d.rawEnds(j, "OK")
	d.tellCode()
	return false
}

// jam takes the sheet in the path, where the printer was told not to print it again; guarded by mu.
func (d *Device) jam(j *printJob) {
	if j.from == nil || j.again || j.jammed || len(j.inside) == 0 || !d.jams() {
		return
	}
	n := 1
	if len(j.inside) > 1 && j.inside[1].back {
		n = 2
	}
	j.inside, j.jammed = j.inside[n:], true
	j.lost, j.sides = j.lost+n, j.sides-n
}

func (d *Device) jams() bool {
	for _, r := range d.reasons() {
		if bare(r) == "media-jam" {
			return true
		}
	}
	return false
}

// rawSide puts the next side into the tray and tells whoever wants to know; guarded by mu.
func (d *Device) rawSide(j *printJob) (back bool) {
	x := j.inside[0]
	j.inside = j.inside[1:]
	if x.page != nil {
		j.dots = append(j.dots, *x.page)
	}
	if _, wrong := d.faults.On("miscount"); !wrong || j.done > 1 {
		j.counted++
		d.life++
	}
	if _, mute := d.faults.On("no-count"); !mute && j.from.page && (j.counted == j.done || j.done > 1) {
		j.from.say(fmt.Sprintf("@PJL USTATUS PAGE\r\n%d\r\n\f", j.counted))
	}
	return x.back
}

// rawEnds tells the end of a job on its line; guarded by mu.
func (d *Device) rawEnds(j *printJob, result string) {
	if j.from == nil {
		return
	}
	j.inside = nil
	if _, yes := d.faults.Strike("lost-answer", ""); !yes && j.from.job {
		j.from.say(j.from.endOf(j.name, j.id, j.counted, result))
	}
}

// keepPages writes the pictures of what came out since, one file a side.
func (d *Device) keepPages() {
	if d.cfg.Out == "" {
		return
	}
	type sheet struct {
		name string
		page raster.Page
	}
	var out []sheet
	d.mu.Lock()
	for _, j := range d.jobs {
		if j.from == nil {
			continue
		}
		for i := j.kept; i < len(j.dots); i++ {
			out = append(out, sheet{fmt.Sprintf("%03d-%02d.png", j.id, i+1), j.dots[i]})
		}
		j.kept = len(j.dots)
	}
	d.mu.Unlock()
	for _, s := range out {
		if err := keepPage(d.cfg.Out, s.name, s.page); err != nil {
			d.log.Add(Kind, trace.Act, nil, trace.Bad, err.Error())
		}
	}
}

// keepPage writes a page as a picture.
func keepPage(dir, name string, p raster.Page) error {
	r := image.Rect(0, 0, p.Width, p.Height)
	var img image.Image = &image.Gray{Pix: p.Bits, Stride: p.Width, Rect: r}
	if p.Channels == 3 {
		c := image.NewNRGBA(r)
		for i := range p.Width * p.Height {
			copy(c.Pix[4*i:], p.Bits[3*i:3*i+3])
			c.Pix[4*i+3] = 255
		}
		img = c
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return fmt.Errorf("draw page: %w", err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
		return fmt.Errorf("keep page: %w", err)
	}
	return nil
}
