package form

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestValidate(t *testing.T) {
	f := food(t)
	if got := f.Validate(goodValues()); got != nil {
		t.Fatalf("good answers: %v", got)
	}
	long := strings.Repeat("长", 501)
	for _, c := range []struct {
		name   string
		change Values // nil removes
		want   string
	}{
		{"text missing", Values{"address": nil}, "address:required"},
		{"blank is missing", Values{"address": " \u3000\u200b"}, "address:required"},
		{"table missing", Values{"staff": []any{}}, "staff:required"},
		{"cell missing", Values{"staff": []any{map[string]any{"trained": true}}}, "staff/0/name:required"},
		{"all in form order", Values{"promise": nil, "operatorName": nil, "staff": nil, "area": nil}, "operatorName:required area:required staff:required promise:required"},
		{"not ticked", Values{"promise": false}, "promise:must-accept"},
		{"too long counts characters", Values{"remark": long}, "remark:max-length"},
		{"500 characters of 3 bytes", Values{"remark": long[:1500]}, ""},
		{"usual length", Values{"urgent": true, "reason": long}, "reason:max-length"},
		{"too short", Values{"operatorName": "某"}, "operatorName:min-length"},
		{"check digit", Values{"legalRepId": "110105194912310021"}, "legalRepId:format"},
		{"small x and spaces are understood", Values{"legalRepId": "110105 19491231 002x"}, ""},
		{"full width", Values{"phone": "\uff11\uff13\uff18 1234 5678"}, ""},
		{"USCC", Values{"uscc": "91350100M000100Y44"}, "uscc:format"},
		{"wrong type", Values{"area": "120"}, "area:type"},
		{"not a number", Values{"area": math.NaN()}, "area:type"},
		{"too small", Values{"area": 0.5}, "area:min"},
		{"too large", Values{"area": 100000.01}, "area:max"},
		{"three decimals", Values{"area": 1.005}, "area:multiple-of"},
		{"whole number as float", Values{"siteAge": 3.0}, ""},
		{"fraction of a year", Values{"siteAge": 3.5}, "siteAge:type"},
		{"money too much", Values{"investment": int64(100000000001)}, "investment:max"},
		{"no such option", Values{"mode": "bar", "site": nil}, "mode:option"},
		{"no such choice", Values{"projects": []any{"预包装食品", "保健品"}}, "projects:option"},
		{"choice twice", Values{"projects": []any{"预包装食品", "预包装食品"}}, "projects:unique"},
		{"four of three", Values{"projects": []string{"预包装食品", "散装食品", "热食类食品制售", "冷食类食品制售"}}, "projects:max-items reason:required"},
		{"no such day", Values{"startDate": "2026-02-29"}, "startDate:date"},
		{"no such year", Values{"startDate": "0026-02-01"}, "startDate:date"},
		{"end before start", Values{"endDate": "2026-02-28"}, "endDate:not-before"},
		{"same day", Values{"endDate": "2026-03-01"}, ""},
		{"digits in a name", Values{"legalRep": "张3"}, "legalRep:format"},
		{"emoji in a name", Values{"legalRep": "张三😀"}, "legalRep:emoji"},
		{"emoji in a text", Values{"remark": "好👍"}, "remark:emoji"},
		{"heart", Values{"remark": "❤\ufe0f"}, "remark:emoji"},
		{"star is a sign", Values{"remark": "★ 重要"}, ""},
		{"rare characters", Values{"legalRep": "㛃𫖯𪚥"}, ""},
		{"e-mail", Values{"mail": "a@b"}, "mail:format"},
		{"element's pattern", Values{"staff": []any{map[string]any{"name": "张三", "healthCert": "1234567"}}}, "staff/0/healthCert:pattern"},
		{"own pattern", Values{"staff": []any{map[string]any{"name": "张三", "healthCert": "Jk"}}}, "staff/0/healthCert:pattern"},
		{"length goes before pattern", Values{"staff": []any{map[string]any{"name": "张三", "healthCert": strings.Repeat("j", 21)}}}, "staff/0/healthCert:max-length"},
		{"second row", Values{"staff": []any{map[string]any{"name": "张三"}, map[string]any{"name": "李四", "idNumber": "1"}}}, "staff/1/idNumber:format"},
		{"row is no row", Values{"staff": []any{"张三"}}, "staff/0:type staff/0/name:required"},
		{"too many rows", Values{"staff": slices.Repeat([]any{map[string]any{"name": "张三"}}, 4)}, "staff:max-items"},
		{"unknown field", Values{"hack": 1}, "hack:unknown-field"},
		{"unknown cell", Values{"staff": []any{map[string]any{"name": "张三", "hack": 1}}}, "staff/0/hack:unknown-field"},
		{"element's step", Values{"head": int64(7)}, "head:multiple-of"},
		{"unsupported value", Values{"remark": struct{}{}}, "remark:type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := goodValues()
			for name, x := range c.change {
				if v[name] = x; x == nil {
					delete(v, name)
				}
			}
			found := f.Validate(v)
			if got := paths(found); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			for _, e := range found {
				if e.ZH == "" || e.EN == "" || strings.Contains(e.ZH+e.EN, "%") {
					t.Errorf("words: %q %q", e.ZH, e.EN)
				}
			}
		})
	}
}

