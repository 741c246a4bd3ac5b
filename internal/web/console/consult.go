package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// consultPage 咨询和办不成事统计, with what is proposed for guides.
type consultPage struct {
	web.Page
	Since     string
	Units     web.Table
	Centres   web.Table
	Failures  web.Table
	Proposals []proposalRow
	Keeps     bool // proposals concern the reader
	None      web.Empty
}

// proposalRow is a question and answer proposed for a guide.
type proposalRow struct {
	ID               int64
	Item             web.Link
	Question, Answer string
	Made             string
	URL              string // empty: the reader does not decide
	Guide            web.Link
	Reason           string
	Error            string
}

// failuresPage are the records about one item.
type failuresPage struct {
	web.Page
	Name  string
	Code  string
	Guide web.Link
	Table web.Table
	Pager web.Pager
}

const (
	consultPath  = "/console/consult"
	failureRows  = 50
	failureItems = 100
)

// showConsult answers GET /console/consult.
func (k *Console) showConsult(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	return k.consultPage(w, r, a, 0, nil)
}

func (k *Console) consultPage(w http.ResponseWriter, r *http.Request, a actor.Actor, id int64, bad []errs.Field) error {
	ctx := r.Context()
	f, err := k.c.Consult.Figures(ctx, a, 0)
	if err != nil {
		return err
	}
	p := consultPage{Page: k.page(r, a, "consulted", "咨询和办不成事", "Questions and failures"), Since: f.Since.String(), Keeps: a.Has(actor.ItemSteward) || a.Has(actor.ItemReviewer)}
	p.Units, p.Failures, p.Centres = unitTable(p.Page, f.Units), failureTable(p.Page, f.Failures), centreTable(p.Page, f.Centres)
	p.None = web.Empty{Title: p.Tr("没有待处理的提议", "No proposals wait"), Text: p.Tr("答复人员提议列入常见问题的，会出现在这里。", "What those who answer propose for the guide appears here.")}
	list, err := k.c.Consult.Proposals(ctx, a)
	if err != nil {
		return err
	}
	dir, err := k.c.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	for _, x := range list {
		row := proposalRow{ID: x.ID, Item: web.Link{Href: "/items/" + x.ItemCode, Text: x.ItemName}, Question: x.Question, Answer: x.Answer, Made: x.ByName + "，" + minute(x.At),
			Guide: web.Link{Href: "/console/items/lists/" + x.ItemCode, Text: p.Tr("编制办事指南", "Write the guide")}}
		if identity.Decide(a, identity.ConsultGuide, identity.Target{UnitPath: dir.Path(x.UnitID)}) == nil {
			row.URL = consultPath + "/proposals/" + strconv.FormatInt(x.ID, 10)
		}
		if x.ID == id {
			row.Reason = r.PostFormValue("reason")
			words := p.FieldErrors(bad, map[string]string{"reason": "reason-" + strconv.FormatInt(id, 10)})
			row.Error = words["reason"]
		}
		p.Proposals = append(p.Proposals, row)
	}
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return k.views.consult.Render(w, r, status, p)
}

func unitTable(p web.Page, list []consult.UnitFigures) web.Table {
	num := func(zh, en string) web.Head { return web.Head{Text: p.Tr(zh, en), Num: true} }
	t := web.Table{Caption: p.Tr("各单位答复和处理情况", "By unit"), Heads: []web.Head{{Text: p.Tr("单位", "Unit")}, {Text: p.Tr("类别", "Kind")}, num("提出", "Asked"), num("办结", "Done"), num("其中超期", "Late"), num("在办", "Open"), num("现已超期", "Overdue")},
		Empty: web.Empty{Title: p.Tr("没有咨询和反映", "Nothing was asked"), Text: p.Tr("群众提出后，这里按单位统计。", "Counted by unit once people ask.")}}
	for _, x := range list {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.Unit.Name, Href: "/desk/consult?unit=" + strconv.FormatInt(x.Unit.ID, 10), Row: true}, {Text: p.Tr(x.Kind.Words())},
			{Text: strconv.Itoa(x.Asked)}, {Text: strconv.Itoa(x.Done)}, {Text: strconv.Itoa(x.Late)}, {Text: strconv.Itoa(x.Open)}, alarm(x.Overdue)}})
		if !p.Actor.Has(actor.Supervisor) {
			t.Rows[len(t.Rows)-1].Cells[0].Href = ""
		}
	}
	return t
}

func centreTable(p web.Page, list []consult.CentreFigures) web.Table {
	num := func(zh, en string) web.Head { return web.Head{Text: p.Tr(zh, en), Num: true} }
	t := web.Table{Caption: p.Tr("办不成的事：受理中心", "What could not be done, by the centre that received it"), Heads: []web.Head{{Text: p.Tr("中心", "Centre")}, num("反映", "Records"), num("处理中", "Open"), num("现已超期", "Overdue"), num("已改进", "Changed"), num("说明理由", "Refused"), num("改进后又出现", "Came back")}}
	for _, x := range list {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.Centre.Name}, {Text: strconv.Itoa(x.Records)}, {Text: strconv.Itoa(x.Open)}, alarm(x.Overdue), {Text: strconv.Itoa(x.Changed)}, {Text: strconv.Itoa(x.Refused)}, alarm(x.CameBack)}})
	}
	return t
}

// alarm is a figure that is red unless it is 0.
func alarm(n int) web.Cell {
	if n == 0 {
		return web.Cell{Text: "0"}
	}
	return web.Cell{Tag: web.Tag{Tone: web.Bad, Text: strconv.Itoa(n)}}
}

