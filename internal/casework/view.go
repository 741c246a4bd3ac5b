package casework

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/deliver"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
)

// View is a case as one person concerned may see it: personal data is masked
// unless the act they do needs it, and the acts that they may do are listed.
type View struct {
	Case        *Case
	Version     *catalog.Version
	Regime      Regime
	Values      form.Values // answers, for those who handle the case and the party itself
	Summary     []form.Line
	Materials   []MaterialView
	Tasks       []TaskView
	Clocks      []ClockView
	Events      []EventView
	Documents   []DocumentRef
	Delivery    Delivery
	Offered     []Offer
	Unit        identity.Unit // deciding unit
	Receiving   identity.Unit
	Progress    []Milestone
	Promises    []PromiseView // 容缺受理、告知承诺
	Instant     *Instant      // 秒批: what the published clauses gave; nil: not asked
	Held        *HeldView     // the licence that it is about; nil: none
	Alarm       *Alarm
	MoreTime    *MoreTime       // the applicant's newest request for more time to correct
	Mends       []MendView      // what was corrected at the counter
	Competent   []identity.Unit // other departments, for who may say that a matter is theirs
	Rate        *Rate           // how the service can be rated; nil: not now, or no longer
	Sides       *Sides          // hearings, visits, statements; nil for a case without any
	Colleagues  []Colleague     // staff: to whom something can be handed
	Departments []identity.Unit // staff: who can be asked for an opinion
	Referrals   []identity.Unit // who decides: units of the platform that offer the matter too
	Bills       []*fee.View
	Parcel      *deliver.View // what is handed over on paper; nil: nothing is
	At          time.Time

	archive bool // the viewer may have the archive package
}

// Rate 评价邀请 is where a closed case is rated without an account, and until when.
type Rate struct {
	Path  string // of the page, with the code
	Until time.Time
}

// MaterialView is a material of the guide with what was handed in for it.
type MaterialView struct {
	Material catalog.Material
	Handed   Handed
	Asked    []Ask // what an open correction asks of it
}

// TaskView is a task with its unit's name. Opinions are shown to staff only.
type TaskView struct {
	Task
	Unit  string
	Share *Share // of a task with days of its own
}

// EventView is an event with its words.
type EventView struct {
	Event
	ZH, EN string // what happened
	By     string // who, as the viewer may see it
	Number string // document number, if the act made one
	Title  string
}

// DocumentRef names a document of the case.
type DocumentRef struct {
	ID     int64
	Kind   Notice
	Number string
	Title  string
	Hash   string
	At     time.Time
}

// Offer is an act that the viewer may do now.
type Offer struct {
	Act    Act
	ZH, EN string
	Task   int64 // review: the viewer's task
}

// Milestone is a station on the case's path, for the strip on top of the page.
type Milestone struct {
	ZH, EN string
	At     time.Time // zero if not reached
	Now    bool
}

// View gives a case to somebody concerned.
func (s *Service) View(ctx context.Context, a actor.Actor, no string) (_ *View, err error) {
	defer errs.Wrap(&err, "case %s", no)
	if a.Kind == actor.Anonymous || a.Kind == "" {
		return nil, identity.ErrLoginNeeded
	}
	c, err := s.scanCase(s.DB.Read(ctx).QueryRow(sqlCaseByNo, no))
	if err != nil {
		return nil, err
	}
	return s.view(ctx, a, c)
}

// ViewOf is View of a case as an act has given it. One that the act has made is
// shown as the act wrote it and not read again; of any other what belongs to it
// is read now.
func (s *Service) ViewOf(ctx context.Context, a actor.Actor, c *Case) (_ *View, err error) {
	defer errs.Wrap(&err, "case %s", c.No)
	if c.parts == nil {
		return s.View(ctx, a, c.No)
	}
	return s.view(ctx, a, c)
}

// parts is what belongs to a case beside its row.
type parts struct {
	values    form.Values
	delivery  Delivery
	materials []Handed
	tasks     []Task
	documents []DocumentRef
	events    []Event
}

