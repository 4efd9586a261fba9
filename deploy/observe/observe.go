// Package observe is what watches a running centre from outside, as code (监控配置): alert rules for Prometheus and a
// dashboard for Grafana. Both files beside it are printed from here; its test holds them against the metrics that the
// programs really have.
package observe

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Alert is one rule (告警规则).
type Alert struct {
	Name     string
	Expr     string
	For      string
	Severity string // page: somebody gets up; ticket: tomorrow
	Summary  string // Chinese, what to do
}

// objective is the share of requests that must succeed: 99.99 %.
const objective = 0.9999

// burn is a multi-window rule: the error budget of a month is used so many times too fast, over a long and a short window,
// so that it neither misses a slow leak nor rings on for what is over.
func burn(factor float64, long, short string) string {
	part := func(window string) string {
		return fmt.Sprintf(`sum(rate(http_request_duration_seconds_count{status=~"5.."}[%s])) / sum(rate(http_request_duration_seconds_count[%s])) > %g`,
			window, window, factor*(1-objective))
	}
	return "(" + part(long) + ") and (" + part(short) + ")"
}

// Alerts are all rules.
func Alerts() []Alert {
	return []Alert{
		{"CentreDown", `up{job="tongban"} == 0`, "1m", "page", "一份中心程序没有应答：看进程和 /readyz"},
		{"ErrorBudgetFast", burn(14.4, "1h", "5m"), "2m", "page", "请求失败太快，一个月的余量两天就会用完：看日志里的 code"},
		{"ErrorBudgetSlow", burn(6, "6h", "30m"), "15m", "page", "请求失败偏多，一个月的余量五天就会用完"},
		{"SlowAnswers", `histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[10m]))) > 1`, "10m", "ticket", "百分之一的请求超过 1 秒"},
		{"SlowDatabase", `histogram_quantile(0.95, sum by (le) (rate(db_act_duration_seconds_bucket[10m]))) > 0.5`, "10m", "ticket", "数据库写入变慢：看磁盘和长事务"},
		{"AuditUnwritable", `increase(audit_write_failures_total[5m]) > 0`, "0m", "page", "审计写不进去，操作正在被拒绝"},
		{"AuditNotShipped", `audit_checkpoint_age_seconds > 3600`, "10m", "page", "审计检查点一小时没有送出去：看 audit.ship"},
		{"AuditAlert", `audit_alerts_open > 0`, "0m", "page", "有未处理的审计告警：到管理台“审计”查看"},
		{"BackupLate", `time() - backup_last_success_timestamp_seconds > 2 * 86400 and backup_configured == 1`, "10m", "page", "备份误了两次：看管理台“运行管理・备份”"},
		{"BackupMissing", `backup_configured == 0`, "1h", "ticket", "没有配置备份：设置 backup.to"},
		{"JobsPileUp", `jobs_waiting > 1000`, "15m", "ticket", "后台任务积压"},
		{"KiosksOffline", `kiosk_up < 0.8 * kiosk_total`, "10m", "page", "两成以上终端离线：看消息服务和网络"},
		{"KioskQueueGrows", `kiosk_queue_depth > 500 and deriv(kiosk_queue_depth[30m]) > 0`, "30m", "page", "终端上的件送不出去，还在变多"},
		{"SignInAttack", `increase(tongban_auth_alarms_total[10m]) > 5`, "0m", "page", "有人在试密码：看审计里的登录记录"},
	}
}

// Rules prints the alerts as a Prometheus rule file.
func Rules() []byte {
	var b strings.Builder
	b.WriteString("# Printed from deploy/observe/observe.go; do not edit.\ngroups:\n  - name: tongban\n    rules:\n")
	for _, a := range Alerts() {
		fmt.Fprintf(&b, "      - alert: %s\n        expr: %s\n        for: %s\n        labels: {severity: %s}\n        annotations: {summary: %s}\n",
			a.Name, quote(a.Expr), a.For, a.Severity, quote(a.Summary))
	}
	return []byte(b.String())
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Panel is one picture of the dashboard (仪表盘).
type Panel struct {
	Title, Expr, Legend, Unit string
}

// Panels are all pictures, two in a row.
func Panels() []Panel {
	return []Panel{
		{"每秒请求", `sum by (status) (rate(http_request_duration_seconds_count[5m]))`, "{{status}}", "reqps"},
		{"失败比例", `sum(rate(http_request_duration_seconds_count{status=~"5.."}[5m])) / sum(rate(http_request_duration_seconds_count[5m]))`, "5xx", "percentunit"},
		{"应答时间 p50 p95 p99", `histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))`, "p95", "s"},
		{"最慢的操作", `topk(5, histogram_quantile(0.95, sum by (le, route) (rate(http_request_duration_seconds_bucket[10m]))))`, "{{route}}", "s"},
		{"写数据库 p95", `histogram_quantile(0.95, sum by (le, outcome) (rate(db_act_duration_seconds_bucket[5m])))`, "{{outcome}}", "s"},
		{"数据库要求重做", `rate(db_act_repeats_total[5m])`, "", "ops"},
		{"被限流的请求", `sum(rate(http_refused_total[5m]))`, "", "reqps"},
		{"后台任务", `jobs_waiting`, "", "short"},
		{"终端在线", `kiosk_up`, "在线", "short"},
		{"终端未送达", `kiosk_queue_depth`, "", "short"},
		{"不能用的外设", `kiosk_device_down`, "{{device}}", "short"},
		{"上行消息", `sum by (lane) (rate(tongban_fleet_messages_total[5m]))`, "{{lane}}", "mps"},
		{"回执", `sum by (status) (rate(tongban_fleet_answers_total[5m]))`, "{{status}}", "mps"},
		{"外部系统调用", `sum(rate(adapter_calls_total[5m]))`, "", "reqps"},
		{"距上次备份", `time() - backup_last_success_timestamp_seconds`, "", "s"},
		{"检查点年龄", `audit_checkpoint_age_seconds`, "", "s"},
	}
}

// Dashboard prints the panels as a Grafana dashboard.
func Dashboard() ([]byte, error) {
	type target struct {
		Expr   string `json:"expr"`
		Legend string `json:"legendFormat,omitempty"`
		Ref    string `json:"refId"`
	}
	type panel struct {
		ID          int            `json:"id"`
		Type        string         `json:"type"`
		Title       string         `json:"title"`
		Datasource  map[string]any `json:"datasource"`
		GridPos     map[string]int `json:"gridPos"`
		FieldConfig map[string]any `json:"fieldConfig"`
		Targets     []target       `json:"targets"`
	}
	var panels []panel
	for i, p := range Panels() {
		panels = append(panels, panel{
			ID: i + 1, Type: "timeseries", Title: p.Title, Datasource: map[string]any{"type": "prometheus", "uid": "${source}"},
			GridPos:     map[string]int{"h": 8, "w": 12, "x": 12 * (i % 2), "y": 8 * (i / 2)},
			FieldConfig: map[string]any{"defaults": map[string]any{"unit": p.Unit, "min": 0}},
			Targets:     []target{{p.Expr, p.Legend, "A"}},
		})
	}
	text, err := json.MarshalIndent(map[string]any{
		"title": "通办", "uid": "tongban", "schemaVersion": 39, "refresh": "30s", "time": map[string]string{"from": "now-6h", "to": "now"}, "panels": panels,
		"templating": map[string]any{"list": []map[string]any{{"name": "source", "type": "datasource", "query": "prometheus"}}},
	}, "", " ")
	if err != nil {
		return nil, fmt.Errorf("encode dashboard: %w", err)
	}
	return append(text, '\n'), nil
}
