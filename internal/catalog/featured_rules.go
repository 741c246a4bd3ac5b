package catalog

import (
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/rule"
)

// Feature 特色服务清单 is one of the nine featured lists of 第九条: its name, what
// it means for people, and the rule by which an implementation list is in it.
type Feature struct {
	Key            string
	Name, NameEN   string
	Short, ShortEN string // on a tag
	Means, MeansEN string // what it means for people
	Words, WordsEN string // the built-in rule in words
	Rule           string // the built-in rule
	Note, NoteEN   string // what it does not promise yet, "" if nothing
}

// Features are the lists in the article's order. An operator's rule takes the
// place of the built-in one (featured_rule).
func Features() []Feature { return slices.Clone(features) }

var features = []Feature{
	{Key: "citywide", Name: "全域通办", NameEN: "Anywhere in the city", Short: "全域通办", ShortEN: "Anywhere",
		Means: "不论户籍、住所或者注册地在哪个区，都可以在全市任一受理点办理，不用跑回去。", MeansEN: "Hand it in at any office of the city, wherever you live or are registered.",
		Words: "通办范围是全市、全省、长三角或者全国。", WordsEN: "It may be handed in anywhere in the city, the province, the Yangtze delta or the country.",
		Rule: `scope in ["1", "7", "2", "3"]`},
	{Key: "instant", Name: "马上办", NameEN: "Done on the spot", Short: "马上办", ShortEN: "On the spot",
		Means: "材料齐全、符合条件的，当场办结，不用等。", MeansEN: "With everything in order it is done while you wait.",
		Words: "是即办件，并且最多到现场一次。", WordsEN: "It is done at once, with at most one visit.",
		Rule: `instant && visits <= 1`},
	{Key: "nearby", Name: "就近办", NameEN: "Close to home", Short: "就近办", ShortEN: "Nearby",
		Means: "在家门口的镇（街道）便民服务中心、村（社区）服务站就能办。", MeansEN: "The service centre of your town or village handles it.",
		Words: "由镇（街道）或者村（社区）办理，并且全市至少有两个这样的办理点。", WordsEN: "A town or village handles it, and at least two of them in the city do.",
		Rule: `level in ["5", "6"] && places >= 2`},
	{Key: "online", Name: "网上办", NameEN: "Online the whole way", Short: "网上办", ShortEN: "Online",
		Means: "从申请到拿到结果都在网上完成，一次也不用跑。", MeansEN: "From the application to the result, without a single visit.",
		Words: "全程网上办理，网办深度为四级，到现场零次。", WordsEN: "Online the whole way, at depth four, without a visit.",
		Rule: `mode == "online" && depth == 4 && visits == 0`},
	{Key: "mobile", Name: "掌上办", NameEN: "On your phone", Short: "掌上办", ShortEN: "By phone",
		Means: "用手机就能办完：材料拍照即可，结果发到手机上。", MeansEN: "A phone is enough: photograph the documents, receive the result.",
		Words: "全程网上办理、零到现场；必要材料由电子证照代替或者拍照上传，要自己拍的不超过两份；结果可以电子送达。", WordsEN: "Online without a visit; necessary documents come as electronic licences or photographs, of which there are at most two; the result comes electronically.",
		Rule: `mode == "online" && visits == 0 && photo && by_hand <= 2 && electronic`},
	{Key: "no-certificate", Name: "免证办", NameEN: "No certificates asked", Short: "免证办", ShortEN: "No certificates",
		Means: "政府部门核发的证照由平台调用电子证照，不用再交原件、复印件。", MeansEN: "Certificates that government issued are looked up; you bring neither original nor copy.",
		Words: "需要政府部门核发的证照，并且每一种都可以由电子证照代替。", WordsEN: "It rests on certificates issued by government, and an electronic licence can take the place of every one.",
		Rule: `certificates > 0 && certificates_by_hand == 0`},
	{Key: "auto", Name: "智能秒办、秒批", NameEN: "Decided by machine", Short: "秒批", ShortEN: "Instant decision",
		Means: "条件写成了公开的规则，逐条核对，全部符合的即时办结。", MeansEN: "Its conditions are published as rules; whoever meets them all has it at once.",
		Words: "全程网上办理，并且公布了逐条写明依据的秒批规则。", WordsEN: "Online the whole way, with published rules that each name their basis.",
		Rule: `mode == "online" && auto_clauses > 0`},
	{Key: "assist", Name: "帮办代办", NameEN: "Help with applying", Short: "帮办代办", ShortEN: "Help",
		Means: "不会办、不方便办的，受理点的帮办代办窗口全程帮助或者代为办理，不收费。", MeansEN: "A window helps you with the whole matter, or handles it for you, free of charge.",
		Words: "允许代办，并且受理的中心设有帮办代办窗口。", WordsEN: "An agent may hand it in, and the receiving centre has a window for assistance.",
		Rule: `agent && assist_windows > 0`},
	{Key: "bank", Name: "政银合作", NameEN: "At the bank", Short: "政银合作", ShortEN: "At the bank",
		Means: "合作银行一起办：有的环节在银行网点就能办好，不用两头跑。", MeansEN: "Partner banks take part: some steps can be done at a branch.",
		Words: "有银行网点替受理的中心受理这件事。", WordsEN: "Bank outlets take it for the receiving centre.",
		Rule: `bank_outlets > 0`,
		Note: "银行网点按登记的受理事项列出；网点还不能在平台上收件，办件由受理的中心录入。", NoteEN: "Outlets are listed with the matters that they take. They cannot enter cases in the platform yet; the centre does."},
}