func (s *Service) partsOf(q db.Queryer, c *Case, f *form.Form) (p *parts, err error) {
	p = &parts{}
	if err = s.openJSON("answers", c.answers, &p.values); err != nil {
		return nil, err
	}
	p.values = f.Normalise(p.values)
	if err = s.openJSON("delivery", c.delivery, &p.delivery); err != nil {
		return nil, err
	}
	if p.materials, err = s.materials(q, c.ID); err != nil {
		return nil, err
	}
	if p.tasks, err = s.tasks(q, c.ID); err != nil {
		return nil, err
	}
	if p.documents, err = s.documents(q, c.ID); err != nil {
		return nil, err
	}
	p.events, err = s.events(q, c.ID)
	return p, err
}

func (s *Service) view(ctx context.Context, a actor.Actor, c *Case) (*View, error) {
	rd := s.DB.Read(ctx)
	w, err := s.world(ctx, c.VersionID)
	if err != nil {
		return nil, err
	}
	if err := s.mayRead(rd, a, c, &w); err != nil {
		s.denied(ctx, a, string(identity.CaseRead), "case/"+c.No, c.UnitID, err)
		return nil, err
	}
	p := c.parts
	if p == nil {
		if p, err = s.partsOf(rd, c, w.v.Form()); err != nil {
			return nil, err
		}
	}
	v := &View{Case: c, Version: w.v, Regime: w.reg, At: s.DB.Now(), Values: p.values, Delivery: p.delivery, Documents: p.documents}
	v.Unit, _ = w.dir.Unit(c.UnitID)
	v.Receiving, _ = w.dir.Unit(c.ReceivingUnitID)
	v.Summary = w.v.Form().Summary(v.Values)
	if a.Kind == actor.Staff && !handles(a, c, w) {
		v.maskAnswers()
	}
	v.Materials = viewMaterials(c, &w.v.Guide, p)
	for _, t := range p.tasks {
		u, _ := w.dir.Unit(t.UnitID)
		if !inside(a) {
			t.Opinion, t.DoneName, t.DoneBy, t.ClaimedBy, t.ClaimedName = "", "", 0, 0, ""
			if t.Step == stepOpinion || t.Step == stepRecheck {
				continue
			}
		}
		v.Tasks = append(v.Tasks, TaskView{t, u.Name, s.share(t, c, w)})
	}
	if v.Sides, err = s.sidesFor(rd, a, c, p.events); err != nil {
		return nil, err
	}
	for _, e := range p.events {
		if a.Kind != actor.Staff && inner[e.Act] {
			continue
		}
		v.Events = append(v.Events, eventFor(a, e, w, p.documents))
	}
	if s.Fees != nil && collects(&w.v.Guide) {
		if v.Bills, err = s.Fees.OfCase(ctx, a, c.ID); err != nil {
			return nil, err
		}
	}
	if v.Parcel, err = s.parcelFor(rd, a, c, w); err != nil {
		return nil, err
	}
	v.Clocks = c.Clocks.view(w.cal, v.At)
	if err := s.viewReceiving(rd, a, v, p.events, w); err != nil {
		return nil, err
	}
	x, err := s.extrasOf(rd, c, &w.v.Guide)
	if err != nil {
		return nil, err
	}
	v.Promises, v.Instant = x.view(&w.v.Guide), x.seenBy(a, a.Kind != actor.Staff || handles(a, c, w))
	if a.Kind == actor.Staff && slices.ContainsFunc(p.tasks, func(t Task) bool { return t.Step == stepOpinion }) {
		w.reached(p.tasks)
	}
	v.Offered = s.offered(a, c, w, p.tasks, v.MoreTime, x, v.Sides, v.Parcel)
	if slices.ContainsFunc(v.Offered, func(o Offer) bool { return o.Act == Decline }) {
		v.Competent = competent(w.dir, c.UnitID)
	}
	if err := s.workers(rd, a, v, w); err != nil {
		return nil, err
	}
	if v.Referrals, err = s.referrals(ctx, v, w); err != nil {
		return nil, err
	}
	if v.Held, err = s.heldView(rd, c, &w.v.Guide); err != nil {
		return nil, err
	}
	v.Progress = milestones(c)
	v.archive = c.State == Closed && identity.Decide(a, identity.CaseArchive, target(c, w, 0)) == nil
	if v.Alarm, err = s.alarmOf(rd, c, w); err != nil {
		return nil, err
	}
	if a.Kind != actor.Staff || handles(a, c, w) { // who only looks on has no use for the code
		if v.Rate, err = s.rate(rd, c); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// rate is the invitation to rate a case, as long as it can be used.
func (s *Service) rate(q db.Queryer, c *Case) (*Rate, error) {
	if c.State != Closed {
		return nil, nil
	}
	in, err := s.Ratings.Waiting(q, c.No)
	if err != nil || in == nil {
		return nil, err
	}
	return &Rate{s.Ratings.Path(c.No), in.Until}, nil
}

// handles reports whether the staff member has a part in the case and not only
// an eye on it: supervisors see how it goes, not what was filled in.
func handles(a actor.Actor, c *Case, w world) bool {
	a.Purpose = c.No
	return identity.Decide(a, identity.PartyUnmask, target(c, w, 0)) == nil
}

// maskAnswers takes personal data out of the view.
func (v *View) maskAnswers() {
	v.Values, v.Delivery = nil, Delivery{Way: v.Delivery.Way}
	for i := range v.Summary {
		mask(&v.Summary[i])
		for _, row := range v.Summary[i].Rows {
			for j := range row {
				mask(&row[j])
			}
		}
	}
}

func mask(l *form.Line) {
	if l.Sensitive {
		l.Text, l.TextEN = l.Masked, l.Masked
	}
}

func viewMaterials(c *Case, g *catalog.Guide, p *parts) (out []MaterialView) {
	for _, m := range g.Materials {
		mv := MaterialView{Material: m, Handed: Handed{Code: m.Code}}
		for _, h := range p.materials {
			if h.Code == m.Code {
				mv.Handed = h
			}
		}
		if !m.Asked(p.values) && mv.Handed.Empty() {
			continue
		}
		if c.State == Correcting {
			for _, a := range c.Correction {
				if a.Material == m.Code {
					mv.Asked = append(mv.Asked, a)
				}
			}
		}
		out = append(out, mv)
	}
	return out
}

// Timeline gives the events of a case, oldest first.
func (s *Service) Timeline(ctx context.Context, a actor.Actor, no string) ([]EventView, []ClockView, error) {
	v, err := s.View(ctx, a, no)
	if err != nil {
		return nil, nil, err
	}
	return v.Events, v.Clocks, nil
}

func (s *Service) events(q db.Queryer, caseID int64) ([]Event, error) {
	return db.All(q, func(r *db.Rows) (e Event, err error) {
		var at int64
		var kind string
		var note []byte
		if err = r.Scan(&e.ID, &at, &e.Act, &e.From, &e.To, &kind, &e.Actor.ID, &e.Actor.Name, &e.UnitID, &e.Article, &note, &e.DocumentID); err != nil {
			return e, err
		}
		e.At, e.Actor.Kind = db.Time(at), actor.Kind(kind)
		e.Note, err = s.openText("note", note)
		return e, err
	}, sqlEvents, caseID)
}

// inside reports whether a viewer sees who works in the offices and what they
// say to each other: staff, and the platform for its own archive.
func inside(a actor.Actor) bool { return a.Kind == actor.Staff || a.Kind == actor.System }

// eventFor words an event for a viewer.
func eventFor(a actor.Actor, e Event, w world, docs []DocumentRef) EventView {
	v := EventView{Event: e, By: e.Actor.Name}
	if m, ok := MoveFor(e.From, e.Act); ok {
		v.ZH, v.EN = m.ZH, m.EN
	} else if words, ok := servedActs[e.Act]; ok {
		v.ZH, v.EN = words[0], words[1]
	} else if w, ok := feeWords[e.Act]; ok {
		v.ZH, v.EN = w[0], w[1]
	}
	if !inside(a) && e.Actor.Kind == actor.Staff {
		// Applicants see which unit acted, not who works there; inner opinions stay inside.
		v.By, v.Actor = "", Filer{Kind: e.Actor.Kind}
		if u, ok := w.dir.Unit(e.UnitID); ok {
			v.By = u.Name
		}
		if e.Act == Review || e.Act == VisitRecord || e.Act == VisitSign {
			v.Note = ""
		}
	}
	for _, d := range docs {
		if d.ID == e.DocumentID {
			v.Number, v.Title = d.Number, d.Title
		}
	}
	return v
}

func (s *Service) documents(q db.Queryer, caseID int64) ([]DocumentRef, error) {
	return db.All(q, func(r *db.Rows) (d DocumentRef, err error) {
		var at int64
		err = r.Scan(&d.ID, &d.Kind, &d.Number, &d.Title, &d.Hash, &at)
		d.At = db.Time(at)
		return d, err
	}, sqlDocuments, caseID)
}

// Document gives the canonical content of a document to somebody who may read
// its case, with the SM3 that was fixed in the act.
func (s *Service) Document(ctx context.Context, a actor.Actor, id int64) (doc Document, hash string, err error) {
	defer errs.Wrap(&err, "document")
	var (
		docID, caseID, at   int64
		kind, number, title string
		sealed              []byte
	)
	rd := s.DB.Read(ctx)
	err = rd.QueryRow(sqlDocument, id).Scan(&docID, &caseID, &kind, &number, &title, &hash, &sealed, &at)
	if errors.Is(err, db.ErrNoRows) {
		return doc, "", errNoDocument
	}
	if err != nil {
		return doc, "", err
	}
	c, err := s.scanCase(rd.QueryRow(sqlCaseByID, caseID))
	if err != nil {
		return doc, "", err
	}
	w, err := s.world(ctx, c.VersionID)
	if err != nil {
		return doc, "", err
	}
	if err := s.mayRead(rd, a, c, &w); err != nil {
		s.denied(ctx, a, string(identity.CaseRead), "case/"+c.No, c.UnitID, err)
		return doc, "", errNoDocument
	}
	b, err := s.Vault.Open("casework/document", sealed)
	if err != nil {
		return doc, "", err
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return doc, "", err
	}
	return doc, hash, s.opened(ctx, a, c, docID)
}

var errNoDocument = errs.New(errs.NotFound, "document-not-found", "没有找到这份文书。", "There is no such document.")

// File says which stored file a person concerned may download, by the material
// and file id that the case or draft lists.
func (s *Service) File(ctx context.Context, a actor.Actor, no string, file int64) (HandedDoc, error) {
	v, err := s.View(ctx, a, no)
	if err != nil {
		return HandedDoc{}, err
	}
	for _, m := range v.Materials {
		for _, f := range m.Handed.Files {
			if f.File == file {
				return f, nil
			}
		}
	}
	for _, f := range v.Sides.files() {
		if f.File == file {
			return f, nil
		}
	}
	return HandedDoc{}, ErrNoCase
}

// offered lists what the actor may do now: the table says what exists, the
// policy who may.
func (s *Service) offered(a actor.Actor, c *Case, w world, tasks []Task, more *MoreTime, x extras, sides *Sides, parcel *deliver.View) []Offer {
	var out []Offer
	for _, m := range MovesFrom(c.State) {
		if !w.reg.Allows(m) || m.Side == BySystem || !x.offers(c, m.Act, &w.v.Guide) || s.may(a, c, m, w) != nil {
			continue
		}
		o := Offer{Act: m.Act, ZH: m.ZH, EN: m.EN}
		if task, ok, known := s.offersSide(a, c, w, m, tasks, sides); known {
			if o.Task = task; ok {
				out = append(out, o)
			}
			continue
		}
		if ok, known := offersParcel(c, m.Act, parcel); known {
			if ok {
				out = append(out, o)
			}
			continue
		}
		switch m.Act {
		case Accept:
			if w.v.Guide.Basics.Mode == "precheck" {
				continue
			}
		case PrecheckPass:
			if w.v.Guide.Basics.Mode != "precheck" {
				continue
			}
		case ReturnUncorrected:
			t, ok := c.Clocks.of(Correction)
			if l := w.v.Guide.Limits.Correction; l == nil || l.Note == "" || !ok || !t.Timer().At(w.cal, s.DB.Now()).Effective() || more.Waits() {
				continue
			}
		case AskMoreTime:
			if t, ok := c.Clocks.of(Correction); !ok || more.Waits() || t.Timer().At(w.cal, s.DB.Now()).State == clock.Lapsed {
				continue
			}
		case GrantMoreTime, RefuseMoreTime:
			if !more.Waits() {
				continue
			}
		case Suspend:
			if !slices.ContainsFunc(w.v.Guide.Limits.Special, func(sp catalog.Special) bool {
				return sp.Kind != sideHearing && slices.Contains(w.reg.Specials, sp.Kind)
			}) {
				continue
			}
		case Extend:
			if t, ok := c.Clocks.decision(); !ok || len(t.Extensions) > 0 || t.Timer().At(w.cal, s.DB.Now()).State == clock.Lapsed {
				continue
			}
			if joint(w) && !governs(a, w, c) {
				continue
			}
		case Resume:
			if sides != nil && sides.Hearing.Pending() && c.Clocks.heard() {
				continue
			}
		case Decide:
			if c.Clocks.heard() && (sides != nil && sides.Hearing.Pending() || s.askRuns(c, w)) {
				continue
			}
		case ChangeDelivery:
			if len(w.v.Guide.Result().Delivery) < 2 || parcel != nil && parcel.State.Gone() {
				continue
			}
		case Review:
			for _, t := range tasks {
				u, _ := w.dir.Unit(t.UnitID)
				if t.State == "open" && t.Role == actor.Reviewer && t.Step != stepOpinion && (t.ClaimedBy == 0 || t.ClaimedBy == a.ID) &&
					identity.Decide(a, identity.CaseReview, identity.Target{UnitPath: u.Path, ReviewPaths: []string{u.Path}}) == nil {
					o.Task = t.ID
				}
			}
			if o.Task == 0 || s.mustWait(a, c, w, tasks, o.Task, sides) {
				continue
			}
		}
		out = append(out, o)
	}
	return out
}

// viewReceiving adds what only some cases have from the time they were received.
func (s *Service) viewReceiving(q db.Queryer, a actor.Actor, v *View, events []Event, w world) (err error) {
	if slices.ContainsFunc(events, func(e Event) bool { return e.Act == AskMoreTime }) {
		if v.MoreTime, err = s.moreTime(q, v.Case); err != nil {
			return err
		}
		if v.Case.State != Correcting && v.MoreTime.Waits() {
			v.MoreTime = nil // nobody has to answer it any more
		}
	}
	if a.Kind != actor.Staff || handles(a, v.Case, w) {
		v.Mends, err = s.mends(q, v.Case, events, a.Kind == actor.Staff)
	}
	return err
}

// competent lists the departments to which a matter may belong instead, those of
// the same division first.
func competent(dir *identity.Directory, not int64) (out []identity.Unit) {
	own, _ := dir.Unit(not)
	for _, near := range []bool{true, false} {
		for _, u := range dir.Units() {
			if u.ID != not && u.Kind == "department" && (u.Division == own.Division) == near {
				out = append(out, u)
			}
		}
	}
	return out
}

// milestones are the stations that every applicant understands.
func milestones(c *Case) []Milestone {
	ms := []Milestone{{ZH: "提交", EN: "Handed in", At: c.SubmittedAt}, {ZH: "受理", EN: "Accepted", At: c.AcceptedAt},
		{ZH: "决定", EN: "Decided", At: c.DecidedAt}, {ZH: "办结", EN: "Closed", At: c.ClosedAt}}
	if c.Outcome != "" && c.DecidedAt.IsZero() { // ended on the way
		zh, en := c.Outcome.Words()
		ms = slices.DeleteFunc(ms, func(m Milestone) bool { return m.At.IsZero() })
		ms[len(ms)-1].ZH, ms[len(ms)-1].EN = zh, en
		return ms
	}
	for i := range ms {
		if ms[i].At.IsZero() {
			ms[i].Now = true
			break
		}
	}
	return ms
}
