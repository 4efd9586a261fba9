package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/crypto/argon2"

	"tongban/central/kernel/errs"
)

// cost is what one password check costs (OWASP's second choice for argon2id):
// 19 MiB and two passes, some 30 ms on the reference machine.
type cost struct {
	memory uint32 // KiB
	passes uint32
}

var (
	usual = cost{memory: 19 * 1024, passes: 2}
	quick = cost{memory: 64, passes: 1}
)

func (l Limits) hash() cost {
	if l.QuickHash {
		return quick
	}
	return usual
}

const (
	saltSize = 16
	hashSize = 32
	// atOnce bounds the memory and the processors that checking passwords may
	// take: a burst of logins must not starve the counters.
	atOnce = 2
	// inLine is how many checks may wait before more are refused.
	inLine = 64
)

// hasher checks passwords, a bounded number at a time.
type hasher struct {
	cost  cost
	slots chan struct{}
	line  chan struct{}
}

func newHasher(c cost) *hasher {
	return &hasher{cost: c, slots: make(chan struct{}, atOnce), line: make(chan struct{}, inLine)}
}

// enter waits for a slot; too long a line is refused at once.
func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.line <- struct{}{}:
	default:
		return nil, errs.E(errs.TooMany, "auth.busy", "同时登录的人太多，请过一会儿再试", nil)
	}
	defer func() { <-h.line }()
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hash returns password in the PHC string format.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := make([]byte, saltSize)
	rand.Read(salt)
	sum := argon2.IDKey([]byte(password), salt, h.cost.passes, h.cost.memory, 1, hashSize)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s",
		argon2.Version, h.cost.memory, h.cost.passes, b64(salt), b64(sum)), nil
}

// check reports whether password is the one behind kept. With an empty kept it
// takes the same time and says no, so that nobody learns which logins exist.
func (h *hasher) check(ctx context.Context, kept, password string) (bool, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	c, salt, want := h.cost, make([]byte, saltSize), make([]byte, hashSize)
	if kept != "" {
		if c, salt, want, err = parseHash(kept); err != nil {
			return false, err
		}
	}
	got := argon2.IDKey([]byte(password), salt, c.passes, c.memory, 1, hashSize)
	return subtle.ConstantTimeCompare(got, want) == 1 && kept != "", nil
}

var errHash = errors.New("kept password is not an argon2id hash")

func parseHash(s string) (c cost, salt, sum []byte, err error) {
	part := strings.Split(s, "$")
	if len(part) != 6 || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=1", &c.memory, &c.passes); err != nil {
		return c, nil, nil, errHash
	}
	// A row somebody tampered with must not order gigabytes.
	if c.memory < 8 || c.memory > 1<<20 || c.passes < 1 || c.passes > 16 {
		return c, nil, nil, errHash
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(part[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(part[5])
	if err1 != nil || err2 != nil || len(sum) != hashSize || len(salt) < 8 {
		return c, nil, nil, errHash
	}
	return c, salt, sum, nil
}

// CheckPassword says whether password may be used with login: 10 to 128
// characters, three of the four classes (lower, upper, digit, other), not the
// login inside it, and not Common (GB/T 22239-2019 8.1.4.1 a).
func CheckPassword(login, password string) error {
	const words = "密码至少 10 位，要有大写字母、小写字母、数字、符号中的三种；不能含登录名，不能是常见的词、键盘上连着的键或日期"
	weak := func(why string) error {
		return errs.E(errs.Invalid, "auth.weak_password", words, errors.New(why))
	}
	if n := len([]rune(password)); n < 10 || n > 128 {
		return weak("length")
	}
	if login != "" && strings.Contains(strings.ToLower(password), strings.ToLower(login)) {
		return weak("contains the login")
	}
	var lower, upper, digit, other int
	for _, r := range password {
		switch {
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	if lower+upper+digit+other < 3 {
		return weak("classes")
	}
	if Common(password) {
		return weak("common")
	}
	return nil
}

// RandomPassword returns a password for a first sign-in: 20 characters that
// can be told apart on paper, about 95 bits.
func RandomPassword() string {
	const letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	for {
		raw := make([]byte, 64)
		rand.Read(raw)
		var b strings.Builder
		for _, c := range raw {
			if int(c) >= 256-256%len(letters) { // keep every letter equally likely
				continue
			}
			if b.Len() > 0 && b.Len()%6 == 5 {
				b.WriteByte('-')
			}
			if b.WriteByte(letters[int(c)%len(letters)]); b.Len() >= 20 {
				break
			}
		}
		if CheckPassword("", b.String()) == nil {
			return b.String()
		}
	}
}
