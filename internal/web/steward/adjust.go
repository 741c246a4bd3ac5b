package steward

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// adjustsPage 动态调整: the dossiers, newest first.
type adjustsPage struct {
	web.Page
	Propose bool
	Table   web.Table
}

// adjustPage 动态调整档案: what shall change, what it touches, who said what, and
// what can be done now.
type adjustPage struct {
	web.Page
	No, Name  string
	State     web.Tag
	URL       string
	Version   int64
	Lead      string // what waits for whom
	Facts     web.Facts
	Entries   []adjustEntry
	Figures   []web.Stat
	Effects   web.Table
	Opinions  web.Table
	Opine     []adjustOpine
	Acts      []actForm
	Edit      string // address of the form, empty: not now
	Notice    string // address of the public notice
	History   web.Timeline
	Conflicts []string // departments that disagree, for who decides
}

// adjustEntry is an entry as it shall be, beside what it is now.
type adjustEntry struct {
	Title string
	Table web.Table
}

// adjustOpine is the form of a department that may be heard now.
type adjustOpine struct {
	Unit, Name   string
	Stance, Note web.FieldView
	Open         bool // it was refused as typed
}

// effectsShown is how many lists the page shows one by one.
const effectsShown = 200

const adjustsPath = "/console/items/adjustments"

func adjustPath(no string) string { return adjustsPath + "/" + url.PathEscape(no) }

func adjustTag(p web.Page, st catalog.AdjustState) web.Tag {
	zh, en := st.Words()
	tone := map[catalog.AdjustState]web.Tone{catalog.AdjustDrafting: web.Info, catalog.AdjustOpinions: web.Note, catalog.AdjustDecided: web.Info, catalog.AdjustAnnounced: web.Note,
		catalog.AdjustCarried: web.OK, catalog.AdjustReturned: web.Bad}[st]
	return web.Tag{Tone: tone, Text: p.Tr(zh, en)}
}

// adjustActWords names an act of a dossier's history.
func adjustActWords(act catalog.AdjustAct) (zh, en string) {
	if act == "propose" {
		return "提出调整", "Proposed"
	}
	return act.Words()
}

// adjustName says in a line what a plan does.
func adjustName(p web.Page, plan catalog.AdjustPlan) string {
	names := slices.Clone(plan.Names)
	if plan.Kind == catalog.AdjustAdd {
		for _, b := range plan.Entries {
			names = append(names, p.Tr(b.Name, b.NameEN))
		}
	}
	zh, en := plan.Kind.Words()
	more := ""
	if len(names) > 3 {
		more = p.Tr("等"+strconv.Itoa(len(names))+"个事项", " and others")
		names = names[:3]
	}
	return p.Tr(zh+"：", en+": ") + strings.Join(names, p.Tr("、", ", ")) + more
}

func (s *Steward) adjusts(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	list, err := s.c.Catalog.Adjustments(r.Context(), a)
	if err != nil {
		return err
	}
	p := adjustsPage{Page: s.page(r, a, "动态调整", "Adjustments"), Propose: a.Has(actor.ItemSteward)}
	p.Crumbs = []web.Link{{Href: "/console/items", Text: p.Tr("事项管理", "Service items")}, {Text: p.Title}}
	p.Table = web.Table{Caption: p.Title, Hide: true, Heads: []web.Head{{Text: p.Tr("调整", "Adjustment")}, {Text: p.Tr("状态", "State")}, {Text: p.Tr("生效日期", "From")}, {Text: p.Tr("最近办理", "Last act")}},
		Empty: web.Empty{Title: p.Tr("还没有动态调整", "No adjustments yet"), Text: p.Tr("法律法规、机构职能或者上级决定有变化的，由事项管理员提出。", "Item stewards propose one when the law, the authorities or decisions from above change.")}}
	for _, d := range list {
		p.Table.Rows = append(p.Table.Rows, web.Row{Cells: []web.Cell{{Text: adjustName(p.Page, d.Plan), Href: adjustPath(d.No), Row: true, Soft: d.No}, {Tag: adjustTag(p.Page, d.State)},
			{Text: d.Plan.From}, {Text: clock.DateOf(d.UpdatedAt).String()}}})
	}
	return s.views.adjusts.Render(w, r, http.StatusOK, p)
}

func (s *Steward) adjust(w http.ResponseWriter, r *http.Request) error {
	p, err := s.adjustPage(r, nil)
	if err != nil {
		return err
	}
	return s.views.adjust.Render(w, r, http.StatusOK, p)
}

