package catalog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

const (
	sqlIndexNow = `SELECT version FROM catalog_state WHERE id = 1`
	sqlItemID   = `SELECT id FROM item WHERE code = $1`
)

// ErrPlanOld is the error for carrying out a plan after one of its lists was
// changed by somebody else.
var ErrPlanOld = errs.New(errs.Conflict, "plan-old", "预检以后，其中有的事项已经变化。没有导入任何内容，请重新预检。", "Lists of the file have changed since the plan was made. Nothing was imported; plan again.")

// Carrying is how a plan is carried out.
type Carrying struct {
	Subject  string             // of the audit record: import/12
	Reason   string             // stands in the audit log, and in versions and drafts
	Progress func(done, of int) // of an act that is not yet committed; may be nil
	Also     func(*db.Tx)       // what belongs to the same act; may be nil
}

// CarryOut 执行导入 does what a plan says for its new and changed rows, as one
// act. Refused rows stay out.
func (s *Service) CarryOut(ctx context.Context, a actor.Actor, p *Plan, c Carrying) (err error) {
	defer errs.Wrap(&err, "carry out an import")
	reason := c.Reason
	if strings.TrimSpace(reason) == "" {
		return errs.InvalidFields(errs.Field{Path: "reason", Code: "required", ZH: "请写明导入的理由", EN: "Say why it is imported"})
	}
	if err := s.mayImport(ctx, a, p.Mode); err != nil {
		return err
	}
	of := p.Count(PlanNew) + p.Count(PlanChanged)
	if of == 0 {
		return errs.New(errs.Conflict, "plan-empty", "没有需要导入的内容。", "There is nothing to import.")
	}
	act := identity.ItemCompile
	if p.Mode == PlanPublish {
		act = identity.ItemPublish
	}
	for i := range p.Rows { // whoever lost a unit since the plan was made
		row := &p.Rows[i]
		if row.State == PlanNew || row.State == PlanChanged {
			if err := s.ids.Allow(ctx, a, act, identity.Target{UnitPath: row.unit.Path}, "item/"+row.Code); err != nil {
				return err
			}
		}
	}
	templates := map[int64]*Template{}
	for i := range p.Rows {
		if id := p.Rows[i].template; id != 0 && templates[id] == nil {
			if templates[id], err = s.Template(ctx, id); err != nil {
				return err
			}
		}
	}
	return s.db.Write(ctx, "catalog.carry-out", func(tx *db.Tx) error {
		var version int64
		if err := tx.QueryRow(sqlIndexNow).Scan(&version); err != nil {
			return err
		}
		done, found := 0, map[int64]bool{} // matters that are made findable by this act
		for i := range p.Rows {
			row := &p.Rows[i]
			if row.State != PlanNew && row.State != PlanChanged {
				continue
			}
			if version != p.Version {
				if err := stillPlanned(tx, row); err != nil {
					return err
				}
			}
			if p.Mode == PlanPublish && row.template == 0 && !found[row.basic.ID] {
				found[row.basic.ID] = true
				s.indexMatter(tx, row.basic, &row.guide)
			}
			if err := s.carryRow(tx, a, p.Mode, row, templates[row.template], reason); err != nil {
				return fmt.Errorf("%s: %w", row.At, err)
			}
			if done++; c.Progress != nil && done%50 == 0 {
				c.Progress(done, of)
			}
		}
		if p.Mode == PlanPublish {
			s.changed(tx)
		}
		if c.Also != nil {
			c.Also(tx)
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: string(act), Subject: c.Subject, Outcome: "done",
			Detail: map[string]string{"new": strconv.Itoa(p.Count(PlanNew)), "changed": strconv.Itoa(p.Count(PlanChanged)), "mode": string(p.Mode), "reason": reason}})
	})
}

// stillPlanned checks that a list is what the plan was made against.
func stillPlanned(tx *db.Tx, row *PlanRow) error {
	b, err := basicBy(tx, sqlBasicByID, row.basic.ID)
	if err != nil {
		return err
	}
	if b.Version != row.basic.Version || b.State != InUse {
		return ErrPlanOld
	}
	if row.item == 0 {
		var id int64
		switch err := tx.QueryRow(sqlItemID, row.Code).Scan(&id); {
		case errors.Is(err, db.ErrNoRows):
			return nil
		case err != nil:
			return err
		}
		return ErrPlanOld
	}
	var last int64
	if err := tx.QueryRow(sqlLastVersionID, row.item).Scan(&last); err != nil {
		return err
	}
	if last != row.base {
		return ErrPlanOld
	}
	return nil
}

func (s *Service) carryRow(tx *db.Tx, a actor.Actor, mode PlanMode, row *PlanRow, t *Template, reason string) error {
	if mode == PlanPublish {
		_, err := s.publish(tx, a, t, list{guide: row.guide, unit: row.unit, recv: row.recv}, publication{reason: reason})
		return err
	}
	switch _, err := draftBy(tx, sqlOpenDraftOf, row.basic.ID, row.unit.ID, string(ListDraft), row.guide.Basics.Handling.No); {
	case err == nil:
		return ErrDraftOpen
	case !errors.Is(err, ErrNoDraft):
		return err
	}
	d := &Draft{ID: tx.NewID(), Kind: ListDraft, BasicID: row.basic.ID, UnitID: row.unit.ID, HandlingNo: row.guide.Basics.Handling.No, ReceivingID: row.recv.ID, ItemID: row.item, BaseID: row.base,
		TemplateID: row.template, Guide: row.guide, State: Drafting, Version: 1, Waived: map[string]string{}, Authors: []int64{a.ID}}
	if err := s.putDraft(tx, a, d, "import", reason); err != nil {
		return err
	}
	return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.ItemCompile), Subject: draftSubject(d.ID), Unit: d.UnitID,
		Detail: map[string]string{"act": "import", "name": d.Guide.Basics.Name}, Outcome: "done"})
}
