package casework

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
)

// last is the newest document of a case.
func (c *city) last(no string) Document {
	c.t.Helper()
	v := c.view(c.staff("clerk"), no)
	d, _, err := c.Document(c.t.Context(), c.staff("clerk"), v.Documents[len(v.Documents)-1].ID)
	c.must(err)
	return d
}

func (c *city) messages(to actor.Actor) (out []string) {
	c.t.Helper()
	p, err := c.Notify.List(c.d.Read(c.t.Context()), to.For, 1<<62, 100)
	c.must(err)
	for _, m := range p.Messages {
		out = append(out, m.Subject)
	}
	return out
}

// TestTurnedAway: 不受理, 不予受理 for each ground, each on its own article.
func TestTurnedAway(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, clerk := t.Context(), c.staff("clerk")
		for _, x := range []struct {
			item string
			act  Act
			in   Input
			cite string
			body string
		}{
			{food, NotReceived, Input{Reason: "自产自销不需要许可"}, licensingLaw + "第三十二条第一款第一项、第二款", "依法不需要提出行政许可"},
			{food, Decline, Input{Ground: NotOurs, Reason: "属于城管职权", Unit: "wx-cg"}, licensingLaw + "第三十二条第一款第二项、第二款", "无锡市城市管理局"},
			{food, Decline, Input{Ground: NotOurs, Reason: "属于省级职权", Elsewhere: "江苏省演示厅"}, licensingLaw + "第三十二条第一款第二项、第二款", "江苏省演示厅"},
			{food, Decline, Input{Ground: NotMet, Reason: "年龄不符", Elsewhere: "不应印出"}, licensingLaw + "第三十二条第二款及本事项办事指南受理条件", "年龄不符"},
			{subsidy, NotReceived, Input{Reason: "免申即享"}, cityRule + "第二十一条及本事项行政给付的法律依据", "依法不需要提出行政给付"},
			{subsidy, Decline, Input{Ground: NotOurs, Reason: "属于区级", Elsewhere: "梁溪区"}, cityRule + "第二十一条及本事项行政给付的法律依据", "梁溪区"},
		} {
			k := c.submit(x.item, catalog.PickUp)
			c.do(clerk, k.No, x.act, x.in)
			d := c.last(k.No)
			text := strings.Join(d.Body, "")
			if d.Basis[0] != x.cite || !strings.Contains(text, x.body) || len(d.Remedies) == 0 || strings.Contains(text, "不应印出") {
				t.Errorf("%s %s: %v %v", x.item, x.act, d.Basis, d.Body)
			}
			if v := c.view(clerk, k.No); v.Events[1].Article != x.cite || v.Case.State != Closed {
				t.Errorf("%s: the event rests on %s", x.act, v.Events[1].Article)
			}
			if x.item == subsidy && !slices.Contains(d.Basis, "《演示条例》第一条") {
				t.Errorf("the item's own basis is missing: %v", d.Basis)
			}
		}
		k := c.submit(food, catalog.PickUp)
		for path, in := range map[string]Input{"elsewhere": {Ground: NotOurs, Reason: "不是我们的"}, "reason": {Ground: NotMet}, "unit": {Ground: NotOurs, Reason: "x", Unit: "nobody"}, "ground": {Ground: "mood", Reason: "x"}} {
			_, err := c.Perform(ctx, clerk, k.No, Decline, in)
			c.field(err, path)
		}
		if v := c.view(clerk, k.No); len(v.Competent) != 2 || v.Competent[0].Key != "wx-cg" {
			t.Errorf("who may be competent: %+v", v.Competent)
		}
	})
}

