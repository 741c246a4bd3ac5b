package consult

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Input is what an act carries; each act reads its own fields.
type Input struct {
	Act         Act
	Version     int64  // the inquiry's version that was seen; 0: whatever it is
	Text        string // what is said
	Where       string // not-ours: where to go
	Unit        int64  // pass-on
	ItemVersion int    // close-by-change: number of the guide version
	Basis       string // propose-refusal: legal basis
	Question    string // propose: the question as the public may read it; Text is the answer
	Once        db.Once
}

// Do performs an act. Errors: ErrNone, ErrNotNow, ErrChanged, ErrSameHands,
// refusals, fields.
func (s *Service) Do(ctx context.Context, a actor.Actor, no string, in Input) (x *Inquiry, err error) {
	defer errs.Wrap(&err, "%s %s", in.Act, no)
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	if in.Act == CloseByChange && in.ItemVersion > 0 { // versions never change: looked at before the act
		x, err := s.byNo(s.DB.Read(ctx), no)
		if err != nil {
			return nil, err
		}
		t, err := s.target(s.DB.Read(ctx), dir, x)
		if err != nil {
			return nil, err
		}
		if err := identity.Decide(a, identity.ConsultSettle, t); err != nil {
			return nil, s.refused(ctx, a, identity.ConsultSettle, no, err)
		}
		if err := s.laterVersion(ctx, x, in.ItemVersion); err != nil {
			return nil, err
		}
	}
	var refusal error
	var right identity.Act
	err = s.DB.Write(ctx, "consult."+string(in.Act), func(tx *db.Tx) (err error) {
		refusal = nil
		prior, err := tx.Claim(in.Once)
		if err != nil {
			return err
		}
		if x, err = s.byNo(tx, no); err != nil {
			return err
		}
		t, err := s.target(tx, dir, x)
		if err != nil {
			return err
		}
		m, now := MoveFor(x.Kind, x.State, in.Act)
		if right = m.Right; !now {
			right = identity.ConsultRead
		}
		if refusal = identity.Decide(a, right, t); refusal != nil {
			return refusal
		}
		if prior != 0 {
			return nil
		}
		if !now {
			return ErrNotNow
		}
		if in.Version != 0 && in.Version != x.Version {
			return ErrChanged
		}
		if err := s.act(tx, a, dir, x, m, in); err != nil {
			return err
		}
		tx.Record(in.Once, x.ID)
		return nil
	})
	if refusal != nil {
		return nil, s.refused(ctx, a, right, no, refusal)
	}
	if err != nil {
		return nil, err
	}
	return x, nil
}

// act does what a line of the table says.
func (s *Service) act(tx *db.Tx, a actor.Actor, dir *identity.Directory, x *Inquiry, m Move, in Input) error {
	asker := x.Party.Name
	if asker == "" {
		asker = x.Data.Name
	}
	if bad := in.check(m, x, asker); len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	proposed := false
	if m.Act == Propose {
		p, err := s.proposalOf(tx, x.ID)
		if err != nil {
			return err
		}
		proposed = p != nil
	}
	if !x.more(m.Act, proposed) {
		return ErrNotNow
	}
	w := Words{Text: in.Text, Where: in.Where, Version: 0}
	if m.To != "" {
		x.State = m.To
	}
	switch m.Act {
	case PassOn:
		u, ok := dir.Unit(in.Unit)
		if !ok || u.Kind == "government" {
			return errs.InvalidFields(errs.Field{Path: "unit", Code: "reference", ZH: "请选择转给哪个单位", EN: "Choose the unit"})
		}
		x.UnitID, w.To = u.ID, u.ID
	case FollowUp:
		cal, err := s.Calendar.In(tx)
		if err != nil {
			return err
		}
		s.start(x, cal, tx.Now())
		w.Due = x.DueOn.String()
	case CloseByChange:
		x.ChangedNo, w.Version = in.ItemVersion, in.ItemVersion
	case ProposeRefusal:
		x.Proposer, x.Basis, w.Basis = a.ID, in.Basis, in.Basis
	case Refuse:
		if w.Text == "" {
			reason, err := s.proposedReason(tx, x.ID)
			if err != nil {
				return err
			}
			w.Text = reason
		}
		w.Basis = x.Basis
	case SendBack:
		x.Proposer, x.Basis = 0, ""
	case Propose:
		if err := s.propose(tx, a, x, in.Question, in.Text); err != nil {
			return err
		}
	}
	if m.To.Ended() {
		x.end(tx.Now())
	}
	if err := s.save(tx, x); err != nil {
		return err
	}
	if err := s.did(tx, a, x, m.Act, m.Inside, w); err != nil {
		return err
	}
	if m.Tell[0] == "" {
		return nil
	}
	return s.tell(tx, x, m.Tell[0], message(dir, x, m, w))
}

// message words what who asked is told.
func message(dir *identity.Directory, x *Inquiry, m Move, w Words) string {
	parts := []string{"编号：" + x.No}
	if w.To != 0 {
		u, _ := dir.Unit(w.To)
		parts = append(parts, fmt.Sprintf("已转%s，期限不变，仍应在%s前答复。", u.Name, x.DueOn))
	}
	if w.Text != "" {
		parts = append(parts, m.Tell[1]+w.Text)
	}
	if w.Where != "" {
		parts = append(parts, "您可以到："+w.Where)
	}
	if w.Basis != "" {
		parts = append(parts, "依据："+w.Basis)
	}
	if w.Version != 0 {
		parts = append(parts, fmt.Sprintf("“%s”的办事指南已改进为第%d版。", x.ItemName, w.Version))
	}
	return strings.Join(parts, "\n\n")
}

// proposedReason is what the refusal that waits to be confirmed says.
func (s *Service) proposedReason(q db.Queryer, id int64) (string, error) {
	list, err := db.All(q, s.scanEntry, sqlLastEntry, id, string(ProposeRefusal))
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", errors.New("a refusal without its proposal")
	}
	return list[0].Words.Text, nil
}
