package publicview_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/publicity"
	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// city is a working city with the room over it.
type city struct {
	*worktest.City
	t *testing.T
}

func each(t *testing.T, test func(t *testing.T, c *city)) {
	t.Helper()
	worktest.Each(t, func(c *worktest.City) { test(c.T, &city{c, c.T}) })
}

func (c *city) do(login, no string, act casework.Act, in casework.Input) *casework.Case {
	c.t.Helper()
	k, err := c.Casework.Perform(c.t.Context(), c.Staff(login), no, act, in)
	if err != nil {
		c.t.Fatalf("%s: %v", act, err)
	}
	return k
}

// deciding brings a road case to its decision.
func (c *city) deciding() string {
	c.t.Helper()
	no := c.Apply()
	c.do("clerk-lx", no, casework.Accept, casework.Input{})
	for _, login := range []string{"reviewer-lx-cgj", "reviewer-lx-jj"} {
		c.do(login, no, casework.Review, casework.Input{Agree: true, Opinion: "同意"})
	}
	return no
}

func (c *city) grant(no string) {
	c.do("decider-lx-spj", no, casework.Decide, casework.Input{Grant: true})
}

// serve hands the result over, once its fee is paid.
func (c *city) serve(no string) {
	c.t.Helper()
	clerk := c.Staff("clerk-lx")
	v, err := c.Casework.View(c.t.Context(), clerk, no)
	c.Must(err)
	for _, b := range v.Bills {
		_, err := c.Fees.Take(c.t.Context(), clerk, b.No, fee.Taken{Version: b.Version, Method: fee.Cash})
		c.Must(err)
	}
	c.do("clerk-lx", no, casework.HandOver, casework.Input{Recipient: "蒋涛"})
}

func (c *city) follow() {
	c.t.Helper()
	c.Must(c.Publicity.Follow(c.t.Context()))
}

func (c *city) list(q publicity.Query) []publicity.Entry {
	c.t.Helper()
	list, _, err := c.Publicity.List(c.t.Context(), actor.Actor{Kind: actor.Anonymous}, q, "", 50)
	c.Must(err)
	return list
}

func (c *city) of(login, no string) *publicity.Case {
	c.t.Helper()
	x, err := c.Publicity.OfCase(c.t.Context(), c.Staff(login), no)
	c.Must(err)
	return x
}

// TestFollow: a decision is public once it is served, or on the last day.
func TestFollow(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		no := c.deciding()
		c.follow()
		if x := c.of("decider-lx-spj", no); x.Row != nil || !x.MayHold || x.Policy != catalog.PublishAll {
			t.Fatalf("before the decision: %+v", x)
		}
		c.grant(no)
		c.follow()
		x := c.of("decider-lx-spj", no)
		if x.Row == nil || x.Row.State != publicity.Waiting || x.Row.DueOn != "2026-03-11" || x.Row.Party != "" || len(c.list(publicity.Query{})) != 0 {
			t.Fatalf("decided, not served: %+v", x.Row)
		}
		c.serve(no)
		c.follow()
		c.follow() // a second run finds nothing to do
		list := c.list(publicity.Query{})
		if len(list) != 1 {
			t.Fatalf("%d are public", len(list))
		}
		e := list[0]
		if e.State != publicity.Public || e.Party != "无锡运河样本市政工程有限公司" || e.USCC != "91320213MAXX00031W" || e.Number == "" || e.Outcome != casework.Granted || e.PublishedOn != "2026-03-02" ||
			e.Person || !strings.Contains(e.Basis, "《") || e.EndsOn != "2031-03-02" {
			t.Errorf("%+v", e)
		}
		// Not served: on the last day all the same, and in time.
		other := c.deciding()
		c.grant(other)
		c.Later(9 * 24 * time.Hour)
		c.follow()
		if x := c.of("decider-lx-spj", other); x.Row.State != publicity.Public || x.Row.PublishedOn != "2026-03-11" || x.Row.Late("2026-03-11") {
			t.Errorf("on the last day %+v", x.Row)
		}
		b, err := c.Publicity.Board(t.Context(), c.Staff("supervisor-lx"))
		c.Must(err)
		if b.Total != (publicity.Figures{Published: 2}) || len(b.Units) != 1 || b.Units[0].Unit.Key != "lx-spj" {
			t.Errorf("%+v", b)
		}
		if _, err := c.Publicity.Board(t.Context(), c.Staff("clerk-lx")); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a clerk watches: %v", err)
		}
		// Its time is up.
		c.Later(6 * 366 * 24 * time.Hour)
		c.follow()
		if x := c.of("decider-lx-spj", no); x.Row.State != publicity.Over || x.Row.Party != "" || x.Row.EndsOn != "" {
			t.Errorf("after five years %+v", x.Row)
		}
		if list := c.list(publicity.Query{Text: "市政工程"}); len(list) != 0 {
			t.Errorf("still found: %+v", list)
		}
	})
}

