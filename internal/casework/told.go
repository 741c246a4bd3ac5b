package casework

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/sm"
)

// NewFact 新的事实 is why a second notice asks for what the first did not: it
// became known afterwards and could not be seen then. Without one the system
// refuses; with one, it is kept with the event and printed in the notice.
type NewFact struct {
	Source string // FromCorrection or FromOutside
	What   string // what became known
	On     string // when, YYYY-MM-DD; from outside
	From   string // from whom; from outside
}

// Where a new fact comes from.
const (
	FromCorrection = "correction" // it lies in what was handed in after the notice
	FromOutside    = "outside"    // it came to the authority from elsewhere
)

const maxFact = 300

func (f NewFact) zero() bool { return f == NewFact{} }

// telling 告知 is what a notice said and what could be seen when it was made: a hash of
// each answer and of what was handed in for each material.
type telling struct {
	Asks      []Ask             `json:"asks"`
	Answers   map[string]string `json:"answers"`
	Materials map[string]string `json:"materials"`
	at        time.Time
}

const (
	sqlInsertTold = `INSERT INTO case_told (id, case_id, at, data) VALUES ($1, $2, $3, $4)`
	sqlTold       = `SELECT at, data FROM case_told WHERE case_id = $1 ORDER BY id`
)

// seenNow takes down what can be seen of an application.
func seenNow(values form.Values, handed []Handed) telling {
	t := telling{Answers: map[string]string{}, Materials: map[string]string{}}
	for name, v := range values {
		t.Answers[name] = digest(v)
	}
	for _, h := range handed {
		t.Materials[h.Code] = digest(h)
	}
	return t
}

func digest(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("casework: stored answers did not marshal: " + err.Error())
	}
	sum := sm.SM3(b)
	return hex.EncodeToString(sum[:12])
}

// same reports whether what an ask is about looked then as it looks now.
func (t telling) same(now telling, a Ask) bool {
	if a.Field != "" {
		return t.Answers[a.Field] == now.Answers[a.Field]
	}
	return t.Materials[a.Material] == now.Materials[a.Material]
}

// toldOnce 一次性告知 checks a notice after the first. It may repeat what the last
// one asked and is still missing; whatever else it asks must rest on a new fact
// that could not be seen at any notice before. It gives the asks that rest on it.
func toldOnce(last []Ask, before []telling, now telling, asks []Ask, f NewFact, on clock.Date) (added []Ask, bad []errs.Field) {
	for i, a := range asks {
		if slices.ContainsFunc(last, a.sameThing) {
			continue
		}
		at := fmt.Sprintf("asks/%d", i)
		switch {
		case f.zero():
			bad = append(bad, errs.Field{Path: at, Code: "told-once",
				ZH: "补正内容须一次性告知：上次告知时已经可以发现的问题不得再次要求补正；确有新的事实的，请写明",
				EN: "Corrections are asked for once: only what the last notice asked and is still missing may be repeated, unless there is a new fact"})
		case f.Source == FromCorrection && slices.ContainsFunc(before, func(t telling) bool { return t.same(now, a) }):
			bad = append(bad, errs.Field{Path: at, Code: "seen-before",
				ZH: "这项内容在上次告知后没有变化，当时就可以发现，不得再次要求补正",
				EN: "This has not changed since an earlier notice and could be seen then"})
		default:
			added = append(added, a)
		}
	}
	switch {
	case len(bad) > 0:
		return nil, bad
	case f.zero():
		return nil, nil
	case len(added) == 0:
		return nil, []errs.Field{{Path: "newFact/what", Code: "not-needed", ZH: "勾选的内容上次已经告知过，不需要新的事实", EN: "Everything ticked was asked before; no new fact is needed"}}
	}
	return added, f.problems(before, on)
}

