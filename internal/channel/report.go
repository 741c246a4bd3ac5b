package channel

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Figures 进驻情况 of some lists in use.
type Figures struct {
	Lists int
	Of    map[PlacementKind]int
}

func (f *Figures) add(k PlacementKind) {
	if f.Of == nil {
		f.Of = map[PlacementKind]int{}
	}
	f.Lists++
	f.Of[k]++
}

// Rate 进驻率 in tenths of a percent, rounded down: 1000 only where every list has
// entered. -1 without lists.
func (f Figures) Rate() int {
	if f.Lists == 0 {
		return -1
	}
	return (f.Of[InCentre] + f.Of[InBranch]) * 1000 / f.Lists
}

// CentreCheck is a centre beside what 第二十条 asks of it.
type CentreCheck struct {
	Centre  identity.Unit
	Title   string
	Branch  *Branch // nil: it is none
	Windows int
	Lacks   []WindowKind
	Hall    string  // what its name should end with; empty: it does
	Items   int     // lists received here
	Own     Figures // of the lists of its own level and place (同级), wherever they are received; a branch has none
}

// Wrong reports whether something is to be mended.
func (c CentreCheck) Wrong() bool {
	return len(c.Lacks) > 0 || c.Hall != "" && c.Centre.NameReason == ""
}

// DistrictReport is a district with its centres, the higher levels first.
type DistrictReport struct {
	Division identity.Division
	Centres  []CentreCheck
	Figures
	Wrong int // centres with something to mend
}

// UnitFigures are a department's.
type UnitFigures struct {
	Unit identity.Unit
	Figures
}

// Report 大厅和进驻情况: what centres lack and how far lists have entered them.
type Report struct {
	Total     Figures
	Districts []DistrictReport // by code
	Units     []UnitFigures    // the lowest rate first
}

// ReportFilter narrows a report or the lists behind it; empty fields do not.
type ReportFilter struct {
	Division string // it and what lies below
	Alone    bool   // with Division: without what lies below
	Unit     int64  // the department and those below it
	Centre   int64  // lists only: received there
	Kind     PlacementKind
	Reason   Reason // with Out
}

// ErrFilter refuses a filter that means nothing.
var ErrFilter = errs.New(errs.NotFound, "no-figure", "没有这个指标。", "There is no such figure.")

// Report checks the centres and counts the lists that the actor supervises or
// keeps.
func (s *Service) Report(ctx context.Context, a actor.Actor, f ReportFilter) (_ *Report, err error) {
	defer errs.Wrap(&err, "report on centres")
	pl, see, err := s.seen(ctx, a)
	if err != nil {
		return nil, err
	}
	return s.report(pl, f, see), nil
}

// PublicReport is Report for everybody: the same figures, of all.
func (s *Service) PublicReport(ctx context.Context) (_ *Report, err error) {
	defer errs.Wrap(&err, "public report on centres")
	pl, err := s.placer(ctx)
	if err != nil {
		return nil, err
	}
	return s.report(pl, ReportFilter{}, func(int64) bool { return true }), nil
}

// seen says which units the actor may see. Who may see none is refused.
func (s *Service) seen(ctx context.Context, a actor.Actor) (placer, func(int64) bool, error) {
	pl, err := s.placer(ctx)
	if err != nil {
		return pl, nil, err
	}
	wanted := map[int64]bool{}
	for _, u := range pl.dir.Units() {
		if identity.Decide(a, identity.CentreReport, identity.Target{UnitPath: u.Path}) == nil {
			wanted[u.ID] = true
		}
	}
	if len(wanted) == 0 {
		if err := s.Identity.Allow(ctx, a, identity.CentreReport, identity.Target{UnitPath: pl.dir.Path(a.Unit)}, "centres"); err != nil {
			return pl, nil, err
		}
		return pl, nil, identity.ErrForbidden
	}
	return pl, func(id int64) bool { return wanted[id] }, nil
}

func (p placer) inArea(f ReportFilter, division string) bool {
	return f.Division == "" || division == f.Division || !f.Alone && p.dir.DivisionWithin(division, f.Division)
}

