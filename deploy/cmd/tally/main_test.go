package main

import (
	"strings"
	"testing"
)

// A package that dies takes its running test with it: what that test said is printed, or nobody knows why.
func TestADeadPackageShowsItsRunningTest(t *testing.T) {
	in := strings.Join([]string{
		`{"Action":"output","Package":"a","Test":"TestGood","Output":"quiet\n"}`,
		`{"Action":"pass","Package":"a","Test":"TestGood"}`,
		`{"Action":"output","Package":"a","Test":"TestHangs","Output":"panic: test timed out\n"}`,
		`{"Action":"output","Package":"ab","Test":"TestOther","Output":"not ended yet\n"}`,
		`{"Action":"fail","Package":"a","Elapsed":600}`,
		`{"Action":"pass","Package":"ab","Test":"TestOther"}`,
		`{"Action":"skip","Package":"ab","Test":"TestLater"}`,
		`{"Action":"pass","Package":"ab","Elapsed":1}`,
	}, "\n")
	var out strings.Builder
	n, err := tally(strings.NewReader(in), &out)
	if want := (counts{passed: 2, failed: 1, skipped: 1}); err != nil || n != want {
		t.Errorf("%+v, %v; want %+v", n, err, want)
	}
	if got, want := out.String(), "FAIL\ta\t600.0s\npanic: test timed out\nok  \tab\t1.0s\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}
