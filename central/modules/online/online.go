// Package online takes in what people apply for in the online channels (线上渠道): i绵阳 and the sub-site of 天府通办. A channel signs
// what it sends; a hand-in is one case, however often it comes, with the channel shown beside it; and where the case stands goes
// back to the channel until it took it. This package is the contract.
package online

import "tongban/central/kernel/errs"

// The channels (渠道); the code is kept with the case.
const (
	IMianyang = "imianyang" // i绵阳
	Tianfu    = "tianfu"    // 天府通办
)

// Titles is how people call the channels.
var Titles = map[string]string{IMianyang: "i绵阳", Tianfu: "天府通办绵阳分站点"}

// The refusals. Those of the signature are counted, and audited once a minute for the same cause.
var (
	ErrNoChannel = errs.E(errs.NotFound, "online.no_channel", "没有接这个渠道，请核对地址", nil)
	ErrUnsigned  = errs.E(errs.Unauthorised, "online.signature", "请求签名不对：请核对密钥和签名方法", nil)
	ErrLate      = errs.E(errs.Unauthorised, "online.late", "请求超出时间窗口：请校准时钟，重新签名再发", nil)
	ErrReplayed  = errs.E(errs.Unauthorised, "online.replayed", "这个请求已经用过，请换一个随机数重新签名", nil)
	ErrShape     = errs.E(errs.Invalid, "online.shape", "申报内容不符合约定，请对照渠道的约定改正", nil)
	ErrOther     = errs.E(errs.Conflict, "online.other_content", "这个申报号已经用过，内容不一样，请换一个申报号", nil)
)
