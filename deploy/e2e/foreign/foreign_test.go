// Package foreign starts programs that were built for another machine (交叉编译产物检查) and lets them do what a terminal
// does: read a card, print a slip and a page, take a picture, keep a queue. The devices are emulated here, over the network.
//
//	TONGBAN_FOREIGN   folder with drvctl and tongban-agent; without it the tests are skipped
//	TONGBAN_RUNNER    what starts them: qemu-aarch64-static -L ROOT, wine64; empty where this machine can
package foreign

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/deploy/sim/camera"
	"tongban/deploy/sim/client"
	"tongban/deploy/sim/idcard"
	"tongban/deploy/sim/laser"
	"tongban/deploy/sim/receipt"
	"tongban/deploy/sim/rig"
	"tongban/drivers/drivertest"
)

// slow is how long a program may take that another processor is emulated for, on a machine that has more to do.
const slow = 2 * time.Minute

// program is a foreign program's command line.
func program(ctx context.Context, t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	dir := os.Getenv("TONGBAN_FOREIGN")
	if dir == "" {
		t.Skip("TONGBAN_FOREIGN is not set: run by make cross")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path + ".exe"); err == nil {
		path += ".exe"
	}
	line := append(append(strings.Fields(os.Getenv("TONGBAN_RUNNER")), path), args...)
	return exec.CommandContext(ctx, line[0], line[1:]...)
}

func onWindows() bool { return strings.Contains(os.Getenv("TONGBAN_FOREIGN"), "windows") }

// call runs drvctl to its end and decodes its one line.
func call(t *testing.T, args ...string) (answer map[string]any, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), slow)
	defer cancel()
	cmd := program(ctx, t, "drvctl", append(args, "--json")...)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v: %v", args, err)
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatalf("%v: %q, %v", args, out, err)
	}
	return answer, cmd.ProcessState.ExitCode()
}

func terminal(t *testing.T) (*rig.Terminal, rig.Ready) {
	t.Helper()
	tm, at, err := rig.Start(rig.Config{
		Name: "FOREIGN", Kinds: []string{idcard.Kind, receipt.Kind, laser.Kind, camera.Kind}, NoPTY: true,
		IDCardTCP: "127.0.0.1:0", ReceiptTCP: "127.0.0.1:0", Camera: camera.Config{Sheet: "application", Warm: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tm.Close() })
	return tm, at
}

func TestForeignCard(t *testing.T) {
	program(t.Context(), t, "drvctl")
	_, at := terminal(t)
	read := []string{"read", "--kind", "idcard", "--port", "tcp:" + at.IDCardTCP, "--timeout"}
	if got, code := call(t, append(read, "1s")...); code != 1 || got["completionCode"] != "timeOut" {
		t.Errorf("no card: %v, exit %d", got, code)
	}
	if err := client.New(at.Control).PutCard(t.Context(), "dilnur"); err != nil {
		t.Fatal(err)
	}
	card, code := call(t, append(read, "60s")...)
	if code != 0 {
		t.Fatalf("read: %v, exit %d", card, code)
	}
	for field, want := range map[string]string{"type": "resident", "name": "迪丽努尔·阿卜杜热依木艾合买提", "birth": "1946-03-15", "valid_to": "long-term"} {
		if card[field] != want {
			t.Errorf("%s is %v, want %s", field, card[field], want)
		}
	}
	nowhere := "/dev/no-such-port"
	if onWindows() {
		nowhere = "COM99"
	}
	if got, code := call(t, "health", "--kind", "idcard", "--port", nowhere); code != 1 || got["completionCode"] != "noDevice" {
		t.Errorf("no port: %v, exit %d", got, code)
	}
}

func TestForeignPaper(t *testing.T) {
	program(t.Context(), t, "drvctl")
	tm, at := terminal(t)
	dir := t.TempDir()
	text, pdf, jpg := filepath.Join(dir, "slip.txt"), filepath.Join(dir, "pages.pdf"), filepath.Join(dir, "page.jpg")
	for file, b := range map[string][]byte{text: []byte("绵阳政务服务\n办件凭条\n"), pdf: drivertest.TestPDF(3)} {
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, code := call(t, "print", "--kind", "receipt", "--port", "tcp:"+at.ReceiptTCP, "--file", text, "--timeout", "60s")
	if code != 0 || got["confirmed"] != true || len(tm.Receipt.Slips()) != 1 {
		t.Errorf("slip: %v, exit %d, %d came out", got, code, len(tm.Receipt.Slips()))
	}
	got, code = call(t, "print", "--kind", "laser", "--port", at.Laser, "--file", pdf, "--pages", "3", "--timeout", "60s")
	if jobs := tm.Laser.Printed(); code != 0 || len(jobs) != 1 || jobs[0].Sides != 3 {
		t.Errorf("pages: %v, exit %d, %+v", got, code, jobs)
	}
	for range 3 { // the camera's limits are those of a real processor that has nothing else to do
		got, code = call(t, "capture", "--kind", "scanner", "--port", at.Camera, "--out", filepath.Join(dir, "all.jpg"), "--page", jpg, "--timeout", "90s")
		if got["completionCode"] != "timeOut" {
			break
		}
	}
	if f, err := os.Stat(jpg); code != 0 || err != nil || f.Size() < 100_000 {
		t.Errorf("picture: %v, exit %d, %v", got, code, err)
	}
}

// The terminal's program comes up with its database and its screen, keeps a second one off its folder, ends when it is told
// to, and starts again on what it left.
func TestForeignAgent(t *testing.T) {
	dir := t.TempDir()
	args := []string{"--data", dir, "--ui-listen", "127.0.0.1:0", "--log", "error"}
	for range 2 {
		cmd, ui := begin(t, args...)
		page, err := http.Get(ui) //nolint:noctx // a test of a page on this machine
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(page.Body)
		_ = page.Body.Close()
		if page.StatusCode != http.StatusOK || !strings.Contains(string(b), "<html") {
			t.Errorf("screen: %s, %q", page.Status, b)
		}
		ctx, cancel := context.WithTimeout(t.Context(), slow)
		if out, err := program(ctx, t, "tongban-agent", args...).CombinedOutput(); err == nil || !strings.Contains(string(out), "another tongban-agent") {
			t.Errorf("second program: %s, %v", out, err)
		}
		cancel()
		end(t, cmd)
	}
	ctx, cancel := context.WithTimeout(t.Context(), slow)
	defer cancel()
	if out, err := program(ctx, t, "tongban-agent", "queue", "verify", "--data", dir).Output(); err != nil || !strings.Contains(string(out), `"ok":true`) {
		t.Errorf("verify: %s, %v", out, err)
	}
}

// begin starts the agent and waits for its ready line.
func begin(t *testing.T, args ...string) (*exec.Cmd, string) {
	t.Helper()
	cmd := program(t.Context(), t, "tongban-agent", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	said := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n')
		said <- line
		_, _ = io.Copy(io.Discard, out)
	}()
	var ready struct {
		Ready bool
		UI    string
	}
	select {
	case line := <-said:
		if err := json.Unmarshal([]byte(line), &ready); err != nil || !ready.Ready || ready.UI == "" {
			t.Fatalf("ready line %q: %v", line, err)
		}
	case <-time.After(slow):
		t.Fatal("no ready line")
	}
	return cmd, ready.UI
}

// end interrupts the agent, as a service manager does.
func end(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- cmd.Wait() }()
	select {
	case err := <-over:
		if err != nil {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(slow):
		t.Error("it does not end")
	}
}
