package casework

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
)

// lawItems are the items of the test city by the words that law cases use.
var lawItems = map[string]string{"许可": food, "自然日许可": dayLimit, "给付": subsidy, "确认": marriage, "奖励": bonus, "裁决": ruling, "其他权力": other, "公共服务": instant,
	"延续许可": renewal, "变更许可": revision, "补发许可证": copyLost, "注销许可": giveUp, "延续服务": service}

// lawActs are the acts by the words that law cases use, with who does them.
var lawActs = map[string]struct {
	by  string // "" the applicant
	act Act
}{
	"受理": {"clerk", Accept}, "预审通过": {"clerk", PrecheckPass}, "到窗口": {"clerk", Arrive}, "补正告知": {"clerk", RequestCorrection},
	"不予受理": {"clerk", Decline}, "不受理": {"clerk", NotReceived}, "退件": {"clerk", ReturnUncorrected}, "同意延长补正": {"clerk", GrantMoreTime},
	"不予延长补正": {"clerk", RefuseMoreTime}, "发放": {"clerk", HandOver}, "审查": {"rev", Review}, "特别程序": {"rev", Suspend},
	"启动处理": {"rev2", MeasureOpen}, "陈述申辩": {"", MeasureState}, "放弃陈述申辩": {"", MeasureWaive}, "决定处理": {"dec", MeasureDecide}, "终止处理": {"dec", MeasureDrop},
	"登记复议结果": {"dec", RecordRuling}, "重新办理": {"dec", Redo},
	"特别程序结束": {"rev", Resume}, "延期": {"dec", Extend}, "准予": {"dec", Decide}, "不予": {"dec", Decide}, "撤回": {"", Withdraw}, "申请延长补正": {"", AskMoreTime},
}

// lawCase is a law case under way.
type lawCase struct {
	*city
	item string
	k    *Case
	err  error // how the last act ended
}

// TestLawCases runs the cases of testdata/law, which lawyers may add to, with
// real acts on both engines; docs/law-cases.md tells the words.
func TestLawCases(t *testing.T) {
	files, err := filepath.Glob("testdata/law/*.txtar")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	inCity(t, func(t *testing.T, c *city) {
		c.heldItems()
		for _, f := range files {
			t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
				a, err := txtar.ParseFile(f)
				if err != nil || len(a.Files) != 1 || a.Files[0].Name != "case" || strings.TrimSpace(string(a.Comment)) == "" {
					t.Fatalf("a law case is a comment with the article and one part “case”: %v", err)
				}
				l := &lawCase{city: c.on(t)}
				expects := 0
				for n, line := range strings.Split(string(a.Files[0].Data), "\n") {
					f := strings.Fields(line)
					switch {
					case len(f) == 0:
					case f[0] == "=":
						expects++
						if why := l.expect(f[1:]); why != "" {
							t.Errorf("line %d, %s: %s", n+1, line, why)
						}
					default:
						if l.err != nil {
							t.Fatalf("line %d: the act before was refused and nobody expected it: %v", n+1, l.err)
						}
						l.perform(f)
					}
				}
				if l.err != nil {
					t.Errorf("the last act was refused: %v", l.err)
				}
				if expects == 0 {
					t.Error("nothing is expected")
				}
			})
		}
	})
}

// option finds a word like 天数=10 among the words of a line.
func option(f []string, name string) string {
	for _, w := range f {
		if v, ok := strings.CutPrefix(w, name+"="); ok {
			return v
		}
	}
	return ""
}

