package desk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// queueRows is how many cases one page of the work list shows.
const queueRows = 30

// mostUnits bounds the units below a grant that get a tab of their own.
const mostUnits = 24

// queuePage is the work list 待办 of a unit in a role.
type queuePage struct {
	web.Page
	Done  doneCase
	Tabs  []web.Link
	Chips []web.Tag
	Table web.Table
	Pager web.Pager
	Load  loadView
}

// doneCase is the case just acted on: the list stays, and leads back to it.
type doneCase struct {
	Words    string // “已受理”; empty: none
	Item, No string
	Href     string
	Document web.Link
}

// seat is one unit and role in which somebody works.
type seat struct {
	unit  identity.Unit
	role  actor.Role
	count int
}

func (s seat) is(unit int64, role actor.Role) bool { return s.unit.ID == unit && s.role == role }

func (s seat) path() string {
	return "/desk?" + url.Values{"unit": {strconv.FormatInt(s.unit.ID, 10)}, "role": {string(s.role)}}.Encode()
}

// seats lists where somebody works, with how much waits there. Units below a
// grant are listed when something waits in them.
func (d *Desk) seats(ctx context.Context, a actor.Actor, dir *identity.Directory) ([]seat, error) {
	var out []seat
	for _, role := range deskRoles() {
		for _, g := range a.Grants {
			if g.Role != role {
				continue
			}
			units := dir.Subtree(g.Path)
			if len(units) > mostUnits {
				units = []identity.Unit{unitAt(dir, g.Path)}
			}
			for _, u := range units {
				n, err := d.c.Casework.QueueSize(ctx, a, u, role)
				if err != nil {
					return nil, err
				}
				if n > 0 || u.Path == g.Path {
					out = append(out, seat{u, role, n})
				}
			}
		}
	}
	return out, nil
}

// unitAt finds the unit whose materialised path it is.
func unitAt(dir *identity.Directory, path string) identity.Unit {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	id, err := strconv.ParseInt(parts[len(parts)-1], 10, 64)
	if err != nil {
		return identity.Unit{}
	}
	u, _ := dir.Unit(id)
	return u
}

// queue shows the work list, the nearest deadline first.
func (d *Desk) queue(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	if !hasAny(a, deskRoles()...) {
		return d.elsewhere(w, r, a)
	}
	ctx := r.Context()
	dir, err := d.c.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	seats, err := d.seats(ctx, a, dir)
	if err != nil {
		return err
	}
	now, err := d.chosen(r, dir, seats)
	if err != nil {
		return err
	}
	cursor := r.URL.Query().Get("cursor")
	rows, next, err := d.c.Casework.Queue(ctx, a, now.unit, now.role, cursor, queueRows)
	if err != nil {
		return err
	}
	p := queuePage{Page: d.page(r, a, "todo", "待办", "To do")}
	here := now.path()
	if cursor != "" {
		here += "&cursor=" + url.QueryEscape(cursor)
		p.Pager.Prev = now.path()
	}
	if next != "" {
		p.Pager.Next = now.path() + "&cursor=" + url.QueryEscape(next)
	}
	if len(rows) > 0 {
		p.Pager.Text = p.Tr("按办理时限排列，每页"+strconv.Itoa(queueRows)+"件", "By deadline, "+strconv.Itoa(queueRows)+" a page")
	}
	short := len(seats) > 0 && sameUnit(seats)
	for _, s := range seats {
		text := RoleName(p.Page, s.role)
		if !short {
			text = unitName(s.unit) + " · " + text
		}
		p.Tabs = append(p.Tabs, web.Link{Href: s.path(), Text: text, Count: s.count, Current: s.is(now.unit.ID, now.role)})
	}
	p.Table = d.queueTable(p.Page, rows, here)
	p.Chips = chips(p.Page, rows)
	if p.Load, err = d.load(r, a, p.Page, now); err != nil {
		return err
	}
	if p.Done, err = d.justDone(r, a, p.Page); err != nil {
		return err
	}
	return d.views.queue.Render(w, r, http.StatusOK, p)
}

// elsewhere leads who has no desk role to where their work is.
func (d *Desk) elsewhere(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	if len(a.Grants) == 0 {
		return web.SeeOther(w, r, "/desk/me")
	}
	for _, l := range Menu(a) {
		if strings.HasPrefix(l.Href, "/console") {
			return web.SeeOther(w, r, l.Href)
		}
	}
	return web.SeeOther(w, r, "/desk/me")
}

// chosen is the tab that the address names, or the first one with work in it.
func (d *Desk) chosen(r *http.Request, dir *identity.Directory, seats []seat) (seat, error) {
	q := r.URL.Query()
	role := actor.Role(q.Get("role"))
	if q.Get("unit") != "" {
		id, err := strconv.ParseInt(q.Get("unit"), 10, 64)
		u, ok := dir.Unit(id)
		if err != nil || !ok {
			return seat{}, web.ErrNoPage()
		}
		for _, s := range seats {
			if s.is(id, role) {
				return s, nil
			}
		}
		return seat{unit: u, role: role}, nil // casework decides about it
	}
	for _, s := range seats {
		if s.count > 0 {
			return s, nil
		}
	}
	return seats[0], nil
}

func sameUnit(seats []seat) bool {
	for _, s := range seats {
		if s.unit.ID != seats[0].unit.ID {
			return false
		}
	}
	return true
}

func unitName(u identity.Unit) string {
	if u.Short != "" {
		return u.Short
	}
	return u.Name
}

