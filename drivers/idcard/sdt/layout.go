package sdt

import "tongban/drivers"

// field is one place in the text block: bytes off to off+len, UTF-16LE, filled with blanks.
type field struct {
	off, len int
	put      func(c *drivers.IDCard, s string) error
	sample   string // what a recording shows instead
}

// layout is one kind of card. The mark stands at byte 248 of every kind (GA 490).
type layout struct {
	mark   rune
	kind   string
	fields []field
}

const markAt = 248

// layouts are the four kinds of cards that carry this text block. The one of 2023 rests on a single public source; it is
// a row here so that a correction is one line.
var layouts = []layout{
	{' ', drivers.CardResident, append(holder(), field{32, 4, putNation, "01"})},
	{'J', drivers.CardHMT, append(holder(),
		field{220, 18, text(func(c *drivers.IDCard) *string { return &c.PermitNumber }), "H07990000"},
		field{238, 4, text(func(c *drivers.IDCard) *string { return &c.IssueCount }), "01"})},
	{'I', drivers.CardForeign2017, []field{
		{0, 120, text(func(c *drivers.IDCard) *string { return &c.NameEN }), "SAMPLE, PERSON"},
		{120, 2, putSex, "1"},
		{122, 30, needed(text(func(c *drivers.IDCard) *string { return &c.PermitNumber })), "CAN510799000000"},
		{152, 6, text(func(c *drivers.IDCard) *string { return &c.Nationality }), "CAN"},
		{158, 30, text(func(c *drivers.IDCard) *string { return &c.Name }), "样例"},
		{188, 16, date("valid from", func(c *drivers.IDCard) *string { return &c.ValidFrom }), "20210101"},
		{204, 16, date("valid to", func(c *drivers.IDCard) *string { return &c.ValidTo }), "20310101"},
		{220, 16, date("birth", func(c *drivers.IDCard) *string { return &c.Birth }), "19900101"},
	}},
	{'Y', drivers.CardForeign2023, []field{
		{0, 30, text(func(c *drivers.IDCard) *string { return &c.Name }), "样例"},
		{30, 2, putSex, "1"},
		{32, 4, text(func(c *drivers.IDCard) *string { return &c.IssueCount }), "00"},
		{36, 16, date("birth", func(c *drivers.IDCard) *string { return &c.Birth }), "19900101"},
		{52, 70, joined(func(c *drivers.IDCard) *string { return &c.NameEN }), "SAMPLE, PERSON"},
		{220, 22, joined(func(c *drivers.IDCard) *string { return &c.NameEN }), ""},
		{122, 36, needed(text(func(c *drivers.IDCard) *string { return &c.IDNumber })), "951124199001010017"},
		{188, 16, date("valid from", func(c *drivers.IDCard) *string { return &c.ValidFrom }), "20240101"},
		{204, 16, date("valid to", func(c *drivers.IDCard) *string { return &c.ValidTo }), "20340101"},
		{242, 6, text(func(c *drivers.IDCard) *string { return &c.Nationality }), "CAN"},
	}},
}

// holder are the places that the resident card and the residence permit share.
func holder() []field {
	return []field{
		{0, 30, needed(text(func(c *drivers.IDCard) *string { return &c.Name })), "样例"},
		{30, 2, putSex, "1"},
		{36, 16, date("birth", func(c *drivers.IDCard) *string { return &c.Birth }), "19900101"},
		{52, 70, text(func(c *drivers.IDCard) *string { return &c.Address }), "四川省绵阳市样例区通办路1号"},
		{122, 36, needed(text(func(c *drivers.IDCard) *string { return &c.IDNumber })), "510799199001010018"},
		{158, 30, text(func(c *drivers.IDCard) *string { return &c.Issuer }), "绵阳市公安局样例分局"},
		{188, 16, date("valid from", func(c *drivers.IDCard) *string { return &c.ValidFrom }), "20160520"},
		{204, 16, date("valid to", func(c *drivers.IDCard) *string { return &c.ValidTo }), "20360520"},
	}
}

func layoutFor(mark rune) (layout, bool) {
	for _, l := range layouts {
		if l.mark == mark {
			return l, true
		}
	}
	return layout{}, false
}
