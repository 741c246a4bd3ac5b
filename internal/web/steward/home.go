package steward

import (
	"net/http"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// homePage 事项管理: what waits for whom, and the unit's own lists.
type homePage struct {
	web.Page
	Compile   bool
	Stats     []web.Stat
	Drafts    web.Table
	Proposals []proposalRow
	Units     web.FieldView // whose lists are shown
	States    web.FieldView
	Query     string
	Lists     []listRow
	Pager     web.Pager
	Empty     web.Empty
}

// proposalRow is a change above that a list may take over.
type proposalRow struct {
	Name, Unit, URL, Guide string
	Since                  string
}

// listRow is a published list.
type listRow struct {
	Name, Href, Unit, Code string
	ID                     string
	Tags                   []web.Tag
	May                    bool
}

// proposalsShown is how many proposals the page shows at once.
const proposalsShown = 20

func (s *Steward) home(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	dir, err := s.c.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	top := catalog.Scope(a)
	if err := s.c.Identity.Allow(ctx, a, identity.CatalogueRead, identity.Target{UnitPath: top}, "catalogue"); err != nil {
		return err
	}
	p := homePage{Page: s.page(r, a, "事项管理", "Service items"), Compile: a.Has(actor.ItemSteward)}
	x, err := s.c.Catalog.Index(ctx)
	if err != nil {
		return err
	}
	drafts, err := s.c.Catalog.Drafts(ctx, a)
	if err != nil {
		return err
	}
	p.Drafts = s.draftTable(p.Page, dir, x, drafts)
	open, err := s.c.Catalog.Proposals(ctx, top)
	if err != nil {
		return err
	}
	for _, o := range open[:min(len(open), proposalsShown)] {
		it, ok := x.ItemByID(o.ItemID)
		if !ok {
			continue
		}
		u, _ := dir.Unit(o.UnitID)
		p.Proposals = append(p.Proposals, proposalRow{Name: it.Name, Unit: u.Name, URL: "/console/items/proposals/" + strconv.FormatInt(o.ID, 10),
			Guide: "/items/" + it.Code, Since: clock.DateOf(o.CreatedAt).String()})
	}
	waiting := 0
	for _, d := range drafts {
		if d.State == catalog.Submitted || d.State == catalog.Passed {
			waiting++
		}
	}
	mine := 0
	for _, it := range x.Items {
		if it.State != catalog.Cancelled && dir.InSubtree(it.UnitID, top) {
			mine++
		}
	}
	p.Stats = []web.Stat{{Href: "#drafts", Value: strconv.Itoa(len(drafts)), Text: p.Tr("编制稿", "drafts")}, {Href: "#drafts", Value: strconv.Itoa(waiting), Text: p.Tr("待审核、待发布", "to review or publish")},
		{Href: "#proposals", Value: strconv.Itoa(len(open)), Text: p.Tr("变更提示", "changes above")}, {Href: "#lists", Value: strconv.Itoa(mine), Text: p.Tr("实施清单", "lists")}}
	return s.lists(w, r, a, p, dir, top)
}

// lists fills the part with published lists and renders the page.
func (s *Steward) lists(w http.ResponseWriter, r *http.Request, a actor.Actor, p homePage, dir *identity.Directory, top string) error {
	in := r.URL.Query()
	p.Query = in.Get("q")
	q := catalog.ListQuery{Text: p.Query, State: catalog.ItemState(in.Get("state")), Unit: in.Get("unit"), Limit: listsShown}
	if own, ok := dir.Unit(a.Unit); ok && !in.Has("unit") {
		q.Unit = own.Key
	}
	if at := in.Get("after"); at != "" {
		var err error
		if q.After, err = strconv.ParseInt(at, 10, 64); err != nil {
			return web.ErrNoPage()
		}
	}
	p.Units = web.FieldView{ID: "unit", Name: "unit", Widget: "select", Label: p.Tr("单位", "Unit")}
	for _, u := range dir.Subtree(top) {
		if u.Kind != "centre" && u.Kind != "station" {
			p.Units.Options = append(p.Units.Options, web.OptionView{Value: u.Key, Label: u.Name, Checked: u.Key == q.Unit})
		}
	}
	p.States = web.FieldView{ID: "state", Name: "state", Widget: "select", Label: p.Tr("状态", "State")}
	for _, st := range []catalog.ItemState{catalog.InUse, catalog.Paused, catalog.Cancelled} {
		p.States.Options = append(p.States.Options, web.OptionView{Value: string(st), Label: itemTag(p.Page, st).Text, Checked: st == q.State})
	}
	found, more, err := s.c.Catalog.Lists(r.Context(), a, q)
	if err != nil {
		return err
	}
	for _, it := range found {
		u, _ := dir.Unit(it.UnitID)
		row := listRow{Name: it.Name, Href: listPath(it.Code), Unit: u.Name, Code: it.Code, ID: strconv.FormatInt(it.ID, 10),
			May: it.State != catalog.Cancelled && identity.Decide(a, identity.ItemCompile, identity.Target{UnitPath: u.Path}) == nil}
		if it.State != catalog.InUse {
			row.Tags = append(row.Tags, itemTag(p.Page, it.State))
		}
		if it.NextFrom != "" {
			row.Tags = append(row.Tags, web.Tag{Tone: web.Note, Text: p.Tr("新版本"+it.NextFrom+"生效", "next version from "+it.NextFrom)})
		}
		p.Lists = append(p.Lists, row)
	}
	if more {
		if p.Pager.Next, err = web.WithQuery(r.URL.RequestURI(), "after", strconv.FormatInt(found[len(found)-1].ID, 10)); err != nil {
			return err
		}
	}
	p.Empty = web.Empty{Title: p.Tr("没有找到本单位的清单", "No list of your units found"), Text: p.Tr("换一个词、换一个单位，或者先认领事项。", "Try another word or unit, or claim an item first.")}
	return s.views.home.Render(w, r, http.StatusOK, p)
}

// listsShown is how many lists a page has.
const listsShown = 30

func (s *Steward) draftTable(p web.Page, dir *identity.Directory, x *catalog.Index, drafts []catalog.Draft) web.Table {
	t := web.Table{Caption: p.Tr("编制稿", "Drafts"), Hide: true, Heads: []web.Head{{Text: p.Tr("事项", "Item")}, {Text: p.Tr("单位", "Unit")}, {Text: p.Tr("状态", "State")}, {Text: p.Tr("最近修改", "Last change")}},
		Empty: web.Empty{Title: p.Tr("没有正在编制的指南", "No guide is being compiled"), Text: p.Tr("认领新的事项，或者修订已经发布的清单。", "Claim an item or revise a published list.")}}
	for _, d := range drafts {
		b, ok := x.BasicByID(d.BasicID)
		if !ok {
			continue
		}
		u, _ := dir.Unit(d.UnitID)
		kind := p.Tr("实施清单", "List")
		if d.Kind == catalog.TemplateDraft {
			kind = p.Tr("全市指南模板", "City-wide guide")
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: b.Name, Href: draftPath(d.ID), Row: true, Soft: kind}, {Text: u.Name}, {Tag: stateTag(p, d.State)},
			{Text: clock.DateOf(d.UpdatedAt).String(), Soft: d.UpdatedBy}}})
	}
	return t
}

