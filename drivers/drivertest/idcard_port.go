package drivertest

import (
	"sync/atomic"
	"time"

	"tongban/drivers"
)

// Hum puts bytes that belong to no frame before every answer, as a line that hums while nobody sends.
func Hum(p drivers.Port) drivers.Port { return &humPort{Port: p} }

type humPort struct {
	drivers.Port
	asked atomic.Bool
}

func (h *humPort) Write(p []byte) (int, error) {
	h.asked.Store(true)
	return h.Port.Write(p)
}

func (h *humPort) Read(p []byte, timeout time.Duration) (int, error) {
	hum := []byte{0xFE, 0xAA, 0x00}
	if !h.asked.Load() || len(p) <= len(hum) {
		return h.Port.Read(p, timeout)
	}
	n, err := h.Port.Read(p[len(hum):], timeout)
	if n == 0 || err != nil {
		return n, err
	}
	h.asked.Store(false)
	return n + copy(p, hum), nil
}
