package catalog

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/ident"
)

// plan publishes a guide for one unit of a matter that is there, to come into
// force on a day.
func (s *shelf) plan(d Def, from, reason string) {
	s.t.Helper()
	ctx := s.t.Context()
	dir, err := s.ids.Directory(ctx)
	s.must(err)
	b, err := s.Basic(ctx, d.BasicCode)
	s.must(err)
	t, err := s.Template(ctx, b.TemplateID)
	s.must(err)
	b.lock(&d.Guide)
	d.Guide.Form = t.Guide.Form
	g, unit, recv, ps := fill(ident.DefaultProfile(), d, d.OfferedBy[0], dir)
	if hasError(ps) {
		s.t.Fatal(ps)
	}
	s.must(s.d.Write(ctx, "test.plan", func(tx *db.Tx) error {
		_, err := s.Service.publish(tx, actor.Platform(), t, list{guide: g, unit: unit, recv: recv}, publication{from: from, reason: reason})
		return err
	}))
}

func day(s string) clock.Date {
	d, err := clock.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestHistory(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		ctx := t.Context()
		to := func(date string) { s.clk.Set(day(date).Start().Add(9 * time.Hour)) }
		d := def(99001, sound("老年人优待证", "20"), "lx")
		to("2026-03-02")
		code := s.publish(d)[0]
		to("2026-03-10")
		d.Guide.Conditions = []Condition{{Text: "年满六十周岁"}}
		s.plan(d, "2026-04-01", "放宽年龄") // 2
		to("2026-03-12")
		d.Guide.Limits.Promised.Days = 5
		s.plan(d, "2026-04-10", "承诺压缩") // 3 takes the place of 2, which never comes into force
		to("2026-03-20")
		s.must(s.SetState(ctx, actor.Platform(), code, Paused, "系统升级", ""))
		to("2026-04-10")
		if n, err := s.TakeEffect(ctx); err != nil || n != 1 {
			t.Fatalf("%d %v", n, err)
		}
		to("2026-04-20")
		d.Guide.Materials[0].Necessity = "tolerant"
		s.plan(d, "2026-05-01", "容缺") // 4

		t.Run("as_of", func(t *testing.T) {
			for date, want := range map[string]int{"2026-03-02": 1, "2026-04-01": 1, "2026-04-09": 1, "2026-04-10": 3, "2026-04-20": 3, "2026-04-30": 3, "2026-05-01": 4, "2027-01-01": 4} {
				_, v, err := s.AsOf(ctx, code, day(date))
				if err != nil || v.No != want {
					t.Errorf("%s: %+v %v, want %d", date, v, err, want)
				}
			}
			if _, _, err := s.AsOf(ctx, code, day("2026-03-01")); !errors.Is(err, ErrNotThen) {
				t.Errorf("before the first: %v", err)
			}
			if _, _, err := s.AsOf(ctx, "nothing", day("2026-03-02")); !errors.Is(err, ErrNoItem) {
				t.Errorf("%v", err)
			}
		})
		t.Run("history", func(t *testing.T) {
			it, list, err := s.History(ctx, code)
			s.must(err)
			if it.Code != code || len(list) != 4 {
				t.Fatalf("%+v", list)
			}
			for i, want := range []struct {
				no           int
				standing     VersionStanding
				reason       string
				since, until string
			}{{4, Coming, "容缺", "", ""}, {3, InForce, "承诺压缩", "2026-04-10", ""}, {2, NotTaken, "放宽年龄", "", ""}, {1, Past, "", "2026-03-02", "2026-04-10"}} {
				v, date := list[i], func(t time.Time) string {
					if t.IsZero() {
						return ""
					}
					return clock.DateOf(t).String()
				}
				if v.No != want.no || v.Standing != want.standing || v.Reason != want.reason || date(v.Since) != want.since || date(v.Until) != want.until || v.PublishedBy == "" {
					t.Errorf("%+v, want %+v", v, want)
				}
			}
		})
		t.Run("compare", func(t *testing.T) {
			c, err := s.Compare(ctx, code, 1, 3)
			s.must(err)
			var zh []string
			for _, x := range c.Changes {
				zh = append(zh, x.ZH)
			}
			if !slices.Equal(zh, []string{"受理标准新增“年满六十周岁”", "受理标准删去“符合条件”", "承诺办结时限由10个工作日改为5个工作日"}) || c.From.No != 1 || c.To.No != 3 {
				t.Errorf("%v", zh)
			}
			if same, err := s.Compare(ctx, code, 2, 2); err != nil || len(same.Changes) != 0 {
				t.Errorf("%+v %v", same, err)
			}
			if _, err := s.Compare(ctx, code, 1, 9); !errors.Is(err, ErrNoVersion) {
				t.Errorf("%v", err)
			}
		})
		t.Run("known_by_its_date_alone", func(t *testing.T) { // published before changes were noted
			s.must(s.d.Write(ctx, "test.forget", func(tx *db.Tx) error { tx.Queue(`DELETE FROM item_change`); return nil }))
			for date, want := range map[string]int{"2026-03-02": 1, "2026-04-20": 3} {
				if _, v, err := s.AsOf(ctx, code, day(date)); err != nil || v.No != want {
					t.Errorf("%s: %+v %v", date, v, err)
				}
			}
			if _, list, err := s.History(ctx, code); err != nil || list[1].Standing != InForce || list[3].Standing != Past {
				t.Errorf("%+v %v", list, err)
			}
		})
	})
}
