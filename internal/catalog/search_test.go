package catalog

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
)

func basicEntry(code, name, typ, dept string) Basic {
	return Basic{Code: code, Name: name, Type: typ, Levels: []string{"4"}, Audience: []string{"1"}, Topics: []string{"life"}, Dept: dept,
		Summary: name + "的说明", Basis: []Basis{{Law: "演示条例", Article: "第一条", Mark: "C"}}}
}

// stocked has two matters with guides and two of the basic catalogue alone.
func (s *shelf) stocked() {
	s.t.Helper()
	s.must(s.ImportBasics(s.t.Context(), actor.Platform(), []Basic{
		basicEntry("320199001000", "食品经营许可（新办）", "01", "lx"), basicEntry("320599022000", "最低生活保障", "05", "mzj"),
		basicEntry("320799184002", "居民身份证补领", "07", "gaj"), basicEntry("320799184003", "临时居民身份证办理", "07", "gaj")}))
	food := sound("食品经营许可（新办）", "01")
	food.Basics.Aliases, food.Basics.Hot = []string{"开饭店"}, 1
	d := def(99001, food, "lx", "bh")
	d.BasicCode = "320199001000"
	s.publish(d)
	low := sound("最低生活保障", "05")
	low.Basics.Aliases = []string{"低保"}
	d = def(99022, low, "lx")
	d.BasicCode = "320599022000"
	s.publish(d)
	s.must(s.ImportSynonyms(s.t.Context(), actor.Platform(), []Synonym{
		{Say: []string{"身份证丢了", "补身份证"}, Means: []string{"320799184002", "320799184003"}},
		{Say: []string{"证件"}, Means: []string{"身份证"}}}))
}

func (s *shelf) asked(q Query) Page {
	s.t.Helper()
	q.Unopened = true
	p, err := s.Search(s.t.Context(), q)
	s.must(err)
	return p
}

func first(p Page) string {
	if len(p.Items) == 0 {
		return ""
	}
	return p.Items[0].Name
}

