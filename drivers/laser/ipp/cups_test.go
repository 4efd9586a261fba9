package ipp

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tongban/drivers"
)

// cups starts a spooler of CUPS with one queue in a folder of its own: no service of the machine, no root's files. The queue
// hands jobs as they are to the back end.
func cups(t *testing.T, queue, backend string) (address string) {
	t.Helper()
	bin, err := exec.LookPath("cupsd")
	if err != nil {
		t.Skip("no CUPS: apt-get install cups-daemon cups-client cups")
	}
	admin, err := exec.LookPath("lpadmin")
	if err != nil {
		t.Skip("no CUPS: apt-get install cups-client")
	}
	dir, err := os.MkdirTemp("", "cups") // the path of its socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // back ends run as another user
		t.Fatal(err)
	}
	for _, d := range []string{"spool", "spool/tmp", "cache", "state", "state/certs", "log", "out"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o777); err != nil {
			t.Fatal(err)
		}
		_ = os.Chmod(filepath.Join(dir, d), 0o777) // as above
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	socket := filepath.Join(dir, "s")
	write(t, filepath.Join(dir, "cupsd.conf"), fmt.Sprintf(`Listen 127.0.0.1:%d
Listen %s
LogLevel debug
Browsing No
WebInterface No
DefaultAuthType None
PreserveJobHistory Yes
ErrorPolicy retry-current-job
JobRetryInterval 1
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  JobPrivateAccess all
  JobPrivateValues none
  SubscriptionPrivateAccess all
  SubscriptionPrivateValues none
  <Limit All>
    Order allow,deny
    Allow all
  </Limit>
</Policy>
`, port, socket))
	write(t, filepath.Join(dir, "cups-files.conf"), strings.NewReplacer("DIR", dir).Replace(`ServerRoot DIR
RequestRoot DIR/spool
TempDir DIR/spool/tmp
CacheDir DIR/cache
StateDir DIR/state
AccessLog DIR/log/access
ErrorLog DIR/log/error
PageLog DIR/log/page
FileDevice Yes
SystemGroup root lpadmin
`))
	cmd := exec.Command(bin, "-f", "-c", filepath.Join(dir, "cupsd.conf"), "-s", filepath.Join(dir, "cups-files.conf"))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if t.Failed() || os.Getenv("CUPS_LOG") != "" {
			log, _ := os.ReadFile(filepath.Join(dir, "log/error"))
			t.Logf("spooler says %s\n%s", said.String(), tailOf(log, 60000))
		}
	})
	host := "127.0.0.1:" + strconv.Itoa(port)
	for range 100 {
		if c, err := net.DialTimeout("tcp", host, 100*time.Millisecond); err == nil {
			_ = c.Close()
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	out, err := exec.Command(admin, "-h", host, "-p", queue, "-E", "-v", strings.ReplaceAll(backend, "DIR", dir), "-o", "printer-error-policy=retry-current-job").CombinedOutput()
	if err != nil {
		t.Fatalf("make queue: %v %s", err, out)
	}
	return "ipp://" + host + "/printers/" + queue
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func tailOf(b []byte, n int) string {
	if len(b) > n {
		b = b[len(b)-n:]
	}
	return string(b)
}

// A queue of CUPS is printed through as a printer is: the reference printer stands behind it.
func TestCUPSPrints(t *testing.T) {
	behind, spool := peer(t, "true")
	p, err := Open(t.Context(), cups(t, "a4", behind), drivers.Params{"counts": "no"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	if s, err := p.Status(t.Context()); err != nil || !s.Ready() {
		t.Errorf("status %+v %v", s, err)
	}
	job := pdf("cups-1", 2)
	job.Pages = 2 // the queue counts one
	acc, err := p.Print(t.Context(), job)
	if err != nil || acc.State != drivers.JobCompleted {
		t.Fatalf("%+v %v", acc, err)
	}
	files, err := filepath.Glob(filepath.Join(spool, "*.pdf"))
	if err != nil || len(files) != 1 {
		t.Errorf("behind the queue %v %v", files, err)
	}
	if got, err := p.Account(t.Context(), "cups-1"); err != nil || got.State != drivers.JobCompleted || got.ID != acc.ID {
		t.Errorf("account %+v %v", got, err)
	}
	list, err := p.Supplies(t.Context())
	t.Logf("%s, supplies %+v %v", acc.Counted(), list, err)
}

// A back end whose printer is away: the spooler would keep the job and print it when everybody has gone. It is told in
// time and taken back.
func TestCUPSUnplugged(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	away := l.Addr().String()
	_ = l.Close()
	p, err := Open(t.Context(), cups(t, "away", "socket://"+away+"/"), drivers.Params{"stall": "5s", "counts": "no"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	start := time.Now()
	acc, err := p.Print(t.Context(), pdf("cups-2", 1))
	f := drivers.Fault(err)
	if f == nil || f.Reason == drivers.ReasonPrintUnknown || time.Since(start) > 9*time.Second {
		t.Fatalf("%+v %v after %v", acc, err, time.Since(start))
	}
	t.Logf("%v after %v, account %s", err, time.Since(start), acc.Counted())
	if got, err := p.Account(t.Context(), "cups-2"); err != nil || got.State != drivers.JobCanceled && got.State != drivers.JobAborted {
		t.Errorf("account %+v %v", got, err)
	}
}