func (s *Service) report(p placer, f ReportFilter, see func(int64) bool) *Report {
	day, halls := s.Day(), s.Identity.HallNames()
	out := &Report{}
	districts, units := map[string]*DistrictReport{}, map[int64]*UnitFigures{}
	own, items := map[string]*Figures{}, map[int64]int{} // by level and place of the deciding unit
	at := func(division string) *DistrictReport {
		d := district(p.dir, division)
		if districts[d.Code] == nil {
			districts[d.Code] = &DistrictReport{Division: d}
		}
		return districts[d.Code]
	}
	for i := range p.index.Items {
		it := &p.index.Items[i]
		u, ok := p.dir.Unit(it.UnitID)
		if it.State != catalog.InUse || !ok {
			continue
		}
		list := p.places.placements(it, p.dir, day)
		for _, x := range list {
			items[x.CentreID]++
		}
		k := stands(list)
		place := u.Level + u.Division
		if own[place] == nil {
			own[place] = &Figures{}
		}
		own[place].add(k)
		if !see(u.ID) || !p.inArea(f, it.Division) || f.Unit != 0 && !p.dir.InSubtree(u.ID, p.dir.Path(f.Unit)) {
			continue
		}
		out.Total.add(k)
		at(it.Division).add(k)
		if units[u.ID] == nil {
			units[u.ID] = &UnitFigures{Unit: u}
		}
		units[u.ID].add(k)
	}
	for _, u := range p.dir.Units() {
		if !isCentre(u) || !see(u.ID) || !p.inArea(f, u.Division) || f.Unit != 0 {
			continue
		}
		c := p.check(u, day, halls)
		c.Items = items[u.ID]
		if g := own[u.Level+u.Division]; g != nil && c.Branch == nil {
			c.Own = *g
		}
		d := at(u.Division)
		d.Centres = append(d.Centres, c)
		if c.Wrong() {
			d.Wrong++
		}
	}
	for _, d := range districts {
		slices.SortStableFunc(d.Centres, func(a, b CentreCheck) int { return strings.Compare(a.Centre.Level, b.Centre.Level) })
		out.Districts = append(out.Districts, *d)
	}
	slices.SortFunc(out.Districts, func(a, b DistrictReport) int { return strings.Compare(a.Division.Code, b.Division.Code) })
	for _, u := range units {
		out.Units = append(out.Units, *u)
	}
	slices.SortFunc(out.Units, func(a, b UnitFigures) int {
		return cmp.Or(cmp.Compare(a.Rate(), b.Rate()), -cmp.Compare(a.Of[None], b.Of[None]), cmp.Compare(a.Unit.ID, b.Unit.ID))
	})
	return out
}

// check holds a centre against 第二十条.
func (p placer) check(u identity.Unit, day string, halls identity.HallNames) CentreCheck {
	c := CentreCheck{Centre: u, Title: p.places.Title(p.dir, u, day), Windows: len(p.places.windows[u.ID])}
	b, branch := p.places.BranchOf(u.ID, day)
	if branch {
		c.Branch = &b
	}
	c.Lacks = lacking(u, branch, p.places.windows[u.ID])
	if !halls.Fits(u.Level, u.Name) {
		c.Hall = halls.Of(u.Level)
	}
	return c
}

