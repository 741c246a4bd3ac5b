package desk

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// mostWords is how many characters a field of an act takes.
const mostWords = 1000

// act answers POST /desk/cases/{no}/acts/{act}: the one form of every act.
func (d *Desk) act(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	list, wrong, err := caseview.ReadAct(r, d.c.Files)
	if err != nil {
		return err
	}
	act := casework.Act(r.PathValue("act"))
	in, bad := readAct(act, r.PostForm)
	in.Files, bad = list, append(bad, wrong...)
	if len(bad) > 0 {
		return d.again(w, r, a, act, bad)
	}
	return d.perform(w, r, a, act, in)
}

// perform does the act and answers: back to the list, the form again, or the
// page that says that somebody was faster.
func (d *Desk) perform(w http.ResponseWriter, r *http.Request, a actor.Actor, act casework.Act, in casework.Input) error {
	no := r.PathValue("no")
	c, err := d.c.Casework.Perform(r.Context(), a, no, act, in)
	switch e := errs.Of(err); {
	case err == nil:
		return d.done(w, r, act, c.No)
	case e.Kind == errs.Invalid && len(e.Fields) > 0:
		return d.again(w, r, a, act, e.Fields)
	case errors.Is(err, casework.ErrChanged) || errors.Is(err, casework.ErrNotOffered):
		return d.changed(w, r, a, act, in)
	case e.Kind == errs.Conflict:
		return web.Onward(err, web.Link{Href: casePath(no), Text: web.NewPage(r, "", "").Tr("查看办件", "See the case")})
	}
	return err
}

// done goes back to the list that the reader came from, which says what
// happened; without a list, to the case.
func (d *Desk) done(w http.ResponseWriter, r *http.Request, act casework.Act, no string) error {
	if act == casework.Accept || act == casework.Arrive { // 即办件: whoever may decide too goes on with it
		if a, err := d.Actor(r); err == nil {
			if v, err := d.c.Casework.View(r.Context(), a, no); err == nil && offers(v, casework.Decide) {
				return web.SeeOther(w, r, withFrom(casePath(no), backTo(r.PostForm.Get("from"))))
			}
		}
	}
	if from := backTo(r.PostForm.Get("from")); strings.HasPrefix(from, "/desk?") || from == "/desk" {
		u, err := url.Parse(from)
		if err != nil {
			return err
		}
		q := u.Query()
		q.Set("done", no)
		u.RawQuery = q.Encode()
		return web.SeeOther(w, r, u.String())
	}
	m := moveOf(act)
	if from := backTo(r.PostForm.Get("from")); act == casework.HandOver && from == resultsPath { // found by a code: the next person
		d.flash(w, r, web.OK, "已办理：“"+m.ZH+"”。", "Done: "+m.EN+".")
		return web.SeeOther(w, r, from)
	}
	if act == casework.Recuse || act == casework.Transfer { // it may be out of the reader's sight now
		d.flash(w, r, web.OK, "已办理：“"+m.ZH+"”。", "Done: "+m.EN+".")
		return web.SeeOther(w, r, "/desk")
	}
	d.flash(w, r, web.OK, "已办理：“"+m.ZH+"”。", "Done: "+m.EN+".")
	return web.SeeOther(w, r, withFrom(casePath(no), backTo(r.PostForm.Get("from"))))
}

func moveOf(act casework.Act) casework.Move {
	for _, m := range casework.Table {
		if m.Act == act {
			return m
		}
	}
	return casework.Move{ZH: string(act), EN: string(act)}
}

