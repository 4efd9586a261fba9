// Package bulletin is what the centre tells everybody at the terminals beside the catalogue (政务资讯、便民服务): news, and services of the
// city with where, when and whom to call. This package is the contract.
package bulletin

import "tongban/central/kernel/errs"

// Permissions.
const (
	PermRead  = "bulletin:entry.read"  // 查看资讯和便民服务
	PermWrite = "bulletin:entry.write" // 发布、撤下资讯和便民服务
)

// ErrNone means that there is no such entry.
var ErrNone = errs.E(errs.NotFound, "bulletin.none", "没有这一条，请刷新后再看", nil)
