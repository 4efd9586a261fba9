package hotplug

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// kernelGroup is the multicast group of the kernel itself; udev sends in another one.
const kernelGroup = 1

// listen hears the kernel's messages.
func listen(ctx context.Context) (<-chan Event, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_KOBJECT_UEVENT)
	if err != nil {
		return nil, fmt.Errorf("open uevent socket: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: kernelGroup}); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("bind uevent socket: %w", err)
	}
	f := os.NewFile(uintptr(fd), "uevent")
	out := make(chan Event, 64)
	stop := context.AfterFunc(ctx, func() { _ = f.Close() })
	go func() {
		defer close(out)
		defer stop()
		receive(ctx, f, out)
	}()
	return out, nil
}

// receive takes messages until the socket is closed. A message that was lost because nobody took it in time is no end: who
// supervises devices opens them again by itself.
func receive(ctx context.Context, f *os.File, out chan<- Event) {
	rc, err := f.SyscallConn()
	if err != nil {
		return
	}
	buf := make([]byte, maxMessage)
	for ctx.Err() == nil {
		var n int
		var from unix.Sockaddr
		var got error
		if err := rc.Read(func(fd uintptr) bool {
			n, from, got = unix.Recvfrom(int(fd), buf, 0) //nolint:gosec // a descriptor
			return !errors.Is(got, unix.EAGAIN)
		}); err != nil {
			return
		}
		if s, ok := from.(*unix.SockaddrNetlink); got != nil || !ok || s.Pid != 0 { // only the kernel is number 0
			if got != nil && !errors.Is(got, unix.ENOBUFS) && !errors.Is(got, unix.EINTR) {
				return
			}
			continue
		}
		e, err := Parse(buf[:n])
		if err != nil {
			continue
		}
		select {
		case out <- e:
		case <-ctx.Done():
			return
		}
	}
}