func (s *Steward) adjustPage(r *http.Request, typed url.Values) (p adjustPage, err error) {
	a, err := s.actor(r)
	if err != nil {
		return p, err
	}
	ctx := r.Context()
	d, err := s.c.Catalog.Adjustment(ctx, a, r.PathValue("no"))
	if err != nil {
		return p, err
	}
	x, err := s.c.Catalog.Index(ctx)
	if err != nil {
		return p, err
	}
	dir, err := s.c.Identity.Directory(ctx)
	if err != nil {
		return p, err
	}
	p = adjustPage{Page: s.page(r, a, "动态调整", "Adjustment"), No: d.No, URL: adjustPath(d.No), Version: d.Version}
	p.Name = adjustName(p.Page, d.Plan)
	p.Title = p.Name
	p.State = adjustTag(p.Page, d.State)
	p.Crumbs = []web.Link{{Href: "/console/items", Text: p.Tr("事项管理", "Service items")}, {Href: adjustsPath, Text: p.Tr("动态调整", "Adjustments")}, {Text: d.No}}
	unit, _ := dir.Unit(d.UnitID)
	p.Facts = adjustFacts(p.Page, x, d, unit.Name)
	p.Entries = adjustEntries(p.Page, x, d)
	if !d.AnnouncedAt.IsZero() {
		p.Notice = "/adjustments/" + url.PathEscape(d.No)
	}
	list, err := s.c.Catalog.Opinions(ctx, d.ID)
	if err != nil {
		return p, err
	}
	s.adjustOpinions(&p, a, d, dir, list, typed)
	if d.State != catalog.AdjustCarried && d.State != catalog.AdjustWithdrawn {
		if err := s.adjustEffects(r, &p, d, dir); err != nil {
			return p, err
		}
	}
	if err := s.adjustActs(r, &p, a, d, typed); err != nil {
		return p, err
	}
	events, err := s.c.Catalog.AdjustEvents(ctx, d.ID)
	if err != nil {
		return p, err
	}
	for _, e := range slices.Backward(events) {
		zh, en := adjustActWords(e.Act)
		who := e.StaffName
		if u, ok := dir.Unit(e.UnitID); ok && e.Act == catalog.AdjustOpine {
			who = u.Name + " " + who
		}
		p.History.Events = append(p.History.Events, web.Event{At: e.At, Title: p.Tr(zh, en), Who: who, Text: e.Note})
	}
	return p, nil
}

func levelsIn(p web.Page, levels []string) string {
	var out []string
	for _, l := range levels {
		for _, o := range levelOptions {
			if o.value == l {
				out = append(out, p.Tr(o.zh, o.en))
			}
		}
	}
	return strings.Join(out, p.Tr("、", ", "))
}

func adjustFacts(p web.Page, x *catalog.Index, d *catalog.Adjustment, unit string) web.Facts {
	zh, en := d.Plan.Ground.Words()
	rows := []web.Fact{{Key: p.Tr("编号", "Number"), Value: d.No}, {Key: p.Tr("提出单位", "Proposed by"), Value: unit}, {Key: p.Tr("调整事由", "Ground"), Value: p.Tr(zh, en)},
		{Key: p.Tr("调整依据", "Basis"), Value: d.Plan.Law}, {Key: p.Tr("理由", "Why"), Value: d.Plan.Reason}}
	matters := web.Fact{Key: p.Tr("涉及事项", "Matters")}
	for i, name := range d.Plan.Names[:min(len(d.Plan.Names), len(d.Plan.Items))] {
		matters.Lines = append(matters.Lines, name+" "+d.Plan.Items[i])
	}
	if len(matters.Lines) > 0 {
		rows = append(rows, matters)
	}
	if b, ok := x.Basic(d.Plan.Successor); ok {
		rows = append(rows, web.Fact{Key: p.Tr("由它承接", "Goes on as"), Value: b.Name + " " + b.Code})
	}
	if len(d.Plan.Levels) > 0 {
		rows = append(rows, web.Fact{Key: p.Tr("行使层级", "Levels"), Value: levelsIn(p, d.Plan.Levels)})
	}
	rows = append(rows, web.Fact{Key: p.Tr("征求意见截止", "Opinions until"), Value: d.Plan.OpinionsBy}, web.Fact{Key: p.Tr("生效日期", "In effect from"), Value: d.Plan.From})
	if d.Decision != "" {
		rows = append(rows, web.Fact{Key: p.Tr("决定", "Decision"), Value: d.Decision, Soft: d.DecidedBy})
	}
	if d.Unsettled {
		rows = append(rows, web.Fact{Key: p.Tr("过渡", "Transition"), Value: p.Tr("部分单位还没有发布拆分后的清单，原清单继续受理，发布后自动取消。", "Some units have not published the new lists; their old ones go on until then.")})
	}
	return web.Facts{Rows: rows}
}