// TestNewFact: after the first notice only what could not be seen then may be
// asked, and the reason is kept and printed.
func TestNewFact(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, clerk, boss := t.Context(), c.staff("clerk"), c.boss()
		c.clk.Set(day(t, "2026-03-02 09:00"))
		plan := Ask{Material: "m02", Line: "a"}
		told := func() *Case {
			k := c.submit(food, catalog.PickUp)
			c.do(clerk, k.No, RequestCorrection, Input{Asks: []Ask{plan}})
			c.clk.Add(24 * time.Hour)
			c.correct(boss, k.No, func(d *Draft) { // a new plan is handed in
				_, err := c.RemoveFile(ctx, boss, d.ID, "m02", d.Data.Handed("m02").Files[0].File)
				c.must(err)
				_, err = c.AttachFile(ctx, boss, d.ID, "m02", c.file(), "新.pdf")
				c.must(err)
			})
			return k
		}
		k := told()
		whole := Ask{Material: "m02"} // not asked before, but the plan is another one now
		stale := Ask{Material: "m01", Line: "b"}
		outside := NewFact{Source: FromOutside, What: "身份证件已挂失", On: "2026-03-03", From: "公安机关通报"}
		for _, x := range []struct {
			path string
			in   Input
		}{
			{"asks/0", Input{Asks: []Ask{stale}}},
			{"asks/1", Input{Asks: []Ask{plan, stale}, NewFact: NewFact{Source: FromCorrection, What: "证件过期"}}}, // unchanged: it could be seen
			{"asks/0", Input{Asks: []Ask{{Field: "name"}}, NewFact: NewFact{Source: FromCorrection, What: "名称不符"}}},
			{"newFact/what", Input{Asks: []Ask{whole}, NewFact: NewFact{Source: FromCorrection}}},
			{"newFact/source", Input{Asks: []Ask{whole}, NewFact: NewFact{What: "x"}}},
			{"newFact/on", Input{Asks: []Ask{stale}, NewFact: NewFact{Source: FromOutside, What: "x", From: "y"}}},
			{"newFact/on", Input{Asks: []Ask{stale}, NewFact: NewFact{Source: FromOutside, What: "x", From: "y", On: "2026-03-01"}}}, // known before the notice
			{"newFact/on", Input{Asks: []Ask{stale}, NewFact: NewFact{Source: FromOutside, What: "x", From: "y", On: "2026-03-09"}}}, // not yet
			{"newFact/from", Input{Asks: []Ask{stale}, NewFact: NewFact{Source: FromOutside, What: "x", On: "2026-03-03"}}},
			{"newFact/what", Input{Asks: []Ask{plan}, NewFact: outside}}, // nothing rests on it
		} {
			_, err := c.Perform(ctx, clerk, k.No, RequestCorrection, x.in)
			c.field(err, x.path)
		}
		if v := c.view(clerk, k.No); v.Case.State != Submitted {
			t.Fatal("something happened")
		}
		c.do(clerk, k.No, RequestCorrection, Input{Asks: []Ask{plan, stale}, NewFact: outside})
		d := c.last(k.No)
		if !slices.Contains(d.Facts, DocFact{"新的事实", outside.What}) || !slices.Contains(d.Facts, DocFact{"得知日期", outside.On}) || !slices.Contains(d.Facts, DocFact{"得知途径", outside.From}) {
			t.Errorf("printed: %+v", d.Facts)
		}
		v := c.view(boss, k.No)
		if e := v.Events[len(v.Events)-1]; !strings.Contains(e.Note, outside.What) || !strings.Contains(e.Note, "1 项因新的事实") {
			t.Errorf("kept: %s", e.Note)
		}
		other := told()
		c.do(clerk, other.No, RequestCorrection, Input{Asks: []Ask{whole}, NewFact: NewFact{Source: FromCorrection, What: "重新提交的平面图不是本场所的"}})
		first := c.submit(food, catalog.PickUp)
		_, err := c.Perform(ctx, clerk, first.No, RequestCorrection, Input{Asks: []Ask{plan}, NewFact: outside})
		c.field(err, "newFact/what")
		// A notice from before the notices were kept: its time is known, what it saw is not.
		old := told()
		c.must(c.d.Write(ctx, "test.forget", func(tx *db.Tx) error { tx.Queue(`DELETE FROM case_told WHERE case_id = $1`, old.ID); return nil }))
		_, err = c.Perform(ctx, clerk, old.No, RequestCorrection, Input{Asks: []Ask{stale}, NewFact: NewFact{Source: FromOutside, What: "x", From: "y", On: "2026-03-02"}})
		c.field(err, "newFact/on")
	})
}

// TestPaper: paper is asked for only where the guide cites the law.
func TestPaper(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, clerk := t.Context(), c.staff("clerk")
		k := c.submit(other, catalog.PickUp)
		for path, a := range map[string]Ask{"asks/0": {Material: "m02", Paper: true}, "asks/0/note": {Material: "m02", Line: "a", Note: "请交纸质平面图"}} {
			_, err := c.Perform(ctx, clerk, k.No, RequestCorrection, Input{Asks: []Ask{a}})
			c.field(err, path)
		}
		if _, err := c.Perform(ctx, clerk, k.No, RequestCorrection, Input{Asks: []Ask{{Field: "name", Paper: true}}}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a paper field: %v", err)
		}
		c.do(clerk, k.No, RequestCorrection, Input{Asks: []Ask{{Material: "m01", Paper: true, Note: "纸质件须盖章"}}})
		if d := c.last(k.No); !strings.Contains(d.Lines[0].Text, "纸质原件（依据：《演示管理条例》第九条）") {
			t.Errorf("%+v", d.Lines)
		}
	})
}

