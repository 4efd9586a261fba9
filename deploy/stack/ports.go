package stack

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// A terminal keeps the addresses that it was told when it was enrolled, so a folder that is started again takes the ports
// of its first start, if they are still free.

func (s *Stack) portsFile() string { return filepath.Join(s.Dir, "ports.json") }

func (s *Stack) loadPorts() error {
	s.ports = map[string]int{}
	b, err := os.ReadFile(s.portsFile())
	if os.IsNotExist(err) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(b, &s.ports)
	}
	if err != nil {
		return fmt.Errorf("read ports: %w", err)
	}
	return nil
}

func (s *Stack) savePorts() error {
	b, err := json.Marshal(s.ports)
	if err == nil {
		err = os.WriteFile(s.portsFile(), b, 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep ports: %w", err)
	}
	return nil
}

// port returns the port of the last start, else of the guides when they are wanted, else any: the first that is free.
func (s *Stack) port(name string, wanted int) int {
	if !s.Config.Guided {
		wanted = 0
	}
	for _, p := range []int{s.ports[name], wanted} {
		if got := free(p); p != 0 && got != 0 && !s.taken(name, got) {
			s.ports[name] = got
			return got
		}
	}
	// A port of the system's own choice comes from the range that outgoing connections use, and one of those may take it
	// before its program listens: ours are drawn from below that range.
	for {
		if got := free(20000 + rand.IntN(12000)); got != 0 && !s.taken(name, got) { //nolint:gosec // a port, not a secret
			s.ports[name] = got
			return got
		}
	}
}

// free returns p when it can be listened on now, else 0.
func free(p int) int {
	l, err := net.Listen("tcp", at(p)) //nolint:noctx // loopback, at once
	if err != nil {
		return 0
	}
	defer l.Close() //nolint:errcheck // only tried
	return p
}

// taken reports whether another part of this start has the port already, though it does not listen yet.
func (s *Stack) taken(name string, port int) bool {
	for other, p := range s.ports {
		if other != name && p == port {
			return true
		}
	}
	return false
}

func at(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// Ports gives ports to what is started beside a stack, by name, and keeps them in dir for the next start.
type Ports struct{ s *Stack }

// OpenPorts reads the ports of the last start; guided ones are those that the guides name, where they are free.
func OpenPorts(dir string, guided bool) (*Ports, error) {
	p := &Ports{&Stack{Config: Config{Dir: dir, Guided: guided}}}
	return p, p.s.loadPorts()
}

// At returns 127.0.0.1 with the port called name.
func (p *Ports) At(name string, wanted int) string { return at(p.s.port(name, wanted)) }

// Save keeps them.
func (p *Ports) Save() error { return p.s.savePorts() }
