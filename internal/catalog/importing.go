package catalog

import (
	"context"
	"errors"
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
	"github.com/tongban/tongban/internal/search"
)

// Def is one item file of an import folder: the city-wide guide of a matter and
// the units that offer it.
type Def struct {
	BasicCode string    `json:"basicCode"`
	OfferedBy []Offerer `json:"offeredBy"`
	Spread    []Spread  `json:"spread,omitempty"`
	Guide     Guide     `json:"guide"`
}

// Offerer is a unit that offers the item, the centre that receives for it, and
// the units that `$name` stands for in the guide's steps.
type Offerer struct {
	Unit      string            `json:"unit"`
	Receiving string            `json:"receiving"`
	Units     map[string]string `json:"units,omitempty"`

	Level    string `json:"level,omitempty"`    // 行使层级, if it is not the guide's
	AtCentre bool   `json:"atCentre,omitempty"` // windows and telephone are the centre's
}

// Spread 覆盖 offers the item in every division of a level that has a fitting
// unit and is not named in offeredBy, received by the centre of the division:
// a guide compiled once serves all districts or all towns.
type Spread struct {
	Level string   `json:"level"`         // 行使层级 of the units: "3" to "6"
	Units []string `json:"units"`         // ends of their keys, the first that a division has: "mzj"; "gov" is its government
	But   []string `json:"but,omitempty"` // keys of units that are left out
}

// ImportTopics stores the topics.
func (s *Service) ImportTopics(ctx context.Context, a actor.Actor, topics []Topic) error {
	return s.putTopics(ctx, a, "topics", sqlPutTopic, topics)
}

// ImportEvents stores the events of life.
func (s *Service) ImportEvents(ctx context.Context, a actor.Actor, events []Topic) error {
	return s.putTopics(ctx, a, "life-events", sqlPutEvent, events)
}

func (s *Service) putTopics(ctx context.Context, a actor.Actor, what, put string, topics []Topic) error {
	return s.importing(ctx, a, what, len(topics), func(tx *db.Tx) {
		for i, t := range topics {
			pos := t.Position
			if pos == 0 {
				pos = i + 1
			}
			tx.Queue(put, t.Key, t.Name, t.NameEN, t.Audience, pos)
		}
	})
}

// importing is one act that stores n entries of one kind.
func (s *Service) importing(ctx context.Context, a actor.Actor, what string, n int, put func(*db.Tx)) (err error) {
	defer errs.Wrap(&err, "import %s", what)
	if n == 0 {
		return nil
	}
	if err := s.ids.Allow(ctx, a, identity.CatalogueManage, identity.Target{UnitPath: s.topPath(ctx)}, what); err != nil {
		return err
	}
	return s.db.Write(ctx, "catalog.import-"+what, func(tx *db.Tx) error {
		put(tx)
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.CatalogueManage), Subject: what,
			Detail: map[string]string{"entries": strconv.Itoa(n)}, Outcome: "done"})
	})
}

// ImportElements stores data elements; forms that are already published keep
// the definition they were frozen with.
func (s *Service) ImportElements(ctx context.Context, a actor.Actor, els form.Elements) error {
	return s.importing(ctx, a, "elements", len(els), func(tx *db.Tx) {
		for code, fragment := range els {
			tx.Queue(sqlPutElement, code, string(fragment))
		}
	})
}

