package api

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
)

// Case 办件 as the caller may see it.
type Case struct {
	No          string         `json:"no" doc:"办件编号."`
	Version     int64          `json:"version" doc:"An act names the version it saw."`
	Item        string         `json:"item" doc:"Code of the item."`
	ItemName    string         `json:"itemName"`
	GuideHash   string         `json:"guideHash" doc:"The guide version that the case is pinned to."`
	Unit        UnitRef        `json:"unit" doc:"Who decides."`
	Receiving   UnitRef        `json:"receiving"`
	Party       PartyRef       `json:"party"`
	Channel     actor.Channel  `json:"channel"`
	State       Word           `json:"state"`
	Outcome     *Word          `json:"outcome,omitempty"`
	SubmittedAt time.Time      `json:"submittedAt"`
	AcceptedAt  *time.Time     `json:"acceptedAt,omitempty"`
	DecidedAt   *time.Time     `json:"decidedAt,omitempty"`
	ClosedAt    *time.Time     `json:"closedAt,omitempty"`
	Due         string         `json:"due,omitempty" format:"date" doc:"Of the limit that runs now."`
	Path        []Milestone    `json:"path"`
	Clocks      []Clock        `json:"clocks"`
	Form        []Line         `json:"form" doc:"Questions with answers; for staff the sensitive ones are masked (POST /cases/{no}/unmask)."`
	Answers     form.Values    `json:"answers,omitempty" doc:"For the applicant."`
	Materials   []CaseMaterial `json:"materials"`
	Tasks       []Task         `json:"tasks"`
	Documents   []DocumentRef  `json:"documents"`
	Asked       []Ask          `json:"asked,omitempty" doc:"What the open correction asks for."`
	Delivery    Delivery       `json:"delivery"`
	Licence     string         `json:"licence,omitempty" doc:"Identifier of the licence that was issued."`
	Offered     []Offer        `json:"offered" doc:"What the caller may do now: POST /cases/{no}/acts."`
	Progress    string         `json:"progress" doc:"Path of the public progress page, for the QR."`
	Mended      []Mended       `json:"mended,omitempty" doc:"What the applicant corrected at the counter; for the party and the staff who handle it."`
	MoreTime    *MoreTime      `json:"moreTime,omitempty" doc:"The applicant's newest request for more time to correct."`
	Held        *CaseHeld      `json:"held,omitempty" doc:"The licence that it is about: change, renewal, copy, deregistration."`
	Promises    []CasePromise  `json:"promises,omitempty" doc:"容缺受理, 告知承诺: what was promised and what became of it."`
	Instant     *CaseInstant   `json:"instant,omitempty" doc:"秒批: what the published clauses gave; left out if they were not asked."`
	Alarm       *Alarm         `json:"alarm,omitempty" doc:"While the case is past a date on which nothing happened by itself."`
	Parcel      *CaseParcel    `json:"parcel,omitempty" doc:"The result on paper: where it is."`
	Bills       []string       `json:"bills,omitempty" doc:"Numbers of what has to be paid or was: GET /bills/{no}."`
	Beside      *Beside        `json:"beside,omitempty" doc:"Hearing, site visits, statements, experts; left out where there is nothing."`
	Colleagues  []Colleague    `json:"colleagues,omitempty" doc:"For staff whose offered acts hand something on."`
	Rate        *RateInvite    `json:"rate,omitempty" doc:"While the closed case can be rated; for the party and the staff who handle it."`
}

// Alarm 报警 stands until somebody acts or the date moves.
type Alarm struct {
	At   time.Time `json:"at" doc:"When it was raised."`
	Text string    `json:"text"`
}

// RateInvite 评价邀请 is how a closed case is rated, by POST /ratings or on a page.
type RateInvite struct {
	Token string    `json:"token" doc:"Of POST /ratings, instead of a bearer token."`
	Path  string    `json:"path" doc:"Of the page where scanning rates, for the QR."`
	Until time.Time `json:"until"`
}

func (s *server) rateInvite(no string, r *casework.Rate) *RateInvite {
	if r == nil {
		return nil
	}
	return &RateInvite{s.Ratings.Token(no), r.Path, r.Until.UTC()}
}

// Milestone is a station on the case's path.
type Milestone struct {
	Name string     `json:"name"`
	At   *time.Time `json:"at,omitempty"`
	Now  bool       `json:"now,omitempty"`
}

