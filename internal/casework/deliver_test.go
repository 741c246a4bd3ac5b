package casework

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/rating"
	"github.com/tongban/tongban/internal/sm"
)

func TestDelivery(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		t.Run("at_the_window", func(t *testing.T) {
			c := c.on(t)
			k, clerk := c.advanceTo(food, Delivering, catalog.PickUp), c.staff("clerk")
			if d := c.due(k.No); d != "2026-03-16" {
				t.Errorf("due %s", d)
			}
			_, err := c.Perform(ctx, clerk, k.No, HandOver, Input{})
			c.field(err, "recipient")
			c.refused(ErrOtherWay, clerk, k.No, Post, Input{Waybill: "1"})
			if k = c.do(clerk, k.No, HandOver, Input{Recipient: "张明远"}); k.State != Closed || k.ClosedAt.IsZero() {
				t.Errorf("%+v", k)
			}
		})
		t.Run("by_post", func(t *testing.T) {
			c := c.on(t)
			k, clerk := c.advanceTo(food, Delivering, catalog.Mail), c.staff("clerk")
			_, err := c.Perform(ctx, clerk, k.No, Post, Input{})
			c.field(err, "waybill")
			c.refused(ErrOtherWay, clerk, k.No, HandOver, Input{Recipient: "张"})
			k = c.do(clerk, k.No, Post, Input{Waybill: "演示快递 1"})
			if k.State != Delivering {
				t.Errorf("posted is not served: %s", k.State)
			}
			_, err = c.Perform(ctx, clerk, k.No, PostSigned, Input{})
			c.field(err, "parcel/signedBy")
			_, err = c.Perform(ctx, clerk, k.No, PostSigned, Input{Parcel: ParcelInput{SignedBy: "收件人", On: "2026-03-03"}})
			c.field(err, "parcel/on")
			k = c.do(clerk, k.No, PostSigned, Input{Parcel: ParcelInput{SignedBy: "收件人", On: "2026-03-02"}})
			if tracks := c.view(c.boss(), k.No).Parcel.Tracks; k.State != Closed || len(tracks) != 2 || tracks[0].News != "signed" && tracks[1].News != "signed" {
				t.Errorf("signed for: %s %+v", k.State, tracks)
			}
			v := c.view(c.boss(), k.No)
			doc, _, err := c.Document(ctx, c.boss(), v.Documents[len(v.Documents)-1].ID)
			c.must(err)
			if doc.Kind != DeliveryRecord || doc.Facts[1].Value != "收件人" {
				t.Errorf("%+v", doc.Facts)
			}
		})
		t.Run("electronically_once_it_is_signed", func(t *testing.T) {
			c := c.on(t)
			k := c.advanceTo(food, Delivering, catalog.Electronic)
			if signed, err := c.Licences.Signed(ctx, k.LicenceID); err != nil || signed {
				t.Fatalf("signed in the act: %v %v", signed, err)
			}
			c.drain()
			v := c.view(c.boss(), k.No)
			signed, err := c.Licences.Signed(ctx, k.LicenceID)
			if v.Case.State != Closed || !signed || err != nil {
				t.Errorf("%s, signed %v %v", v.Case.State, signed, err)
			}
			c.must(c.deliverJob(ctx, k.No)) // the job may run twice
			if n := c.count(`SELECT count(*) FROM case_event WHERE case_id = $1 AND act = 'deliver-electronic'`, k.ID); n != 1 {
				t.Errorf("delivered %d times", n)
			}
			l, err := c.Licences.ByID(c.d.Read(ctx), k.LicenceID)
			c.must(err)
			if l.Fields["name"] != "无锡演示咖啡有限公司" || l.Fields["mode"] != "餐饮" || l.Until != "2031-03-01" {
				t.Errorf("%+v", l)
			}
		})
		t.Run("another_way", func(t *testing.T) {
			c := c.on(t)
			k, boss := c.advanceTo(food, Delivering, catalog.PickUp), c.boss()
			_, err := c.Perform(ctx, boss, k.No, ChangeDelivery, Input{Delivery: Delivery{Way: catalog.Mail}})
			c.field(err, "delivery/address")
			c.do(boss, k.No, ChangeDelivery, Input{Delivery: delivery(catalog.Mail)})
			c.do(boss, k.No, ChangeDelivery, Input{Delivery: delivery(catalog.Electronic)})
			if n := c.count(`SELECT count(*) FROM task WHERE case_id = $1 AND state = 'open'`, k.ID); n != 0 {
				t.Errorf("%d tasks for a window that has nothing to do", n)
			}
			c.do(boss, k.No, ChangeDelivery, Input{Delivery: delivery(catalog.PickUp)})
			c.drain() // the job of the way that was given up does nothing
			if v := c.view(boss, k.No); v.Case.State != Delivering {
				t.Errorf("%s", v.Case.State)
			}
			c.do(boss, k.No, ChangeDelivery, Input{Delivery: delivery(catalog.Electronic)})
			c.drain()
			if v := c.view(boss, k.No); v.Case.State != Closed {
				t.Errorf("%s", v.Case.State)
			}
		})
		t.Run("rating_invited_when_it_ends", func(t *testing.T) {
			c := c.on(t)
			k := c.advanceTo(food, Delivering, catalog.PickUp)
			if _, err := c.Ratings.Invitation(ctx, c.boss(), k.No, ""); errs.KindOf(err) != errs.NotFound {
				t.Errorf("before the end: %v", err)
			}
			c.do(c.staff("clerk"), k.No, HandOver, Input{Recipient: "张"})
			in, err := c.Ratings.Invitation(ctx, c.boss(), k.No, "")
			c.must(err)
			if in.Until.Sub(c.clk.Now()) != 30*24*time.Hour {
				t.Errorf("until %v", in.Until)
			}
			_, err = c.Ratings.Rate(ctx, c.boss(), rating.Input{CaseNo: k.No, Level: 5})
			c.must(err)
		})
		t.Run("the_code_goes_to_who_was_served", func(t *testing.T) {
			c := c.on(t)
			offers := func(no string) (view, progress, supervisor *Rate) {
				p, err := c.PublicProgress(ctx, no, c.progressCode(no))
				c.must(err)
				return c.view(c.staff("clerk"), no).Rate, p.Rate, c.view(c.staff("sup"), no).Rate
			}
			k := c.advanceTo(food, Delivering, catalog.PickUp)
			if v, p, _ := offers(k.No); v != nil || p != nil {
				t.Errorf("before the end: %v %v", v, p)
			}
			c.do(c.staff("clerk"), k.No, HandOver, Input{Recipient: "张"})
			v, p, sup := offers(k.No)
			want := Rate{c.Ratings.Path(k.No), c.clk.Now().Add(30 * 24 * time.Hour)}
			if v == nil || p == nil || !v.Until.Equal(want.Until) || v.Path != want.Path || p.Path != want.Path || sup != nil {
				t.Errorf("%v, %v, for a supervisor %v, want %v", v, p, sup, want)
			}
			for _, ref := range c.view(c.boss(), k.No).Documents {
				doc, _, err := c.Document(ctx, c.boss(), ref.ID)
				c.must(err)
				if (doc.Rate != nil) != (doc.Kind == DeliveryRecord) || doc.Rate != nil && (doc.Rate.Path != want.Path || doc.Rate.Until != "2026-04-01T09:00:00+08:00") {
					t.Errorf("%s: %+v", doc.Title, doc.Rate)
				}
			}
			_, token, _ := strings.Cut(want.Path, "?t=")
			_, err := c.Ratings.Rate(ctx, actor.Actor{Kind: actor.Anonymous}, rating.Input{CaseNo: k.No, Token: token, Level: 4})
			c.must(err)
			if v, p, _ := offers(k.No); v != nil || p != nil {
				t.Errorf("when it is rated: %v %v", v, p)
			}
			late := c.submit(food, catalog.PickUp)
			c.do(c.boss(), late.No, Withdraw, Input{})
			if v, _, _ := offers(late.No); v == nil {
				t.Error("a withdrawn case cannot be rated")
			}
			c.clk.Add(30*24*time.Hour + time.Microsecond)
			if v, p, _ := offers(late.No); v != nil || p != nil {
				t.Errorf("when the time is over: %v %v", v, p)
			}
		})
	})
}

