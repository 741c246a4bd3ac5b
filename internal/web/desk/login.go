package desk

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// loginPage asks for name, password and the six-digit code.
type loginPage struct {
	web.Page
	Next   string
	Fields []web.FieldView
	Demo   bool
}

func (d *Desk) loginPage(r *http.Request, next, name string) loginPage {
	p := loginPage{Page: web.NewPage(r, "工作人员登录", "Staff login"), Next: next, Demo: d.c.Demo}
	p.Shell, p.Nav, p.Menu = web.Desk, "login", nil
	p.Fields = []web.FieldView{
		{ID: "login", Name: "login", Label: p.Tr("账号", "Account"), Value: name, Auto: "username", Width: "w-l", Max: 64},
		{ID: "password", Name: "password", Label: p.Tr("密码", "Password"), Secret: true, Auto: "current-password", Width: "w-l", Max: 200},
		{ID: "code", Name: "code", Label: p.Tr("动态口令", "Code"), Help: p.Tr("身份验证器上显示的6位数字。", "The six digits that your authenticator shows."),
			Mode: "numeric", Auto: "one-time-code", Width: "w-s", Max: 7},
	}
	return p
}

// afterLogin is where to go on: the page that asked for a login, or the desk.
func afterLogin(next string) string {
	for _, prefix := range []string{"/desk", "/console"} {
		rest, ok := strings.CutPrefix(next, prefix)
		if ok && web.SamePath(next) && (rest == "" || rest[0] == '/' || rest[0] == '?') && !strings.HasPrefix(next, "/desk/login") {
			return next
		}
	}
	return "/desk"
}

func (d *Desk) showLogin(w http.ResponseWriter, r *http.Request) error {
	next := r.URL.Query().Get("next")
	if a, err := d.Actor(r); err == nil && a.ID != 0 {
		return web.SeeOther(w, r, afterLogin(next))
	}
	return d.views.login.Render(w, r, http.StatusOK, d.loginPage(r, next, ""))
}

func (d *Desk) logIn(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	in := r.PostForm
	o, err := d.c.Door.LoginStaff(w, r, clean(in.Get("login")), in.Get("password"), in.Get("code"))
	if errors.Is(err, identity.ErrLogin) || errors.Is(err, gate.ErrTooMany) {
		e := errs.Of(err)
		p := d.loginPage(r, in.Get("next"), clean(in.Get("login")))
		p.FieldErrors([]errs.Field{{Path: "login", Code: e.Code, ZH: e.ZH, EN: e.EN}}, map[string]string{"login": "login"})
		return d.views.login.Render(w, r, e.Kind.Status(), p)
	}
	if err != nil {
		return err
	}
	if o.MustChange {
		return web.SeeOther(w, r, "/desk/me")
	}
	return web.SeeOther(w, r, afterLogin(in.Get("next")))
}

func (d *Desk) logOut(w http.ResponseWriter, r *http.Request) error {
	if err := d.c.Door.Logout(w, r); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/desk/login")
}

// mePage is one's own account: where one works, in which roles, the password.
type mePage struct {
	web.Page
	Facts  web.Facts
	Must   bool
	Fields []web.FieldView
}

func (d *Desk) mePage(r *http.Request, a actor.Actor) (mePage, error) {
	p := mePage{Page: d.page(r, a, "me", "我的账号", "My account")}
	st, err := d.c.Identity.Staff(r.Context(), a.ID)
	if err != nil {
		return p, err
	}
	dir, err := d.c.Identity.Directory(r.Context())
	if err != nil {
		return p, err
	}
	p.Must = st.MustChange
	u, _ := dir.Unit(st.UnitID)
	p.Facts.Rows = []web.Fact{{Key: p.Tr("姓名", "Name"), Value: st.Name}, {Key: p.Tr("账号", "Account"), Value: st.Login}, {Key: p.Tr("单位", "Unit"), Value: u.Name}}
	roles := web.Fact{Key: p.Tr("角色", "Roles")}
	for _, g := range st.Grants {
		roles.Lines = append(roles.Lines, RoleName(p.Page, g.Role)+" · "+unitAt(dir, g.Path).Name)
	}
	if len(roles.Lines) == 0 {
		roles.Value = p.Tr("还没有角色，请联系本单位的安全管理员。", "No role yet; ask the security administrator of your unit.")
	}
	p.Facts.Rows = append(p.Facts.Rows, roles)
	p.Fields = []web.FieldView{
		{ID: "old", Name: "old", Label: p.Tr("现在的密码", "Present password"), Secret: true, Auto: "current-password", Width: "w-l", Max: 200},
		{ID: "password", Name: "password", Label: p.Tr("新密码", "New password"), Secret: true, Auto: "new-password", Width: "w-l", Max: 200,
			Help: p.Tr("至少12位，包含大写字母、小写字母、数字、符号中的三种。", "At least 12 characters, with three of: upper case, lower case, digits, signs.")},
		{ID: "again", Name: "again", Label: p.Tr("再输入一次新密码", "New password again"), Secret: true, Auto: "new-password", Width: "w-l", Max: 200},
	}
	return p, nil
}

func (d *Desk) showMe(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	p, err := d.mePage(r, a)
	if err != nil {
		return err
	}
	return d.views.me.Render(w, r, http.StatusOK, p)
}

func (d *Desk) changePassword(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	in := r.PostForm
	var bad []errs.Field
	if in.Get("password") != in.Get("again") {
		bad = []errs.Field{{Path: "again", Code: "mismatch", ZH: "两次输入的新密码不一致", EN: "The new passwords differ"}}
	} else {
		err := d.c.Door.ChangePassword(r.Context(), a, in.Get("old"), in.Get("password"))
		switch {
		case errors.Is(err, identity.ErrLogin):
			bad = []errs.Field{{Path: "old", Code: "wrong", ZH: "现在的密码不正确", EN: "The present password is not right"}}
		case errs.KindOf(err) == errs.Invalid && err != nil:
			bad = errs.Of(err).Fields
		case err != nil:
			return err
		}
	}
	if len(bad) == 0 {
		d.flash(w, r, web.OK, "密码已修改，其他设备上的登录已退出。", "The password was changed; other sessions have ended.")
		return web.SeeOther(w, r, "/desk")
	}
	p, err := d.mePage(r, a)
	if err != nil {
		return err
	}
	mark(&p.Page, p.Fields, bad)
	return d.views.me.Render(w, r, http.StatusUnprocessableEntity, p)
}

// flash keeps words for the next page, in the reader's language.
func (d *Desk) flash(w http.ResponseWriter, r *http.Request, tone web.Tone, zh, en string) {
	d.c.Renderer.SetFlash(w, tone, web.NewPage(r, "", "").Tr(zh, en))
}

// mark puts problems at their fields and on top of the page.
func mark(p *web.Page, fields []web.FieldView, bad []errs.Field) {
	ids := map[string]string{}
	for _, f := range fields {
		ids[f.Name] = f.ID
		switch {
		case f.Widget == form.Radio || f.Widget == form.Checkboxes:
			if len(f.Options) > 0 {
				ids[f.Name] = f.Options[0].ID
			}
		}
	}
	words := p.FieldErrors(bad, ids)
	for i := range fields {
		fields[i].Error = words[fields[i].Name]
	}
}

// clean takes away what no keyboard types: control characters, outer space.
func clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f || r == 0xfffd {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n")))
}

// withFrom adds the list that the reader came from to an address.
func withFrom(path, from string) string {
	if from == "" {
		return path
	}
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return path + sep + "from=" + url.QueryEscape(from)
}
