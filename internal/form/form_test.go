package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/tongban/tongban/internal/errs"
)

// testFormats check digits the short way, enough to see that formats are asked.
func testFormats() Formats {
	weighted := func(s string, weights []int, signs string, mod int) bool {
		if len(s) != len(weights)+1 {
			return false
		}
		sum := 0
		for i, w := range weights {
			d := strings.IndexByte("0123456789ABCDEFGHJKLMNPQRTUWXY", s[i])
			if d < 0 {
				return false
			}
			sum += d * w
		}
		return s[len(weights)] == signs[sum%mod]
	}
	return Formats{
		"cn-id": func(s string) (bool, string, string) {
			return weighted(s, []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}, "10X98765432", 11),
				"身份证号码的校验码不正确，请核对", "the check digit is wrong"
		},
		"uscc": func(s string) (bool, string, string) {
			return weighted(s, []int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}, "0YXWUTRQPNMLKJHGFEDCBA987654321", 31),
				"统一社会信用代码的校验码不正确，请核对", "the check digit is wrong"
		},
		"cn-mobile": func(s string) (bool, string, string) {
			return regexp.MustCompile(`^1[3-9]\d{9}$`).MatchString(s), "请填写 11 位手机号码", "11 digits are needed"
		},
	}
}

func testElements(t testing.TB) Elements {
	t.Helper()
	b, err := os.ReadFile("testdata/elements.json")
	if err != nil {
		t.Fatal(err)
	}
	var e Elements
	if err := json.Unmarshal(b, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func foodText(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/food.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func food(t testing.TB) *Form {
	t.Helper()
	f, err := Compile(foodText(t), testElements(t), testFormats())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// small compiles a form of one step from its properties, in alphabetical order.
func small(t testing.TB, properties string, required ...string) *Form {
	t.Helper()
	f, err := compileSmall(t, properties, required...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func compileSmall(t testing.TB, properties string, required ...string) (*Form, error) {
	t.Helper()
	var props map[string]json.RawMessage
	if err := json.Unmarshal([]byte(properties), &props); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{"type": "object", "properties": props, "required": append([]string{}, required...),
		"x-steps": []any{map[string]any{"key": "all", "title": "全部", "fields": sortedKeys(props)}}})
	if err != nil {
		t.Fatal(err)
	}
	return Compile(text, testElements(t), testFormats())
}

const goodID = "11010519491231002X"
const goodUSCC = "91350100M000100Y43"

func goodValues() Values {
	return Values{
		"operatorName": "无锡某某餐饮有限公司", "uscc": goodUSCC, "legalRep": "阿卜杜拉·热合曼", "legalRepId": goodID,
		"phone": "13812345678", "address": "无锡市梁溪区人民中路 1 号", "area": 120.55, "mode": "sale", "online": true,
		"site": "某某商城", "siteAge": int64(3), "projects": []any{"预包装食品"}, "startDate": "2026-03-01", "endDate": "2029-02-28",
		"investment": int64(123450), "head": int64(5),
		"staff":  []any{map[string]any{"name": "张三", "idNumber": goodID, "born": "1949-12-31", "healthCert": "JK2026001", "trained": true}},
		"remark": "第一行\n第二行", "mail": "a@b.cn", "urgent": false, "promise": true,
	}
}

func paths(found []errs.Field) string {
	var out []string
	for _, e := range found {
		out = append(out, e.Path+":"+e.Code)
	}
	return strings.Join(out, " ")
}

func TestCompile(t *testing.T) {
	f := food(t)
	if got := len(f.Steps()); got != 3 {
		t.Fatalf("%d steps", got)
	}
	name := f.Field("operatorName")
	if name.Title != "经营者名称" || name.TitleEN != "Name of the business" || name.Elem != "DE0101" || name.MaxLength != 50 || name.MinLength != 2 || !name.Required {
		t.Errorf("element and tightening not joined: %+v", name)
	}
	cert := f.Field("staff").Children[3]
	if len(cert.Patterns) != 2 || cert.Elem != "DE0104" || cert.MaxLength != 20 {
		t.Errorf("both patterns must hold: %+v", cert)
	}
	for name, want := range map[string]Widget{"uscc": USCC, "legalRepId": IDNumber, "phone": Phone, "address": Address, "area": NumberBox,
		"mode": Radio, "online": Radio, "projects": Checkboxes, "startDate": DateBox, "investment": Money, "staff": Table, "remark": TextArea,
		"reason": Text, "promise": Checkbox} {
		if got := f.Field(name).Widget; got != want {
			t.Errorf("%s: widget %s, want %s", name, got, want)
		}
	}
	for name, want := range map[string]bool{"legalRepId": true, "phone": true, "head": true, "uscc": false, "address": false} {
		if got := f.Field(name).Sensitive; got != want {
			t.Errorf("%s: sensitive %v", name, got)
		}
	}
	if f.Field("reason").MaxLength != 500 {
		t.Error("a text without maxLength must have the usual one")
	}
	if got := strings.Join(f.DataElements(), " "); got != "DE0101 DE0102 DE0105 DE0104" {
		t.Errorf("elements %s", got)
	}
}

func TestFrozen(t *testing.T) {
	f := food(t)
	again, err := Compile(f.Frozen(), nil, testFormats())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Frozen(), f.Frozen()) || again.Hash() != f.Hash() || !bytes.Equal(again.SchemaJSON(), f.SchemaJSON()) || again.ShowCSS() != f.ShowCSS() {
		t.Errorf("a frozen form must compile to itself:\n%s\n%s", f.Frozen(), again.Frozen())
	}
	if bytes.Contains(f.Frozen(), []byte("$ref")) {
		t.Error("references are left")
	}
	other := small(t, `{"a": {"type": "string", "title": "甲"}}`)
	if other.Hash() == f.Hash() {
		t.Error("two forms, one hash")
	}
}

func TestDocExample(t *testing.T) {
	b, err := os.ReadFile("../../docs/forms.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(b, -1)
	var example, elements any
	for _, block := range blocks {
		switch {
		case bytes.HasPrefix(block[1], []byte("title: ")):
			err = errors.Join(err, yaml.Unmarshal(block[1], &example))
		case bytes.HasPrefix(block[1], []byte("DE0101")):
			err = errors.Join(err, yaml.Unmarshal(block[1], &elements))
		}
	}
	text, err2 := json.Marshal(example)
	catalogue, err3 := json.Marshal(elements)
	var e Elements
	if err := errors.Join(err, err2, err3, json.Unmarshal(catalogue, &e)); err != nil || len(e) != 2 {
		t.Fatal(err, len(e))
	}
	f, err := Compile(text, e, testFormats())
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Fields()) != 17 {
		t.Errorf("%d fields", len(f.Fields()))
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, c := range []struct{ name, properties, place string }{
		{"unknown x- word", `{"a":{"type":"string","title":"甲","x-hidden":true}}`, "properties/a/x-hidden unknown-word"},
		{"unknown plain word", `{"a":{"type":"string","title":"甲","not":{}}}`, "properties/a/not unknown-word"},
		{"word of another type", `{"a":{"type":"integer","title":"甲","maxLength":3}}`, "properties/a/maxLength unknown-word"},
		{"no title", `{"a":{"type":"string"}}`, "properties/a/title required"},
		{"unsupported type", `{"a":{"type":"object","title":"甲"}}`, "properties/a/type type"},
		{"type list", `{"a":{"type":["string","null"],"title":"甲"}}`, "properties/a/type type"},
		{"file reference", `{"a":{"$ref":"file:///etc/hostname","title":"甲"}}`, "properties/a/$ref ref"},
		{"web reference", `{"a":{"$ref":"https://example.cn/x","title":"甲"}}`, "properties/a/$ref ref"},
		{"unknown element", `{"a":{"$ref":"elem:NONE"}}`, "properties/a/$ref unknown-element"},
		{"unknown label element", `{"a":{"type":"string","title":"甲","x-elem":"NONE"}}`, "properties/a/x-elem unknown-element"},
		{"unknown definition", `{"a":{"$ref":"#/$defs/none"}}`, "properties/a/$ref unknown-definition"},
		{"longer than the element", `{"a":{"$ref":"elem:DE0101","maxLength":101}}`, "properties/a/maxLength loosened"},
		{"shorter minimum", `{"a":{"$ref":"elem:DE0101","minLength":1}}`, "properties/a/minLength loosened"},
		{"other format", `{"a":{"$ref":"elem:DE0102","format":"date"}}`, "properties/a/format loosened"},
		{"other type", `{"a":{"$ref":"elem:DE0102","type":"integer"}}`, "properties/a/type loosened"},
		{"more options", `{"a":{"$ref":"elem:DE0103","enum":["1","3"]}}`, "properties/a/enum loosened"},
		{"finer step", `{"a":{"$ref":"elem:DE0105","multipleOf":2}}`, "properties/a/multipleOf loosened"},
		{"unmasked", `{"a":{"$ref":"elem:DE0105","x-sensitive":false}}`, "properties/a/x-sensitive loosened"},
		{"unmasked by format", `{"a":{"type":"string","title":"甲","format":"cn-id","x-sensitive":false}}`, "properties/a/x-sensitive loosened"},
		{"unknown format", `{"a":{"type":"string","title":"甲","format":"cn-tax"}}`, "properties/a/format unknown-format"},
		{"pattern without words", `{"a":{"type":"string","title":"甲","pattern":"^a"}}`, "properties/a/x-msg required"},
		{"broken pattern", `{"a":{"type":"string","title":"甲","pattern":"(","x-msg":"请"}}`, "properties/a/pattern pattern"},
		{"numeric option", `{"a":{"type":"string","title":"甲","enum":[1]}}`, "properties/a/enum/0/const type"},
		{"option twice", `{"a":{"type":"string","title":"甲","enum":["a","a"]}}`, "properties/a/enum/1/const option"},
		{"list without options", `{"a":{"type":"array","title":"甲","items":{"type":"string"}}}`, "properties/a/items/enum required"},
		{"table in table", `{"a":{"type":"array","title":"甲","items":{"type":"object","x-order":["b"],"properties":{"b":{"type":"array","title":"乙","items":{"type":"object","x-order":["c"],"properties":{"c":{"type":"string","title":"丙"}}}}}}}}`, "properties/a/items/properties/b/items type"},
		{"column not in order", `{"a":{"type":"array","title":"甲","items":{"type":"object","x-order":[],"properties":{"b":{"type":"string","title":"乙"}}}}}`, "properties/a/items/x-order no-step"},
		{"wrong widget", `{"a":{"type":"string","title":"甲","x-widget":"money"}}`, "properties/a/x-widget widget"},
		{"bad source", `{"a":{"type":"string","title":"甲","x-source":"http://x"}}`, "properties/a/x-source source"},
		{"bad name", `{"a.b":{"type":"string","title":"甲"}}`, "properties/a.b name"},
		{"bad default", `{"a":{"type":"string","title":"甲","format":"date","default":"2026-02-30"}}`, "properties/a/default default"},
		{"minimum above maximum", `{"a":{"type":"integer","title":"甲","minimum":3,"maximum":2}}`, "properties/a/minimum range"},
		{"too long", `{"a":{"type":"string","title":"甲","maxLength":9999}}`, "properties/a/maxLength range"},
		{"condition on nobody", `{"a":{"type":"string","title":"甲","x-show":{"z":"1"}}}`, "properties/a/x-show unknown-field"},
		{"condition on free text", `{"a":{"type":"string","title":"甲"},"b":{"type":"string","title":"乙","x-show":{"a":"1"}}}`, "properties/b/x-show condition"},
		{"condition on no option", `{"a":{"type":"string","title":"甲","enum":["x"]},"b":{"type":"string","title":"乙","x-show":{"a":"y"}}}`, "properties/b/x-show option"},
		{"condition on what follows", `{"a":{"type":"string","title":"甲","x-show":{"b":"x"}},"b":{"type":"string","title":"乙","enum":["x"]}}`, "properties/a/x-show order"},
		{"circle", `{"a":{"type":"boolean","title":"甲","x-show":{"c":true}},"b":{"type":"boolean","title":"乙","x-show":{"a":true}},"c":{"type":"boolean","title":"丙","x-show":{"b":true}}}`, "properties/a/x-show cycle"},
		{"itself", `{"a":{"type":"boolean","title":"甲","x-show":{"a":true}}}`, "properties/a/x-show cycle"},
		{"not before nobody", `{"a":{"type":"string","title":"甲","format":"date","x-not-before":"b"}}`, "properties/a/x-not-before unknown-field"},
		{"NUL in a title", `{"a":{"type":"string","title":"甲\u0000"}}`, "properties/a/title text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := compileSmall(t, c.properties)
			refused(t, err, c.place)
		})
	}
	for _, c := range []struct{ name, text, place string }{
		{"no object", `[]`, "/ json"},
		{"null", `null`, "/ json"},
		{"key twice", `{"type":"object","type":"object"}`, "/ json"},
		{"too large", strings.Repeat(" ", MaxSchema+1), "/ too-large"},
		{"no fields", `{"type":"object"}`, "properties required"},
		{"no steps", `{"type":"object","properties":{"a":{"type":"string","title":"甲"}}}`, "x-steps required"},
		{"field outside steps", `{"type":"object","x-steps":[{"key":"s","title":"步","fields":["a"]}],"properties":{"a":{"type":"string","title":"甲"},"b":{"type":"string","title":"乙"}}}`, "properties/b no-step"},
		{"field in two steps", `{"type":"object","x-steps":[{"key":"s","title":"步","fields":["a","a"]}],"properties":{"a":{"type":"string","title":"甲"}}}`, "x-steps/0/fields/1 twice"},
		{"step twice", `{"type":"object","x-steps":[{"key":"s","title":"步","fields":["a"]},{"key":"s","title":"步","fields":["b"]}],"properties":{"a":{"type":"string","title":"甲"},"b":{"type":"string","title":"乙"}}}`, "x-steps/1/key name"},
		{"unknown field in a step", `{"type":"object","x-steps":[{"key":"s","title":"步","fields":["a","z"]}],"properties":{"a":{"type":"string","title":"甲"}}}`, "x-steps/0/fields/1 unknown-field"},
		{"requires nobody", `{"type":"object","required":["z"],"x-steps":[{"key":"s","title":"步","fields":["a"]}],"properties":{"a":{"type":"string","title":"甲"}}}`, "required/0 unknown-field"},
		{"allOf on top", `{"type":"object","allOf":[],"x-steps":[{"key":"s","title":"步","fields":["a"]}],"properties":{"a":{"type":"string","title":"甲"}}}`, "allOf unknown-word"},
		{"definition refers to definition", `{"type":"object","$defs":{"d":{"$ref":"#/$defs/d"}},"x-steps":[{"key":"s","title":"步","fields":["a"]}],"properties":{"a":{"$ref":"#/$defs/d"}}}`, "$defs/d/$ref ref"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Compile([]byte(c.text), nil, nil)
			refused(t, err, c.place)
		})
	}
}

func refused(t *testing.T, err error, place string) {
	t.Helper()
	if !errors.Is(err, ErrSchema) {
		t.Fatalf("not refused: %v", err)
	}
	var got []string
	for _, e := range errs.Of(err).Fields {
		got = append(got, e.Path+" "+e.Code)
		if e.ZH == "" || e.EN == "" || strings.Contains(e.ZH+e.EN, "%!") {
			t.Errorf("words: %q %q", e.ZH, e.EN)
		}
		if e.Path+" "+e.Code == place {
			return
		}
	}
	t.Errorf("want %q, got %q", place, got)
}

func TestElementsCheck(t *testing.T) {
	e := testElements(t)
	if err := e.Check(testFormats()); err != nil {
		t.Fatal(err)
	}
	e["DE9"] = json.RawMessage(`{"type":"string","maxLength":0,"title":"九"}`)
	e["DE8"] = json.RawMessage(`{"type":"string","title":"八","x-show":{"a":"b"}}`)
	e["DE7"] = json.RawMessage(`{`)
	e["D E"] = json.RawMessage(`{}`)
	err := e.Check(testFormats())
	for _, place := range []string{"DE9/maxLength range", "DE8/x-show unknown-word", "DE7 json", "D E name"} {
		refused(t, err, place)
	}
}
