package channel

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// fixture is the room over a small city.
type fixture struct {
	*Service
	t    *testing.T
	clk  *dbtest.Clock
	unit map[string]int64
	dir  *identity.Directory
}

func each(t *testing.T, test func(t *testing.T, f *fixture)) {
	t.Helper()
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		ctx := t.Context()
		ids := identity.New(identity.Config{DB: d, Now: clk.Now})
		refs, err := ids.Import(ctx, actor.Platform(), identity.Batch{
			Divisions: []identity.DivisionInput{
				{Code: "320200000000", Name: "无锡市", Level: "city", National: true},
				{Code: "320213000000", Name: "梁溪区", Parent: "320200000000", Level: "county", National: true},
				{Code: "320213001000", Name: "崇安寺街道", Parent: "320213000000", Level: "town", National: true},
			},
			Units: []identity.UnitInput{
				{Key: "wx", Name: "无锡市人民政府", Kind: "government", Division: "320200000000", Level: "3"},
				{Key: "wx-zx", Name: "无锡市政务服务中心", Kind: "centre", Parent: "wx", Division: "320200000000", Level: "3"},
				{Key: "lx", Name: "梁溪区人民政府", Kind: "government", Parent: "wx", Division: "320213000000", Level: "4"},
				{Key: "cas", Name: "崇安寺街道便民服务中心", Kind: "station", Parent: "lx", Division: "320213001000", Level: "5"},
				{Key: "lx-zx", Name: "梁溪区政务服务中心", Kind: "centre", Parent: "lx", Division: "320213000000", Level: "4"},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		cal := calendar.New(calendar.Options{DB: d, Record: func(*db.Tx, calendar.Entry) error { return nil }})
		if err := cal.EnsureShipped(ctx); err != nil {
			t.Fatal(err)
		}
		dir, err := ids.Directory(ctx)
		if err != nil {
			t.Fatal(err)
		}
		test(t, &fixture{Service: New(Config{DB: d, Identity: ids, Catalog: catalog.New(catalog.Config{DB: d, Identity: ids}), Calendar: cal}), t: t, clk: clk, unit: refs.Units, dir: dir})
	})
}

func person(id int64) actor.Actor {
	return actor.Actor{Kind: actor.Person, ID: id, Name: "张三", For: actor.Party{Kind: actor.NaturalPerson, ID: id, Name: "张三"}, Channel: actor.Web}
}

func (f *fixture) clerk(unit string) actor.Actor {
	return actor.Actor{Kind: actor.Staff, ID: 900, Name: "周窗口", Unit: f.unit[unit], Channel: actor.Window,
		Grants: []actor.Grant{{Role: actor.WindowClerk, Path: f.dir.Path(f.unit[unit])}}}
}

// tuesday is the day after the tests' Monday.
const tuesday = "2026-03-03"

func date(t *testing.T, s string) clock.Date {
	t.Helper()
	d, err := clock.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (f *fixture) booking(day, slot string) Booking {
	return Booking{CentreID: f.unit["lx-zx"], ItemID: 5, ItemName: "结婚登记", Day: date(f.t, day), Slot: slot}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func is(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

func TestWindows(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		w := Window{Key: "lx-a01", Centre: "lx-zx", Name: "综合窗口", No: "A01", Kind: Comprehensive, Hours: "周一至周五", Address: "演示路1号", Phone: "0510-1"}
		b := w
		b.Key, b.No, b.Kind = "lx-a00", "A00", Unresolved
		for range 2 {
			if err := f.ImportWindows(ctx, actor.Platform(), []Window{w, b}); err != nil {
				t.Fatal(err)
			}
		}
		w.Name = "综合受理窗口"
		if err := f.ImportWindows(ctx, actor.Platform(), []Window{w}); err != nil {
			t.Fatal(err)
		}
		list := must[[]Window](t)(f.Windows(ctx, f.unit["lx-zx"]))
		if len(list) != 2 || list[0].Key != "lx-a00" || list[0].Kind != Unresolved || list[1].Name != "综合受理窗口" || list[1].Centre != "lx-zx" {
			t.Errorf("windows %+v", list)
		}
		_, err := f.Windows(ctx, f.unit["lx"])
		is(t, err, ErrNoCentre)

		groups := must[[]CentreGroup](t)(f.Centres(ctx))
		var got []string
		for _, g := range groups {
			for _, c := range g.Centres {
				got = append(got, g.Division.Name+" "+c.Name+" "+string(rune('0'+c.Windows)))
			}
		}
		want := []string{"无锡市 无锡市政务服务中心 0", "梁溪区 梁溪区政务服务中心 2", "梁溪区 崇安寺街道便民服务中心 0"}
		if !slices.Equal(got, want) {
			t.Errorf("centres %q, want %q", got, want)
		}
	})
}

func TestImportWindows_refuses(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		good := Window{Key: "a", Centre: "lx-zx", Name: "窗口", No: "1", Kind: Special, Hours: "周一", Address: "路"}
		tests := map[string]struct {
			change func(*Window)
			field  string
		}{
			"no centre": {func(w *Window) { w.Centre = "lx" }, "windows/a/centre"},
			"kind":      {func(w *Window) { w.Kind = "vip" }, "windows/a/kind"},
			"outlet":    {func(w *Window) { w.Kind = Bank }, "windows/a/items"},
			"no outlet": {func(w *Window) { w.Kind, w.Items = Consult, []string{"322099041000"} }, "windows/a/items"},
			"matter":    {func(w *Window) { w.Kind, w.Items = Bank, []string{"322099041000", "社保卡"} }, "windows/a/items/1"},
			"name":      {func(w *Window) { w.Name = " " }, "windows/a/name"},
			"key":       {func(w *Window) { w.Key = "A 1" }, "windows/0/key"},
			"address":   {func(w *Window) { w.Address = strings.Repeat("路", 201) }, "windows/a/address"},
			"phone":     {func(w *Window) { w.Phone = strings.Repeat("1", 51) }, "windows/a/phone"},
		}
		for name, tt := range tests {
			w := good
			tt.change(&w)
			err := f.ImportWindows(ctx, actor.Platform(), []Window{w})
			if fs := errs.Of(err).Fields; len(fs) != 1 || fs[0].Path != tt.field {
				t.Errorf("%s: %v, want field %s", name, err, tt.field)
			}
		}
		if fs := errs.Of(f.ImportWindows(ctx, actor.Platform(), []Window{good, good})).Fields; len(fs) != 2 {
			t.Errorf("twice: %v", fs)
		}
		is(t, f.ImportWindows(ctx, f.clerk("lx-zx"), []Window{good}), identity.ErrForbidden)
		if list := must[[]Window](t)(f.Windows(ctx, f.unit["lx-zx"])); len(list) != 0 {
			t.Errorf("stored in spite of it: %+v", list)
		}
	})
}

