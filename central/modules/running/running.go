// Package running keeps the centre running (运行管理): health and inspections 巡检, what machines and addresses there are, how
// long it was down and how fast it was repaired, backups, and who is in charge. This package is the contract.
package running

import "tongban/central/kernel/errs"

// Permissions.
const (
	PermRead     = "running:read"           // 查看运行状态
	PermInspect  = "running:inspect"        // 巡检
	PermPlan     = "running:plan"           // 改巡检计划和值班
	PermResource = "running:resource.write" // 登记主机、服务器、地址
	PermIncident = "running:incident.write" // 登记故障
	PermBackup   = "running:backup.make"    // 备份
)

// Events.
const (
	EventMissed   = "running.inspection_missed" // 巡检逾期, Data: Missed
	EventIncident = "running.incident"          // 中断或恢复, Data: Incident
	EventBackup   = "running.backup"            // 备份完成或失败, Data: BackedUp
)

// Missed is the data of EventMissed.
type Missed struct {
	Task string `json:"task"`
}

// Incident is the data of EventIncident.
type Incident struct {
	ID     string `json:"id"`
	System string `json:"system"`
}

// BackedUp is the data of EventBackup.
type BackedUp struct {
	Snapshot string `json:"snapshot"`
	OK       bool   `json:"ok"`
}

// Errors.
var (
	ErrNoSuch     = errs.E(errs.NotFound, "running.no_such", "没有找到这条记录，请刷新页面再看", nil)
	ErrNotAllowed = errs.E(errs.Conflict, "running.not_allowed", "这次巡检现在不能这样操作，请刷新页面再看", nil)
	ErrNoBackup   = errs.E(errs.Conflict, "running.no_backup_place", "还没有配置备份存放的地方，请运维人员设置 backup.to", nil)
)
