package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

// Claimable 可认领 is a matter that a unit may take up.
type Claimable struct {
	Basic *Basic
	Own   bool // the unit's department is the one in charge of it
}

// Claimable lists what a unit's level may take up and has not yet, the
// department's own matters first.
func (s *Service) Claimable(ctx context.Context, unit identity.Unit) ([]Claimable, error) {
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for _, it := range x.Items {
		if it.UnitID == unit.ID && it.State != Cancelled {
			taken[it.BasicCode] = true
		}
	}
	end := unit.Key[strings.LastIndexByte(unit.Key, '-')+1:]
	var own, other []Claimable
	for i := range x.Basics {
		b := &x.Basics[i]
		switch {
		case b.State != InUse || taken[b.Code] || !slices.Contains(b.Levels, unit.Level):
		case b.Dept == end || b.Dept == "gov" && unit.Kind == "government":
			own = append(own, Claimable{b, true})
		default:
			other = append(other, Claimable{b, false})
		}
	}
	return append(own, other...), nil
}

// ErrDraftOpen is the error for a matter that somebody compiles already.
var ErrDraftOpen = errs.New(errs.Conflict, "draft-guide-open", "本单位已有这个事项的编制稿，请在原稿上继续。", "Your unit has a draft of this already; go on with that one.")

// Claim 认领 takes up a matter of the basic catalogue for a unit: a draft that
// begins as the city-wide guide, if there is one.
// once may be nil; here and below a repeated key answers the draft that it began.
func (s *Service) Claim(ctx context.Context, a actor.Actor, basicCode string, unitID int64, once db.Once) (*Draft, error) {
	x, dir, unit, err := s.compiles(ctx, a, unitID, "basic/"+basicCode)
	if err != nil {
		return nil, err
	}
	b, ok := x.Basic(basicCode)
	switch {
	case !ok || b.State != InUse:
		return nil, ErrNoBasic
	case !slices.Contains(b.Levels, unit.Level):
		return nil, errs.New(errs.Conflict, "level", "本级不行使这个事项，不能认领。", "This matter is not exercised at your level.")
	}
	for _, it := range x.Offers(basicCode) {
		if it.UnitID == unitID && it.State != Cancelled {
			return nil, errs.New(errs.Conflict, "claimed", "本单位已经认领并发布了这个事项；要修改请用“修订”。", "Your unit has published this already; revise it instead.")
		}
	}
	if len(x.Parts(basicCode, unitID)) > 0 {
		return nil, ErrSplit
	}
	recv, _ := dir.UnitByKey(centreOf(dir, unit))
	d := &Draft{Kind: ListDraft, BasicID: b.ID, UnitID: unit.ID, ReceivingID: recv.ID, TemplateID: b.TemplateID}
	if b.TemplateID != 0 {
		t, err := s.Template(ctx, b.TemplateID)
		if err != nil {
			return nil, err
		}
		d.Guide = t.Guide
	} else {
		d.Guide = blankGuide(b)
	}
	place(s.codes, &d.Guide, unit, recv)
	b.lock(&d.Guide)
	return s.begin(ctx, a, d, "claim", b.Name, once)
}

// Revise 修订 opens a draft of the version in force of a list.
func (s *Service) Revise(ctx context.Context, a actor.Actor, itemID int64, once db.Once) (*Draft, error) {
	it, err := s.ItemByID(ctx, itemID)
	if err != nil {
		return nil, err
	}
	if _, _, _, err := s.compiles(ctx, a, it.UnitID, "item/"+it.Code); err != nil {
		return nil, err
	}
	d, err := s.reviseFrom(ctx, it)
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, a, d, "revise", it.Name, once)
}

// reviseFrom makes a draft of the last version of a list.
func (s *Service) reviseFrom(ctx context.Context, it *Item) (*Draft, error) {
	if it.State == Cancelled {
		return nil, ErrCancelled
	}
	base := it.VersionID
	if it.NextVersion != 0 {
		base = it.NextVersion
	}
	v, err := s.ByVersion(ctx, base)
	if err != nil {
		return nil, err
	}
	b, err := s.Basic(ctx, it.BasicCode)
	if err != nil {
		return nil, err
	}
	return &Draft{Kind: ListDraft, BasicID: b.ID, UnitID: it.UnitID, HandlingNo: v.Guide.Basics.Handling.No, ReceivingID: it.ReceivingUnitID, ItemID: it.ID, BaseID: base,
		TemplateID: v.TemplateID, Guide: v.Guide}, nil
}

