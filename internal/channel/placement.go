package channel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// PlacementInput records where a list is received, or why at no centre; its JSON
// names are those of placements.yaml.
type PlacementInput struct {
	Item   string        `json:"item"`   // 实施编码
	Centre string        `json:"centre"` // key of the unit; empty for Out
	Kind   PlacementKind `json:"kind"`   // centre, branch or out
	Reason Reason        `json:"reason"` // of Out
	Detail string        `json:"detail"` // of the reason
	From   string        `json:"from"`   // date; empty: today
}

// The refusals.
var (
	ErrNoPlacement = errs.New(errs.NotFound, "no-placement", "没有找到这条进驻登记。", "There is no such placement on record.")
	ErrEntered     = errs.New(errs.Conflict, "entered", "这个事项已经进驻中心，不能登记为未进驻。请先办理退出，或者调整清单的受理单位。", "The list has entered a centre. Let it leave first, or change the unit that receives it.")
)

const placementColumns = `id, item_id, centre_id, kind, reason, detail, from_day, until_day, made_by, made_at, ended_by, ended_at, end_reason`

const (
	sqlPlacements       = `SELECT ` + placementColumns + ` FROM placement WHERE until_day = '' ORDER BY item_id, id`
	sqlPlacementsOfItem = `SELECT ` + placementColumns + ` FROM placement WHERE item_id = $1 AND until_day = '' ORDER BY id`
	sqlPlacementHistory = `SELECT ` + placementColumns + ` FROM placement WHERE item_id = $1 ORDER BY id DESC LIMIT 200`
	sqlPlacement        = `SELECT ` + placementColumns + ` FROM placement WHERE id = $1`
	sqlInsertPlacement  = `INSERT INTO placement (` + placementColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, $9, '', 0, '') ON CONFLICT DO NOTHING`
	sqlEndPlacement     = `UPDATE placement SET until_day = $2, ended_by = $3, ended_at = $4, end_reason = $5 WHERE id = $1 AND until_day = ''`
)

// Place 进驻登记 records that a list has entered a centre or branch, or why it has
// entered none. Whoever enters leaves the reason for staying outside behind. The
// same again gives what is there. Errors: refusals, ErrEntered, and fields
// "item", "centre", "kind", "reason", "detail" and "from".
func (s *Service) Place(ctx context.Context, a actor.Actor, in PlacementInput) (x Placement, err error) {
	defer errs.Wrap(&err, "place item")
	pl, err := s.placer(ctx)
	if err != nil {
		return x, err
	}
	in.From = orToday(in.From, s.DB.Now())
	x, it, bad := pl.read(in, "")
	if err := s.mayPlace(ctx, a, pl.dir, it, x.CentreID); err != nil {
		return x, err
	}
	if len(bad) > 0 {
		return x, errs.InvalidFields(bad...)
	}
	err = s.DB.WriteSerializable(ctx, "channel.place", func(tx *db.Tx) (err error) {
		x, err = s.place(tx, a, pl, it, x)
		return err
	})
	return x, err
}

// ImportPlacements records placements as one act; those that stand stay. Errors:
// every wrong field at once, as "placements/CODE/centre".
func (s *Service) ImportPlacements(ctx context.Context, a actor.Actor, list []PlacementInput) (err error) {
	defer errs.Wrap(&err, "import placements")
	if len(list) == 0 {
		return nil
	}
	pl, err := s.placer(ctx)
	if err != nil {
		return err
	}
	rows, items := make([]Placement, len(list)), make([]*catalog.Item, len(list))
	var bad []errs.Field
	for i, in := range list {
		in.From = orToday(in.From, s.DB.Now())
		x, it, fields := pl.read(in, "placements/"+in.Item+"/")
		rows[i], items[i], bad = x, it, append(bad, fields...)
	}
	if len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	for i, x := range rows {
		if err := s.mayPlace(ctx, a, pl.dir, items[i], x.CentreID); err != nil {
			return err
		}
	}
	return s.DB.WriteSerializable(ctx, "channel.import-placements", func(tx *db.Tx) error {
		for i, x := range rows {
			if _, err := s.place(tx, a, pl, items[i], x); err != nil {
				return fmt.Errorf("placements/%s: %w", items[i].Code, err)
			}
		}
		return nil
	})
}

func (s *Service) mayPlace(ctx context.Context, a actor.Actor, dir *identity.Directory, it *catalog.Item, centre int64) error {
	at := cmp.Or(dir.Path(it.UnitID), dir.Path(a.Unit)) // a list that is not known is told so to who keeps lists
	return s.Identity.Allow(ctx, a, identity.PlacementManage, identity.Target{UnitPath: at, ReceivingPath: dir.Path(centre)}, placementSubject(it))
}

// placer is what an entry is read against.
type placer struct {
	dir    *identity.Directory
	index  *catalog.Index
	places *Places
}

func (s *Service) placer(ctx context.Context) (p placer, err error) {
	if p.dir, err = s.Identity.Directory(ctx); err != nil {
		return p, err
	}
	if p.index, err = s.Catalog.Index(ctx); err != nil {
		return p, err
	}
	p.places, err = s.Places(ctx)
	return p, err
}

// read checks an input; fields are named below at.
func (p placer) read(in PlacementInput, at string) (x Placement, it *catalog.Item, bad []errs.Field) {
	wrong := func(path, code, zh, en string) {
		bad = append(bad, errs.Field{Path: at + path, Code: code, ZH: zh, EN: en})
	}
	it, ok := p.index.Item(strings.TrimSpace(in.Item))
	if !ok || it.State == catalog.Cancelled {
		wrong("item", "unknown", "没有这个在用的实施清单", "There is no such list in use")
		it = &catalog.Item{}
	}
	x = Placement{ItemID: it.ID, Kind: in.Kind, Reason: in.Reason, Detail: strings.TrimSpace(in.Detail), From: in.From}
	u, known := p.dir.UnitByKey(in.Centre)
	switch in.Kind {
	case InCentre, InBranch:
		x.Reason, x.Detail, x.CentreID = "", "", u.ID
		_, branch := p.places.BranchOf(u.ID, in.From)
		switch {
		case !known || !isCentre(u):
			wrong("centre", "reference", "应是已登记的服务中心或者服务站", "A registered centre or station")
		case in.Kind == InBranch && !branch:
			wrong("centre", "no-branch", "这个中心没有登记为分中心", "This centre is on record as no branch")
		case in.Kind == InCentre && branch:
			wrong("kind", "branch", "这是分中心，请选择“在分中心办理”", "This is a branch; choose so")
		}
	case Out:
		if in.Centre != "" {
			wrong("centre", "none", "未进驻的不选择中心", "What stays outside has no centre")
		}
		bad = append(bad, reasonProblems(in.Reason, x.Detail, at)...)
	default:
		wrong("kind", "option", "请选择进驻情况：进驻中心、在分中心办理或者未进驻", "Choose: at the centre, at a branch, or outside")
	}
	return x, it, append(bad, dayProblems(at+"from", in.From)...)
}

func (s *Service) place(tx *db.Tx, a actor.Actor, pl placer, it *catalog.Item, x Placement) (Placement, error) {
	there, err := db.All(tx, scanPlacement, sqlPlacementsOfItem, it.ID)
	if err != nil {
		return x, err
	}
	if recv, ok := pl.dir.Unit(it.ReceivingUnitID); x.Kind == Out && ok && isCentre(recv) {
		return x, ErrEntered
	}
	for _, old := range there {
		switch {
		case old.CentreID == x.CentreID && old.Reason == x.Reason && old.Detail == x.Detail:
			return old, nil
		case x.Kind == Out && old.Kind != Out:
			return x, ErrEntered
		case old.Kind != Out:
			continue
		}
		// It enters, or stays outside for another reason: the old one is over.
		why := "改登为其他理由"
		if x.Kind != Out {
			why = "已进驻"
		}
		until := max(old.From, min(x.From, clock.DateOf(tx.Now()).String()))
		if n, err := tx.Exec(sqlEndPlacement, old.ID, until, a.Name, tx.NowMicros(), why); err != nil || n == 0 {
			return x, errors.Join(err, ErrEnded)
		}
	}
	x.ID, x.By, x.At = tx.NewID(), a.Name, tx.Now()
	n, err := tx.Exec(sqlInsertPlacement, x.ID, x.ItemID, x.CentreID, string(x.Kind), string(x.Reason), x.Detail, x.From, x.By, tx.NowMicros())
	if err != nil {
		return x, err
	}
	if n == 0 { // a twin of this act was faster
		there, err := db.All(tx, scanPlacement, sqlPlacementsOfItem, it.ID)
		i := slices.IndexFunc(there, func(old Placement) bool { return old.CentreID == x.CentreID })
		if err != nil || i < 0 {
			return x, errors.Join(err, ErrEntered)
		}
		return there[i], nil
	}
	s.changed(tx)
	return x, audit.Append(tx, audit.Record{Actor: a, Act: string(identity.PlacementManage), Subject: placementSubject(it), Unit: it.UnitID, Outcome: string(x.Kind),
		Detail: map[string]string{"centre": strconv.FormatInt(x.CentreID, 10), "reason": string(x.Reason), "from": x.From}})
}

// Leave 退出 ends a placement, or takes back the reason for staying outside, from a
// day on, today at the latest. Errors: ErrNoPlacement, ErrEnded, refusals, fields
// "until" and "reason".
func (s *Service) Leave(ctx context.Context, a actor.Actor, id int64, until, why string) (err error) {
	defer errs.Wrap(&err, "end placement")
	pl, err := s.placer(ctx)
	if err != nil {
		return err
	}
	err = s.DB.Write(ctx, "channel.leave", func(tx *db.Tx) error {
		list, err := db.All(tx, scanPlacement, sqlPlacement, id)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return ErrNoPlacement
		}
		x := list[0]
		it, ok := pl.index.ItemByID(x.ItemID)
		if !ok {
			return ErrNoPlacement
		}
		if err := identity.Decide(a, identity.PlacementManage, identity.Target{UnitPath: pl.dir.Path(it.UnitID), ReceivingPath: pl.dir.Path(x.CentreID)}); err != nil {
			return err
		}
		until := orToday(until, tx.Now())
		if bad := endProblems(x.From, until, why, clock.DateOf(tx.Now()).String()); len(bad) > 0 {
			return errs.InvalidFields(bad...)
		}
		n, err := tx.Exec(sqlEndPlacement, id, until, a.Name, tx.NowMicros(), strings.TrimSpace(why))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrEnded
		}
		s.changed(tx)
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.PlacementManage), Subject: placementSubject(it), Unit: it.UnitID, Outcome: "left",
			Detail: map[string]string{"centre": strconv.FormatInt(x.CentreID, 10), "until": until, "why": strings.TrimSpace(why)}})
	})
	s.Identity.Refused(ctx, a, identity.PlacementManage, "placement/"+strconv.FormatInt(id, 10), err)
	return err
}

// ItemPlacements is what is on record for a list, for its steward, for who keeps
// the centre and for supervision.
type ItemPlacements struct {
	Item    catalog.Item
	Stands  PlacementKind
	Now     []Placement // that hold today, also those that follow from the list
	History []Placement // everything that was ever entered, the newest first
	May     bool        // the reader may place the list
}

// Placements shows what is on record for a list. Errors: catalog.ErrNoItem, refusals.
func (s *Service) Placements(ctx context.Context, a actor.Actor, code string) (_ *ItemPlacements, err error) {
	defer errs.Wrap(&err, "placements of %s", code)
	pl, err := s.placer(ctx)
	if err != nil {
		return nil, err
	}
	it, ok := pl.index.Item(code)
	if !ok {
		return nil, catalog.ErrNoItem
	}
	out := &ItemPlacements{Item: *it, Now: pl.places.placements(it, pl.dir, s.Day())}
	out.Stands = stands(out.Now)
	at := identity.Target{UnitPath: pl.dir.Path(it.UnitID), ReceivingPath: pl.dir.Path(it.ReceivingUnitID)}
	out.May = identity.Decide(a, identity.PlacementManage, at) == nil
	if !out.May {
		if err := s.Identity.Allow(ctx, a, identity.CentreReport, at, placementSubject(it)); err != nil {
			return nil, err
		}
	}
	out.History, err = db.All(s.DB.Read(ctx), scanPlacement, sqlPlacementHistory, it.ID)
	return out, err
}

func placementSubject(it *catalog.Item) string { return "item/" + it.Code }

func scanPlacement(r *db.Rows) (x Placement, err error) {
	var made, ended int64
	err = r.Scan(&x.ID, &x.ItemID, &x.CentreID, &x.Kind, &x.Reason, &x.Detail, &x.From, &x.Until, &x.By, &made, &x.EndedBy, &ended, &x.EndWhy)
	x.At, x.EndedAt = db.Time(made), db.Time(ended)
	return x, err
}
