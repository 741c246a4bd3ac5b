package publicview

import (
	"embed"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/publicity"
	"github.com/tongban/tongban/internal/web"
)

//go:embed templates
var templates embed.FS

// Cases 决定公开页 shows the publication of cases.
type Cases struct {
	c    Config
	view *web.View[Page]
}

// Config names what the page uses.
type Config struct {
	Renderer  *web.Renderer
	Publicity *publicity.Service
	Actor     func(r *http.Request) (actor.Actor, error)
	Frame     func(r *http.Request, p *web.Page)
	Case      func(no string) string // path of a case; the page lies below it
}

// New registers the page.
func New(c Config) *Cases { return &Cases{c: c, view: NewView(c.Renderer)} }

// NewView is the page's template, for the test that renders it.
func NewView(rt *web.Renderer) *web.View[Page] {
	return web.NewView[Page](rt, templates, "templates/case.html")
}

// Page 决定公开.
type Page struct {
	web.Page
	Back   web.Link
	No     string
	State  web.Tag
	Words  string // where it stands, in a sentence
	Facts  web.Facts
	Public web.Link // what the public sees
	Marks  []Mark
	Ask    Form // URL empty: nothing can be asked
}

// Mark is one request with its answer, or the form to answer it.
type Mark struct {
	Title  string
	State  web.Tag
	Facts  web.Facts
	Answer Form
}

// Form is one act.
type Form struct {
	ID, URL, Title, Words, Button string
	Open                          bool
	Fields                        []web.FieldView
}

// typed is what somebody typed that did not go through.
type typed struct {
	mark     string // which request is answered; empty: something is asked
	in       func(string) string
	problems []errs.Field
}

// Show answers the page.
func (c *Cases) Show(w http.ResponseWriter, r *http.Request) error {
	return c.show(w, r, http.StatusOK, typed{})
}

func (c *Cases) show(w http.ResponseWriter, r *http.Request, status int, t typed) error {
	a, err := c.c.Actor(r)
	if err != nil {
		return err
	}
	x, err := c.c.Publicity.OfCase(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return err
	}
	p := Page{Page: web.NewPage(r, "决定公开", "Publication of the decision"), No: x.No}
	c.c.Frame(r, &p.Page)
	path := c.c.Case(x.No)
	p.Back = web.Link{Href: path, Text: p.Tr("返回办件", "Back to the case")}
	stands(&p, x)
	words := map[string]string{}
	if len(t.problems) > 0 {
		words = p.FieldErrors(t.problems, map[string]string{"ground": prefix(t.mark) + "ground", "scope": prefix(t.mark) + "scope", "reason": prefix(t.mark) + "reason", "agree": prefix(t.mark) + "agree"})
	}
	if x.MayAsk || x.MayHold {
		p.Ask = askForm(p.Page, x, path+"/publicity", t, words)
	}
	for _, m := range x.Marks {
		p.Marks = append(p.Marks, mark(p.Page, m, x.MayAnswer[m.ID], path+"/publicity/", t, words))
	}
	return c.view.Render(w, r, status, p)
}

func prefix(mark string) string {
	if mark == "" {
		return "ask-"
	}
	return "answer-" + mark + "-"
}

// stands says where the publication stands.
func stands(p *Page, x *publicity.Case) {
	scope := map[string]string{catalog.PublishAll: p.Tr("准予和不予的决定都公开", "grants and refusals are published"), catalog.PublishGrants: p.Tr("只公开准予的决定", "grants are published"),
		catalog.PublishNone: p.Tr("这一事项的决定不公开", "decisions on this item are not published")}
	p.Facts.Rows = []web.Fact{{Key: p.Tr("办件编号", "Case"), Value: x.No}, {Key: p.Tr("办事指南", "The guide says"), Value: scope[x.Policy]}}
	if x.Row == nil {
		p.State = web.Tag{Text: p.Tr("还没有可以公开的决定", "Nothing to publish yet")}
		p.Words = p.Tr("作出决定以后，公开申请单位的名称，或者个人的姓氏；不公开身份号码、住址和不予的具体理由。", "Once it is decided, an organisation's name is published, of a person the family name; never numbers, addresses or the reasons of a refusal.")
		if x.Policy == catalog.PublishNone {
			p.Words = ""
		}
		return
	}
	zh, en := x.Row.State.Words()
	tone := map[publicity.State]web.Tone{publicity.Public: web.OK, publicity.Waiting: web.Info, publicity.Held: web.Note, publicity.Withheld: web.Note, publicity.Withdrawn: web.Bad}[x.Row.State]
	p.State = web.Tag{Tone: tone, Text: p.Tr(zh, en)}
	add := func(zh, en, v string) {
		if v != "" {
			p.Facts.Rows = append(p.Facts.Rows, web.Fact{Key: p.Tr(zh, en), Value: v})
		}
	}
	add("决定日期", "Decided on", x.Row.DecidedOn)
	add("最迟公开日期", "Published at latest on", x.Row.DueOn)
	add("公开日期", "Published on", x.Row.PublishedOn)
	add("撤下日期", "Taken away on", x.Row.EndsOn)
	switch x.Row.State {
	case publicity.Waiting:
		p.Words = p.Tr("决定送达申请人以后公开，最迟在上面的日期。", "It is published once the applicant has it, at latest on the day above.")
	case publicity.Held:
		p.Words = p.Tr("有一项请求正在等待答复，答复以前不公开。", "A request waits for its answer; until then nothing is public.")
	case publicity.Public, publicity.Withdrawn:
		p.Public = web.Link{Href: "/decisions/" + strconv.FormatInt(x.Row.ID, 10), Text: p.Tr("公众看到的内容", "What the public sees")}
	}
}

