package consult

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

func TestSQL(t *testing.T) { dbtest.Prepares(t, SQL()...) }

// TestMoves walks the table: every line is sound, every open state goes on, and
// a failure ends by a change or a reasoned refusal and by nothing else.
func TestMoves(t *testing.T) {
	ends := map[Kind]map[State]bool{Question: {}, Failure: {}}
	for _, m := range Moves {
		if len(m.From) == 0 || m.ZH == "" || m.EN == "" || m.Did[0] == "" || m.Basis == "" || m.Right == "" {
			t.Errorf("%s %s is not complete", m.Kind, m.Act)
		}
		if m.To.Ended() {
			ends[m.Kind][m.To] = true
			if m.Act != Withdraw && m.Tell[0] == "" {
				t.Errorf("%s ends it and nobody is told", m.Act)
			}
		}
		if m.Inside && m.Tell[0] != "" {
			t.Errorf("%s is inside and told", m.Act)
		}
		for _, s := range m.From {
			if s.Ended() && m.Kind == Failure {
				t.Errorf("%s from the end %s", m.Act, s)
			}
		}
	}
	if got := ends[Failure]; len(got) != 2 || !got[Changed] || !got[Refused] {
		t.Errorf("a failure ends with %v", got)
	}
	if got := ends[Question]; len(got) != 3 {
		t.Errorf("a question ends with %v", got)
	}
	for _, k := range []Kind{Question, Failure} {
		for _, s := range States {
			goes := slices.ContainsFunc(Moves, func(m Move) bool { return m.Kind == k && slices.Contains(m.From, s) && m.To != "" && m.To != s })
			reached := s == k.begins() || slices.ContainsFunc(Moves, func(m Move) bool { return m.Kind == k && m.To == s })
			if reached && !s.Ended() && !goes {
				t.Errorf("%s stays in %s for ever", k, s)
			}
		}
	}
	for _, s := range States {
		if zh, en := s.Words(); zh == "" || en == "" {
			t.Errorf("%s has no words", s)
		}
	}
	for _, o := range slices.Concat(Reasons, Stages) {
		if o.ZH == "" || o.EN == "" {
			t.Errorf("%s has no words", o.Key)
		}
	}
}

func TestPlain(t *testing.T) {
	for words, bad := range map[string]bool{
		"请拨打0510-85880000咨询": false, "共需3份材料，5个工作日": false, "打我手机138 0000 0001": true, "１３８００００００００": true, "证号320213198005060114": true, "张明远的证": true,
	} {
		if got := len(plain("text", words, "张明远")) > 0; got != bad {
			t.Errorf("%q: %v", words, got)
		}
	}
}

