package desk

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// assistsPage 帮办代办: what waits for a helper, and what one has in hand.
type assistsPage struct {
	web.Page
	Unit        string
	Asked, Mine web.Table
	Party       string // found at the window; empty: none
	Token       string
	Code        string
	Item        string
	Fields      []web.FieldView
}

// assistPage is one help: its session.
type assistPage struct {
	web.Page
	State    web.Tag
	Facts    web.Facts
	Timeline web.Timeline
	Action   string
	Take     bool // the reader may become the helper
	Mine     bool // the reader is the helper
	Begin    bool // waits for the person's word to begin
	Draft    bool // a draft may be opened
	Waits    bool // the draft waits for the person's word
	Ready    string
	Case     web.Link
	Code     web.FieldView
	Ends     bool
}

func assistPath(id int64) string { return "/desk/assist/" + strconv.FormatInt(id, 10) }

// showAssists answers GET /desk/assist; with who and item, from the intake, it
// asks what the person at the window wants help with.
func (d *Desk) showAssists(w http.ResponseWriter, r *http.Request) error {
	a, err := d.clerk(r)
	if err != nil {
		return err
	}
	return d.assistsPage(w, r, a, r.URL.Query(), nil)
}

func (d *Desk) assistsPage(w http.ResponseWriter, r *http.Request, a actor.Actor, in url.Values, bad []errs.Field) error {
	ctx := r.Context()
	dir, err := d.c.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	u, _ := dir.Unit(a.Unit)
	asked, mine, err := d.c.Casework.Assists(ctx, a, u)
	if err != nil {
		return err
	}
	p := assistsPage{Page: d.page(r, a, "assist", "帮办代办", "Help with applying"), Unit: u.Name}
	p.Asked = d.assistTable(p.Page, asked, p.Tr("等待帮办", "Waiting"), p.Tr("没有等待的请求", "Nobody waits"))
	p.Mine = d.assistTable(p.Page, mine, p.Tr("我正在帮办", "In my hands"), p.Tr("没有正在帮办的事项", "Nothing in hand"))
	status := http.StatusOK
	if token, code := in.Get("who"), in.Get("item"); token != "" && code != "" {
		info, err := d.redeem(ctx, a, token)
		if err != nil {
			return err
		}
		it, err := d.c.Catalog.Item(ctx, code)
		if err != nil {
			return err
		}
		p.Party, p.Token, p.Code, p.Item = info.Name, token, it.Code, it.Name
		acts := web.FieldView{ID: "acts", Name: "acts", Widget: form.Checkboxes, Optional: true, Label: p.Tr("还可以代为", "May also"), Options: []web.OptionView{
			{ID: "acts-1", Value: string(casework.Resubmit), Label: p.Tr("补正材料", "Correct the application"), Checked: true}, {ID: "acts-2", Value: string(casework.Withdraw), Label: p.Tr("撤回申请", "Withdraw it")}}}
		p.Fields = []web.FieldView{acts, {ID: "wish", Name: "wish", Widget: form.TextArea, Optional: true, Label: p.Tr("需要怎样的帮助", "What help is needed"), Value: clean(in.Get("wish")), Max: mostWords}}
		if len(bad) > 0 {
			status = http.StatusUnprocessableEntity
			mark(&p.Page, p.Fields, bad)
		}
	}
	return d.views.assists.Render(w, r, status, p)
}

func (d *Desk) assistTable(p web.Page, list []casework.Assist, caption, none string) web.Table {
	t := web.Table{Caption: caption, Heads: []web.Head{{Text: p.Tr("事项", "Item")}, {Text: p.Tr("申请人", "Applicant")}, {Text: p.Tr("状态", "State")}, {Text: p.Tr("期限", "Until")}}, Empty: web.Empty{Title: none}}
	for _, x := range list {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.ItemName, Href: assistPath(x.ID), Row: true}, {Text: x.Party.Name}, {Tag: caseview.AssistState(p, &x)}, {Text: monthDay(p, x.Until)}}})
	}
	return t
}

// askAssist writes down that somebody at the window asks for help.
func (d *Desk) askAssist(w http.ResponseWriter, r *http.Request) error {
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
	in := casework.AssistAsk{ItemCode: r.PostForm.Get("item"), Party: info.Party, Wish: clean(r.PostForm.Get("wish"))}
	for _, act := range r.PostForm["acts"] {
		in.Acts = append(in.Acts, casework.Act(act))
	}
	x, err := d.c.Casework.AskAssist(r.Context(), a, in)
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return d.assistsPage(w, r, a, r.PostForm, e.Fields)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, assistPath(x.ID))
}

// showAssist answers GET /desk/assist/{id}.
func (d *Desk) showAssist(w http.ResponseWriter, r *http.Request) error {
	a, id, err := d.numbered(r)
	if err != nil {
		return err
	}
	return d.assistPage(w, r, a, id, nil)
}

