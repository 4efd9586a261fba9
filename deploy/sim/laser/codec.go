package laser

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// The printer's own reading and writing of IPP: flat, by name, with a document left in the stream.

// question is a request; a name occurs with the values of its first use.
type question struct {
	version  [2]byte
	op       uint16
	id       uint32
	values   map[string][]string
	document []byte
}

const maxRequest = 80 << 20

func parse(r io.Reader) (question, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxRequest))
	if err != nil {
		return question{}, fmt.Errorf("read request: %w", err)
	}
	q := question{values: map[string][]string{}}
	in := bytes.NewReader(raw)
	var head struct {
		Version [2]byte
		Op      uint16
		ID      uint32
	}
	if err := binary.Read(in, binary.BigEndian, &head); err != nil {
		return q, fmt.Errorf("read head: %w", err)
	}
	q.version, q.op, q.id = head.Version, head.Op, head.ID
	name := ""
	for {
		tag, err := in.ReadByte()
		if err != nil {
			return q, fmt.Errorf("read tag: %w", err)
		}
		if tag == 3 {
			q.document = raw[len(raw)-in.Len():]
			return q, nil
		}
		if tag <= 0x0F {
			continue
		}
		n, err := chunk(in)
		if err != nil {
			return q, err
		}
		v, err := chunk(in)
		if err != nil {
			return q, err
		}
		if n != "" {
			name = n
		}
		if tag == 0x21 || tag == 0x23 {
			if len(v) != 4 {
				return q, fmt.Errorf("integer %s of %d bytes", name, len(v))
			}
			v = fmt.Sprint(int32(binary.BigEndian.Uint32([]byte(v)))) //nolint:gosec // two's complement on the line
		}
		q.values[name] = append(q.values[name], v)
	}
}

func chunk(in *bytes.Reader) (string, error) {
	var n uint16
	if err := binary.Read(in, binary.BigEndian, &n); err != nil {
		return "", fmt.Errorf("read length: %w", err)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(in, b); err != nil {
		return "", fmt.Errorf("read value: %w", err)
	}
	return string(b), nil
}

func (q question) one(name string) string {
	if v := q.values[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (q question) number(name string, def int) int {
	n := def
	if _, err := fmt.Sscan(q.one(name), &n); err != nil {
		return def
	}
	return n
}

// dpi is the resolution asked for, 0 for none; -1 for one that is no number of dots per inch, the same both ways.
func (q question) dpi() int {
	v := []byte(q.one("printer-resolution"))
	if len(v) == 0 {
		return 0
	}
	if len(v) != 9 || v[8] != 3 || !bytes.Equal(v[:4], v[4:8]) {
		return -1
	}
	return int(binary.BigEndian.Uint32(v))
}

// answer is written as it grows.
type answer struct{ bytes.Buffer }

func newAnswer(q question, status uint16, text string) *answer {
	a := &answer{}
	a.Write([]byte{1, 1})
	_ = binary.Write(a, binary.BigEndian, status)
	_ = binary.Write(a, binary.BigEndian, q.id)
	a.WriteByte(1)
	a.put(0x47, "attributes-charset", "utf-8")
	a.put(0x48, "attributes-natural-language", "en")
	if text != "" {
		a.put(0x41, "status-message", text)
	}
	return a
}

// put writes an attribute with one or more values.
func (a *answer) put(tag byte, name string, values ...string) {
	for _, v := range values {
		a.WriteByte(tag)
		_ = binary.Write(a, binary.BigEndian, uint16(len(name))) //nolint:gosec // short names
		a.WriteString(name)
		_ = binary.Write(a, binary.BigEndian, uint16(len(v))) //nolint:gosec // short values
		a.WriteString(v)
		name = ""
	}
}

func (a *answer) integer(tag byte, name string, n int) {
	a.put(tag, name, string(binary.BigEndian.AppendUint32(nil, uint32(int32(n))))) //nolint:gosec // small numbers
}

func (a *answer) flag(name string, on bool) {
	b := "\x00"
	if on {
		b = "\x01"
	}
	a.put(0x22, name, b)
}
