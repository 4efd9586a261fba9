package joined_test

import (
	"testing"

	"tongban/central/modules/joined"
)

func TestTheStateOfABundle(t *testing.T) {
	w, u, s, d, r := joined.Waiting, joined.Underway, joined.Supplement, joined.Done, joined.Refused
	for _, c := range []struct {
		items []joined.State
		want  joined.State
	}{
		{nil, u}, {[]joined.State{w, w}, u}, {[]joined.State{d, w}, u}, {[]joined.State{d, u}, u}, {[]joined.State{d, d}, d}, {[]joined.State{d, r}, r},
		{[]joined.State{r, r}, r}, {[]joined.State{r, w}, u}, {[]joined.State{d, s}, s}, {[]joined.State{r, s, u}, s},
	} {
		if got, text := joined.Overall(c.items); got != c.want || text == "" {
			t.Errorf("%v → %s %q, want %s", c.items, got, text, c.want)
		}
	}
}
