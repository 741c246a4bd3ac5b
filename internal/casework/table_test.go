package casework

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/identity"
)

var update = flag.Bool("update", false, "rewrite golden files")

var acts = []Act{Submit, Accept, DeemAccepted, RequestCorrection, Resubmit, Mend, AskMoreTime, GrantMoreTime, RefuseMoreTime, ReturnUncorrected, Decline, NotReceived, PrecheckPass, Arrive,
	Supplement, ExtendSupplement, SupplementOver, SupplementWithdrawn, WithdrawPromise, AcceptByMachine, GrantByMachine, ReferByMachine, CheckPromise, SampleReview, Annul, Uphold, DeemRenewed, MeasureOpen, MeasureState, MeasureWaive, MeasureDecide, MeasureDrop, RecordRuling, Redo, RedoReceive,
	Review, Decide, Extend, Suspend, Resume, Withdraw, HandOver, Post, DeliverElectronic, ChangeDelivery,
	SendCourier, CancelCourier, PostRefused, PostSigned, PostBack, PostLost, ClaimPost, PutInCabinet, TakeFromCabinet, CabinetOver, CabinetOpened,
	HearingTell, HearingAsk, HearingWaive, HearingCall, HearingChallenge, HearingAnswer, HearingRecord, HearingDrop, VisitPlan, VisitRecord, VisitSign,
	Object, Claim, Release, Transfer, SendBack, Recheck, AskOpinion, GiveOpinion, Recuse, Refer}

// TestTable walks all pairs of state and act.
func TestTable(t *testing.T) {
	known := identity.Acts()
	for _, from := range append([]State{""}, States...) {
		for _, act := range acts {
			n := 0
			for _, m := range Table {
				if m.From == from && m.Act == act {
					n++
				}
			}
			m, ok := MoveFor(from, act)
			if n > 1 || ok != (n == 1) {
				t.Fatalf("%s × %s: %d lines, found %v", from, act, n, ok)
			}
			if !ok {
				continue
			}
			if !slices.Contains(known, identity.Act("case."+string(act))) {
				t.Errorf("%s: nobody decides who may", act)
			}
			if _, has := handlers[act]; !has && act != Submit && act != Resubmit && act != Mend && act != Supplement {
				t.Errorf("%s: no handler", act)
			}
			if m.ZH == "" || m.EN == "" || !slices.Contains(Rules, m.Rule) {
				t.Errorf("%s × %s: no words or no rule", from, act)
			}
			if (m.Ends != "") != (m.To == Closed && from != Delivering || act == Annul) {
				t.Errorf("%s × %s: ends %q at %s", from, act, m.Ends, m.To)
			}
			if m.To != Same && m.To != Back && m.To != Next && !slices.Contains(States, m.To) {
				t.Errorf("%s × %s leads to %q", from, act, m.To)
			}
		}
	}
	for _, m := range Table {
		if !slices.Contains(acts, m.Act) {
			t.Errorf("%s is not in the list of acts of this test", m.Act)
		}
	}
	for _, m := range MovesFrom(Closed) { // a decision may be checked and annulled, and the case stays closed, unless a ruling orders a new one
		if m.To != Same && m.Rule != RuleRuling {
			t.Errorf("a closed case moves to %s", m.To)
		}
	}
	for _, s := range States {
		if zh, en := s.Words(); zh == "" || en == "" {
			t.Errorf("%s has no words", s)
		}
	}
}

