package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/deploy/sim/simtest"
	"tongban/drivers/drivertest"
)

// answer is what one call left behind.
type answer struct {
	code     int
	out, err string
}

// call runs drvctl in this process.
func call(t *testing.T, args ...string) answer {
	t.Helper()
	var out, note bytes.Buffer
	code := run(t.Context(), args, &out, &note)
	return answer{code, out.String(), note.String()}
}

// object reads the one JSON line of s.
func object(t *testing.T, s string) map[string]any {
	t.Helper()
	if strings.Count(s, "\n") != 1 {
		t.Fatalf("not one line: %q", s)
	}
	var v map[string]any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return v
}

func (a answer) want(t *testing.T, code int) answer {
	t.Helper()
	if a.code != code {
		t.Fatalf("exit %d, want %d\nout: %s\nerr: %s", a.code, code, a.out, a.err)
	}
	return a
}

// patiently repeats a call to the camera: drawing its first picture can take the emulator longer than a preview may.
func patiently(t *testing.T, args ...string) answer {
	t.Helper()
	a := call(t, args...)
	for range 5 {
		if a.code == 0 {
			break
		}
		a = call(t, args...)
	}
	return a
}

func write(t *testing.T, name string, b []byte) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestList(t *testing.T) {
	if out := call(t, "list").want(t, 0).out; !strings.Contains(out, "idcard/sdt") || !strings.Contains(out, "noEcho") {
		t.Error(out)
	}
	var l []listed
	if err := json.Unmarshal([]byte(call(t, "list", "--json").want(t, 0).out), &l); err != nil || len(l) < 3 {
		t.Errorf("%v %v", l, err)
	}
}

// The fields of a record are a contract: present with these names, absent where the card has none.
func TestReadFields(t *testing.T) {
	b := simtest.Start(t, simtest.IDCard)
	common := []string{"birth", "elapsed_ms", "name", "photo_state", "photo_wlt_base64", "sam_number", "sex", "type", "valid_from", "valid_to"}
	resident := append([]string{"address", "id_number", "issuer", "nation"}, common...)
	for person, c := range map[string]struct {
		fields []string
		some   map[string]any
	}{
		"zhou":      {resident, map[string]any{"type": "resident", "name": "周立明", "sex": "male", "nation": "01", "birth": "1990-01-01", "id_number": "510799199001010018", "valid_to": "2036-05-20", "sam_number": "05.03-20230101-0000012345-0987654321"}},
		"ma":        {resident, map[string]any{"sex": "female", "nation": "03", "valid_to": "long-term"}},
		"xie":       {append([]string{"address_added"}, resident...), map[string]any{"address_added": "四川省绵阳市样例区新桥街道滨江路90号7栋1803号"}},
		"hmt":       {append([]string{"address", "id_number", "issue_count", "issuer", "permit_number"}, common...), map[string]any{"type": "hmt-residence", "permit_number": "H07990001", "issue_count": "01"}},
		"foreign17": {append([]string{"name_en", "nationality", "permit_number"}, common...), map[string]any{"type": "foreign-2017", "nationality": "CAN", "name_en": "HARRINGTON, BEATRICE ELEANOR"}},
		"foreign23": {append([]string{"id_number", "issue_count", "name_en", "nationality"}, common...), map[string]any{"type": "foreign-2023", "name_en": "VAN DER WESTHUIZEN, ALEXANDER CHRISTOFFEL"}},
	} {
		for _, port := range []string{b.IDCard, "tcp:" + b.IDCardTCP} {
			b.TakeCard()
			b.PutCard(person)
			v := object(t, call(t, "read", "--kind", "idcard", "--driver", "idcard/sdt", "--port", port, "--json").want(t, 0).out)
			var got []string
			for k := range v {
				got = append(got, k)
			}
			slices.Sort(got)
			want := slices.Sorted(slices.Values(c.fields))
			if !slices.Equal(want, got) {
				t.Errorf("%s: fields %v, want %v", person, got, want)
			}
			for k, w := range c.some {
				if v[k] != w {
					t.Errorf("%s: %s is %v, want %v", person, k, v[k], w)
				}
			}
		}
	}
}

