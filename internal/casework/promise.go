package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// PromiseText gives the whole text of what an applicant is about to sign, and the
// hash that names exactly this text. Errors name what cannot be promised.
func (s *Service) PromiseText(ctx context.Context, a actor.Actor, draftID int64, p Promise) ([]PromiseText, string, error) {
	d, v, err := s.Draft(ctx, a, draftID)
	if err != nil {
		return nil, "", err
	}
	if fs := promiseChoice(d, &v.Guide, v.Form().Prune(d.Data.Values), p); len(fs) > 0 {
		return nil, "", errs.InvalidFields(fs...)
	}
	texts := promiseTexts(&v.Guide, p)
	return texts, promiseHash(texts), nil
}

// PromiseTextOf gives the text for an application that is handed in without a
// draft; whether it may be promised is seen when it is handed in.
func PromiseTextOf(g *catalog.Guide, p Promise) ([]PromiseText, string) {
	texts := promiseTexts(g, p)
	return texts, promiseHash(texts)
}

// SignPromise records in the draft that the applicant has read the whole text and
// signed it; without anything chosen it takes the promise back.
func (s *Service) SignPromise(ctx context.Context, a actor.Actor, id, version int64, p Promise) (*Draft, error) {
	return s.changeDraft(ctx, a, id, version, "case.draft-promise", "", func(tx *db.Tx, d *Draft) error {
		if d.CaseNo != "" {
			return ErrNotOffered
		}
		if p.None() {
			d.Data.Promise = Promise{}
			return nil
		}
		v, err := s.Catalog.ByVersion(ctx, d.VersionID)
		if err != nil {
			return err
		}
		if p, err = s.signed(tx, a, d, v, p); err != nil {
			return err
		}
		d.Data.Promise = p
		return nil
	})
}

// signed checks a signature and fixes its time.
func (s *Service) signed(tx *db.Tx, a actor.Actor, d *Draft, v *catalog.Version, p Promise) (Promise, error) {
	g := &v.Guide
	p.Later, p.Commit = inOrder(g, p)
	fs := promiseChoice(d, g, v.Form().Prune(d.Data.Values), p)
	switch name := strings.TrimSpace(p.Name); {
	case name == "":
		fs = append(fs, errs.Field{Path: "name", Code: "required", ZH: "请签署姓名", EN: "Sign with your name"})
	case a.Kind == actor.Person && name != a.Name:
		fs = append(fs, errs.Field{Path: "name", Code: "other-name", ZH: "签署的姓名与登录的姓名不一致", EN: "Sign with the name that you are logged in with"})
	default:
		fs = append(fs, textProblems("name", name, maxShort)...)
	}
	if len(fs) == 0 && p.Hash != promiseHash(promiseTexts(g, p)) {
		fs = append(fs, errPromiseText)
	}
	if len(p.Commit) > 0 {
		broken, err := s.broken(tx, d.Party)
		if err != nil {
			return p, err
		}
		if broken {
			fs = append(fs, errBrokenBefore)
		}
	}
	if len(fs) > 0 {
		return p, errs.InvalidFields(fs...)
	}
	p.Name, p.At = strings.TrimSpace(p.Name), tx.Now()
	return p, nil
}

// inOrder gives what was chosen once each, in the guide's order.
func inOrder(g *catalog.Guide, p Promise) (later, commit []string) {
	add := func(list []string, x string) []string {
		if slices.Contains(list, x) {
			return list
		}
		return append(list, x)
	}
	for _, m := range g.Materials {
		if slices.Contains(p.Later, m.Code) {
			later = add(later, m.Code)
		}
	}
	for _, c := range g.Commitments {
		if slices.Contains(p.Commit, c.Key) {
			commit = add(commit, c.Key)
		}
	}
	for _, code := range p.Later { // what the guide does not have stays, to be refused by name
		later = add(later, code)
	}
	for _, key := range p.Commit {
		commit = add(commit, key)
	}
	return later, commit
}

