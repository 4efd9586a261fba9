package drivers

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Formats of documents that page printers take.
const (
	FormatPDF  = "application/pdf"
	FormatJPEG = "image/jpeg"
	FormatPWG  = "image/pwg-raster" // #nosec G101 -- the name of a format, no credential
	FormatURF  = "image/urf"
	FormatPCL  = "application/vnd.hp-PCL" // in accounts only: pages are made here, nobody brings them
)

// PrintJob is one document for paper (打印任务). Key names the job at the printer too, so that a program that crashed can
// ask what became of it; it is an idempotency key and tells nothing about a person.
type PrintJob struct {
	Key      string    // 1 to 120 letters, digits, - _ . :
	Document io.Reader // read to its end before the first byte goes out
	Format   string    // FormatPDF …
	Pages    int       // impressions of one copy, 0: nobody counted
	Copies   int       // 0 is 1
	Duplex   bool      // both sides, long edge
	// Begins is called before the first byte goes out, with the printer's count of all sides of its life, 0 where it does not say:
	// for a printer that does not remember jobs this is what a later count is held against. Its error ends the job. It may be nil.
	Begins func(life int) error
}

// String hides the document: it names a person and a matter.
func (j PrintJob) String() string { return "[打印件]" }

// LogValue hides it in structured logs.
func (j PrintJob) LogValue() slog.Value { return slog.StringValue(j.String()) }

// JobState is how a job stands at the printer, in the words of IPP (任务状态).
type JobState string

// Job states. JobNone: the printer knows no job of that key (any more).
const (
	JobNone       JobState = "none"
	JobPending    JobState = "pending"
	JobHeld       JobState = "pending-held"
	JobProcessing JobState = "processing"
	JobStopped    JobState = "processing-stopped"
	JobCanceled   JobState = "canceled"
	JobAborted    JobState = "aborted"
	JobCompleted  JobState = "completed"
)

// Over reports whether nothing of the job will come out any more.
func (s JobState) Over() bool { return s == JobCanceled || s == JobAborted || s == JobCompleted }

// JobAccount is what the printer itself counted for one job (打印计数). A count is -1 where the printer does not count.
type JobAccount struct {
	Key         string        `json:"key"`
	ID          int           `json:"id"` // the printer's number
	State       JobState      `json:"state"`
	Impressions int           `json:"impressions"` // printed sides
	Sheets      int           `json:"sheets"`
	SentAs      string        `json:"sent_as,omitempty"` // the format in which it went out; empty in accounts asked for later
	Life        int           `json:"life,omitempty"`    // sides of the printer's whole life, where it remembers no job and counts; else 0
	Took        time.Duration `json:"-"`                 // sent to completed; 0 in accounts asked for later
}

// PrinterSupply is one cartridge, drum or waste box (耗材).
type PrinterSupply struct {
	Name  string `json:"name"`            // as the printer calls it
	Type  string `json:"type,omitempty"`  // toner, opc, wasteToner …
	Color string `json:"color,omitempty"` // black, cyan …
	Level int    `json:"level"`           // percent of what is left, -1 unknown
	State Supply `json:"state"`
}

// LaserCapabilities is what a printer can do, as it says itself.
type LaserCapabilities struct {
	Formats   []string `json:"formats"`
	SendsPDF  string   `json:"sends_pdf_as,omitempty"` // what a PDF is made into on its way; empty: this printer cannot have one
	Color     bool     `json:"color"`
	Duplex    bool     `json:"duplex"`
	MaxCopies int      `json:"max_copies"`
	Media     []string `json:"media"` // names of loaded or supported sizes, iso_a4_210x297mm
	DPI       []int    `json:"dpi,omitempty"`
	PerMinute int      `json:"pages_per_minute,omitempty"`

	// What a protocol cannot do at all is said here, and nobody is promised more.
	Levels    bool `json:"levels"`            // supplies have a level; else only whether they are low or out
	Recalls   bool `json:"recalls"`           // a job can be taken back; else a sheet that the printer has got may come out later
	Remembers bool `json:"remembers"`         // jobs are known by their key to another driver too; else only the count of all sides is
	OneWay    bool `json:"one_way,omitempty"` // the printer tells nothing: what comes out is for a person to see
}

// A4 reports whether the printer has or takes A4 paper; a printer that names no size is believed.
func (c LaserCapabilities) A4() bool {
	for _, m := range c.Media {
		if m == "iso_a4_210x297mm" || m == "iso-a4" {
			return true
		}
	}
	return len(c.Media) == 0
}

// LaserPrinter prints documents on sheets (A4 激光打印机).
type LaserPrinter interface {
	Device
	Capabilities() LaserCapabilities
	// Supplies asks for the levels; a printer that tells none gives an empty list.
	Supplies(ctx context.Context) ([]PrinterSupply, error)
	// Print refuses when paper, toner or a closed cover is missing, and returns nil only after the printer said
	// "completed" and did not count fewer sides than were asked for. CodeDeviceNotReady/ReasonPrintUnknown means: nobody
	// can say, ask the citizen. After any other error the document is certainly not whole, the job is taken back, and
	// nothing of it comes out later. The account says in every case what the printer counted. A printer that cannot recall a job
	// keeps the same word: what it may still bring out is PrintUnknown, however plain the cause is.
	Print(ctx context.Context, job PrintJob) (JobAccount, error)
	// Account asks what became of the job with this key, for instance after a crash; JobNone where nobody knows, JobProcessing
	// where nobody knows and the printer is at work. Life is what such a printer counted.
	Account(ctx context.Context, key string) (JobAccount, error)
}

// PrintUnknown is the one error after which a person must look: what is known goes into detail.
func PrintUnknown(detail string, cause error) *Error {
	return &Error{Code: CodeDeviceNotReady, Reason: ReasonPrintUnknown, Detail: detail, Cause: cause}
}

// Counted writes an account for operators.
func (a JobAccount) Counted() string {
	if a.Impressions < 0 {
		return fmt.Sprintf("job %d %s, printer counts no pages", a.ID, a.State)
	}
	return fmt.Sprintf("job %d %s, %d pages counted", a.ID, a.State, a.Impressions)
}
