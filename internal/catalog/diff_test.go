package catalog

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/rule"

	"pgregory.net/rapid"
)

const richForm = `{"type":"object","title":"申请表","x-title-en":"Application","required":["mode","area","staff"],
 "x-steps":[{"key":"a","title":"第一页","x-title-en":"One","x-help":"看清","x-help-en":"read","fields":["mode","area"]},{"key":"b","title":"第二页","fields":["kinds","staff","end","promise"]}],
 "properties":{
  "mode":{"type":"string","title":"经营方式","x-title-en":"Trade","x-widget":"radio","default":"sale","oneOf":[{"const":"sale","title":"销售","x-title-en":"Sale"},{"const":"catering","title":"餐饮","x-title-en":"Catering"}]},
  "area":{"type":"integer","title":"面积","x-title-en":"Area","x-widget":"number","x-unit":"平方米","x-unit-en":"m²","minimum":1,"maximum":9000,"multipleOf":1,"x-help":"按租赁合同","x-help-en":"as rented","x-example":"120","description":"备注"},
  "kinds":{"type":"array","title":"项目","x-title-en":"Kinds","x-widget":"checkboxes","uniqueItems":true,"minItems":1,"maxItems":3,"x-show":[{"mode":["catering"]}],"items":{"type":"string","oneOf":[{"const":"hot","title":"热食"},{"const":"cold","title":"冷食"}]}},
  "staff":{"type":"array","title":"从业人员","x-widget":"table","maxItems":30,"items":{"type":"object","additionalProperties":false,"x-order":["name","cert"],"required":["name"],"properties":{
    "name":{"type":"string","title":"姓名","x-widget":"text","format":"person-name","minLength":2,"maxLength":50},
    "cert":{"type":"string","title":"健康证明编号","x-widget":"text","pattern":"^[A-Z]{2}$","x-msg":"两位字母","x-msg-en":"two letters","allOf":[{"pattern":"A","x-msg":"有A"}]}}}},
  "end":{"type":"string","title":"到期日","x-widget":"date","format":"date","x-not-before":"begin","x-source":["licence:x.end"],"x-elem":"DE1","x-sensitive":true},
  "promise":{"type":"boolean","title":"属实","x-widget":"checkbox","const":true}}}`

