package app

import "tongban/central/kernel/errs"

// Refusals of the catalogue's life.
var (
	errBeyond       = errs.E(errs.Forbidden, "catalogue.beyond", "这个事项不在您可以编制的区划或部门里", nil)
	errOwnWork      = errs.E(errs.Forbidden, "catalogue.own_work", "您改过这份草案，要由另一位审核员来审", nil)
	errNoDraft      = errs.E(errs.NotFound, "catalogue.no_draft", "这个事项现在没有草案，请刷新后再看", nil)
	errNoComment    = errs.E(errs.NotFound, "catalogue.no_such_comment", "没有这条意见，请刷新后再看", nil)
	errDraftOpen    = errs.E(errs.Conflict, "catalogue.draft_open", "这个事项已经有人在编制，请打开那份草案", nil)
	errTaken        = errs.E(errs.Conflict, "catalogue.code_taken", "这个简码或名称已经有事项用了，请换一个", nil)
	errWantComment  = errs.E(errs.Invalid, "catalogue.no_comment", "退回要说清哪里要改：请先在要素旁写一条意见", nil)
	errOpenComments = errs.E(errs.Conflict, "catalogue.open_comments", "还有意见没有解决，解决了才能往下走", nil)
	errBadDay       = errs.E(errs.Invalid, "catalogue.bad_day", "生效日期要写成 2026-12-01 这样的日期，并且不早于今天，也不早于上一版的生效日", nil)
	errNoReason     = errs.E(errs.Invalid, "catalogue.no_reason", "请写明原因，至少四个字", nil)
	errOtherItem    = errs.E(errs.Invalid, "catalogue.other_item", "保存的内容属于另一个事项，请刷新后再改", nil)
	errClaimed      = errs.E(errs.Conflict, "catalogue.claimed", "这一条已经被认领了，请刷新后再看", nil)
	errNoBasic      = errs.E(errs.NotFound, "catalogue.no_basic", "基本目录里没有这个编码", nil)
)