// TestMend 当场更正: with the applicant at the counter, without a notice, the
// receipt clock untouched, both versions kept.
func TestMend(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, clerk, boss := t.Context(), c.staff("clerk"), c.boss()
		k := c.submit(food, catalog.PickUp)
		receipt, before := *c.of(k.No, Receipt), c.due(k.No)
		c.clk.Add(2 * time.Hour)
		_, err := c.OpenMend(ctx, clerk, k.No, false)
		c.field(err, "present")
		for _, who := range []actor.Actor{boss, c.staff("rev"), c.staff("lxclerk")} {
			if _, err := c.OpenMend(ctx, who, k.No, true); errs.KindOf(err) != errs.Forbidden && errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s: %v", who.Name, err)
			}
		}
		d, err := c.OpenMend(ctx, clerk, k.No, true)
		c.must(err)
		if again, err := c.OpenMend(ctx, clerk, k.No, true); err != nil || again.ID != d.ID {
			t.Errorf("opened twice: %v %v", again, err)
		}
		if _, err := c.Submit(ctx, clerk, d.ID, SubmitInput{}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("nothing changed: %v", err)
		}
		colleague, err := c.OpenMend(ctx, c.staff("clerk2"), k.No, true)
		c.must(err)
		values := form.Values{}
		for n, x := range d.Data.Values {
			values[n] = x
		}
		values["phone"] = "138"
		d, err = c.SaveDraft(ctx, clerk, d.ID, 0, values, nil)
		c.must(err)
		_, err = c.Submit(ctx, clerk, d.ID, SubmitInput{})
		c.field(err, "phone")
		values["phone"] = "13811112222"
		_, err = c.SaveDraft(ctx, clerk, d.ID, 0, values, nil)
		c.must(err)
		_, err = c.AttachFile(ctx, clerk, d.ID, "m02", c.file(), "第二张.pdf")
		c.must(err)
		_, err = c.PaperSeen(ctx, clerk, d.ID, "m01", true, 0)
		c.must(err)
		done, err := c.Submit(ctx, clerk, d.ID, SubmitInput{})
		c.must(err)
		if twice, err := c.Submit(ctx, clerk, d.ID, SubmitInput{}); err != nil || twice.No != done.No {
			t.Errorf("a second click: %v %v", twice, err)
		}
		if _, err := c.Submit(ctx, c.staff("clerk2"), colleague.ID, SubmitInput{}); !errors.Is(err, ErrNoDraft) {
			t.Errorf("what a colleague began from is no more: %v", err)
		}
		v := c.view(boss, k.No)
		if v.Case.State != Submitted || v.Values["phone"] != "13811112222" || len(v.Materials[1].Handed.Files) != 2 || !v.Materials[0].Handed.Paper || len(v.Documents) != 1 {
			t.Errorf("%s %v %+v", v.Case.State, v.Values["phone"], v.Materials)
		}
		if now := c.of(k.No, Receipt); !now.Start.Equal(receipt.Start) || !now.Done.IsZero() || c.due(k.No) != before {
			t.Errorf("the receipt clock moved: %+v", now)
		}
		e := v.Events[len(v.Events)-1]
		if e.Act != Mend || e.Article != licensingLaw+"第三十二条第一款第三项" || !strings.Contains(e.Note, "联系电话") || !strings.Contains(e.Note, "场所平面图") || strings.Contains(e.Note, "1381111") {
			t.Errorf("%+v", e)
		}
		if len(v.Mends) != 1 || len(v.Mends[0].Lines) != 3 || v.Mends[0].Lines[0].After != "13811112222" || v.Mends[0].Lines[0].Before == "" {
			t.Errorf("%+v", v.Mends)
		}
		if m := c.view(clerk, k.No).Mends; len(m) != 1 || strings.Contains(m[0].Lines[0].After, "11112222") {
			t.Errorf("not masked for staff: %+v", m)
		}
		if m := c.view(c.staff("sup"), k.No).Mends; m != nil {
			t.Errorf("the supervisor reads answers: %+v", m)
		}
		if !slices.Contains(c.messages(boss), "您的申请已在窗口当场更正") {
			t.Errorf("nobody told the applicant: %v", c.messages(boss))
		}
		// A mending that was begun and left ends with the case's going on.
		left, err := c.OpenMend(ctx, clerk, k.No, true)
		c.must(err)
		_, err = c.AttachFile(ctx, clerk, left.ID, "m01", c.file(), "没有交.pdf")
		c.must(err)
		c.do(clerk, k.No, Accept, Input{})
		if _, err := c.Submit(ctx, clerk, left.ID, SubmitInput{}); !errors.Is(err, ErrNotOffered) {
			t.Errorf("after acceptance: %v", err)
		}
		c.must(c.Tick(ctx))
		if _, _, err := c.Draft(ctx, clerk, left.ID); !errors.Is(err, ErrNoDraft) {
			t.Errorf("the left draft stays: %v", err)
		}
		// In a pre-reviewed case too; a correction notice ends one that was begun.
		p := c.advanceTo(marriage, Prechecked, catalog.PickUp)
		d, err = c.OpenMend(ctx, clerk, p.No, true)
		c.must(err)
		_, err = c.AttachFile(ctx, clerk, d.ID, "m02", c.file(), "b.pdf")
		c.must(err)
		_, err = c.Submit(ctx, clerk, d.ID, SubmitInput{})
		c.must(err)
		if v := c.view(clerk, p.No); v.Case.State != Prechecked || v.Events[len(v.Events)-1].Article != cityRule+"第二十一条第三款" {
			t.Errorf("%s %+v", v.Case.State, v.Events[len(v.Events)-1])
		}
		q := c.submit(food, catalog.PickUp)
		d, err = c.OpenMend(ctx, clerk, q.No, true)
		c.must(err)
		c.do(c.staff("clerk2"), q.No, RequestCorrection, Input{Asks: []Ask{{Material: "m02", Line: "a"}}})
		if _, _, err := c.Draft(ctx, clerk, d.ID); !errors.Is(err, ErrNoDraft) {
			t.Errorf("beside a correction: %v", err)
		}
	})
}

