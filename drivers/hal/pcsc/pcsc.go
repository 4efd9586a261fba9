// Package pcsc talks to the smart card service of a Linux machine, pcscd (智能卡服务 PC/SC), over its socket and without its C
// library: a port of the socket, and a client of its protocol on that port. Sizes and values are those of winscard_msg.h, 4:4,
// which every pcscd since 2018 accepts.
package pcsc

import (
	"os"
	"strings"

	"tongban/drivers"
)

// Scheme of addresses; what follows is a reader's name or the beginning of one, and nothing for whichever fits the driver's
// settings. "?socket=" names another socket than the machine's.
const Scheme = "pcsc"

// Where the service listens.
const (
	defaultSocket = "/run/pcscd/pcscd.comm"
	socketEnv     = "PCSCLITE_CSOCK_NAME" // as its own library
	socketSetting = "?socket="
)

// Split takes an address without its scheme apart. Names of readers have spaces and brackets, so that nothing in them is
// escaped.
func Split(rest string) (reader, socket string) {
	reader, socket, _ = strings.Cut(rest, socketSetting)
	return strings.TrimSpace(reader), socket
}

// Join is what Split takes apart.
func Join(reader, socket string) string {
	if socket == "" {
		return reader
	}
	return reader + socketSetting + socket
}

// ReaderOf is the reader that the address of a port names, empty when it is of another scheme, as that of a tape.
func ReaderOf(address string) string {
	rest, ok := strings.CutPrefix(address, Scheme+":")
	if !ok {
		return ""
	}
	reader, _ := Split(rest)
	return reader
}

func socketPath(named string) string {
	if named != "" {
		return named
	}
	if s := os.Getenv(socketEnv); s != "" {
		return s
	}
	return defaultSocket
}

// lost is what every call says once the service is gone.
func lost(err error) error {
	return &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the smart card service is gone", Cause: err}
}
