package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
)

// SubmitInput is what handing in needs beyond the draft.
type SubmitInput struct {
	Version int64 // draft version that the applicant saw; 0 = whatever it is
	Once    Once  // idempotency, may be nil
}

// Problems lists everything that keeps a draft from being handed in, in the
// order of the pages: consent, form, materials, delivery.
func (s *Service) Problems(ctx context.Context, d *Draft, v *catalog.Version) []errs.Field {
	return problems(d, v, read(d.Data.Values, v))
}

// reading is what the form says about answers. It follows from them alone, so
// it is done before the act that hands them in begins: acts follow one another
// on SQLite.
type reading struct {
	values form.Values // those of visible questions, in their one form
	found  []errs.Field
	sealed []byte // as a case stores them; nil if something is wrong with them
}

func read(values form.Values, v *catalog.Version) *reading {
	f := v.Form()
	r := &reading{values: f.Prune(values)}
	r.found = f.Validate(r.values)
	return r
}

func (s *Service) readToStore(values form.Values, v *catalog.Version) (r *reading, err error) {
	r = read(values, v)
	if len(r.found) == 0 {
		r.sealed, err = s.seal("answers", r.values)
	}
	return r, err
}

func problems(d *Draft, v *catalog.Version, r *reading) []errs.Field {
	var out []errs.Field
	if d.Data.Consent.IsZero() {
		out = append(out, errs.Field{Path: "consent", Code: "required", ZH: "请先阅读个人信息处理告知并确认", EN: "Read and confirm the privacy notice first"})
	}
	out = append(out, r.found...)
	for _, m := range v.Guide.Asked(r.values) {
		if m.Required() && d.Data.Handed(m.Code).Empty() && !committed(&v.Guide, d.Data.Promise, m.Code) {
			out = append(out, errs.Field{Path: "materials/" + m.Code, Code: "required",
				ZH: "请提交材料：" + m.Name, EN: "Hand in: " + orElse(m.NameEN, m.Name)})
		}
	}
	if v.Guide.Result().Does != "" && d.CaseNo == "" && d.Data.Held == 0 {
		out = append(out, errHeldMissing)
	}
	out = append(out, promiseProblems(d, &v.Guide, r.values)...)
	return append(out, deliveryProblems(d.Data.Delivery, v.Guide.Result())...)
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Submit hands a draft in: the case, its materials, the receipt, the window's
// task, the event, the audit record and the outgoing jobs are one transaction.
// The case takes over the draft's id, so a draft becomes a case at most once;
// a repeated submission of the same draft answers with the case it became.
func (s *Service) Submit(ctx context.Context, a actor.Actor, draftID int64, in SubmitInput) (c *Case, err error) {
	defer errs.Wrap(&err, "submit")
	rd := s.DB.Read(ctx)
	d, err := s.ownDraft(rd, a, draftID)
	if errors.Is(err, ErrNoDraft) {
		s.draftDenied(ctx, a, draftID, err)
		return s.submitted(ctx, a, draftID)
	}
	if err != nil {
		return nil, err
	}
	if !d.Data.Present.IsZero() {
		return s.mend(ctx, a, d, in)
	}
	if d.CaseNo != "" {
		return s.resubmit(ctx, a, d, in)
	}
	w, err := s.world(ctx, d.VersionID)
	if err != nil {
		return nil, err
	}
	it, err := s.Catalog.ItemByID(ctx, d.ItemID)
	if err != nil {
		return nil, err
	}
	if it.State != catalog.InUse {
		return nil, catalog.ErrPaused
	}
	seen := d.Version
	r, err := s.readToStore(d.Data.Values, w.v)
	if err != nil {
		return nil, err
	}
	err = s.DB.Write(ctx, "casework.submit", func(tx *db.Tx) error {
		d, err := s.ownDraft(tx, a, draftID)
		if err != nil {
			return err
		}
		if in.Version != 0 && d.Version != in.Version {
			return ErrDraftChanged
		}
		r := r
		if d.Version != seen {
			if r, err = s.readToStore(d.Data.Values, w.v); err != nil {
				return err
			}
		}
		tx.QueueOne(ErrDraftChanged, sqlDropDraft, d.ID, d.Version)
		c, err = s.receive(tx, a, d, r, w, it, in.Once)
		return err
	})
	if err != nil {
		c, err = s.repeated(ctx, in.Once, err)
	}
	if errors.Is(err, ErrNoDraft) || errors.Is(err, ErrDraftChanged) {
		if prior, e := s.submitted(ctx, a, draftID); e == nil {
			return prior, nil // another request handed it in meanwhile
		}
	}
	if err != nil {
		s.denied(ctx, a, string(identity.CaseSubmit), "item/"+it.Code, it.UnitID, err)
		return nil, err
	}
	return c, nil
}

// receive makes a case of a complete draft inside the act that hands it in.
func (s *Service) receive(tx *db.Tx, a actor.Actor, d *Draft, r *reading, w world, it *catalog.Item, once Once) (*Case, error) {
	helper, err := s.confirmed(tx, a, d)
	if err != nil {
		return nil, err
	}
	mandate, err := s.entitled(tx, a, identity.CaseSubmit, it, &w.v.Guide, w.dir, d.Party, helper)
	if err != nil {
		return nil, err
	}
	fs := problems(d, w.v, r)
	lost, err := s.lostLicences(tx, d, &w.v.Guide)
	if err != nil {
		return nil, err
	}
	if fs = append(fs, lost...); len(fs) > 0 {
		return nil, errs.InvalidFields(fs...)
	}
	st, err := s.opening(tx, a, d, r, w, it)
	if err != nil {
		return nil, err
	}
	c := st.c
	c.Mandate = mandate
	if once != nil {
		once.Claim(tx, c.No)
	}
	if err := st.storeMaterials(d); err != nil {
		return nil, err
	}
	if err := st.keepPromises(d); err != nil {
		return nil, err
	}
	if err := st.bindHeld(d); err != nil {
		return nil, err
	}
	st.docLines = st.handedLines(d)
	st.task(&w.v.Guide, catalog.StepReceive)
	if err := s.assisted(tx, a, d, c); err != nil {
		return nil, err
	}
	if err := st.letDecide(); err != nil {
		return nil, err
	}
	return c, st.finish()
}

// lostLicences names materials whose licence was picked while it was valid and
// no longer is.
func (s *Service) lostLicences(q db.Queryer, d *Draft, g *catalog.Guide) (out []errs.Field, err error) {
	for _, h := range d.Data.Materials {
		m, ok := g.Material(h.Code)
		if h.Licence == nil || !ok {
			continue
		}
		if _, err := s.heldLicence(q, d.Party, m, h.Licence.ID); err != nil {
			if errs.KindOf(err) != errs.Invalid {
				return nil, err
			}
			out = append(out, errs.Of(err).Fields...)
		}
	}
	return out, nil
}

// submitted answers a repeated submission with the case that the draft became.
func (s *Service) submitted(ctx context.Context, a actor.Actor, draftID int64) (*Case, error) {
	rd := s.DB.Read(ctx)
	c, err := s.scanCase(rd.QueryRow(sqlCaseByID, draftID))
	if errors.Is(err, ErrNoCase) { // a correction became an event of its case
		if c, err = s.scanCase(rd.QueryRow(sqlCaseOfEvent, draftID, string(Resubmit), string(Mend), string(Supplement), string(a.Kind), a.ID)); err == nil {
			return c, nil
		}
	}
	if err != nil || c.Filer.Kind != a.Kind || c.Filer.ID != a.ID {
		return nil, ErrNoDraft
	}
	return c, nil
}

// opening is the act that makes a case.
func (s *Service) opening(tx *db.Tx, a actor.Actor, d *Draft, r *reading, w world, it *catalog.Item) (*step, error) {
	c, err := s.newCase(tx, a, d, r, w, it)
	if err != nil {
		return nil, err
	}
	m, _ := MoveFor("", Submit)
	c.parts = &parts{values: r.values, delivery: d.Data.Delivery}
	return &step{s: s, tx: tx, a: a, c: c, w: w, m: m, made: c.parts}, nil
}

func (s *Service) newCase(tx *db.Tx, a actor.Actor, d *Draft, r *reading, w world, it *catalog.Item) (*Case, error) {
	g := &w.v.Guide
	now := tx.Now()
	day := clock.DateOf(now).String()
	// A case number has no room for the handling item: all of a matter count on.
	n, err := tx.Serial("case/" + strings.TrimSuffix(g.Basics.Code, g.Basics.Handling.No) + "/" + day)
	if err != nil {
		return nil, err
	}
	c := &Case{ID: d.ID, No: s.Catalog.Codes().CaseNo(g.Basics.Code, day, n), ItemID: d.ItemID, VersionID: d.VersionID, ItemName: d.ItemName,
		UnitID: it.UnitID, ReceivingUnitID: it.ReceivingUnitID, Division: it.Division, Version: 1, Party: d.Party, Filer: d.Owner,
		Channel: a.Channel, SubmittedAt: now, ReceivedAt: now, DeliveryWay: d.Data.Delivery.Way}
	c.Filer.Name, c.answers = a.Name, r.sealed
	c.delivery, err = s.seal("delivery", d.Data.Delivery)
	return c, err
}

// storeMaterials writes what was handed in; licences used instead of files are
// traced as uses (用证留痕).
func (st *step) storeMaterials(d *Draft) error {
	var before []Handed
	if st.made == nil { // a new case has none, and asking would cost a round trip
		var err error
		if before, err = st.s.materials(st.tx, st.c.ID); err != nil {
			return err
		}
	}
	used := func(id int64) bool {
		return slices.ContainsFunc(before, func(h Handed) bool { return h.Licence != nil && h.Licence.ID == id })
	}
	for _, h := range d.Data.Materials {
		if h.Empty() {
			if st.made == nil {
				st.tx.Queue(sqlDropMaterial, st.c.ID, h.Code)
			}
			continue
		}
		sealed, err := st.s.seal("material", h)
		if err != nil {
			return err
		}
		st.tx.Queue(sqlPutMaterial, st.tx.NewID(), st.c.ID, h.Code, sealed)
		if st.made != nil {
			st.made.materials = append(st.made.materials, h)
		}
		if had := handedOf(before, h.Code); h.Copies > 0 && h.Copies != had.Copies { // what was left before is recorded already
			m, _ := st.w.v.Guide.Material(h.Code)
			addPaper(st.tx, st.a, st.c, h.Code, m.Name, h.Copies, st.c.ReceivingUnitID)
		}
		if h.Licence != nil && !used(h.Licence.ID) {
			err := st.s.Licences.UseTx(st.tx, st.a, licence.Use{LicenceID: h.Licence.ID, CaseNo: st.c.No, ItemName: st.c.ItemName, Purpose: "办理“" + st.c.ItemName + "”"})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func handedOf(list []Handed, code string) Handed {
	for _, h := range list {
		if h.Code == code {
			return h
		}
	}
	return Handed{Code: code}
}

// handedLines lists the materials for the receipt.
func (st *step) handedLines(d *Draft) []DocLine {
	var out []DocLine
	for _, m := range st.w.v.Guide.Materials {
		h := d.Data.Handed(m.Code)
		switch {
		case h.Licence != nil:
			out = append(out, DocLine{m.Name, "使用电子证照：" + h.Licence.Name})
		case len(h.Files) > 0:
			out = append(out, DocLine{m.Name, fmt.Sprintf("电子文件 %d 份", len(h.Files))})
		case h.Copies > 0:
			out = append(out, DocLine{m.Name, fmt.Sprintf("纸质材料，窗口已查验，留存 %d 份", h.Copies)})
		case h.Paper:
			out = append(out, DocLine{m.Name, "纸质材料，窗口已查验"})
		case slices.Contains(d.Data.Promise.Later, m.Code):
			out = append(out, DocLine{m.Name, "尚未提交，已签署容缺承诺"})
		case committed(&st.w.v.Guide, d.Data.Promise, m.Code):
			out = append(out, DocLine{m.Name, "已签署告知承诺，不提交证明"})
		}
	}
	return out
}
