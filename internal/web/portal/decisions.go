package portal

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/publicity"
	"github.com/tongban/tongban/internal/web"
)

// DecisionsPage 决定公开: what was decided, newest first, with search.
type DecisionsPage struct {
	web.Page
	Search  web.Search
	Filters web.Filters
	Within  string // what the list is narrowed to beside the filters
	Entries []DecisionCard
	Exports []web.Link
	Pager   web.Pager
	Empty   web.Empty
}

// DecisionCard is one decision in the list.
type DecisionCard struct {
	Href, Item, Party, Unit, Day, Number string
	State                                web.Tag
}

// DecisionPage is one decision.
type DecisionPage struct {
	web.Page
	Item   string
	State  web.Tag
	Gone   string // the line that says that it no longer stands
	Facts  web.Facts
	Guide  web.Link
	Object web.Link
}

// ObjectPage 异议 asks what is wrong with a publication.
type ObjectPage struct {
	web.Page
	Item   string
	Back   web.Link
	Action string
	Fields []web.FieldView
}

const decisionsPage = 20

// decisionQuery reads the filters of an address.
func decisionQuery(r *http.Request) (q publicity.Query, cursor string, err error) {
	in := r.URL.Query()
	q = publicity.Query{Text: in.Get("q"), Area: in.Get("area"), Outcome: casework.Outcome(in.Get("outcome")), Month: in.Get("month")}
	for name, to := range map[string]*int64{"unit": &q.Unit, "item": &q.Item} {
		if s := in.Get(name); s != "" {
			if *to, err = strconv.ParseInt(s, 10, 64); err != nil || *to < 1 {
				return q, "", publicity.ErrQuery
			}
		}
	}
	return q, in.Get("after"), nil
}

func decisionTag(pg web.Page, e publicity.Entry) web.Tag {
	if e.State == publicity.Withdrawn {
		return web.Tag{Tone: web.Bad, Text: pg.Tr("已"+e.EndZH, e.EndEN)}
	}
	if e.Outcome == casework.Refused {
		return web.Tag{Tone: web.Note, Text: pg.Tr("不予", "Refused")}
	}
	return web.Tag{Tone: web.OK, Text: pg.Tr("准予", "Granted")}
}

func decisionPath(id int64) string { return "/decisions/" + strconv.FormatInt(id, 10) }

// unindexed keeps pages that name natural persons out of search engines.
func unindexed(w http.ResponseWriter, entries ...publicity.Entry) {
	for _, e := range entries {
		if e.Person {
			w.Header().Set("X-Robots-Tag", "noindex, nofollow, noarchive")
			return
		}
	}
}

func (p *Portal) decisions(w http.ResponseWriter, r *http.Request) error {
	q, after, err := decisionQuery(r)
	if err != nil {
		return web.Onward(err, web.Link{Href: "/decisions", Text: "查看全部公开的决定"})
	}
	a, err := gate.Actor(r.Context())
	if err != nil {
		return err
	}
	list, next, err := p.Publicity.List(r.Context(), a, q, after, decisionsPage)
	if err != nil {
		return web.Onward(err, web.Link{Href: "/decisions", Text: "查看全部公开的决定"})
	}
	pg := DecisionsPage{Page: p.newPage(r, "", "决定公开", "Decisions made public")}
	pg.Crumbs = []web.Link{{Href: "/", Text: pg.Tr("首页", "Home")}, {Text: pg.Title}}
	pg.Search = web.Search{Action: "/decisions", Query: q.Text, Hint: pg.Tr("事项、单位名称、统一社会信用代码或者文号", "Matter, organisation, credit code or number")}
	for name, values := range r.URL.Query() {
		if name != "q" && name != "after" && len(values) > 0 && values[0] != "" {
			pg.Search.Hidden = append(pg.Search.Hidden, web.Hidden{Name: name, Value: values[0]})
		}
	}
	for _, e := range list {
		pg.Entries = append(pg.Entries, DecisionCard{Href: decisionPath(e.ID), Item: e.ItemName, Party: e.Party, Unit: e.Unit.Name, Day: e.DecidedOn, Number: e.Number, State: decisionTag(pg.Page, e)})
	}
	if pg.Filters, err = p.decisionFilters(r, pg.Page, q); err != nil {
		return err
	}
	if q.Item != 0 && len(list) > 0 {
		pg.Within = pg.Tr("只看“"+list[0].ItemName+"”", "Only “"+list[0].ItemName+"”")
	}
	here := r.URL.RequestURI()
	if next != "" {
		pg.Pager.Next, _ = web.WithQuery(here, "after", next)
	}
	if after != "" {
		pg.Pager.Prev, _ = web.WithQuery(here, "after", "")
		pg.Pager.Text = pg.Tr("“上一页”回到第一页", "Back leads to the first page")
	}
	for _, kind := range []string{"csv", "json"} {
		to, _ := web.WithQuery(strings.Replace(here, "/decisions", "/decisions/export."+kind, 1), "after", "")
		pg.Exports = append(pg.Exports, web.Link{Href: to, Text: strings.ToUpper(kind)})
	}
	pg.Empty = web.Empty{Title: pg.Tr("没有符合条件的决定", "No such decision"), Text: pg.Tr("换一个词或者条件看看；决定一般在作出以后7个工作日内公开。", "Try other words; decisions are public within some working days."), Link: web.Link{Href: "/decisions", Text: pg.Tr("查看全部", "All of them")}}
	unindexed(w, list...)
	return p.v.decisions.Render(w, r, http.StatusOK, pg)
}