func TestWords(t *testing.T) {
	f := food(t)
	v := goodValues()
	v["investment"], v["area"], v["endDate"] = int64(-1), 0.5, "2026-01-01"
	v["promise"] = false
	delete(v, "address")
	delete(v, "mode")
	got := map[string]string{}
	for _, e := range f.Validate(v) {
		got[e.Path] = e.ZH + " | " + e.EN
	}
	for path, want := range map[string]string{
		"address":    "请填写经营场所地址 | Enter “Address”",
		"mode":       "请选择主体业态 | Choose “主体业态”",
		"area":       "经营面积不能小于 1 平方米 | “经营面积” cannot be less than 1 平方米",
		"investment": "投资额不能小于 0.00 元 | “投资额” cannot be less than 0.00 yuan",
		"endDate":    "场所租赁到期日不能早于拟开业日期 | “场所租赁到期日” cannot be earlier than “拟开业日期”",
		"promise":    "请阅读并勾选“以上内容真实有效，本人承担相应责任” | Read and tick “以上内容真实有效，本人承担相应责任”",
	} {
		if got[path] != want {
			t.Errorf("%s: %q, want %q", path, got[path], want)
		}
	}
}

func TestValidateDraft(t *testing.T) {
	f := food(t)
	for _, c := range []struct {
		v    Values
		want string
	}{
		{Values{}, ""},
		{nil, ""},
		{Values{"operatorName": "某", "uscc": "913", "area": 0.1, "startDate": "2026-02-30", "promise": false, "projects": []any{}}, ""},
		{Values{"remark": strings.Repeat("x", 10<<20)}, "remark:max-length"},
		{Values{"mode": strings.Repeat("x", 10<<20)}, "mode:option"},
		{Values{"projects": []any{strings.Repeat("x", 10<<20)}}, "projects:option"},
		{Values{"area": "x", "hack": 1, "remark": "👍"}, "area:type remark:emoji hack:unknown-field"},
		{Values{"staff": slices.Repeat([]any{map[string]any{}}, 500)}, "staff:max-items"},
	} {
		if got := paths(f.ValidateDraft(c.v)); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestValidateStep(t *testing.T) {
	f := food(t)
	if got := paths(f.ValidateStep(Values{"mode": "sale"}, "premises")); got != "address:required area:required online:required projects:required" {
		t.Errorf("got %q", got)
	}
}

func TestVisible(t *testing.T) {
	f := food(t)
	for _, c := range []struct {
		v    Values
		want string // which of the conditional questions are asked
	}{
		{Values{}, ""},
		{Values{"mode": "canteen", "online": true}, ""}, // online is not asked, so its answer does not count
		{Values{"mode": "catering"}, "online"},
		{Values{"mode": "catering", "online": true}, "online site"},
		{Values{"mode": "sale", "online": true}, "online site siteAge"},
		{Values{"mode": "sale", "online": "true"}, "online"}, // wrong type is no answer
		{Values{"urgent": true}, "reason"},
		{Values{"projects": []any{"预包装食品", "散装食品"}, "mode": "sale"}, "online reason"},
		{Values{"projects": []string{"散装食品"}, "mode": "canteen"}, ""},
	} {
		shown := f.Visible(c.v)
		var got []string
		for _, name := range []string{"online", "site", "siteAge", "reason"} {
			if shown[name] {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v: %v, want %s", c.v, got, c.want)
		}
		if !shown["operatorName"] {
			t.Error("a question without condition is always asked")
		}
	}
	v := goodValues()
	v["mode"] = "canteen"
	pruned := f.Prune(v)
	if pruned["online"] != nil || pruned["site"] != nil || pruned["siteAge"] != nil || v["site"] == nil {
		t.Error("answers to hidden questions go, and the given map stays")
	}
	if got := f.Validate(v); got != nil {
		t.Errorf("hidden questions are not required: %v", got)
	}
	box := small(t, `{"a":{"type":"boolean","title":"甲"},"b":{"type":"string","title":"乙","x-show":{"a":false}}}`, "b")
	if got := paths(box.Validate(Values{})); got != "b:required" {
		t.Errorf("a box left empty is false: %q", got)
	}
}

func TestNothingIsEchoed(t *testing.T) {
	f := food(t)
	const secret = "SECRET110105"
	v := Values{}
	for _, fd := range f.Fields() {
		v[fd.Name] = secret
	}
	v["staff"] = []any{map[string]any{"name": secret, "idNumber": secret, "born": secret, "healthCert": secret + "x", "trained": secret}}
	text, _ := v.JSON()
	_, parsed, err := f.ParseJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range slices.Concat(f.Validate(v), f.ValidateDraft(v), parsed) {
		if strings.Contains(e.ZH+e.EN+e.Path+e.Code, secret) {
			t.Errorf("echoes: %+v", e)
		}
	}
	if _, _, err := f.ParseJSON([]byte(`{"remark":"` + secret + `` + "\xff" + `"}`)); strings.Contains(err.Error(), secret) {
		t.Errorf("echoes: %v", err)
	}
}

func TestPrefill(t *testing.T) {
	f := food(t)
	if got := strings.Join(f.Sources(), " "); got != "applicant.name applicant.idNumber applicant.phone licence:YYZZ.address applicant.address resource:FW01.area licence:YYZZ.mode licence:YYZZ.start" {
		t.Errorf("sources %s", got)
	}
	v := f.Prefill(map[string]any{"applicant.name": " 某某公司 ", "applicant.idNumber": "not a code", "licence:YYZZ.address": strings.Repeat("长", 300),
		"applicant.address": "人民路 1 号", "resource:FW01.area": "1,234.5", "licence:YYZZ.mode": "单位食堂", "licence:YYZZ.start": "2026年3月1日", "other": "x"})
	want := Values{"operatorName": "某某公司", "address": "人民路 1 号", "area": 1234.5, "mode": "canteen", "startDate": "2026-03-01", "mail": "none@example.cn"}
	if !reflect.DeepEqual(v, want) {
		t.Errorf("%v", v)
	}
	if got := f.Prefill(nil); !reflect.DeepEqual(got, Values{"mail": "none@example.cn"}) {
		t.Errorf("%v", got)
	}
}

func TestSummary(t *testing.T) {
	f := food(t)
	v := goodValues()
	v["mode"] = "canteen"
	text := map[string]Line{}
	var order []string
	for _, l := range f.Summary(v) {
		text[l.Name] = l
		order = append(order, l.Name)
	}
	if got := strings.Join(order, " "); got != "operatorName uscc legalRep legalRepId phone address area mode projects startDate endDate investment head staff remark mail urgent promise" {
		t.Errorf("order %s", got)
	}
	for name, want := range map[string][3]string{
		"area": {"120.55 平方米", "120.55 平方米", "120.55 平方米"}, "mode": {"单位食堂", "Canteen", "单位食堂"},
		"startDate": {"2026年3月1日", "1 March 2026", "2026年3月1日"}, "investment": {"1234.50 元", "1234.50 yuan", "1234.50 元"},
		"urgent": {"否", "No", "否"}, "phone": {"13812345678", "13812345678", "138****5678"}, "legalRepId": {goodID, goodID, "110*************2X"},
	} {
		if l := text[name]; l.Text != want[0] || l.TextEN != want[1] || l.Masked != want[2] {
			t.Errorf("%s: %+v", name, l)
		}
	}
	rows := text["staff"].Rows
	if len(rows) != 1 || rows[0][1].Masked == rows[0][1].Text || rows[0][2].Text != "1949年12月31日" || rows[0][4].Text != "是" {
		t.Errorf("rows %+v", rows)
	}
	if text["uscc"].Step != "subject" {
		t.Error("step is lost")
	}
	for s, want := range map[string]string{"": "", "张": "*", "张三": "张*", "12345678": "12****78"} {
		if got := Mask(s); got != want {
			t.Errorf("Mask(%q) = %q", s, got)
		}
	}
}

func TestShowCSS(t *testing.T) {
	f := food(t)
	css := f.ShowCSS()
	for _, want := range []string{
		`@supports selector(:has(a)){`,
		`[data-form="` + f.ID() + `"]:not(:has([name="mode"][value="sale"]:checked,[data-answer="mode"][value="sale"],[name="mode"][value="catering"]:checked,[data-answer="mode"][value="catering"])) [data-show="online"]{display:none}`,
		// site hangs on online, and with it on mode
		`:not(:has([name="online"][value="true"]:checked,[data-answer="online"][value="true"]):has([name="mode"][value="sale"]:checked,`,
		`[data-show="site"]`, `[name="projects"][value="散装食品"]:checked`,
	} {
		if !strings.Contains(css, want) {
			t.Errorf("lacks %s in\n%s", want, css)
		}
	}
	if got := f.Answers("staff", goodValues()); !reflect.DeepEqual(got, []Answer{{"mode", "sale"}, {"online", "true"}, {"projects", "预包装食品"}}) {
		t.Errorf("%v", got)
	}
	if got := f.Answers("premises", goodValues()); !reflect.DeepEqual(got, []Answer{{"urgent", "false"}}) {
		t.Errorf("%v", got)
	}
	odd := small(t, `{"a":{"type":"string","title":"甲","enum":["x\"]{}</style>"]},"b":{"type":"string","title":"乙","x-show":{"a":"x\"]{}</style>"}}}`)
	if css := odd.ShowCSS(); !strings.Contains(css, `"x\22 ]\7b \7d \3c /style\3e "`) {
		t.Errorf("not escaped: %s", css)
	}
	if css := small(t, `{"a":{"type":"string","title":"甲"}}`).ShowCSS(); css != "" {
		t.Errorf("%q", css)
	}
}

func TestShowCSS_grows_no_further(t *testing.T) {
	props := map[string]any{"a0": map[string]any{"type": "boolean", "title": "零"}, "a1": map[string]any{"type": "boolean", "title": "一"}}
	for i := 2; i < 20; i++ {
		one, two := string(rune('a'+(i-1)/10))+string(rune('0'+(i-1)%10)), string(rune('a'+(i-2)/10))+string(rune('0'+(i-2)%10))
		props[string(rune('a'+i/10))+string(rune('0'+i%10))] = map[string]any{"type": "boolean", "title": "叠", "x-show": map[string]any{one: true, two: true}}
	}
	text, _ := json.Marshal(props)
	_, err := compileSmall(t, string(text))
	refused(t, err, "x-steps condition")
}

func TestCache(t *testing.T) {
	c := NewCache(2, testFormats())
	e := testElements(t)
	var wg sync.WaitGroup
	forms := make([]*Form, 8)
	for i := range forms {
		wg.Go(func() {
			f, err := c.Get(foodText(t), e)
			if err != nil {
				t.Error(err)
				return
			}
			forms[i] = f
			if got := f.Validate(goodValues()); got != nil {
				t.Error(got)
			}
		})
	}
	wg.Wait()
	first, _ := c.Get(foodText(t), e)
	if again, _ := c.Get(foodText(t), e); again != first || c.Len() != 1 {
		t.Error("compiled twice")
	}
	e["DE0101"] = json.RawMessage(`{"type":"string","title":"换了","maxLength":60}`)
	changed, err := c.Get(foodText(t), e)
	if err != nil || changed == first || changed.Field("operatorName").MinLength != 0 {
		t.Error("a changed element must give another form", err)
	}
	if _, err := c.Get(first.Frozen(), nil); err != nil || c.Len() != 2 {
		t.Error(err, c.Len())
	}
	if again, _ := c.Get(foodText(t), testElements(t)); again == first {
		t.Error("the oldest must have gone")
	}
	if _, err := c.Get([]byte(`{}`), nil); err == nil || c.Len() != 2 {
		t.Error("errors are not kept")
	}
}
