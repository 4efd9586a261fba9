// Command tongban-demo starts the whole product on one machine (演示环境): the centre, one all-in-one kiosk and one desktop
// terminal with emulated devices, and the bench to play with them. Ctrl-C stops everything; the data stays in its folder.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"tongban/deploy/stack"
	"tongban/deploy/walk"
)

func main() {
	bin := flag.String("bin", "bin", "folder of the programs")
	data := flag.String("data", ".demo", "folder for data and logs")
	asJSON := flag.Bool("json", false, "print one JSON line with all addresses instead of the welcome, free ports, no window")
	ready := flag.Bool("ready", false, "for tests: first passwords are changed and authenticators enrolled")
	office := flag.Bool("office", false, "for tests: only the centre and its emulated neighbours, no terminals")
	clock := flag.String("clock", "", "for tests: offset file of the centre's clock")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *bin, *data, *clock, *asJSON, *ready, *office); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, bin, data, clock string, asJSON, ready, office bool) error {
	c := stack.Config{Bin: bin, Dir: data, Guided: true, Bench: true, Window: os.Getenv("DISPLAY") != "", Terminals: stack.Usual(), Counter: true, Register: true}
	c.Clock = clock
	if office {
		c.Terminals, c.Bench = nil, false
	}
	if asJSON {
		c.Guided, c.Window = false, false
	} else {
		fmt.Println("正在启动：中心、1 台一体机、1 台桌面终端（仿真外设）…")
	}
	s, err := stack.Start(ctx, c)
	if err != nil {
		return err
	}
	if ready {
		if err := walk.Ready(ctx, s.Web, s.Secrets); err != nil {
			return errors.Join(err, s.Stop())
		}
	}
	if err := show(s, asJSON); err != nil {
		return errors.Join(err, s.Stop())
	}
	<-ctx.Done()
	if !asJSON {
		fmt.Println("\n正在停止…")
	}
	return s.Stop()
}

// addresses is the JSON line.
type addresses struct {
	Web       string     `json:"web"`
	Admin     string     `json:"admin"`
	Bench     string     `json:"bench"`
	SMS       string     `json:"sms"`
	Post      string     `json:"post"`
	Province  string     `json:"province"`
	Exchange  string     `json:"exchange"`
	Queue     string     `json:"queue"`
	OneThing  string     `json:"onething"`
	Estate    string     `json:"estate"`
	Cannot    string     `json:"cannot"`
	IMianyang string     `json:"imianyang"`
	Tianfu    string     `json:"tianfu"`
	Licences  string     `json:"licences"`
	Brain     string     `json:"brain"`
	Platform  string     `json:"platform"`
	Inquiry   string     `json:"inquiry"`
	Secrets   string     `json:"secrets"`
	Dir       string     `json:"dir"`
	Terminals []terminal `json:"terminals"`
	Counter   *desk      `json:"counter,omitempty"`
}

// desk is the window's computer: where the console finds its devices, the citizen's screen, the hands at the devices.
type desk struct {
	URL     string `json:"url"`
	Pad     string `json:"pad"`
	Control string `json:"control"`
}

type terminal struct {
	Code    string `json:"code"`
	UI      string `json:"ui"`
	Control string `json:"control"`
	PID     int    `json:"pid"`
}

func show(s *stack.Stack, asJSON bool) error {
	if !asJSON {
		fmt.Print(welcome(s))
		return nil
	}
	a := addresses{Web: s.Web, Admin: s.Admin, Bench: s.BenchURL, SMS: s.SMSURL, Post: s.PostURL, Province: s.ProvinceURL, Exchange: s.ExchangeURL, Queue: s.QueueURL, OneThing: s.OneThingURL, Estate: s.EstateURL, Cannot: s.CannotURL, IMianyang: s.IMianyangURL, Tianfu: s.TianfuURL, Licences: s.LicencesURL, Brain: s.BrainURL, Platform: s.PlatformURL, Inquiry: s.InquiryURL, Secrets: s.Secrets, Dir: s.Dir}
	for _, t := range s.Terminals {
		a.Terminals = append(a.Terminals, terminal{Code: t.Code, UI: t.UI, Control: t.Control, PID: t.Agent.PID()})
	}
	if d := s.Desk; d != nil {
		a.Counter = &desk{URL: d.URL, Pad: d.Pad, Control: d.Control}
	}
	return json.NewEncoder(os.Stdout).Encode(a)
}

func welcome(s *stack.Stack) string {
	var b strings.Builder
	row := func(name, where, note string) { fmt.Fprintf(&b, "  %-10s %s\n             %s\n", name, where, note) }
	b.WriteString("\n通办已经启动\n\n")
	for _, t := range s.Terminals {
		row(t.Code+" 屏幕", t.UI, t.Place+" "+t.Label+"；把窗口调成 "+size(t.Model)+" 看")
	}
	if d := s.Desk; d != nil {
		row("签字评价屏", d.Pad, d.Name+" 窗口朝向群众的屏幕，上面有配对码；在工作台右上角“外设”里输入")
	}
	row("外设台", s.BenchURL, "放身份证、换纸张、按故障按钮，看字节和小票")
	row("短信", s.SMSURL, "系统发出的短信都在这里，不会真的发出")
	row("邮政", s.PostURL, "交寄的邮件在这里一站一站走，可以按故障")
	row("省平台登录", s.ProvinceURL, "登录页的“四川政务服务账号登录”到这里，选一个编的人")
	row("省平台协同", s.ExchangeURL, "六个省级系统的仿真：看收到的办件，按下故障，让省里办一步")
	row("取号机", s.QueueURL, "涪城大厅的取号机：点一类就出号；右边有窗口屏、叫号屏和故障")
	row("一件事平台", s.OneThingURL, "先在工作台登录，打开就是同一个人；在这里发起套件、办下一步")
	row("不动产登记", s.EstateURL, "同上；登记办到哪一步，综合窗口按编号查得到")
	row("办不成事", s.CannotURL, "同上；反映的事出现在工作台“全部待办”里")
	row("i绵阳", s.IMianyangURL, "点一下就填好样例交到窗口，办到哪一步回到这里")
	row("天府通办", s.TianfuURL, "同上，是天府通办绵阳分站点")
	row("查询机", s.InquiryURL, "输办件编号和小票上的查询码，看办到哪一步")
	row("窗口工作台", s.Web+"/console/", "账号和一次性密码在下面的文件里")
	row("管理台", s.Web+"/admin/", "sysadmin、secadmin、auditor；第一次要绑定动态口令")
	row("首次密码", s.Secrets, "只有本用户能读；第一次登录后请改")
	row("日志", s.Dir+"/logs", "每个进程一份")
	b.WriteString("\nCtrl-C 停止全部；数据留在 " + s.Dir + "\n")
	return b.String()
}

func size(model string) string {
	if model == "desk-15" {
		return "1920×1080"
	}
	return "1080×1920"
}