func TestAsk(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		x := c.ask("zhang", AskInput{ItemCode: c.item, Words: "张明远问：需要本人到场吗"})
		if x.UnitID != c.unit("wx-spj").ID || x.ReceivedID != c.unit("wx-zx").ID || x.PinnedNo != 1 || x.State != Waiting || x.DueOn.String() != "2026-03-09" || !strings.HasPrefix(x.No, "ZX20260302") {
			t.Errorf("%+v", x)
		}
		if m := c.told("zhang"); !strings.Contains(m.Body, "2026-03-09") || m.Link != "/my/consult/"+x.No || strings.Contains(m.Short, "ZX") {
			t.Errorf("%+v", m)
		}
		if n := c.count(`SELECT count(*) FROM audit_record WHERE act = 'consult.ask' AND subject = $1`, "inquiry/"+x.No); n != 1 {
			t.Errorf("%d audit records", n)
		}
		c.Rule = Rule{AnswerDays: 2, HandleDays: 3, Basis: "本市办法第三条", Centre: "lx-zx"}
		if y := c.ask("zhang", AskInput{}); y.DueOn.String() != "2026-03-04" || y.UnitID != c.unit("lx-zx").ID || c.show("zhang", y.No).Clock.Limit.Article != "本市办法第三条" {
			t.Errorf("the city's own rule: %+v", y)
		}
		if y := c.fails("zhang", "other"); y.DueOn.String() != "2026-03-05" {
			t.Errorf("the city's own rule: %+v", y)
		}
		c.Rule = New(Config{}).Rule
		general := c.ask("zhang", AskInput{})
		if general.UnitID != c.unit("wx-zx").ID || general.ItemID != 0 {
			t.Errorf("in general: %+v", general)
		}
		atLiangxi := c.ask("lxclerk", AskInput{Name: "赵先生", Phone: "0510-85880000"})
		if atLiangxi.UnitID != c.unit("lx-zx").ID || atLiangxi.Data.Phone != "051085880000" || atLiangxi.Party.ID != 0 {
			t.Errorf("at a window: %+v", atLiangxi)
		}
		about := c.ask("lxclerk", AskInput{ItemCode: c.item, Party: actor.Party{Kind: actor.NaturalPerson, ID: c.refs.Persons["li"]}, Name: "不算"})
		if about.UnitID != c.unit("wx-spj").ID || about.ReceivedID != c.unit("lx-zx").ID || about.Party.Name != "李小兰" || about.Data.Name != "" {
			t.Errorf("for somebody with an account: %+v", about)
		}
		ofCase := c.ask("zhang", AskInput{CaseNo: caseNo, ItemCode: "ignored"})
		if ofCase.CaseNo != caseNo || ofCase.ItemCode != c.item || ofCase.UnitID != c.unit("wx-spj").ID {
			t.Errorf("of a case: %+v", ofCase)
		}
		if _, err := c.Ask(ctx, c.person("li"), AskInput{Kind: Question, CaseNo: caseNo, Words: "x"}); errs.KindOf(err) != errs.NotFound {
			t.Errorf("somebody else's case: %v", err)
		}
		agent, err := c.Ask(ctx, c.person("wang", "zhang"), AskInput{Kind: Question, ItemCode: c.item, Words: "代问"})
		if err != nil || agent.Party.Name != "张明远" {
			t.Errorf("an agent: %+v %v", agent, err)
		}
		if _, err := c.Ask(ctx, c.person("wang", "li"), AskInput{Kind: Question, ItemCode: c.item, Words: "代问"}); !errors.Is(err, identity.ErrNotCovered) {
			t.Errorf("an agent whose mandate does not cover the item: %v", err)
		}
		for name, tt := range map[string]struct {
			in   AskInput
			path string
		}{
			"nothing":      {AskInput{Kind: Question}, "words"},
			"no kind":      {AskInput{Words: "x"}, "kind"},
			"too long":     {AskInput{Kind: Question, Words: strings.Repeat("长", 2001)}, "words"},
			"no reason":    {AskInput{Kind: Failure, Words: "x", ItemCode: c.item, Stage: "pay"}, "reason"},
			"no stage":     {AskInput{Kind: Failure, Words: "x", ItemCode: c.item, Reason: "system"}, "stage"},
			"no item":      {AskInput{Kind: Failure, Words: "x", Reason: "system", Stage: "pay"}, "item"},
			"what is NUL":  {AskInput{Kind: Question, Words: "a\x00b"}, "words"},
			"unknown item": {AskInput{Kind: Question, Words: "x", ItemCode: "9"}, ""},
		} {
			_, err := c.Ask(ctx, c.person("zhang"), tt.in)
			e := errs.Of(err)
			if err == nil || tt.path != "" && (len(e.Fields) != 1 || e.Fields[0].Path != tt.path) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := c.Ask(ctx, c.staff("clerk"), AskInput{Kind: Question, Words: "x", Phone: "12"}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a phone that is none: %v", err)
		}
		for _, who := range []actor.Actor{{Kind: actor.Anonymous}, c.staff("rev"), c.staff("sup")} {
			if _, err := c.Ask(ctx, who, AskInput{Kind: Question, Words: "x"}); err == nil {
				t.Errorf("%s asks", who.Name)
			}
		}
		var data []byte
		c.must(c.d.Read(ctx).QueryRow(`SELECT data FROM inquiry WHERE no = $1`, x.No).Scan(&data))
		if strings.Contains(string(data), "到场") {
			t.Error("stored in the clear")
		}
		c.must(c.d.Read(ctx).QueryRow(`SELECT words FROM inquiry_entry WHERE inquiry_id = $1`, x.ID).Scan(&data))
		if strings.Contains(string(data), "到场") {
			t.Error("the entry is stored in the clear")
		}
	})
}

