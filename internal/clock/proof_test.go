package clock

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"
)

// lawProofs are the proofs of the lawyers' cases, at the end of each.
func lawProofs(t testing.TB) map[string]Proof {
	t.Helper()
	cal := shipped(t)
	list, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(list) < 12 {
		t.Fatal(list, err)
	}
	out := map[string]Proof{}
	for _, f := range list {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range a.Files {
			if part.Name == "timer" {
				timer, end := parseTimer(t, string(part.Data))
				out[strings.TrimSuffix(filepath.Base(f), ".txtar")] = timer.Prove(cal, end)
			}
		}
	}
	return out
}

// TestProof: every case of the law proves itself after a journey through JSON,
// with no calendar but the years it carries.
func TestProof(t *testing.T) {
	for name, p := range lawProofs(t) {
		back, err := ParseProof(p.JSON())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := back.Check(); len(got) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
		if !bytes.Equal(back.JSON(), p.JSON()) {
			t.Errorf("%s: other bytes after a journey", name)
		}
		if differ, _ := back.Against(shipped(t)); len(differ) > 0 {
			t.Errorf("%s: %+v", name, differ)
		}
		if len(p.Calendar.Years) > 3 {
			t.Errorf("%s carries %d years", name, len(p.Calendar.Years))
		}
	}
}

// TestProof_wrong: whatever is changed in a proof is found, or changes what follows.
func TestProof_wrong(t *testing.T) {
	p := lawProofs(t)["special_procedure"]
	text := string(p.JSON())
	for name, change := range map[string][2]string{
		"last day":          {`"due": "2026-04-14",` + "\n  \"allowed\"", `"due": "2026-04-13",` + "\n  \"allowed\""},
		"a day counted":     {`"date": "2026-04-06",` + "\n   \"kind\": \"holiday\"", `"date": "2026-04-06",` + "\n   \"kind\": \"weekday\""},
		"the reason":        {`"why": "suspended"`, `"why": "off"`},
		"the limit":         {`"days": 20,` + "\n  \"unit\"", `"days": 19,` + "\n  \"unit\""},
		"the unit":          {`"unit": "workday"`, `"unit": "day"`},
		"the start":         {`"start": "2026-03-02T09:00:00+08:00"`, `"start": "2026-03-03T09:00:00+08:00"`},
		"end of the pause":  {`"to": "2026-03-24T17:00:00+08:00"`, `"to": "2026-03-25T17:00:00+08:00"`},
		"the holiday":       {`"date": "2026-04-06",` + "\n      \"name\"", `"date": "2026-04-07",` + "\n      \"name\""},
		"the state":         {`"state": "running"`, `"state": "lapsed"`},
		"the article of it": {`"article": "行政许可法第四十二条第一款"` + "\n }", `"article": "行政许可法第四十三条"` + "\n }"},
	} {
		changed := strings.Replace(text, change[0], change[1], 1)
		if changed == text {
			t.Errorf("%s: nothing to change in\n%s", name, text[:600])
			continue
		}
		q, err := ParseProof([]byte(changed))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(q.Check()) == 0 {
			t.Errorf("%s: not found", name)
		}
	}
	// A holiday invented throughout follows by itself; only the known calendar shows it.
	y := p.Calendar.Years[0]
	y.Off = append([]NamedDay{{DateFrom(2026, 4, 7), "清明节"}}, y.Off...)
	p.Calendar.Years[0] = y
	cal, err := New(p.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	forged := p.Timer().Prove(cal, p.On)
	if got := forged.Check(); len(got) > 0 {
		t.Errorf("%+v", got)
	}
	if differ, _ := forged.Against(shipped(t)); len(differ) != 1 || differ[0].Path != "calendar/2026-04-07" {
		t.Errorf("%+v", differ)
	}
	if _, unknown := lawProofs(t)["year_end_uncovered"].Against(Calendar{}); len(unknown) == 0 {
		t.Error("who knows no notice knows of none missing")
	}
}

func TestParseProof_refuses(t *testing.T) {
	good := string(lawProofs(t)["extension"].JSON())
	many := strings.Repeat(`{"from":"2026-03-02T09:00:00+08:00"},`, maxProofList+1)
	for name, text := range map[string]string{
		"empty": "", "no JSON": "年", "a list": "[]", "nothing said": "{}",
		"unknown field":   strings.Replace(good, `"format"`, `"form":1,"format"`, 1),
		"another format":  strings.Replace(good, ProofFormat, "tongban-clock-proof/2", 1),
		"another unit":    strings.Replace(good, `"unit": "workday"`, `"unit": "hour"`, 1),
		"nobody's":        strings.Replace(good, `"whose": "authority"`, `"whose": "nobody"`, 1),
		"two":             good + good,
		"another century": strings.Replace(good, `"start": "2026`, `"start": "1026`, 1),
		"far apart":       strings.Replace(good, `"start": "2026`, `"start": "1971`, 1),
		"too many days":   strings.Replace(good, `"days": 20`, `"days": 10001`, 1),
		"many pauses":     strings.Replace(good, `"suspensions": []`, `"suspensions": [`+strings.TrimSuffix(many, ",")+`]`, 1),
		"too large":       good + strings.Repeat(" ", MaxProofSize),
	} {
		if _, err := ParseProof([]byte(text)); !errors.Is(err, ErrNotProof) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestProof_properties: any timer proves itself, and no other last day does.
func TestProof_properties(t *testing.T) {
	cal := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		start := genDay.Draw(t, "start")
		timer := Timer{Limit: Limit{N: rapid.IntRange(0, 30).Draw(t, "n"), Unit: rapid.SampledFrom([]Unit{WorkingDays, NaturalDays}).Draw(t, "unit")}, Start: noon(start)}
		for range rapid.IntRange(0, 3).Draw(t, "pauses") {
			from := start + Date(rapid.IntRange(0, 40).Draw(t, "from"))
			s := Suspension{From: noon(from), Reason: "听证"}
			if length := rapid.IntRange(-1, 20).Draw(t, "length"); length >= 0 {
				s.To = noon(from + Date(length))
			}
			timer.Suspensions = append(timer.Suspensions, s)
		}
		if rapid.Bool().Draw(t, "extended") {
			timer.Extensions = []Extension{{At: noon(start + 3), N: 10, Article: "第四十二条"}}
		}
		now := noon(start + Date(rapid.IntRange(0, 90).Draw(t, "now"))).Add(time.Duration(rapid.IntRange(0, 999_999).Draw(t, "µs")) * time.Microsecond)
		p, err := ParseProof(timer.Prove(cal, now).JSON())
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Check(); len(got) > 0 {
			t.Fatalf("%+v", got)
		}
		if p.Result.Due != nil {
			*p.Result.Due += Date(rapid.SampledFrom([]int{-7, -1, 1, 7}).Draw(t, "moved"))
			if len(p.Check()) == 0 {
				t.Fatal("a wrong last day passes")
			}
		}
	})
}

func FuzzParseProof(f *testing.F) {
	for _, p := range lawProofs(f) {
		f.Add(p.JSON())
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ParseProof(text)
		if err != nil {
			if !errors.Is(err, ErrNotProof) {
				t.Fatal(err)
			}
			return
		}
		found := p.Check()
		if _, err := json.Marshal(p); err != nil {
			t.Fatal(err)
		}
		p.Against(Calendar{})
		if _, err := p.Lines(false); err != nil && len(found) == 0 {
			t.Fatal("proven and not to be explained")
		}
	})
}
