package session

import (
	"tongban/drivers"
)

// Phase is the state of the card reader for this visit (读证阶段).
type Phase string

// Phases, each with its own drawing on the screen.
const (
	Waiting    Phase = "waiting"
	Reading    Phase = "reading"
	Early      Phase = "early"      // taken away too early
	Unreadable Phase = "unreadable" // bent, worn, or two cards
	Unknown    Phase = "unknown"    // not a card for this
	Noise      Phase = "noise"      // garbled on the way
	Silent     Phase = "silent"     // no answer
	Down       Phase = "down"       // unplugged or broken
	Read       Phase = "read"
	Ask        Phase = "ask" // of a document: the chip opens only with what is printed on it
)

// Reader is the reading of one card, or of one passport or permit, within a visit.
type Reader struct {
	Phase    Phase
	Title    string
	Message  string
	Tries    int    // failed ones
	For      string // Applicant, or the signer's role
	Document bool   // a passport or travel permit
	Percent  int    // of its chip
}

// Applicant is whom Reader.For names when it is not a second signer.
const Applicant = "applicant"

// words are what the screen says in each phase: what happened, what it means, what to do.
var words = map[Phase][2]string{
	Waiting:    {"请将身份证放在感应区", "感应区在{place}，正亮着黄灯。正反面都行，放平就好。"},
	Reading:    {"正在读取，请先别拿开", "通常1秒就好。"},
	Early:      {"身份证拿早了，请再放一次", "只读到一半，什么也没有保存。放平后等听到“嘀”一声再拿。"},
	Unreadable: {"没读出来，请再放一次", "什么也没有保存。只放一张证，去掉卡套，放平了再试。"},
	Unknown:    {"这张卡读不了，请换身份证", "这里能读居民身份证、港澳台居民居住证和外国人永久居留身份证。"},
	Noise:      {"信号不好，请再放一次", "没有读完，什么也没有保存。先拿开，再放平试一次。"},
	Silent:     {"读卡器没有应答", "不是您操作的问题，正在重新连接，通常几秒就好。"},
	Down:       {"读卡器现在用不了", "不是您操作的问题，已通知工作人员。可以等它恢复，也可以到人工窗口办。"},
	Read:       {"读好了，请核对是不是您本人", "现在可以拿回身份证了。"},
}

// travel is what it says of passports and permits.
var travel = map[Phase][2]string{
	Ask:        {"请对照证件输入三项", "证件里的芯片要用它们才打得开。只在本机用，离开就清除。"},
	Waiting:    {"请将证件放在护照阅读器上", "护照合上、通行证平放，读完前别拿开。"},
	Reading:    {"正在读取，请先别拿开", "芯片里内容多，通常要几秒。"},
	Early:      {"证件拿早了，请再放一次", "只读到一半，什么也没有保存。放平后等听到“嘀”一声再拿。"},
	Unreadable: {"没读出来，请再试一次", "什么也没有保存。去掉外套，放平；刷的话慢一点、匀一点。"},
	Unknown:    {"这本证件读不了", "这里能读带芯片的护照和往来通行证。可以用身份证，或到人工窗口办。"},
	Noise:      {"信号不好，请再试一次", "没有读完，什么也没有保存。先拿开，再试一次。"},
	Silent:     {"阅读器没有应答", "不是您操作的问题，正在重新连接，通常几秒就好。"},
	Down:       {"护照阅读器现在用不了", "不是您操作的问题。可以用身份证，或到人工窗口办。"},
	Read:       {"读好了，请核对是不是您本人", "现在可以拿回证件了。"},
}

// Set moves the reader to a phase with its words. place is where the reader is, from the citizen's side.
func (r *Reader) Set(p Phase, place string) {
	w := words[p]
	if r.Document {
		w = travel[p]
	}
	r.Percent = 0
	r.Phase, r.Title, r.Message = p, w[0], fill(w[1], place)
	switch p {
	case Early, Unreadable, Unknown, Noise:
		r.Tries++
	case Waiting, Reading, Silent, Down, Read, Ask:
	}
}

// Say replaces the words of a phase where the matter knows better, such as a card of the wrong person.
func (r *Reader) Say(p Phase, title, message string) {
	r.Set(p, "")
	r.Title, r.Message = title, message
}

// PhaseOf is what a failed read means for the citizen. ok is false for what is nobody's failure: no card came, or the
// read was cancelled.
func PhaseOf(err error) (p Phase, ok bool) {
	f := drivers.Fault(err)
	if f == nil || f.Code == drivers.CodeCanceled || f.Reason == drivers.ReasonNoCard {
		return Waiting, false
	}
	switch f.Reason {
	case drivers.ReasonCardTakenAway:
		return Early, true
	case drivers.ReasonCardUnreadable:
		return Unreadable, true
	case drivers.ReasonCardUnknown:
		return Unknown, true
	case drivers.ReasonAccessDenied, drivers.ReasonNoAccess:
		return Ask, true
	case drivers.ReasonLineNoise, drivers.ReasonProtocol:
		return Noise, true
	case drivers.ReasonSilent:
		return Silent, true
	case drivers.ReasonSAMFault, drivers.ReasonUnplugged:
		return Down, true
	default: // the code says enough
	}
	switch f.Code {
	case drivers.CodeNoDevice, drivers.CodeHardwareError, drivers.CodeInternalError:
		return Down, true
	case drivers.CodeTimeOut:
		return Silent, true
	case drivers.CodeLineError:
		return Noise, true
	case drivers.CodeUnsupported:
		return Unknown, true
	default:
		return Down, true
	}
}
