package errs

import (
	"context"
	"errors"
)

// Field is one fault in what was sent: where, and the Chinese sentence for it.
// The submitted value is never part of it.
type Field struct {
	Path    string `json:"path"` // such as "body.reason"
	Message string `json:"message"`
}

// coded is the error that E makes.
type coded struct {
	kind    Kind
	code    string
	message string
	cause   error
	fields  []Field
}

// E makes an error for a person. Code is "module.what" and never changes once
// shipped; message is one Chinese sentence that says what to do; cause may be
// nil and reaches the log only.
func E(kind Kind, code, message string, cause error) error {
	return &coded{kind: kind.known(), code: code, message: message, cause: cause}
}

// Error is for the operator's log: code and cause, without the sentence.
func (e *coded) Error() string {
	if e.cause == nil {
		return e.code
	}
	return e.code + ": " + e.cause.Error()
}

func (e *coded) Unwrap() error { return e.cause }

// Is reports two coded errors as the same when their codes are the same, so
// that a package may compare against its own exported error value.
func (e *coded) Is(target error) bool {
	t, ok := target.(*coded)
	return ok && t.code == e.code
}

// find returns the outermost coded error of the chain.
func find(err error) (*coded, bool) {
	var c *coded
	ok := errors.As(err, &c)
	return c, ok
}

// Coded reports whether the chain carries an error made by E.
func Coded(err error) bool {
	_, ok := find(err)
	return ok
}

// CodeOf returns the code; "" for nil, "internal" for an error nobody coded.
func CodeOf(err error) string {
	if err == nil {
		return ""
	}
	if c, ok := find(err); ok {
		return c.code
	}
	if isDone(err) {
		return "canceled"
	}
	return "internal"
}

// KindOf returns the kind; Internal for an error nobody coded.
func KindOf(err error) Kind {
	if c, ok := find(err); ok {
		return c.kind
	}
	if isDone(err) {
		return Unavailable
	}
	return Internal
}

// MessageOf returns the Chinese sentence for the person.
func MessageOf(err error) string {
	if err == nil {
		return ""
	}
	if c, ok := find(err); ok && c.message != "" {
		return c.message
	}
	return KindOf(err).Words()
}

// WithFields returns err with faults of single fields attached. An error
// without a code becomes an Invalid one.
func WithFields(err error, fields ...Field) error {
	if err == nil {
		return nil
	}
	c := &coded{kind: Invalid, code: "invalid", message: Invalid.Words(), cause: err, fields: fields}
	if old, ok := find(err); ok {
		c.kind, c.code, c.message = old.kind, old.code, old.message
		c.fields = append(append([]Field(nil), old.fields...), fields...)
	}
	return c
}

// Fields returns the faults of single fields; nil when there are none.
func Fields(err error) []Field {
	c, ok := find(err)
	if !ok {
		return nil
	}
	return c.fields
}

// isDone is true where the caller went away or ran out of time.
func isDone(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
