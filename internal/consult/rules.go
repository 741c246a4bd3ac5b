package consult

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Kind tells questions from failures.
type Kind string

// The kinds.
const (
	Question Kind = "question" // 咨询
	Failure  Kind = "failure"  // 办不成事
)

// Words gives the kind's name for people.
func (k Kind) Words() (zh, en string) {
	if k == Failure {
		return "办不成事", "Could not be done"
	}
	return "咨询", "Question"
}

// letters begin the numbers of a kind.
func (k Kind) letters() string {
	if k == Failure {
		return "BC"
	}
	return "ZX"
}

// State says how far it is.
type State string

// The states. The last five are ends; only a question that was answered or
// referred goes on from one, when it is asked once more.
const (
	Waiting   State = "waiting"   // 咨询 待答复
	Handling  State = "handling"  // 办不成事 处理中
	Asked     State = "asked"     // 待补充: the unit asked back
	Refusing  State = "refusing"  // 办不成事 待复核: a refusal was proposed
	Answered  State = "answered"  // 咨询 已答复
	Referred  State = "referred"  // 咨询 非本单位职责，已告知去向
	Withdrawn State = "withdrawn" // 咨询 已撤回
	Changed   State = "changed"   // 办不成事 已改进办结
	Refused   State = "refused"   // 办不成事 说明理由办结
)

// States lists them.
var States = []State{Waiting, Handling, Asked, Refusing, Answered, Referred, Withdrawn, Changed, Refused}

var stateWords = map[State][2]string{
	Waiting: {"待答复", "Waiting for an answer"}, Handling: {"处理中", "Being handled"}, Asked: {"待补充", "More was asked"},
	Refusing: {"待复核", "Refusal to be confirmed"}, Answered: {"已答复", "Answered"}, Referred: {"已告知去向", "Told where to go"},
	Withdrawn: {"已撤回", "Withdrawn"}, Changed: {"已改进办结", "Closed by a change"}, Refused: {"说明理由办结", "Refused with reasons"},
}

// Words gives the state's name for people.
func (s State) Words() (zh, en string) { w := stateWords[s]; return w[0], w[1] }

// Ended reports whether nothing is left to be done.
func (s State) Ended() bool {
	return slices.Contains([]State{Answered, Referred, Withdrawn, Changed, Refused}, s)
}

// begins is the state in which one of a kind begins and goes on.
func (k Kind) begins() State {
	if k == Failure {
		return Handling
	}
	return Waiting
}

// Act is something done about an inquiry.
type Act string

// The acts.
const (
	Ask            Act = "ask"
	Answer         Act = "answer"   // 答复
	AskBack        Act = "ask-back" // 请补充: the clock does not stop
	Add            Act = "add"      // 补充
	PassOn         Act = "pass-on"  // 转办: the clock does not stop
	NotOurs        Act = "not-ours" // 非本单位职责，告知去向
	FollowUp       Act = "follow-up"
	Withdraw       Act = "withdraw"
	Propose        Act = "propose" // for the common questions of the guide
	Note           Act = "note"    // 进展
	CloseByChange  Act = "close-by-change"
	ProposeRefusal Act = "propose-refusal"
	Refuse         Act = "refuse"
	SendBack       Act = "send-back" // a proposed refusal
	Overdue        Act = "overdue"   // the platform's: its day has passed
	NewDay         Act = "new-day"   // the platform's: another calendar was published
)

// Bases of the table.
const (
	basisAsk     = "《无锡市政务服务“一网通办”工作规范》第十九条、第二十条第二款"
	basisFailure = "《无锡市政务服务“一网通办”工作规范》第二十条第二款"
)

// Move is a line of the table: who may take which step from where.
type Move struct {
	Kind   Kind
	From   []State
	Act    Act
	To     State // "": it stays
	Right  identity.Act
	Inside bool      // only staff see it
	Tell   [2]string // subject and first words of the message; none if empty
	Basis  string
	ZH, EN string // of the button
	Did    [2]string
}

