package casework

import (
	"context"
	"errors"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
)

// Application is a whole application handed in at once, without a draft: what
// integrators send, and what a window types from a paper form.
type Application struct {
	ItemCode  string
	Party     actor.Party // staff only; applicants apply for whom they act
	Values    form.Values
	Materials []HandedIn
	Delivery  Delivery
	Promise   Promise // 容缺受理、告知承诺: what is promised, signed with the hash of its text
	Held      int64   // the licence that it is about, for items that do something to one
	Consent   bool    // the applicant was told who processes which data, and agreed
	Once      Once
}

// HandedIn is what is handed in for one material: stored files by their id with
// the names people gave them, a licence held, or paper seen at the window.
type HandedIn struct {
	Code    string
	Files   []NamedFile
	Licence int64
	Paper   bool
	Copies  int // of the paper, left at the window
}

// NamedFile is a stored file and its name.
type NamedFile struct {
	Ref  files.Ref
	Name string
}

// Apply hands a whole application in as one act. What is wrong is named field by
// field and nothing is stored.
func (s *Service) Apply(ctx context.Context, a actor.Actor, in Application) (c *Case, err error) {
	defer errs.Wrap(&err, "apply for %s", in.ItemCode)
	it, v, err := s.Catalog.Guide(ctx, in.ItemCode)
	if err != nil {
		return nil, err
	}
	if it.State != catalog.InUse {
		return nil, catalog.ErrPaused
	}
	w, err := s.world(ctx, v.ID)
	if err != nil {
		return nil, err
	}
	if a.Kind != actor.Staff {
		in.Party = a.For
	}
	if _, err := s.entitled(s.DB.Read(ctx), a, identity.CaseSubmit, it, &v.Guide, w.dir, in.Party, 0); err != nil {
		s.denied(ctx, a, string(identity.CaseSubmit), "item/"+it.Code, it.UnitID, err)
		return nil, err
	}
	r, err := s.readToStore(in.Values, v)
	if err != nil {
		return nil, err
	}
	err = s.DB.Write(ctx, "casework.apply", func(tx *db.Tx) error {
		d := &Draft{ID: tx.NewID(), ItemID: it.ID, VersionID: v.ID, ItemName: it.Name, Owner: Filer{a.Kind, a.ID, a.Name}, Party: in.Party,
			Data: DraftData{Values: in.Values, Delivery: in.Delivery, Held: in.Held, Paper: a.Kind == actor.Staff}}
		if in.Consent {
			d.Data.Consent = tx.Now()
		}
		if err := s.handIn(tx, a, d, &v.Guide, in.Materials); err != nil {
			return err
		}
		if !in.Promise.None() {
			if d.Data.Promise, err = s.signed(tx, a, d, v, in.Promise); err != nil {
				return underPromise(err)
			}
		}
		c, err = s.receive(tx, a, d, r, w, it, in.Once)
		return err
	})
	if err != nil {
		return s.repeated(ctx, in.Once, err)
	}
	return c, nil
}

// handIn checks and takes over what is handed in for each material.
func (s *Service) handIn(tx *db.Tx, a actor.Actor, d *Draft, g *catalog.Guide, list []HandedIn) error {
	var ids []int64
	for _, in := range list {
		m, ok := g.Material(in.Code)
		at := "materials/" + in.Code
		if !ok {
			return errs.InvalidFields(errs.Field{Path: at, Code: "unknown", ZH: "办事指南中没有这项材料", EN: "The guide has no such material"})
		}
		h := Handed{Code: in.Code, Paper: in.Paper && a.Kind == actor.Staff}
		if in.Copies < 0 || in.Copies > maxCopies || in.Copies > 0 && !h.Paper {
			return errs.InvalidFields(copiesProblem(at + "/copies"))
		}
		h.Copies = in.Copies
		if len(in.Files) > m.FilesAllowed() {
			return errs.InvalidFields(errs.Field{Path: at, Code: "max-files", ZH: "这项材料的文件数量超过上限", EN: "Too many files for this material"})
		}
		for _, f := range in.Files {
			if fd := fileProblem(m, f.Ref); fd != nil {
				fd.Path = at
				return errs.InvalidFields(*fd)
			}
			h.Files = append(h.Files, HandedDoc{File: f.Ref.ID, Name: fileName(f.Name), Size: f.Ref.Size, Type: string(f.Ref.Type), At: tx.Now()})
			ids = append(ids, f.Ref.ID)
		}
		if in.Licence != 0 {
			ref, err := s.heldLicence(tx, d.Party, m, in.Licence)
			if err != nil {
				return err
			}
			h.Licence = ref
		}
		d.Data.put(h)
	}
	s.Files.Attach(tx, ids...)
	return nil
}

// heldLicence finds a licence of the party that may stand for a material.
func (s *Service) heldLicence(q db.Queryer, party actor.Party, m catalog.Material, id int64) (*HeldRef, error) {
	l, err := s.Licences.StandsFor(q, id, party, m.LicenceType)
	if err == nil {
		return &HeldRef{ID: l.ID, Identifier: l.Identifier, Name: l.Name, Number: l.Number}, nil
	}
	if !errors.Is(err, licence.ErrNoLicence) {
		return nil, err
	}
	return nil, errs.InvalidFields(errs.Field{Path: "materials/" + m.Code, Code: "licence",
		ZH: "这份电子证照不能代替该材料", EN: "This licence cannot stand for the material"})
}

// fileProblem checks a stored file against what the material takes.
func fileProblem(m catalog.Material, ref files.Ref) *errs.Field {
	if ref.Size > m.MaxBytes() {
		return &errs.Field{Code: "max-size", ZH: "文件超过这项材料的大小上限", EN: "The file is larger than this material allows"}
	}
	for _, t := range m.FileTypes() {
		if t == string(ref.Type) {
			return nil
		}
	}
	return &errs.Field{Code: "type", ZH: "这项材料不收这种类型的文件", EN: "This material does not take files of this type"}
}
