package replay

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/rule"
)

// asked is the form of the guide in force; a test replaces a part of it.
const asked = `{"type":"object","title":"申请表","x-steps":[{"key":"a","title":"一","fields":["kind","area","name","phone"]}],"required":["kind","name"],
 "properties":{"kind":{"type":"string","title":"经营方式","oneOf":[{"const":"shop","title":"门店"},{"const":"van","title":"流动"}]},
 "area":{"type":"integer","title":"面积","minimum":1,"maximum":500},"name":{"type":"string","title":"店名","maxLength":20},
 "phone":{"type":"string","title":"电话","maxLength":20,"x-source":["applicant.phone"]}}}`

func contract(t *testing.T, text string, change func(*catalog.Guide)) Contract {
	t.Helper()
	f, err := form.Compile([]byte(text), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := &catalog.Guide{
		Basics:     catalog.Basics{Audience: []string{"1", "2"}, Mode: "online", Agent: true},
		Conditions: []catalog.Condition{{Text: "有场所"}},
		Materials: []catalog.Material{{Code: "m01", Name: "身份证明", Necessity: "required", Media: "both", LicenceType: "id-card"},
			{Code: "m02", Name: "房屋证明", Necessity: "required", Media: "electronic", When: &catalog.Cond{Field: "kind", In: []string{"shop"}}},
			{Code: "m03", Name: "照片", Necessity: "optional", Media: "electronic"}},
		Limits: catalog.Limits{Promised: catalog.Limit{Days: 5, Unit: "workday"}},
		Auto:   []rule.Clause{{Key: "small", Name: "面积不超过六十平方米", Basis: "第九条", When: `form.area <= 60`}},
	}
	if change != nil {
		change(g)
	}
	return Contract{g, f}
}

func TestCase(t *testing.T) {
	shop := Case{Party: actor.NaturalPerson, Age: 30, Licences: []string{"id-card"}, Answers: form.Values{"kind": "shop", "area": 50, "name": "小馆"}}
	with := func(change func(*Case)) Case { c := shop; change(&c); return c }
	for name, x := range map[string]struct {
		c      Case
		form   string // of the guide to come; empty: as it is
		change func(*catalog.Guide)
		want   string
	}{
		"nothing_differs": {c: shop},
		"a_material_more": {c: shop, change: func(g *catalog.Guide) { g.Materials[2].Necessity = "required" }, want: "more materials/m03"},
		"of_others_only":  {c: shop, change: func(g *catalog.Guide) { g.Materials[1].When = &catalog.Cond{Field: "kind", In: []string{"van"}} }, want: "less materials/m02"},
		"a_material_new": {c: shop, change: func(g *catalog.Guide) {
			g.Materials = append(g.Materials, catalog.Material{Code: "m04", Necessity: "tolerant"})
		}, want: "more materials/m04"},
		"no_licence_for_it":   {c: shop, change: func(g *catalog.Guide) { g.Materials[0].LicenceType = "" }, want: "more materials/m01"},
		"that_he_had_not":     {c: with(func(c *Case) { c.Licences = nil }), change: func(g *catalog.Guide) { g.Materials[0].LicenceType = "" }},
		"at_once":             {c: shop, change: func(g *catalog.Guide) { g.Materials[1].Necessity = "tolerant" }, want: "less materials/m02"},
		"paper":               {c: shop, change: func(g *catalog.Guide) { g.Materials[1].Media = "paper" }, want: "more materials/m02"},
		"copies":              {c: shop, change: func(g *catalog.Guide) { g.Materials[1].Copies = 3 }, want: "more materials/m02"},
		"not_for_persons":     {c: shop, change: func(g *catalog.Guide) { g.Basics.Audience = []string{"2"} }, want: "refused basics/audience"},
		"entities_go_on":      {c: with(func(c *Case) { c.Party = actor.LegalEntity }), change: func(g *catalog.Guide) { g.Basics.Audience = []string{"2"} }},
		"no_agents":           {c: with(func(c *Case) { c.Agent = true }), change: func(g *catalog.Guide) { g.Basics.Agent = false }, want: "refused basics/agent"},
		"he_came_himself":     {c: shop, change: func(g *catalog.Guide) { g.Basics.Agent = false }},
		"at_the_window":       {c: shop, change: func(g *catalog.Guide) { g.Basics.Mode, g.Basics.Visits = "window", 1 }, want: "more basics/mode, more basics/visits"},
		"he_was_there":        {c: with(func(c *Case) { c.Window = true }), change: func(g *catalog.Guide) { g.Basics.Mode = "window" }},
		"a_new_condition":     {c: shop, change: func(g *catalog.Guide) { g.Conditions = append(g.Conditions, catalog.Condition{Text: "有证人"}) }, want: "judged conditions/1"},
		"for_vans":            {c: shop, change: func(g *catalog.Guide) { g.Conditions[0].When = &catalog.Cond{Field: "kind", In: []string{"van"}} }},
		"a_fee":               {c: shop, change: func(g *catalog.Guide) { g.Fees = []catalog.Fee{{Name: "工本费"}} }, want: "more fees"},
		"longer":              {c: shop, change: func(g *catalog.Guide) { g.Limits.Promised.Days = 6 }, want: "slower limits/promised"},
		"on_the_spot":         {c: shop, change: func(g *catalog.Guide) { g.Limits.Promised = catalog.Limit{Unit: "instant"} }, want: "faster limits/promised"},
		"seven_days_are_five": {c: shop, change: func(g *catalog.Guide) { g.Limits.Promised = catalog.Limit{Days: 7, Unit: "day"} }},
		"a_stricter_machine":  {c: shop, change: func(g *catalog.Guide) { g.Auto[0].When = `form.area <= 40` }, want: "slower auto"},
		"no_machine":          {c: shop, change: func(g *catalog.Guide) { g.Auto = nil }, want: "slower auto"},
		"a_broken_clause":     {c: shop, change: func(g *catalog.Guide) { g.Auto[0].When = `form.area <=` }, want: "slower auto"},
		"by_age":              {c: shop, change: func(g *catalog.Guide) { g.Auto[0].When = `applicant.age >= 60` }, want: "slower auto"},
		"a_milder_machine":    {c: with(func(c *Case) { c.Answers = form.Values{"kind": "shop", "area": 90, "name": "小馆"} }), change: func(g *catalog.Guide) { g.Auto[0].When = `form.area <= 100` }, want: "faster auto"},
		"unanswered_by_him":   {c: with(func(c *Case) { c.Answers = form.Values{"kind": "van", "name": "小馆"} }), change: func(g *catalog.Guide) { g.Auto[0].When = `form.area <= 100` }},
		"a_question_required": {c: with(func(c *Case) { c.Answers = form.Values{"kind": "van", "name": "小馆"} }), form: strings.Replace(asked, `"required":["kind","name"]`, `"required":["kind","area","name"]`, 1), want: "more form/area"},
		"that_he_answered":    {c: shop, form: strings.Replace(asked, `"required":["kind","name"]`, `"required":["kind","area","name"]`, 1)},
		"filled_in_for_him":   {c: shop, form: strings.Replace(asked, `"required":["kind","name"]`, `"required":["kind","name","phone"]`, 1)},
		"too_large":           {c: shop, form: strings.Replace(asked, `"maximum":500`, `"maximum":40`, 1), want: "refused form/area"},
		"an_option_less":      {c: shop, form: strings.Replace(asked, `{"const":"shop","title":"门店"}`, `{"const":"stall","title":"摊位"}`, 1), want: "refused form/kind"},
		"wrong_before_too":    {c: with(func(c *Case) { c.Answers = form.Values{"kind": "shop", "area": 900, "name": "小馆"} }), form: strings.Replace(asked, `"maximum":500`, `"maximum":40`, 1)},
		"a_question_gone":     {c: shop, form: strings.NewReplacer(`,"name","phone"`, `,"phone"`, `"kind","name"]`, `"kind"]`, `"name":{"type":"string","title":"店名","maxLength":20},`, "").Replace(asked), want: "less form/name"},
		"the_heaviest_first": {c: shop, change: func(g *catalog.Guide) {
			g.Limits.Promised.Days = 1
			g.Materials[2].Necessity = "required"
			g.Basics.Audience = []string{"2"}
		}, want: "refused basics/audience, more materials/m03, faster limits/promised"},
	} {
		t.Run(name, func(t *testing.T) {
			if x.form == "" {
				x.form = asked
			}
			points := New(contract(t, asked, nil), contract(t, x.form, x.change)).Case(x.c)
			var got []string
			for _, p := range points {
				got = append(got, fmt.Sprint(p.Kind, " ", p.Path))
				if p.ZH == "" || p.EN == "" || strings.Contains(p.ZH, "小馆") {
					t.Errorf("%+v", p)
				}
			}
			if strings.Join(got, ", ") != x.want {
				t.Errorf("%v, not %s", points, x.want)
			}
		})
	}
}

// TestNeeds: licences and the age are looked up for a trial that asks for them.
func TestNeeds(t *testing.T) {
	plain := strings.Replace(asked, `,"x-source":["applicant.phone"]`, "", 1)
	bare := func(g *catalog.Guide) { g.Auto, g.Materials = nil, nil }
	if x := New(contract(t, plain, bare), contract(t, plain, bare)); x.NeedsLicences() || x.NeedsAge() {
		t.Error("needs what nobody asks")
	}
	if x := New(contract(t, plain, bare), contract(t, asked, bare)); !x.NeedsLicences() || x.NeedsAge() {
		t.Error("prefilling")
	}
	if x := New(contract(t, plain, bare), contract(t, plain, nil)); !x.NeedsLicences() || !x.NeedsAge() {
		t.Error("the instant decision")
	}
	for _, k := range Kinds() {
		if zh, en := k.Words(); zh == "" || en == "" {
			t.Errorf("%s has no words", k)
		}
	}
	if !slices.IsSortedFunc(sorted([]Point{{Kind: Less}, {Kind: Refused}}), func(a, b Point) int {
		return slices.Index(Kinds(), a.Kind) - slices.Index(Kinds(), b.Kind)
	}) {
		t.Error("order")
	}
}
