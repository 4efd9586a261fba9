package usb

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A printer whose one interface speaks its own language, and in another setting IPP over USB.
var twoSettings = []byte{
	18, 1, 0, 2, 0, 0, 0, 64, 1, 0, 2, 0, 0, 1, 1, 2, 3, 1,
	9, 2, 78, 0, 1, 1, 0, 0xC0, 1,
	9, 4, 0, 0, 2, 7, 1, 2, 0, 7, 5, 0x01, 2, 0, 2, 0, 7, 5, 0x82, 2, 0, 2, 0,
	9, 4, 0, 1, 2, 7, 1, 4, 0, 7, 5, 0x01, 2, 0, 2, 0, 7, 5, 0x82, 2, 0, 2, 0, 7, 5, 0x83, 3, 8, 0, 4,
}

func TestParseWeb(t *testing.T) {
	want := []Interface{{Number: 0, Alt: 1, Class: 7, Bulk: []Endpoint{{Address: 0x01, Packet: 512}, {Address: 0x82, Packet: 512}}}}
	if diff := cmp.Diff(want, parseWeb(twoSettings)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFindWeb(t *testing.T) {
	list := []Info{{VID: 3, PID: 4, Interfaces: []Interface{{Class: 7, Bulk: []Endpoint{{Address: 1}}}}, Web: parseWeb(twoSettings)}, {VID: 5, PID: 6}}
	if _, i, err := Find(list, Wanted{VID: 3, PID: 4, Interface: -1, Web: true}); err != nil || i.Alt != 1 {
		t.Errorf("%+v %v", i, err)
	}
	if _, i, err := Find(list, Wanted{VID: 3, PID: 4, Interface: -1}); err != nil || i.Alt != 0 {
		t.Errorf("its own language: %+v %v", i, err)
	}
	if _, _, err := Find(list, Wanted{VID: 5, PID: 6, Interface: -1, Web: true}); !errors.Is(err, ErrNoPipes) {
		t.Errorf("a device without: %v", err)
	}
}

func FuzzParseWeb(f *testing.F) {
	f.Add(twoSettings)
	f.Add([]byte{9, 4, 0, 0, 2, 7, 1, 4, 0, 7, 5})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, i := range parseWeb(b) {
			if i.Class != ClassPrinter || len(i.Bulk) > len(b) {
				t.Errorf("%+v", i)
			}
		}
	})
}
