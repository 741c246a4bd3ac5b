package casework

import (
	"context"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// errNoClock is for a limit that the case does not have.
var errNoClock = errs.New(errs.NotFound, "clock-not-found", "这个办件没有这项时限。", "The case has no such limit.")

// prove is the proof of a limit as it stands at an instant.
func (c Clock) prove(no string, cal clock.Calendar, at time.Time) clock.Proof {
	p := c.Timer().Prove(cal, at)
	p.Case = no
	p.Name, _ = c.Kind.Words()
	return p
}

// proveNth proves the n-th limit of a case, from 1 as ClockView counts them.
func (c *Case) proveNth(n int, cal clock.Calendar, at time.Time) (clock.Proof, error) {
	if n < 1 || n > len(c.Clocks) {
		return clock.Proof{}, errNoClock
	}
	return c.Clocks[n-1].prove(c.No, cal, at), nil
}

// ClockProof 期限计算证明 gives the calculation of the n-th limit of a case, from
// 1 as View lists them, to somebody who may read the case.
func (s *Service) ClockProof(ctx context.Context, a actor.Actor, no string, n int) (_ clock.Proof, err error) {
	defer errs.Wrap(&err, "proof of limit %d of %s", n, no)
	c, w, err := s.readable(ctx, s.DB.Read(ctx), a, no)
	if err != nil {
		return clock.Proof{}, err
	}
	return c.proveNth(n, w.cal, s.DB.Now())
}

// PublicClockProof is ClockProof for whoever holds the code of a receipt: it
// says nothing about people.
func (s *Service) PublicClockProof(ctx context.Context, no, code string, n int) (clock.Proof, error) {
	if len(no) > 64 || !sameText(code, s.progressCode(no)) {
		return clock.Proof{}, ErrNoCase
	}
	c, err := s.scanCase(s.DB.Read(ctx).QueryRow(sqlCaseByNo, no))
	if err != nil {
		return clock.Proof{}, err
	}
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return clock.Proof{}, err
	}
	return c.proveNth(n, cal, s.DB.Now())
}

// Concerning gives a case to somebody who may read it, and what identity.Decide
// has to know of it, for rooms above that keep something of their own about it.
// Errors: ErrNoCase, refusals, which are recorded.
func (s *Service) Concerning(ctx context.Context, q db.Queryer, a actor.Actor, no string) (*Case, identity.Target, error) {
	c, w, err := s.readable(ctx, q, a, no)
	if err != nil {
		return nil, identity.Target{}, err
	}
	return c, target(c, w, 0), nil
}

// readable gives a case, and the world it lives in, to somebody who may read it.
func (s *Service) readable(ctx context.Context, q db.Queryer, a actor.Actor, no string) (c *Case, w world, err error) {
	if a.Kind == actor.Anonymous || a.Kind == "" {
		return nil, w, identity.ErrLoginNeeded
	}
	if c, err = s.scanCase(q.QueryRow(sqlCaseByNo, no)); err != nil {
		return nil, w, err
	}
	if w, err = s.world(ctx, c.VersionID); err != nil {
		return nil, w, err
	}
	if err = s.mayRead(q, a, c, &w); err != nil {
		s.denied(ctx, a, string(identity.CaseRead), "case/"+c.No, c.UnitID, err)
		return nil, w, err
	}
	return c, w, nil
}
