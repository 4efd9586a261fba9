package app

import (
	"testing"

	"tongban/central/kernel/errs"
	"tongban/central/modules/issuing"
	"tongban/central/modules/issuing/internal/store"
)

// Who may do what on a bad rating, for every act and every part that somebody can have in it.
func TestWhoWorksOnABadRating(t *testing.T) {
	task := store.Task{Handler: "rated", AssigneeID: "given", Answered: "given"}
	none, self, other, answered := "", errs.CodeOf(errRatedOne), errs.CodeOf(errOther), errs.CodeOf(errSelf)
	for act, want := range map[issuing.TaskAct]map[string]string{
		issuing.TaskAssign: {"rated": none, "given": none, "third": none},
		issuing.TaskCall:   {"rated": self, "given": none, "third": other},
		issuing.TaskAnswer: {"rated": self, "given": none, "third": other},
		issuing.TaskReject: {"rated": self, "given": answered, "third": none},
		issuing.TaskClose:  {"rated": self, "given": answered, "third": none},
	} {
		for who, code := range want {
			if err := mayDo(task, who, act); errs.CodeOf(err) != code {
				t.Errorf("%s by %s: %v, want %q", act, who, err, code)
			}
		}
	}
	if err := mayDo(store.Task{Handler: "", AssigneeID: "given"}, "given", issuing.TaskCall); err != nil {
		t.Errorf("a rating of nobody in particular: %v", err)
	}
	if err := mayDo(store.Task{Assignee: "周敏"}, "given", issuing.TaskCall); errs.CodeOf(err) != other {
		t.Errorf("a task that was given by name only: %v", err)
	}
	// Given on after an answer that was sent back: the one who answered before may not check the new answer of another.
	if err := mayDo(store.Task{AssigneeID: "second", Answered: "given"}, "given", issuing.TaskClose); errs.CodeOf(err) != answered {
		t.Errorf("checked by whoever answered: %v", err)
	}
}
