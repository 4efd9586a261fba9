// Command tongban-cluster starts the product as on several machines, on this one (集群演示): three copies of the centre behind a
// proxy, three brokers, PostgreSQL, an S3 store and one emulated terminal.
//
//	tongban-cluster              start, print addresses, run until Ctrl-C
//	tongban-cluster roll         restart every copy and every broker of the running one, one at a time
//
// The running one also rolls on SIGHUP.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tongban/deploy/cluster"
	"tongban/deploy/stack"
)

func main() {
	bin := flag.String("bin", "bin", "folder of the programs")
	data := flag.String("data", ".demo-cluster", "folder for data, logs and configuration")
	proxy := flag.String("proxy", "haproxy", "haproxy or nginx")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	switch flag.Arg(0) {
	case "":
		err = run(ctx, cluster.Config{Bin: *bin, Dir: *data, Proxy: *proxy, Guided: true, Terminals: stack.Usual()[:1]})
	case "roll":
		err = roll(*data)
	default:
		err = fmt.Errorf("unknown command %q", flag.Arg(0))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

func pidFile(dir string) string { return filepath.Join(dir, "cluster.pid") }

func roll(dir string) error {
	text, err := os.ReadFile(pidFile(dir))
	if err != nil {
		return fmt.Errorf("find the running cluster: %w", err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return fmt.Errorf("find the running cluster: %w", err)
	}
	if err := syscall.Kill(pid, syscall.SIGHUP); err != nil {
		return fmt.Errorf("tell the running cluster: %w", err)
	}
	fmt.Println("已请求滚动重启，进度见集群的窗口")
	return nil
}

func run(ctx context.Context, c cluster.Config) (err error) {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	fmt.Println("正在启动：PostgreSQL、3 个消息节点、S3 存储、3 份中心、" + c.Proxy + "、1 台一体机…")
	s, err := cluster.Start(ctx, c)
	if err != nil {
		return err
	}
	defer func() {
		fmt.Println("\n正在停止…")
		err = errors.Join(err, s.Stop(), os.Remove(pidFile(s.Dir)))
	}()
	if err := os.WriteFile(pidFile(s.Dir), []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		return fmt.Errorf("note process id: %w", err)
	}
	fmt.Print(welcome(s))
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hup:
			began := time.Now()
			if err := s.Roll(ctx, func(name string) { fmt.Println("  重启", name) }); err != nil {
				fmt.Fprintln(os.Stderr, "cluster:", err)
				continue
			}
			fmt.Printf("  滚动重启完成，用时 %s\n", time.Since(began).Round(100*time.Millisecond))
		}
	}
}

func welcome(s *cluster.Cluster) string {
	var b strings.Builder
	row := func(name, where, note string) { fmt.Fprintf(&b, "  %-10s %s\n             %s\n", name, where, note) }
	b.WriteString("\n通办集群已经启动\n\n")
	for _, t := range s.Stack.Terminals {
		row(t.Code+" 屏幕", t.UI, t.Place+" "+t.Label)
	}
	row("外设台", s.Stack.BenchURL, "放身份证、换纸张、按故障按钮")
	row("窗口工作台", s.Web+"/console/", "经代理；证书由 "+s.CA+" 签发")
	row("管理台", s.Web+"/admin/", "同上")
	row("健康与指标", strings.Join(s.Admin, "  "), "每份中心一个：/readyz /metrics，只在本机")
	row("首次密码", s.Secrets, "只有本用户能读；第一次登录后请改")
	row("配置与日志", s.Dir, s.Config.Proxy+".cfg、logs/，每个进程一份")
	b.WriteString("\ntongban-cluster roll 逐个重启；Ctrl-C 停止全部，数据留下\n")
	return b.String()
}
