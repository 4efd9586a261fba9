package pace

import (
	"math/big"

	"tongban/drivers/passport/icao/curve"
	"tongban/drivers/passport/icao/sm"
	"tongban/drivers/passport/icao/tlv"
)

// mapGenerator is the generic mapping: nonce·G + H.
func mapGenerator(c *curve.Curve, nonce []byte, h curve.Point) curve.Point {
	return c.Add(c.Mul(new(big.Int).SetBytes(nonce), c.G), h)
}

// token is the proof over the public key of the other side (ICAO 9303-11, 4.4.3.4).
func token(s sm.Suite, mac, oid, public []byte) ([]byte, error) {
	return s.MAC(mac, tlv.Encode(0x7F49, tlv.Encode(0x06, oid), tlv.Encode(0x86, public)))
}