// TestOutlets: a bank outlet takes the matters that it names, for its centre alone.
func TestOutlets(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		w := Window{Key: "lx-k01", Centre: "lx-zx", Name: "示范银行（演示）", No: "K01", Kind: Bank, Hours: "周一", Address: "演示路1号", Items: []string{"322099041000", "322099005000"}}
		other, plain := w, w
		other.Key, other.No, other.Items = "lx-k02", "K02", []string{"322099041000"}
		plain.Key, plain.No, plain.Kind, plain.Items = "lx-a01", "A01", Comprehensive, nil
		for range 2 {
			if err := f.ImportWindows(ctx, actor.Platform(), []Window{w, other, plain}); err != nil {
				t.Fatal(err)
			}
		}
		list := must[[]Window](t)(f.Outlets(ctx))
		if len(list) != 2 || list[0].CentreID != f.unit["lx-zx"] || !slices.Equal(list[0].Items, w.Items) {
			t.Errorf("%+v", list)
		}
		n := must[map[int64]map[string]int](t)(BankOutlets(f.DB.Read(ctx)))
		if at := n[f.unit["lx-zx"]]; len(n) != 1 || len(at) != 2 || at["322099041000"] != 2 || at["322099005000"] != 1 {
			t.Errorf("%v", n)
		}
		lists := []*catalog.Item{{ID: 5, BasicCode: "322099041000", ReceivingUnitID: f.unit["lx-zx"]}, {ID: 6, BasicCode: "322099041000", ReceivingUnitID: f.unit["wx-zx"]}, {ID: 7, BasicCode: "322099099000"}}
		touched := must[[]catalog.Effect](t)(Reach{f.DB}.Effects(ctx, lists))
		if len(touched) != 1 || touched[0].ItemID != 5 || touched[0].Kind != catalog.EffectChannels || touched[0].Count != 2 {
			t.Errorf("%+v", touched)
		}
		if all := must[[]Window](t)(f.Windows(ctx, f.unit["lx-zx"])); len(all) != 3 || all[0].Kind != Comprehensive || len(all[1].Items) != 2 {
			t.Errorf("%+v", all)
		}
	})
}

