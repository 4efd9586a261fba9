package wav

import (
	"math"
	"time"
)

// Note is one tone of a prompt; a pitch of 0 is a pause.
type Note struct {
	Pitch float64 // in hertz
	Long  time.Duration
}

// Prompts made by code (提示音): they need no files and say without a word how something went.
var (
	Done      = []Note{{659.26, 110 * time.Millisecond}, {987.77, 220 * time.Millisecond}}                                                               // 办好了
	Attention = []Note{{880, 140 * time.Millisecond}, {0, 60 * time.Millisecond}, {880, 140 * time.Millisecond}}                                         // 请看屏幕
	Refused   = []Note{{392, 180 * time.Millisecond}, {293.66, 320 * time.Millisecond}}                                                                  // 没有办成
	Alarm     = []Note{{1046.5, 200 * time.Millisecond}, {784, 200 * time.Millisecond}, {1046.5, 200 * time.Millisecond}, {784, 200 * time.Millisecond}} // 柜门没有关
)

const (
	toneRate = 22050
	toneTop  = 0.5                  // of full scale: two of them at once do not crack
	edge     = 8 * time.Millisecond // a tone that begins at once clicks
)

// Compose makes a sound of notes, one after the other.
func Compose(notes []Note) Sound {
	s := Sound{Rate: toneRate, Channels: 1}
	for _, n := range notes {
		count, rise := int(n.Long.Seconds()*toneRate), edge.Seconds()*toneRate
		for i := range count {
			shape := min(1, float64(i)/rise, float64(count-1-i)/rise)
			v := math.Sin(2*math.Pi*n.Pitch*float64(i)/toneRate) * shape * toneTop
			s.Samples = append(s.Samples, int16(math.Round(v*math.MaxInt16)))
		}
	}
	return s
}
