//go:build !linux

package app

import "errors"

// host is the state of this machine.
type host struct{ disk, memory, diskFreeGB, load float64 }

func readHost(string) (host, error) {
	return host{}, errors.New("only Linux tells about its machine here")
}

// cpuMeter tells how busy the processors were.
type cpuMeter struct{}

func (m *cpuMeter) read() (float64, bool) { return 0, false }