// decisionFilters are area, outcome and month; unit and item are reached from a
// decision.
func (p *Portal) decisionFilters(r *http.Request, pg web.Page, q publicity.Query) (web.Filters, error) {
	dir, err := p.Identity.Directory(r.Context())
	if err != nil {
		return web.Filters{}, err
	}
	var f web.Filters
	here := r.URL.RequestURI()
	group := func(title, name, now string, folded bool, options []web.Link) {
		g := web.FilterGroup{Title: title, Folded: folded}
		for _, o := range append([]web.Link{{Text: pg.Tr("不限", "Any")}}, options...) {
			if to, err := web.WithQuery(here, name, o.Href, "after", ""); err == nil {
				g.Items = append(g.Items, web.Link{Href: to, Text: o.Text, Current: o.Href == now})
			}
		}
		f.Groups = append(f.Groups, g)
	}
	var areas, months []web.Link
	for _, d := range p.divisions(dir) {
		areas = append(areas, web.Link{Href: d.Code[:min(6, len(d.Code))], Text: d.Name})
	}
	group(pg.Tr("区划", "Area"), "area", q.Area, false, areas)
	group(pg.Tr("结果", "Outcome"), "outcome", string(q.Outcome), false, []web.Link{{Href: "granted", Text: pg.Tr("准予", "Granted")}, {Href: "refused", Text: pg.Tr("不予", "Refused")}})
	t := p.Now().In(clock.Shanghai())
	for i := range 12 {
		m := clock.DateFrom(t.Year(), t.Month(), 1).Start().AddDate(0, -i, 0)
		months = append(months, web.Link{Href: m.Format("2006-01"), Text: pg.Tr(m.Format("2006年1月"), m.Format("January 2006"))})
	}
	group(pg.Tr("月份", "Month"), "month", q.Month, q.Month == "", months)
	if q.Unit != 0 {
		u, _ := dir.Unit(q.Unit)
		group(pg.Tr("单位", "Unit"), "unit", strconv.FormatInt(q.Unit, 10), false, []web.Link{{Href: strconv.FormatInt(q.Unit, 10), Text: u.Name}})
	}
	if q != (publicity.Query{Text: q.Text}) {
		to, _ := web.WithQuery("/decisions", "q", q.Text)
		f.Clear = web.Link{Href: to, Text: pg.Tr("清除筛选", "Clear filters")}
	}
	return f, nil
}

func (p *Portal) decisionOf(r *http.Request) (*publicity.Entry, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, web.ErrNoPage()
	}
	a, err := gate.Actor(r.Context())
	if err != nil {
		return nil, err
	}
	e, err := p.Publicity.Get(r.Context(), a, id)
	if err != nil {
		return nil, web.Onward(err, web.Link{Href: "/decisions", Text: "查看全部公开的决定"})
	}
	return e, nil
}

