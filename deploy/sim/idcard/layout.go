package idcard

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"unicode/utf16"
)

// textSize and photoSize are the two blocks of a card.
const (
	textSize  = 256
	photoSize = 1024
	fingerLen = 1024
)

// block is the text area: UTF-16LE, filled with blanks.
type block struct {
	b   [textSize]byte
	err error
}

func newBlock() *block {
	t := &block{}
	for i := 0; i < textSize; i += 2 {
		t.b[i] = ' '
	}
	return t
}

// put writes s at off into a field of size bytes; what does not fit is a mistake in the data file, not to be cut.
func (t *block) put(off, size int, field, s string) {
	u := utf16.Encode([]rune(s))
	if len(u)*2 > size && t.err == nil {
		t.err = fmt.Errorf("field %s has %d units, room for %d", field, len(u), size/2)
	}
	for i, c := range u {
		if i*2 < size {
			binary.LittleEndian.PutUint16(t.b[off+i*2:], c)
		}
	}
}

// Text lays the person out as the 256 bytes on the card; each kind of card has its own places.
func (p Person) Text() ([]byte, error) {
	t := newBlock()
	switch p.Type {
	case "resident":
		p.layResident(t)
		t.put(32, 4, "nation", p.Nation)
	case "hmt-residence":
		p.layResident(t)
		t.put(220, 18, "permit_number", p.PermitNumber)
		t.put(238, 4, "issue_count", p.IssueCount)
		t.put(248, 2, "mark", "J")
	case "foreign-2017":
		p.layForeign2017(t)
	case "foreign-2023":
		p.layForeign2023(t)
	default:
		return nil, fmt.Errorf("person %s: unknown card type %q", p.Key, p.Type)
	}
	if t.err != nil {
		return nil, fmt.Errorf("person %s: %w", p.Key, t.err)
	}
	return t.b[:], nil
}

func (p Person) layResident(t *block) {
	t.put(0, 30, "name", p.Name)
	t.put(30, 2, "sex", p.Sex)
	t.put(36, 16, "birth", p.Birth)
	t.put(52, 70, "address", p.Address)
	t.put(122, 36, "id_number", p.IDNumber)
	t.put(158, 30, "issuer", p.Issuer)
	t.put(188, 16, "valid_from", p.ValidFrom)
	t.put(204, 16, "valid_to", p.ValidTo)
}

func (p Person) layForeign2017(t *block) {
	t.put(0, 120, "name_en", p.NameEN)
	t.put(120, 2, "sex", p.Sex)
	t.put(122, 30, "permit_number", p.PermitNumber)
	t.put(152, 6, "nationality", p.Nationality)
	t.put(158, 30, "name", p.Name)
	t.put(188, 16, "valid_from", p.ValidFrom)
	t.put(204, 16, "valid_to", p.ValidTo)
	t.put(220, 16, "birth", p.Birth)
	t.put(236, 4, "card_version", p.CardVersion)
	t.put(240, 8, "authority", p.Authority)
	t.put(248, 2, "mark", "I")
}

func (p Person) layForeign2023(t *block) {
	const first = 35 // the English name is cut in two
	en := p.NameEN
	t.put(0, 30, "name", p.Name)
	t.put(30, 2, "sex", p.Sex)
	t.put(32, 4, "renewals", p.Renewals)
	t.put(36, 16, "birth", p.Birth)
	t.put(52, 70, "name_en", en[:min(first, len(en))])
	t.put(122, 36, "id_number", p.IDNumber)
	t.put(188, 16, "valid_from", p.ValidFrom)
	t.put(204, 16, "valid_to", p.ValidTo)
	t.put(220, 22, "name_en", en[min(first, len(en)):])
	t.put(242, 6, "nationality", p.Nationality)
	t.put(248, 2, "mark", "Y")
	t.put(250, 6, "former", p.Former)
}

// added is the added address (追加住址), 70 bytes, or nil where the card has none.
func (p Person) added() []byte {
	if p.AddressAdded == "" {
		return nil
	}
	t := newBlock()
	t.put(0, 70, "address_added", p.AddressAdded)
	return t.b[:70]
}

// noise makes n bytes that are always the same for one person: a stand-in for the licensed picture format.
func (p Person) noise(salt byte, n int) []byte {
	var seed [32]byte
	copy(seed[1:], p.Number())
	seed[0] = salt
	r := rand.NewChaCha8(seed)
	b := make([]byte, n)
	_, _ = r.Read(b)
	return b
}

// Photo is the opaque picture block.
func (p Person) Photo() []byte { return p.noise('p', photoSize) }

// fingers is the fingerprint block: two templates of 512 bytes, right and left thumb.
func (p Person) fingers() []byte {
	if !p.Fingerprint {
		return nil
	}
	b := p.noise('f', fingerLen)
	for i, finger := range []byte{11, 16} {
		b[i*512], b[i*512+4], b[i*512+5], b[i*512+6] = 'C', 1, finger, 80
	}
	return b
}
