package backup

import (
	"bufio"
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// An encrypted stream is the magic, a random prefix, and pieces: SM4-GCM (GB/T 32907) over at most piece bytes, whose
// nonce is the prefix, the number of the piece and a mark on the last one. Pieces can then neither be changed, moved,
// doubled nor cut off at the end, and a stream of any length needs the memory of one piece.
const (
	piece      = 1 << 16
	prefixSize = 7
	tagSize    = 16
)

var magic = []byte("TBBACKUP1")

// ErrUnreadable means that a stream was changed or that the key is another one: the two cannot be told apart.
var ErrUnreadable = errors.New("cannot be decrypted: it was changed, or the key is not the right one")

// streamKey derives the key of one stream, so that no key is used for two of them.
func streamKey(key, salt []byte, name string) []byte {
	h := sm3.New()
	for _, p := range [][]byte{[]byte("tongban-backup-1"), key, salt, []byte(name)} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write(p)
	}
	return h.Sum(nil)[:sm4.BlockSize]
}

func aeadOf(key []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

func nonceOf(prefix []byte, n uint32, last bool) []byte {
	nonce := make([]byte, 12)
	copy(nonce, prefix)
	binary.BigEndian.PutUint32(nonce[prefixSize:], n)
	if last {
		nonce[11] = 1
	}
	return nonce
}

// sealer encrypts what is written to it; Close writes the last piece.
type sealer struct {
	to     io.Writer
	aead   cipher.AEAD
	prefix []byte
	buf    []byte
	n      uint32
}

func newSealer(to io.Writer, key []byte) (*sealer, error) {
	aead, err := aeadOf(key)
	if err != nil {
		return nil, err
	}
	s := &sealer{to: to, aead: aead, prefix: make([]byte, prefixSize), buf: make([]byte, 0, piece)}
	rand.Read(s.prefix)
	if _, err := to.Write(append(bytes.Clone(magic), s.prefix...)); err != nil {
		return nil, err
	}
	return s, nil
}

// Write implements io.Writer.
func (s *sealer) Write(p []byte) (int, error) {
	all := len(p)
	for len(p) > 0 {
		if len(s.buf) == piece { // full, and more comes: it is not the last
			if err := s.flush(false); err != nil {
				return all - len(p), err
			}
		}
		n := min(piece-len(s.buf), len(p))
		s.buf = append(s.buf, p[:n]...)
		p = p[n:]
	}
	return all, nil
}

// Close implements io.Closer; it does not close what lies below.
func (s *sealer) Close() error { return s.flush(true) }

func (s *sealer) flush(last bool) error {
	if s.n == 1<<32-1 {
		return errors.New("stream is too long")
	}
	box := s.aead.Seal(nil, nonceOf(s.prefix, s.n, last), s.buf, nil)
	s.n++
	s.buf = s.buf[:0]
	_, err := s.to.Write(box)
	return err
}

// opener reads what a sealer wrote.
type opener struct {
	from   *bufio.Reader
	aead   cipher.AEAD
	prefix []byte
	plain  []byte
	box    []byte
	n      uint32
	done   bool
}

func newOpener(from io.Reader, key []byte) (io.Reader, error) {
	aead, err := aeadOf(key)
	if err != nil {
		return nil, err
	}
	o := &opener{from: bufio.NewReaderSize(from, piece+tagSize+1), aead: aead, box: make([]byte, piece+tagSize)}
	head := make([]byte, len(magic)+prefixSize)
	if _, err := io.ReadFull(o.from, head); err != nil || !bytes.HasPrefix(head, magic) {
		return nil, errors.New("not an encrypted backup stream")
	}
	o.prefix = head[len(magic):]
	return o, nil
}

// Read implements io.Reader. Nothing is handed out before its piece was proven, and the end only after the last one.
func (o *opener) Read(p []byte) (int, error) {
	for len(o.plain) == 0 {
		if o.done {
			return 0, io.EOF
		}
		if err := o.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, o.plain)
	o.plain = o.plain[n:]
	return n, nil
}

func (o *opener) next() error {
	n, err := io.ReadFull(o.from, o.box)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	_, more := o.from.Peek(1)
	o.done = more != nil
	plain, err := o.aead.Open(o.box[:0], nonceOf(o.prefix, o.n, o.done), o.box[:n], nil)
	if err != nil {
		return ErrUnreadable
	}
	o.n++
	o.plain = plain
	return nil
}
