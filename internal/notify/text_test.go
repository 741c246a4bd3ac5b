package notify

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

func TestCompile(t *testing.T) {
	values := map[string]string{"title": "T", "item": "I", "no": "N", "due": "D", "city": "C"}
	for _, c := range []struct {
		kind string
		part Part
		text Text
		want string // the body, or the code of the first problem after "!"
	}{
		{"case.accept", SMSText, Text{Body: "{title}：{item}，{no}[，至{due}][，补正{correctBy}]。{city}"}, "T：I，N，至D。C"},
		{"case.accept", SMSText, Text{Body: "{{{no}}} [[{due}]]"}, "{N} [D]"},
		{"case.accept", SMSText, Text{Body: "{title}"}, "!missing-value"},
		{"case.accept", SMSText, Text{Body: "{no}{phone}"}, "!unknown-value"},
		{"case.accept", SMSText, Text{Body: "{no"}, "!brace"},
		{"case.accept", SMSText, Text{Body: "no}"}, "!brace"},
		{"case.accept", SMSText, Text{Body: "[{no}"}, "!bracket"},
		{"case.accept", SMSText, Text{Body: "{no}]"}, "!bracket"},
		{"case.accept", SMSText, Text{Body: "[a[{no}]]"}, "!bracket"},
		{"case.accept", SMSText, Text{Subject: "x", Body: "{no}"}, "!not-needed"},
		{"case.accept", SMSText, Text{}, "!required"},
		{"case.accept", SMSText, Text{Body: "{no}" + strings.Repeat("长", maxSMS)}, "!long"},
		{"case.accept", InApp, Text{Body: "{no}"}, "!required"},
		{"case.accept", InApp, Text{Subject: "s", Body: "{no}{name}"}, "!unknown-value"}, // nobody is looked up in the act
		{"case.accept", Title, Text{Body: "{no}"}, "!title-value"},
		{"case.accept", Title, Text{Body: strings.Repeat("长", maxTitle+1)}, "!long"},
		{"case.request-correction", SMSText, Text{Body: "{no}"}, "!missing-value"}, // the day has to be told
		{"fee.bill", SMSText, Text{Body: "{no}{note}"}, "!inside"},
		{"elsewhere", MailText, Text{Subject: "s", Body: "{text}"}, "!inside"},
		{"case.accept", WeChatText, Text{Subject: "case-progress", Body: "thing1={item}\nthing2=x"}, ""},
		{"case.accept", WeChatText, Text{Subject: "case-progress", Body: "thing1"}, "!line"},
		{"case.accept", WeChatText, Text{Subject: "a b", Body: "thing1=x"}, "!template"},
		{"case.accept", "pigeon", Text{Body: "x"}, "!unknown"},
	} {
		got := ""
		compiled, bad := compile(textKey{c.kind, "zh", c.part}, c.text, "签名")
		if len(bad) > 0 {
			got = "!" + bad[0].Code
		} else {
			_, got, _ = compiled.render(values)
		}
		if got != c.want {
			t.Errorf("%s %s %q: %q, want %q (%v)", c.kind, c.part, c.text.Body, got, c.want, bad)
		}
	}
}

func TestSMSParts(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, 66: 1, 67: 2, 130: 2, 131: 3, 496: 8} {
		sign := "签名"
		if n == 0 {
			sign = ""
		}
		if got := SMSParts(sign, strings.Repeat("字", n)); got != want {
			t.Errorf("%d characters and the sign: %d parts, want %d", n, got, want)
		}
	}
}

