package livescan

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"regexp"
	"strconv"
	"strings"
)

// frame is one question or answer: a line of text that a C program can write with printf and read with scanf, then its content.
//
//	TBFP <number> <word> <values> <length> <sum>\n<content>
type frame struct {
	number  int    // of the question; its answer repeats it
	word    string // the call, then repeated in its answer
	values  []int  // "-" where there are none; the first of an answer is what the library returned
	content []byte
}

const (
	mark       = "TBFP "
	maxHead    = 160
	maxContent = 2 << 20 // a picture of 1000 by 1000 pixels and more
	maxValues  = 8
)

func (f frame) encode() []byte {
	values := "-"
	if len(f.values) > 0 {
		values = strings.Trim(strings.Join(strings.Fields(fmt.Sprint(f.values)), ","), "[]")
	}
	return append(fmt.Appendf(nil, "%s%d %s %s %d %08x\n", mark, f.number, f.word, values, len(f.content), crc32.ChecksumIEEE(f.content)), f.content...)
}

var (
	errSum = errors.New("sum of a frame is wrong")
	head   = regexp.MustCompile(`^TBFP ([0-9]{1,9}) ([A-Za-z][A-Za-z0-9_]{0,39}) (-|-?[0-9]{1,9}(?:,-?[0-9]{1,9}){0,7}) ([0-9]{1,7}) ([0-9a-f]{8})$`)
)

// cut takes the first frame off b. What cannot begin one is dropped: libraries print what they like. Without a whole frame ok is false.
func cut(b []byte) (f frame, rest []byte, ok bool, err error) {
	for {
		i := bytes.Index(b, []byte(mark))
		if i < 0 {
			return frame{}, b[max(0, len(b)-len(mark)+1):], false, nil
		}
		b = b[i:]
		end := bytes.IndexByte(b[:min(len(b), maxHead)], '\n')
		if end < 0 && len(b) < maxHead {
			return frame{}, b, false, nil
		}
		m := head.FindSubmatch(b[:max(end, 0)])
		if m == nil {
			b = b[len(mark):]
			continue
		}
		size, _ := strconv.Atoi(string(m[4])) // digits by the form above
		if size > maxContent {
			b = b[len(mark):]
			continue
		}
		if len(b) < end+1+size {
			return frame{}, b, false, nil
		}
		content := b[end+1:][:size]
		rest = b[end+1+size:]
		if sum, _ := strconv.ParseUint(string(m[5]), 16, 32); uint32(sum) != crc32.ChecksumIEEE(content) { //nolint:gosec // 32 bits by the form
			return frame{}, rest, true, errSum
		}
		f = frame{word: string(m[2]), content: bytes.Clone(content)}
		f.number, _ = strconv.Atoi(string(m[1]))
		if v := string(m[3]); v != "-" {
			for s := range strings.SplitSeq(v, ",") {
				n, _ := strconv.Atoi(s)
				f.values = append(f.values, n)
			}
		}
		return f, rest, true, nil
	}
}