// TestAnswer is the life of a question: asked back, passed on, late, reminded,
// answered, asked once more, answered, and proposed for the guide.
func TestAnswer(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		no := c.ask("zhang", AskInput{ItemCode: c.item}).No
		if v := c.show("rev", no); acts(v) != "answer ask-back pass-on not-ours" || len(v.Units) != 2 || v.Asker != "张明远" {
			t.Errorf("offered to the reviewer: %s %v", acts(v), v.Units)
		}
		if v := c.show("zhang", no); acts(v) != "withdraw" || v.Clock.Due.String() != "2026-03-09" || v.Clock.Limit.Article != DefaultBasis {
			t.Errorf("offered to the person: %s %+v", acts(v), v.Clock.Status)
		}
		c.does("rev", no, Input{Act: AskBack, Text: "是补办还是换领？"})
		if m := c.told("zhang"); !strings.Contains(m.Body, "是补办还是换领") {
			t.Errorf("%+v", m)
		}
		x := c.does("zhang", no, Input{Act: Add, Text: "换领"})
		if x.State != Waiting || x.DueOn.String() != "2026-03-09" {
			t.Errorf("the clock stopped: %+v", x)
		}
		if _, err := c.try("rev", no, Input{Act: PassOn, Text: "", Unit: 0}); len(errs.Of(err).Fields) != 2 {
			t.Errorf("%v", err)
		}
		if _, err := c.try("rev", no, Input{Act: PassOn, Text: "由城管局答复", Unit: c.unit("wx-gov").ID}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("to a government: %v", err)
		}
		x = c.does("rev", no, Input{Act: PassOn, Text: "由城管局答复", Unit: c.unit("wx-cg").ID})
		if x.UnitID != c.unit("wx-cg").ID || x.DueOn.String() != "2026-03-09" {
			t.Errorf("%+v", x)
		}
		if m := c.told("zhang"); !strings.Contains(m.Body, "无锡市城市管理局") || !strings.Contains(m.Body, "期限不变") {
			t.Errorf("%+v", m)
		}
		if _, err := c.try("rev", no, Input{Act: Answer, Text: "x"}); !errors.Is(err, ErrNone) {
			t.Errorf("the unit that passed it on: %v", err)
		}
		c.days(7) // 9 March, the last day
		c.must(c.Tick(ctx))
		if c.show("sup", no).AlarmedAt != (time.Time{}) {
			t.Error("sounds on its last day")
		}
		c.days(1)
		c.must(c.Tick(ctx))
		c.must(c.Tick(ctx))
		v := c.show("cgrev", no)
		if v.AlarmedAt.IsZero() || v.Clock.State != clock.Lapsed || !strings.Contains(c.told("zhang").Body, "已催办") {
			t.Errorf("late: %+v", v.Clock.Status)
		}
		if n := c.count(`SELECT count(*) FROM inquiry_entry WHERE act = 'overdue'`); n != 1 {
			t.Errorf("sounded %d times", n)
		}
		if rows, _, err := c.Queue(ctx, c.staff("cgrev"), c.unit("wx-cg"), With, "", 10); err != nil || len(rows) != 1 || !rows[0].Late || rows[0].Left != -1 {
			t.Errorf("%+v %v", rows, err)
		}
		if open, late, err := c.Count(ctx, c.staff("sup"), c.unit("wx-cg")); err != nil || open != 1 || late != 1 {
			t.Errorf("%d %d %v", open, late, err)
		}
		c.does("cgrev", no, Input{Act: Answer, Text: "带旧证和照片。"})
		if m := c.told("zhang"); m.Subject != "您的咨询已答复" || !strings.Contains(m.Body, "带旧证和照片") {
			t.Errorf("%+v", m)
		}
		if v := c.show("zhang", no); v.State != Answered || v.Late != 1 || v.Clock.State != clock.DoneLate || acts(v) != "follow-up" {
			t.Errorf("%+v %s", v.Inquiry, acts(v))
		}
		x = c.does("zhang", no, Input{Act: FollowUp, Text: "照片要几寸？"})
		if x.State != Waiting || x.DueOn.String() != "2026-03-17" || !x.AlarmedAt.IsZero() || x.Rounds != 2 {
			t.Errorf("%+v", x)
		}
		c.does("cgrev", no, Input{Act: Answer, Text: "两寸。"})
		if _, err := c.try("zhang", no, Input{Act: FollowUp, Text: "再问"}); !errors.Is(err, ErrNotNow) {
			t.Errorf("a third time: %v", err)
		}
		if v := c.show("zhang", no); len(v.Entries) != 8 || v.Late != 1 {
			t.Errorf("%d entries", len(v.Entries))
		}
		for _, bad := range []Input{{Act: Propose, Question: "张明远要几寸照片？", Text: "两寸"}, {Act: Propose, Question: "照片几寸？", Text: "打13800000001"}, {Act: Propose, Text: "两寸"}} {
			if _, err := c.try("cgrev", no, bad); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		c.does("cgrev", no, Input{Act: Propose, Question: "照片要几寸？", Text: "两寸。"})
		if _, err := c.try("cgrev", no, Input{Act: Propose, Question: "照片要几寸？", Text: "两寸。"}); !errors.Is(err, ErrNotNow) {
			t.Errorf("twice: %v", err)
		}
		if v := c.show("zhang", no); len(v.Entries) != 8 || v.Proposal != nil {
			t.Error("what is inside is shown outside")
		}
		for who, want := range map[string]int{"steward": 1, "lxsteward": 0} {
			if list, err := c.Proposals(ctx, c.staff(who)); err != nil || len(list) != want {
				t.Errorf("%s: %+v %v", who, list, err)
			}
		}
		list, err := c.Proposals(ctx, c.staff("steward"))
		c.must(err)
		if _, err := c.DecideProposal(ctx, c.staff("lxsteward"), list[0].ID, true, ""); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("another steward: %v", err)
		}
		if _, err := c.DecideProposal(ctx, c.staff("steward"), list[0].ID, false, " "); errs.KindOf(err) != errs.Invalid {
			t.Errorf("no reason: %v", err)
		}
		if p, err := c.DecideProposal(ctx, c.staff("steward"), list[0].ID, true, ""); err != nil || p.State != Taken {
			t.Errorf("%+v %v", p, err)
		}
		if _, err := c.DecideProposal(ctx, c.staff("steward"), list[0].ID, true, ""); !errors.Is(err, ErrDecided) {
			t.Errorf("twice: %v", err)
		}
	})
}