// TestMoreTime 申请延长补正期限.
func TestMoreTime(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, clerk, boss := t.Context(), c.staff("clerk"), c.boss()
		c.clk.Set(day(t, "2026-03-02 09:00"))
		waiting := func(no string) (n int) {
			for _, x := range c.view(clerk, no).Tasks {
				if x.State == "open" && x.Step == "more-time" {
					n++
				}
			}
			return n
		}
		k := c.advanceTo(food, Correcting, catalog.PickUp)
		if d := c.due(k.No); d != "2026-03-23" {
			t.Fatalf("correct until %s", d)
		}
		for path, in := range map[string]Input{"reason": {Days: 3}, "days": {Days: 16, Reason: "在外地"}} {
			_, err := c.Perform(ctx, boss, k.No, AskMoreTime, in)
			c.field(err, path)
		}
		c.refused(ErrNothingAsked, clerk, k.No, GrantMoreTime, Input{})
		d, err := c.OpenCorrection(ctx, boss, k.No)
		c.must(err)
		c.do(boss, k.No, AskMoreTime, Input{Days: 5, Reason: "检测机构排期"})
		if _, _, err := c.Draft(ctx, boss, d.ID); err != nil {
			t.Errorf("asking for more time lost the correction: %v", err)
		}
		c.refused(ErrAskedAlready, boss, k.No, AskMoreTime, Input{Days: 5, Reason: "再问"})
		if v := c.view(boss, k.No); !v.MoreTime.Waits() || v.MoreTime.Days != 5 || v.MoreTime.Reason != "检测机构排期" || waiting(k.No) != 1 {
			t.Errorf("%+v, %d tasks", v.MoreTime, waiting(k.No))
		}
		// Asked in time and not answered: it is not returned, and the answer still helps.
		c.clk.Set(day(t, "2026-03-24 09:00"))
		c.refused(ErrAnswerFirst, clerk, k.No, ReturnUncorrected, Input{})
		c.do(clerk, k.No, GrantMoreTime, Input{Days: 4, Reason: "同意"})
		if due := c.due(k.No); due != "2026-03-27" {
			t.Errorf("extended to %s", due)
		}
		if doc := c.last(k.No); doc.Kind != MoreTimeNotice || doc.Clocks[0].Due != "2026-03-27" || doc.Basis[0] != ownRequest || !slices.Contains(doc.Facts, DocFact{"延长", "4个工作日"}) {
			t.Errorf("%+v", doc)
		}
		if v := c.view(boss, k.No); v.MoreTime.Answer != "granted" || v.MoreTime.Given != 4 || waiting(k.No) != 0 {
			t.Errorf("%+v", v.MoreTime)
		}
		c.do(boss, k.No, AskMoreTime, Input{Days: 2, Reason: "还差一点"})
		_, err = c.Perform(ctx, clerk, k.No, RefuseMoreTime, Input{})
		c.field(err, "reason")
		c.do(clerk, k.No, RefuseMoreTime, Input{Reason: "已经延长过"})
		if doc := c.last(k.No); doc.Kind != NoMoreTimeNotice || !strings.Contains(doc.Body[0], "已经延长过") {
			t.Errorf("%+v", doc)
		}
		if m := c.messages(boss); !slices.Contains(m, "您的补正期限已延长") || !slices.Contains(m, "您延长补正期限的申请未获同意") {
			t.Errorf("told: %v", m)
		}
		c.clk.Set(day(t, "2026-03-30 09:00"))
		c.refused(ErrCorrectLapsed, boss, k.No, AskMoreTime, Input{Days: 2, Reason: "晚了"})
		c.do(clerk, k.No, ReturnUncorrected, Input{})

		// What is asked and then corrected needs no answer, and is not the next notice's.
		k = c.advanceTo(food, Correcting, catalog.PickUp)
		c.do(boss, k.No, AskMoreTime, Input{Days: 5, Reason: "检测"})
		c.correct(boss, k.No, func(*Draft) {})
		if waiting(k.No) != 0 {
			t.Error("the window still has to answer")
		}
		c.clk.Add(time.Hour)
		c.do(clerk, k.No, RequestCorrection, Input{Asks: []Ask{{Material: "m02", Line: "a"}}})
		c.refused(ErrNothingAsked, clerk, k.No, GrantMoreTime, Input{})
		if v := c.view(boss, k.No); v.MoreTime != nil {
			t.Errorf("%+v", v.MoreTime)
		}
	})
}

