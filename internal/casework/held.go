package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/licence"
)

// HeldChoices lists the licences of a party that an application for the item can
// be about; nil where the item gives a new licence.
func (s *Service) HeldChoices(ctx context.Context, party actor.Party, g *catalog.Guide) ([]licence.Licence, error) {
	r := g.Result()
	if r.Does == "" {
		return nil, nil
	}
	list, err := s.Licences.OfHolder(s.DB.Read(ctx), party)
	today := clock.DateOf(s.DB.Now()).String()
	return slices.DeleteFunc(list, func(l licence.Licence) bool { return heldProblem(&l, party, r, today) != nil }), err
}

// ChooseHeld names the licence that a draft is about; 0 takes the choice back.
func (s *Service) ChooseHeld(ctx context.Context, a actor.Actor, id, version, licenceID int64) (*Draft, error) {
	return s.changeDraft(ctx, a, id, version, "case.draft-held", "", func(tx *db.Tx, d *Draft) error {
		v, err := s.Catalog.ByVersion(ctx, d.VersionID)
		if err != nil {
			return err
		}
		if v.Guide.Result().Does == "" || d.CaseNo != "" {
			return ErrNotOffered
		}
		if licenceID != 0 {
			if _, err := s.heldFor(tx, d.Party, v.Guide.Result(), licenceID); err != nil {
				return err
			}
		}
		d.Data.Held = licenceID
		return nil
	})
}

// onlyHeld picks the licence that a new draft is about where there is but one.
func (s *Service) onlyHeld(ctx context.Context, party actor.Party, g *catalog.Guide) (int64, error) {
	list, err := s.HeldChoices(ctx, party, g)
	if err != nil || len(list) != 1 {
		return 0, err
	}
	return list[0].ID, nil
}

// heldFor gives a licence that an application can be about; the error names the
// field where it cannot.
func (s *Service) heldFor(q db.Queryer, party actor.Party, r catalog.Result, id int64) (*licence.Licence, error) {
	l, err := s.Licences.ByID(q, id)
	if errors.Is(err, licence.ErrNoLicence) {
		return nil, errs.InvalidFields(errHeldUnknown)
	}
	if err != nil {
		return nil, err
	}
	if f := heldProblem(l, party, r, clock.DateOf(s.DB.Now()).String()); f != nil {
		return nil, errs.InvalidFields(*f)
	}
	return l, nil
}

// bindHeld ties a new case to the licence that it is about. Of each kind one
// application at a time is open for a licence.
func (st *step) bindHeld(d *Draft) error {
	r := st.w.v.Guide.Result()
	if r.Does == "" {
		return nil
	}
	l, err := st.s.heldFor(st.tx, d.Party, r, d.Data.Held)
	if err != nil {
		return err
	}
	h := held{CaseID: st.c.ID, LicenceID: l.ID, Does: r.Does, State: heldOpen, Until: l.Until}
	if r.Does == catalog.DoesRenew {
		h.Late = renewedLate(l.Until, r.AskedBy(), clock.DateOf(st.tx.Now()))
		if !h.Late && st.w.reg.Has(RuleDeemRenewed) {
			h.DueOn = l.Until
		}
	}
	fresh, err := insertHeld(st.tx, h)
	if err == nil && !fresh {
		err = errs.InvalidFields(errHeldTwice)
	}
	if err != nil {
		return err
	}
	st.docFacts = append(st.docFacts, heldFacts(l)...)
	if h.Late {
		st.docFacts = append(st.docFacts, DocFact{"提出时间", lateWords(r.AskedBy())})
		st.say(lateWords(r.AskedBy()))
	}
	return nil
}

// doHeld carries a grant out: a new version of the licence, or its end.
func (st *step) doHeld(r catalog.Result, deemed bool) error {
	h, err := st.s.heldOf(st.tx, st.c.ID)
	if err != nil {
		return err
	}
	if h == nil || h.State != heldOpen {
		return ErrNotOffered
	}
	words := doing[r.Does]
	st.kind, st.article = words.grant, st.w.reg.Cites[words.rule]
	if r.Does == catalog.DoesDeregister {
		l, err := st.s.Licences.ChangeTx(st.tx, st.a, h.LicenceID, licence.Deregistered, licence.Cancelled, st.c.No)
		if err != nil {
			return err
		}
		st.docFacts = append(st.docFacts, heldFacts(l)...)
		endHeld(st.tx, st.c.ID, heldDone, 0, false)
		return nil
	}
	old, err := st.s.Licences.ByID(st.tx, h.LicenceID)
	if err != nil {
		return err
	}
	in := licence.Revision{Why: licence.Ending(r.Does), CaseNo: st.c.No, ItemName: st.c.ItemName}
	switch r.Does {
	case catalog.DoesChange:
		if in.Fields, err = st.licenceFields(r); err != nil {
			return err
		}
		for k, v := range in.Fields { // what was not asked stays as it is
			if v == "" {
				delete(in.Fields, k)
			}
		}
	case catalog.DoesRenew:
		years := r.Years
		if years == 0 {
			if years, err = st.s.Licences.Term(st.tx, old.TypeKey); err != nil {
				return err
			}
		}
		if in.From, in.Until, err = renewedTerm(old.Until, years, clock.DateOf(st.tx.Now()), deemed); err != nil {
			return err
		}
	}
	l, err := st.s.Licences.ReviseTx(st.tx, st.a, old.ID, in)
	if err != nil {
		return err
	}
	st.c.LicenceID = l.ID
	st.licence = &DocLicence{l.Name, l.Identifier, l.Number}
	st.docFacts = append(st.docFacts, DocFact{"证照", l.Name}, DocFact{"编号", l.Number}, DocFact{"有效期", validity(l)}, DocFact{"原证照标识", old.Identifier}, DocFact{"新证照标识", l.Identifier})
	endHeld(st.tx, st.c.ID, heldDone, l.ID, deemed)
	return nil
}