// adjustEntries shows the entries that are made or changed, with what differs.
func adjustEntries(p web.Page, x *catalog.Index, d *catalog.Adjustment) []adjustEntry {
	var out []adjustEntry
	for _, b := range d.Plan.Entries {
		have, known := x.Basic(b.Code)
		compare := known && d.Plan.Kind == catalog.AdjustChange && d.State != catalog.AdjustCarried
		e := adjustEntry{Title: b.Name + " " + b.Code, Table: web.Table{Caption: b.Name, Hide: true, Heads: []web.Head{{Text: p.Tr("内容", "Part")}}}}
		if compare {
			e.Table.Heads = append(e.Table.Heads, web.Head{Text: p.Tr("现在", "Now")})
		}
		e.Table.Heads = append(e.Table.Heads, web.Head{Text: p.Tr("调整后", "After")})
		for _, row := range []struct {
			zh, en string
			of     func(catalog.Basic) string
		}{
			{"事项名称", "Name", func(b catalog.Basic) string { return b.Name }}, {"英文名称", "English name", func(b catalog.Basic) string { return b.NameEN }},
			{"一句话说明", "Summary", func(b catalog.Basic) string { return b.Summary }}, {"设定依据", "Basis", func(b catalog.Basic) string { return basisText(b.Basis) }},
			{"行使层级", "Levels", func(b catalog.Basic) string { return levelsIn(p, b.Levels) }},
		} {
			after := row.of(b)
			cells := []web.Cell{{Text: p.Tr(row.zh, row.en)}}
			if compare {
				now := row.of(*have)
				if now == after {
					continue
				}
				cells = append(cells, web.Cell{Text: now})
			}
			cells = append(cells, web.Cell{Text: after})
			if after != "" || compare {
				e.Table.Rows = append(e.Table.Rows, web.Row{Cells: cells})
			}
		}
		e.Table.Empty = web.Empty{Title: p.Tr("其他内容有变更", "Other parts change")}
		out = append(out, e)
	}
	return out
}

func (s *Steward) adjustEffects(r *http.Request, p *adjustPage, d *catalog.Adjustment, dir *identity.Directory) error {
	touched, err := s.c.Catalog.Effects(r.Context(), d.Plan)
	if err != nil {
		return err
	}
	p.Effects = web.Table{Caption: p.Tr("受影响的实施清单", "Lists that it touches"), Hide: true, Heads: []web.Head{{Text: p.Tr("实施清单", "List")}, {Text: p.Tr("在办件", "Cases in hand"), Num: true}, {Text: p.Tr("特色清单", "Featured lists")}, {Text: p.Tr("渠道和预约", "Channels and bookings")}, {Text: p.Tr("实施以后", "Afterwards")}},
		Empty: web.Empty{Title: p.Tr("没有已经发布的清单受影响", "No published list is touched")}}
	cases, featured, booked := 0, 0, 0
	units := map[int64]bool{}
	for i, t := range touched {
		cases += t.Cases()
		units[t.Item.UnitID] = true
		names := t.Of(catalog.EffectFeatured).Names
		if len(names) > 0 {
			featured++
		}
		booked += t.Of(catalog.EffectAppointments).Count
		if i >= effectsShown {
			continue
		}
		u, _ := dir.Unit(t.Item.UnitID)
		next := p.Tr("不变", "Unchanged")
		switch {
		case t.Successor != "":
			next = t.Successor
		case d.Plan.Kind == catalog.AdjustMerge || d.Plan.Kind == catalog.AdjustCancel || d.Plan.Kind == catalog.AdjustTakeBack:
			next = p.Tr("无", "None")
		case d.Plan.Kind == catalog.AdjustSplit:
			next = p.Tr("新清单发布后取消", "Ends with the new lists")
		case d.Plan.Kind == catalog.AdjustChange:
			next = p.Tr("发布新版本", "A new version")
		}
		p.Effects.Rows = append(p.Effects.Rows, web.Row{Cells: []web.Cell{{Text: u.Name, Href: "/items/" + t.Item.Code, Row: true, Soft: t.Item.Name}, {Text: strconv.Itoa(t.Cases())},
			{Text: strings.Join(names, p.Tr("、", ", "))}, {Text: reach(p.Page, t)}, {Text: next}}})
	}
	p.Figures = []web.Stat{{Href: "#effects", Value: strconv.Itoa(len(touched)), Text: p.Tr("实施清单", "lists")}, {Href: "#effects", Value: strconv.Itoa(len(units)), Text: p.Tr("单位", "units")},
		{Href: "#effects", Value: strconv.Itoa(cases), Text: p.Tr("在办件", "cases in hand")}, {Href: "#effects", Value: strconv.Itoa(featured), Text: p.Tr("在特色清单中", "in featured lists")},
		{Href: "#effects", Value: strconv.Itoa(booked), Text: p.Tr("个预约", "appointments")}}
	return nil
}

