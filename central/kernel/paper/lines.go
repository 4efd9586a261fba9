package paper

import "tongban/central/kernel/paper/sheet"

// glyph is one character with its natural advance in millimetres.
type glyph struct {
	r    rune
	bold bool
	adv  float64
}

// line is one set line: glyph i has its origin at at[i] millimetres from the line's start.
type line struct {
	glyphs []glyph
	at     []float64
	width  float64 // to the end of the ink; the blank half of a final mark is not counted
}

// frame is the space a paragraph is set in.
type frame struct {
	width   float64
	indent  float64 // of the first line
	justify bool    // bring the right edge into line where that needs little
}

// setLines breaks the text into lines of at most the frame's width. Text that cannot be broken is broken anyway rather than lost.
func (e *Engine) setLines(t Text, size float64, f frame) []line {
	var lines []line
	for _, paragraph := range e.glyphs(t, size) {
		lines = append(lines, setParagraph(paragraph, em(size), f)...)
	}
	return lines
}

// width measures text set on one line.
func (e *Engine) width(t Text, size float64) float64 {
	lines := e.setLines(t, size, frame{width: 1e6})
	if len(lines) == 0 {
		return 0
	}
	return lines[0].width
}

func em(size float64) float64 { return size / sheet.PointsPerMM }

// glyphs measures the text and splits it at line feeds.
func (e *Engine) glyphs(t Text, size float64) [][]glyph {
	out := [][]glyph{nil}
	for _, run := range t {
		face := e.faces.Regular
		if run.Bold {
			face = e.faces.Bold
		}
		for _, r := range clean(run.Text) {
			if r == '\n' {
				out = append(out, nil)
				continue
			}
			out[len(out)-1] = append(out[len(out)-1], glyph{r: r, bold: run.Bold, adv: face.Advance(r) * em(size)})
		}
	}
	return out
}

func setParagraph(glyphs []glyph, em float64, f frame) []line {
	if len(glyphs) == 0 {
		return []line{{}}
	}
	starts := breakAt(glyphs, em, f)
	starts = avoidLoneCharacter(glyphs, starts)
	lines := make([]line, 0, len(starts))
	for i, start := range starts {
		end := len(glyphs)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		indent := 0.0
		if i == 0 {
			indent = f.indent
		}
		l := place(glyphs[start:end], em, indent)
		if f.justify && i+1 < len(starts) {
			l.stretch(f.width-l.width, em)
		}
		lines = append(lines, l)
	}
	return lines
}

// breakAt returns the index of the first glyph of each line.
func breakAt(glyphs []glyph, em float64, f frame) []int {
	starts := []int{0}
	start, lastBreak := 0, -1
	x := f.indent
	for i := range glyphs {
		if i > start && mayBreak(runeAt(glyphs, i-2), glyphs[i-1].r, glyphs[i].r) {
			lastBreak = i
		}
		advance := glyphs[i].adv - squeezed(glyphs, i, start, em)
		need := x + advance
		if blankAfter(glyphs[i].r) {
			need -= em / 2 // the blank half may hang over the edge
		}
		if need > f.width+1e-6 && i > start && glyphs[i].r != ' ' {
			if lastBreak <= start {
				lastBreak = i // one long word: break it here
			}
			start = lastBreak
			starts = append(starts, start)
			lastBreak = -1
			x = 0
			for j := start; j < i; j++ {
				x += glyphs[j].adv - squeezed(glyphs, j, start, em)
			}
		}
		x += advance
	}
	return starts
}

func runeAt(glyphs []glyph, i int) rune {
	if i < 0 {
		return 0
	}
	return glyphs[i].r
}

// squeezed is how much narrower glyph i is because of the mark before or after it. Only marks that are one em wide have a blank half.
func squeezed(glyphs []glyph, i, start int, em float64) float64 {
	g := glyphs[i]
	if g.adv < 0.95*em {
		return 0
	}
	if blankAfter(g.r) && i+1 < len(glyphs) && glyphs[i+1].adv >= 0.95*em {
		if next := glyphs[i+1].r; blankAfter(next) || blankBefore(next) {
			return em / 2
		}
	}
	if blankBefore(g.r) && i > start && glyphs[i-1].adv >= 0.95*em && blankBefore(glyphs[i-1].r) {
		return em / 2
	}
	return 0
}

// avoidLoneCharacter moves one more character down where the last line would hold a single one.
func avoidLoneCharacter(glyphs []glyph, starts []int) []int {
	n := len(starts)
	if n < 2 {
		return starts
	}
	last, ink := starts[n-1], 0
	for _, g := range glyphs[last:] {
		if g.r != ' ' && !noStart(g.r) {
			ink++
		}
	}
	if ink > 1 {
		return starts
	}
	for i := last - 1; i > starts[n-2]+4; i-- {
		if mayBreak(runeAt(glyphs, i-2), glyphs[i-1].r, glyphs[i].r) {
			starts[n-1] = i
			return starts
		}
	}
	return starts
}

func place(glyphs []glyph, em, indent float64) line {
	for len(glyphs) > 0 && glyphs[len(glyphs)-1].r == ' ' {
		glyphs = glyphs[:len(glyphs)-1]
	}
	l := line{glyphs: glyphs, at: make([]float64, len(glyphs))}
	x := indent
	for i, g := range glyphs {
		narrow := squeezed(glyphs, i, 0, em)
		l.at[i] = x
		if narrow > 0 && blankBefore(g.r) {
			l.at[i] -= narrow
		}
		x += g.adv - narrow
		l.width = x
		if blankAfter(g.r) && g.adv >= 0.95*em && narrow == 0 {
			l.width -= em / 2
		}
	}
	return l
}

// ink is the width of glyph i up to where the next one begins.
func (l *line) ink(i int) float64 {
	if i+1 < len(l.at) {
		return min(l.glyphs[i].adv, l.at[i+1]-l.at[i])
	}
	return max(l.width-l.at[i], 0)
}

// stretch spreads the slack between characters, not inside words and numbers. More than a twelfth of an em at one place would look
// like a space, and would be copied as one, so such a line stays as it is.
func (l *line) stretch(slack, em float64) {
	var gaps []int
	for i := 1; i < len(l.glyphs); i++ {
		if !(isWord(l.glyphs[i-1].r) && isWord(l.glyphs[i].r)) {
			gaps = append(gaps, i)
		}
	}
	if slack <= 0 || len(gaps) == 0 || slack/float64(len(gaps)) > em/12 {
		return
	}
	each, moved, next := slack/float64(len(gaps)), 0.0, 0
	for i := range l.at {
		if next < len(gaps) && gaps[next] == i {
			moved += each
			next++
		}
		l.at[i] += moved
	}
	l.width += slack
}
