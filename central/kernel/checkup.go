package kernel

import (
	"context"
	"fmt"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/health"
)

// slowDatabase is when a trivial query is worth a warning.
const slowDatabase = 500 * time.Millisecond

// checkup adds the kernel's own checks.
func (k *Kernel) checkup() {
	k.Health.Add(health.Check{Component: "database", Title: "数据库", Kind: health.Database, Run: func(ctx context.Context) health.Result {
		begin := clock.System().Now()
		if err := k.DB.Ping(ctx); err != nil {
			return health.Result{State: health.Bad, Text: "数据库没有应答"}
		}
		took := clock.System().Now().Sub(begin)
		r := health.Result{State: health.OK, Text: "数据库应答正常", Measured: []health.Measure{
			{Title: "类型", Value: string(k.DB.Dialect())}, {Title: "应答时间", Value: fmt.Sprint(took.Milliseconds()), Unit: "毫秒"},
		}}
		if took > slowDatabase {
			r.State, r.Text = health.Warn, "数据库应答偏慢"
		}
		return r
	}})
	k.Health.Add(health.Check{Component: "blobs", Title: "文件存储", Kind: health.Blobs, Run: func(ctx context.Context) health.Result {
		if err := k.Blobs.Ping(ctx); err != nil {
			return health.Result{State: health.Bad, Text: "文件存储没有应答"}
		}
		return health.Result{State: health.OK, Text: "文件存储应答正常"}
	}})
	k.Health.Add(health.Check{Component: "privacy", Title: "个人信息保护", Kind: health.Privacy, Run: k.checkPrivacy})
	k.Health.Add(health.Check{Component: "audit", Title: "审计记录", Kind: health.Audit, Run: k.checkAudit})
}

// checkAudit reads the whole chain. With a chain too long for the time it says so; `audit verify` has all the time.
func (k *Kernel) checkAudit(ctx context.Context) health.Result {
	r, err := audit.Verify(ctx, k.DB)
	if err != nil {
		return health.Result{State: health.Unknown, Text: "审计链没有核验完，请在命令行运行 audit verify"}
	}
	m := []health.Measure{{Title: "记录", Value: fmt.Sprint(r.Count), Unit: "条"}}
	if !r.OK {
		return health.Result{State: health.Bad, Text: fmt.Sprintf("审计链从第 %d 条起对不上，请保护现场并报告安全管理员", r.BadSeq), Measured: m}
	}
	return health.Result{State: health.OK, Text: "审计链完整", Measured: m}
}

// checkPrivacy looks at what protects personal data: values that do not open, labels that were changed by hand, a deletion
// that did not run, keys that wait for re-sealing.
func (k *Kernel) checkPrivacy(ctx context.Context) health.Result {
	s, err := k.Privacy.Condition(ctx)
	if err != nil {
		return health.Result{State: health.Unknown, Text: "个人信息保护的状态没有查完"}
	}
	r := health.Result{State: health.OK, Text: "加密、标记、到期删除都正常", Measured: []health.Measure{
		{Title: "打不开的密文", Value: fmt.Sprint(s.Damaged), Unit: "条"}, {Title: "被改动的标记", Value: fmt.Sprint(s.Tampered), Unit: "个"},
		{Title: "密钥模块", Value: s.Provider},
	}}
	if !s.LastRun.IsZero() {
		r.Measured = append(r.Measured, health.Measure{Title: "上次到期删除", Value: s.LastRun.In(clock.Shanghai).Format("2006-01-02 15:04")})
	}
	switch {
	case s.Damaged > 0 || s.Tampered > 0:
		r.State, r.Text = health.Bad, "有密文打不开或标记被改动，请保护现场并报告安全管理员"
	case s.Failed:
		r.State, r.Text = health.Bad, "上次到期删除没有做完，请看日志"
	case s.Overdue:
		r.State, r.Text = health.Warn, "到期删除超过两天没有执行"
	}
	return r
}
