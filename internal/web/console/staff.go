package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/desk"
)

// staffPage 人员与角色 lists the accounts of a unit.
type staffPage struct {
	web.Page
	Rules  []string // who may do what, in words
	Units  web.FieldView
	Unit   string
	Table  web.Table
	Create []web.FieldView // system administrator: a new account
	Key    string
}

// memberPage is one account.
type memberPage struct {
	web.Page
	Name    string
	State   web.Tag
	Facts   web.Facts
	Held    []heldRole
	Grant   []web.FieldView // security administrator: another role
	URL     string
	Manage  bool // system administrator
	Roles   bool // security administrator
	Off     bool
	Demo    bool
	Why     string // why nothing can be done here
	Back    web.Link
	Confirm string
}

// heldRole is a role that can be taken back.
type heldRole struct{ Role, Unit, RoleKey, UnitID string }

// createdPage shows first credentials, once.
type createdPage struct {
	web.Page
	Name, Login, Password, OTP string
	QR                         web.QR
	Back                       web.Link
}

// rules say how the three administrators share the work.
func rules(p web.Page) []string {
	return []string{
		p.Tr("系统管理员建立、停用账号，重置凭据，不能授予任何角色。", "The system administrator makes and disables accounts and resets credentials, and gives no role."),
		p.Tr("安全管理员授予、收回角色，不能建立账号。", "The security administrator gives and takes roles, and makes no account."),
		p.Tr("审计管理员只能查看审计日志。三种管理员由不同的人担任，谁都不能管理自己的账号。", "The audit administrator reads the log. The three are different people, and nobody manages his own account."),
	}
}

// staff answers GET /console/staff?unit.
func (k *Console) staff(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	p, err := k.staffPage(r, a, r.URL.Query().Get("unit"), nil)
	if err != nil {
		return err
	}
	return k.views.staff.Render(w, r, http.StatusOK, p)
}

// staffPage fills the list of a unit's accounts; typed is a new account that
// did not go through.
func (k *Console) staffPage(r *http.Request, a actor.Actor, unit string, typed url.Values) (staffPage, error) {
	ctx := r.Context()
	p := staffPage{Page: k.page(r, a, "staff", "人员与角色", "Staff and roles")}
	p.Rules = rules(p.Page)
	dir, err := k.c.Identity.Directory(ctx)
	if err != nil {
		return p, err
	}
	id, err := strconv.ParseInt(unit, 10, 64)
	u, ok := dir.Unit(id)
	if err != nil || !ok {
		if unit != "" {
			return p, web.ErrNoPage()
		}
		u, _ = dir.Unit(a.Unit)
	}
	p.Unit, p.Key = u.Name, u.Key
	p.Units = web.FieldView{ID: "unit", Name: "unit", Widget: "select", Label: p.Tr("单位", "Unit"), Options: units(dir, u.ID, func(x identity.Unit) bool {
		return identity.Decide(a, identity.StaffRead, identity.Target{UnitPath: x.Path}) == nil
	})}
	list, err := k.c.Identity.StaffOf(ctx, a, u.ID)
	if err != nil {
		return p, err
	}
	p.Table = web.Table{Caption: p.Tr("工作人员", "Staff"), Hide: true, Heads: []web.Head{{Text: p.Tr("姓名", "Name")}, {Text: p.Tr("账号", "Account")}, {Text: p.Tr("角色", "Roles")}, {Text: p.Tr("状态", "State")}},
		Empty: web.Empty{Title: p.Tr("这个单位还没有工作人员", "This unit has no staff yet"), Text: p.Tr("由系统管理员建立账号。", "The system administrator makes accounts.")}}
	for _, st := range list {
		var roles []string
		for _, g := range st.Grants {
			roles = append(roles, desk.RoleName(p.Page, g.Role))
		}
		words := strings.Join(slices.Compact(roles), p.Tr("、", ", "))
		if words == "" {
			words = p.Tr("没有角色", "No role")
		}
		p.Table.Rows = append(p.Table.Rows, web.Row{Cells: []web.Cell{{Text: st.Name, Href: memberPath(st.ID), Row: true}, {Text: st.Login}, {Text: words}, {Tag: accountState(p.Page, st)}}})
	}
	if identity.Decide(a, identity.StaffManage, identity.Target{UnitPath: u.Path}) == nil {
		p.Create = []web.FieldView{
			{ID: "new-login", Name: "login", Label: p.Tr("账号", "Account"), Value: typed.Get("login"), Max: 64, Width: "w-m", Auto: "off", Help: p.Tr("小写字母、数字和连字符。", "Small letters, digits, hyphens.")},
			{ID: "new-name", Name: "name", Label: p.Tr("姓名", "Name"), Value: typed.Get("name"), Max: 50, Width: "w-m", Auto: "off"},
		}
	}
	return p, nil
}

func accountState(p web.Page, st identity.Staff) web.Tag {
	switch {
	case st.Disabled:
		return web.Tag{Tone: web.Bad, Text: p.Tr("已停用", "Disabled")}
	case st.MustChange:
		return web.Tag{Tone: web.Note, Text: p.Tr("待改初始密码", "First password")}
	}
	return web.Tag{Tone: web.OK, Text: p.Tr("正常", "In use")}
}