func TestDocuments(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		numbers := map[string]bool{}
		for _, item := range []string{food, road, card, subsidy, marriage, instant} {
			way := catalog.PickUp
			if item == card {
				way = catalog.Electronic
			}
			k := c.submit(item, way)
			if item == food {
				c.do(c.staff("clerk"), k.No, RequestCorrection, Input{Asks: []Ask{{Material: "m02", Line: "a"}}})
				c.correct(c.boss(), k.No, func(*Draft) {})
				c.do(c.staff("clerk"), k.No, Accept, Input{})
				c.do(c.staff("dec"), k.No, Extend, Input{Days: 3, Reason: "复杂"})
				c.do(c.staff("rev"), k.No, Suspend, Input{Kind: "expert", Days: 3, Reason: "评审", Experts: "丁专家"})
			}
			other := c.advanceTo(item, Deciding, way)
			c.do(c.staff("dec"), other.No, Decide, Input{Reason: "不符合条件"})
			done := c.advanceTo(item, Delivering, way)
			for _, no := range []string{k.No, other.No, done.No} {
				v := c.view(c.applicant(item), no)
				for _, ref := range v.Documents {
					doc, hash, err := c.Document(ctx, c.applicant(item), ref.ID)
					c.must(err)
					if numbers[doc.Number] || doc.Number != ref.Number || doc.Number == "" {
						t.Errorf("number %q", doc.Number)
					}
					numbers[doc.Number] = true
					if sm.SM3Hex(doc.Canonical()) != hash || hash != ref.Hash {
						t.Errorf("%s: the content no longer hashes to %s", doc.Number, hash)
					}
					text := string(doc.Canonical())
					licensed := v.Regime.Key == licensing.Key
					if !licensed && (strings.Contains(text, "行政许可") || strings.Contains(text, "即为受理")) {
						t.Errorf("%s of %s speaks of 行政许可：%s", doc.Title, v.Regime.Key, text)
					}
					if doc.Title == "" || len(doc.Body) == 0 || len(doc.Basis) == 0 || doc.Addressee == "" || doc.UnitUSCC == "" || !strings.HasPrefix(doc.Progress, "/progress/") {
						t.Errorf("%+v", doc)
					}
					if v.Regime.Remedies && (doc.Kind == RefusalNotice) != (len(doc.Remedies) > 0) {
						t.Errorf("%s: remedies %v", doc.Title, doc.Remedies)
					}
				}
			}
		}
		t.Run("of_units_with_one_short_name", func(t *testing.T) {
			c := c.on(t)
			def := items()[subsidy]
			def.OfferedBy = []catalog.Offerer{{Unit: "lx-spj", Receiving: "lx-zx"}}
			def.Guide.Basics.Level = "4"
			_, err := c.Catalog.Import(ctx, actor.Platform(), def, nil)
			c.must(err)
			c.codes["lx"] = c.batch.Units[5].USCC + "4" + def.BasicCode
			in := c.application(food, c.person("zhang"))
			in.ItemCode = c.codes["lx"]
			k, err := c.Apply(ctx, c.person("zhang"), in)
			c.must(err)
			v := c.view(c.person("zhang"), k.No)
			if n := v.Documents[0].Number; numbers[n] || !strings.HasPrefix(n, "锡审〔2026〕收字") {
				t.Errorf("number %s", n)
			}
		})
		t.Run("of_others", func(t *testing.T) {
			c := c.on(t)
			k := c.submit(food, catalog.PickUp)
			id := c.view(c.boss(), k.No).Documents[0].ID
			for _, who := range []actor.Actor{c.person("wang"), c.person("zhang"), c.staff("lxrev"), c.staff("sys"), {Kind: actor.Anonymous}} {
				if _, _, err := c.Document(ctx, who, id); !errors.Is(err, errNoDocument) {
					t.Errorf("%s: %v", who.Name, err)
				}
			}
		})
	})
}