// queueTable draws the list; each row leads to its case and knows the way back.
func (d *Desk) queueTable(p web.Page, rows []casework.QueueRow, here string) web.Table {
	t := web.Table{Caption: p.Tr("待办办件", "Cases to do"), Hide: true,
		Heads: []web.Head{{Text: p.Tr("事项", "Item")}, {Text: p.Tr("申请人", "Applicant")}, {Text: p.Tr("环节", "Step")},
			{Text: p.Tr("收件", "Received")}, {Text: p.Tr("时限", "Deadline")}},
		Empty: web.Empty{Title: p.Tr("没有待办", "Nothing to do"), Text: p.Tr("新的办件会出现在这里，按办理时限排列。", "New cases appear here, by deadline.")}}
	for _, q := range rows {
		step := web.Cell{Text: q.Name}
		if q.State == casework.Correcting || q.State == casework.Suspended || q.State == casework.Prechecked {
			step.Tag = caseview.State(p, q.State, "")
		}
		if q.ClaimedName != "" {
			step.Soft = p.Tr(q.ClaimedName+"领办", "taken by "+q.ClaimedName)
		}
		received := web.Cell{Text: dayTime(p, q.SubmittedAt)}
		if q.Channel == actor.Window {
			received.Soft = p.Tr("窗口", "Window")
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{
			{Text: q.ItemName, Href: withFrom(casePath(q.No), here), Soft: d.shortNo(q.No), Row: true},
			{Text: q.Party}, step, received, deadline(p, q)}})
	}
	return t
}

// deadline says how long is left: a chip when it presses.
func deadline(p web.Page, q casework.QueueRow) web.Cell {
	if q.DueOn == "" {
		return web.Cell{Text: p.Tr("不计时", "No limit")}
	}
	c := web.Cell{Soft: monthDay(p, q.DueOn)}
	if q.Days > 0 {
		c.Soft += p.Tr("，本环节限"+strconv.Itoa(q.Days)+"个工作日", ", "+strconv.Itoa(q.Days)+" working days for this step")
	}
	if q.Reminded {
		c.Soft += p.Tr("，已催办", ", reminded")
	}
	if q.Alarm {
		c.Soft += p.Tr("，已报警", ", alarm raised")
	}
	n := strconv.Itoa(max(q.Left, -q.Left))
	switch {
	case q.Late && q.Left == 0:
		c.Tag = web.Tag{Tone: web.Bad, Text: p.Tr("已超期", "Late")}
	case q.Late:
		c.Tag = web.Tag{Tone: web.Bad, Text: p.Tr("超期"+n+"个工作日", n+" working days late")}
	case q.Left == 0:
		c.Tag = web.Tag{Tone: web.Bad, Text: p.Tr("今天到期", "Due today")}
	case q.Soon:
		c.Tag = web.Tag{Tone: web.Note, Text: p.Tr("还剩"+n+"个工作日", n+" working days left")}
	default:
		c.Text = p.Tr("还剩"+n+"个工作日", n+" working days left")
	}
	return c
}

// chips count what presses on this page of the list.
func chips(p web.Page, rows []casework.QueueRow) []web.Tag {
	late, today, soon, alarms := 0, 0, 0, 0
	for _, q := range rows {
		if q.Alarm {
			alarms++
		}
		switch {
		case q.DueOn == "":
		case q.Late:
			late++
		case q.Left == 0:
			today++
		case q.Soon:
			soon++
		}
	}
	var out []web.Tag
	for _, c := range []struct {
		n      int
		tone   web.Tone
		zh, en string
	}{{alarms, web.Bad, "报警", "alarms"}, {late, web.Bad, "超期", "late"}, {today, web.Bad, "今天到期", "due today"}, {soon, web.Note, "3个工作日内到期", "due within 3 working days"}} {
		if c.n > 0 {
			out = append(out, web.Tag{Tone: c.tone, Text: p.Tr(c.zh+" "+strconv.Itoa(c.n)+" 件", strconv.Itoa(c.n)+" "+c.en)})
		}
	}
	return out
}

// justDone tells on the list what happened to the case that was acted on.
func (d *Desk) justDone(r *http.Request, a actor.Actor, p web.Page) (doneCase, error) {
	no := r.URL.Query().Get("done")
	if no == "" {
		return doneCase{}, nil
	}
	v, err := d.c.Casework.View(r.Context(), a, no)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return doneCase{}, nil // it has left the reader's sight
	}
	if err != nil || len(v.Events) == 0 {
		return doneCase{}, err
	}
	last := v.Events[len(v.Events)-1]
	out := doneCase{Words: p.Tr(last.ZH, last.EN), Item: v.Case.ItemName, No: d.shortNo(v.Case.No), Href: casePath(v.Case.No)}
	if last.DocumentID != 0 && last.Title != "" {
		out.Document = web.Link{Href: documentPath(last.DocumentID), Text: p.Tr("打印"+last.Title, "Print: "+last.Title)}
	}
	return out, nil
}

func documentPath(id int64) string { return "/desk/documents/" + strconv.FormatInt(id, 10) }

// shortNo is the part of a case number that tells cases of one item apart: its
// date and sequence.
func (d *Desk) shortNo(no string) string {
	s := d.c.Catalog.Codes().CaseTail(no)
	if len(s) > 8 && len(s) < len(no) {
		return s[:8] + "-" + s[8:]
	}
	return s
}

func dayTime(p web.Page, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(clock.Shanghai())
	return p.Tr(t.Format("1月2日 15:04"), t.Format("2 Jan 15:04"))
}

func monthDay(p web.Page, date string) string {
	d, err := clock.ParseDate(date)
	if err != nil {
		return date
	}
	t := d.Start()
	return p.Tr(t.Format("1月2日"), t.Format("2 January"))
}