func TestReadForPeopleHidesTheHolder(t *testing.T) {
	b := simtest.Start(t, simtest.IDCard)
	b.PutCard("zhou")
	a := call(t, "read", "--kind", "idcard", "--port", b.IDCard).want(t, 0)
	if all := a.out + a.err; strings.Contains(all, "周立明") || strings.Contains(all, "510799199001010018") || !strings.Contains(a.out, "0018") {
		t.Errorf("%q", all)
	}
}

// Every failure is one JSON line with a completion code, and an exit code other than 0.
func TestReadFailures(t *testing.T) {
	b := simtest.Start(t, simtest.IDCard)
	read := []string{"read", "--kind", "idcard", "--port", b.IDCard, "--json", "--timeout", "3s"}
	for _, c := range []struct{ fault, code, reason string }{
		{"", "timeOut", "noCard"},
		{"unknown-card", "unsupportedData", "cardUnknown"},
		{"two-cards", "userError", "cardUnreadable"},
		{"pulled", "userError", "cardTakenAway"},
		{"silent", "timeOut", "silent"},
		{"sam", "hardwareError", "samFault"},
		{"checksum", "communicationError", "lineNoise"},
		{"cut", "noDevice", "unplugged"},
	} {
		b.TakeCard()
		if c.fault != "" {
			b.PutCard("zhou")
			b.Press(simtest.IDCard, c.fault, 0)
		}
		start := time.Now()
		v := object(t, call(t, read...).want(t, 1).out)
		if v["completionCode"] != c.code || v["reason"] != c.reason || v["errorDescription"] == "" {
			t.Errorf("%s: %v", c.fault, v)
		}
		if took := time.Since(start); c.fault != "" && took > 3*time.Second {
			t.Errorf("%s: told after %v", c.fault, took)
		}
		b.Clear()
	}
	if a := call(t, "read", "--kind", "idcard", "--port", "/dev/none/such").want(t, 1); a.out != "" || object(t, a.err)["completionCode"] != "noDevice" {
		t.Errorf("without --json: %+v", a)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		{"nonsense"},
		{"read"},
		{"read", "--kind", "toaster", "--port", "x"},
		{"read", "--kind", "idcard"},
		{"read", "--nonsense"},
		{"read", "--kind", "receipt", "--driver", "idcard/sdt", "--port", "x"},
		{"check", "mrz"},
		{"tape", "replay"},
		{"print", "--kind", "receipt", "--port", "x"},
		{"read", "--kind", "idcard", "--port", "x", "y"},
	} {
		if v := object(t, call(t, args...).want(t, 2).err); v["completionCode"] != "invalidData" {
			t.Errorf("%v: %v", args, v)
		}
	}
	if out := call(t).want(t, 0).out; !strings.Contains(out, "tape record") {
		t.Error(out)
	}
}

func TestHealth(t *testing.T) {
	b := simtest.Start(t)
	for kind, port := range map[string]string{"idcard": b.IDCard, "receipt": b.Receipt, "scanner": b.Camera} {
		v := object(t, call(t, "health", "--kind", kind, "--port", port, "--reset").want(t, 0).out)
		if v["ready"] != true || v["info"].(map[string]any)["kind"] != kind {
			t.Errorf("%s: %v", kind, v)
		}
	}
	b.Press(simtest.Receipt, "paper-out", 0)
	a := call(t, "health", "--kind", "receipt", "--port", b.Receipt, "--json").want(t, 1)
	if v := object(t, a.out); v["ready"] != false || v["status"].(map[string]any)["paper"] != "out" {
		t.Errorf("%v", v)
	}
	if v := object(t, a.err); v["reason"] != "paperOut" {
		t.Errorf("%v", v)
	}
}