func (d *Desk) assistPage(w http.ResponseWriter, r *http.Request, a actor.Actor, id int64, bad []errs.Field) error {
	v, err := d.c.Casework.AssistView(r.Context(), a, id)
	if err != nil {
		return err
	}
	p := assistPage{Page: d.page(r, a, "assist", "帮办代办", "Help with applying"), Action: assistPath(id), State: caseview.AssistState(web.NewPage(r, "", ""), &v.Assist)}
	p.Facts, p.Timeline = caseview.AssistFacts(p.Page, v), caseview.AssistTimeline(p.Page, v)
	p.Mine = v.Helper.ID == a.ID && v.State != casework.AssistEnded
	p.Take = v.State == casework.AssistAsked && v.Helper.ID == 0 && a.Has(actor.WindowClerk)
	p.Begin = p.Mine && v.State == casework.AssistAsked
	p.Draft = p.Mine && v.State == casework.AssistOpen && v.CaseNo == ""
	p.Waits = p.Mine && v.Waits
	p.Ends = p.Mine
	if p.Mine && v.DraftID != 0 && !v.Waits {
		p.Ready = d.apply.First(v.DraftID)
	}
	if v.CaseNo != "" {
		p.Case = web.Link{Href: casePath(v.CaseNo), Text: p.Tr("查看办件", "See the case")}
	}
	p.Code = web.FieldView{ID: "code", Name: "code", Label: p.Tr("申请人读出的确认码", "The code that the person reads out"), Width: "w-s", Mode: "numeric", Auto: "off", Max: 6}
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
		for _, f := range bad {
			to := "#code"
			if f.Path == "code" {
				p.Code.Error = p.Tr(f.ZH, f.EN)
			} else {
				to = "#paper"
			}
			p.Errors.Items = append(p.Errors.Items, web.Link{Href: to, Text: p.Tr(f.ZH, f.EN)})
		}
	}
	return d.views.assist.Render(w, r, status, p)
}

// answerAssist answers POST /desk/assist/{id}: what the helper does.
func (d *Desk) answerAssist(w http.ResponseWriter, r *http.Request) error {
	a, id, err := d.numbered(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	ctx, to := r.Context(), assistPath(id)
	switch r.PostForm.Get("do") {
	case "take":
		_, err = d.c.Casework.TakeAssist(ctx, a, id)
	case "draft":
		var draft *casework.Draft
		if draft, err = d.c.Casework.Help(ctx, a, id); err == nil {
			to = d.apply.First(draft.ID)
		}
	case "send":
		if _, err = d.c.Casework.SendAssistCode(ctx, a, id); err == nil {
			d.flash(w, r, web.OK, "已向申请人发送确认码，十分钟内有效。", "A code was sent; it is good for ten minutes.")
		}
	case "code":
		if _, err = d.c.Casework.ConfirmByCode(ctx, a, id, r.PostForm.Get("code")); err == nil {
			d.flash(w, r, web.OK, "申请人已确认。", "The person has confirmed.")
		}
	case "end":
		_, err = d.c.Casework.EndAssist(ctx, a, id, clean(r.PostForm.Get("reason")))
	default:
		_, err = d.c.Casework.AssistView(ctx, a, id)
		if err == nil {
			err = web.Malformed(nil)
		}
	}
	return d.assistDone(w, r, a, id, to, err)
}

func (d *Desk) assistDone(w http.ResponseWriter, r *http.Request, a actor.Actor, id int64, to string, err error) error {
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return d.assistPage(w, r, a, id, e.Fields)
	}
	if err != nil {
		return web.Onward(err, web.Link{Href: assistPath(id), Text: "返回帮办代办"})
	}
	return web.SeeOther(w, r, to)
}

// assistPaper answers POST /desk/assist/{id}/paper: the sheet that the person signed.
func (d *Desk) assistPaper(w http.ResponseWriter, r *http.Request) error {
	a, id, err := d.numbered(r)
	if err != nil {
		return err
	}
	v, err := d.c.Casework.AssistView(r.Context(), a, id)
	if err != nil {
		return err
	}
	if v.Helper.ID != a.ID {
		return d.refused(r, a, identity.AssistHelp, "assist/"+strconv.FormatInt(id, 10))
	}
	var ref files.Ref
	reason := ""
	mr, err := r.MultipartReader()
	if err != nil {
		return web.Malformed(err)
	}
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			break // what is missing is said below
		}
		if err != nil {
			return web.Malformed(err)
		}
		switch part.FormName() {
		case "reason":
			b, err := io.ReadAll(io.LimitReader(part, 4000))
			if err != nil {
				return web.Malformed(err)
			}
			reason = clean(string(b))
		case "file":
			if part.FileName() == "" {
				continue
			}
			if ref, err = d.c.Files.Put(r.Context(), part, files.Meta{Name: path.Base(part.FileName()), Types: []files.Type{files.JPEG, files.PNG, files.PDF}, MaxBytes: 20 << 20}); err != nil {
				return d.assistDone(w, r, a, id, "", err)
			}
		}
	}
	if _, err = d.c.Casework.ConfirmOnPaper(r.Context(), a, id, ref, reason); err == nil {
		d.flash(w, r, web.OK, "已登记申请人的签字确认。", "The signed word is recorded.")
	}
	return d.assistDone(w, r, a, id, assistPath(id), err)
}