// Import publishes the city-wide guide of a matter and a list of it for every
// unit that offers it; a file whose guide names a handling item 业务办理项, the
// lists of that alone. What equals the version in force changes nothing;
// another becomes the next version. A matter that the basic catalogue does not
// have is entered in it. All of one file is one act. The problems list holds
// warnings, and, if err is ErrGuide, the errors that blocked it.
func (s *Service) Import(ctx context.Context, a actor.Actor, d Def, els form.Elements) (_ []Problem, err error) {
	defer errs.Wrap(&err, "import item %s", d.BasicCode)
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	f, err := form.Compile(d.Guide.Form, els, s.formats)
	if err != nil {
		return []Problem{blocking("form", err.Error(), err.Error())}, ErrGuide.Because(err)
	}
	entry, err := s.Basic(ctx, d.BasicCode)
	if errors.Is(err, ErrNoBasic) || err == nil && entry.Implied {
		b := basicOf(d.BasicCode, &d.Guide)
		entry, err = &b, nil
	}
	if err != nil {
		return nil, err
	}
	problems := d.unlike(entry)
	d.Guide.Form = f.Frozen()
	entry.lock(&d.Guide)
	var lists []list
	for i, o := range d.offers(dir) {
		g, unit, recv, ps := fill(s.codes, d, o, dir)
		var against Against
		if i > 0 {
			against.Own = ofPlace
		}
		ps = append(ps, CheckList(s.codes, &g, f, against)...)
		if i == 0 || hasError(ps) {
			problems = append(problems, ps...)
		}
		lists = append(lists, list{guide: g, unit: unit, recv: recv})
	}
	if len(lists) == 0 {
		problems = append(problems, blocking("offeredBy", "至少需要一个实施单位", "Nobody offers it"))
	}
	if hasError(problems) {
		return problems, ErrGuide
	}
	for _, l := range lists {
		if err := s.ids.Allow(ctx, a, identity.ItemPublish, identity.Target{UnitPath: l.unit.Path}, "item/"+l.guide.Basics.Code); err != nil {
			return problems, err
		}
	}
	err = s.db.Write(ctx, "catalog.import", func(tx *db.Tx) error {
		b, err := s.putBasic(tx, a, *entry, InUse)
		if err != nil {
			return err
		}
		t, err := s.templateOf(tx, a, b, d)
		if err != nil {
			return err
		}
		for _, l := range lists {
			if _, err := s.publish(tx, a, t, l, publication{}); err != nil {
				return err
			}
		}
		s.changed(tx)
		return nil
	})
	return problems, err
}

// templateOf is the city-wide guide that a file's lists follow: the file itself,
// unless it describes one handling item 业务办理项 of the matter alone.
func (s *Service) templateOf(tx *db.Tx, a actor.Actor, b *Basic, d Def) (*Template, error) {
	switch {
	case d.Guide.Basics.Handling.No == "":
		return s.putTemplate(tx, a, b, d.Guide)
	case b.TemplateID != 0:
		return s.readTemplate(tx, b.TemplateID)
	}
	s.indexMatter(tx, b, nil)
	return nil, nil
}

// unlike tells where a file says otherwise than the basic catalogue.
func (d Def) unlike(entry *Basic) []Problem {
	var ps []Problem
	if d.Guide.Basics.Name != entry.Name {
		ps = append(ps, blocking("basics/name", "事项名称与基本目录不一致，应为："+entry.Name, "The name is not that of the basic catalogue: "+entry.Name))
	}
	if d.Guide.Basics.Type != entry.Type {
		ps = append(ps, blocking("basics/type", "事项类型与基本目录不一致，应为："+entry.Type, "The type is not that of the basic catalogue: "+entry.Type))
	}
	return ps
}

// CheckFile applies the rules of an import to an item file without a database.
// entry is the matter's in the basic catalogue, nil if that has none; division
// is where the item is offered.
func CheckFile(codes ident.Profile, d Def, entry *Basic, division string, els form.Elements, formats form.Formats) []Problem {
	f, err := form.Compile(d.Guide.Form, els, formats)
	if err != nil {
		return []Problem{blocking("form", err.Error(), err.Error())}
	}
	var ps []Problem
	g := d.Guide
	g.Basics.BasicCode, g.Basics.Division = d.BasicCode, division
	if entry != nil {
		ps = d.unlike(entry)
		entry.lock(&g)
	}
	return append(ps, Check(codes, &g, f)...)
}

// offers are the units named and those that spreading adds.
func (d Def) offers(dir *identity.Directory) []Offerer {
	out := slices.Clone(d.OfferedBy)
	type place struct{ level, division string }
	has := map[place]bool{}
	for _, o := range out {
		u, _ := dir.UnitByKey(o.Unit)
		has[place{u.Level, u.Division}] = true
	}
	for _, sp := range d.Spread {
		for _, end := range sp.Units {
			for _, u := range dir.Units() {
				at := place{u.Level, u.Division}
				fits := end == "gov" && u.Kind == "government" || u.Key[strings.LastIndexByte(u.Key, '-')+1:] == end
				if u.Level != sp.Level || !fits || has[at] || slices.Contains(sp.But, u.Key) {
					continue
				}
				has[at] = true
				out = append(out, Offerer{Unit: u.Key, Receiving: centreOf(dir, u), Level: u.Level, AtCentre: true})
			}
		}
	}
	return out
}

// centreOf is the key of the centre whose windows receive for a unit: that of
// its own division, else of the nearest unit above that has one.
func centreOf(dir *identity.Directory, u identity.Unit) string {
	for range 6 {
		for _, c := range append(dir.Children(u.ID), dir.Children(u.ParentID)...) {
			if c.Kind == "centre" && (c.Division == u.Division || c.ParentID == u.ID) {
				return c.Key
			}
		}
		up, ok := dir.Unit(u.ParentID)
		if !ok {
			break
		}
		u = up
	}
	return ""
}

