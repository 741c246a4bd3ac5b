package catalog

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// textRules are about how a guide is written: nothing open-ended 兜底 where
// people have to know what is asked, sentences that can be read, English.
var textRules = []Rule{
	{Key: "open-ended", Severity: Blocks, Element: "conditions", Rests: "第七条", ZH: "“%s”是兜底表述，申请人看不出要求是什么，请写明", EN: "“%s” is open-ended: people cannot tell what is asked; say it", reads: "conditions materials",
		find: func(s *subject, say say) {
			for _, t := range s.g.asked() {
				if v := vagueIn(t.text, false); v != "" {
					say(t.path, v)
				}
			}
		}},
	{Key: "long-sentence", Severity: Warns, Element: "questions", Rests: "可读性", ZH: "这句话有%s个字，超过60个字，请分成几句", EN: "A sentence of %s characters; above 60 cut it up", reads: readByPeople,
		find: func(s *subject, say say) {
			for _, t := range s.g.readTexts() {
				if n := longestSentence(t.text); n > longSentence {
					say(t.path, strconv.Itoa(n))
				}
			}
		}},
	{Key: "nested-clauses", Severity: Warns, Element: "questions", Rests: "可读性", ZH: "“%s”里连用了三层以上的定语，请拆开写", EN: "“%s” nests three clauses or more; take it apart", reads: readByPeople,
		find: func(s *subject, say say) {
			for _, t := range s.g.readTexts() {
				if c := nested(t.text); c != "" {
					say(t.path, c)
				}
			}
		}},
	{Key: "double-negative", Severity: Warns, Element: "questions", Rests: "可读性", ZH: "“%s”是双重否定，请从正面写", EN: "“%s” is a double negative; say it positively", reads: readByPeople,
		find: func(s *subject, say say) {
			for _, t := range s.g.readTexts() {
				if m := doubleNegative.FindString(t.text); m != "" {
					say(t.path, m)
				}
			}
		}},
	{Key: "office-words", Severity: Warns, Element: "questions", Rests: "可读性", ZH: "“%s”是公文用语，请改为“%s”", EN: "“%s” is officialese; write “%s”", reads: readByPeople,
		find: func(s *subject, say say) {
			for _, t := range s.g.readTexts() {
				for _, w := range officeWords {
					if strings.Contains(t.text, w[0]) {
						say(t.path, w[0], w[1])
						break
					}
				}
			}
		}},
	{Key: "in-english", Severity: Hints, Element: "basics", Rests: "可读性", ZH: "没有英文%s", EN: "There is no English %s", reads: "basics materials scenarios",
		find: func(s *subject, say say) {
			for _, x := range []struct {
				path, value string
				what        words
			}{{"basics/nameEn", s.g.Basics.NameEN, words{"名称", "name"}}, {"basics/summaryEn", s.g.Basics.SummaryEN, words{"说明", "summary"}}} {
				if blank(x.value) {
					say(x.path, x.what)
				}
			}
			for _, m := range s.g.Materials {
				if blank(m.NameEN) {
					say(loc("materials", m.Code, "nameEn"), words{"材料名称", "name of the material"})
				}
			}
			for i, x := range s.g.Scenarios {
				if blank(x.QuestionEN) {
					say(loc("scenarios", i, "questionEn"), words{"提问", "question"})
				}
			}
		}},
}

const (
	longSentence = 60 // characters
	readByPeople = "basics conditions scenarios materials commitments questions rights duties"
)

// placed is a text of a guide with its place.
type placed struct{ path, text string }

// asked are the texts that say what is asked of people.
func (g *Guide) asked() []placed {
	var out []placed
	for i, c := range g.Conditions {
		out = append(out, placed{loc("conditions", i), c.Text})
	}
	for _, m := range g.Materials {
		out = append(out, placed{loc("materials", m.Code, "standard"), m.Standard}, placed{loc("materials", m.Code, "filling"), m.Filling})
		for _, l := range m.Lines {
			out = append(out, placed{loc("materials", m.Code, "lines", l.Code), l.Text})
		}
	}
	return out
}

// readTexts are the texts that people read, the law's own words left out.
func (g *Guide) readTexts() []placed {
	out := append([]placed{{"basics/summary", g.Basics.Summary}, {"basics/visitReason", g.Basics.VisitReason}}, g.asked()...)
	for i, x := range g.Scenarios {
		out = append(out, placed{loc("scenarios", i, "question"), x.Question}, placed{loc("scenarios", i, "note"), x.Note})
	}
	for _, c := range g.Commitments {
		out = append(out, placed{loc("commitments", c.Key, "text"), c.Text}, placed{loc("commitments", c.Key, "check"), c.Check})
	}
	for i, q := range g.Questions {
		out = append(out, placed{loc("questions", i, "q"), q.Q}, placed{loc("questions", i, "a"), q.A})
	}
	for i, l := range g.Rights {
		out = append(out, placed{loc("rights", i), l})
	}
	for i, l := range g.Duties {
		out = append(out, placed{loc("duties", i), l})
	}
	return out
}

// vague are 兜底 phrases.
var vague = []string{"其他材料", "其他有关材料", "其他相关材料", "等材料", "等相关材料", "等有关材料", "等证明材料", "等其他", "其他证明", "相关材料", "有关材料", "相关证明", "有关证明",
	"相关手续", "有关手续", "相关部门规定的", "有关部门规定的", "规定的其他", "要求的其他", "认为需要的", "认为有必要", "视情况", "视具体情况", "根据实际情况", "根据需要提供", "必要时提供", "按规定提供", "符合有关规定", "符合相关规定"}

// vagueIn gives the open-ended phrase of a text; a name may not end in 等.
func vagueIn(text string, name bool) string {
	for _, v := range vague {
		if strings.Contains(text, v) {
			return v
		}
	}
	if t := strings.TrimRight(strings.TrimSpace(text), "。）)"); name && strings.HasSuffix(t, "等") {
		return "等"
	}
	return ""
}

func longestSentence(text string) int {
	n := 0
	for s := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("。！？；\n", r) }) {
		n = max(n, utf8.RuneCountInString(s))
	}
	return n
}

// nested gives the first clause in which 的 stands four times: three
// attributes within another.
func nested(text string) string {
	for c := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("。！？；，：、\n（）", r) }) {
		if strings.Count(c, "的")-strings.Count(c, "目的")-strings.Count(c, "的确") >= 4 {
			return c
		}
	}
	return ""
}

var (
	doubleNegative = regexp.MustCompile(`不得不|不能不|不可不|不无|无不[^良利动]|并非不|不是没有|没有不|未必不|不得拒不|非\p{Han}{1,6}不(?:可|得|能|予)`)

	// officeWords are words of documents that people do not use, and what they say.
	officeWords = [][2]string{{"兹", "现在"}, {"特此", "（删去）"}, {"鉴于", "因为"}, {"届时", "到时候"}, {"毋须", "不需要"}, {"毋庸", "不用"}, {"系指", "指"}, {"予以", "（删去，直接写动词）"},
		{"酌情", "写明条件"}, {"径向", "直接向"}, {"径行", "直接"}, {"悉数", "全部"}, {"亦可", "也可以"}, {"均须", "都要"}, {"均应", "都应当"}, {"之规定", "的规定"}, {"上述之", "上面的"}, {"该等", "这些"},
		{"另行通知", "写明什么时候、怎样通知"}, {"参照执行", "写明怎样办"}}
)
