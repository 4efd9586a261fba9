// Package audit is the auditors' side of the audit (安全审计): search, statistics, export, verification, checkpoints and
// alerts. The records themselves are written by kernel/audit, with the acts.
package audit

import (
	"context"
	"time"
)

// Permissions.
const (
	PermRead   = "audit:read"   // 查看审计记录
	PermExport = "audit:export" // 导出审计记录
	PermVerify = "audit:verify" // 核验审计链
)

// TopicAlert is the event of something an auditor must look at (审计告警); the key is the alert's id, the data is Alert.
const TopicAlert = "audit.alert"

// Kinds of alerts.
const (
	BruteForce  = "brute_force" // 暴力猜测口令
	Probing     = "probing"     // 反复越权
	Broken      = "broken"      // 审计链不成立
	Unreachable = "unreachable" // 检查点送不出去
)

// Kinds are all of them.
func Kinds() []string { return []string{BruteForce, Probing, Broken, Unreachable} }

// Alert is something to look at. The same thing again while it is open only counts up.
type Alert struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind" enum:"brute_force,probing,broken,unreachable"`
	Title    string    `json:"title" doc:"种类"`
	Object   string    `json:"object" doc:"来源地址、账号或存放处"`
	Text     string    `json:"text" doc:"一句话：发生了什么"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Times    int       `json:"times"`
	ClosedAt time.Time `json:"closed_at,omitzero" doc:"处理时间；没有就是还没处理"`
	ClosedBy string    `json:"closed_by,omitempty"`
	Note     string    `json:"note,omitempty" doc:"怎么处理的"`
}

// State is where the audit stands, for inspection and overview.
type State struct {
	Records     int64     // in the chain
	Signed      int64     // last record that a checkpoint vouches for
	Place       string    // where checkpoints are shipped
	SameMachine bool      // the place lies with the database: whoever owns one owns both
	Fault       string    // why shipping does not work; "" when it does
	Since       time.Time // since when
	Verified    time.Time // last verification that held; zero for none
	Broken      int64     // first bad record of the last verification; 0 when it held
	Alerts      int       // open ones
	Loose       bool      // the program's database role could change records; see deploy/docs/adr/0016
}

// Service is what other parts may ask. It is safe for concurrent use.
type Service interface {
	// State reads where the audit stands.
	State(ctx context.Context) (State, error)
}