// FeatureByKey finds a list.
func FeatureByKey(key string) (Feature, bool) {
	i := slices.IndexFunc(features, func(f Feature) bool { return f.Key == key })
	if i < 0 {
		return Feature{}, false
	}
	return features[i], true
}

// surroundings 周边 are what a rule may ask beyond the guide of a list itself.
type surroundings struct {
	places int // towns and villages that handle the matter
	assist int // windows for assistance at the receiving centre
	banks  int // bank outlets that take it for the receiving centre
}

// attribute is a value of an implementation list that a rule may ask for.
type attribute struct {
	rule.Attribute
	of func(it *Item, s surroundings) any
}

var attributes = []attribute{
	{rule.Attribute{Key: "level", Type: rule.Text, Max: 1, ZH: "行使层级：3市级、4县级、5镇级、6村级", EN: "Level: 3 city, 4 county, 5 town, 6 village"}, func(it *Item, _ surroundings) any { return it.Level }},
	{rule.Attribute{Key: "type", Type: rule.Text, Max: 2, ZH: "事项类型：01行政许可、05行政给付、07行政确认、08行政奖励、09行政裁决、10其他权力、20公共服务", EN: "Type code, two digits"}, func(it *Item, _ surroundings) any { return it.Type }},
	{rule.Attribute{Key: "instant", Type: rule.Bool, ZH: "即办件", EN: "Done at once"}, func(it *Item, _ surroundings) any { return it.CaseType == "instant" }},
	{rule.Attribute{Key: "promised_days", Type: rule.Int, ZH: "承诺办结天数，当场办结为0", EN: "Promised days, 0 for at once"}, func(it *Item, _ surroundings) any { return it.Facts.Promised.Days }},
	{rule.Attribute{Key: "mode", Type: rule.Text, Max: 8, ZH: "办理形式：online全程网办、precheck网上预审后到窗口、window窗口", EN: "online, precheck or window"}, func(it *Item, _ surroundings) any { return it.Facts.Mode }},
	{rule.Attribute{Key: "depth", Type: rule.Int, ZH: "网办深度0至4", EN: "Online depth 0 to 4"}, func(it *Item, _ surroundings) any { return it.Facts.Depth }},
	{rule.Attribute{Key: "visits", Type: rule.Int, ZH: "到现场次数", EN: "Visits"}, func(it *Item, _ surroundings) any { return it.Facts.Visits }},
	{rule.Attribute{Key: "scope", Type: rule.Text, Max: 1, ZH: "通办范围：1全国、7长三角、2全省、3全市、4全区（县）、5全镇（街道）、6全村（社区）", EN: "Scope: 1 country, 7 Yangtze delta, 2 province, 3 city, 4 county, 5 town, 6 village"}, func(it *Item, _ surroundings) any { return it.Facts.Scope }},
	{rule.Attribute{Key: "appointment", Type: rule.Bool, ZH: "可以预约", EN: "Appointments are taken"}, func(it *Item, _ surroundings) any { return it.Facts.Appointment }},
	{rule.Attribute{Key: "agent", Type: rule.Bool, ZH: "可以代办", EN: "An agent may hand it in"}, func(it *Item, _ surroundings) any { return it.Facts.Agent }},
	{rule.Attribute{Key: "post", Type: rule.Bool, ZH: "结果可以邮寄或者电子送达", EN: "The result comes by post or electronically"}, func(it *Item, _ surroundings) any { return it.Facts.Post }},
	{rule.Attribute{Key: "electronic", Type: rule.Bool, ZH: "结果可以电子送达", EN: "The result comes electronically"}, func(it *Item, _ surroundings) any { return it.Facts.Electronic }},
	{rule.Attribute{Key: "materials", Type: rule.Int, ZH: "必要材料数", EN: "Necessary documents"}, func(it *Item, _ surroundings) any { return it.Facts.Materials }},
	{rule.Attribute{Key: "by_hand", Type: rule.Int, ZH: "必要材料中电子证照不能代替的", EN: "Of these, how many no electronic licence can replace"}, func(it *Item, _ surroundings) any { return it.Facts.ByHand }},
	{rule.Attribute{Key: "certificates", Type: rule.Int, ZH: "政府部门核发的证照类材料数", EN: "Documents that government issues"}, func(it *Item, _ surroundings) any { return it.Facts.Certificates }},
	{rule.Attribute{Key: "certificates_by_hand", Type: rule.Int, ZH: "其中电子证照不能代替的", EN: "Of these, how many no electronic licence can replace"}, func(it *Item, _ surroundings) any { return it.Facts.CertificatesByHand }},
	{rule.Attribute{Key: "photo", Type: rule.Bool, ZH: "必要材料都可以拍照上传或者由电子证照代替", EN: "A photograph or an electronic licence does for every necessary document"}, func(it *Item, _ surroundings) any { return it.Facts.Photo }},
	{rule.Attribute{Key: "fee", Type: rule.Bool, ZH: "收费", EN: "There is a fee"}, func(it *Item, _ surroundings) any { return it.Facts.Fee }},
	{rule.Attribute{Key: "auto_clauses", Type: rule.Int, ZH: "公布的秒批规则条数", EN: "Published clauses of an instant decision"}, func(it *Item, _ surroundings) any { return it.Facts.Auto }},
	{rule.Attribute{Key: "places", Type: rule.Int, ZH: "全市办理这件事的镇（街道）、村（社区）数", EN: "Towns and villages of the city that handle the matter"}, func(_ *Item, s surroundings) any { return s.places }},
	{rule.Attribute{Key: "assist_windows", Type: rule.Int, ZH: "受理中心的帮办代办窗口数", EN: "Windows for assistance at the receiving centre"}, func(_ *Item, s surroundings) any { return s.assist }},
	{rule.Attribute{Key: "bank_outlets", Type: rule.Int, ZH: "替受理中心受理这件事的银行网点数", EN: "Bank outlets that take it for the receiving centre"}, func(_ *Item, s surroundings) any { return s.banks }},
}

