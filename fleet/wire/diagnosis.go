package wire

import (
	"slices"
	"time"
)

// KindDiagnosis is the body of an envelope on the report lane: Diagnosis.
const KindDiagnosis Kind = "diagnosis"

// Trouble is what a technician finds wrong (故障现象). The words are stable: result codes carry their place in troubles.
type Trouble string

// Troubles.
const (
	TroubleNone     Trouble = "none"
	TroubleNoPort   Trouble = "noPort"   // nobody said where it is plugged in
	TroubleAbsent   Trouble = "absent"   // nothing on the port
	TroubleSilent   Trouble = "silent"   // the port is there, nobody answers
	TroubleNoise    Trouble = "noise"    // garbled answers
	TroubleBroken   Trouble = "broken"   // the device says so itself
	TroublePaperOut Trouble = "paperOut" //
	TroublePaperLow Trouble = "paperLow" //
	TroubleJam      Trouble = "paperJam" //
	TroubleCover    Trouble = "coverOpen"
	TroubleTonerOut Trouble = "tonerOut"
	TroubleTonerLow Trouble = "tonerLow"
	TroubleSAM      Trouble = "samFault"
	TroubleSlow     Trouble = "slow"    // works, but slower than the tender allows
	TroubleBelow    Trouble = "below"   // works, but gives less than the tender asks
	TroubleFailed   Trouble = "failed"  // the test was not passed for another reason
	TroubleMachine  Trouble = "machine" // the computer is below the tender
	TroubleUnserved Trouble = "noDriver"
	TroubleStream   Trouble = "streamLost" // one of two pictures is gone
	TroublePicture  Trouble = "picture"    // pictures come and show nothing, or never change
	TroubleDenied   Trouble = "denied"     // it does not take the name and password that are set
	TroubleStuck    Trouble = "stuck"      // an output does not follow its command
	TroubleClock    Trouble = "clock"      // its time is not ours
)

// troubles is append-only.
var troubles = []Trouble{
	TroubleNone, TroubleNoPort, TroubleAbsent, TroubleSilent, TroubleNoise, TroubleBroken, TroublePaperOut, TroublePaperLow, TroubleJam,
	TroubleCover, TroubleTonerOut, TroubleTonerLow, TroubleSAM, TroubleSlow, TroubleBelow, TroubleFailed, TroubleMachine, TroubleUnserved,
	TroubleStream, TroublePicture, TroubleDenied, TroubleStuck, TroubleClock,
}

var troubleWords = map[Trouble]string{
	TroubleNone: "正常", TroubleNoPort: "没有设端口", TroubleAbsent: "没有接上", TroubleSilent: "没有应答", TroubleNoise: "线路有干扰", TroubleBroken: "硬件故障",
	TroublePaperOut: "缺纸", TroublePaperLow: "纸快用完", TroubleJam: "卡纸", TroubleCover: "盖子没关", TroubleTonerOut: "没有墨粉", TroubleTonerLow: "墨粉快用完",
	TroubleSAM: "安全模块故障", TroubleSlow: "慢于招标指标", TroubleBelow: "低于招标指标", TroubleFailed: "测试没有通过", TroubleMachine: "整机低于招标指标",
	TroubleUnserved: "尚无驱动", TroubleStream: "少一路画面", TroublePicture: "画面不对", TroubleDenied: "密码不对", TroubleStuck: "开关不动作", TroubleClock: "时间不准",
}

// Word is the trouble in words.
func (t Trouble) Word() string { return troubleWords[t] }

func (t Trouble) number() int { return max(slices.Index(troubles, t), 0) }

func troubleAt(n int) (Trouble, bool) {
	if n >= len(troubles) {
		return "", false
	}
	return troubles[n], true
}

// diagnosedKinds is append-only, as troubles: kinds of devices in a result code; 0 is the machine.
var diagnosedKinds = []string{
	"", "idcard", "receipt", "scanner", "laser", "barcode", "fingerprint", "passport", "camera", "cctv", "signature", "display", "light", "door", "speaker",
}

func kindNumber(kind string) int { return max(slices.Index(diagnosedKinds, kind), 0) }

func kindAt(n int) (string, bool) {
	if n >= len(diagnosedKinds) {
		return "", false
	}
	return diagnosedKinds[n], true
}

// Diagnosis is one visit of a field technician to a terminal (现场诊断记录). It holds no personal data: the technician is
// known by the number of the code, at the centre alone.
type Diagnosis struct {
	Pass    uint16          `json:"pass"` // number of the service code
	PassAt  time.Time       `json:"pass_at"`
	Begun   time.Time       `json:"begun"`
	At      time.Time       `json:"at"`
	Version string          `json:"version"`
	Model   string          `json:"model"`
	Faults  int             `json:"faults"`
	Worst   Trouble         `json:"worst"`
	Code    string          `json:"code"` // the result code
	Devices []DeviceFinding `json:"devices"`
	Machine []MachineCheck  `json:"machine"`
	Trace   *LineTrace      `json:"trace,omitempty"`
}

// MaxTrace bounds the tape in a Diagnosis, so that the envelope stays far below MaxEnvelope.
const MaxTrace = 64 << 10

// LineTrace is what went over one device's line, as a tape without personal data (线路记录).
type LineTrace struct {
	Kind string `json:"kind"`
	Tape string `json:"tape"`
}

// DeviceFinding is one device as it was found (外设诊断).
type DeviceFinding struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Profile  string   `json:"profile"`
	Driver   string   `json:"driver,omitempty"`
	Port     string   `json:"port,omitempty"`
	Model    string   `json:"model,omitempty"`
	Serial   string   `json:"serial,omitempty"`
	Firmware string   `json:"firmware,omitempty"`
	Trouble  Trouble  `json:"trouble"`
	Detail   string   `json:"detail,omitempty"` // the driver's own words
	Tested   bool     `json:"tested"`
	Opened   int      `json:"opened"` // since the program began
	Lost     int      `json:"lost"`
	Failures int      `json:"failures"`
	Timings  []Timing `json:"timings,omitempty"`
}

// Timing is one measured number beside what the tender asks.
type Timing struct {
	Property string  `json:"property"`
	Got      float64 `json:"got"`
	Want     string  `json:"want,omitempty"` // ≤ 1000 ms; "" where the tender asks nothing
	Unit     string  `json:"unit"`
	OK       bool    `json:"ok"`
}

// MachineCheck is one property of the computer beside what the tender asks (整机自检).
type MachineCheck struct {
	Property string `json:"property"`
	Clause   string `json:"clause"`
	Want     string `json:"want"`
	Got      string `json:"got"`   // "" where the computer cannot tell
	State    string `json:"state"` // ok, below, unknown
}

// Troubles lists all, in the order of their numbers.
func Troubles() []Trouble { return slices.Clone(troubles) }
