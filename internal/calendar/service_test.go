package calendar

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
)

// book stands for the audit room: it keeps what was recorded and committed.
type book struct {
	mu      sync.Mutex
	entries []Entry
	fail    error
}

func (b *book) record(tx *db.Tx, e Entry) error {
	if b.fail != nil {
		return b.fail
	}
	tx.OnCommit(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.entries = append(b.entries, e)
	})
	return nil
}

var steward = actor.Actor{Kind: actor.Staff, ID: 7, Name: "李明", Channel: actor.Web}

func notice2027(t *testing.T) Notice {
	t.Helper()
	n, err := ParseNotice([]byte(holidayCN))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEnsureShipped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, b := context.Background(), &book{}
		s := New(Options{DB: d, Record: b.record})
		if _, err := s.Current(ctx); !errors.Is(err, ErrNone) {
			t.Fatalf("before the first edition: %v", err)
		}
		if _, err := Load(d.Read(ctx)); !errors.Is(err, ErrNone) {
			t.Fatalf("before the first edition: %v", err)
		}
		for range 2 { // the second time there is nothing to do
			if err := s.EnsureShipped(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if len(b.entries) != 1 || b.entries[0].Actor.Kind != actor.System || b.entries[0].Subject != "calendar/2026-03-02.1" ||
			b.entries[0].Detail["years"] != "2022,2023,2024,2025,2026,2027,2028,2029,2030" {
			t.Errorf("recorded %+v", b.entries)
		}
		want, err := Shipped()
		if err != nil {
			t.Fatal(err)
		}
		stored, err := Load(d.Read(ctx))
		if err != nil {
			t.Fatal(err)
		}
		cal, err := s.Current(ctx)
		if err != nil || cal.Edition() != "2026-03-02.1" || stored.Edition() != cal.Edition() {
			t.Fatalf("edition %s, %v", cal.Edition(), err)
		}
		for day := clock.DateFrom(2021, 12, 1); day < clock.DateFrom(2032, 1, 1); day++ {
			if cal.Day(day) != want.Day(day) || stored.Day(day) != want.Day(day) {
				t.Fatalf("%s: %+v, stored %+v, shipped %+v", day, cal.Day(day), stored.Day(day), want.Day(day))
			}
		}
	})
}

