// Package errs is the one shape of an error that a person may see (错误):
// a kind that decides the HTTP status, a stable code that programs compare,
// a Chinese sentence that says what to do, and the cause for the operator.
//
// The sentence goes to the person, the cause only to the log.
package errs
