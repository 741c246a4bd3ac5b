package catalog

import (
	"context"
	"errors"
	"slices"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// carrying is an adjustment that is being carried out, within its act. What it
// reads of the catalogue nobody changes until the act ends.
type carrying struct {
	s   *Service
	tx  *db.Tx
	a   actor.Actor
	d   *Adjustment
	dir *identity.Directory
	why string // the reason that lists and versions give
}

// carryOut 实施 changes the matters of a dossier and all their lists.
func (s *Service) carryOut(tx *db.Tx, a actor.Actor, d *Adjustment, dir *identity.Directory) error {
	tx.Queue(sqlHoldCatalog)
	c := &carrying{s, tx, a, d, dir, "动态调整 " + d.No}
	do := map[AdjustKind]func() error{AdjustAdd: c.add, AdjustChange: c.change, AdjustMerge: c.end, AdjustCancel: c.end, AdjustSplit: c.split,
		AdjustDelegate: c.delegate, AdjustTakeBack: c.takeBack}[d.Plan.Kind]
	if err := do(); err != nil {
		return err
	}
	d.CarriedAt = tx.Now()
	s.changed(tx)
	return nil
}

// matter reads an entry that the plan counts on.
func (c *carrying) matter(code string) (*Basic, error) {
	b, err := basicBy(c.tx, sqlBasicByKey, code)
	if errors.Is(err, ErrNoBasic) || err == nil && b.State != InUse {
		return nil, ErrAdjustFacts
	}
	return b, err
}

// lists reads the lists of a matter that are not cancelled.
func (c *carrying) lists(code string) ([]*Item, error) {
	all, err := db.All(c.tx, itemRow, sqlItemsOf, code)
	var out []*Item
	for i := range all {
		if all[i].State != Cancelled {
			out = append(out, &all[i])
		}
	}
	return out, err
}

func (c *carrying) add() error {
	for _, b := range c.d.Plan.Entries {
		switch _, err := basicBy(c.tx, sqlBasicByKey, b.Code); {
		case err == nil:
			return ErrAdjustFacts
		case !errors.Is(err, ErrNoBasic):
			return err
		}
		if _, err := c.s.putBasic(c.tx, c.a, b, InUse); err != nil {
			return err
		}
	}
	return nil
}

// end cancels matters and their lists; what goes on, if anything, takes their place.
func (c *carrying) end() error {
	var goOn []*Item
	if code := c.d.Plan.Successor; code != "" {
		if _, err := c.matter(code); err != nil {
			return err
		}
		var err error
		if goOn, err = c.lists(code); err != nil {
			return err
		}
		c.why += "，由" + code + "承接"
	}
	for _, code := range c.d.Plan.Items {
		b, err := c.matter(code)
		if err != nil {
			return err
		}
		lists, err := c.lists(code)
		if err != nil {
			return err
		}
		for _, it := range lists {
			if err := c.cancel(it, takesPlace(c.dir, it, goOn)); err != nil {
				return err
			}
		}
		if err := c.endMatter(b); err != nil {
			return err
		}
	}
	return nil
}

// endMatter takes a matter out of the catalogue, and the drafts of it with it.
func (c *carrying) endMatter(b *Basic) error {
	if _, err := c.s.putBasic(c.tx, c.a, *b, Cancelled); err != nil {
		return err
	}
	return c.discard(b, func(*Draft) bool { return true })
}

// cancel takes a list out of use for ever. Its running cases go on.
func (c *carrying) cancel(it *Item, successor string) error {
	c.tx.Queue(sqlSetState, it.ID, string(Cancelled), c.tx.NowMicros(), c.why, successor)
	c.tx.Queue(sqlReplaceOpen, it.ID, c.tx.NowMicros(), c.a.Name)
	change(c.tx, it.ID, it.Code, ChangeCancelled, it.VersionID)
	return audit.Append(c.tx, audit.Record{Actor: c.a, Act: string(identity.AdjustmentCarryOut), Subject: "item/" + it.Code, Unit: it.UnitID,
		Detail: map[string]string{"state": string(Cancelled), "reason": c.why, "successor": successor}, Outcome: "done"})
}

// discard ends the open drafts of a matter that fit.
func (c *carrying) discard(b *Basic, fits func(*Draft) bool) error {
	drafts, err := c.drafts(b.ID)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if !fits(d) {
			continue
		}
		d.State = Discarded
		d.event(c.tx, c.a, string(DraftDiscard), "", c.why)
		if err := c.s.saveDraft(c.tx, c.a, d); err != nil {
			return err
		}
	}
	return nil
}

