package publicity

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
)

// JobFollow is the periodic job that takes over decisions and does what time
// brings; once a minute is a good pace.
const JobFollow = "publicity.follow"

// Handlers registers the job of this room.
func (s *Service) Handlers(r *jobs.Runner) {
	r.Handle(JobFollow, func(ctx context.Context, _ jobs.Job) error { return s.Follow(ctx) })
}

const (
	// overlap is longer than any act takes from its first key to its commit: what
	// has an older key is there, or never will be.
	overlap = 5 * time.Minute
	// page is how many cases one act looks at.
	page = 200
)

// Follow takes over what was decided, served and ended since the last time, and
// publishes or takes away what its day has come for. It may run at any time, as
// often as one likes, in several processes. Its cost grows with what happened,
// not with what is there.
func (s *Service) Follow(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "publicity follow")
	start := s.DB.Now()
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return err
	}
	var from int64
	if err := s.DB.Read(ctx).QueryRow(sqlSettled).Scan(&from); err != nil {
		return err
	}
	for more := true; more; {
		if from, more, err = s.take(ctx, cal, from); err != nil {
			return err
		}
	}
	if err := s.DB.Write(ctx, "publicity.rolled", func(tx *db.Tx) error {
		tx.Queue(sqlRolled, db.IDAt(start.Add(-overlap)))
		return nil
	}); err != nil {
		return err
	}
	today := clock.DateOf(start).String()
	for _, query := range []string{sqlDue, sqlEnds} {
		for more := true; more; {
			if more, err = s.turn(ctx, cal, query, today); err != nil {
				return err
			}
		}
	}
	return nil
}

// take looks at one page of cases that were decided or changed after that.
func (s *Service) take(ctx context.Context, cal clock.Calendar, from int64) (next int64, more bool, err error) {
	err = s.DB.Write(ctx, "publicity.take", func(tx *db.Tx) error {
		next, more = from, false
		if _, err := tx.Exec(sqlHold); err != nil { // two processes follow one another
			return err
		}
		type found struct{ event, id int64 }
		list, err := db.All(tx, func(r *db.Rows) (f found, err error) {
			err = r.Scan(&f.event, &f.id)
			return f, err
		}, sqlNew, from, page)
		if err != nil || len(list) == 0 {
			return err
		}
		next, more = list[len(list)-1].event, len(list) == page
		seen := map[int64]bool{}
		for _, f := range list {
			if seen[f.id] {
				continue
			}
			seen[f.id] = true
			if err := s.settle(tx, cal, f.id); err != nil {
				return err
			}
		}
		return nil
	})
	return next, more, err
}

// turn looks at one page of rows whose day has come.
func (s *Service) turn(ctx context.Context, cal clock.Calendar, query, today string) (more bool, err error) {
	err = s.DB.Write(ctx, "publicity.turn", func(tx *db.Tx) error {
		ids, err := db.All(tx, func(r *db.Rows) (id int64, err error) { return id, r.Scan(&id) }, query, today, page)
		if err != nil {
			return err
		}
		more = len(ids) == page
		for _, id := range ids {
			if err := s.settle(tx, cal, id); err != nil {
				return err
			}
		}
		return nil
	})
	return more, err
}

// head is what a publication reads of a case.
type head struct {
	id, itemID, versionID, unitID, licence, version int64
	no, itemName, division                          string
	state                                           casework.State
	party                                           actor.Party
}

func readHead(q db.Queryer, id int64) (h head, err error) {
	var kind string
	err = q.QueryRow(sqlCase, id).Scan(&h.id, &h.no, &h.itemID, &h.versionID, &h.itemName, &h.unitID, &h.division, &h.state, &kind, &h.party.ID,
		&h.party.Name, &h.licence, &h.version)
	h.party.Kind = actor.PartyKind(kind)
	return h, err
}

