package rule

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/errs"
)

var attributes = []Attribute{
	{Key: "level", Type: Text, Max: 1}, {Key: "type", Type: Text, Max: 2}, {Key: "mode", Type: Text},
	{Key: "depth", Type: Int}, {Key: "visits", Type: Int}, {Key: "instant", Type: Bool},
	{Key: "licences", Type: Texts}, {Key: "form.area", Type: Int}, {Key: "form.name", Type: Text},
}

func TestEval(t *testing.T) {
	values := map[string]any{"level": "5", "type": "01", "mode": "online", "depth": 4, "visits": int64(0), "instant": true,
		"licences": []string{"id-card", "hukou"}, "form.area": 12, "form.name": "无锡小馆"}
	for text, want := range map[string]bool{
		`level in ["5", "6"]`:                                   true,
		`level in ["3"] || type == "01"`:                        true,
		`mode == "online" && visits == 0`:                       true,
		`!instant`:                                              false,
		`depth >= 3 && depth * 2 - 1 < 8`:                       true,
		`"hukou" in licences`:                                   true,
		`size(licences) > 2`:                                    false,
		`form.area <= 60 && form.name.endsWith("小馆")`:           true,
		`size(form.name) == 4`:                                  true,
		`instant ? depth == 4 : false`:                          true,
		"level == \"5\" // 镇级\n && mode.startsWith(\"on\")":     true,
		`form.name.contains("无锡") && !("passport" in licences)`: true,
	} {
		r, err := Compile(text, attributes)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := r.Eval(values); err != nil || got != want {
			t.Errorf("%s: %v %v", text, got, err)
		}
		if r.Text() != text {
			t.Errorf("text became %q", r.Text())
		}
	}
}

// TestMistakes: each is refused, at its place, in words.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]struct{ code, at, zh string }{
		`dept == 4`:                             {"unknown", "dept", "没有“dept”这个属性，是不是“depth”"},
		`instant && form.nam == "x"`:            {"unknown", "form.nam", "form.name"},
		"level == \"5\" &&\n  nowhere == 1":     {"unknown", "nowhere", ""},
		`"中文" == level && ddd`:                  {"unknown", "ddd", ""},
		`licences.all(x, x == "a")`:             {"loop", "all", "in"},
		`[1, 2].exists(x, x > depth)`:           {"loop", "exists", ""},
		`[0].map(a, [0].map(b, b)) == [[0]]`:    {"loop", "map", ""},
		`matches(mode, "(a*)*b")`:               {"function", "matches", "startsWith"},
		`mode.matches("a")`:                     {"function", "matches", ""},
		`int(level) == 5`:                       {"function", "int", ""},
		`timestamp("2026-01-01T00:00:00Z") > 1`: {"function", "timestamp", ""},
		`licences[0] == "a"`:                    {"index", "[", ""},
		`depth == "4"`:                          {"type", "==", "int, string"},
		`depth`:                                 {"no-condition", "depth", "visits == 0"},
		`"x"`:                                   {"no-condition", `"x"`, ""},
		`depth >`:                               {"syntax", "", "没有写完"},
		`depth = 4`:                             {"syntax", "=", "=="},
		`instant and depth == 4`:                {"syntax", "and", "&&"},
		`level == “5”`:                          {"syntax", "“", "半角引号"},
		`（instant）`:                             {"syntax", "（", "半角括号"},
		`level == "5`:                           {"syntax", `"`, "没有配对"},
		`  `:                                    {"empty", "  ", ""},
		"instant\xff":                           {"encoding", "instant\xff", ""},
		strings.Repeat("(", 200) + "instant" + strings.Repeat(")", 200): {"too-deep", "", "套得太深"},
		"1" + strings.Repeat("+1", 900):                                 {"too-deep", "", "套得太深"},
		strings.Repeat("instant && ", 200) + "instant":                  {"too-long", "", "最多2000"},
		strings.Repeat("form.name.contains(mode)||", 70) + "instant":    {"too-costly", "", "太复杂"},
	} {
		_, err := Compile(text, attributes)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.60s: %v", text, err)
			continue
		}
		p := e.Problems[0]
		before, at, after := p.Cut(text)
		if p.Code != want.code || want.at != "" && at != want.at || !strings.Contains(p.ZH, want.zh) || p.EN == "" || before+at+after != text {
			t.Errorf("%.60s: at %q: %+v", text, at, p)
		}
		if lines := strings.Split(before, "\n"); p.Line != len(lines) || p.Column != utf8.RuneCountInString(lines[len(lines)-1])+1 {
			t.Errorf("%.60s: line %d, column %d", text, p.Line, p.Column)
		}
	}
	_, err := Compile("dept == 4 ||\nlevl == \"5\"", attributes)
	var e *Error
	if !errors.As(err, &e) || len(e.Problems) != 2 || e.Problems[1].Line != 2 {
		t.Fatalf("two mistakes: %v", err)
	}
	if f := e.Fields("rule"); len(f) != 2 || f[1].Path != "rule" || f[1].Code != "rule-unknown" || !strings.Contains(f[1].ZH, "第2行第1个字符") {
		t.Errorf("%+v", f)
	}
}