func (c *carrying) drafts(basicID int64) ([]*Draft, error) {
	return db.All(c.tx, func(r *db.Rows) (*Draft, error) { return scanDraft(r) }, sqlOpenDraftsOf, basicID)
}

// change writes another entry into the catalogue, and what guides take from it
// into the city-wide guide, every list and every draft.
func (c *carrying) change() error {
	next := c.d.Plan.Entries[0]
	old, err := c.matter(next.Code)
	if err != nil {
		return err
	}
	next.Levels, next.Implied = old.Levels, false
	b, err := c.s.putBasic(c.tx, c.a, next, InUse)
	if err != nil {
		return err
	}
	was := b.TemplateID
	var now *Template
	if was != 0 {
		t, err := c.s.readTemplate(c.tx, was)
		if err != nil {
			return err
		}
		g := t.Guide
		old.unlock(&g)
		if now, err = c.s.putTemplate(c.tx, c.a, b, g); err != nil {
			return err
		}
	}
	lists, err := c.lists(b.Code)
	if err != nil {
		return err
	}
	became := map[int64]int64{} // the version that took an earlier one's place
	for _, it := range lists {
		for i, id := range []int64{it.VersionID, it.NextVersion} {
			if id == 0 {
				continue
			}
			from := ""
			if i == 1 {
				from = it.NextFrom // it goes on waiting
			}
			if became[id], err = c.relock(it, id, from, old, b, was, now); err != nil {
				return err
			}
		}
	}
	return c.rebase(old, b, was, now, became)
}

// unlock takes out of a guide the basis that the entry had put there, before
// another entry is written over it.
func (b *Basic) unlock(g *Guide) {
	g.Basis = slices.DeleteFunc(slices.Clone(g.Basis), func(x Basis) bool {
		return slices.ContainsFunc(b.Basis, func(y Basis) bool { return x.Law == y.Law && x.Article == y.Article })
	})
}

// relock publishes a version of a list once more, with what the changed entry
// says. One that followed the city-wide guide in force follows its next version;
// one that follows an earlier version still has the change above to answer.
func (c *carrying) relock(it *Item, versionID int64, from string, old, b *Basic, was int64, now *Template) (int64, error) {
	v, err := c.s.readVersion(c.tx, versionID)
	if err != nil {
		return 0, err
	}
	var t *Template
	switch {
	case v.TemplateID == 0:
	case v.TemplateID == was:
		t = now
	default:
		if t, err = c.s.readTemplate(c.tx, v.TemplateID); err != nil {
			return 0, err
		}
	}
	l := list{guide: v.Guide}
	old.unlock(&l.guide)
	b.lock(&l.guide)
	l.unit, _ = c.dir.Unit(it.UnitID)
	l.recv, _ = c.dir.Unit(it.ReceivingUnitID)
	id, err := c.s.publish(c.tx, c.a, t, l, publication{from: from, reason: c.why, adjusted: true})
	if t != nil && t == now {
		c.tx.Queue(sqlAdoptProposal, it.ID, now.ID, c.tx.NowMicros(), c.a.Name)
	}
	return id, err
}

// rebase lets the open drafts of a changed matter go on upon its new versions,
// so that nobody's work is lost.
func (c *carrying) rebase(old, b *Basic, was int64, now *Template, became map[int64]int64) error {
	drafts, err := c.drafts(b.ID)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		old.unlock(&d.Guide)
		b.lock(&d.Guide)
		if id := became[d.BaseID]; id != 0 {
			d.BaseID = id
		}
		if now != nil && d.TemplateID == was {
			d.TemplateID = now.ID
			if d.Kind == TemplateDraft {
				d.BaseID = now.ID
			}
		}
		d.event(c.tx, c.a, "adjust", "", c.why)
		if err := c.s.saveDraft(c.tx, c.a, d); err != nil {
			return err
		}
		c.tx.Queue(sqlRebaseDraft, d.ID, d.BaseID, d.TemplateID)
	}
	return nil
}