// settle brings the publication of one case up to date.
func (s *Service) settle(tx *db.Tx, cal clock.Calendar, caseID int64) error {
	h, err := readHead(tx, caseID)
	if err != nil {
		return err
	}
	v, err := s.Catalog.ByVersion(tx.Context(), h.versionID)
	if err != nil {
		return err
	}
	st, err := s.Casework.StandingOf(tx, caseID)
	if err != nil || !st.Decided() {
		return err
	}
	f := facts{policy: v.Guide.Publishes(), grant: st.Grant, decided: clock.DateOf(st.At), served: h.state == casework.Closed, ended: string(st.Ended)}
	if st.Ended != "" {
		f.endedOn = clock.DateOf(st.EndedAt)
	}
	if !f.covers() {
		return nil
	}
	if f.marks, err = s.marks(tx, sqlMarks, caseID); err != nil {
		return err
	}
	before, err := scanRow(tx.QueryRow(sqlOfCase, caseID))
	if err != nil && err != ErrNoDecision {
		return err
	}
	x := before
	if before.ID != st.Event { // new, or decided anew
		if before.ID != 0 {
			tx.Queue(sqlDropWords, before.ID)
			tx.Queue(sqlDrop, caseID)
		}
		before = Row{}
		x = Row{ID: st.Event, CaseID: h.id, CaseNo: h.no, UnitID: h.unitID, ItemID: h.itemID, VersionID: h.versionID, Area: areaOf(h.division),
			Person: h.party.Kind != actor.LegalEntity, ItemName: h.itemName, DecidedOn: f.decided.String()}
	}
	x.followed, x.Number, x.Outcome = h.version, st.Number, casework.Granted
	if !st.Grant {
		x.Outcome = casework.Refused
	}
	x = s.Rules.next(x, f, cal, clock.DateOf(tx.Now()))
	if x.State == Public {
		if err := s.say(tx, &x, h, v, f); err != nil {
			return err
		}
	} else {
		x.blank()
	}
	x.put(tx, before)
	return tx.Err()
}

// say fills in what the public reads.
func (s *Service) say(tx *db.Tx, x *Row, h head, v *catalog.Version, f facts) error {
	x.blank()
	x.Party = maskedName(h.party.Name)
	if !x.Person {
		info, err := s.Identity.Party(tx, h.party)
		if err != nil {
			return err
		}
		x.Party, x.USCC = info.Name, info.IDNumber
	}
	if h.licence != 0 {
		l, err := s.Licences.ByID(tx, h.licence)
		if err != nil {
			return err
		}
		x.Licence, x.ValidFrom, x.ValidUntil = l.Name, l.From, l.Until
		if !x.Person {
			x.LicenceNo = l.Number
		}
	}
	var basis []string
	for _, b := range v.Guide.Basis {
		basis = append(basis, "《"+strings.Trim(b.Law, "《》")+"》"+b.Article)
	}
	x.Basis = strings.Join(basis, "；")
	if f.grant && !x.Person && !f.agreed(Content) && len(v.Guide.Basics.PublishFields) > 0 {
		lines, err := s.Casework.AnswerLines(tx, h.id, v, v.Guide.Basics.PublishFields)
		if err != nil {
			return err
		}
		var said []string
		for _, l := range lines {
			said = append(said, l.Title+"："+l.Text)
		}
		x.Content = strings.Join(said, "；")
	}
	return nil
}

// areaOf is the city or district that a division lies in, by its first six digits.
func areaOf(division string) string { return division[:min(6, len(division))] }

// unitOf finds the deciding unit of a row.
func unitOf(dir *identity.Directory, id int64) identity.Unit { u, _ := dir.Unit(id); return u }

// ended gives the words for what ended a decision.
func (r Row) endedWords() (zh, en string) {
	zh, en = casework.EndingWords(casework.Outcome(r.Ended))
	return cmp.Or(zh, "终止"), cmp.Or(en, "ended")
}