// Adopt 采纳 opens a draft that follows the proposed version of the city-wide
// guide and keeps what the list had of its own. kept names the sections that
// both changed: there the list's own stays, and somebody has to look.
func (s *Service) Adopt(ctx context.Context, a actor.Actor, proposalID int64, once db.Once) (d *Draft, kept []string, err error) {
	defer errs.Wrap(&err, "adopt proposal %d", proposalID)
	p, err := scanProposal(s.db.Read(ctx).QueryRow(sqlProposalByID, proposalID))
	if errors.Is(err, db.ErrNoRows) || err == nil && p.State != ProposalOpen {
		return nil, nil, ErrNoProposal
	}
	if err != nil {
		return nil, nil, err
	}
	it, err := s.ItemByID(ctx, p.ItemID)
	if err != nil {
		return nil, nil, err
	}
	_, dir, _, err := s.compiles(ctx, a, it.UnitID, "item/"+it.Code)
	if err != nil {
		return nil, nil, err
	}
	if d, err = s.reviseFrom(ctx, it); err != nil {
		return nil, nil, err
	}
	old, err := s.Template(ctx, d.TemplateID)
	if err != nil {
		return nil, nil, err
	}
	next, err := s.Template(ctx, p.TemplateID)
	if err != nil {
		return nil, nil, err
	}
	g, kept, err := s.follow(dir, d, old, next)
	if err != nil {
		return nil, nil, err
	}
	d.Guide, d.TemplateID = g, next.ID
	note := it.Name
	if len(kept) > 0 {
		note = "两边都改过、保留本单位内容，请核对：" + strings.Join(kept, "、")
	}
	d, err = s.begin(ctx, a, d, "adopt", note, once)
	return d, kept, err
}

// follow lays what a list has of its own upon another version of its template.
// A section that only says where the list is handled is made anew.
func (s *Service) follow(dir *identity.Directory, d *Draft, old, next *Template) (g Guide, kept []string, err error) {
	own, err := cutGuide(&d.Guide)
	if err != nil {
		return g, nil, err
	}
	plain := old.Guide
	plain.as(d.Guide.Basics.Handling)
	unit, _ := dir.Unit(d.UnitID)
	recv, _ := dir.Unit(d.ReceivingID)
	place(s.codes, &plain, unit, recv)
	before, err := cutGuide(&plain) // the list as it was if it had nothing of its own
	if err != nil {
		return g, nil, err
	}
	fresh := next.Guide
	fresh.as(d.Guide.Basics.Handling)
	place(s.codes, &fresh, unit, recv)
	after, err := cutGuide(&fresh)
	if err != nil {
		return g, nil, err
	}
	for i, sec := range sections {
		if Locked(ListDraft, sec.name) || slices.Equal(own[i], before[i]) {
			continue // it has nothing of its own there
		}
		if !slices.Equal(before[i], after[i]) {
			kept = append(kept, sec.name)
		}
		after[i] = own[i]
	}
	g, err = guideOf(after.canonical())
	return g, kept, err
}

// ReviseTemplate 修订模板 opens a draft of a matter's city-wide guide for a unit.
func (s *Service) ReviseTemplate(ctx context.Context, a actor.Actor, basicCode string, unitID int64, once db.Once) (*Draft, error) {
	x, _, unit, err := s.compiles(ctx, a, unitID, "template/"+basicCode)
	if err != nil {
		return nil, err
	}
	b, ok := x.Basic(basicCode)
	if !ok || b.State != InUse {
		return nil, ErrNoBasic
	}
	if unit.Level != "3" {
		return nil, errs.New(errs.Conflict, "level", "全市统一的指南模板由市级部门编制。", "The city-wide guide is compiled by a city department.")
	}
	d := &Draft{Kind: TemplateDraft, BasicID: b.ID, UnitID: unit.ID, BaseID: b.TemplateID, TemplateID: b.TemplateID}
	if b.TemplateID != 0 {
		t, err := s.Template(ctx, b.TemplateID)
		if err != nil {
			return nil, err
		}
		d.Guide = t.Guide
	} else {
		d.Guide = blankGuide(b)
	}
	b.lock(&d.Guide)
	return s.begin(ctx, a, d, "revise", b.Name, once)
}

