package channel

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
)

// Window 窗口 of a centre; its JSON names are those of windows.yaml.
type Window struct {
	ID       int64      `json:"-"`
	CentreID int64      `json:"-"`
	Key      string     `json:"key"`
	Centre   string     `json:"centre"` // key of the unit
	Name     string     `json:"name"`
	No       string     `json:"no"` // on the sign: "A03"
	Kind     WindowKind `json:"kind"`
	Hours    string     `json:"hours"`
	Address  string     `json:"address"`
	Phone    string     `json:"phone"`
	Items    []string   `json:"items,omitempty"` // basic codes of the matters that it takes: of a bank outlet, and where it is narrow of a window of one field or theme; other windows take what the centre takes
}

// WindowKind 窗口类型.
type WindowKind string

// The kinds of windows.
const (
	Consult       WindowKind = "consult"       // 综合咨询
	Comprehensive WindowKind = "comprehensive" // 综合; in towns and villages 全科
	Special       WindowKind = "special"       // 专业
	Theme         WindowKind = "theme"         // 主题, such as opening a business
	Output        WindowKind = "output"        // 统一出件
	Assist        WindowKind = "assist"
	Unresolved    WindowKind = "unresolved"
	CrossProvince WindowKind = "cross-province"
	Bank          WindowKind = "bank" // 银行网点 that takes some matters for the centre (第二十八条)
)

// WindowKinds lists them in the order shown to people.
var WindowKinds = []WindowKind{Consult, Comprehensive, Special, Theme, Output, Assist, Unresolved, CrossProvince, Bank}

var windowKindWords = map[WindowKind][2]string{
	Comprehensive: {"综合窗口", "All services"}, Special: {"专业窗口", "One field"}, Theme: {"主题窗口", "One theme"}, Output: {"统一出件窗口", "Results"}, Consult: {"综合咨询窗口", "Information"},
	Assist: {"帮办代办窗口", "Help with applying"}, Unresolved: {"“办不成事”反映窗口", "Could not get it done?"},
	CrossProvince: {"异地通办窗口", "Services of other places"}, Bank: {"银行网点", "At a bank"},
}

// Words gives the kind's name for people.
func (k WindowKind) Words() (zh, en string) { w := windowKindWords[k]; return w[0], w[1] }

// Centre 政务服务中心 or 便民服务站 is a unit that has windows.
type Centre struct {
	identity.Unit
	Windows int // how many
}

// CentreGroup is a district with its centres, the higher levels first.
type CentreGroup struct {
	Division identity.Division
	Centres  []Centre
}

// ErrNoCentre says that the unit is no centre.
var ErrNoCentre = errs.New(errs.NotFound, "no-centre", "没有找到这个服务中心。", "There is no such service centre.")

const (
	sqlPutWindow = `INSERT INTO service_window (id, key, centre_id, no, name, kind, hours, address, phone, updated_at, items)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (key) DO UPDATE SET centre_id = excluded.centre_id, no = excluded.no, name = excluded.name, kind = excluded.kind,
		hours = excluded.hours, address = excluded.address, phone = excluded.phone, updated_at = excluded.updated_at, items = excluded.items`
	sqlWindows       = `SELECT id, key, centre_id, no, name, kind, hours, address, phone, items FROM service_window WHERE centre_id = $1 ORDER BY no, id LIMIT 500`
	sqlWindowCounts  = `SELECT centre_id, count(*) FROM service_window GROUP BY centre_id`
	sqlAssistWindows = `SELECT centre_id, count(*) FROM service_window WHERE kind = $1 GROUP BY centre_id`
)

// AssistWindows counts the windows for assistance 帮办代办 at each centre, by the
// centre's unit.
func AssistWindows(q db.Queryer) (map[int64]int, error) {
	rows, err := q.Query(sqlAssistWindows, string(Assist))
	if err != nil {
		return nil, err
	}
	out := map[int64]int{}
	for rows.Next() {
		var centre int64
		var n int
		if err := rows.Scan(&centre, &n); err != nil {
			return nil, err
		}
		out[centre] = n
	}
	return out, nil
}

// ImportWindows stores windows by their key, as one act; those that
// are there are brought up to date, others stay. Errors: every wrong field at once, as
// "windows/KEY/centre".
func (s *Service) ImportWindows(ctx context.Context, a actor.Actor, list []Window) (err error) {
	defer errs.Wrap(&err, "import windows")
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	if bad := problems(s.Codes, dir, list); len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	for _, w := range list {
		u, _ := dir.UnitByKey(w.Centre)
		if err := s.Identity.Allow(ctx, a, identity.CentreManage, identity.Target{UnitPath: u.Path}, centreSubject(u.ID)); err != nil {
			return err
		}
	}
	return s.DB.Write(ctx, "channel.import-windows", func(tx *db.Tx) error {
		for _, w := range list {
			u, _ := dir.UnitByKey(w.Centre)
			tx.Queue(sqlPutWindow, tx.NewID(), w.Key, u.ID, w.No, w.Name, string(w.Kind), w.Hours, w.Address, w.Phone, tx.NowMicros(), strings.Join(w.Items, " "))
		}
		if len(list) > 0 {
			s.changed(tx)
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.CentreManage), Subject: "windows",
			Detail: map[string]string{"windows": strconv.Itoa(len(list))}})
	})
}

