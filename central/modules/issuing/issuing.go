// Package issuing hands out what was decided and closes the matter (发证、评价、归档): a pick-up code, the recipient and their
// signature, the post, the citizen's rating with what follows a bad one, and the archive package that anybody can verify.
package issuing

import (
	"context"
	"time"

	"tongban/central/kernel/errs"
)

// Permissions.
const (
	PermRead   = "issuing:record.read"
	PermIssue  = "issuing:record.issue"  // 发证: check, hand over, post
	PermRated  = "issuing:rating.read"   // 看评价
	PermHandle = "issuing:rating.handle" // 差评整改: call back, answer
	PermReview = "issuing:rating.review" // 差评核查: assign, reject, close
	PermFiles  = "issuing:archive.read"  // 查档案
	PermFile   = "issuing:archive.make"  // 归档
)

// Topics of the events.
const (
	TopicReady     = "issuing.ready"  // something waits to be handed out; key is the case number, data Told
	TopicIssued    = "issuing.issued" // it reached the person
	TopicArchived  = "issuing.archived"
	TopicRated     = "issuing.rated"      // key is the rating's id, data Rated
	TopicBadRating = "issuing.bad_rating" // a task began; key is its id, data TaskTold
	TopicBadClosed = "issuing.bad_rating_closed"
)

// Told is what the events of a record say. No personal data.
type Told struct {
	No         string    `json:"no"`
	Item       string    `json:"item"`
	ItemName   string    `json:"item_name"`
	Region     string    `json:"region,omitempty"`
	Department string    `json:"department,omitempty"`
	Handler    string    `json:"handler,omitempty"`
	Way        Way       `json:"way,omitempty"`
	At         time.Time `json:"at"`
}

// Rated is what the event of a rating says.
type Rated struct {
	Told
	Window   string `json:"window,omitempty"`
	Level    int    `json:"level"` // 5 非常满意 … 1 非常不满意
	Occasion string `json:"occasion"`
	Channel  string `json:"channel"`
}

// TaskTold is what the events of a bad rating's task say.
type TaskTold struct {
	Told
	ID  string `json:"id"`
	Due string `json:"due"`
}

// Errors.
var (
	ErrNone    = errs.E(errs.NotFound, "issuing.none", "没有这条记录，请核对后再查", nil)
	ErrNotNow  = errs.E(errs.Conflict, "issuing.not_now", "这一步现在不能办：状态已经变了，请看最新情况", nil)
	ErrChanged = errs.E(errs.Conflict, "issuing.changed", "别的窗口刚动过这一件，已为您换成最新的，请再看一眼", nil)
	ErrCode    = errs.E(errs.NotFound, "issuing.code", "没有等着用这个取件码的件。请对方再看一遍短信，六位数字", nil)
	ErrTries   = errs.E(errs.TooMany, "issuing.tries", "取件码连续输错，请过 10 分钟再试，或按办件编号查", nil)
)

// Count is one line of a summary of ratings (评价汇总).
type Count struct {
	Key    string `json:"key"` // level, item code or window
	Title  string `json:"title"`
	Levels [5]int `json:"levels"` // of level 1 … 5
	Total  int    `json:"total"`
	Good   int    `json:"good"` // level 4 and 5
}

// Service is what other modules may ask.
type Service interface {
	// Invite makes the address at which the applicant of a matter may rate it, once, for the pad and for a QR code. It refuses
	// a matter whose service has not ended.
	Invite(ctx context.Context, no string) (url string, err error)

	// Ratings counts what was rated in [from, to), by "level", "item" or "window", most first.
	Ratings(ctx context.Context, by string, from, to time.Time) ([]Count, error)
}
