package pace

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"tongban/drivers/passport/icao/bac"
	"tongban/drivers/passport/icao/curve"
	"tongban/drivers/passport/icao/lds"
	"tongban/drivers/passport/icao/sm"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The worked example of ICAO 9303-11, appendix G.1: brainpoolP256r1, AES-128, password of the zone.
func TestWorkedExample(t *testing.T) {
	infos, err := lds.ParseSecurityInfos(unhex(t, "31143012060A04007F0007020204020202010202010D"))
	if err != nil {
		t.Fatal(err)
	}
	o, ok := Choose(infos)
	if !ok || o.Suite != sm.AES128 || o.Curve.Name != "brainpoolP256r1" {
		t.Fatalf("offer %+v %v", o, ok)
	}
	same := func(what string, got []byte, want string) {
		t.Helper()
		if !bytes.Equal(got, unhex(t, want)) {
			t.Errorf("%s: %X", what, got)
		}
	}
	scalar := func(s string) *big.Int { return new(big.Int).SetBytes(unhex(t, s)) }
	c := o.Curve
	pw := MRZ(bac.Key{Number: "T22000129", Birth: "640812", Expires: "101031"})
	same("password", pw.secret, "7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD")
	kpi := o.Suite.KDF(pw.secret, sm.ForPassword)
	same("key of the password", kpi, "89DED1B26624EC1E634C1989302849DD")
	nonce, err := o.Suite.Decrypt(kpi, nil, unhex(t, "95A3A016522EE98D01E76CB6B98B42C3"))
	if err != nil {
		t.Fatal(err)
	}
	same("nonce", nonce, "3F00C4D39D153F2B2A214A078D899B22")
	k := scalar("7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99")
	same("public", c.Encode(c.Mul(k, c.G)), "04 7ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E"+
		"544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D")
	chip, err := c.Decode(unhex(t, "04 824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57"+
		"30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54"))
	if err != nil {
		t.Fatal(err)
	}
	g := mapGenerator(c, nonce, c.Mul(k, chip))
	same("mapped generator", c.Encode(g), "04 8CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E2"+
		"8C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522")
	k = scalar("A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595")
	ours := c.Encode(c.Mul(k, g))
	same("second public", ours, "04 2DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C"+
		"3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462")
	theirs := unhex(t, "04 9E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB"+
		"7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094")
	if chip, err = c.Decode(theirs); err != nil {
		t.Fatal(err)
	}
	shared := c.X(c.Mul(k, chip))
	same("shared", shared, "28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925")
	same("key of encryption", o.Suite.KDF(shared, sm.ForEnc), "F5F0E35C0D7161EE6724EE513A0D9A7F")
	mac := o.Suite.KDF(shared, sm.ForMac)
	same("key of checksums", mac, "FE251C7858B356B24514B3BD5F4297D1")
	oid := unhex(t, "04007F00070202040202")
	for want, public := range map[string][]byte{"C2B0BD78D94BA866": theirs, "3ABB9674BCE93C08": ours} {
		got, err := token(o.Suite, mac, oid, public)
		if err != nil {
			t.Fatal(err)
		}
		same("proof", got, want)
	}
}

func TestChoose(t *testing.T) {
	info := func(suite, param int) lds.SecurityInfo {
		b, err := asn1.Marshal(param)
		if err != nil {
			t.Fatal(err)
		}
		oid := append(append(asn1.ObjectIdentifier{}, gm...), suite)
		return lds.SecurityInfo{Protocol: oid, Optional: asn1.RawValue{FullBytes: b}}
	}
	if o, ok := Choose([]lds.SecurityInfo{info(1, 12), info(4, 12), info(2, 13), info(4, 99), info(9, 12)}); !ok || o.Suite != sm.AES256 || o.Curve.Name != curve.P256().Name {
		t.Errorf("%+v %v", o, ok)
	}
	if _, ok := Choose([]lds.SecurityInfo{info(2, 0)}); ok {
		t.Error("took a group that is not served")
	}
	if s := fmt.Sprintf("%v %#v", CAN("123456"), CAN("123456")); strings.Contains(s, "1234") {
		t.Error("the number shows itself")
	}
}
