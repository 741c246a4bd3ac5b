package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Handling 业务办理项 says which part of a matter a list is, where its unit has
// split the matter: 新办, 变更, 延续. Its code is the 实施编码 with the number
// behind it. Name, basis and type stay those of the basic catalogue. All is
// empty where the matter is not split.
type Handling struct {
	No     string `json:"no"`   // 业务办理项序号: "01"; filled from the code
	Name   string `json:"name"` // 业务办理项名称: 新办
	NameEN string `json:"nameEn,omitempty"`
}

// maxHandlingName is how long the name of a handling item may be, in characters.
const maxHandlingName = 20

// names gives the names of a list: those of the matter, and which part it is.
func (h Handling) names(zh, en string) (string, string) {
	if h.No == "" {
		return zh, en
	}
	if h.Name != "" {
		zh += "（" + h.Name + "）"
	}
	switch {
	case en == "":
	case h.NameEN != "":
		en += " (" + h.NameEN + ")"
	case h.Name != "":
		en += " (" + h.Name + ")"
	}
	return zh, en
}

// as makes the guide of a matter, which bears the matter's names, that of one of
// its handling items.
func (g *Guide) as(h Handling) {
	g.Basics.Handling = h
	g.Basics.Name, g.Basics.NameEN = h.names(g.Basics.Name, g.Basics.NameEN)
}

// named reads the name of a handling item out of a list's whole name, as files
// of other systems give it.
func (h *Handling) named(whole, matter string) {
	rest, ok := strings.CutPrefix(whole, matter)
	for _, b := range [][2]string{{"（", "）"}, {"(", ")"}} {
		if name, has := strings.CutPrefix(rest, b[0]); ok && has && strings.HasSuffix(name, b[1]) {
			h.Name = strings.TrimSuffix(name, b[1])
		}
	}
}

// handlingName checks a name: one that people can tell apart in a list of them.
func handlingName(path, name string) []errs.Field {
	switch n := len([]rune(name)); {
	case blank(name):
		return []errs.Field{{Path: path, Code: "required", ZH: "请填写业务办理项名称，如“新办”“变更”", EN: "Name the handling item, such as “first issue” or “change”"}}
	case n > maxHandlingName:
		return []errs.Field{{Path: path, Code: "max-length", ZH: fmt.Sprintf("业务办理项名称请不要超过%d个字", maxHandlingName), EN: fmt.Sprintf("At most %d characters", maxHandlingName)}}
	case strings.ContainsAny(name, "（）()\n\r\t"):
		return []errs.Field{{Path: path, Code: "text", ZH: "业务办理项名称中不要用括号和换行", EN: "No brackets and line breaks in the name"}}
	}
	return nil
}

// ErrSplit is the error for a list of a whole matter beside its handling items.
var ErrSplit = errs.New(errs.Conflict, "item-split", "本单位已把这个事项拆分为业务办理项，不能再办理未拆分的清单。", "Your unit has split this matter into handling items; it cannot be taken up undivided.")

const (
	sqlDivided    = `SELECT count(*) FROM item WHERE basic_code = $1 AND unit_id = $2 AND state <> 'cancelled' AND length(code) > $3`
	sqlUndivided  = `SELECT id, version_id, state FROM item WHERE code = $1 AND state <> 'cancelled'`
	sqlPartDrafts = `SELECT count(*) FROM guide_draft WHERE basic_id = $1 AND unit_id = $2 AND kind = 'list' AND handling <> '' AND handling <> $3
		AND state <> 'published' AND state <> 'discarded'`
	sqlFirstPart   = `SELECT code FROM item WHERE basic_code = $1 AND unit_id = $2 AND state = 'in-use' AND code > $3 ORDER BY code LIMIT 1`
	sqlPartsBegun  = `SELECT ` + draftColumns + ` FROM guide_draft WHERE basic_id = $1 AND unit_id = $2 AND kind = 'list' AND handling <> '' AND created_at = $3 ORDER BY handling`
	sqlPartNumbers = `SELECT handling FROM guide_draft WHERE basic_id = $1 AND unit_id = $2 AND kind = 'list' AND handling <> ''`
)

