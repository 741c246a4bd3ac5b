package desk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// papersPage 纸质件交接: what lies in an office on paper, and the slips that came
// and went.
type papersPage struct {
	web.Page
	Unit    string
	UnitID  int64
	Units   []web.Link
	Held    []heldPaper
	To      web.FieldView
	In, Out web.Table
	Empty   web.Empty
}

// heldPaper is one paper, to be ticked.
type heldPaper struct {
	ID, Name, Copies, Case, Href, Item, Since string
	Checked                                   bool
}

// slipPage 交接单, to be printed and signed for.
type slipPage struct {
	web.Page
	No, From, To     string
	Given, Received  string
	GivenBy, TakenBy string
	Rows             []slipRow
	Action           string // empty: received already, or by somebody else
	Papers           web.Link
	Waiting          bool // for the other side to confirm
}

// slipRow is one paper on a slip.
type slipRow struct {
	ID, Name, Copies, Item, Case string
	Arrived                      web.Tag
}

// paperUnits are the units where somebody handles papers, one's own first.
func paperUnits(a actor.Actor, dir *identity.Directory) []identity.Unit {
	var out []identity.Unit
	seen := map[int64]bool{}
	add := func(u identity.Unit) {
		if !seen[u.ID] && identity.Decide(a, identity.PaperHandle, identity.Target{UnitPath: u.Path}) == nil {
			seen[u.ID] = true
			out = append(out, u)
		}
	}
	if u, ok := dir.Unit(a.Unit); ok {
		add(u)
	}
	for _, g := range a.Grants {
		if u := unitAt(dir, g.Path); u.ID != 0 {
			add(u)
		}
	}
	return out
}

// paperUnit is the unit that a request names, or one's own.
func (d *Desk) paperUnit(r *http.Request, a actor.Actor, asked string) (identity.Unit, []identity.Unit, error) {
	dir, err := d.c.Identity.Directory(r.Context())
	if err != nil {
		return identity.Unit{}, nil, err
	}
	units := paperUnits(a, dir)
	if len(units) == 0 {
		return identity.Unit{}, nil, d.refused(r, a, identity.PaperHandle, "papers")
	}
	if asked == "" {
		return units[0], units, nil
	}
	id, err := strconv.ParseInt(asked, 10, 64)
	if err != nil {
		return identity.Unit{}, nil, web.ErrNoPage()
	}
	u, ok := dir.Unit(id)
	if !ok {
		return identity.Unit{}, nil, web.ErrNoPage()
	}
	return u, units, nil
}

// showPapers answers GET /desk/papers?unit.
func (d *Desk) showPapers(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	return d.papersPage(w, r, a, r.URL.Query(), nil)
}

func (d *Desk) papersPage(w http.ResponseWriter, r *http.Request, a actor.Actor, in url.Values, bad []errs.Field) error {
	ctx := r.Context()
	u, units, err := d.paperUnit(r, a, in.Get("unit"))
	if err != nil {
		return err
	}
	desk, err := d.c.Casework.Papers(ctx, a, u)
	if err != nil {
		return err
	}
	dir, err := d.c.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	p := papersPage{Page: d.page(r, a, "papers", "纸质件交接", "Papers"), Unit: u.Name, UnitID: u.ID}
	if len(units) > 1 {
		for _, x := range units {
			p.Units = append(p.Units, web.Link{Href: papersAt(x.ID), Text: unitName(x), Current: x.ID == u.ID})
		}
	}
	for _, x := range desk.Held {
		id := strconv.FormatInt(x.ID, 10)
		p.Held = append(p.Held, heldPaper{ID: id, Name: x.Name, Copies: strconv.Itoa(x.Copies), Case: d.shortNo(x.CaseNo), Href: withFrom(casePath(x.CaseNo), ""), Item: x.ItemName,
			Since: dayTime(p.Page, x.TakenAt), Checked: contains(ids(in["paper"]), x.ID)})
	}
	p.To = web.FieldView{ID: "to", Name: "to", Widget: form.Select, Label: p.Tr("交给哪个单位", "Hand over to"), Value: in.Get("to")}
	for _, x := range desk.Receiver {
		v := strconv.FormatInt(x.ID, 10)
		p.To.Options = append(p.To.Options, web.OptionView{ID: "to-" + v, Value: v, Label: x.Name, Checked: v == in.Get("to") || len(desk.Receiver) == 1})
	}
	p.In = slips(p.Page, dir, desk.In, true)
	p.Out = slips(p.Page, dir, desk.Out, false)
	p.Empty = web.Empty{Title: p.Tr("没有留存的纸质件", "No papers here"), Text: p.Tr("收件时登记的留存份数、办理中收到的纸质件和纸质办理结果会出现在这里。", "Copies kept at intake, papers brought later and results on paper appear here.")}
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
		for _, f := range bad {
			to := "#held"
			if f.Path == "to" && len(p.To.Options) > 0 {
				p.To.Error, to = p.Tr(f.ZH, f.EN), "#to"
			}
			p.Errors.Items = append(p.Errors.Items, web.Link{Href: to, Text: p.Tr(f.ZH, f.EN)})
		}
	}
	return d.views.papers.Render(w, r, status, p)
}

