package desk

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// consultsPage 咨询和反映: what waits with a unit, what its windows received.
type consultsPage struct {
	web.Page
	Unit     string
	Tabs     []web.Link
	Chips    []web.Tag
	With     web.Table
	Pager    web.Pager
	Received web.Table // Caption empty: the unit has no windows
	Done     web.Table
	New      bool // a clerk can take one down
}

// consultPage is one question or record.
type consultPage struct {
	web.Page
	No   string
	Back string
	Part caseview.InquiryPart
}

// askPage 窗口登记: a clerk takes down what somebody asks or reports.
type askPage struct {
	web.Page
	Failure bool
	About   string // item; empty: none chosen
	Item    string
	Case    string // number of the case that it is about
	Party   string // found at the window; empty: without an account
	Token   string
	Pick    bool
	Query   string
	Found   web.Table
	Asked   bool
	Fields  []web.FieldView
	Other   web.Link
	Another string
	Key     string // of this form: sent twice it makes one
}

const (
	consultsPath = "/desk/consult"
	consultRows  = 30
	consultDone  = 20
)

func inquiryPath(no string) string { return consultsPath + "/" + url.PathEscape(no) }

// consultSeats lists the units where somebody answers, with how much waits; the
// units below a grant when something waits in them.
func (d *Desk) consultSeats(ctx context.Context, a actor.Actor, dir *identity.Directory) (out []seat, err error) {
	seen := map[int64]bool{}
	for _, g := range a.Grants {
		if identity.Decide(a, identity.ConsultQueue, identity.Target{UnitPath: g.Path}) != nil {
			continue
		}
		units := dir.Subtree(g.Path)
		if len(units) > mostUnits {
			units = []identity.Unit{unitAt(dir, g.Path)}
		}
		for _, u := range units {
			if seen[u.ID] {
				continue
			}
			n, _, err := d.c.Consult.Count(ctx, a, u)
			if err != nil {
				return nil, err
			}
			if n > 0 || u.Path == g.Path {
				seen[u.ID] = true
				out = append(out, seat{unit: u, count: n})
			}
		}
	}
	return out, nil
}

// showConsults answers GET /desk/consult?unit.
func (d *Desk) showConsults(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	dir, err := d.c.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	seats, err := d.consultSeats(ctx, a, dir)
	if err != nil {
		return err
	}
	if len(seats) == 0 {
		return d.refused(r, a, identity.ConsultQueue, "inquiries")
	}
	if no := strings.ToUpper(clean(r.URL.Query().Get("no"))); no != "" {
		return web.SeeOther(w, r, inquiryPath(no))
	}
	u := seats[0].unit
	if asked := r.URL.Query().Get("unit"); asked != "" {
		id, err := strconv.ParseInt(asked, 10, 64)
		found, ok := dir.Unit(id)
		if err != nil || !ok {
			return web.ErrNoPage()
		}
		u = found
	}
	p := consultsPage{Page: d.page(r, a, "consult", "咨询和反映", "Questions and reports"), Unit: u.Name, New: a.Has(actor.WindowClerk)}
	for _, s := range seats {
		p.Tabs = append(p.Tabs, web.Link{Href: consultsPath + "?unit=" + strconv.FormatInt(s.unit.ID, 10), Text: unitName(s.unit), Count: s.count, Current: s.unit.ID == u.ID})
	}
	if len(p.Tabs) < 2 {
		p.Tabs = nil
	}
	return d.consultsPage(w, r, a, dir, u, &p)
}

func (d *Desk) consultsPage(w http.ResponseWriter, r *http.Request, a actor.Actor, dir *identity.Directory, u identity.Unit, p *consultsPage) error {
	ctx := r.Context()
	rows, next, err := d.c.Consult.Queue(ctx, a, u, consult.With, r.URL.Query().Get("cursor"), consultRows)
	if err != nil {
		return err
	}
	p.With = consultTable(p.Page, dir, rows, p.Tr("待办理", "To do"), web.Empty{Title: p.Tr("没有待办理的咨询和反映", "Nothing waits"), Text: p.Tr("群众提出的会出现在这里，按期限排列。", "What people ask appears here, by its day.")}, false)
	if next != "" {
		p.Pager.Next = consultsPath + "?" + url.Values{"unit": {strconv.FormatInt(u.ID, 10)}, "cursor": {next}}.Encode()
	}
	open, late, err := d.c.Consult.Count(ctx, a, u)
	if err != nil {
		return err
	}
	if late > 0 {
		p.Chips = append(p.Chips, web.Tag{Tone: web.Bad, Text: p.Tr(strconv.Itoa(late)+" 件超期", strconv.Itoa(late)+" late")})
	}
	if open > 0 {
		p.Chips = append(p.Chips, web.Tag{Tone: web.Info, Text: p.Tr("共 "+strconv.Itoa(open)+" 件", strconv.Itoa(open)+" in all")})
	}
	if u.Kind == "centre" || u.Kind == "station" {
		received, _, err := d.c.Consult.Queue(ctx, a, u, consult.Received, "", 100)
		if err != nil {
			return err
		}
		p.Received = consultTable(p.Page, dir, received, p.Tr("本中心受理、其他单位办理中", "Received here, with other units"), web.Empty{Title: p.Tr("没有其他单位在办的", "None with other units")}, true)
	}
	done, err := d.c.Consult.Done(ctx, a, u, consultDone)
	if err != nil {
		return err
	}
	p.Done = consultTable(p.Page, dir, done, p.Tr("最近办结", "Finished lately"), web.Empty{Title: p.Tr("还没有办结的", "Nothing finished yet")}, false)
	return d.views.consults.Render(w, r, http.StatusOK, *p)
}

