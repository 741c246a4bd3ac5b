package portal

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/web"
)

// MessagesPage 我的消息.
type MessagesPage struct {
	web.Page
	Acting   Acting
	Messages []MessageCard
	Unread   bool
	Pager    web.Pager
	Empty    web.Empty
}

// MessageCard is one message.
type MessageCard struct {
	ID      int64
	Subject string
	Body    []string
	Link    web.Link
	At      time.Time
	New     bool
	Sent    string // what became of it outside the platform
}

// MandatesPage 授权委托.
type MandatesPage struct {
	web.Page
	Acting          Acting
	Given, Received []MandateCard
	CanGrant        bool
	Fields          []web.FieldView
	Until           web.FieldView
}

// MandateCard is one mandate.
type MandateCard struct {
	Who, What, When, Ground string
	State                   web.Tag
	Revoke                  web.Action
}

// ProfilePage 个人资料.
type ProfilePage struct {
	web.Page
	Acting   Acting
	Facts    web.Facts
	Contact  []web.FieldView
	Password []web.FieldView
}

func (p *Portal) messages(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	pg := MessagesPage{Page: p.newPage(r, "messages", "我的消息", "Messages")}
	pg.Crumbs = myCrumbs(pg.Page)
	if pg.Acting, err = p.acting(r, a); err != nil {
		return err
	}
	from, err := cursor(r)
	if err != nil {
		return err
	}
	list, err := p.Shelf.Messages(r.Context(), a.For, from, pageSize)
	if err != nil {
		return err
	}
	ids := make([]int64, len(list.Messages))
	for i, m := range list.Messages {
		ids[i] = m.ID
	}
	fates, err := p.Notify.Fates(r.Context(), a, ids...)
	if err != nil {
		return err
	}
	for _, m := range list.Messages {
		c := MessageCard{ID: m.ID, Subject: pg.Tr(m.Subject, m.SubjectEN), Body: strings.Split(pg.Tr(m.Body, m.BodyEN), "\n\n"), At: m.At, New: m.ReadAt.IsZero(), Sent: sentWords(pg.Page, fates[m.ID])}
		if m.Link != "" && web.SamePath(m.Link) {
			c.Link = web.Link{Href: m.Link, Text: pg.Tr("查看办件", "See the case")}
		}
		pg.Unread = pg.Unread || c.New
		pg.Messages = append(pg.Messages, c)
	}
	if list.Next != 0 {
		pg.Pager.Next = "/my/messages?after=" + strconv.FormatInt(list.Next, 10)
	}
	pg.Empty = web.Empty{Title: pg.Tr("没有消息", "No messages"), Text: pg.Tr("办件有进展时会在这里告诉您。", "You will be told here when something happens.")}
	return p.v.messages.Render(w, r, http.StatusOK, pg)
}

func (p *Portal) readMessages(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	id := int64(0)
	if v := r.PostFormValue("id"); v != "" {
		if id, err = strconv.ParseInt(v, 10, 64); err != nil {
			return web.Malformed(err)
		}
	}
	if err := p.Shelf.ReadMessage(r.Context(), a.For, id); err != nil {
		if errors.Is(err, notify.ErrNoMessage) {
			p.Identity.Refused(r.Context(), a, identity.MessageRead, "message/"+strconv.FormatInt(id, 10), identity.ErrNotFound)
		}
		return err
	}
	return web.SeeOther(w, r, "/my/messages")
}

func (p *Portal) mandates(w http.ResponseWriter, r *http.Request) error {
	return p.mandatesPage(w, r, http.StatusOK, identity.MandateInput{}, nil)
}

