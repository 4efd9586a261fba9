package counter

import (
	"errors"
	"net/http"

	"tongban/agent/devices"
	"tongban/drivers"
)

// names are what clerks call the devices.
var names = map[drivers.Kind]string{
	drivers.KindIDCard: "身份证阅读器", drivers.KindScanner: "高拍仪", drivers.KindReceipt: "小票打印机",
	drivers.KindLaser: "A4 打印机", drivers.KindBarcode: "扫码器", drivers.KindSignature: "签名板",
	drivers.KindPassport: "护照、通行证阅读器",
}

// byDocument are the sentences that the card reader's words do not fit: a document is drawn through its reader.
var byDocument = map[drivers.Reason]string{
	drivers.ReasonNoCard:         "没有读到证件。请把照片页最下面几行字刷过去，再读一次",
	drivers.ReasonCardUnreadable: "这几行字没有认对。再刷一次，还不行就看着原件手输并写明原因",
	drivers.ReasonCardUnknown:    "这不是护照或通行证上给机器读的字。请看着原件手输，证件种类选对",
	drivers.ReasonLineNoise:      "这几行字没有收全。刷得匀一点，再刷一次",
}

// byReason says what happened and what to do, where the device knows more than its completion code.
var byReason = map[drivers.Reason]string{
	drivers.ReasonNoCard:         "没有读到证件。请把身份证平放在阅读器上，再读一次",
	drivers.ReasonCardTakenAway:  "证件拿开得太早。请再放上去，听到提示再拿",
	drivers.ReasonCardUnreadable: "这张证读不出来，可能折过或磁化了。可以换一张证，或看着原件手输并写明原因",
	drivers.ReasonCardUnknown:    "这不是身份证阅读器能读的证件。请看着原件手输，证件种类选对",
	drivers.ReasonSAMFault:       "身份证阅读器的安全模块不工作，要维护人员来看。先看着原件手输",
	drivers.ReasonPaperOut:       "没有纸了。加好纸再打一次",
	drivers.ReasonPaperJam:       "卡纸了。打开盖子取出纸，再打一次",
	drivers.ReasonCoverOpen:      "盖子没有关好。关上再打一次",
	drivers.ReasonTonerOut:       "没有墨粉了。换好墨盒再打一次",
	drivers.ReasonCutter:         "切刀卡住了。关机再开，还不行就请维护人员",
	drivers.ReasonPrintUnknown:   "不知道打出来没有。请看看出纸口，没有再打一次",
	drivers.ReasonNotPrinted:     "没有打出来，请再打一次",
	drivers.ReasonNoCode:         "没有扫到码。让群众把码对准扫码器，再扫一次",
	drivers.ReasonUnplugged:      "线松了或没有通电。接好后几秒钟自己恢复",
	drivers.ReasonSilent:         "没有应答。看看电源和线，几秒钟后再试",
	drivers.ReasonLineNoise:      "信号不好。把线插紧，再试一次",
	drivers.ReasonProtocol:       "回答的内容不对。关机再开，还不行就请维护人员",
	drivers.ReasonNoFinger:       "没有等到手指。请群众把手指放平，再按一次",
	drivers.ReasonFingerUnclear:  "指纹不清楚。请群众擦干手指，放正再按一次",
	drivers.ReasonNoImage:        "没有给出画面。再试一次，还不行就请维护人员",
	drivers.ReasonNoDocument:     "进纸口里没有纸。把纸放进去再扫一次",
	drivers.ReasonStreamLost:     "少了一路画面。拔下再插，还不行就请维护人员",
	drivers.ReasonPictureBlack:   "画面是黑的。看看镜头是不是被挡住了，再拍一次",
	drivers.ReasonPictureFrozen:  "画面不动了。拔下再插，还不行就请维护人员",
	drivers.ReasonAccessDenied:   "证件芯片不认这组号码。核对证件号码、出生日期和有效期，再读一次",
	drivers.ReasonNoAccess:       "读芯片要先有证件上的号码。先扫证件下面两行字，或手输",
	drivers.ReasonDenied:         "用户名或密码不对。请维护人员核对本机配置",
	drivers.ReasonStuck:          "没有跟着动作。请维护人员来看",
	drivers.ReasonNoMove:         "没有等到动作，请再来一次",
	drivers.ReasonNoSignature:    "还没有签名。请群众在签名板上签好再按",
}

