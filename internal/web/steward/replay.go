package steward

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/replay"
	"github.com/tongban/tongban/internal/web"
)

// replayPage 以往办件试算: what the draft would have meant for past cases.
type replayPage struct {
	web.Page
	Item    string
	Back    string
	Lead    string
	Tabs    []reportTab
	Reasons []changeRow
	Rows    []replayRow
	Pager   web.Pager
	Empty   web.Empty
	Many    bool // of several lists
}

// replayRow is a past case with its differences.
type replayRow struct {
	Day, Tail, Party string
	Unit             string
	Outcome          web.Tag
	Points           []changeRow
}

// replaySum is the replay in a few figures, on the page of the draft.
type replaySum struct {
	Shown   bool
	URL     string
	Lead    string
	Figures []changeRow
	Link    string
}

// replayPageSize is how many cases a page shows.
const replayPageSize = 50

var replayTones = map[replay.Kind]web.Tone{replay.Refused: web.Bad, replay.More: web.Bad, replay.Judged: web.Note, replay.Slower: web.Note, replay.Less: web.OK, replay.Faster: web.OK}

func replayTag(p web.Page, k replay.Kind) web.Tag {
	zh, en := k.Words()
	return web.Tag{Tone: replayTones[k], Text: p.Tr(zh, en)}
}

func replayPath(id int64) string { return draftPath(id) + "/replay" }

// replaySum sums the replay up for whoever may see it.
func (s *Steward) replaySum(r *http.Request, p web.Page, a actor.Actor, d *catalog.Draft, t identity.Target) (sum replaySum, err error) {
	if identity.Decide(a, identity.ItemReplay, t) != nil || d.Kind == catalog.ListDraft && d.ItemID == 0 || d.State == catalog.Published || d.State == catalog.Discarded {
		return sum, nil
	}
	sum = replaySum{Shown: true, URL: replayPath(d.ID)}
	out, err := s.c.Cases.Replay(r.Context(), a, d.ID, false)
	if errors.Is(err, catalog.ErrGuide) {
		sum.URL, sum.Lead = "", p.Tr("申请表有误，改好以后可以试算。", "The form is not right; mend it first.")
		return sum, nil
	}
	if err != nil {
		return sum, err
	}
	sum.Lead = replayLead(p, out)
	for _, k := range replay.Kinds() {
		if n := out.Kinds[k]; n > 0 {
			sum.Figures = append(sum.Figures, changeRow{replayTag(p, k), p.Tr(strconv.Itoa(n)+"件", cases(n))})
		}
	}
	if len(sum.Figures) == 0 {
		sum.URL = ""
	}
	return sum, nil
}

// replayLead says how many cases were replayed and how many stay as they are.
func replayLead(p web.Page, out *casework.Replay) string {
	switch {
	case out.Cases == 0:
		return p.Tr("还没有以往办件可以试算。", "There are no past cases to try it on.")
	case out.Same == out.Cases && out.All:
		return p.Tr(fmt.Sprintf("以往%d件办件都不受影响。", out.Cases), fmt.Sprintf("Nothing would have been different for the %s so far.", cases(out.Cases)))
	case out.Same == 0:
		return p.Tr(fmt.Sprintf("按这一稿重新计算最近%d件办件，每件都有变化。", out.Cases), fmt.Sprintf("The latest %s tried on this draft: all would be different.", cases(out.Cases)))
	case out.All:
		return p.Tr(fmt.Sprintf("按这一稿重新计算以往%d件办件：%d件不变。", out.Cases, out.Same), fmt.Sprintf("%s so far tried on this draft: %d stay as they are.", cases(out.Cases), out.Same))
	}
	return p.Tr(fmt.Sprintf("按这一稿重新计算最近%d件办件：%d件不变。", out.Cases, out.Same), fmt.Sprintf("The latest %s tried on this draft: %d stay as they are.", cases(out.Cases), out.Same))
}

func cases(n int) string {
	if n == 1 {
		return "1 case"
	}
	return strconv.Itoa(n) + " cases"
}

