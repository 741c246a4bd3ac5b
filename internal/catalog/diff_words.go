package catalog

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// codes is a code table in words; a code that it lacks is said as it stands.
type codes map[string][2]string

func (c codes) say(v string) said {
	if w, ok := c[v]; ok && v != "" {
		return inWords(v, w[0], w[1])
	}
	return plain(v)
}

func (c codes) all(list []string) []said {
	out := make([]said, len(list))
	for i, v := range list {
		out[i] = c.say(v)
	}
	return out
}

// Code tables of a guide in words.
var (
	typeCodes = codes{"01": {"行政许可", "administrative licence"}, "05": {"行政给付", "benefit"}, "07": {"行政确认", "confirmation"},
		"08": {"行政奖励", "reward"}, "09": {"行政裁决", "ruling"}, "10": {"其他行政权力", "other administrative power"}, "20": {"公共服务", "public service"}}
	caseTypeCodes = codes{"instant": {"即办件", "on the spot"}, "promised": {"承诺件", "within a promised time"}}
	audienceCodes = codes{"1": {"自然人", "natural persons"}, "2": {"企业法人", "companies"}, "3": {"事业法人", "public institutions"},
		"4": {"社会组织法人", "social organisations"}, "5": {"非法人企业", "enterprises without legal personality"}, "6": {"行政机关", "authorities"}, "9": {"其他组织", "other organisations"}}
	levelCodes  = codes{"3": {"市级", "city"}, "4": {"县级", "county or district"}, "5": {"镇（街道）级", "town"}, "6": {"村（社区）级", "village"}}
	sourceCodes = codes{"1": {"法定本级行使", "by law at this level"}, "2": {"上级下放", "handed down"}, "3": {"上级授权", "authorised from above"},
		"4": {"同级授权", "authorised at the same level"}, "5": {"上级委托", "entrusted from above"}, "6": {"同级委托", "entrusted at the same level"}}
	scopeCodes = codes{"1": {"全国", "nationwide"}, ScopeDelta: {"长三角", "the Yangtze delta"}, "2": {"全省", "the whole province"}, "3": {"全市", "the whole city"}, "4": {"全区（县）", "the whole district"},
		"5": {"全镇（街道）", "the whole town"}, "6": {"全村（社区）", "the whole village"}}
	publishCodes = codes{PublishAll: {"准予和不予都公开", "grants and refusals"}, PublishGrants: {"只公开准予", "grants only"}, PublishNone: {"不公开", "not published"}}
	modeCodes    = codes{"online": {"全程网上办理", "online the whole way"}, "precheck": {"网上预审后到窗口", "checked online, finished at the window"}, "window": {"到窗口办理", "at the window"}}
	depthCodes   = codes{"0": {"不支持网办", "not online"}, "1": {"网上查看指南", "guide online"}, "2": {"网上申请或者预约", "apply or book online"},
		"3": {"网上预审", "checked online"}, "4": {"全程网办", "online the whole way"}}
	natureCodes    = codes{"1": {"法定机关", "authority by law"}, "2": {"授权组织", "authorised organisation"}, "3": {"受委托组织", "entrusted organisation"}}
	materialCodes  = codes{"certificate": {"证件证书证明", "certificate"}, "document": {"申请表格文书", "document"}, "other": {"其他", "other"}}
	necessityCodes = codes{"required": {"必要", "required"}, "optional": {"非必要", "optional"}, "tolerant": {"容缺后补", "may follow later"}}
	mediaCodes     = codes{"electronic": {"电子", "electronic"}, "paper": {"纸质", "paper"}, "both": {"电子或者纸质", "electronic or paper"}}
	originCodes    = codes{"self": {"申请人自备", "prepared by the applicant"}, "government": {"政府部门核发", "issued by an authority"}, "other": {"其他", "others"}}
	stepCodes      = codes{StepReceive: {"收件受理", "receipt"}, StepReview: {"审查", "review"}, StepDecide: {"决定", "decision"}, StepMake: {"制证", "making"}, StepDeliver: {"送达", "delivery"}}
	roleCodes      = codes{"window-clerk": {"窗口人员", "window clerk"}, "reviewer": {"审查人员", "reviewer"}, "decider": {"决定人员", "decider"}}
	specialCodes   = codes{"hearing": {"听证", "hearing"}, "tender": {"招标", "tender"}, "auction": {"拍卖", "auction"}, "inspection": {"检验", "inspection"},
		"testing": {"检测", "testing"}, "quarantine": {"检疫", "quarantine"}, "appraisal": {"鉴定", "appraisal"}, "expert": {"专家评审", "expert review"}}
	resultCodes   = codes{"licence": {"证照", "licence"}, "approval": {"批文", "approval"}, "other": {"其他", "other"}, "none": {"无", "none"}}
	doesCodes     = codes{DoesChange: {"变更", "change"}, DoesRenew: {"延续", "renew"}, DoesReplace: {"补发", "replace"}, DoesDeregister: {"注销", "deregister"}}
	deliveryCodes = codes{Electronic: {"电子送达", "electronic"}, PickUp: {"窗口领取", "pick-up"}, Mail: {"邮寄", "post"}}
	dueCodes      = codes{string(DueBeforeAcceptance): {"受理之前", "before acceptance"}, string(DueBeforeDecision): {"作出决定之前", "before the decision"}, string(DueBeforeDelivery): {"送达之前", "before delivery"}}
	lateCodes     = codes{LateWithdrawn: {"视为撤回申请", "counts as withdrawn"}, LateDecide: {"按已有材料作出决定", "decided on what is there"}}
	markCodes     = codes{"C": {"已核对", "checked in the text"}, "L": {"可能", "likely"}, "M": {"待核实", "to be verified"}}
)

