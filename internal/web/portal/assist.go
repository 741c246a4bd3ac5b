package portal

import (
	"net/http"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/apply"
	"github.com/tongban/tongban/internal/web/caseview"
)

// AssistsPage 帮办代办: whom one asked for help, and asking.
type AssistsPage struct {
	web.Page
	Acting Acting
	Table  web.Table
	Item   string // chosen item, and its code; empty: to be chosen on a guide
	Code   string
	Fields []web.FieldView
}

// AssistPage is one help, with what was done in one's name.
type AssistPage struct {
	web.Page
	Acting   Acting
	State    web.Tag
	Facts    web.Facts
	Answers  web.Facts
	Handed   web.Facts
	Promises []apply.PromiseText
	Timeline web.Timeline
	Digest   string // empty: nothing to say yes to
	Begin    bool
	Action   string
	Ends     bool
	Case     web.Link
}

func (p *Portal) assists(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	return p.assistsPage(w, r, a, r.URL.Query().Get("item"), nil)
}

func (p *Portal) assistsPage(w http.ResponseWriter, r *http.Request, a actor.Actor, code string, bad []errs.Field) error {
	ctx := r.Context()
	pg := AssistsPage{Page: p.newPage(r, "my", "帮办代办", "Help with applying")}
	pg.Crumbs = myCrumbs(pg.Page)
	var err error
	if pg.Acting, err = p.acting(r, a); err != nil {
		return err
	}
	_, list, err := p.Casework.Assists(ctx, a, identity.Unit{})
	if err != nil {
		return err
	}
	pg.Table = web.Table{Caption: pg.Tr("我的帮办代办", "My requests"), Heads: []web.Head{{Text: pg.Tr("事项", "Item")}, {Text: pg.Tr("帮办人员", "Helper")}, {Text: pg.Tr("状态", "State")}},
		Empty: web.Empty{Title: pg.Tr("没有帮办代办", "No requests"), Text: pg.Tr("不方便自己办的，可以在办事指南页请人帮办。自愿、免费，提交之前由您本人确认。", "On a guide's page you can ask for help. It is free, and nothing is handed in without your word.")}}
	for _, x := range list {
		pg.Table.Rows = append(pg.Table.Rows, web.Row{Cells: []web.Cell{{Text: x.ItemName, Href: assistPath(x.ID)}, {Text: orDash(x.Helper.Name)}, {Tag: caseview.AssistState(pg.Page, &x)}}})
	}
	if code != "" {
		it, err := p.Catalog.Item(ctx, code)
		if err != nil {
			return err
		}
		pg.Item, pg.Code = it.Name, it.Code
		groups, err := p.Channel.Centres(ctx)
		if err != nil {
			return err
		}
		unit := web.FieldView{ID: "f-unit", Name: "unit", Widget: form.Select, Label: pg.Tr("请哪里帮办", "Who is to help")}
		for _, g := range groups {
			for _, c := range g.Centres {
				id := strconv.FormatInt(c.ID, 10)
				unit.Options = append(unit.Options, web.OptionView{ID: "f-unit-" + id, Value: id, Label: c.Name, Checked: r.PostFormValue("unit") == id || r.PostForm == nil && c.ID == it.ReceivingUnitID})
			}
		}
		acts := web.FieldView{ID: "f-acts", Name: "acts", Widget: form.Checkboxes, Optional: true, Label: pg.Tr("还可以代我", "May also"), Options: []web.OptionView{
			{ID: "f-acts-1", Value: string(casework.Resubmit), Label: pg.Tr("补正材料", "Correct the application"), Checked: true}, {ID: "f-acts-2", Value: string(casework.Withdraw), Label: pg.Tr("撤回申请", "Withdraw it")}}}
		wish := web.FieldView{ID: "f-wish", Name: "wish", Widget: form.TextArea, Optional: true, Label: pg.Tr("需要怎样的帮助", "What help you need"), Value: r.PostFormValue("wish"), Max: 1000}
		pg.Fields = []web.FieldView{unit, acts, wish}
		words := pg.FieldErrors(bad, map[string]string{"unit": "f-unit", "wish": "f-wish", "acts": "f-acts-1"})
		for i := range pg.Fields {
			pg.Fields[i].Error = words[pg.Fields[i].Name]
		}
	}
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return p.v.assists.Render(w, r, status, pg)
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func assistPath(id int64) string { return "/my/assist/" + strconv.FormatInt(id, 10) }

func (p *Portal) askAssist(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	unit, _ := strconv.ParseInt(r.PostForm.Get("unit"), 10, 64) // 0 is refused in words
	in := casework.AssistAsk{ItemCode: r.PostForm.Get("item"), Unit: unit, Wish: r.PostForm.Get("wish")}
	for _, act := range r.PostForm["acts"] {
		in.Acts = append(in.Acts, casework.Act(act))
	}
	x, err := p.Casework.AskAssist(r.Context(), a, in)
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return p.assistsPage(w, r, a, in.ItemCode, e.Fields)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, assistPath(x.ID))
}

func (p *Portal) assist(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	v, err := p.Casework.AssistView(r.Context(), a, id)
	if err != nil {
		return err
	}
	pg := AssistPage{Page: p.newPage(r, "my", "帮办代办", "Help with applying"), Action: assistPath(id)}
	pg.Crumbs = append(myCrumbs(pg.Page), web.Link{Href: "/my/assist", Text: pg.Tr("帮办代办", "Help with applying")})
	if pg.Acting, err = p.acting(r, a); err != nil {
		return err
	}
	pg.State, pg.Facts, pg.Timeline = caseview.AssistState(pg.Page, &v.Assist), caseview.AssistFacts(pg.Page, v), caseview.AssistTimeline(pg.Page, v)
	if v.Waits {
		pg.Digest, pg.Begin = v.Digest, v.State == casework.AssistAsked
	}
	pg.Ends = v.State != casework.AssistEnded
	pg.Answers.Rows = caseview.Answers(pg.Page, v.Summary, false)
	for _, m := range v.Handed {
		pg.Handed.Rows = append(pg.Handed.Rows, apply.HandedFact(pg.Page, pg.Tr(m.Material.Name, m.Material.NameEN), m.Handed, m.Material.Required()))
	}
	for _, t := range v.Promise {
		pg.Promises = append(pg.Promises, apply.PromiseTextOf(t))
	}
	if v.CaseNo != "" {
		pg.Case = web.Link{Href: "/my/cases/" + v.CaseNo, Text: pg.Tr("查看办件", "See the case")}
	}
	return p.v.assist.Render(w, r, http.StatusOK, pg)
}

func (p *Portal) answerAssist(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	pg := web.NewPage(r, "", "")
	words := pg.Tr("已确认。", "Confirmed.")
	switch r.PostFormValue("do") {
	case "confirm":
		_, err = p.Casework.ConfirmAssist(r.Context(), a, id, r.PostFormValue("digest"))
	case "end":
		words = pg.Tr("帮办代办已结束。", "The help has ended.")
		_, err = p.Casework.EndAssist(r.Context(), a, id, r.PostFormValue("reason"))
	default:
		if _, err = p.Casework.AssistView(r.Context(), a, id); err == nil {
			err = web.Malformed(nil)
		}
	}
	if err != nil {
		return web.Onward(err, web.Link{Href: assistPath(id), Text: pg.Tr("返回帮办代办", "Back")})
	}
	p.Renderer.SetFlash(w, web.OK, words)
	return web.SeeOther(w, r, assistPath(id))
}