// TestRefusal: neither the reasons nor the content of a refusal are public.
func TestRefusal(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		no := c.deciding()
		c.do("decider-lx-spj", no, casework.Decide, casework.Input{Reason: "当事人欠缴占用费"})
		c.serve(no)
		c.follow()
		list := c.list(publicity.Query{Outcome: casework.Refused})
		if len(list) != 1 || list[0].Licence != "" || list[0].Content != "" || strings.Contains(list[0].Basis+list[0].Content, "欠缴") || list[0].Basis == "" {
			t.Fatalf("%+v", list)
		}
		if got := c.list(publicity.Query{Outcome: casework.Granted}); len(got) != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// TestQuiet: what the type of item keeps private has no publication at all.
func TestQuiet(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		no := c.ApplyFor(c.Person("zhao-mingxuan"), worktest.Marriage, worktest.MarriageAnswers(), casework.Delivery{Way: catalog.PickUp})
		x := c.of("clerk-lx", no)
		if x.Policy != catalog.PublishNone || x.MayAsk || x.MayHold {
			t.Errorf("%+v", x)
		}
		err := c.Publicity.AskAbout(t.Context(), c.Person("zhao-mingxuan"), no, publicity.Request{Ground: publicity.Privacy, Reason: "不公开"})
		if !errors.Is(err, publicity.ErrNotCovered) {
			t.Errorf("%v", err)
		}
	})
}

// TestWithhold: what a decider proposes to keep back is off at once, another
// answers, and both are recorded.
func TestWithhold(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx, dec, sup := t.Context(), c.Staff("decider-lx-spj"), c.Staff("supervisor-lx")
		no := c.deciding()
		c.grant(no)
		c.serve(no)
		c.follow()
		err := c.Publicity.AskAbout(ctx, dec, no, publicity.Request{Ground: "because", Reason: ""})
		for _, path := range []string{"ground", "reason"} {
			found := false
			for _, f := range errs.Of(err).Fields {
				found = found || f.Path == path
			}
			if !found {
				t.Errorf("%s is not named: %v", path, err)
			}
		}
		c.Must(c.Publicity.AskAbout(ctx, dec, no, publicity.Request{Ground: publicity.TradeSecret, Reason: "施工方案涉及工艺"}))
		if list := c.list(publicity.Query{}); len(list) != 0 {
			t.Fatalf("still public: %+v", list)
		}
		if err := c.Publicity.AskAbout(ctx, dec, no, publicity.Request{Ground: publicity.TradeSecret, Reason: "再次"}); !errors.Is(err, publicity.ErrAskedAlready) && !errors.Is(err, publicity.ErrNotOffered) {
			t.Errorf("twice: %v", err)
		}
		m := c.of("supervisor-lx", no).Marks[0]
		if err := c.Publicity.Answer(ctx, dec, m.ID, publicity.Reply{Agree: true, Reason: "同意"}); errs.Of(err).Code != identity.ErrOwnWork.Code {
			t.Errorf("his own proposal: %v", err)
		}
		if err := c.Publicity.Answer(ctx, c.Staff("supervisor-jy"), m.ID, publicity.Reply{Agree: true, Reason: "同意"}); errs.KindOf(err) != errs.NotFound {
			t.Errorf("another district: %v", err)
		}
		c.Must(c.Publicity.Answer(ctx, sup, m.ID, publicity.Reply{Reason: "不属于商业秘密"}))
		if err := c.Publicity.Answer(ctx, sup, m.ID, publicity.Reply{Agree: true, Reason: "改"}); !errors.Is(err, publicity.ErrAnswered) {
			t.Errorf("twice: %v", err)
		}
		if list := c.list(publicity.Query{}); len(list) != 1 {
			t.Fatalf("refused, so public: %+v", list)
		}
		c.Must(c.Publicity.AskAbout(ctx, dec, no, publicity.Request{Ground: publicity.StateSecret, Reason: "涉密工程"}))
		c.Must(c.Publicity.Answer(ctx, sup, c.of("supervisor-lx", no).Marks[1].ID, publicity.Reply{Agree: true, Reason: "同意"}))
		c.Later(30 * 24 * time.Hour)
		c.follow()
		if x := c.of("decider-lx-spj", no); x.Row.State != publicity.Withheld || x.Row.Party != "" || x.MayHold {
			t.Errorf("%+v", x.Row)
		}
		var n int
		c.Must(c.DB.Read(ctx).QueryRow(`SELECT count(*) FROM audit_record WHERE act LIKE 'publicity.%' AND outcome = 'done'`).Scan(&n))
		if n != 4 {
			t.Errorf("%d records", n)
		}
	})
}

