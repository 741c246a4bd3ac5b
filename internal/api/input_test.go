package api

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tongban/tongban/internal/errs"
)

// bad is one request that must be refused.
type bad struct {
	name         string
	who          string
	method, path string
	body         any
	status       int
	field        string // pointer that is named; "" for none
	not          string // what the answer must not hold
}

// refused sends bad requests; nothing may be stored, nothing may be a 500.
func (c *city) refused(list []bad) {
	c.t.Helper()
	before := c.things()
	for _, b := range list {
		a := c.send(b.who, b.method, b.path, b.body)
		var p Problem
		if err := json.Unmarshal(a.body, &p); err != nil {
			c.t.Errorf("%s: %v", b.name, err)
			continue
		}
		named := b.field == ""
		for _, f := range p.Fields {
			named = named || f.Pointer == b.field
			if f.Code == "" || f.Text == "" || f.TextEN == "" {
				c.t.Errorf("%s: a field without words: %+v", b.name, f)
			}
		}
		switch {
		case a.status != b.status:
			c.t.Errorf("%s: want %d, got %s", b.name, b.status, a)
		case !named:
			c.t.Errorf("%s: %s is not named: %s", b.name, b.field, a)
		case p.Code == "" || p.Title == "" || p.TitleEN == "" || p.Status != a.status || p.Number != "":
			c.t.Errorf("%s: %s", b.name, a)
		case b.not != "" && bytes.Contains(a.body, []byte(b.not)):
			c.t.Errorf("%s: the value is sent back: %s", b.name, a)
		}
	}
	if now := c.things(); now != before {
		c.t.Errorf("%s became %s", before, now)
	}
	if strings.Contains(c.log.String(), "level=ERROR") {
		c.t.Errorf("errors were logged: %s", c.log)
	}
}

