package form

import (
	"errors"
	"math"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/errs"
)

func TestDecode(t *testing.T) {
	f := food(t)
	in := url.Values{
		"operatorName": {"  无锡某某餐饮有限公司\u3000"}, "uscc": {"91350100 m000100y43"}, "phone": {"+86 138-1234-5678"},
		"area": {"\uff11,\uff12\uff10\uff10.5"}, "mode": {"sale"}, "online": {"false"}, "projects": {"散装食品", "别的", "预包装食品", "散装食品"},
		"startDate.y": {"2026"}, "startDate.m": {"\uff13"}, "startDate.d": {"1"}, "endDate": {"2026年12月31日"},
		"investment": {"¥1,234.5"}, "head": {""}, "remark": {"一\r\n二\x00"}, "promise": {"true"},
		"staff.7.name": {"李四"}, "staff.2.name": {"张三"}, "staff.2.trained": {"on"}, "staff.3.name": {" "}, "staff.99999.name": {"王五"}, "staff.01.name": {"赵六"},
		"csrf": {"x"}, "staff.2.hack": {"x"}, "urgent": {""},
	}
	v, raw, found := f.Decode(in)
	want := Values{
		"operatorName": "无锡某某餐饮有限公司", "uscc": goodUSCC, "phone": "13812345678", "area": 1200.5, "mode": "sale", "online": false,
		"projects": []any{"预包装食品", "散装食品", "别的"}, "startDate": "2026-03-01", "endDate": "2026-12-31", "investment": int64(123450),
		"remark": "一\n二", "promise": true, "urgent": false,
		"staff": []any{map[string]any{"name": "张三", "trained": true}, map[string]any{"name": "李四", "trained": false}},
	}
	if !reflect.DeepEqual(v, want) || raw != nil || found != nil {
		t.Errorf("got %#v\nraw %v found %v", v, raw, found)
	}
}

func TestDecode_keeps_what_it_cannot_read(t *testing.T) {
	f := food(t)
	in := url.Values{"area": {"很大"}, "head": {"1.5"}, "investment": {"1.234"}, "siteAge": {"1e3"}, "online": {"也许"},
		"startDate.y": {"2026"}, "startDate.m": {"13"}, "endDate": {"明年"},
		"staff.4.born.y": {"49"}, "staff.4.born.m": {"1"}, "staff.4.born.d": {"1"}, "remark": {"留下"}}
	v, raw, found := f.Decode(in)
	if got := paths(found); got != "area:type online:type siteAge:type startDate:type endDate:type investment:type head:type staff/0/born:type" {
		t.Errorf("found %q", got)
	}
	wantRaw := Raw{"area": "很大", "head": "1.5", "investment": "1.234", "siteAge": "1e3", "online": "也许", "startDate.y": "2026", "startDate.m": "13",
		"endDate": "明年", "staff.0.born.y": "49", "staff.0.born.m": "1", "staff.0.born.d": "1"}
	if !reflect.DeepEqual(raw, wantRaw) {
		t.Errorf("raw %v", raw)
	}
	back := f.Fill(v, raw)
	for input, typed := range wantRaw {
		if back.Get(input) != typed {
			t.Errorf("%s: %q is lost", input, typed)
		}
	}
	again, raw2, _ := f.Decode(back)
	if !reflect.DeepEqual(again, v) || !reflect.DeepEqual(raw2, raw) {
		t.Errorf("typing it again changes it: %v %v", again, raw2)
	}
}

func TestDecode_one_page(t *testing.T) {
	f := food(t)
	v, _, _ := f.Decode(url.Values{"address": {"人民路"}, "operatorName": {"另一页"}}, "premises")
	if !reflect.DeepEqual(v, Values{"address": "人民路"}) {
		t.Errorf("%v", v)
	}
	stored := Values{"operatorName": "某某", "address": "旧址", "area": 3.0, "promise": true}
	merged := f.Merge(stored, v, "premises")
	if !reflect.DeepEqual(merged, Values{"operatorName": "某某", "address": "人民路", "promise": true}) {
		t.Errorf("%v", merged)
	}
	if stored["area"] != 3.0 {
		t.Error("the stored map was changed")
	}
}

