package app

import (
	"errors"
	"net/http"

	"tongban/agent/outbox"
	"tongban/agent/screen"
	"tongban/agent/session"
)

// Problem is an error with the words that the screen shows (出错说明): what happened and what to do. Cause is for the log.
type Problem struct { //nolint:errname // the screen's own word for it
	Status int
	screen.Problem
	Cause error
}

func (p *Problem) Error() string {
	if p.Cause != nil {
		return p.Code + ": " + p.Cause.Error()
	}
	return p.Code
}

func (p *Problem) Unwrap() error { return p.Cause }

func problem(status int, code, message string, cause error) *Problem {
	return &Problem{Status: status, Problem: screen.Problem{Code: code, Message: message}, Cause: cause}
}

// Problems that several use cases share.
var (
	errVisitOver = problem(http.StatusConflict, "screen.visit_over", "上一次办事已经结束，请重新开始", nil)
	errNotNow    = problem(http.StatusConflict, "screen.not_now", "现在还不能做这一步，请按屏幕上的步骤来", nil)
	errNoMatter  = problem(http.StatusConflict, "screen.no_matter", "请先选一件要办的事", nil)
	errNoPerson  = problem(http.StatusConflict, "screen.no_person", "请先刷身份证", nil)
	errBusy      = problem(http.StatusConflict, "screen.busy", "正在办，请稍等", nil)
)

// Explain finds the words for any error; what nobody foresaw becomes an honest sentence with a way on.
func Explain(err error) *Problem {
	var p *Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, session.ErrNotNow):
		return problem(errNotNow.Status, errNotNow.Code, errNotNow.Message, err)
	case errors.Is(err, outbox.ErrFull):
		return problem(http.StatusServiceUnavailable, "outbox.full", "本机存满了，材料没有收下。请到别的自助机或窗口交，已通知工作人员", err)
	}
	return problem(http.StatusInternalServerError, "screen.internal", "这一步没有办成，什么也没有丢。请再按一次，还不行就呼叫工作人员", err)
}
