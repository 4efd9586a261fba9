// Package sharing lets applicants share with the counter what they have already (共享): by a code that they scan with their own phone
// they choose which e-licences and earlier papers stand for papers of the matter in hand, and photograph what they carry. Nothing is
// attached without their consent, which is on record and can be taken back until the matter is handed in.
package sharing

import (
	"time"

	"tongban/central/kernel/errs"
)

// PermOffer allows showing a sharing code to an applicant (出示共享码).
const PermOffer = "sharing:code.offer"

// TopicMoved is the event of a sharing code; the key is the registration, the data is Moved.
const TopicMoved = "sharing.moved"

// Moved is what the event says. No personal data.
type Moved struct {
	Draft      string    `json:"draft"`
	State      State     `json:"state"`
	Papers     int       `json:"papers"`
	Photos     int       `json:"photos"`
	Region     string    `json:"region"`
	Department string    `json:"department"`
	Handler    string    `json:"handler"`
	At         time.Time `json:"at"`
}

// Wording is the version of what the phone says before somebody agrees; a changed text is a new version.
const Wording = "2026-11"

// The refusals.
var (
	ErrNone     = errs.E(errs.NotFound, "sharing.none", "没有这个共享码，请窗口再出一张", nil)
	ErrUsed     = errs.E(errs.Conflict, "sharing.used", "这个码已经有一部手机扫过了。一张码只能用一次，请窗口再出一张", nil)
	ErrExpired  = errs.E(errs.Conflict, "sharing.expired", "这个码过时了，请窗口再出一张", nil)
	ErrNotNow   = errs.E(errs.Conflict, "sharing.not_now", "这一步现在不能做，请看页面上的最新情况", nil)
	ErrBlocked  = errs.E(errs.Conflict, "sharing.blocked", "输错太多次，这个码不能再用。是本人的话，请窗口再出一张", nil)
	ErrWrong    = errs.E(errs.Invalid, "sharing.wrong", "验证码或证件号后四位不对。只有申请人本人能授权", nil)
	ErrNoPhone  = errs.E(errs.Invalid, "sharing.no_phone", "还没有登记申请人的手机号，验证码发不出去：先在表单里填手机号", nil)
	ErrNoPerson = errs.E(errs.Invalid, "sharing.no_person", "还没有核对申请人，先读身份证再出共享码", nil)
	ErrOften    = errs.E(errs.TooMany, "sharing.often", "验证码刚发过，一分钟后再要；一张码最多发三次", nil)
	ErrChosen   = errs.E(errs.Invalid, "sharing.chosen", "选的不在清单里，请刷新后再选", nil)
	ErrPerson   = errs.E(errs.Conflict, "sharing.person_changed", "窗口换了申请人，这个码不再有效，请窗口再出一张", nil)
)