// readAct reads the fields that an act brings. Which of them it needs, casework
// says; here is only what a form cannot mean.
func readAct(act casework.Act, form url.Values) (casework.Input, []errs.Field) {
	var bad []errs.Field
	get := func(name string) string {
		s := clean(form.Get(name))
		if utf8.RuneCountInString(s) > mostWords {
			bad = append(bad, errs.Field{Path: name, Code: "max-length", ZH: "文字过长，请不要超过" + strconv.Itoa(mostWords) + "个字", EN: "At most " + strconv.Itoa(mostWords) + " characters"})
		}
		return s
	}
	number := func(name string) int64 {
		s := strings.TrimSpace(form.Get(name))
		if s == "" {
			return 0
		}
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < 0 {
			bad = append(bad, errs.Field{Path: name, Code: "number", ZH: "请填写整数", EN: "Enter a whole number"})
		}
		return n
	}
	in := casework.Input{Version: number("version"), Reason: get("reason"), Elsewhere: get("elsewhere"), Opinion: get("opinion"),
		Task: number("task"), Kind: get("kind"), Seen: form["seen"], Recipient: get("recipient"), Signed: form.Get("signed") != "", Waybill: get("waybill")}
	if in.Version == 0 { // a form without the version it was made for is not one of ours
		bad = append(bad, errs.Field{Path: "version", Code: "required", ZH: "页面已过期，请重新打开办件", EN: "The page is out of date; open the case again"})
	}
	bad = append(bad, readSide(act, &in, form, get, number)...)
	bad = append(bad, readParcel(act, &in, form, get)...)
	switch act {
	case casework.Extend, casework.Suspend, casework.AskMoreTime, casework.GrantMoreTime, casework.ExtendSupplement, casework.CheckPromise:
		in.Days = int(min(number("days"), 1_000_000))
	case casework.Decline:
		in.Ground, in.Unit = get("ground"), get("unit")
		if c := form["condition"]; len(c) > 0 && in.Ground != casework.NotOurs {
			in.Reason = strings.TrimSpace("不符合受理条件：" + strings.Join(c, "") + " " + in.Reason)
		}
	case casework.Review:
		switch form.Get("agree") {
		case "yes":
			in.Agree = true
		case "no":
		default:
			bad = append(bad, errs.Field{Path: "agree", Code: "required", ZH: "请选择同意或者不同意", EN: "Choose agree or disagree"})
		}
	case casework.Decide:
		words := get("words")
		switch form.Get("grant") {
		case "yes":
			in.Grant, in.Opinion = true, words
		case "no":
			in.Reason = words
			if words == "" {
				bad = append(bad, errs.Field{Path: "words", Code: "required", ZH: "请写明不予的理由，申请人将在决定书上看到", EN: "Give the reasons; the applicant reads them on the decision"})
			}
		default:
			bad = append(bad, errs.Field{Path: "grant", Code: "required", ZH: "请选择准予或者不予", EN: "Choose grant or refuse"})
		}
	case casework.ChangeDelivery:
		in.Delivery = casework.Delivery{Way: get("way")}
		if in.Delivery.Way == "post" {
			in.Delivery.Name, in.Delivery.Phone, in.Delivery.Address = get("name"), get("phone"), get("address")
		}
	}
	return in, bad
}

// again shows the case with the form that did not fit, as it was typed.
func (d *Desk) again(w http.ResponseWriter, r *http.Request, a actor.Actor, act casework.Act, bad []errs.Field) error {
	v, err := d.c.Casework.View(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return err
	}
	if !offers(v, act) {
		return d.changed(w, r, a, act, casework.Input{})
	}
	for i := range bad {
		bad[i].Path = unprefixed(bad[i].Path)
	}
	p, err := d.casePage(r, a, v, backTo(r.PostForm.Get("from")), typed{act: act, values: r.PostForm, problems: bad})
	if err != nil {
		return err
	}
	if len(p.Errors.Items) == 0 {
		p.FieldErrors(bad, nil)
	}
	return d.views.kase.Render(w, r, http.StatusUnprocessableEntity, p)
}

// changedPage 办件已有变化: the act was not done. It shows where the case now
// stands, who acted, and what was typed, which is kept.
type changedPage struct {
	web.Page
	Item, Short string
	State       web.Tag
	Last        web.Timeline
	Typed       []web.Fact
	Form        actForm // the act is still offered: the same words for the new state
	Still       bool
	Case        web.Link
	Back        web.Link
}

