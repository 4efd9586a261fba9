package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/forms"
	"tongban/central/modules/forms/internal/app"
)

// preview is what a page on the screen would look like as paper.
type preview struct {
	Design json.RawMessage `json:"design"`
	Values map[string]any  `json:"values"`
	Blank  bool            `json:"blank"`
}

// filled is a published form with what a person entered; nothing of it is kept.
type filled struct {
	Version int            `json:"version"`
	Values  map[string]any `json:"values"`
	Blank   bool           `json:"blank"`
}

// maxVersion is more than any form will ever have, and less than a column holds.
const maxVersion = 1_000_000

var errUnreadable = errs.E(errs.Invalid, "forms.unreadable", "发来的内容读不出来", nil)

// readDesign decodes a design as a designer's page sends it, strictly: what it does not know could only get lost.
func readDesign(raw json.RawMessage) (forms.Design, error) {
	var d forms.Design
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return d, errs.E(errs.Invalid, "forms.unreadable", "发来的内容读不出来", err)
	}
	return d, nil
}

// files adds the papers, which are no JSON.
func files(srv *httpx.Server, a *app.App) {
	srv.Raw("staff", http.MethodPost, "/forms/preview", forms.PermRead, func(w http.ResponseWriter, r *http.Request) {
		var in preview
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			srv.Fail(w, r, errUnreadable)
			return
		}
		d, err := readDesign(in.Design)
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		pdf, err := a.Preview(d, forms.Ink{Values: in.Values, Blank: in.Blank})
		send(srv, w, r, pdf, err)
	}, httpx.MaxBody(maxBody), httpx.Summary("纸面预览"))

	srv.Raw("staff", http.MethodGet, "/forms/{id}/print", forms.PermRead, func(w http.ResponseWriter, r *http.Request) {
		version, _ := strconv.Atoi(r.URL.Query().Get("version")) // what is no number asks for the one in force
		if version < 0 || version > maxVersion {
			srv.Fail(w, r, errUnreadable)
			return
		}
		pdf, err := a.PrintKind(r.Context(), r.PathValue("id"), version, r.URL.Query().Get("kind"))
		send(srv, w, r, pdf, err)
	}, httpx.Summary("打印空表、样表"))
}

// publicFiles adds the blank form and the filled one for everybody.
func publicFiles(srv *httpx.Server, a *app.App) {
	srv.Raw("public", http.MethodPost, "/forms/{id}/print", auth.Public, func(w http.ResponseWriter, r *http.Request) {
		var in filled
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Version < 0 || in.Version > maxVersion {
			srv.Fail(w, r, errUnreadable)
			return
		}
		pdf, err := a.Print(r.Context(), r.PathValue("id"), in.Version, forms.Ink{Values: in.Values, Blank: in.Blank})
		send(srv, w, r, pdf, err)
	}, httpx.MaxBody(256<<10), httpx.Summary("把填好的表排成纸面"))
}

func send(srv *httpx.Server, w http.ResponseWriter, r *http.Request, pdf []byte, err error) {
	if err != nil {
		srv.Fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(pdf)
}