func (l *lawCase) perform(f []string) {
	l.t.Helper()
	if f[0] == "事项" {
		if l.item = lawItems[f[1]]; l.item == "" {
			l.t.Fatalf("there is no item %s", f[1])
		}
		return
	}
	l.clk.Set(day(l.t, f[0]+" "+f[1]))
	ctx, words := l.t.Context(), f[3:]
	days, _ := strconv.Atoi(option(words, "天数"))
	in := Input{Reason: option(words, "理由"), Days: days, Elsewhere: option(words, "应向")}
	switch f[2] {
	case "提交":
		if until := option(words, "证照有效期至"); until != "" {
			l.k = l.about(l.item, l.hold("证"+f[0]+l.t.Name(), until), catalog.PickUp)
			return
		}
		l.k = l.submit(l.item, catalog.PickUp)
		return
	case "时间到":
		l.must(l.Tick(ctx))
		return
	case "补正":
		l.k, _ = l.correct(l.applicant(l.item), l.k.No, func(*Draft) {})
		return
	}
	a, ok := lawActs[f[2]]
	if !ok {
		l.t.Fatalf("there is no act %s", f[2])
	}
	who := l.applicant(l.item)
	if a.by != "" {
		who = l.staff(a.by)
	}
	switch f[2] {
	case "补正告知":
		for _, key := range strings.Split(option(words, "内容"), "、") {
			m, line, _ := strings.Cut(key, ".")
			in.Asks = append(in.Asks, Ask{Material: m, Line: line})
		}
		if what := option(words, "新事实"); what != "" {
			in.NewFact = NewFact{Source: FromOutside, What: what, On: option(words, "得知"), From: option(words, "途径")}
		}
	case "不予受理":
		if in.Ground = NotMet; in.Elsewhere != "" {
			in.Ground = NotOurs
		}
	case "特别程序":
		for _, k := range SpecialKinds {
			if k.ZH == option(words, "种类") {
				in.Kind = k.Key
			}
		}
		in.Experts = option(words, "专家")
	case "启动处理":
		for _, g := range MeasureGrounds {
			if strings.HasSuffix(g.Article, option(words, "事由")) {
				in.Measure = MeasureInput{Kind: g.Kind, Ground: g.Key}
			}
		}
		if law := option(words, "依据"); law != "" {
			in.Measure = MeasureInput{Kind: Strike, Basis: law}
		}
		in.Measure.Public, in.Measure.Compensation = option(words, "公共利益"), option(words, "补偿")
	case "决定处理":
		in.Measure.Compensation = option(words, "补偿")
	case "终止处理":
		in.Measure.Harm = option(words, "重大损害") == "是"
	case "登记复议结果":
		in.Ruling = RulingInput{Court: "reconsideration", Body: "演示市人民政府", Number: option(words, "文号"), On: f[0], About: AboutDecision}
		if option(words, "针对") == "处理决定" {
			in.Ruling.About = AboutMeasure
		}
		for _, r := range RulingResults {
			if r.ZH == option(words, "结果") {
				in.Ruling.Result = r.Key
			}
		}
	case "审查":
		in.Agree, in.Opinion = true, "符合要求"
	case "准予":
		in.Grant = true
	case "发放":
		in.Recipient = "张明远"
	}
	_, l.err = l.Perform(ctx, who, l.k.No, a.act, in)
	if l.err != nil && errs.KindOf(l.err) == errs.Internal {
		l.t.Fatal(l.err)
	}
}

// expect checks one line; it says what is wrong.
func (l *lawCase) expect(f []string) string {
	l.t.Helper()
	want := strings.Join(f[1:], " ")
	if f[0] == "拒绝" {
		if l.err == nil {
			return "the act was done"
		}
		e := errs.Of(l.err)
		l.err = nil
		if e.Code == want || slices.ContainsFunc(e.Fields, func(x errs.Field) bool { return x.Code == want }) {
			return ""
		}
		return "it was refused because of " + e.Error()
	}
	if l.err != nil {
		return "the act was refused: " + l.err.Error()
	}
	v := l.view(l.staff("clerk"), l.k.No)
	last := v.Events[len(v.Events)-1]
	var doc Document
	for i := len(v.Documents) - 1; i >= 0 && doc.Title == ""; i-- {
		if v.Documents[i].ID == last.DocumentID {
			var err error
			doc, _, err = l.Document(l.t.Context(), l.staff("clerk"), last.DocumentID)
			l.must(err)
		}
	}
	is := ""
	switch f[0] {
	case "状态":
		is, _ = v.Case.State.Words()
	case "结果":
		is, _ = v.Case.Outcome.Words()
	case "到期":
		is = v.Case.DueOn
	case "依据":
		is = last.Article
	case "文书":
		is = doc.Title
	case "文书依据":
		is = strings.Join(doc.Basis, "；")
	case "受理日期":
		is = local(v.Case.AcceptedAt).Format(onDay)
	case "由":
		is = map[actor.Kind]string{actor.System: "平台", actor.Staff: "工作人员", actor.Person: "申请人"}[last.Actor.Kind]
	case "不得引用":
		for _, ref := range v.Documents {
			d, _, err := l.Document(l.t.Context(), l.staff("clerk"), ref.ID)
			l.must(err)
			if strings.Contains(string(d.Canonical()), want) {
				return d.Title + " names it"
			}
		}
		return ""
	case "不能":
		if a, ok := lawActs[want]; ok && slices.ContainsFunc(MovesFrom(v.Case.State), func(m Move) bool { return m.Act == a.act && v.Regime.Allows(m) }) {
			return "the act exists"
		}
		return ""
	default:
		return "there is no such word"
	}
	if is != want {
		return "it is " + is
	}
	return ""
}
