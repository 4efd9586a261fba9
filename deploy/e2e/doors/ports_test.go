package doors

import (
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	housetest "tongban/deploy/house"
)

// door is one program's listener as the table names it: "tongban-central serve", "listen-web".
type door struct{ program, option string }

// documented reads the table.
func documented(t *testing.T) []door {
	t.Helper()
	root, err := housetest.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "deploy/docs/ports.md"))
	if err != nil {
		t.Fatal(err)
	}
	var doors []door
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 7 || !strings.HasPrefix(cells[1], " `") {
			continue
		}
		for _, c := range cells[1:6] {
			if strings.TrimSpace(c) == "" {
				t.Errorf("a cell of %q is empty", line)
			}
		}
		doors = append(doors, door{strings.Trim(cells[1], " `"), strings.Trim(cells[2], " `")})
	}
	return doors
}

// Every listening socket of every process stands where an option of that process says, and that option is in the table;
// and every row of the table is open here, so that none outlives its listener.
func (h *house) ports(t *testing.T) {
	table, seen := documented(t), map[door]bool{}
	for _, p := range h.processes {
		pids := group(t, p.PID())
		if len(pids) == 0 {
			t.Errorf("%s does not run", p.Name)
		}
		for _, pid := range pids {
			for _, at := range listening(t, pid) {
				d := door{program(p.Args), "*"}
				if filepath.Base(p.Args[0]) != "tongban-sim" {
					d.option = option(p.Args, at.String())
				}
				if !slices.Contains(table, d) {
					t.Errorf("%s listens on %s (%s), which deploy/docs/ports.md does not name", p.Name, at, d.option)
				}
				if d.option == "*" && !at.Addr().IsLoopback() {
					t.Errorf("%s listens on %s: emulators are for this machine", p.Name, at)
				}
				seen[d] = true
			}
		}
	}
	for _, d := range table {
		if !seen[d] {
			t.Errorf("deploy/docs/ports.md names %s of %s, where nobody listens", d.option, d.program)
		}
	}
}

// The terminal stands in a hall: nobody beside it reaches a port, and it does not start where one would.
func (h *house) terminalIsClosed(t *testing.T) {
	for _, k := range h.Terminals {
		n := 0
		for _, pid := range group(t, k.Agent.PID()) {
			for _, at := range listening(t, pid) {
				if n++; !at.Addr().IsLoopback() {
					t.Errorf("the agent of %s listens on %s", k.Code, at)
				}
			}
		}
		if n == 0 {
			t.Errorf("no listener of %s was found, though its screen is open: this test sees nothing", k.Code)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for _, pid := range group(t, h.Desk.Agent.PID()) {
		for _, at := range listening(t, pid) {
			if !at.Addr().IsLoopback() {
				t.Errorf("the counter of %s listens on %s", h.Desk.Name, at)
			}
		}
	}
	for _, at := range []string{"0.0.0.0:0", "[::]:0", ":0"} {
		out, err := exec.CommandContext(ctx, filepath.Join(h.Bin, "tongban-agent"), "--data", t.TempDir(), "--ui-listen", at).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "loopback") {
			t.Errorf("ui-listen %s: %v, %s", at, err, out)
		}
	}
}

// program is what the table calls a command line.
func program(args []string) string {
	words := []string{filepath.Base(args[0])}
	if words[0] != "tongban-sim" {
		for _, a := range args[1:] {
			if strings.HasPrefix(a, "-") {
				break
			}
			words = append(words, a)
		}
	}
	return strings.Join(words, " ")
}

// option is the listening option whose value is at, "" without one: nobody asked for that port then, or not so wide.
func option(args []string, at string) string {
	for i, a := range args[:len(args)-1] {
		if name := strings.TrimLeft(a, "-"); strings.Contains(name, "listen") && args[i+1] == at {
			return name
		}
	}
	return ""
}

// group returns the processes of one program: itself and what it started.
func group(t *testing.T, leader int) []int {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || leader == 0 {
			continue
		}
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue // it has ended
		}
		// The name in parentheses may hold anything; after it come state, parent and group.
		if f := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:])); len(f) > 2 && f[2] == strconv.Itoa(leader) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// listening returns where a process accepts TCP connections: its sockets, looked up in the kernel's tables (proc(5)).
func listening(t *testing.T, pid int) []netip.AddrPort {
	t.Helper()
	own := map[string]bool{}
	fds, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatalf("look at the files of process %d: %v", pid, err)
	}
	for _, fd := range fds {
		if to, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", pid, fd.Name())); err == nil && strings.HasPrefix(to, "socket:[") {
			own[strings.Trim(to, "socket:[]")] = true
		}
	}
	var at []netip.AddrPort
	for _, table := range []string{"tcp", "tcp6"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table))
		if os.IsNotExist(err) {
			continue // a kernel without IPv6
		}
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			const local, state, inode, listen = 1, 3, 9, "0A"
			if f := strings.Fields(line); len(f) > inode && f[state] == listen && own[f[inode]] {
				at = append(at, address(t, f[local]))
			}
		}
	}
	return at
}

// address reads the kernel's form: each 32-bit word of the address in the machine's own order, then the port.
func address(t *testing.T, s string) netip.AddrPort {
	t.Helper()
	words, port, _ := strings.Cut(s, ":")
	b, err := hex.DecodeString(words)
	n, portErr := strconv.ParseUint(port, 16, 16)
	if err != nil || portErr != nil || len(b)%4 != 0 {
		t.Fatalf("address %q in the kernel's table: %v, %v", s, err, portErr)
	}
	for i := 0; i < len(b); i += 4 {
		slices.Reverse(b[i : i+4])
	}
	a, _ := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(a.Unmap(), uint16(n))
}

// The reader of the kernel's tables finds what is open, on either protocol, as wide as it is.
func TestListening(t *testing.T) {
	for _, want := range []string{"127.0.0.1:0", "0.0.0.0:0", "[::1]:0"} {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", want)
		if err != nil {
			t.Logf("%s: %v", want, err) // a machine without IPv6
			continue
		}
		has := listening(t, os.Getpid())
		found := slices.ContainsFunc(has, func(a netip.AddrPort) bool {
			tcp := l.Addr().(*net.TCPAddr).AddrPort()
			return a.Port() == tcp.Port() && a.Addr().IsLoopback() == tcp.Addr().IsLoopback()
		})
		if !found {
			t.Errorf("%s is open and not among %v", l.Addr(), has)
		}
		_ = l.Close()
	}
}
