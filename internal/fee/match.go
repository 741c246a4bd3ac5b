package fee

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
)

// Matched 对账结果 is how a day stood when it was last held against the list.
type Matched struct {
	Provider    string
	Day         string
	At          time.Time
	OursCount   int64
	OursSum     int64 // fen, money out counted negative
	TheirsCount int64
	TheirsSum   int64
}

// Even reports whether both sides have the same.
func (m *Matched) Even() bool { return m.OursCount == m.TheirsCount && m.OursSum == m.TheirsSum }

// Match 发起对账 has a day held against the provider's list, in a job.
func (s *Service) Match(ctx context.Context, a actor.Actor, provider string, day clock.Date) error {
	if err := s.mayMatch(ctx, a); err != nil {
		return err
	}
	if _, err := s.providerOf(provider); err != nil {
		return errs.InvalidFields(errs.Field{Path: "provider", Code: "unknown", ZH: "没有这个收费渠道", EN: "There is no such provider"})
	}
	return s.DB.Write(ctx, "fee.match", func(tx *db.Tx) error {
		if day > clock.DateOf(tx.Now()) {
			return errs.InvalidFields(errs.Field{Path: "day", Code: "range", ZH: "不能核对以后的日期", EN: "Not a day to come"})
		}
		if err := s.matchLater(tx, provider, day, time.Time{}); err != nil {
			return err
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.FeeMatch), Subject: "match/" + provider + "/" + day.String()})
	})
}

func (s *Service) mayMatch(ctx context.Context, a actor.Actor) error {
	return s.Identity.Allow(ctx, a, identity.FeeMatch, identity.Target{}, "fees")
}

func (s *Service) matchLater(tx *db.Tx, provider string, day clock.Date, at time.Time) error {
	key := provider + "/" + day.String()
	return jobs.Enqueue(tx, jobs.Job{Kind: jobMatch, Payload: []byte(key), Unique: key, RunAt: at})
}

// matchJob fetches the provider's list and compares. It may run at any time and
// again: what agrees by now is settled by itself, what is new is added, and
// what somebody worked off stays worked off.
func (s *Service) matchJob(ctx context.Context, key string) error {
	provider, text, _ := strings.Cut(key, "/")
	day, err := clock.ParseDate(text)
	if err != nil {
		return jobs.Permanent(fmt.Errorf("fee: payload: %w", err))
	}
	via, err := s.providerOf(provider)
	if err != nil {
		return jobs.Permanent(err)
	}
	theirs, err := via.Statement(ctx, day)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, "fee.match", func(tx *db.Tx) error {
		ours, err := oursOn(tx, provider, day.String())
		if err != nil {
			return err
		}
		found := compare(ours, theirs)
		n, sum := total(ours)
		m, other := total(theirs)
		tx.Queue(sqlMatched, provider, day.String(), tx.NowMicros(), n, sum, m, other)
		open, err := db.All(tx, scanDifference, sqlDifferencesOf, provider, day.String())
		if err != nil {
			return err
		}
		for _, o := range open {
			if o.Kind != Unknown && !o.Settled && !contains(found, o) {
				tx.Queue(sqlSettle, o.ID, "再次对账时已经一致", int64(0), "", tx.NowMicros())
			}
		}
		for _, d := range found {
			d.Provider, d.Day = provider, day.String()
			s.differTx(tx, d)
			if err := s.askAgain(tx, d); err != nil {
				return err
			}
		}
		return audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: string(identity.FeeMatch), Subject: "match/" + key,
			Detail: map[string]string{"ours": strconv.FormatInt(n, 10), "theirs": strconv.FormatInt(m, 10), "differences": strconv.Itoa(len(found))}})
	})
}

func contains(list []Difference, d Difference) bool {
	for _, x := range list {
		if x.Kind == d.Kind && x.Ref == d.Ref {
			return true
		}
	}
	return false
}