func (p *Portal) decision(w http.ResponseWriter, r *http.Request) error {
	e, err := p.decisionOf(r)
	if err != nil {
		return err
	}
	pg := DecisionPage{Page: p.newPage(r, "", e.ItemName, e.ItemName), Item: e.ItemName}
	pg.State = decisionTag(pg.Page, *e)
	pg.Crumbs = []web.Link{{Href: "/", Text: pg.Tr("首页", "Home")}, {Href: "/decisions", Text: pg.Tr("决定公开", "Decisions made public")}, {Text: pg.Tr("决定", "Decision")}}
	add := func(zh, en, v string) {
		if v != "" {
			pg.Facts.Rows = append(pg.Facts.Rows, web.Fact{Key: pg.Tr(zh, en), Value: v})
		}
	}
	add("决定文书号", "Number", e.Number)
	add("事项", "Matter", e.ItemName)
	if e.State == publicity.Withdrawn {
		pg.Gone = pg.Tr("这一决定已于 "+e.EndedOn+" 被"+e.EndZH+"，原来公开的内容已经撤下。", "This decision was "+e.EndEN+" on "+e.EndedOn+"; what was public is taken away.")
		add("办件编号", "Case", e.CaseNo)
		add("决定机关", "Authority", e.Unit.Name)
	} else {
		add("申请人", "Applicant", e.Party)
		add("统一社会信用代码", "Credit code", e.USCC)
		add("结果", "Outcome", pg.State.Text)
		add("决定内容", "What was decided", e.Content)
		add("证照", "Licence", e.Licence)
		add("证照编号", "Its number", e.LicenceNo)
		if e.ValidFrom != "" {
			until := e.ValidUntil
			if until == "" {
				until = pg.Tr("长期", "without end")
			}
			add("有效期", "Valid", e.ValidFrom+pg.Tr(" 至 ", " to ")+until)
		}
		if e.Outcome == casework.Refused {
			add("不予的依据", "Legal ground", e.Basis)
		} else {
			add("依据", "Basis", e.Basis)
		}
		add("决定日期", "Decided on", e.DecidedOn)
		add("决定机关", "Authority", e.Unit.Name)
		add("办件编号", "Case", e.CaseNo)
		add("公开日期", "Published on", e.PublishedOn)
		pg.Object = web.Link{Href: decisionPath(e.ID) + "/object", Text: pg.Tr("内容有误，或者不应当公开", "It is wrong, or should not be public")}
	}
	if e.Code != "" {
		pg.Guide = web.Link{Href: "/items/" + e.Code, Text: pg.Tr("办事指南", "The guide")}
	}
	unindexed(w, *e)
	return p.v.decision.Render(w, r, http.StatusOK, pg)
}

// exportMost is how many decisions one file has; a month holds fewer in most
// cities, and the filters narrow.
const exportMost = 20_000

type exportedDecision struct {
	ID         string `json:"id"`
	CaseNo     string `json:"caseNo"`
	Item       string `json:"item"`
	ItemCode   string `json:"itemCode,omitempty"`
	Number     string `json:"number"`
	Applicant  string `json:"applicant,omitempty"`
	USCC       string `json:"uscc,omitempty"`
	Outcome    string `json:"outcome"`
	Content    string `json:"content,omitempty"`
	Licence    string `json:"licence,omitempty"`
	LicenceNo  string `json:"licenceNo,omitempty"`
	ValidFrom  string `json:"validFrom,omitempty"`
	ValidUntil string `json:"validUntil,omitempty"`
	Basis      string `json:"basis,omitempty"`
	Unit       string `json:"unit"`
	DecidedOn  string `json:"decidedOn"`
	PublicOn   string `json:"publishedOn"`
	State      string `json:"state"` // public or withdrawn
	EndedOn    string `json:"endedOn,omitempty"`
}

// decisionFile answers GET /decisions/export.csv and export.json under the
// filters of the page, newest first, row by row as they are read.
func (p *Portal) decisionFile(kind string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		q, cursor, err := decisionQuery(r)
		if err != nil {
			return err
		}
		a, err := gate.Actor(r.Context())
		if err != nil {
			return err
		}
		list, next, err := p.Publicity.List(r.Context(), a, q, cursor, 200)
		if err != nil {
			return err
		}
		h := w.Header()
		h.Set("Content-Disposition", `attachment; filename="decisions.`+kind+`"`)
		h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
		put, end := decisionCSV(w)
		if kind == "json" {
			put, end = decisionJSON(w)
		}
		for n := 0; ; {
			for _, e := range list {
				if err := put(exportOf(e)); err != nil {
					return err
				}
			}
			if n += len(list); next == "" || n >= exportMost {
				break
			}
			if list, next, err = p.Publicity.List(r.Context(), a, q, next, 200); err != nil {
				return err
			}
		}
		return end()
	}
}

func exportOf(e publicity.Entry) exportedDecision {
	x := exportedDecision{ID: strconv.FormatInt(e.ID, 10), CaseNo: e.CaseNo, Item: e.ItemName, ItemCode: e.Code, Number: e.Number, Applicant: e.Party, USCC: e.USCC, Outcome: string(e.Outcome),
		Content: e.Content, Licence: e.Licence, LicenceNo: e.LicenceNo, ValidFrom: e.ValidFrom, ValidUntil: e.ValidUntil, Basis: e.Basis, Unit: e.Unit.Name, DecidedOn: e.DecidedOn,
		PublicOn: e.PublishedOn, State: string(e.State)}
	if e.State == publicity.Withdrawn {
		x.EndedOn = e.EndedOn
	}
	return x
}

func decisionJSON(w http.ResponseWriter) (put func(exportedDecision) error, end func() error) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	first := true
	return func(x exportedDecision) error {
			lead := ","
			if first {
				lead, first = `{"items":[`, false
			}
			if _, err := w.Write([]byte(lead)); err != nil {
				return err
			}
			return enc.Encode(x)
		}, func() error {
			tail := "]}\n"
			if first {
				tail = `{"items":[]}` + "\n"
			}
			_, err := w.Write([]byte(tail))
			return err
		}
}

