package errs

import "net/http"

// Kind sorts errors by what the caller can do about them (错误类别).
type Kind int

// The kinds. Internal is the zero value, so that an error nobody classified
// is treated as our own fault.
const (
	Internal     Kind = iota // 500: our fault; tell the operator
	Invalid                  // 422: what was sent does not hold
	Unauthorised             // 401: sign in first
	Forbidden                // 403: signed in, but not allowed
	NotFound                 // 404: there is no such thing for you
	Conflict                 // 409: the thing is in another state by now
	TooLarge                 // 413: send less
	TooMany                  // 429: send slower
	Unavailable              // 503: try again later
)

var kinds = [...]struct {
	name   string
	status int
	words  string // for the person, when no better sentence is known
}{
	Internal:     {"internal", http.StatusInternalServerError, "系统出错了，请稍后再试；仍不行请联系管理员"},
	Invalid:      {"invalid", http.StatusUnprocessableEntity, "填写的内容有误，请按提示改正"},
	Unauthorised: {"unauthorised", http.StatusUnauthorized, "请先登录"},
	Forbidden:    {"forbidden", http.StatusForbidden, "您没有办理这一步的权限，请联系管理员"},
	NotFound:     {"not_found", http.StatusNotFound, "没有找到，请核对后再查"},
	Conflict:     {"conflict", http.StatusConflict, "情况已经变化，请刷新后再办"},
	TooLarge:     {"too_large", http.StatusRequestEntityTooLarge, "提交的内容太大，请减少后再试"},
	TooMany:      {"too_many", http.StatusTooManyRequests, "操作太频繁，请稍后再试"},
	Unavailable:  {"unavailable", http.StatusServiceUnavailable, "系统正忙，请稍后再试"},
}

func (k Kind) known() Kind {
	if k < 0 || int(k) >= len(kinds) {
		return Internal
	}
	return k
}

// String returns the kind's short name, for logs.
func (k Kind) String() string { return kinds[k.known()].name }

// Status returns the HTTP status that stands for k.
func (k Kind) Status() int { return kinds[k.known()].status }

// Words returns the general Chinese sentence of k.
func (k Kind) Words() string { return kinds[k.known()].words }
