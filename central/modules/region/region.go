// Package region is handling across regions (跨域通办): a matter is received in one region and decided in another. What is received here
// for another region (代收) goes there by system and post and is decided there: the authority to decide does not move. What another
// region received for us comes in as a case of the window. Both clocks and every parcel are kept side by side. This package is the
// contract.
package region

import (
	"time"

	"tongban/central/kernel/errs"
)

// Permissions.
const (
	PermRead = "region:case.read" // 查看跨域件
	PermWork = "region:case.work" // 代收、交寄、补正、交结果、收外地的件
)

// Topics of the events; the key is the case number, the data is Moved.
const (
	TopicRegistered = "region.registered" // received here for another region
	TopicMoved      = "region.moved"      // one step on, here or there
	TopicArrived    = "region.arrived"    // another region sent something for us
)

// Moved says what happened. No personal data.
type Moved struct {
	No         string    `json:"no"`
	Item       string    `json:"item"`
	ItemName   string    `json:"item_name"`
	State      State     `json:"state"`
	Home       string    `json:"home"`                 // code of the region that decides
	Region     string    `json:"region,omitempty"`     // where it was received here, or is decided here
	Department string    `json:"department,omitempty"` // of ours
	Handler    string    `json:"handler,omitempty"`    // account
	Draft      string    `json:"draft,omitempty"`      // registration that it was
	At         time.Time `json:"at"`
}

// Mode is one of the three ways (办理模式).
type Mode string

// Modes.
const (
	Collect Mode = "collect" // 异地代收代办: we look at form and identity only; papers go by post
	Online  Mode = "online"  // 全程网办: the home authority's own, handed on electronically; no parcel
	Joint   Mode = "joint"   // 多地联办: accepted once, several authorities each do their part, papers shared
)

// Text is the mode in words.
func (m Mode) Text() string {
	return map[Mode]string{Collect: "异地代收代办", Online: "全程网办", Joint: "多地联办"}[m]
}

// Known says whether m is one of the three.
func (m Mode) Known() bool { return m.Text() != "" }

// Errors.
var (
	ErrNone     = errs.E(errs.NotFound, "region.none", "没有这个跨域件，请核对编号", nil)
	ErrNotNow   = errs.E(errs.Conflict, "region.not_now", "这一步现在不能办：状态已经变了，请看最新情况", nil)
	ErrChanged  = errs.E(errs.Conflict, "region.changed", "别的窗口刚动过这一件，已为您换成最新的，请再看一眼", nil)
	ErrNoTarget = errs.E(errs.NotFound, "region.no_target", "这个事项不能在这里为那个地方代收，请在跨域通办的清单里选", nil)
	ErrBeyond   = errs.E(errs.Forbidden, "region.beyond", "这一件不在您可以办理的区划或部门里", nil)
	ErrOffline  = errs.E(errs.Conflict, "region.not_connected", "还没有接跨域通办系统：件先记在这里，接上后自己送", nil)
	ErrNoPost   = errs.E(errs.Conflict, "region.no_post", "还没有接上邮政：请自己寄，再把单号填进来", nil)
)