// split makes the new matters. A unit that handles the old one gets a draft of
// each; its old list stays until it has published them, so that nobody is left
// without.
func (c *carrying) split() error {
	old, err := c.matter(c.d.Plan.Items[0])
	if err != nil {
		return err
	}
	if err := c.add(); err != nil {
		return err
	}
	lists, err := c.lists(old.Code)
	if err != nil {
		return err
	}
	if err := c.discard(old, func(*Draft) bool { return true }); err != nil {
		return err
	}
	for _, e := range c.d.Plan.Entries {
		b, err := c.matter(e.Code)
		if err != nil {
			return err
		}
		for _, it := range lists {
			if !slices.Contains(b.Levels, it.Level) {
				continue
			}
			v, err := c.s.readVersion(c.tx, it.VersionID)
			if err != nil {
				return err
			}
			g := v.Guide
			old.unlock(&g)
			g.Basics.Aliases, g.Basics.Summary = nil, b.Summary
			unit, _ := c.dir.Unit(it.UnitID)
			if err := c.open(b, unit, it.ReceivingUnitID, g, 0); err != nil {
				return err
			}
		}
	}
	return c.settleSplit(old)
}

// settleSplit cancels the old lists whose units have published every new one of
// their level, and the old matter with the last of them.
func (c *carrying) settleSplit(old *Basic) error {
	lists, err := c.lists(old.Code)
	if err != nil {
		return err
	}
	c.d.Unsettled = false
	for _, it := range lists {
		successor := ""
		for _, e := range c.d.Plan.Entries {
			if !slices.Contains(e.Levels, it.Level) {
				continue
			}
			offers, err := c.lists(e.Code)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(offers, func(o *Item) bool { return o.UnitID == it.UnitID && o.State == InUse })
			if i < 0 {
				c.d.Unsettled = true
				successor = ""
				break
			}
			if successor == "" {
				successor = offers[i].Code
			}
		}
		if successor != "" {
			if err := c.cancel(it, successor); err != nil {
				return err
			}
		}
	}
	if c.d.Unsettled {
		return nil
	}
	return c.endMatter(old)
}

// delegate adds levels and gives the units there a draft to begin with.
func (c *carrying) delegate() error {
	for _, code := range c.d.Plan.Items {
		b, err := c.matter(code)
		if err != nil {
			return err
		}
		next := *b
		next.Levels = slices.Concat(b.Levels, c.d.Plan.Levels)
		slices.Sort(next.Levels)
		next.Levels = slices.Compact(next.Levels)
		if b, err = c.s.putBasic(c.tx, c.a, next, InUse); err != nil {
			return err
		}
		lists, err := c.lists(code)
		if err != nil {
			return err
		}
		g := blankGuide(b)
		if b.TemplateID != 0 {
			t, err := c.s.readTemplate(c.tx, b.TemplateID)
			if err != nil {
				return err
			}
			g = t.Guide
		}
		for _, u := range takers(c.dir, *b, c.d.Plan.Levels) {
			if slices.ContainsFunc(lists, func(it *Item) bool { return it.UnitID == u.ID }) {
				continue
			}
			recv, _ := c.dir.UnitByKey(centreOf(c.dir, u))
			if err := c.open(b, u, recv.ID, g, b.TemplateID); err != nil {
				return err
			}
		}
	}
	return nil
}

