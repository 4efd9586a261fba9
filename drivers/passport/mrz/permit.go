package mrz

import (
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// permit reads an exit-entry permit of 2014 and later. Line 1: code(2) number(9) digit < expiry(6) digit < birth(6) digit
// < overall. Which characters the overall digit covers is not public; it is left unjudged rather than guessed.
// Line 2: Chinese name (12 letters), then the Latin name.
func (r *reader) permit() {
	r.z.Type, r.z.Issuer = r.get(0, 0, 2), "CHN"
	nine, digit := r.get(0, 2, 11), r.lines[0][11]
	r.z.Number = trim(nine)
	r.check("document number", nine, digit)
	r.z.Expires = r.date("expiry", r.get(0, 13, 19), false)
	r.check("expiry", r.get(0, 13, 19), r.lines[0][19])
	r.z.Birth = r.date("birth", r.get(0, 21, 27), true)
	r.check("birth", r.get(0, 21, 27), r.lines[0][27])
	r.z.NameCN = gbkLetters(r.get(1, 0, 12))
	r.name(r.get(1, 12, 30))
	r.z.Sex = "unknown"
	if c := r.lines[2][0]; c == 'M' || c == 'F' {
		r.sex(c)
	}
}

// permitOrder tells for the permits of residents of Hong Kong, Macao and Taiwan (港澳居民、台湾居民来往大陆通行证), whose codes also begin
// with C, in which order their fields stand. That is not public: the check digits decide, and where both orders are wrong it
// is ICAO's.
func permitOrder(lines []string, at time.Time) bool {
	if lines[0][0] != 'C' {
		return false
	}
	icao, ours := reader{lines: lines, at: at}, reader{lines: lines, at: at}
	icao.td1()
	ours.permit()
	return (icao.err != nil || !icao.z.Valid()) && ours.err == nil && ours.z.Valid()
}

// gbkLetters decodes a name whose GBK bytes are written as two letters each, A for 0 to P for 15: 证 is NGKE.
func gbkLetters(s string) string {
	var raw []byte
	for i := 0; i+1 < len(s); i += 2 {
		hi, lo := s[i]-'A', s[i+1]-'A'
		if s[i] == '<' || s[i+1] == '<' || hi > 15 || lo > 15 {
			break
		}
		raw = append(raw, hi<<4|lo)
	}
	out, err := simplifiedchinese.GBK.NewDecoder().Bytes(raw)
	if err != nil {
		return ""
	}
	return string(out)
}
