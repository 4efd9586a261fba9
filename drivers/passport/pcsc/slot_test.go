package pcsc

import (
	"testing"

	"tongban/drivers"
	"tongban/drivers/hal/pcsc"
)

// Which slot of which reader is meant, and when a document lies there.
func TestDocument(t *testing.T) {
	chip, contact := []byte{0x3B, 0x80, 0x80, 0x01, 0x01}, []byte{0x3B, 0x65, 0x00, 0x00}
	one := []pcsc.Reader{{Name: "ACS ACR122U PICC Interface 00 00", Present: true, ATR: contact}}
	two := []pcsc.Reader{{Name: "ACS ACR1281U 00 00", Present: true, ATR: contact}, {Name: "ACS ACR1281U 00 01", Present: true, ATR: chip}}
	empty := []pcsc.Reader{{Name: "ACS ACR1281U 00 00", Present: true, ATR: contact}, {Name: "ACS ACR1281U 00 01"}}
	for _, c := range []struct {
		list []pcsc.Reader
		want string
		slot string
		none bool
	}{
		{one, "", one[0].Name, false},
		{one, "acr122u", one[0].Name, false},
		{one, "ACR1281", "", true},
		{nil, "", "", true},
		{two, "ACR1281", two[1].Name, false},
		{two, two[0].Name, two[0].Name, false}, // in full: that slot, whatever lies there
		{empty, "ACR1281", "", false},
	} {
		s := &slot{want: c.want}
		got, err := s.document(c.list)
		if f := drivers.Fault(err); got != c.slot || c.none != (f != nil) || f != nil && f.Code != drivers.CodeNoDevice {
			t.Errorf("%q among %d: %q %v", c.want, len(c.list), got, err)
		}
	}
}
