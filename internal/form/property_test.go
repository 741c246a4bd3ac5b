package form

import (
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

// answers draws values for the fields of a form, some right, some wrong.
func answers(t *rapid.T, fields []*Field) map[string]any {
	out := map[string]any{}
	for _, fd := range fields {
		if rapid.IntRange(0, 3).Draw(t, "given "+fd.Name) == 0 {
			continue
		}
		out[fd.Name] = answer(t, fd)
	}
	return out
}

func answer(t *rapid.T, fd *Field) any {
	good := goodValues()
	switch {
	case fd.Type == Boolean:
		return rapid.Bool().Draw(t, fd.Name)
	case fd.Type == Integer:
		return rapid.Int64Range(-5, 2000).Draw(t, fd.Name)
	case fd.Type == Number:
		return float64(rapid.Int64Range(-5, 2000000).Draw(t, fd.Name)) / 100
	case fd.Type == Rows:
		var rows []any
		for range rapid.IntRange(1, 4).Draw(t, "rows") {
			rows = append(rows, answers(t, fd.Children))
		}
		return rows
	case fd.Type == List:
		var out []any
		for _, o := range fd.Options {
			if rapid.Bool().Draw(t, o.Value) {
				out = append(out, o.Value)
			}
		}
		if out == nil {
			out = []any{"无"}
		}
		return out
	case len(fd.Options) > 0:
		return rapid.SampledFrom(append([]Option{{Value: "无"}}, fd.Options...)).Draw(t, fd.Name).Value
	case fd.Widget == DateBox:
		return rapid.SampledFrom([]string{"2026-03-01", "2028-02-29", "2199-12-31"}).Draw(t, fd.Name)
	case fd.parent == nil && good[fd.Name] != nil && rapid.Bool().Draw(t, "good "+fd.Name):
		return good[fd.Name]
	}
	return rapid.SampledFrom([]string{"张三", "x", goodID, "JK2026001", strings.Repeat("长", 60), "a@b.cn"}).Draw(t, fd.Name)
}

// TestPublishedSchemaAgrees: a plain JSON Schema validator with the published
// text says the same as Validate (x-not-before apart, which it cannot say).
func TestPublishedSchemaAgrees(t *testing.T) {
	f := food(t)
	var doc any
	if err := json.Unmarshal(f.SchemaJSON(), &doc); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{})
	c.AssertFormat()
	for name, check := range f.formats {
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(v any) error {
			if s, ok := v.(string); ok {
				if ok, _, en := check(s); !ok {
					return &formatError{en: en}
				}
			}
			return nil
		}})
	}
	if err := c.AddResource("mem:///published", doc); err != nil {
		t.Fatal(err)
	}
	published, err := c.Compile("mem:///published")
	if err != nil {
		t.Fatal(err)
	}
	// An answer that is left over from before does not make its followers required.
	left := goodValues()
	left["mode"] = "canteen"
	delete(left, "site")
	if err := published.Validate(map[string]any(left)); err != nil {
		t.Errorf("left-over answer: %v", err)
	}
	left["mode"] = "sale"
	if published.Validate(map[string]any(left)) == nil {
		t.Error("an asked question must be required")
	}
	accepted := 0
	rapid.Check(t, func(t *rapid.T) {
		v := Values(answers(t, f.fields))
		if rapid.Bool().Draw(t, "mostly good") {
			for name, x := range goodValues() {
				if rapid.IntRange(0, 9).Draw(t, "take "+name) > 0 {
					v[name] = x
				}
			}
		}
		delete(v, "endDate")
		v = f.Prune(v)
		ours, theirs := f.Validate(v), published.Validate(map[string]any(v))
		if (ours == nil) != (theirs == nil) {
			t.Fatalf("ours %v, published %v", ours, theirs)
		}
		if ours == nil {
			accepted++
		}
	})
	if accepted == 0 {
		t.Error("no drawn answers were accepted: the property says nothing")
	}
}

// TestRoundTrips: answers survive the page and the JSON text unchanged.
func TestRoundTrips(t *testing.T) {
	f := food(t)
	rapid.Check(t, func(t *rapid.T) {
		v := f.Normalise(answers(t, f.fields))
		text, err := v.JSON()
		if err != nil {
			t.Fatal(err)
		}
		parsed, found, err := f.ParseJSON(text)
		if err != nil || found != nil || !reflect.DeepEqual(parsed, v) {
			t.Fatalf("JSON: %v %v\n%#v\n%#v", err, found, parsed, v)
		}
		// A page says false for a box left empty and knows no blank rows.
		for _, fd := range f.fields {
			if fd.Widget == Checkbox && v[fd.Name] == nil {
				v[fd.Name] = false
			}
		}
		if rows, ok := v["staff"].([]any); ok {
			for _, r := range rows {
				row := r.(map[string]any)
				if row["trained"] == nil {
					row["trained"] = false
				}
			}
			rows = slices.DeleteFunc(rows, func(r any) bool {
				return reflect.DeepEqual(r, map[string]any{"trained": false})
			})
			if v["staff"] = any(rows); len(rows) == 0 {
				delete(v, "staff")
			}
		}
		decoded, raw, found := f.Decode(f.Fill(v, nil))
		if raw != nil || found != nil || !reflect.DeepEqual(decoded, v) {
			t.Fatalf("page: %v %v\n%#v\n%#v", raw, found, decoded, v)
		}
	})
}

