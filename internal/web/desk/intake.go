package desk

import (
	"context"
	"crypto/hmac"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// intakePage 窗口收件: who comes, then which item; the wizard goes on.
type intakePage struct {
	web.Page
	Steps    web.Steps
	Find     []web.FieldView // who comes, by number
	Register []web.FieldView // a person met for the first time
	Party    string          // who was found; empty: the first step
	Number   string          // masked
	Token    string
	Query    string
	Items    []intakeItem
	Empty    web.Empty
	Drafts   web.Table
	Item     string // code of an item chosen before the person: the next one of a queue
	For      string // its name
	NoSMS    bool   // the person wants none
	NoSMSAt  string // who noted it, and when
}

// intakeItem is an item that the clerk's windows take in.
type intakeItem struct {
	Name, Code, Soft string
	Tag              web.Tag
}

// itemRows is how many items a search shows; itemPages how far it looks for
// those that the clerk's own centre takes in.
const (
	itemRows  = 30
	itemPages = 6
)

// clerk is the window clerk who asks.
func (d *Desk) clerk(r *http.Request) (actor.Actor, error) {
	a, err := d.Actor(r)
	if err == nil && !a.Has(actor.WindowClerk) {
		err = d.refused(r, a, identity.CaseReceive, "intake")
	}
	return a, err
}

// showIntake answers GET /desk/intake, with who=TOKEN its second step.
func (d *Desk) showIntake(w http.ResponseWriter, r *http.Request) error {
	a, err := d.clerk(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if token := q.Get("who"); token != "" {
		if q.Get("item") != "" {
			return d.chooseScenario(w, r, a, token, q.Get("item"))
		}
		return d.chooseItem(w, r, a, token)
	}
	p, err := d.intakePage(r, a, url.Values{"item": {q.Get("item")}})
	if err != nil {
		return err
	}
	return d.views.intake.Render(w, r, http.StatusOK, p)
}

func (d *Desk) intakePage(r *http.Request, a actor.Actor, in url.Values) (intakePage, error) {
	p := intakePage{Page: d.page(r, a, "intake", "窗口收件", "Intake")}
	p.Steps = intakeSteps(p.Page, 0)
	p.Find = []web.FieldView{{ID: "number", Name: "number", Widget: form.IDNumber, Label: p.Tr("身份证号码或者统一社会信用代码", "ID number or USCC"), Value: in.Get("number"),
		Width: "w-id", Auto: "off", Max: cardLength, Help: p.Tr("核对申请人出示的证件后填写；刷身份证的，光标在这里时读卡即可。", "As on the document shown; a card reader may type it here.")}}
	var err error
	if code := clean(in.Get("item")); code != "" {
		it, err := d.c.Catalog.Item(r.Context(), code)
		if err != nil {
			return p, err
		}
		p.Item, p.For = it.Code, p.Tr(it.Name, orElse(it.NameEN, it.Name))
	}
	p.Drafts, err = d.drafts(r.Context(), a, p.Page)
	return p, err
}

func intakeSteps(p web.Page, now int) web.Steps {
	s := web.Steps{Now: now}
	for _, t := range []string{p.Tr("申请人", "Applicant"), p.Tr("事项", "Item"), p.Tr("填写和材料", "Form and materials"), p.Tr("打印凭证", "Receipt")} {
		s.Items = append(s.Items, web.Step{Title: t})
	}
	if now > 0 {
		s.Items[0].Href = "/desk/intake"
	}
	return s
}

// drafts lists what the clerk has begun and not handed in.
func (d *Desk) drafts(ctx context.Context, a actor.Actor, p web.Page) (web.Table, error) {
	list, err := d.c.Casework.Drafts(ctx, a, 0, 20)
	t := web.Table{Caption: p.Tr("还没有提交的收件", "Not handed in yet"), Heads: []web.Head{{Text: p.Tr("事项", "Item")}, {Text: p.Tr("申请人", "Applicant")}, {Text: p.Tr("最后修改", "Last change")}}}
	for _, x := range list {
		soft := ""
		if x.CaseNo != "" {
			soft = p.Tr("补正 ", "Correction of ") + d.shortNo(x.CaseNo)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.ItemName, Href: d.apply.First(x.ID), Soft: soft, Row: true}, {Text: x.Party.Name}, {Text: dayTime(p, x.UpdatedAt)}}})
	}
	return t, err
}

