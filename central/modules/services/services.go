// Package services is the service integration (服务集成): the directory of outside systems and of what they offer, the gateway
// through which other systems call what they were granted, and who called what how often.
package services

import (
	"time"

	"tongban/central/kernel/errs"
)

// The permissions. Grants are the security administrator's, everything else of services the system administrator's.
const (
	PermRead         = "services:service.read"   // 查看对接
	PermWrite        = "services:service.write"  // 登记、修改对接
	PermSwitch       = "services:service.switch" // 启停对接
	PermConsumerRead = "services:consumer.read"  // 查看使用方
	PermConsumer     = "services:consumer.write" // 管理使用方、授权
	PermCall         = "services:gateway.call"   // 使用方经网关调用; no role holds it
)

// The refusals of the gateway; each is counted, and audited once a minute for the same cause.
var (
	ErrUnsigned = errs.E(errs.Unauthorised, "services.signature", "请求签名不对：请核对密钥、时间和签名方法", nil)
	ErrReplayed = errs.E(errs.Unauthorised, "services.replayed", "这个请求已经用过，请换一个随机数重新签名", nil)
	ErrStopped  = errs.E(errs.Forbidden, "services.consumer_off", "使用方已停用，请联系中心", nil)
	ErrGrant    = errs.E(errs.Forbidden, "services.not_granted", "没有获得这项服务的授权，请联系中心", nil)
	ErrRate     = errs.E(errs.TooMany, "services.rate", "超过每分钟的调用限额，请稍后再试", nil)
	ErrNone     = errs.E(errs.NotFound, "services.none", "没有这项服务，请核对代号", nil)
	ErrNoCall   = errs.E(errs.NotFound, "services.no_operation", "这项服务没有这个操作，请核对方法和地址", nil)
	ErrPlatform = errs.E(errs.Unavailable, "services.platform", "微服务中台没有应答，请稍后再试", nil)
	ErrShape    = errs.E(errs.Invalid, "services.shape", "请求内容不符合约定，请对照服务的约定改正", nil)
)

// Operation is one thing a service offers (操作).
type Operation struct {
	Name   string `json:"name" minLength:"2" maxLength:"40" pattern:"^[a-z][a-z0-9-]+$" doc:"操作代号"`
	Title  string `json:"title" minLength:"2" maxLength:"40"`
	Method string `json:"method" enum:"GET,POST,PUT,DELETE"`
	Path   string `json:"path" minLength:"1" maxLength:"200" pattern:"^/[A-Za-z0-9_./{}-]*$" doc:"服务内地址，{name} 代表一段"`
	// Request is the JSON Schema (draft 2020-12) of the body.
	Request string `json:"request,omitempty" maxLength:"20000" doc:"请求内容的 JSON Schema，文本；没有则不查"`
}

// Service is one registered service.
type Service struct {
	Name      string
	Title     string
	Owner     string
	Address   string
	Internal  bool
	Version   string
	TimeoutMs int
	PerMinute int
	Contract  []Operation
	Revision  int
	Platform  bool // registered at the micro-service platform, called through it
	UpdatedAt time.Time
}

// Consumer is one other system that may call (使用方).
type Consumer struct {
	ID        string
	Title     string
	Owner     string
	On        bool
	KeyID     string
	Secret    string // sealed
	PerMinute int
	CreatedAt time.Time
}

// Grant lets a consumer call a service (授权).
type Grant struct {
	Service  string
	Consumer string
	At       time.Time
	By       string
}
