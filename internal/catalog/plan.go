package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
)

// Plan 导入预检 says row by row what an import would do. It changes nothing;
// CarryOut does it, wholly or not at all.
type Plan struct {
	Mode    PlanMode
	Version int64 // of the Index that it was made against
	Rows    []PlanRow
}

// PlanMode says what becomes of what is imported.
type PlanMode string

// Modes of an import.
const (
	PlanDrafts  PlanMode = "drafts"  // 编制稿, which somebody reviews and publishes
	PlanPublish PlanMode = "publish" // 直接发布, by a reviewer of the whole city, with a reason
)

// PlanState says what the import would do with a row.
type PlanState string

// States of a row.
const (
	PlanNew     PlanState = "new"     // 新增
	PlanChanged PlanState = "changed" // 变更
	PlanSame    PlanState = "same"    // 相同
	PlanRefused PlanState = "refused" // 拒绝
)

// PlanStates lists them in the order of a report: what it would do, what it
// would not, and what needs nothing.
var PlanStates = []Named[PlanState]{{PlanNew, "新增", "New"}, {PlanChanged, "变更", "Changed"}, {PlanRefused, "拒绝", "Refused"}, {PlanSame, "相同", "The same"}}

// Words names the state.
func (s PlanState) Words() (zh, en string) { return wordsOf(PlanStates, s) }

// PlanRow is a list of the file.
type PlanRow struct {
	At       string    `json:"at"` // place in the file: 事项!5
	Code     string    `json:"code"`
	Name     string    `json:"name"`
	Unit     string    `json:"unit"` // its name
	State    PlanState `json:"state"`
	Changes  []Change  `json:"changes,omitempty"`
	Problems []Problem `json:"problems,omitempty"` // errors refuse the row; Path is a cell or a part of the guide

	guide      Guide
	level      string // 行使层级
	unit, recv identity.Unit
	basic      *Basic
	item, base int64
	template   int64
	handling   string // 业务办理项序号 of the code, "" for a whole matter
}

// ImportRow 导入条目 is a list as a file gives it.
type ImportRow struct {
	At        string
	Code      string // 实施编码: unit, level and matter follow from it
	Receiving string // key of the centre; empty: as it is
	Problems  []Problem
	// Lay writes what the file says over the guide in force, for a new list over
	// the city-wide guide placed at the unit. It shares its slices with others and
	// must replace them, not write into them; it is called once, and beside those of
	// other rows. Nil: the row belongs to no list, and
	// its problems say why.
	Lay func(*Guide) []Problem
}

// Count counts the rows in a state.
func (p *Plan) Count(st PlanState) (n int) {
	for i := range p.Rows {
		if p.Rows[i].State == st {
			n++
		}
	}
	return n
}

// Plan 预检 compares the entries of a file with the catalogue, by the rules of
// publishing. progress may be nil, and is called by several goroutines.
func (s *Service) Plan(ctx context.Context, a actor.Actor, mode PlanMode, entries []ImportRow, progress func(done, of int)) (_ *Plan, err error) {
	defer errs.Wrap(&err, "plan an import of %d lists", len(entries))
	if err := s.mayImport(ctx, a, mode); err != nil {
		return nil, err
	}
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.planner(ctx, a, mode, x)
	if err != nil {
		return nil, err
	}
	out := &Plan{Mode: mode, Version: x.Version, Rows: make([]PlanRow, len(entries))}
	for _, e := range entries {
		if c, ok := s.codes.Split(e.Code); ok && c.Handling != "" && e.Lay != nil {
			p.divided[c.Implementation()] = e.At
		}
	}
	for i, e := range entries {
		row := &out.Rows[i]
		row.At, row.Code, row.Problems = e.At, e.Code, slices.Clone(e.Problems)
		p.known(e, row)
	}
	if err := p.rows(entries, out.Rows, progress); err != nil {
		return nil, err
	}
	return out, nil
}