// replay lists past cases for which something would be different.
func (s *Steward) replay(w http.ResponseWriter, r *http.Request) error {
	a, d, err := s.found(r)
	if err != nil {
		return err
	}
	name := d.Guide.Basics.Name
	p := replayPage{Page: s.page(r, a, "以往办件试算", "Replay of past cases"), Item: name, Back: draftPath(d.ID), Many: d.Kind == catalog.TemplateDraft}
	p.Crumbs = []web.Link{{Href: "/console/items", Text: p.Tr("事项管理", "Service items")}, {Href: p.Back, Text: name}, {Text: p.Title}}
	out, err := s.c.Cases.Replay(r.Context(), a, d.ID, true)
	if errors.Is(err, catalog.ErrGuide) {
		return s.back(w, r, p.Back, catalog.ErrGuide)
	}
	if err != nil {
		return err
	}
	dir, err := s.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	p.fill(out, dir, replay.Kind(r.URL.Query().Get("kind")), r.URL.Query().Get("page"))
	return s.views.replay.Render(w, r, http.StatusOK, p)
}

// fill shows the cases with a difference of a kind, or all, a page of them.
func (p *replayPage) fill(out *casework.Replay, dir *identity.Directory, kind replay.Kind, page string) {
	p.Lead = replayLead(p.Page, out)
	p.Empty = web.Empty{Title: p.Lead, Link: web.Link{Href: p.Back, Text: p.Tr("回到编制稿", "Back to the draft")}}
	if len(out.Rows) == 0 {
		return
	}
	url := p.Back + "/replay"
	p.Tabs = []reportTab{{Href: url, Text: p.Tr("全部", "All"), Count: len(out.Rows), Now: out.Kinds[kind] == 0}}
	for _, k := range replay.Kinds() {
		p.Tabs = append(p.Tabs, reportTab{Href: url + "?kind=" + string(k), Text: replayTag(p.Page, k).Text, Count: out.Kinds[k], Now: k == kind})
	}
	rows := out.Rows
	if out.Kinds[kind] > 0 {
		url += "?kind=" + string(kind) + "&page="
		rows = slices.DeleteFunc(slices.Clone(rows), func(x casework.ReplayRow) bool {
			return !slices.ContainsFunc(x.Points, func(pt replay.Point) bool { return pt.Kind == kind })
		})
	} else {
		url, kind = url+"?page=", ""
	}
	for _, x := range out.Reasons {
		if kind == "" || x.Kind == kind {
			p.Reasons = append(p.Reasons, changeRow{replayTag(p.Page, x.Kind), p.Tr(fmt.Sprintf("%s：%d件", x.ZH, x.Cases), fmt.Sprintf("%s: %s", x.EN, cases(x.Cases)))})
		}
	}
	last := (len(rows) - 1) / replayPageSize
	n, err := strconv.Atoi(page)
	if err != nil || n < 0 || n > last {
		n = 0
	}
	if n > 0 {
		p.Pager.Prev = url + strconv.Itoa(n-1)
	}
	if n < last {
		p.Pager.Next = url + strconv.Itoa(n+1)
	}
	for _, x := range rows[n*replayPageSize : min(len(rows), (n+1)*replayPageSize)] {
		p.Rows = append(p.Rows, p.row(x, dir))
	}
}

func (p *replayPage) row(x casework.ReplayRow, dir *identity.Directory) replayRow {
	unit, _ := dir.Unit(x.List.UnitID)
	row := replayRow{Day: clock.DateOf(x.On).String(), Tail: x.Tail, Party: x.Party, Unit: unit.Name, Outcome: web.Tag{Tone: web.Info, Text: p.Tr("在办", "In hand")}}
	if x.Outcome != "" {
		zh, en := x.Outcome.Words()
		row.Outcome = web.Tag{Text: p.Tr(zh, en)}
	}
	for _, pt := range x.Points {
		row.Points = append(row.Points, changeRow{replayTag(p.Page, pt.Kind), p.Tr(pt.ZH, pt.EN)})
	}
	return row
}