// Line is a question with its answer.
type Line struct {
	Name  string   `json:"name"`
	Title string   `json:"title"`
	Text  string   `json:"text"`
	Rows  [][]Line `json:"rows,omitempty" doc:"Of a table: the cells of each row."`
}

// CaseMaterial is a material with what was handed in for it.
type CaseMaterial struct {
	Code    string            `json:"code"`
	Name    string            `json:"name"`
	Files   []CaseFile        `json:"files"`
	Licence *UsedLicence      `json:"licence,omitempty"`
	Paper   bool              `json:"paper,omitempty"`
	Copies  int               `json:"copies,omitempty" doc:"Of the paper, left at the window."`
	Trust   string            `json:"trust,omitempty" enum:"A,B,C,D" doc:"证照可信等级: A licence of the issuer, B original seen at the window, C uploaded, D made by the applicant."`
	Lines   []RequirementLine `json:"lines" doc:"What a correction may ask of it."`
}

// RequirementLine 补正要点.
type RequirementLine struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Task 待办 of a unit.
type Task struct {
	ID      ID         `json:"id"`
	Unit    string     `json:"unit"`
	Role    actor.Role `json:"role"`
	Name    string     `json:"name"`
	State   string     `json:"state" enum:"open,done,void"`
	Due     string     `json:"due,omitempty" format:"date"`
	DoneAt  *time.Time `json:"doneAt,omitempty"`
	By      string     `json:"by,omitempty" doc:"For staff."`
	Agree   *bool      `json:"agree,omitempty" doc:"For staff."`
	Opinion string     `json:"opinion,omitempty" doc:"For staff."`
	Claimed string     `json:"claimed,omitempty" doc:"For staff: who has taken it."`
	Days    int        `json:"days,omitempty" doc:"Its own share of the limit, in working days."`
	Used    int        `json:"used,omitempty" doc:"Of days."`
	Left    int        `json:"left,omitempty" doc:"Of days."`
	Late    bool       `json:"late,omitempty" doc:"It has used more than its days."`
}

// DocumentRef names a document of a case.
type DocumentRef struct {
	ID     ID        `json:"id"`
	Kind   string    `json:"kind"`
	Number string    `json:"number"`
	Title  string    `json:"title"`
	Hash   string    `json:"hash" doc:"SM3 of the canonical content, hexadecimal."`
	At     time.Time `json:"at"`
}

// Ask is one thing that a correction asks for.
type Ask struct {
	Material string `json:"material,omitempty" maxLength:"40" doc:"Code of a material; with line, one of its requirement lines."`
	Line     string `json:"line,omitempty" maxLength:"40"`
	Field    string `json:"field,omitempty" maxLength:"100" doc:"Or a field of the form."`
	Paper    bool   `json:"paper,omitempty" doc:"With material: its paper original; only where the guide cites the law that demands it."`
	Note     string `json:"note,omitempty" maxLength:"300" doc:"What exactly is wrong."`
	Text     string `json:"text,omitempty" maxLength:"2000" doc:"In answers: as printed on the notice. It is not read."`
}

// MendIn opens the draft of what the applicant corrects at the counter.
type MendIn struct {
	CaseIn
	Body struct {
		Present bool `json:"present" doc:"The applicant is present and corrects it."`
	}
}

// Mended 当场更正 is what was corrected at a counter; for staff sensitive answers are masked.
type Mended struct {
	At    time.Time    `json:"at"`
	Lines []MendedLine `json:"lines"`
}

