package casework

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/replay"
)

const (
	sqlInstant    = `SELECT at, met, verdict, sample, sampled_at FROM case_instant WHERE case_id = $1`
	sqlSetInstant = `INSERT INTO case_instant (case_id, at, met, verdict, sample, sampled_at) VALUES ($1, $2, $3, $4, $5, 0)
		ON CONFLICT (case_id) DO UPDATE SET at = excluded.at, met = excluded.met, verdict = excluded.verdict, sample = excluded.sample`
	sqlSetSample   = `UPDATE case_instant SET sample = $2, sampled_at = $3 WHERE case_id = $1`
	sqlEndAfter    = `UPDATE task SET state = 'done', done_at = $3, done_by = $4, done_name = $5 WHERE case_id = $1 AND step = $2 AND stage >= 100 AND state = 'open'`
	sqlEndAfterAll = `UPDATE task SET state = 'done', done_at = $2, done_by = $3, done_name = $4 WHERE case_id = $1 AND stage >= 100 AND state = 'open'`
)

// What a person found who looked at a machine's grant.
const (
	SampleNone   = ""
	SampleOpen   = "open"
	SampleUpheld = "upheld"
)

// sampleDays is how many working days a reviewer has for a sample.
const sampleDays = 10

// Instant 秒批结论 is what the published clauses gave for a case, clause by
// clause, with the values that they looked at in words. It is kept with the
// case, sealed: values are of the application.
type Instant struct {
	At      time.Time
	Met     bool
	Clauses []InstantClause
	Sample  string // "", open, right, wrong, upheld
}

// InstantClause is one clause with its answer.
type InstantClause struct {
	Key     string         `json:"key"`
	Name    string         `json:"name"`
	NameEN  string         `json:"nameEn,omitempty"`
	Basis   string         `json:"basis"`
	When    string         `json:"when"`
	Met     bool           `json:"met"`
	Unknown bool           `json:"unknown,omitempty"` // it could not be answered
	Values  []InstantValue `json:"values,omitempty"`
}

// InstantValue is a value that a clause looked at, in words.
type InstantValue struct {
	Name   string `json:"name"`
	NameEN string `json:"nameEn,omitempty"`
	Text   string `json:"text"`
	TextEN string `json:"textEn,omitempty"`
}

// JobInstant is the job that lets the published clauses decide a case.
const JobInstant = "casework.instant"

// errNotMet: some clause is not met or cannot be answered, so a person decides.
var errNotMet = errs.New(errs.Conflict, "clauses-not-met", "公布的规则没有全部符合，由工作人员办理。", "Not all clauses are met; a person decides.")

// letDecide hands a complete application to the published clauses: when it is
// handed in, and again when a person has accepted it.
func (st *step) letDecide() error {
	if len(st.w.v.Guide.Auto) == 0 {
		return nil
	}
	return jobs.Enqueue(st.tx, jobs.Job{Kind: JobInstant, Payload: []byte(st.c.No), Unique: "instant/" + st.c.No, Priority: 1})
}

// instantJob accepts and grants by the clauses, or leaves the case to people. It
// never refuses. It may run twice: a case that somebody decided meanwhile is left
// alone.
func (s *Service) instantJob(ctx context.Context, no string) error {
	_, err := s.Perform(ctx, actor.Platform(), no, AcceptByMachine, Input{})
	if errors.Is(err, errNotMet) || errors.Is(err, ErrToBeSupplied) || fee.IsUnpaid(err) {
		return nil // the window has it, and paying brings the job again
	}
	if err != nil && !errors.Is(err, ErrNotOffered) { // not offered: accepted already
		return err
	}
	_, err = s.Perform(ctx, actor.Platform(), no, GrantByMachine, Input{})
	if errors.Is(err, errNotMet) || errors.Is(err, ErrToBeSupplied) {
		_, err = s.Perform(ctx, actor.Platform(), no, ReferByMachine, Input{})
	}
	if errors.Is(err, ErrNotOffered) || fee.IsUnpaid(err) { // paying brings the job again
		return nil
	}
	return err
}

// acceptByMachine 受理 for 秒批: what was handed in is complete, else it would not
// have been taken, and all clauses are met, so nothing is left to ask for.
// Whatever is to follow, or to be seen at the window, is a person's.
func (st *step) acceptByMachine() error {
	in, err := st.judge()
	if err != nil {
		return err
	}
	if !in.Met || st.w.v.Guide.Basics.Mode == "precheck" {
		return errNotMet
	}
	if _, err := st.mayGrant(); err != nil {
		return err
	}
	st.say("材料齐全，公布的秒批规则" + strconv.Itoa(len(in.Clauses)) + "条全部符合，由平台自动受理")
	return st.acceptOn()
}

// grantByMachine 秒批: all clauses are met, so the platform grants, and the
// decision shows each clause with its basis.
func (st *step) grantByMachine() error {
	in, err := st.judge()
	if err != nil {
		return err
	}
	if !in.Met {
		return errNotMet
	}
	list, err := st.mayGrant()
	if err != nil {
		return err
	}
	for _, c := range in.Clauses {
		st.docLines = append(st.docLines, DocLine{c.Name, "符合（依据：" + c.Basis + "）"})
	}
	if st.s.sampled() {
		in.Sample = SampleOpen
	}
	st.endTasks()
	st.machine = true
	st.c.DecidedAt = st.tx.Now()
	st.say("按照公布的秒批规则逐条核对，" + strconv.Itoa(len(in.Clauses)) + "条全部符合，由平台自动作出准予决定")
	if err := st.grant(list); err != nil {
		return err
	}
	if in.Sample == SampleOpen {
		st.afterTask(stepSample, "秒批抽查", actor.Reviewer, st.workdaysOn(sampleDays))
	}
	return st.keepInstant(in)
}

