package paper

import "tongban/central/kernel/paper/sheet"

// Zones of the page, in millimetres from the upper left corner. "From the bottom" in the specification is subtracted from 297 here.
const (
	left      = 28.0
	right     = sheet.A4Width - 26.0
	textWidth = right - left
	top       = 14.0

	bodyNameCentre = 32.3 // middle of the line with the body's name
	titleCentre    = 42.8
	flowTop        = 51.7                  // first line of the text on page 1
	flowTopNext    = 29.0                  // on further pages, below the head
	flowBottom     = sheet.A4Height - 40.0 // above the foot's hairline
	signTop        = sheet.A4Height - 91.0 // the signature zone of the last page begins

	signWidth   = 78.0
	signCentre  = right - signWidth/2
	signBottom  = sheet.A4Height - 42.0
	sealSize    = 40.0
	sealBottom  = sheet.A4Height - 51.0
	receiverLow = sheet.A4Height - 43.0
	blankLine   = 35.0

	footLine = sheet.A4Height - 38.0
	footTop  = sheet.A4Height - 36.0
	qrZone   = 24.0 // width kept for the code
	qrSize   = 22.0 // the code itself, leaving its quiet zone of four modules to the hairline
	qrTop    = sheet.A4Height - 12.0 - qrSize
)

// Inks. A photocopy loses anything lighter than label.
var (
	ink   = sheet.Grey(0.07)
	label = sheet.Grey(0.28)
	rule  = sheet.Grey(0.07)
	faint = sheet.Grey(0.4)  // rules between rows
	later = sheet.Grey(0.86) // cells up to the statutory day
	red   = sheet.Color{R: 0.78, G: 0.13, B: 0.13}
)

const (
	strongRule = 0.4
	thinRule   = 0.2
)

// measure is a type size in points and its line in millimetres.
type measure struct{ size, line float64 }

// style is the set of type sizes of one edition.
type style struct {
	text    measure // running text
	note    measure // secondary text
	heading measure
	cell    measure
	head    measure // head row of a table
	law     measure
	small   measure // labels of the strip; the smallest type allowed
	cellPad float64 // above and below the text of a row
	spacing float64 // factor for the distances between parts
}

// tightest is how often a style can be tightened: lines by a twentieth in all, distances by nearly half. The sizes of type stay.
const tightest = 3

func (s style) tighter(step int) style {
	k := float64(step) / tightest
	for _, m := range []*measure{&s.text, &s.note, &s.heading, &s.cell, &s.head, &s.law, &s.small} {
		m.line *= 1 - 0.05*k
	}
	s.cellPad *= 1 - 0.25*k
	s.spacing *= 1 - 0.45*k
	return s
}

var regularStyle = style{
	text: measure{14, 7.67}, note: measure{11, 6}, heading: measure{12, 6.2}, cell: measure{12, 6.1}, head: measure{10.5, 6.1},
	law: measure{10, 5.4}, small: measure{9.5, 5}, cellPad: 1.2, spacing: 1,
}

// largeStyle is the edition for the elderly (长者版).
var largeStyle = style{
	text: measure{18, 9.8}, note: measure{16, 8.6}, heading: measure{18, 9.4}, cell: measure{16, 8.4}, head: measure{14, 8},
	law: measure{14, 7.4}, small: measure{12, 6.2}, cellPad: 1.5, spacing: 1,
}
