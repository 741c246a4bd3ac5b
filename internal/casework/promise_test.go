package casework

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/sm"
)

// without is a draft of an item in which its plan m02 is not handed in.
func (c *city) without(a actor.Actor, item string) *Draft {
	c.t.Helper()
	d := c.draft(a, item, catalog.PickUp)
	for _, f := range d.Data.Handed("m02").Files {
		var err error
		d, err = c.RemoveFile(c.t.Context(), a, d.ID, "m02", f.File)
		c.must(err)
	}
	return d
}

// sign signs what is promised with its whole text.
func (c *city) sign(a actor.Actor, d *Draft, p Promise) *Draft {
	c.t.Helper()
	_, hash, err := c.PromiseText(c.t.Context(), a, d.ID, p)
	c.must(err)
	p.Hash, p.Name = hash, a.Name
	d, err = c.SignPromise(c.t.Context(), a, d.ID, d.Version, p)
	c.must(err)
	return d
}

func (c *city) promising(item string, p Promise) *Case {
	c.t.Helper()
	a := c.applicant(item)
	k, err := c.Submit(c.t.Context(), a, c.sign(a, c.without(a, item), p).ID, SubmitInput{})
	c.must(err)
	return k
}

// newest is the last document of a kind.
func (c *city) newest(who actor.Actor, no string, kind Notice) Document {
	c.t.Helper()
	v := c.view(who, no)
	for _, d := range slices.Backward(v.Documents) {
		if d.Kind == kind {
			doc, hash, err := c.Document(c.t.Context(), who, d.ID)
			c.must(err)
			if sm.SM3Hex(doc.Canonical()) != hash || !strings.Contains(doc.Number, noticeMark[kind]) {
				c.t.Errorf("%s %s does not match its hash", doc.Title, doc.Number)
			}
			return doc
		}
	}
	c.t.Fatalf("no %s among %+v", kind, v.Documents)
	return Document{}
}

func (c *city) acts(who actor.Actor, no string) (out []Act) {
	c.t.Helper()
	for _, o := range c.view(who, no).Offered {
		out = append(out, o.Act)
	}
	return out
}

var later = Promise{Later: []string{"m02"}}

// TestToleranceSigned: what may follow later may be left out only against a
// signed promise, whose whole text was shown.
func TestToleranceSigned(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, a := t.Context(), c.boss()
		d := c.without(a, tolerant)
		_, err := c.Submit(ctx, a, d.ID, SubmitInput{})
		c.field(err, "materials/m02")
		texts, hash, err := c.PromiseText(ctx, a, d.ID, later)
		c.must(err)
		if len(texts) != 1 || texts[0].Title != "容缺受理承诺书" || texts[0].Lines[0].Name != "场所平面图" || !strings.Contains(strings.Join(texts[0].Body, ""), "5个工作日内补齐") || !strings.Contains(texts[0].Body[2], "视为撤回申请") {
			t.Errorf("%+v", texts)
		}
		for path, p := range map[string]Promise{"name": {Later: later.Later, Hash: hash, Name: "别人"}, "hash": {Later: later.Later, Hash: "00", Name: a.Name}, "later": {Later: []string{"m01"}, Name: a.Name},
			"commit": {Commit: []string{"c01"}, Name: a.Name}} {
			_, err := c.SignPromise(ctx, a, d.ID, 0, p)
			c.field(err, path)
		}
		if _, err := c.SignPromise(ctx, c.person("li"), d.ID, 0, later); !errors.Is(err, ErrNoDraft) {
			t.Errorf("a stranger signs: %v", err)
		}
		d = c.sign(a, d, later)
		d, err = c.AttachFile(ctx, a, d.ID, "m02", c.file(), "图.pdf")
		c.must(err)
		_, err = c.Submit(ctx, a, d.ID, SubmitInput{})
		c.field(err, "signature") // the text says that it is missing
		d, err = c.SignPromise(ctx, a, d.ID, 0, Promise{})
		c.must(err)
		k, err := c.Submit(ctx, a, d.ID, SubmitInput{})
		c.must(err)
		if len(c.view(a, k.No).Promises) != 0 || c.count(`SELECT count(*) FROM case_promise`) != 0 {
			t.Error("a promise that was taken back stands")
		}
		// A whole application in one act brings the same.
		app := Application{ItemCode: c.codes[lenient], Values: d.Data.Values, Materials: []HandedIn{{Code: "m01", Files: []NamedFile{{c.file(), "a.pdf"}}}}, Delivery: delivery(catalog.PickUp), Consent: true}
		p := c.person("zhang")
		_, err = c.Apply(ctx, p, app)
		c.field(err, "materials/m02")
		app.Promise = Promise{Later: later.Later, Name: p.Name, Hash: "0"}
		app.Materials[0].Files[0].Ref = c.file()
		_, err = c.Apply(ctx, p, app)
		c.field(err, "promise/hash")
		_, lv, err := c.Catalog.Guide(ctx, c.codes[lenient])
		c.must(err)
		_, app.Promise.Hash = PromiseTextOf(&lv.Guide, later)
		app.Materials[0].Files[0].Ref = c.file()
		k, err = c.Apply(ctx, p, app)
		c.must(err)
		if v := c.view(p, k.No); len(v.Promises) != 1 || v.Promises[0].State != PromiseOpen || v.Promised("m02") == nil {
			t.Errorf("%+v", v.Promises)
		}
	})
}

