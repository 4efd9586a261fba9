package auth

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tongban/central/kernel/errs"
)

var cheap = cost{memory: 64, passes: 1}

func TestHash(t *testing.T) {
	h, ctx := newHasher(cheap), t.Context()
	a, err := h.hash(ctx, "secret")
	if err != nil || !strings.HasPrefix(a, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatal(a, err)
	}
	if b, _ := h.hash(ctx, "secret"); a == b {
		t.Error("no salt")
	}
	// The cost in the kept hash counts, not today's.
	other := newHasher(cost{memory: 128, passes: 2})
	for pw, want := range map[string]bool{"secret": true, "Secret": false, "": false} {
		if ok, err := other.check(ctx, a, pw); ok != want || err != nil {
			t.Errorf("%q: %v, %v", pw, ok, err)
		}
	}
	if ok, err := h.check(ctx, "", ""); ok || err != nil {
		t.Errorf("nobody's password: %v, %v", ok, err)
	}
}

func TestCheckingIsBounded(t *testing.T) {
	h := newHasher(cheap)
	leave1, _ := h.enter(t.Context())
	leave2, _ := h.enter(t.Context())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := h.enter(ctx); err == nil {
		t.Error("a third at once")
	}
	var refused atomic.Int64
	var wg sync.WaitGroup
	all, stop := context.WithCancel(t.Context())
	for range inLine + 20 {
		wg.Go(func() {
			if leave, err := h.enter(all); err == nil {
				leave()
			} else if errs.CodeOf(err) == "auth.busy" {
				refused.Add(1)
			}
		})
	}
	for refused.Load() < 20 {
		time.Sleep(time.Millisecond)
	}
	leave1()
	leave2()
	wg.Wait()
	stop()
	if n := refused.Load(); n != 20 {
		t.Errorf("%d were refused, want 20", n)
	}
}

func TestCheckPassword(t *testing.T) {
	for pw, ok := range map[string]bool{
		"Correct-Horse-9": true, "abcdefgh12": false, "Abdefkgh12": true, "Abcdefgh12": false, "Short-1": false, "一句自己记得住的话aA1": true,
		"Wangfang-2026": false, "xxWANGFANGxx-1": false, strings.Repeat("aA1", 50): false, "": false,
	} {
		if err := CheckPassword("wangfang", pw); (err == nil) != ok {
			t.Errorf("%q: %v", pw, err)
		}
	}
}

// What a guesser tries early is refused, however it is dressed; a sentence is not.
func TestCommonPasswords(t *testing.T) {
	for _, pw := range []string{
		"Password123!", "P@ssw0rd2026", "Mianyang@2026", "Qwerty12345!", "1qaz2WSX3edc", "!QAZ2wsx#EDC", "Zhengwu-2026", "Aa1234567890", "Wang19880704",
		"AdminAdmin1!", "Tongban@123456", "Woaini-1314520", "Abcdefghij1!", "Aaaaaaaaa1!", "Asdfghjkl123", "Zxcvbnm,123", "Changeme2026!", "Wangfang@1990",
		"Sichuan-Mianyang-1", "0987654321Aa", "Xitong.Guanliyuan1",
	} {
		if CheckPassword("", pw) == nil {
			t.Errorf("%q is taken", pw)
		}
	}
	for _, pw := range []string{
		"Correct-Horse-9", "Drei-Birnen-17-im-Korb", "lanse.Chuanghu.87", "Kp7#vTq2mZx", "三只猫坐在Window上9", "Ferry&Lantern52",
	} {
		if err := CheckPassword("", pw); err != nil {
			t.Errorf("%q: %v", pw, err)
		}
	}
}

func TestRandomPasswords(t *testing.T) {
	seen := map[string]bool{}
	for range 500 {
		p := RandomPassword()
		if seen[p] || len(p) < 20 || CheckPassword("", p) != nil {
			t.Fatalf("%q", p)
		}
		seen[p] = true
	}
}

func FuzzParseHash(f *testing.F) {
	good, _ := newHasher(cheap).hash(context.Background(), "x")
	f.Add(good)
	f.Add("$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAA$AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		c, salt, sum, err := parseHash(s)
		if err == nil && (c.memory > 1<<20 || c.passes > 16 || len(sum) != hashSize || len(salt) < 8) {
			t.Errorf("%q", s)
		}
	})
}
