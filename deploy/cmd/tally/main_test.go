package main

import (
	"io"
	"strings"
	"testing"
)

// A package that dies takes its running test with it: what that test said is printed, or nobody knows why.
func TestADeadPackageShowsItsRunningTest(t *testing.T) {
	in := strings.Join([]string{
		`{"Action":"output","Package":"a","Test":"TestGood","Output":"quiet\n"}`,
		`{"Action":"output","Package":"ab","Test":"TestWrong","Output":"3 is not 4\n"}`,
		`{"Action":"fail","Package":"ab","Test":"TestWrong"}`,
		`{"Action":"pass","Package":"a","Test":"TestGood"}`,
		`{"Action":"output","Package":"a","Test":"TestHangs","Output":"panic: test timed out\n"}`,
		`{"Action":"output","Package":"ab","Test":"TestOther","Output":"not ended yet\n"}`,
		`{"Action":"fail","Package":"a","Elapsed":600}`,
		`{"Action":"pass","Package":"ab","Test":"TestOther"}`,
		`{"Action":"skip","Package":"ab","Test":"TestLater"}`,
		`{"Action":"pass","Package":"ab","Elapsed":1}`,
	}, "\n")
	var out, failed strings.Builder
	n, err := tally(strings.NewReader(in), &out, &failed, newFaults())
	if want := (counts{passed: 2, failed: 2, skipped: 1}); err != nil || n != want {
		t.Errorf("%+v, %v; want %+v", n, err, want)
	}
	if got, want := out.String(), "3 is not 4\nFAIL\ta\t600.0s\npanic: test timed out\nok  \tab\t1.0s\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
	if got, want := failed.String(), "3 is not 4\nFAIL\ta\t600.0s\npanic: test timed out\n"; got != want {
		t.Errorf("kept of what failed %q, want %q", got, want)
	}
}

// Of two rounds the longest time of each driver counts, over all its tests; a round that died is a crash of the drivers under way.
func TestFaultsOfEachDriver(t *testing.T) {
	in := strings.Join([]string{
		`{"Action":"attr","Package":"a","Test":"TestOne/fault/cut","Key":"told","Value":"idcard/sdt 480ms"}`,
		`{"Action":"attr","Package":"a","Test":"TestOne/fault/cut","Key":"back","Value":"idcard/sdt 1.2s"}`,
		`{"Action":"attr","Package":"a","Test":"TestOne","Key":"colour","Value":"red 9s"}`,
		`{"Action":"pass","Package":"a","Test":"TestOne/fault/cut"}`,
		`{"Action":"pass","Package":"a","Test":"TestOne"}`,
		`{"Action":"attr","Package":"a","Test":"TestOne/fault/cut","Key":"told","Value":"idcard/sdt 2.51s"}`,
		`{"Action":"pass","Package":"a","Test":"TestOne"}`,
		`{"Action":"attr","Package":"a","Test":"TestTwo/silent","Key":"told","Value":"idcard/sdt 90ms"}`,
		`{"Action":"attr","Package":"a","Test":"TestPad/cut","Key":"told","Value":"signature/digitizer 10ms"}`,
		`{"Action":"pass","Package":"a","Test":"TestTwo"}`,
		`{"Action":"output","Package":"a","Test":"TestPad/cut","Output":"panic: no\n"}`,
		`{"Action":"output","Package":"a","Test":"TestPad","Output":"=== RUN\n"}`,
		`{"Action":"fail","Package":"a","Elapsed":1}`,
	}, "\n")
	f := newFaults()
	var out strings.Builder
	if _, err := tally(strings.NewReader(in), &out, io.Discard, f); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	f.print(&out)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, want := range [][]string{
		{"idcard/sdt", "2 rounds, 0 crashes", "told     3 times, at most after 2.51 s", "back after a replug    1 times, at most after 1.20 s"},
		{"signature/digitizer", "0 rounds, 1 crashes", "told     1 times, at most after 0.01 s"},
	} {
		for _, w := range want {
			if i >= len(lines) || !strings.Contains(lines[i], w) {
				t.Fatalf("%q is not in line %d of\n%s", w, i, out.String())
			}
		}
	}
}
