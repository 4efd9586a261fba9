package catalogue_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/central/modules/catalogue"
)

// Every state × every act: what is in this table leads where it says, everything else is refused.
func TestLifeOfADraft(t *testing.T) {
	states := []catalogue.State{
		catalogue.Pending, catalogue.Drafting, catalogue.Reviewing, catalogue.Returned, catalogue.Approved, catalogue.Released, catalogue.Discarded,
	}
	acts := []catalogue.Act{
		catalogue.ActSave, catalogue.ActSubmit, catalogue.ActRecall, catalogue.ActReturn, catalogue.ActApprove, catalogue.ActPublish, catalogue.ActDiscard,
	}
	want := map[catalogue.State]map[catalogue.Act]catalogue.State{
		catalogue.Pending:   {catalogue.ActSave: catalogue.Drafting, catalogue.ActDiscard: catalogue.Discarded},
		catalogue.Drafting:  {catalogue.ActSave: catalogue.Drafting, catalogue.ActSubmit: catalogue.Reviewing, catalogue.ActDiscard: catalogue.Discarded},
		catalogue.Reviewing: {catalogue.ActRecall: catalogue.Drafting, catalogue.ActReturn: catalogue.Returned, catalogue.ActApprove: catalogue.Approved},
		catalogue.Returned:  {catalogue.ActSave: catalogue.Returned, catalogue.ActSubmit: catalogue.Reviewing, catalogue.ActDiscard: catalogue.Discarded},
		catalogue.Approved:  {catalogue.ActRecall: catalogue.Drafting, catalogue.ActReturn: catalogue.Returned, catalogue.ActPublish: catalogue.Released},
	}
	for _, from := range states {
		listed := map[catalogue.Act]bool{}
		for _, a := range catalogue.Acts(from, func(string) bool { return true }) {
			listed[a] = true
		}
		for _, act := range acts {
			to, perm, err := catalogue.Next(from, act)
			expected, ok := want[from][act]
			if ok != (err == nil) || to != expected || ok != listed[act] || ok != (perm != "") {
				t.Errorf("%s %s: to %q by %q, %v, listed %v; want %q", from, act, to, perm, err, listed[act], expected)
			}
			if err != nil && !errors.Is(err, catalogue.ErrNotNow) {
				t.Error(err)
			}
		}
		if from.Text() == string(from) || from.Open() != (len(want[from]) > 0) {
			t.Errorf("%s is %q, open %v", from, from.Text(), from.Open())
		}
	}
	if d := cmp.Diff([]catalogue.Act{catalogue.ActReturn, catalogue.ActApprove}, catalogue.Acts(catalogue.Reviewing, func(p string) bool { return p == catalogue.PermReview })); d != "" {
		t.Error(d)
	}
}

// Every standing × every operation.
func TestLifeOfAnItem(t *testing.T) {
	want := map[catalogue.Standing]map[catalogue.Operation]catalogue.Standing{
		catalogue.Active: {
			catalogue.OpSuspend: catalogue.Suspended, catalogue.OpCancel: catalogue.Cancelled, catalogue.OpSplit: catalogue.Cancelled, catalogue.OpMerge: catalogue.Cancelled,
		},
		catalogue.Suspended: {catalogue.OpResume: catalogue.Active, catalogue.OpCancel: catalogue.Cancelled},
		catalogue.Cancelled: {catalogue.OpResume: catalogue.Active},
	}
	for _, from := range []catalogue.Standing{catalogue.Active, catalogue.Suspended, catalogue.Cancelled} {
		if n := len(catalogue.Turns(from)); n != len(want[from]) {
			t.Errorf("%s: %d turns", from, n)
		}
		for _, op := range []catalogue.Operation{
			catalogue.OpAdd, catalogue.OpChange, catalogue.OpSuspend, catalogue.OpResume, catalogue.OpCancel, catalogue.OpSplit, catalogue.OpMerge,
		} {
			to, err := catalogue.Turn(from, op)
			if expected, ok := want[from][op]; ok != (err == nil) || to != expected || op.Text() == "" {
				t.Errorf("%s %s: %q, %v", from, op, to, err)
			}
		}
	}
}
