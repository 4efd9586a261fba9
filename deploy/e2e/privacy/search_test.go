package privacy

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// needle is one form of one value.
type needle struct {
	what string // whose, which value, in which form
	data []byte
}

// forms are the ways in which a value may lie somewhere without being sealed.
func forms(v string) map[string][]byte {
	out := map[string][]byte{"plain": []byte(v)}
	u := utf16.Encode([]rune(v))
	le, be := make([]byte, 0, 2*len(u)), make([]byte, 0, 2*len(u))
	for _, c := range u {
		le, be = binary.LittleEndian.AppendUint16(le, c), binary.BigEndian.AppendUint16(be, c)
	}
	out["UTF-16LE"], out["UTF-16BE"] = le, be
	out["hex"], out["HEX"] = []byte(hex.EncodeToString([]byte(v))), []byte(strings.ToUpper(hex.EncodeToString([]byte(v))))
	for shift := range 3 { // the value may begin at any of three places of a base64 group: its sure middle is the same
		for name, enc := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			text := enc.EncodeToString(append(make([]byte, shift), v...))
			from := (shift*8 + 5) / 6
			to := (shift + len(v)) * 8 / 6
			out[fmt.Sprintf("%s+%d", name, shift)] = []byte(text[from:to])
		}
	}
	ascii := !slices.ContainsFunc([]byte(v), func(b byte) bool { return b >= 0x80 })
	if !ascii {
		out["URL"] = []byte(url.QueryEscape(v))
		out["url"] = []byte(strings.ToLower(url.QueryEscape(v)))
		var esc, go4 strings.Builder
		for _, c := range u {
			fmt.Fprintf(&esc, `\u%04x`, c)
			fmt.Fprintf(&go4, `\u%04X`, c)
		}
		out["JSON"], out["JSON+"] = []byte(esc.String()), []byte(go4.String())
		if gb, err := simplifiedchinese.GB18030.NewEncoder().String(v); err == nil {
			out["GB18030"] = []byte(gb)
		}
	}
	return out
}

// key is how many bytes of a needle the index holds.
const key = 4

// index finds needles in bytes, wherever they begin.
type index struct {
	head  [1 << 16]bool
	byKey map[[key]byte][]needle
	count int
}

func newIndex(people []person) *index {
	x := &index{byKey: map[[key]byte][]needle{}}
	for _, p := range people {
		for kind, v := range p.secrets() {
			for form, b := range forms(v) {
				x.add(needle{what: p.Key + " " + kind + " as " + form, data: b})
			}
		}
	}
	return x
}

func (x *index) add(n needle) {
	k := [key]byte(n.data)
	x.head[binary.LittleEndian.Uint16(n.data)] = true
	x.byKey[k] = append(x.byKey[k], n)
	x.count++
}

// find calls hit for every needle in b.
func (x *index) find(b []byte, hit func(needle, int)) {
	for i := 0; i+key <= len(b); i++ {
		if !x.head[binary.LittleEndian.Uint16(b[i:])] {
			continue
		}
		for _, n := range x.byKey[[key]byte(b[i:])] {
			if bytes.HasPrefix(b[i:], n.data) {
				hit(n, i)
			}
		}
	}
}

// search looks through b and through whatever is packed inside of it.
func (x *index) search(b []byte, depth int, hit func(needle, int)) {
	x.find(b, hit)
	if depth == 0 {
		return
	}
	for _, open := range []struct {
		magic []byte
		read  func(io.Reader) (io.Reader, error)
	}{
		{[]byte{0x1f, 0x8b, 8}, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
		{[]byte{0x78, 0x01}, func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) }},
		{[]byte{0x78, 0x9c}, func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) }},
		{[]byte{0x78, 0xda}, func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) }},
	} {
		for from := 0; ; {
			i := bytes.Index(b[from:], open.magic)
			if i < 0 {
				break
			}
			at := from + i
			from = at + 1
			r, err := open.read(bytes.NewReader(b[at:]))
			if err != nil {
				continue
			}
			plain, _ := io.ReadAll(io.LimitReader(r, 64<<20)) // what came before an error counts
			if len(plain) > 0 {
				x.search(plain, depth-1, hit)
			}
		}
	}
}