// problems checks the fact itself: what, and from outside also from whom and
// when, which is not before the last notice and not after today.
func (f NewFact) problems(before []telling, today clock.Date) (bad []errs.Field) {
	wrong := func(path, code, zh, en string) {
		bad = append(bad, errs.Field{Path: "newFact/" + path, Code: code, ZH: zh, EN: en})
	}
	if strings.TrimSpace(f.What) == "" {
		wrong("what", "required", "请写明新的事实，申请人将在告知书上看到", "Say what became known; the applicant reads it on the notice")
	}
	switch f.Source {
	case FromCorrection:
		return bad
	case FromOutside:
	default:
		wrong("source", "required", "请选择新的事实从哪里得知", "Say where the new fact comes from")
		return bad
	}
	if strings.TrimSpace(f.From) == "" {
		wrong("from", "required", "请写明从哪里得知", "Say from whom it became known")
	}
	on, err := clock.ParseDate(f.On)
	switch {
	case err != nil:
		wrong("on", "date", "请填写得知的日期", "Enter the day on which it became known")
	case on > today:
		wrong("on", "future", "得知的日期不能晚于今天", "That day has not come yet")
	case len(before) > 0 && on < clock.DateOf(before[len(before)-1].at):
		wrong("on", "known-before", "这一事实在上次告知之前已经得知，应当在当时一次告知", "It was known before the last notice and belonged in it")
	}
	return bad
}

// facts prints a new fact in the notice.
func (f NewFact) facts() []DocFact {
	out := []DocFact{{"新的事实", f.What}}
	if f.Source == FromOutside {
		return append(out, DocFact{"得知日期", f.On}, DocFact{"得知途径", f.From})
	}
	return append(out, DocFact{"得知途径", "申请人补正后提交的内容"})
}

func (f NewFact) words() string {
	var out []string
	for _, x := range f.facts() {
		out = append(out, x.Label+"："+x.Value)
	}
	return strings.Join(out, "，")
}

// sameThing reports whether two asks are about one and the same.
func (a Ask) sameThing(b Ask) bool {
	return a.Material == b.Material && a.Line == b.Line && a.Field == b.Field && a.Paper == b.Paper
}

// tell keeps what this notice said and saw, after checking it against the ones
// before.
func (st *step) tell(asks []Ask) error {
	var values form.Values
	if err := st.s.openJSON("answers", st.c.answers, &values); err != nil {
		return err
	}
	handed, err := st.s.materials(st.tx, st.c.ID)
	if err != nil {
		return err
	}
	now := seenNow(st.w.v.Form().Normalise(values), handed)
	if len(st.c.Correction) > 0 {
		before, err := st.toldBefore()
		if err != nil {
			return err
		}
		added, bad := toldOnce(st.c.Correction, before, now, asks, st.in.NewFact, clock.DateOf(st.tx.Now()))
		if len(bad) > 0 {
			return errs.InvalidFields(bad...)
		}
		if len(added) > 0 {
			st.docFacts = append(st.docFacts, st.in.NewFact.facts()...)
			st.say(fmt.Sprintf("一次性告知补正 %d 项，其中 %d 项因新的事实", len(asks), len(added)), st.in.NewFact.words())
		}
	} else if !st.in.NewFact.zero() {
		return errs.InvalidFields(errs.Field{Path: "newFact/what", Code: "first-notice", ZH: "第一次告知不需要新的事实", EN: "The first notice needs no new fact"})
	}
	now.Asks = asks
	sealed, err := st.s.seal("told", now)
	if err != nil {
		return err
	}
	st.tx.Queue(sqlInsertTold, st.tx.NewID(), st.c.ID, st.tx.NowMicros(), sealed)
	return nil
}

// toldBefore gives the notices of the case, the oldest first. Of one that was
// made before they were kept only its time is known.
func (st *step) toldBefore() ([]telling, error) {
	out, err := db.All(st.tx, func(r *db.Rows) (t telling, err error) {
		var at int64
		var sealed []byte
		if err = r.Scan(&at, &sealed); err != nil {
			return t, err
		}
		t.at = db.Time(at)
		return t, st.s.openJSON("told", sealed, &t)
	}, sqlTold, st.c.ID)
	if err != nil || len(out) > 0 {
		return out, err
	}
	if c, ok := st.c.Clocks.of(Correction); ok {
		out = append(out, telling{at: c.Start})
	}
	return out, nil
}

// paperProblem: paper may be asked for only where the guide cites the law that
// demands it (第二十一条第二款), neither by a tick nor in the clerk's own words.
func paperProblem(at string, m catalog.Material, a Ask) *errs.Field {
	if m.PaperLaw != "" || !a.Paper && !strings.Contains(a.Note, "纸质") && !strings.Contains(a.Note, "纸件") {
		return nil
	}
	f := errs.Field{Path: at, Code: "paper-law", ZH: "法律、法规没有要求这项材料提交纸质件，不得要求申请人提供纸质材料", EN: "No law demands this material on paper, so paper may not be asked for"}
	if !a.Paper {
		f.Path += "/note"
	}
	return &f
}
