package diagnostics

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"tongban/fleet/wire"
)

// Both cards are listed, with which of them carries and which one the way out goes through; a wireless one is no wired card.
func TestBothNetworkCardsAreShown(t *testing.T) {
	const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
	root := func(second, routes string) fstest.MapFS {
		return computer(func(f fstest.MapFS) {
			put := func(name, text string) { f[name] = &fstest.MapFile{Data: []byte(text + "\n")} }
			put("sys/class/net/eth0/carrier", "1")
			put("sys/class/net/eth0/operstate", "up")
			put("sys/class/net/eth0/speed", "1000")
			put("sys/class/net/eth1/carrier", second)
			put("sys/class/net/eth1/operstate", map[string]string{"1": "up", "0": "down"}[second])
			put("sys/class/net/eth1/speed", "-1")
			put("proc/net/route", head+routes)
		})
	}
	both := "eth0\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\neth1\t00000000\t0101A8C0\t0003\t0\t0\t200\t00000000\t0\t0\t0\neth1\t0001A8C0\t00000000\t0001\t0\t0\t200\t00FFFFFF\t0\t0\t0\n"
	for name, c := range map[string]struct {
		root fstest.MapFS
		want []wire.NetworkCard
	}{
		"both carry, the first is the way out": {root("1", both), []wire.NetworkCard{{Name: "eth0", Up: true, Speed: 1000, Route: true}, {Name: "eth1", Up: true}}},
		"the second is pulled":                 {root("0", both), []wire.NetworkCard{{Name: "eth0", Up: true, Speed: 1000, Route: true}, {Name: "eth1"}}},
		"no way out at all":                    {root("1", ""), []wire.NetworkCard{{Name: "eth0", Up: true, Speed: 1000}, {Name: "eth1", Up: true}}},
	} {
		if d := cmp.Diff(c.want, Network(c.root)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