func yesNo(v bool) said {
	if v {
		return inWords("1", "是", "yes")
	}
	return inWords("0", "否", "no")
}

// number says a count; zero is said by words of its own.
func number(n int, unitZH, unitEN, zeroZH, zeroEN string) said {
	s := strconv.Itoa(n)
	if n == 0 && zeroZH != "" {
		return inWords(s, zeroZH, zeroEN)
	}
	if unitEN != "" {
		unitEN = " " + unitEN
	}
	return inWords(s, s+unitZH, s+unitEN)
}

// conditionTexts are conditions as sentences; one that holds only in some case
// says which answer it looks at.
func conditionTexts(list []Condition) []string {
	out := make([]string, len(list))
	for i, c := range list {
		switch out[i] = c.Text; {
		case c.When == nil:
		case c.When.Set:
			out[i] += "（填写了" + c.When.Field + "时）"
		default:
			out[i] += "（" + c.When.Field + "：" + strings.Join(c.When.In, "、") + "）"
		}
	}
	return out
}

func texts(list []string) []said {
	out := make([]said, len(list))
	for i, v := range list {
		out[i] = plain(v)
	}
	return out
}

// fileSaid says where a file is; an uploaded one by the first letters of its key.
func fileSaid(address string) said {
	key, ok := FileKey(address)
	if !ok {
		return plain(address)
	}
	return inWords(address, "上传的文件（"+key[:6]+"）", "an uploaded file ("+key[:6]+")")
}

// duration says a limit without its note.
func duration(l *Limit) said {
	if l == nil {
		return said{}
	}
	n := strconv.Itoa(l.Days)
	raw := n + l.Unit
	switch l.Unit {
	case "instant":
		return inWords(raw, "当场办结", "on the spot")
	case "workday":
		return inWords(raw, n+"个工作日", n+" working days")
	case "day":
		return inWords(raw, n+"天", n+" days")
	case "none":
		return inWords(raw, "无固定时限", "no fixed limit")
	}
	return inWords(raw, n+l.Unit, n+" "+l.Unit)
}

// grows weighs a figure of which more is heavier.
func grows[T any](of func(*T) float64) func(old, new *T) Burden {
	return func(old, new *T) Burden {
		switch a, b := of(old), of(new); {
		case b > a:
			return Heavier
		case b < a:
			return Lighter
		}
		return Neutral
	}
}

// shrinks weighs a figure of which less is heavier.
func shrinks[T any](of func(*T) float64) func(old, new *T) Burden {
	g := grows(of)
	return func(old, new *T) Burden { return g(old, new).opposite() }
}

func wholeNumber[T any](of func(*T) int) func(*T) float64 {
	return func(v *T) float64 { return float64(of(v)) }
}

// ranked is a figure that comes from a code's place in a list; a code that is
// not there cannot be compared.
func ranked[T any](order []string, of func(*T) string) func(*T) float64 {
	return func(v *T) float64 {
		if i := slices.Index(order, of(v)); i >= 0 {
			return float64(i)
		}
		return math.NaN()
	}
}

func flag[T any](of func(*T) bool) func(*T) float64 {
	return func(v *T) float64 {
		if of(v) {
			return 1
		}
		return 0
	}
}

// given weighs a text that appears or goes away; another text is neutral.
func given[T any](whenAdded Burden, of func(*T) string) func(old, new *T) Burden {
	return func(old, new *T) Burden {
		switch a, b := of(old), of(new); {
		case a == "" && b != "":
			return whenAdded
		case a != "" && b == "":
			return whenAdded.opposite()
		}
		return Neutral
	}
}