// MendedLine is an answer or a material before and after.
type MendedLine struct {
	Name   string `json:"name"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// MoreTime 延长补正期限的申请 is the applicant's newest request.
type MoreTime struct {
	At     time.Time `json:"at"`
	Days   int       `json:"days" doc:"Asked for."`
	Reason string    `json:"reason"`
	Answer string    `json:"answer" enum:"waiting,granted,refused"`
	Given  int       `json:"given,omitempty" doc:"Days given."`
}

// Offer is an act that the caller may do now.
type Offer struct {
	Act    casework.Act `json:"act"`
	Label  string       `json:"label"`
	Task   ID           `json:"task,omitzero" doc:"review: the caller's task."`
	Inputs []string     `json:"inputs" doc:"Fields of the act's body that it reads."`
}

// CaseRow is a line of a list of cases.
type CaseRow struct {
	No          string     `json:"no"`
	ItemName    string     `json:"itemName"`
	Party       string     `json:"party"`
	State       Word       `json:"state"`
	Outcome     *Word      `json:"outcome,omitempty"`
	Due         string     `json:"due,omitempty" format:"date"`
	SubmittedAt time.Time  `json:"submittedAt"`
	ClosedAt    *time.Time `json:"closedAt,omitempty"`
}

// Timeline is everything that happened to a case.
type Timeline struct {
	Events []Event `json:"events" doc:"Oldest first."`
	Clocks []Clock `json:"clocks"`
}

// Event 过程记录.
type Event struct {
	At       time.Time `json:"at"`
	Act      string    `json:"act"`
	Text     string    `json:"text"`
	By       string    `json:"by,omitempty" doc:"For applicants the unit, for staff the person."`
	State    Word      `json:"state" doc:"Afterwards."`
	Article  string    `json:"article,omitempty" doc:"On which it rests."`
	Note     string    `json:"note,omitempty"`
	Document ID        `json:"document,omitzero"`
	Number   string    `json:"number,omitempty" doc:"Of the document."`
}

// Document 文书.
type Document struct {
	Hash    string            `json:"hash" doc:"SM3 of the canonical content."`
	Content casework.Document `json:"content"`
}

// Progress is what the QR on a receipt shows.
type Progress struct {
	No       string      `json:"no"`
	ItemName string      `json:"itemName"`
	Unit     string      `json:"unit"`
	State    Word        `json:"state"`
	Outcome  *Word       `json:"outcome,omitempty"`
	Path     []Milestone `json:"path"`
	Clocks   []Clock     `json:"clocks"`
	Rate     *RateInvite `json:"rate,omitempty" doc:"While the closed case can be rated."`
}

// CaseIn names a case.
type CaseIn struct {
	No string `path:"no" pattern:"^[0-9A-Za-z]{1,64}$" doc:"办件编号."`
}

func (s *server) cases() {
	add(s, operation{id: "cases", method: http.MethodGet, path: "/cases", tag: "cases", zh: "我的办件", en: "The cases of the party the token acts for, newest first"},
		func(ctx context.Context, c *call, in *PageIn) (List[CaseRow], error) {
			at, err := behind("cases", in.Cursor)
			if err != nil {
				return List[CaseRow]{}, err
			}
			rows, next, err := s.Casework.Mine(ctx, c.Actor, at, in.limit())
			return List[CaseRow]{mapTo(rows, func(r casework.CaseRow) CaseRow {
				return CaseRow{r.No, r.ItemName, r.Party, word(c, r.State), outcome(c, r.Outcome), r.DueOn, r.SubmittedAt.UTC(), instant(r.ClosedAt)}
			}), after("cases", next)}, err
		})
	add(s, operation{id: "case", method: http.MethodGet, path: "/cases/{no}", tag: "cases", zh: "办件", en: "A case, with the acts that the caller may do"},
		func(ctx context.Context, c *call, in *CaseIn) (Case, error) { return s.caseView(ctx, c, in.No) })
	add(s, operation{id: "case-timeline", method: http.MethodGet, path: "/cases/{no}/timeline", tag: "cases", zh: "办理过程", en: "Everything that happened, and the clocks"},
		func(ctx context.Context, c *call, in *CaseIn) (Timeline, error) {
			events, clocks, err := s.Casework.Timeline(ctx, c.Actor, in.No)
			return Timeline{mapTo(events, func(e casework.EventView) Event {
				return Event{e.At.UTC(), string(e.Act), c.pick(e.ZH, e.EN), e.By, word(c, e.To), e.Article, e.Note, ID(e.DocumentID), e.Number}
			}), mapTo(clocks, func(v casework.ClockView) Clock { return caseClock(c, v) })}, err
		})
	add(s, operation{id: "case-document", method: http.MethodGet, path: "/cases/{no}/documents/{id}", tag: "cases", zh: "文书", en: "A document of the case"},
		func(ctx context.Context, c *call, in *struct {
			CaseIn
			ID ID `path:"id"`
		}) (Document, error) {
			d, hash, err := s.Casework.Document(ctx, c.Actor, int64(in.ID))
			if err == nil && d.CaseNo != in.No {
				err = identity.ErrNotFound
			}
			if err != nil {
				return Document{}, err
			}
			return Document{hash, d}, nil
		})
	add(s, operation{id: "case-unmask", method: http.MethodPost, path: "/cases/{no}/unmask", tag: "cases", zh: "查看隐去的内容", en: "Staff: the masked answers in the clear, for a stated purpose", more: "Recorded before they are shown. Of the applicant himself: POST /parties/unmask.", again: "each look is recorded by itself."},
		func(ctx context.Context, c *call, in *UnmaskIn) (List[Line], error) { return s.unmask(ctx, c, in) })
	send(s, operation{id: "case-file", method: http.MethodGet, path: "/cases/{no}/files/{file}", tag: "cases", zh: "下载办件材料", en: "A file that was handed in"},
		func(ctx context.Context, c *call, in *struct {
			CaseIn
			File ID `path:"file"`
		}) (*stream, error) {
			f, err := s.Casework.File(ctx, c.Actor, in.No, int64(in.File))
			if err != nil {
				return nil, err
			}
			return s.stored(ctx, f)
		})
	send(s, operation{id: "clock-proof", method: http.MethodGet, path: "/cases/{no}/clocks/{n}", tag: "cases", zh: "下载期限计算证明", en: "The calculation of a limit, to be checked offline",
		more: "n counts the case's clocks from 1. The form is docs/clock-proof.md; check it with tongban clock prove."},
		func(ctx context.Context, c *call, in *struct {
			CaseIn
			N int `path:"n" minimum:"1" maximum:"1000"`
		}) (*stream, error) {
			p, err := s.Casework.ClockProof(ctx, c.Actor, in.No, in.N)
			return proofStream(p, in.N), err
		})
	send(s, operation{id: "case-archive", method: http.MethodGet, path: "/cases/{no}/archive", tag: "cases", zh: "下载电子档案", en: "The archive package of a closed case",
		more: "For the applicant, the deciding unit and its supervisors; each download is recorded. The form is docs/archive.md; check it with tongban case verify."},
		func(ctx context.Context, c *call, in *CaseIn) (*stream, error) {
			x, err := s.Casework.Archive(ctx, c.Actor, in.No)
			if err != nil {
				return nil, err
			}
			return &stream{"application/zip", x.Name, 0, x.Write}, nil
		})
	s.documentProofs()
	add(s, operation{id: "case-correction", method: http.MethodPost, path: "/cases/{no}/correction", tag: "cases", status: http.StatusCreated,
		zh: "开始补正", en: "Open the correction", more: "Gives the draft that holds what the case holds, for a correction or for what was promised to follow (supplement); hand it in with POST /cases.", again: "finds the same draft."},
		func(ctx context.Context, c *call, in *CaseIn) (Draft, error) {
			d, err := s.Casework.OpenCorrection(ctx, c.Actor, in.No)
			if err != nil {
				return Draft{}, err
			}
			return s.shown(ctx, c, d.ID)
		})
	add(s, operation{id: "case-mend", method: http.MethodPost, path: "/cases/{no}/mend", tag: "cases", status: http.StatusCreated,
		zh: "当场更正", en: "Mend on the spot", more: "Window clerks, with the applicant present. Gives the draft that holds what the case holds; hand it in with POST /cases. No notice is made and the time to answer runs on.", again: "finds the same draft."},
		func(ctx context.Context, c *call, in *MendIn) (Draft, error) {
			if c.Kind == actor.Staff {
				c.Actor.Channel = actor.Window
			}
			d, err := s.Casework.OpenMend(ctx, c.Actor, in.No, in.Body.Present)
			if err != nil {
				return Draft{}, err
			}
			return s.shown(ctx, c, d.ID)
		})
	add(s, operation{id: "progress", method: http.MethodGet, path: "/progress/{no}", tag: "cases", open: true, zh: "凭码查询进度", en: "Public progress, by the code on the receipt"},
		func(ctx context.Context, c *call, in *struct {
			CaseIn
			Code string `query:"code" required:"true" maxLength:"64"`
		}) (Progress, error) {
			p, err := s.Casework.PublicProgress(ctx, in.No, in.Code)
			if err != nil {
				return Progress{}, err
			}
			return Progress{p.No, p.ItemName, p.Unit, word(c, p.State), outcome(c, p.Outcome), milestones(c, p.Path),
				mapTo(p.Clocks, func(v casework.ClockView) Clock { return caseClock(c, v) }), s.rateInvite(p.No, p.Rate)}, nil
		})
	send(s, operation{id: "progress-clock-proof", method: http.MethodGet, path: "/progress/{no}/clocks/{n}", tag: "cases", open: true, zh: "凭码下载期限计算证明", en: "Public calculation of a limit, by the code on the receipt"},
		func(ctx context.Context, c *call, in *struct {
			CaseIn
			N    int    `path:"n" minimum:"1" maximum:"1000"`
			Code string `query:"code" required:"true" maxLength:"64"`
		}) (*stream, error) {
			p, err := s.Casework.PublicClockProof(ctx, in.No, in.Code, in.N)
			return proofStream(p, in.N), err
		})
}

// proofStream sends a proof as it stands: its bytes are its form.
func proofStream(p clock.Proof, n int) *stream {
	text := p.JSON()
	return &stream{"application/json", fmt.Sprintf("%s-clock-%d.json", p.Case, n), int64(len(text)), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}}
}

// UnmaskIn says what for.
type UnmaskIn struct {
	CaseIn
	Body struct {
		Purpose string `json:"purpose" minLength:"1" maxLength:"200"`
	}
}

// unmask gives the sensitive answers of a case that the caller may read.
func (s *server) unmask(ctx context.Context, c *call, in *UnmaskIn) (List[Line], error) {
	v, err := s.Casework.View(ctx, c.Actor, in.No)
	if err != nil {
		return List[Line]{}, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return List[Line]{}, err
	}
	a, subject := c.Actor, "case/"+v.Case.No
	a.Purpose = strings.TrimSpace(in.Body.Purpose)
	if err := s.Identity.Allow(ctx, a, identity.PartyUnmask, identity.Target{UnitPath: dir.Path(a.Unit)}, subject); err != nil {
		return List[Line]{}, err
	}
	if s.Record == nil {
		return List[Line]{}, errNotWired
	}
	if err := s.Record(ctx, audit.Record{Actor: a, Act: string(identity.PartyUnmask), Subject: subject, Unit: v.Case.UnitID,
		Detail: map[string]string{"field": "answers"}}); err != nil {
		return List[Line]{}, err
	}
	out := List[Line]{Items: []Line{}}
	for _, l := range v.Summary {
		if l.Sensitive {
			out.Items = append(out.Items, lines(c, []form.Line{l}, true)...)
		}
	}
	return out, nil
}

// errNotWired is the answer where app gave no function for it.
var errNotWired = errs.New(errs.Unavailable, "not-available", "该功能在此部署中不可用。", "This is not available in this deployment.")

func outcome(c *call, o casework.Outcome) *Word {
	if o == "" {
		return nil
	}
	w := word(c, o)
	return &w
}

func milestones(c *call, list []casework.Milestone) []Milestone {
	return mapTo(list, func(m casework.Milestone) Milestone { return Milestone{c.pick(m.ZH, m.EN), instant(m.At), m.Now} })
}

func (s *server) caseView(ctx context.Context, c *call, no string) (Case, error) {
	v, err := s.Casework.View(ctx, c.Actor, no)
	if err != nil {
		return Case{}, err
	}
	return s.caseAs(ctx, c, v)
}

// caseAs writes what the caller may see of a case.
func (s *server) caseAs(ctx context.Context, c *call, v *casework.View) (Case, error) {
	k := v.Case
	open := c.Kind == actor.Person // staff say what for: POST /cases/{no}/unmask
	out := Case{No: k.No, Version: k.Version, Item: v.Version.Guide.Basics.Code, ItemName: k.ItemName, GuideHash: v.Version.Hash,
		Unit: unitRef(v.Unit), Receiving: unitRef(v.Receiving), Party: partyRef(k.Party), Channel: k.Channel, State: word(c, k.State),
		Outcome: outcome(c, k.Outcome), SubmittedAt: k.SubmittedAt.UTC(), AcceptedAt: instant(k.AcceptedAt), DecidedAt: instant(k.DecidedAt),
		ClosedAt: instant(k.ClosedAt), Due: k.DueOn, Path: milestones(c, v.Progress),
		Clocks: mapTo(v.Clocks, func(x casework.ClockView) Clock { return caseClock(c, x) }), Form: lines(c, v.Summary, open),
		Delivery: Delivery{Way: v.Delivery.Way}, Progress: s.Casework.ProgressPath(k.No), Rate: s.rateInvite(k.No, v.Rate)}
	for _, b := range v.Bills {
		out.Bills = append(out.Bills, b.No)
	}
	if open {
		out.Answers = v.Values
	}
	out.Parcel = caseParcel(c, v)
	out.Held = caseHeld(v.Held)
	out.Promises, out.Instant = casePromises(c, v), caseInstant(c, v.Instant)
	if v.Alarm != nil {
		out.Alarm = &Alarm{v.Alarm.At.UTC(), c.pick(v.Alarm.ZH, v.Alarm.EN)}
	}
	if open || slices.ContainsFunc(v.Offered, func(o casework.Offer) bool { return o.Act == casework.Post || o.Act == casework.SendCourier }) {
		out.Delivery = Delivery(v.Delivery) // who posts it needs the address
	}
	for _, m := range v.Materials {
		out.Materials = append(out.Materials, CaseMaterial{m.Material.Code, m.Material.Name, mapTo(m.Handed.Files, caseFile), usedLicence(m.Handed.Licence),
			m.Handed.Paper, m.Handed.Copies, string(casework.TrustOf(m.Handed, m.Material)), lineList(m)})
	}
	for _, t := range v.Tasks {
		out.Tasks = append(out.Tasks, task(c, t))
	}
	for _, d := range v.Documents {
		out.Documents = append(out.Documents, DocumentRef{ID(d.ID), string(d.Kind), d.Number, d.Title, d.Hash, d.At.UTC()})
	}
	out.Beside, out.Colleagues = beside(v.Sides), colleagues(v.Colleagues)
	if k.State == casework.Correcting {
		out.Asked = mapTo(k.Correction, func(a casework.Ask) Ask { return Ask{a.Material, a.Line, a.Field, a.Paper, a.Note, a.Text} })
	}
	for _, m := range v.Mends {
		out.Mended = append(out.Mended, Mended{m.At.UTC(), mapTo(m.Lines, func(l casework.MendLine) MendedLine { return MendedLine{l.Name, l.Before, l.After} })})
	}
	if m := v.MoreTime; m != nil {
		out.MoreTime = &MoreTime{m.At.UTC(), m.Days, m.Reason, cmp.Or(m.Answer, "waiting"), m.Given}
	}
	for _, o := range v.Offered {
		out.Offered = append(out.Offered, Offer{o.Act, c.pick(o.ZH, o.EN), ID(o.Task), inputs(o.Act)})
	}
	if k.LicenceID != 0 && c.Kind == actor.Person {
		held, err := s.Licences.Held(ctx, c.Actor)
		if err != nil {
			return Case{}, err
		}
		for _, l := range held {
			if l.ID == k.LicenceID {
				out.Licence = l.Identifier
			}
		}
	}
	return out, nil
}

func lineList(m casework.MaterialView) []RequirementLine {
	out := []RequirementLine{}
	for _, l := range m.Material.Lines {
		out = append(out, RequirementLine{l.Code, l.Text})
	}
	return out
}

func task(c *call, t casework.TaskView) Task {
	out := Task{ID: ID(t.ID), Unit: t.Unit, Role: t.Role, Name: t.Name, State: t.State, DoneAt: instant(t.DoneAt)}
	if strings.Contains(t.DueOn, "-") {
		out.Due = t.DueOn
	}
	if c.Kind == actor.Staff {
		out.By, out.Opinion, out.Claimed = t.DoneName, t.Opinion, t.ClaimedName
		if t.State == "done" && t.Role == actor.Reviewer {
			out.Agree = &t.Agree
		}
	}
	if x := t.Share; x != nil {
		out.Days, out.Used, out.Left, out.Late = x.Days, x.Used, x.Left, x.Late
	}
	return out
}

// lines writes answers, open or masked.
func lines(c *call, list []form.Line, open bool) []Line {
	return mapTo(list, func(l form.Line) Line {
		out := Line{Name: l.Name, Title: c.pick(l.Title, l.TitleEN), Text: c.pick(l.Text, l.TextEN)}
		if l.Sensitive && !open {
			out.Text = l.Masked
		}
		for _, r := range l.Rows {
			out.Rows = append(out.Rows, lines(c, r, open))
		}
		return out
	})
}
