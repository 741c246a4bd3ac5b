package portal

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// ConsultsPage 我的咨询: what one asked, and what one reported as not done.
type ConsultsPage struct {
	web.Page
	Acting Acting
	Table  web.Table
	Pager  web.Pager
}

// AskPage 我要咨询、办不成事反映: the form that begins one.
type AskPage struct {
	web.Page
	Acting  Acting
	Failure bool
	About   string // item or case that was chosen; empty: none
	Item    string // its code
	Case    string // number of the case
	Pick    bool   // an item has to be chosen first
	Query   string
	Found   web.Table
	Asked   bool // something was searched for
	Fields  []web.FieldView
	Days    int
	Key     string   // of this form: sent twice it makes one
	Other   web.Link // the other kind
}

// ConsultPage is one question or record.
type ConsultPage struct {
	web.Page
	Acting Acting
	Part   caseview.InquiryPart
}

const consultRows = 20

func consultPath(no string) string { return "/my/consult/" + url.PathEscape(no) }

func consultCrumbs(pg web.Page, here string) []web.Link {
	return []web.Link{{Href: "/my", Text: pg.Tr("我的", "My affairs")}, {Href: "/my/consult", Text: pg.Tr("我的咨询", "My questions")}, {Text: here}}
}

// consults answers GET /my/consult.
func (p *Portal) consults(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	after, err := cursor(r)
	if err != nil {
		return err
	}
	pg := ConsultsPage{Page: p.newPage(r, "my", "我的咨询", "My questions")}
	pg.Crumbs = myCrumbs(pg.Page)
	if pg.Acting, err = p.acting(r, a); err != nil {
		return err
	}
	list, next, err := p.Consult.Mine(r.Context(), a, after, consultRows)
	if err != nil {
		return err
	}
	pg.Table = web.Table{Caption: pg.Tr("我的咨询和反映", "What I asked and reported"), Hide: true,
		Heads: []web.Head{{Text: pg.Tr("内容", "About")}, {Text: pg.Tr("类别", "Kind")}, {Text: pg.Tr("状态", "State")}, {Text: pg.Tr("答复期限/办结日期", "Day")}},
		Empty: web.Empty{Title: pg.Tr("还没有咨询", "Nothing asked yet"), Text: pg.Tr("办事前有不清楚的可以咨询；事情没有办成的可以反映。", "Ask what is not clear, and report what could not be done.")}}
	for _, x := range list {
		pg.Table.Rows = append(pg.Table.Rows, web.Row{Cells: []web.Cell{{Text: caseview.InquiryAbout(pg.Page, &x.Inquiry), Href: consultPath(x.No), Soft: x.No}, {Text: pg.Tr(x.Kind.Words())},
			{Tag: caseview.InquiryState(pg.Page, x.State, x.Late)}, caseview.InquiryDue(pg.Page, x)}})
	}
	if next != 0 {
		pg.Pager.Next = "/my/consult?after=" + strconv.FormatInt(next, 10)
	}
	return p.v.consults.Render(w, r, http.StatusOK, pg)
}

// showAsk answers GET /my/consult/new?kind&item&case.
func (p *Portal) showAsk(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	return p.askPage(w, r, a, r.URL.Query(), nil)
}

func (p *Portal) askPage(w http.ResponseWriter, r *http.Request, a actor.Actor, in url.Values, bad []errs.Field) error {
	ctx := r.Context()
	kind := consult.Question
	pg := AskPage{Page: p.newPage(r, "my", "我要咨询", "Ask a question"), Days: p.Consult.Rule.AnswerDays}
	if in.Get("kind") == string(consult.Failure) {
		kind, pg.Failure, pg.Days = consult.Failure, true, p.Consult.Rule.HandleDays
		pg.Page = p.newPage(r, "my", "办不成事反映", "Report what could not be done")
	}
	pg.Crumbs = consultCrumbs(pg.Page, pg.Title)
	var err error
	if pg.Acting, err = p.acting(r, a); err != nil {
		return err
	}
	other := url.Values{}
	if !pg.Failure {
		other.Set("kind", string(consult.Failure))
	}
	switch {
	case in.Get("case") != "":
		v, err := p.Casework.View(ctx, a, in.Get("case"))
		if err != nil {
			return err
		}
		pg.Case, pg.About = v.Case.No, v.Case.ItemName+"（"+v.Case.No+"）"
		other.Set("case", pg.Case)
	case in.Get("item") != "":
		it, err := p.Catalog.Item(ctx, in.Get("item"))
		if err != nil {
			return err
		}
		dir, err := p.Identity.Directory(ctx)
		if err != nil {
			return err
		}
		u, _ := dir.Unit(it.UnitID)
		pg.Item, pg.About = it.Code, it.Name+"（"+u.Name+"）"
		other.Set("item", pg.Item)
	default:
		if err := p.pickItem(r, &pg, in, kind); err != nil {
			return err
		}
	}
	pg.Other = web.Link{Href: "/my/consult/new?" + other.Encode(), Text: pg.Tr("事情没有办成？反映办不成的事", "Could it not be done? Report it")}
	if pg.Failure {
		pg.Other.Text = pg.Tr("只是想问一问？我要咨询", "Only a question? Ask it")
	}
	if pg.Key = in.Get("key"); pg.Key == "" || len(bad) > 0 {
		pg.Key = rand.Text()
	}
	pg.Pick = pg.Failure && pg.About == ""
	if !pg.Pick {
		pg.Fields = caseview.AskFields(pg.Page, kind, in)
	}
	words := pg.FieldErrors(bad, caseview.AskIDs())
	for i := range pg.Fields {
		pg.Fields[i].Error = words[pg.Fields[i].Name]
	}
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return p.v.ask.Render(w, r, status, pg)
}

