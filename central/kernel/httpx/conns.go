package httpx

import (
	"net"
	"net/netip"
	"sync"
)

// crowd bounds the connections of one address (连接数限制): whoever opens more is cut off at once, before a byte is read, so that
// slow clients cannot take all of them. Trusted proxies and this machine bring everybody's and are not counted.
type crowd struct {
	net.Listener
	most   int
	exempt func(host string) bool

	mu sync.Mutex
	n  map[netip.Addr]int
}

func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from, err := netip.ParseAddrPort(conn.RemoteAddr().String())
		if err != nil || c.exempt(from.Addr().Unmap().String()) {
			return conn, nil //nolint:nilerr // an address without an IP, such as a Unix socket, cannot be counted
		}
		addr := from.Addr().Unmap()
		c.mu.Lock()
		over := c.n[addr] >= c.most
		if !over {
			c.n[addr]++
		}
		c.mu.Unlock()
		if !over {
			return &counted{Conn: conn, leave: func() { c.gone(addr) }}, nil
		}
		_ = conn.Close()
	}
}

func (c *crowd) gone(addr netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n[addr]--; c.n[addr] <= 0 {
		delete(c.n, addr)
	}
}

// counted is a connection that is counted until it is closed.
type counted struct {
	net.Conn
	once  sync.Once
	leave func()
}

func (c *counted) Close() error {
	c.once.Do(c.leave)
	return c.Conn.Close()
}