func (p *Portal) mandatesPage(w http.ResponseWriter, r *http.Request, status int, in identity.MandateInput, problems []errs.Field) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	pg := MandatesPage{Page: p.newPage(r, "my", "授权委托", "Mandates"), CanGrant: a.Mandate == 0}
	pg.Crumbs = myCrumbs(pg.Page)
	if pg.Acting, err = p.acting(r, a); err != nil {
		return err
	}
	given, received, err := p.Identity.Mandates(r.Context(), a)
	if err != nil {
		return err
	}
	for _, m := range given {
		pg.Given = append(pg.Given, p.mandateCard(r.Context(), pg.Page, m, m.Agent.Name))
	}
	for _, m := range received {
		pg.Received = append(pg.Received, p.mandateCard(r.Context(), pg.Page, m, m.Principal.Name))
	}
	words := pg.FieldErrors(problems, map[string]string{"agentName": "f-agentName", "agentIdNumber": "f-agentIdNumber", "until": "f-until-y", "ground": "f-ground"})
	pg.Fields = []web.FieldView{
		{ID: "f-agentName", Name: "agentName", Label: pg.Tr("代理人姓名", "Agent's name"), Width: "w-m", Max: 50, Auto: "off", Value: in.AgentName, Error: words["agentName"]},
		{ID: "f-agentIdNumber", Name: "agentIdNumber", Widget: "idnumber", Width: "w-id", Label: pg.Tr("代理人身份证号码", "Agent's ID number"), Max: 18, Auto: "off", Value: in.AgentIDNumber, Error: words["agentIdNumber"],
			Help: pg.Tr("对方需要已经在本平台注册", "The agent must have an account here")},
		{ID: "f-ground", Name: "ground", Label: pg.Tr("为什么委托", "Why"), Max: 200, Value: in.Ground, Error: words["ground"], Help: pg.Tr("例如：女儿代母亲办事，已签授权委托书", "For example: daughter acts for her mother")},
	}
	pg.Until = web.FieldView{ID: "f-until", Name: "until", Widget: "date", Label: pg.Tr("授权到哪一天", "Until"), Help: pg.Tr("最长三年", "At most three years"), Error: words["until"],
		Y: r.PostFormValue("until.y"), M: r.PostFormValue("until.m"), D: r.PostFormValue("until.d")}
	return p.v.mandates.Render(w, r, status, pg)
}

func (p *Portal) mandateCard(ctx context.Context, pg web.Page, m identity.Mandate, who string) MandateCard {
	c := MandateCard{Who: who, Ground: m.Ground, When: m.From + pg.Tr(" 至 ", " – ") + m.Until, What: pg.Tr("全部事项", "All services")}
	if !m.Covers("") && len(m.Items) > 0 && m.Items[0] != identity.AllItems {
		names := make([]string, len(m.Items))
		for i, code := range m.Items {
			if name, err := p.Catalog.NameOf(ctx, code); err == nil {
				names[i] = name
			} else {
				names[i] = code
			}
		}
		c.What = strings.Join(names, pg.Tr("、", ", "))
	}
	switch {
	case !m.RevokedAt.IsZero():
		c.State = web.Tag{Text: pg.Tr("已撤销", "Revoked")}
	case m.Holds(p.today()):
		c.State = web.Tag{Tone: web.OK, Text: pg.Tr("有效", "In force")}
	case m.From > p.today():
		c.State = web.Tag{Tone: web.Info, Text: pg.Tr("未开始", "Not begun")}
	default:
		c.State = web.Tag{Text: pg.Tr("已到期", "Ended")}
	}
	if m.RevokedAt.IsZero() && m.Until >= p.today() {
		c.Revoke = web.Action{URL: "/my/mandates/" + strconv.FormatInt(m.ID, 10) + "/revoke", Text: pg.Tr("撤销", "Revoke"), Warn: true, Confirm: pg.Tr("撤销后马上失效，确定吗？", "It ends at once. Revoke it?")}
	}
	return c
}

func (p *Portal) grant(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	get := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	in := identity.MandateInput{AgentName: get("agentName"), AgentIDNumber: strings.ToUpper(get("agentIdNumber")), Ground: get("ground"), Until: dateOf(get("until.y"), get("until.m"), get("until.d"))}
	m, err := p.Identity.GrantMandate(r.Context(), a, in)
	if err != nil {
		fields, other := wrong(err)
		if other != nil {
			return other
		}
		return p.mandatesPage(w, r, http.StatusUnprocessableEntity, in, fields)
	}
	pg := web.NewPage(r, "", "")
	p.Renderer.SetFlash(w, web.OK, pg.Tr("已授权“"+m.Agent.Name+"”代为办事。", "“"+m.Agent.Name+"” may now act for you."))
	return web.SeeOther(w, r, "/my/mandates")
}

// dateOf joins the three boxes of a date; empty when they are no date.
func dateOf(y, m, d string) string {
	year, err1 := strconv.Atoi(y)
	month, err2 := strconv.Atoi(m)
	dd, err3 := strconv.Atoi(d)
	t := time.Date(year, time.Month(month), dd, 0, 0, 0, 0, time.UTC)
	if errors.Join(err1, err2, err3) != nil || t.Year() != year || int(t.Month()) != month || t.Day() != dd {
		return ""
	}
	return t.Format(time.DateOnly)
}

func (p *Portal) revoke(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	if err := p.Identity.RevokeMandate(r.Context(), a, id); err != nil {
		return err
	}
	pg := web.NewPage(r, "", "")
	p.Renderer.SetFlash(w, web.OK, pg.Tr("授权已撤销。", "The mandate is revoked."))
	return web.SeeOther(w, r, "/my/mandates")
}

