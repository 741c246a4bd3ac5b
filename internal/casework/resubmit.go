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
		if err := st.permitted(Resubmit, false); err != nil {
			return err
		}
		rows, err := tx.Query(sqlDraftOfCase, string(a.Kind), a.ID, no)
		if err != nil {
			return err
		}
		if rows.Next() {
			d, err = s.scanDraft(rows)
			return err
		}
		d = &Draft{ID: tx.NewID(), ItemID: c.ItemID, VersionID: c.VersionID, ItemName: c.ItemName, Owner: Filer{a.Kind, a.ID, a.Name},
			Party: c.Party, CaseNo: no, Version: 1, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
		if err := s.openJSON("answers", c.answers, &d.Data.Values); err != nil {
			return err
		}
		if err := s.openJSON("delivery", c.delivery, &d.Data.Delivery); err != nil {
			return err
		}
		if d.Data.Materials, err = s.materials(tx, c.ID); err != nil {
			return err
		}
		d.Data.Consent = c.SubmittedAt
		audit.Append(tx, audit.Record{Actor: a, Act: "case.open-correction", Subject: "case/" + no, Unit: c.UnitID, Outcome: "done"})
		return s.insertDraft(tx, d)
	})
	return d, err
}

// resubmit hands the correction in. Only what the notice asked for is taken
// over: the rest of the application stays as it was received.
func (s *Service) resubmit(ctx context.Context, a actor.Actor, d *Draft, in SubmitInput) (c *Case, err error) {
	w, err := s.world(ctx, d.VersionID)
	if err != nil {
		return nil, err
	}
	err = s.DB.Write(ctx, "casework.resubmit", func(tx *db.Tx) error {
		d, err := s.ownDraft(tx, a, d.ID)
		if err != nil {
			return err
		}
		if in.Version != 0 && d.Version != in.Version {
			return ErrDraftChanged
		}
		if c, err = s.scanCase(tx.QueryRow(sqlCaseByNo, d.CaseNo)); err != nil {
			return err
		}
		st := &step{s: s, tx: tx, a: a, c: c, w: w, from: c.State}
		if err := st.permitted(Resubmit, false); err != nil {
			return err
		}
		if fs := problems(d, w.v); len(fs) > 0 {
			return errs.InvalidFields(fs...)
		}
		var before form.Values
		if err := s.openJSON("answers", c.answers, &before); err != nil {
			return err
		}
		if c.answers, err = s.seal("answers", w.v.Form().Prune(w.v.Form().Normalise(corrected(before, d.Data.Values, c.Correction)))); err != nil {
			return err
		}
		if err := st.storeMaterials(d); err != nil {
			return err
		}
		tx.QueueOne(ErrDraftChanged, sqlDropDraft, d.ID, d.Version)
		if !s.KeepReceiptClock {
			c.ReceivedAt = tx.Now()
		}
		st.docLines = st.handedLines(d)
		st.task(&w.v.Guide, catalog.StepReceive)
		return st.finish()
	})
	if errors.Is(err, ErrNoDraft) { // another request handed it in meanwhile
		if c, e := s.scanCase(s.DB.Read(ctx).QueryRow(sqlCaseByNo, d.CaseNo)); e == nil && c.State == Submitted {
			return c, nil
		}
	}
	return c, err
}

// corrected takes over the answers that may change: those the notice asked for,
// and, since a material may depend on an answer and an answer on another,
// everything when the notice asked for a field.
func corrected(before, now form.Values, asked []Ask) form.Values {
	if slices.ContainsFunc(asked, func(a Ask) bool { return a.Field != "" }) {
		return now
	}
	return before
}
