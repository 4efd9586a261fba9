// Package window drives the real window of the terminal's program on a virtual screen (真窗口冒烟): what a browser test cannot
// see is whether the packaged program shows its page at all and hears a finger.
package window

import (
	"bufio"
	"context"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tongban/agent/screen"
	"tongban/deploy/stack"
	"tongban/deploy/walk"
)

// The packaged program fills a portrait panel, shows the attract screen, and a touch starts a visit.
func TestRealWindow(t *testing.T) {
	bin := os.Getenv("TONGBAN_BIN")
	if bin == "" {
		t.Skip("TONGBAN_BIN is not set: run by make test")
	}
	display := virtualScreen(t, 1080, 1920)
	s, err := stack.Start(t.Context(), stack.Config{
		Bin: bin, Dir: t.TempDir(), Fast: true, Window: true, Terminals: stack.Usual()[:1],
		Env: []string{"DISPLAY=" + display, "GDK_BACKEND=x11", "NO_AT_BRIDGE=1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	citizen, err := walk.Enter(ctx, s.Terminals[0].UI)
	if err != nil {
		t.Fatal(err)
	}

	shot := filepath.Join(t.TempDir(), "window.png")
	if keep := os.Getenv("TONGBAN_SHOT"); keep != "" {
		shot = keep
	}
	colours := 0
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end) && colours < 200; time.Sleep(500 * time.Millisecond) {
		colours = picture(t, display, shot)
	}
	if colours < 200 {
		t.Fatalf("the window shows %d colours: the page is not there", colours)
	}

	xdo(t, display, "mousemove", "540", "700", "click", "1")
	_, err = citizen.Until(ctx, 10*time.Second, "visit started by a touch on the window", func(s screen.State) bool { return s.Visit != nil })
	if err != nil {
		t.Error(err)
	}
	time.Sleep(time.Second) // let the next page paint before the picture is kept
	picture(t, display, shot)
}

func virtualScreen(t *testing.T, width, height int) string {
	t.Helper()
	if _, err := exec.LookPath("Xvfb"); err != nil {
		t.Skip("Xvfb is not installed")
	}
	number, w, err := os.Pipe() // the server takes a free display and writes its number here when it is ready
	if err != nil {
		t.Fatal(err)
	}
	defer number.Close()
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = x.Process.Signal(syscall.SIGTERM) // killed, it would leave its lock behind
		_ = x.Wait()
	})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(number).ReadString('\n')
	if err != nil {
		t.Fatalf("no virtual screen came up: %v", err)
	}
	return ":" + strings.TrimSpace(line)
}

// picture keeps what the screen shows and returns how many different colours a grid over it has.
func picture(t *testing.T, display, to string) int {
	t.Helper()
	cmd := exec.Command("import", "-window", "root", to)
	cmd.Env = append(os.Environ(), "DISPLAY="+display)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("take picture: %v: %s", err, out)
	}
	f, err := os.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	width, height := img.Bounds().Dx(), img.Bounds().Dy()
	// A corner that is still the empty desktop's black means that the window does not fill the panel.
	for _, at := range [][2]int{{2, 2}, {width - 3, 2}, {2, height - 3}, {width - 3, height - 3}} {
		if r, g, b, _ := img.At(at[0], at[1]).RGBA(); r|g|b == 0 {
			return 0
		}
	}
	seen := map[uint32]bool{}
	for y := 0; y < height; y += 4 {
		for x := 0; x < width; x += 4 {
			r, g, b, _ := img.At(x, y).RGBA()
			seen[r>>8<<16|g>>8<<8|b>>8] = true
		}
	}
	return len(seen)
}

func xdo(t *testing.T, display string, args ...string) {
	t.Helper()
	cmd := exec.Command("xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+display)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("xdotool: %v: %s", err, out)
	}
}
