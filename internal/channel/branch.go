package channel

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Branch 政务服务分中心 is a centre that belongs to another of its level, for a
// recorded reason: what cannot be handled in the hall is handled on the spot,
// under one management (第二十条第一款).
type Branch struct {
	ID          int64
	BranchID    int64   // the unit
	MainID      int64   // the centre that it belongs to
	Name        string  // between the main centre's name and 分中心
	Reason      Reason  // why it is apart
	Detail      string  // in words
	Basis       string  // who approved it, by which paper
	Departments []int64 // whose matters are handled there
	From        string  // date
	Until       string  // date, the first on which it is none; empty: it stands
	By          string
	At          time.Time
	EndedBy     string
	EndedAt     time.Time
	EndWhy      string
}

// BranchInput makes a centre a branch; its JSON names are those of branches.yaml.
type BranchInput struct {
	Centre      string   `json:"centre"` // key of the unit that is the branch
	Main        string   `json:"main"`   // key of the centre that it belongs to
	Name        string   `json:"name"`
	Reason      Reason   `json:"reason"`
	Detail      string   `json:"detail"`
	Basis       string   `json:"basis"`
	Departments []string `json:"departments"` // keys
	From        string   `json:"from"`        // date
}

// The refusals.
var (
	ErrNoBranch  = errs.New(errs.NotFound, "no-branch", "没有找到这个分中心的登记。", "There is no such branch on record.")
	ErrHasBranch = errs.New(errs.Conflict, "branch-already", "这个中心已经登记为分中心，请先终止原登记。", "This centre is on record as a branch; end that first.")
	ErrEnded     = errs.New(errs.Conflict, "ended-already", "这条登记已经终止。", "This entry has ended.")
)

const branchColumns = `id, branch_id, main_id, name, reason, detail, basis, departments, from_day, until_day, made_by, made_at, ended_by, ended_at, end_reason`

