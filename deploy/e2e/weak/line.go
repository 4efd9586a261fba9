// Package weak puts a bad line between terminal and centre (弱网测试): everything arrives late, and of every ten pieces three
// are held up as long as a lost packet takes to be sent again.
package weak

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// Line is one bad line to one listener.
type Line struct {
	to     string
	delay  time.Duration // one way
	lost   int           // of a hundred pieces
	resend time.Duration

	listener net.Listener
	wg       sync.WaitGroup
	mu       sync.Mutex
	open     map[net.Conn]bool
}

// Listen opens the line on a free loopback port.
func (l *Line) Listen() (addr string, err error) {
	if l.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return "", err
	}
	l.open = map[net.Conn]bool{}
	l.wg.Go(func() {
		for {
			c, err := l.listener.Accept()
			if err != nil {
				return
			}
			l.wg.Go(func() { l.carry(c) })
		}
	})
	return l.listener.Addr().String(), nil
}

func (l *Line) carry(from net.Conn) {
	to, err := net.Dial("tcp", l.to)
	if err != nil {
		_ = from.Close()
		return
	}
	l.mu.Lock()
	l.open[from], l.open[to] = true, true
	l.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { l.oneWay(to, from) })
	both.Go(func() { l.oneWay(from, to) })
	both.Wait()
	l.mu.Lock()
	delete(l.open, from)
	delete(l.open, to)
	l.mu.Unlock()
}

type piece struct {
	bytes []byte
	at    time.Time
}

// oneWay keeps the order of the bytes, as TCP does: a piece that is held up holds up what is behind it.
func (l *Line) oneWay(to, from net.Conn) {
	way := make(chan piece, 1024)
	var sender sync.WaitGroup
	sender.Go(func() {
		for p := range way {
			time.Sleep(time.Until(p.at))
			if _, err := to.Write(p.bytes); err != nil {
				_ = from.Close()
				for range way { //nolint:revive // empties the way
				}
				return
			}
		}
		_ = to.Close()
	})
	buf := make([]byte, 1400)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			late := l.delay
			if rand.IntN(100) < l.lost {
				late += l.resend
			}
			way <- piece{append([]byte(nil), buf[:n]...), time.Now().Add(late)}
		}
		if err != nil {
			if err != io.EOF {
				_ = to.Close()
			}
			break
		}
	}
	close(way)
	sender.Wait()
}

// Close ends the line and everything on it.
func (l *Line) Close() {
	_ = l.listener.Close()
	l.mu.Lock()
	for c := range l.open {
		_ = c.Close()
	}
	l.mu.Unlock()
	l.wg.Wait()
}
