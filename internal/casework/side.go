package casework

import (
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
)

// Sides is what a case has beside its ordinary way. Most cases have nothing of
// it, and nothing is read for them.
type Sides struct {
	Hearing    *Hearing
	Visits     []*Visit
	Statements []*Statement
	Opinions   []*OpinionAsked
	Experts    []*ExpertReview
	Measures   []*Measure // 撤回、撤销、注销 that the authority began
	Rulings    []*Ruling  // 行政复议、行政诉讼
}

// Statement 陈述申辩 is what the applicant or a third party said of the case
// (行政许可法 第七条、第三十六条).
type Statement struct {
	By    string      `json:"by"`
	Third bool        `json:"third,omitempty"` // of a third party
	At    time.Time   `json:"at"`
	Text  string      `json:"text"`
	Files []HandedDoc `json:"files,omitempty"`
}

// The kinds of side records.
const (
	sideHearing   = "hearing"
	sideVisit     = "visit"
	sideStatement = "statement"
	sideOpinion   = "opinion"
	sideExpert    = "expert"
	sideMeasure   = "measure"
	sideRuling    = "ruling"
)

const (
	sqlSides      = `SELECT id, kind, data FROM case_side WHERE case_id = $1 ORDER BY id LIMIT 500`
	sqlInsertSide = `INSERT INTO case_side (id, case_id, kind, at, data) VALUES ($1, $2, $3, $4, $5)`
	sqlSaveSide   = `UPDATE case_side SET data = $2 WHERE id = $1`
)