// TestSlots: working days of a published calendar, half hours, seats left.
func TestSlots(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ctx, centre := t.Context(), f.unit["lx-zx"]
		days := must[[]SlotDay](t)(f.Slots(ctx, centre, 5, 0))
		// Monday 2 March at 9:00: its first slot has begun; then nine working days.
		if len(days) != 10 || days[0].Date.String() != "2026-03-02" || days[9].Date.String() != "2026-03-13" {
			t.Fatalf("days %+v", days)
		}
		if s := days[0].Slots; len(s) != 10 || s[0] != (Slot{"09:30", "10:00", 3}) {
			t.Errorf("today %+v", s)
		}
		if s := days[1].Slots; len(s) != 11 || s[0].At != "09:00" || s[4] != (Slot{"11:00", "11:30", 3}) || s[5].At != "13:30" || s[10] != (Slot{"16:00", "16:30", 3}) {
			t.Errorf("tomorrow %+v", s)
		}
		must[*Appointment](t)(f.Book(ctx, person(1), f.booking(tuesday, "09:00")))
		days = must[[]SlotDay](t)(f.Slots(ctx, centre, 5, date(t, tuesday)))
		if len(days) != 9 || days[0].Slots[0].Free != 2 || days[0].Free != 32 {
			t.Errorf("after a booking %+v", days[0])
		}
		if other := must[[]SlotDay](t)(f.Slots(ctx, centre, 6, date(t, tuesday))); other[0].Free != 33 {
			t.Errorf("another item has %d seats", other[0].Free)
		}

		// A holiday is not offered, the Saturday worked for it is.
		f.clk.Set(date(t, "2026-09-29").Start())
		var got []string
		for _, d := range must[[]SlotDay](t)(f.Slots(ctx, centre, 5, 0)) {
			got = append(got, d.Date.String())
		}
		if slices.Contains(got, "2026-10-01") || !slices.Contains(got, "2026-10-10") {
			t.Errorf("around National Day: %v", got)
		}
		// Days that no published calendar covers are not offered.
		f.clk.Set(date(t, "2026-12-30").Start())
		if days := must[[]SlotDay](t)(f.Slots(ctx, centre, 5, 0)); len(days) != 2 {
			t.Errorf("at the end of the calendar: %+v", days)
		}
		_, err := f.Slots(ctx, f.unit["wx"], 5, 0)
		is(t, err, ErrNoCentre)
	})
}

