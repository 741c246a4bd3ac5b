package search

import (
	"fmt"
	"strings"
	"testing"
)

func shelf() *Lexicon {
	var entries []Entry
	for i, title := range titles {
		entries = append(entries, Entry{ID: int64(i + 1), Names: []Name{{title, 1}}, Text: title + "，网上申请，带好材料"})
	}
	add := func(id int64, words ...string) {
		for _, w := range words {
			entries[id-1].Names = append(entries[id-1].Names, Name{w, 0.95})
		}
	}
	add(3, "开饭店", "餐饮证")
	add(8, "执照丢了")
	add(26, "身份证丢了", "补身份证")
	add(24, "准生证")
	return NewLexicon(entries, [][]string{{"身份证", "二代证"}, {"丢了", "遗失", "不见了"}})
}

// TestLexicon finds what is meant and says whether the words stand there.
func TestLexicon(t *testing.T) {
	x := shelf()
	for text, want := range map[string]struct {
		first string // "": nothing
		sure  bool
	}{
		"残疾人证换领":       {"残疾人证换领", true},
		"怎么办理残疾人证换领":   {"残疾人证换领", true},
		"我想换领残疾人证":     {"残疾人证换领", true},
		"开饭店":          {"食品经营许可（新办）", true},
		"在小区里开饭店要什么证":  {"食品经营许可（新办）", true},
		"食品 新办":        {"食品经营许可（新办）", true},
		"身份证丢了去哪里补":    {"居民身份证补领", true},
		"射会保障卡":        {"社会保障卡申领", false},
		"公机金提取":        {"住房公积金提取", false},
		"营业执招":         {"营业执照遗失补领", false},
		"不动厂登记":        {"不动产登记", false},
		"食品经营许讨（新办）":   {"食品经营许可（新办）", true},
		"yyzz":         {"营业执照遗失补领", true},
		"zhunsheng":    {"生育登记", true},
		"gongjijintiq": {"住房公积金提取", true},
		"公积金tiqu":      {"住房公积金提取", true},
		"二代证不见了":       {"居民身份证补领", true},   // words of groups
		"给我把执照补了":      {"营业执照遗失补领", false}, // particles
		"sehuibaozan":  {"社会保障卡申领", true},
		"kai fan dian": {"食品经营许可（新办）", true},
		"ofd":          {"OFD电子证照下载", true},
		"12345":        {"12345热线投诉受理", true},
		"婚":            {"结婚登记", true},
		"量子传输":         {"", false},
		"怎么办":          {"", false},
		"":             {"", false},
		"!@#%*'\"():&": {"", false},
		"\xff\xfe":     {"", false},
	} {
		got := x.Find(text, 20)
		if (want.first == "") != (len(got) == 0) {
			t.Errorf("%q: %d matches", text, len(got))
			continue
		}
		if len(got) > 0 && (titles[got[0].ID-1] != want.first || got[0].Sure != want.sure) {
			t.Errorf("%q: %s, sure %v", text, titles[got[0].ID-1], got[0].Sure)
		}
		for i := 1; i < len(got); i++ {
			if got[i].Score > got[i-1].Score {
				t.Errorf("%q: out of order: %v", text, got)
			}
		}
	}
	if got := x.Find("证", 3); len(got) != 3 {
		t.Errorf("limit 3: %d", len(got))
	}
	if got := NewLexicon(nil, nil).Find("证", 3); len(got) != 0 {
		t.Errorf("in nothing: %v", got)
	}
}

// TestLexicon_forgets: one question leaves nothing behind for the next.
func TestLexicon_forgets(t *testing.T) {
	x := shelf()
	want := fmt.Sprint(x.Find("残疾人证", 20))
	for range 20 {
		x.Find("公积金 身份证 许可 登记", 400)
		if got := fmt.Sprint(x.Find("残疾人证", 20)); got != want {
			t.Fatalf("%s, first %s", got, want)
		}
	}
}

// FuzzLexicon: no text breaks it, and what it gives is in order and within bounds.
func FuzzLexicon(f *testing.F) {
	x := shelf()
	for _, s := range []string{"开饭店", "gjj", "怎么办", "a b c", "\x00", strings.Repeat("证", 300), "12345", "ＡＢＣ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := x.Find(s, 10)
		for i, m := range got {
			if m.ID < 1 || int(m.ID) > len(titles) || m.Score <= 0 || i > 0 && m.Score > got[i-1].Score {
				t.Errorf("%q: %v", s, got)
			}
		}
		if len(got) > 10 {
			t.Errorf("%q: %d", s, len(got))
		}
	})
}
