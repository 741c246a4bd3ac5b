package rating

import (
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

var keys = sync.OnceValue(func() *sm.Keyring {
	dir, err := os.MkdirTemp("", "rating-keys-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ring, err := sm.LoadOrCreate(dir)
	if err != nil {
		panic(err)
	}
	return ring
})

// desk takes ratings of cases that ended when the clock began.
type desk struct {
	*Service
	t   *testing.T
	d   *db.DB
	clk *dbtest.Clock
}

var zhang = actor.Actor{Kind: actor.Person, ID: 7, Name: "张明远", For: actor.Party{Kind: actor.NaturalPerson, ID: 7, Name: "张明远"}, Channel: actor.Web}

func atDesk(t *testing.T, test func(t *testing.T, r *desk)) {
	t.Helper()
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		vault := keys().Vault()
		ids := identity.New(identity.Config{DB: d, Vault: vault, Now: clk.Now})
		test(t, &desk{New(Config{DB: d, Identity: ids, Vault: vault}), t, d, clk})
	})
}

func (r *desk) invite(no string, unit int64) {
	r.t.Helper()
	r.must(r.d.Write(r.t.Context(), "test.close", func(tx *db.Tx) error {
		return r.InviteTx(tx, Invitation{CaseNo: no, CaseID: tx.NewID(), ItemName: "事项", UnitID: unit, Party: zhang.For, Channel: actor.Web, ServedAt: tx.Now()})
	}))
}

func (r *desk) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func TestRate(t *testing.T) {
	atDesk(t, func(t *testing.T, r *desk) {
		ctx := t.Context()
		t.Run("once", func(t *testing.T) {
			r.invite("NO1", 1)
			var wg sync.WaitGroup
			got := make([]error, 8)
			for i := range got {
				wg.Go(func() { _, got[i] = r.Rate(ctx, zhang, Input{CaseNo: "NO1", Level: Level(1 + i%5)}) })
			}
			wg.Wait()
			done := 0
			for _, err := range got {
				if err == nil {
					done++
				} else if !errors.Is(err, ErrRated) {
					t.Error(err)
				}
			}
			var n int64
			r.must(r.d.Read(ctx).QueryRow(`SELECT count(*) FROM rating`).Scan(&n))
			if done != 1 || n != 1 {
				t.Errorf("%d accepted, %d stored", done, n)
			}
			if in, err := r.Invitation(ctx, zhang, "NO1", ""); err != nil || !in.Rated {
				t.Errorf("%+v %v", in, err)
			}
		})
		t.Run("while_another_is_on_its_way", func(t *testing.T) {
			r.invite("NO0", 1)
			in, err := r.Invitation(ctx, zhang, "NO0", "")
			r.must(err)
			held, done := make(chan bool), make(chan error)
			go func() {
				done <- r.d.Write(ctx, "test.other", func(tx *db.Tx) error {
					if _, err := tx.Exec(sqlMarkRated, in.CaseID, tx.NowMicros()); err != nil {
						return err
					}
					close(held)
					time.Sleep(150 * time.Millisecond) // the other reads what is not committed yet
					return nil
				})
			}()
			<-held
			if _, err := r.Rate(ctx, zhang, Input{CaseNo: "NO0", Level: 5}); !errors.Is(err, ErrRated) {
				t.Errorf("%v", err)
			}
			r.must(<-done)
		})
		t.Run("with_the_code_on_the_receipt", func(t *testing.T) {
			r.invite("NO2", 1)
			visitor := actor.Actor{Kind: actor.Anonymous, Channel: actor.Kiosk}
			for _, token := range []string{"", "x", r.Token("NO1"), r.Token("NO2") + "0"} {
				if _, err := r.Rate(ctx, visitor, Input{CaseNo: "NO2", Token: token, Level: 5}); !errors.Is(err, ErrNoInvitation) {
					t.Errorf("code %q: %v", token, err)
				}
			}
			if _, err := r.Rate(ctx, visitor, Input{CaseNo: "NO2", Token: r.Token("NO2"), Level: 5}); err != nil {
				t.Error(err)
			}
			if _, err := r.Rate(ctx, zhang, Input{CaseNo: "NO2", Level: 1}); !errors.Is(err, ErrRated) {
				t.Errorf("and once more: %v", err)
			}
		})
		t.Run("by_others", func(t *testing.T) {
			r.invite("NO3", 1)
			other := zhang
			other.ID, other.For.ID = 8, 8
			staff := actor.Actor{Kind: actor.Staff, ID: 7, Grants: []actor.Grant{{Role: actor.WindowClerk, Path: "/"}}}
			for _, who := range []actor.Actor{other, staff, {Kind: actor.Anonymous}} {
				if _, err := r.Rate(ctx, who, Input{CaseNo: "NO3", Level: 1}); !errors.Is(err, ErrNoInvitation) {
					t.Errorf("%s %d: %v", who.Kind, who.ID, err)
				}
				if _, err := r.ByCase(ctx, who, "NO3"); !errors.Is(err, ErrNoInvitation) {
					t.Errorf("%s %d reads it: %v", who.Kind, who.ID, err)
				}
			}
			if _, err := r.Rate(ctx, zhang, Input{CaseNo: "NO9", Level: 1}); !errors.Is(err, ErrNoInvitation) {
				t.Errorf("no such case: %v", err)
			}
		})
		t.Run("too_late", func(t *testing.T) {
			r.invite("NO4", 1)
			r.invite("NO5", 1)
			r.clk.Add(30 * 24 * time.Hour)
			if _, err := r.Rate(ctx, zhang, Input{CaseNo: "NO4", Level: 4}); err != nil {
				t.Errorf("at the last moment: %v", err)
			}
			r.clk.Add(time.Microsecond)
			if _, err := r.Rate(ctx, zhang, Input{CaseNo: "NO5", Level: 4}); !errors.Is(err, ErrTooLate) {
				t.Errorf("after it: %v", err)
			}
		})
		t.Run("words_are_sealed_and_read_back", func(t *testing.T) {
			r.invite("NO6", 2)
			if none, err := r.ByCase(ctx, zhang, "NO6"); err != nil || none != nil {
				t.Errorf("%+v %v", none, err)
			}
			_, err := r.Rate(ctx, zhang, Input{CaseNo: "NO6", Level: 2, Reasons: []string{"slow", "slow", "trips"}, Words: "  等了很久，请打13800000001 "})
			r.must(err)
			x, err := r.ByCase(ctx, zhang, "NO6")
			r.must(err)
			if x.Words != "等了很久，请打13800000001" || strings.Join(x.Reasons, " ") != "slow trips" || x.Level != 2 || x.Rater == "张明远" {
				t.Errorf("%+v", x)
			}
			var words []byte
			r.must(r.d.Read(ctx).QueryRow(`SELECT words FROM rating WHERE id = $1`, x.ID).Scan(&words))
			if strings.Contains(string(words), "13800000001") {
				t.Error("stored in the clear")
			}
			var n int64
			r.must(r.d.Read(ctx).QueryRow(`SELECT count(*) FROM audit_record WHERE act = 'rating.rate' AND subject = 'case/NO6'`).Scan(&n))
			if n != 1 {
				t.Errorf("%d audit records", n)
			}
		})
	})
}

