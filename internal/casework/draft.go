package casework

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
)

const (
	draftColumns   = `id, item_id, version_id, item_name, owner_kind, owner_id, party_kind, party_id, party_name, case_no, version, data, created_at, updated_at`
	sqlInsertDraft = `INSERT INTO draft (` + draftColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	sqlDraft       = `SELECT ` + draftColumns + ` FROM draft WHERE id = $1`
	sqlDrafts      = `SELECT ` + draftColumns + ` FROM draft WHERE owner_kind = $1 AND owner_id = $2 AND id < $3
		AND (CAST($5 AS TEXT) = '' OR party_kind = $5 AND party_id = $6) ORDER BY id DESC LIMIT $4`
	sqlDraftOfCase = `SELECT ` + draftColumns + ` FROM draft WHERE owner_kind = $1 AND owner_id = $2 AND case_no = $3 AND case_no <> ''`
	sqlCorrections = `SELECT ` + draftColumns + ` FROM draft WHERE case_no = $1 AND case_no <> ''`
	sqlSaveDraft   = `UPDATE draft SET data = $3, version = version + 1, updated_at = $4 WHERE id = $1 AND version = $2`
	sqlDropDraft   = `DELETE FROM draft WHERE id = $1 AND version = $2`
)

// StartDraft opens a draft of an item for the party that the actor acts for
// (applicants) or names (window intake), prefilled from the profile and the
// licences held. party is ignored for applicants. answers are given before, to
// the guide's scenarios 情形; they stand above what is prefilled.
func (s *Service) StartDraft(ctx context.Context, a actor.Actor, itemCode string, party actor.Party, answers form.Values) (*Draft, error) {
	return s.StartDraftOnce(ctx, a, itemCode, party, answers, nil)
}

// StartDraftOnce is StartDraft for a request with an idempotency key: the same
// key answers the draft that it opened, as long as that is there.
func (s *Service) StartDraftOnce(ctx context.Context, a actor.Actor, itemCode string, party actor.Party, answers form.Values, once Once) (d *Draft, err error) {
	return s.startDraft(ctx, a, itemCode, party, answers, once, 0)
}