func askForm(p web.Page, x *publicity.Case, url string, t typed, words map[string]string) Form {
	mine := t.mark == "" && t.in != nil
	said := func(name string) string {
		if mine {
			return t.in(name)
		}
		return ""
	}
	wrong := func(name string) string {
		if mine {
			return words[name]
		}
		return ""
	}
	f := Form{ID: "ask", URL: url, Open: mine, Title: p.Tr("请求不公开", "Ask to keep it back"), Button: p.Tr("提交请求", "Ask"),
		Words: p.Tr("涉及您的商业秘密、个人隐私的，可以请求不公开，由作出决定的单位答复。", "What is your trade secret or your privacy may be kept back; the deciding unit answers.")}
	if x.MayHold {
		f.Title, f.Button = p.Tr("提请不予公开", "Propose not to publish"), p.Tr("提请", "Propose")
		f.Words = p.Tr("提请后立即暂缓公开，由另一名决定人员或者监督人员答复；全过程记入审计日志。", "It is held back at once; another decider or a supervisor answers. All of it is recorded.")
	}
	ground := web.FieldView{ID: "ask-ground", Name: "ground", Widget: form.Radio, Label: p.Tr("理由的类别", "Ground"), Error: wrong("ground")}
	for _, g := range publicity.Grounds {
		if g == publicity.Mistake || !x.MayHold && (g == publicity.StateSecret || g == publicity.Safety) {
			continue
		}
		zh, en := g.Words()
		ground.Options = append(ground.Options, web.OptionView{ID: "ask-ground-" + string(g), Value: string(g), Label: p.Tr(zh, en), Checked: said("ground") == string(g)})
	}
	f.Fields = []web.FieldView{ground, scopeField(p, "ask-", said("scope"), wrong("scope")),
		{ID: "ask-reason", Name: "reason", Widget: form.TextArea, Label: p.Tr("具体理由", "Reason"), Max: 500, Value: said("reason"), Error: wrong("reason")}}
	return f
}

func stamp(t time.Time) string { return t.In(clock.Shanghai()).Format("2006-01-02 15:04") }

func scopeField(p web.Page, prefix, said, wrong string) web.FieldView {
	f := web.FieldView{ID: prefix + "scope", Name: "scope", Widget: form.Radio, Label: p.Tr("不公开的范围", "How much"), Error: wrong}
	for _, o := range [][3]string{{string(publicity.Whole), "整个决定都不公开", "Nothing is published"}, {string(publicity.Content), "只是不公开决定的具体内容", "Only the content of the decision is left out"}} {
		f.Options = append(f.Options, web.OptionView{ID: prefix + "scope-" + o[0], Value: o[0], Label: p.Tr(o[1], o[2]), Checked: said == o[0] || said == "" && o[0] == string(publicity.Whole)})
	}
	return f
}

