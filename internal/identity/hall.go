package identity

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// HallNames 政务服务大厅名称 are the names of centres by level (第二十条第一款). An
// empty one is the regulation's.
type HallNames struct {
	City    string // level 3; 政务服务中心
	County  string // level 4; 政务服务中心
	Town    string // level 5; 便民服务中心
	Village string // level 6; 便民服务站
}

// branchEnding is how the name of a 分中心 ends.
const branchEnding = "分中心"

// Of gives the name of a level, empty for one that has no centres.
func (h HallNames) Of(level string) string {
	switch level {
	case "3":
		return cmp.Or(h.City, "政务服务中心")
	case "4":
		return cmp.Or(h.County, "政务服务中心")
	case "5":
		return cmp.Or(h.Town, "便民服务中心")
	case "6":
		return cmp.Or(h.Village, "便民服务站")
	}
	return ""
}

// Fits reports whether a centre of the level may bear the name: it ends with the
// level's, or a 分中心's stands behind it, and a place before it.
func (h HallNames) Fits(level, name string) bool {
	hall := h.Of(level)
	if hall == "" {
		return true
	}
	before, after, ok := cutLast(name, hall)
	return ok && before != "" && (after == "" || after != branchEnding && strings.HasSuffix(after, branchEnding))
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// hallReasonMost is the most characters of a reason.
const hallReasonMost = 500

// problems of the name of a unit at a path; reason is why it is another.
func (h HallNames) problems(path, kind, level, name, reason string) []errs.Field {
	centre := kind == "centre" || kind == "station"
	switch {
	case !centre && reason != "":
		return []errs.Field{{Path: path + "/nameReason", Code: "not-a-centre", ZH: "只有政务服务中心（便民服务中心、站）填写名称例外的理由。", EN: "Only the name of a centre has a reason."}}
	case utf8.RuneCountInString(reason) > hallReasonMost:
		return []errs.Field{tooLong(path+"/nameReason", hallReasonMost)}
	case centre && name != "" && reason == "" && !h.Fits(level, name):
		hall := h.Of(level)
		return []errs.Field{{Path: path + "/name", Code: "hall-name",
			ZH: "本级服务大厅的名称应以“" + hall + "”结尾，分中心应为“" + hall + "××分中心”；确有例外的写明理由（nameReason）。",
			EN: "The name of a centre of this level ends with “" + hall + "”, that of a branch with “" + hall + "…分中心”; an exception needs a reason (nameReason)."}}
	}
	return nil
}

const (
	sqlKeepHallName = `INSERT INTO hall_name (unit_id, reason, said_at) VALUES ($1, $2, $3)
		ON CONFLICT (unit_id) DO UPDATE SET reason = excluded.reason, said_at = excluded.said_at`
	sqlDropHallName = `DELETE FROM hall_name WHERE unit_id = $1`
	sqlRenameUnit   = `UPDATE unit SET name = $2, short = $3 WHERE id = $1`
)

// keepHallName stores the reason for a centre's name, or that it needs none.
func keepHallName(tx *db.Tx, unit int64, reason string) {
	if reason == "" {
		tx.Queue(sqlDropHallName, unit)
		return
	}
	tx.Queue(sqlKeepHallName, unit, reason, tx.NowMicros())
}

// HallNames tells how centres are named on this platform.
func (s *Service) HallNames() HallNames { return s.halls }

// ErrNoHall says that a unit is no centre.
var ErrNoHall = errs.New(errs.NotFound, "no-centre", "没有找到这个服务中心。", "There is no such service centre.")

// RenameHall 大厅更名 gives a centre another name; reason is why it is not the one
// of its level, empty where it is. Errors: ErrNoHall, refusals, fields "name",
// "short" and "nameReason".
func (s *Service) RenameHall(ctx context.Context, a actor.Actor, unitID int64, name, short, reason string) (err error) {
	defer errs.Wrap(&err, "rename centre %d", unitID)
	dir, err := s.Directory(ctx)
	if err != nil {
		return err
	}
	u, ok := dir.Unit(unitID)
	if !ok || u.Kind != "centre" && u.Kind != "station" {
		return ErrNoHall
	}
	if err := s.Allow(ctx, a, CentreManage, Target{UnitPath: u.Path}, unitSubject(unitID)); err != nil {
		return err
	}
	name, short, reason = strings.TrimSpace(name), strings.TrimSpace(short), strings.TrimSpace(reason)
	var bad []errs.Field
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		bad = append(bad, required("name"))
	case n > 100:
		bad = append(bad, tooLong("name", 100))
	}
	if utf8.RuneCountInString(short) > 100 {
		bad = append(bad, tooLong("short", 100))
	}
	for _, f := range s.halls.problems("", u.Kind, u.Level, name, reason) {
		f.Path = strings.TrimPrefix(f.Path, "/")
		bad = append(bad, f)
	}
	if len(bad) > 0 {
		return errs.InvalidFields(slices.Clip(bad)...)
	}
	if s.halls.Fits(u.Level, name) {
		reason = "" // nothing to explain
	}
	return s.db.Write(ctx, "identity.rename-hall", func(tx *db.Tx) error {
		tx.Queue(sqlRenameUnit, unitID, name, cmp.Or(short, name))
		keepHallName(tx, unitID, reason)
		s.changed(tx)
		return s.record(tx, a, string(CentreManage), unitSubject(unitID), done, map[string]string{"was": u.Name, "name": name, "reason": reason})
	})
}