// rows plans every row, several at a time.
func (p *planner) rows(entries []ImportRow, rows []PlanRow, progress func(done, of int)) error {
	const together = 50 // rows that a worker takes at once
	var (
		next, done atomic.Int64
		failed     = make([]error, runtime.GOMAXPROCS(0))
		all        sync.WaitGroup
	)
	for w := range failed {
		all.Go(func() {
			for failed[w] == nil {
				from := int(next.Add(together)) - together
				if from >= len(rows) {
					return
				}
				to := min(from+together, len(rows))
				failed[w] = p.some(entries[from:to], rows[from:to])
				if at := int(done.Add(int64(to - from))); progress != nil {
					progress(at, len(rows))
				}
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// some plans a few rows; what a stranger's file makes panic is an error.
func (p *planner) some(entries []ImportRow, rows []PlanRow) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	for i, e := range entries {
		row := &rows[i]
		if err := p.ctx.Err(); err != nil {
			return err
		}
		if err := p.plan(e, row); err != nil {
			return err
		}
		if hasError(row.Problems) {
			row.State, row.Changes, row.guide = PlanRefused, nil, Guide{}
		} else if row.State == PlanSame {
			row.guide = Guide{}
		}
	}
	return nil
}

// known refuses a code that the file had before.
func (p *planner) known(e ImportRow, row *PlanRow) {
	if e.Lay == nil || e.Code == "" {
		return
	}
	if at, twice := p.first[e.Code]; twice {
		row.refuse(e.At, "实施编码重复，前一处在"+at, "The code stands twice; before, at "+at)
		return
	}
	p.first[e.Code] = e.At
}

// mayImport: stewards import drafts for their units, reviewers of the whole city
// publish.
func (s *Service) mayImport(ctx context.Context, a actor.Actor, mode PlanMode) error {
	switch {
	case mode == PlanPublish:
		return s.ids.Allow(ctx, a, identity.ItemPublish, identity.Target{UnitPath: s.topPath(ctx)}, "import")
	case mode != PlanDrafts:
		return errs.InvalidFields(errs.Field{Path: "mode", Code: "option", ZH: "请选择生成编制稿或者直接发布", EN: "Choose drafts or publish"})
	case a.Kind == actor.System:
		return nil
	}
	at := ""
	for _, g := range a.Grants {
		if g.Role == actor.ItemSteward {
			at = g.Path
		}
	}
	return s.ids.Allow(ctx, a, identity.ItemCompile, identity.Target{UnitPath: at}, "import")
}

type planner struct {
	s       *Service
	ctx     context.Context
	a       actor.Actor
	mode    PlanMode
	x       *Index
	dir     *identity.Directory
	els     form.Elements
	byCode  map[string]identity.Unit // by what stands for it in item codes
	first   map[string]string        // code → where it was met first
	divided map[string]string        // 实施编码 whose handling items the file has → where
	forms   sync.Map                 // by text: *form.Form
	drafted map[draftOf]bool         // lists that have an open draft
}

// draftOf names the list that a draft is of.
type draftOf struct {
	basic, unit int64
	handling    string
}

// refuse keeps a row out.
func (r *PlanRow) refuse(path, zh, en string) {
	r.Problems = append(r.Problems, blocking(path, zh, en))
}

func (s *Service) planner(ctx context.Context, a actor.Actor, mode PlanMode, x *Index) (*planner, error) {
	p := &planner{s: s, ctx: ctx, a: a, mode: mode, x: x, byCode: map[string]identity.Unit{}, first: map[string]string{}, drafted: map[draftOf]bool{}, divided: map[string]string{}}
	var err error
	if p.dir, err = s.ids.Directory(ctx); err != nil {
		return nil, err
	}
	for _, u := range p.dir.Units() {
		if u.USCC != "" && u.Kind != "centre" && u.Kind != "station" {
			p.byCode[s.codes.UnitCode(u.USCC)] = u
		}
	}
	if p.els, err = s.Elements(ctx); err != nil {
		return nil, err
	}
	if mode == PlanDrafts {
		rows, err := s.db.Read(ctx).Query(sqlDraftHeads)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var d Draft
			var updated int64
			if err := rows.Scan(&d.ID, &d.Kind, &d.BasicID, &d.UnitID, &d.HandlingNo, &d.ItemID, &d.State, &d.Version, &updated, &d.UpdatedBy); err != nil {
				return nil, err
			}
			if d.Kind == ListDraft {
				p.drafted[draftOf{d.BasicID, d.UnitID, d.HandlingNo}] = true
			}
		}
	}
	return p, nil
}

// plan fills a row. What is wrong with the row is in its problems.
func (p *planner) plan(e ImportRow, row *PlanRow) error {
	if e.Lay == nil {
		if !hasError(row.Problems) {
			row.refuse(e.At, "没有内容", "There is nothing in it")
		}
		return nil // a row that belongs to no list
	}
	if n, part := p.s.codes.ImplementationLen(), p.s.codes.HandlingLen(); len(e.Code) != n && len(e.Code) != part {
		row.refuse(e.At, fmt.Sprintf("实施编码应为%d位，业务办理项编码应为%d位，请把单元格设为文本格式", n, part), fmt.Sprintf("The code has %d characters, of a handling item %d; format the cell as text", n, part))
		return nil
	}
	if r := p.s.codes.CheckItem(e.Code); !r.Valid {
		row.refuse(e.At, "实施编码不正确："+r.Reason.ZH, "The code is not right: "+r.Reason.EN)
		return nil
	}
	code, _ := p.s.codes.Split(e.Code) // as it is written: another way to write it names no list
	b, ok := p.x.Basic(code.Basic())
	if !ok || b.State != InUse {
		row.refuse(e.At, "基本目录中没有事项"+code.Basic(), "The basic catalogue has no matter "+code.Basic())
		return nil
	}
	row.basic, row.Name, row.handling = b, b.Name, code.Handling
	it, exists := p.x.Item(e.Code)
	if exists {
		row.unit, _ = p.dir.Unit(it.UnitID)
		row.recv, _ = p.dir.Unit(it.ReceivingUnitID)
	} else if row.unit, ok = p.byCode[code.Unit]; !ok {
		row.refuse(e.At, "没有代码为"+code.Unit+"的单位", "No unit has the code "+code.Unit)
		return nil
	} else {
		row.recv, _ = p.dir.UnitByKey(centreOf(p.dir, row.unit))
	}
	row.Unit = row.unit.Name
	if p.apart(e, row, it); hasError(row.Problems) {
		return nil
	}
	if e.Receiving != "" && e.Receiving != row.recv.Key {
		if row.recv, ok = p.dir.UnitByKey(e.Receiving); !ok {
			row.refuse(e.At, "没有这个政务服务中心："+e.Receiving, "There is no such centre: "+e.Receiving)
			return nil
		}
	}
	act := identity.ItemCompile
	if p.mode == PlanPublish {
		act = identity.ItemPublish
	}
	if identity.Decide(p.a, act, identity.Target{UnitPath: row.unit.Path}) != nil {
		row.refuse(e.At, "您不能处理"+row.unit.Name+"的事项", "The items of "+row.unit.Name+" are not yours to handle")
		return nil
	}
	row.level = code.Level
	if !exists && !slices.Contains(b.Levels, row.level) {
		row.refuse(e.At, "基本目录规定本级不行使这个事项", "By the basic catalogue this level does not handle the matter")
	}
	if p.drafted[draftOf{b.ID, row.unit.ID, row.handling}] {
		row.refuse(e.At, ErrDraftOpen.ZH, ErrDraftOpen.EN)
	}
	base, f, err := p.baseOf(row, it)
	if err != nil || hasError(row.Problems) {
		return err
	}
	g := base
	row.Problems = append(row.Problems, e.Lay(&g)...)
	if hasError(row.Problems) {
		return nil
	}
	return p.compare(row, &base, &g, f)
}

// apart keeps a matter from being handled by a unit whole and in parts.
func (p *planner) apart(e ImportRow, row *PlanRow, it *Item) {
	if at := p.divided[e.Code]; at != "" {
		row.refuse(e.At, "文件把这个事项拆分为业务办理项（"+at+"），未拆分的清单请从文件中删去", "The file splits this matter into handling items, at "+at+"; take the undivided list out of it")
		return
	}
	if it != nil {
		return
	}
	for _, o := range p.x.Offers(row.basic.Code) {
		switch {
		case o.UnitID != row.unit.ID || o.State == Cancelled:
		case row.handling == "" && o.Facts.Handling.No != "":
			row.refuse(e.At, ErrSplit.ZH, ErrSplit.EN)
			return
		case row.handling != "" && o.Facts.Handling.No == "":
			row.Problems = append(row.Problems, Problem{Path: e.At, Rule: "import", ZH: "业务办理项全部发布后，未拆分的清单" + o.Code + "将取消，由业务办理项替代",
				EN: "When all handling items are published, the undivided list " + o.Code + " is cancelled and they take its place"})
			return
		}
	}
}

// baseOf is the guide over which a row is laid, with its form.
func (p *planner) baseOf(row *PlanRow, it *Item) (Guide, *form.Form, error) {
	if it != nil {
		if it.State == Cancelled {
			row.refuse(row.At, ErrCancelled.ZH, ErrCancelled.EN)
			return Guide{}, nil, nil
		}
		row.item, row.base = it.ID, it.VersionID
		if it.NextVersion != 0 {
			row.base = it.NextVersion
		}
		v, err := p.s.ByVersion(p.ctx, row.base)
		if err != nil {
			return Guide{}, nil, err
		}
		row.template = v.TemplateID
		return v.Guide, v.form, nil
	}
	var f *form.Form
	g := blankGuide(row.basic)
	if row.template = row.basic.TemplateID; row.template != 0 {
		t, err := p.s.Template(p.ctx, row.template)
		if err != nil {
			return Guide{}, nil, err
		}
		g, f = t.Guide, t.form
	}
	g.Basics.Handling.No = row.handling
	place(p.s.codes, &g, row.unit, row.recv)
	row.basic.lock(&g)
	return g, f, nil
}

// compare applies the catalogue's lock and the rules of publishing to what a row
// makes of its base.
func (p *planner) compare(row *PlanRow, base, g *Guide, f *form.Form) error {
	b, basis := row.basic, g.Basis
	if h := &g.Basics.Handling; row.handling == "" && h.Name+h.NameEN != "" {
		row.refuse("basics/handling/name", "实施编码不是业务办理项编码，不能填写业务办理项名称", "The code is not that of a handling item, which alone has such a name")
	} else if h.No = row.handling; g.Basics.Name != base.Basics.Name {
		h.named(g.Basics.Name, b.Name)
	}
	if whole, _ := g.Basics.Handling.names(b.Name, ""); g.Basics.Name != b.Name && g.Basics.Name != whole && g.Basics.Name != base.Basics.Name {
		row.refuse("basics/name", "事项名称与基本目录不一致，应为："+whole, "The name is not that of the basic catalogue: "+whole)
	}
	if g.Basics.Type != b.Type {
		row.refuse("basics/type", "事项类型与基本目录不一致，应为："+b.Type, "The type is not that of the basic catalogue: "+b.Type)
	}
	if g.Basics.BasicCode != b.Code {
		row.refuse("basics/basicCode", "基本编码与实施编码不一致，应为："+b.Code, "The basic code does not fit the code of the list: "+b.Code)
	}
	b.lock(g)
	if row.template != 0 {
		t, err := p.s.Template(p.ctx, row.template)
		if err != nil {
			return err
		}
		g.Basis = t.Guide.Basis
	}
	if !slices.Equal(basis, g.Basis) {
		row.refuse("basis", "设定依据来自基本目录和全市指南，本级不能修改", "The legal basis comes from the basic catalogue and the city-wide guide")
	}
	known, err := filesOf(p.s.db.Read(p.ctx), g)
	if err != nil {
		return err
	}
	for _, n := range g.namedFiles() {
		if _, ok := known[n.key]; !ok {
			x := n.missing()
			row.refuse(x.Path, x.ZH, x.EN)
		}
	}
	place(p.s.codes, g, row.unit, row.recv)
	g.Basics.Level, g.Basics.Code = row.level, row.Code
	for _, st := range g.Steps {
		if _, ok := p.dir.UnitByKey(st.Unit); !ok {
			row.refuse("steps/"+st.Key+"/unit", "没有这个单位："+st.Unit, "There is no such unit: "+st.Unit)
		}
	}
	if f == nil || string(g.Form) != string(base.Form) {
		var err error
		if f, err = p.formOf(g); err != nil {
			row.refuse("form", "表单有误："+err.Error(), "The form is not sound: "+err.Error())
			return nil
		}
	}
	before, err := cutGuide(base)
	if err != nil {
		return err
	}
	after, err := cutGuide(g)
	if err != nil {
		return err
	}
	row.State, row.guide = PlanChanged, *g
	switch {
	case row.item == 0:
		row.State = PlanNew
	case slices.EqualFunc(before, after, func(a, b json.RawMessage) bool { return string(a) == string(b) }):
		if row.State = PlanSame; hasError(row.Problems) {
			row.State = PlanRefused
		}
		return nil
	default:
		row.Changes = Diff(base, g)
		for i, sec := range sections {
			told := slices.ContainsFunc(row.Changes, func(c Change) bool { return c.Section == sec.name })
			if string(before[i]) != string(after[i]) && !told {
				row.Changes = append(row.Changes, Change{Section: sec.name, Path: sec.name, Kind: Changed, Burden: Neutral, ZH: "“" + sec.name + "”的写法有变化", EN: sec.name + " is written differently"})
			}
		}
	}
	row.Problems = append(row.Problems, Check(p.s.codes, g, f)...)
	return nil
}

// formOf compiles the form of a guide, each text once, and freezes it.
func (p *planner) formOf(g *Guide) (*form.Form, error) {
	text := string(g.Form)
	if f, ok := p.forms.Load(text); ok {
		g.Form = f.(*form.Form).Frozen()
		return f.(*form.Form), nil
	}
	f, err := form.Compile(g.Form, p.els, p.s.formats)
	if err != nil {
		return nil, err
	}
	p.forms.Store(text, f)
	g.Form = f.Frozen()
	return f, nil
}
