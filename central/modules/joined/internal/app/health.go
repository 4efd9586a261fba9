package app

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/modules/joined"
)

// Health is one outside system and what it means for the window (集成健康).
type Health struct {
	Name    string         `json:"name"`
	Title   string         `json:"title"`
	State   string         `json:"state" enum:"ok,slow,trouble,down,off,unknown"`
	Text    string         `json:"text" doc:"现在怎样"`
	Means   string         `json:"means" doc:"对窗口意味着什么、怎么办"`
	LastOK  string         `json:"last_ok"`
	Calls   int64          `json:"calls" doc:"今天"`
	Failed  int64          `json:"failed" doc:"今天"`
	Average int64          `json:"average_ms" doc:"今天平均多久应答"`
	RetryAt string         `json:"retry_at"`
	Slots   []adapter.Slot `json:"slots" nullable:"false" doc:"近 24 小时，每半小时一格"`
}

// means says what it is to the window when a system is silent. The one line for the rest is true of all: the call is kept and told.
var means = []struct{ prefix, text string }{
	{"sms", "短信排队等着，恢复后自己发出。急的事先打电话告诉。"},
	{"post", "不能交寄，已交寄的看不到新轨迹。当面领取照常。"},
	{"queue-machine", "取号机不知道叫了谁。窗口叫号照常，大厅请导办员喊号。"},
	{"province", "送省里的件排着队，恢复后自己送，一件只送一次。收件、受理照常。"},
	{"region", "送外地的件排着队，恢复后自己送，一件只送一次；看不到办理地的新动态。代收照常。"},
	{"onething", "一件事套件的变化排着队。事项在本窗口照常办。"},
	{"estate", "查不到不动产的新进度，显示的是上次听说的。登记业务到不动产窗口问。"},
	{"imianyang", "i绵阳新报的件可能进不来，办到哪一步先记着，恢复后自己回传。窗口收件照常。"},
	{"tianfu", "天府通办新报的件可能进不来，办到哪一步先记着，恢复后自己回传。窗口收件照常。"},
	{"brain", "没有建议可看，请按名称找事项。别的照常。"},
	{"licences", "查不到市里的证照，省电子证照库照常。缺的请收纸件或拍照。"},
	{"platform", "微服务中台登记的服务用不了，用到它的那一步会说明。别的照常。"},
	{"cannot", "看不到新反映的办不成事，待办里显示的是上次听说的。有人来反映，先记在纸上。"},
}

func meansOf(name string) string {
	for _, m := range means {
		if strings.HasPrefix(name, m.prefix) {
			return m.text
		}
	}
	return "用到它的那一步会说明没有应答，别的照常。"
}

// slowly is from where on an average is called slow.
const slowly = 2 * time.Second

// Health returns all outside systems, those in trouble first.
func (a *App) Health(ctx context.Context) ([]Health, error) {
	states, err := a.Adapters.States(ctx)
	if err != nil {
		return nil, err
	}
	slots, err := a.Adapters.Slots(ctx)
	if err != nil {
		return nil, err
	}
	days, err := a.Adapters.Days(ctx, "", a.Clock.Now())
	if err != nil {
		return nil, err
	}
	lasts, err := a.Adapters.Lasts(ctx)
	if err != nil {
		return nil, err
	}
	bad, good := []Health{}, []Health{}
	for _, d := range a.Adapters.List() {
		h := Health{Name: d.Name, Title: d.Title, Slots: slots[d.Name]}
		if h.Slots == nil {
			h.Slots = a.Adapters.EmptySlots()
		}
		var ms int64
		for _, day := range days {
			if day.Adapter == d.Name {
				h.Calls, h.Failed, ms = h.Calls+day.Calls, h.Failed+day.Failed, ms+day.MsSum
			}
		}
		if h.Calls > 0 {
			h.Average = ms / h.Calls
		}
		st, known := states[d.Name]
		if !known {
			st = adapter.State{Enabled: true, Breaker: adapter.Closed}
		}
		last := lasts[d.Name]
		if last.At.After(last.Wrong) {
			h.LastOK = stamp(last.At)
		}
		if st.Health == "ok" && st.HealthAt.After(last.At) {
			h.LastOK = stamp(st.HealthAt)
		}
		judge(&h, st)
		if err := a.refused(ctx, &h); err != nil {
			return nil, err
		}
		if h.State == "ok" || h.State == "unknown" {
			good = append(good, h)
		} else {
			h.Means = meansOf(d.Name)
			bad = append(bad, h)
		}
	}
	return append(bad, good...), nil
}

// refused says it where a system lives and wants none of our calls.
func (a *App) refused(ctx context.Context, h *Health) error {
	if h.State != "ok" && h.State != "unknown" {
		return nil
	}
	newest, err := a.Adapters.Exchanges(ctx, h.Name, "", 1)
	if err != nil {
		return err
	}
	if len(newest) == 1 && (newest[0].Status == http.StatusUnauthorized || newest[0].Status == http.StatusForbidden) {
		h.State, h.Text = "trouble", fmt.Sprintf("对方拒绝（%d）：请管理员核对密钥和授权", newest[0].Status)
	}
	return nil
}

func judge(h *Health, st adapter.State) {
	switch {
	case !st.Enabled:
		h.State, h.Text = "off", "停用了"
	case st.Breaker == adapter.Open:
		h.State, h.Text, h.RetryAt = "down", "连着没有应答，先不问了", stamp(st.RetryAt)
	case st.Breaker == adapter.Half:
		h.State, h.Text = "down", "正在试探"
	case st.Health == "down":
		h.State, h.Text = "down", "试连："+st.HealthNote
	case st.Failures > 0:
		h.State, h.Text = "trouble", fmt.Sprintf("最近 %d 次没有应答", st.Failures)
	case h.Average > slowly.Milliseconds():
		h.State, h.Text = "slow", fmt.Sprintf("今天平均 %.1f 秒才应答", float64(h.Average)/1000)
	case st.Health == "ok" || h.LastOK != "":
		h.State, h.Text = "ok", "正常"
	default:
		h.State, h.Text = "unknown", "还没有问过"
	}
}

// Try asks a system now how it is.
func (a *App) Try(ctx context.Context, name string) ([]Health, error) {
	p, ok := a.Adapters.Find(name)
	if !ok {
		return nil, joined.ErrNoSuchSystem
	}
	// On record before it is done: the probe itself writes outside of this act.
	err := a.DB.Do(ctx, func(tx db.Tx) error { return audit.Write(ctx, tx, audit.Record{Action: "joined.try", Object: name}) })
	if err != nil {
		return nil, err
	}
	ctx = db.WithFirst(ctx, nil) // the request's key is claimed by the act above
	if p.Health != "" {
		if err := p.CheckHealth(ctx); err != nil {
			return nil, err
		}
	}
	if slices.ContainsFunc(a.neighbours(), func(n Neighbour) bool { return n.System() == name }) {
		if err := a.Look(ctx, nil); err != nil {
			a.Log.WarnContext(ctx, "look after a try", "system", name, "cause", err.Error())
		}
	}
	return a.Health(ctx)
}