// referByMachine records what the clauses gave and leaves the case to a person.
func (st *step) referByMachine() error {
	before, err := st.s.instant(st.tx, st.c.ID)
	if err != nil {
		return err
	}
	if before != nil {
		return ErrNotOffered // said already
	}
	in, err := st.judge()
	if err != nil {
		return err
	}
	n := 0
	for _, c := range in.Clauses {
		if !c.Met {
			n++
		}
	}
	st.say("秒批规则有" + strconv.Itoa(n) + "条没有符合或者无法核对，由工作人员办理")
	in.Met = false
	return st.keepInstant(in)
}

// sampled says whether a machine's grant is looked at by a person afterwards.
func (s *Service) sampled() bool { return rand.IntN(100) < s.InstantSample }

// judge answers the clauses of the pinned guide for the case as it is now.
func (st *step) judge() (*Instant, error) {
	f, g := st.w.v.Form(), &st.w.v.Guide
	decision, err := g.Decision(f)
	if err != nil || decision == nil {
		return nil, ErrNotOffered // none, or clauses that do not compile: a person decides
	}
	var answers form.Values
	if err := st.s.openJSON("answers", st.c.answers, &answers); err != nil {
		return nil, err
	}
	c := replay.Case{Answers: answers, Party: st.c.Party.Kind, Agent: st.c.Mandate != 0, Age: -1}
	held, err := st.s.Licences.HeldValid(st.tx, st.c.Party)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, l := range held {
		if _, seen := names[l.TypeKey]; !seen {
			c.Licences = append(c.Licences, l.TypeKey)
		}
		names[l.TypeKey] = l.Name
	}
	if st.c.Party.Kind == actor.NaturalPerson {
		info, err := st.s.Identity.Party(st.tx, st.c.Party)
		if err != nil {
			return nil, err
		}
		if r, result := ident.ParseResident(info.IDNumber); result.Valid {
			c.Age = r.AgeOn(st.tx.Now())
		}
	}
	values, attributes := replay.Attributes(f, c)
	v := decision.Eval(attributes)
	in := &Instant{At: st.tx.Now(), Met: v.Met}
	said := valueWords(f, values, c, names)
	for _, x := range v.Findings {
		clause := InstantClause{Key: x.Key, Name: x.Name, NameEN: x.NameEN, Basis: x.Basis, When: x.When, Met: x.Met && x.Err == nil, Unknown: x.Err != nil}
		for _, key := range x.Uses {
			clause.Values = append(clause.Values, said(key))
		}
		in.Clauses = append(in.Clauses, clause)
	}
	return in, nil
}

// valueWords says in words what an attribute of a clause was.
func valueWords(f *form.Form, values form.Values, c replay.Case, licences map[string]string) func(key string) InstantValue {
	words := map[string][2]string{}
	for _, a := range catalog.DecisionAttributes(f) {
		words[a.Key] = [2]string{a.ZH, a.EN}
	}
	lines := map[string]form.Line{}
	for _, l := range f.Summary(values) {
		lines[l.Name] = l
	}
	return func(key string) InstantValue {
		v := InstantValue{Name: words[key][0], NameEN: words[key][1], Text: "未填写", TextEN: "not given"}
		name, isForm := strings.CutPrefix(key, "form.")
		switch {
		case isForm:
			if l, ok := lines[name]; ok && l.Text != "" {
				v.Text, v.TextEN = l.Text, l.TextEN
				if l.Sensitive {
					v.Text, v.TextEN = l.Masked, l.Masked
				}
			}
		case key == "agent":
			v.Text, v.TextEN = map[bool]string{true: "是", false: "否"}[c.Agent], map[bool]string{true: "yes", false: "no"}[c.Agent]
		case key == "applicant.age":
			if c.Age >= 0 {
				v.Text, v.TextEN = strconv.Itoa(c.Age), strconv.Itoa(c.Age)
			}
		case key == "licences":
			var names []string
			for _, k := range c.Licences {
				names = append(names, licences[k])
			}
			v.Text, v.TextEN = "无", "none"
			if len(names) > 0 {
				v.Text, v.TextEN = strings.Join(names, "、"), strings.Join(names, ", ")
			}
		}
		return v
	}
}

func (st *step) keepInstant(in *Instant) error {
	sealed, err := st.s.seal("instant", in.Clauses)
	if err != nil {
		return err
	}
	st.tx.Queue(sqlSetInstant, st.c.ID, micros(in.At), in.Met, sealed, in.Sample)
	return nil
}

// instant is what the clauses gave for a case, nil if they were not asked.
func (s *Service) instant(q db.Queryer, caseID int64) (*Instant, error) {
	var (
		in          Instant
		at, sampled int64
		sealed      []byte
	)
	err := q.QueryRow(sqlInstant, caseID).Scan(&at, &in.Met, &sealed, &in.Sample, &sampled)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	in.At = db.Time(at).In(clock.Shanghai())
	return &in, s.openJSON("instant", sealed, &in.Clauses)
}