// hits are what was found, and how much was looked at.
type hits struct {
	files, bytes int64
	found        []string
	pictures     []string // pages, photographs and papers in the clear
}

// tree searches every file below root that skip does not leave out.
func (x *index) tree(t *testing.T, root string, skip func(rel string) bool) hits {
	t.Helper()
	var h hits
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if os.IsNotExist(err) {
				return nil // a running program tidies up
			}
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if skip(rel) {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		x.find([]byte(rel), func(n needle, _ int) { h.found = append(h.found, "the name of "+rel+": "+n.what) })
		if !d.Type().IsRegular() {
			return nil
		}
		b, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return nil
		}
		if err != nil {
			return err
		}
		h.files, h.bytes = h.files+1, h.bytes+int64(len(b))
		seen := map[string]bool{}
		x.search(b, 2, func(n needle, at int) {
			if !seen[n.what] {
				seen[n.what] = true
				h.found = append(h.found, fmt.Sprintf("%s at %d: %s", rel, at, n.what))
			}
		})
		if picture(b) {
			h.pictures = append(h.pictures, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// picture reports whether a file is a scanned page, a photograph, a signature or a paper in the clear.
func picture(b []byte) bool {
	for _, magic := range []string{"\xff\xd8\xff", "\x89PNG\r\n", "%PDF-", "BM", "WLf"} {
		if strings.HasPrefix(string(b), magic) && (magic != "BM" || len(b) > 1000) {
			return true
		}
	}
	return false
}

// The search finds what is there: one value of each form is planted, bare, in the middle of other bytes, and packed.
func TestTheSearchFindsWhatIsThere(t *testing.T) {
	people := generate(50, 7)
	x := newIndex(people)
	dir := t.TempDir()
	planted := map[string]string{} // file → what must be found
	i := 0
	for kind, v := range people[31].secrets() {
		for form, data := range forms(v) {
			body := append(append([]byte(strings.Repeat("中间的字节 \x00\xff", i%5)), data...), "\"尾}"...)
			for _, packed := range []string{"bare", "gzip", "zlib"} {
				i++
				name := fmt.Sprintf("f%04d", i)
				if err := os.WriteFile(filepath.Join(dir, name), pack(packed, body), 0o600); err != nil {
					t.Fatal(err)
				}
				planted[name] = people[31].Key + " " + kind + " as " + form
			}
		}
	}
	for _, text := range []string{"<" + people[3].Name + ">", "x" + people[3].Phone, "id=" + people[3].IDNumber} { // base64 as a program would write it
		i++
		name := fmt.Sprintf("b%04d", i)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(base64.StdEncoding.EncodeToString([]byte(text))), 0o600); err != nil {
			t.Fatal(err)
		}
		planted[name] = people[3].Key
	}
	h := x.tree(t, dir, func(string) bool { return false })
	for file, what := range planted {
		if !slices.ContainsFunc(h.found, func(s string) bool { return strings.HasPrefix(s, file) && strings.Contains(s, what) }) {
			t.Errorf("%s was planted and not found: %s", file, what)
		}
	}
	t.Logf("%d needles, %d planted, all found", x.count, len(planted))

	clean := t.TempDir()
	noise := make([]byte, 8<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise)
	if err := os.WriteFile(filepath.Join(clean, "noise"), noise, 0o600); err != nil {
		t.Fatal(err)
	}
	if h := x.tree(t, clean, func(string) bool { return false }); len(h.found) > 0 {
		t.Errorf("found in noise: %v", h.found)
	}
}

func pack(how string, b []byte) []byte {
	var out bytes.Buffer
	out.WriteString("head of a file ")
	switch how {
	case "bare":
		return b
	case "gzip":
		w := gzip.NewWriter(&out)
		_, _ = w.Write(b)
		_ = w.Close()
	case "zlib":
		w := zlib.NewWriter(&out)
		_, _ = w.Write(b)
		_ = w.Close()
	}
	out.WriteString(" tail")
	return out.Bytes()
}