// reach says through which channels beside its windows a list is handled, and how
// many people are to come for it.
func reach(p web.Page, t catalog.Touched) string {
	parts := slices.Clone(t.Of(catalog.EffectChannels).Names)
	if n := t.Of(catalog.EffectAppointments).Count; n > 0 {
		parts = append(parts, p.Tr(strconv.Itoa(n)+"个预约", strconv.Itoa(n)+" booked"))
	}
	return strings.Join(parts, p.Tr("、", ", "))
}

// adjustOpinions shows what departments said, and the forms of those for whom
// the reader may speak.
func (s *Steward) adjustOpinions(p *adjustPage, a actor.Actor, d *catalog.Adjustment, dir *identity.Directory, list []catalog.Opinion, typed url.Values) {
	p.Opinions = web.Table{Caption: p.Tr("部门意见", "Opinions"), Hide: true, Heads: []web.Head{{Text: p.Tr("部门", "Department")}, {Text: p.Tr("意见", "Opinion")}, {Text: p.Tr("理由", "Why")}},
		Empty: web.Empty{Title: p.Tr("没有需要征求意见的部门，或者还没有征求", "No department is asked, or not yet")}}
	for _, o := range list {
		u, _ := dir.Unit(o.UnitID)
		tag := web.Tag{Text: p.Tr("未答复", "Awaited")}
		switch o.Stance {
		case catalog.Agree:
			tag = web.Tag{Tone: web.OK, Text: p.Tr("同意", "Agrees")}
		case catalog.Disagree:
			tag = web.Tag{Tone: web.Bad, Text: p.Tr("不同意", "Disagrees")}
			p.Conflicts = append(p.Conflicts, u.Name)
		}
		by := o.By
		if !o.At.IsZero() {
			by += " " + clock.DateOf(o.At).String()
		}
		p.Opinions.Rows = append(p.Opinions.Rows, web.Row{Cells: []web.Cell{{Text: u.Name, Soft: by}, {Tag: tag}, {Text: o.Reason}}})
		if d.State != catalog.AdjustOpinions || o.Stance != "" && (typed == nil || typed.Get("unit") != strconv.FormatInt(o.UnitID, 10)) || len(p.Opine) >= 20 ||
			identity.Decide(a, identity.AdjustmentOpine, identity.Target{UnitPath: u.Path}) != nil {
			continue
		}
		id := strconv.FormatInt(o.UnitID, 10)
		f := adjustOpine{Unit: id, Name: u.Name,
			Stance: web.FieldView{ID: "stance-" + id, Name: "stance", Widget: "radio", Label: p.Tr("意见", "Opinion"), Options: []web.OptionView{{ID: "agree-" + id, Value: catalog.Agree, Label: p.Tr("同意", "Agree")}, {ID: "disagree-" + id, Value: catalog.Disagree, Label: p.Tr("不同意", "Disagree")}}},
			Note:   web.FieldView{ID: "opinion-" + id, Name: "note", Widget: "textarea", Label: p.Tr("理由", "Why"), Help: p.Tr("不同意的必须填写", "Needed when you disagree"), Max: 500}}
		if typed != nil && typed.Get("unit") == id {
			f.Open, f.Note.Value = true, typed.Get("note")
			for i := range f.Stance.Options {
				f.Stance.Options[i].Checked = f.Stance.Options[i].Value == typed.Get("stance")
			}
		}
		p.Opine = append(p.Opine, f)
	}
}