// TestShippedTexts: every text that came with the platform fits, every kind can
// be said by every way in both languages, and no SMS takes more than three parts in Chinese, four in English, though it
// tells all that it can.
func TestShippedTexts(t *testing.T) {
	titles := map[string]string{}
	for _, k := range ShippedKinds() {
		if strings.HasPrefix(k, "case.") {
			titles[k] = "您的办件有新的进展"
		}
	}
	texts, err := layers(titles, "", "无锡政务")
	if err != nil {
		t.Fatal(err)
	}
	set := &textSet{texts}
	for _, key := range append(KindKeys(), slices.Collect(maps.Keys(titles))...) {
		for _, lang := range Languages {
			for _, part := range []Part{InApp, SMSText, MailText, WeChatText} {
				c, _ := set.find(key, lang, part)
				if c == nil {
					t.Errorf("%s/%s/%s has no text", key, lang, part)
					continue
				}
				_, body, data := c.render(set.titled(key, lang, kindOf(key).samples(lang)))
				if part == SMSText && SMSParts("无锡政务", body) > map[string]int{"zh": 3, "en": 5}[lang] {
					t.Errorf("%s/%s: %d parts: %s", key, lang, SMSParts("无锡政务", body), body)
				}
				if strings.ContainsAny(body, "{}[]") || part == WeChatText && len(data) == 0 {
					t.Errorf("%s/%s/%s: %q %v", key, lang, part, body, data)
				}
			}
		}
	}
}