// TestBadInput: each kind of bad input is a 4xx that names the field.
func TestBadInput(t *testing.T) {
	inCity(t, func(c *city) {
		draft := c.send("zhang", "POST", "/drafts", map[string]any{"item": c.codes["food"]}).ok(201).text("id")
		no := c.submitted("food")
		put, whole := "/drafts/"+draft, c.application("zhang", "food")
		with := func(field string, v any) map[string]any {
			out := map[string]any{}
			for k, x := range whole {
				out[k] = x
			}
			out[field] = v
			return out
		}
		answer := func(field string, v any) map[string]any {
			out := c.answersOf()
			out[field] = v
			return map[string]any{"answers": out}
		}
		c.refused([]bad{
			{"malformed", "zhang", "PUT", put, `{"answers":{`, 400, "/answers", ""},
			{"two values", "zhang", "PUT", put, `{"answers":{}} {}`, 400, "", ""},
			{"a list", "zhang", "PUT", put, `[]`, 422, "/", ""},
			{"null", "zhang", "PUT", put, `null`, 422, "/", ""},
			{"nothing", "zhang", "PUT", put, ``, 400, "", ""},
			{"key twice", "zhang", "PUT", put, `{"answers":{},"answers":{}}`, 400, "/answers", ""},
			{"key twice within", "zhang", "PUT", put, `{"answers":{"name":"a","name":"b"}}`, 400, "/answers/name", ""},
			{"wrong case", "zhang", "PUT", put, `{"Answers":{}}`, 422, "/Answers", ""},
			{"wrong case within", "zhang", "PUT", put, answer("Name", "x"), 422, "/answers/Name", ""},
			{"unknown field", "zhang", "PUT", put, `{"answers":{},"hack":1}`, 422, "/hack", ""},
			{"unknown answer", "zhang", "PUT", put, answer("hack", "x"), 422, "/answers/hack", ""},
			{"invalid UTF-8", "zhang", "PUT", put, "{\"answers\":{\"name\":\"\xff\"}}", 400, "/answers/name", ""},
			{"half a surrogate", "zhang", "PUT", put, `{"answers":{"name":"\ud83d"}}`, 400, "/answers/name", ""},
			{"NUL", "zhang", "PUT", put, `{"answers":{"name":"a\u0000b"}}`, 422, "/answers/name", ""},
			{"NUL in a key", "zhang", "PUT", put, `{"answers":{"a\u0000":1}}`, 422, "", ""},
			{"10 MB", "zhang", "PUT", put, `{"answers":{"name":"` + strings.Repeat("长", 10<<20/3) + `"}}`, 413, "", ""},
			{"900 KB", "zhang", "PUT", put, answer("name", strings.Repeat("x", 900<<10)), 422, "/answers/name", ""},
			{"deep", "zhang", "PUT", put, `{"answers":` + strings.Repeat(`{"a":`, 5000) + `1` + strings.Repeat(`}`, 5001), 400, "", ""},
			{"number for text", "zhang", "PUT", put, answer("name", 5), 422, "/answers/name", ""},
			{"text for flag", "zhang", "PUT", put, answer("online", "yes"), 422, "/answers/online", ""},
			{"bad date", "zhang", "POST", "/cases", with("answers", answer("opened", "2026-02-30")["answers"]), 422, "/answers/opened", "2026-02-30"},
			{"emoji for a date", "zhang", "POST", "/cases", with("answers", answer("opened", "🎂")["answers"]), 422, "/answers/opened", "🎂"},
			{"ID check digit", "zhang", "POST", "/cases", with("answers", answer("idNumber", "320213198005060110")["answers"]), 422, "/answers/idNumber", "320213198005060110"},
			{"bad mobile", "zhang", "POST", "/cases", with("answers", answer("phone", "12345")["answers"]), 422, "/answers/phone", "12345"},
			{"no consent", "zhang", "POST", "/cases", with("consent", false), 422, "/consent", ""},
			{"no way", "zhang", "POST", "/cases", with("delivery", map[string]any{"way": "drone"}), 422, "/delivery/way", "drone"},
			{"post nowhere", "zhang", "POST", "/cases", with("delivery", map[string]any{"way": "post"}), 422, "/delivery/address", ""},
			{"no such material", "zhang", "POST", "/cases", with("materials", []any{map[string]any{"code": "m99"}}), 422, "/materials/0/code", ""},
			{"material missing", "zhang", "POST", "/cases", with("materials", []any{}), 422, "/materials/m01", ""},
			{"forged file", "zhang", "POST", "/cases", with("materials", []any{map[string]any{"code": "m01", "files": []any{map[string]any{"file": "1.0"}}}}), 422, "/materials/0/files/0/file", ""},
			{"another's licence", "zhang", "POST", "/cases", with("materials", []any{map[string]any{"code": "m01", "licence": "1.2.156.3005.2.nothing"}}), 422, "/materials/0/licence", ""},
			{"no such item", "zhang", "POST", "/cases", with("item", "9"), 422, "/item", ""},
			{"item code check digit", "zhang", "GET", "/items/113202000140078364320199001000", nil, 404, "", ""},
			{"for another", "zhang", "POST", "/cases", with("party", map[string]any{"kind": "person", "id": "5"}), 422, "/party", ""},
			{"neither", "zhang", "POST", "/cases", `{}`, 422, "/draft", ""},
			{"both", "zhang", "POST", "/cases", with("draft", draft), 422, "/draft", ""},
			{"id as number", "zhang", "POST", "/cases", `{"draft":123}`, 422, "/draft", ""},
			{"id too long", "zhang", "POST", "/cases", `{"draft":"9999999999999999999"}`, 422, "/draft", ""},
			{"id with emoji", "zhang", "POST", "/cases", `{"draft":"1🙂"}`, 422, "/draft", "🙂"},
			{"version as text", "zhang", "POST", "/cases", `{"draft":"5","version":"1"}`, 422, "/version", ""},
			{"version 0", "zhang", "POST", "/cases", `{"draft":"5","version":0}`, 422, "/version", ""},
			{"version 1.5", "zhang", "POST", "/cases", `{"draft":"5","version":1.5}`, 422, "/version", ""},
			{"version 1e99", "zhang", "POST", "/cases", `{"draft":"5","version":1e99}`, 422, "/version", ""},
			{"version 1e999", "zhang", "POST", "/cases", `{"draft":"5","version":1e999}`, 422, "/version", ""},
			{"no such act", "clerk", "POST", "/cases/" + no + "/acts", `{"act":"explode","version":1}`, 422, "/act", "explode"},
			{"submit as an act", "zhang", "POST", "/cases/" + no + "/acts", `{"act":"submit","version":1}`, 422, "/act", ""},
			{"act without version", "clerk", "POST", "/cases/" + no + "/acts", `{"act":"accept"}`, 422, "/version", ""},
			{"asks for what the guide has not", "clerk", "POST", "/cases/" + no + "/acts", `{"act":"request-correction","version":1,"asks":[{"material":"m02","line":"z"}]}`, 422, "/asks/0", ""},
			{"asks for nothing", "clerk", "POST", "/cases/" + no + "/acts", `{"act":"request-correction","version":1}`, 422, "/asks", ""},
			{"declines without reason", "clerk", "POST", "/cases/" + no + "/acts", `{"act":"decline","version":1}`, 422, "/reason", ""},
			{"level", "zhang", "POST", "/ratings", map[string]any{"case": no, "level": 6}, 422, "/level", ""},
			{"emoji for a level", "zhang", "POST", "/ratings", map[string]any{"case": no, "level": "😀"}, 422, "/level", "😀"},
			{"too many words", "zhang", "POST", "/ratings", map[string]any{"case": no, "level": 5, "words": strings.Repeat("好", 501)}, 422, "/words", ""},
			{"resident number", "clerk", "POST", "/parties/find", map[string]any{"number": "320213198005060110"}, 422, "/number", "320213198005060110"},
			{"USCC check digit", "clerk", "POST", "/parties/find", map[string]any{"number": "91320213MA0000019X"}, 422, "/number", "91320213MA0000019X"},
			{"walk-in's number", "clerk", "POST", "/parties", map[string]any{"name": "某", "idNumber": "320213198005060110"}, 422, "/idNumber", "320213198005060110"},
			{"walk-in's phone", "clerk", "POST", "/parties", map[string]any{"name": "某", "idNumber": c.batch.Persons[0].IDNumber, "phone": "☎"}, 422, "/phone", "☎"},
			{"no such party", "clerk", "POST", "/drafts", map[string]any{"item": c.codes["food"], "party": map[string]any{"kind": "person", "id": "7"}}, 422, "/party", ""},
			{"mandate without end", "zhang", "POST", "/mandates", map[string]any{"agentName": "李小兰", "agentIdNumber": "x", "ground": "亲属", "until": "soon"}, 422, "/until", "soon"},
			{"mandate in the past", "zhang", "POST", "/mandates", map[string]any{"agentName": "李小兰", "agentIdNumber": "x", "ground": "亲属", "until": "2020-01-01"}, 422, "/until", ""},
			{"kind of login", "anonymous", "POST", "/auth/token", `{"login":"a","password":"b","kind":"robot"}`, 422, "/kind", "robot"},
			{"code of six", "anonymous", "POST", "/auth/token", `{"login":"a","password":"b","code":"12"}`, 422, "/code", ""},
			{"password with NUL", "anonymous", "POST", "/auth/token", `{"login":"a","password":"b\u0000"}`, 422, "/password", ""},
			{"date of a limit", "anonymous", "POST", "/clock/due", `{"from":"2026-13-01","workdays":5}`, 422, "/from", ""},
			{"endless limit", "anonymous", "POST", "/clock/due", `{"from":"2026-03-01","workdays":999999999}`, 422, "/workdays", ""},

			{"limit of a page", "anonymous", "GET", "/items?limit=1000", nil, 422, "/query/limit", ""},
			{"limit in words", "anonymous", "GET", "/items?limit=ten", nil, 422, "/query/limit", ""},
			{"forged cursor", "anonymous", "GET", "/items?cursor=AAAA", nil, 400, "/cursor", ""},
			{"another list's cursor", "zhang", "GET", "/cases?cursor=" + after("drafts", 5), nil, 400, "/cursor", ""},
			{"cursor that is no number", "zhang", "GET", "/cases?cursor=" + cursor("cases", "x"), nil, 400, "/cursor", ""},
			{"queue's cursor", "clerk", "GET", "/queue?cursor=" + cursor("queue", "x"), nil, 400, "", ""},
			{"unknown parameter", "anonymous", "GET", "/items?hack=1", nil, 422, "/query/hack", ""},
			{"parameter twice", "anonymous", "GET", "/items?q=a&q=b", nil, 422, "/query/q", ""},
			{"long search", "anonymous", "GET", "/items?q=" + strings.Repeat("a", 101), nil, 422, "/query/q", ""},
			{"NUL in the query", "anonymous", "GET", "/items?q=a%00b", nil, 422, "/query/q", ""},
			{"no UTF-8 in the query", "anonymous", "GET", "/items?q=%ff", nil, 422, "/query/q", ""},
			{"emoji for a division", "anonymous", "GET", "/items?division=%F0%9F%98%80", nil, 422, "/query/division", ""},
			{"half an escape", "anonymous", "GET", "/items?q=a;b", nil, 400, "", ""},
			{"no such figure", "sup", "GET", "/overview/list?figure=magic", nil, 404, "", ""},
			{"half a period", "sup", "GET", "/overview?from=2026-01-01", nil, 422, "/query/to", ""},
			{"period that ends before it begins", "sup", "GET", "/overview?from=2026-02-01&to=2026-01-01", nil, 422, "", ""},
			{"instant of the log", "aud", "GET", "/audit?from=yesterday", nil, 422, "/query/from", ""},
			{"progress without code", "anonymous", "GET", "/progress/" + no, nil, 422, "/query/code", ""},
			{"id that is none", "zhang", "GET", "/drafts/abc", nil, 404, "", ""},
			{"id with NUL", "zhang", "GET", "/drafts/%00", nil, 404, "", ""},
			{"case number with NUL", "zhang", "GET", "/cases/%00", nil, 404, "", ""},
			{"unit with NUL", "anonymous", "GET", "/centres/%00/windows", nil, 404, "", ""},
			{"item that is none", "anonymous", "GET", "/items/" + strings.Repeat("9", 31), nil, 404, "", ""},
			{"body where none belongs", "zhang", "POST", "/cases/" + no + "/correction", `{"a":1}`, 400, "", ""},
		})
		if got := c.send("zhang", "POST", "/cases", "a=b", "Content-Type", "application/x-www-form-urlencoded"); got.status != 415 {
			t.Errorf("a form instead of JSON: %s", got)
		}
		if got := c.send("zhang", "GET", "/cases", nil, "Authorization", "Basic eDp5"); got.status != 401 {
			t.Errorf("another scheme: %s", got)
		}
		if got := c.send("zhang", "GET", "/items", nil, "Authorization", "Bearer forged"); got.status != 401 {
			t.Errorf("a forged token: %s", got)
		}
	})
}