func stateTag(p web.Page, st catalog.DraftState) web.Tag {
	zh, en := st.Words()
	tone := map[catalog.DraftState]web.Tone{catalog.Drafting: web.Info, catalog.Submitted: web.Note, catalog.Returned: web.Bad, catalog.Passed: web.Info, catalog.Published: web.OK}[st]
	return web.Tag{Tone: tone, Text: p.Tr(zh, en)}
}

// proposal adopts or declines a change above.
func (s *Steward) proposal(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	in, err := posted(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	if in.Get("answer") == "decline" {
		if err := s.c.Catalog.DeclineProposal(r.Context(), a, id, in.Get("reason")); err != nil {
			return s.back(w, r, "/console/items#proposals", err)
		}
		s.flash(w, r, "已记录不采纳的理由，清单保持原样。", "The list stays as it is.")
		return web.SeeOther(w, r, "/console/items#proposals")
	}
	d, kept, err := s.c.Catalog.Adopt(r.Context(), a, id, nil)
	if err != nil {
		return s.back(w, r, "/console/items#proposals", err)
	}
	if len(kept) > 0 {
		s.flash(w, r, "已按新的全市指南生成编制稿；两边都改过的部分保留了本单位的内容，请核对后提交审核。", "A draft follows the new guide; where both changed, yours stays: please check.")
	} else {
		s.flash(w, r, "已按新的全市指南生成编制稿，请核对后提交审核。", "A draft follows the new guide; check it and hand it in.")
	}
	return web.SeeOther(w, r, draftPath(d.ID))
}

// revise opens a draft of a published list, or of a matter's city-wide guide.
func (s *Steward) revise(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	in, err := posted(r)
	if err != nil {
		return err
	}
	var d *catalog.Draft
	if code := in.Get("template"); code != "" {
		unit, perr := strconv.ParseInt(in.Get("unit"), 10, 64)
		if perr != nil {
			unit = a.Unit
		}
		d, err = s.c.Catalog.ReviseTemplate(r.Context(), a, code, unit, nil)
	} else {
		id, perr := strconv.ParseInt(in.Get("item"), 10, 64)
		if perr != nil {
			return catalog.ErrNoItem
		}
		d, err = s.c.Catalog.Revise(r.Context(), a, id, nil)
	}
	if err != nil {
		return s.back(w, r, "/console/items", err)
	}
	return web.SeeOther(w, r, draftPath(d.ID))
}