func TestQuestionEnds(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		no := c.ask("zhang", AskInput{ItemCode: c.item}).No
		if _, err := c.try("clerk", no, Input{Act: NotOurs, Text: "不归我们"}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("without saying where: %v", err)
		}
		c.does("clerk", no, Input{Act: NotOurs, Text: "不归政务服务", Where: "无锡市残联，0510-85880000"})
		if m := c.told("zhang"); !strings.Contains(m.Body, "无锡市残联") {
			t.Errorf("%+v", m)
		}
		gone := c.ask("zhang", AskInput{ItemCode: c.item}).No
		c.does("zhang", gone, Input{Act: Withdraw})
		if _, err := c.try("rev", gone, Input{Act: Answer, Text: "迟了"}); !errors.Is(err, ErrNotNow) {
			t.Errorf("%v", err)
		}
		stale := c.ask("zhang", AskInput{ItemCode: c.item})
		c.does("rev", stale.No, Input{Act: AskBack, Text: "哪一种？", Version: stale.Version})
		if _, err := c.try("rev", stale.No, Input{Act: Answer, Text: "好", Version: stale.Version}); !errors.Is(err, ErrChanged) {
			t.Errorf("%v", err)
		}
		spot := c.ask("clerk", AskInput{ItemCode: c.item, Name: "赵先生", Phone: "13900000009", Answer: "带身份证。"})
		if spot.State != Answered || spot.Open() || spot.Late != 0 {
			t.Errorf("on the spot: %+v", spot)
		}
		if v := c.show("clerk", spot.No); v.Asker != "赵先生" || v.Phone == "13900000009" || v.Phone == "" || len(v.Entries) != 2 {
			t.Errorf("%+v", v)
		}
		call := c.ask("clerk", AskInput{ItemCode: c.item, Phone: "13900000009"})
		if v := c.show("rev", call.No); v.Phone != "13900000009" {
			t.Errorf("who has to call back sees %s", v.Phone)
		}
		if v := c.show("sup", call.No); v.Phone == "13900000009" {
			t.Error("who only watches sees the phone")
		}
		done, err := c.Done(ctx, c.staff("rev"), c.unit("wx-spj"), 10)
		if err != nil || len(done) != 3 || done[0].No != spot.No {
			t.Errorf("%+v %v", done, err)
		}
	})
}

