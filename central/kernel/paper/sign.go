package paper

// Sign is the foot of the text on the last page: who decided, when, the seal, and who received the paper.
type Sign struct {
	Body     string
	Date     string // 2026 年 11 月 23 日
	Seal     *Seal
	Receiver []Blank
}

// Blank is a line to sign or, with a value, one that is filled in.
type Blank struct{ Label, Value string }

func (l *layout) sign(p *painter) {
	s := l.doc.Sign
	m := measure{14, 7.9}
	dateTop := signBottom - m.line
	if s.Seal != nil {
		// Under the text: the ring may cross the name of the body, never hide it, and never reaches the date.
		s.Seal.draw(p, signCentre, sealBottom-sealSize/2)
	}
	l.bodyName(p, dateTop, m)
	p.textCentre(Plain(s.Date), signCentre, dateTop, signWidth, m, look{color: ink})
	l.receiver(p)
}

// bodyName sets the name of the body above the date: smaller where it is long, and on two lines where it would be below the smallest
// type, which stay clear of the seal's lower word.
func (l *layout) bodyName(p *painter, bottom float64, m measure) {
	name, small := l.doc.Sign.Body, measure{l.style.small.size, 4.6}
	if p.engine.width(Plain(name), small.size) <= signWidth {
		p.textCentre(Plain(name), signCentre, bottom-m.line, signWidth, m, look{color: ink})
		return
	}
	runes := []rune(name)
	half := (len(runes) + 1) / 2
	p.textCentre(Plain(string(runes[:half])), signCentre, bottom-2*small.line, signWidth, small, look{color: ink})
	p.textCentre(Plain(string(runes[half:])), signCentre, bottom-small.line, signWidth, small, look{color: ink})
}

func (l *layout) receiver(p *painter) {
	m := measure{11, 7.3}
	blanks := l.doc.Sign.Receiver
	widest := 0.0
	for _, b := range blanks {
		widest = max(widest, p.engine.width(Plain(b.Label+"："), m.size))
	}
	y := receiverLow - float64(len(blanks))*m.line
	for _, b := range blanks {
		label := Plain(b.Label + "：")
		x := left + widest - p.engine.width(label, m.size)
		p.text(label, x, y, 40, m, look{color: ink})
		if b.Value == "" {
			p.hline(left+widest+0.6, baseline(y, m)+0.9, blankLine, thinRule)
		} else {
			p.text(Plain(b.Value), left+widest+1.5, y, signCentre-signWidth/2-left-widest-3, m, look{color: ink})
		}
		y += m.line
	}
}