// undoHeld takes back what a grant did to the licence that was held, when the
// grant is annulled: the version before is valid again, unless it was lost or
// more has happened since. struck is the licence that the annulment took away.
func (st *step) undoHeld(struck int64) error {
	h, err := st.s.heldOf(st.tx, st.c.ID)
	if err != nil || h == nil || h.State != heldDone || h.Does == catalog.DoesReplace || h.Result != struck {
		return err
	}
	l, err := st.s.Licences.RestoreTx(st.tx, st.a, h.LicenceID, st.c.No)
	if err == nil && l.Ended == "" {
		st.docFacts = append(st.docFacts, DocFact{"恢复原证照", l.Name}, DocFact{"原证照标识", l.Identifier})
	}
	return err
}

// leaveHeld ends the tie where the case ends without a grant.
func (st *step) leaveHeld() {
	if st.w.v.Guide.Result().Does != "" {
		st.tx.Queue(sqlLeaveHeld, st.c.ID)
	}
}

// deemRenewed 视为准予延续: the licence's last day is over and the authority has
// not decided on a request that came in time (行政许可法 第五十条第二款). It is
// renewed as a grant would renew it, from the day after its last.
func (st *step) deemRenewed() error {
	h, err := st.s.heldOf(st.tx, st.c.ID)
	if err != nil {
		return err
	}
	today := clock.DateOf(st.tx.Now()).String()
	if h == nil || h.State != heldOpen || h.DueOn == "" || today <= h.DueOn {
		return ErrNotOffered
	}
	if st.c.AcceptedAt.IsZero() { // nobody said no to it, so it counts from its receipt
		st.c.AcceptedAt = st.c.ReceivedAt
	}
	st.c.DecidedAt, st.c.ResumeState, st.c.Outcome = st.tx.Now(), "", Granted
	st.voidTasks()
	if err := st.doHeld(st.w.v.Guide.Result(), true); err != nil {
		return err
	}
	st.kind, st.article = "", ""
	st.stops = []Limit{HearingAskLimit, HearingHoldLimit, VisitLimit, LowerLimit, SupplementLimit}
	st.detail = map[string]string{"valid-until": h.Until}
	st.say(fmt.Sprintf("证照有效期至%s，有效期届满前未作出决定", h.Until))
	st.deliver()
	return st.renewalAlarm("renewal-deemed", h.Until)
}

// renewalAlarm tells the supervisor, once, that a renewal was not decided in time.
func (st *step) renewalAlarm(ground, until string) error {
	st.tx.Queue(sqlAlarm, st.c.ID, until, st.tx.NowMicros())
	no := st.c.No
	st.tx.OnCommit(func() {
		st.s.Log.Warn("a renewal was not decided before the licence's last day", "case", no, "ground", ground, "until", until)
	})
	return audit.Append(st.tx, audit.Record{Actor: actor.Platform(), Act: "case.alarm", Subject: "case/" + no, Unit: st.c.UnitID,
		Detail: map[string]string{"ground": ground, "due": until}, Outcome: "raised"})
}

// sweepRenewals does what the last day of licences brings to open renewals. It
// costs by what is due.
func (s *Service) sweepRenewals(ctx context.Context) error {
	today, due, id := clock.DateOf(s.DB.Now()).String(), "", int64(0)
	for {
		type late struct {
			id      int64
			due, no string
		}
		list, err := db.All(s.DB.Read(ctx), func(r *db.Rows) (l late, err error) { return l, r.Scan(&l.id, &l.due, &l.no) }, sqlHeldDue, today, due, id)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, l := range list {
			due, id = l.due, l.id
			_, err := s.Perform(ctx, actor.Platform(), l.no, DeemRenewed, Input{})
			if errors.Is(err, ErrNotOffered) { // it waits for the applicant: silence is not the authority's
				err = s.renewalMissed(ctx, l.no)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil && !errors.Is(err, ErrChanged) {
				s.Log.ErrorContext(ctx, "a renewal past the licence's last day could not be handled", "case", l.no, "err", err)
			}
		}
	}
}

// renewalMissed: on the licence's last day the case waited for its applicant, so
// nothing is deemed; the office decides, and its supervisor is alerted.
func (s *Service) renewalMissed(ctx context.Context, no string) error {
	return s.DB.Write(ctx, "casework.renewal-missed", func(tx *db.Tx) error {
		c, err := s.scanCase(tx.QueryRow(sqlCaseByNo, no))
		if err != nil {
			return err
		}
		h, err := s.heldOf(tx, c.ID)
		if err != nil || h == nil || h.State != heldOpen || h.DueOn == "" || c.State != Correcting && c.State != Prechecked {
			return err
		}
		tx.Queue(sqlHeldNoDue, c.ID)
		st := &step{s: s, tx: tx, c: c}
		return st.renewalAlarm("renewal-waits-for-applicant", h.Until)
	})
}

// licenceFields takes the fields of a licence from the form, the applicant and
// the case as the guide maps them.
func (st *step) licenceFields(r catalog.Result) (map[string]string, error) {
	c := st.c
	var values form.Values
	if err := st.s.openJSON("answers", c.answers, &values); err != nil {
		return nil, err
	}
	values = st.w.v.Form().Normalise(values)
	info, err := st.s.Identity.Party(st.tx, c.Party)
	if err != nil {
		return nil, err
	}
	return fieldsOf(r, st.w.v.Form(), values, st.known(info)), nil
}
