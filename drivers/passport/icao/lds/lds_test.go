package lds

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers/passport/icao/tlv"
)

func dg2(image []byte, points int) []byte {
	body := binary.BigEndian.AppendUint32(nil, uint32(32+8*points+len(image)))
	body = binary.BigEndian.AppendUint16(body, uint16(points))
	body = append(body, make([]byte, 14+8*points)...)
	body = append(body, 1, 0, 0, 240, 1, 64, 0, 0, 0, 0, 0, 0)
	body = append(body, image...)
	rec := append([]byte("FAC\x00010\x00"), 0, 0, 0, 0, 0, 1)
	return tlv.Encode(0x75, tlv.Encode(0x7F61, tlv.Encode(0x02, []byte{1}), tlv.Encode(0x7F60, tlv.Encode(0xA1), tlv.Encode(0x5F2E, rec, body))))
}

func TestGroups(t *testing.T) {
	c, err := ParseCOM([]byte("\x60\x16\x5F\x01\x040107\x5F\x36\x06040000\x5C\x04\x61\x75\x6B\x6C"))
	if err != nil || c.Version != "0107" || !slices.Equal(c.Groups, []int{1, 2, 11, 12}) {
		t.Errorf("EF.COM: %+v %v", c, err)
	}
	zone := "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"
	if z, err := ParseDG1(tlv.Encode(0x61, tlv.Encode(0x5F1F, []byte(zone)))); err != nil || z != zone[:44]+"\n"+zone[44:] {
		t.Errorf("group 1: %v", err)
	}
	for _, points := range []int{0, 3} {
		f, err := ParseDG2(dg2([]byte("\xFF\xD8\xFF\xE0portrait"), points))
		if err != nil || f.Format != JPEG || f.Width != 240 || f.Height != 320 || len(f.Image) != 12 {
			t.Errorf("group 2 with %d points: %v %v", points, f, err)
		}
	}
	d, err := ParseDG11(tlv.Encode(0x6B, tlv.Encode(0x5C, []byte{0x5F, 0x0E}), tlv.Encode(0x5F0E, []byte("样例<<一")),
		tlv.Encode(0x5F2B, []byte{0x19, 0x90, 0x01, 0x02})))
	if diff := cmp.Diff(Details{FullName: "样例 一", Birth: "1990-01-02"}, d); err != nil || diff != "" {
		t.Errorf("group 11: %v\n%s", err, diff)
	}
	d, err = ParseDG12(tlv.Encode(0x6C, tlv.Encode(0x5F19, []byte("SAMPLE OFFICE")), tlv.Encode(0x5F26, []byte("20200131"))))
	if diff := cmp.Diff(Details{Authority: "SAMPLE OFFICE", Issued: "2020-01-31"}, d); err != nil || diff != "" {
		t.Errorf("group 12: %v\n%s", err, diff)
	}
	if FileDG(1) != 0x0101 || FileDG(16) != 0x0110 || FileDG(14) != 0x010E {
		t.Error("file identifiers")
	}
}

// Whatever a chip sends: no panic, and a face is never larger than what was sent.
func FuzzParse(f *testing.F) {
	f.Add(dg2([]byte("\xFF\xD8\xFF\xE0portrait"), 1))
	f.Add([]byte("\x60\x16\x5F\x01\x040107\x5F\x36\x06040000\x5C\x04\x61\x75\x6B\x6C"))
	f.Add(tlv.Encode(0x6B, tlv.Encode(0x5F0E, []byte("样例"))))
	f.Add([]byte{0x31, 0x14, 0x30, 0x12, 0x06, 0x0A, 4, 0, 0x7F, 0, 7, 2, 2, 4, 2, 2, 2, 1, 2, 2, 1, 13})
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = ParseCOM(b)
		_, _ = ParseDG1(b)
		if face, err := ParseDG2(b); err == nil && len(face.Image) > len(b) {
			t.Error("a face out of nothing")
		}
		_, _ = ParseDG11(b)
		_, _ = ParseDG12(b)
		_, _ = ParseDG14(b)
		infos, _ := ParseSecurityInfos(b)
		for _, i := range infos {
			Int(i.Required)
			Int(i.Optional)
		}
	})
}
