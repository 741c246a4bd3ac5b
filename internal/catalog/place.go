package catalog

import (
	"strings"

	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/search"
)

// Place is what a text names besides a matter: where, or whose. It narrows the
// search as the filters do.
type Place struct {
	Division identity.Division // Code empty: none
	Unit     identity.Unit     // Key empty: none
	Dept     string            // kind of department
	Rest     string            // the text without it
	Missed   bool              // nothing was found there: the answers are not narrowed
}

// Named reports whether the text named any.
func (p Place) Named() bool { return p.Division.Code != "" || p.Unit.Key != "" || p.Dept != "" }

func (p Place) narrow(q *Query) {
	if p.Division.Code != "" {
		q.Division = p.Division.Code
	}
	if p.Unit.Key != "" {
		q.Unit = p.Unit.Key
	}
	if p.Dept != "" {
		q.Dept = p.Dept
	}
}

// namedPlace takes the name of a unit, of a kind of department or of a division
// out of a text. The city's own name says nothing in the city; a filter that
// is set already is not set anew.
func namedPlace(q Query, dir *identity.Directory) (p Place, rest string) {
	terms := strings.Fields(search.Normalise(q.Text))
	city := cityOf(dir)
	if q.Unit == "" && q.Dept == "" {
		for i, t := range terms {
			if p.Unit, p.Dept = officeNamed(t, city, dir); p.Unit.Key != "" || p.Dept != "" {
				terms = append(terms[:i:i], terms[i+1:]...)
				break
			}
		}
	}
	if q.Division == "" && p.Unit.Key == "" {
		terms, p.Division = divisionNamed(terms, city, dir)
	}
	p.Rest = strings.Join(terms, " ")
	return p, p.Rest
}

func cityOf(dir *identity.Directory) identity.Division {
	if top := dir.DivisionsBelow(""); len(top) > 0 {
		return top[0]
	}
	return identity.Division{}
}

// officeNamed finds a unit by its name. A department of the city stands for all
// departments of its kind: 民政局 is every civil affairs bureau.
func officeNamed(t string, city identity.Division, dir *identity.Directory) (identity.Unit, string) {
	if len([]rune(t)) < 3 {
		return identity.Unit{}, ""
	}
	for _, u := range dir.Units() {
		if t == u.Name || t == u.Short {
			if u.Kind == "department" && u.Division == city.Code {
				return identity.Unit{}, deptOf(u)
			}
			return u, ""
		}
		if u.Kind == "department" && u.Division == city.Code && (t == strings.TrimPrefix(u.Short, "市") || t == strings.TrimPrefix(u.Name, city.Name)) {
			return identity.Unit{}, deptOf(u)
		}
	}
	return identity.Unit{}, ""
}

// deptOf is the kind of department, as Basic.Dept has it.
func deptOf(u identity.Unit) string { return u.Key[strings.LastIndexByte(u.Key, '-')+1:] }

// divisionNamed takes the first division that is named out of the terms. A
// town's name without 街道 or 镇 counts only by itself: many are ordinary words.
func divisionNamed(terms []string, city identity.Division, dir *identity.Directory) ([]string, identity.Division) {
	var out []string
	var found identity.Division
	for _, t := range terms {
		if found.Code == "" {
			for _, d := range dir.Divisions() {
				bare := bareName(d.Name)
				name := ""
				switch {
				case d.Code == city.Code:
				case strings.Contains(t, d.Name):
					name = d.Name
				case bare == t, d.Parent == city.Code && strings.Contains(t, bare):
					name = bare
				}
				if name != "" {
					found = d
					t = strings.TrimSpace(strings.Replace(t, name, " ", 1))
					break
				}
			}
		}
		for _, name := range []string{city.Name, bareName(city.Name)} {
			if name != "" && len(t) > len(name) {
				t = strings.TrimSpace(strings.Replace(t, name, " ", 1))
			}
		}
		if t != "" && t != "在" {
			out = append(out, strings.Fields(t)...)
		}
	}
	return out, found
}

// bareName is a division's name as people shorten it.
func bareName(name string) string {
	for _, end := range []string{"街道", "开发区", "区", "市", "县", "镇", "乡"} {
		if b, ok := strings.CutSuffix(name, end); ok && len([]rune(b)) >= 2 {
			return b
		}
	}
	return name
}
