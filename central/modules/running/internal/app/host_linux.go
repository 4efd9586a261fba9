package app

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// host is the state of this machine.
type host struct {
	disk, memory float64 // percent used
	diskFreeGB   float64
	load         float64 // of one minute
}

// readHost asks the kernel of the machine; disk is the file system that holds data.
func readHost(data string) (host, error) {
	var h host
	var fs unix.Statfs_t
	if err := unix.Statfs(data, &fs); err != nil {
		return h, fmt.Errorf("ask for disk: %w", err)
	}
	if fs.Blocks > 0 {
		h.disk = 100 * (1 - float64(fs.Bavail)/float64(fs.Blocks))
	}
	h.diskFreeGB = float64(fs.Bavail) * float64(fs.Bsize) / 1e9
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return h, fmt.Errorf("ask for memory: %w", err)
	}
	total, free := memField(text, "MemTotal:"), memField(text, "MemAvailable:")
	if total == 0 {
		return h, errors.New("ask for memory: no total")
	}
	h.memory = 100 * (1 - free/total)
	if text, err = os.ReadFile("/proc/loadavg"); err != nil {
		return h, fmt.Errorf("ask for load: %w", err)
	}
	first, _, _ := strings.Cut(string(text), " ")
	h.load, err = strconv.ParseFloat(first, 64)
	return h, err
}

func memField(text []byte, name string) float64 {
	_, rest, ok := bytes.Cut(text, []byte(name))
	fields := bytes.Fields(rest)
	if !ok || len(fields) == 0 {
		return 0
	}
	n, err := strconv.ParseFloat(string(fields[0]), 64)
	if err != nil {
		return 0
	}
	return n
}

// cpuMeter tells how busy the processors were since it was asked last.
type cpuMeter struct{ busy, all float64 }

// read returns percent; false at the first time.
func (m *cpuMeter) read() (float64, bool) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, false
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	var busy, all float64
	for i, f := range strings.Fields(string(line))[1:] {
		n, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return 0, false
		}
		all += n
		if i != 3 && i != 4 { // idle and waiting for a disk
			busy += n
		}
	}
	was := *m
	m.busy, m.all = busy, all
	if was.all == 0 || all <= was.all {
		return 0, false
	}
	return 100 * (busy - was.busy) / (all - was.all), true
}