func TestFolder(t *testing.T) {
	titles := map[string]string{"case.accept": "您的申请已受理"}
	write := func(text string) string {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "city.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	texts, err := layers(titles, write(`case: {zh: {sms: {body: "本市：{title}，{no}"}}}`), "")
	if err != nil {
		t.Fatal(err)
	}
	c, of := (&textSet{texts}).find("case.accept", "zh", SMSText)
	if of != "case" || c.from != "folder" || c.Body != "本市：{title}，{no}" {
		t.Errorf("%+v of %s", c, of)
	}
	for text, want := range map[string]string{
		`case: {zh: {sms: {body: "{title}"}}}`:       "case/zh/sms",
		`case: {zh: {sms: {body: "{no}", to: "x"}}}`: "city.yaml",
		`cases: {zh: {sms: {body: "{no}"}}}`:         "cases",
		`case: {fr: {sms: {body: "{no}"}}}`:          "case/fr/sms",
	} {
		if err := CheckTexts(titles, write(text), ""); err == nil || !strings.Contains(errs.Of(err).EN, want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := CheckTexts(titles, t.TempDir(), ""); err == nil {
		t.Error("an empty folder says nothing")
	}
}

func TestSetText(t *testing.T) {
	dbtest.EachAt(t, day, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		b, other := newBench(t, d), newBench(t, d)
		steward := actor.Actor{Kind: actor.Staff, ID: 3, Name: "宋启航", Grants: []actor.Grant{{Role: actor.DataSteward, Path: "/1/"}}}
		k, err := b.KindOf(t.Context(), steward, "case.accept", "zh")
		if err != nil || k.Title != "您的申请已受理" || k.Parts[2].Of != "case" || k.Parts[2].From != "default" || k.Parts[2].Version != 0 {
			t.Fatalf("%+v, %v", k, err)
		}
		in := TextInput{Kind: "case.accept", Lang: "zh", Part: SMSText, Text: Text{Body: " 新的：{title}，{no}\r\n"}}
		p, err := b.TryText(t.Context(), steward, in)
		if err != nil || p.SMSParts != 1 || p.Characters < 20 || !strings.HasPrefix(p.Body, "新的：您的申请已受理，") {
			t.Errorf("%+v, %v", p, err)
		}
		if _, err := b.SetText(t.Context(), steward, in); err != nil {
			t.Fatal(err)
		}
		if _, err := b.SetText(t.Context(), steward, in); !errors.Is(err, ErrTextChanged) {
			t.Errorf("over a version that was not seen: %v", err)
		}
		id := b.send(t, accepted(zhang))
		if _, err := b.run(t, 1); err != nil {
			t.Fatal(err)
		}
		b.want(t, id, "sent: sms sent")
		if got := b.sms.took()[0].Text; got != "新的：您的申请已受理，C1" {
			t.Errorf("%q", got)
		}
		k, err = b.KindOf(t.Context(), steward, "case.accept", "zh")
		if err != nil || k.Parts[2].From != "city" || k.Parts[2].Of != "case.accept" || !k.Own {
			t.Fatalf("%+v, %v", k, err)
		}
		clk.Add(2 * time.Minute) // another node looks again within a minute
		if k, err := other.KindOf(t.Context(), steward, "case.accept", "zh"); err != nil || k.Parts[2].From != "city" {
			t.Errorf("another node: %+v, %v", k, err)
		}
		in.Off, in.Version = true, k.Parts[2].Version
		if _, err := b.SetText(t.Context(), steward, in); err != nil {
			t.Fatal(err)
		}
		list, err := b.TextVersions(t.Context(), steward, "case.accept", "zh", SMSText)
		if err != nil || len(list) != 2 || !list[0].Off || list[1].By != "宋启航" {
			t.Errorf("%+v, %v", list, err)
		}
		if k, err := b.KindOf(t.Context(), steward, "case.accept", "zh"); err != nil || k.Parts[2].From != "default" {
			t.Errorf("back: %+v, %v", k, err)
		}
		for _, bad := range []TextInput{{Kind: "case.accept", Lang: "zh", Part: SMSText, Text: Text{Body: "{x}"}}, {Kind: "case.accept", Lang: "fr", Part: SMSText, Text: Text{Body: "{no}"}}} {
			if _, err := b.SetText(t.Context(), steward, bad); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if _, err := b.SetText(t.Context(), steward, TextInput{Kind: "nothing", Lang: "zh", Part: SMSText}); !errors.Is(err, ErrNoKind) {
			t.Errorf("%v", err)
		}
		clerk := actor.Actor{Kind: actor.Staff, ID: 7, Grants: []actor.Grant{{Role: actor.WindowClerk, Path: "/1/"}}}
		if _, err := b.SetText(t.Context(), clerk, in); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("a clerk: %v", err)
		}
	})
}

func TestQuiet(t *testing.T) {
	at := func(h, m int) time.Time { return time.Date(2026, 3, 2, h-8, m, 0, 0, time.UTC) } // Shanghai
	for _, c := range []struct {
		hours string
		at    time.Time
		want  time.Time
	}{
		{"21:00-08:00", at(20, 59), time.Time{}}, {"21:00-08:00", at(21, 0), at(32, 0)}, {"21:00-08:00", at(7, 59), at(8, 0)}, {"21:00-08:00", at(8, 0), time.Time{}},
		{"12:00-14:30", at(13, 0), at(14, 30)}, {"12:00-14:30", at(14, 30), time.Time{}}, {"none", at(3, 0), time.Time{}},
	} {
		q, err := ParseQuiet(c.hours)
		if err != nil {
			t.Fatal(err)
		}
		got, held := q.until(c.at)
		if held != !c.want.IsZero() || held && !got.Equal(c.want) || q.String() != c.hours {
			t.Errorf("%s at %v: %v %v", c.hours, c.at, got, held)
		}
	}
	for _, bad := range []string{"21-8", "25:00-08:00", "21:00-21:00", "21:00-08:00x", "21:60-08:00", "always"} {
		if _, err := ParseQuiet(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// TestKinds: who writes a text can see what the table means.
func TestKinds(t *testing.T) {
	for key, want := range map[string]Kind{
		"case.decide": {Group: Progress, Law: true}, "case.request-correction": {Group: Deadline, Law: true}, "case.unheard-of": {Group: Progress},
		"case.reckoned": {Group: Rules}, "assist.code": {Group: Answer, Urgent: true}, "consult.answer": {Group: Progress}, "": {Group: Progress},
	} {
		k := kindOf(key)
		if k.Group != want.Group || k.Law != want.Law || k.Urgent != want.Urgent || len(k.Values) == 0 {
			t.Errorf("%q: %+v", key, k)
		}
	}
	now := day
	if k := kindOf("case.hearing-call"); !k.wakes(now.Add(time.Hour), now) || k.wakes(now.Add(13*time.Hour), now) || k.wakes(now.Add(-time.Hour), now) || k.wakes(time.Time{}, now) {
		t.Error("what is near wakes, nothing else")
	}
}