// keepPromises makes the signed promise a part of the new case: a document with
// number and hash for each kind, and a row for each thing promised.
func (st *step) keepPromises(d *Draft) error {
	p, g := d.Data.Promise, &st.w.v.Guide
	if p.None() {
		return nil
	}
	if len(p.Commit) > 0 { // found untrue since it was signed
		if broken, err := st.s.broken(st.tx, d.Party); err != nil || broken {
			if broken {
				err = errs.InvalidFields(errBrokenBefore)
			}
			return err
		}
	}
	for _, t := range promiseTexts(g, p) {
		kind, rule, keys := TolerancePromise, RuleTolerant, p.Later
		if t.Kind == Commit {
			kind, rule, keys = CommitmentPromise, RulePromise, p.Commit
		}
		facts := []DocFact{{"承诺人（签署）", p.Name}, {"签署时间", p.At.In(clock.Shanghai()).Format("2006-01-02 15:04:05")}, {"所签署全文的杂凑值（SM3）", p.Hash}}
		id, err := st.writeNotice(kind, rule, func(f *noticeFacts) { f.Body, f.Lines, f.Facts = t.Body, t.Lines, facts })
		if err != nil {
			return err
		}
		for _, key := range keys {
			st.s.insertPromise(st.tx, st.c.ID, t.Kind, key, d.Party, id)
		}
	}
	return nil
}

// tolerate turns an acceptance into a tolerant one 容缺受理 where materials are
// promised for later, and skips the review where the commitments say so.
func (st *step) tolerate() (onSpot bool, err error) {
	g := &st.w.v.Guide
	list, err := st.s.promises(st.tx, st.c.ID, g)
	if err != nil || len(list) == 0 {
		return false, err
	}
	if missing := owedWithdrawn(list, g); len(missing) > 0 && !st.deemed { // its proof belongs to a complete application
		m, _ := g.Material(missing[0])
		return false, errs.New(errs.Conflict, "proof-missing", "申请人已撤回承诺，“"+m.Name+"”还没有提交，请先告知补正。", "The promise was withdrawn and the proof is missing; ask for a correction first.")
	}
	later := those(list, Later, PromiseOpen)
	for _, p := range those(list, Commit, PromiseOpen) {
		if c, ok := g.Commitment(p.Key); ok && c.OnSpot {
			onSpot = true
		}
	}
	if len(later) == 0 {
		return onSpot, nil
	}
	st.kind, st.basis = ToleranceNotice, []string{st.w.reg.Cites[RuleTolerant]}
	st.starts = append(st.starts, SupplementLimit)
	for _, p := range later {
		m, _ := g.Material(p.Key)
		st.docLines = append(st.docLines, DocLine{m.Name, m.Standard})
	}
	st.reason = supplementLate(g.SupplementLimit())
	st.say(fmt.Sprintf("容缺受理，待补齐材料 %d 项", len(later)))
	due := st.dueOf(SupplementLimit)
	st.tx.Queue(sqlPromiseDue, st.c.ID, due)
	return false, nil
}

func owedWithdrawn(list []promise, g *catalog.Guide) []string {
	return owed(those(list, Commit, PromiseWithdrawn), g)
}

// dueOf is the date of a limit that begins now.
func (st *step) dueOf(l Limit) string {
	c, ok := spanOf(l, &st.w.v.Guide, st.w.reg)
	if !ok {
		return ""
	}
	c.Start = st.tx.Now()
	return c.Timer().At(st.w.cal, st.tx.Now()).Due.String()
}

// supplied takes over what follows later: the promises that it settles.
func (st *step) supplied(d *Draft, list []promise) error {
	g := &st.w.v.Guide
	wanted := owed(list, g)
	d.Data.Materials = slices.DeleteFunc(d.Data.Materials, func(h Handed) bool { return h.Empty() || !slices.Contains(wanted, h.Code) })
	if len(d.Data.Materials) == 0 {
		return errs.InvalidFields(errs.Field{Path: "materials/" + wanted[0], Code: "required", ZH: "请先提交需要补齐的材料", EN: "Hand in what was to follow first"})
	}
	left := 0
	for _, p := range list {
		code := p.Key
		if c, ok := g.Commitment(p.Key); ok && p.Kind == Commit {
			code = c.Material
		}
		if !slices.Contains(owed([]promise{p}, g), code) {
			continue
		}
		if d.Data.Handed(code).Empty() {
			if p.Kind == Later {
				left++
			}
			continue
		}
		st.tx.Queue(sqlSetPromise, p.ID, string(PromiseSupplied), st.tx.NowMicros())
	}
	if left == 0 {
		st.c.Clocks.stop(SupplementLimit, st.tx.Now())
	}
	st.docLines = st.handedLines(d)
	st.say(fmt.Sprintf("补齐材料 %d 项", len(d.Data.Materials)))
	return st.storeMaterials(d)
}

