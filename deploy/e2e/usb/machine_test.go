//go:build usbguest

package usb

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// openPort opens a channel to the emulated machine's outside by its name, see deploy/usb.sh.
func openPort(t *testing.T, name string) *os.File {
	t.Helper()
	list, err := filepath.Glob("/sys/class/virtio-ports/*/name")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range list {
		if b, err := os.ReadFile(file); err != nil || strings.TrimSpace(string(b)) != name {
			continue
		}
		f, err := os.OpenFile(filepath.Join("/dev", filepath.Base(filepath.Dir(file))), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	t.Fatalf("the machine has no channel %s", name)
	return nil
}

// bridge carries bytes between the far end of a serial adapter and an emulated device.
func bridge(t *testing.T, channel, device string) {
	t.Helper()
	port := openPort(t, channel)
	conn, err := net.Dial("tcp", device)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	carry := func(to io.Writer, from io.Reader) {
		b := make([]byte, 4096)
		for {
			n, err := from.Read(b)
			if n > 0 {
				if _, err := to.Write(b[:n]); err != nil {
					return
				}
			}
			if err != nil && err != io.EOF { // a channel whose far end is away reads as ended
				return
			}
			if n == 0 {
				time.Sleep(20 * time.Millisecond)
			}
		}
	}
	go carry(conn, port)
	go carry(port, conn)
}

// monitor is the hand that plugs devices into the emulated machine and pulls them out (QMP).
type monitor struct {
	port io.ReadWriter
	said *bufio.Reader
}

func newMonitor(t *testing.T) *monitor {
	t.Helper()
	port := openPort(t, "hand")
	m := &monitor{port: port, said: bufio.NewReader(port)}
	if _, err := m.said.ReadString('\n'); err != nil {
		t.Fatalf("greeting: %v", err)
	}
	if refused := m.order(t, "qmp_capabilities", nil); refused != "" {
		t.Fatal(refused)
	}
	return m
}

// plug puts a device into a socket of the controller; a serial adapter has a channel at its far end, which it shares with nobody: one that
// was just pulled may hold it a moment longer.
func (m *monitor) plug(t *testing.T, driver, id, socket, channel string) {
	t.Helper()
	a := map[string]string{"driver": driver, "id": id, "bus": "sockets.0", "port": socket}
	if channel != "" {
		a["chardev"] = channel
	}
	refused := m.order(t, "device_add", a)
	for range 40 {
		if !strings.Contains(refused, "in use") {
			break
		}
		time.Sleep(50 * time.Millisecond)
		refused = m.order(t, "device_add", a)
	}
	if refused != "" {
		t.Fatalf("plug %s: %s", id, refused)
	}
}

func (m *monitor) pull(t *testing.T, id string) {
	t.Helper()
	if refused := m.order(t, "device_del", map[string]string{"id": id}); refused != "" {
		t.Fatalf("pull %s: %s", id, refused)
	}
}

// order gives one command and says why it was refused, empty where it was not.
func (m *monitor) order(t *testing.T, what string, with map[string]string) string {
	t.Helper()
	o := map[string]any{"execute": what}
	if with != nil {
		o["arguments"] = with
	}
	if err := json.NewEncoder(m.port).Encode(o); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for {
		line, err := m.said.ReadBytes('\n')
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		var answer struct {
			Error  *struct{ Desc string }
			Return json.RawMessage
		}
		if err := json.Unmarshal(line, &answer); err != nil {
			t.Fatalf("%s: %v: %s", what, err, line)
		}
		switch { // what is neither is an event
		case answer.Error != nil:
			return answer.Error.Desc
		case answer.Return != nil:
			return ""
		}
	}
}
