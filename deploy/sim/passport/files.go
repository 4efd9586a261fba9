package passport

import (
	"bytes"
	"crypto/ecdh"
	"crypto/x509"
	"encoding/binary"
	"strings"
)

// make of a chip, from the buttons pressed when the document was laid down.
type making struct{ tampered, unknown, cloned, bacOnly, noChipKey, typeB bool }

var (
	oidPACE = []byte{0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02} // ECDH, generic mapping, AES-128
	oidCA   = []byte{0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02, 0x02} // ECDH, AES-128
	oidKey  = []byte{0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02}
)

// files writes all files of a chip.
func files(d Document, m making, home *state, key *ecdh.PublicKey) map[uint16][]byte {
	zone := strings.ReplaceAll(d.Zone(), "\n", "")
	groups := map[int][]byte{1: object(0x61, object(0x5F1F, []byte(zone))), 2: portrait(d)}
	if d.NameCN != "" {
		groups[11] = object(0x6B, object(0x5C, []byte{0x5F, 0x0E}), object(0x5F0E, []byte(d.NameCN)))
	}
	if !m.noChipKey {
		spki, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			panic(err) // a key of our own making
		}
		groups[14] = object(0x6E, object(0x31, object(0x30, object(6, oidKey), spki), object(0x30, object(6, oidCA), []byte{2, 1, 1})))
	}
	out := map[uint16][]byte{0x011D: home.sign(groups)}
	if m.tampered { // after the signature, as a forger must
		groups[1] = bytes.Replace(groups[1], []byte(d.Surname), []byte(strings.Repeat("X", len(d.Surname))), 1)
	}
	tags := map[int]byte{1: 0x61, 2: 0x75, 11: 0x6B, 14: 0x6E}
	var list []byte
	for _, n := range []int{1, 2, 11, 14} {
		if g, ok := groups[n]; ok {
			out[0x0100+uint16(n)] = g
			list = append(list, tags[n])
		}
	}
	out[0x011E] = object(0x60, object(0x5F01, []byte("0107")), object(0x5F36, []byte("040000")), object(0x5C, list))
	if !m.bacOnly {
		out[0x011C] = object(0x31, object(0x30, object(6, oidPACE), []byte{2, 1, 2}, []byte{2, 1, 12}))
	}
	return out
}

// portrait is data group 2 with a picture of as many bytes as the document says: a JPEG's head and grey noise.
func portrait(d Document) []byte {
	image := make([]byte, d.PhotoBytes)
	copy(image, "\xFF\xD8\xFF\xE0\x00\x10JFIF\x00")
	for i := 11; i < len(image)-2; i++ {
		image[i] = byte(i*31+i>>5) & 0x7F
	}
	copy(image[len(image)-2:], "\xFF\xD9")
	const head = 32
	rec := append([]byte("FAC\x00010\x00"), binary.BigEndian.AppendUint32(nil, uint32(14+head+len(image)))...)
	rec = append(rec, 0, 1)
	rec = append(rec, binary.BigEndian.AppendUint32(nil, uint32(head+len(image)))...)
	rec = append(rec, make([]byte, 16)...)
	rec = append(rec, 1, 0, 1, 0x2C, 1, 0x90, 1, 0, 0, 0, 0, 0) // 300 by 400
	rec = append(rec, image...)
	return object(0x75, object(0x7F61, []byte{2, 1, 1}, object(0x7F60, object(0xA1, []byte{0x87, 2, 1, 1}), object(0x5F2E, rec))))
}