// supplement hands in what was promised for later. It is an act on the case as
// resubmit is, with the draft that holds the files.
func (s *Service) supplement(ctx context.Context, a actor.Actor, d *Draft, in SubmitInput, w world) (c *Case, err error) {
	return s.handAgain(ctx, a, d, in, w, Supplement, func(st *step, d *Draft) error {
		list, err := s.promises(st.tx, st.c.ID, &w.v.Guide)
		if err != nil {
			return err
		}
		if len(owed(list, &w.v.Guide)) == 0 {
			return ErrNotOffered
		}
		if err := st.supplied(d, list); err != nil {
			return err
		}
		lost, err := s.lostLicences(st.tx, d, &w.v.Guide)
		if err != nil || len(lost) > 0 {
			return errors.Join(err, errs.InvalidFields(lost...))
		}
		return st.finish()
	})
}

// extendSupplement 延长补齐期限: by the window, for force majeure or another
// recorded reason, before the time is over.
func (st *step) extendSupplement() error {
	t, ok := st.c.Clocks.of(SupplementLimit)
	if !ok || !t.Done.IsZero() {
		return ErrNotOffered
	}
	if t.Timer().At(st.w.cal, st.tx.Now()).State == clock.Lapsed {
		return ErrLimitOver
	}
	if strings.TrimSpace(st.in.Reason) == "" {
		return missing("reason", "请写明延长的理由，将告知申请人", "Give the reason; the applicant is told")
	}
	if st.in.Days < 1 || st.in.Days > mostLonger {
		return errs.InvalidFields(errs.Field{Path: "days", Code: "range", ZH: fmt.Sprintf("延长的天数应为1至%d", mostLonger), EN: fmt.Sprintf("Between 1 and %d days", mostLonger)})
	}
	t.Extensions = append(slices.Clone(t.Extensions), clock.Extension{At: st.tx.Now(), N: st.in.Days, Article: st.w.reg.Cites[RuleTolerant]})
	st.tx.Queue(sqlPromiseDue, st.c.ID, t.Timer().At(st.w.cal, st.tx.Now()).Due.String())
	st.reason = st.in.Reason
	st.docFacts = []DocFact{{"延长", fmt.Sprintf("%d日（与原期限单位相同）", st.in.Days)}}
	st.say(fmt.Sprintf("延长补齐期限%d日", st.in.Days), st.in.Reason)
	return nil
}

// mostLonger is by how much one extension may lengthen the time to supplement.
const mostLonger = 30

// supplementOver: the time is over and materials are still missing. Where the
// guide version that was signed says so the case counts as withdrawn, else it
// is decided on what is there. Only an effective date does this.
func (st *step) supplementOver() error {
	t, ok := st.c.Clocks.of(SupplementLimit)
	withdrawn := st.w.v.Guide.SupplementLimit().Late == catalog.LateWithdrawn
	if !ok || !t.Done.IsZero() || withdrawn != (st.m.Act == SupplementWithdrawn) || !t.Timer().At(st.w.cal, st.tx.Now()).Effective() {
		return ErrNotOffered
	}
	list, err := st.s.promises(st.tx, st.c.ID, &st.w.v.Guide)
	if err != nil {
		return err
	}
	late := those(list, Later, PromiseOpen)
	if len(late) == 0 {
		return ErrNotOffered
	}
	for _, p := range late {
		m, _ := st.w.v.Guide.Material(p.Key)
		st.docLines = append(st.docLines, DocLine{m.Name, "逾期未补齐"})
		st.tx.Queue(sqlSetPromise, p.ID, string(PromiseLapsed), st.tx.NowMicros())
	}
	st.c.Clocks.stop(SupplementLimit, st.tx.Now())
	st.reason = supplementLate(st.w.v.Guide.SupplementLimit())
	st.say(fmt.Sprintf("容缺材料 %d 项逾期未补齐", len(late)))
	return nil
}

