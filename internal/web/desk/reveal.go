package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// revealForm asks what for, before personal data is shown in clear.
type revealForm struct {
	URL    string // empty: nothing is hidden
	From   string
	Fields []web.FieldView
	Shown  web.Facts // shown once, on this answer alone
	Open   bool
}

// What can be shown in clear.
const (
	revealID      = "idNumber"
	revealPhone   = "phone"
	revealAddress = "address"
	revealAnswers = "answers"
)

// newReveal makes the form for what the case hides.
func newReveal(p web.Page, v *casework.View, from string, in url.Values) revealForm {
	var what []web.OptionView
	add := func(value, zh, en string) {
		what = append(what, web.OptionView{ID: "reveal-what-" + strconv.Itoa(len(what)+1), Value: value, Label: p.Tr(zh, en), Checked: slices.Contains(in["what"], value)})
	}
	if v.Case.Party.Kind == actor.NaturalPerson {
		add(revealID, "公民身份号码", "ID number")
		add(revealPhone, "电话", "Phone")
		add(revealAddress, "住址", "Address")
	}
	if len(sensitive(v)) > 0 {
		add(revealAnswers, "申请表中已隐去的内容", "Hidden answers of the form")
	}
	if len(what) == 0 {
		return revealForm{}
	}
	return revealForm{URL: casePath(v.Case.No) + "/unmask", From: from, Fields: []web.FieldView{
		{ID: "reveal-what", Name: "what", Widget: form.Checkboxes, Label: p.Tr("查看什么", "What to show"), Options: what},
		{ID: "reveal-purpose", Name: "purpose", Label: p.Tr("用途", "Purpose"), Value: in.Get("purpose"), Max: 200,
			Help: p.Tr("例如：核对申请人身份。查看会记入审计日志，本人可以知道。", "Such as: checking who applies. Looking is recorded in the audit log.")},
	}}
}

func sensitive(v *casework.View) []form.Line {
	var out []form.Line
	for _, l := range v.Summary {
		if l.Sensitive && l.Text != "" {
			out = append(out, l)
		}
	}
	return out
}

// unmask shows what was asked for, once, after it was recorded.
func (d *Desk) unmask(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	in := r.PostForm
	v, err := d.c.Casework.View(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return err
	}
	if !hasAny(a, deskRoles()...) {
		return d.refused(r, a, identity.PartyUnmask, "case/"+v.Case.No)
	}
	from := backTo(in.Get("from"))
	purpose := clean(in.Get("purpose"))
	var bad []errs.Field
	if len(in["what"]) == 0 {
		bad = append(bad, errs.Field{Path: "what", Code: "required", ZH: "请勾选要查看的内容", EN: "Tick what to show"})
	}
	if purpose == "" {
		bad = append(bad, errs.Field{Path: "purpose", Code: "required", ZH: "请写明查看个人信息的用途", EN: "Say what for"})
	}
	var shown web.Facts
	if len(bad) == 0 {
		shown, err = d.reveal(r, a, v, in["what"], purpose)
		if e := errs.Of(err); err != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
			bad = e.Fields
		} else if err != nil {
			return err
		}
	}
	p, err := d.casePage(r, a, v, from, typed{})
	if err != nil {
		return err
	}
	p.Reveal = newReveal(p.Page, v, from, in)
	p.Reveal.Open, p.Reveal.Shown = len(shown.Rows) == 0, shown
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
		mark(&p.Page, p.Reveal.Fields, bad)
	}
	return d.views.kase.Render(w, r, status, p)
}

// reveal records the purpose and gives what was asked for.
func (d *Desk) reveal(r *http.Request, a actor.Actor, v *casework.View, what []string, purpose string) (web.Facts, error) {
	ctx, p := r.Context(), web.NewPage(r, "", "")
	var out web.Facts
	names := map[string]string{revealID: p.Tr("公民身份号码", "ID number"), revealPhone: p.Tr("电话", "Phone"), revealAddress: p.Tr("住址", "Address")}
	for _, field := range what {
		if field == revealAnswers {
			rows, err := d.openAnswers(r, a, v, purpose)
			if err != nil {
				return out, err
			}
			out.Rows = append(out.Rows, rows...)
			continue
		}
		value, err := d.c.Identity.Unmask(ctx, a, identity.PartySubject(v.Case.Party), field, purpose)
		if err != nil {
			return out, err
		}
		if value == "" {
			value = p.Tr("没有登记", "Not registered")
		}
		out.Rows = append(out.Rows, web.Fact{Key: names[field], Value: value})
	}
	return out, nil
}

// openAnswers shows the hidden answers of the form, once the look is recorded.
func (d *Desk) openAnswers(r *http.Request, a actor.Actor, v *casework.View, purpose string) ([]web.Fact, error) {
	dir, err := d.c.Identity.Directory(r.Context())
	if err != nil {
		return nil, err
	}
	a.Purpose = purpose
	subject := "case/" + v.Case.No
	if err := d.c.Identity.Allow(r.Context(), a, identity.PartyUnmask, identity.Target{UnitPath: dir.Path(a.Unit)}, subject); err != nil {
		return nil, err
	}
	if err := d.c.Record(r.Context(), audit.Record{Actor: a, Act: string(identity.PartyUnmask), Subject: subject, Unit: v.Case.UnitID,
		Detail: map[string]string{"field": revealAnswers}, Outcome: "done"}); err != nil {
		return nil, err
	}
	p := web.NewPage(r, "", "")
	var out []web.Fact
	for _, l := range sensitive(v) {
		out = append(out, web.Fact{Key: p.Tr(l.Title, l.TitleEN), Value: p.Tr(l.Text, l.TextEN)})
	}
	return out, nil
}
