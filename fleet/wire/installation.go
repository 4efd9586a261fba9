package wire

import "time"

// KindInstallation is the body of an envelope on the report lane: Installation.
const KindInstallation Kind = "installation"

// PointState is how a point of the check-list ended (验收项结论).
type PointState string

// States of a point. A signed record has no open one.
const (
	PointOK     PointState = "ok"     // 合格
	PointFailed PointState = "failed" // 不合格
	PointAbsent PointState = "absent" // 没有装这样设备
)

// Installation is one signed state of a terminal's installation record (安装验收记录). It names nobody: the technician is known by
// the number of the service code, at the centre alone. A record that is signed again after a repair has the next revision.
type Installation struct {
	Record   string          `json:"record"` // UUIDv7, one for all revisions
	Revision int             `json:"revision"`
	Pass     uint16          `json:"pass"` // number of the service code under which it was signed
	PassAt   time.Time       `json:"pass_at"`
	Begun    time.Time       `json:"begun"`
	At       time.Time       `json:"at"`
	Version  string          `json:"version"` // of the program
	Model    string          `json:"model"`
	List     int             `json:"list"` // version of the check-list
	Points   []InstallPoint  `json:"points"`
	Devices  []InstallDevice `json:"devices"`
}

// InstallPoint is one point as it was found; title and bound stand here, so that a record can be read when the list has moved on.
type InstallPoint struct {
	ID     string         `json:"id"`
	Part   string         `json:"part"`
	Title  string         `json:"title"`
	Answer string         `json:"answer"` // confirm, number, photo, read
	State  PointState     `json:"state"`
	Value  *float64       `json:"value,omitempty"` // measured, or milliseconds of a read
	Unit   string         `json:"unit,omitempty"`
	Want   string         `json:"want,omitempty"` // ≤ 1000 mm
	Clause string         `json:"clause,omitempty"`
	Device string         `json:"device,omitempty"`
	Fail   string         `json:"fail,omitempty"` // what to do when it is not right
	At     time.Time      `json:"at"`
	Photos []InstallPhoto `json:"photos,omitempty"`
}

// InstallPhoto is one picture (验收照片): the file lies encrypted, its key is closed for the centre the moment it is taken, so that
// the terminal cannot open it again either.
type InstallPhoto struct {
	Digest string    `json:"digest"` // "sha256:…" of the ciphertext
	Size   int64     `json:"size"`   // of the ciphertext
	MIME   string    `json:"mime"`
	Key    Box       `json:"key"`    // bound to the digest
	Source string    `json:"source"` // scanner, camera, cctv, file
	At     time.Time `json:"at"`
}

// InstallDevice is one device as it said of itself when the record was signed.
type InstallDevice struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"` // 身份证阅读器
	Profile  string `json:"profile"`
	Model    string `json:"model,omitempty"`
	Serial   string `json:"serial,omitempty"`
	Firmware string `json:"firmware,omitempty"`
	Fitted   bool   `json:"fitted"` // false: the tender wants it, nobody has connected it
}

// Count returns how many points ended in a state.
func (i Installation) Count(s PointState) int {
	n := 0
	for _, p := range i.Points {
		if p.State == s {
			n++
		}
	}
	return n
}