// open begins a draft for a unit that has none of the matter.
func (c *carrying) open(b *Basic, unit identity.Unit, recvID int64, g Guide, templateID int64) error {
	switch _, err := draftBy(c.tx, sqlOpenDraftOf, b.ID, unit.ID, string(ListDraft), ""); {
	case err == nil:
		return nil
	case !errors.Is(err, ErrNoDraft):
		return err
	}
	recv, _ := c.dir.Unit(recvID)
	g.Basics.Handling = Handling{} // another matter is divided, if at all, anew
	b.lock(&g)
	place(c.s.codes, &g, unit, recv)
	d := &Draft{ID: c.tx.NewID(), Kind: ListDraft, BasicID: b.ID, UnitID: unit.ID, ReceivingID: recvID, TemplateID: templateID, Guide: g,
		State: Drafting, Version: 1, Waived: map[string]string{}, Authors: []int64{}}
	return c.s.putDraft(c.tx, c.a, d, "claim", c.why)
}

// takeBack removes levels; the lists there end, and those above take their place.
func (c *carrying) takeBack() error {
	gone := func(l string) bool { return slices.Contains(c.d.Plan.Levels, l) }
	for _, code := range c.d.Plan.Items {
		b, err := c.matter(code)
		if err != nil {
			return err
		}
		next := *b
		if next.Levels = slices.DeleteFunc(slices.Clone(b.Levels), gone); len(next.Levels) == 0 {
			return ErrAdjustFacts
		}
		if b, err = c.s.putBasic(c.tx, c.a, next, InUse); err != nil {
			return err
		}
		lists, err := c.lists(code)
		if err != nil {
			return err
		}
		stay := slices.DeleteFunc(slices.Clone(lists), func(it *Item) bool { return gone(it.Level) })
		for _, it := range lists {
			if !gone(it.Level) {
				continue
			}
			successor := takesPlace(c.dir, it, stay)
			if successor == "" {
				return ErrNoSuccession
			}
			if err := c.cancel(it, successor); err != nil {
				return err
			}
		}
		err = c.discard(b, func(d *Draft) bool {
			u, _ := c.dir.Unit(d.UnitID)
			return d.Kind == ListDraft && gone(u.Level)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// CarryOutDue 到期实施 carries out what was announced and whose day has come, and
// ends the old lists of splits whose units have published the new ones. It may
// run often and twice. What cannot be carried out any more is logged and waits
// for the reviewers.
func (s *Service) CarryOutDue(ctx context.Context) (n int, err error) {
	defer errs.Wrap(&err, "adjustments carried out")
	number := func(r *db.Rows) (no string, err error) { return no, r.Scan(&no) }
	due, err := db.All(s.db.Read(ctx), number, sqlAdjustsDue, s.today())
	if err != nil {
		return 0, err
	}
	for _, no := range due {
		switch _, err := s.MoveAdjustment(ctx, actor.Platform(), no, AdjustCarryOut, AdjustInput{}); {
		case err == nil:
			n++
		case errs.KindOf(err) == errs.Conflict:
			s.log.WarnContext(ctx, "adjustment cannot be carried out", "adjustment", no, "err", err)
		default:
			return n, err
		}
	}
	open, err := db.All(s.db.Read(ctx), number, sqlAdjustUnsettled)
	if err != nil || len(open) == 0 {
		return n, err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return n, err
	}
	for _, no := range open {
		err := s.db.Write(ctx, "catalog.adjustment-settle", func(tx *db.Tx) error { return s.settleOne(tx, no, dir) })
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// settleOne goes on with a split.
func (s *Service) settleOne(tx *db.Tx, no string, dir *identity.Directory) error {
	tx.Queue(sqlHoldCatalog)
	d, err := scanAdjust(tx.QueryRow(sqlAdjustByNo, no))
	if err != nil || !d.Unsettled {
		return err
	}
	c := &carrying{s, tx, actor.Platform(), d, dir, "动态调整 " + d.No}
	old, err := c.matter(d.Plan.Items[0])
	if errors.Is(err, ErrAdjustFacts) { // another dossier ended it meanwhile
		tx.Queue(sqlAdjustSettled, d.ID)
		return nil
	}
	if err != nil {
		return err
	}
	if err := c.settleSplit(old); err != nil {
		return err
	}
	if !d.Unsettled {
		tx.Queue(sqlAdjustSettled, d.ID)
	}
	s.changed(tx)
	return nil
}
