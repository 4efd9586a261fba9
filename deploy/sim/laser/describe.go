package laser

import (
	"encoding/binary"
	"fmt"
	"slices"
)

const maxCopies = 99

// sizes are the papers that it takes.
var sizes = []string{"iso_a4_210x297mm", "iso_a5_148x210mm"}

// tell writes a job; guarded by mu.
func (d *Device) tell(a *answer, j *printJob) {
	a.integer(0x21, "job-id", j.id)
	a.put(0x45, "job-uri", fmt.Sprintf("ipp://localhost%s/%d", Path, j.id))
	a.put(0x42, "job-name", j.name)
	a.integer(0x23, "job-state", j.state)
	reason := map[int]string{pending: "none", processing: "job-printing", stopped: "printer-stopped", canceled: "job-canceled-by-user",
		aborted: "aborted-by-system", completed: "job-completed-successfully"}[j.state]
	a.put(0x44, "job-state-reasons", reason)
	if _, mute := d.faults.On("no-count"); mute {
		return
	}
	sides := j.done
	if _, wrong := d.faults.On("miscount"); wrong && j.state == completed {
		sides--
	}
	a.integer(0x21, "job-impressions-completed", sides)
	a.integer(0x21, "job-media-sheets-completed", j.sheets)
}

// describe writes the printer, of all that was asked for.
func (d *Device) describe(q question) *answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := newAnswer(q, 0, "")
	a.WriteByte(4)
	want := q.values["requested-attributes"]
	all := len(want) == 0 || slices.Contains(want, "all")
	for _, x := range d.attributes() {
		if all || slices.Contains(want, x.name) {
			x.write(a)
		}
	}
	a.WriteByte(3)
	return a
}

// fact is one attribute of the printer.
type fact struct {
	name  string
	write func(a *answer)
}

func (d *Device) attributes() []fact {
	var out []fact
	words := func(tag byte, name string, values ...string) {
		out = append(out, fact{name, func(a *answer) { a.put(tag, name, values...) }})
	}
	number := func(tag byte, name string, n int) {
		out = append(out, fact{name, func(a *answer) { a.integer(tag, name, n) }})
	}
	flag := func(name string, on bool) { out = append(out, fact{name, func(a *answer) { a.flag(name, on) }}) }
	state := 3
	if d.working() {
		state = 4
	}
	if d.halted() {
		state = 5
	}
	reasons := d.reasons()
	if len(reasons) == 0 {
		reasons = []string{"none"}
	}
	sides := []string{"one-sided", "two-sided-long-edge", "two-sided-short-edge"}
	if d.cfg.NoDuplex {
		sides = sides[:1]
	}
	toner := d.toner
	if _, on := d.faults.On("toner-low"); on {
		toner = 8
	}
	if _, on := d.faults.On("toner-empty"); on {
		toner = 0
	}
	words(0x41, "printer-make-and-model", "Tongban Sim Color Laser A4")
	words(0x45, "printer-uuid", "urn:uuid:00000000-0000-4000-8000-510799000002")
	words(0x41, "printer-firmware-string-version", "1.0")
	words(0x49, "document-format-supported", d.cfg.Formats...)
	flag("color-supported", true)
	d.rasters(words, func(f fact) { out = append(out, f) })
	words(0x44, "sides-supported", sides...)
	out = append(out, fact{"copies-supported", func(a *answer) { a.put(0x33, "copies-supported", pair(1, maxCopies)) }})
	words(0x44, "media-ready", "iso_a4_210x297mm")
	words(0x44, "media-supported", sizes...)
	out = append(out, fact{"printer-resolution-supported", func(a *answer) { a.put(0x32, "printer-resolution-supported", pair(600, 600)+"\x03") }})
	number(0x21, "pages-per-minute", 30)
	number(0x23, "printer-state", state)
	words(0x44, "printer-state-reasons", reasons...)
	flag("printer-is-accepting-jobs", true)
	if d.cfg.Markers {
		words(0x42, "marker-names", "Black Toner", "Waste Toner")
		words(0x44, "marker-types", "toner", "waste-toner")
		out = append(out, fact{"marker-levels", func(a *answer) {
			a.integer(0x21, "marker-levels", toner)
			a.integer(0x21, "", 60)
		}})
		return out
	}
	words(0x30, "printer-supply",
		fmt.Sprintf("index=1;class=supplyThatIsConsumed;type=toner;unit=percent;maxcapacity=100;level=%d;colorantname=black;", toner),
		"index=2;class=supplyThatIsConsumed;type=toner;unit=percent;maxcapacity=100;level=71;colorantname=cyan;",
		"index=3;class=receptacleThatIsFilled;type=wasteToner;unit=percent;maxcapacity=100;level=90;colorantname=unknown;")
	words(0x41, "printer-supply-description", "Black Toner", "Cyan Toner", "Waste Toner Box")
	return out
}

func pair(x, y int) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(x))         //nolint:gosec // small numbers
	return string(binary.BigEndian.AppendUint32(b, uint32(y))) //nolint:gosec // small numbers
}
