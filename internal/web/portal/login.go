package portal

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// LoginPage 登录.
type LoginPage struct {
	web.Page
	Login, Password web.FieldView
	Next            string
	Demo            bool
}

// IdentityPage 选择办事身份: for whom the person acts.
type IdentityPage struct {
	web.Page
	Choices []IdentityChoice
	Next    string
}

// IdentityChoice is one capacity.
type IdentityChoice struct {
	Value, Name, As, Until string
	Current                bool
}

func loginAddress(next string) string    { return "/login?next=" + url.QueryEscape(next) }
func identityAddress(next string) string { return "/identity?next=" + url.QueryEscape(next) }

func (p *Portal) showLogin(w http.ResponseWriter, r *http.Request) error {
	if a, err := gate.Actor(r.Context()); err == nil && a.Kind == actor.Person {
		return web.SeeOther(w, r, next(r, "/my"))
	}
	return p.loginPage(w, r, http.StatusOK, "", nil)
}

func (p *Portal) loginPage(w http.ResponseWriter, r *http.Request, status int, login string, problems []errs.Field) error {
	pg := LoginPage{Page: p.newPage(r, "login", "登录", "Log in"), Next: next(r, "")}
	words := pg.FieldErrors(problems, map[string]string{"login": "f-login", "password": "f-password"})
	pg.Login = web.FieldView{ID: "f-login", Name: "login", Label: pg.Tr("账号、手机号码或者身份证号码", "Account, mobile or ID number"), Value: login, Auto: "username", Max: 100, Error: words["login"]}
	pg.Password = web.FieldView{ID: "f-password", Name: "password", Label: pg.Tr("密码", "Password"), Secret: true, Auto: "current-password", Max: 200, Error: words["password"]}
	return p.v.login.Render(w, r, status, pg)
}

func (p *Portal) login(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	login, password := r.PostForm.Get("login"), r.PostForm.Get("password")
	var problems []errs.Field
	if login == "" {
		problems = append(problems, errs.Field{Path: "login", Code: "required", ZH: "请填写账号、手机号码或者身份证号码", EN: "Enter your account, mobile or ID number"})
	}
	if password == "" {
		problems = append(problems, errs.Field{Path: "password", Code: "required", ZH: "请填写密码", EN: "Enter your password"})
	}
	if len(problems) > 0 {
		return p.loginPage(w, r, http.StatusUnprocessableEntity, login, problems)
	}
	_, err := p.Door.LoginPerson(w, r, login, password)
	switch {
	case errors.Is(err, identity.ErrLogin):
		return p.loginPage(w, r, http.StatusUnprocessableEntity, login, []errs.Field{{Path: "login", Code: "login-failed", ZH: "账号或者密码不正确，请检查后再试", EN: "The account or password is not right; check and try again"}})
	case errors.Is(err, gate.ErrTooMany):
		n, _ := gate.RetryAfter(err)
		minutes := strconv.Itoa((n + 59) / 60)
		return p.loginPage(w, r, http.StatusTooManyRequests, login, []errs.Field{{Path: "login", Code: "too-many", ZH: "尝试次数过多，请 " + minutes + " 分钟后再试", EN: "Too many attempts; try again in " + minutes + " minutes"}})
	case err != nil:
		return err
	}
	return web.SeeOther(w, r, next(r, "/my"))
}

func (p *Portal) logout(w http.ResponseWriter, r *http.Request) error {
	if err := p.Door.Logout(w, r); err != nil {
		return err
	}
	pg := web.NewPage(r, "", "")
	p.Renderer.SetFlash(w, web.OK, pg.Tr("您已退出登录。", "You are logged out."))
	return web.SeeOther(w, r, "/")
}

func (p *Portal) showIdentity(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	list, err := p.Identity.Actings(r.Context(), a.ID)
	if err != nil {
		return err
	}
	pg := IdentityPage{Page: p.newPage(r, "my", "为谁办事", "For whom"), Next: next(r, "")}
	pg.Crumbs = []web.Link{{Href: "/my", Text: pg.Tr("我的", "My affairs")}, {Text: pg.Title}}
	for _, c := range list {
		ch := IdentityChoice{Value: partyValue(c.Party), Name: c.Party.Name, As: pg.Tr(c.ZH, c.EN),
			Current: c.Party.Kind == a.For.Kind && c.Party.ID == a.For.ID}
		if c.Until != "" {
			ch.Until = pg.Tr("授权至 ", "until ") + c.Until
		}
		pg.Choices = append(pg.Choices, ch)
	}
	return p.v.identity.Render(w, r, http.StatusOK, pg)
}

// partyValue writes a party into a form: "entity.12".
func partyValue(p actor.Party) string { return string(p.Kind) + "." + strconv.FormatInt(p.ID, 10) }

func (p *Portal) switchIdentity(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	list, err := p.Identity.Actings(r.Context(), a.ID)
	if err != nil {
		return err
	}
	want := r.PostFormValue("party")
	for _, c := range list {
		if partyValue(c.Party) != want {
			continue
		}
		party := c.Party
		if c.Party.Kind == actor.NaturalPerson && c.Party.ID == a.ID {
			party = actor.Party{}
		}
		if _, err := p.Door.Switch(r.Context(), a, party); err != nil {
			return err
		}
		pg := web.NewPage(r, "", "")
		p.Renderer.SetFlash(w, web.OK, pg.Tr("现在为“"+c.Party.Name+"”办事。", "You now act for “"+c.Party.Name+"”."))
		return web.SeeOther(w, r, next(r, "/my"))
	}
	return identity.ErrNotActing
}
