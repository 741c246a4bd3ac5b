package web

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/tongban/tongban/internal/errs"
)

// failPage is the page of an error.
type failPage struct {
	Page
	Status  int
	Heading string
	Text    string
	Fields  []errs.Field
	Number  string // of an unknown error, to be told to the hotline
	Onward  []Link // the first is the way most people want
}

// Onward gives err a link to where things now stand, for the page that shows
// it: the new state of a case after a conflict.
func Onward(err error, to Link) error { return onward{err, to} }

type onward struct {
	error
	to Link
}

func (o onward) Unwrap() error { return o.error }

// Fail answers with the page of an error; the one place where errors become
// pages. Words of unknown errors are logged under a number and never shown.
func (rt *Renderer) Fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // nobody is waiting
	}
	e := classify(err)
	if e.Kind == errs.Unauthenticated && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		next := r.URL.RequestURI()
		http.Redirect(w, r, rt.o.Login(r.URL.Path)+"?next="+url.QueryEscape(next), http.StatusSeeOther)
		return
	}
	p := rt.failOf(r, e, err)
	if p.Number != "" {
		rt.o.Log.Error("a page failed", slog.String("number", p.Number), slog.String("method", r.Method),
			slog.String("path", r.URL.Path), slog.Any("err", err))
	}
	switch p.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if w.Header().Get("Retry-After") == "" {
			w.Header().Set("Retry-After", "30")
		}
	}
	if rerr := rt.fail.Render(w, r, p.Status, p); rerr != nil {
		rt.o.Log.Error("the error page failed", slog.Any("err", rerr))
		http.Error(w, "500", http.StatusInternalServerError)
	}
}

// classify gives the errs.Error of anything that handlers return.
func classify(err error) *errs.Error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return errs.New(errs.TooLarge, "too-large", "提交的内容太大，请减小文件后再试。", "What was sent is too large. Make the files smaller and try again.").Because(err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errs.New(errs.Unavailable, "timeout", "系统繁忙，这次没有办成。", "The system is busy; this was not done.").Because(err)
	}
	return errs.Of(err)
}

// failOf fills the page of an error.
func (rt *Renderer) failOf(r *http.Request, e *errs.Error, err error) failPage {
	p := failPage{Page: NewPage(r, "", ""), Status: e.Kind.Status(), Fields: e.Fields}
	p.Flash, p.flashTaken = Banner{}, false
	if errors.Is(err, errMethod) {
		p.Status = http.StatusMethodNotAllowed
	}
	tr := p.Tr
	home := Link{Href: "/", Text: tr("回到首页", "Go to the home page")}
	back := Link{Href: backOf(r), Text: tr("返回上一页", "Go back")}
	again := Link{Href: r.URL.RequestURI(), Text: tr("重新打开本页", "Open this page again")}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		again = back
	}
	search := Link{Href: "/items", Text: tr("查找办事事项", "Find a service")}
	p.Text = tr(e.ZH, e.EN)
	switch p.Status {
	case 400:
		p.Heading, p.Onward = tr("请求无法读取", "The request could not be read"), []Link{back, home}
	case 401:
		p.Heading = tr("请先登录", "Please log in")
		p.Onward = []Link{{Href: rt.o.Login(r.URL.Path) + "?next=" + url.QueryEscape(backOf(r)), Text: tr("去登录", "Log in")}, home}
	case 403:
		p.Heading, p.Onward = tr("您没有权限查看或办理", "You may not see or do this"), []Link{home, back}
	case 404:
		p.Heading, p.Onward = tr("没有找到您要的内容", "Not found"), []Link{search, home}
	case 405:
		p.Heading, p.Text = tr("这个地址不能这样打开", "This address does not work that way"), tr("请从页面上的按钮或链接进入。", "Please use the buttons and links of the site.")
		p.Onward = []Link{home}
	case 409:
		p.Heading, p.Onward = tr("办件已有变化", "Things have changed"), []Link{{Href: backOf(r), Text: tr("查看最新状态", "See the new state")}, home}
	case 410:
		p.Heading, p.Onward = tr("内容已经失效", "No longer here"), []Link{search, home}
	case 413:
		p.Heading, p.Onward = tr("提交的内容太大", "Too large"), []Link{back}
	case 415:
		p.Heading, p.Onward = tr("不支持这种文件", "This kind of file is not accepted"), []Link{back}
	case 422:
		p.Heading, p.Onward = tr("填写的内容有误", "There is a problem with the input"), []Link{back}
	case 429:
		p.Heading, p.Onward = tr("操作太频繁", "Too many requests"), []Link{again, home}
	case 503:
		p.Heading, p.Onward = tr("系统正在恢复", "The service is recovering"), []Link{again, home}
	default:
		p.Heading, p.Text = tr("系统出现问题", "Something went wrong on our side"), tr("您已提交的内容不会丢失。请稍后再试；如果仍然不行，请把下面的编号告诉我们。", "What you have submitted is not lost. Try again later; if it still fails, tell us the number below.")
		p.Onward, p.Number = []Link{again, home}, number()
	}
	var o onward
	if errors.As(err, &o) {
		p.Onward = append([]Link{o.to}, p.Onward[1:]...)
	}
	p.Title = p.Heading
	return p
}

// backOf is the page the reader came from, when it was one of ours, else the
// front page.
func backOf(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host == "" || u.Host != r.Host || !SamePath(u.RequestURI()) {
		return "/"
	}
	return u.RequestURI()
}

// number is what a reader tells the hotline: eight letters and digits.
func number() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails on supported systems
	s := base32.StdEncoding.EncodeToString(b[:])
	return s[:4] + "-" + s[4:]
}