// pickItem searches for the item that it is about.
func (p *Portal) pickItem(r *http.Request, pg *AskPage, in url.Values, kind consult.Kind) error {
	if pg.Query = strings.TrimSpace(in.Get("q")); pg.Query == "" {
		return nil
	}
	pg.Asked = true
	found, err := p.Catalog.Search(r.Context(), catalog.Query{Text: pg.Query, Each: true, Limit: 20})
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid {
		return nil // too long to be found
	}
	if err != nil {
		return err
	}
	dir, err := p.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	pg.Found = caseview.PickItems(pg.Page, dir, found.Items, func(code string) string {
		return "/my/consult/new?" + url.Values{"kind": {string(kind)}, "item": {code}}.Encode()
	})
	return nil
}

// ask answers POST /my/consult.
func (p *Portal) ask(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	f := r.PostForm
	in := consult.AskInput{Kind: consult.Kind(f.Get("kind")), ItemCode: f.Get("item"), CaseNo: f.Get("case"), Reason: f.Get("reason"), Stage: f.Get("stage"), Words: lines(f.Get("words"))}
	if in.Once, err = caseview.AskOnce(a, f, "/my/consult"); err != nil {
		return err
	}
	x, err := p.Consult.Ask(r.Context(), a, in)
	if err != nil {
		fields, other := wrong(err)
		if other != nil {
			return other
		}
		return p.askPage(w, r, a, f, fields)
	}
	pg := web.NewPage(r, "", "")
	until := pg.Tr("前答复，答复后会给您发消息。", "You hear by ")
	if x.Kind == consult.Failure {
		until = pg.Tr("前处理，有进展会给您发消息。", "It is handled by ")
	}
	p.Renderer.SetFlash(w, web.OK, pg.Tr("已登记，编号"+x.No+"，"+x.DueOn.String()+until, "Taken down as "+x.No+". "+until+x.DueOn.String()+"."))
	return web.SeeOther(w, r, consultPath(x.No))
}

// lines keeps the line breaks of a text as browsers send them.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// consult answers GET /my/consult/{no}.
func (p *Portal) consult(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	return p.consultPage(w, r, a, nil, nil)
}

func (p *Portal) consultPage(w http.ResponseWriter, r *http.Request, a actor.Actor, typed url.Values, bad []errs.Field) error {
	v, err := p.Consult.Show(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return err
	}
	zh, en := v.Kind.Words()
	pg := ConsultPage{Page: p.newPage(r, "my", zh, en)}
	pg.Crumbs = consultCrumbs(pg.Page, v.No)
	if pg.Acting, err = p.acting(r, a); err != nil {
		return err
	}
	pg.Part = caseview.Inquiry(&pg.Page, v, false, consultPath(v.No), func(no string) string { return "/my/cases/" + no }, typed, bad)
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return p.v.consult.Render(w, r, status, pg)
}

// answerConsult answers POST /my/consult/{no}: what the person does about it.
func (p *Portal) answerConsult(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	no, pg := r.PathValue("no"), web.NewPage(r, "", "")
	if _, err = p.Consult.Do(r.Context(), a, no, caseview.ReadInquiry(r.PostForm, lines)); err != nil {
		if fields, other := wrong(err); other == nil {
			return p.consultPage(w, r, a, r.PostForm, fields)
		}
		return web.Onward(err, web.Link{Href: consultPath(no), Text: pg.Tr("查看最新情况", "See how it stands")})
	}
	p.Renderer.SetFlash(w, web.OK, pg.Tr("已提交。", "Done."))
	return web.SeeOther(w, r, consultPath(no))
}