// twin is how long after an act the same act by the same person is taken for a
// second click.
const twin = 2 * time.Minute

// changed answers an act that came too late. A second click of one's own is no
// conflict: it gets the same answer as the first.
func (d *Desk) changed(w http.ResponseWriter, r *http.Request, a actor.Actor, act casework.Act, in casework.Input) error {
	v, err := d.c.Casework.View(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return err
	}
	if n := len(v.Events); n > 0 && in.Version != 0 {
		last := v.Events[n-1]
		if last.Act == act && last.Actor.Kind == a.Kind && last.Actor.ID == a.ID && v.Case.Version == in.Version+1 && v.At.Sub(last.At) < twin {
			return d.done(w, r, act, v.Case.No)
		}
	}
	p := changedPage{Page: d.page(r, a, "todo", "办件已有变化", "The case has changed"), Item: v.Case.ItemName, Short: d.shortNo(v.Case.No)}
	p.State = caseview.State(p.Page, v.Case.State, v.Case.Outcome)
	p.Last = caseview.Timeline(p.Page, v, documentPath)
	p.Last.Events = p.Last.Events[:min(2, len(p.Last.Events))]
	from := backTo(r.PostForm.Get("from"))
	p.Case = web.Link{Href: withFrom(casePath(v.Case.No), from), Text: p.Tr("查看最新情况", "See the case as it is now")}
	p.Back = web.Link{Href: orElse(from, "/desk"), Text: p.Tr("回到列表", "Back to the list")}
	if act != casework.RequestCorrection {
		for _, f := range actForms(&p.Page, v, a, from, typed{act: act, values: r.PostForm}) {
			if f.ID == "act-"+string(act) {
				p.Form, p.Still = f, true
			}
		}
	}
	if !p.Still {
		p.Typed = typedWords(p.Page, r.PostForm)
	}
	return d.views.changed.Render(w, r, http.StatusConflict, p)
}

// typedWords lists what was typed, so that it can be copied.
func typedWords(p web.Page, in url.Values) []web.Fact {
	var out []web.Fact
	for _, f := range []struct{ name, zh, en string }{{"reason", "理由", "Reason"}, {"opinion", "意见", "Opinion"}, {"words", "理由或者说明", "Reasons or remarks"},
		{"elsewhere", "应向哪个单位申请", "Who is competent instead"}, {"recipient", "领取人", "Who took it"}, {"interest", "重大利益关系", "What is at stake"}, {"text", "笔录、核查情况", "Record, what was found"}, {"waybill", "运单", "Waybill"}} {
		if s := clean(in.Get(f.name)); s != "" {
			out = append(out, web.Fact{Key: p.Tr(f.zh, f.en), Value: s})
		}
	}
	for _, ask := range in["ask"] {
		if s := clean(in.Get("note:" + ask)); s != "" {
			out = append(out, web.Fact{Key: p.Tr("补正说明", "Note"), Value: s})
		}
	}
	return out
}

// openMend opens the draft in which the applicant at the counter corrects.
func (d *Desk) openMend(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	draft, err := d.c.Casework.OpenMend(r.Context(), a, r.PathValue("no"), r.PostForm.Get("present") == "yes")
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return d.again(w, r, a, casework.Mend, e.Fields)
	}
	if err != nil {
		return web.Onward(err, web.Link{Href: casePath(r.PathValue("no")), Text: web.NewPage(r, "", "").Tr("查看办件", "See the case")})
	}
	return web.SeeOther(w, r, d.apply.First(draft.ID))
}

// openCorrection opens the correction for an applicant who stands at the window.
func (d *Desk) openCorrection(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	draft, err := d.c.Casework.OpenCorrection(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return web.Onward(err, web.Link{Href: casePath(r.PathValue("no")), Text: web.NewPage(r, "", "").Tr("查看办件", "See the case")})
	}
	return web.SeeOther(w, r, d.apply.First(draft.ID))
}