func TestPrint(t *testing.T) {
	b := simtest.Start(t, simtest.Receipt)
	img := image.NewGray(image.Rect(0, 0, 200, 100))
	for i := range img.Pix {
		img.Pix[i] = byte(i%200/100) * 255
	}
	img.SetGray(0, 0, color.Gray{Y: 255})
	var pic bytes.Buffer
	if err := png.Encode(&pic, img); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{write(t, "slip.png", pic.Bytes()), write(t, "slip.txt", []byte("收件凭证\r\n涪民 2026 1124 0037 6\n"))} {
		v := object(t, call(t, "print", "--kind", "receipt", "--port", b.Receipt, "--file", file).want(t, 0).out)
		if v["confirmed"] != true || v["by"] != "echo" || v["dots"] != 384.0 {
			t.Errorf("%s: %v", file, v)
		}
	}
	if n := len(b.Slips()); n != 2 {
		t.Errorf("%d slips came out", n)
	}
	b.Press(simtest.Receipt, "cover", 0)
	a := call(t, "print", "--kind", "receipt", "--port", b.Receipt, "--file", write(t, "x.txt", []byte("x")), "--json").want(t, 1)
	if v := object(t, a.out); v["reason"] != "coverOpen" {
		t.Errorf("%v", v)
	}
	bad := write(t, "x.bin", []byte{0, 1, 2, 0xFF})
	b.Clear()
	if v := object(t, call(t, "print", "--kind", "receipt", "--port", b.Receipt, "--file", bad).want(t, 1).err); v["completionCode"] != "invalidData" {
		t.Errorf("%v", v)
	}
}

func TestCapture(t *testing.T) {
	b := simtest.Start(t, simtest.Camera)
	out := filepath.Join(t.TempDir(), "page.jpg")
	for _, extra := range [][]string{{"--preview"}, {}} {
		v := object(t, patiently(t, append([]string{"capture", "--kind", "scanner", "--port", b.Camera, "--out", out}, extra...)...).want(t, 0).out)
		if v["width"].(float64) < 300 || v["page"].(map[string]any)["verdict"] == "" {
			t.Errorf("%v: %v", extra, v)
		}
		if fi, err := os.Stat(out); err != nil || fi.Size() == 0 || fi.Mode().Perm() != 0o600 {
			t.Errorf("file %v %v", fi, err)
		}
	}
	b.Paper(simtest.Camera, "application")
	doc := filepath.Join(t.TempDir(), "page.pdf")
	patiently(t, "capture", "--kind", "scanner", "--port", b.Camera, "--page", doc).want(t, 0)
	if raw, err := os.ReadFile(doc); err != nil || !bytes.HasPrefix(raw, []byte("%PDF-")) {
		t.Errorf("document %d bytes, %v", len(raw), err)
	}
}

// A recording holds nothing of the card's holder, and plays.
func TestTape(t *testing.T) {
	b := simtest.Start(t)
	for kind, port := range map[string]string{"idcard": b.IDCard, "receipt": b.Receipt, "scanner": b.Camera} {
		b.PutCard("xie")
		file := filepath.Join(t.TempDir(), kind+".tape")
		patiently(t, "tape", "record", "--kind", kind, "--port", port, "--out", file, "--note", "a test").want(t, 0)
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), "22 8C 68 96") || strings.Contains(strings.ReplaceAll(string(raw), "\n< ", " "), "39 00 39 00 30 00 39 00 31 00 38 00") { // 谢雨, 990918
			t.Errorf("%s: the holder is on the tape", kind)
		}
		v := object(t, call(t, "tape", "replay", file).want(t, 0).out)
		if kind == "idcard" && v["result"].(map[string]any)["name"] != "样例" {
			t.Errorf("%v", v)
		}
		if err := os.WriteFile(file, bytes.Replace(raw, []byte("\n> "), []byte("\n> 00 "), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		if kind != "scanner" {
			call(t, "tape", "replay", file).want(t, 1)
		}
		b.TakeCard()
	}
}

