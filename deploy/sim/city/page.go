package city

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"html/template"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/client/rp"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/oauth2"
)

// person is somebody who came with our ticket.
type person struct{ Sub, Name, Department, Role string }

// roles maps the roles of the sign-on to those of a neighbour (角色映射); who has none of them may not come in.
var roles = []struct{ ours, theirs string }{{"supervisor", "主管岗"}, {"approver", "审核岗"}, {"clerk", "收件岗"}}

type outing struct {
	verifier, nonce string
	at              time.Time
}

// door signs people in by the provider: code flow with PKCE, nothing else.
type door struct {
	c       Config
	mu      sync.Mutex
	party   rp.RelyingParty // made at the first use: the provider may start after us
	outings map[string]outing
	inside  map[string]person
}

func newDoor(c Config) *door {
	return &door{c: c, outings: map[string]outing{}, inside: map[string]person{}}
}

type nonceKey struct{}

func (d *door) relying(ctx context.Context) (rp.RelyingParty, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.party != nil {
		return d.party, nil
	}
	p, err := rp.NewRelyingPartyOIDC(ctx, d.c.Issuer, d.c.ID, d.c.Secret, d.c.Back, []string{oidc.ScopeOpenID, oidc.ScopeProfile, "tongban"},
		rp.WithHTTPClient(&http.Client{Timeout: 8 * time.Second}),
		rp.WithVerifierOpts(rp.WithNonce(func(ctx context.Context) string {
			nonce, _ := ctx.Value(nonceKey{}).(string)
			return nonce
		}), rp.WithIssuedAtMaxAge(10*time.Minute), rp.WithIssuedAtOffset(time.Minute)))
	if err == nil {
		d.party = p
	}
	return p, err
}

func word() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

const inCookie = "city_in"

// cookie is named by the kind: two neighbours on one host must not take each other's.
func (d *door) cookie() string { return inCookie + "_" + d.c.Kind }

