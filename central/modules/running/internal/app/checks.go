package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/health"
	"tongban/fleet"
)

// When a machine is worth a warning, in percent used.
const (
	fullDisk   = 85.0
	fullMemory = 92.0
)

// expiring is how long before its end a terminal's certificate is worth a warning: it renews itself long before.
const expiring = 30 * 24 * time.Hour

// checks adds what running itself looks at.
func (a *App) checks() {
	a.Health.Add(health.Check{Component: "server", Title: "服务器", Kind: health.Server, Run: a.checkServer})
	a.Health.Add(health.Check{Component: "backup", Title: "备份", Kind: health.Backup, Run: a.checkBackup})
	if a.Terminals == nil {
		return
	}
	a.Health.Add(health.Check{Component: "terminal", Title: "自助终端", Kind: health.Terminal, Many: a.checkTerminals})
	a.Health.Add(health.Check{Component: "certificate", Title: "终端证书", Kind: health.Certificate, Run: a.checkCertificates})
}

func (a *App) checkServer(context.Context) health.Result {
	h, err := readHost(a.Source.Data)
	if err != nil {
		return health.Result{State: health.Unknown, Text: "读不到这台机器的内存和磁盘"}
	}
	r := health.Result{State: health.OK, Text: "磁盘和内存够用", Measured: []health.Measure{
		{Title: "磁盘已用", Value: fmt.Sprintf("%.1f", h.disk), Unit: "%"}, {Title: "磁盘剩余", Value: fmt.Sprintf("%.1f", h.diskFreeGB), Unit: "GB"},
		{Title: "内存已用", Value: fmt.Sprintf("%.1f", h.memory), Unit: "%"}, {Title: "负载", Value: fmt.Sprintf("%.2f", h.load)},
	}}
	switch {
	case h.disk > 97 || h.diskFreeGB < 0.5:
		r.State, r.Text = health.Bad, "磁盘快满了，请立即清理或扩容"
	case h.disk > fullDisk:
		r.State, r.Text = health.Warn, "磁盘已用超过 85%，请安排扩容"
	case h.memory > fullMemory:
		r.State, r.Text = health.Warn, "内存已用超过 92%"
	}
	return r
}

func (a *App) checkBackup(ctx context.Context) health.Result {
	if a.Backup.To == "" {
		return health.Result{State: health.Warn, Text: "还没有配置备份存放的地方（backup.to）"}
	}
	at, err := a.lastBackup(ctx)
	switch {
	case err != nil:
		return health.Result{State: health.Unknown, Text: "读不到备份记录"}
	case at.IsZero():
		return health.Result{State: health.Warn, Text: "还没有做过备份"}
	}
	age := a.Clock.Now().Sub(at)
	r := health.Result{State: health.OK, Text: "最近一次备份按时完成", Measured: []health.Measure{{Title: "距上次备份", Value: fmt.Sprintf("%.1f", age.Hours()), Unit: "小时"}}}
	if age > 2*a.Backup.Every {
		r.State, r.Text = health.Bad, "备份已经误了两次，请查看失败原因"
	}
	return r
}

// checkTerminals gives one result for each enrolled terminal.
func (a *App) checkTerminals(ctx context.Context) []health.Result {
	list, err := a.Terminals(ctx)
	if err != nil {
		return []health.Result{{State: health.Unknown, Text: "读不到终端名册"}}
	}
	out := []health.Result{}
	for _, t := range list {
		if t.State == fleet.Active {
			out = append(out, a.terminal(t))
		}
	}
	return out
}

func (a *App) terminal(t fleet.Terminal) health.Result {
	r := health.Result{Component: t.Code, Title: strings.TrimSpace(t.Place + " " + t.Label), State: health.OK, Text: "在线，设备正常"}
	if !t.LastSeen.IsZero() {
		r.Measured = append(r.Measured, health.Measure{Title: "最近一次消息", Value: t.LastSeen.Format(time.RFC3339)})
	}
	waiting := 0
	for _, n := range t.Status.Queue {
		waiting += n
	}
	r.Measured = append(r.Measured, health.Measure{Title: "未送达", Value: fmt.Sprint(waiting), Unit: "件"})
	var ill []string
	for _, d := range t.Status.Devices {
		if deviceIll(d.State) {
			ill = append(ill, d.Name)
		}
	}
	switch {
	case !t.Online:
		r.State, r.Text = health.Bad, "离线"
	case len(ill) > 0:
		r.State, r.Text = health.Warn, "有设备不正常："+strings.Join(ill, "、")
	}
	return r
}

func (a *App) checkCertificates(ctx context.Context) health.Result {
	list, err := a.Terminals(ctx)
	if err != nil {
		return health.Result{State: health.Unknown, Text: "读不到终端名册"}
	}
	now := a.Clock.Now()
	var soon, over []string
	active := 0
	for _, t := range list {
		if t.State != fleet.Active {
			continue
		}
		active++
		switch {
		case !now.Before(t.CertUntil):
			over = append(over, t.Code)
		case t.CertUntil.Sub(now) < expiring:
			soon = append(soon, t.Code)
		}
	}
	r := health.Result{State: health.OK, Text: "终端证书都在有效期内", Measured: []health.Measure{{Title: "证书", Value: fmt.Sprint(active), Unit: "张"}}}
	switch {
	case len(over) > 0:
		r.State, r.Text = health.Bad, "证书已过期，终端连不上："+strings.Join(over, "、")
	case len(soon) > 0:
		r.State, r.Text = health.Warn, "证书 30 天内到期而没有自动更换："+strings.Join(soon, "、")
	}
	return r
}