func TestSeen(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		no := c.ask("zhang", AskInput{ItemCode: c.item}).No
		for who, sees := range map[string]bool{"zhang": true, "li": false, "clerk": true, "lxclerk": false, "rev": true, "cgrev": false, "sup": true, "steward": false} {
			a := actor.Actor{}
			if c.refs.Persons[who] != 0 {
				a = c.person(who)
			} else {
				a = c.staff(who)
			}
			if _, err := c.Show(ctx, a, no); (err == nil) != sees || err != nil && !errors.Is(err, ErrNone) {
				t.Errorf("%s: %v", who, err)
			}
			if sees {
				continue
			}
			if _, err := c.Do(ctx, a, no, Input{Act: Answer, Text: "x"}); !errors.Is(err, ErrNone) {
				t.Errorf("%s answers: %v", who, err)
			}
		}
		if _, err := c.Show(ctx, actor.Actor{Kind: actor.Anonymous}, no); errs.KindOf(err) != errs.Unauthenticated {
			t.Errorf("%v", err)
		}
		ofCase := c.ask("zhang", AskInput{CaseNo: caseNo}).No
		if _, err := c.Show(ctx, c.staff("rev2"), ofCase); !errors.Is(err, identity.ErrRecused) && !errors.Is(err, ErrNone) {
			t.Errorf("who stands aside: %v", err)
		}
		rows, _, err := c.Queue(ctx, c.staff("rev2"), c.unit("wx-spj"), With, "", 10)
		if err != nil || len(rows) != 1 || rows[0].No != no {
			t.Errorf("who stands aside lists %+v %v", rows, err)
		}
		if rows, next, err := c.Queue(ctx, c.staff("rev"), c.unit("wx-spj"), With, "", 1); err != nil || len(rows) != 1 || next == "" {
			t.Errorf("%+v %v", rows, err)
		} else if rest, next, err := c.Queue(ctx, c.staff("rev"), c.unit("wx-spj"), With, next, 1); err != nil || len(rest) != 1 || rest[0].No == rows[0].No || next != "" {
			t.Errorf("%+v %v", rest, err)
		}
		if rows, _, err := c.Queue(ctx, c.staff("clerk"), c.unit("wx-zx"), Received, "", 10); err != nil || len(rows) != 2 {
			t.Errorf("%d %v", len(rows), err)
		}
		if _, _, err := c.Queue(ctx, c.staff("rev"), c.unit("wx-cg"), With, "", 10); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("%v", err)
		}
		mine, next, err := c.Mine(ctx, c.person("zhang"), 0, 1)
		if err != nil || len(mine) != 1 || mine[0].No != ofCase {
			t.Errorf("%+v %v", mine, err)
		}
		if mine, next, err = c.Mine(ctx, c.person("zhang"), next, 1); err != nil || len(mine) != 1 || mine[0].No != no || next != 0 {
			t.Errorf("%+v %v", mine, err)
		}
		if mine, _, err := c.Mine(ctx, c.person("li"), 0, 9); err != nil || len(mine) != 0 {
			t.Errorf("%+v %v", mine, err)
		}
	})
}