func (d *door) who(r *http.Request) (person, bool) {
	c, err := r.Cookie(d.cookie())
	if err != nil {
		return person{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	p, ok := d.inside[c.Value]
	return p, ok
}

func (d *door) begin(w http.ResponseWriter, r *http.Request) {
	p, err := d.relying(r.Context())
	if err != nil {
		turn(w, http.StatusBadGateway, "统一登录没有应答", "请过一会儿再从综合窗口打开。")
		return
	}
	state, o := word(), outing{verifier: word(), nonce: word(), at: time.Now()}
	d.mu.Lock()
	d.outings[state] = o
	d.mu.Unlock()
	http.Redirect(w, r, rp.AuthURL(state, p, rp.WithCodeChallenge(oauth2.S256ChallengeFromVerifier(o.verifier)), rp.AuthURLOpt(rp.WithURLParam("nonce", o.nonce))), http.StatusFound)
}

func (d *door) back(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	d.mu.Lock()
	o, known := d.outings[q.Get("state")]
	delete(d.outings, q.Get("state"))
	d.mu.Unlock()
	if !known || time.Since(o.at) > 10*time.Minute {
		turn(w, http.StatusUnauthorized, "票据不对，没有登录", "这次登录不是从这里开始的。请从综合窗口重新打开。")
		return
	}
	p, err := d.relying(r.Context())
	if err != nil {
		turn(w, http.StatusBadGateway, "统一登录没有应答", "请过一会儿再从综合窗口打开。")
		return
	}
	ctx := context.WithValue(r.Context(), nonceKey{}, o.nonce)
	token, err := rp.CodeExchange[*oidc.IDTokenClaims](ctx, q.Get("code"), p, rp.WithCodeVerifier(o.verifier))
	if err != nil {
		turn(w, http.StatusUnauthorized, "票据不对，没有登录", "统一登录不认这张票据。请从综合窗口重新打开。")
		return
	}
	info, err := rp.Userinfo[*oidc.UserInfo](ctx, token.AccessToken, token.TokenType, token.IDTokenClaims.Subject, p)
	if err != nil {
		turn(w, http.StatusUnauthorized, "票据不对，没有登录", "统一登录不认这张票据。请从综合窗口重新打开。")
		return
	}
	who := person{Sub: info.Subject, Name: info.Name}
	who.Department, _ = info.Claims["department"].(string)
	has, _ := info.Claims["roles"].([]any)
	for _, m := range roles {
		if slices.Contains(has, any(m.ours)) {
			who.Role = m.theirs
			break
		}
	}
	if who.Role == "" {
		turn(w, http.StatusForbidden, "您没有这个系统的岗位", "您在综合窗口的角色在这里没有对应的岗位。要用请找管理员。")
		return
	}
	key := word()
	d.mu.Lock()
	d.inside[key] = who
	d.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: d.cookie(), Value: key, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/", http.StatusFound)
}

// turn is the page of a person who is not let in.
func turn(w http.ResponseWriter, status int, title, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = pageTurn.Execute(w, map[string]string{"Title": title, "Text": text})
}

const css = `<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body{margin:0;font:15px/1.6 "Noto Sans SC","Source Han Sans SC",sans-serif;color:#1d2622;background:#f4f6f5}
header{display:flex;justify-content:space-between;gap:16px;align-items:baseline;padding:14px 28px;color:#fff;background:#23423a}header b{font-size:18px}
main{max-width:1060px;margin:24px auto;padding:0 24px}h1{font-size:22px}table{width:100%;border-collapse:collapse;background:#fff}
th,td{padding:10px 12px;text-align:left;border-bottom:1px solid #dfe5e2;vertical-align:top}.no{font-family:monospace;white-space:nowrap}small{color:#56625d}
button,select{min-height:36px;padding:4px 12px;font:inherit;border:1px solid #8a9691;border-radius:4px;background:#fff}button:focus-visible{outline:3px solid #0b6e4f}
form{display:inline-flex;gap:8px;margin:0}.new{margin:0 0 16px}</style>`

var pageTurn = template.Must(template.New("turn").Parse(`<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{{.Title}}</title>` + css + `<main><h1>{{.Title}}</h1><p>{{.Text}}</p></main></html>`))

var pageList = template.Must(template.New("list").Parse(`<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{{.Name}}（仿真）</title>` + css + `
<header><b>{{.Name}} <small style="color:#cfe0d9">仿真</small></b><span id="who">{{.Who.Name}}　{{.Who.Role}}</span></header>
<main><h1>{{.What}}</h1>
<form class="new" method="post" action="/new">{{if .Themes}}<label>主题 <select name="theme">{{range .Themes}}<option value="{{.Code}}">{{.Name}}</option>{{end}}</select></label>{{end}}<button id="new">新收一件</button></form>
<table><thead><tr><th>编号</th><th>业务</th><th>现在</th><th></th></tr></thead><tbody>
{{range .Rows}}<tr><td class="no">{{.No}}</td><td>{{.Title}}{{range .Children}}<br><small>{{.Name}}：{{.StateText}}{{if .Case}}（综合窗口 {{.Case}}）{{end}}</small>{{end}}</td><td>{{.StateText}}</td>
<td><form method="post" action="/next"><input type="hidden" name="no" value="{{.No}}"><button aria-label="办下一步 {{.No}}">办下一步</button></form></td></tr>{{end}}
</tbody></table></main></html>`))

// titles is what the pages of a neighbour call it, its matters and a new one.
var titles = map[string]struct{ name, what, fresh string }{
	OneThing: {"一件事综合窗口平台", "一件事套件", ""}, Estate: {"不动产登记系统", "登记业务", "首次登记"}, Cannot: {"办不成事反映系统", "反映的事", "反映一件没有办成的事"},
}

// pages are for people: nobody sees anything without our ticket.
func (s *City) pages(mux *http.ServeMux) {
	mux.HandleFunc("GET /login", s.door.begin)
	mux.HandleFunc("GET /back", s.door.back)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		who, ok := s.door.who(r)
		if !ok {
			http.Redirect(w, r, "/login", http.StatusFound)
			return
		}
		name, what := titles[s.Kind].name, titles[s.Kind].what
		s.mu.Lock()
		rows := []Matter{}
		for _, m := range slices.Backward(s.matters) {
			rows = append(rows, clone(m))
		}
		themes := slices.Clone(s.themes)
		s.mu.Unlock()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = pageList.Execute(w, map[string]any{"Name": name, "What": what, "Who": who, "Rows": rows, "Themes": themes})
	})
	act := func(do func(r *http.Request, who person) error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			who, ok := s.door.who(r)
			if !ok {
				turn(w, http.StatusUnauthorized, "没有登录", "请从综合窗口打开。")
				return
			}
			if err := do(r, who); err != nil {
				turn(w, http.StatusConflict, "这一步办不了", err.Error())
				return
			}
			http.Redirect(w, r, "/", http.StatusSeeOther)
		}
	}
	mux.HandleFunc("POST /new", act(func(r *http.Request, who person) error {
		_, err := s.Create(titles[s.Kind].fresh, r.FormValue("theme"), who.Role)
		return err
	}))
	mux.HandleFunc("POST /next", act(func(r *http.Request, who person) error { return s.Advance(r.FormValue("no"), who.Role) }))
}