// TestPruneSettles: what is pruned once needs no second pruning, and hiding
// never makes answers wrong.
func TestPruneSettles(t *testing.T) {
	f := food(t)
	rapid.Check(t, func(t *rapid.T) {
		v := Values(answers(t, f.fields))
		once := f.Prune(v)
		if !reflect.DeepEqual(f.Prune(once), once) {
			t.Fatalf("%v", once)
		}
		if a, b := paths(f.Validate(v)), paths(f.Validate(once)); a != b {
			t.Fatalf("%s\n%s", a, b)
		}
		if !reflect.DeepEqual(f.Visible(v), f.Visible(once)) {
			t.Fatal("pruning changes what is asked")
		}
	})
}

// TestTidySettles: text is brought into one form, and stays in it.
func TestTidySettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		lines := rapid.Bool().Draw(t, "lines")
		once, _ := tidy(s, lines)
		if twice, sound := tidy(once, lines); twice != once || !sound {
			t.Fatalf("%q %q", once, twice)
		}
		if strings.ContainsRune(once, 0) || !lines && strings.Contains(once, "\n") {
			t.Fatalf("%q", once)
		}
	})
}

func FuzzParseJSON(f *testing.F) {
	fm, err := Compile(foodText(f), testElements(f), testFormats())
	if err != nil {
		f.Fatal(err)
	}
	text, _ := goodValues().JSON()
	for _, s := range []string{string(text), `{"staff":[{"name":"a"},1]}`, `{"area":-0.0}`, `{"a":1,"a":2}`, `{"remark":"\ud83d\ude00\u0000"}`, `[`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, found, err := fm.ParseJSON(data)
		if err != nil {
			return
		}
		fm.Validate(v)
		fm.ValidateDraft(v)
		fm.Summary(v)
		fm.Answers("staff", v)
		fm.Fill(v, nil)
		text, err := v.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), `\u0000`) {
			t.Fatalf("NUL in %s", text)
		}
		again, found2, err := fm.ParseJSON(text)
		if err != nil || found2 != nil || !reflect.DeepEqual(again, v) {
			t.Fatalf("%v %v (first %v)\n%#v\n%#v", err, found2, found, v, again)
		}
	})
}

func FuzzDecode(f *testing.F) {
	fm, err := Compile(foodText(f), testElements(f), testFormats())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(fm.Fill(goodValues(), nil).Encode())
	f.Add("startDate.y=26&area=1,2&staff.0.born=x&staff.9.name=%00&investment=1e9&projects=a&projects=b")
	f.Fuzz(func(t *testing.T, query string) {
		in, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		v, raw, found := fm.Decode(in)
		if (raw == nil) != (found == nil) {
			t.Fatalf("raw %v found %v", raw, found)
		}
		fm.Validate(v)
		fm.Summary(v)
		again, raw2, _ := fm.Decode(fm.Fill(v, raw))
		if !reflect.DeepEqual(again, v) || !reflect.DeepEqual(raw2, raw) {
			t.Fatalf("showing it again changes it:\n%#v %v\n%#v %v", v, raw, again, raw2)
		}
	})
}

func FuzzCompile(f *testing.F) {
	e := testElements(f)
	f.Add(foodText(f))
	f.Add([]byte(`{"type":"object","x-steps":[{"key":"s","title":"s","fields":["a"]}],"properties":{"a":{"type":"array","title":"a","items":{}}}}`))
	f.Add([]byte(`{"type":"object","x-steps":[{"key":"s","title":"s","fields":["a"]}],"properties":{"a":{"$ref":"elem:DE0104","allOf":[{"pattern":"x","x-msg":"x"}],"pattern":"y","x-msg":"y"}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		fm, err := Compile(text, e, testFormats())
		if err != nil {
			return
		}
		again, err := Compile(fm.Frozen(), nil, testFormats())
		if err != nil {
			t.Fatalf("frozen form refused: %v\n%s", err, fm.Frozen())
		}
		if again.Hash() != fm.Hash() {
			t.Fatalf("\n%s\n%s", fm.Frozen(), again.Frozen())
		}
		fm.Validate(fm.Prefill(nil))
	})
}