// startDraft opens a draft; assist is the help under which a clerk fills it in.
func (s *Service) startDraft(ctx context.Context, a actor.Actor, itemCode string, party actor.Party, answers form.Values, once Once, assist int64) (d *Draft, err error) {
	helper := int64(0)
	if assist != 0 {
		helper = a.ID // Help has seen that he is
	}
	defer errs.Wrap(&err, "start a draft")
	it, v, err := s.Catalog.Guide(ctx, itemCode)
	if err != nil {
		return nil, err
	}
	if it.State != catalog.InUse {
		return nil, catalog.ErrPaused
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	act := identity.CaseDraft
	if a.Kind == actor.Staff {
		act = identity.CaseReceive
	} else {
		party = a.For
	}
	if _, err := s.entitled(s.DB.Read(ctx), a, act, it, &v.Guide, dir, party, helper); err != nil {
		s.denied(ctx, a, "case.draft", "item/"+it.Code, it.UnitID, err)
		return nil, err
	}
	if fs := v.Form().ValidateDraft(answers); len(fs) > 0 {
		return nil, errs.InvalidFields(fs...)
	}
	sources, err := s.sources(ctx, a, party)
	if err != nil {
		return nil, err
	}
	values := v.Form().Prefill(sources)
	maps.Copy(values, v.Form().Normalise(answers))
	fresh := Draft{ItemID: it.ID, VersionID: v.ID, ItemName: it.Name, Owner: Filer{a.Kind, a.ID, a.Name}, Party: party, Version: 1,
		Data: DraftData{Values: values, Paper: a.Kind == actor.Staff, Assist: assist}}
	if ways := v.Guide.Result().Delivery; len(ways) == 1 {
		fresh.Data.Delivery.Way = ways[0]
	}
	if v.Guide.Result().Does != "" {
		if fresh.Data.Held, err = s.onlyHeld(ctx, party, &v.Guide); err != nil {
			return nil, err
		}
	}
	err = s.DB.Write(ctx, "casework.draft", func(tx *db.Tx) error {
		prior, err := tx.Claim(once)
		if err != nil {
			return err
		}
		if prior != 0 {
			d, err = s.ownDraft(tx, a, prior)
			return err
		}
		d = new(fresh)
		d.ID, d.CreatedAt, d.UpdatedAt = tx.NewID(), tx.Now(), tx.Now()
		if err := s.insertDraft(tx, d); err != nil {
			return err
		}
		audit.Append(tx, audit.Record{Actor: a, Act: "case.draft", Subject: "item/" + it.Code, Unit: it.UnitID, Outcome: "done",
			Detail: map[string]string{"draft": strconv.FormatInt(d.ID, 10)}})
		tx.Record(once, d.ID)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// sources collects prefill answers: who applies, and licences held.
func (s *Service) sources(ctx context.Context, a actor.Actor, party actor.Party) (map[string]any, error) {
	out := map[string]any{}
	if a.Kind == actor.Person {
		profile, err := s.Identity.Profile(ctx, a)
		if err != nil {
			return nil, err
		}
		for k, v := range profile {
			out[k] = v
		}
	} else {
		info, err := s.Identity.Party(s.DB.Read(ctx), party)
		if err != nil {
			return nil, err
		}
		for k, v := range map[string]string{"applicant.name": info.Name, "applicant.idNumber": info.IDNumber, "applicant.phone": info.Phone,
			"applicant.address": info.Address, "applicant.legalRep": info.LegalRep} {
			if v != "" {
				out[k] = v
			}
		}
	}
	held, err := s.Licences.HeldValid(s.DB.Read(ctx), party)
	if err != nil {
		return nil, err
	}
	for _, l := range held {
		for k, v := range l.Fields {
			out["licence:"+l.TypeKey+"."+k] = v
		}
		out["licence:"+l.TypeKey+".number"] = l.Number
	}
	return out, nil
}

// Draft gives a draft to its owner.
func (s *Service) Draft(ctx context.Context, a actor.Actor, id int64) (*Draft, *catalog.Version, error) {
	d, err := s.ownDraft(s.DB.Read(ctx), a, id)
	if err != nil {
		s.draftDenied(ctx, a, id, err)
		return nil, nil, err
	}
	v, err := s.Catalog.ByVersion(ctx, d.VersionID)
	if err != nil {
		return nil, nil, err
	}
	d.Data.Values = v.Form().Normalise(d.Data.Values)
	return d, v, nil
}

func (s *Service) ownDraft(q db.Queryer, a actor.Actor, id int64) (*Draft, error) {
	rows, err := q.Query(sqlDraft, id)
	if err != nil {
		return nil, err
	}
	if !rows.Next() {
		return nil, ErrNoDraft
	}
	d, err := s.scanDraft(rows)
	if err != nil {
		return nil, err
	}
	// A draft of another person, or of another party than one acts for now, does not exist for the actor.
	if d.Owner.Kind != a.Kind || d.Owner.ID != a.ID || (a.Kind == actor.Person && (d.Party.Kind != a.For.Kind || d.Party.ID != a.For.ID)) {
		return nil, errOthersDraft
	}
	if d.Data.Assist != 0 {
		if _, err := s.helping(q, a, d.Data.Assist); err != nil {
			return nil, ErrNoDraft // the help is over, and with it the helper's access
		}
	}
	return d, nil
}

// errOthersDraft says no more than that there is no such draft, and lets the
// attempt be recorded.
var errOthersDraft = fmt.Errorf("of somebody else: %w", ErrNoDraft)

// draftDenied records that somebody known tried another's draft, or what is not
// for him on his own.
func (s *Service) draftDenied(ctx context.Context, a actor.Actor, id int64, err error) {
	if errors.Is(err, errOthersDraft) || errs.KindOf(err) == errs.Forbidden {
		s.denied(ctx, a, string(identity.CaseDraft), draftSubject(id), 0, err)
	}
}

func draftSubject(id int64) string { return "draft/" + strconv.FormatInt(id, 10) }

// Drafts lists the actor's drafts, newest first. Cursor is the last id seen, 0 at the start.
func (s *Service) Drafts(ctx context.Context, a actor.Actor, cursor int64, limit int) ([]*Draft, error) {
	if cursor == 0 {
		cursor = 1<<63 - 1
	}
	return db.All(s.DB.Read(ctx), s.scanDraft, sqlDrafts, string(a.Kind), a.ID, cursor, limit, string(a.For.Kind), a.For.ID)
}

// SaveDraft stores answers, also unfinished and wrong ones: raw keeps what was
// typed where it did not fit.
func (s *Service) SaveDraft(ctx context.Context, a actor.Actor, id, version int64, values form.Values, raw form.Raw) (*Draft, error) {
	return s.changeDraft(ctx, a, id, version, "case.draft-save", "", func(tx *db.Tx, d *Draft) error {
		v, err := s.Catalog.ByVersion(ctx, d.VersionID)
		if err != nil {
			return err
		}
		if fs := v.Form().ValidateDraft(values); len(fs) > 0 {
			return errs.InvalidFields(fs...)
		}
		d.Data.Values, d.Data.Raw = values, raw
		return nil
	})
}

// SaveDelivery stores how the applicant wants to get the result.
func (s *Service) SaveDelivery(ctx context.Context, a actor.Actor, id, version int64, dl Delivery) (*Draft, error) {
	return s.changeDraft(ctx, a, id, version, "case.draft-delivery", "", func(_ *db.Tx, d *Draft) error {
		for path, v := range map[string]string{"delivery/way": dl.Way, "delivery/name": dl.Name, "delivery/phone": dl.Phone, "delivery/address": dl.Address} {
			if bad := textProblems(path, v, maxShort); bad != nil {
				return errs.InvalidFields(bad...)
			}
		}
		d.Data.Delivery = dl
		return nil
	})
}

// Consent records that the applicant was told who processes which data, why
// and how long, and goes on (个人信息保护法 第十七条).
func (s *Service) Consent(ctx context.Context, a actor.Actor, id, version int64) (*Draft, error) {
	return s.changeDraft(ctx, a, id, version, "privacy.consent", "", func(tx *db.Tx, d *Draft) error {
		d.Data.Consent = tx.Now()
		return nil
	})
}

// DiscardDraft deletes a draft with what was uploaded to it.
func (s *Service) DiscardDraft(ctx context.Context, a actor.Actor, id, version int64) (err error) {
	defer errs.Wrap(&err, "discard a draft")
	defer func() { s.draftDenied(ctx, a, id, err) }()
	return s.DB.Write(ctx, "casework.discard-draft", func(tx *db.Tx) error {
		d, err := s.ownDraft(tx, a, id)
		if err != nil {
			return err
		}
		if version != 0 && d.Version != version {
			return ErrDraftChanged
		}
		if err := s.letGo(tx, d); err != nil {
			return err
		}
		tx.QueueOne(ErrDraftChanged, sqlDropDraft, d.ID, d.Version)
		audit.Append(tx, draftRecord(a, "case.discard-draft", d, ""))
		return nil
	})
}

// AttachFile adds an uploaded file to a material of the draft.
func (s *Service) AttachFile(ctx context.Context, a actor.Actor, id int64, material string, ref files.Ref, name string) (*Draft, error) {
	return s.changeDraft(ctx, a, id, 0, "case.draft-attach", material, func(tx *db.Tx, d *Draft) error {
		m, err := s.draftMaterial(ctx, d, material)
		if err != nil {
			return err
		}
		if fd := fileProblem(m, ref); fd != nil {
			fd.Path = "materials/" + material
			return errs.InvalidFields(*fd)
		}
		h := d.Data.Handed(material)
		if h.has(ref.ID) {
			return errSame // a repeated upload
		}
		if len(h.Files) >= m.FilesAllowed() {
			return errs.InvalidFields(errs.Field{Path: "materials/" + material, Code: "max-files",
				ZH: "这项材料的文件数量已达上限，请先删除再上传", EN: "This material has as many files as allowed; delete one first"})
		}
		h.Files = append(h.Files, HandedDoc{File: ref.ID, Name: fileName(name), Size: ref.Size, Type: string(ref.Type), At: tx.Now()})
		h.Licence = nil
		d.Data.put(h)
		s.Files.Attach(tx, ref.ID)
		return nil
	})
}

// RemoveFile takes a file off a material of the draft.
func (s *Service) RemoveFile(ctx context.Context, a actor.Actor, id int64, material string, file int64) (*Draft, error) {
	return s.changeDraft(ctx, a, id, 0, "case.draft-remove-file", material, func(tx *db.Tx, d *Draft) error {
		h := d.Data.Handed(material)
		n := len(h.Files)
		h.Files = slices.DeleteFunc(h.Files, func(f HandedDoc) bool { return f.File == file })
		if len(h.Files) == n {
			return errs.New(errs.NotFound, "file-not-found", "没有找到这个文件，它可能已经删除。", "There is no such file; it may have been deleted.")
		}
		d.Data.put(h)
		return s.detach(tx, d.CaseNo, file)
	})
}

// UseLicence hands in a licence that the party holds instead of files (免提交);
// licence 0 takes it back.
func (s *Service) UseLicence(ctx context.Context, a actor.Actor, id int64, material string, licenceID int64) (*Draft, error) {
	return s.changeDraft(ctx, a, id, 0, "case.draft-use-licence", material, func(tx *db.Tx, d *Draft) error {
		m, err := s.draftMaterial(ctx, d, material)
		if err != nil {
			return err
		}
		h := d.Data.Handed(material)
		if licenceID == 0 {
			h.Licence = nil
			d.Data.put(h)
			return nil
		}
		if h.Licence, err = s.heldLicence(tx, d.Party, m, licenceID); err != nil {
			return err
		}
		d.Data.put(h)
		return nil
	})
}

// PaperSeen marks that a clerk has seen the paper original of a material, and
// how many copies stay at the window (0: it was given back at once).
func (s *Service) PaperSeen(ctx context.Context, a actor.Actor, id int64, material string, seen bool, copies int) (*Draft, error) {
	return s.changeDraft(ctx, a, id, 0, "case.draft-paper", material, func(_ *db.Tx, d *Draft) error {
		if a.Kind != actor.Staff {
			return errs.New(errs.Forbidden, "window-only", "只有窗口人员可以登记纸质材料。", "Only a window clerk can record paper.")
		}
		if _, err := s.draftMaterial(ctx, d, material); err != nil {
			return err
		}
		if copies < 0 || copies > maxCopies || copies > 0 && !seen {
			bad := copiesProblem("copies")
			return errs.InvalidFields(bad)
		}
		h := d.Data.Handed(material)
		h.Paper, h.Copies = seen, copies
		d.Data.put(h)
		return nil
	})
}

func (s *Service) draftMaterial(ctx context.Context, d *Draft, code string) (catalog.Material, error) {
	v, err := s.Catalog.ByVersion(ctx, d.VersionID)
	if err != nil {
		return catalog.Material{}, err
	}
	m, ok := v.Guide.Material(code)
	if !ok {
		return m, errs.New(errs.NotFound, "material-not-found", "办事指南中没有这项材料。", "The guide has no such material.")
	}
	return m, nil
}

// changeDraft loads the actor's draft, changes it and stores it. With version 0
// the change is applied to whatever the draft is now, and repeated if someone
// else changed it meanwhile: uploads of two files at once are both kept. act
// and material are for the audit record.
func (s *Service) changeDraft(ctx context.Context, a actor.Actor, id, version int64, act, material string, change func(*db.Tx, *Draft) error) (d *Draft, err error) {
	defer errs.Wrap(&err, "%s", act)
	for try := 0; ; try++ {
		err = s.DB.Write(ctx, act, func(tx *db.Tx) error {
			if d, err = s.ownDraft(tx, a, id); err != nil {
				return err
			}
			if version != 0 && d.Version != version {
				return ErrDraftChanged
			}
			if err := change(tx, d); err != nil {
				return err
			}
			sealed, err := s.seal("draft", d.Data)
			if err != nil {
				return err
			}
			if len(sealed) > maxDraft {
				return ErrDraftTooLarge
			}
			tx.QueueOne(ErrDraftChanged, sqlSaveDraft, d.ID, d.Version, sealed, tx.NowMicros())
			audit.Append(tx, draftRecord(a, act, d, material))
			d.Version++
			d.UpdatedAt = tx.Now()
			return nil
		})
		if errors.Is(err, errSame) {
			return d, nil
		}
		if err != nil {
			s.draftDenied(ctx, a, id, err)
		}
		if err == nil || version != 0 || try == 4 || !errors.Is(err, ErrDraftChanged) {
			return d, err
		}
	}
}

// draftRecord says who changed which draft, and nothing of what is in it.
func draftRecord(a actor.Actor, act string, d *Draft, material string) audit.Record {
	r := audit.Record{Actor: a, Act: act, Subject: draftSubject(d.ID), Outcome: "done", Detail: map[string]string{"item": strconv.FormatInt(d.ItemID, 10)}}
	if d.CaseNo != "" {
		r.Detail["case"] = d.CaseNo
	}
	if material != "" {
		r.Detail["material"] = material
	}
	return r
}

// errSame ends a change that leaves the draft as it is.
var errSame = errors.New("the draft is like that already")

// letGo gives up the files of a draft that is not handed in. Those that belong
// to the case which a correction copies stay.
func (s *Service) letGo(tx *db.Tx, d *Draft) error {
	var ids []int64
	for _, h := range d.Data.Materials {
		for _, f := range h.Files {
			ids = append(ids, f.File)
		}
	}
	return s.detach(tx, d.CaseNo, ids...)
}

func (s *Service) detach(tx *db.Tx, caseNo string, ids ...int64) error {
	if caseNo != "" && len(ids) > 0 {
		c, err := s.scanCase(tx.QueryRow(sqlCaseByNo, caseNo))
		if err != nil {
			return err
		}
		kept, err := s.materials(tx, c.ID)
		if err != nil {
			return err
		}
		ids = slices.DeleteFunc(ids, func(id int64) bool { return slices.ContainsFunc(kept, func(h Handed) bool { return h.has(id) }) })
	}
	for _, id := range ids {
		s.Files.Detach(tx, id)
	}
	return nil
}

func (s *Service) insertDraft(tx *db.Tx, d *Draft) error {
	sealed, err := s.seal("draft", d.Data)
	if err != nil {
		return err
	}
	tx.Queue(sqlInsertDraft, d.ID, d.ItemID, d.VersionID, d.ItemName, string(d.Owner.Kind), d.Owner.ID, string(d.Party.Kind), d.Party.ID,
		d.Party.Name, d.CaseNo, d.Version, sealed, micros(d.CreatedAt), micros(d.UpdatedAt))
	return nil
}

func (s *Service) scanDraft(r *db.Rows) (*Draft, error) {
	var (
		d                Draft
		sealed           []byte
		created, updated int64
		ownerKind, party string
	)
	if err := r.Scan(&d.ID, &d.ItemID, &d.VersionID, &d.ItemName, &ownerKind, &d.Owner.ID, &party, &d.Party.ID, &d.Party.Name,
		&d.CaseNo, &d.Version, &sealed, &created, &updated); err != nil {
		return nil, err
	}
	d.Owner.Kind, d.Party.Kind = actor.Kind(ownerKind), actor.PartyKind(party)
	d.CreatedAt, d.UpdatedAt = db.Time(created), db.Time(updated)
	return &d, s.openJSON("draft", sealed, &d.Data)
}
