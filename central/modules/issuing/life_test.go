package issuing

import "testing"

// Every state × act, written out: what is not here is forbidden.
func TestLife(t *testing.T) {
	type row struct {
		from State
		act  Act
	}
	allowed := map[row]State{
		{Ready, ActHand}: Handed, {Ready, ActPost}: Posted, {Posted, ActRefuse}: Ready, {Posted, ActDeliver}: Delivered, {Posted, ActReturn}: Returned,
		{Posted, ActLose}: Ready, {Returned, ActHand}: Handed, {Returned, ActPost}: Posted,
	}
	for _, from := range []State{Ready, Posted, Returned, Handed, Delivered, "nonsense"} {
		for _, act := range []Act{ActHand, ActPost, ActRefuse, ActDeliver, ActReturn, ActLose, "nonsense"} {
			want := allowed[row{from, act}]
			if got, err := Next(from, act); got != want || (err == nil) != (want != "") {
				t.Errorf("%s, %s → %q, %v; want %q", from, act, got, err, want)
			}
		}
	}
}

func TestTaskLife(t *testing.T) {
	type row struct {
		from TaskState
		act  TaskAct
	}
	allowed := map[row]TaskState{
		{Open, TaskAssign}: Assigned, {Assigned, TaskAssign}: Assigned, {Assigned, TaskCall}: Called, {Called, TaskCall}: Called,
		{Called, TaskAnswer}: Answered, {Answered, TaskReject}: Assigned, {Answered, TaskClose}: Closed,
	}
	for _, from := range []TaskState{Open, Assigned, Called, Answered, Closed, "nonsense"} {
		for _, act := range []TaskAct{TaskAssign, TaskCall, TaskAnswer, TaskReject, TaskClose, "nonsense"} {
			want := allowed[row{from, act}]
			if got, err := NextTask(from, act); got != want || (err == nil) != (want != "") {
				t.Errorf("%s, %s → %q, %v; want %q", from, act, got, err, want)
			}
		}
	}
}
