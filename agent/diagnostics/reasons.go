package diagnostics

import "tongban/drivers"

// Ways in which a test ends that was not passed.
const (
	deviceFault = iota
	nobodyCame  // what was waited for did not come: nothing is known of the device
	tryAgain    // what was laid down could not be read: another one may
)

// ending is what a reason of a driver means to whoever tests.
type ending struct {
	how   int
	words string // what happened, after “测试没有通过：”; of tryAgain with what to do
}

// endings say each reason in plain words (故障原因的说法).
var endings = map[drivers.Reason]ending{
	drivers.ReasonNoCard:      {how: nobodyCame},
	drivers.ReasonNoCode:      {how: nobodyCame},
	drivers.ReasonNoFinger:    {how: nobodyCame},
	drivers.ReasonNoSignature: {how: nobodyCame},
	drivers.ReasonNoMove:      {how: nobodyCame},
	drivers.ReasonNoDocument:  {tryAgain, "进纸口里没有纸。放几张纸再测"},

	drivers.ReasonCardTakenAway:  {tryAgain, "没有读成：拿开早了。听到响声再拿，重新测一次"},
	drivers.ReasonFingerUnclear:  {tryAgain, "没有读成：手指太干、太湿或没有放平。擦一擦再测"},
	drivers.ReasonCardUnreadable: {tryAgain, "没有读成：这一张不好读。换一张再测"},
	drivers.ReasonCardUnknown:    {tryAgain, "没有读成：这不是它能读的证。换一张再测"},
	drivers.ReasonAccessDenied:   {tryAgain, "没有读成：芯片不认这组号码。重新扫证件下面两行字再测"},
	drivers.ReasonNoAccess:       {tryAgain, "没有读成：还没有证件上的号码。先扫证件下面两行字"},

	drivers.ReasonSAMFault:      {words: "安全模块不工作"},
	drivers.ReasonLineNoise:     {words: "收到的内容乱了"},
	drivers.ReasonProtocol:      {words: "回答的不是它该答的"},
	drivers.ReasonSilent:        {words: "没有应答"},
	drivers.ReasonUnplugged:     {words: "线断了"},
	drivers.ReasonPaperOut:      {words: "没有纸"},
	drivers.ReasonPaperJam:      {words: "卡纸"},
	drivers.ReasonCoverOpen:     {words: "盖子没有关好"},
	drivers.ReasonTonerOut:      {words: "没有墨粉"},
	drivers.ReasonCutter:        {words: "切刀卡住了"},
	drivers.ReasonPrintUnknown:  {words: "打印机说不清打出来没有，请看出纸口"},
	drivers.ReasonNotPrinted:    {words: "打印机说没有打出来"},
	drivers.ReasonNoImage:       {words: "没有给出画面"},
	drivers.ReasonStreamLost:    {words: "两路画面少了一路"},
	drivers.ReasonPictureBlack:  {words: "画面是全黑的"},
	drivers.ReasonPictureFrozen: {words: "画面一直不动"},
	drivers.ReasonDenied:        {words: "设备不认配置里的用户名和密码"},
	drivers.ReasonStuck:         {words: "有一路没有跟着命令开关"},
}