// Moves 流转表 is the whole law of the room, one line an act. A failure has no
// other ends than Changed and Refused: nobody withdraws it and nobody just
// closes it.
var Moves = []Move{
	{Question, []State{Waiting, Asked}, Answer, Answered, identity.ConsultAnswer, false, [2]string{"您的咨询已答复", "答复："}, basisAsk, "答复", "Answer", [2]string{"答复", "Answered"}},
	{Question, []State{Waiting}, AskBack, Asked, identity.ConsultAnswer, false, [2]string{"请补充咨询的情况", "请补充："}, basisAsk, "请对方补充", "Ask back", [2]string{"请补充情况", "Asked back"}},
	{Question, []State{Waiting, Asked}, PassOn, "", identity.ConsultAnswer, false, [2]string{"您的咨询已转其他单位答复", "原因："}, basisAsk, "转其他单位", "Pass on", [2]string{"转办", "Passed on"}},
	{Question, []State{Waiting, Asked}, NotOurs, Referred, identity.ConsultAnswer, false, [2]string{"您的咨询不属于受理范围，已告知去向", ""}, basisAsk, "不属于受理范围", "Not ours", [2]string{"告知去向", "Told where to go"}},
	{Question, []State{Asked}, Add, Waiting, identity.ConsultOwn, false, [2]string{}, basisAsk, "补充", "Add", [2]string{"补充", "Added"}},
	{Question, []State{Answered, Referred}, FollowUp, Waiting, identity.ConsultOwn, false, [2]string{}, basisAsk, "追问", "Ask once more", [2]string{"追问", "Asked once more"}},
	{Question, []State{Waiting, Asked}, Withdraw, Withdrawn, identity.ConsultOwn, false, [2]string{}, basisAsk, "撤回咨询", "Withdraw", [2]string{"撤回", "Withdrawn"}},
	{Question, []State{Answered}, Propose, "", identity.ConsultAnswer, true, [2]string{}, basisAsk, "提议列入常见问题", "Propose for the guide", [2]string{"提议列入常见问题", "Proposed for the guide"}},

	{Failure, []State{Handling, Asked, Refusing}, Note, "", identity.ConsultAnswer, false, [2]string{"您反映的问题有新进展", ""}, basisFailure, "告知进展", "Tell how it goes", [2]string{"进展", "How it goes"}},
	{Failure, []State{Handling}, AskBack, Asked, identity.ConsultAnswer, false, [2]string{"请补充反映的情况", "请补充："}, basisFailure, "请对方补充", "Ask back", [2]string{"请补充情况", "Asked back"}},
	{Failure, []State{Asked}, Add, Handling, identity.ConsultOwn, false, [2]string{}, basisFailure, "补充", "Add", [2]string{"补充", "Added"}},
	{Failure, []State{Handling, Asked}, PassOn, "", identity.ConsultAnswer, false, [2]string{"您反映的问题已转其他单位处理", "原因："}, basisFailure, "转其他单位", "Pass on", [2]string{"转办", "Passed on"}},
	{Failure, []State{Handling, Asked}, CloseByChange, Changed, identity.ConsultSettle, false, [2]string{"您反映的问题已经改进", ""}, basisFailure, "已改进，办结", "Close by a change", [2]string{"已改进，办结", "Closed by a change"}},
	{Failure, []State{Handling, Asked}, ProposeRefusal, Refusing, identity.ConsultSettle, true, [2]string{}, basisFailure, "拟不予解决，报复核", "Propose to refuse", [2]string{"提出不予解决意见", "Proposed to refuse"}},
	{Failure, []State{Refusing}, Refuse, Refused, identity.ConsultRefuse, false, [2]string{"关于您反映问题的答复", "理由："}, basisFailure, "同意，说明理由办结", "Confirm the refusal", [2]string{"说明理由办结", "Refused with reasons"}},
	{Failure, []State{Refusing}, SendBack, Handling, identity.ConsultRefuse, true, [2]string{}, basisFailure, "不同意，退回处理", "Send back", [2]string{"退回处理", "Sent back"}},
}

// MoveFor finds the line of the table.
func MoveFor(k Kind, s State, act Act) (Move, bool) {
	for _, m := range Moves {
		if m.Kind == k && m.Act == act && slices.Contains(m.From, s) {
			return m, true
		}
	}
	return Move{}, false
}

// more reports whether an act that the table has is possible for this one: one
// may ask once more once, and propose once and only about an item.
func (x *Inquiry) more(act Act, proposed bool) bool {
	switch act {
	case FollowUp:
		return x.Rounds < 2
	case Propose:
		return x.ItemID != 0 && !proposed
	}
	return true
}

// Did gives the words for what an act did.
func (a Act) Did() (zh, en string) {
	switch a {
	case Ask:
		return "提出", "Asked"
	case Overdue:
		return "超过期限，已催办", "Past its day, reminded"
	case NewDay:
		return "期限按新的放假安排重新计算", "Reckoned again by the new calendar"
	}
	for _, m := range Moves {
		if m.Act == a {
			return m.Did[0], m.Did[1]
		}
	}
	return string(a), string(a)
}

// Option is a catalogued choice.
type Option struct{ Key, ZH, EN string }

// Reasons 办不成的原因. They are the same everywhere in the city, so that what
// comes back can be counted.
var Reasons = []Option{
	{"unknown-item", "找不到对应的事项", "No item fits"},
	{"unclear-guide", "办事指南没写清楚或者与实际不符", "The guide is unclear or wrong"},
	{"extra-material", "被要求提供指南以外的材料、证明", "Asked for more than the guide names"},
	{"impossible-material", "要求的材料开不出来、拿不到", "A document cannot be had"},
	{"repeated-trips", "多次跑动、反复补正", "Sent away again and again"},
	{"pushed-around", "部门之间推诿，没有单位受理", "Offices send each other the matter"},
	{"system", "系统、设备故障或者数据对不上", "System down or data that do not match"},
	{"condition", "政策或者条件规定之间有冲突，无法符合", "Rules that contradict each other"},
	{"late", "超过期限没有结果", "No result in time"},
	{"other", "其他原因", "Another reason"},
}

