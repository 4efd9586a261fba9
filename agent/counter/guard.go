package counter

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
)

// Problem is a refusal with a sentence for the clerk. Code is a completion code of the drivers or one of ours.
type Problem struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message"`
}

func (p *Problem) Error() string { return p.Code + ": " + p.Message }

func problem(status int, code, message string) *Problem {
	return &Problem{Status: status, Code: code, Message: message}
}

// consoles lets the console's origin through and nobody else. Any page in any browser of this computer can reach the port;
// a browser names the page's origin and no page can forge it. A program that is not a browser needs the token.
func (d *Desk) consoles(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Add("Vary", "Origin")
		if !slices.Contains(d.hosts, r.Host) { // a name that somebody pointed at this computer
			answer(w, http.StatusMisdirectedRequest, problem(0, "host", "这个地址不是本机外设桥"))
			return
		}
		origin := r.Header.Get("Origin")
		if !slices.Contains(d.o.Consoles, origin) {
			answer(w, http.StatusForbidden, problem(0, "origin", "这个网页不能用本机的外设"))
			return
		}
		h.Set("Access-Control-Allow-Origin", origin)
		if r.Method == http.MethodOptions {
			h.Set("Access-Control-Allow-Methods", "GET, POST")
			h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Session")
			h.Set("Access-Control-Max-Age", "600")
			if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
				h.Set("Access-Control-Allow-Private-Network", "true")
			}
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// paired asks for the token of this sign-in.
func (d *Desk) paired(r *http.Request) error {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || !d.pairs.knows(token, r.Header.Get("X-Session")) {
		return problem(http.StatusUnauthorized, "unpaired", "这台电脑的外设还没有和您的登录配对，到“外设”页输签字屏上的 6 位数")
	}
	return nil
}

func answer(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the other side is gone then
}

// decode reads one JSON object strictly.
func decode(r *http.Request, limit int64, into any) error {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, limit))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	switch _, big := errors.AsType[*http.MaxBytesError](err); {
	case big:
		return problem(http.StatusRequestEntityTooLarge, "tooLarge", "内容太大了")
	case err != nil && !errors.Is(err, io.EOF), d.More():
		return problem(http.StatusBadRequest, "invalidData", "这一步没有办成，请再按一次")
	}
	return nil
}