// rich is a guide that says something in every part.
func rich() *Guide {
	limit := func(n int) *Limit { return &Limit{n, "workday", "说明"} }
	return &Guide{
		Basics: Basics{Code: "c", BasicCode: "b", Name: "食品经营许可", NameEN: "Food", Aliases: []string{"开饭店", "卖吃的"}, Type: "01", CaseType: "promised", Audience: []string{"1", "2"},
			Topics: []string{"food", "open"}, Level: "4", PowerSource: "1", Division: "320213000000", Depth: 3, Visits: 1, VisitReason: "核查", Scope: "3", Mode: "precheck",
			Appointment: true, Agent: true, Summary: "说明", SummaryEN: "summary", Quota: "每年十家", Hot: 3},
		Department: Department{Unit: "u", Name: "审批局", USCC: "x", Nature: "1", Joint: []string{"卫健委", "消防"}, Entrusted: "省局", Receiving: "zx"},
		Windows:    []Window{{"A01", "一号", "工作日", "0510", "地铁"}, {"B02", "二号", "周末", "0511", "公交"}},
		Conditions: []Condition{{Text: "有固定的经营场所，面积与经营项目相适应"}, {Text: "有合格的从业人员"}},
		Scenarios:  []Scenario{{"mode", "做哪一种？", "Which kind?", "看主要的"}, {"area", "多大？", "How large?", "按使用面积"}},
		Auto:       []rule.Clause{{Key: "a", Name: "有执照", NameEN: "licensed", Basis: "某条", When: "true"}},
		Materials: []Material{
			{Code: "m01", Name: "营业执照", NameEN: "Business licence", Kind: "certificate", Necessity: "required", When: &Cond{Field: "mode", In: []string{"sale", "catering"}}, Media: "both", PaperLaw: "某法", Source: "government",
				Issuer: "市场局", LicenceType: "business", Copies: 1, Spec: "A4", Formats: []string{"pdf", "jpg"}, MaxMB: 5, MaxFiles: 2, Standard: "有效", Filling: "照抄", Basis: "某办法", Lines: []Line{{"a", "请上传执照。"}, {"b", "请上传清楚的。"}}},
			{Code: "m02", Name: "平面图", NameEN: "Plan", Kind: "document", Necessity: "optional", Media: "electronic", Source: "self", Standard: "清楚", Lines: []Line{{"a", "请画图。"}}, When: &Cond{Field: "area", Set: true}}},
		Steps: []Step{{"receive", "收件", StepReceive, "zx", "window-clerk", 0, 1, false, nil}, {"review", "审查", StepReview, "u", "reviewer", 1, 5, true, []string{"与图纸一致吗", "通道畅通吗"}}, {"decide", "决定", StepDecide, "u", "decider", 2, 2, false, nil}},
		Limits: Limits{Statutory: *limit(20), StatutoryBasis: "第一条", Promised: *limit(10), Receipt: limit(5), Delivery: limit(10), Extension: limit(9), Correction: limit(8),
			Special: []Special{{"hearing", 20, "某条"}, {"testing", 10, "某条"}}, Joint: &Joint{45, "某决定"}, Mark: "C"},
		Fees:      []Fee{{"工本费", "每证10元", "某文", true, "低保免收", "C", 1000, []string{"area", "start..end"}, &Cond{Field: "mode", In: []string{"sale"}}, "delivery"}, {"检测费", "每次200元", "某文", false, "", "L", 0, nil, nil, ""}},
		Results:   []Result{{"许可证", "licence", "food", 5, "end", DoesRenew, 60, []string{Electronic, PickUp}, map[string]string{"name": "applicant.name"}}, {"通知", "other", "", 0, "", "", 0, []string{Mail}, nil}},
		Basis:     []Basis{{"食品安全法", "主席令", "第三十五条", "许可制度", "C"}, {"某办法", "令", "第二条", "条件", "L"}},
		Questions: []Question{{"要多久", "十天"}, {"收费吗", "不收"}}, Contacts: Contacts{"0510", "12345"}, Rights: []string{"知情", "申辩"}, Duties: []string{"如实", "配合"},
		Remedies: Remedies{"复议", "诉讼"}, Form: json.RawMessage(richForm),
		Privacy: Privacy{"审批局", "办理", []string{"姓名", "电话"}, "十年", "个保法", []string{"省局", "统计局"}}, Demo: []string{"windows", "contacts"}}
}

func (g *Guide) clone() *Guide {
	b, err := json.Marshal(g)
	if err != nil {
		panic(err)
	}
	out, err := guideOf(b)
	if err != nil {
		panic(err)
	}
	return &out
}

// touches lists ways to change one thing of a value: every leaf is made another,
// every list loses, doubles and swaps entries, every pointer and map goes.
func touches(at string, v reflect.Value, add func(name string, change func())) {
	switch v.Kind() {
	case reflect.String:
		add(at, func() { v.SetString(v.String() + "改") })
		if v.String() != "" {
			add(at+" empty", func() { v.SetString("") })
		}
	case reflect.Int, reflect.Int64:
		add(at, func() { v.SetInt(v.Int() + 1) })
	case reflect.Bool:
		add(at, func() { v.SetBool(!v.Bool()) })
	case reflect.Pointer:
		if !v.IsNil() {
			touches(at, v.Elem(), add)
			add(at+" gone", func() { v.SetZero() })
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); name != "form" {
				touches(strings.TrimPrefix(at+"/"+name, "/"), v.Field(i), add)
			}
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			add(fmt.Sprint(at, "/", k, " gone"), func() { v.SetMapIndex(k, reflect.Value{}) })
			add(fmt.Sprint(at, "/", k), func() { v.SetMapIndex(k, reflect.ValueOf("other")) })
		}
	case reflect.Slice:
		for i := range v.Len() {
			touches(fmt.Sprint(at, "/", i), v.Index(i), add)
			add(fmt.Sprint(at, "/", i, " gone"), func() { v.Set(reflect.AppendSlice(v.Slice3(0, i, i), v.Slice(i+1, v.Len()))) })
			add(fmt.Sprint(at, "/", i, " twice"), func() { v.Set(reflect.Append(v, v.Index(i))) })
		}
		if v.Len() > 1 {
			add(at+" swapped", func() { reflect.Swapper(v.Interface())(0, 1) })
		}
	default:
		panic(at)
	}
}

