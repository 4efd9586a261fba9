package city

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"tongban/deploy/sim/control"
)

// FaultNonsense makes the city brain advise items that nobody knows.
const FaultNonsense = "nonsense"

// Advice is one item that the city brain thinks of.
type Advice struct {
	Item       string  `json:"item"`
	Why        string  `json:"why"`
	Confidence float64 `json:"confidence"`
}

// heard says which words make the emulation think of which item; a real brain reads the sentence.
var heard = []struct {
	words []string
	item  string
}{
	{[]string{"老人", "高龄", "岁", "津贴", "敬老"}, "glbt"},
	{[]string{"食品", "小吃", "餐", "开店", "卖"}, "spxj"},
}

// Brain is the emulated city brain (城市智脑仿真), as deploy/docs/adapters/city-brain.md says.
type Brain struct {
	plain
	said []string
}

// NewBrain returns one that the holder of the key may ask.
func NewBrain(id, secret string, delay time.Duration) *Brain {
	return &Brain{plain: plain{id: id, secret: []byte(secret), delay: delay, have: []string{FaultDelay, FaultRefuse, FaultOutage, FaultNonsense}}}
}

// Said returns what it was asked, for tests of what leaves the centre.
func (b *Brain) Said() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string{}, b.said...)
}

// Handler is the city brain.
func (b *Brain) Handler() http.Handler {
	mux := b.mux()
	mux.HandleFunc("POST /v1/advise", b.asked(func(w http.ResponseWriter, _ *http.Request, body []byte) {
		var in struct{ Text string }
		if err := json.Unmarshal(body, &in); err != nil || in.Text == "" {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"code": "text"})
			return
		}
		b.mu.Lock()
		b.said = append(b.said, in.Text)
		nonsense := b.fault == FaultNonsense
		b.mu.Unlock()
		out := []Advice{}
		for _, h := range heard {
			for _, word := range h.words {
				if strings.Contains(in.Text, word) {
					out = append(out, Advice{Item: h.item, Why: "提到“" + word + "”", Confidence: 0.8})
					break
				}
			}
		}
		if nonsense {
			out = []Advice{{Item: "old-9999", Why: "记错了", Confidence: 0.99}, {Item: "", Why: "", Confidence: 7}}
		}
		answer(w, http.StatusOK, map[string]any{"advice": out, "model": "sim-1"})
	}))
	return control.Loopback(mux)
}