func consultTable(p web.Page, dir *identity.Directory, rows []consult.Row, caption string, none web.Empty, unit bool) web.Table {
	t := web.Table{Caption: caption, Heads: []web.Head{{Text: p.Tr("内容", "About")}, {Text: p.Tr("类别", "Kind")}, {Text: p.Tr("提出人", "By")}, {Text: p.Tr("状态", "State")}, {Text: p.Tr("期限/办结", "Day")}}, Empty: none}
	if unit {
		t.Heads = append(t.Heads, web.Head{Text: p.Tr("承办单位", "With")})
	}
	for _, x := range rows {
		kind := web.Cell{Text: p.Tr(x.Kind.Words())}
		if x.Kind == consult.Failure && x.Earlier > 0 {
			kind.Tag = web.Tag{Tone: web.Note, Text: p.Tr("此前"+strconv.Itoa(x.Earlier)+"次", strconv.Itoa(x.Earlier)+" before")}
			if x.CameBack {
				kind.Tag = web.Tag{Tone: web.Bad, Text: p.Tr("改进后又出现", "Came back")}
			}
		}
		who := x.Masked
		if who == "" {
			who = "—"
		}
		cells := []web.Cell{{Text: caseview.InquiryAbout(p, &x.Inquiry), Href: inquiryPath(x.No), Soft: x.No, Row: true}, kind, {Text: who}, {Tag: caseview.InquiryState(p, x.State, x.Late)}, caseview.InquiryDue(p, x)}
		if unit {
			u, _ := dir.Unit(x.UnitID)
			cells = append(cells, web.Cell{Text: unitName(u)})
		}
		t.Rows = append(t.Rows, web.Row{Cells: cells})
	}
	return t
}

// showConsult answers GET /desk/consult/{no}.
func (d *Desk) showConsult(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	return d.consultPage(w, r, a, nil, nil)
}

func (d *Desk) consultPage(w http.ResponseWriter, r *http.Request, a actor.Actor, typed url.Values, bad []errs.Field) error {
	v, err := d.c.Consult.Show(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return err
	}
	zh, en := v.Kind.Words()
	p := consultPage{Page: d.page(r, a, "consult", zh, en), No: v.No, Back: consultsPath}
	p.Part = caseview.Inquiry(&p.Page, v, true, inquiryPath(v.No), casePath, typed, bad)
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return d.views.consult.Render(w, r, status, p)
}

// answerConsult answers POST /desk/consult/{no}.
func (d *Desk) answerConsult(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	no := r.PathValue("no")
	x, err := d.c.Consult.Do(r.Context(), a, no, caseview.ReadInquiry(r.PostForm, clean))
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return d.consultPage(w, r, a, r.PostForm, e.Fields)
	}
	if err != nil {
		return web.Onward(err, web.Link{Href: inquiryPath(no), Text: "查看最新情况"})
	}
	d.flash(w, r, web.OK, "已办理。", "Done.")
	to := inquiryPath(no)
	if _, err := d.c.Consult.Show(r.Context(), a, x.No); err != nil { // passed on: it is no longer ours to see
		to = consultsPath
	}
	return web.SeeOther(w, r, to)
}

// showAskAt answers GET /desk/consult/new?kind&item&who.
func (d *Desk) showAskAt(w http.ResponseWriter, r *http.Request) error {
	a, err := d.asks(r)
	if err != nil {
		return err
	}
	return d.askAtPage(w, r, a, r.URL.Query(), nil)
}

// asks is the clerk who takes something down.
func (d *Desk) asks(r *http.Request) (actor.Actor, error) {
	a, err := d.Actor(r)
	if err == nil && !a.Has(actor.WindowClerk) {
		err = d.refused(r, a, identity.ConsultAsk, "inquiry")
	}
	return a, err
}