// TestRegimes: whatever a regime allows rests on an article that it names and,
// if it makes a notice, has a title for it.
func TestRegimes(t *testing.T) {
	for _, r := range Regimes {
		for _, m := range Table {
			if !r.Allows(m) {
				continue
			}
			if r.Cites[m.Rule] == "" {
				t.Errorf("%s: %s × %s rests on nothing", r.Key, m.From, m.Act)
			}
			if m.Notice != "" && (r.Names[m.Notice] == "" || noticeMark[m.Notice] == "") {
				t.Errorf("%s: no title or mark for %s", r.Key, m.Notice)
			}
		}
		if r.Names[RefusalNotice] == "" || noticeMark[RefusalNotice] == "" {
			t.Errorf("%s: no title for a refusal", r.Key)
		}
		licensed := r.Key == licensing.Key
		for rule, cite := range r.Cites {
			if !licensed && strings.Contains(cite, "行政许可法") {
				t.Errorf("%s: %s cites %s", r.Key, rule, cite)
			}
		}
		if zh := r.Words; zh.Need == "" || zh.Grant == "" || zh.Refuse == "" || zh.Extended == "" {
			t.Errorf("%s: decisions have no words: %+v", r.Key, zh)
		}
		for _, act := range []Act{DeemAccepted, DeemRenewed, Extend, Suspend, Resume} {
			for _, m := range Table {
				if m.Act == act && r.Allows(m) != licensed {
					t.Errorf("%s: %s allowed %v", r.Key, act, r.Allows(m))
				}
			}
		}
		for _, n := range r.Names {
			if !licensed && strings.Contains(n, "许可") || n == "" {
				t.Errorf("%s: a notice is called %s", r.Key, n)
			}
		}
	}
	if licensing.Receipt.Workdays != 5 || licensing.Decision.Workdays != 20 || licensing.Extension.Workdays != 10 || licensing.Delivery.Workdays != 10 {
		t.Errorf("licensing limits: %+v", licensing)
	}
	if len(SpecialKinds) != 8 || len(licensing.Specials) != 8 {
		t.Error("第四十五条 names eight procedures")
	}
	marks := map[string]Notice{}
	for n, m := range noticeMark {
		if other, twice := marks[m]; twice {
			t.Errorf("%s and %s are both marked %s", n, other, m)
		}
		marks[m] = n
	}
	for typ, key := range map[string]string{"01": "licensing", "05": "benefit", "07": "confirmation", "08": "reward", "09": "adjudication", "10": "other-powers", "20": "public-service", "21": "public-service"} {
		if r, ok := RegimeOf(typ); !ok || r.Key != key {
			t.Errorf("type %s is governed by %q", typ, r.Key)
		}
	}
	for _, typ := range []string{"02", "03", "04", "06"} {
		if _, ok := RegimeOf(typ); ok {
			t.Errorf("%s is not handled on application", typ)
		}
	}
}

// TestRegimeFor: outside the licensing law a longer limit and special procedures
// exist only where the guide names them with a basis, and rest on that basis.
func TestRegimeFor(t *testing.T) {
	moves := func(r Regime, act Act) (n int) {
		for _, m := range Table {
			if m.Act == act && r.Allows(m) {
				n++
			}
		}
		return n
	}
	for _, r := range Regimes {
		g := guide("事项", r.Types[0])
		g.Limits.Extension = &catalog.Limit{Days: 7, Unit: "workday"}
		g.Limits.Special = []catalog.Special{{Kind: "appraisal", Days: 9}, {Kind: "tea", Days: 9, Basis: "某办法第九条"}}
		if r.Key != licensing.Key && (moves(r.For(&g), Extend) != 0 || moves(r.For(&g), Suspend) != 0) {
			t.Errorf("%s: a limit is extended or suspended on no basis", r.Key)
		}
		g.Limits.Extension.Note, g.Limits.Special[0].Basis = "行政许可法第四十二条", "《中华人民共和国行政许可法》第四十五条"
		if r.Key != licensing.Key && (moves(r.For(&g), Extend) != 0 || moves(r.For(&g), Suspend) != 0) {
			t.Errorf("%s: the licensing law is taken for a basis", r.Key)
		}
		g.Limits.Extension.Note = "某条例第七条"
		g.Limits.Special[0].Basis = "某条例第八条"
		x := r.For(&g)
		if r.Key == licensing.Key {
			if x.Cites[RuleExtend] != licensingLaw+"第四十二条第一款" || x.specialBasis(&g, "appraisal") != licensingLaw+"第四十五条" {
				t.Errorf("the licensing law gave way: %v", x.Cites)
			}
			continue
		}
		if moves(x, Extend) != 2 || moves(x, Suspend) != 2 || moves(x, Resume) != 1 || x.Extension.Workdays != 7 || len(x.Specials) != 1 {
			t.Errorf("%s: %+v", r.Key, x)
		}
		if x.Cites[RuleExtend] != "某条例第七条" || x.specialBasis(&g, "appraisal") != "某条例第八条" {
			t.Errorf("%s rests on %s and %s", r.Key, x.Cites[RuleExtend], x.specialBasis(&g, "appraisal"))
		}
		if again, _ := RegimeOf(r.Types[0]); again.Cites[RuleExtend] != "" {
			t.Errorf("%s: one item's guide changed the regime of all", r.Key)
		}
	}
}

