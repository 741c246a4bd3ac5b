package desk

import (
	"net/http"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// todayPage 今日预约 lists who comes to a centre on a day.
type todayPage struct {
	web.Page
	Centre  string
	Centres []web.Link
	Day     string
	Prev    web.Link
	Next    web.Link
	Table   web.Table
}

// today answers GET /desk/appointments?centre&day.
func (d *Desk) today(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	ctx, q := r.Context(), r.URL.Query()
	dir, err := d.c.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	if !hasAny(a, actor.WindowClerk, actor.Supervisor) {
		return d.refused(r, a, identity.AppointmentToday, "appointments")
	}
	centres := centresOf(a, dir)
	day, asked := d.day(), false
	if s := q.Get("day"); s != "" {
		if day, err = clock.ParseDate(s); err != nil {
			return web.ErrNoPage()
		}
		asked = true
	}
	p := todayPage{Page: d.page(r, a, "today", "今日预约", "Appointments")}
	p.Day = monthDay(p.Page, day.String())
	if asked && day != d.day() {
		p.Title = p.Tr("预约", "Appointments")
	}
	id, _ := strconv.ParseInt(q.Get("centre"), 10, 64) // 0: the first centre
	if id == 0 && len(centres) > 0 {
		id = centres[0].ID
	}
	if id == 0 {
		p.Table.Empty = web.Empty{Title: p.Tr("没有服务中心", "No service centre"), Text: p.Tr("您的单位没有设窗口。", "Your unit has no windows.")}
		return d.views.today.Render(w, r, http.StatusOK, p)
	}
	list, err := d.c.Channel.Today(ctx, a, id, day)
	if err != nil {
		return err
	}
	u, _ := dir.Unit(id)
	p.Centre = u.Name
	at := func(centre int64, day clock.Date) string {
		return "/desk/appointments?centre=" + strconv.FormatInt(centre, 10) + "&day=" + day.String()
	}
	if len(centres) > 1 {
		for _, c := range centres {
			p.Centres = append(p.Centres, web.Link{Href: at(c.ID, day), Text: unitName(c), Current: c.ID == id})
		}
	}
	p.Prev = web.Link{Href: at(id, day-1), Text: p.Tr("前一天", "Day before")}
	p.Next = web.Link{Href: at(id, day+1), Text: p.Tr("后一天", "Day after")}
	p.Table = web.Table{Caption: p.Tr("预约", "Appointments"), Hide: true, Heads: []web.Head{{Text: p.Tr("时段", "Time")}, {Text: p.Tr("姓名", "Name")},
		{Text: p.Tr("事项", "Item")}, {Text: p.Tr("办件", "Case")}, {Text: p.Tr("状态", "State")}},
		Empty: web.Empty{Title: p.Tr("这一天没有预约", "No appointments on this day"), Text: p.Tr("申请人可以在网上预约到窗口办理的时间。", "Applicants book their visit online.")}}
	for _, x := range list {
		no := web.Cell{Text: "—"}
		if x.CaseNo != "" {
			no = web.Cell{Text: d.shortNo(x.CaseNo), Href: withFrom(casePath(x.CaseNo), at(id, day)), Row: true}
		}
		state := web.Cell{Tag: web.Tag{Tone: web.Info, Text: p.Tr("已预约", "Booked")}}
		if !x.CancelledAt.IsZero() {
			state.Tag = web.Tag{Text: p.Tr("已取消", "Cancelled")}
		}
		who := web.Cell{Text: x.Party.Name}
		if x.MakerName != x.Party.Name {
			who.Soft = p.Tr("预约人 "+x.MakerName, "Booked by "+x.MakerName)
		}
		p.Table.Rows = append(p.Table.Rows, web.Row{Cells: []web.Cell{{Text: x.Slot}, who, {Text: x.ItemName}, no, state}})
	}
	return d.views.today.Render(w, r, http.StatusOK, p)
}

// centresOf lists the service centres in which a clerk or supervisor has a say,
// their own first.
func centresOf(a actor.Actor, dir *identity.Directory) []identity.Unit {
	var out []identity.Unit
	seen := map[int64]bool{}
	add := func(u identity.Unit) {
		if (u.Kind == "centre" || u.Kind == "station") && !seen[u.ID] {
			seen[u.ID] = true
			out = append(out, u)
		}
	}
	if u, ok := dir.Unit(a.Unit); ok && (a.Holds(actor.WindowClerk, u.Path) || a.Holds(actor.Supervisor, u.Path)) {
		add(u)
	}
	for _, g := range a.Grants {
		if g.Role == actor.WindowClerk || g.Role == actor.Supervisor {
			for _, u := range dir.Subtree(g.Path) {
				add(u)
			}
		}
	}
	return out
}