// askAgain: money that only the provider has may be an order of ours whose
// callback was lost. It is asked for, and the next match finds it even.
func (s *Service) askAgain(tx *db.Tx, d Difference) error {
	if d.Kind != TheirsOnly || d.Provider != OnlinePay {
		return nil
	}
	p, err := paymentByOrder(tx, d.Ref)
	if err != nil {
		return nil //nolint:nilerr // no order of ours: a person looks at it
	}
	return s.later(tx, jobAsk, p.ID, tx.Now())
}

// differTx keeps a difference once.
func (s *Service) differTx(tx *db.Tx, d Difference) {
	tx.Queue(sqlDiffer, tx.NewID(), d.Provider, d.Day, string(d.Kind), d.Ref, d.Ours, d.Theirs, tx.NowMicros())
}

// Settle 处理差异: somebody says what came of it.
func (s *Service) Settle(ctx context.Context, a actor.Actor, id int64, note string) error {
	if err := s.Identity.Allow(ctx, a, identity.FeeSettle, identity.Target{}, "fees"); err != nil {
		return err
	}
	note, bad := said("note", note, "请写明核实和处理的情况", "Say what came of it")
	if err := invalid(bad); err != nil {
		return err
	}
	return s.DB.Write(ctx, "fee.settle", func(tx *db.Tx) error {
		tx.QueueOne(ErrDecided, sqlSettle, id, note, a.ID, a.Name, tx.NowMicros())
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.FeeSettle), Subject: "difference/" + strconv.FormatInt(id, 10)})
	})
}

// Books 对账 is what the supervisor sees: days, and what is open.
type Books struct {
	Days        []Matched
	Differences []Difference // open ones first, then what was settled last
	Tills       []Till       // of the day that is looked at
}

// Books lists the last days of all providers, the differences, and the tills of a day.
func (s *Service) Books(ctx context.Context, a actor.Actor, day clock.Date) (b Books, err error) {
	if err := s.mayMatch(ctx, a); err != nil {
		return b, err
	}
	rd := s.DB.Read(ctx)
	if b.Days, err = db.All(rd, func(r *db.Rows) (m Matched, err error) {
		var at int64
		err = r.Scan(&m.Provider, &m.Day, &at, &m.OursCount, &m.OursSum, &m.TheirsCount, &m.TheirsSum)
		m.At = db.Time(at)
		return m, err
	}, sqlDays); err != nil {
		return b, err
	}
	if b.Differences, err = db.All(rd, scanDifference, sqlOpenDifferences); err != nil {
		return b, err
	}
	settled, err := db.All(rd, scanDifference, sqlSettledDifferences)
	if err != nil {
		return b, err
	}
	b.Differences = append(b.Differences, settled...)
	b.Tills, err = db.All(rd, scanTill, sqlTillsOf, day.String())
	return b, err
}

// oursOn lists what our books say of a day.
func oursOn(q db.Queryer, provider, day string) ([]Entry, error) {
	if provider == AtWindow {
		tills, err := db.All(q, scanTill, sqlTillsOf, day)
		var out []Entry
		for _, t := range tills {
			for _, m := range []struct {
				Method
				fen int64
			}{{Cash, t.Cash}, {POS, t.POS}} {
				if m.fen != 0 {
					out = append(out, Entry{MoneyIn, tillRef(t.ClerkID, m.Method, day), m.fen})
				}
			}
		}
		return out, err
	}
	entry := func(kind EntryKind) func(*db.Rows) (Entry, error) {
		return func(r *db.Rows) (e Entry, err error) {
			e.Kind = kind
			err = r.Scan(&e.Ref, &e.Amount)
			return e, err
		}
	}
	in, err := db.All(q, entry(MoneyIn), sqlPaidOn, provider, day)
	if err != nil {
		return nil, err
	}
	out, err := db.All(q, entry(MoneyOut), sqlBackOn, provider, day)
	return append(in, out...), err
}
