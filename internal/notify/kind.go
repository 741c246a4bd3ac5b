package notify

import (
	"slices"
	"strings"
	"time"
)

// Group 消息类别 is what a person chooses ways for.
type Group string

// The groups.
const (
	Progress Group = "progress" // 办件进展
	Deadline Group = "deadline" // 补正、期限和到场
	Answer   Group = "answer"   // 咨询、帮办和答复
	Rules    Group = "rules"    // 规则公示和安排变动
)

// Groups lists them in the order shown to people.
var Groups = []Group{Progress, Deadline, Answer, Rules}

// Words names the group and says what is in it.
func (g Group) Words() (zh, en, softZH, softEN string) {
	switch g {
	case Progress:
		return "办件进展", "Progress of cases", "收件、受理、决定、送达、缴费", "received, accepted, decided, delivered, fees"
	case Deadline:
		return "补正、期限和到场", "Deadlines and visits", "需要您在期限内做的事，听证、核查和预约的时间", "what you have to do in time; hearings, inspections, appointments"
	case Answer:
		return "咨询、帮办和答复", "Answers and help", "咨询的答复、帮办代办、对申请的答复", "answers to questions and requests, help with applying"
	case Rules:
		return "规则公示和安排变动", "Rules and arrangements", "放假安排、办理规则变动带来的影响", "what new rules and holidays change for you"
	}
	return string(g), string(g), "", ""
}

// Kind 消息种类: what happened. A kind inherits from the one before its last dot;
// the table is the contract with those who write texts.
type Kind struct {
	Key    string // "case.request-correction"
	Group  Group
	Law    bool    // the law has the person told: a choice cannot switch it off
	Urgent bool    // of use at once or not at all: quiet hours do not hold it
	Values []Value // that texts may name; nil: those of the kind it inherits from
	Must   []string
}

// Value 变量 is what an act tells, named in texts as {name}.
type Value struct {
	Name   string
	ZH, EN string // what it is
	Sample [2]string
	Inside bool // stays in the platform: texts of other ways may not name it
}

// general is the kind of messages that no line of the table knows.
const general = "message"

var (
	caseValues = []Value{
		{Name: "title", ZH: "标题", EN: "what happened, in one line", Sample: [2]string{"您的申请已受理", "Your application was accepted"}},
		{Name: "item", ZH: "事项名称", EN: "name of the service", Sample: [2]string{"食品经营许可（新办）", "食品经营许可（新办）"}},
		{Name: "no", ZH: "办件编号", EN: "case number", Sample: [2]string{"113202000001234567320131007000202603020001", "113202000001234567320131007000202603020001"}},
		{Name: "due", ZH: "办理期限至", EN: "day by which the authority decides", Sample: [2]string{"2026-03-16", "2026-03-16"}},
		{Name: "correctBy", ZH: "补正期限至", EN: "day by which the applicant corrects", Sample: [2]string{"2026-03-16", "2026-03-16"}},
		{Name: "when", ZH: "时间（听证、核查）", EN: "time of a hearing or inspection", Sample: [2]string{"3月16日 14:00", "16 March 14:00"}},
		{Name: "code", ZH: "取件码", EN: "code with which the result is fetched", Sample: [2]string{"1234 5678", "1234 5678"}},
		{Name: "more", ZH: "补充说明", EN: "what the act says beside", Inside: true, Sample: [2]string{"运单：演示快递 DEMO-1。", "运单：演示快递 DEMO-1。"}},
	}
	freeValues = []Value{
		{Name: "title", ZH: "标题", EN: "what happened, in one line", Inside: true, Sample: [2]string{"帮办代办已经结束", "The help has ended"}},
		{Name: "text", ZH: "正文", EN: "the whole message", Inside: true, Sample: [2]string{"帮办代办已经结束，您可以查看全过程。", "The help has ended; you can see all that was done."}},
		{Name: "short", ZH: "可以发到平台外的一句话", EN: "what may leave the platform", Sample: [2]string{"您的帮办代办已经结束。", "The help has ended."}},
	}
)

