package catalog

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// basisRules are about 法律依据, 常见问题, 权利义务, 法律救济 and the privacy notice.
var basisRules = []Rule{
	some("basis", "basis", words{"法律依据", "the legal basis"}, func(g *Guide) int { return len(g.Basis) }),
	{Key: "basis-complete", Severity: Blocks, Element: "basis", Rests: "第七条", ZH: "法律依据的%s缺失或者不正确", EN: "The %s of a legal basis is missing or wrong", reads: "basis",
		find: func(s *subject, say say) {
			for i, b := range s.g.Basis {
				if blank(b.Law) {
					say(loc("basis", i, "law"), words{"名称", "name"})
				}
				if !slices.Contains(marks, b.Mark) {
					say(loc("basis", i, "mark"), words{"核对标记", "mark"})
				}
			}
		}},
	{Key: "basis-article", Severity: Warns, Element: "basis", Rests: "第七条", ZH: "法律依据“%s”没有写条款", EN: "Legal basis “%s” names no article", reads: "basis",
		find: func(s *subject, say say) {
			for i, b := range s.g.Basis {
				if blank(b.Article) && !blank(b.Law) {
					say(loc("basis", i, "article"), b.Law)
				}
			}
		}},
	{Key: "basis-gist", Severity: Hints, Element: "basis", Rests: "可读性", ZH: "法律依据“%s”没有用一句话说明内容", EN: "Legal basis “%s” does not say in a sentence what it says", reads: "basis",
		find: func(s *subject, say say) {
			for i, b := range s.g.Basis {
				if blank(b.Gist) && !blank(b.Law) {
					say(loc("basis", i, "gist"), b.Law)
				}
			}
		}},
	{Key: "basis-twice", Severity: Warns, Element: "basis", Rests: "第七条", ZH: "法律依据“%s”重复", EN: "Legal basis “%s” stands twice", reads: "basis",
		find: func(s *subject, say say) {
			for i, b := range s.g.Basis {
				if slices.ContainsFunc(s.g.Basis[:i], func(o Basis) bool { return o.Law == b.Law && o.Article == b.Article }) {
					say(loc("basis", i), b.Law)
				}
			}
		}},
	{Key: "licensing-basis", Severity: Blocks, Element: "basis", Rests: "行政许可法 第十四条、第十五条", ZH: "行政许可应有法律、法规、国务院决定或者省级规章设定，规范性文件不能设定", EN: "A licence is set by a law, a regulation or a decision of the State Council, never by a notice", reads: "basis basics",
		find: func(s *subject, say say) {
			if s.g.Basics.Type == licensing && len(s.g.Basis) > 0 && !slices.ContainsFunc(s.g.Basis, func(b Basis) bool { return citesLaw(b.Law) || strings.Contains(b.Law, "国务院") || citesRule(b.Law) }) {
				say("basis")
			}
		}},
	{Key: "basis-unproven", Severity: Hints, Element: "basis", Rests: "第七条", ZH: "法律依据“%s”还没有对照原文核对", EN: "Legal basis “%s” was not yet checked against the text", reads: "basis",
		find: func(s *subject, say say) {
			for i, b := range s.g.Basis {
				if b.Mark == "M" {
					say(loc("basis", i, "mark"), b.Law)
				}
			}
		}},

	some("questions", "questions", words{"常见问题", "the questions"}, func(g *Guide) int { return len(g.Questions) }),
	{Key: "question-answered", Severity: Blocks, Element: "questions", Rests: "第七条", ZH: "常见问题缺少问题或者回答", EN: "A question or its answer is missing", reads: "questions",
		find: func(s *subject, say say) {
			for i, q := range s.g.Questions {
				if blank(q.Q) {
					say(loc("questions", i, "q"))
				}
				if blank(q.A) {
					say(loc("questions", i, "a"))
				}
			}
		}},
	{Key: "question-dodged", Severity: Warns, Element: "questions", Rests: "可读性", ZH: "回答“%s”没有回答问题，请直接写明", EN: "“%s” does not answer the question; say it", reads: "questions",
		find: func(s *subject, say say) {
			for i, q := range s.g.Questions {
				if a := strings.Trim(strings.TrimSpace(q.A), "。！"); dodges(a) {
					say(loc("questions", i, "a"), a)
				}
			}
		}},
	{Key: "question-twice", Severity: Warns, Element: "questions", Rests: "可读性", ZH: "常见问题“%s”重复", EN: "Question “%s” stands twice", reads: "questions",
		find: func(s *subject, say say) {
			for i, q := range s.g.Questions {
				if !blank(q.Q) && slices.ContainsFunc(s.g.Questions[:i], func(o Question) bool { return o.Q == q.Q }) {
					say(loc("questions", i, "q"), q.Q)
				}
			}
		}},

	some("rights", "rights", words{"权利", "the rights"}, func(g *Guide) int { return len(g.Rights) }),
	some("rights", "duties", words{"义务", "the duties"}, func(g *Guide) int { return len(g.Duties) }),
	{Key: "rights-text", Severity: Blocks, Element: "rights", Rests: "第七条", ZH: "权利、义务有一条没有内容", EN: "One of the rights or duties says nothing", reads: "rights duties",
		find: func(s *subject, say say) {
			for _, x := range []struct {
				key   string
				lines []string
			}{{"rights", s.g.Rights}, {"duties", s.g.Duties}} {
				for i, l := range x.lines {
					if blank(l) {
						say(loc(x.key, i))
					}
				}
			}
		}},
	needs("remedies", "remedies/reconsideration", words{"行政复议途径", "The way to reconsideration"}, func(g *Guide) string { return g.Remedies.Reconsideration }),
	{Key: "litigation", Severity: Warns, Element: "remedies", Rests: "第七条", ZH: "没有写行政诉讼途径", EN: "The way to court is not given", reads: "remedies",
		find: func(s *subject, say say) {
			if blank(s.g.Remedies.Litigation) {
				say("remedies/litigation")
			}
		}},
	needs("rights", "privacy/purpose", words{"处理个人信息的目的", "The purpose of processing personal data"}, func(g *Guide) string { return g.Privacy.Purpose }),
	needs("rights", "privacy/retention", words{"个人信息的保存期限", "How long personal data are kept"}, func(g *Guide) string { return g.Privacy.Retention }),
	some("rights", "privacy/data", words{"处理的个人信息", "the personal data processed"}, func(g *Guide) int { return len(g.Privacy.Data) }),
}

// dodges reports an answer that sends the reader elsewhere instead of answering.
func dodges(a string) bool {
	for _, s := range []string{"请咨询窗口", "请咨询", "详见指南", "详见办事指南", "见办事指南", "以窗口答复为准", "按有关规定办理", "按规定办理", "以实际情况为准", "视情况而定"} {
		if a == s || strings.HasPrefix(a, s) && utf8.RuneCountInString(a) < utf8.RuneCountInString(s)+8 {
			return true
		}
	}
	return false
}