// TestOwnBases: outside the licensing law a longer limit and a special procedure
// rest on what the item's guide names, in the event, the clock and the notice.
func TestOwnBases(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.advanceTo(other, Reviewing, catalog.PickUp)
		c.do(c.staff("dec"), k.No, Extend, Input{Days: 5, Reason: "复杂"})
		c.do(c.staff("rev"), k.No, Suspend, Input{Kind: "appraisal", Days: 8, Reason: "鉴定"})
		c.clk.Add(time.Hour)
		c.do(c.staff("rev"), k.No, Resume, Input{})
		v := c.view(c.staff("clerk"), k.No)
		for i, want := range []string{"《演示管理条例》第七条", "《演示管理条例》第八条", "《演示管理条例》第八条"} {
			if got := v.Events[2+i].Article; got != want {
				t.Errorf("%s rests on %s", v.Events[2+i].Act, got)
			}
		}
		s, _ := v.Case.Clocks.of(Statutory)
		if s.Extensions[0].Article != "《演示管理条例》第七条" || s.Suspensions[0].Article != "《演示管理条例》第八条" || s.Article != "《演示管理条例》第六条" {
			t.Errorf("%+v", s)
		}
		for _, ref := range v.Documents {
			d, _, err := c.Document(t.Context(), c.staff("clerk"), ref.ID)
			c.must(err)
			if strings.Contains(string(d.Canonical()), "行政许可") || ref.Kind == SpecialNotice && d.Basis[0] != "《演示管理条例》第八条" || ref.Kind == ExtensionNotice && d.Basis[0] != "《演示管理条例》第七条" {
				t.Errorf("%s: %v", d.Title, d.Basis)
			}
		}
		plain := c.advanceTo(bonus, Reviewing, catalog.PickUp)
		c.refused(ErrNotOffered, c.staff("dec"), plain.No, Extend, Input{Days: 1, Reason: "x"})
		c.refused(ErrNotOffered, c.staff("rev"), plain.No, Suspend, Input{Kind: "appraisal", Days: 1, Reason: "x"})
	})
}