func papersAt(unit int64) string { return "/desk/papers?unit=" + strconv.FormatInt(unit, 10) }

func slipAt(id int64) string { return "/desk/papers/" + strconv.FormatInt(id, 10) }

func slips(p web.Page, dir *identity.Directory, list []casework.Slip, in bool) web.Table {
	t := web.Table{Heads: []web.Head{{Text: p.Tr("交接单", "Slip")}, {Text: p.Tr("交给", "To")}, {Text: p.Tr("交出", "Given")}, {Text: p.Tr("签收", "Received")}}}
	t.Caption = p.Tr("交出的", "Handed on")
	if in {
		t.Caption, t.Heads[1].Text = p.Tr("收到的", "Handed to us"), p.Tr("来自", "From")
	}
	t.Empty = web.Empty{Title: p.Tr("没有交接单", "No slips")}
	for _, s := range list {
		other := s.To
		if in {
			other = s.From
		}
		u, _ := dir.Unit(other)
		state := web.Cell{Tag: web.Tag{Tone: web.Note, Text: p.Tr("待签收", "Not received yet")}}
		if !s.ReceivedAt.IsZero() {
			state = web.Cell{Text: s.ReceivedBy, Soft: dayTime(p, s.ReceivedAt)}
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: s.No, Href: slipAt(s.ID), Row: true}, {Text: unitName(u)}, {Text: s.GivenBy, Soft: dayTime(p, s.GivenAt)}, state}})
	}
	return t
}

// ids reads numbers of ticked boxes; what is none is left out.
func ids(list []string) []int64 {
	var out []int64
	for _, s := range list {
		if id, err := strconv.ParseInt(s, 10, 64); err == nil {
			out = append(out, id)
		}
	}
	return out
}

// givePapers answers POST /desk/papers: papers go on a slip, or back to the
// applicant.
func (d *Desk) givePapers(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	in := r.PostForm
	u, _, err := d.paperUnit(r, a, in.Get("unit"))
	if err != nil {
		return err
	}
	if in.Get("do") == "return" {
		err := d.returnPapers(r.Context(), a, u, in)
		if e := errs.Of(err); err != nil && e.Kind == errs.Invalid {
			return d.papersPage(w, r, a, in, e.Fields)
		}
		if err != nil {
			return web.Onward(err, web.Link{Href: papersAt(u.ID), Text: "返回纸质件交接"})
		}
		d.flash(w, r, web.OK, "已登记退还。", "Recorded as returned.")
		return web.SeeOther(w, r, papersAt(u.ID))
	}
	dir, err := d.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	id, _ := strconv.ParseInt(in.Get("to"), 10, 64) // 0: not chosen, said below
	to, _ := dir.Unit(id)
	slip, err := d.c.Casework.GivePapers(r.Context(), a, u, to, ids(in["paper"]), nil)
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid {
		return d.papersPage(w, r, a, in, e.Fields)
	}
	if err != nil {
		return web.Onward(err, web.Link{Href: papersAt(u.ID), Text: "返回纸质件交接"})
	}
	d.flash(w, r, web.OK, "已开出交接单，请随纸质件一起交给对方签收。", "The slip is made; it goes with the papers.")
	return web.SeeOther(w, r, slipAt(slip.ID))
}

