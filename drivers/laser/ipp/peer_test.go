package ipp

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tongban/drivers"
	"tongban/drivers/drivertest"
)

// peer starts ippeveprinter, the reference printer of the standard's own body, which shares no line with our emulator.
// script is what it runs for a job; what it writes to stderr as "STATE: …" changes the printer's state.
func peer(t *testing.T, script string) (address, spool string) {
	t.Helper()
	return peerOf(t, script, "application/pdf,image/jpeg")
}

// peerOf is a peer that takes these formats only.
func peerOf(t *testing.T, script, formats string) (address, spool string) {
	t.Helper()
	bin, err := exec.LookPath("ippeveprinter")
	if err != nil {
		t.Skip("no reference printer: apt-get install cups-ipp-utils avahi-daemon dbus")
	}
	dir := t.TempDir()
	cmdFile := filepath.Join(dir, "job.sh")
	if err := os.WriteFile(cmdFile, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	spool = filepath.Join(dir, "spool")
	if err := os.Mkdir(spool, 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	var said bytes.Buffer
	cmd := exec.Command(bin, "-k", "-2", "-c", cmdFile, "-d", spool, "-p", strconv.Itoa(port), "-s", "30,30", "-f", formats,
		"-M", "KioskCo", "-m", "Laser600", "-n", "localhost", "KioskLaser")
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	address = "ipp://localhost:" + strconv.Itoa(port) + "/ipp/print"
	for range 100 {
		select {
		case <-ended:
			if strings.Contains(said.String(), "DNS-SD") {
				t.Skip("reference printer needs two services: dbus-daemon --system --fork; avahi-daemon --no-drop-root --no-chroot -D")
			}
			t.Fatalf("reference printer ended: %s", said.String())
		case <-time.After(50 * time.Millisecond):
		}
		if c, err := net.DialTimeout("tcp", "localhost:"+strconv.Itoa(port), 100*time.Millisecond); err == nil {
			_ = c.Close()
			return address, spool
		}
	}
	t.Fatal("reference printer does not listen")
	return "", ""
}

func openPeer(t *testing.T, address string) *Printer {
	t.Helper()
	p, err := Open(t.Context(), address, drivers.Params{"media": "iso_a4_210x297mm"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func pdf(key string, pages int) drivers.PrintJob {
	return drivers.PrintJob{Key: key, Document: bytes.NewReader(drivertest.TestPDF(pages)), Format: drivers.FormatPDF}
}

func TestPeerPrints(t *testing.T) {
	address, spool := peer(t, "echo 'ATTR: job-impressions=2' >&2; sleep 0.3")
	p := openPeer(t, address)
	if i := p.Info(); i.Model != "KioskCo Laser600" {
		t.Errorf("info %+v", i)
	}
	if c := p.Capabilities(); len(c.Media) == 0 || !c.Duplex || len(c.DPI) == 0 || c.DPI[0] != 600 {
		t.Errorf("capabilities %+v", c)
	}
	if s, err := p.Status(t.Context()); err != nil || !s.Ready() {
		t.Errorf("status %+v %v", s, err)
	}
	list, err := p.Supplies(t.Context())
	if err != nil || len(list) < 4 || list[0].Level < 0 {
		t.Errorf("supplies %+v %v", list, err)
	}
	acc, err := p.Print(t.Context(), pdf("peer-1", 2))
	if err != nil || acc.State != drivers.JobCompleted {
		t.Fatalf("%+v %v", acc, err)
	}
	t.Logf("%s, sheets %d, took %v, supplies %+v", acc.Counted(), acc.Sheets, acc.Took, list)
	files, err := filepath.Glob(filepath.Join(spool, "*.pdf"))
	if err != nil || len(files) != 1 {
		t.Fatalf("spool %v %v", files, err)
	}
	if b, err := os.ReadFile(files[0]); err != nil || !bytes.Equal(b, drivertest.TestPDF(2)) {
		t.Errorf("%d bytes in the spool, %v", len(b), err)
	}
	if got, err := p.Account(t.Context(), "peer-1"); err != nil || got.State != drivers.JobCompleted || got.ID != acc.ID {
		t.Errorf("account %+v %v", got, err)
	}
	if got, err := p.Account(t.Context(), "peer-2"); err != nil || got.State != drivers.JobNone {
		t.Errorf("account of nothing %+v %v", got, err)
	}
}

// The reference printer changes the severity of a reason on its own: the keyword is what counts.
func TestPeerRunsOutOfPaper(t *testing.T) {
	address, _ := peer(t, "echo 'STATE: +media-empty-error,toner-low-warning' >&2; sleep 20")
	p := openPeer(t, address)
	start := time.Now()
	acc, err := p.Print(t.Context(), pdf("peer-1", 2))
	f := drivers.Fault(err)
	if f == nil || f.Reason != drivers.ReasonPaperOut && f.Reason != drivers.ReasonPrintUnknown {
		t.Errorf("%+v %v", acc, err)
	}
	t.Logf("%v after %v", err, time.Since(start))
	s, err := p.Status(t.Context())
	if err != nil || s.Paper != drivers.SupplyOut || s.Toner != drivers.SupplyLow || s.Ready() {
		t.Errorf("status %+v %v", s, err)
	}
}

func TestPeerFails(t *testing.T) {
	address, _ := peer(t, "exit 1")
	p := openPeer(t, address)
	acc, err := p.Print(t.Context(), pdf("peer-1", 1))
	if f := drivers.Fault(err); f == nil || f.Reason != drivers.ReasonNotPrinted {
		t.Errorf("%+v %v", acc, err)
	}
}