// Stages 卡在哪一步.
var Stages = []Option{
	{"before", "申请之前：查询、预约、取号", "Before applying"}, {"apply", "填写和提交申请", "Filling in and handing in"}, {"receive", "收件、受理", "Receiving"},
	{"review", "审查、决定", "Review and decision"}, {"pay", "缴费", "Paying"}, {"deliver", "领取、送达结果", "Getting the result"}, {"use", "结果的使用", "Using the result"},
}

// OptionWords gives the words of a choice.
func OptionWords(list []Option, key string) (zh, en string) {
	for _, o := range list {
		if o.Key == key {
			return o.ZH, o.EN
		}
	}
	return key, key
}

func known(list []Option, key string) bool {
	return slices.ContainsFunc(list, func(o Option) bool { return o.Key == key })
}

// What texts may be long, in characters.
const (
	maxText  = 2000
	maxShort = 200
)

// text cleans a text and says what is wrong with it.
func text(path string, v *string, needed bool, most int, zh, en string) []errs.Field {
	*v = strings.TrimSpace(*v)
	switch {
	case needed && *v == "":
		return []errs.Field{{Path: path, Code: "required", ZH: "请填写" + zh, EN: "Fill in " + en}}
	case strings.ContainsRune(*v, 0) || !utf8.ValidString(*v):
		return []errs.Field{{Path: path, Code: "text", ZH: zh + "中有无法保存的字符", EN: "There are characters that cannot be stored in " + en}}
	case utf8.RuneCountInString(*v) > most:
		return []errs.Field{{Path: path, Code: "max-length", ZH: zh + "过长，请删减后再提交", EN: "Too long: " + en}}
	}
	return nil
}

// personal finds what looks like a mobile or identity number, also in groups.
var personal = regexp.MustCompile(`1[0-9]{10}|[0-9]{15,17}[0-9Xx]`)

// plain reports what of a text for the public may be about a person: numbers,
// and the name of who asked.
func plain(path, v, name string) []errs.Field {
	packed := strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		if r == ' ' || r == '-' || r == '　' {
			return -1
		}
		return r
	}, v)
	if personal.MatchString(packed) || utf8.RuneCountInString(name) > 1 && strings.Contains(v, name) {
		return []errs.Field{{Path: path, Code: "personal", ZH: "供公开的内容不能有姓名、手机号码、证件号码等个人信息，请改写", EN: "What may become public holds no names and no numbers of people"}}
	}
	return nil
}

// check says what an act lacks.
func (in *Input) check(m Move, x *Inquiry, asker string) (bad []errs.Field) {
	need := func(path string, v *string, most int, zh, en string) {
		bad = append(bad, text(path, v, true, most, zh, en)...)
	}
	bad = append(bad, text("text", &in.Text, m.Act != Withdraw && m.Act != Refuse, maxText, textName(m.Act), "the text")...)
	switch m.Act {
	case NotOurs:
		need("where", &in.Where, maxShort, "应当去哪里咨询或者办理", "where to go")
	case ProposeRefusal:
		need("basis", &in.Basis, maxShort, "不予解决的法律依据", "the legal basis")
	case Propose:
		need("question", &in.Question, maxShort, "供公开的问题", "the question")
		bad = append(bad, plain("question", in.Question, asker)...)
		bad = append(bad, plain("text", in.Text, asker)...)
	case PassOn:
		if in.Unit == 0 {
			bad = append(bad, errs.Field{Path: "unit", Code: "required", ZH: "请选择转给哪个单位", EN: "Choose the unit"})
		} else if in.Unit == x.UnitID {
			bad = append(bad, errs.Field{Path: "unit", Code: "same", ZH: "已经在这个单位，请选择其他单位", EN: "It is there already"})
		}
	case CloseByChange:
		if in.ItemVersion <= 0 {
			bad = append(bad, errs.Field{Path: "itemVersion", Code: "required", ZH: "请填写改进后办事指南的版本号", EN: "Give the number of the guide version that changed it"})
		}
	}
	return bad
}

func textName(a Act) string {
	switch a {
	case Answer:
		return "答复"
	case PassOn:
		return "转办的原因"
	case NotOurs:
		return "为什么不属于受理范围"
	case CloseByChange:
		return "改进了什么"
	case ProposeRefusal, SendBack:
		return "理由"
	case Refuse:
		return "告知对方的理由"
	case Propose:
		return "供公开的答案"
	case Note:
		return "进展"
	}
	return "内容"
}