// formTouches does the same with the form's text, whose words are data.
func formTouches(v any, set func(any), at string, add func(name string, change func())) {
	switch x := v.(type) {
	case map[string]any:
		for k, e := range x {
			formTouches(e, func(n any) { x[k] = n }, at+"/"+k, add)
			add(at+"/"+k+" gone", func() { delete(x, k) })
		}
		add(at+"/x-new", func() { x["x-new"] = "新" })
	case []any:
		for i, e := range x {
			formTouches(e, func(n any) { x[i] = n }, fmt.Sprint(at, "/", i), add)
			add(fmt.Sprint(at, "/", i, " gone"), func() { set(append(x[:i:i], x[i+1:]...)) })
		}
		set := reflect.Swapper(x)
		if len(x) > 1 && !strings.HasSuffix(at, "/required") { // the order of required means nothing
			add(at+" swapped", func() { set(0, 1) })
		}
	case string:
		add(at, func() { set(x + "Z") })
	case float64:
		add(at, func() { set(x + 1) })
	case bool:
		add(at, func() { set(!x) })
	}
}

// oneChange gives, for every way to change one thing, a changed guide.
func oneChange() (out map[string]*Guide) {
	out = map[string]*Guide{}
	var names []string
	touches("", reflect.ValueOf(rich()).Elem(), func(name string, _ func()) { names = append(names, name) })
	for i, name := range names {
		g := rich()
		var all []func()
		touches("", reflect.ValueOf(g).Elem(), func(_ string, change func()) { all = append(all, change) })
		all[i]()
		out[name] = g
	}
	root := func() (v map[string]any) {
		if err := json.Unmarshal([]byte(richForm), &v); err != nil {
			panic(err)
		}
		return v
	}
	names = nil
	formTouches(root(), nil, "form", func(name string, _ func()) { names = append(names, name) })
	for _, name := range names {
		v := root()
		var do func()
		formTouches(v, nil, "form", func(other string, change func()) {
			if other == name {
				do = change
			}
		})
		do()
		g := rich()
		var err error
		if g.Form, err = json.Marshal(v); err != nil {
			panic(err)
		}
		out[name] = g
	}
	return out
}

func TestDiffEveryField(t *testing.T) {
	all := oneChange()
	if len(all) < 500 {
		t.Fatalf("only %d ways to change a guide", len(all))
	}
	count := func(list []Change, b Burden) (n int) {
		for _, c := range list {
			if c.Burden == b {
				n++
			}
		}
		return n
	}
	for name, g := range all {
		there, back := Diff(rich(), g), Diff(g, rich())
		if len(there) == 0 || len(back) == 0 {
			t.Errorf("%s: not told (%d, back %d)", name, len(there), len(back))
			continue
		}
		section, _, _ := strings.Cut(strings.Fields(name)[0], "/")
		for _, c := range there {
			if c.Section != section || c.Path != section && !strings.HasPrefix(c.Path, section+"/") || c.Kind == "" || c.Burden == "" || len(c.ZH) < 6 || len(c.EN) < 6 {
				t.Errorf("%s: %+v", name, c)
			}
		}
		if count(there, Heavier) != count(back, Lighter) || count(there, Lighter) != count(back, Heavier) {
			t.Errorf("%s: what is heavier one way is not lighter the other:\n%+v\n%+v", name, there, back)
		}
	}
}

func TestDiffNothing(t *testing.T) {
	for name, g := range oneChange() {
		if got := Diff(g, g.clone()); len(got) != 0 {
			t.Errorf("%s: differs from itself: %+v", name, got)
		}
	}
	s := sound("x", "20")
	if got := Diff(&s, s.clone()); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if got := Diff(&Guide{}, &Guide{Conditions: []Condition{}, Form: nil}); len(got) != 0 {
		t.Errorf("an empty list is none: %+v", got)
	}
}

// Several changes at once: something is told, whatever they are, and what is
// heavier always stands before what is lighter.
func TestDiffMany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := rich()
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			var all []func()
			touches("", reflect.ValueOf(g).Elem(), func(_ string, change func()) { all = append(all, change) })
			all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]()
		}
		a, b := mustText(rich()), mustText(g)
		got := Diff(rich(), g)
		if (a == b) != (len(got) == 0) {
			t.Fatalf("same text %v, changes %+v\n%s", a == b, got, b)
		}
		last := -1
		for _, c := range got {
			if c.concern() < last {
				t.Fatalf("out of order: %+v", got)
			}
			last = c.concern()
		}
	})
}

