// Package bulletin is what the centre tells everybody at the terminals beside the catalogue (政务资讯、便民服务): news, and services of the
// city with where, when and whom to call, each in a column that editors name and order. This package is the contract.
package bulletin

import "tongban/central/kernel/errs"

// Permissions.
const (
	PermRead  = "bulletin:entry.read"  // 查看资讯和便民服务
	PermWrite = "bulletin:entry.write" // 写、发布、撤下资讯和便民服务，管栏目
)

// Bounds of what terminals are told.
const (
	MaxColumns = 6   // columns that are on, of one kind: what one screen of a terminal has room for
	MaxShown   = 400 // entries that are shown at once: what a terminal keeps
)

// What an editor may be told.
var (
	ErrNone      = errs.E(errs.NotFound, "bulletin.none", "没有这一条，请刷新后再看", nil)
	ErrNoColumn  = errs.E(errs.NotFound, "bulletin.no_column", "没有这个栏目，请刷新后再选", nil)
	ErrName      = errs.E(errs.Conflict, "bulletin.name", "已经有叫这个名字的栏目，请换一个名字", nil)
	ErrColumns   = errs.E(errs.Conflict, "bulletin.columns", "在用的栏目已经有 6 个，终端一屏只放得下这些，请先停用一个", nil)
	ErrOrder     = errs.E(errs.Conflict, "bulletin.order", "栏目刚被别人改过，请刷新后再排", nil)
	ErrChanged   = errs.E(errs.Conflict, "bulletin.changed", "别人刚改过这一条，请刷新后再改；您写的先抄下来", nil)
	ErrState     = errs.E(errs.Conflict, "bulletin.state", "这一条的状态刚变过，请刷新后再看", nil)
	ErrColumnOff = errs.E(errs.Conflict, "bulletin.column_off", "这一条的栏目停用了，请先启用栏目，或者换一个栏目", nil)
	ErrEnded     = errs.E(errs.Conflict, "bulletin.ended", "“显示到”的那一天已经过了，请先改日期，再放到终端上", nil)
	ErrFull      = errs.E(errs.Conflict, "bulletin.full", "终端上已经有 400 条，请先撤下不用的", nil)
	ErrShort     = errs.E(errs.Invalid, "bulletin.short", "标题、内容、发布人和栏目名不能只有空格，请写清楚", nil)
	ErrDays      = errs.E(errs.Invalid, "bulletin.days", "日期要写成真有的一天，“显示到”不能早于发布日期", nil)
)