// TestAsk: an applicant asks before the publication, which waits for the answer
// and shows as late when none comes.
func TestAsk(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx, boss := t.Context(), c.Company("yunhe-shizheng", "jiang-tao")
		no := c.deciding()
		c.Must(c.Publicity.AskAbout(ctx, boss, no, publicity.Request{Ground: publicity.TradeSecret, Scope: publicity.Content, Reason: "位置涉及商业计划"}))
		mine, err := c.Publicity.OfCase(ctx, boss, no)
		c.Must(err)
		if len(mine.Marks) != 1 || mine.MayAsk || mine.MayAnswer[mine.Marks[0].ID] {
			t.Fatalf("%+v", mine)
		}
		c.grant(no)
		c.serve(no)
		c.Later(14 * 24 * time.Hour)
		c.follow()
		b, err := c.Publicity.Board(ctx, c.Staff("supervisor-lx"))
		c.Must(err)
		if b.Total.Overdue != 1 || len(b.Late) != 1 || b.Late[0].State != publicity.Held || b.Late[0].Days != 3 || len(b.Marks) != 1 || !b.Marks[0].May {
			t.Errorf("%+v", b)
		}
		c.Must(c.Publicity.Answer(ctx, c.Staff("decider-lx-spj"), mine.Marks[0].ID, publicity.Reply{Agree: true, Reason: "同意不公开具体位置"}))
		if list := c.list(publicity.Query{}); len(list) != 1 || list[0].Content != "" {
			t.Errorf("public without its content: %+v", list)
		}
		if b, err = c.Publicity.Board(ctx, c.Staff("supervisor-lx")); err != nil || b.Total.WasLate != 1 || b.Total.Overdue != 0 {
			t.Errorf("%v %+v", err, b.Total)
		}
		// Another company's case is not there for him.
		if _, err := c.Publicity.OfCase(ctx, c.Person("zhao-mingxuan"), no); errs.KindOf(err) != errs.NotFound {
			t.Errorf("%v", err)
		}
	})
}

// TestObject: anybody who is logged in may object; the public copy stays until
// the unit has answered, and he gets a message.
func TestObject(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx, reader := t.Context(), c.Person("zhao-mingxuan")
		no := c.deciding()
		c.grant(no)
		c.serve(no)
		c.follow()
		e := c.list(publicity.Query{})[0]
		if err := c.Publicity.ObjectTo(ctx, actor.Actor{Kind: actor.Anonymous}, e.ID, publicity.Request{Ground: publicity.Mistake, Reason: "x"}); errs.KindOf(err) != errs.Unauthenticated {
			t.Errorf("%v", err)
		}
		c.Must(c.Publicity.ObjectTo(ctx, reader, e.ID, publicity.Request{Ground: publicity.Mistake, Reason: "单位名称已经变更"}))
		if err := c.Publicity.ObjectTo(ctx, reader, e.ID, publicity.Request{Ground: publicity.Mistake, Reason: "再次"}); !errors.Is(err, publicity.ErrAskedAlready) {
			t.Errorf("%v", err)
		}
		if len(c.list(publicity.Query{})) != 1 {
			t.Error("an objection alone takes nothing away")
		}
		// The applicant does not read who objects.
		if mine, err := c.Publicity.OfCase(ctx, c.Company("yunhe-shizheng", "jiang-tao"), no); err != nil || len(mine.Marks) != 0 {
			t.Errorf("%v %+v", err, mine)
		}
		c.Must(c.Publicity.Answer(ctx, c.Staff("decider-lx-spj"), c.of("decider-lx-spj", no).Marks[0].ID, publicity.Reply{Agree: true, Reason: "确有错误"}))
		if len(c.list(publicity.Query{})) != 0 {
			t.Error("agreed, and still public")
		}
		var n int
		c.Must(c.DB.Read(ctx).QueryRow(`SELECT count(*) FROM message WHERE party_id = $1 AND kind = 'publicity.answer'`, reader.For.ID).Scan(&n))
		if n != 1 {
			t.Errorf("%d messages", n)
		}
	})
}