// compiles checks that the actor may compile for a unit.
func (s *Service) compiles(ctx context.Context, a actor.Actor, unitID int64, subject string) (*Index, *identity.Directory, identity.Unit, error) {
	x, err := s.Index(ctx)
	if err != nil {
		return nil, nil, identity.Unit{}, err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, nil, identity.Unit{}, err
	}
	unit, _ := dir.Unit(unitID)
	return x, dir, unit, s.ids.Allow(ctx, a, identity.ItemCompile, identity.Target{UnitPath: unit.Path}, subject)
}

// begin stores a new draft.
func (s *Service) begin(ctx context.Context, a actor.Actor, d *Draft, act, note string, once db.Once) (*Draft, error) {
	d.State, d.Version, d.Waived = Drafting, 1, map[string]string{}
	d.Authors = []int64{a.ID}
	err := s.db.Write(ctx, "catalog.draft-"+act, func(tx *db.Tx) error {
		prior, err := tx.Claim(once)
		if err != nil {
			return err
		}
		if prior != 0 {
			d, err = draftBy(tx, sqlDraftByID, prior)
			return err
		}
		switch _, err := draftBy(tx, sqlOpenDraftOf, d.BasicID, d.UnitID, string(d.Kind), d.HandlingNo); {
		case err == nil:
			return ErrDraftOpen
		case !errors.Is(err, ErrNoDraft):
			return err
		}
		d.ID = tx.NewID()
		if err := s.putDraft(tx, a, d, act, note); err != nil {
			return err
		}
		tx.Record(once, d.ID)
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.ItemCompile), Subject: draftSubject(d.ID), Unit: d.UnitID,
			Detail: map[string]string{"act": act, "name": d.Guide.Basics.Name}, Outcome: "done"})
	})
	if db.IsUnique(err) {
		err = ErrDraftOpen // two began at the same moment
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", act, err)
	}
	return d, nil
}

func draftSubject(id int64) string { return fmt.Sprintf("guide-draft/%d", id) }

// blankGuide is the guide of a matter that nobody has described yet.
func blankGuide(b *Basic) Guide {
	g := Guide{Basics: Basics{Summary: b.Summary, Audience: b.Audience, Topics: b.Topics, CaseType: "promised", PowerSource: "1", Mode: "online", Depth: 4, Agent: true},
		Department: Department{Nature: "1"},
		Steps: []Step{{Key: "receive", Name: "收件受理", Kind: StepReceive, Role: "window-clerk"}, {Key: "review", Name: "审查", Kind: StepReview, Role: "reviewer", Stage: 1},
			{Key: "decide", Name: "决定", Kind: StepDecide, Role: "decider", Stage: 2}},
		Limits: Limits{Statutory: Limit{Unit: "workday"}, Promised: Limit{Unit: "workday"}, Mark: "M"},
		Form:   json.RawMessage(`{"title":"` + b.Name + `申请表","type":"object","x-steps":[{"key":"apply","title":"申请","fields":[]}],"required":[],"properties":{}}`)}
	b.lock(&g)
	return g
}

// place writes into a guide where it is handled: unit, centre, code, windows,
// and who does the steps that name nobody.
func place(codes ident.Profile, g *Guide, unit, recv identity.Unit) {
	g.Basics.Level, g.Basics.Division = unit.Level, unit.Division
	g.Basics.Code = codes.Compose(unit.USCC, unit.Level, g.Basics.BasicCode) + g.Basics.Handling.No
	g.Department.Unit, g.Department.Name, g.Department.USCC, g.Department.Receiving = unit.Key, unit.Name, unit.USCC, recv.Key
	if g.Privacy.Processor == "" {
		g.Privacy.Processor = unit.Name
	}
	if len(g.Windows) == 0 && recv.Key != "" {
		g.Windows = []Window{{Name: recv.Name + " 综合窗口", Address: recv.Address, Hours: defaultHours, Phone: recv.Phone}}
		g.Contacts.Consult = recv.Name + "：" + recv.Phone
	}
	steps := slices.Clone(g.Steps)
	for i, st := range steps {
		switch {
		case st.Unit != "":
		case st.Kind == StepReceive || st.Kind == StepDeliver:
			steps[i].Unit = recv.Key
		default:
			steps[i].Unit = unit.Key
		}
	}
	g.Steps = steps
}

