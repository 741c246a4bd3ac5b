package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/search"
	"github.com/tongban/tongban/internal/sm"
)

// Def is one item file of an import folder: a guide and the units that offer it.
type Def struct {
	BasicCode string    `json:"basicCode"`
	OfferedBy []Offerer `json:"offeredBy"`
	Guide     Guide     `json:"guide"`
}

// Offerer is a unit that offers the item, the centre that receives for it, and
// the units that `$name` stands for in the guide's steps.
type Offerer struct {
	Unit      string            `json:"unit"`
	Receiving string            `json:"receiving"`
	Units     map[string]string `json:"units,omitempty"`
}

// ImportTopics stores the topics.
func (s *Service) ImportTopics(ctx context.Context, topics []Topic) error {
	return s.db.Write(ctx, "catalog.import-topics", func(tx *db.Tx) error {
		for i, t := range topics {
			pos := t.Position
			if pos == 0 {
				pos = i + 1
			}
			tx.Queue(sqlPutTopic, t.Key, t.Name, t.NameEN, t.Audience, pos)
		}
		return nil
	})
}

// ImportElements stores data elements; forms that are already published keep
// the definition they were frozen with.
func (s *Service) ImportElements(ctx context.Context, els form.Elements) error {
	return s.db.Write(ctx, "catalog.import-elements", func(tx *db.Tx) error {
		for code, fragment := range els {
			tx.Queue(sqlPutElement, code, string(fragment))
		}
		return nil
	})
}

// Import publishes the item for every unit that offers it. A guide that equals
// the version in force changes nothing; another becomes the next version. All
// offerings of one file are one act. The problems list holds warnings, and, if
// err is ErrGuide, the errors that blocked it.
func (s *Service) Import(ctx context.Context, a actor.Actor, d Def, els form.Elements) (_ []Problem, err error) {
	defer errs.Wrap(&err, "import item %s", d.BasicCode)
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	f, err := form.Compile(d.Guide.Form, els, s.formats)
	if err != nil {
		return []Problem{{"form", true, err.Error()}}, ErrGuide.Because(err)
	}
	var problems []Problem
	type prepared struct {
		guide Guide
		unit  identity.Unit
		recv  identity.Unit
		hash  string
		text  string
	}
	var list []prepared
	for i, o := range d.OfferedBy {
		g, unit, recv, ps := fill(d, o, dir)
		g.Form = f.Frozen()
		ps = append(ps, Check(&g, f)...)
		if i == 0 || hasError(ps) {
			problems = append(problems, ps...)
		}
		text, err := json.Marshal(&g)
		if err != nil {
			return nil, err
		}
		list = append(list, prepared{g, unit, recv, sm.SM3Hex(text), string(text)})
	}
	if len(list) == 0 {
		problems = append(problems, Problem{"offeredBy", true, "至少需要一个实施单位"})
	}
	if hasError(problems) {
		return problems, ErrGuide
	}
	for _, p := range list {
		if err := s.ids.Allow(ctx, a, identity.ItemPublish, identity.Target{UnitPath: p.unit.Path}, "item/"+p.guide.Basics.Code); err != nil {
			return problems, err
		}
	}
	err = s.db.Write(ctx, "catalog.import", func(tx *db.Tx) error {
		s.items.changed(tx)
		for _, p := range list {
			if err := s.publish(tx, a, p.guide, p.unit, p.recv, p.hash, p.text); err != nil {
				return err
			}
		}
		return nil
	})
	return problems, err
}

// ErrGuide is the error for a guide that may not be published; the problems say why.
var ErrGuide = errs.New(errs.Invalid, "guide-not-publishable", "办事指南未通过检查，不能发布。", "The guide did not pass the checks and cannot be published.")

func hasError(ps []Problem) bool {
	for _, p := range ps {
		if p.Error {
			return true
		}
	}
	return false
}

// fill writes what follows from the offering unit into a copy of the guide.
func fill(d Def, o Offerer, dir *identity.Directory) (Guide, identity.Unit, identity.Unit, []Problem) {
	var ps []Problem
	g := d.Guide
	unit, ok := dir.UnitByKey(o.Unit)
	if !ok {
		ps = append(ps, Problem{"offeredBy/" + o.Unit, true, "没有这个单位"})
	}
	recv, ok := dir.UnitByKey(o.Receiving)
	if !ok {
		ps = append(ps, Problem{"offeredBy/" + o.Unit + "/receiving", true, "没有这个政务服务中心"})
	}
	g.Basics.BasicCode = d.BasicCode
	g.Basics.Code = unit.USCC + g.Basics.Level + d.BasicCode
	g.Basics.Division = unit.Division
	if r := ident.CheckItem(g.Basics.Code); !r.Valid {
		ps = append(ps, Problem{"basicCode", true, r.Reason.ZH})
	}
	g.Department.Unit, g.Department.Name, g.Department.USCC = unit.Key, unit.Name, unit.USCC
	g.Department.Receiving = recv.Key
	if g.Privacy.Processor == "" {
		g.Privacy.Processor = unit.Name
	}
	g.Windows = windowsOf(g.Windows, recv.Name)
	steps := make([]Step, len(g.Steps))
	g.Department.Joint = nil
	for i, st := range g.Steps {
		if name, ok := strings.CutPrefix(st.Unit, "$"); ok {
			st.Unit = o.Units[name]
			if st.Unit == "" {
				ps = append(ps, Problem{"steps/" + st.Key + "/unit", true, "未给出单位：" + name})
			}
		}
		switch {
		case st.Unit == "" && (st.Kind == StepReceive || st.Kind == StepDeliver):
			st.Unit = recv.Key
		case st.Unit == "":
			st.Unit = unit.Key
		}
		if u, ok := dir.UnitByKey(st.Unit); !ok {
			ps = append(ps, Problem{"steps/" + st.Key + "/unit", true, "没有这个单位：" + st.Unit})
		} else if st.Kind == StepReview && st.Unit != unit.Key {
			g.Department.Joint = append(g.Department.Joint, u.Name)
		}
		steps[i] = st
	}
	g.Steps = steps
	return g, unit, recv, ps
}