// TestTimeline: every act of a case is in it, in order, with its article, and
// applicants see units, not who works there.
func TestTimeline(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k, clerk := c.submit(road, catalog.PickUp), c.staff("clerk")
		step := func(who actor.Actor, act Act, in Input) { c.clk.Add(time.Minute); c.do(who, k.No, act, in) }
		step(clerk, RequestCorrection, Input{Asks: []Ask{{Material: "m01", Line: "a", Note: "内部编号320200001"}}})
		c.correct(c.boss(), k.No, func(*Draft) {})
		step(clerk, Accept, Input{})
		step(c.staff("rev"), Review, Input{Agree: true, Opinion: "内部意见一"})
		step(c.staff("dec"), Extend, Input{Days: 2, Reason: "延期理由"})
		step(c.staff("cgrev"), Suspend, Input{Kind: "expert", Days: 5, Reason: "评审理由", Experts: "丁专家"})
		step(c.staff("rev"), Resume, Input{Reason: "评审意见"})
		step(c.staff("cgrev"), Review, Input{Agree: false, Opinion: "内部意见二"})
		step(c.staff("dec"), Decide, Input{Grant: true})
		step(c.boss(), ChangeDelivery, Input{Delivery: delivery(catalog.Mail)})
		step(clerk, Post, Input{Waybill: "1"})
		step(clerk, PostSigned, Input{Parcel: ParcelInput{SignedBy: "收"}})
		want := []Act{Submit, RequestCorrection, Resubmit, Accept, Review, Extend, Suspend, Resume, Review, Decide, ChangeDelivery, Post, PostSigned}
		events, clocks, err := c.Timeline(t.Context(), c.boss(), k.No)
		c.must(err)
		if len(events) != len(want) || len(clocks) != 6 {
			t.Fatalf("%d events, %d clocks", len(events), len(clocks))
		}
		for i, e := range events {
			if e.Act != want[i] || e.Article == "" || e.ZH == "" || e.EN == "" {
				t.Errorf("%d: %+v", i, e)
			}
			if m, _ := MoveFor(e.From, e.Act); (m.Notice != "") != (e.DocumentID != 0 && e.Number != "") {
				t.Errorf("%s: document %q", e.Act, e.Number)
			}
			if i > 0 && e.From != events[i-1].To {
				t.Errorf("%s begins at %s after %s", e.Act, e.From, events[i-1].To)
			}
		}
		out, err := json.Marshal(events)
		c.must(err)
		for _, inner := range []string{"内部意见", "周窗口", "王审查", "褚决定"} {
			if strings.Contains(string(out), inner) {
				t.Errorf("the applicant reads %s", inner)
			}
		}
		if v := c.view(c.boss(), k.No); v.Tasks[1].Opinion != "" || v.Tasks[1].DoneName != "" {
			t.Errorf("the applicant sees the task of %s", v.Tasks[1].DoneName)
		}
		if n := c.count(`SELECT count(*) FROM audit_record WHERE subject = $1 AND outcome = 'done' AND act LIKE 'case.%'`, "case/"+k.No); n != int64(len(want))+1 { // and open-correction
			t.Errorf("%d audit records", n)
		}
		for _, text := range []string{"内部编号320200001", "延期理由", "听证理由"} {
			for _, col := range []string{"clocks", "CAST(correction AS TEXT)"} {
				if c.d.Engine() == db.SQLite && c.count(`SELECT count(*) FROM cases WHERE `+col+` LIKE '%' || $1 || '%'`, text) != 0 {
					t.Errorf("%s stands in the clear", text)
				}
			}
		}
		p, err := c.PublicProgress(t.Context(), k.No, c.progressCode(k.No))
		c.must(err)
		out, err = json.Marshal(p)
		c.must(err)
		for _, secret := range []string{"理由", "演示咖啡", "张明远"} {
			if strings.Contains(string(out), secret) {
				t.Errorf("the public page says %s", secret)
			}
		}
		for _, code := range []string{"", "x", c.progressCode(k.No + "1")} {
			if _, err := c.PublicProgress(t.Context(), k.No, code); !errors.Is(err, ErrNoCase) {
				t.Errorf("with code %q: %v", code, err)
			}
		}
	})
}

