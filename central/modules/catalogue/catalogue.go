// Package catalogue is the item catalogue (事项目录): what can be applied for, with its situations, materials, form, limits and
// review points. A published version never changes; a case keeps the version it was filed with.
package catalogue

import (
	"context"

	"tongban/fleet/wire/matter"
)

// Permissions.
const (
	PermRead    = "catalogue:item.read"
	PermEdit    = "catalogue:item.edit"
	PermReview  = "catalogue:item.review"
	PermPublish = "catalogue:item.publish"
)

// CodeUnknownItem is the errs code for an item or version that does not exist (没有这个事项).
const CodeUnknownItem = "catalogue.no_such_item"

// TopicPublished is the event of a new version; the key is the item's code, the data is Published.
const TopicPublished = "catalogue.published"

// TopicWithdrawn is the event of an item that can no longer be applied for (下架); running cases keep their version.
const TopicWithdrawn = "catalogue.withdrawn"

// TopicDraft is the event of a draft that moved; the key is the item's code, the data is Moved.
const TopicDraft = "catalogue.draft_moved"

// TopicAdjusted is the event of an item that was suspended, resumed, cancelled, split or merged; the key is its code.
const TopicAdjusted = "catalogue.adjusted"

// Moved tells where the draft of an item stands now.
type Moved struct {
	Code  string `json:"code"`
	State State  `json:"state"`
}

// Published tells which version of which item appeared.
type Published struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
}

// Counts is how much the catalogue holds (事项、主题、智能审批数量).
type Counts struct {
	Items  int `json:"items"`
	Themes int `json:"themes"` // 一件事, counted by module onething
	Smart  int `json:"smart"`  // 智能审批事项
}

// Service is what others may ask. It is safe for concurrent use; what it returns may be kept but not changed.
type Service interface {
	// Item returns one version of an item, withdrawn or not; version 0 is the current one. An unknown one is an
	// errs.NotFound with CodeUnknownItem.
	Item(ctx context.Context, code string, version int) (matter.Item, error)

	// Items returns the current versions of what can be applied for, in the order of lists.
	Items(ctx context.Context) ([]matter.Item, error)

	// Snapshot returns everything a terminal shows. Its Version changes when anything in it does.
	Snapshot(ctx context.Context) (matter.Snapshot, error)

	// Counts counts what can be applied for.
	Counts(ctx context.Context) (Counts, error)
}
