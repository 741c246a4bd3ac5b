// Package errs is the one error type of the platform: a kind that decides how
// faces answer, a public code that integrators may rely on, words for people
// in Chinese and English, the fields that are wrong, and the cause that is
// logged and never shown.
//
//	rule or store ──► *errs.Error ──► web: page with an error summary
//	                              └─► api: RFC 9457 problem
//
// It never carries a submitted value: a value may be an ID number.
package errs

import (
	"errors"
	"fmt"
	"strings"
)

// Error is what a room returns when it can say what went wrong.
type Error struct {
	Kind   Kind
	Code   string  // public, stable, kebab-case: "case-changed"
	ZH, EN string  // what happened and what to do, one sentence each
	Fields []Field // which inputs, in the order of the form
	Err    error   // cause, for the log alone
}

// Field is one problem of one input.
type Field struct {
	Path   string // JSON pointer without the leading slash, or the form field's name: "applicant/idNumber"
	Code   string // "required", "check-digit", "pattern", …
	ZH, EN string // what is expected; never the value itself
}

// Kind groups errors by what the caller can do about them.
type Kind uint8

// The kinds, each with the HTTP status that faces use for it.
const (
	Internal        Kind = iota // 500, words are never shown
	Invalid                     // 422
	Malformed                   // 400
	Unauthenticated             // 401
	Forbidden                   // 403
	NotFound                    // 404
	Conflict                    // 409
	Gone                        // 410
	TooLarge                    // 413
	Unsupported                 // 415
	TooMany                     // 429
	Unavailable                 // 503
	None                        // 200: there is no error
)

var status = [...]int{500, 422, 400, 401, 403, 404, 409, 410, 413, 415, 429, 503, 200}

// Status is the HTTP status of the kind.
func (k Kind) Status() int {
	if int(k) < len(status) {
		return status[k]
	}
	return 500
}

// Error gives the code, the English words and the cause, for logs.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Code)
	if e.EN != "" {
		b.WriteString(": " + e.EN)
	}
	for _, f := range e.Fields {
		b.WriteString(" [" + f.Path + " " + f.Code + "]")
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is an *Error with the same code, so that a
// package-level value can be compared with errors.Is after With or Because.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Because gives a copy that carries the cause.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Err = cause
	return &c
}

// With gives a copy that names fields.
func (e *Error) With(fields ...Field) *Error {
	c := *e
	c.Fields = append(append([]Field(nil), e.Fields...), fields...)
	return &c
}

// New makes an error of a kind.
func New(kind Kind, code, zh, en string) *Error {
	return &Error{Kind: kind, Code: code, ZH: zh, EN: en}
}

// InvalidFields is the error for input whose fields do not fit.
func InvalidFields(fields ...Field) *Error {
	return &Error{Kind: Invalid, Code: "invalid-input", ZH: "填写的内容有误，请按提示修改后再提交。",
		EN: "Some of the input does not fit; see the fields.", Fields: fields}
}

// Of finds the *Error in a chain; an unknown error becomes an Internal one.
func Of(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Internal, Code: "internal", ZH: "系统出现问题，请稍后再试。", EN: "Something went wrong on our side.", Err: err}
}

// KindOf is the kind of the first *Error in the chain: Internal if there is
// none in it, None for nil.
func KindOf(err error) Kind {
	if err == nil {
		return None
	}
	return Of(err).Kind
}

// Wrap adds what was being done to *errp, when there is an error; for defer.
func Wrap(errp *error, format string, args ...any) {
	if *errp != nil {
		*errp = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *errp)
	}
}
