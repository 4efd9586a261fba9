// Package supervision watches the time limits of all cases (督办): rules that are data raise cards 红黄牌, a card is answered by
// those who are responsible and judged by somebody else, and the monitor shows every case as it moves. This package is the contract.
package supervision

import (
	"context"
	"time"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/errs"
)

// Level is how grave a card is (牌).
type Level string

// Levels, mildest first.
const (
	Reminder Level = "reminder" // 提醒: nobody has to answer
	Yellow   Level = "yellow"   // 黄牌
	Red      Level = "red"      // 红牌
	Illegal  Level = "illegal"  // 红牌·违法: the statutory limit is overrun
)

// Levels lists them, mildest first.
func Levels() []Level { return []Level{Reminder, Yellow, Red, Illegal} }

// Title is the level in Chinese.
func (l Level) Title() string {
	return map[Level]string{Reminder: "提醒", Yellow: "黄牌", Red: "红牌", Illegal: "红牌·违法"}[l]
}

// Grade orders levels, 0 for one that does not exist.
func (l Level) Grade() int {
	for i, k := range Levels() {
		if k == l {
			return i + 1
		}
	}
	return 0
}

// Permissions.
const (
	PermMonitor = "supervision:case.watch"  // 监测
	PermCards   = "supervision:card.read"   // 查看督办
	PermReply   = "supervision:card.reply"  // 答复
	PermReview  = "supervision:card.review" // 审答复、撤销、催办
	PermRules   = "supervision:rule.read"
	PermSetting = "supervision:rule.write"
)

// Topics of the events; the key is the card's number, the data is Moved.
const (
	TopicIssued    = "supervision.issued"    // 发牌
	TopicReminded  = "supervision.reminded"  // 催办
	TopicReplied   = "supervision.replied"   // 已答复
	TopicReturned  = "supervision.returned"  // 退回重写
	TopicAccepted  = "supervision.accepted"  // 认可答复
	TopicCancelled = "supervision.cancelled" // 撤销
	TopicClosed    = "supervision.closed"    // 关闭
	TopicLate      = "supervision.late"      // 过了答复期没有答复
)

// Moved is what every event of a card says. No personal data.
type Moved struct {
	Card       string    `json:"card"`
	No         string    `json:"no"` // of the case
	ItemName   string    `json:"item_name"`
	Level      Level     `json:"level"`
	Rule       string    `json:"rule"` // its title
	Why        string    `json:"why"`
	State      State     `json:"state"`
	Region     string    `json:"region,omitempty"`
	Department string    `json:"department,omitempty"`
	Handler    string    `json:"handler,omitempty"`
	ReplyDue   string    `json:"reply_due,omitempty"` // RFC 3339; "" when nobody has to answer
	At         time.Time `json:"at"`
}

// Card is one card as other modules may see it (督办牌).
type Card struct {
	No       string
	Case     string
	Level    Level
	Rule     string
	Why      string
	State    State
	IssuedAt time.Time
	ReplyDue time.Time
}

// Service is what other modules may ask. It is safe for concurrent use.
type Service interface {
	// CardsOf returns the cards of a case, newest first, cancelled ones too; none is an empty slice. It asks nobody's scope.
	CardsOf(ctx context.Context, caseNo string) ([]Card, error)

	// Issued counts the cards that were issued from the first to the last day and not cancelled, by level.
	Issued(ctx context.Context, first, last calendar.Date) (map[Level]int, error)
}

// Errors.
var (
	ErrNoSuchCard = errs.E(errs.NotFound, "supervision.no_such_card", "没有这张督办牌，或者不在您的范围内", nil)
	ErrNotNow     = errs.E(errs.Conflict, "supervision.not_now", "这一步现在不能做：这张牌的状态已经变了，请看最新情况", nil)
	ErrChanged    = errs.E(errs.Conflict, "supervision.changed", "别人刚处理过这张牌，已为您换成最新的，请再看一眼", nil)
	ErrOwnReply   = errs.E(errs.Forbidden, "supervision.own_reply", "自己写的答复不能由自己审，请督查人员或另一位负责人审", nil)
)
