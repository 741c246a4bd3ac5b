package app

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
)

// ItemProblem is something wrong with a file of an import folder.
type ItemProblem struct {
	File string // "items/food-licence-new.yaml"
	catalog.Problem
}

// CheckItems holds the basic catalogue and the guides of an import folder to
// the rules of the import, without a database. Of the configuration it needs how
// item codes are built alone. The error is a file that cannot
// be read.
func CheckItems(c Config, fsys fs.FS) (problems []ItemProblem, guides int, err error) {
	f, err := ReadFolder(fsys)
	if err != nil {
		return nil, 0, err
	}
	codes, basics := c.codes(), map[string]*catalog.Basic{}
	for i := range f.Catalogue {
		b := &f.Catalogue[i]
		basics[b.Code] = b
		for _, p := range catalog.CheckBasic(codes, *b) {
			p.Path = b.Code + "/" + p.Path
			problems = append(problems, ItemProblem{"catalogue.yaml", p})
		}
	}
	for _, it := range f.Items {
		ps := catalog.CheckFile(codes, it.Def, basics[it.BasicCode], f.divisionOf(it.Def), f.Elements, Formats())
		for _, p := range append(ps, f.pointers(it.Def)...) {
			problems = append(problems, ItemProblem{it.Path, p})
		}
	}
	return problems, len(f.Items), nil
}

// divisionOf is where an item is offered first.
func (f *Folder) divisionOf(d catalog.Def) string {
	for _, o := range d.OfferedBy {
		if i := slices.IndexFunc(f.Units, func(u identity.UnitInput) bool { return u.Key == o.Unit }); i >= 0 {
			return f.Units[i].Division
		}
	}
	return f.City.Code
}

// pointers tells which keys of other files an item names that are not there;
// files that the folder does not have are not asked.
func (f *Folder) pointers(d catalog.Def) []catalog.Problem {
	var out []catalog.Problem
	missing := func(path, zh, en, key string) {
		out = append(out, catalog.Problem{Path: path, Error: true, Rule: "import", ZH: zh + "：" + key, EN: en + ": " + key})
	}
	unit := func(path, key string) {
		if len(f.Units) > 0 && !slices.ContainsFunc(f.Units, func(u identity.UnitInput) bool { return u.Key == key }) {
			missing(path, "没有这个单位", "There is no such unit", key)
		}
	}
	licenceType := func(path, key string) {
		if key != "" && len(f.Types) > 0 && !slices.ContainsFunc(f.Types, func(t licence.Type) bool { return t.Key == key }) {
			missing(path, "没有这种电子证照", "There is no such licence type", key)
		}
	}
	for _, o := range d.OfferedBy {
		unit("offeredBy/"+o.Unit, o.Unit)
		unit("offeredBy/"+o.Unit+"/receiving", o.Receiving)
		for _, st := range d.Guide.Steps {
			if name, ok := strings.CutPrefix(st.Unit, "$"); ok && o.Units[name] == "" {
				missing("offeredBy/"+o.Unit+"/units", "未给出环节的单位", "No unit is given for a step", name)
			}
		}
	}
	for _, m := range d.Guide.Materials {
		licenceType("materials/"+m.Code+"/licenceType", m.LicenceType)
	}
	for _, r := range d.Guide.Results {
		licenceType("results/licenceType", r.LicenceType)
	}
	for _, key := range d.Guide.Basics.Topics {
		if len(f.Topics) > 0 && !slices.ContainsFunc(f.Topics, func(t catalog.Topic) bool { return t.Key == key }) {
			missing("basics/topics", "没有这个主题", "There is no such topic", key)
		}
	}
	return out
}