// TestTolerance walks a tolerant acceptance to both of its ends.
func TestTolerance(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, clerk := t.Context(), c.staff("clerk")
		c.clk.Set(day(t, "2026-03-02 09:00"))
		t.Run("supplied_in_time", func(t *testing.T) {
			c := c.on(t)
			boss := c.boss()
			k := c.promising(tolerant, later)
			doc := c.newest(boss, k.No, TolerancePromise)
			if !strings.Contains(strings.Join(doc.Body, ""), "补齐") || doc.Facts[0].Value != boss.Name || doc.Lines[0].Name != "场所平面图" || strings.Contains(strings.Join(doc.Basis, ""), "行政许可法") {
				t.Errorf("%+v", doc)
			}
			if r := c.newest(boss, k.No, ReceiptNotice); !slices.Contains(r.Lines, DocLine{"场所平面图", "尚未提交，已签署容缺承诺"}) {
				t.Errorf("the receipt says %+v", r.Lines)
			}
			_, err := c.Perform(ctx, clerk, k.No, RequestCorrection, Input{Asks: []Ask{{Material: "m02"}}})
			c.field(err, "asks/0")
			if k = c.do(clerk, k.No, Accept, Input{}); k.State != Reviewing {
				t.Fatal(k.State)
			}
			n := c.newest(boss, k.No, ToleranceNotice)
			if len(n.Lines) != 1 || n.Lines[0].Name != "场所平面图" || !strings.Contains(strings.Join(n.Body, ""), "视为撤回申请") || n.Title != "容缺受理通知书" {
				t.Errorf("%+v", n)
			}
			if i := slices.IndexFunc(n.Clocks, func(x DocClock) bool { return x.Name == "容缺补齐期限" }); i < 0 || n.Clocks[i].Due != "2026-03-09" {
				t.Errorf("%+v", n.Clocks)
			}
			if k.DueOn != "2026-03-16" {
				t.Errorf("the authority's own date is %s", k.DueOn)
			}
			// The review goes on meanwhile; a grant waits.
			c.do(c.staff("rev"), k.No, Review, Input{Agree: true, Opinion: "其余符合"})
			c.refused(ErrToBeSupplied, c.staff("dec"), k.No, Decide, Input{Grant: true})
			_, err = c.Perform(ctx, clerk, k.No, ExtendSupplement, Input{Days: 3})
			c.field(err, "reason")
			_, err = c.Perform(ctx, clerk, k.No, ExtendSupplement, Input{Days: 31, Reason: "停电"})
			c.field(err, "days")
			c.do(clerk, k.No, ExtendSupplement, Input{Days: 2, Reason: "停电"})
			if p := c.view(boss, k.No).Promises[0]; p.DueOn != "2026-03-11" {
				t.Errorf("extended to %s", p.DueOn)
			}
			c.newest(boss, k.No, SupplementLonger)
			d, err := c.OpenCorrection(ctx, boss, k.No)
			c.must(err)
			_, err = c.Submit(ctx, boss, d.ID, SubmitInput{})
			c.field(err, "materials/m02")
			d, err = c.AttachFile(ctx, boss, d.ID, "m02", c.file(), "图.pdf")
			c.must(err)
			d, err = c.AttachFile(ctx, boss, d.ID, "m01", c.file(), "别的.pdf")
			c.must(err)
			k2, err := c.Submit(ctx, boss, d.ID, SubmitInput{})
			c.must(err)
			if again, err := c.Submit(ctx, boss, d.ID, SubmitInput{}); err != nil || again.No != k2.No {
				t.Errorf("handed in twice: %v", err)
			}
			v := c.view(boss, k.No)
			if v.Promises[0].State != PromiseSupplied || len(v.Owed()) != 0 || len(v.Materials[0].Handed.Files) != 1 || len(v.Materials[1].Handed.Files) != 1 || slices.Contains(c.acts(boss, k.No), Supplement) {
				t.Errorf("%+v %+v", v.Promises, v.Materials)
			}
			c.newest(boss, k.No, SupplementReceipt)
			if k = c.do(c.staff("dec"), k.No, Decide, Input{Grant: true}); k.Outcome != Granted {
				t.Error(k.Outcome)
			}
			c.clk.Set(day(t, "2026-03-30 09:00"))
			c.must(c.Tick(ctx))
			if v := c.view(boss, k.No); v.Case.State != Delivering {
				t.Errorf("swept after all: %s", v.Case.State)
			}
		})
		c.clk.Set(day(t, "2026-03-02 09:00"))
		t.Run("late_is_withdrawn_where_it_was_signed", func(t *testing.T) {
			c := c.on(t)
			boss := c.boss()
			k := c.do(clerk, c.promising(tolerant, later).No, Accept, Input{})
			draft, err := c.OpenCorrection(ctx, boss, k.No)
			c.must(err)
			c.refused(ErrNotOffered, actor.Platform(), k.No, SupplementWithdrawn, Input{})
			c.clk.Set(day(t, "2026-03-09 23:59"))
			c.must(c.Tick(ctx))
			if v := c.view(boss, k.No); v.Case.State != Reviewing {
				t.Fatalf("on the last day: %s", v.Case.State)
			}
			c.clk.Set(day(t, "2026-03-10 00:00"))
			c.must(c.Tick(ctx))
			c.must(c.Tick(ctx))
			v := c.view(boss, k.No)
			e := v.Events[len(v.Events)-1]
			if v.Case.State != Closed || v.Case.Outcome != Withdrawn || e.Act != SupplementWithdrawn || e.Actor.Kind != actor.System || v.Promises[0].State != PromiseLapsed {
				t.Fatalf("%s %s %+v", v.Case.State, v.Case.Outcome, e.Event)
			}
			if doc := c.newest(boss, k.No, SupplementLapsed); len(doc.Remedies) == 0 || doc.Lines[0].Name != "场所平面图" {
				t.Errorf("%+v", doc)
			}
			if _, _, err := c.Draft(ctx, boss, draft.ID); !errors.Is(err, ErrNoDraft) {
				t.Errorf("the open hand-in is still there: %v", err)
			}
		})
		c.clk.Set(day(t, "2026-03-02 09:00"))
		t.Run("late_is_decided_on_what_is_there", func(t *testing.T) {
			c := c.on(t)
			me := c.person("zhang")
			k := c.do(clerk, c.promising(lenient, later).No, Accept, Input{})
			c.clk.Set(day(t, "2026-03-10 08:00"))
			c.must(c.Tick(ctx))
			v := c.view(me, k.No)
			if v.Case.State != Reviewing || v.Promises[0].State != PromiseLapsed || v.Events[len(v.Events)-1].Act != SupplementOver {
				t.Fatalf("%s %+v", v.Case.State, v.Promises)
			}
			c.newest(me, k.No, SupplementEnd)
			c.do(c.staff("rev"), k.No, Review, Input{Opinion: "缺少平面图"})
			c.refused(ErrToBeSupplied, c.staff("dec"), k.No, Decide, Input{Grant: true})
			if k = c.do(c.staff("dec"), k.No, Decide, Input{Reason: "缺少平面图，无法认定"}); k.Outcome != Refused {
				t.Error(k.Outcome)
			}
			// Another one brings it late, before the decision.
			late := c.do(clerk, c.promising(lenient, later).No, Accept, Input{})
			c.clk.Set(day(t, "2026-03-20 08:00"))
			c.must(c.Tick(ctx))
			d, err := c.OpenCorrection(ctx, me, late.No)
			c.must(err)
			d, err = c.AttachFile(ctx, me, d.ID, "m02", c.file(), "图.pdf")
			c.must(err)
			_, err = c.Submit(ctx, me, d.ID, SubmitInput{})
			c.must(err)
			c.do(c.staff("rev"), late.No, Review, Input{Agree: true, Opinion: "符合"})
			c.do(c.staff("dec"), late.No, Decide, Input{Grant: true})
		})
		c.clk.Set(day(t, "2026-12-28 09:00"))
		t.Run("a_provisional_date_waits", func(t *testing.T) {
			c := c.on(t)
			k := c.do(clerk, c.promising(tolerant, later).No, Accept, Input{})
			c.clk.Set(day(t, "2027-01-20 09:00"))
			c.must(c.Tick(ctx))
			if v := c.view(c.boss(), k.No); v.Case.State != Reviewing || v.Promises[0].State != PromiseOpen {
				t.Fatalf("a provisional date took effect: %s", v.Case.State)
			}
			_, err := c.Calendar.Import(ctx, actor.Platform(), "公布", calendar.Notice{Year: 2027, Source: "国务院办公厅通知",
				Off: []clock.NamedDay{{Date: clock.DateOf(day(t, "2027-01-01 00:00")), Name: "元旦"}}})
			c.must(err)
			c.must(c.Tick(ctx))
			if v := c.view(c.boss(), k.No); v.Case.Outcome != Withdrawn {
				t.Errorf("after the notice: %s", v.Case.State)
			}
		})
	})
}