const (
	sqlBranches      = `SELECT ` + branchColumns + ` FROM centre_branch WHERE until_day = '' ORDER BY branch_id`
	sqlBranchHistory = `SELECT ` + branchColumns + ` FROM centre_branch WHERE branch_id = $1 ORDER BY id DESC LIMIT 100`
	sqlBranch        = `SELECT ` + branchColumns + ` FROM centre_branch WHERE id = $1`
	sqlInsertBranch  = `INSERT INTO centre_branch (` + branchColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, '', 0, '') ON CONFLICT DO NOTHING`
	sqlEndBranch     = `UPDATE centre_branch SET until_day = $2, ended_by = $3, ended_at = $4, end_reason = $5 WHERE id = $1 AND until_day = ''`
	sqlStanding      = `SELECT ` + branchColumns + ` FROM centre_branch WHERE until_day = '' AND (branch_id = $1 OR main_id = $1 OR branch_id = $2) ORDER BY id`
)

// Title is what a centre is called: a branch with its main centre's name before
// its own, ××市政务服务中心××分中心.
func (p *Places) Title(dir *identity.Directory, u identity.Unit, day string) string {
	b, ok := p.BranchOf(u.ID, day)
	if !ok {
		return u.Name
	}
	main, _ := dir.Unit(b.MainID)
	return main.Name + b.Name + "分中心"
}

// SetBranch 设立分中心 records that a centre is a branch of another. The same again
// gives what is there. Errors: refusals, ErrHasBranch, and fields "centre",
// "main", "name", "reason", "detail", "basis", "departments" and "from".
func (s *Service) SetBranch(ctx context.Context, a actor.Actor, in BranchInput) (b Branch, err error) {
	defer errs.Wrap(&err, "set branch")
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return b, err
	}
	b, bad := branchOf(dir, in, "")
	if err := s.mayKeep(ctx, a, dir, b); err != nil {
		return b, err
	}
	if len(bad) > 0 {
		return b, errs.InvalidFields(bad...)
	}
	err = s.DB.WriteSerializable(ctx, "channel.branch", func(tx *db.Tx) (err error) {
		b, err = s.setBranch(tx, a, b, "")
		return err
	})
	return b, err
}

// ImportBranches sets up branches as one act; those that stand stay as they are.
// Errors: every wrong field at once, as "branches/KEY/main".
func (s *Service) ImportBranches(ctx context.Context, a actor.Actor, list []BranchInput) (err error) {
	defer errs.Wrap(&err, "import branches")
	if len(list) == 0 {
		return nil
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	var all []Branch
	var bad []errs.Field
	for _, in := range list {
		b, fields := branchOf(dir, in, "branches/"+in.Centre+"/")
		all, bad = append(all, b), append(bad, fields...)
	}
	if len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	for _, b := range all {
		if err := s.mayKeep(ctx, a, dir, b); err != nil {
			return err
		}
	}
	return s.DB.WriteSerializable(ctx, "channel.import-branches", func(tx *db.Tx) error {
		for i, b := range all {
			if _, err := s.setBranch(tx, a, b, "branches/"+list[i].Centre+"/"); err != nil {
				return err
			}
		}
		return nil
	})
}

// mayKeep asks for both centres: who makes one a part of the other answers for both.
func (s *Service) mayKeep(ctx context.Context, a actor.Actor, dir *identity.Directory, b Branch) error {
	for _, id := range []int64{b.BranchID, b.MainID} {
		at := cmp.Or(dir.Path(id), dir.Path(a.Unit)) // one that is not known is told so to who keeps centres
		if err := s.Identity.Allow(ctx, a, identity.CentreManage, identity.Target{UnitPath: at}, centreSubject(id)); err != nil {
			return err
		}
	}
	return nil
}

// branchOf reads an input; fields are named below at.
func branchOf(dir *identity.Directory, in BranchInput, at string) (b Branch, bad []errs.Field) {
	wrong := func(path, code, zh, en string) {
		bad = append(bad, errs.Field{Path: at + path, Code: code, ZH: zh, EN: en})
	}
	branch, ok := dir.UnitByKey(in.Centre)
	if !ok || !isCentre(branch) {
		wrong("centre", "reference", "应是已登记的服务中心", "A registered centre")
	}
	main, ok2 := dir.UnitByKey(in.Main)
	switch {
	case !ok2 || !isCentre(main):
		wrong("main", "reference", "应是已登记的服务中心", "A registered centre")
	case main.ID == branch.ID:
		wrong("main", "self", "不能是自己的分中心", "It cannot be a branch of itself")
	case ok && (main.Level != branch.Level || main.Division != branch.Division):
		wrong("main", "level", "分中心与所属中心应当同级、同一区划", "A branch is of the level and the place of its main centre")
	}
	b = Branch{BranchID: branch.ID, MainID: main.ID, Name: strings.TrimSuffix(strings.TrimSpace(in.Name), "分中心"), Reason: in.Reason, Detail: strings.TrimSpace(in.Detail),
		Basis: strings.TrimSpace(in.Basis), From: in.From}
	bad = append(bad, wordsProblems(at+"name", b.Name, 40, true)...)
	bad = append(bad, reasonProblems(in.Reason, b.Detail, at)...)
	bad = append(bad, wordsProblems(at+"basis", b.Basis, 200, true)...)
	for _, key := range in.Departments {
		u, ok := dir.UnitByKey(key)
		if !ok || isCentre(u) {
			wrong("departments", "reference", "没有这个部门："+key, "There is no such department: "+key)
			continue
		}
		if !slices.Contains(b.Departments, u.ID) {
			b.Departments = append(b.Departments, u.ID)
		}
	}
	if len(b.Departments) == 0 && len(in.Departments) == 0 {
		wrong("departments", "required", "请写明在分中心办理业务的部门", "Name the departments whose matters are handled there")
	}
	slices.Sort(b.Departments)
	return b, append(bad, dayProblems(at+"from", in.From)...)
}

func (s *Service) setBranch(tx *db.Tx, a actor.Actor, b Branch, at string) (Branch, error) {
	there, err := db.All(tx, scanBranch, sqlStanding, b.BranchID, b.MainID)
	if err != nil {
		return b, err
	}
	for _, x := range there {
		switch {
		case x.BranchID == b.BranchID && x.same(b):
			return x, nil
		case x.BranchID == b.BranchID:
			return b, ErrHasBranch
		case x.MainID == b.BranchID: // it has branches of its own
			return b, errs.InvalidFields(errs.Field{Path: at + "centre", Code: "nested", ZH: "有分中心的中心不能再登记为分中心", EN: "A centre with branches is no branch itself"})
		default:
			return b, errs.InvalidFields(errs.Field{Path: at + "main", Code: "nested", ZH: "所属中心本身是分中心", EN: "The main centre is a branch itself"})
		}
	}
	b.ID, b.By, b.At = tx.NewID(), a.Name, tx.Now()
	n, err := tx.Exec(sqlInsertBranch, b.ID, b.BranchID, b.MainID, b.Name, string(b.Reason), b.Detail, b.Basis, idList(b.Departments), b.From, b.By, tx.NowMicros())
	if err != nil {
		return b, err
	}
	if n == 0 {
		return b, ErrHasBranch
	}
	s.changed(tx)
	return b, audit.Append(tx, audit.Record{Actor: a, Act: string(identity.CentreManage), Subject: centreSubject(b.BranchID), Unit: b.MainID, Outcome: "branch",
		Detail: map[string]string{"main": strconv.FormatInt(b.MainID, 10), "reason": string(b.Reason), "from": b.From}})
}

func (b Branch) same(c Branch) bool {
	return b.MainID == c.MainID && b.Name == c.Name && b.Reason == c.Reason && b.Detail == c.Detail && b.Basis == c.Basis && b.From == c.From && slices.Equal(b.Departments, c.Departments)
}

// EndBranch 撤销分中心 ends a branch from a day on, today at the latest; why goes
// into the record. Ending it twice is ErrEnded. Errors: ErrNoBranch, refusals,
// fields "until" and "reason".
func (s *Service) EndBranch(ctx context.Context, a actor.Actor, id int64, until, why string) (err error) {
	defer errs.Wrap(&err, "end branch")
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	err = s.DB.Write(ctx, "channel.end-branch", func(tx *db.Tx) error {
		list, err := db.All(tx, scanBranch, sqlBranch, id)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return ErrNoBranch
		}
		b := list[0]
		for _, unit := range []int64{b.MainID, b.BranchID} {
			if err := identity.Decide(a, identity.CentreManage, identity.Target{UnitPath: dir.Path(unit)}); err != nil {
				return err
			}
		}
		if bad := endProblems(b.From, until, why, clock.DateOf(tx.Now()).String()); len(bad) > 0 {
			return errs.InvalidFields(bad...)
		}
		n, err := tx.Exec(sqlEndBranch, id, until, a.Name, tx.NowMicros(), strings.TrimSpace(why))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrEnded
		}
		s.changed(tx)
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.CentreManage), Subject: centreSubject(b.BranchID), Unit: b.MainID, Outcome: "branch-ended",
			Detail: map[string]string{"main": strconv.FormatInt(b.MainID, 10), "until": until, "why": strings.TrimSpace(why)}})
	})
	s.Identity.Refused(ctx, a, identity.CentreManage, "branch/"+strconv.FormatInt(id, 10), err)
	if errors.Is(err, identity.ErrNotFound) {
		return ErrNoBranch
	}
	return err
}

// branchHistory lists what a centre is and was a branch of, the newest first.
func (s *Service) branchHistory(ctx context.Context, centre int64) ([]Branch, error) {
	return db.All(s.DB.Read(ctx), scanBranch, sqlBranchHistory, centre)
}

func scanBranch(r *db.Rows) (b Branch, err error) {
	var departments string
	var made, ended int64
	err = r.Scan(&b.ID, &b.BranchID, &b.MainID, &b.Name, &b.Reason, &b.Detail, &b.Basis, &departments, &b.From, &b.Until, &b.By, &made, &b.EndedBy, &ended, &b.EndWhy)
	for f := range strings.FieldsSeq(departments) {
		if id, err := strconv.ParseInt(f, 10, 64); err == nil {
			b.Departments = append(b.Departments, id)
		}
	}
	b.At, b.EndedAt = db.Time(made), db.Time(ended)
	return b, err
}

func idList(ids []int64) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(out, " ")
}

// wordsProblems checks a text of a form.
func wordsProblems(path, text string, most int, must bool) []errs.Field {
	switch n := utf8.RuneCountInString(strings.TrimSpace(text)); {
	case n == 0 && must:
		return []errs.Field{{Path: path, Code: "required", ZH: "必须填写", EN: "Required"}}
	case n > most:
		return []errs.Field{{Path: path, Code: "max-length", ZH: "文字过长，最多" + strconv.Itoa(most) + "字", EN: "At most " + strconv.Itoa(most) + " characters"}}
	}
	return nil
}

func dayProblems(path, day string) []errs.Field {
	if _, err := clock.ParseDate(day); err != nil {
		return []errs.Field{{Path: path, Code: "date", ZH: "请填写日期，如 2026-03-02", EN: "A date such as 2026-03-02"}}
	}
	return nil
}

// endProblems: an entry ends after it began, today at the latest, for a reason.
func endProblems(from, until, why, today string) []errs.Field {
	bad := dayProblems("until", until)
	if len(bad) == 0 && (until < from || until > today) {
		bad = append(bad, errs.Field{Path: "until", Code: "range", ZH: "终止日期应在开始日期（" + from + "）之后、不晚于今天", EN: "Between " + from + " and today"})
	}
	return append(bad, wordsProblems("reason", why, 500, true)...)
}

// orToday is a day, or today where none is given.
func orToday(day string, now time.Time) string {
	return cmp.Or(strings.TrimSpace(day), clock.DateOf(now).String())
}
