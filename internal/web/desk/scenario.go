package desk

import (
	"net/http"
	"net/url"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// scenarioPage 情形和材料清单: what the guide asks of this person, before anything
// is typed: the clerk tells once what is missing.
type scenarioPage struct {
	web.Page
	Steps         web.Steps
	Party, Number string
	Item, Token   string
	Code          string
	FormID        string
	Fields        []web.FieldView
	Answered      bool
	List          []checkLine
	Hidden        []web.Hidden
	Another       web.Link
	Help          web.Link // 帮办代办 for this person and item
	Guide         web.Link
}

// checkLine is one material of the checklist.
type checkLine struct {
	Name, Standard string
	Tag            web.Tag
	How            []string // how it can be handed in here
}

// chooseScenario is the third step: which case of the item it is, and the
// checklist for it.
func (d *Desk) chooseScenario(w http.ResponseWriter, r *http.Request, a actor.Actor, token, code string) error {
	ctx := r.Context()
	info, err := d.redeem(ctx, a, token)
	if err != nil {
		return err
	}
	it, v, err := d.c.Catalog.Guide(ctx, code)
	if err != nil {
		return err
	}
	dir, err := d.c.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	t := identity.Target{UnitPath: dir.Path(it.UnitID), ReceivingPath: dir.Path(it.ReceivingUnitID)}
	if err := identity.Decide(a, identity.CaseReceive, t); err != nil {
		return web.Onward(d.refused(r, a, identity.CaseReceive, "item/"+it.Code), web.Link{Href: intakeAt(token, ""), Text: web.NewPage(r, "", "").Tr("选择其他事项", "Choose another item")})
	}
	if it.State != catalog.InUse {
		return catalog.ErrPaused
	}
	if !v.Guide.Serves(info.Party.Kind) {
		return web.Onward(errs.New(errs.Forbidden, "wrong-applicant", "这类申请人不能申请本事项。", "This item is for other applicants."),
			web.Link{Href: intakeAt(token, ""), Text: web.NewPage(r, "", "").Tr("选择其他事项", "Choose another item")})
	}
	p := scenarioPage{Page: d.page(r, a, "intake", "窗口收件：情形和材料", "Intake: the case and its documents"), Party: info.Name, Number: ident.MaskNumber(info.IDNumber),
		Token: token, Code: it.Code}
	if info.IDKind == identity.USCC {
		p.Number = info.IDNumber
	}
	p.Item = p.Tr(it.Name, orElse(it.NameEN, it.Name))
	p.Steps = intakeSteps(p.Page, 1)
	p.Another = web.Link{Href: intakeAt(token, ""), Text: p.Tr("换一个事项", "Another item")}
	p.Help = web.Link{Href: "/desk/assist?" + url.Values{"who": {token}, "item": {it.Code}}.Encode(), Text: p.Tr("请求帮办", "Ask for help")}
	p.Guide = web.Link{Href: "/items/" + it.Code, Text: p.Tr("查看办事指南", "See the guide")}
	mine := v.Personal(caseview.ScenarioAnswers(v, r.URL.Query()))
	view := d.c.Renderer.Form(&p.Page, web.FormInput{Form: v.Form(), Values: mine.Answers})
	p.FormID, p.Answered, p.Hidden = view.ID, len(mine.Answers) > 0, caseview.HiddenAnswers(v.Form(), mine.Answers)
	for _, s := range v.Guide.Scenarios {
		for _, fv := range view.Fields {
			if fv.Name == s.Field {
				p.Fields = append(p.Fields, caseview.ScenarioField(p.Page, fv, s, mine.Answers))
			}
		}
	}
	held, err := d.c.Held(ctx, a, info.Party)
	if err != nil {
		return err
	}
	for _, m := range mine.Materials {
		l := checkLine{Name: p.Tr(m.Name, orElse(m.NameEN, m.Name)), Standard: m.Standard}
		switch {
		case m.Open:
			l.Tag = web.Tag{Tone: web.Note, Text: p.Tr("看情形", "Perhaps")}
		case m.Required():
			l.Tag = web.Tag{Tone: web.Info, Text: p.Tr("必须提交", "Required")}
		case m.Necessity == "tolerant":
			l.Tag = web.Tag{Text: p.Tr("可以后补", "May follow later")}
		default:
			l.Tag = web.Tag{Text: p.Tr("如有请提交", "If there is one")}
		}
		for _, lic := range held {
			if m.LicenceType != "" && lic.TypeKey == m.LicenceType {
				l.How = append(l.How, p.Tr("申请人已有电子证照，免提交", "The applicant holds the licence: nothing to hand in"))
				break
			}
		}
		if m.PaperLaw != "" {
			l.How = append(l.How, p.Tr("依"+m.PaperLaw+"收取纸质件", "Paper is asked under "+m.PaperLaw))
		} else {
			l.How = append(l.How, p.Tr("扫描、拍照或者出示原件", "Scan, photo, or the original shown"))
		}
		p.List = append(p.List, l)
	}
	return d.views.scenario.Render(w, r, http.StatusOK, p)
}