// Warnings tells, after an import, what the centres of the city lack: one line a
// district and kind of fault, with the first names.
func (s *Service) Warnings(ctx context.Context) (out []string, err error) {
	r, err := s.PublicReport(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range r.Districts {
		faults := map[string][]string{}
		var order []string
		note := func(what, name string) {
			if faults[what] == nil {
				order = append(order, what)
			}
			faults[what] = append(faults[what], name)
		}
		for _, c := range d.Centres {
			for _, k := range c.Lacks {
				zh, _ := k.Words()
				note("缺少"+zh, c.Title)
			}
			if c.Hall != "" && c.Centre.NameReason == "" {
				note("名称不是“××"+c.Hall+"”", c.Title)
			}
		}
		for _, what := range order {
			names := faults[what]
			more := ""
			if len(names) > 3 {
				more = "等" + strconv.Itoa(len(names)) + "个"
				names = names[:3]
			}
			out = append(out, "windows.yaml: "+d.Division.Name+"："+strings.Join(names, "、")+more+what+"（第二十条）")
		}
		if n := d.Of[None]; n > 0 {
			out = append(out, "placements.yaml: "+d.Division.Name+"："+strconv.Itoa(n)+"个实施清单没有进驻服务中心，也没有说明理由（第二十条）")
		}
	}
	return out, nil
}

// PlacedList is a list with where it stands.
type PlacedList struct {
	catalog.Item
	Stands     PlacementKind
	Placements []Placement
}

// Lists gives the lists behind a figure, by name. cursor is "" at the start; next
// is "" at the end.
func (s *Service) Lists(ctx context.Context, a actor.Actor, f ReportFilter, words, cursor string, limit int) (_ []PlacedList, next string, total int, err error) {
	defer errs.Wrap(&err, "lists by placement")
	p, see, err := s.seen(ctx, a)
	if err != nil {
		return nil, "", 0, err
	}
	return s.lists(p, f, see, words, cursor, limit)
}

// PublicLists is Lists for everybody, of all.
func (s *Service) PublicLists(ctx context.Context, f ReportFilter, words, cursor string, limit int) (_ []PlacedList, next string, total int, err error) {
	defer errs.Wrap(&err, "public lists by placement")
	p, err := s.placer(ctx)
	if err != nil {
		return nil, "", 0, err
	}
	return s.lists(p, f, func(int64) bool { return true }, words, cursor, limit)
}

func (s *Service) lists(p placer, f ReportFilter, see func(int64) bool, words, cursor string, limit int) (out []PlacedList, next string, total int, err error) {
	if f.Kind != "" && !slices.Contains(PlacementKinds, f.Kind) || f.Reason != "" && !slices.Contains(Reasons, f.Reason) {
		return nil, "", 0, ErrFilter
	}
	day := s.Day()
	var all []*catalog.Item
	of := map[int64][]Placement{}
	for i := range p.index.Items {
		it := &p.index.Items[i]
		if it.State != catalog.InUse || !see(it.UnitID) || !p.inArea(f, it.Division) || f.Unit != 0 && !p.dir.InSubtree(it.UnitID, p.dir.Path(f.Unit)) || !named(it, words) {
			continue
		}
		list := p.places.placements(it, p.dir, day)
		if f.Kind != "" && stands(list) != f.Kind ||
			f.Centre != 0 && !slices.ContainsFunc(list, func(x Placement) bool { return x.CentreID == f.Centre }) ||
			f.Reason != "" && !slices.ContainsFunc(list, func(x Placement) bool { return x.Reason == f.Reason }) {
			continue
		}
		of[it.ID] = list
		all = append(all, it)
	}
	items, next, err := page(all, cursor, limit)
	for _, it := range items {
		out = append(out, PlacedList{it, stands(of[it.ID]), of[it.ID]})
	}
	return out, next, len(all), err
}

// PublicDetail is the detail of a placement that everybody may read: what is said
// of a state secret stays with the staff.
func (x Placement) PublicDetail() string {
	if x.Reason == Secret {
		return ""
	}
	return x.Detail
}

// named reports whether words are found in a list's name, daily words or code.
func named(it *catalog.Item, words string) bool {
	for w := range strings.FieldsSeq(strings.ToLower(words)) {
		ok := strings.Contains(strings.ToLower(it.Name), w) || strings.Contains(strings.ToLower(it.Code), w) || strings.Contains(strings.ToLower(it.NameEN), w) ||
			slices.ContainsFunc(it.Facts.Aliases, func(a string) bool { return strings.Contains(a, w) })
		if !ok {
			return false
		}
	}
	return true
}

// page cuts a page out of lists in the order of the index; the cursor is the last
// list of the page before.
func page(all []*catalog.Item, cursor string, limit int) (out []catalog.Item, next string, err error) {
	if cursor != "" {
		name, id, ok := strings.Cut(cursor, "\x1f")
		n, err := strconv.ParseInt(id, 10, 64)
		if !ok || err != nil {
			return nil, "", errs.New(errs.Malformed, "bad-cursor", "翻页位置不正确，请从第一页重新开始。", "The page cursor is not valid; start from the first page.")
		}
		from, _ := slices.BinarySearchFunc(all, n, func(it *catalog.Item, n int64) int {
			if c := cmp.Or(strings.Compare(it.Name, name), cmp.Compare(it.ID, n)); c != 0 {
				return c
			}
			return -1 // behind it
		})
		all = all[from:]
	}
	limit = min(max(limit, 1), 5000)
	for _, it := range all[:min(limit, len(all))] {
		out = append(out, *it)
	}
	if len(all) > limit {
		last := out[limit-1]
		next = last.Name + "\x1f" + strconv.FormatInt(last.ID, 10)
	}
	return out, next, nil
}

// CentreRecord is what is on record of a centre, for who keeps it and for
// supervision.
type CentreRecord struct {
	CentreCheck
	District   string // code
	WindowList []Window
	Branches   []Branch // that belong to it today
	History    []Branch // what it was and is a branch of, the newest first
	May        bool     // the reader keeps the centre
}

// Record shows what is on record of a centre. Errors: ErrNoCentre, refusals.
func (s *Service) Record(ctx context.Context, a actor.Actor, centre int64) (_ *CentreRecord, err error) {
	defer errs.Wrap(&err, "record of centre %d", centre)
	u, err := s.Centre(ctx, centre)
	if err != nil {
		return nil, err
	}
	if err := s.Identity.Allow(ctx, a, identity.CentreReport, identity.Target{UnitPath: u.Path}, centreSubject(u.ID)); err != nil {
		return nil, err
	}
	p, err := s.placer(ctx)
	if err != nil {
		return nil, err
	}
	out := &CentreRecord{WindowList: p.places.Windows(u.ID), Branches: p.places.Branches(u.ID, s.Day()), May: identity.Decide(a, identity.CentreManage, identity.Target{UnitPath: u.Path}) == nil}
	for _, d := range s.report(p, ReportFilter{Division: u.Division, Alone: true}, func(int64) bool { return true }).Districts {
		for _, c := range d.Centres {
			if c.Centre.ID == u.ID {
				out.CentreCheck, out.District = c, d.Division.Code
			}
		}
	}
	out.History, err = s.branchHistory(ctx, u.ID)
	return out, err
}