func mark(p web.Page, m publicity.Mark, may bool, base string, t typed, words map[string]string) Mark {
	zh, en := m.Kind.Words()
	x := Mark{Title: p.Tr(zh, en)}
	state := map[publicity.MarkState]web.Tag{publicity.Open: {Tone: web.Note, Text: p.Tr("等待答复", "Waiting")}, publicity.Agreed: {Tone: web.OK, Text: p.Tr("已采纳", "Agreed")}, publicity.Refused: {Tone: web.Bad, Text: p.Tr("未采纳", "Refused")}}
	x.State = state[m.State]
	gz, ge := m.Ground.Words()
	scope := p.Tr("整个决定", "all of it")
	if m.Scope == publicity.Content {
		scope = p.Tr("决定的具体内容", "the content")
	}
	x.Facts.Rows = []web.Fact{{Key: p.Tr("提出", "By"), Value: m.By.Name, Soft: stamp(m.At)}, {Key: p.Tr("理由", "Ground"), Value: p.Tr(gz, ge), Soft: m.Reason}, {Key: p.Tr("范围", "How much"), Value: scope}}
	if m.State != publicity.Open {
		x.Facts.Rows = append(x.Facts.Rows, web.Fact{Key: p.Tr("答复", "Answer"), Value: m.Answer, Soft: m.AnswerBy + " " + stamp(m.Answered)})
	}
	if !may {
		return x
	}
	id := strconv.FormatInt(m.ID, 10)
	mine := t.mark == id
	said, wrong := func(string) string { return "" }, func(string) string { return "" }
	if mine {
		said, wrong = t.in, func(name string) string { return words[name] }
	}
	agree := web.FieldView{ID: prefix(id) + "agree", Name: "agree", Widget: form.Radio, Label: p.Tr("是否采纳", "Agree"), Error: wrong("agree")}
	for _, o := range [][3]string{{"true", "采纳", "Yes"}, {"false", "不采纳", "No"}} {
		agree.Options = append(agree.Options, web.OptionView{ID: prefix(id) + "agree-" + o[0], Value: o[0], Label: p.Tr(o[1], o[2]), Checked: said("agree") == o[0]})
	}
	asked := said("scope")
	if asked == "" {
		asked = string(m.Scope)
	}
	x.Answer = Form{ID: "answer-" + id, URL: base + id + "/answer", Open: mine, Title: p.Tr("答复", "Answer"), Button: p.Tr("答复", "Answer"),
		Fields: []web.FieldView{agree, scopeField(p, prefix(id), asked, wrong("scope")),
			{ID: prefix(id) + "reason", Name: "reason", Widget: form.TextArea, Label: p.Tr("答复的理由", "Why"), Max: 500, Value: said("reason"), Error: wrong("reason")}}}
	return x
}

// Ask answers the form that asks.
func (c *Cases) Ask(w http.ResponseWriter, r *http.Request) error {
	a, err := c.c.Actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	no, in := r.PathValue("no"), r.PostForm
	err = c.c.Publicity.AskAbout(r.Context(), a, no, publicity.Request{Ground: publicity.Ground(in.Get("ground")), Scope: publicity.Scope(in.Get("scope")), Reason: in.Get("reason")})
	return c.done(w, r, no, "", err, "已提交，等待答复。", "Asked; the answer is to come.")
}

// Answer answers the form that answers a request.
func (c *Cases) Answer(w http.ResponseWriter, r *http.Request) error {
	a, err := c.c.Actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	id, err := strconv.ParseInt(r.PathValue("mark"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	x, err := c.c.Publicity.OfCase(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return err
	}
	in := r.PostForm
	if v := in.Get("agree"); x.MayAnswer[id] && v != "true" && v != "false" {
		err = errs.InvalidFields(errs.Field{Path: "agree", Code: "required", ZH: "请选择是否采纳", EN: "Say whether you agree"})
	} else {
		err = c.c.Publicity.Answer(r.Context(), a, id, publicity.Reply{Agree: v == "true", Scope: publicity.Scope(in.Get("scope")), Reason: in.Get("reason")})
	}
	return c.done(w, r, r.PathValue("no"), r.PathValue("mark"), err, "已答复。", "Answered.")
}

func (c *Cases) done(w http.ResponseWriter, r *http.Request, no, mark string, err error, zh, en string) error {
	var e *errs.Error
	if errors.As(err, &e) && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return c.show(w, r, http.StatusUnprocessableEntity, typed{mark: mark, in: r.PostForm.Get, problems: e.Fields})
	}
	to := c.c.Case(no) + "/publicity"
	if err != nil {
		return web.Onward(err, web.Link{Href: to, Text: "查看最新情况"})
	}
	c.c.Renderer.SetFlash(w, web.OK, web.NewPage(r, "", "").Tr(zh, en))
	return web.SeeOther(w, r, to)
}