// ErrGuide is the error for a guide that may not be published; the problems say why.
var ErrGuide = errs.New(errs.Invalid, "guide-not-publishable", "办事指南未通过检查，不能发布。", "The guide did not pass the checks and cannot be published.")

// blocking is an error of the file itself, beside the gate's rules.
func blocking(path, zh, en string) Problem {
	return Problem{Path: path, Error: true, Rule: "import", ZH: zh, EN: en}
}

// ofPlace are the sections that fill writes for each unit; of the rest one unit's
// answer holds for all.
var ofPlace = []string{"department", "windows", "contacts"}

// fill writes what follows from the offering unit into a copy of the guide.
func fill(codes ident.Profile, d Def, o Offerer, dir *identity.Directory) (Guide, identity.Unit, identity.Unit, []Problem) {
	var ps []Problem
	g := d.Guide
	unit, ok := dir.UnitByKey(o.Unit)
	if !ok {
		ps = append(ps, blocking("offeredBy/"+o.Unit, "没有这个单位", "There is no such unit"))
	}
	recv, ok := dir.UnitByKey(o.Receiving)
	if !ok {
		ps = append(ps, blocking("offeredBy/"+o.Unit+"/receiving", "没有这个政务服务中心", "There is no such centre"))
	}
	if o.Level != "" {
		g.Basics.Level = o.Level
	}
	g.Basics.BasicCode = d.BasicCode
	g.Basics.Code = codes.Compose(unit.USCC, g.Basics.Level, d.BasicCode) + g.Basics.Handling.No
	g.Basics.Division = unit.Division
	if r := codes.CheckItem(g.Basics.Code); !r.Valid {
		ps = append(ps, blocking("basicCode", r.Reason.ZH, r.Reason.EN))
	}
	g.Department.Unit, g.Department.Name, g.Department.USCC = unit.Key, unit.Name, unit.USCC
	g.Department.Receiving = recv.Key
	if g.Privacy.Processor == "" {
		g.Privacy.Processor = unit.Name
	}
	if o.AtCentre {
		g.Windows = []Window{{Name: recv.Name + " 综合窗口", Address: recv.Address, Hours: defaultHours, Phone: recv.Phone}}
		g.Contacts.Consult = recv.Name + "：" + recv.Phone
	} else {
		g.Windows = windowsOf(g.Windows, recv.Name)
	}
	steps := make([]Step, len(g.Steps))
	g.Department.Joint = nil
	for i, st := range g.Steps {
		if name, ok := strings.CutPrefix(st.Unit, "$"); ok {
			st.Unit = o.Units[name]
			if st.Unit == "" {
				ps = append(ps, blocking("steps/"+st.Key+"/unit", "未给出单位："+name, "No unit is given for "+name))
			}
		}
		switch {
		case st.Unit == "" && (st.Kind == StepReceive || st.Kind == StepDeliver):
			st.Unit = recv.Key
		case st.Unit == "":
			st.Unit = unit.Key
		}
		if u, ok := dir.UnitByKey(st.Unit); !ok {
			ps = append(ps, blocking("steps/"+st.Key+"/unit", "没有这个单位："+st.Unit, "There is no such unit: "+st.Unit))
		} else if st.Kind == StepReview && st.Unit != unit.Key {
			g.Department.Joint = append(g.Department.Joint, u.Name)
		}
		steps[i] = st
	}
	g.Steps = steps
	return g, unit, recv, ps
}

// defaultHours are the hours of a centre that names none.
const defaultHours = "周一至周五 9:00-12:00、13:00-17:00（法定节假日除外）"

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

// indexMatter makes a matter findable by the words of its city-wide guide; of
// its entry alone, as long as there is no guide.
func (s *Service) indexMatter(tx *db.Tx, b *Basic, g *Guide) {
	if g == nil {
		g = &Guide{Basics: Basics{Name: b.Name, NameEN: b.NameEN, BasicCode: b.Code, Summary: b.Summary}}
	}
	doc := searchDoc(b.ID, g)
	search.Put(tx, doc)
	aliases := g.Basics.Aliases
	if aliases == nil {
		aliases = []string{}
	}
	tx.Queue(sqlPutText, b.ID, doc.Body, jsonText(aliases))
}

func searchDoc(id int64, g *Guide) search.Doc {
	body := []string{g.Basics.Summary, g.Basics.BasicCode, g.Basics.NameEN}
	for _, c := range g.Conditions {
		body = append(body, c.Text)
	}
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