func TestReadNumber(t *testing.T) {
	for s, want := range map[string]float64{"0": 0, "-0": 0, "1,234,567.5": 1234567.5, "+3": 3, "\uff0d\uff11\uff12": -12, "007": 7, "999999999999999": 999999999999999} {
		if got, ok := readNumber(s); !ok || got != want || math.Signbit(got) != (want < 0) {
			t.Errorf("%q: %v %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "-", ".", "1.", ".5", "1,5", "12,34", "1,2345", ",123", "1e5", "0x10", "NaN", "Inf", "--1", "+-1", "1 2a", "1.2.3", "1234567890123456", "一"} {
		if got, ok := readNumber(s); ok {
			t.Errorf("%q read as %v", s, got)
		}
	}
	for s, want := range map[string]int64{"1": 100, "0.01": 1, "-12.3": -1230, "19.99": 1999, "1,000": 100000, "8元": 800} {
		if got, ok := readFen(s); !ok || got != want {
			t.Errorf("%q: %d %v", s, got, ok)
		}
	}
	for fen, want := range map[int64]string{0: "0.00", 5: "0.05", -5: "-0.05", 123450: "1234.50"} {
		if got := writeFen(fen); got != want {
			t.Errorf("%d: %s", fen, got)
		}
	}
}

func TestParseJSON(t *testing.T) {
	f := food(t)
	text, err := goodValues().JSON()
	if err != nil {
		t.Fatal(err)
	}
	v, found, err := f.ParseJSON(text)
	if err != nil || found != nil || !reflect.DeepEqual(v, goodValues()) {
		t.Fatalf("%v %v\n%#v", err, found, v)
	}
	for _, c := range []struct{ text, want string }{
		{`{"hack":{"deep":[1,{}]},"staff":[{"name":"张三","hack":1}]}`, "hack:unknown-field staff/0/hack:unknown-field"},
		{`{"area":"12","head":1.5,"operatorName":5,"online":"true","projects":"x","staff":{},"promise":null}`,
			"area:type head:type operatorName:type online:type projects:type staff:type promise:type"},
		{`{"projects":[1],"staff":["x",{"name":1}]}`, "projects:type staff/0:type staff/1/name:type"},
		{`{"remark":"a\u0000b"}`, "remark:control"},
		{`{"remark":"a\u001bb"}`, "remark:control"},
		{`{"area":1e300,"head":1e16}`, "area:type head:type"},
		{`{"staff":[` + strings.Repeat(`{},`, 150) + `{}]}`, "staff:max-items"},
		{`{"OperatorName":"x"}`, "OperatorName:unknown-field"},
		{`{"startDate":"2026-02-30","head":5.0}`, ""},
	} {
		_, found, err := f.ParseJSON([]byte(c.text))
		if err != nil || paths(found) != c.want {
			t.Errorf("%.60s: %v %q, want %q", c.text, err, paths(found), c.want)
		}
	}
	for _, c := range []struct {
		text string
		want *errs.Error
		path string
	}{
		{``, ErrJSON, ""}, {`[]`, ErrJSON, ""}, {`null`, ErrJSON, ""}, {`"x"`, ErrJSON, ""}, {`{} {}`, ErrJSON, ""}, {`{}x`, ErrJSON, ""}, {`{"a"`, ErrJSON, "a"},
		{`{"remark":"` + "\xff" + `"}`, ErrJSON, "remark"}, {`{"remark":"\ud800"}`, ErrJSON, "remark"}, {`{"area":01}`, ErrJSON, ""},
		{`{"area":1,"area":2}`, ErrTwice, "area"}, {`{"staff":[{"name":"a","name":"b"}]}`, ErrTwice, "staff/0/name"},
		{`{"hack":{"a":1,"a":2}}`, ErrTwice, "hack/a"},
		{`{"hack":` + strings.Repeat("[", 20000), ErrJSON, ""},
		{`{"remark":"` + strings.Repeat("x", MaxBody) + `"}`, ErrTooLarge, ""},
	} {
		_, _, err := f.ParseJSON([]byte(c.text))
		if !errors.Is(err, c.want) {
			t.Errorf("%.60q: %v", c.text, err)
			continue
		}
		if fields := errs.Of(err).Fields; c.path != "" && (len(fields) != 1 || fields[0].Path != c.path) {
			t.Errorf("%.60q: %v", c.text, fields)
		}
	}
}

func TestParseJSON_text(t *testing.T) {
	f := food(t)
	v, found, err := f.ParseJSON([]byte(`{"remark":" e\u0301 \r\n\u200b二 ","legalRepId":"11010519491231002x","address":"a\nb\u202e"}`))
	if err != nil || found != nil {
		t.Fatal(err, found)
	}
	if want := (Values{"remark": "é \n二", "legalRepId": goodID, "address": "a b"}); !reflect.DeepEqual(v, want) {
		t.Errorf("%q", v)
	}
}

func BenchmarkCompile(b *testing.B) {
	text, e, formats := foodText(b), testElements(b), testFormats()
	for b.Loop() {
		if _, err := Compile(text, e, formats); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseAndValidate(b *testing.B) {
	f := food(b)
	text, _ := goodValues().JSON()
	for b.Loop() {
		v, _, err := f.ParseJSON(text)
		if err != nil || f.Validate(v) != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeAndValidate(b *testing.B) {
	f := food(b)
	in := f.Fill(goodValues(), nil)
	for b.Loop() {
		v, _, found := f.Decode(in)
		if found != nil || f.Validate(v) != nil {
			b.Fatal(found)
		}
	}
}
