package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
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
	unit, recv identity.Unit
	basic      *Basic
	item, base int64
	template   int64
}

// Entry 导入条目 is a list as a file gives it.
type Entry struct {
	At        string
	Code      string // 实施编码: unit, level and matter follow from it
	Receiving string // key of the centre; empty: as it is
	Problems  []Problem
	// Lay writes what the file says over the guide in force, for a new list over
	// the city-wide guide placed at the unit. It shares its slices with others and
	// must replace them, not write into them.
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
// publishing. progress may be nil.
func (s *Service) Plan(ctx context.Context, a actor.Actor, mode PlanMode, entries []Entry, progress func(done, of int)) (_ *Plan, err error) {
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
	for i, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if progress != nil && i%50 == 0 {
			progress(i, len(entries))
		}
		row := &out.Rows[i]
		row.At, row.Code, row.Problems = e.At, e.Code, slices.Clone(e.Problems)
		if err := p.plan(e, row); err != nil {
			return nil, err
		}
		if hasError(row.Problems) {
			row.State, row.Changes, row.guide = PlanRefused, nil, Guide{}
		} else if row.State == PlanSame {
			row.guide = Guide{}
		}
	}
	return out, nil
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
	byUSCC  map[string]identity.Unit
	first   map[string]string     // code → where it was met first
	forms   map[string]*form.Form // by text
	drafted map[[2]int64]bool     // matter and unit that have an open draft
}

func (s *Service) planner(ctx context.Context, a actor.Actor, mode PlanMode, x *Index) (*planner, error) {
	p := &planner{s: s, ctx: ctx, a: a, mode: mode, x: x, byUSCC: map[string]identity.Unit{}, first: map[string]string{}, forms: map[string]*form.Form{}, drafted: map[[2]int64]bool{}}
	var err error
	if p.dir, err = s.ids.Directory(ctx); err != nil {
		return nil, err
	}
	for _, u := range p.dir.Units() {
		if u.USCC != "" && u.Kind != "centre" && u.Kind != "station" {
			p.byUSCC[u.USCC] = u
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
			if err := rows.Scan(&d.ID, &d.Kind, &d.BasicID, &d.UnitID, &d.ItemID, &d.State, &d.Version, &updated, &d.UpdatedBy); err != nil {
				return nil, err
			}
			p.drafted[[2]int64{d.BasicID, d.UnitID}] = p.drafted[[2]int64{d.BasicID, d.UnitID}] || d.Kind == ListDraft
		}
	}
	return p, nil
}