func (p *Portal) profile(w http.ResponseWriter, r *http.Request) error {
	return p.profilePage(w, r, http.StatusOK, nil, nil)
}

func (p *Portal) profilePage(w http.ResponseWriter, r *http.Request, status int, typed map[string]string, problems []errs.Field) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	who, err := p.Identity.Person(r.Context(), a)
	if err != nil {
		return err
	}
	pg := ProfilePage{Page: p.newPage(r, "my", "个人资料", "Profile")}
	pg.Crumbs = myCrumbs(pg.Page)
	if pg.Acting, err = p.acting(r, a); err != nil {
		return err
	}
	m := who.Masked()
	pg.Facts.Rows = []web.Fact{{Key: pg.Tr("姓名", "Name"), Value: who.Name}, {Key: pg.Tr("身份证号码", "ID number"), Value: m.IDNumber}, {Key: pg.Tr("账号", "Account"), Value: who.Login}}
	words := pg.FieldErrors(problems, map[string]string{"phone": "f-phone", "email": "f-email", "address": "f-address", "old": "f-old", "password": "f-password"})
	value := func(name, stored string) string {
		if v, ok := typed[name]; ok {
			return v
		}
		return stored
	}
	pg.Contact = []web.FieldView{
		{ID: "f-phone", Name: "phone", Widget: "phone", Mode: "tel", Width: "w-m", Label: pg.Tr("手机号码", "Mobile"), Auto: "tel", Max: 20, Value: value("phone", who.Phone), Error: words["phone"]},
		{ID: "f-email", Name: "email", Label: pg.Tr("电子邮箱", "E-mail"), Optional: true, Width: "w-l", Auto: "email", Max: 100, Value: value("email", who.Email), Error: words["email"]},
		{ID: "f-address", Name: "address", Label: pg.Tr("联系地址", "Postal address"), Optional: true, Auto: "street-address", Max: 200, Value: value("address", who.Address), Error: words["address"]},
	}
	pg.Password = []web.FieldView{
		{ID: "f-old", Name: "old", Secret: true, Width: "w-l", Label: pg.Tr("现在的密码", "Present password"), Auto: "current-password", Max: 200, Error: words["old"]},
		{ID: "f-password", Name: "password", Secret: true, Width: "w-l", Label: pg.Tr("新密码", "New password"), Auto: "new-password", Max: 200, Error: words["password"]},
	}
	return p.v.profile.Render(w, r, status, pg)
}

func (p *Portal) changeContact(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	typed := map[string]string{}
	for _, n := range []string{"phone", "email", "address"} {
		typed[n] = strings.TrimSpace(r.PostForm.Get(n))
	}
	phone, email, address := typed["phone"], typed["email"], typed["address"]
	if err := p.Identity.ChangeContact(r.Context(), a, identity.ContactInput{Phone: &phone, Email: &email, Address: &address}); err != nil {
		fields, other := wrong(err)
		if other != nil {
			return other
		}
		return p.profilePage(w, r, http.StatusUnprocessableEntity, typed, fields)
	}
	return p.saved(w, r, "资料已保存。", "Saved.")
}

func (p *Portal) changePassword(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	err = p.Door.ChangePassword(r.Context(), a, r.PostFormValue("old"), r.PostFormValue("password"))
	switch {
	case errors.Is(err, identity.ErrLogin):
		return p.profilePage(w, r, http.StatusUnprocessableEntity, nil, []errs.Field{{Path: "old", Code: "wrong", ZH: "现在的密码不正确", EN: "The present password is not right"}})
	case errors.Is(err, gate.ErrTooMany):
		return p.profilePage(w, r, http.StatusTooManyRequests, nil, []errs.Field{{Path: "old", Code: "too-many", ZH: "尝试次数过多，请稍后再试", EN: "Too many attempts; try again later"}})
	case err != nil:
		fields, other := wrong(err)
		if other != nil {
			return other
		}
		return p.profilePage(w, r, http.StatusUnprocessableEntity, nil, fields)
	}
	return p.saved(w, r, "密码已更改，其他设备上的登录已退出。", "The password is changed; other sessions were ended.")
}

func (p *Portal) saved(w http.ResponseWriter, r *http.Request, zh, en string) error {
	pg := web.NewPage(r, "", "")
	p.Renderer.SetFlash(w, web.OK, pg.Tr(zh, en))
	return web.SeeOther(w, r, "/my/profile")
}