// TestBadBodies sends what no operation takes to every operation with a body.
func TestBadBodies(t *testing.T) {
	inCity(t, func(c *city) {
		fill := regexp.MustCompile(`\{[a-z]+\}`)
		var list []bad
		for _, op := range c.s.operations {
			h := operationOf(c.s.huma.OpenAPI().Paths[op.path], op.method)
			if h.RequestBody == nil || op.upload {
				continue
			}
			path := strings.NewReplacer("{code}", strings.Repeat("9", 31), "/adjustment-dossiers/{no}", "/adjustment-dossiers/2026-0001", "/parties/{kind}", "/parties/person", "/message-texts/{key}/{lang}/{part}", "/message-texts/case.accept/zh/sms").Replace(op.path)
			path = fill.ReplaceAllString(path, "1")
			for name, body := range map[string]string{"malformed": `{"a":`, "list": `[1]`, "text": `"x"`, "unknown": `{"hack":{}}`, "null": `null`,
				"twice": `{"a":1,"a":2}`, "deep": strings.Repeat("[", 40) + strings.Repeat("]", 40), "no UTF-8": "{\"a\":\"\xc3\"}", "NUL": `{"a":"\u0000"}`,
				"all wrong": allWrong(c.s.huma.OpenAPI().Components.Schemas, h)} {
				status := map[string]int{"malformed": 400, "twice": 400, "deep": 400, "no UTF-8": 400}[name]
				if status == 0 {
					status = 422
				}
				list = append(list, bad{name + " to " + op.id, "zhang", op.method, path, body, status, "", ""})
			}
			list = append(list, bad{"2 MiB to " + op.id, "zhang", op.method, path, `"` + strings.Repeat("x", 2<<20) + `"`, 413, "", ""})
		}
		if len(list) < 200 {
			t.Fatalf("only %d requests", len(list))
		}
		c.refused(list)
	})
}