func TestImport(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		ctx, b := context.Background(), &book{}
		var published []string
		s := New(Options{DB: d, Record: b.record, Published: func(tx *db.Tx, cal clock.Calendar) error {
			published = append(published, cal.Edition())
			return nil
		}})
		elsewhere := New(Options{DB: d, Record: b.record})
		if err := s.EnsureShipped(ctx); err != nil {
			t.Fatal(err)
		}
		before, err := elsewhere.Current(ctx)
		if err != nil {
			t.Fatal(err)
		}
		clk.Add(24 * time.Hour)
		if _, err = elsewhere.Current(ctx); err != nil { // looked up again, and kept
			t.Fatal(err)
		}
		id, err := s.Import(ctx, steward, "2027年放假通知", notice2027(t))
		if err != nil || id != "2026-03-03.2" {
			t.Fatalf("%s, %v", id, err)
		}
		cal, err := s.Current(ctx)
		if err != nil || cal.Edition() != id || !cal.Covers(clock.DateFrom(2027, 6, 1)) {
			t.Errorf("current %s, %v", cal.Edition(), err)
		}
		if e := b.entries[1]; len(b.entries) != 2 || e.Actor.ID != 7 || e.Act != "calendar.import" || e.Detail["years"] != "2027" || e.Detail["note"] != "2027年放假通知" {
			t.Errorf("recorded %+v", b.entries)
		}
		if len(published) < 2 || published[len(published)-1] != id {
			t.Errorf("published %v", published)
		}
		// The older edition still explains older dates.
		old, err := s.Edition(ctx, "2026-03-02.1")
		if err != nil || old.Covers(clock.DateFrom(2027, 6, 1)) || old.Edition() != before.Edition() {
			t.Errorf("older edition: %s, %v", old.Edition(), err)
		}
		if _, err := s.Edition(ctx, "2026-03-02.9"); !errors.Is(err, ErrNoEdition) {
			t.Errorf("no such edition: %v", err)
		}
		// Again: nothing new.
		if again, err := s.Import(ctx, steward, "再次", notice2027(t)); err != nil || again != id || len(b.entries) != 2 {
			t.Errorf("again: %s, %v, %d records", again, err, len(b.entries))
		}
		list, err := s.Editions(ctx, 10)
		if err != nil || len(list) != 2 || list[0].Edition != id || list[0].PublishedBy != "李明" || list[0].Note != "2027年放假通知" || !list[0].PublishedAt.Equal(clk.Now()) {
			t.Errorf("list %+v, %v", list, err)
		}
		notices, err := s.Notices(ctx)
		if err != nil || len(notices) != 9 || notices[5].Projected || notices[6].Year != 2028 || !notices[6].Projected {
			t.Errorf("%d notices, %v", len(notices), err)
		}
		// Another process learns of it, at the latest ten seconds later; an act at once.
		if cal, err := elsewhere.Current(ctx); err != nil || cal.Edition() != before.Edition() {
			t.Errorf("elsewhere at once: %s, %v", cal.Edition(), err)
		}
		err = d.Write(ctx, "look", func(tx *db.Tx) error {
			cal, err := New(Options{DB: d, Record: b.record}).In(tx)
			if err == nil && cal.Edition() != id {
				t.Errorf("in an act: %s", cal.Edition())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		clk.Add(freshness)
		if cal, err := elsewhere.Current(ctx); err != nil || cal.Edition() != id {
			t.Errorf("elsewhere later: %s, %v", cal.Edition(), err)
		}
		// An upgrade that ships less than what was imported changes nothing.
		if err := elsewhere.EnsureShipped(ctx); err != nil {
			t.Fatal(err)
		}
		if list, err := s.Editions(ctx, 10); err != nil || len(list) != 2 {
			t.Errorf("after an upgrade: %+v, %v", list, err)
		}
	})
}

func TestImport_refused_leaves_nothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, b := context.Background(), &book{}
		s := New(Options{DB: d, Record: b.record})
		if err := s.EnsureShipped(ctx); err != nil {
			t.Fatal(err)
		}
		empty := notice2027(t)
		empty.Off = nil
		if _, err := s.Import(ctx, steward, "", empty); !errors.Is(err, ErrInvalid) {
			t.Errorf("empty notice: %v", err)
		}
		nul := notice2027(t)
		nul.Off[0].Name = "a\x00"
		if _, err := s.Import(ctx, steward, "", nul); errs.KindOf(err) != errs.Invalid {
			t.Errorf("NUL in a name: %v", err)
		}
		b.fail = errors.New("no audit, no act")
		if _, err := s.Import(ctx, steward, "", notice2027(t)); !errors.Is(err, b.fail) {
			t.Errorf("audit fails: %v", err)
		}
		if list, err := s.Editions(ctx, 10); err != nil || len(list) != 1 {
			t.Errorf("left behind: %+v, %v", list, err)
		}
		if cal, err := s.Current(ctx); err != nil || !strings.HasSuffix(cal.Edition(), ".1") {
			t.Errorf("current %s, %v", cal.Edition(), err)
		}
	})
}

// Several at once: every edition that was answered exists, and each was made
// from the one before it.
func TestImport_at_once(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, b := context.Background(), &book{}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if err := New(Options{DB: d, Record: b.record}).EnsureShipped(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		s := New(Options{DB: d, Record: b.record})
		answered := make([]string, 6)
		for i := range answered {
			wg.Go(func() {
				n := notice2027(t)
				n.Year += i
				for _, list := range [][]clock.NamedDay{n.Off, n.Work} {
					for j := range list {
						list[j].Date = clock.DateFrom(n.Year, 10, 1+j)
					}
				}
				n.Work = nil
				id, err := s.Import(ctx, steward, "", n)
				if err != nil && !errors.Is(err, ErrChanged) {
					t.Error(err)
				}
				answered[i] = id
			})
		}
		wg.Wait()
		cal, err := s.Current(ctx)
		if err != nil {
			t.Fatal(err)
		}
		done := 0
		for i, id := range answered {
			if id == "" {
				continue
			}
			done++
			if _, err := s.Edition(ctx, id); err != nil {
				t.Errorf("%s: %v", id, err)
			}
			if !cal.Covers(clock.DateFrom(2027+i, 1, 1)) {
				t.Errorf("%s was answered, yet %d is not in the newest edition", id, 2027+i)
			}
		}
		list, err := s.Editions(ctx, 100)
		if err != nil || len(list) != done+1 || done == 0 || len(b.entries) != done+1 {
			t.Errorf("%d editions, %d answered, %d records, %v", len(list), done, len(b.entries), err)
		}
	})
}

func TestStatements(t *testing.T) {
	dbtest.Prepares(t, sqlNewest, sqlNumber, sqlEdition, sqlEditions, sqlYears, sqlDays, sqlAddEdition, sqlAddYear, sqlAddDay)
}