// TestAnnulled: a commitment is not kept, the decision is annulled, and of the
// publication one line is left for a time.
func TestAnnulled(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		const hygiene worktest.Item = "hygiene-licence"
		c.Import(hygiene)
		boss := c.Company("yunhe-shizheng", "jiang-tao")
		no := c.applyPromising(boss, hygiene)
		c.do("clerk-lx", no, casework.Accept, casework.Input{})
		c.grant(no)
		c.serve(no)
		c.follow()
		list := c.list(publicity.Query{Text: "公共场所 运河"})
		if len(list) != 1 || !strings.Contains(list[0].Content, "经营项目：理发、美容") || list[0].LicenceNo == "" || list[0].ValidUntil == "" || strings.Contains(list[0].Content, "13000000021") {
			t.Fatalf("%+v", list)
		}
		id := list[0].ID
		c.do("reviewer-lx-spj", no, casework.CheckPromise, casework.Input{Kind: casework.FindDiffers, Reason: "水质不合格"})
		c.follow()
		if len(c.list(publicity.Query{})) != 1 {
			t.Error("a check ends nothing")
		}
		c.Later(40 * 24 * time.Hour)
		c.do("reviewer-lx-spj", no, casework.CheckPromise, casework.Input{Kind: casework.FindBroken, Reason: "没有整改"})
		c.do("decider-lx-spj", no, casework.Annul, casework.Input{Reason: "承诺不实"})
		c.follow()
		e, err := c.Publicity.Get(ctx, actor.Actor{Kind: actor.Anonymous}, id)
		c.Must(err)
		if e.State != publicity.Withdrawn || e.Party != "" || e.USCC != "" || e.Content != "" || e.EndZH != "撤销" || e.EndedOn != "2026-04-11" || e.CaseNo != no {
			t.Errorf("%+v", e)
		}
		if list := c.list(publicity.Query{Text: "运河"}); len(list) != 0 {
			t.Errorf("found by its name: %+v", list)
		}
		c.Later(366 * 24 * time.Hour)
		c.follow()
		if _, err := c.Publicity.Get(ctx, actor.Actor{Kind: actor.Anonymous}, id); !errors.Is(err, publicity.ErrNoDecision) {
			t.Errorf("after a year: %v", err)
		}
	})
}

func (c *city) applyPromising(a actor.Actor, item worktest.Item) string {
	c.t.Helper()
	ctx := c.t.Context()
	values := form.Values{"orgName": "无锡运河样本市政工程有限公司", "uscc": "91320213MAXX00031W", "legalRep": "蒋涛", "contact": "蒋涛", "contactPhone": "13000000021",
		"address": "演示路1号", "area": 80.0, "project": "hair", "centralAir": false, "workers": 5.0, "promise": true}
	d, err := c.Casework.StartDraft(ctx, a, c.Code(item), actor.Party{}, values)
	c.Must(err)
	p := casework.Promise{Commit: []string{"c01"}}
	_, hash, err := c.Casework.PromiseText(ctx, a, d.ID, p)
	c.Must(err)
	p.Hash, p.Name = hash, a.Name
	return c.ApplyWith(a, item, values, casework.Delivery{Way: catalog.PickUp}, p, "m04")
}
