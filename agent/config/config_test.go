package config

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLaterSourcesWin(t *testing.T) {
	file := filepath.Join(t.TempDir(), "c.yaml")
	text := "data: /file\nmodel: desk-15\nidle: 70s\ndevices: {idcard: serial:/dev/a}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, rest, err := Load([]string{"--config", file, "--data=/flag", "--device", "receipt=tcp:127.0.0.1:9100", "queue", "dump"},
		[]string{"TONGBAN_DATA=/env", "TONGBAN_IDLE=65s", "TONGBAN_DEVICE=scanner=http://127.0.0.1:1/eSCL", "TONGBAN_DATABASE=other program's"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != "/flag" || c.Model != "desk-15" || c.Idle != 65*time.Second || len(c.Devices) != 3 || strings.Join(rest, " ") != "queue dump" {
		t.Errorf("%+v, rest %v", c, rest)
	}
}

func TestWhatIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(file, []byte("date: /typo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ arg, want string }{
		{"--config=" + file, "date"},
		{"--device=toaster=tcp:1", "toaster"},
		{"--ui-listen=0.0.0.0:80", "loopback"},
		{"--countdown=3s", "countdown"},
		{"--cctv-user=tongban", "cctv_password_file"},
		{"--cctv-mask=0,0,1", "left,top,right,bottom"},
		{"--cctv-mask=0,0,1.2,1", "between 0 and 1"},
		{"--cctv-mask=0.5,0,0.5,1", "hides nothing"},
		{"--cctv-mask=NaN,0,0.5,1", "between 0 and 1"},
		{"--log=loud", "loud"},
		{"--screen=eDP-1", "screen:eDP-1"},
		{"--no-such", "no-such"},
	} {
		if _, _, err := Load([]string{c.arg}, nil, io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.arg, err)
		}
	}
}

// The places that are masked may come from the file or be named one by one.
func TestMasks(t *testing.T) {
	file := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(file, []byte("cctv_masks: [[0.55, 0.35, 0.8, 0.7], [0, 0, 1, 0.1]]\ncctv_user: a\ncctv_password_file: /etc/tongban/cctv\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, err := Load([]string{"--config", file}, nil, io.Discard)
	if err != nil || len(c.CCTVMasks) != 2 || c.CCTVMasks[0] != (Mask{0.55, 0.35, 0.8, 0.7}) {
		t.Errorf("%v %v", c.CCTVMasks, err)
	}
	c, _, err = Load(nil, []string{"TONGBAN_CCTV_MASK=0.5,0.3,0.9,0.8 0,0,1,0.1"}, io.Discard)
	if err != nil || len(c.CCTVMasks) != 2 || c.CCTVMasks[1] != (Mask{0, 0, 1, 0.1}) {
		t.Errorf("%v %v", c.CCTVMasks, err)
	}
}