func decisionCSV(w http.ResponseWriter) (put func(exportedDecision) error, end func() error) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	c := csv.NewWriter(w)
	first := true
	row := func(cells ...string) error {
		if first {
			first = false
			if _, err := w.Write([]byte("\ufeff")); err != nil { // Excel takes it for UTF-8 only so
				return err
			}
			if err := c.Write([]string{"决定文书号", "事项", "实施编码", "申请人", "统一社会信用代码", "结果", "决定内容", "证照", "证照编号", "有效期自", "有效期至", "依据", "决定机关", "决定日期", "办件编号", "公开日期", "状态", "失效日期"}); err != nil {
				return err
			}
		}
		if cells == nil {
			return nil
		}
		for i, cell := range cells {
			if strings.IndexAny(cell, "=+-@\t\r") == 0 {
				cells[i] = "'" + cell // no cell is a formula
			}
		}
		return c.Write(cells)
	}
	return func(x exportedDecision) error {
			outcome, state := map[string]string{"granted": "准予", "refused": "不予"}[x.Outcome], map[string]string{"public": "公开", "withdrawn": "已失效"}[x.State]
			return row(x.Number, x.Item, x.ItemCode, x.Applicant, x.USCC, outcome, x.Content, x.Licence, x.LicenceNo, x.ValidFrom, x.ValidUntil, x.Basis, x.Unit, x.DecidedOn, x.CaseNo, x.PublicOn, state, x.EndedOn)
		}, func() error {
			if err := row(); err != nil {
				return err
			}
			c.Flush()
			return c.Error()
		}
}

func (p *Portal) showObject(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.person(r); err != nil {
		return err
	}
	e, err := p.decisionOf(r)
	if err != nil {
		return err
	}
	return p.objectPage(w, r, e, http.StatusOK, nil)
}

func (p *Portal) objectPage(w http.ResponseWriter, r *http.Request, e *publicity.Entry, status int, problems []errs.Field) error {
	pg := ObjectPage{Page: p.newPage(r, "", "对公开内容提出异议", "Object to a publication"), Item: e.ItemName, Action: decisionPath(e.ID) + "/object"}
	pg.Back = web.Link{Href: decisionPath(e.ID), Text: pg.Tr("返回", "Back")}
	pg.Crumbs = []web.Link{{Href: "/decisions", Text: pg.Tr("决定公开", "Decisions made public")}, {Href: pg.Back.Href, Text: e.ItemName}, {Text: pg.Title}}
	words := pg.FieldErrors(problems, map[string]string{"ground": "f-ground", "reason": "f-reason"})
	ground := web.FieldView{ID: "f-ground", Name: "ground", Widget: form.Radio, Label: pg.Tr("您认为", "You hold that"), Error: words["ground"]}
	for _, g := range [][3]string{{string(publicity.Mistake), "公开的内容有错误", "it is wrong"}, {string(publicity.TradeSecret), "涉及商业秘密", "it holds a trade secret"}, {string(publicity.Privacy), "涉及个人隐私", "it is somebody's privacy"}} {
		ground.Options = append(ground.Options, web.OptionView{ID: "f-ground-" + g[0], Value: g[0], Label: pg.Tr(g[1], g[2]), Checked: r.PostFormValue("ground") == g[0]})
	}
	pg.Fields = []web.FieldView{ground, {ID: "f-reason", Name: "reason", Widget: form.TextArea, Label: pg.Tr("具体说明", "What is wrong"), Help: pg.Tr("写明哪一处、为什么。不要写身份号码等个人信息。", "Say where and why. Leave numbers of people out."), Max: 500, Value: r.PostFormValue("reason"), Error: words["reason"]}}
	unindexed(w, *e)
	return p.v.object.Render(w, r, status, pg)
}

func (p *Portal) objectTo(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	e, err := p.decisionOf(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	err = p.Publicity.ObjectTo(r.Context(), a, e.ID, publicity.Request{Ground: publicity.Ground(r.PostForm.Get("ground")), Reason: r.PostForm.Get("reason")})
	if fields, other := wrong(err); err != nil && other == nil {
		return p.objectPage(w, r, e, http.StatusUnprocessableEntity, fields)
	}
	if errors.Is(err, publicity.ErrNoDecision) {
		return web.Onward(err, web.Link{Href: "/decisions", Text: "查看全部公开的决定"})
	}
	if err != nil {
		return web.Onward(err, web.Link{Href: decisionPath(e.ID), Text: "返回"})
	}
	p.Renderer.SetFlash(w, web.OK, web.NewPage(r, "", "").Tr("异议已提交，作出决定的单位会答复，结果发消息告诉您。", "Told; the deciding unit answers and you get a message."))
	return web.SeeOther(w, r, decisionPath(e.ID))
}
