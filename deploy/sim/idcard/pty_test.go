package idcard_test

import (
	"encoding/hex"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"tongban/deploy/sim/simtest"
)

// open opens the slave side the way any program would, without a serial library.
func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ask writes a request and reads a whole reply.
func ask(t *testing.T, f *os.File, request string) []byte {
	t.Helper()
	if _, err := f.Write(unhex(t, request)); err != nil {
		t.Fatal(err)
	}
	return readFrame(t, f)
}

func readFrame(t *testing.T, f *os.File) []byte {
	t.Helper()
	_ = f.SetReadDeadline(time.Now().Add(3 * time.Second))
	head := make([]byte, 7)
	if _, err := io.ReadFull(f, head); err != nil {
		t.Fatalf("read head: %v", err)
	}
	body := make([]byte, int(head[5])<<8|int(head[6]))
	if _, err := io.ReadFull(f, body); err != nil {
		t.Fatalf("read body: %v", err)
	}
	return append(head, body...)
}

const (
	find   = "AA AA AA 96 69 00 03 20 01 22"
	pick   = "AA AA AA 96 69 00 03 20 02 21"
	read   = "AA AA AA 96 69 00 03 30 01 32"
	added  = "AA AA AA 96 69 00 03 30 03 30"
	sam    = "AA AA AA 96 69 00 03 12 FF EE"
	status = "AA AA AA 96 69 00 03 11 FF ED"
	reset  = "AA AA AA 96 69 00 03 10 FF EC"
	mid    = "AA AA AA 96 69 00 03 30 05 36"
	finger = "AA AA AA 96 69 00 03 30 10 23"
)

func TestVectorsOverPTY(t *testing.T) {
	b := simtest.Start(t, simtest.IDCard)
	f := open(t, b.IDCard)
	check := func(name, request, want string) {
		t.Helper()
		if got := ask(t, f, request); hex.EncodeToString(got) != hex.EncodeToString(unhex(t, want)) {
			t.Errorf("%s: got % X", name, got)
		}
	}
	check("none", find, "AA AA AA 96 69 00 04 00 00 80 84")
	b.PutCard("zhou")
	check("found", find, "AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97")
	check("selected", pick, "AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C")
	got := ask(t, f, read)
	if len(got) != 1295 || hex.EncodeToString(got[5:14]) != "050800009001000400" {
		t.Errorf("read: %d bytes, head % X", len(got), got[:14])
	}
	check("read once", find, "AA AA AA 96 69 00 04 00 00 80 84")
	b.TakeCard()
	b.PutCard("zhou")
	check("put down again", find, "AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97")
}