// TestSearch_as_people_speak goes from words to the matter that is meant.
func TestSearch_as_people_speak(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		s.stocked()
		for text, want := range map[string]struct {
			name string
			sure bool
		}{
			"开饭店":               {"食品经营许可（新办）", true},
			"我想开饭店要什么材料":        {"食品经营许可（新办）", true},
			"食品经营怎么申请":          {"食品经营许可（新办）", true},
			"低宝":                {"最低生活保障", false}, // sounds alike
			"食品经营许讨":            {"食品经营许可（新办）", true},
			"身份证丢了怎么办":          {"居民身份证补领", true},
			"补领身份正":             {"居民身份证补领", false},
			"bsfz":              {"居民身份证补领", true},
			"shipinjingying":    {"食品经营许可（新办）", true},
			"居民证件补领":            {"居民身份证补领", true}, // a word in the place of another
			"320799184003":      {"临时居民身份证办理", true},
			"3207 9918 4003":    {"临时居民身份证办理", true},
			"identity document": {"", false},
		} {
			p := s.asked(Query{Text: text})
			if first(p) != want.name || want.name != "" && p.DidYouMean == want.sure {
				t.Errorf("%s: %q, did you mean %v", text, first(p), p.DidYouMean)
			}
		}
		if got := first(s.asked(Query{Text: s.units["lx"] + "4" + "320199001000" + "01"})); got != "食品经营许可（新办）" {
			t.Errorf("an item code with the two of a case kind: %q", got)
		}
		t.Run("not_on_offer", func(t *testing.T) {
			p := s.asked(Query{Text: "身份证丢了"})
			if it := p.Items[0]; it.Offers != 0 || it.ID != 0 || it.Matter.Dept != "gaj" || it.BasicCode != "320799184002" {
				t.Errorf("%+v", it)
			}
			if p, err := s.Search(t.Context(), Query{Text: "身份证丢了"}); err != nil || len(p.Items) != 0 {
				t.Errorf("asked for what is on offer: %v %v", p.Items, err)
			}
			if p := s.asked(Query{Text: "身份证丢了", Division: "320213000000"}); p.Total != 0 {
				t.Errorf("asked for a place: %v", p.Items)
			}
			p = s.asked(Query{Limit: 3})
			if p.Total != 4 || p.Items[0].Offers != 1 || p.Items[2].Offers != 0 {
				t.Errorf("browsed: %+v", p.Items)
			}
			if p = s.asked(Query{Limit: 3, Cursor: p.Next}); len(p.Items) != 1 || p.Next != "" {
				t.Errorf("the second page: %+v", p.Items)
			}
		})
		t.Run("places", func(t *testing.T) {
			p := s.asked(Query{Text: "滨湖 食品经营"})
			if p.Place.Division.Name != "滨湖区" || len(p.Items) == 0 || p.Items[0].Division != "320211000000" || p.Items[0].Offers != 1 {
				t.Errorf("a district: %+v", p)
			}
			if p = s.asked(Query{Text: "无锡食品经营"}); p.Place.Named() || p.Total != 1 || p.Items[0].Offers != 2 {
				t.Errorf("the city's own name: %+v", p)
			}
			if p = s.asked(Query{Text: "滨湖区低保"}); p.Total != 1 || p.Items[0].Name != "最低生活保障" {
				t.Errorf("not there, but elsewhere: %+v", p)
			}
			if p = s.asked(Query{Text: "梁溪区行政审批局"}); p.Place.Unit.Key != "lx" || p.Total != 2 {
				t.Errorf("an office: %+v", p)
			}
			if p = s.asked(Query{Text: "梁溪区政务服务中心 低保"}); p.Place.Unit.Key != "lx-zx" || first(p) != "最低生活保障" {
				t.Errorf("a centre: %+v", p)
			}
		})
		t.Run("counts", func(t *testing.T) {
			c := s.asked(Query{Counts: true, Type: "01"}).Counts
			for name, x := range map[string]struct {
				d     Facet
				value string
				want  int
			}{
				"its own filter does not count": {ByType, "07", 2}, "chosen": {ByType, "01", 1}, "district": {ByDivision, "320211000000", 1}, "city level": {ByDivision, "320200000000", 0},
				"unit": {ByUnit, "lx", 1}, "level": {ByLevel, "4", 1}, "kind": {ByCaseType, "promised", 1}, "dept": {ByDept, "gaj", 0}, "for": {ByAudience, "person", 1}, "topic": {ByTopic, "life", 1},
			} {
				if got := c[x.d][x.value]; got != x.want {
					t.Errorf("%s: %d, want %d", name, got, x.want)
				}
			}
			if c := s.asked(Query{Counts: true, Text: "身份证丢了"}).Counts; c[ByType]["07"] != 2 || c[ByType]["01"] != 0 {
				t.Errorf("of a text: %v", c[ByType])
			}
			for _, v := range []string{"01", "05", "07"} {
				if c, n := s.asked(Query{Counts: true}).Counts, s.asked(Query{Type: v}).Total; c[ByType][v] != n {
					t.Errorf("%s: counted %d, found %d", v, c[ByType][v], n)
				}
			}
		})
		t.Run("synonyms", func(t *testing.T) {
			a := actor.Platform()
			for name, bad := range map[string]Synonym{
				"says nothing": {Means: []string{"320799184002"}}, "means nothing": {Say: []string{"词"}}, "unknown": {Say: []string{"词"}, Means: []string{"320799999999"}},
				"too long": {Say: []string{strings.Repeat("长", 31)}, Means: []string{"身份证"}}, "blank": {Say: []string{"!!"}, Means: []string{"身份证"}},
			} {
				if err := s.ImportSynonyms(t.Context(), a, []Synonym{bad}); errs.KindOf(err) != errs.Invalid {
					t.Errorf("%s: %v", name, err)
				}
			}
			one := []Synonym{{Say: []string{"吃饱饭"}, Means: []string{"320599022000"}}, {Say: []string{"保障", "兜底"}}}
			if err := s.ImportSynonyms(t.Context(), s.staff("lxsteward"), one); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("by a steward: %v", err)
			}
			before, err := s.Index(t.Context())
			s.must(err)
			s.must(s.ImportSynonyms(t.Context(), a, one))
			if got := first(s.asked(Query{Text: "吃饱饭"})); got != "最低生活保障" {
				t.Errorf("%q", got)
			}
			if p := s.asked(Query{Text: "最低生活兜底"}); first(p) != "最低生活保障" || p.DidYouMean {
				t.Errorf("words that stand for each other: %+v", p.Items)
			}
			after, err := s.Index(t.Context())
			s.must(err)
			s.must(s.ImportSynonyms(t.Context(), a, one))
			if again, err := s.Index(t.Context()); err != nil || again != after || before.words == after.words {
				t.Errorf("the same set once more is a change: %v", err)
			}
			s.must(s.SetState(t.Context(), a, s.units["bh"]+"4320199001000", Paused, "搬迁", ""))
			if x, err := s.Index(t.Context()); err != nil || x == after || x.words != after.words {
				t.Errorf("a list's state made a new lexicon: %v", err)
			}
		})
	})
}

