package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/web"
)

// AdjustmentsPage 事项动态调整公告: what was announced, newest first.
type AdjustmentsPage struct {
	web.Page
	Notices []AdjustmentCard
	Empty   web.Empty
}

// AdjustmentCard is one notice in the list.
type AdjustmentCard struct {
	Href, Title, Reason string
	State               web.Tag
	When                string
}

// AdjustmentPage is one notice.
type AdjustmentPage struct {
	web.Page
	Heading string
	State   web.Tag
	Lead    string
	Facts   web.Facts
	Matters web.Table
}

// adjustmentTitle says in a line what an adjustment does.
func adjustmentTitle(pg web.Page, plan catalog.AdjustPlan) string {
	names := slices.Clone(plan.Names)
	if plan.Kind == catalog.AdjustAdd {
		for _, b := range plan.Entries {
			names = append(names, pg.Tr(b.Name, b.NameEN))
		}
	}
	zh, en := plan.Kind.Words()
	return pg.Tr(zh+"事项：", en+": ") + strings.Join(names, pg.Tr("、", ", "))
}

func adjustmentTag(pg web.Page, st catalog.AdjustState) web.Tag {
	zh, en := st.Words()
	switch st {
	case catalog.AdjustCarried:
		return web.Tag{Tone: web.OK, Text: pg.Tr(zh, en)}
	case catalog.AdjustWithdrawn:
		return web.Tag{Tone: web.Bad, Text: pg.Tr(zh, en)}
	}
	return web.Tag{Tone: web.Note, Text: pg.Tr("即将实施", "To come")}
}

func (p *Portal) adjustments(w http.ResponseWriter, r *http.Request) error {
	list, err := p.Catalog.Announced(r.Context())
	if err != nil {
		return err
	}
	pg := AdjustmentsPage{Page: p.newPage(r, "", "事项动态调整公告", "Changes of service items")}
	pg.Crumbs = []web.Link{{Href: "/", Text: pg.Tr("首页", "Home")}, {Text: pg.Title}}
	pg.Empty = web.Empty{Title: pg.Tr("还没有公告", "No notices yet"), Text: pg.Tr("事项新增、变更、合并、拆分、下放、收回、取消时在这里公告。", "Additions, changes, mergers, splits, delegations and cancellations are announced here.")}
	for _, d := range list {
		pg.Notices = append(pg.Notices, AdjustmentCard{Href: "/adjustments/" + url.PathEscape(d.No), Title: adjustmentTitle(pg.Page, d.Plan), Reason: d.Plan.Reason,
			State: adjustmentTag(pg.Page, d.State), When: pg.Tr("生效日期 "+d.Plan.From, "In effect from "+d.Plan.From)})
	}
	return p.v.adjustments.Render(w, r, http.StatusOK, pg)
}

func (p *Portal) adjustment(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Catalog.AnnouncedBy(r.Context(), r.PathValue("no"))
	if err != nil {
		return web.Onward(err, web.Link{Href: "/adjustments", Text: "查看全部公告"})
	}
	x, err := p.Catalog.Index(r.Context())
	if err != nil {
		return err
	}
	pg := AdjustmentPage{Page: p.newPage(r, "", "事项动态调整公告", "Change of service items")}
	pg.Heading = adjustmentTitle(pg.Page, d.Plan)
	pg.Title = pg.Heading
	pg.State = adjustmentTag(pg.Page, d.State)
	pg.Crumbs = []web.Link{{Href: "/", Text: pg.Tr("首页", "Home")}, {Href: "/adjustments", Text: pg.Tr("事项动态调整公告", "Changes of service items")}, {Text: d.No}}
	pg.Lead = pg.Tr("已经受理的办件不受影响，按受理时的办事指南办完。", "Cases that were accepted are not affected; they go on under the guide that they began with.")
	if d.State == catalog.AdjustWithdrawn {
		pg.Lead = pg.Tr("这次调整已经撤回，不再实施。", "This adjustment was withdrawn and will not take place.")
	}
	zh, en := d.Plan.Ground.Words()
	add := func(zh, en, v string) {
		if v != "" {
			pg.Facts.Rows = append(pg.Facts.Rows, web.Fact{Key: pg.Tr(zh, en), Value: v})
		}
	}
	add("公告编号", "Number", d.No)
	add("公告日期", "Announced", clock.DateOf(d.AnnouncedAt).String())
	add("生效日期", "In effect from", d.Plan.From)
	add("调整事由", "Ground", pg.Tr(zh, en))
	add("调整依据", "Basis", d.Plan.Law)
	add("为什么调整", "Why", d.Plan.Reason)
	add("决定", "Decision", d.Decision)
	levels := map[string][2]string{"3": {"市级", "City"}, "4": {"县（区）级", "County or district"}, "5": {"镇（街道）级", "Town or street"}, "6": {"村（社区）级", "Village or community"}}
	var at []string
	for _, l := range d.Plan.Levels {
		at = append(at, pg.Tr(levels[l][0], levels[l][1]))
	}
	add("行使层级", "Levels", strings.Join(at, pg.Tr("、", ", ")))
	pg.Matters = adjustedMatters(pg.Page, x, d.Plan)
	return p.v.adjustment.Render(w, r, http.StatusOK, pg)
}

// adjustedMatters lists what becomes of each matter.
func adjustedMatters(pg web.Page, x *catalog.Index, plan catalog.AdjustPlan) web.Table {
	t := web.Table{Caption: pg.Tr("涉及的事项", "Matters"), Hide: true, Heads: []web.Head{{Text: pg.Tr("事项", "Matter")}, {Text: pg.Tr("调整", "What becomes of it")}}}
	next := func(list []catalog.Basic) string {
		var names []string
		for _, b := range list {
			names = append(names, b.Name)
		}
		return strings.Join(names, pg.Tr("、", ", "))
	}
	for i, code := range plan.Items[:min(len(plan.Items), len(plan.Names))] {
		zh, en := plan.Kind.Words()
		what := pg.Tr(zh, en)
		switch plan.Kind {
		case catalog.AdjustChange:
			what = pg.Tr("变更为：", "Becomes: ") + next(plan.Entries)
		case catalog.AdjustSplit:
			what = pg.Tr("拆分为：", "Becomes: ") + next(plan.Entries)
		}
		if s, ok := x.Basic(plan.Successor); ok {
			what = pg.Tr("取消，由“"+s.Name+"”承接", "Ends; goes on as "+s.Name)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: plan.Names[i], Soft: code}, {Text: what}}})
	}
	if plan.Kind == catalog.AdjustAdd {
		for _, b := range plan.Entries {
			t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: pg.Tr(b.Name, b.NameEN), Soft: b.Code}, {Text: pg.Tr("新增", "New")}}})
		}
	}
	return t
}
