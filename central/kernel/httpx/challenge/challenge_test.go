package challenge_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tongban/central/kernel/httpx/challenge"
	"tongban/central/kernel/kerneltest"
)

const login, source = "login:zhou", "source:192.0.2.7"

func scene(t *testing.T, k *kerneltest.Kit) *challenge.Service {
	t.Helper()
	k.Migrate(t, challenge.Migrations())
	return challenge.New(challenge.Options{DB: k.DB, Vault: k.Vault, Clock: k.Clock})
}

func fail(t *testing.T, s *challenge.Service, n int, keys ...string) {
	t.Helper()
	for range n {
		if err := s.Failed(t.Context(), "sign-in", keys...); err != nil {
			t.Fatal(err)
		}
	}
}

func puzzle(t *testing.T, s *challenge.Service, keys ...string) challenge.Puzzle {
	t.Helper()
	p, err := s.Puzzle(t.Context(), "sign-in", keys...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWorkIsAskedAfterThreeFailures(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := scene(t, k)
		fail(t, s, 2, login, source)
		if err := s.Check(t.Context(), "sign-in", "", login, source); err != nil {
			t.Fatalf("after two failures: %v", err)
		}
		fail(t, s, 1, login, source)
		if err := s.Check(t.Context(), "sign-in", "", login, source); !errors.Is(err, challenge.ErrRequired) {
			t.Fatalf("after three: %v", err)
		}
		if err := s.Check(t.Context(), "sign-in", "", "login:other", source); !errors.Is(err, challenge.ErrRequired) {
			t.Errorf("another login from the same address: %v", err)
		}
		if err := s.Check(t.Context(), "sign-in", "", "login:other", "source:192.0.2.8"); err != nil {
			t.Errorf("others pay too: %v", err)
		}

		p := puzzle(t, s, login)
		solution := challenge.Solve(p)
		if err := s.Check(t.Context(), "look-up", solution, login); err != nil {
			t.Errorf("no failures for this purpose: %v", err)
		}
		if err := s.Check(t.Context(), "sign-in", solution, login); err != nil {
			t.Errorf("solved: %v", err)
		}
		if err := s.Check(t.Context(), "sign-in", solution, login); !errors.Is(err, challenge.ErrUnsolved) {
			t.Errorf("used twice: %v", err)
		}

		if err := s.Passed(t.Context(), "sign-in", login, source); err != nil {
			t.Fatal(err)
		}
		if err := s.Check(t.Context(), "sign-in", "", login, source); err != nil {
			t.Errorf("after a success: %v", err)
		}
	})
}

func TestItGetsHarderAndIsForgotten(t *testing.T) {
	k := kerneltest.New(t)
	s := scene(t, k)
	if p := puzzle(t, s, login); p.Bits != 0 {
		t.Errorf("%d bits before any failure", p.Bits)
	}
	fail(t, s, 3, login)
	easy := puzzle(t, s, login)
	solution := challenge.Solve(easy)
	fail(t, s, 1, login)
	if p := puzzle(t, s, login); p.Bits != easy.Bits+1 {
		t.Errorf("%d bits after one more failure, want %d", p.Bits, easy.Bits+1)
	}
	if err := s.Check(t.Context(), "sign-in", solution, login); !errors.Is(err, challenge.ErrUnsolved) {
		t.Errorf("a puzzle kept from easier times: %v", err)
	}
	fail(t, s, 50, login)
	if p := puzzle(t, s, login); p.Bits > 17 {
		t.Errorf("%d bits: an old phone would never get through", p.Bits)
	}
	k.Clock.Advance(16 * time.Minute)
	if err := s.Check(t.Context(), "sign-in", "", login); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
	fail(t, s, 1, login)
	if p := puzzle(t, s, login); p.Bits != 0 {
		t.Error("old failures count again")
	}
}

func TestWhatDoesNotSolve(t *testing.T) {
	k := kerneltest.New(t)
	s := scene(t, k)
	fail(t, s, 3, login)
	p := puzzle(t, s, login)
	good := challenge.Solve(p)
	token, numbers, _ := strings.Cut(good, "~")
	harder, err := s.Puzzle(t.Context(), "look-up", login)
	if err != nil {
		t.Fatal(err)
	}
	harder.Bits = p.Bits
	for name, solution := range map[string]string{
		"text": "x", "no numbers": token, "empty numbers": token + "~", "fewer": token + "~" + numbers[:strings.LastIndex(numbers, ",")],
		"wrong": token + "~0,0,0,0,0,0,0,0", "sign": token + "~" + "-1" + numbers, "changed": strings.Replace(good, ".11.", ".00.", 1),
		"another purpose": challenge.Solve(harder), "long": token + "~" + strings.Repeat("1", 400), "dots": "....~1", "tilde": "~",
	} {
		if err := s.Check(t.Context(), "sign-in", solution, login); !errors.Is(err, challenge.ErrUnsolved) {
			t.Errorf("%s: %v", name, err)
		}
	}
	k.Clock.Advance(3 * time.Minute)
	if err := s.Check(t.Context(), "sign-in", good, login); !errors.Is(err, challenge.ErrUnsolved) {
		t.Errorf("three minutes later: %v", err)
	}
}

// A solution counts once, over two copies of the centre.
func TestASolutionCountsOnceEverywhere(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a := scene(t, k)
		twin := k.Twin(t)
		b := challenge.New(challenge.Options{DB: twin.DB, Vault: twin.Vault, Clock: twin.Clock})
		fail(t, a, 3, login)
		solution := challenge.Solve(puzzle(t, a, login))
		var passed atomic.Int32
		var wg sync.WaitGroup
		for i := range 10 {
			s := []*challenge.Service{a, b}[i%2]
			wg.Go(func() {
				if s.Check(t.Context(), "sign-in", solution, login) == nil {
					passed.Add(1)
				}
			})
		}
		wg.Wait()
		if passed.Load() != 1 {
			t.Errorf("counted %d times", passed.Load())
		}
	})
}