func failureTable(p web.Page, list []consult.FailureFigures) web.Table {
	num := func(zh, en string) web.Head { return web.Head{Text: p.Tr(zh, en), Num: true} }
	t := web.Table{Caption: p.Tr("办不成的事：事项和原因", "What could not be done, by item and reason"), Heads: []web.Head{{Text: p.Tr("事项", "Item")}, {Text: p.Tr("原因", "Reason")}, num("反映", "Records"), num("处理中", "Open"), num("已改进", "Changed"), num("说明理由", "Refused"), num("改进后又出现", "Came back")},
		Empty: web.Empty{Title: p.Tr("没有办不成的事", "Nothing was reported"), Text: p.Tr("反映办不成的事，会按事项和原因列在这里，重复出现的排在前面。", "Records are listed by item and reason, what comes back first.")}}
	for i, x := range list {
		if i == failureItems {
			break
		}
		zh, en := consult.OptionWords(consult.Reasons, x.Reason)
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.Item.Name, Href: consultPath + "/items/" + url.PathEscape(x.Item.Code), Row: true}, {Text: p.Tr(zh, en)},
			{Text: strconv.Itoa(x.Records)}, {Text: strconv.Itoa(x.Open)}, {Text: strconv.Itoa(x.Changed)}, {Text: strconv.Itoa(x.Refused)}, alarm(x.CameBack)}})
	}
	return t
}

// failures answers GET /console/consult/items/{code}: the records of an item.
func (k *Console) failures(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	after, err := afterID(r)
	if err != nil {
		return err
	}
	code := r.PathValue("code")
	it, list, next, err := k.c.Consult.FailuresOf(r.Context(), a, code, after, failureRows)
	if err != nil {
		return err
	}
	dir, err := k.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	p := failuresPage{Page: k.page(r, a, "consulted", "办不成事记录", "Records of what could not be done"), Name: it.Name, Code: it.Code, Guide: web.Link{Href: "/items/" + it.Code + "/versions", Text: "指南历次版本"}}
	p.Table = recordTable(p.Page, dir, list)
	if next != 0 {
		p.Pager.Next = consultPath + "/items/" + url.PathEscape(code) + "?after=" + strconv.FormatInt(next, 10)
	}
	return k.views.failures.Render(w, r, http.StatusOK, p)
}

func afterID(r *http.Request) (int64, error) {
	s := r.URL.Query().Get("after")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, web.ErrNoPage()
	}
	return n, nil
}

func recordTable(p web.Page, dir *identity.Directory, list []consult.Record) web.Table {
	t := web.Table{Caption: p.Tr("办不成事记录", "Records"), Hide: true, Heads: []web.Head{{Text: p.Tr("编号", "Number")}, {Text: p.Tr("指南版本", "Version")}, {Text: p.Tr("原因和环节", "Reason and step")}, {Text: p.Tr("重复", "Again")}, {Text: p.Tr("状态", "State")}, {Text: p.Tr("承办单位", "With")}},
		Empty: web.Empty{Title: p.Tr("没有记录", "No records")}}
	for _, x := range list {
		zh, en := consult.OptionWords(consult.Reasons, x.Reason)
		at, atEN := consult.OptionWords(consult.Stages, x.Stage)
		again := web.Cell{Text: p.Tr("第一次", "The first")}
		if x.Earlier > 0 {
			again = web.Cell{Tag: web.Tag{Tone: web.Note, Text: p.Tr("此前"+strconv.Itoa(x.Earlier)+"次", strconv.Itoa(x.Earlier)+" before")}}
		}
		if x.CameBack {
			again.Tag = web.Tag{Tone: web.Bad, Text: p.Tr("改进后又出现", "Came back")}
		}
		state := web.Cell{Tag: caseview.InquiryState(p, x.State, x.Late)}
		switch {
		case x.ChangedNo != 0:
			state.Soft = p.Tr("指南第"+strconv.Itoa(x.ChangedNo)+"版", "version "+strconv.Itoa(x.ChangedNo))
		case x.State == consult.Refused:
			state.Soft = x.Basis
		case !x.State.Ended():
			state.Soft = p.Tr("期限 ", "by ") + x.DueOn.String()
		}
		u, _ := dir.Unit(x.UnitID)
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.No, Soft: clock.DateOf(x.At).String()}, {Text: p.Tr("第"+strconv.Itoa(x.PinnedNo)+"版", "version "+strconv.Itoa(x.PinnedNo))},
			{Text: p.Tr(zh, en), Soft: p.Tr(at, atEN)}, again, state, {Text: u.Name}}})
	}
	return t
}

// decideProposal answers POST /console/consult/proposals/{id}.
func (k *Console) decideProposal(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	take := r.PostFormValue("do") == "take"
	_, err = k.c.Consult.DecideProposal(r.Context(), a, id, take, strings.ReplaceAll(r.PostFormValue("reason"), "\r\n", "\n"))
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return k.consultPage(w, r, a, id, e.Fields)
	}
	if err != nil {
		return web.Onward(err, web.Link{Href: consultPath, Text: "返回"})
	}
	if take {
		k.flash(w, r, "已采纳，请写入办事指南的常见问题。", "Taken; write it into the guide.")
	} else {
		k.flash(w, r, "已告知不采纳。", "Declined.")
	}
	return web.SeeOther(w, r, consultPath)
}