// TestCommitment: promised instead of proven, decided at once, checked later.
func TestCommitment(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, clerk, boss, rev, dec := t.Context(), c.staff("clerk"), c.boss(), c.staff("rev"), c.staff("dec")
		commit := Promise{Commit: []string{"c01"}}
		granted := func(t *testing.T) *Case {
			t.Helper()
			c := c.on(t)
			c.clk.Set(day(t, "2026-03-02 09:00"))
			k := c.do(clerk, c.promising(promised, commit).No, Accept, Input{})
			if k.State != Deciding {
				t.Fatalf("decided on the spot, but %s", k.State)
			}
			k = c.do(dec, k.No, Decide, Input{Grant: true})
			return c.do(clerk, k.No, HandOver, Input{Recipient: "张明远"})
		}
		t.Run("the_whole_text", func(t *testing.T) {
			c := c.on(t)
			d := c.without(boss, promised)
			texts, _, err := c.PromiseText(ctx, boss, d.ID, commit)
			c.must(err)
			text := ""
			for _, l := range texts[0].Lines {
				text += l.Name + l.Text
			}
			for _, want := range []string{"本单位承诺场所布局符合要求。", "按承诺布局。", "现场核对。", "20个工作日内核查", "限10个工作日内整改", "逾期不改正的，撤销决定。", "国办发〔2020〕42号"} {
				if !strings.Contains(text, want) {
					t.Errorf("the text does not say %q: %s", want, text)
				}
			}
			values := d.Data.Values
			values["online"], values["site"] = true, "演示网站"
			d, err = c.SaveDraft(ctx, boss, d.ID, d.Version, values, nil)
			c.must(err)
			_, _, err = c.PromiseText(ctx, boss, d.ID, commit)
			c.field(err, "commit") // excluded by the form's answer
		})
		t.Run("kept", func(t *testing.T) {
			c := c.on(t)
			k := granted(t)
			if doc := c.newest(boss, k.No, CommitmentPromise); doc.Lines[0].Text != "本单位承诺场所布局符合要求。" {
				t.Errorf("%+v", doc)
			}
			v := c.view(rev, k.No)
			i := slices.IndexFunc(v.Tasks, func(x TaskView) bool { return x.Step == stepCheck && x.State == "open" })
			if i < 0 || v.Tasks[i].DueOn != "2026-03-30" || v.Case.State != Closed {
				t.Fatalf("%s %+v", v.Case.State, v.Tasks)
			}
			dir, err := c.Identity.Directory(ctx)
			c.must(err)
			u, _ := dir.UnitByKey("wx-spj")
			rows, _, err := c.Queue(ctx, rev, u, actor.Reviewer, "", 50)
			c.must(err)
			if !slices.ContainsFunc(rows, func(r QueueRow) bool { return r.No == k.No && r.Step == stepCheck }) {
				t.Errorf("not in the work list: %+v", rows)
			}
			c.refused(identity.ErrForbidden, clerk, k.No, CheckPromise, Input{Kind: FindKept, Reason: "相符"})
			_, err = c.Perform(ctx, rev, k.No, CheckPromise, Input{Kind: FindKept})
			c.field(err, "reason")
			_, err = c.Perform(ctx, rev, k.No, CheckPromise, Input{Kind: FindBroken, Reason: "不符"})
			c.field(err, "kind") // first told to put it right
			c.do(rev, k.No, CheckPromise, Input{Kind: FindKept, Reason: "现场核对相符"})
			if v := c.view(boss, k.No); v.Promises[0].State != PromiseKept || v.Case.ClosedAt != k.ClosedAt {
				t.Errorf("%+v", v.Promises)
			}
			c.refused(ErrNotOffered, dec, k.No, Annul, Input{Reason: "没有理由"})
			c.refused(ErrNotOffered, rev, k.No, CheckPromise, Input{Kind: FindKept, Reason: "再查"})
		})
		t.Run("broken_and_annulled", func(t *testing.T) {
			c := c.on(t)
			k := granted(t)
			c.do(rev, k.No, CheckPromise, Input{Kind: FindDiffers, Reason: "布局与承诺不符"})
			doc := c.newest(boss, k.No, RectifyNotice)
			if doc.Clocks[0].Due != "2026-03-16" || !strings.Contains(strings.Join(doc.Body, ""), "陈述、申辩") {
				t.Errorf("%+v", doc)
			}
			if _, err := c.Perform(ctx, rev, k.No, CheckPromise, Input{Kind: FindBroken, Reason: "未改"}); errs.Of(err).Code != "limit-not-over" {
				t.Errorf("within the time: %v", err)
			}
			c.clk.Set(day(t, "2026-03-17 09:00"))
			c.do(rev, k.No, CheckPromise, Input{Kind: FindBroken, Reason: "逾期未改"})
			c.refused(identity.ErrForbidden, rev, k.No, Annul, Input{Reason: "逾期未改"})
			both := c.staff("both")
			both.ID = rev.ID // who checked does not annul
			if _, err := c.Perform(ctx, both, k.No, Annul, Input{Reason: "逾期未改"}); !errors.Is(err, identity.ErrSamePerson) {
				t.Errorf("the checker annuls: %v", err)
			}
			k2 := c.do(dec, k.No, Annul, Input{Reason: "承诺不实，逾期未整改"})
			if k2.Outcome != Annulled || k2.State != Closed {
				t.Errorf("%s %s", k2.State, k2.Outcome)
			}
			l, err := c.Licences.ByID(c.d.Read(ctx), k.LicenceID)
			c.must(err)
			if l.Status != licence.Annulled {
				t.Errorf("the licence is %s", l.Status)
			}
			a := c.newest(boss, k.No, AnnulNotice)
			if len(a.Remedies) != 2 || a.Basis[0] != "《中华人民共和国行政许可法》第六十九条" || a.Facts[0].Label != "同时撤销的证照" {
				t.Errorf("%+v", a)
			}
			if n := c.count(`SELECT count(*) FROM task WHERE case_id = $1 AND state = 'open'`, k.ID); n != 0 {
				t.Errorf("%d tasks are open", n)
			}
			if n := c.count(`SELECT count(*) FROM rating_invitation WHERE case_id = $1`, k.ID); n != 1 {
				t.Errorf("%d invitations to rate", n)
			}
			// Who broke a promise proves the next time.
			d := c.without(boss, promised)
			_, hash, err := c.PromiseText(ctx, boss, d.ID, commit)
			c.must(err)
			_, err = c.SignPromise(ctx, boss, d.ID, 0, Promise{Commit: commit.Commit, Name: boss.Name, Hash: hash})
			c.field(err, "commit")
		})
		t.Run("withdrawn_before_the_decision", func(t *testing.T) {
			c := c.on(t)
			c.exec(`UPDATE case_promise SET state = 'excused' WHERE state = 'broken'`)
			k := c.do(clerk, c.promising(promised, commit).No, Accept, Input{})
			if k = c.do(boss, k.No, WithdrawPromise, Input{}); k.State != Reviewing {
				t.Fatalf("without a promise it is reviewed, but %s", k.State)
			}
			c.do(rev, k.No, Review, Input{Agree: true, Opinion: "其余符合"})
			c.refused(ErrToBeSupplied, dec, k.No, Decide, Input{Grant: true})
			d, err := c.OpenCorrection(ctx, boss, k.No)
			c.must(err)
			d, err = c.AttachFile(ctx, boss, d.ID, "m02", c.file(), "图.pdf")
			c.must(err)
			_, err = c.Submit(ctx, boss, d.ID, SubmitInput{})
			c.must(err)
			k = c.do(dec, k.No, Decide, Input{Grant: true})
			if v := c.view(boss, k.No); slices.ContainsFunc(v.Tasks, func(x TaskView) bool { return x.Step == stepCheck }) {
				t.Error("a proof is checked as a promise")
			}
			c.refused(ErrNotOffered, boss, k.No, WithdrawPromise, Input{})
		})
		t.Run("upheld", func(t *testing.T) {
			c := c.on(t)
			k := granted(t)
			c.do(rev, k.No, CheckPromise, Input{Kind: FindDiffers, Reason: "不符", Days: 2})
			c.clk.Set(day(t, "2026-03-10 09:00"))
			c.do(rev, k.No, CheckPromise, Input{Kind: FindBroken, Reason: "未改"})
			c.do(dec, k.No, Uphold, Input{Reason: "差异轻微，不影响条件"})
			if v := c.view(boss, k.No); v.Promises[0].State != PromiseExcused || v.Case.Outcome != Granted {
				t.Errorf("%+v", v.Promises)
			}
			c.refused(ErrNotOffered, dec, k.No, Annul, Input{Reason: "再撤"})
		})
	})
}