func TestBook_refuses(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		for name, b := range map[string]Booking{
			"begun": f.booking("2026-03-02", "09:00"), "yesterday": f.booking("2026-03-01", "09:30"), "weekend": f.booking("2026-03-07", "09:30"),
			"too far": f.booking("2026-03-16", "09:30"), "no slot": f.booking(tuesday, "09:15"), "noon": f.booking(tuesday, "12:00"), "empty": f.booking(tuesday, ""),
		} {
			if _, err := f.Book(ctx, person(1), b); !errors.Is(err, ErrNotOffered) {
				t.Errorf("%s: %v", name, err)
			}
		}
		b := f.booking(tuesday, "09:30")
		_, err := f.Book(ctx, actor.Actor{Kind: actor.Anonymous}, b)
		is(t, err, identity.ErrLoginNeeded)
		_, err = f.Book(ctx, f.clerk("lx-zx"), b)
		is(t, err, identity.ErrForbidden)
		b.ItemID = 0
		if _, err = f.Book(ctx, person(1), b); errs.KindOf(err) != errs.Invalid {
			t.Errorf("no item: %v", err)
		}
		b = f.booking(tuesday, "09:30")
		b.CentreID = f.unit["lx"]
		_, err = f.Book(ctx, person(1), b)
		is(t, err, ErrNoCentre)
	})
}

func TestBook_once(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		book := must[*Appointment](t)
		b := f.booking(tuesday, "09:30")
		b.CaseNo = "C1"
		first := book(f.Book(ctx, person(1), b))
		if first.Seat != 1 || first.CentreName != "梁溪区政务服务中心" || !first.At.Equal(time.Date(2026, 3, 3, 1, 30, 0, 0, time.UTC)) {
			t.Errorf("booked %+v", first)
		}
		if again := book(f.Book(ctx, person(1), b)); again.ID != first.ID {
			t.Error("a double click made a second booking")
		}
		_, err := f.Book(ctx, person(1), f.booking(tuesday, "10:00"))
		is(t, err, ErrBooked)
		book(f.Book(ctx, person(1), f.booking("2026-03-04", "10:00")))
		other := f.booking(tuesday, "10:00")
		other.ItemID = 6
		book(f.Book(ctx, person(1), other))
		entity := person(1)
		entity.For = actor.Party{Kind: actor.LegalEntity, ID: 1, Name: "公司"}
		book(f.Book(ctx, entity, b))
		held := must[[]catalog.Effect](t)(Reach{f.DB}.Effects(ctx, append(slices.Repeat([]*catalog.Item{{ID: 1}}, 700), &catalog.Item{ID: 5})))
		if len(held) != 1 || held[0].ItemID != 5 || held[0].Kind != catalog.EffectAppointments || held[0].Count != 3 {
			t.Errorf("an adjustment would touch %+v", held)
		}
		entries := must[[]audit.Entry](t)(audit.Entries(f.DB.Read(ctx), "appointment/"+strconv.FormatInt(first.ID, 10), 0, 10))
		if len(entries) != 1 || entries[0].Act != string(identity.AppointmentBook) || entries[0].Detail["slot"] != "09:30" {
			t.Errorf("audit %+v", entries)
		}
	})
}

// TestBook_concurrently: twelve people want the three seats of one slot, and
// each clicks twice.
func TestBook_concurrently(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		var (
			wg    sync.WaitGroup
			mu    sync.Mutex
			seats = map[int]int64{}
			full  int
		)
		for i := range 24 {
			wg.Go(func() {
				p, err := f.Book(ctx, person(int64(1+i%12)), f.booking(tuesday, "09:30"))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case errors.Is(err, ErrFull):
					full++
				case err != nil:
					t.Error(err)
				case seats[p.Seat] != 0 && seats[p.Seat] != p.ID:
					t.Errorf("seat %d was given twice", p.Seat)
				default:
					seats[p.Seat] = p.ID
				}
			})
		}
		wg.Wait()
		if len(seats) != 3 || seats[1] == 0 || seats[2] == 0 || seats[3] == 0 || full != 18 {
			t.Errorf("seats %v, refused %d", seats, full)
		}
		if list := must[[]Appointment](t)(f.Today(ctx, f.clerk("lx-zx"), f.unit["lx-zx"], date(t, tuesday))); len(list) != 3 {
			t.Errorf("%d rows for 3 seats", len(list))
		}
	})
}