// TestSealed: after a whole case no number or phone of anybody stands in the
// clear in the database file or in the stored files.
func TestSealed(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.submit(food, catalog.Mail)
		me := c.batch.Persons[0]
		c.do(c.staff("clerk"), k.No, RequestCorrection, Input{Asks: []Ask{{Material: "m01", Line: "a", Note: "号码" + me.IDNumber + "不清"}}})
		d, err := c.OpenCorrection(t.Context(), c.boss(), k.No)
		c.must(err)
		_, err = c.SaveDelivery(t.Context(), c.boss(), d.ID, 0, Delivery{Way: catalog.Mail, Name: me.Name, Phone: me.Phone, Address: "x"})
		c.must(err)
		_, err = c.Submit(t.Context(), c.boss(), d.ID, SubmitInput{})
		c.must(err)
		c.do(c.staff("clerk"), k.No, Accept, Input{})
		c.do(c.staff("rev"), k.No, Suspend, Input{Kind: "expert", Days: 3, Reason: "与" + me.IDNumber + "有关", Experts: "丁专家"})
		c.do(c.staff("rev"), k.No, Resume, Input{Reason: "电话" + me.Phone})
		c.do(c.staff("rev"), k.No, Review, Input{Agree: true, Opinion: "核对" + me.IDNumber})
		c.do(c.staff("dec"), k.No, Extend, Input{Days: 1, Reason: "联系" + me.Phone})
		c.do(c.staff("dec"), k.No, Decide, Input{Grant: true, Opinion: me.IDNumber})
		c.do(c.staff("clerk"), k.No, Post, Input{Waybill: "寄给" + me.Phone})
		c.do(c.staff("clerk"), k.No, PostSigned, Input{Parcel: ParcelInput{SignedBy: me.Phone}, Reason: me.IDNumber})
		_, err = c.Ratings.Rate(t.Context(), c.boss(), rating.Input{CaseNo: k.No, Level: 1, Words: "请联系" + me.Phone})
		c.must(err)
		c.holdCard()
		open := c.draft(c.person("zhang"), card, catalog.Electronic) // a natural person's own, with a licence whose number is the ID number
		held, err := c.Licences.HeldValid(c.d.Read(t.Context()), c.person("zhang").For)
		c.must(err)
		_, err = c.UseLicence(t.Context(), c.person("zhang"), open.ID, "m01", held[0].ID)
		c.must(err)
		_, err = c.Submit(t.Context(), c.person("zhang"), open.ID, SubmitInput{})
		c.must(err)
		c.draft(c.person("zhang"), subsidy, catalog.Mail) // and one left open
		secrets := []string{"13900000009"}
		for _, p := range c.batch.Persons {
			secrets = append(secrets, p.IDNumber, p.Phone)
		}
		search := func(name string, b []byte) {
			for _, s := range secrets {
				if bytes.Contains(b, []byte(s)) {
					t.Errorf("%s holds a number in the clear", name)
				}
			}
		}
		for _, table := range []string{"draft", "cases", "case_event", "case_material", "task", "document", "licence", "licence_use", "rating", "rating_invitation", "audit_record", "job", "message", "deliver_parcel", "deliver_track"} {
			rows, err := c.d.Read(t.Context()).Query(`SELECT * FROM ` + table)
			c.must(err)
			search(table, raw(c, rows))
		}
		c.drain()
		roots := []string{c.dir}
		if c.d.Engine() == db.SQLite {
			var path string
			c.must(c.d.Read(t.Context()).QueryRow(`SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&path))
			roots = append(roots, filepath.Dir(path))
		}
		for _, root := range roots {
			c.must(filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
				if err != nil || e.IsDir() {
					return err
				}
				b, err := os.ReadFile(path)
				search(filepath.Base(path), b)
				return err
			}))
		}
	})
}

// anything takes a column of any type.
type anything struct{ v any }

func (a *anything) Scan(v any) error { a.v = v; return nil }

// raw is everything in an answer, as bytes.
func raw(c *city, rows *db.Rows) []byte {
	c.t.Helper()
	var b bytes.Buffer
	n := 0
	for rows.Next() {
		cells := make([]anything, len(rows.Columns()))
		dest := make([]any, len(cells))
		for i := range cells {
			dest[i] = &cells[i]
		}
		c.must(rows.Scan(dest...))
		for _, x := range cells {
			if bs, ok := x.v.([]byte); ok {
				b.Write(bs)
			} else {
				fmt.Fprint(&b, x.v)
			}
			b.WriteByte(' ')
		}
		n++
	}
	if n == 0 {
		c.t.Error("an empty table proves nothing")
	}
	return b.Bytes()
}