// TestUndecided: what is not known is not guessed, unless the rest decides.
func TestUndecided(t *testing.T) {
	for text, want := range map[string]string{
		`depth == 4`:                                "no such attribute",
		`depth == 4 || level == "5"`:                "", // true whatever the depth
		`!(depth == 4 && level == "6")`:             "",
		`visits / 0 == 1`:                           "division by zero",
		`visits + 9223372036854775807 < 0`:          "overflow",
		`instant`:                                   "", // of the wrong type: see below
		`"a" in licences`:                           "no such attribute",
		`level == "5" && form.area > 1`:             "no such attribute",
		`level == "5" ? true : form.name == "none"`: "",
	} {
		r, err := Compile(text, attributes)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Eval(map[string]any{"level": "5", "visits": 1, "instant": true})
		if want == "" && (err != nil || !got) || want != "" && (err == nil || got || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
	r, err := Compile("instant", attributes)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.Eval(map[string]any{"instant": "yes"}); err == nil || got {
		t.Errorf("a text for yes or no: %v %v", got, err)
	}
}

func TestUses(t *testing.T) {
	r, err := Compile(`level == "5" && (form.area > 1 || level == "6") && size(licences) > 0`, attributes)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(r.Uses(), " "); got != "form.area level licences" {
		t.Error(got)
	}
}

func TestClauses(t *testing.T) {
	list := []Clause{
		{Key: "licence", Name: "持有居民身份证", Basis: "演示办法第二条", When: `"id-card" in licences`},
		{Key: "area", Name: "面积不超过60平方米", Basis: "演示办法第三条", When: `form.area <= 60`},
	}
	d, err := Clauses(list, attributes)
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		values map[string]any
		met    bool
		each   []bool
		failed int // findings that have no answer
	}{
		"both":    {map[string]any{"licences": []string{"id-card"}, "form.area": 60}, true, []bool{true, true}, 0},
		"one":     {map[string]any{"licences": []string{"id-card"}, "form.area": 61}, false, []bool{true, false}, 0},
		"unknown": {map[string]any{"licences": []string{"id-card"}}, false, []bool{true, false}, 1},
		"nothing": {nil, false, []bool{false, false}, 2},
	} {
		v := d.Eval(x.values)
		failed := 0
		for i, f := range v.Findings {
			if f.Met != x.each[i] || f.Key != list[i].Key || f.Basis == "" {
				t.Errorf("%s: %+v", name, f)
			}
			if f.Err != nil {
				failed++
			}
		}
		if v.Met != x.met || len(v.Findings) != 2 || failed != x.failed {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if v := (&Decision{}).Eval(nil); v.Met {
		t.Errorf("%+v", v)
	}
	for name, x := range map[string]struct {
		list []Clause
		at   string
	}{
		"none":     {nil, ""},
		"no basis": {[]Clause{{Key: "a", Name: "x", When: "instant"}}, "a/basis"},
		"no name":  {[]Clause{{Key: "a", Basis: "x", When: "instant"}}, "a/name"},
		"no key":   {[]Clause{{Name: "x", Basis: "x", When: "instant"}}, "0/key"},
		"twice":    {[]Clause{list[0], list[0]}, "1/key"},
		"mistake":  {[]Clause{{Key: "a", Name: "x", Basis: "x", When: "instnt"}}, "a/when"},
	} {
		_, err := Clauses(x.list, attributes)
		e := errs.Of(err)
		if e == nil || e.Kind != errs.Invalid || len(e.Fields) != 1 || e.Fields[0].Path != x.at {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := Compile(`level in ["5", "6"] && depth >= 3 && mode == "online"`, attributes); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	r, err := Compile(`level in ["5", "6"] && depth >= 3 && mode == "online"`, attributes)
	if err != nil {
		b.Fatal(err)
	}
	values := map[string]any{"level": "5", "depth": 4, "mode": "online"}
	for b.Loop() {
		if yes, err := r.Eval(values); err != nil || !yes {
			b.Fatal(yes, err)
		}
	}
}

// FuzzCompile: any text compiles or is refused at a place within it, and what
// compiles gives an answer or an error within its cost.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{`level in ["5", "6"] && depth >= 3`, `form.name.contains("无锡") ? instant : !instant`, `licences.all(x, x == "")`,
		`dept == 4`, "a\n\t\"", `[[[`, `{"a": 1}.a == 1`, `b"\x00" == b''`, `1.5e300 * 1e300 > 0.0`, `size("` + strings.Repeat("x", 500) + `") == 500`,
		`level{x: 1}`, `-(-(-9223372036854775808))`, `"\u{1F600}" == 'a'`, "`x`.y", `optional.none()`, `x.?y`} {
		f.Add(s)
	}
	full := map[string]any{"level": "5", "type": "01", "mode": "online", "depth": 4, "visits": 0, "instant": true,
		"licences": []string{"id-card"}, "form.area": 12, "form.name": "无锡小馆"}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Compile(text, attributes)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || len(e.Problems) == 0 {
				t.Fatalf("%q: %v", text, err)
			}
			for _, p := range e.Problems {
				if before, at, after := p.Cut(text); before+at+after != text || p.Line < 1 || p.Column < 1 || p.Code == "" || p.ZH == "" || p.EN == "" {
					t.Fatalf("%q: %+v", text, p)
				}
			}
			return
		}
		for _, values := range []map[string]any{full, nil} {
			if yes, err := r.Eval(values); err != nil && yes {
				t.Fatalf("%q: yes and %v", text, err)
			}
		}
	})
}