// findParty answers who has a number; for a person nobody knows it offers to
// register one, without a phone or an account.
func (d *Desk) findParty(w http.ResponseWriter, r *http.Request) error {
	a, err := d.clerk(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	card, read := ident.ReadCard(r.PostForm.Get("number"))
	number := card.Number
	if !read {
		number = ident.Normalise(clean(r.PostForm.Get("number")))
	}
	item := clean(r.PostForm.Get("item"))
	party, err := d.c.Identity.FindParty(r.Context(), a, number)
	switch e := errs.Of(err); {
	case err == nil:
		return web.SeeOther(w, r, intakeAt(d.token(a, party), item))
	case errors.Is(err, identity.ErrNoParty):
		p, err := d.intakePage(r, a, r.PostForm)
		if err != nil {
			return err
		}
		if ident.CheckResident(number).Valid {
			p.Register = registerFields(p.Page, url.Values{"idNumber": {number}, "name": {card.Name}, "address": {card.Address}})
			return d.views.intake.Render(w, r, http.StatusOK, p)
		}
		mark(&p.Page, p.Find, []errs.Field{{Path: "number", Code: e.Code, ZH: "没有登记这个单位，请申请人先在登记机关办理登记", EN: "No such organisation is registered"}})
		return d.views.intake.Render(w, r, http.StatusUnprocessableEntity, p)
	case e.Kind == errs.Invalid:
		p, err := d.intakePage(r, a, r.PostForm)
		if err != nil {
			return err
		}
		mark(&p.Page, p.Find, e.Fields)
		return d.views.intake.Render(w, r, http.StatusUnprocessableEntity, p)
	}
	return err
}

func registerFields(p web.Page, in url.Values) []web.FieldView {
	return []web.FieldView{
		{ID: "name", Name: "name", Label: p.Tr("姓名", "Name"), Value: in.Get("name"), Max: 50, Width: "w-m", Auto: "off", Help: p.Tr("与身份证一致。", "As on the ID card.")},
		{ID: "idNumber", Name: "idNumber", Widget: form.IDNumber, Label: p.Tr("公民身份号码", "ID number"), Value: in.Get("idNumber"), Width: "w-id", Auto: "off", Max: 20},
		{ID: "phone", Name: "phone", Widget: form.Phone, Label: p.Tr("电话", "Phone"), Value: in.Get("phone"), Optional: true, Width: "w-m", Auto: "off", Max: 20,
			Help: p.Tr("没有电话也可以办理，凭收件凭证查询进度。", "Not needed: the receipt shows the progress.")},
		{ID: "address", Name: "address", Label: p.Tr("住址", "Address"), Value: in.Get("address"), Optional: true, Width: "w-l", Auto: "off", Max: 200},
	}
}

// register takes in a person who was never met before.
func (d *Desk) register(w http.ResponseWriter, r *http.Request) error {
	a, err := d.clerk(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	in := r.PostForm
	person, err := d.c.Identity.WalkIn(r.Context(), a, identity.PersonInput{Name: clean(in.Get("name")), IDNumber: ident.Normalise(clean(in.Get("idNumber"))),
		Phone: clean(in.Get("phone")), Address: clean(in.Get("address"))})
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid {
		p, err := d.intakePage(r, a, url.Values{"number": in["idNumber"], "item": in["item"]})
		if err != nil {
			return err
		}
		p.Register = registerFields(p.Page, in)
		bad := e.Fields
		for i := range bad {
			bad[i].Path = bad[i].Path[strings.LastIndex(bad[i].Path, "/")+1:]
		}
		mark(&p.Page, p.Register, bad)
		return d.views.intake.Render(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, intakeAt(d.token(a, actor.Party{Kind: actor.NaturalPerson, ID: person.ID}), clean(in.Get("item"))))
}

// cardLength is how much a card reader may type.
const cardLength = 400

// intakeAt is the next step for a person who was found, at once with the item if
// it was chosen before.
func intakeAt(token, item string) string {
	q := url.Values{"who": {token}}
	if item != "" {
		q.Set("item", item)
	}
	return "/desk/intake?" + q.Encode()
}

// token names the party found, for this clerk alone: nobody can try out ids.
func (d *Desk) token(a actor.Actor, p actor.Party) string {
	id := string(p.Kind) + "." + strconv.FormatInt(p.ID, 10)
	return id + "." + d.c.Vault.Index("desk/party", id+" "+strconv.FormatInt(a.ID, 10))[:32]
}

// redeem gives the party of a token.
func (d *Desk) redeem(ctx context.Context, a actor.Actor, token string) (identity.PartyInfo, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return identity.PartyInfo{}, web.ErrNoPage()
	}
	id, err := strconv.ParseInt(parts[1], 10, 64)
	party := actor.Party{Kind: actor.PartyKind(parts[0]), ID: id}
	if err != nil || !hmac.Equal([]byte(d.token(a, party)), []byte(token)) {
		return identity.PartyInfo{}, web.ErrNoPage()
	}
	return d.c.Party(ctx, party)
}

// chooseItem is the second step: an item that the clerk's centre takes in.
func (d *Desk) chooseItem(w http.ResponseWriter, r *http.Request, a actor.Actor, token string) error {
	info, err := d.redeem(r.Context(), a, token)
	if err != nil {
		return err
	}
	p := intakePage{Page: d.page(r, a, "intake", "窗口收件：选择事项", "Intake: the item"), Party: info.Name, Token: token, Number: ident.MaskNumber(info.IDNumber)}
	if info.IDKind == identity.USCC {
		p.Number = info.IDNumber
	}
	no, err := d.c.Notify.HasNoSMS(r.Context(), a, info.Party)
	if err != nil {
		return err
	}
	if no != nil {
		p.NoSMS, p.NoSMSAt = true, no.By+" "+clock.DateOf(no.At).String()
	}
	p.Steps = intakeSteps(p.Page, 1)
	p.Query = clean(r.URL.Query().Get("q"))
	items, err := d.ownItems(r.Context(), a, info, p.Query)
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid {
		p.FieldErrors(e.Fields, map[string]string{"q": "q"})
	} else if err != nil {
		return err
	}
	for _, it := range items {
		x := intakeItem{Name: p.Tr(it.Name, orElse(it.NameEN, it.Name)), Code: it.Code, Soft: it.Summary}
		if it.CaseType == "instant" {
			x.Tag = web.Tag{Tone: web.OK, Text: p.Tr("即办", "On the spot")}
		}
		p.Items = append(p.Items, x)
	}
	p.Empty = web.Empty{Title: p.Tr("没有找到可以收件的事项", "No item found"), Text: p.Tr("请换一个词，或者核对事项是否由本中心收件、是否面向这类申请人。", "Try another word; the item may be received elsewhere or be for other applicants.")}
	return d.views.intake.Render(w, r, http.StatusOK, p)
}

// noSMS notes that the person at the window wants no SMS, or takes it back.
func (d *Desk) noSMS(w http.ResponseWriter, r *http.Request) error {
	a, err := d.clerk(r)
	if err != nil {
		return err
	}
	token := r.PostFormValue("who")
	info, err := d.redeem(r.Context(), a, token)
	if err != nil {
		return err
	}
	no := r.PostFormValue("no") == "1"
	if err := d.c.Notify.NoteNoSMS(r.Context(), a, info.Party, no); err != nil {
		return err
	}
	pg := web.NewPage(r, "", "")
	words := pg.Tr("已恢复给这位申请人发短信。", "SMS will be sent to this applicant again.")
	if no {
		words = pg.Tr("已登记：不给这位申请人发短信。", "Noted: no SMS to this applicant.")
	}
	d.c.Renderer.SetFlash(w, web.OK, words)
	return web.SeeOther(w, r, intakeAt(token, ""))
}

// ownItems finds items for this applicant that the clerk's windows receive.
func (d *Desk) ownItems(ctx context.Context, a actor.Actor, who identity.PartyInfo, text string) ([]catalog.Item, error) {
	dir, err := d.c.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	q := catalog.Query{Text: text, Limit: 100, Audience: "person", Each: true}
	if who.Party.Kind == actor.LegalEntity {
		q.Audience = "entity"
	}
	var out []catalog.Item
	for range itemPages {
		page, err := d.c.Catalog.Search(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, it := range page.Items {
			t := identity.Target{UnitPath: dir.Path(it.UnitID), ReceivingPath: dir.Path(it.ReceivingUnitID)}
			if identity.Decide(a, identity.CaseReceive, t) == nil && len(out) < itemRows {
				out = append(out, it.Item)
			}
		}
		if page.Next == "" || len(out) == itemRows {
			break
		}
		q.Cursor = page.Next
	}
	return out, nil
}

// start opens the draft; the wizard goes on from there.
func (d *Desk) start(w http.ResponseWriter, r *http.Request) error {
	a, err := d.clerk(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	info, err := d.redeem(r.Context(), a, r.PostForm.Get("who"))
	if err != nil {
		return err
	}
	_, v, err := d.c.Catalog.Guide(r.Context(), r.PostForm.Get("item"))
	if err != nil {
		return err
	}
	draft, err := d.c.Casework.StartDraft(r.Context(), a, r.PostForm.Get("item"), info.Party, caseview.ScenarioAnswers(v, r.PostForm))
	if errors.Is(err, casework.ErrChanged) || errs.KindOf(err) == errs.Forbidden && err != nil {
		return web.Onward(err, web.Link{Href: "/desk/intake?who=" + url.QueryEscape(r.PostForm.Get("who")), Text: web.NewPage(r, "", "").Tr("选择其他事项", "Choose another item")})
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, d.apply.First(draft.ID))
}
