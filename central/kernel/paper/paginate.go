package paper

const (
	rowsWithSign = 2    // so many table rows at least go with the signature to the last page
	textWithSign = 30.0 // or so many millimetres of text, where no row can
)

// paginate deals the units out to pages. The last page ends above the signature zone, the others above the foot. Where the text fits
// the pages but not above the signature, the break is moved up so that the signature takes company along: two table rows where the
// last table can be cut there, else two units.
func paginate(units []unit) [][]unit {
	var pages [][]unit
	for first := true; ; first = false {
		start := flowStart(first)
		if height(units) <= signTop-start {
			return append(pages, units)
		}
		n := cut(units, fill(units, flowBottom-start))
		pages = append(pages, units[:n])
		units = units[n:]
	}
}

// cut moves the break above units[n] up where what follows it would be too little company for the signature.
func cut(units []unit, n int) int {
	rest := units[n:]
	if len(rest) > 0 && height(rest) > signTop-flowTopNext {
		return n // another page comes in between
	}
	if rows(rest) < rowsWithSign {
		if m, ok := aboveRows(units); ok {
			return min(n, m)
		}
	}
	if len(rest) < 2 || height(rest) < textWithSign {
		return min(n, aboveText(units))
	}
	return n
}

func rows(units []unit) int {
	n := 0
	for _, u := range units {
		if u.row {
			n++
		}
	}
	return n
}

// height is what the units take from the top of a page.
func height(units []unit) float64 {
	h := 0.0
	for i, u := range units {
		if i > 0 {
			h += u.before
		} else if u.repeat != nil {
			h += u.repeat.height
		}
		h += u.height
	}
	return h
}

// fill returns how many units go on a page of that height; at least one, so that something too tall is cut off rather than looped over.
func fill(units []unit, room float64) int {
	n := len(units)
	for n > 1 && height(units[:n]) > room {
		n--
	}
	if n == len(units) {
		return n
	}
	for m := n; m > 1; m-- {
		if !units[m-1].keepNext {
			return m
		}
	}
	return n
}

// aboveRows returns the lowest cut that sends at least two rows of the last table along and leaves at least two above it.
func aboveRows(units []unit) (int, bool) {
	for n := len(units) - 1; n > 0; n-- {
		if rows(units[n:]) >= rowsWithSign && cuttable(units, n) && rowsBefore(units, n) >= rowsWithSign {
			return n, true
		}
	}
	return 0, false
}

// aboveText returns the lowest cut above a new part of the text with enough to go along, else above any two units.
func aboveText(units []unit) int {
	for n := len(units) - 2; n > 0; n-- {
		if cuttable(units, n) && units[n].before > 0 && height(units[n:]) >= textWithSign {
			return n
		}
	}
	for n := len(units) - 2; n > 0; n-- {
		if cuttable(units, n) {
			return n
		}
	}
	return max(len(units)-1, 1)
}

// cuttable reports whether the last page may begin with units[n].
func cuttable(units []unit, n int) bool {
	return !units[n-1].keepNext && height(units[n:]) <= signTop-flowTopNext
}

// rowsBefore counts the rows directly above units[n] that belong to the same table; a cut above the table counts as enough.
func rowsBefore(units []unit, n int) int {
	if !units[n].row || !units[n-1].row {
		return rowsWithSign
	}
	count := 0
	for i := n - 1; i >= 0 && units[i].row && !units[i].tableEnd; i-- {
		count++
	}
	return count
}
