package search

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNormalise(t *testing.T) {
	for in, want := range map[string]string{
		"残疾人证（换领）":         "残疾人证 换领",
		"  占用、挖掘城市道路。":     "占用 挖掘城市道路",
		"ＧＢ／Ｔ　33190":       "gb t 33190",
		"A4纸":              "a4纸",
		"㈱⑫":               "株 12",
		"\x00 emoji 😀 end": "emoji end",
		"":                 "",
	} {
		if got := Normalise(in); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestBigrams(t *testing.T) {
	for in, want := range map[string]string{
		"残疾人证":   "残疾 疾人 人证 证",
		"证":      "证",
		"a4纸张":   "a 4 纸张 张",
		"第12 3号": "第 12 3 号",
		"𬭚𬭛":     "𬭚𬭛 𬭛",
		"ofd 文件": "ofd 文件 件",
	} {
		if got := strings.Join(bigrams(in), " "); got != want {
			t.Errorf("bigrams(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPinyinWords(t *testing.T) {
	has := func(title string, words ...string) {
		t.Helper()
		all := pinyinWords(Normalise(title))
		for _, w := range words {
			if !slices.ContainsFunc(all, func(x string) bool { return strings.HasPrefix(x, w) }) {
				t.Errorf("%s: nothing begins with %q in %v", title, w, all)
			}
		}
	}
	has("住房公积金提取", "gongjijin", "zhufang", "gjj", "zfgjjtq", "tiqu")
	has("银行开户许可", "yinhangkaihu", "yinxing", "yhkh")
	has("会计从业资格", "kuaiji", "huiji", "kj")
	has("绿地率", "lvdilv", "lvdi")
	has("12345热线", "12345rexian", "rx")
	has(strings.Repeat("食品经营许可", 10), "shipinjingyingxukesh")
	for _, w := range pinyinWords(strings.Repeat("行长重会调", 20)) {
		if len(w) > 100 {
			t.Errorf("word of %d letters", len(w))
		}
	}
	if n := len(pinyinWords(strings.Repeat("行长重会调", 20))); n > 100*2*maxReadings {
		t.Errorf("%d words", n)
	}
}

func FuzzWords(f *testing.F) {
	f.Add("残疾人证' | \" OR * 😀\x00")
	f.Add("GB/T 33190—2016《OFD》")
	f.Fuzz(func(t *testing.T, text string) {
		for _, w := range wordsOf(Normalise(text), Normalise(text)) {
			if w == "" || !utf8.ValidString(w) || strings.ContainsAny(w, " '\"*&|!():\\\x00-+^") {
				t.Fatalf("word %q of %q would be taken for syntax", w, text)
			}
		}
		q := ask(text)
		for _, w := range []wish{q.titleWish(), q.bodyWish(), q.soundWish(), q.similarWish()} {
			for _, g := range w {
				for _, x := range g {
					if len(x.text) < 2 || strings.ContainsAny(x.text, " '\"*&|!():\\\x00") {
						t.Fatalf("asks for %q by %q", x.text, text)
					}
				}
			}
		}
	})
}