// byCode is for the rest.
var byCode = map[drivers.Code]string{
	drivers.CodeDeviceNotReady: "还没有准备好，稍等再试",
	drivers.CodeHardwareError:  "坏了，要维护人员来看",
	drivers.CodeTimeOut:        "没有应答。看看电源和线，几秒钟后再试",
	drivers.CodeCanceled:       "已经取消",
	drivers.CodeUserError:      "没有读成，请再来一次",
	drivers.CodeUnsupported:    "不支持这样用",
	drivers.CodeNoDevice:       "没有接上。看看电源和线，接好后几秒钟自己恢复",
	drivers.CodeLineError:      "信号不好，请再试一次",
}

// say is the sentence for a failure of a device.
func say(k drivers.Kind, code drivers.Code, reason drivers.Reason) string {
	name := names[k]
	if s := byDocument[reason]; k == drivers.KindPassport && s != "" {
		return s
	}
	switch reason {
	case drivers.ReasonNoCard, drivers.ReasonCardTakenAway, drivers.ReasonCardUnreadable, drivers.ReasonCardUnknown, drivers.ReasonSAMFault, drivers.ReasonNoCode,
		drivers.ReasonPrintUnknown, drivers.ReasonNoFinger, drivers.ReasonFingerUnclear, drivers.ReasonAccessDenied, drivers.ReasonNoAccess, drivers.ReasonNoMove,
		drivers.ReasonNoSignature:
		return byReason[reason]
	}
	if s := byReason[reason]; s != "" {
		return name + s
	}
	if s := byCode[code]; s != "" {
		return name + s
	}
	return name + "出错了，请再试一次；还不行就找维护人员"
}

// failed turns a driver's error into an answer.
func failed(k drivers.Kind, err error) *Problem {
	if errors.Is(err, devices.ErrBusy) {
		return problem(http.StatusConflict, string(drivers.CodeDeviceNotReady), names[k]+"正在用，等这一次做完")
	}
	f := drivers.Fault(err)
	p := &Problem{Status: http.StatusServiceUnavailable, Code: string(f.Code), Reason: string(f.Reason), Message: say(k, f.Code, f.Reason)}
	switch f.Code {
	case drivers.CodeTimeOut:
		if f.Reason == drivers.ReasonNoCard || f.Reason == drivers.ReasonNoCode {
			p.Status = http.StatusRequestTimeout
		}
	case drivers.CodeUserError, drivers.CodeUnsupported, drivers.CodeInvalidData:
		p.Status = http.StatusUnprocessableEntity
	}
	return p
}

// pages says why a picture was not taken.
var pages = map[drivers.PageVerdict]string{
	drivers.PageNone:    "高拍仪下面没有纸，放好再拍",
	drivers.PageBlurred: "拍糊了，把纸压平再拍",
	drivers.PageDark:    "太暗了，开灯再拍",
	drivers.PageBright:  "反光太强，换个角度或关掉补光再拍",
	drivers.PageCut:     "有一边在画面外，把纸往里放再拍",
	drivers.PageEmpty:   "这一面是空白的，翻过来再拍",
}

// health is how a device is, for the list.
func health(s devices.Status) string {
	switch {
	case s.InUse:
		return "正在用"
	case s.Paper == drivers.SupplyOut:
		return "没有纸了"
	case s.Paper == drivers.SupplyJammed:
		return "卡纸了"
	case s.Toner == drivers.SupplyOut:
		return "没有墨粉了"
	case s.Cover == "open":
		return "盖子没有关好"
	case s.State == drivers.StateOnline && s.Paper == drivers.SupplyLow:
		return "能用，纸快完了"
	case s.State == drivers.StateOnline && s.Toner == drivers.SupplyLow:
		return "能用，墨粉快完了"
	case s.State == drivers.StateOnline:
		return "能用"
	case s.State == drivers.StateBusy:
		return "正在用"
	case s.State == drivers.StateStarting:
		return "正在连接"
	case s.State == drivers.StateHardwareError:
		return "坏了，要维护人员来看"
	default:
		return "没有接上"
	}
}