// TestStatesPage: docs/states.md is what the table says.
func TestStatesPage(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "states.md")
	want := statesPage()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil || string(have) != want {
		t.Errorf("docs/states.md differs from the state table (%v); run go test ./internal/casework -run StatesPage -update", err)
	}
}

func statesPage() string {
	var b strings.Builder
	name := func(s State) string {
		switch s {
		case Same:
			return "不变"
		case Back:
			return "暂停前的状态"
		case Next:
			return "审查中 / 待决定"
		}
		zh, _ := s.Words()
		return zh
	}
	id := func(s State) string {
		if s == "" {
			return "draft"
		}
		return string(s)
	}
	b.WriteString("# 办件状态 / States of a case\n\nGenerated from the state table in `internal/casework/state.go`; do not edit.\n\n```mermaid\nstateDiagram-v2\n")
	b.WriteString("  [*] --> draft\n")
	for _, s := range append([]State{""}, States...) {
		zh, en := s.Words()
		fmt.Fprintf(&b, "  %s: %s %s\n", id(s), zh, en)
	}
	for _, m := range Table {
		to := []State{m.To}
		switch m.To {
		case Same:
			to = []State{m.From}
		case Back:
			to = []State{Reviewing, Deciding}
		case Next:
			to = []State{Reviewing, Deciding}
		}
		for _, x := range to {
			fmt.Fprintf(&b, "  %s --> %s: %s\n", id(m.From), id(x), m.ZH)
		}
	}
	b.WriteString("  closed --> [*]\n```\n\n## 依据 / What each move rests on\n\n")
	b.WriteString("A dash means that the move does not exist under the regime.\n\n| 状态 | 行为 | 到 | 由谁 | 文书 |")
	for _, r := range Regimes {
		b.WriteString(" " + r.ZH + " |")
	}
	b.WriteString("\n|---|---|---|---|---|" + strings.Repeat("---|", len(Regimes)) + "\n")
	for _, m := range Table {
		doc := licensing.Names[m.Notice]
		fmt.Fprintf(&b, "| %s | %s `%s` | %s | %s | %s |", name(m.From), m.ZH, m.Act, name(m.To), m.Side, doc)
		for _, r := range Regimes {
			cite := "–"
			if r.Allows(m) {
				cite = r.Cites[m.Rule]
			}
			b.WriteString(" " + cite + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## 时限 / Clocks\n\n| 行为 | 起算 | 停止 |\n|---|---|---|\n")
	words := func(list []Limit) string {
		var out []string
		for _, l := range list {
			zh, _ := l.Words()
			out = append(out, zh)
		}
		return strings.Join(out, "、")
	}
	for _, m := range Table {
		start, stop := words(m.Starts), words(m.Stops)
		if m.Pauses {
			stop = "办结时限暂停"
		}
		if m.Wakes {
			start = "办结时限继续"
		}
		if start+stop != "" {
			fmt.Fprintf(&b, "| %s: %s | %s | %s |\n", name(m.From), m.ZH, start, stop)
		}
	}
	return b.String()
}
