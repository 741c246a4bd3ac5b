package rating

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/errs"
)

// Level 满意度, from 5 非常满意 to 1 非常不满意.
type Level int

var levelWords = map[Level][2]string{
	5: {"非常满意", "Very satisfied"}, 4: {"满意", "Satisfied"}, 3: {"基本满意", "Fairly satisfied"},
	2: {"不满意", "Dissatisfied"}, 1: {"非常不满意", "Very dissatisfied"},
}

// Levels lists them, best first, as they are offered.
var Levels = []Level{5, 4, 3, 2, 1}

// Words gives the level's name for people.
func (l Level) Words() (zh, en string) { w := levelWords[l]; return w[0], w[1] }

// Good reports whether the level counts as 好评: the upper three.
func (l Level) Good() bool { return l >= 3 }

// StandardCode is the code of GB/T 39046 table A.8, which numbers the levels
// the other way: 1 非常满意 … 5 非常不满意.
func (l Level) StandardCode() int { return 6 - int(l) }

// Reason 评价选项.
type Reason struct{ Key, ZH, EN string }

// The options of good and of negative ratings. They are the same everywhere in
// the city: local additions would make figures incomparable.
var (
	GoodReasons = []Reason{
		{"fast", "办事效率高", "Handled fast"}, {"clear", "办事指南清楚准确", "Clear and correct guide"},
		{"easy", "办理方便", "Easy to do"}, {"kind", "服务态度好", "Friendly service"}, {"smooth", "平台操作流畅", "The platform works well"},
	}
	BadReasons = []Reason{
		{"slow", "办理超时或者效率低", "Slow or late"}, {"unclear", "办事指南不清楚、不准确", "Unclear or wrong guide"},
		{"asked-twice", "没有一次性告知，多次补正", "Corrections asked for more than once"},
		{"extra", "要求提供办事指南以外的材料", "Asked for more than the guide names"},
		{"rude", "服务态度差", "Unfriendly service"}, {"broken", "平台操作不方便、有故障", "The platform is hard to use or broken"},
		{"trips", "多次跑动", "Had to come several times"},
	}
)

// Reasons lists the options that suit a level.
func (l Level) Reasons() []Reason {
	if l.Good() {
		return GoodReasons
	}
	return BadReasons
}

// ReasonWords gives an option's words.
func ReasonWords(key string) (zh, en string) {
	for _, r := range slices.Concat(GoodReasons, BadReasons) {
		if r.Key == key {
			return r.ZH, r.EN
		}
	}
	return key, key
}

// maxWords is how long the words of a rating may be, in characters.
const maxWords = 500

// blankNumbers hides runs of seven digits and more, also where they are grouped.
func blankNumbers(words string) string {
	r, out := []rune(words), []rune(nil)
	for i := 0; i < len(r); {
		digits, end := 0, i
		for j := i; j < len(r) && (isDigit(r[j]) || digits > 0 && strings.ContainsRune(" -—xX", r[j])); j++ {
			if isDigit(r[j]) {
				digits, end = digits+1, j+1
			} else if digits == 17 && (r[j] == 'x' || r[j] == 'X') {
				end = j + 1
			}
		}
		if digits < 7 {
			out = append(out, r[i])
			i++
			continue
		}
		out = append(out, []rune("***")...)
		i = end
	}
	return string(out)
}

func isDigit(r rune) bool { return unicode.IsDigit(r) }

// check cleans a rating and names what does not fit.
func check(in Input) (Input, []errs.Field) {
	var bad []errs.Field
	if in.Level < 1 || in.Level > 5 {
		bad = append(bad, errs.Field{Path: "level", Code: "required", ZH: "请选择满意程度", EN: "Choose how satisfied you are"})
		return in, bad
	}
	var keep []string
	for _, k := range in.Reasons {
		if !slices.ContainsFunc(in.Level.Reasons(), func(r Reason) bool { return r.Key == k }) {
			bad = append(bad, errs.Field{Path: "reasons", Code: "option", ZH: "评价选项与满意程度不符，请重新选择", EN: "These reasons do not go with the level"})
			break
		}
		if !slices.Contains(keep, k) {
			keep = append(keep, k)
		}
	}
	in.Reasons = keep
	in.Words = strings.TrimSpace(in.Words)
	if strings.ContainsRune(in.Words, 0) || !utf8.ValidString(in.Words) {
		bad = append(bad, errs.Field{Path: "words", Code: "text", ZH: "内容中有无法保存的字符", EN: "There are characters that cannot be stored"})
	}
	if utf8.RuneCountInString(in.Words) > maxWords {
		bad = append(bad, errs.Field{Path: "words", Code: "max-length", ZH: "文字评价请不要超过500个字", EN: "At most 500 characters"})
	}
	return in, bad
}