// adjustActs lists what the reader may do with the dossier now.
func (s *Steward) adjustActs(r *http.Request, p *adjustPage, a actor.Actor, d *catalog.Adjustment, typed url.Values) error {
	today := clock.DateOf(s.c.Catalog.Now()).String()
	for _, m := range catalog.AdjustActs(d.State) {
		if m.Act == catalog.AdjustOpine || m.Act == catalog.AdjustCarryOut && d.Plan.From > today {
			continue
		}
		t, err := s.c.Catalog.AdjustTarget(r.Context(), d, m.Who, d.UnitID)
		if err != nil {
			return err
		}
		if identity.Decide(a, m.Who, t) != nil {
			continue
		}
		if m.Act == catalog.AdjustEdit {
			p.Edit = p.URL + "/edit"
			continue
		}
		f := actForm{Act: string(m.Act), Warn: m.Act == catalog.AdjustWithdraw, Alt: m.Act == catalog.AdjustReturn}
		zh, en := m.Act.Words()
		f.Text = p.Tr(zh, en)
		if m.Note {
			f.Note = web.FieldView{ID: "note-" + string(m.Act), Name: "note", Widget: "textarea", Label: p.Tr("理由", "Why"), Max: 500}
			if m.Act == catalog.AdjustDecide {
				f.Note.Label = p.Tr("决定意见", "Words of the decision")
				f.Note.Help = p.Tr("公告会公布", "The notice shows them")
			}
			if typed != nil && typed.Get("act") == string(m.Act) {
				f.Note.Value = typed.Get("note")
			}
		}
		p.Acts = append(p.Acts, f)
	}
	p.Lead = map[catalog.AdjustState]string{
		catalog.AdjustDrafting:  p.Tr("拟好以后向受影响的部门征求意见。", "When it is written, the departments that it touches are asked."),
		catalog.AdjustReturned:  p.Tr("按退回意见修改后，重新征求部门意见。", "Change it as asked, and ask the departments again."),
		catalog.AdjustOpinions:  p.Tr("各部门答复完毕，或者过了截止日期（逾期视为没有意见），由市级审核人员决定；拟稿人不参加决定。", "Reviewers at the top who did not write it decide when all have answered or the date has passed; silence is no objection."),
		catalog.AdjustDecided:   p.Tr("已决定，等待公告。", "Decided; to be announced."),
		catalog.AdjustAnnounced: p.Tr("已公告，到生效日期自动实施。", "Announced; carried out by itself on its day."),
	}[d.State]
	if d.State == catalog.AdjustAnnounced && d.Plan.From < today {
		p.Lead = p.Tr("已过生效日期仍未实施：目录在公告后有变化，请查明后实施，或者撤回。", "Its day has passed: the catalogue has changed since; look into it, then carry it out or withdraw it.")
	}
	return nil
}

// adjustMove performs an act upon the dossier.
func (s *Steward) adjustMove(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	in, err := posted(r)
	if err != nil {
		return err
	}
	no, act := r.PathValue("no"), catalog.AdjustAct(in.Get("act"))
	move := catalog.AdjustInput{Note: in.Get("note"), Stance: in.Get("stance")}
	if act != catalog.AdjustOpine { // departments do not wait for each other
		move.Version, _ = strconv.ParseInt(in.Get("version"), 10, 64) // none: any
	}
	if act == catalog.AdjustOpine {
		if move.Unit, err = strconv.ParseInt(in.Get("unit"), 10, 64); err != nil {
			return web.ErrNoPage()
		}
	}
	if act == catalog.AdjustEdit {
		return web.ErrNoPage() // it has its own form
	}
	_, err = s.c.Catalog.MoveAdjustment(r.Context(), a, no, act, move)
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid {
		p, perr := s.adjustPage(r, in)
		if perr != nil {
			return perr
		}
		ids := map[string]string{"note": "note-" + string(act)}
		if act == catalog.AdjustOpine {
			ids = map[string]string{"note": "opinion-" + in.Get("unit"), "stance": "stance-" + in.Get("unit")}
		}
		p.FieldErrors(e.Fields, ids)
		return s.views.adjust.Render(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return s.back(w, r, adjustPath(no), err)
	}
	zh, en := act.Words()
	s.flash(w, r, "已办理："+zh, "Done: "+en)
	return web.SeeOther(w, r, adjustPath(no))
}
