package main

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	simzone "tongban/deploy/sim/mrz"
	simpass "tongban/deploy/sim/passport"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/wire"
)

// A technician reads a passport with the zone from a file and the state's certificate from another; without --json nothing shows who
// it was.
func TestReadPassport(t *testing.T) {
	far := wire.TCP("127.0.0.1:0")
	d, err := simpass.New(simpass.Config{}, trace.New(), far)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	doc := simpass.Documents()[0]
	if err := d.Put(doc.Key); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	zone, csca := filepath.Join(dir, "zone"), filepath.Join(dir, "csca.pem")
	for path, b := range map[string][]byte{zone: []byte(doc.Zone()), csca: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: d.CSCA().Raw})} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"read", "--driver", "passport/apdu", "--port", "tcp:" + far.Path(), "--param", "csca=" + csca}
	got := object(t, call(t, append(args, "--zone", zone, "--json")...).want(t, 0).out)
	if got["number"] != doc.Number || got["verdict"] != "genuine" || got["pa"] != "passed" || got["zone"] != "passed" {
		t.Errorf("%v", got)
	}
	if got := object(t, call(t, append(args, "--can", doc.CAN, "--json")...).want(t, 0).out); got["zone"] != "absent" || got["access"] != "PACE" {
		t.Errorf("%v", got)
	}
	if a := call(t, append(args, "--zone", zone)...).want(t, 0); strings.Contains(a.out+a.err, doc.Number) || strings.Contains(a.out+a.err, doc.Surname) || !strings.Contains(a.out, "被动认证") {
		t.Errorf("%q %q", a.out, a.err)
	}
	for _, more := range [][]string{nil, {"--zone", zone, "--can", doc.CAN}} {
		call(t, append(args, more...)...).want(t, exitUsage)
	}
	call(t, append(args, "--zone", filepath.Join(dir, "none"))...).want(t, exitFailed)
}

func TestReadZone(t *testing.T) {
	far := wire.PTY(filepath.Join(t.TempDir(), "zone"))
	d := simzone.New(simzone.Config{}, trace.New(), far)
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	time.AfterFunc(500*time.Millisecond, func() { _ = d.Draw("hk") })
	got := object(t, call(t, "read", "--driver", "passport/mrzline", "--port", far.Path(), "--json").want(t, 0).out)
	if got["number"] != "C51079902" || got["name_cn"] != "张证" || got["format"] != "CN-permit" {
		t.Errorf("%v", got)
	}
}
