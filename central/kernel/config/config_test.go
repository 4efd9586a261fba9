package config_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/config"
)

type settings struct {
	Data   string        `yaml:"data" doc:"数据目录"`
	Idle   time.Duration `yaml:"idle" doc:"空闲时长"`
	Debug  bool          `yaml:"debug" doc:"调试"`
	Copies int           `yaml:"copies" doc:"份数"`
	HTTP   struct {
		Listen      string        `yaml:"listen" doc:"监听地址"`
		AdminListen string        `yaml:"admin_listen" doc:"管理监听地址"`
		Proxies     []string      `yaml:"trusted_proxies" doc:"信任的代理"`
		Password    config.Secret `yaml:"password" doc:"密码"`
	} `yaml:"http"`
}

func defaults() settings {
	s := settings{Data: ".", Idle: 30 * time.Minute, Copies: 1}
	s.HTTP.Listen = "127.0.0.1:8080"
	return s
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLaterSourcesWin(t *testing.T) {
	path := file(t, "data: /from/file\nidle: 10m\nhttp:\n  listen: file:1\n  admin_listen: file:2\n  trusted_proxies: [10.0.0.0/8]\n")
	s := defaults()
	rest, err := config.Load(&s,
		[]string{"serve", "--config", path, "--http-listen=flag:1", "--debug", "now", "--", "--untouched"},
		[]string{"TONGBAN_HTTP_LISTEN=env:1", "TONGBAN_HTTP_ADMIN_LISTEN=env:2", "TONGBAN_HTTP_PASSWORD=hunter2", "TONGBAN_UI_TOKEN=of-another-program", "HOME=/root"})
	if err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want.Data, want.Idle, want.Debug = "/from/file", 10*time.Minute, true
	want.HTTP.Listen, want.HTTP.AdminListen, want.HTTP.Proxies, want.HTTP.Password = "flag:1", "env:2", []string{"10.0.0.0/8"}, "hunter2"
	if d := cmp.Diff(want, s); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"serve", "now", "--untouched"}, rest); d != "" {
		t.Error(d)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	tests := []struct {
		name      string
		file      string
		args, env []string
		want      string
	}{
		{"unknown key in the file", "dat: x\n", nil, nil, "dat"},
		{"unknown nested key", "http:\n  listn: x\n", nil, nil, "listn"},
		{"twice the same key", "data: a\ndata: b\n", nil, nil, "data"},
		{"wrong type", "copies: many\n", nil, nil, "[1:9]"},
		{"unknown flag", "", []string{"--dta", "x"}, nil, "--dta"},
		{"flag without value", "", []string{"--data"}, nil, "--data"},
		{"flag of a wrong type", "", []string{"--idle", "secret-thing"}, nil, "--idle"},
		{"environment of a wrong type", "", nil, []string{"TONGBAN_COPIES=secret-thing"}, "TONGBAN_COPIES"},
		{"misspelt environment", "", nil, []string{"TONGBAN_HTTP_LISTN=x"}, "TONGBAN_HTTP_LISTEN"},
		{"no such file", "", []string{"--config", "/no/such/file"}, nil, "/no/such/file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args := tt.args
			if tt.file != "" {
				args = append(args, "--config", file(t, tt.file))
			}
			s := defaults()
			_, err := config.Load(&s, args, tt.env)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			} else if strings.Contains(err.Error(), "secret-thing") {
				t.Errorf("the value shows: %v", err)
			}
		})
	}
}

// A fault beside a password does not quote the password.
func TestFileFaultsDoNotQuoteTheirNeighbours(t *testing.T) {
	s := defaults()
	_, err := config.Load(&s, []string{"--config", file(t, "http:\n  password: hunter2\n  listn: x\n")}, nil)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	s := defaults()
	s.HTTP.Password = "hunter2"
	var b strings.Builder
	slog.New(slog.NewJSONHandler(&b, nil)).Info("settings", "password_setting", s.HTTP.Password, "all", s)
	if err := config.Describe(&b, &s); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "%v %+v %#v %s", s, s, s, s.HTTP.Password)
	if strings.Contains(b.String(), "hunter2") {
		t.Error(b.String())
	}
	if !strings.Contains(b.String(), "--http-admin-listen") || !strings.Contains(b.String(), "TONGBAN_HTTP_ADMIN_LISTEN") || s.HTTP.Password.Reveal() != "hunter2" {
		t.Error(b.String())
	}
}
