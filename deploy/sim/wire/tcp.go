package wire

import (
	"net"
	"sync"
)

// TCP makes a port that listens on addr. After a cut it listens on the same port again.
func TCP(addr string) *Port {
	p := &Port{kind: "tcp"}
	p.open = func() (carrier, error) {
		l, err := Listen(addr)
		if err != nil {
			return nil, err
		}
		addr = l.Addr().String()
		return &tcpLine{l: l, conns: map[net.Conn]bool{}}, nil
	}
	return p
}

type tcpLine struct {
	l     net.Listener
	mu    sync.Mutex
	conns map[net.Conn]bool
	done  bool
}

func (t *tcpLine) serve(h Handler) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		c, err := t.l.Accept()
		if err != nil {
			return
		}
		if !t.keep(c) {
			_ = c.Close()
			return
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer t.drop(c)
			h(c)
		}()
	}
}

func (t *tcpLine) keep(c net.Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.done {
		t.conns[c] = true
	}
	return !t.done
}

func (t *tcpLine) drop(c net.Conn) {
	_ = c.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.conns, c)
}

func (t *tcpLine) path() string { return t.l.Addr().String() }

func (t *tcpLine) close() error {
	err := t.l.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done = true
	for c := range t.conns {
		if tc, ok := c.(*net.TCPConn); ok {
			_ = tc.SetLinger(0) // a pulled plug is a reset, not a polite goodbye
		}
		_ = c.Close()
	}
	return err
}
