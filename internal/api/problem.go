package api

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/gate"
)

// Problem 问题 is an error as RFC 9457 writes it, with our code, the words in
// both languages and the fields. It never holds a submitted value.
type Problem struct {
	Type    string         `json:"type" format:"uri" doc:"Names the kind of problem: urn:tongban:problem: and the code." example:"urn:tongban:problem:case-changed"`
	Title   string         `json:"title" doc:"What happened and what to do, in Chinese." example:"办件已有变化,请查看最新情况后再操作。"`
	TitleEN string         `json:"titleEn" doc:"The same in English." example:"The case has changed; look at its new state first."`
	Status  int            `json:"status" doc:"The HTTP status." example:"409"`
	Code    string         `json:"code" doc:"Stable; programs may rely on it." example:"case-changed"`
	Fields  []ProblemField `json:"fields,omitempty" doc:"Which inputs do not fit, in the order of the form."`
	Current *Current       `json:"current,omitempty" doc:"Of a conflict on a case: how it stands now."`
	Stored  *StoredSection `json:"stored,omitempty" doc:"Of a section of a guide that somebody else changed: what it holds now."`
	Number  string         `json:"number,omitempty" doc:"Of an unknown error: tell it to the operator, who finds the cause in the log." example:"K7QD-2XPA"`
}

// Current is how a case stands that changed under the caller's hands.
type Current struct {
	Version int64          `json:"version"`
	State   Word           `json:"state"`
	Offered []casework.Act `json:"offered" doc:"What the caller may do now."`
}

// ProblemField is one input that does not fit.
type ProblemField struct {
	Pointer string `json:"pointer" doc:"JSON Pointer into the body, or the parameter's name after /query, /path or /header." example:"/answers/idNumber"`
	Code    string `json:"code" doc:"What is wrong: required, type, pattern, check-digit …" example:"check-digit"`
	Text    string `json:"text" doc:"What is expected, in Chinese; never the value."`
	TextEN  string `json:"textEn" doc:"The same in English."`
}

// Error gives the code, for logs.
func (p *Problem) Error() string { return p.Code }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is the media type of problems.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// Errors of this room itself. errs has no kind for 405, since no rule can meet it.
var (
	errNoPath = errs.New(errs.NotFound, "no-such-path", "接口中没有这个地址。", "The API has no such address.")
	errMethod = errs.New(errs.NotFound, "method-not-allowed", "这个地址不支持该请求方法。", "The address does not take this method.")
)

// problemOf turns whatever went wrong into a problem: the one place where the
// API does. An error that nobody put into words is logged under a number, and
// the number is all that the answer shows.
func (s *server) problemOf(h http.Header, r *http.Request, err error) *Problem {
	e := errs.Of(err)
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		e = errTooLarge
	case e.Kind != errs.Internal:
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		e = errs.New(errs.Unavailable, "timeout", "系统繁忙，这次没有办成，请稍后再试。", "The system is busy; this was not done.")
	}
	p := &Problem{Type: "urn:tongban:problem:" + e.Code, Title: e.ZH, TitleEN: e.EN, Status: e.Kind.Status(), Code: e.Code}
	switch {
	case e.Code == errMethod.Code:
		p.Status = http.StatusMethodNotAllowed
	case e.Kind == errs.Internal:
		p.Type, p.Code, p.Number = "urn:tongban:problem:internal", "internal", problemNumber()
		p.Title, p.TitleEN = "系统出现问题，请稍后再试；如仍不行，请告知编号。", "Something went wrong on our side; if it lasts, tell us the number."
		s.Log.ErrorContext(r.Context(), "an API request failed", slog.String("number", p.Number), slog.String("method", r.Method),
			slog.String("pattern", r.Pattern), slog.Any("err", err))
	}
	if e.Kind != errs.Internal {
		for _, f := range e.Fields {
			p.Fields = append(p.Fields, ProblemField{Pointer: "/" + f.Path, Code: f.Code, Text: f.ZH, TextEN: f.EN})
		}
	}
	var c changed
	if errors.As(err, &c) {
		p.Current = c.now
	}
	var sec sectionChanged
	if errors.As(err, &sec) {
		p.Stored = sec.now
	}
	if wait, ok := gate.RetryAfter(err); ok {
		h.Set("Retry-After", strconv.Itoa(wait))
	} else if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests {
		h.Set("Retry-After", "10")
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="tongban"`)
	}
	h.Set("Cache-Control", "no-store")
	return p
}

// fail answers with the problem.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problemOf(w.Header(), r, err)
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	if err := encode(w, p); err != nil {
		s.Log.WarnContext(r.Context(), "a problem was not sent", slog.Any("err", err))
	}
}

// problemNumber is what a user tells the operator: eight letters and digits.
func problemNumber() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails on supported systems
	text := base32.StdEncoding.EncodeToString(b[:])
	return text[:4] + "-" + text[4:]
}