// TestMisses counts what was searched in vain and keeps nothing personal.
func TestMisses(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		s.stocked()
		for _, text := range []string{"量子传输", "量子传输!", "ＬＺＣＳ", "狗", "320211199001011234", "量子13000001234", strings.Repeat("量", 31), "开饭店", "低宝"} {
			s.asked(Query{Text: text})
		}
		s.asked(Query{Text: "量子传输", Type: "01"})                              // a filter's doing
		if _, err := s.Search(t.Context(), Query{Text: "量子传输"}); err != nil { // not a person's question
			t.Fatal(err)
		}
		s.must(s.WriteMisses(t.Context()))
		s.must(s.WriteMisses(t.Context()))
		s.asked(Query{Text: "量子传输"})
		s.must(s.WriteMisses(t.Context()))
		list, err := s.Misses(t.Context(), s.staff("lxsteward"), 10)
		s.must(err)
		var got []string
		for _, m := range list {
			got = append(got, m.Words)
		}
		if !slices.Equal(got, []string{"量子传输", "lzcs", "低宝"}) || list[0].Times != 3 || list[0].Near != 0 || list[2].Near != 1 || list[0].Last.IsZero() {
			t.Errorf("%+v", list)
		}
		for _, who := range []actor.Actor{s.staff("clerk"), {Kind: actor.Anonymous}} {
			if _, err := s.Misses(t.Context(), who, 10); err == nil {
				t.Errorf("%s reads it", who.Name)
			}
		}
		s.answered(list)
		s.clk.Add(missKept + time.Hour)
		s.asked(Query{Text: "别的说法xyzq"})
		s.must(s.WriteMisses(t.Context()))
		if list, err := s.Misses(t.Context(), s.staff("lxreviewer"), 10); err != nil || len(list) != 1 {
			t.Errorf("after half a year: %v %v", list, err)
		}
	})
}

// answered adds a missed word to a matter, once and again, and takes it back.
func (s *shelf) answered(missed []Miss) {
	s.t.Helper()
	ctx, keeper := s.t.Context(), s.staff("wxreviewer")
	const matter = "320599022000"
	for _, who := range []actor.Actor{s.staff("lxsteward"), s.staff("lxreviewer"), s.staff("clerk"), {Kind: actor.Anonymous}} {
		if err := s.AddWord(ctx, who, missed[0].Words, matter); err == nil {
			s.t.Errorf("%s adds a word", who.Name)
		}
		if err := s.RemoveWord(ctx, who, 1); err == nil || errs.KindOf(err) == errs.NotFound {
			s.t.Errorf("%s removes a word: %v", who.Name, err)
		}
	}
	for words, code := range map[string]string{"!": matter, strings.Repeat("长", 31): matter, "养狗证": "320599999000", "": ""} {
		if err := s.AddWord(ctx, keeper, words, code); errs.KindOf(err) != errs.Invalid {
			s.t.Errorf("%s of %s: %v", words, code, err)
		}
	}
	s.must(s.AddWord(ctx, keeper, "量子传输！", matter+" "))
	s.must(s.AddWord(ctx, keeper, "量子传输", matter))
	if p := s.asked(Query{Text: "量子传输"}); first(p) != "最低生活保障" || p.DidYouMean {
		s.t.Errorf("added: %+v", p.Items)
	}
	list, err := s.Misses(ctx, keeper, 10)
	s.must(err)
	if len(list) != len(missed)-1 || list[0].Words == missed[0].Words {
		s.t.Errorf("still missed: %+v", list)
	}
	words, err := s.Words(ctx, s.staff("lxsteward"), 10)
	s.must(err)
	if len(words) != 1 || words[0].Words != "量子传输" || words[0].Code != matter || words[0].By != keeper.Name || words[0].At.IsZero() {
		s.t.Fatalf("%+v", words)
	}
	s.must(s.ImportSynonyms(ctx, actor.Platform(), []Synonym{{Say: []string{"吃饱饭"}, Means: []string{matter}}}))
	if got := first(s.asked(Query{Text: "量子传输"})); got != "最低生活保障" {
		s.t.Errorf("after an import: %q", got)
	}
	s.must(s.RemoveWord(ctx, keeper, words[0].ID))
	if err := s.RemoveWord(ctx, keeper, words[0].ID); errs.KindOf(err) != errs.NotFound {
		s.t.Errorf("removed twice: %v", err)
	}
	if list, err = s.Misses(ctx, keeper, 10); err != nil || len(list) != len(missed) {
		s.t.Errorf("taken back: %v %v", list, err)
	}
	if found, err := s.Matters(ctx, "低保", 1); err != nil || len(found) != 1 || found[0].Code != matter {
		s.t.Errorf("%v %v", found, err)
	}
}
