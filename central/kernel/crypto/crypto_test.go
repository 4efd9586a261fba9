package crypto_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	"tongban/central/kernel/crypto"
	"tongban/central/kernel/crypto/cryptotest"
)

var made = time.Date(2026, 11, 26, 1, 30, 0, 0, time.UTC)

func fresh(t *testing.T) (*crypto.Software, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := crypto.InitFile(path, made); err != nil {
		t.Fatal(err)
	}
	return open(t, path), path
}

func open(t *testing.T, path string) *crypto.Software {
	t.Helper()
	s, err := crypto.OpenFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSoftwareConforms(t *testing.T) {
	s, _ := fresh(t)
	cryptotest.Run(t, s)
}

func bin(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// holding is a provider with the given secrets: how a standard's example reaches the interface.
func holding(t *testing.T, secrets map[crypto.Purpose][]byte) *crypto.Software {
	t.Helper()
	_, path := fresh(t)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Format int              `json:"format"`
		List   []map[string]any `json:"list"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, k := range file.List {
		if secret, ok := secrets[crypto.Purpose(k["purpose"].(string))]; ok {
			k["secret"] = base64.StdEncoding.EncodeToString(secret)
		}
	}
	if text, err = json.Marshal(file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, path)
}

func active(t *testing.T, s *crypto.Software, p crypto.Purpose) crypto.KeyID {
	t.Helper()
	id, err := s.Active(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// GB/T 32905-2016 annex A, GB/T 32907-2016 annex A, and RFC 8998 appendix A.1 for SM4-GCM.
func TestStandardsExamples(t *testing.T) {
	sum := sm3.Sum([]byte("abc"))
	if !bytes.Equal(sum[:], bin(t, "66c7f0f4 62eeedd9 d1f2d46b dc10e4e2 4167c487 5cf2f7a2 297da02b 8f4ba8e0")) {
		t.Errorf("SM3 of abc is %x", sum)
	}
	sum = sm3.Sum(bytes.Repeat([]byte("abcd"), 16))
	if !bytes.Equal(sum[:], bin(t, "debe9ff9 2275b8a1 38604889 c18e5a4d 6fdb70e5 387e5765 293dcba3 9c0c5732")) {
		t.Errorf("SM3 of 64 bytes is %x", sum)
	}

	key := bin(t, "0123456789abcdeffedcba9876543210")
	block, err := sm4.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, 16)
	block.Encrypt(out, key)
	if !bytes.Equal(out, bin(t, "681edf34d206965e86b3e94f536e4246")) {
		t.Errorf("SM4 is %x", out)
	}

	s := holding(t, map[crypto.Purpose][]byte{crypto.KEK: key})
	box := bin(t, `00001234567800000000abcd
		17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735 d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d
		83de3541e4c2b58177e065a9bf7b62ec`)
	plain := bin(t, `aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd
		eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa`)
	got, err := s.Decrypt(t.Context(), active(t, s, crypto.KEK), box, bin(t, "feedfacedeadbeeffeedfacedeadbeefabaddad2"))
	if err != nil || !bytes.Equal(got, plain) {
		t.Errorf("SM4-GCM opened %x, %v", got, err)
	}
}

// GB/T 32918.5-2017 annex A.2: the signature of the example key over "message digest".
func TestStandardsSignature(t *testing.T) {
	s := holding(t, map[crypto.Purpose][]byte{crypto.Audit: bin(t, "3945208F 7B2144B1 3F36E38A C6D39F95 88939369 2860B51A 42FB81EF 4DF7C5B8")})
	key := active(t, s, crypto.Audit)
	public, err := s.PublicKey(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	want := bin(t, `04 09F9DF31 1E5421A1 50DD7D16 1E4BC5C6 72179FAD 1833FC07 6BB08FF3 56F35020
		CCEA490C E26775A5 2DC6EA71 8CC1AA60 0AED05FB F35E084A 6632F607 2DA9AD13`)
	if !bytes.Equal(public, want) {
		t.Errorf("public key %x", public)
	}
	r := new(big.Int).SetBytes(bin(t, "F5A03B06 48D2C463 0EEAC513 E1BB81A1 5944DA38 27D5B741 43AC7EAC EEE720B3"))
	v := new(big.Int).SetBytes(bin(t, "B1B6AA29 DF212FD8 763182BC 0D421CA1 BB9038FD 1F7F42D4 840B69C4 85BBC1AA"))
	sig, err := asn1.Marshal(struct{ R, S *big.Int }{r, v})
	if err != nil {
		t.Fatal(err)
	}
	if err := crypto.Verify(public, []byte("message digest"), sig); err != nil {
		t.Errorf("the standard's signature does not hold: %v", err)
	}
	own, err := s.Sign(t.Context(), key, []byte("message digest"))
	if err != nil || crypto.Verify(public, []byte("message digest"), own) != nil {
		t.Errorf("our own does not: %v", err)
	}
}

// Another implementation agrees, where one is at hand.
func TestOpenSSLAgrees(t *testing.T) {
	tool, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl here")
	}
	secret := bytes.Repeat([]byte{0x5a}, 32)
	s := holding(t, map[crypto.Purpose][]byte{crypto.Integrity: secret})
	text := "标签|window_case|MY261126-001-0017-5|敏感"
	mac, err := s.MAC(t.Context(), active(t, s, crypto.Integrity), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), tool, "dgst", "-sm3", "-mac", "HMAC", "-macopt", "hexkey:"+hex.EncodeToString(secret))
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Skipf("this openssl has no SM3: %s", out)
	}
	if !strings.Contains(string(out), hex.EncodeToString(mac)) {
		t.Errorf("HMAC-SM3 %x, openssl says %s", mac, out)
	}
	opensslVerifies(t, tool, s)
}

func opensslVerifies(t *testing.T, tool string, s *crypto.Software) {
	t.Helper()
	key := active(t, s, crypto.Audit)
	public, err := s.PublicKey(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := s.Sign(t.Context(), key, []byte("message digest"))
	if err != nil {
		t.Fatal(err)
	}
	// SubjectPublicKeyInfo of curve 1.2.156.10197.1.301.
	spki := append(bin(t, "3059301306072a8648ce3d020106082a811ccf5501822d034200"), public...)
	dir := t.TempDir()
	pem := "-----BEGIN PUBLIC KEY-----\n" + base64.StdEncoding.EncodeToString(spki) + "\n-----END PUBLIC KEY-----\n"
	for name, data := range map[string][]byte{"pub.pem": []byte(pem), "sig": sig, "msg": []byte("message digest")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), tool, "pkeyutl", "-verify", "-pubin", "-inkey", "pub.pem", "-in", "msg", "-rawin", "-digest", "sm3",
		"-sigfile", "sig", "-pkeyopt", "distid:1234567812345678")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("openssl does not verify our signature: %s", out)
	}
}

// What another copy of the program rotates is seen here without a restart.
func TestARotationElsewhereIsSeen(t *testing.T) {
	s, path := fresh(t)
	other := open(t, path)
	id, err := other.Rotate(t.Context(), crypto.KEK)
	if err != nil {
		t.Fatal(err)
	}
	box, err := other.Encrypt(t.Context(), id, []byte("x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Decrypt(t.Context(), id, box, nil); err != nil || string(got) != "x" {
		t.Errorf("got %q, %v", got, err)
	}
	if now := active(t, s, crypto.KEK); now != id {
		t.Errorf("active is %q, want %q", now, id)
	}
}

// Copies that rotate at the same moment lose none of the keys.
func TestRotationsAtOnce(t *testing.T) {
	_, path := fresh(t)
	var wait sync.WaitGroup
	for range 8 {
		s := open(t, path)
		wait.Go(func() {
			if _, err := s.Rotate(t.Context(), crypto.KEK); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	keys, err := open(t, path).Keys(t.Context(), crypto.KEK)
	if err != nil || len(keys) != 9 {
		t.Errorf("%d keys, %v", len(keys), err)
	}
}

// The file of the first version is read, and becomes one of today's when something is added.
func TestTheFirstFileIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	master := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32))
	blind := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{2}, 32))
	text := `{"active":"kaabbccdd","keys":{"kaabbccdd":"` + master + `","k00000000":"` + blind + `"},"blind":"` + blind + `"}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if id := active(t, s, crypto.Field); id != "kaabbccdd" {
		t.Errorf("the field key is %q", id)
	}
	kek := active(t, s, crypto.KEK)
	box, err := s.Encrypt(t.Context(), kek, []byte("x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Active(t.Context(), crypto.Audit); !errors.Is(err, crypto.ErrNoKey) {
		t.Errorf("a signing key in an old file: %v", err)
	}

	added, err := crypto.EnsureFile(path, made)
	if err != nil || len(added) != 2 {
		t.Fatalf("added %v, %v", added, err)
	}
	if added, err := crypto.EnsureFile(path, made); err != nil || len(added) != 0 {
		t.Errorf("the second time added %v, %v", added, err)
	}
	again := open(t, path)
	if got, err := again.Decrypt(t.Context(), kek, box, nil); err != nil || string(got) != "x" {
		t.Errorf("what was wrapped before: %q, %v", got, err)
	}
	cryptotest.Run(t, again)
}

func TestTheKeyFileIsGuarded(t *testing.T) {
	_, path := fresh(t)
	if err := crypto.InitFile(path, made); !errors.Is(err, fs.ErrExist) {
		t.Errorf("init over a file: %v", err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := crypto.OpenFile(path, nil); err == nil || !strings.Contains(err.Error(), "0600") {
		t.Errorf("open to the group: %v", err)
	}
	_ = os.Chmod(path, 0o600)
	const secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ"
	for _, text := range []string{"", "{}", `{"format":2,"list":[]}`, `{"format":2,"list":[{"id":"a","purpose":"kek","active":true,"secret":"` + secret + `"}]}`, secret} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := crypto.OpenFile(path, nil); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
