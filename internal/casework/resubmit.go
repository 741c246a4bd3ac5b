package casework

import (
	"context"
	"errors"
	"slices"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
)

// OpenCorrection opens a draft that holds what the case holds, for the party to
// correct; a second call finds the same draft.
func (s *Service) OpenCorrection(ctx context.Context, a actor.Actor, no string) (d *Draft, err error) {
	defer errs.Wrap(&err, "open the correction of %s", no)
	return s.openCopy(ctx, a, no, Resubmit, func(*db.Tx, *Draft) error { return nil })
}

// openCopy opens a draft that holds what the case holds, for an act that hands
// it in again, or finds the one that the actor has open.
func (s *Service) openCopy(ctx context.Context, a actor.Actor, no string, act Act, mark func(*db.Tx, *Draft) error) (d *Draft, err error) {
	name := "case.open-correction"
	if act == Mend {
		name = "case.open-mend"
	}
	head, err := s.scanCase(s.DB.Read(ctx).QueryRow(sqlCaseByNo, no))
	if err != nil {
		return nil, err
	}
	w, err := s.world(ctx, head.VersionID)
	if err != nil {
		return nil, err
	}
	err = s.DB.Write(ctx, "casework.open-correction", func(tx *db.Tx) error {
		c, err := s.scanCase(tx.QueryRow(sqlCaseByNo, no))
		if err != nil {
			return err
		}
		st := &step{s: s, tx: tx, a: a, c: c, w: w, from: c.State}
		act := act
		if act == Resubmit && c.State != Correcting {
			act = Supplement
		}
		if err := st.permitted(act, false); err != nil {
			return err
		}
		promised, err := s.promises(tx, c.ID, &w.v.Guide)
		if err != nil {
			return err
		}
		if act == Supplement && len(owed(promised, &w.v.Guide)) == 0 {
			return ErrNotOffered
		}
		if d, err = s.correctionDraft(tx, a, no); d != nil || err != nil {
			return err
		}
		d = &Draft{ID: tx.NewID(), ItemID: c.ItemID, VersionID: c.VersionID, ItemName: c.ItemName, Owner: Filer{a.Kind, a.ID, a.Name},
			Party: c.Party, CaseNo: no, Version: 1, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
		if d.Data, err = s.held(tx, c); err != nil {
			return err
		}
		d.Data.Consent = c.SubmittedAt
		if d.Data.Assist = c.assist; c.assist != 0 {
			if err := s.corrects(tx, a, c.assist, d.ID); err != nil {
				return err
			}
		}
		if err := mark(tx, d); err != nil {
			return err
		}
		for _, p := range those(promised, Later, PromiseOpen, PromiseLapsed) {
			d.Data.Promise.Later = append(d.Data.Promise.Later, p.Key)
		}
		for _, p := range those(promised, Commit, PromiseOpen) {
			d.Data.Promise.Commit = append(d.Data.Promise.Commit, p.Key)
		}
		audit.Append(tx, audit.Record{Actor: a, Act: name, Subject: "case/" + no, Unit: c.UnitID, Outcome: "done"})
		return s.insertDraft(tx, d)
	})
	if db.IsUnique(err) { // opened by another request meanwhile
		d, err = s.correctionDraft(s.DB.Read(ctx), a, no)
	}
	if err != nil {
		s.denied(ctx, a, name, "case/"+no, head.UnitID, err)
		return nil, err
	}
	return d, nil
}

// held is what a case holds, as a draft holds it.
func (s *Service) held(q db.Queryer, c *Case) (d DraftData, err error) {
	if err := s.openJSON("answers", c.answers, &d.Values); err != nil {
		return d, err
	}
	if err := s.openJSON("delivery", c.delivery, &d.Delivery); err != nil {
		return d, err
	}
	d.Materials, err = s.materials(q, c.ID)
	return d, err
}

// correctionDraft finds the actor's open correction of a case, nil if none.
func (s *Service) correctionDraft(q db.Queryer, a actor.Actor, no string) (*Draft, error) {
	rows, err := q.Query(sqlDraftOfCase, string(a.Kind), a.ID, no)
	if err != nil || !rows.Next() {
		return nil, err
	}
	return s.scanDraft(rows)
}

// dropCorrections removes open corrections of a case that has gone on without
// them, with the files that were added to them.
func (s *Service) dropCorrections(tx *db.Tx, c *Case, keep int64) error {
	list, err := db.All(tx, s.scanDraft, sqlCorrections, c.No)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.ID == keep {
			continue
		}
		if err := s.letGo(tx, d); err != nil {
			return err
		}
		tx.Queue(sqlDropDraft, d.ID, d.Version)
	}
	return nil
}

