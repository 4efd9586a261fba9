// Package curve adds points on the elliptic curves of travel documents (椭圆曲线). PACE maps its generator, which needs sums
// of points that crypto/ecdh does not offer, and the brainpool curves are not in the standard library at all.
//
// Scalars here are not kept secret from somebody who measures time on the same machine: every key lives for one reading
// and no long-term key of ours is ever used.
package curve

import (
	"errors"
	"fmt"
	"io"
	"math/big"
)

// Curve is y² = x³ + ax + b over the field of p, with generator G of prime order n.
type Curve struct {
	Name       string
	P, A, B, N *big.Int
	G          Point
	size       int
}

// Point is a point in affine coordinates; a nil X is the point at infinity.
type Point struct{ X, Y *big.Int }

// Infinite reports whether p is the neutral element.
func (p Point) Infinite() bool { return p.X == nil }

func num(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 16)
	if !ok {
		panic("curve constant is not hexadecimal") // a broken build, not a run-time condition
	}
	return n
}

func make256(name, p, a, b, n, gx, gy string) *Curve {
	return &Curve{Name: name, P: num(p), A: num(a), B: num(b), N: num(n), G: Point{num(gx), num(gy)}, size: 32}
}

// P256 is secp256r1.
func P256() *Curve {
	return make256("P-256",
		"FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
		"FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC",
		"5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B",
		"FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
		"6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296",
		"4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5")
}

// BrainpoolP256r1 is the curve of RFC 5639 that most European documents use.
func BrainpoolP256r1() *Curve {
	return make256("brainpoolP256r1",
		"A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377",
		"7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9",
		"26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6",
		"A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7",
		"8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262",
		"547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997")
}

// ByID finds the standardised domain parameters of BSI TR-03110: 12 and 13.
func ByID(id int) (*Curve, error) {
	switch id {
	case 12:
		return P256(), nil
	case 13:
		return BrainpoolP256r1(), nil
	}
	return nil, fmt.Errorf("domain parameters %d are not served", id)
}

// On reports whether p lies on the curve and is not the point at infinity.
func (c *Curve) On(p Point) bool {
	if p.Infinite() || p.X.Sign() < 0 || p.Y.Sign() < 0 || p.X.Cmp(c.P) >= 0 || p.Y.Cmp(c.P) >= 0 {
		return false
	}
	r := new(big.Int).Mul(p.X, p.X)
	r.Add(r, c.A).Mul(r, p.X).Add(r, c.B)
	return r.Sub(r, new(big.Int).Mul(p.Y, p.Y)).Mod(r, c.P).Sign() == 0
}

// Add is p + q.
func (c *Curve) Add(p, q Point) Point {
	if p.Infinite() {
		return q
	}
	if q.Infinite() {
		return p
	}
	var top, bottom *big.Int
	if p.X.Cmp(q.X) == 0 {
		if p.Y.Cmp(q.Y) != 0 || p.Y.Sign() == 0 {
			return Point{}
		}
		top = new(big.Int).Mul(p.X, p.X)
		top.Mul(top, big.NewInt(3)).Add(top, c.A)
		bottom = new(big.Int).Lsh(p.Y, 1)
	} else {
		top, bottom = new(big.Int).Sub(q.Y, p.Y), new(big.Int).Sub(q.X, p.X)
	}
	bottom.Mod(bottom, c.P).ModInverse(bottom, c.P)
	l := top.Mul(top, bottom).Mod(top, c.P)
	x := new(big.Int).Mul(l, l)
	x.Sub(x, p.X).Sub(x, q.X).Mod(x, c.P)
	y := new(big.Int).Sub(p.X, x)
	return Point{x, y.Mul(y, l).Sub(y, p.Y).Mod(y, c.P)}
}

// Mul is k times p.
func (c *Curve) Mul(k *big.Int, p Point) Point {
	var r Point
	for i := k.BitLen() - 1; i >= 0; i-- {
		r = c.Add(r, r)
		if k.Bit(i) == 1 {
			r = c.Add(r, p)
		}
	}
	return r
}

// Scalar draws a private key: 64 bits more than needed, so that the remainder shows no bias.
func (c *Curve) Scalar(rand io.Reader) (*big.Int, error) {
	b := make([]byte, c.size+8)
	if _, err := io.ReadFull(rand, b); err != nil {
		return nil, fmt.Errorf("draw key: %w", err)
	}
	k := new(big.Int).SetBytes(b)
	k.Mod(k, new(big.Int).Sub(c.N, big.NewInt(1)))
	return k.Add(k, big.NewInt(1)), nil
}

// Encode writes a point uncompressed: 04, x, y.
func (c *Curve) Encode(p Point) []byte {
	out := make([]byte, 1+2*c.size)
	out[0] = 4
	if !p.Infinite() {
		p.X.FillBytes(out[1 : 1+c.size])
		p.Y.FillBytes(out[1+c.size:])
	}
	return out
}

// X is the first coordinate at full length: the shared secret of a key agreement.
func (c *Curve) X(p Point) []byte { return p.X.FillBytes(make([]byte, c.size)) }

// ErrPoint is a point that is not on the curve: a chip that sends one is broken or means harm.
var ErrPoint = errors.New("not a point of the curve")

// Decode reads an uncompressed point and refuses one that is not on the curve.
func (c *Curve) Decode(b []byte) (Point, error) {
	if len(b) != 1+2*c.size || b[0] != 4 {
		return Point{}, ErrPoint
	}
	p := Point{new(big.Int).SetBytes(b[1 : 1+c.size]), new(big.Int).SetBytes(b[1+c.size:])}
	if !c.On(p) {
		return Point{}, ErrPoint
	}
	return p, nil
}
