package wire

import "time"

// Paths of the terminal's HTTPS side (终端接口). All but Enrol need the terminal's client certificate.
const (
	PathEnrol       = "/api/kiosk/v1/enrol"              // POST EnrolRequest → Enrolment
	PathCertificate = "/api/kiosk/v1/certificate"        // GET CertificateState, POST RenewRequest → Enrolment, PUT confirms
	PathFiles       = "/api/kiosk/v1/files/"             // + digest: HEAD, PATCH
	PathSnapshot    = "/api/kiosk/v1/catalogue/snapshot" // GET, ETag → matter.Snapshot
	PathProgress    = "/api/kiosk/v1/window/progress"    // POST ProgressQuery → ProgressAnswer
)

// Upload headers. HEAD tells how much of the file is there; PATCH appends at UploadOffset, which must be just that. The
// answer to the last byte is 201 when the digest is right, 422 when it is not (start again from 0).
const (
	HeaderOffset = "Upload-Offset"
	HeaderLength = "Upload-Length"
	HeaderDone   = "Upload-Complete" // "1" or "0"
)

// EnrolRequest asks for a certificate with the one-time code that an administrator made for this place (终端登记).
type EnrolRequest struct {
	Code     string `json:"code" maxLength:"64"`
	CSR      string `json:"csr" maxLength:"8192"` // PEM, ECDSA P-256, any subject
	Model    string `json:"model" maxLength:"64"`
	Hardware string `json:"hardware" maxLength:"200"` // serial number or machine id
}

// Enrolment is all that a terminal needs to work.
type Enrolment struct {
	Terminal  string `json:"terminal"` // K-01
	Number    int    `json:"number"`   // in case numbers
	Epoch     int    `json:"epoch"`
	Place     string `json:"place"`      // 涪城区政务服务中心
	Label     string `json:"label"`      // 3号机
	Cert      string `json:"cert"`       // PEM
	CA        string `json:"ca"`         // PEM
	CentreKey []byte `json:"centre_key"` // P-256 public point for Close
	Broker    string `json:"broker"`     // ssl://host:port; of a cluster all nodes, with commas between
	Web       string `json:"web"`        // https://host:port, this API
	Public    string `json:"public"`     // base of the QR links, such as https://host
	CaseSeq   int    `json:"case_seq"`   // counts used today by earlier epochs of this terminal
}

// CertificateState tells a terminal how the certificate that it shows stands (终端证书状态). The centre's clock decides.
type CertificateState struct {
	Serial  string    `json:"serial"`
	Until   time.Time `json:"until"`
	Due     bool      `json:"due"`     // ask for another one now
	Confirm bool      `json:"confirm"` // it is new and was not confirmed yet
}

// RenewRequest asks for a certificate for a fresh key, over a connection that shows the present one (更换证书).
type RenewRequest struct {
	CSR string `json:"csr"` // PEM, ECDSA P-256, any subject
}

// ProgressQuery asks by card (IDNumber) or by number and check code (进度查询). Exactly one way is filled in.
type ProgressQuery struct {
	IDNumber  string `json:"id_number,omitempty" maxLength:"32"`
	CaseNo    string `json:"case_no,omitempty" maxLength:"32"`
	CheckCode string `json:"check_code,omitempty" maxLength:"32"`
}

// ProgressAnswer lists cases, newest first.
type ProgressAnswer struct {
	Cases []Progress `json:"cases"`
}

// Progress is one case as its applicant may see it (办件进度).
type Progress struct {
	CaseNo    string          `json:"case_no"`
	Item      string          `json:"item"` // name
	State     string          `json:"state"`
	StateText string          `json:"state_text"`
	Answer    string          `json:"answer"`         // the one sentence: 还剩 3 个工作日
	Next      string          `json:"next,omitempty"` // what the applicant has to do
	Office    string          `json:"office"`         // whose desk, never a person
	Due       string          `json:"due,omitempty"`  // YYYY-MM-DD
	DueText   string          `json:"due_text,omitempty"`
	Steps     []ProgressStep  `json:"steps"`
	Documents []ProgressPaper `json:"documents"`
	Applicant string          `json:"applicant"` // masked
	Submitted string          `json:"submitted"` // YYYY-MM-DD HH:MM
}

// ProgressStep is one line of the timeline.
type ProgressStep struct {
	Title string `json:"title"`
	Note  string `json:"note,omitempty"`
	At    string `json:"at,omitempty"`
	State string `json:"state"` // done, now, coming, you
}

// ProgressPaper is one document that was produced.
type ProgressPaper struct {
	Title string `json:"title"`
	No    string `json:"no"`
	Date  string `json:"date"`
	Text  string `json:"text,omitempty"` // the sentence that matters, such as what to bring
}