// plan fills a row. What is wrong with the row is in its problems.
func (p *planner) plan(e Entry, row *PlanRow) error {
	refuse := func(path, zh string) { row.Problems = append(row.Problems, Problem{path, true, zh}) }
	if at, twice := p.first[e.Code]; twice && e.Code != "" {
		refuse(e.At, "实施编码重复，前一处在"+at)
	} else {
		p.first[e.Code] = e.At
	}
	if len(e.Code) != 31 {
		refuse(e.At, "实施编码应为31位，请把单元格设为文本格式")
		return nil
	}
	if r := ident.CheckItem(e.Code); !r.Valid {
		refuse(e.At, "实施编码不正确："+r.Reason.ZH)
		return nil
	}
	b, ok := p.x.Basic(e.Code[19:])
	if !ok || b.State != InUse {
		refuse(e.At, "基本目录中没有事项"+e.Code[19:])
		return nil
	}
	row.basic, row.Name = b, b.Name
	it, exists := p.x.Item(e.Code)
	if exists {
		row.unit, _ = p.dir.Unit(it.UnitID)
		row.recv, _ = p.dir.Unit(it.ReceivingUnitID)
	} else if row.unit, ok = p.byUSCC[e.Code[:18]]; !ok {
		refuse(e.At, "没有统一社会信用代码为"+e.Code[:18]+"的单位")
		return nil
	} else {
		row.recv, _ = p.dir.UnitByKey(centreOf(p.dir, row.unit))
	}
	row.Unit = row.unit.Name
	if e.Receiving != "" && e.Receiving != row.recv.Key {
		if row.recv, ok = p.dir.UnitByKey(e.Receiving); !ok {
			refuse(e.At, "没有这个政务服务中心："+e.Receiving)
			return nil
		}
	}
	act := identity.ItemCompile
	if p.mode == PlanPublish {
		act = identity.ItemPublish
	}
	if identity.Decide(p.a, act, identity.Target{UnitPath: row.unit.Path}) != nil {
		refuse(e.At, "您不能处理"+row.unit.Name+"的事项")
		return nil
	}
	level := e.Code[18:19]
	if !exists && !slices.Contains(b.Levels, level) {
		refuse(e.At, "基本目录规定本级不行使这个事项")
	}
	if p.drafted[[2]int64{b.ID, row.unit.ID}] {
		refuse(e.At, ErrDraftOpen.ZH)
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

// baseOf is the guide over which a row is laid, with its form.
func (p *planner) baseOf(row *PlanRow, it *Item) (Guide, *form.Form, error) {
	if it != nil {
		if it.State == Cancelled {
			row.Problems = append(row.Problems, Problem{row.At, true, ErrCancelled.ZH})
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
	g := blank(row.basic)
	if row.template = row.basic.TemplateID; row.template != 0 {
		t, err := p.s.Template(p.ctx, row.template)
		if err != nil {
			return Guide{}, nil, err
		}
		g, f = t.Guide, t.form
	}
	place(&g, row.unit, row.recv)
	row.basic.lock(&g)
	return g, f, nil
}

// compare applies the catalogue's lock and the rules of publishing to what a row
// makes of its base.
func (p *planner) compare(row *PlanRow, base, g *Guide, f *form.Form) error {
	refuse := func(path, zh string) { row.Problems = append(row.Problems, Problem{path, true, zh}) }
	b, basis := row.basic, g.Basis
	if g.Basics.Name != b.Name {
		refuse("basics/name", "事项名称与基本目录不一致，应为："+b.Name)
	}
	if g.Basics.Type != b.Type {
		refuse("basics/type", "事项类型与基本目录不一致，应为："+b.Type)
	}
	if g.Basics.BasicCode != b.Code {
		refuse("basics/basicCode", "基本编码与实施编码不一致，应为："+b.Code)
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
		refuse("basis", "设定依据来自基本目录和全市指南，本级不能修改")
	}
	place(g, row.unit, row.recv)
	g.Basics.Level, g.Basics.Code = row.Code[18:19], row.Code
	for _, st := range g.Steps {
		if _, ok := p.dir.UnitByKey(st.Unit); !ok {
			refuse("steps/"+st.Key+"/unit", "没有这个单位："+st.Unit)
		}
	}
	if f == nil || string(g.Form) != string(base.Form) {
		var err error
		if f, err = p.formOf(g); err != nil {
			refuse("form", "表单有误："+err.Error())
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
	row.Problems = append(row.Problems, Check(g, f)...)
	return nil
}

// formOf compiles the form of a guide, each text once, and freezes it.
func (p *planner) formOf(g *Guide) (*form.Form, error) {
	text := string(g.Form)
	f, ok := p.forms[text]
	if !ok {
		var err error
		if f, err = form.Compile(g.Form, p.els, p.s.formats); err != nil {
			return nil, err
		}
		p.forms[text] = f
	}
	g.Form = f.Frozen()
	return f, nil
}

const (
	sqlIndexNow = `SELECT version FROM catalog_state WHERE id = 1`
	sqlItemID   = `SELECT id FROM item WHERE code = $1`
)

// ErrPlanOld is the error for carrying out a plan after one of its lists was
// changed by somebody else.
var ErrPlanOld = errs.New(errs.Conflict, "plan-old", "预检以后，其中有的事项已经变化。没有导入任何内容，请重新预检。", "Lists of the file have changed since the plan was made. Nothing was imported; plan again.")

// Carrying is how a plan is carried out.
type Carrying struct {
	Subject  string             // of the audit record: import/12
	Reason   string             // stands in the audit log, and in versions and drafts
	Progress func(done, of int) // of an act that is not yet committed; may be nil
	Also     func(*db.Tx)       // what belongs to the same act; may be nil
}

// CarryOut 执行导入 does what a plan says for its new and changed rows, as one
// act. Refused rows stay out.
func (s *Service) CarryOut(ctx context.Context, a actor.Actor, p *Plan, c Carrying) (err error) {
	defer errs.Wrap(&err, "carry out an import")
	reason := c.Reason
	if strings.TrimSpace(reason) == "" {
		return errs.InvalidFields(errs.Field{Path: "reason", Code: "required", ZH: "请写明导入的理由", EN: "Say why it is imported"})
	}
	if err := s.mayImport(ctx, a, p.Mode); err != nil {
		return err
	}
	of := p.Count(PlanNew) + p.Count(PlanChanged)
	if of == 0 {
		return errs.New(errs.Conflict, "plan-empty", "没有需要导入的内容。", "There is nothing to import.")
	}
	act := identity.ItemCompile
	if p.Mode == PlanPublish {
		act = identity.ItemPublish
	}
	for i := range p.Rows { // whoever lost a unit since the plan was made
		row := &p.Rows[i]
		if row.State == PlanNew || row.State == PlanChanged {
			if err := s.ids.Allow(ctx, a, act, identity.Target{UnitPath: row.unit.Path}, "item/"+row.Code); err != nil {
				return err
			}
		}
	}
	templates := map[int64]*Template{}
	for i := range p.Rows {
		if id := p.Rows[i].template; id != 0 && templates[id] == nil {
			if templates[id], err = s.Template(ctx, id); err != nil {
				return err
			}
		}
	}
	return s.db.Write(ctx, "catalog.carry-out", func(tx *db.Tx) error {
		var version int64
		if err := tx.QueryRow(sqlIndexNow).Scan(&version); err != nil {
			return err
		}
		done := 0
		for i := range p.Rows {
			row := &p.Rows[i]
			if row.State != PlanNew && row.State != PlanChanged {
				continue
			}
			if version != p.Version {
				if err := stillPlanned(tx, row); err != nil {
					return err
				}
			}
			if err := s.carryRow(tx, a, p.Mode, row, templates[row.template], reason); err != nil {
				return fmt.Errorf("%s: %w", row.At, err)
			}
			if done++; c.Progress != nil && done%50 == 0 {
				c.Progress(done, of)
			}
		}
		if p.Mode == PlanPublish {
			s.changed(tx)
		}
		if c.Also != nil {
			c.Also(tx)
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: string(act), Subject: c.Subject, Outcome: "done",
			Detail: map[string]string{"new": strconv.Itoa(p.Count(PlanNew)), "changed": strconv.Itoa(p.Count(PlanChanged)), "mode": string(p.Mode), "reason": reason}})
	})
}

// stillPlanned checks that a list is what the plan was made against.
func stillPlanned(tx *db.Tx, row *PlanRow) error {
	b, err := basicBy(tx, sqlBasicByID, row.basic.ID)
	if err != nil {
		return err
	}
	if b.Version != row.basic.Version || b.State != InUse {
		return ErrPlanOld
	}
	if row.item == 0 {
		var id int64
		switch err := tx.QueryRow(sqlItemID, row.Code).Scan(&id); {
		case errors.Is(err, db.ErrNoRows):
			return nil
		case err != nil:
			return err
		}
		return ErrPlanOld
	}
	var last int64
	if err := tx.QueryRow(sqlLastVersionID, row.item).Scan(&last); err != nil {
		return err
	}
	if last != row.base {
		return ErrPlanOld
	}
	return nil
}

func (s *Service) carryRow(tx *db.Tx, a actor.Actor, mode PlanMode, row *PlanRow, t *Template, reason string) error {
	if mode == PlanPublish {
		if t == nil {
			s.indexMatter(tx, row.basic, &row.guide)
		}
		_, err := s.publish(tx, a, t, list{guide: row.guide, unit: row.unit, recv: row.recv}, publication{reason: reason})
		return err
	}
	switch _, err := draftBy(tx, sqlOpenDraftOf, row.basic.ID, row.unit.ID, string(ListDraft)); {
	case err == nil:
		return ErrDraftOpen
	case !errors.Is(err, ErrNoDraft):
		return err
	}
	d := &Draft{ID: tx.NewID(), Kind: ListDraft, BasicID: row.basic.ID, UnitID: row.unit.ID, ReceivingID: row.recv.ID, ItemID: row.item, BaseID: row.base,
		TemplateID: row.template, Guide: row.guide, State: Drafting, Version: 1, Waived: map[string]string{}, Authors: []int64{a.ID}}
	if err := d.insert(tx, a, "import", reason); err != nil {
		return err
	}
	return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.ItemCompile), Subject: draftSubject(d.ID), Unit: d.UnitID,
		Detail: map[string]string{"act": "import", "name": d.Guide.Basics.Name}, Outcome: "done"})
}

// EntriesOf makes entries of an item file: one for each unit that offers it. What
// the file says is the whole guide.
func (s *Service) EntriesOf(ctx context.Context, at string, d Def) ([]Entry, error) {
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	if b, ok := x.Basic(d.BasicCode); ok && len(d.Guide.Basis) == 0 {
		b.lock(&d.Guide)
	}
	var out []Entry
	for i, o := range d.offers(dir) {
		g, unit, recv, ps := fill(d, o, dir)
		e := Entry{At: fmt.Sprintf("%s/offeredBy/%d", at, i), Code: g.Basics.Code, Receiving: recv.Key, Problems: ps}
		if unit.Key == "" {
			e.Code = ""
		}
		e.Lay = func(to *Guide) []Problem { *to = g; return nil }
		out = append(out, e)
	}
	if len(out) == 0 {
		out = append(out, Entry{At: at, Problems: []Problem{{"offeredBy", true, "至少需要一个实施单位"}}})
	}
	return out, nil
}

// DefsOf gathers the published lists of one matter into item files that give
// them back: lists that say the same apart from their place share a file.
func (s *Service) DefsOf(ctx context.Context, guides []Guide) ([]Def, error) {
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	var out []Def
next:
	for i := range guides {
		g := &guides[i]
		want, err := cutGuide(g)
		if err != nil {
			return nil, err
		}
		text := string(want.canonical())
		for j := range out {
			for _, centre := range []bool{true, false} {
				o := Offerer{Unit: g.Department.Unit, Receiving: g.Department.Receiving, Level: g.Basics.Level, AtCentre: centre}
				if again(out[j], o, dir) == text {
					out[j].OfferedBy = append(out[j].OfferedBy, o)
					continue next
				}
			}
		}
		d := Def{BasicCode: g.Basics.BasicCode, Guide: general(*g)}
		o := Offerer{Unit: g.Department.Unit, Receiving: g.Department.Receiving, Level: g.Basics.Level}
		if again(d, o, dir) != text {
			d.Guide = *g // its places cannot be taken out
		}
		if again(d, o, dir) != text {
			return nil, errs.New(errs.Conflict, "export", "事项"+g.Basics.Code+"不能写成事项文件。", "Item "+g.Basics.Code+" cannot be written as an item file.")
		}
		d.OfferedBy = []Offerer{o}
		out = append(out, d)
	}
	return out, nil
}

func again(d Def, o Offerer, dir *identity.Directory) string {
	g, _, _, _ := fill(d, o, dir)
	p, err := cutGuide(&g)
	if err != nil {
		return ""
	}
	return string(p.canonical())
}

// general takes the unit and its centre out of the steps of a guide.
func general(g Guide) Guide {
	unit, recv := g.Department.Unit, g.Department.Receiving
	g.Basics.Code, g.Basics.Division = "", ""
	steps := slices.Clone(g.Steps)
	for i, st := range steps {
		centre := st.Kind == StepReceive || st.Kind == StepDeliver
		if centre && st.Unit == recv || !centre && st.Unit == unit {
			steps[i].Unit = ""
		}
	}
	g.Steps = steps
	if g.Privacy.Processor == g.Department.Name {
		g.Privacy.Processor = ""
	}
	g.Department = Department{Nature: g.Department.Nature, Entrusted: g.Department.Entrusted}
	return g
}

// CodeWords gives a code table of guides in words, Chinese and English, by code.
func CodeWords(table string) map[string][2]string {
	return map[string]codes{"type": typeCodes, "caseType": caseTypeCodes, "audience": audienceCodes, "level": levelCodes, "powerSource": sourceCodes,
		"scope": scopeCodes, "mode": modeCodes, "depth": depthCodes, "nature": natureCodes, "material": materialCodes, "necessity": necessityCodes,
		"media": mediaCodes, "source": originCodes, "step": stepCodes, "role": roleCodes, "special": specialCodes, "result": resultCodes,
		"delivery": deliveryCodes, "mark": markCodes}[table]
}