func TestCheckMRZ(t *testing.T) {
	const good = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\n"
	v := object(t, call(t, "check", "mrz", write(t, "good", []byte(good))).want(t, 0).out)
	if v["valid"] != true || v["format"] != "TD3" || v["surname"] != "ERIKSSON" || v["birth"] != "1974-08-12" {
		t.Errorf("%v", v)
	}
	a := call(t, "check", "mrz", write(t, "bad", []byte(strings.Replace(good, "7408122", "7408132", 1))), "--json").want(t, 1)
	if v := object(t, a.out); v["valid"] != false {
		t.Errorf("%v", v)
	}
	if v := object(t, a.err); !strings.Contains(v["errorDescription"].(string), "birth, composite") {
		t.Errorf("%v", v)
	}
	if v := object(t, call(t, "check", "mrz", write(t, "none", []byte("hello"))).want(t, 1).err); v["completionCode"] != "invalidData" {
		t.Errorf("%v", v)
	}
}

func TestCheckESCPOS(t *testing.T) {
	out := filepath.Join(t.TempDir(), "paper.png")
	good := "\x1b@\x1c&" + "\xca\xd5\xbc\xfe\xc6\xbe\xd6\xa4\n" + "\x1dVB\x00"
	v := object(t, call(t, "check", "escpos", write(t, "good", []byte(good)), "--render", out).want(t, 0).out)
	if v["ok"] != true || v["slips"] != 1.0 || !strings.Contains(v["text"].([]any)[0].(string), "收件凭证") {
		t.Errorf("%v", v)
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if img, err := png.Decode(f); err != nil || img.Bounds().Dx() != 384 {
		t.Errorf("%v", err)
	}
	call(t, "check", "escpos", write(t, "bad", []byte("\x1dv0"))).want(t, 1)
}

func TestPrintPages(t *testing.T) {
	b := simtest.Start(t, simtest.Laser)
	file := write(t, "page.pdf", drivertest.TestPDF(3))
	args := []string{"print", "--kind", "laser", "--port", b.Laser, "--file", file, "--copies", "2", "--duplex", "--pages", "3"}
	if v := object(t, call(t, args...).want(t, 0).out); v["confirmed"] != true || v["impressions"] != 6.0 || v["sheets"] != 4.0 || v["state"] != "completed" {
		t.Errorf("%v", v)
	}
	b.Press(simtest.Laser, "toner-empty", 0)
	if v := object(t, call(t, append(args, "--json")...).want(t, 1).out); v["reason"] != "tonerOut" {
		t.Errorf("%v", v)
	}
	if v := object(t, call(t, "health", "--kind", "laser", "--port", b.Laser).want(t, 1).err); v["reason"] != "tonerOut" {
		t.Errorf("%v", v)
	}
}

func TestReadCode(t *testing.T) {
	b := simtest.Start(t, simtest.Barcode)
	args := []string{"read", "--kind", "barcode", "--port", b.Barcode, "--timeout", "4s"}
	hold := func() { b.Paper(simtest.Barcode, "none"); b.Paper(simtest.Barcode, "gb18030") }
	time.AfterFunc(300*time.Millisecond, hold)
	if v := object(t, call(t, append(args, "--json")...).want(t, 0).out); v["text"] != "办件编号 样民 2026" || v["encoding"] != "gb18030" || v["symbology"] != "qr" {
		t.Errorf("%v", v)
	}
	time.AfterFunc(300*time.Millisecond, hold)
	if a := call(t, args...).want(t, 0); strings.Contains(a.out+a.err, "样民") {
		t.Errorf("%+v", a)
	}
	if v := object(t, call(t, "read", "--kind", "barcode", "--port", b.Barcode, "--timeout", "300ms", "--json").want(t, 1).out); v["reason"] != "noCode" {
		t.Errorf("%v", v)
	}
}

func TestReadFinger(t *testing.T) {
	b := simtest.Start(t, simtest.Fingerprint)
	b.Paper(simtest.Fingerprint, "good")
	args := []string{"read", "--kind", "fingerprint", "--port", b.Fingerprint, "--timeout", "5s", "--json"}
	if v := object(t, call(t, args...).want(t, 0).out); v["quality"].(float64) < 60 || v["width"] != 256.0 || v["template_bytes"] != 512.0 {
		t.Errorf("%v", v)
	}
	b.Paper(simtest.Fingerprint, "edge")
	if v := object(t, call(t, args...).want(t, 1).out); v["reason"] != "fingerUnclear" {
		t.Errorf("%v", v)
	}
}