func mustText(g *Guide) string {
	p, err := cutGuide(g.clone())
	if err != nil {
		panic(err)
	}
	// a list without entries is told as none
	return strings.NewReplacer(":null", ":[]").Replace(string(p.canonical()))
}

func TestDiffWords(t *testing.T) {
	form := func(old, new string) func(*Guide) {
		return func(g *Guide) {
			text := strings.Replace(string(g.Form), old, new, 1)
			if text == string(g.Form) {
				panic(old)
			}
			g.Form = json.RawMessage(text)
		}
	}
	for _, x := range []struct {
		change func(*Guide)
		burden Burden
		zh, en string
	}{
		{func(g *Guide) { g.Commitments = []Commitment{aCommitment()} }, Lighter, "新增告知承诺“场地平面图与现场一致”", "Added: commitment “场地平面图与现场一致”"},
		{func(g *Guide) { g.Limits.Supplement = &Supplement{5, "workday", "decide", ""} }, Neutral, "新增容缺补齐的期限：5个工作日", "Time for what follows later added: 5 working days"},
		{func(g *Guide) { g.Materials[0].Necessity = "tolerant" }, Lighter, "材料“营业执照”由必要改为容缺后补", "Document “Business licence” changed from required to may follow later"},
		{func(g *Guide) { g.Materials[1].Necessity = "required" }, Heavier, "材料“平面图”由非必要改为必要", "Document “Plan” changed from optional to required"},
		{func(g *Guide) { g.Materials = g.Materials[1:] }, Lighter, "删去材料“营业执照”（必要）", "Removed: document “Business licence” (required)"},
		{func(g *Guide) {
			g.Materials = append(g.Materials, Material{Code: "m03", Name: "健康证明", Necessity: "required"})
		}, Heavier, "新增材料“健康证明”（必要）", "Added: document “健康证明” (required)"},
		{func(g *Guide) { g.Materials[0].When = nil }, Heavier, "材料“营业执照”不再有提交条件（原为“经营方式”为销售或者餐饮）", "Document “Business licence”: condition removed, was “Trade” is Sale or Catering"},
		{func(g *Guide) { g.Materials[0].When.In = []string{"sale"} }, Lighter, "材料“营业执照”的提交条件由“经营方式”为销售或者餐饮改为“经营方式”为销售", "Document “Business licence”: condition changed from “Trade” is Sale or Catering to “Trade” is Sale"},
		{func(g *Guide) { g.Materials[0].LicenceType = "" }, Heavier, "材料“营业执照”不再有可替代的电子证照（原为“business”）", "Document “Business licence”: licence that stands for it removed, was “business”"},
		{func(g *Guide) { g.Materials[0].Lines[1].Text = "请上传清楚的照片。" }, Neutral, "材料“营业执照”的补正要点“请上传清楚的。”的内容由“请上传清楚的。”改为“请上传清楚的照片。”", "Document “Business licence”: requirement “请上传清楚的。”: text changed from “请上传清楚的。” to “请上传清楚的照片。”"},
		{func(g *Guide) { g.Limits.Promised.Days = 15 }, Heavier, "承诺办结时限由10个工作日改为15个工作日", "Promised limit changed from 10 working days to 15 working days"},
		{func(g *Guide) { g.Limits.Promised = Limit{10, "day", "说明"} }, Lighter, "承诺办结时限由10个工作日改为10天", "Promised limit changed from 10 working days to 10 days"},
		{func(g *Guide) { g.Limits.Correction.Days = 3 }, Heavier, "补正时限由8个工作日改为3个工作日", "Time to correct changed from 8 working days to 3 working days"},
		{func(g *Guide) { g.Limits.Special = g.Limits.Special[:1] }, Lighter, "删去特别程序“检测”", "Removed: special procedure “testing”"},
		{func(g *Guide) { g.Fees[0].Standard = "每证20元" }, Heavier, "收费项目“工本费”的标准由“每证10元”改为“每证20元”", "Fee “工本费”: amount changed from “每证10元” to “每证20元”"},
		{func(g *Guide) { g.Fees = g.Fees[:1] }, Lighter, "删去收费项目“检测费”（每次200元）", "Removed: fee “检测费” (每次200元)"},
		{func(g *Guide) { g.Conditions[0].Text = "有固定的经营场所，面积与经营品种相适应" }, Neutral, "受理标准中“有固定的经营场所，面积与经营项目相适应”改为“有固定的经营场所，面积与经营品种相适应”", "Conditions: “有固定的经营场所，面积与经营项目相适应” became “有固定的经营场所，面积与经营品种相适应”"},
		{func(g *Guide) { g.Conditions = append(g.Conditions, Condition{Text: "无犯罪记录"}) }, Heavier, "受理标准新增“无犯罪记录”", "Conditions: “无犯罪记录” added"},
		{func(g *Guide) { g.Basics.Visits = 0 }, Lighter, "到办事现场次数由1次改为0次", "Visits changed from 1 to none"},
		{func(g *Guide) { g.Basics.Audience = []string{"1"} }, Heavier, "服务对象删去企业法人", "For whom: companies removed"},
		{func(g *Guide) { g.Basics.Quota = "" }, Lighter, "不再有数量限制（原为“每年十家”）", "Quota removed, was “每年十家”"},
		{func(g *Guide) { g.Steps[0], g.Steps[1] = g.Steps[1], g.Steps[0] }, Neutral, "环节的排列顺序有调整", "Step: in another order"},
		{form(`"required":["mode","area","staff"]`, `"required":["mode","area","staff","end"]`), Heavier, "申请表填写项“到期日”由选填改为必填", "Form field “到期日” changed from optional to required"},
		{form(`"maximum":9000`, `"maximum":500`), Heavier, "申请表填写项“面积”的最大值由“9000”改为“500”", "Form field “Area”: largest value changed from “9000” to “500”"},
		{form(`,"x-show":[{"mode":["catering"]}]`, ``), Heavier, "申请表填写项“项目”不再有填写条件（原为“经营方式”为餐饮）", "Form field “Kinds”: shown when removed, was “Trade” is Catering"},
		{form(`,{"const":"cold","title":"冷食"}`, ``), Heavier, "申请表填写项“项目”的选项删去“冷食”", "Form field “Kinds”: options: “冷食” removed"},
		{form(`"maxLength":50`, `"maxLength":80`), Lighter, "申请表填写项“从业人员”的列“姓名”的最多字数由“50”改为“80”", "Form field “从业人员”: column “姓名”: most characters changed from “50” to “80”"},
		{form(`["mode","area"]},{"key":"b","title":"第二页","fields":["kinds"`, `["mode"]},{"key":"b","title":"第二页","fields":["area","kinds"`), Neutral, "申请表填写项“面积”移到页面“第二页”", "Form field “Area” moved to page “第二页”"},
		{func(g *Guide) { g.Form = json.RawMessage(`{"type":`) }, Neutral, "申请表有改动", "Application form: changed"},
	} {
		g := rich()
		x.change(g)
		got := Diff(rich(), g)
		if !slices.ContainsFunc(got, func(c Change) bool { return c.ZH == x.zh && c.EN == x.en && c.Burden == x.burden }) {
			t.Errorf("want %s %s | %s\ngot %+v", x.burden, x.zh, x.en, got)
		}
	}
	t.Run("what_concerns_the_applicant_first", func(t *testing.T) {
		g := rich()
		g.Remedies.Litigation = "诉"
		g.Basics.Visits = 0
		g.Fees[0].Standard = "20"
		g.Limits.Promised.Days = 12
		g.Materials[1].Necessity = "required"
		var got []string
		for _, c := range Diff(rich(), g) {
			got = append(got, c.Section)
		}
		if want := []string{"materials", "limits", "fees", "basics", "remedies"}; !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
	})
	t.Run("long_texts_are_cited_where_they_differ", func(t *testing.T) {
		g, long := rich(), strings.Repeat("经营场所应当符合规定。", 20)
		old := rich()
		old.Materials[0].Standard, g.Materials[0].Standard = long+"甲", long+"乙"
		got := Diff(old, g)
		if len(got) != 1 || !strings.Contains(got[0].ZH, "甲") || !strings.Contains(got[0].ZH, "乙") || len([]rune(got[0].ZH)) > 200 {
			t.Errorf("%+v", got)
		}
	})
}
