package catalog

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/tongban/tongban/internal/form"
)

const scenarioForm = `{"type":"object","title":"申请表","x-steps":[{"key":"a","title":"一","fields":["kind","emergency","road","agent"]}],"required":["kind","emergency","road"],
 "properties":{"kind":{"type":"string","title":"申请类型","oneOf":[{"const":"occupy","title":"占用"},{"const":"dig","title":"挖掘"},{"const":"both","title":"占用并挖掘"}]},
 "emergency":{"type":"boolean","title":"是否抢修","x-widget":"radio","x-show":{"kind":["dig","both"]}},
 "road":{"type":"string","title":"道路名称","maxLength":50},"agent":{"type":"boolean","title":"是否代办"}}}`

// digging is a guide with scenarios.
func digging(t *testing.T) *Version {
	t.Helper()
	f, err := form.Compile([]byte(scenarioForm), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	dig := &Cond{Field: "kind", In: []string{"dig", "both"}}
	return &Version{form: f, Guide: Guide{
		Conditions: []Condition{{Text: "确有需要"}, {Text: "有规划文件", When: dig}, {Text: "写明道路", When: &Cond{Field: "road", Set: true}}},
		Scenarios:  []Scenario{{Field: "kind", Question: "占还是挖？"}, {Field: "emergency", Question: "抢修？"}, {Field: "agent", Question: "代办？"}},
		Materials: []Material{{Code: "m01", Necessity: "required", LicenceType: "id-card"}, {Code: "m02", Necessity: "required", When: dig},
			{Code: "m03", Necessity: "required", When: &Cond{Field: "emergency", In: []string{"true"}}}, {Code: "m04", Necessity: "optional", When: &Cond{Field: "agent", In: []string{"true"}}}}}}
}

func TestPersonal(t *testing.T) {
	v := digging(t)
	for name, x := range map[string]struct {
		answers                     form.Values
		sure, perhaps               []string // materials
		conditions, questions       int
		required, byLicence, spared int
		complete                    bool
	}{
		"nothing_answered":       {nil, []string{"m01"}, []string{"m02", "m03", "m04"}, 3, 3, 1, 1, 0, false},
		"occupying":              {form.Values{"kind": "occupy"}, []string{"m01"}, []string{"m04"}, 2, 2, 1, 1, 2, false},
		"digging":                {form.Values{"kind": "dig", "agent": false}, []string{"m01", "m02"}, []string{"m03"}, 3, 3, 2, 1, 1, false},
		"an_emergency":           {form.Values{"kind": "both", "emergency": true, "agent": true}, []string{"m01", "m02", "m03", "m04"}, nil, 3, 3, 3, 1, 0, true},
		"to_what_is_not_put":     {form.Values{"kind": "occupy", "emergency": true, "agent": false}, []string{"m01"}, nil, 2, 2, 1, 1, 3, true},
		"no_such_option":         {form.Values{"kind": "fly"}, []string{"m01"}, []string{"m02", "m03", "m04"}, 3, 3, 1, 1, 0, false},
		"to_no_scenario":         {form.Values{"road": "演示路", "nowhere": 1}, []string{"m01"}, []string{"m02", "m03", "m04"}, 3, 3, 1, 1, 0, false},
		"without_the_one_before": {form.Values{"emergency": true}, []string{"m01"}, []string{"m02", "m03", "m04"}, 3, 3, 1, 1, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := v.Personal(x.answers)
			var sure, perhaps []string
			for _, m := range p.Materials {
				if m.Open {
					perhaps = append(perhaps, m.Code)
				} else {
					sure = append(sure, m.Code)
				}
			}
			if !slices.Equal(sure, x.sure) || !slices.Equal(perhaps, x.perhaps) {
				t.Errorf("materials %v, perhaps %v", sure, perhaps)
			}
			if len(p.Conditions) != x.conditions || len(p.Questions) != x.questions || p.Complete() != x.complete {
				t.Errorf("%d conditions, %d questions, complete %v", len(p.Conditions), len(p.Questions), p.Complete())
			}
			if p.Required != x.required || p.ByLicence != x.byLicence || p.Spared != x.spared {
				t.Errorf("required %d, by licence %d, spared %d", p.Required, p.ByLicence, p.Spared)
			}
		})
	}
	if _, bad := v.ScenarioAnswers(form.Values{"kind": "fly", "road": "x", "agent": true}); len(bad) != 2 || bad[0].Path != "kind" || bad[1].Path != "road" {
		t.Errorf("%+v", bad)
	}
	if zh, en := v.CaseWords(v.Guide.Conditions[1].When); zh != "“占还是挖？”答“挖掘”或者“占用并挖掘”时" || en != "when “申请类型” is answered “挖掘” or “占用并挖掘”" {
		t.Errorf("%s %s", zh, en)
	}
	if zh, _ := v.CaseWords(v.Guide.Conditions[2].When); zh != "填写了“道路名称”时" {
		t.Errorf("%s", zh)
	}
	if got := v.Guide.ConditionsFor(form.Values{"kind": "occupy"}); len(got) != 1 || got[0].Text != "确有需要" {
		t.Errorf("%v", got)
	}
}

func TestConditionJSON(t *testing.T) {
	for text, want := range map[string]Condition{
		`"符合条件"`: {Text: "符合条件"},
		`{"text":"有规划文件","when":{"field":"kind","in":["dig"]}}`: {Text: "有规划文件", When: &Cond{Field: "kind", In: []string{"dig"}}},
	} {
		var c Condition
		if err := json.Unmarshal([]byte(text), &c); err != nil || !reflect.DeepEqual(c, want) {
			t.Errorf("%s: %+v %v", text, c, err)
		}
		if out, err := json.Marshal(c); err != nil || string(out) != text {
			t.Errorf("%s became %s %v", text, out, err)
		}
	}
	for _, text := range []string{`null`, `7`, `[]`, `["x"]`, `true`, `{"text":"x","wenn":{}}`, `{"text":"x","when":{"feld":"kind"}}`, `{"text":1}`} {
		if err := json.Unmarshal([]byte(text), &Condition{}); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}

func FuzzCondition(f *testing.F) {
	for _, seed := range []string{`"x"`, `{"text":"x"}`, `{"text":"x","when":{"field":"a","in":["b"],"set":true}}`, `{"when":null}`, `" \ud800"`, ` {} `} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var c Condition
		if json.Unmarshal(in, &c) != nil {
			return
		}
		out, err := json.Marshal(c)
		if err != nil {
			t.Fatalf("%q is read and cannot be written: %v", in, err)
		}
		var again Condition
		if err := json.Unmarshal(out, &again); err != nil || again.Text != c.Text || (again.When == nil) != (c.When == nil) {
			t.Fatalf("%q became %q: %+v %v", in, out, again, err)
		}
	})
}
