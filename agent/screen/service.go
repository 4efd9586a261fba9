package screen

// Service is the field technician's visit (现场维护); while it is there no citizen is served.
type Service struct {
	Since   string          `json:"since"`   // HH:MM
	Number  int             `json:"number"`  // of the service code
	Summary string          `json:"summary"` // 6 台设备：1 台故障，1 台缺纸
	Testing string          `json:"testing"` // kind of the test under way, "" = none
	Ask     string          `json:"ask"`     // what the technician does now
	Devices []ServiceDevice `json:"devices"`
	Machine ServiceMachine  `json:"machine"`
	Result  *ServiceResult  `json:"result,omitempty"`

	Installation *Installation `json:"installation,omitempty"` // nil: this model has no check-list
	Trace        *ServiceTrace `json:"trace,omitempty"`
	Volume       int           `json:"volume"` // of the speaker in percent, 0 as its profile says, -1 without one

	Brightness *ServiceBrightness `json:"brightness,omitempty"` // of the terminal's own screen
}

// ServiceBrightness is how bright the terminal's own screen is (屏幕亮度).
type ServiceBrightness struct {
	State   string  `json:"state"`   // looking, ok, none (no program can set it), fault
	Percent int     `json:"percent"` // of what the screen can
	Full    float64 `json:"full"`    // cd/㎡ at 100 %, as the model's screen is sold; 0 = unknown
	Way     string  `json:"way"`     // how it is reached: DDC/CI i2c-4
	Detail  string  `json:"detail"`  // of the fault
}

// SetBrightness is the body of POST /api/service/brightness.
type SetBrightness struct {
	Percent int `json:"percent"`
}

// TouchResult is the body of POST /api/service/touch: what the touch test saw.
type TouchResult struct {
	Points int `json:"points"` // fingers at once
	Fields int `json:"fields"` // of the screen
	Hit    int `json:"hit"`    // of them, that answered
}

// SetVolume is the body of POST /api/service/volume.
type SetVolume struct {
	Percent int `json:"percent"`
}

// ServiceTrace is what goes over one device's line (线路记录). The whole is GET /api/service/trace, a tape.
type ServiceTrace struct {
	Kind   string             `json:"kind"`
	On     bool               `json:"on"`
	End    string             `json:"end"`    // why it has ended, in words
	Hidden bool               `json:"hidden"` // the bytes of this line are not shown, only how many and what they are called
	Count  int                `json:"count"`  // lines in all
	Lines  []ServiceTraceLine `json:"lines"`  // the newest
}

// ServiceTraceLine is a run of bytes in one direction.
type ServiceTraceLine struct {
	At   string `json:"at"` // seconds since the beginning: 3.21
	To   bool   `json:"to"` // to the device
	Size int    `json:"size"`
	Hex  string `json:"hex"`  // the first bytes, "" where hidden
	Name string `json:"name"` // 找证; of a line that failed what happened
	Lost bool   `json:"lost"`
}

// TraceDevice is the body of POST /api/service/trace.
type TraceDevice struct {
	Kind string `json:"kind"`
}

// ServiceDevice is one device of the tree.
type ServiceDevice struct {
	Kind     string          `json:"kind"`
	Label    string          `json:"label"`  // 身份证阅读器
	Line     string          `json:"line"`   // driver, port, firmware in one line
	State    string          `json:"state"`  // ok, note, fault, none (nothing serves it yet)
	Word     string          `json:"word"`   // 正常, 没有应答
	Clause   string          `json:"clause"` // of the tender, "" where it asks for none
	Facts    []ServiceFact   `json:"facts"`  // profile, firmware, serial, counters
	Timings  []ServiceTiming `json:"timings"`
	Tested   string          `json:"tested"` // HH:MM of the test, "" = not tested
	Said     string          `json:"said"`   // what came of the test
	Detail   string          `json:"detail"` // the driver's own words
	Steps    []string        `json:"steps"`
	Paper    string          `json:"paper"`  // how much there should be, "" = nobody counts it
	Button   string          `json:"button"` // of the test, "" = there is none
	Optional bool            `json:"optional"`
	Traced   bool            `json:"traced"` // its line can be listened to

	Pictures []ServicePicture `json:"pictures"` // what a camera saw in its test
	Controls []ServiceControl `json:"controls"` // what can be set at it, after its test
}

// ServicePicture is what a camera saw in its test: GET /api/service/picture?id=. It is in memory only and gone with the visit.
type ServicePicture struct {
	ID    string `json:"id"`
	Label string `json:"label"` // 可见光
}

// ServiceControl is one setting of the face camera (摄像头参数).
type ServiceControl struct {
	Stream string `json:"stream"` // visible, infrared
	Name   string `json:"name"`   // brightness, exposure
	Label  string `json:"label"`  // 可见光亮度
	Value  int    `json:"value"`
	Min    int    `json:"min"`
	Max    int    `json:"max"`
	Step   int    `json:"step"` // of one press
	Auto   bool   `json:"auto"` // the camera holds it by itself
}

// SetControl is the body of POST /api/service/control.
type SetControl struct {
	Stream string `json:"stream"`
	Name   string `json:"name"`
	Value  int    `json:"value"`
}

// ServiceFact is one line of small print.
type ServiceFact struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// ServiceTiming is one measured number beside the tender's.
type ServiceTiming struct {
	Label string `json:"label"`
	Got   string `json:"got"`
	Want  string `json:"want"` // "" where the tender asks nothing
	OK    bool   `json:"ok"`
}

// ServiceMachine is the computer beside the tender (整机自检).
type ServiceMachine struct {
	State  string         `json:"state"` // ok, fault
	Word   string         `json:"word"`
	Line   string         `json:"line"`
	Checks []ServiceCheck `json:"checks"`
}

// ServiceCheck is one property of the computer.
type ServiceCheck struct {
	Label  string `json:"label"`
	Clause string `json:"clause"`
	Want   string `json:"want"`
	Got    string `json:"got"`   // 现场量 where the computer cannot tell
	State  string `json:"state"` // ok, below, unknown
}

// ServiceResult is how the visit ended; its QR code is GET /api/service/qr.
type ServiceResult struct {
	Code   string   `json:"code"` // twenty letters, to be read out
	At     string   `json:"at"`   // HH:MM
	Faults int      `json:"faults"`
	Lines  []string `json:"lines"` // what the QR code says
}

// OpenService is the body of POST /api/service/open.
type OpenService struct {
	Code string `json:"code"`
}

// TestDevice is the body of POST /api/service/test.
type TestDevice struct {
	Kind string `json:"kind"`
}
