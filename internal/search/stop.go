package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// stopWords are what people put around the thing they ask for; longer ones
// first, so that 怎么办理 goes as one.
var stopWords = func() []string {
	all := strings.Fields(`
		怎么办理 怎么申请 怎么申领 怎么领取 怎么弄 怎么办 怎么搞 怎么查 怎么领 怎么开 怎么 怎样 如何办理 如何申请 如何 咋办 咋弄 咋
		要什么材料 需要什么材料 要哪些材料 需要哪些材料 要带什么 带什么 要什么 需要什么 需要哪些 什么材料 哪些材料 要准备什么 什么手续 办什么手续 要办什么证 办什么证 要什么证 需要
		去哪里办 去哪儿办 去哪办 去哪里 去哪儿 去哪 在哪里办 在哪办 在哪里 在哪儿 在哪 到哪里办 到哪里 到哪 哪里办 哪里能办 哪里可以 哪里 哪儿 哪个部门 什么部门 找谁 找哪个部门
		我想要 我想 我要 想要 想办 想 我们 我家里 我家 我的 我 请问 你好 您好 谁能 可不可以 可以 能不能 能否 能 是不是 有没有 有什么用 有啥用 有啥 有什么 什么 啥
		多少钱 多长时间 多久 几天 条件 流程 手续 材料 费用 攻略 官网 网上 线上 电话
		办理 办一下 申请 申领 办一个 办个 一下 一个 怎办 帮忙 谢谢 了吗 的话 吗 呢 呀 啊 嘛`)
	slices.SortStableFunc(all, func(a, b string) int { return utf8.RuneCountInString(b) - utf8.RuneCountInString(a) })
	return all
}()

// withoutStopWords takes the words of asking out of a question; "" if nothing
// else is in it.
func withoutStopWords(q question) string {
	text := strings.Join(q.terms, " ")
	for _, w := range stopWords {
		text = strings.ReplaceAll(text, w, " ")
	}
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(strings.ReplaceAll(text, " ", "")) < 2 {
		return ""
	}
	return text
}