func memberPath(id int64) string { return "/console/staff/" + strconv.FormatInt(id, 10) }

// units are the options of a choice of units.
func units(dir *identity.Directory, chosen int64, ok func(identity.Unit) bool) []web.OptionView {
	var out []web.OptionView
	for _, u := range dir.Units() {
		if ok(u) {
			depth := max(strings.Count(u.Path, "/")-2, 0)
			out = append(out, web.OptionView{Value: strconv.FormatInt(u.ID, 10), Label: strings.Repeat("　", depth) + u.Name, Checked: u.ID == chosen})
		}
	}
	return out
}

// create makes an account without a role and shows its credentials once.
func (k *Console) create(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	in := r.PostForm
	st, cred, err := k.c.Identity.CreateStaff(r.Context(), a, identity.StaffInput{Login: in.Get("login"), Name: in.Get("name"), Unit: in.Get("unit")})
	e := errs.Of(err)
	if err != nil && (e.Kind == errs.Invalid || e.Code == identity.ErrLoginTaken.Code) {
		bad := e.Fields
		if len(bad) == 0 {
			bad = []errs.Field{{Path: "login", Code: e.Code, ZH: e.ZH, EN: e.EN}}
		}
		p, perr := k.staffPage(r, a, k.unitID(r.Context(), in.Get("unit")), in)
		if perr != nil {
			return perr
		}
		mark(&p.Page, p.Create, bad)
		return k.views.staff.Render(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	return k.show(w, r, a, st, cred, "账号已建立", "The account was made")
}

// unitID turns a unit's key into its id; "" for an unknown one.
func (k *Console) unitID(ctx context.Context, key string) string {
	dir, err := k.c.Identity.Directory(ctx)
	if err != nil {
		return ""
	}
	u, ok := dir.UnitByKey(key)
	if !ok {
		return ""
	}
	return strconv.FormatInt(u.ID, 10)
}

// mark puts problems at their fields and on top of the page.
func mark(p *web.Page, fields []web.FieldView, bad []errs.Field) {
	ids := map[string]string{}
	for _, f := range fields {
		ids[f.Name] = f.ID
	}
	words := p.FieldErrors(bad, ids)
	for i := range fields {
		fields[i].Error = words[fields[i].Name]
	}
}

// show gives credentials to who made them, once.
func (k *Console) show(w http.ResponseWriter, r *http.Request, a actor.Actor, st identity.Staff, cred identity.Credentials, zh, en string) error {
	p := createdPage{Page: k.page(r, a, "staff", zh, en), Name: st.Name, Login: st.Login, Password: cred.Password, OTP: cred.OTPURL}
	p.Path = "/console/staff"
	p.Back = web.Link{Href: memberPath(st.ID), Text: p.Tr("到这个账号", "To the account")}
	qr, err := web.NewQR(cred.OTPURL, p.Tr("身份验证器的二维码", "QR code for the authenticator"))
	if err != nil {
		return err
	}
	p.QR = qr
	return k.views.created.Render(w, r, http.StatusOK, p)
}

// found loads the account that the address names, for an administrator who may
// see it.
func (k *Console) found(r *http.Request) (a actor.Actor, st identity.Staff, dir *identity.Directory, err error) {
	if a, err = k.actor(r); err != nil {
		return
	}
	id, perr := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if perr != nil {
		return a, st, nil, web.ErrNoPage()
	}
	if dir, err = k.c.Identity.Directory(r.Context()); err != nil {
		return
	}
	st, err = k.c.Identity.Staff(r.Context(), id)
	subject := "staff/" + strconv.FormatInt(id, 10)
	if aerr := k.c.Identity.Allow(r.Context(), a, identity.StaffRead, identity.Target{UnitPath: dir.Path(st.UnitID)}, subject); aerr != nil {
		return a, st, dir, aerr
	}
	return a, st, dir, err
}

// member answers GET /console/staff/{id}.
func (k *Console) member(w http.ResponseWriter, r *http.Request) error {
	p, err := k.memberPage(r)
	if err != nil {
		return err
	}
	return k.views.member.Render(w, r, http.StatusOK, p)
}

func (k *Console) memberPage(r *http.Request) (memberPage, error) {
	a, st, dir, err := k.found(r)
	if err != nil {
		return memberPage{}, err
	}
	p := memberPage{Page: k.page(r, a, "staff", st.Name, st.Name), Name: st.Name, URL: memberPath(st.ID), Off: st.Disabled, Demo: st.Demo}
	p.State = accountState(p.Page, st)
	u, _ := dir.Unit(st.UnitID)
	p.Facts.Rows = []web.Fact{{Key: p.Tr("账号", "Account"), Value: st.Login}, {Key: p.Tr("单位", "Unit"), Value: u.Name}}
	p.Back = web.Link{Href: "/console/staff?unit=" + strconv.FormatInt(u.ID, 10), Text: p.Tr("回到人员列表", "Back to the staff")}
	t := identity.Target{UnitPath: u.Path, StaffID: st.ID}
	p.Manage = identity.Decide(a, identity.StaffManage, t) == nil
	p.Roles = identity.Decide(a, identity.RoleGrant, t) == nil
	switch {
	case a.ID == st.ID:
		p.Why = p.Tr("这是您自己的账号：任何人都不能管理自己的账号。", "This is your own account: nobody manages his own.")
	case !p.Manage && !p.Roles:
		p.Why = p.Tr("账号由系统管理员管理，角色由安全管理员授予；您只能查看。", "Accounts are the system administrator's, roles the security administrator's; you may only look.")
	case p.Manage:
		p.Why = p.Tr("角色由安全管理员授予，系统管理员不能授予。", "Roles are given by the security administrator alone.")
	case p.Roles:
		p.Why = p.Tr("账号的建立、停用和重置由系统管理员办理。", "Accounts are made, disabled and reset by the system administrator.")
	}
	p.Confirm = p.Tr("重置后旧的密码和动态口令立即失效，确认？", "The old password and code stop at once. Go on?")
	for _, g := range st.Grants {
		at := unitAt(dir, g.Path)
		p.Held = append(p.Held, heldRole{Role: desk.RoleName(p.Page, g.Role), Unit: at.Name, RoleKey: string(g.Role), UnitID: strconv.FormatInt(at.ID, 10)})
	}
	if p.Roles {
		role := web.FieldView{ID: "role", Name: "role", Widget: "select", Label: p.Tr("角色", "Role")}
		for _, x := range actor.Roles {
			role.Options = append(role.Options, web.OptionView{Value: string(x), Label: desk.RoleName(p.Page, x)})
		}
		p.Grant = []web.FieldView{role, {ID: "unit", Name: "unit", Widget: "select", Label: p.Tr("在哪个单位及其下级", "In which unit and below"),
			Options: units(dir, u.ID, func(x identity.Unit) bool {
				return identity.Decide(a, identity.RoleGrant, identity.Target{UnitPath: x.Path}) == nil
			})}}
	}
	return p, nil
}

func unitAt(dir *identity.Directory, path string) identity.Unit {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	id, err := strconv.ParseInt(parts[len(parts)-1], 10, 64)
	if err != nil {
		return identity.Unit{}
	}
	u, _ := dir.Unit(id)
	return u
}

// disable 停用 or enables an account; its sessions end at once.
func (k *Console) disable(w http.ResponseWriter, r *http.Request) error {
	a, st, _, err := k.found(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	off := r.PostForm.Get("disabled") == "true"
	if err := k.c.Identity.DisableStaff(r.Context(), a, st.ID, off); err != nil {
		return err
	}
	if off {
		if err := k.c.Door.EndStaff(r.Context(), a, st.ID); err != nil {
			return err
		}
		k.flash(w, r, "账号已停用，已登录的会话已结束。", "The account is disabled; its sessions have ended.")
	} else {
		k.flash(w, r, "账号已启用。", "The account is in use again.")
	}
	return web.SeeOther(w, r, memberPath(st.ID))
}

// reset gives new credentials to who lost them.
func (k *Console) reset(w http.ResponseWriter, r *http.Request) error {
	a, st, _, err := k.found(r)
	if err != nil {
		return err
	}
	cred, err := k.c.Identity.ResetStaff(r.Context(), a, st.ID)
	if err != nil {
		return err
	}
	if err := k.c.Door.EndStaff(r.Context(), a, st.ID); err != nil {
		return err
	}
	return k.show(w, r, a, st, cred, "凭据已重置", "New credentials")
}

func (k *Console) grant(w http.ResponseWriter, r *http.Request) error {
	return k.changeRole(w, r, k.c.Identity.GrantRole, "角色已授予。", "The role was given.")
}

func (k *Console) revoke(w http.ResponseWriter, r *http.Request) error {
	return k.changeRole(w, r, k.c.Identity.RevokeRole, "角色已收回。", "The role was taken back.")
}

func (k *Console) changeRole(w http.ResponseWriter, r *http.Request, do func(context.Context, actor.Actor, int64, actor.Role, int64) error, zh, en string) error {
	a, st, _, err := k.found(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	unit, perr := strconv.ParseInt(r.PostForm.Get("unit"), 10, 64)
	if perr != nil {
		unit = 0 // no unit: identity says so
	}
	err = do(r.Context(), a, st.ID, actor.Role(r.PostForm.Get("role")), unit)
	e := errs.Of(err)
	if err != nil && (e.Kind == errs.Invalid || e.Code == identity.ErrSeparation.Code) {
		bad := e.Fields
		if len(bad) == 0 {
			bad = []errs.Field{{Path: "role", Code: e.Code, ZH: e.ZH, EN: e.EN}}
		}
		p, perr := k.memberPage(r)
		if perr != nil {
			return perr
		}
		mark(&p.Page, p.Grant, bad)
		return k.views.member.Render(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	k.flash(w, r, zh, en)
	return web.SeeOther(w, r, memberPath(st.ID))
}