// FeatureAttributes lists what a membership rule may ask for.
func FeatureAttributes() []rule.Attribute {
	out := make([]rule.Attribute, len(attributes))
	for i, a := range attributes {
		out[i] = a.Attribute
	}
	return out
}

// valuesOf gives a rule what it may ask of a list.
func valuesOf(it *Item, s surroundings) map[string]any {
	out := make(map[string]any, len(attributes))
	for _, a := range attributes {
		out[a.Key] = a.of(it, s)
	}
	return out
}

// Causes of membership, and of its end.
const (
	ByRule   = "rule"   // the rule of the list says so
	ByChoice = "choice" // a curated addition or exclusion says so
	ByState  = "state"  // the item is not in use
)

// stance says whether a list is in a featured list, and why.
type stance struct {
	in     bool
	cause  string
	choice int64
	ruleNo int
}

// ruling is the rule of a featured list that holds now.
type ruling struct {
	no   int
	rule *rule.Rule
}

// stand decides about one list and one featured list: an item that is not in
// use is in none; a choice about the list itself goes before one about its
// matter, and both before the rule.
func stand(it *Item, values map[string]any, r ruling, choices []choice) (stance, error) {
	s := stance{cause: ByRule, ruleNo: r.no}
	if it.State != InUse {
		s.cause = ByState
		return s, nil
	}
	for _, subject := range []string{it.Code, it.BasicCode} {
		for _, c := range choices {
			if c.subject == subject {
				return stance{in: c.kind == ChoiceAdd, cause: ByChoice, choice: c.id, ruleNo: r.no}, nil
			}
		}
	}
	in, err := r.rule.Eval(values)
	s.in = in && err == nil
	return s, err
}

// keysOf reads and writes the featured lists of an item as they are stored.
func keysOf(stored string) []string { return strings.Fields(stored) }
