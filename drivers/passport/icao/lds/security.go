package lds

import (
	"encoding/asn1"
	"fmt"

	"tongban/drivers/passport/icao/tlv"
)

// SecurityInfo is one protocol that a chip announces (安全信息).
type SecurityInfo struct {
	Protocol asn1.ObjectIdentifier
	Required asn1.RawValue
	Optional asn1.RawValue
}

// Int reads a field that is a whole number.
func Int(v asn1.RawValue) (int, bool) {
	var n int
	rest, err := asn1.Unmarshal(v.FullBytes, &n)
	return n, err == nil && len(rest) == 0
}

// ParseSecurityInfos reads a SET OF SecurityInfo: the whole of EF.CardAccess.
func ParseSecurityInfos(b []byte) ([]SecurityInfo, error) {
	set, err := tlv.Find(b, 0x31)
	if err != nil {
		return nil, fmt.Errorf("security infos: %w", err)
	}
	nodes, err := tlv.All(set)
	if err != nil {
		return nil, fmt.Errorf("security infos: %w", err)
	}
	var out []SecurityInfo
	for _, n := range nodes {
		parts, err := tlv.All(n.Value)
		if n.Tag != 0x30 || err != nil || len(parts) < 2 || len(parts) > 3 {
			return nil, fmt.Errorf("security info %d is malformed", len(out)+1)
		}
		var i SecurityInfo
		rest, err := asn1.Unmarshal(tlv.Encode(parts[0].Tag, parts[0].Value), &i.Protocol)
		if err != nil || len(rest) > 0 {
			return nil, fmt.Errorf("security info %d names no protocol", len(out)+1)
		}
		i.Required = asn1.RawValue{FullBytes: tlv.Encode(parts[1].Tag, parts[1].Value)}
		if len(parts) == 3 {
			i.Optional = asn1.RawValue{FullBytes: tlv.Encode(parts[2].Tag, parts[2].Value)}
		}
		out = append(out, i)
	}
	return out, nil
}

// ParseDG14 reads data group 14, which holds the same set and is signed.
func ParseDG14(b []byte) ([]SecurityInfo, error) {
	v, err := tlv.Find(b, 0x6E)
	if err != nil {
		return nil, fmt.Errorf("data group 14: %w", err)
	}
	return ParseSecurityInfos(v)
}