func TestCancel(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		book := must[*Appointment](t)
		p := book(f.Book(ctx, person(1), f.booking(tuesday, "09:30")))
		book(f.Book(ctx, person(2), f.booking(tuesday, "09:30")))
		is(t, f.Cancel(ctx, person(2), p.ID), ErrNoAppointment)
		is(t, f.Cancel(ctx, f.clerk("wx-zx"), p.ID), ErrNoAppointment)
		is(t, f.Cancel(ctx, person(1), p.ID+1), ErrNoAppointment)
		for range 2 {
			if err := f.Cancel(ctx, person(1), p.ID); err != nil {
				t.Fatal(err)
			}
		}
		// The seat and the day are free again.
		if q := book(f.Book(ctx, person(1), f.booking(tuesday, "09:30"))); q.Seat != 1 || q.ID == p.ID {
			t.Errorf("booked again %+v", q)
		}
		late := book(f.Book(ctx, person(3), f.booking("2026-03-04", "10:00")))
		if err := f.Cancel(ctx, f.clerk("lx-zx"), late.ID); err != nil {
			t.Errorf("the centre's clerk: %v", err)
		}
		late = book(f.Book(ctx, person(3), f.booking("2026-03-04", "10:00")))
		f.clk.Set(late.At)
		is(t, f.Cancel(ctx, person(3), late.ID), ErrPast)
	})
}

func TestLists(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		for _, b := range []Booking{f.booking("2026-03-05", "09:30"), f.booking(tuesday, "14:00"), f.booking("2026-03-04", "09:00")} {
			b.CaseNo = "C-" + b.Day.String()
			must[*Appointment](t)(f.Book(ctx, person(1), b))
		}
		must[*Appointment](t)(f.Book(ctx, person(2), f.booking(tuesday, "09:00")))

		var got []string
		for cursor, page := "", 0; page == 0 || cursor != ""; page++ {
			list, next, err := f.ForParty(ctx, person(1), cursor, 2)
			if err != nil || page > 2 {
				t.Fatal(page, err)
			}
			for _, p := range list {
				got = append(got, p.Day.String())
			}
			cursor = next
		}
		if !slices.Equal(got, []string{"2026-03-05", "2026-03-04", tuesday}) {
			t.Errorf("mine: %v", got)
		}
		_, _, err := f.ForParty(ctx, person(1), "x", 2)
		if errs.KindOf(err) != errs.Malformed {
			t.Errorf("cursor: %v", err)
		}
		_, _, err = f.ForParty(ctx, f.clerk("lx-zx"), "", 2)
		is(t, err, identity.ErrForbidden)

		today := must[[]Appointment](t)(f.Today(ctx, f.clerk("lx-zx"), f.unit["lx-zx"], date(t, tuesday)))
		if len(today) != 2 || today[0].Slot != "09:00" || today[1].Party.Name != "张三" || today[1].CaseNo != "C-"+tuesday {
			t.Errorf("today %+v", today)
		}
		_, err = f.Today(ctx, f.clerk("wx-zx"), f.unit["lx-zx"], date(t, tuesday))
		is(t, err, identity.ErrForbidden)
		_, err = f.Today(ctx, person(1), f.unit["lx-zx"], date(t, tuesday))
		is(t, err, identity.ErrForbidden)

		forCase := must[[]Appointment](t)
		if l := forCase(f.ForCase(ctx, person(1), "C-"+tuesday)); len(l) != 1 || l[0].CentreName != "梁溪区政务服务中心" {
			t.Errorf("for the case %+v", l)
		}
		if l := forCase(f.ForCase(ctx, person(2), "C-"+tuesday)); len(l) != 0 {
			t.Errorf("another person sees %+v", l)
		}
		if l := forCase(f.ForCase(ctx, person(1), "")); len(l) != 0 {
			t.Errorf("no case: %+v", l)
		}
	})
}

func TestSQL(t *testing.T) { dbtest.Prepares(t, SQL()...) }