// sides reads what a case has beside its way, oldest first.
func (s *Service) sides(q db.Queryer, caseID int64) (*Sides, error) {
	type row struct {
		id   int64
		kind string
		data []byte
	}
	rows, err := db.All(q, func(r *db.Rows) (x row, err error) { return x, r.Scan(&x.id, &x.kind, &x.data) }, sqlSides, caseID)
	if err != nil {
		return nil, err
	}
	out := &Sides{}
	for _, x := range rows {
		var v any
		switch x.kind {
		case sideHearing:
			out.Hearing = &Hearing{id: x.id} // the latest
			v = out.Hearing
		case sideVisit:
			n := &Visit{ID: x.id}
			out.Visits, v = append(out.Visits, n), n
		case sideStatement:
			n := &Statement{}
			out.Statements, v = append(out.Statements, n), n
		case sideOpinion:
			n := &OpinionAsked{}
			out.Opinions, v = append(out.Opinions, n), n
		case sideExpert:
			n := &ExpertReview{id: x.id}
			out.Experts, v = append(out.Experts, n), n
		case sideMeasure:
			n := &Measure{id: x.id}
			out.Measures, v = append(out.Measures, n), n
		case sideRuling:
			n := &Ruling{id: x.id}
			out.Rulings, v = append(out.Rulings, n), n
		default:
			continue
		}
		if err := s.openJSON(x.kind, x.data, v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// keep stores a side record: a new one where id is 0. It gives its id.
func (st *step) keep(id int64, kind string, v any) (int64, error) {
	sealed, err := st.s.seal(kind, v)
	if err != nil {
		return 0, err
	}
	if id != 0 {
		st.tx.Queue(sqlSaveSide, id, sealed)
		return id, nil
	}
	id = st.tx.NewID()
	st.tx.Queue(sqlInsertSide, id, st.c.ID, kind, st.tx.NowMicros(), sealed)
	return id, nil
}

// sideActs are the acts that leave a side record: whether a case has any is
// seen from its events, which are read anyway.
var sideActs = []Act{HearingTell, HearingCall, VisitPlan, Object, AskOpinion, Suspend, MeasureOpen, RecordRuling}

func hasSides(events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool { return slices.Contains(sideActs, e.Act) })
}

// files lists what people put into the side records.
func (s *Sides) files() (out []HandedDoc) {
	if s == nil {
		return nil
	}
	if h := s.Hearing; h != nil && h.Record != nil {
		out = append(out, h.Record.Files...)
	}
	for _, v := range s.Visits {
		if v.Record != nil {
			out = append(out, v.Record.Photos...)
		}
	}
	for _, x := range s.Statements {
		out = append(out, x.Files...)
	}
	for _, x := range s.Experts {
		out = append(out, x.Files...)
	}
	for _, m := range s.Measures {
		for _, x := range m.Said {
			out = append(out, x.Files...)
		}
	}
	for _, r := range s.Rulings {
		out = append(out, r.Files...)
	}
	return out
}

// What an act may bring with it.
const (
	mostSideFiles = 20
	mostSideBytes = 20 << 20
)

// SideFileTypes are the kinds of files that acts take: documents and photos.
func SideFileTypes() []files.Type { return files.Materials() }

// SideFileBytes is how large one of them may be.
const SideFileBytes = mostSideBytes

// takeFiles binds the files that came with the act to it.
func (st *step) takeFiles() ([]HandedDoc, error) {
	if len(st.in.Files) > mostSideFiles {
		return nil, missing("files", "一次最多上传20个文件", "At most 20 files at once")
	}
	var out []HandedDoc
	var ids []int64
	for _, f := range st.in.Files {
		if !slices.Contains(SideFileTypes(), f.Ref.Type) || f.Ref.Size > mostSideBytes {
			return nil, errs.InvalidFields(errs.Field{Path: "files", Code: "type", ZH: "只接受PDF、OFD、图片和Word、Excel文件，每个不超过20MB", EN: "PDF, OFD, pictures, Word or Excel, at most 20 MB each"})
		}
		ids = append(ids, f.Ref.ID)
		out = append(out, HandedDoc{File: f.Ref.ID, Name: fileName(f.Name), Size: f.Ref.Size, Type: string(f.Ref.Type), At: st.tx.Now()})
	}
	if len(ids) > 0 {
		st.s.Files.Attach(st.tx, ids...)
	}
	return out, nil
}

// object 陈述申辩: said by the applicant, or at the window by a third party. It
// is kept with the case, and whoever decides sees it.
func (st *step) object() error {
	text := strings.TrimSpace(st.in.Reason)
	if text == "" {
		return missing("reason", "请写明陈述、申辩的内容", "Say what you want to state")
	}
	docs, err := st.takeFiles()
	if err != nil {
		return err
	}
	x := &Statement{By: st.c.Party.Name, At: st.tx.Now(), Text: text, Files: docs}
	if who := strings.TrimSpace(st.in.Hearing.Who); who != "" && st.atWindow() {
		x.By, x.Third = who, true
	}
	st.say(x.By, text)
	_, err = st.keep(0, sideStatement, x)
	return err
}

// sidesFor gives the side records of a case to somebody who may read it, if it
// has any. Applicants see what concerns them: not what a department was asked,
// nor what inspectors wrote among themselves, nor third parties' addresses.
func (s *Service) sidesFor(q db.Queryer, a actor.Actor, c *Case, events []Event) (*Sides, error) {
	if !hasSides(events) {
		return nil, nil
	}
	x, err := s.sides(q, c.ID)
	if err != nil || a.Kind == actor.Staff {
		return x, err
	}
	x.Opinions = nil
	for _, m := range x.Measures { // who works in the office, and who asked for it, is not the holder's to see
		m.Asked, m.By, m.DecidedBy = "", Filer{}, Filer{}
	}
	for _, r := range x.Rulings {
		r.By = Filer{}
	}
	for _, v := range x.Visits {
		v.Record, v.Signed = nil, nil
	}
	if x.Hearing != nil {
		for i := range x.Hearing.Told {
			x.Hearing.Told[i].Contact = ""
		}
	}
	x.Statements = slices.DeleteFunc(x.Statements, func(t *Statement) bool { return t.Third })
	return x, nil
}

// workers lists to whom the viewer can hand something, where an act that needs
// it is offered.
func (s *Service) workers(q db.Queryer, a actor.Actor, v *View, w world) (err error) {
	if a.Kind != actor.Staff || !slices.ContainsFunc(v.Offered, func(o Offer) bool { return needsColleagues[o.Act] }) {
		return nil
	}
	v.Departments = departments(w.dir)
	v.Colleagues, err = s.colleagues(q, w, v.Case.UnitID, a.Unit)
	return err
}

var needsColleagues = map[Act]bool{HearingCall: true, HearingAnswer: true, VisitPlan: true, Transfer: true, Recuse: true, AskOpinion: true}

// askRuns reports whether somebody still has time to ask for a hearing.
func (s *Service) askRuns(c *Case, w world) bool {
	t, ok := c.Clocks.of(HearingAskLimit)
	return ok && t.Done.IsZero() && !t.Timer().At(w.cal, s.DB.Now()).Effective()
}

// mustWait reports whether the opinion waits for a site visit, or the actor
// presides at the hearing.
func (s *Service) mustWait(a actor.Actor, c *Case, w world, tasks []Task, task int64, x *Sides) bool {
	if x != nil && x.Hearing != nil && x.Hearing.Call != nil && x.Hearing.Dropped.IsZero() && x.Hearing.Call.Presider.ID == a.ID {
		return true
	}
	for _, t := range tasks {
		if t.ID != task {
			continue
		}
		for _, sp := range w.v.Guide.Steps {
			if sp.Key == t.Step && sp.Visit {
				return x == nil || !slices.ContainsFunc(x.Visits, (*Visit).Done)
			}
		}
	}
	return false
}
