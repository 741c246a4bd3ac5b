package casework

import (
	"context"
	"slices"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// The refusals of whoever may not hand in.
var (
	ErrWindowOnly = errs.New(errs.Forbidden, "window-only", "本事项只在窗口办理，请到办事指南列明的窗口申请。", "This item is handled at the window alone.")
	ErrNoAgent    = errs.New(errs.Forbidden, "no-agent", "本事项须由申请人本人办理，不能委托他人代办。", "The applicant acts in person; an agent cannot hand this in.")
)

// fitting is the pure part of who may hand an item in for a party: the kind of
// applicant (服务对象), the way it is handled, and whether an agent may act
// (行政许可法 第二十九条).
func fitting(a actor.Actor, g *catalog.Guide, party actor.Party) error {
	switch {
	case a.Kind == actor.Person && g.Basics.Mode == "window":
		return ErrWindowOnly
	case a.Mandate != 0 && !g.Basics.Agent:
		return ErrNoAgent
	}
	return fits(g, party)
}

// entitled decides, for drafts and applications alike, whether the actor may
// hand the item in for the party, and by which mandate (0 without one). helper is
// the staff member who helps the party with it, 0 for none.
func (s *Service) entitled(q db.Queryer, a actor.Actor, act identity.Act, it *catalog.Item, g *catalog.Guide, dir *identity.Directory, party actor.Party, helper int64) (mandate int64, err error) {
	t := identity.Target{HelperID: helper, UnitPath: dir.Path(it.UnitID), ReceivingPath: dir.Path(it.ReceivingUnitID), Owner: party, Applicant: party}
	if err := identity.Decide(a, act, t); err != nil {
		return 0, err
	}
	if err := fitting(a, g, party); err != nil {
		return 0, err
	}
	return s.Identity.Covers(q, a, g.Basics.BasicCode)
}

// fits checks that the item is meant for this kind of applicant (服务对象).
func fits(g *catalog.Guide, p actor.Party) error {
	if g.Serves(p.Kind) {
		return nil
	}
	if slices.Contains(g.Basics.Audience, "1") {
		return errs.New(errs.Forbidden, "wrong-applicant", "本事项由自然人申请，请切换为个人身份后办理。", "Natural persons apply for this item; switch to your own identity.")
	}
	return errs.New(errs.Forbidden, "wrong-applicant", "本事项由法人或者非法人组织申请，请切换为单位身份后办理。", "Organisations apply for this item; switch to an organisation you act for.")
}

// denied writes an audit record of what somebody known tried and was refused:
// for lack of right, on another's case, or on a case that does not allow it.
// Visitors are not written down, they would fill the log; nor is the platform.
func (s *Service) denied(ctx context.Context, a actor.Actor, act, subject string, unit int64, refusal error) {
	if refusal == nil || a.ID == 0 {
		return
	}
	if k := errs.KindOf(refusal); k != errs.Forbidden && k != errs.NotFound && k != errs.Conflict {
		return
	}
	err := s.DB.Write(context.WithoutCancel(ctx), "casework.denied", func(tx *db.Tx) error {
		return audit.Append(tx, audit.Record{Actor: a, Act: act, Subject: subject, Unit: unit, Outcome: "denied",
			Detail: map[string]string{"code": errs.Of(refusal).Code}})
	})
	if err != nil {
		s.Log.ErrorContext(ctx, "a refusal was not audited", "act", act, "subject", subject, "err", err)
	}
}
