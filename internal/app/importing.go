package app

import (
	"context"
	"fmt"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
)

// Progress tells how far a long work is: at what, how many of how many.
type Progress func(at Part, done, of int)

// Part is what a long work is at, in words.
type Part struct{ ZH, EN string }

var (
	partPeople = Part{"机构、人员", "offices and people"}
	partItems  = Part{"事项", "items"}
	partCases  = Part{"过往办件", "past cases"}
)

// ImportOptions of Import.
type ImportOptions struct {
	Demo     bool   // accounts become demonstration accounts
	Password string // their password
	Progress Progress
}

// Import loads a folder: organisations and people, windows, branches, topics, elements,
// licence types, items, what centres they have entered, licences held. The same folder again changes nothing.
// Each part is one act; the first one that fails stops the rest, and what was
// done before it stays.
func (r *Rooms) Import(ctx context.Context, f *Folder, o ImportOptions) (warnings []string, err error) {
	defer errs.Wrap(&err, "import")
	a := actor.Platform()
	say := o.Progress
	if say == nil {
		say = func(Part, int, int) {}
	}
	say(partPeople, 0, 1)
	refs, err := r.Identity.Import(ctx, a, identity.Batch{Divisions: f.Divisions, Units: f.Units, Persons: f.Persons, Entities: f.Entities,
		Mandates: f.Mandates, Staff: f.Staff, Demo: o.Demo, Password: o.Password})
	if err != nil {
		return nil, err
	}
	if err := r.Channel.ImportWindows(ctx, a, f.Windows); err != nil {
		return nil, err
	}
	if err := r.Channel.ImportBranches(ctx, a, f.Branches); err != nil {
		return nil, err
	}
	if err := r.Catalog.ImportTopics(ctx, a, f.Topics); err != nil {
		return nil, err
	}
	if err := r.Catalog.ImportEvents(ctx, a, f.Events); err != nil {
		return nil, err
	}
	if err := r.Catalog.ImportBasics(ctx, a, f.Catalogue); err != nil {
		return nil, err
	}
	if err := r.Catalog.ImportElements(ctx, a, f.Elements); err != nil {
		return nil, err
	}
	els, err := r.Catalog.Elements(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.Licences.ImportTypes(ctx, a, f.Types); err != nil {
		return nil, err
	}
	for i, it := range f.Items {
		say(partItems, i, len(f.Items))
		problems, err := r.Catalog.Import(ctx, a, it.Def, els)
		if err != nil {
			return warnings, fmt.Errorf("%s: %w%s", it.Path, err, listProblems(problems))
		}
		for _, p := range problems {
			if !p.Hint {
				warnings = append(warnings, it.Path+": "+p.Path+": "+p.ZH)
			}
		}
	}
	say(partItems, len(f.Items), len(f.Items))
	if err := r.Channel.ImportPlacements(ctx, a, f.Placed); err != nil {
		return warnings, err
	}
	if len(f.Units)+len(f.Windows)+len(f.Items)+len(f.Branches)+len(f.Placed) > 0 {
		short, err := r.Channel.Warnings(ctx)
		if err != nil {
			return warnings, err
		}
		warnings = append(warnings, short...)
	}
	if err := r.Catalog.ImportSynonyms(ctx, a, f.Synonyms); err != nil {
		return warnings, err
	}
	if err := r.Catalog.ImportChoices(ctx, a, f.Featured); err != nil {
		return warnings, err
	}
	if _, err := r.Catalog.SettleFeatured(ctx); err != nil { // windows may have changed without any item
		return warnings, err
	}
	held, err := r.licences(ctx, f.Licences, refs)
	if err != nil {
		return warnings, err
	}
	return warnings, r.Licences.ImportHeld(ctx, a, held)
}

func listProblems(ps []catalog.Problem) string {
	s := ""
	for _, p := range ps {
		if p.Error {
			s += "\n  " + p.Path + ": " + p.ZH
		}
	}
	return s
}

// licences resolves the keys of licences.yaml.
func (r *Rooms) licences(ctx context.Context, list []LicenceFile, refs identity.Refs) ([]licence.Issue, error) {
	dir, err := r.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	var out []licence.Issue
	for i, l := range list {
		at := fmt.Sprintf("licences/%d", i)
		in := licence.Issue{TypeKey: l.Type, Number: l.Number, Issued: l.Issued, Until: l.Until, Fields: l.Fields}
		switch {
		case l.Holder.Person != "":
			in.Holder = actor.Party{Kind: actor.NaturalPerson, ID: refs.Persons[l.Holder.Person]}
		case l.Holder.Entity != "":
			in.Holder = actor.Party{Kind: actor.LegalEntity, ID: refs.Entities[l.Holder.Entity]}
		}
		if in.Holder.ID == 0 {
			return nil, errs.InvalidFields(errs.Field{Path: at + "/holder", Code: "unknown", ZH: "没有这个持证人", EN: "There is no such holder"})
		}
		u, ok := dir.UnitByKey(l.Issuer)
		if !ok {
			return nil, errs.InvalidFields(errs.Field{Path: at + "/issuer", Code: "unknown", ZH: "没有这个颁发机构", EN: "There is no such issuer"})
		}
		in.IssuerUnit, in.IssuerName, in.IssuerUSCC = u.ID, u.Name, u.USCC
		out = append(out, in)
	}
	return out, nil
}
