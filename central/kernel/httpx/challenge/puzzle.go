package challenge

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"tongban/central/kernel/ids"
)

// Puzzle is what a page must solve (谜题): for each i below Rounds, a number n such that SHA-256 of the text
// "<token>:<i>:<n>" begins with Bits zero bits. Several small rounds take nearly the same time whoever is lucky; one big
// round would not. SHA-256 and not SM3, because it is the browser that computes.
type Puzzle struct {
	Token   string    `json:"token" doc:"谜题本身，原样交回"`
	Rounds  int       `json:"rounds" doc:"要解几个"`
	Bits    int       `json:"bits" doc:"每个答案的散列以几个零比特开头；0 表示这次不用解"`
	Expires time.Time `json:"expires" doc:"到这时失效"`
}

const (
	rounds  = 8
	good    = 2 * time.Minute
	lowest  = 11 // 8 × 2^11 hashes: some 50 ms in a browser
	highest = 17 // 8 × 2^17: a few seconds
)

// token is "id.purpose.bits.expiry.mac"; the purpose has no dot.
func (s *Service) puzzle(purpose string, difficulty int, now time.Time) Puzzle {
	until := now.Add(good)
	text := strings.Join([]string{ids.Key(), purpose, strconv.Itoa(difficulty), strconv.FormatInt(until.Unix(), 10)}, ".")
	return Puzzle{Token: text + "." + s.sign(text), Rounds: rounds, Bits: difficulty, Expires: time.Unix(until.Unix(), 0)}
}

func (s *Service) sign(text string) string { return s.o.Vault.Blind("challenge.token", text)[:32] }

// solved is a proven solution.
type solved struct {
	id    string
	bits  int
	until time.Time
}

// check proves a solution "token~n0,n1,…". The error is for the log.
func (s *Service) check(purpose, solution string, now time.Time) (solved, error) {
	token, numbers, ok := strings.Cut(solution, "~")
	if !ok || len(solution) > 400 {
		return solved{}, fmt.Errorf("no solution")
	}
	text, mac := token[:max(strings.LastIndexByte(token, '.'), 0)], token[strings.LastIndexByte(token, '.')+1:]
	if !hmac.Equal([]byte(mac), []byte(s.sign(text))) {
		return solved{}, fmt.Errorf("not our puzzle")
	}
	parts := strings.Split(text, ".") // ours, so that the shape is known
	difficulty, _ := strconv.Atoi(parts[2])
	sec, _ := strconv.ParseInt(parts[3], 10, 64)
	out := solved{id: parts[0], bits: difficulty, until: time.Unix(sec, 0)}
	switch {
	case parts[1] != purpose:
		return solved{}, fmt.Errorf("puzzle is for %s", parts[1])
	case now.After(out.until):
		return solved{}, fmt.Errorf("puzzle has expired")
	}
	ns := strings.Split(numbers, ",")
	if len(ns) != rounds {
		return solved{}, fmt.Errorf("%d rounds of %d", len(ns), rounds)
	}
	for i, n := range ns {
		if _, err := strconv.ParseUint(n, 10, 53); err != nil || zeros(token, i, n) < difficulty {
			return solved{}, fmt.Errorf("round %d is not solved", i)
		}
	}
	return out, nil
}

func zeros(token string, round int, n string) int {
	sum := sha256.Sum256([]byte(token + ":" + strconv.Itoa(round) + ":" + n))
	return bits.LeadingZeros64(binary.BigEndian.Uint64(sum[:8]))
}

// Solve does the page's work; tests and the tools of the whole use it.
func Solve(p Puzzle) string {
	numbers := make([]string, p.Rounds)
	for i := range numbers {
		for n := uint64(0); ; n++ {
			numbers[i] = strconv.FormatUint(n, 10)
			if zeros(p.Token, i, numbers[i]) >= p.Bits {
				break
			}
		}
	}
	return p.Token + "~" + strings.Join(numbers, ",")
}

// short names a solved puzzle in the table.
func short(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}
