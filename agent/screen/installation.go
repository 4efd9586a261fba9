package screen

// Installation is the check-list that a technician goes through before a terminal may serve (安装验收).
type Installation struct {
	Begun    string         `json:"begun"`    // 1月2日 15:04, "" = not begun
	Signed   string         `json:"signed"`   // 1月2日 15:04 of the newest signature, "" = not signed, or changed since
	Revision int            `json:"revision"` // how often it was signed
	Waiting  bool           `json:"waiting"`  // signed and not yet at the centre
	Summary  string         `json:"summary"`  // 33 项：30 项合格，1 项不合格，2 项没装
	Open     int            `json:"open"`     // still to be answered
	Failed   int            `json:"failed"`
	Reading  string         `json:"reading"` // id of the point whose read is under way
	Said     string         `json:"said"`    // how the last read or picture went
	Cameras  []ServiceFact  `json:"cameras"` // of this terminal: kind and name
	Points   []InstallPoint `json:"points"`
	Lines    []string       `json:"lines"` // what is printed
}

// InstallPoint is one point of the list.
type InstallPoint struct {
	ID      string         `json:"id"`
	Part    string         `json:"part"`
	Title   string         `json:"title"`
	Answer  string         `json:"answer"` // confirm, number, photo, read
	Photo   bool           `json:"photo"`  // a picture belongs to it
	How     string         `json:"how"`
	Why     string         `json:"why"`
	Fail    string         `json:"fail"`
	Unit    string         `json:"unit"`
	Want    string         `json:"want"`
	Clause  string         `json:"clause"`
	Fitted  bool           `json:"fitted"`  // its device is connected, or it needs none
	Device  string         `json:"device"`  // kind
	State   string         `json:"state"`   // "" = open, ok, failed, absent
	Word    string         `json:"word"`    // 合格
	Value   string         `json:"value"`   // 998 mm, 640 毫秒
	At      string         `json:"at"`      // 15:04
	Photos  []InstallPhoto `json:"photos"`  // GET /api/install/photo?digest=
	Missing string         `json:"missing"` // what is still to be done for the answer to count
}

// InstallPhoto is one picture.
type InstallPhoto struct {
	Digest string `json:"digest"`
	At     string `json:"at"`
	Source string `json:"source"` // 高拍仪
	Shown  bool   `json:"shown"`  // it was taken in this visit and can still be looked at
}

// InstallAnswer is the body of POST /api/install/answer.
type InstallAnswer struct {
	Point string   `json:"point"`
	State string   `json:"state"` // of a confirm: ok, failed; of any with a device that is not there: absent; "" takes the answer back
	Value *float64 `json:"value,omitempty"`
}

// InstallShot is the body of POST /api/install/photo: a picture by a camera of this terminal, or one that was brought.
type InstallShot struct {
	Point  string `json:"point"`
	Source string `json:"source"`         // scanner, camera, cctv, file
	JPEG   []byte `json:"jpeg,omitempty"` // of a file
}

// InstallDrop is the body of POST /api/install/drop.
type InstallDrop struct {
	Digest string `json:"digest"`
}

// InstallRead is the body of POST /api/install/read.
type InstallRead struct {
	Point string `json:"point"`
}
