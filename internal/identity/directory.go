package identity

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// Directory 机构与区划目录 is an immutable snapshot of all divisions and units.
// What it returns may be kept and must not be changed.
type Directory struct {
	version   int64
	units     []Unit // in the order in which they were made
	byID      map[int64]int
	byKey     map[string]int
	byUSCC    map[string]int
	children  map[int64][]Unit
	divisions []Division // by code
	byCode    map[string]int
	below     map[string][]Division
}

// Unit finds a unit by id.
func (d *Directory) Unit(id int64) (Unit, bool) { return pick(d.units, d.byID, id) }

// UnitByKey finds a unit by the key of the import folder.
func (d *Directory) UnitByKey(key string) (Unit, bool) { return pick(d.units, d.byKey, key) }

// UnitByUSCC finds a unit by its 统一社会信用代码.
func (d *Directory) UnitByUSCC(uscc string) (Unit, bool) { return pick(d.units, d.byUSCC, uscc) }

// Units lists all units in the order in which they were made.
func (d *Directory) Units() []Unit { return d.units }

// Children lists the units directly below one; 0 gives the top.
func (d *Directory) Children(id int64) []Unit { return d.children[id] }

// Path is the materialised path of a unit, "/1/12/", empty for an unknown one.
func (d *Directory) Path(id int64) string {
	u, _ := d.Unit(id)
	return u.Path
}

// InSubtree reports whether a unit is the one at path or lies below it.
func (d *Directory) InSubtree(id int64, path string) bool {
	p := d.Path(id)
	return p != "" && path != "" && strings.HasPrefix(p, path)
}

// Subtree lists the unit at path and everything below it.
func (d *Directory) Subtree(path string) []Unit {
	if path == "" {
		return nil
	}
	var out []Unit
	for _, u := range d.units {
		if strings.HasPrefix(u.Path, path) {
			out = append(out, u)
		}
	}
	return out
}

// Division finds a division by its 12-digit code.
func (d *Directory) Division(code string) (Division, bool) { return pick(d.divisions, d.byCode, code) }

// Divisions lists all divisions by code.
func (d *Directory) Divisions() []Division { return d.divisions }

// DivisionsBelow lists the divisions directly below a code; "" gives the top.
func (d *Directory) DivisionsBelow(code string) []Division { return d.below[code] }

// DivisionWithin reports whether a division is the other or lies below it.
func (d *Directory) DivisionWithin(code, ancestor string) bool {
	for range len(d.divisions) + 1 {
		if code == ancestor {
			return true
		}
		v, ok := d.Division(code)
		if !ok || v.Parent == "" {
			return false
		}
		code = v.Parent
	}
	return false
}

func pick[K comparable, V any](list []V, index map[K]int, key K) (V, bool) {
	i, ok := index[key]
	if !ok {
		var none V
		return none, false
	}
	return list[i], true
}

// directoryAge is how long another node's change may stay unseen, in micros.
const directoryAge = 2_000_000

// Directory gives the snapshot. It is kept in memory; changes made by this
// process show at once, those of other nodes within two seconds. When the
// database is away the last snapshot goes on serving; an error is possible
// only before the first one was read.
func (s *Service) Directory(ctx context.Context) (_ *Directory, err error) {
	defer errs.Wrap(&err, "directory")
	return s.dir.Get(ctx, s.db, s.log)
}

// changed tells this process, after the commit, and every other one that
// divisions or units are different.
func (s *Service) changed(tx *db.Tx) { s.dir.Changed(tx) }

const (
	sqlDirectoryVersion = `SELECT version FROM directory_version WHERE id = 1`
	sqlBumpDirectory    = `UPDATE directory_version SET version = version + 1 WHERE id = 1`
	sqlAllDivisions     = `SELECT code, name, parent, level, is_national, statistical FROM division ORDER BY code`
	sqlAllUnits         = `SELECT id, key, name, short, uscc, kind, parent_id, path, division, level, phone, address, synthetic, fair, coalesce(reason, '')
		FROM unit LEFT JOIN hall_name ON unit_id = id ORDER BY id`
)

// loadDirectory reads everything.
func loadDirectory(q db.Queryer, version int64) (*Directory, error) {
	divisions, err := db.All(q, func(r *db.Rows) (v Division, err error) {
		err = r.Scan(&v.Code, &v.Name, &v.Parent, &v.Level, &v.National, &v.Statistical)
		return v, err
	}, sqlAllDivisions)
	if err != nil {
		return nil, err
	}
	units, err := db.All(q, scanUnit, sqlAllUnits)
	if err != nil {
		return nil, err
	}
	return newDirectory(version, divisions, units), nil
}

func scanUnit(r *db.Rows) (u Unit, err error) {
	err = r.Scan(&u.ID, &u.Key, &u.Name, &u.Short, &u.USCC, &u.Kind, &u.ParentID, &u.Path, &u.Division, &u.Level,
		&u.Phone, &u.Address, &u.Synthetic, &u.Fair, &u.NameReason)
	return u, err
}

func newDirectory(version int64, divisions []Division, units []Unit) *Directory {
	d := &Directory{version: version, units: units, divisions: divisions,
		byID: map[int64]int{}, byKey: map[string]int{}, byUSCC: map[string]int{}, children: map[int64][]Unit{},
		byCode: map[string]int{}, below: map[string][]Division{}}
	slices.SortFunc(d.units, func(a, b Unit) int { return cmp.Compare(a.ID, b.ID) })
	for i, u := range d.units {
		d.byID[u.ID], d.byKey[u.Key] = i, i
		if u.USCC != "" {
			d.byUSCC[u.USCC] = i
		}
		d.children[u.ParentID] = append(d.children[u.ParentID], u)
	}
	for i, v := range d.divisions {
		d.byCode[v.Code] = i
		d.below[v.Parent] = append(d.below[v.Parent], v)
	}
	return d
}