// TestInstant: the published clauses grant, or leave it to a person.
func TestInstant(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, clerk, boss, rev, dec := t.Context(), c.staff("clerk"), c.boss(), c.staff("rev"), c.staff("dec")
		handedIn := func(online bool) *Case {
			t.Helper()
			d := c.draft(boss, auto, catalog.PickUp)
			values := d.Data.Values
			if values["online"] = online; online {
				values["site"] = "演示网站"
			}
			d, err := c.SaveDraft(ctx, boss, d.ID, d.Version, values, nil)
			c.must(err)
			if online {
				_, err = c.AttachFile(ctx, boss, d.ID, "m03", c.file(), "b.pdf")
				c.must(err)
			}
			k, err := c.Submit(ctx, boss, d.ID, SubmitInput{})
			c.must(err)
			return k
		}
		accepted := func(online bool) *Case { t.Helper(); return c.do(clerk, handedIn(online).No, Accept, Input{}) }
		c.InstantSample = 0

		// Whoever meets all clauses waits for nobody: received and granted by the
		// platform, each with its notice.
		now := handedIn(false)
		c.drain()
		all := c.view(boss, now.No)
		if n := len(all.Events); n != 3 || all.Events[1].Act != AcceptByMachine || all.Events[2].Act != GrantByMachine || all.Case.Outcome != Granted || all.Case.AcceptedAt.IsZero() {
			t.Fatalf("%s %+v", all.Case.State, all.Events)
		}
		c.newest(boss, now.No, AcceptanceNotice)
		// Whoever does not is the window's, and nothing is said about it yet.
		left := handedIn(true)
		c.drain()
		if v := c.view(boss, left.No); v.Case.State != Submitted || v.Instant != nil || len(v.Events) != 1 {
			t.Fatalf("%s %+v", v.Case.State, v.Events)
		}
		k := accepted(false)
		if v := c.view(boss, k.No); v.Instant != nil || v.Case.State != Reviewing {
			t.Fatalf("%s %+v", v.Case.State, v.Instant)
		}
		c.drain()
		v := c.view(boss, k.No)
		e := v.Events[len(v.Events)-1]
		if v.Case.Outcome != Granted || v.Case.LicenceID == 0 || e.Act != GrantByMachine || e.Actor.Kind != actor.System || v.Case.State != Delivering {
			t.Fatalf("%s %s %+v", v.Case.State, v.Case.Outcome, e.Event)
		}
		if in := v.Instant; !in.Met || len(in.Clauses) != 3 || in.Clauses[0].Values[0].Text != "否" || in.Clauses[2].Values[0].Text != "无锡演示咖啡有限公司" || in.Sample != SampleNone {
			t.Errorf("%+v", v.Instant)
		}
		doc := c.newest(boss, k.No, DecisionNotice)
		if len(doc.Lines) != 3 || doc.Lines[0] != (DocLine{"不从事网络经营", "符合（依据：演示条例第四条）"}) || !strings.Contains(strings.Join(doc.Body, ""), "按照办事指南公布的秒批规则自动作出") {
			t.Errorf("%+v", doc)
		}
		if in := c.view(c.staff("sup"), k.No).Instant; in == nil || in.Clauses[2].Values != nil {
			t.Errorf("a supervisor sees %+v", in)
		}
		c.must(c.instantJob(ctx, k.No)) // runs twice
		if n := c.count(`SELECT count(*) FROM case_event WHERE case_id = $1 AND act = $2`, k.ID, string(GrantByMachine)); n != 1 {
			t.Errorf("granted %d times", n)
		}

		other := accepted(true)
		c.drain()
		c.must(c.instantJob(ctx, other.No))
		v = c.view(rev, other.No)
		if v.Case.State != Reviewing || v.Case.Outcome != "" || v.Instant == nil || v.Instant.Met || v.Instant.Clauses[0].Met || !v.Instant.Clauses[1].Met {
			t.Fatalf("%s %+v", v.Case.State, v.Instant)
		}
		if n := c.count(`SELECT count(*) FROM case_event WHERE case_id = $1 AND act = $2`, other.ID, string(ReferByMachine)); n != 1 {
			t.Errorf("%d referrals", n)
		}
		c.do(rev, other.No, Review, Input{Agree: true, Opinion: "符合"})
		c.do(dec, other.No, Decide, Input{Grant: true}) // a person may grant

		c.InstantSample = 100
		for _, x := range []struct {
			find string
			act  Act
			want Outcome
		}{{FindRight, "", Granted}, {FindWrong, Annul, Annulled}, {FindWrong, Uphold, Granted}} {
			k := accepted(false)
			c.drain()
			if v := c.view(rev, k.No); v.Instant.Sample != SampleOpen || !slices.Contains(c.acts(rev, k.No), SampleReview) {
				t.Fatalf("%+v", v.Instant)
			}
			_, err := c.Perform(ctx, rev, k.No, SampleReview, Input{Kind: "maybe", Reason: "看过"})
			c.field(err, "kind")
			c.do(rev, k.No, SampleReview, Input{Kind: x.find, Reason: "看过"})
			if x.act == "" {
				c.refused(ErrNotOffered, dec, k.No, Annul, Input{Reason: "没有理由"})
				continue
			}
			if k = c.do(dec, k.No, x.act, Input{Reason: "理由"}); k.Outcome != x.want {
				t.Errorf("%s: %s", x.act, k.Outcome)
			}
		}
	})
}

func (c *city) exec(query string, args ...any) {
	c.t.Helper()
	c.must(c.d.Write(c.t.Context(), "test", func(tx *db.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	}))
}
