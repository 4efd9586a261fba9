//go:build !linux

package passport

import "net"

func quickly(conn net.Conn) net.Conn { return conn }
