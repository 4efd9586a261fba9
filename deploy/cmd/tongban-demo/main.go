// Command tongban-demo starts the whole product on one machine (演示环境): the centre, one all-in-one kiosk and one desktop
// terminal with emulated devices, and the bench to play with them. Ctrl-C stops everything; the data stays in its folder.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"tongban/deploy/stack"
)

func main() {
	bin := flag.String("bin", "bin", "folder of the programs")
	data := flag.String("data", ".demo", "folder for data and logs")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *bin, *data); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, bin, data string) error {
	fmt.Println("正在启动：中心、1 台一体机、1 台桌面终端（仿真外设）…")
	s, err := stack.Start(ctx, stack.Config{
		Bin: bin, Dir: data, Web: 18080, Bench: true, Window: os.Getenv("DISPLAY") != "", Terminals: stack.Usual(),
	})
	if err != nil {
		return err
	}
	fmt.Print(welcome(s))
	<-ctx.Done()
	fmt.Println("\n正在停止…")
	return s.Stop()
}

func welcome(s *stack.Stack) string {
	var b strings.Builder
	row := func(name, where, note string) { fmt.Fprintf(&b, "  %-10s %s\n             %s\n", name, where, note) }
	b.WriteString("\n通办已经启动\n\n")
	for _, t := range s.Terminals {
		row(t.Code+" 屏幕", t.UI, t.Place+" "+t.Label+"；把窗口调成 "+size(t.Model)+" 看")
	}
	row("外设台", s.BenchURL, "放身份证、换纸张、按故障按钮，看字节和小票")
	row("窗口工作台", s.Web+"/console/", "账号和一次性密码在下面的文件里")
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