func handlingSQL() []string {
	return []string{sqlDivided, sqlUndivided, sqlPartDrafts, sqlFirstPart, sqlPartsBegun, sqlPartNumbers}
}

// Parts gives the handling items that a unit has of a matter, by code, all
// states; none if the matter is not split there.
func (x *Index) Parts(basicCode string, unit int64) (out []*Item) {
	for _, i := range x.offers[basicCode] {
		if it := &x.Items[i]; it.UnitID == unit && it.Facts.Handling.No != "" {
			out = append(out, it)
		}
	}
	slices.SortFunc(out, func(a, b *Item) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// Split 拆分 begins a draft for each new handling item of a list: of one that is
// whole, at least two, which take its place when the last of them is published;
// of one that is itself a handling item, its further siblings. Every draft
// begins as the list is now. Numbers are never given twice.
func (s *Service) Split(ctx context.Context, a actor.Actor, itemID int64, names []string, once db.Once) (out []*Draft, err error) {
	defer errs.Wrap(&err, "split item %d", itemID)
	it, err := s.ItemByID(ctx, itemID)
	if err != nil {
		return nil, err
	}
	x, dir, unit, err := s.compiles(ctx, a, it.UnitID, "item/"+it.Code)
	if err != nil {
		return nil, err
	}
	b, ok := x.Basic(it.BasicCode)
	if !ok || b.State != InUse {
		return nil, ErrNoBasic
	}
	parts := x.Parts(it.BasicCode, it.UnitID)
	if it.Facts.Handling.No == "" && len(parts) > 0 {
		return nil, ErrSplit
	}
	if fs := partNames(names, it, parts); len(fs) > 0 {
		return nil, errs.InvalidFields(fs...)
	}
	whole, err := s.reviseFrom(ctx, it)
	if err != nil {
		return nil, err
	}
	recv, _ := dir.Unit(it.ReceivingUnitID)
	err = s.db.Write(ctx, "catalog.split", func(tx *db.Tx) error {
		out = nil
		prior, err := tx.Claim(once)
		if err != nil {
			return err
		}
		if prior != 0 {
			d, err := draftBy(tx, sqlDraftByID, prior)
			if err != nil {
				return err
			}
			out, err = db.All(tx, func(r *db.Rows) (*Draft, error) { return scanDraft(r) }, sqlPartsBegun, d.BasicID, d.UnitID, d.CreatedAt.UnixMicro())
			return err
		}
		if it.Facts.Handling.No == "" {
			switch _, err := draftBy(tx, sqlOpenDraftOf, b.ID, it.UnitID, string(ListDraft), ""); {
			case err == nil:
				return ErrDraftOpen
			case !errors.Is(err, ErrNoDraft):
				return err
			}
		}
		last, err := lastPart(tx, b.ID, it.UnitID, parts)
		if err != nil {
			return err
		}
		if most := s.codes.Parts(); last+len(names) > most {
			return errs.InvalidFields(errs.Field{Path: "names", Code: "max-items", ZH: fmt.Sprintf("一个事项最多拆分为%d个业务办理项", most), EN: fmt.Sprintf("A matter is split into %d handling items at most", most)})
		}
		for i, name := range names {
			d := &Draft{ID: tx.NewID(), Kind: ListDraft, BasicID: b.ID, UnitID: it.UnitID, ReceivingID: it.ReceivingUnitID, TemplateID: whole.TemplateID,
				Guide: whole.Guide, HandlingNo: s.codes.Part(last + 1 + i), State: Drafting, Version: 1, Waived: map[string]string{}, Authors: []int64{a.ID}}
			d.Guide.Basics.Handling = Handling{No: d.HandlingNo, Name: strings.TrimSpace(name)}
			b.lock(&d.Guide)
			place(s.codes, &d.Guide, unit, recv)
			if err := s.putDraft(tx, a, d, "split", it.Name); err != nil {
				return err
			}
			if err := audit.Append(tx, audit.Record{Actor: a, Act: string(identity.ItemCompile), Subject: draftSubject(d.ID), Unit: d.UnitID,
				Detail: map[string]string{"act": "split", "of": it.Code, "name": d.Guide.Basics.Name}, Outcome: "done"}); err != nil {
				return err
			}
			out = append(out, d)
		}
		tx.Record(once, out[0].ID)
		return nil
	})
	if db.IsUnique(err) {
		err = ErrDraftOpen // two split it at the same moment
	}
	return out, err
}

// partNames checks the names of new handling items among each other and beside
// those that the unit has.
func partNames(names []string, it *Item, parts []*Item) (bad []errs.Field) {
	if len(names) < 2 && it.Facts.Handling.No == "" {
		return []errs.Field{{Path: "names", Code: "min-items", ZH: "拆分至少需要两个业务办理项，每行写一个名称", EN: "Name at least two handling items, each on a line"}}
	}
	if len(names) == 0 {
		return []errs.Field{{Path: "names", Code: "required", ZH: "请填写业务办理项名称，每行一个", EN: "Name the handling items, each on a line"}}
	}
	seen := map[string]bool{}
	for _, p := range parts {
		seen[p.Facts.Handling.Name] = p.State != Cancelled
	}
	for i, name := range names {
		path := fmt.Sprintf("names/%d", i)
		name = strings.TrimSpace(name)
		bad = append(bad, handlingName(path, name)...)
		if seen[name] {
			bad = append(bad, errs.Field{Path: path, Code: "unique", ZH: "业务办理项名称重复：" + name, EN: "The name stands twice: " + name})
		}
		seen[name] = true
	}
	return bad
}

// lastPart is the highest number that a unit has given to a handling item of a
// matter, in a list or a draft, open or not.
func lastPart(tx *db.Tx, basic, unit int64, parts []*Item) (last int, err error) {
	numbers, err := db.All(tx, func(r *db.Rows) (no string, err error) { return no, r.Scan(&no) }, sqlPartNumbers, basic, unit)
	if err != nil {
		return 0, err
	}
	for _, p := range parts {
		numbers = append(numbers, p.Facts.Handling.No)
	}
	for _, no := range numbers {
		n := 0
		if _, err := fmt.Sscanf(no, "%d", &n); err == nil && n > last {
			last = n
		}
	}
	return last, nil
}

// undivided refuses a new list of a whole matter that its unit handles in parts.
func undivided(tx *db.Tx, g *Guide, unit int64) error {
	b := g.Basics
	if b.Handling.No != "" {
		return nil
	}
	var n int64
	if err := tx.QueryRow(sqlDivided, b.BasicCode, unit, len(b.Code)).Scan(&n); err != nil || n == 0 {
		return err
	}
	return ErrSplit
}

// settleParts ends the undivided list of a unit when the last of its handling
// items is published: nobody finds the same matter twice, and until then it
// can be applied for as before.
func (s *Service) settleParts(tx *db.Tx, a actor.Actor, g *Guide, unit int64) error {
	b := g.Basics
	undivided := strings.TrimSuffix(b.Code, b.Handling.No)
	var (
		id, version int64
		state       ItemState
	)
	switch err := tx.QueryRow(sqlUndivided, undivided).Scan(&id, &version, &state); {
	case errors.Is(err, db.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	basic, err := basicBy(tx, sqlBasicByKey, b.BasicCode)
	if err != nil {
		return err
	}
	var open int64
	if err := tx.QueryRow(sqlPartDrafts, basic.ID, unit, b.Handling.No).Scan(&open); err != nil || open > 0 {
		return err
	}
	first := b.Code
	if err := tx.QueryRow(sqlFirstPart, b.BasicCode, unit, undivided).Scan(&first); err != nil && !errors.Is(err, db.ErrNoRows) {
		return err
	}
	const reason = "已拆分为业务办理项"
	tx.Queue(sqlSetState, id, string(Cancelled), tx.NowMicros(), reason, first)
	change(tx, id, undivided, ChangeCancelled, version)
	return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.ItemPublish), Subject: "item/" + undivided, Unit: unit,
		Detail: map[string]string{"state": string(Cancelled), "reason": reason, "successor": first}, Outcome: "done"})
}