// resubmit hands the correction in. Only what the notice asked for is taken
// over: the rest of the application stays as it was received.
func (s *Service) resubmit(ctx context.Context, a actor.Actor, d *Draft, in SubmitInput) (c *Case, err error) {
	w, err := s.world(ctx, d.VersionID)
	if err != nil {
		return nil, err
	}
	head, err := s.scanCase(s.DB.Read(ctx).QueryRow(sqlCaseByNo, d.CaseNo))
	if err != nil {
		return nil, err
	}
	act := Resubmit
	if head.State != Correcting && w.v.Guide.Promises() {
		act = Supplement
		c, err = s.supplement(ctx, a, d, in, w)
	} else {
		c, err = s.handCorrection(ctx, a, d, in, w)
	}
	return s.handed(ctx, a, d, in, act, c, err)
}

// handAgain is an act that hands in the draft of a case that is there already:
// what all of them do before what is particular to each.
func (s *Service) handAgain(ctx context.Context, a actor.Actor, d *Draft, in SubmitInput, w world, act Act, do func(*step, *Draft) error) (c *Case, err error) {
	err = s.DB.Write(ctx, "casework."+string(act), func(tx *db.Tx) error {
		if in.Once != nil {
			in.Once.Claim(tx, d.CaseNo)
		}
		d, err := s.ownDraft(tx, a, d.ID)
		if err != nil {
			return err
		}
		if in.Version != 0 && d.Version != in.Version {
			return ErrDraftChanged
		}
		tx.QueueOne(ErrDraftChanged, sqlDropDraft, d.ID, d.Version)
		if c, err = s.scanCase(tx.QueryRow(sqlCaseByNo, d.CaseNo)); err != nil {
			return err
		}
		st := &step{s: s, tx: tx, a: a, c: c, w: w, from: c.State, eventID: d.ID}
		if err := st.permitted(act, false); err != nil {
			return err
		}
		return do(st, d)
	})
	return c, err
}

// handed answers such an act: with what it led to before, if this is a
// repetition or a second click.
func (s *Service) handed(ctx context.Context, a actor.Actor, d *Draft, in SubmitInput, act Act, c *Case, err error) (*Case, error) {
	if err != nil {
		c, err = s.repeated(ctx, in.Once, err)
	}
	if errors.Is(err, ErrNoDraft) || errors.Is(err, ErrDraftChanged) || errors.Is(err, ErrChanged) {
		if prior, e := s.submitted(ctx, a, d.ID); e == nil {
			return prior, nil // another request handed it in meanwhile
		}
	}
	if err != nil {
		s.denied(ctx, a, "case."+string(act), "case/"+d.CaseNo, 0, err)
		return nil, err
	}
	return c, nil
}

// handCorrection is the act itself.
func (s *Service) handCorrection(ctx context.Context, a actor.Actor, d *Draft, in SubmitInput, w world) (c *Case, err error) {
	return s.handAgain(ctx, a, d, in, w, Resubmit, func(st *step, d *Draft) error {
		if _, err := s.confirmed(st.tx, a, d); err != nil {
			return err
		}
		if err := s.mergeCorrection(st.tx, st.c, d); err != nil {
			return err
		}
		fs := problems(d, w.v, read(d.Data.Values, w.v))
		lost, err := s.lostLicences(st.tx, d, &w.v.Guide)
		if err != nil {
			return err
		}
		if fs = append(fs, lost...); len(fs) > 0 {
			return errs.InvalidFields(fs...)
		}
		if st.c.answers, err = s.seal("answers", w.v.Form().Prune(w.v.Form().Normalise(d.Data.Values))); err != nil {
			return err
		}
		if err := st.storeMaterials(d); err != nil {
			return err
		}
		if err := st.settleLater(d); err != nil {
			return err
		}
		if !s.KeepReceiptClock {
			st.c.ReceivedAt = st.tx.Now()
		}
		st.docLines = st.handedLines(d)
		st.voidTasks() // a request for more time that nobody has to answer any more
		st.task(&w.v.Guide, catalog.StepReceive)
		if err := s.assisted(st.tx, a, d, st.c); err != nil {
			return err
		}
		if err := st.letDecide(); err != nil {
			return err
		}
		return st.finish()
	})
}

// mergeCorrection lays what was asked for over what the case holds. A material
// may depend on an answer and an answer on another, so everything is taken over
// when the notice asked for a field; else only the materials that it names.
func (s *Service) mergeCorrection(tx *db.Tx, c *Case, d *Draft) error {
	asks := func(fits func(Ask) bool) bool { return slices.ContainsFunc(c.Correction, fits) }
	if asks(func(a Ask) bool { return a.Field != "" }) {
		return nil
	}
	var before form.Values
	if err := s.openJSON("answers", c.answers, &before); err != nil {
		return err
	}
	d.Data.Values = before
	handed, err := s.materials(tx, c.ID)
	if err != nil {
		return err
	}
	merged := slices.DeleteFunc(slices.Clone(d.Data.Materials), func(h Handed) bool {
		return !asks(func(a Ask) bool { return a.Material == h.Code })
	})
	for _, h := range handed {
		if !asks(func(a Ask) bool { return a.Material == h.Code }) {
			merged = append(merged, h)
		}
	}
	d.Data.Materials = merged
	return nil
}