// windowsOf keeps the windows of the receiving centre where a file that several
// units share lists those of all their centres.
func windowsOf(all []Window, centre string) []Window {
	var own []Window
	for _, w := range all {
		if strings.HasPrefix(w.Name, centre) {
			own = append(own, w)
		}
	}
	if len(own) == 0 {
		return all
	}
	return own
}

// publish stores a version if it differs from the one in force.
func (s *Service) publish(tx *db.Tx, a actor.Actor, g Guide, unit, recv identity.Unit, hash, text string) error {
	var (
		id   = tx.NewID()
		no   int
		have string
	)
	switch err := tx.QueryRow(sqlCurrentVersion, g.Basics.Code).Scan(&id, &no, &have); {
	case errors.Is(err, db.ErrNoRows):
	case err != nil:
		return err
	case have == hash:
		return nil
	}
	b, versionID := g.Basics, tx.NewID()
	tx.Queue(sqlPutItem, id, b.Code, b.BasicCode, b.Name, b.NameEN, b.Summary, b.Type, b.CaseType, unit.ID, recv.ID,
		b.Division, string(InUse), versionID, b.Hot, tx.NowMicros())
	tx.Queue(sqlPutVersion, versionID, id, no+1, text, hash, clock.DateOf(tx.Now()).String(), tx.NowMicros(), a.Name)
	tx.Queue(sqlDropFacets, id)
	for facet := range facets(&g) {
		tx.Queue(sqlPutFacet, id, facet[0], facet[1])
	}
	doc := searchDoc(id, &g)
	search.Put(tx, doc)
	tx.Queue(sqlPutText, id, doc.Body)
	return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.ItemPublish), Subject: "item/" + b.Code, Unit: unit.ID,
		Detail: map[string]string{"version": fmt.Sprint(no + 1), "hash": hash}, Outcome: "done"})
}

// SetState takes an item out of use, or back into it. One that is not in use is
// found by nobody and takes no applications; cases that run go on.
func (s *Service) SetState(ctx context.Context, a actor.Actor, code string, state ItemState) (err error) {
	defer errs.Wrap(&err, "state of item %s", code)
	it, err := s.Item(ctx, code)
	if err != nil {
		return err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return err
	}
	if err := s.ids.Allow(ctx, a, identity.ItemPublish, identity.Target{UnitPath: dir.Path(it.UnitID)}, "item/"+code); err != nil {
		return err
	}
	if state != InUse && state != Paused && state != Cancelled {
		return errs.InvalidFields(errs.Field{Path: "state", Code: "option", ZH: "没有这种事项状态", EN: "There is no such state"})
	}
	return s.db.Write(ctx, "catalog.state", func(tx *db.Tx) error {
		s.items.changed(tx)
		if n, err := tx.Exec(sqlSetState, it.ID, string(state), tx.NowMicros()); err != nil || n == 0 {
			return err
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.ItemPublish), Subject: "item/" + code, Unit: it.UnitID,
			Detail: map[string]string{"state": string(state)}, Outcome: "done"})
	})
}

// facets are what a search can be narrowed by beside the columns of the item.
func facets(g *Guide) map[[2]string]bool {
	out := map[[2]string]bool{}
	for _, a := range g.Basics.Audience {
		out[[2]string{"audience", a}] = true
		if a == "1" {
			out[[2]string{"audience", "person"}] = true
		} else {
			out[[2]string{"audience", "entity"}] = true
		}
	}
	for _, t := range g.Basics.Topics {
		out[[2]string{"topic", t}] = true
	}
	return out
}

func searchDoc(id int64, g *Guide) search.Doc {
	body := []string{g.Basics.Summary, g.Basics.Code, g.Basics.BasicCode, g.Department.Name, g.Basics.NameEN}
	body = append(body, g.Conditions...)
	for _, m := range g.Materials {
		body = append(body, m.Name)
	}
	for _, r := range g.Results {
		body = append(body, r.Name)
	}
	for _, q := range g.Questions {
		body = append(body, q.Q)
	}
	return search.Doc{ID: id, Kind: docKind, Title: strings.Join(append([]string{g.Basics.Name}, g.Basics.Aliases...), " "), Body: strings.Join(body, "\n")}
}