// allWrong is a body with every field of the wrong type.
func allWrong(r huma.Registry, h *huma.Operation) string {
	s := resolve(r, h.RequestBody.Content["application/json"].Schema)
	out := map[string]any{}
	for name := range s.Properties {
		out[name] = nil
	}
	text, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// TestUploads: what is no good is refused, and the draft is as it was.
func TestUploads(t *testing.T) {
	inCity(t, func(c *city) {
		draft := c.send("zhang", "POST", "/drafts", map[string]any{"item": c.codes["food"]}).ok(201).text("id")
		to := "/drafts/" + draft + "/materials/m02/files"
		c.upload("zhang", to, "好.pdf", pdf).ok(201)
		var bomb bytes.Buffer
		z := zip.NewWriter(&bomb)
		w, err := z.Create("word/document.xml")
		c.must(err)
		_, err = io.CopyN(w, zeros{}, 300<<20)
		c.must(err)
		c.must(z.Close())
		png := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 64)...)
		before := c.send("zhang", "GET", "/drafts/"+draft, nil).ok(200)
		for name, tt := range map[string]struct {
			path, file string
			content    []byte
			status     int
		}{
			"disguised":     {to, "a.pdf", []byte("MZ\x90\x00 this is a program"), 415},
			"not taken":     {to, "a.png", png, 422},
			"too large":     {to, "a.pdf", append(bytes.Clone(pdf), make([]byte, 2<<20)...), 413},
			"empty":         {to, "a.pdf", nil, 422},
			"zip bomb":      {"/files", "a.docx", bomb.Bytes(), 422},
			"no material":   {"/drafts/" + draft + "/materials/m99/files", "a.pdf", pdf, 404},
			"another draft": {"/drafts/1/materials/m02/files", "a.pdf", pdf, 404},
		} {
			if a := c.upload("zhang", tt.path, tt.file, tt.content); a.status != tt.status {
				t.Errorf("%s: want %d, got %s", name, tt.status, a)
			}
		}
		raw := func(media, body string) answer {
			req := httptest.NewRequestWithContext(t.Context(), "POST", Base+to, strings.NewReader(body))
			req.Header.Set("Content-Type", media)
			return c.serve("zhang", req)
		}
		head := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n"
		for name, tt := range map[string]struct {
			media, body string
			status      int
		}{
			"broken off":   {"multipart/form-data; boundary=x", head + string(pdf), 400},
			"no boundary":  {"multipart/form-data", head, 415},
			"no parts":     {"multipart/form-data; boundary=x", "--x--\r\n", 422},
			"another name": {"multipart/form-data; boundary=x", strings.Replace(head, `"file"`, `"hack"`, 1) + "x\r\n--x--\r\n", 422},
			"no file":      {"multipart/form-data; boundary=x", strings.Replace(head, `; filename="a.pdf"`, "", 1) + "x\r\n--x--\r\n", 422},
			"two files":    {"multipart/form-data; boundary=x", head + string(pdf) + "\r\n" + head + string(pdf) + "\r\n--x--\r\n", 422},
			"plain":        {"application/pdf", string(pdf), 415},
			"bad JSON":     {"application/json", `{"file":`, 400},
			"unknown":      {"application/json", `{"file":"1.x","hack":1}`, 422},
			"forged":       {"application/json", `{"file":"1.x"}`, 422},
		} {
			if a := raw(tt.media, tt.body); a.status != tt.status {
				t.Errorf("%s: want %d, got %s", name, tt.status, a)
			}
		}
		after := c.send("zhang", "GET", "/drafts/"+draft, nil).ok(200)
		if !bytes.Equal(before.body, after.body) {
			t.Errorf("the draft changed from %s to %s", before, after)
		}
		c.upload("zhang", to, "再.pdf", append(bytes.Clone(pdf), ' ')).ok(201)
		if a := c.upload("zhang", to, "多.pdf", append(bytes.Clone(pdf), ' ', ' ')).ok(422); a.text("fields", 0, "pointer") != "/materials/m02" {
			t.Error(a)
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestUnknownError: the answer shows a number, the log has it with the cause.
func TestUnknownError(t *testing.T) {
	var log bytes.Buffer
	s := described(t)
	s.Log = logger(&log)
	for name, ask := range map[string]func() answer{
		"error": func() answer {
			rec := httptest.NewRecorder()
			s.fail(rec, httptest.NewRequestWithContext(t.Context(), "GET", Base+"/items", nil), errors.New("row 320213198005060118 broke"))
			return answer{t, rec.Code, rec.Header(), rec.Body.Bytes()}
		},
		"panic": func() answer { return (&city{t: t, s: s}).plain("GET", "/items") }, // there is no door
		"internal with words": func() answer {
			rec := httptest.NewRecorder()
			s.fail(rec, httptest.NewRequestWithContext(t.Context(), "GET", Base+"/items", nil), errs.New(errs.Internal, "inner", "内部的话", "inner words").With(errs.Field{Path: "x"}))
			return answer{t, rec.Code, rec.Header(), rec.Body.Bytes()}
		},
	} {
		log.Reset()
		a := ask()
		if n := a.text("number"); a.status != 500 || len(n) != 9 || !strings.Contains(log.String(), n) {
			t.Errorf("%s: %s, log %s", name, a, &log)
		}
		for _, inner := range []string{"3202131980", "nil pointer", "inner", "内部的话"} {
			if bytes.Contains(a.body, []byte(inner)) {
				t.Errorf("%s: shows %s", name, a)
			}
		}
	}
}

// TestSecondLine: what the frame itself would word never shows a value.
func TestSecondLine(t *testing.T) {
	s := described(t)
	m := &huma.ErrorModel{Status: 422, Errors: []*huma.ErrorDetail{{Message: "expected 320213198005060118", Location: "body.a[0].b", Value: "320213198005060118"}}}
	v, err := s.nothingEchoed(nil, "422", m)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := encode(&b, v); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "320213") || !strings.Contains(b.String(), `"/body/a/0/b"`) {
		t.Errorf("%s", &b)
	}
}

func TestAcceptLanguage(t *testing.T) {
	for h, en := range map[string]bool{"": false, "en": true, "en-US,en;q=0.9": true, "zh-CN,en;q=0.9": false, "fr, en;q=0.2": true, "en;q=0.3, zh;q=0.8": false,
		"en;q=x, zh;q=0.1": false, "*": false, ",;,": false} {
		if english(h) != en {
			t.Errorf("%q: english is %v", h, !en)
		}
	}
}

// FuzzBody: whatever comes, nothing panics, a refusal is a 4xx with words that
// hold no long piece of the input, and what passes the check can be decoded.
func FuzzBody(f *testing.F) {
	s, err := build(Config{URL: "https://tongban.example"})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{``, `{}`, `null`, `[]`, `{"login":"a","password":"b","party":{"kind":"person","id":"5"}}`, `{"a":1,"a":2}`, `{"version":1e9,"answers":{"x":[1,{"y":null}]}}`,
		`{"act":"review","version":-0,"days":00,"asks":[{"note":"\ud800"}],"task":"9223372036854775808"}`, "{\"a\":\"\xff\"}", `{"a":"\u0000"}`, strings.Repeat("[", 99),
		`{"draft":"9223372036854775807","version":2147483648,"materials":[{"code":"m","files":[{"file":"x"}]}]}`, `{"from":"2026-02-30","workdays":5,"unit":"day"}`} {
		f.Add([]byte(seed))
	}
	schemas := s.huma.OpenAPI().Components.Schemas
	bodies := map[string]reflect.Type{"TokenRequest": reflect.TypeFor[TokenIn]().Field(0).Type, "ActRequest": fieldOf[ActIn](), "SubmitRequest": fieldOf[SubmitIn](),
		"SaveRequest": fieldOf[SaveIn](), "StartRequest": fieldOf[StartIn](), "DueRequest": fieldOf[DueIn](), "RateRequest": fieldOf[RateIn](), "BookRequest": fieldOf[BookIn](),
		"MandateRequest": fieldOf[MandateIn](), "WalkRequest": fieldOf[WalkIn](), "FileRef": reflect.TypeFor[FileRef]()}
	for name := range bodies {
		if schemas.Map()[name] == nil {
			f.Fatalf("no schema %s", name)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := parse(text)
		if err != nil {
			e := errs.Of(err)
			if k := e.Kind; k != errs.Malformed && k != errs.Invalid {
				t.Fatalf("%v", err)
			}
			for _, fd := range e.Fields {
				if len(fd.Path) > 130 {
					t.Fatalf("a path of %d bytes", len(fd.Path))
				}
			}
			return
		}
		if !json.Valid(text) {
			t.Fatal("read what is no JSON")
		}
		for name, typ := range bodies {
			ch := checker{schemas: schemas, patterns: s.patterns}
			ch.value(schemas.Map()[name], v, "")
			if len(ch.found) > maxFields {
				t.Fatal("endless problems")
			}
			if to := reflect.New(typ); len(ch.found) == 0 {
				if err := decode(text, to.Interface()); err != nil {
					t.Fatalf("%s passes the check and is not decoded: %v", name, err)
				}
			}
		}
	})
}

func fieldOf[I any]() reflect.Type {
	f, ok := reflect.TypeFor[I]().FieldByName("Body")
	if !ok {
		panic(fmt.Sprintf("%v has no body", reflect.TypeFor[I]()))
	}
	return f.Type
}

var _ http.Handler = (*server)(nil)