func (d *Desk) returnPapers(ctx context.Context, a actor.Actor, u identity.Unit, in url.Values) error {
	list := ids(in["paper"])
	if len(list) == 0 {
		return errs.InvalidFields(errs.Field{Path: "paper", Code: "required", ZH: "请勾选要退还的纸质件", EN: "Tick the papers to return"})
	}
	for _, id := range list {
		if err := d.c.Casework.ReturnPaper(ctx, a, u, id, clean(in.Get("who"))); err != nil {
			return err
		}
	}
	return nil
}

// showSlip answers GET /desk/papers/{id}.
func (d *Desk) showSlip(w http.ResponseWriter, r *http.Request) error {
	a, id, err := d.numbered(r)
	if err != nil {
		return err
	}
	s, err := d.c.Casework.PaperSlip(r.Context(), a, id)
	if err != nil {
		return err
	}
	dir, err := d.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	from, _ := dir.Unit(s.From)
	to, _ := dir.Unit(s.To)
	p := slipPage{Page: d.page(r, a, "papers", s.No, s.No), No: s.No, From: from.Name, To: to.Name, GivenBy: s.GivenBy, TakenBy: s.ReceivedBy}
	p.Given = dayTime(p.Page, s.GivenAt)
	if !s.ReceivedAt.IsZero() {
		p.Received = dayTime(p.Page, s.ReceivedAt)
	}
	mayTake := identity.Decide(a, identity.PaperHandle, identity.Target{UnitPath: to.Path}) == nil
	if p.Received == "" && mayTake {
		p.Action = slipAt(s.ID)
	}
	p.Waiting = p.Received == "" && !mayTake
	back := from.ID
	if mayTake {
		back = to.ID
	}
	p.Papers = web.Link{Href: papersAt(back), Text: p.Tr("返回纸质件交接", "Back to the papers")}
	for _, x := range s.Papers {
		row := slipRow{ID: strconv.FormatInt(x.ID, 10), Name: x.Name, Copies: strconv.Itoa(x.Copies), Item: x.ItemName, Case: d.shortNo(x.CaseNo)}
		switch {
		case p.Received == "":
		case x.Arrived:
			row.Arrived = web.Tag{Tone: web.OK, Text: p.Tr("已收到", "Arrived")}
		default:
			row.Arrived = web.Tag{Tone: web.Bad, Text: p.Tr("未收到，退回交出单位", "Did not arrive; lies with the giver")}
		}
		p.Rows = append(p.Rows, row)
	}
	return d.views.slip.Render(w, r, http.StatusOK, p)
}

// receiveSlip answers POST /desk/papers/{id}: the receiver says what arrived.
func (d *Desk) receiveSlip(w http.ResponseWriter, r *http.Request) error {
	a, id, err := d.numbered(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	if err := d.c.Casework.ReceivePapers(r.Context(), a, id, ids(r.PostForm["paper"])); err != nil {
		return web.Onward(err, web.Link{Href: slipAt(id), Text: "查看交接单"})
	}
	d.flash(w, r, web.OK, "已签收。", "Received.")
	return web.SeeOther(w, r, slipAt(id))
}

// takePaper answers POST /desk/cases/{no}/papers: a paper came after the intake.
func (d *Desk) takePaper(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	no := r.PathValue("no")
	copies, _ := strconv.Atoi(clean(r.PostForm.Get("copies"))) // 0 is refused in words
	err = d.c.Casework.TakePaper(r.Context(), a, no, casework.PaperIn{Name: clean(r.PostForm.Get("paper")), Copies: copies, Result: r.PostForm.Get("result") == "true"})
	if err != nil {
		return web.Onward(err, web.Link{Href: casePath(no), Text: "查看办件"})
	}
	d.flash(w, r, web.OK, "已登记纸质件。", "The paper is recorded.")
	return web.SeeOther(w, r, casePath(no)+"#papers")
}
