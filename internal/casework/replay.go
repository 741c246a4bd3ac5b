package casework

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/replay"
)

const sqlPast = `SELECT id, no, party_kind, party_id, party_name, filer_kind, mandate_id, submitted_at, outcome, licence_id, answers
	FROM cases WHERE item_id = $1 ORDER BY id DESC LIMIT $2`

// A replay takes the latest cases of the lists that a draft changes: so many
// together, but of each list some.
const (
	replayMost    = 500
	replayOfList  = 20
	replayReasons = 100
)

// Replay 以往办件试算 is what a draft would have meant for the latest cases of
// the lists that it changes.
type Replay struct {
	Lists   int                 // that the draft changes
	Cases   int                 // that were replayed
	All     bool                // there are no earlier ones
	Same    int                 // cases for which nothing differs
	Kinds   map[replay.Kind]int // cases with a difference of the kind
	Reasons []ReplayReason      // the heaviest kinds first, then what concerns most cases
	Rows    []ReplayRow         // cases with a difference, the heaviest first, then the latest
}

// ReplayReason is a difference and the number of cases that it concerns.
type ReplayReason struct {
	replay.Point
	Cases int
}

// ReplayRow is a case with what would have been different. Who it was is masked.
type ReplayRow struct {
	List    *catalog.Item
	Tail    string // last four digits of its number
	Party   string // masked
	On      time.Time
	Outcome Outcome // empty: in hand
	Points  []replay.Point
}

// Replay runs the guide of a draft over past cases. With rows, the cases are
// listed with masked names, and that they were looked at is audited. Errors:
// catalog.ErrNoDraft, catalog.ErrGuide if the draft's form cannot be read.
func (s *Service) Replay(ctx context.Context, a actor.Actor, draft int64, rows bool) (_ *Replay, err error) {
	defer errs.Wrap(&err, "replay draft %d", draft)
	d, err := s.Catalog.Draft(ctx, a, draft)
	if err != nil {
		return nil, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	subject := "guide-draft/" + strconv.FormatInt(draft, 10)
	if err := s.Identity.Allow(ctx, a, identity.ItemReplay, identity.Target{UnitPath: dir.Path(d.UnitID)}, subject); err != nil {
		return nil, err
	}
	lists, err := s.Catalog.DraftLists(ctx, d)
	if err != nil {
		return nil, err
	}
	out := &Replay{Lists: len(lists), All: true, Kinds: map[replay.Kind]int{}}
	for _, it := range lists {
		if err := s.replayList(ctx, d, it, max(replayOfList, replayMost/len(lists)), out); err != nil {
			return nil, err
		}
	}
	out.sort()
	if !rows || len(out.Rows) == 0 {
		out.Rows = nil
		return out, nil
	}
	return out, s.DB.Write(ctx, "casework.replay", func(tx *db.Tx) error {
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.ItemReplay), Subject: subject, Unit: d.UnitID,
			Detail: map[string]string{"cases": strconv.Itoa(out.Cases), "listed": strconv.Itoa(len(out.Rows))}, Outcome: "done"})
	})
}

// replayList adds the latest cases of a list.
func (s *Service) replayList(ctx context.Context, d *catalog.Draft, it *catalog.Item, most int, out *Replay) error {
	q := s.DB.Read(ctx)
	past, err := db.All(q, s.scanPast, sqlPast, it.ID, most+1)
	if err != nil || len(past) == 0 {
		return err
	}
	if len(past) > most {
		past, out.All = past[:most], false
	}
	was, now, same, err := s.Catalog.DraftOutcome(ctx, d, it)
	if err != nil {
		return err
	}
	out.Cases += len(past)
	if same {
		out.Same += len(past)
		return nil
	}
	trial := replay.New(replay.Contract{Guide: &was.Guide, Form: was.Form()}, replay.Contract{Guide: &now.Guide, Form: now.Form()})
	for _, p := range past {
		c, err := s.replayCase(q, trial, &p)
		if err != nil {
			return err
		}
		out.add(it, &p, trial.Case(c))
	}
	return nil
}

// pastCase is the row of a case as replaying reads it.
type pastCase struct {
	id      int64
	no      string
	party   actor.Party
	staff   bool
	mandate int64
	at      time.Time
	outcome Outcome
	licence int64
	answers form.Values
}

func (s *Service) scanPast(r *db.Rows) (p pastCase, err error) {
	var kind, filer string
	var at int64
	var sealed []byte
	if err := r.Scan(&p.id, &p.no, &kind, &p.party.ID, &p.party.Name, &filer, &p.mandate, &at, &p.outcome, &p.licence, &sealed); err != nil {
		return p, err
	}
	p.party.Kind, p.staff, p.at = actor.PartyKind(kind), actor.Kind(filer) == actor.Staff, db.Time(at)
	return p, s.openJSON("answers", sealed, &p.answers)
}

// replayCase takes of a case what its replay needs, and no more.
func (s *Service) replayCase(q db.Queryer, t *replay.Trial, p *pastCase) (replay.Case, error) {
	c := replay.Case{Answers: p.answers, Party: p.party.Kind, Window: p.staff, Agent: p.mandate != 0, Age: -1}
	if t.NeedsLicences() {
		kinds, err := s.Licences.KindsOn(q, p.party, clock.DateOf(p.at).String(), p.licence)
		if err != nil {
			return c, err
		}
		c.Licences = kinds
	}
	if t.NeedsAge() && p.party.Kind == actor.NaturalPerson {
		info, err := s.Identity.Party(q, p.party)
		if err != nil {
			return c, err
		}
		if r, result := ident.ParseResident(info.IDNumber); result.Valid {
			c.Age = r.AgeOn(p.at)
		}
	}
	return c, nil
}

func (r *Replay) add(it *catalog.Item, p *pastCase, points []replay.Point) {
	if len(points) == 0 {
		r.Same++
		return
	}
	seen := map[replay.Kind]bool{}
	for _, x := range points {
		if !seen[x.Kind] {
			seen[x.Kind] = true
			r.Kinds[x.Kind]++
		}
		if i := slices.IndexFunc(r.Reasons, func(o ReplayReason) bool { return o.Kind == x.Kind && o.ZH == x.ZH }); i >= 0 {
			r.Reasons[i].Cases++
		} else if len(r.Reasons) < replayReasons {
			r.Reasons = append(r.Reasons, ReplayReason{x, 1})
		}
	}
	name := ident.MaskName(p.party.Name)
	if p.party.Kind == actor.LegalEntity {
		name = form.Mask(p.party.Name)
	}
	r.Rows = append(r.Rows, ReplayRow{it, p.no[max(0, len(p.no)-4):], name, p.at, p.outcome, points})
}

// sort puts what is heaviest first.
func (r *Replay) sort() {
	kinds := replay.Kinds()
	weight := func(k replay.Kind) int { return slices.Index(kinds, k) }
	slices.SortStableFunc(r.Reasons, func(a, b ReplayReason) int {
		return cmp.Or(cmp.Compare(weight(a.Kind), weight(b.Kind)), cmp.Compare(b.Cases, a.Cases))
	})
	slices.SortStableFunc(r.Rows, func(a, b ReplayRow) int {
		return cmp.Or(cmp.Compare(weight(a.Points[0].Kind), weight(b.Points[0].Kind)), b.On.Compare(a.On))
	})
}
