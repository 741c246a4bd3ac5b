package desk

import (
	"net/http"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/web"
)

// endingPage 待注销证照: what a unit still has to deregister (行政许可法 第七十条).
type endingPage struct {
	web.Page
	Unit  string
	Units []web.Link
	Table web.Table
	Pager web.Pager
}

// endingRows is how many licences one page lists.
const endingRows = 50

// endingUnits are the departments for which the reader sees the list.
func endingUnits(a actor.Actor, dir *identity.Directory) (out []identity.Unit) {
	for _, u := range dir.Units() {
		if u.Kind == "department" && identity.Decide(a, identity.LicenceEnding, identity.Target{UnitPath: u.Path}) == nil {
			out = append(out, u)
		}
	}
	return out
}

// showEnding answers GET /desk/ending?unit.
func (d *Desk) showEnding(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	ctx, q := r.Context(), r.URL.Query()
	dir, err := d.c.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	p := endingPage{Page: d.page(r, a, "ending", "待注销证照", "To be deregistered")}
	units := endingUnits(a, dir)
	var u identity.Unit
	switch s := q.Get("unit"); {
	case s != "":
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return web.ErrNoPage()
		}
		u, _ = dir.Unit(id)
	case len(units) > 0:
		u = units[0]
	}
	var list []licence.ToEnd
	if u.ID != 0 || !hasAny(a, actor.Reviewer, actor.Decider, actor.Supervisor) { // who works elsewhere has an empty list
		if list, err = d.c.Ending(ctx, a, u.ID, q.Get("cursor"), endingRows); err != nil {
			return err
		}
	}
	p.Unit = u.Name
	at := "/desk/ending?unit=" + strconv.FormatInt(u.ID, 10)
	if len(units) > 1 {
		for _, x := range units {
			p.Units = append(p.Units, web.Link{Href: "/desk/ending?unit=" + strconv.FormatInt(x.ID, 10), Text: unitName(x), Current: x.ID == u.ID})
		}
	}
	p.Table = web.Table{Caption: p.Tr("待注销", "To be deregistered"), Hide: true, Heads: []web.Head{{Text: p.Tr("证照", "Licence")}, {Text: p.Tr("持证人", "Holder")}, {Text: p.Tr("事由", "Ground")}},
		Empty: web.Empty{Title: p.Tr("没有待注销的证照", "Nothing to deregister"), Text: p.Tr("有效期届满未延续的，以及被撤销、撤回的证照会出现在这里。", "Licences that expired and were not renewed, and those annulled or retracted.")}}
	today := clock.DateOf(d.c.Now()).String()
	for _, x := range list {
		l := x.Licence
		ground := web.Cell{Text: p.Tr("有效期届满未延续", "Expired, not renewed"), Soft: l.Until}
		if !x.Lapsed {
			zh, en := l.Ended.Words()
			ground = web.Cell{Text: p.Tr(zh, en)}
		}
		zh, en := l.On(today).Words()
		p.Table.Rows = append(p.Table.Rows, web.Row{Cells: []web.Cell{{Text: l.Name, Href: casePath(l.CaseNo), Soft: d.shortNo(l.CaseNo), Tag: web.Tag{Text: p.Tr(zh, en)}, Row: true}, {Text: l.HolderName}, ground}})
	}
	if len(list) == endingRows {
		p.Pager = web.Pager{Next: at + "&cursor=" + list[len(list)-1].Licence.Identifier}
	}
	return d.views.ending.Render(w, r, http.StatusOK, p)
}