// withdrawPromise 撤回承诺: before the decision, without reasons; the proof then
// has to be handed in, and the review that the promise spared takes place.
func (st *step) withdrawPromise() error {
	list, err := st.s.promises(st.tx, st.c.ID, &st.w.v.Guide)
	if err != nil {
		return err
	}
	mine := those(list, Commit, PromiseOpen)
	if len(mine) == 0 {
		return ErrNotOffered
	}
	for _, p := range mine {
		c, _ := st.w.v.Guide.Commitment(p.Key)
		st.docLines = append(st.docLines, DocLine{c.Name, "承诺已撤回，改为提交证明"})
		st.tx.Queue(sqlSetPromise, p.ID, string(PromiseWithdrawn), st.tx.NowMicros())
	}
	st.say(fmt.Sprintf("撤回承诺 %d 项", len(mine)), st.in.Reason)
	if st.from == Deciding && len(st.c.Reviewers) == 0 && st.w.v.Guide.NextStage(0) > 0 {
		st.voidTasks()
		st.advance(0)
	}
	return nil
}

// mayGrant refuses a grant while something promised is missing.
func (st *step) mayGrant() ([]promise, error) {
	list, err := st.s.promises(st.tx, st.c.ID, &st.w.v.Guide)
	if err == nil && len(owed(list, &st.w.v.Guide)) > 0 {
		err = ErrToBeSupplied
	}
	return list, err
}

// sweepSupplements does what the end of the applicant's time to supplement brings.
func (s *Service) sweepSupplements(ctx context.Context) error {
	today, due, id := clock.DateOf(s.DB.Now()).String(), "", int64(0)
	type late struct {
		id      int64
		due, no string
	}
	for {
		list, err := db.All(s.DB.Read(ctx), func(r *db.Rows) (l late, err error) { return l, r.Scan(&l.id, &l.due, &l.no) }, sqlLatePromises, today, due, id)
		if err != nil || len(list) == 0 {
			return err
		}
		seen := ""
		for _, l := range list {
			due, id = l.due, l.id
			if l.no == seen {
				continue
			}
			seen = l.no
			err := s.lateSupplement(ctx, l.no)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				s.Log.ErrorContext(ctx, "a promise past its date could not be handled", "case", l.no, "err", err)
			}
		}
	}
}

func (s *Service) lateSupplement(ctx context.Context, no string) error {
	for _, act := range []Act{SupplementWithdrawn, SupplementOver} {
		if _, err := s.Perform(ctx, actor.Platform(), no, act, Input{}); !errors.Is(err, ErrNotOffered) {
			if errors.Is(err, ErrChanged) {
				return nil // the next sweep looks again
			}
			return err
		}
	}
	return nil // supplied meanwhile, or a provisional date: it waits
}

// reckonPromises brings the stored dates of what is to follow up to the calendar.
func (s *Service) reckonPromises(tx *db.Tx, c *Case, cal clock.Calendar, now time.Time) {
	if t, ok := c.Clocks.of(SupplementLimit); ok && t.Done.IsZero() {
		tx.Queue(sqlPromiseDue, c.ID, t.Timer().At(cal, now).Due.String())
	}
}

// settleLater marks what a correction handed in beside what it was asked for.
func (st *step) settleLater(d *Draft) error {
	list, err := st.s.promises(st.tx, st.c.ID, &st.w.v.Guide)
	for _, p := range those(list, Later, PromiseOpen) {
		if !d.Data.Handed(p.Key).Empty() {
			st.tx.Queue(sqlSetPromise, p.ID, string(PromiseSupplied), st.tx.NowMicros())
		}
	}
	for _, p := range those(list, Commit, PromiseWithdrawn) {
		if c, ok := st.w.v.Guide.Commitment(p.Key); ok && c.Material != "" && !d.Data.Handed(c.Material).Empty() {
			st.tx.Queue(sqlSetPromise, p.ID, string(PromiseSupplied), st.tx.NowMicros())
		}
	}
	return err
}

// underPromise names the fields of a refused promise as parts of an application.
func underPromise(err error) error {
	e := errs.Of(err)
	if e == nil || e.Kind != errs.Invalid {
		return err
	}
	fs := slices.Clone(e.Fields)
	for i := range fs {
		fs[i].Path = "promise/" + fs[i].Path
	}
	return errs.InvalidFields(fs...)
}
