package city

import (
	"encoding/json"
	"net/http"
	"time"

	"tongban/deploy/sim/control"
)

// Licence is one e-licence of the city's own library.
type Licence struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	No     string `json:"no"`
	Office string `json:"office"`
	From   string `json:"from"`
	To     string `json:"to"`
	State  string `json:"state"`
}

// held are the licences of the invented people, by ID number. Nobody else has any.
var held = map[string][]Licence{
	"510799199001010018": {
		{ID: "MYZZ-0001", Name: "居民户口簿", No: "510799001", Office: "绵阳市公安局", From: "2015-06-01", To: "长期", State: "有效"},
		{ID: "MYZZ-0002", Name: "不动产权证书", No: "川（2020）绵阳市不动产权第0000001号", Office: "绵阳市自然资源和规划局", From: "2020-03-01", To: "长期", State: "有效"},
		{ID: "MYZZ-0003", Name: "健康证明", No: "MY2023001", Office: "绵阳市疾病预防控制中心", From: "2023-01-01", To: "2024-01-01", State: "过期"},
	},
	"510799194503120027": {
		{ID: "MYZZ-0011", Name: "居民户口簿", No: "510799011", Office: "绵阳市公安局", From: "2010-01-01", To: "长期", State: "有效"},
		{ID: "MYZZ-0012", Name: "老年人优待证", No: "MY1945001", Office: "绵阳市卫生健康委员会", From: "2015-03-12", To: "长期", State: "有效"},
	},
}

// Licences is the emulated e-licence system of the city (本地电子证照系统仿真), as deploy/docs/adapters/local-licences.md says.
type Licences struct{ plain }

// NewLicences returns one that the holder of the key may ask.
func NewLicences(id, secret string, delay time.Duration) *Licences {
	return &Licences{plain{id: id, secret: []byte(secret), delay: delay, have: []string{FaultDelay, FaultRefuse, FaultOutage}}}
}

// Handler is the system.
func (l *Licences) Handler() http.Handler {
	mux := l.mux()
	mux.HandleFunc("POST /v1/licences/query", l.asked(func(w http.ResponseWriter, _ *http.Request, body []byte) {
		var in struct{ Holder, Consent, Purpose string }
		if err := json.Unmarshal(body, &in); err != nil || in.Holder == "" || in.Consent == "" || in.Purpose == "" {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"code": "consent"})
			return
		}
		out := held[in.Holder]
		if out == nil {
			out = []Licence{}
		}
		answer(w, http.StatusOK, map[string]any{"licences": out})
	}))
	return control.Loopback(mux)
}