func (d *Desk) askAtPage(w http.ResponseWriter, r *http.Request, a actor.Actor, in url.Values, bad []errs.Field) error {
	ctx, kind := r.Context(), consult.Question
	p := askPage{Page: d.page(r, a, "consult", "登记咨询", "Take down a question")}
	if in.Get("kind") == string(consult.Failure) {
		kind, p.Failure = consult.Failure, true
		p.Page = d.page(r, a, "consult", "登记办不成的事", "Take down what could not be done")
	}
	keep, other := url.Values{"kind": {string(kind)}}, url.Values{"kind": {string(consult.Failure)}}
	if p.Failure {
		other.Set("kind", string(consult.Question))
	}
	if p.Token = in.Get("who"); p.Token != "" {
		info, err := d.redeem(ctx, a, p.Token)
		if err != nil {
			return err
		}
		p.Party = info.Name
		keep.Set("who", p.Token)
		other.Set("who", p.Token)
	}
	p.Another = consultsPath + "/new?" + keep.Encode()
	if in.Get("case") != "" {
		k, err := d.c.Casework.Consulted(ctx, a, in.Get("case"))
		if err != nil {
			return err
		}
		it, err := d.c.Catalog.ItemByID(ctx, k.ItemID)
		if err != nil {
			return err
		}
		p.Case, p.About, p.Party = k.No, it.Name+"（"+k.No+"）", k.Party.Name
		other.Set("case", k.No)
	} else if in.Get("item") != "" {
		it, err := d.c.Catalog.Item(ctx, in.Get("item"))
		if err != nil {
			return err
		}
		dir, err := d.c.Identity.Directory(ctx)
		if err != nil {
			return err
		}
		u, _ := dir.Unit(it.UnitID)
		p.Item, p.About = it.Code, it.Name+"（"+u.Name+"）"
		other.Set("item", it.Code)
	} else if err := d.pickItem(r, &p, in, keep); err != nil {
		return err
	}
	p.Other = web.Link{Href: consultsPath + "/new?" + other.Encode(), Text: p.Tr("登记办不成的事", "Take down what could not be done")}
	if p.Failure {
		p.Other.Text = p.Tr("登记咨询", "Take down a question")
	}
	if p.Key = in.Get("key"); p.Key == "" || len(bad) > 0 {
		p.Key = rand.Text()
	}
	if p.Pick = p.Failure && p.About == ""; !p.Pick {
		p.Fields = askAtFields(p.Page, kind, in, p.Party == "")
	}
	words := p.FieldErrors(bad, caseview.AskIDs())
	for i := range p.Fields {
		p.Fields[i].Error = words[p.Fields[i].Name]
	}
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return d.views.ask.Render(w, r, status, p)
}

// askAtFields are the questions of the form at a window.
func askAtFields(p web.Page, kind consult.Kind, in url.Values, nameless bool) []web.FieldView {
	fields := caseview.AskFields(p, kind, in)
	if nameless {
		fields = append(fields, web.FieldView{ID: "f-name", Name: "name", Label: p.Tr("姓名", "Name"), Optional: true, Value: in.Get("name"), Max: 50, Width: "w-m", Auto: "off"},
			web.FieldView{ID: "f-phone", Name: "phone", Widget: form.Phone, Label: p.Tr("联系电话", "Phone"), Optional: true, Value: in.Get("phone"), Max: 20, Width: "w-m", Mode: "tel", Auto: "off",
				Help: p.Tr("不能当场答复的，按这个电话回复。", "For calling back when it is not answered now.")})
	}
	if kind == consult.Question {
		fields = append(fields, web.FieldView{ID: "f-answer", Name: "answer", Widget: form.TextArea, Label: p.Tr("当场答复", "Answer now"), Optional: true, Value: in.Get("answer"), Max: 2000,
			Help: p.Tr("填写后直接办结；不填的转承办单位答复。", "With it the matter is closed; without it the unit in charge answers.")})
	}
	return fields
}

func (d *Desk) pickItem(r *http.Request, p *askPage, in, keep url.Values) error {
	if p.Query = clean(in.Get("q")); p.Query == "" {
		return nil
	}
	p.Asked = true
	found, err := d.c.Catalog.Search(r.Context(), catalog.Query{Text: p.Query, Each: true, Limit: 20})
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid {
		return nil // too long to be found
	}
	if err != nil {
		return err
	}
	dir, err := d.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	p.Found = caseview.PickItems(p.Page, dir, found.Items, func(code string) string {
		keep.Set("item", code)
		return consultsPath + "/new?" + keep.Encode()
	})
	return nil
}

// askAt answers POST /desk/consult.
func (d *Desk) askAt(w http.ResponseWriter, r *http.Request) error {
	a, err := d.asks(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	f := r.PostForm
	in := consult.AskInput{Kind: consult.Kind(f.Get("kind")), ItemCode: f.Get("item"), CaseNo: f.Get("case"), Reason: f.Get("reason"), Stage: f.Get("stage"), Words: clean(f.Get("words")),
		Name: clean(f.Get("name")), Phone: clean(f.Get("phone")), Answer: clean(f.Get("answer"))}
	if in.Once, err = caseview.AskOnce(a, f, consultsPath); err != nil {
		return err
	}
	if token := f.Get("who"); token != "" {
		info, err := d.redeem(r.Context(), a, token)
		if err != nil {
			return err
		}
		in.Party = info.Party
	}
	x, err := d.c.Consult.Ask(r.Context(), a, in)
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return d.askAtPage(w, r, a, f, e.Fields)
	}
	if err != nil {
		return err
	}
	d.flash(w, r, web.OK, "已登记，编号"+x.No+"，请告诉来访人。", "Taken down as "+x.No+"; tell the visitor.")
	return web.SeeOther(w, r, inquiryPath(x.No))
}