// kinds is the table. Keys below "case." are the acts of casework.
var kinds = []Kind{
	{Key: general, Group: Progress, Values: freeValues},

	{Key: "case", Group: Progress, Values: caseValues, Must: []string{"no"}},
	{Key: "case.accept", Law: true}, {Key: "case.deem-accepted", Law: true}, {Key: "case.decline", Law: true}, {Key: "case.not-needed", Law: true},
	{Key: "case.request-correction", Group: Deadline, Law: true, Must: []string{"no", "correctBy"}},
	{Key: "case.grant-more-time", Group: Deadline}, {Key: "case.refuse-more-time", Group: Deadline},
	{Key: "case.return-uncorrected", Law: true}, {Key: "case.extend", Law: true}, {Key: "case.suspend", Law: true},
	{Key: "case.decide", Law: true}, {Key: "case.grant-by-machine", Law: true}, {Key: "case.annul", Law: true},
	{Key: "case.extend-supplement", Group: Deadline}, {Key: "case.supplement-over", Group: Deadline}, {Key: "case.withdraw-promise", Group: Deadline},
	{Key: "case.hearing-tell", Group: Deadline, Law: true}, {Key: "case.hearing-call", Group: Deadline, Law: true}, {Key: "case.visit-plan", Group: Deadline},
	{Key: "case.hearing-answer", Group: Answer}, {Key: "case.object", Group: Answer},
	{Key: "case.reckoned", Group: Rules, Must: []string{"no", "after"}, Values: append(slices.Clone(caseValues[:3]),
		Value{Name: "what", ZH: "哪个期限", EN: "which limit", Sample: [2]string{"办理期限", "the time limit"}},
		Value{Name: "before", ZH: "原来的日期", EN: "the day before", Sample: [2]string{"2026-03-16", "2026-03-16"}},
		Value{Name: "after", ZH: "调整后的日期", EN: "the day now", Sample: [2]string{"2026-03-18", "2026-03-18"}})},

	{Key: "fee", Group: Progress, Must: []string{"no"}, Values: append(slices.Clone(caseValues[:3]),
		Value{Name: "note", ZH: "说明", EN: "more about it", Inside: true, Sample: [2]string{"请于3月16日前缴费。", "Please pay by 16 March."}})},

	{Key: "assist", Group: Answer, Values: freeValues},
	{Key: "assist.code", Urgent: true, Must: []string{"short"}},

	{Key: "appointment", Group: Deadline, Must: []string{"when", "place"}, Values: []Value{
		{Name: "title", ZH: "标题", EN: "what happened, in one line", Sample: [2]string{"预约成功", "Your appointment is booked"}},
		{Name: "when", ZH: "时间", EN: "time", Sample: [2]string{"3月16日 14:00—15:00", "16 March 14:00–15:00"}},
		{Name: "place", ZH: "地点", EN: "place", Sample: [2]string{"市政务服务中心", "市政务服务中心"}},
		{Name: "item", ZH: "事项名称", EN: "name of the service", Sample: [2]string{"食品经营许可（新办）", "食品经营许可（新办）"}}}},
}

// always are values that every text of an outside way may name.
var always = []Value{
	{Name: "name", ZH: "收件人（隐去部分字）", EN: "the receiver, masked", Sample: [2]string{"张**", "张**"}},
	{Name: "city", ZH: "平台名称", EN: "name of the platform", Sample: [2]string{"无锡市一网通办", "One Site for Government Services"}},
	{Name: "link", ZH: "页面地址", EN: "address of the page", Sample: [2]string{"https://zwfw.example.cn/my/cases/113202000001234567320131007000202603020001", "https://zwfw.example.cn/my/cases/113202000001234567320131007000202603020001"}},
}

// chain lists a kind's key and those it inherits from, the nearest first.
func chain(key string) []string {
	var out []string
	for k := key; k != "" && k != general; {
		out = append(out, k)
		i := strings.LastIndexByte(k, '.')
		if i < 0 {
			break
		}
		k = k[:i]
	}
	return append(out, general)
}

// kindOf gives what the table says of a key, inherited where its own line is
// silent.
func kindOf(key string) Kind {
	k := Kind{Key: key}
	for _, at := range chain(key) {
		i := slices.IndexFunc(kinds, func(x Kind) bool { return x.Key == at })
		if i < 0 {
			continue
		}
		from := kinds[i]
		if at == key {
			k.Law, k.Urgent = from.Law, from.Urgent
		}
		if k.Group == "" {
			k.Group = from.Group
		}
		if k.Values == nil {
			k.Values = from.Values
			if k.Must == nil {
				k.Must = from.Must
			}
		}
		if k.Must == nil {
			k.Must = from.Must
		}
	}
	return k
}

// KindKeys lists the keys of the table.
func KindKeys() []string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = k.Key
	}
	return out
}

// soon is how near what a message tells about has to be for it not to wait for
// the morning.
const soon = 12 * time.Hour

// wakes reports whether quiet hours do not hold a message of this kind about
// something at when.
func (k Kind) wakes(when, now time.Time) bool {
	return k.Urgent || !when.IsZero() && when.After(now) && when.Sub(now) <= soon
}