// Differs lists the sections in which a list's draft says something else than
// the city-wide guide it follows, placed at its unit.
func (s *Service) Differs(ctx context.Context, d *Draft) ([]string, error) {
	if d.Kind != ListDraft || d.TemplateID == 0 {
		return nil, nil
	}
	plain, err := s.placed(ctx, d)
	if err != nil {
		return nil, err
	}
	before, err := cutGuide(plain)
	if err != nil {
		return nil, err
	}
	own, err := cutGuide(&d.Guide)
	if err != nil {
		return nil, err
	}
	var out []string
	for i, sec := range sections {
		if !slices.Equal(own[i], before[i]) {
			out = append(out, sec.name)
		}
	}
	return out, nil
}

// placed is the city-wide guide that a list's draft follows, as it would stand
// at its unit if that had nothing of its own.
func (s *Service) placed(ctx context.Context, d *Draft) (*Guide, error) {
	t, err := s.Template(ctx, d.TemplateID)
	if err != nil {
		return nil, err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	plain := t.Guide
	plain.as(d.Guide.Basics.Handling)
	unit, _ := dir.Unit(d.UnitID)
	recv, _ := dir.Unit(d.ReceivingID)
	place(s.codes, &plain, unit, recv)
	return &plain, nil
}

// DraftBase 比较对象 is what a draft's changes are told against.
type DraftBase string

// Bases of comparison.
const (
	AgainstNothing  DraftBase = ""         // nobody has described the matter yet
	AgainstVersion  DraftBase = "version"  // the version of the list that it began from
	AgainstTemplate DraftBase = "template" // a city-wide guide: that which a new list follows, or the last version of the draft's own
)

// DraftChanges tells in words what a draft changes, what asks more of the
// applicant first.
func (s *Service) DraftChanges(ctx context.Context, d *Draft) ([]Change, DraftBase, error) {
	switch {
	case d.Kind == TemplateDraft && d.BaseID != 0:
		t, err := s.Template(ctx, d.BaseID)
		if err != nil {
			return nil, "", err
		}
		g := placeless(d.Guide)
		return Diff(&t.Guide, &g), AgainstTemplate, nil
	case d.Kind == ListDraft && d.BaseID != 0:
		v, err := s.ByVersion(ctx, d.BaseID)
		if err != nil {
			return nil, "", err
		}
		return Diff(&v.Guide, &d.Guide), AgainstVersion, nil
	case d.Kind == ListDraft && d.TemplateID != 0:
		plain, err := s.placed(ctx, d)
		if err != nil {
			return nil, "", err
		}
		return Diff(plain, &d.Guide), AgainstTemplate, nil
	}
	return nil, AgainstNothing, nil
}

// Draft gives a draft to whoever may see drafts of its unit.
func (s *Service) Draft(ctx context.Context, a actor.Actor, id int64) (*Draft, error) {
	d, err := draftBy(s.db.Read(ctx), sqlDraftByID, id)
	if err != nil {
		return nil, err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.ids.Allow(ctx, a, identity.CatalogueRead, identity.Target{UnitPath: dir.Path(d.UnitID)}, draftSubject(id)); err != nil {
		return d, err
	}
	d.Files, err = filesOf(s.db.Read(ctx), &d.Guide)
	return d, err
}

// Drafts lists the open drafts of the units that the actor may see, the last
// touched first, without their guides.
func (s *Service) Drafts(ctx context.Context, a actor.Actor) ([]Draft, error) {
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	all, err := db.All(s.db.Read(ctx), func(r *db.Rows) (d Draft, err error) {
		var updated int64
		err = r.Scan(&d.ID, &d.Kind, &d.BasicID, &d.UnitID, &d.HandlingNo, &d.ItemID, &d.State, &d.Version, &updated, &d.UpdatedBy)
		d.UpdatedAt = db.Time(updated)
		return d, err
	}, sqlDraftHeads)
	return slices.DeleteFunc(all, func(d Draft) bool {
		return identity.Decide(a, identity.CatalogueRead, identity.Target{UnitPath: dir.Path(d.UnitID)}) != nil
	}), err
}

// DraftEvents gives a draft's history, oldest first.
func (s *Service) DraftEvents(ctx context.Context, id int64) ([]DraftEvent, error) {
	return db.All(s.db.Read(ctx), func(r *db.Rows) (e DraftEvent, err error) {
		var at int64
		err = r.Scan(&at, &e.StaffID, &e.StaffName, &e.Act, &e.Section, &e.Note)
		e.At = db.Time(at)
		return e, err
	}, sqlDraftEvents, id)
}

// SectionHash names the content of a section, so that an editor can say which
// content it changes.
func (d *Draft) SectionHash(name string) (string, error) {
	text, err := d.Section(name)
	return sm.SM3Hex(text)[:16], err
}

// Section gives a section as JSON, empty if the guide has none of it.
func (d *Draft) Section(name string) (json.RawMessage, error) {
	p, err := cutGuide(&d.Guide)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(sections, func(s section) bool { return s.name == name })
	if i < 0 {
		return nil, ErrNoSection
	}
	return p[i], nil
}

// ErrNoSection is the error for a part that guides do not have.
var ErrNoSection = errs.New(errs.NotFound, "no-section", "办事指南没有这个部分。", "Guides have no such part.")

// ErrSectionChanged is the error for writing over what somebody else wrote
// meanwhile; the draft then holds the other's words.
var ErrSectionChanged = errs.New(errs.Conflict, "section-changed", "这一部分刚刚被他人修改，请对照两边的内容后再保存。", "Somebody changed this part meanwhile; compare both and save again.")

// SaveSection writes a section of a draft. seen is its hash as the editor showed
// it: what somebody else wrote in other sections is kept, and what he wrote in
// this one is never overwritten unseen. fresh are files that were uploaded for
// it and are in no guide yet; those that it does not name stay loose.
func (s *Service) SaveSection(ctx context.Context, a actor.Actor, id int64, name, seen string, value json.RawMessage, fresh ...GuideFile) (d *Draft, err error) {
	defer errs.Wrap(&err, "save %s of draft %d", name, id)
	err = s.draftAct(ctx, a, id, DraftEdit, func(tx *db.Tx, m draftMove, was *Draft) error {
		d = was
		if Locked(d.Kind, name) {
			return errs.New(errs.Forbidden, "locked", "这一部分来自基本目录，本级不能修改。", "This part comes from the basic catalogue and cannot be changed here.")
		}
		have, err := d.SectionHash(name)
		if err != nil {
			return err
		}
		if have != seen {
			return ErrSectionChanged
		}
		if err := s.setSection(ctx, tx, d, name, value); err != nil {
			return err
		}
		if !slices.Contains(d.Authors, a.ID) {
			d.Authors = append(d.Authors, a.ID)
		}
		d.event(tx, a, string(DraftEdit), name, uploadNote(&d.Guide, fresh))
		return s.saveDraft(tx, a, d, fresh...)
	})
	return d, err
}

// setSection decodes a section strictly and lays it into the guide.
func (s *Service) setSection(ctx context.Context, tx *db.Tx, d *Draft, name string, value json.RawMessage) error {
	text, err := json.Marshal(map[string]json.RawMessage{name: value})
	if err != nil {
		return errs.InvalidFields(errs.Field{Path: name, Code: "json", ZH: "内容格式不正确", EN: "This is no valid content"})
	}
	next := d.Guide
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.DisallowUnknownFields()
	clearSection(&next, name)
	if err := dec.Decode(&next); err != nil {
		return errs.InvalidFields(errs.Field{Path: name, Code: "type", ZH: "内容格式不正确", EN: "This is no valid content"})
	}
	b, err := basicBy(tx, sqlBasicByID, d.BasicID)
	if err != nil {
		return err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return err
	}
	next.Basics.Handling.No = d.HandlingNo
	if d.Kind != ListDraft {
		next = placeless(next)
	}
	b.lock(&next)
	if d.Kind == ListDraft {
		unit, _ := dir.Unit(d.UnitID)
		if d.ReceivingID == 0 { // there was none when the draft began
			recv, _ := dir.UnitByKey(centreOf(dir, unit))
			d.ReceivingID = recv.ID
		}
		recv, _ := dir.Unit(d.ReceivingID)
		place(s.codes, &next, unit, recv)
	}
	if name == "form" {
		els, err := s.Elements(ctx)
		if err != nil {
			return err
		}
		f, err := form.Compile(next.Form, els, s.formats)
		if err != nil {
			return errs.InvalidFields(errs.Field{Path: "form", Code: "form", ZH: "表单有误：" + err.Error(), EN: "The form is not right: " + err.Error()})
		}
		next.Form = f.Frozen()
	}
	d.Guide = next
	return nil
}