func TestCheck(t *testing.T) {
	for name, x := range map[string]struct {
		in   Input
		path string
	}{
		"no level":         {Input{}, "level"},
		"level 6":          {Input{Level: 6}, "level"},
		"good with bad":    {Input{Level: 5, Reasons: []string{"slow"}}, "reasons"},
		"bad with good":    {Input{Level: 1, Reasons: []string{"fast"}}, "reasons"},
		"unknown reason":   {Input{Level: 1, Reasons: []string{"moon"}}, "reasons"},
		"too many words":   {Input{Level: 1, Words: strings.Repeat("长", 501)}, "words"},
		"just enough":      {Input{Level: 1, Words: strings.Repeat("长", 500)}, ""},
		"upper three":      {Input{Level: 3, Reasons: []string{"fast"}}, ""},
		"what a NUL would": {Input{Level: 1, Words: "a\x00b"}, "words"},
		"broken text":      {Input{Level: 1, Words: "\xff"}, "words"},
	} {
		_, bad := check(x.in)
		if x.path == "" && len(bad) > 0 || x.path != "" && (len(bad) == 0 || bad[0].Path != x.path) {
			t.Errorf("%s: %v", name, bad)
		}
	}
	for _, l := range Levels {
		if zh, en := l.Words(); zh == "" || en == "" || l.Good() != (l >= 3) || l.StandardCode() != 6-int(l) || len(l.Reasons()) == 0 {
			t.Errorf("level %d", l)
		}
	}
}

func TestPublished(t *testing.T) {
	atDesk(t, func(t *testing.T, r *desk) {
		ctx := t.Context()
		for i := range 9 {
			no := "NO" + string(rune('A'+i))
			r.invite(no, int64(1+i%2))
			_, err := r.Rate(ctx, zhang, Input{CaseNo: no, Level: 5, Words: "好", Anonymous: i == 0})
			r.must(err)
		}
		var all []Rating
		for cursor := int64(0); ; {
			list, next, err := r.Published(ctx, 0, cursor, 4)
			r.must(err)
			all = append(all, list...)
			if cursor = next; next == 0 {
				break
			}
		}
		for i, x := range all {
			if i > 0 && x.ID >= all[i-1].ID || strings.Contains(x.Rater, "明远") {
				t.Errorf("%d: %+v", i, x)
			}
		}
		if len(all) != 9 || all[8].Rater != "匿名" {
			t.Errorf("%d ratings, the last by %s", len(all), all[len(all)-1].Rater)
		}
		if list, _, err := r.Published(ctx, 2, 0, 10); err != nil || len(list) != 4 {
			t.Errorf("of a unit: %d %v", len(list), err)
		}
		if list, _, err := r.Published(ctx, 3, 0, 10); err != nil || len(list) != 0 {
			t.Errorf("of another unit: %d %v", len(list), err)
		}
		if _, err := r.Rate(ctx, zhang, Input{CaseNo: "NOA", Level: 9}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%v", err)
		}
	})
}

func TestSQL(t *testing.T) { dbtest.Prepares(t, SQL()...) }

func TestBlankNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"请打13800000001谢谢": "请打***谢谢", "138 0000-0001": "***", "证号32021319800506011X。": "证号***。", "等了3天，跑了2次": "等了3天，跑了2次",
		"2026年3月2日": "2026年3月2日", "１３８０００００００１": "***", "": "", "123456": "123456", "1234567 和 x": "*** 和 x",
	} {
		if got := blankNumbers(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
