package web

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"time"
	"unicode/utf8"

	"tongban/central/kernel/errs"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/province"
	"tongban/central/modules/province/internal/app"
)

// maxFile is the longest file that is sealed or put into the library.
const maxFile = 6 << 20

var (
	errFile = errs.E(errs.Invalid, "province.no_file", "没有收到文件，请重新选一份 PDF 或图片", nil)
	errName = errs.E(errs.Invalid, "province.no_name", "请写明文件的名称，2–80 个字", nil)
)

// files adds what is no JSON: evidence, papers to be sealed, papers of the library.
func files(srv *httpx.Server, a *app.App) {
	srv.Raw("staff", http.MethodGet, "/province/messages/{id}/evidence", province.PermRead, func(w http.ResponseWriter, r *http.Request) {
		c, err := a.Evidence(r.Context(), r.PathValue("id"))
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		w.Header().Set("Content-Disposition", `attachment; filename="exchange-`+c.Message+`.json"`)
		send(w, c)
	}, httpx.Summary("下载报文证据"))

	srv.Raw("staff", http.MethodPost, "/province/seals", province.PermLibrary, func(w http.ResponseWriter, r *http.Request) {
		title, file, err := named(r)
		if err == nil {
			var s province.Seal
			if s, err = a.Seal(r.Context(), title, file); err == nil {
				send(w, s)
				return
			}
		}
		srv.Fail(w, r, err)
	}, httpx.MaxBody(maxFile), httpx.Summary("省电子签章盖章"))

	srv.Raw("staff", http.MethodPost, "/province/seals/check", province.PermLibrary, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		at, _ := time.Parse(time.RFC3339Nano, q.Get("at")) // a time that cannot be read fits no signature
		file, err := io.ReadAll(r.Body)
		if err == nil {
			err = a.CheckSeal(province.Seal{ID: q.Get("id"), Name: q.Get("name"), Digest: q.Get("digest"), At: at, Signature: q.Get("signature")}, file)
		}
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		send(w, map[string]bool{"valid": true})
	}, httpx.MaxBody(maxFile), httpx.Summary("验省电子签章"))

	srv.Raw("staff", http.MethodPost, "/province/cases/{no}/files", province.PermLibrary, func(w http.ResponseWriter, r *http.Request) {
		name, file, err := named(r)
		if err == nil {
			err = a.MayUse(r.Context(), r.PathValue("no"))
		}
		if err == nil {
			var m province.Material
			if m, err = a.Keep(r.Context(), r.PathValue("no"), name, http.DetectContentType(file), file); err == nil {
				send(w, m)
				return
			}
		}
		srv.Fail(w, r, err)
	}, httpx.MaxBody(maxFile), httpx.Summary("存入电子材料库"))

	srv.Raw("staff", http.MethodGet, "/province/cases/{no}/files/{id}", province.PermLibrary, func(w http.ResponseWriter, r *http.Request) {
		purpose := r.URL.Query().Get("purpose")
		err := a.MayUse(r.Context(), r.PathValue("no"))
		if n := utf8.RuneCountInString(purpose); err == nil && (n < 4 || n > 100) {
			err = errs.E(errs.Invalid, "province.no_purpose", "请写明用途，4–100 个字", nil)
		}
		var m province.Material
		var file []byte
		if err == nil {
			m, file, err = a.Fetch(r.Context(), r.PathValue("no"), r.PathValue("id"), purpose)
		}
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "application/octet-stream") // it came from outside: saved, never shown as a page of ours
		h.Set("Content-Disposition", `attachment; filename*=UTF-8''`+url.PathEscape(m.Name))
		h.Set("Cache-Control", "no-store")
		_, _ = w.Write(file)
	}, httpx.Summary("从电子材料库取材料"))
}

// named reads ?name= and the file.
func named(r *http.Request) (string, []byte, error) {
	name := r.URL.Query().Get("name")
	if n := utf8.RuneCountInString(name); n < 2 || n > 80 {
		return "", nil, errName
	}
	file, err := io.ReadAll(r.Body)
	if err != nil || len(file) == 0 {
		return "", nil, errFile
	}
	return name, file, nil
}

func send(w http.ResponseWriter, v any) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v)
}
