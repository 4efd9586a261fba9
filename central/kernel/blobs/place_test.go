package blobs_test

import (
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tongban/central/kernel/blobs"
)

// each runs f on a folder and on a real S3 server; fresh gives f an empty
// place to open.
func each(t *testing.T, f func(t *testing.T, fresh func() string)) {
	t.Run("folder", func(t *testing.T) { f(t, t.TempDir) })
	t.Run("s3", func(t *testing.T) {
		s := server(t)
		n := 0
		f(t, func() string {
			n++
			return s.url(strings.ReplaceAll(t.Name(), "/", "-") + "-" + string(rune('a'+n/26)) + string(rune('a'+n%26)))
		})
	})
}

// s3 is a running versitygw over a folder.
type s3 struct{ dir, addr, key string }

var gateway struct {
	sync.Once
	s3
	cmd *exec.Cmd
	err error
}

func (s s3) url(prefix string) string {
	return "s3://tongban/" + prefix + "?endpoint=" + url.QueryEscape("http://"+s.addr)
}

// server starts the one S3 server of this test program. deploy/test.sh names
// the program; without it, one that setup built is taken.
func server(t *testing.T) s3 {
	t.Helper()
	bin, must := os.Getenv("TONGBAN_TEST_S3"), true
	if bin == "" {
		bin, must = "../../../bin/tools/versitygw", false
	}
	if _, err := os.Stat(bin); err != nil {
		if must {
			t.Fatalf("the S3 server is missing: %v", err)
		}
		t.Skip("no S3 server here: run make setup")
	}
	gateway.Do(func() { gateway.err = start(bin) })
	if gateway.err != nil {
		t.Fatal(gateway.err)
	}
	return gateway.s3
}

func start(bin string) error {
	dir, err := os.MkdirTemp("", "tongban-s3-")
	if err != nil {
		return err
	}
	for _, d := range []string{"data", "meta"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			return err
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	addr := l.Addr().String()
	_ = l.Close()
	key := filepath.Join(dir, "key")
	if err := os.WriteFile(key, []byte("tester not-a-secret-of-anybody\n"), 0o600); err != nil {
		return err
	}
	cmd := exec.Command(bin, "--port", addr, "--quiet", "--keep-alive", "posix", "--sidecar", filepath.Join(dir, "meta"), filepath.Join(dir, "data"))
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY=tester", "ROOT_SECRET_KEY=not-a-secret-of-anybody")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	gateway.s3, gateway.cmd = s3{dir: filepath.Join(dir, "data"), addr: addr, key: key}, cmd
	for range 200 {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			return c.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return os.ErrDeadlineExceeded
}

func TestMain(m *testing.M) {
	code := m.Run()
	if gateway.cmd != nil {
		_ = gateway.cmd.Process.Kill()
		_ = gateway.cmd.Wait()
		_ = os.RemoveAll(filepath.Dir(gateway.dir))
	}
	os.Exit(code)
}

func opened(t *testing.T, root string) *blobs.Store {
	t.Helper()
	s, err := blobs.OpenStore(root, blobs.Options{MaxBytes: 1 << 20, KeyFile: gateway.key})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// leftovers are the files of unfinished uploads at root, as they lie on disk.
func leftovers(t *testing.T, root string) []string {
	t.Helper()
	if u, err := url.Parse(root); err == nil && u.Scheme == "s3" {
		root = filepath.Join(gateway.dir, u.Host, u.Path)
	}
	var list []string
	err := filepath.WalkDir(filepath.Join(root, "partial"), func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			list = append(list, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
