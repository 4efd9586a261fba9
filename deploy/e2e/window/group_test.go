package window

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// group is a control group of the kernel's with a limit of memory and no swap (内存限额), of the second kind or of the first.
type group struct {
	dir string
	v2  bool
}

// newGroup makes a group inside the one that this test runs in, which it must have the right to; the second kind lets only a group without
// processes of its own have such children, and that the root is free of.
func newGroup(t *testing.T, name string, limit int64) (*group, error) {
	t.Helper()
	g, err := place()
	if err != nil {
		return nil, err
	}
	g.dir = filepath.Join(g.dir, "tongban-"+name+"-"+strconv.Itoa(os.Getpid()))
	if err := os.Mkdir(g.dir, 0o755); err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		for range 50 { // until its last process has ended
			if err = os.Remove(g.dir); err == nil || errors.Is(err, os.ErrNotExist) {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Errorf("group stays behind: %v", err)
	})
	bytes := strconv.FormatInt(limit, 10)
	if g.v2 {
		return g, errors.Join(g.put("memory.max", bytes), g.put("memory.swap.max", "0"))
	}
	if err := g.put("memory.limit_in_bytes", bytes); err != nil {
		return nil, err
	}
	return g, g.put("memory.swappiness", "0")
}

// place is where the groups of this test go.
func place() (*group, error) {
	b, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, err
	}
	own := map[string]string{}
	for line := range strings.Lines(string(b)) {
		if parts := strings.SplitN(strings.TrimSpace(line), ":", 3); len(parts) == 3 {
			for kind := range strings.SplitSeq(parts[1], ",") {
				own[kind] = parts[2]
			}
		}
	}
	if path, ok := own["memory"]; ok {
		return &group{dir: filepath.Join("/sys/fs/cgroup/memory", path)}, nil
	}
	root := "/sys/fs/cgroup"
	if b, err = os.ReadFile(filepath.Join(root, "cgroup.subtree_control")); err != nil {
		return nil, err
	}
	if !strings.Contains(string(b), "memory") {
		return nil, errors.New("the kernel counts no memory below " + root)
	}
	return &group{dir: root, v2: true}, nil
}

func (g *group) put(name, value string) error {
	return os.WriteFile(filepath.Join(g.dir, name), []byte(value), 0o600)
}

func (g *group) kind() string {
	if g.v2 {
		return "cgroup v2"
	}
	return "cgroup v1"
}

func (g *group) holds(pid int) bool {
	b, err := os.ReadFile(filepath.Join(g.dir, "cgroup.procs"))
	return err == nil && strings.Contains("\n"+string(b), "\n"+strconv.Itoa(pid)+"\n")
}

// usage is what the kernel has counted.
type usage struct{ peak, killed, short, swapped uint64 }

// usage reads the counters: most bytes at once, processes killed for memory, times at the limit, bytes swapped out now.
func (g *group) usage(t *testing.T) usage {
	t.Helper()
	if g.v2 {
		return usage{peak: g.count(t, "memory.peak", ""), killed: g.count(t, "memory.events", "oom_kill"), short: g.count(t, "memory.events", "max"), swapped: g.count(t, "memory.swap.current", "")}
	}
	u := usage{peak: g.count(t, "memory.max_usage_in_bytes", ""), killed: g.count(t, "memory.oom_control", "oom_kill"), short: g.count(t, "memory.failcnt", "")}
	if b, err := os.ReadFile(filepath.Join(g.dir, "memory.stat")); err == nil && strings.Contains("\n"+string(b), "\nswap ") { // kernels without swap say nothing
		u.swapped = g.count(t, "memory.stat", "swap")
	}
	return u
}

// count reads a counter that is a file, or the line of one.
func (g *group) count(t *testing.T, file, line string) uint64 {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(g.dir, file))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSpace(string(b))
	if line != "" {
		for l := range strings.Lines(string(b)) {
			if v, ok := strings.CutPrefix(l, line+" "); ok {
				text = strings.TrimSpace(v)
			}
		}
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return n
}

// limitBites shows that such a group does what it is for: who wants more than its limit is killed, and that is counted.
func limitBites(t *testing.T) {
	t.Helper()
	g, err := newGroup(t, "control", 32<<20)
	if err != nil {
		t.Fatal(err)
	}
	// tail keeps the last line, and zeroes have no other.
	cmd := exec.Command("sh", "-c", "echo $$ > "+filepath.Join(g.dir, "cgroup.procs")+" && head -c 128M /dev/zero | tail -n 1 > /dev/null")
	err = cmd.Run()
	if u := g.usage(t); err == nil || u.killed == 0 || u.short == 0 {
		t.Fatalf("a group of 32 MB let 128 MB pass: %v, %+v", err, u)
	}
}