// windowKey is how a handle of an import folder looks.
var windowKey = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// problems names what is wrong with windows to be imported.
func problems(codes ident.Profile, dir *identity.Directory, list []Window) (bad []errs.Field) {
	keys, signs := map[string]bool{}, map[string]bool{}
	for i, w := range list {
		at := "windows/" + w.Key
		if !windowKey.MatchString(w.Key) {
			at = "windows/" + strconv.Itoa(i)
			bad = append(bad, errs.Field{Path: at + "/key", Code: "pattern", ZH: "标识只能用小写字母、数字和连字符", EN: "Lower-case letters, digits and hyphens"})
		} else if keys[w.Key] {
			bad = append(bad, errs.Field{Path: at + "/key", Code: "unique", ZH: "标识重复", EN: "This key is there twice"})
		}
		keys[w.Key] = true
		if u, ok := dir.UnitByKey(w.Centre); !ok || !isCentre(u) {
			bad = append(bad, errs.Field{Path: at + "/centre", Code: "reference", ZH: "应是已登记的服务中心或服务站的标识", EN: "The key of a registered centre or station"})
		}
		sign := w.Centre + " " + w.No
		if signs[sign] {
			bad = append(bad, errs.Field{Path: at + "/no", Code: "unique", ZH: "同一中心的窗口号重复", EN: "The centre has this number twice"})
		}
		signs[sign] = true
		if !slices.Contains(WindowKinds, w.Kind) {
			bad = append(bad, errs.Field{Path: at + "/kind", Code: "option", ZH: "没有这种窗口类型", EN: "There is no such kind of window"})
		}
		bad = append(bad, itemProblems(codes, at, w)...)
		for _, f := range []struct {
			path, value string
			most        int
		}{{"name", w.Name, 100}, {"no", w.No, 20}, {"hours", w.Hours, 200}, {"address", w.Address, 200}} {
			if strings.TrimSpace(f.value) == "" {
				bad = append(bad, errs.Field{Path: at + "/" + f.path, Code: "required", ZH: "必须填写", EN: "Required"})
			} else if utf8.RuneCountInString(f.value) > f.most {
				bad = append(bad, errs.Field{Path: at + "/" + f.path, Code: "max-length", ZH: "文字过长", EN: "Too long"})
			}
		}
		if utf8.RuneCountInString(w.Phone) > 50 {
			bad = append(bad, errs.Field{Path: at + "/phone", Code: "max-length", ZH: "文字过长", EN: "Too long"})
		}
	}
	return bad
}

// Windows lists the windows of a centre by their number. Error: ErrNoCentre.
func (s *Service) Windows(ctx context.Context, centre int64) (_ []Window, err error) {
	defer errs.Wrap(&err, "windows")
	u, err := s.Centre(ctx, centre)
	if err != nil {
		return nil, err
	}
	return db.All(s.DB.Read(ctx), func(r *db.Rows) (Window, error) {
		w, err := scanWindow(r)
		w.Centre = u.Key
		return w, err
	}, sqlWindows, u.ID)
}

func scanWindow(r *db.Rows) (w Window, err error) {
	var items string
	err = r.Scan(&w.ID, &w.Key, &w.CentreID, &w.No, &w.Name, &w.Kind, &w.Hours, &w.Address, &w.Phone, &items)
	w.Items = strings.Fields(items)
	return w, err
}

// Centre finds a centre or station by its unit id. Error: ErrNoCentre.
func (s *Service) Centre(ctx context.Context, id int64) (identity.Unit, error) {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return identity.Unit{}, err
	}
	u, ok := dir.Unit(id)
	if !ok || !isCentre(u) {
		return identity.Unit{}, ErrNoCentre
	}
	return u, nil
}

// Centres lists all centres and stations with the number of their windows,
// grouped by district: the city first, then by division code. Stations of a
// town stand under its district.
func (s *Service) Centres(ctx context.Context) (_ []CentreGroup, err error) {
	defer errs.Wrap(&err, "centres")
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	counts := map[int64]int{}
	rows, err := s.DB.Read(ctx).Query(sqlWindowCounts)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var id int64
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return nil, err
		}
		counts[id] = n
	}
	groups := map[string]*CentreGroup{}
	for _, u := range dir.Units() {
		if !isCentre(u) {
			continue
		}
		d := district(dir, u.Division)
		g := groups[d.Code]
		if g == nil {
			g = &CentreGroup{Division: d}
			groups[d.Code] = g
		}
		g.Centres = append(g.Centres, Centre{Unit: u, Windows: counts[u.ID]})
	}
	out := make([]CentreGroup, 0, len(groups))
	for _, g := range groups {
		slices.SortStableFunc(g.Centres, func(a, b Centre) int { return strings.Compare(a.Level, b.Level) })
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b CentreGroup) int { return strings.Compare(a.Division.Code, b.Division.Code) })
	return out, nil
}

// district is the division itself, or for a town the one above it.
func district(dir *identity.Directory, code string) identity.Division {
	d, ok := dir.Division(code)
	if ok && d.Level == "town" {
		if up, ok := dir.Division(d.Parent); ok {
			return up
		}
	}
	return d
}

func isCentre(u identity.Unit) bool { return u.Kind == "centre" || u.Kind == "station" }

func centreSubject(id int64) string { return "unit/" + strconv.FormatInt(id, 10) }
