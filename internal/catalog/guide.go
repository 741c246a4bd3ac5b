package catalog

import (
	"encoding/json"

	"github.com/tongban/tongban/internal/rule"
)

// Guide 办事指南 is the frozen contract of a published item version: what a
// person may be asked for, by whom, until when, at what price, with what
// result. Its parts follow the 14 elements of 第七条, in the article's order.
// A case pins one version; what a clerk may ask for is picked from it (第二十一条).
//
// The same JSON names are used in the sample city's YAML, in the importer and
// in the API.
type Guide struct {
	Basics      Basics       `json:"basics"`                // 基本信息
	Department  Department   `json:"department"`            // 部门信息
	Windows     []Window     `json:"windows"`               // 办理窗口
	Conditions  []Condition  `json:"conditions"`            // 受理标准: each line can be cited in a decline
	Scenarios   []Scenario   `json:"scenarios,omitempty"`   // 情形: questions that narrow materials and conditions
	Materials   []Material   `json:"materials"`             // 办理材料
	Commitments []Commitment `json:"commitments,omitempty"` // 告知承诺: proofs that a promise may replace
	Steps       []Step       `json:"steps"`                 // 办理流程
	Limits      Limits       `json:"limits"`                // 办理时限
	Fees        []Fee        `json:"fees"`                  // 收费情况; empty means free of charge
	Results     []Result     `json:"results"`               // 审批结果
	Basis       []Basis      `json:"basis"`                 // 法律依据
	Questions   []Question   `json:"questions"`             // 常见问题
	Contacts    Contacts     `json:"contacts"`              // 咨询投诉
	Rights      []string     `json:"rights"`                // 权利
	Duties      []string     `json:"duties"`                // 义务
	Remedies    Remedies     `json:"remedies"`              // 法律救济

	Form    json.RawMessage `json:"form"`           // form language (docs/forms.md)
	Privacy Privacy         `json:"privacy"`        // 个人信息处理告知 (个人信息保护法 第十七条)
	Auto    []rule.Clause   `json:"auto,omitempty"` // 秒批规则: the published conditions of an instant decision, each with its basis
	Demo    []string        `json:"demo,omitempty"` // parts that are demonstration data: "windows", "contacts", "limits.promised", …
}

// Basics 基本信息.
type Basics struct {
	Code        string   `json:"code"`      // 实施编码; filled by the importer from unit, level and basic code
	BasicCode   string   `json:"basicCode"` // 基本编码
	Name        string   `json:"name"`
	NameEN      string   `json:"nameEn,omitempty"`
	Aliases     []string `json:"aliases,omitempty"` // what people call it, for search: 办卫生证, 挖路
	Type        string   `json:"type"`              // 事项类型 code, two digits: 01 许可 … 20 公共服务
	CaseType    string   `json:"caseType"`          // "instant" 即办件 or "promised" 承诺件
	Audience    []string `json:"audience"`          // 服务对象 codes: 1 自然人, 2 企业法人, 3 事业法人, 4 社会组织法人, 5 非法人企业, 6 行政机关, 9 其他组织
	Topics      []string `json:"topics"`            // 主题 keys of topics.yaml
	Level       string   `json:"level"`             // 行使层级: 3 市级, 4 县级, 5 镇级, 6 村级
	PowerSource string   `json:"powerSource"`       // 权力来源 code 1–6
	Division    string   `json:"division"`          // 12 digits; filled by the importer from the unit
	Depth       int      `json:"depth"`             // 网办深度 0–4: 4 全程网办, 3 在线预审后到窗口
	Visits      int      `json:"visits"`            // 到办事现场次数
	VisitReason string   `json:"visitReason,omitempty"`
	Scope       string   `json:"scope,omitempty"`      // 通办范围, one of Scopes
	Mode        string   `json:"mode"`                 // "online" whole way, "precheck" pre-review online and finish at the window (第二十二条第二款), "window"
	ModeGround  string   `json:"modeGround,omitempty"` // 限定申请方式的依据: the law by which the window alone takes it, or a visit is needed (第二十一条)
	Appointment bool     `json:"appointment"`          // 支持预约
	Agent       bool     `json:"agent"`                // may be handed in by an agent (行政许可法 第二十九条)
	Summary     string   `json:"summary"`              // one sentence for search results
	SummaryEN   string   `json:"summaryEn,omitempty"`
	Quota       string   `json:"quota,omitempty"` // 数量限制
	Hot         int      `json:"hot,omitempty"`   // order among 热门 on the home page, 0 = not shown

	// Decisions made public 决定公开 (行政许可法 第四十条).
	Publish       string   `json:"publish,omitempty"`       // PublishAll, PublishGrants or PublishNone; "" is what the type of item has, see Publishes
	PublishGround string   `json:"publishGround,omitempty"` // why decisions are not published; required where the law would have them public
	PublishFields []string `json:"publishFields,omitempty"` // fields of the form that say what was allowed; published for organisations alone

	Handling Handling `json:"handling,omitzero"` // 业务办理项, where the unit has split the matter
}

// ScopeDelta 长三角: Shanghai, Jiangsu, Zhejiang and Anhui (第二十九条). The national
// code table of 通办范围 has no code for it; this one is ours.
const ScopeDelta = "7"

// Scopes are the codes of 通办范围, the widest first: the country, the Yangtze
// delta, the province, the city, the county, the town, the village.
var Scopes = []string{"1", ScopeDelta, "2", "3", "4", "5", "6"}

// Department 部门信息.
type Department struct {
	Unit      string   `json:"unit"` // key of the deciding unit 实施主体; filled by the importer
	Name      string   `json:"name"` // filled by the importer
	USCC      string   `json:"uscc"` // filled by the importer
	Nature    string   `json:"nature"`
	Joint     []string `json:"joint,omitempty"`     // 联办机构: unit keys that review in parallel
	Entrusted string   `json:"entrusted,omitempty"` // 委托部门
	Receiving string   `json:"receiving"`           // key of the centre whose windows receive; filled by the importer
}

// Window 办理窗口.
type Window struct {
	Name      string `json:"name"`
	Address   string `json:"address"`
	Hours     string `json:"hours"`
	Phone     string `json:"phone"`
	Transport string `json:"transport,omitempty"`
}

// Material 办理材料. Its requirement lines are what a correction may ask for.
type Material struct {
	Code        string   `json:"code"` // within the guide: "m01"
	Name        string   `json:"name"`
	NameEN      string   `json:"nameEn,omitempty"`
	Kind        string   `json:"kind"`                  // "certificate" 证件证书证明, "document" 申请表格文书, "other"
	Necessity   string   `json:"necessity"`             // "required" 必要, "optional" 非必要, "tolerant" 容缺后补
	When        *Cond    `json:"when,omitempty"`        // asked only when the form says so
	Media       string   `json:"media"`                 // "electronic", "paper", "both"
	PaperLaw    string   `json:"paperLaw,omitempty"`    // the law that demands paper; without it paper may not be asked (第二十一条)
	Source      string   `json:"source"`                // "self" 申请人自备, "government" 政府部门核发, "other"
	Issuer      string   `json:"issuer,omitempty"`      // 出具机构
	LicenceType string   `json:"licenceType,omitempty"` // key of the licence type that replaces it (免提交)
	Copies      int      `json:"copies,omitempty"`
	Spec        string   `json:"spec,omitempty"`    // 规格: A4
	Formats     []string `json:"formats,omitempty"` // file kinds: pdf, jpg, png, ofd, docx, xlsx; empty = pdf, jpg, png, ofd
	MaxMB       int      `json:"maxMB,omitempty"`   // for one file; 0 = 20
	MaxFiles    int      `json:"maxFiles,omitempty"`
	Standard    string   `json:"standard"` // 受理标准
	Filling     string   `json:"filling,omitempty"`
	BlankForm   string   `json:"blankForm,omitempty"`  // 空白表格: address of the form to fill in, https or of an uploaded file (FileKey)
	SampleFile  string   `json:"sampleFile,omitempty"` // 示例样表: address of a filled-in example, likewise
	Basis       string   `json:"basis,omitempty"`      // 要求提供材料的依据
	Lines       []Line   `json:"lines"`                // 补正要点
}

// Line is one requirement that a correction notice may cite.
type Line struct {
	Code string `json:"code"` // within the material: "a"
	Text string `json:"text"` // what the applicant has to do, as a sentence
}

// Cond is met when the form field has one of the values, or, with Set, when it
// is filled at all.
type Cond struct {
	Field string   `json:"field"`
	In    []string `json:"in,omitempty"`
	Set   bool     `json:"set,omitempty"`
}

// Step 办理流程: one link of the procedure and who does it. Review steps with
// the same Stage run in parallel; the next stage begins when all are done.
type Step struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	Kind  string `json:"kind"`           // "receive" 收件受理, "review" 审查, "decide" 决定, "make" 制证, "deliver" 送达
	Unit  string `json:"unit,omitempty"` // unit key; empty = the deciding unit (receive and deliver: the receiving centre)
	Role  string `json:"role"`           // "window-clerk", "reviewer", "decider"
	Stage int    `json:"stage"`
	Days  int    `json:"days"` // internal share of the promised limit, working days

	Visit     bool     `json:"visit,omitempty"`     // review: needs a 现场核查 (行政许可法 第三十四条第三款、第五十五条)
	Questions []string `json:"questions,omitempty"` // what the visit looks at, one form for both inspectors
}

// Limit 时限. Days 0 with Unit "instant" means on the spot.
type Limit struct {
	Days int    `json:"days"`
	Unit string `json:"unit"` // "workday", "day", "instant", "none"
	Note string `json:"note,omitempty"`
}

// Limits 办理时限.
type Limits struct {
	Statutory      Limit       `json:"statutory"` // 法定办结时限, from acceptance
	StatutoryBasis string      `json:"statutoryBasis"`
	Promised       Limit       `json:"promised"`           // 承诺办结时限, ≤ statutory
	Receipt        *Limit      `json:"receipt,omitempty"`  // 受理; nil = the regime's
	Delivery       *Limit      `json:"delivery,omitempty"` // 送达; nil = the regime's
	Extension      *Limit      `json:"extension,omitempty"`
	Correction     *Limit      `json:"correction,omitempty"` // time the applicant has to correct; nil = the regime's default
	Supplement     *Supplement `json:"supplement,omitempty"` // 容缺补齐: time for materials that may follow later
	Special        []Special   `json:"special,omitempty"`
	Joint          *Joint      `json:"joint,omitempty"` // 联合办理: nil = handled by one department's limit
	Mark           string      `json:"mark"`            // confidence of the statutory limit: C, L or M (待核实)
}

// Joint 联合办理 is handling by several departments for which the government has
// decided on unified or joint handling: forty-five days in all, and fifteen more
// with the approval of the head of the government (行政许可法 第二十六条、第四十二条第二款).
type Joint struct {
	Days  int    `json:"days"`  // working days, at most 45
	Basis string `json:"basis"` // the government's decision
}

// Special 特别程序 whose time is not counted (行政许可法 第四十五条).
type Special struct {
	Kind  string `json:"kind"` // hearing 听证, tender 招标, auction 拍卖, inspection 检验, testing 检测, quarantine 检疫, appraisal 鉴定, expert 专家评审
	Days  int    `json:"days"` // planned, working days
	Basis string `json:"basis"`
}

// Fee 收费.
type Fee struct {
	Name      string `json:"name"`
	Standard  string `json:"standard"`
	Basis     string `json:"basis"`
	Reducible bool   `json:"reducible"`
	Reduction string `json:"reduction,omitempty"`
	Mark      string `json:"mark"`

	Amount int64    `json:"amount,omitempty"` // fen, for one unit; 0 = the platform does not collect it
	Per    []string `json:"per,omitempty"`    // what it is multiplied by: a number of the form, or "startDate..endDate" for days
	When   *Cond    `json:"when,omitempty"`   // charged only when the form says so
	Due    string   `json:"due,omitempty"`    // a FeeDue; "" = the platform does not collect it
}

// Result 审批结果.
type Result struct {
	Name        string   `json:"name"`
	Kind        string   `json:"kind"` // "licence" 证照, "approval" 批文, "other", "none"
	LicenceType string   `json:"licenceType,omitempty"`
	Years       int      `json:"years,omitempty"`   // validity; 0 = none or long-term
	UntilOf     string   `json:"untilOf,omitempty"` // form field that ends the validity (a date)
	Does        string   `json:"does,omitempty"`    // what a grant does to a licence of the type that is held, one of Does…; "" = a new licence
	Ahead       int      `json:"ahead,omitempty"`   // renew: days before the last day by which it is asked; 0 = 30 (行政许可法 第五十条第一款)
	Delivery    []string `json:"delivery"`          // "electronic", "pickup", "post"
	// Fields maps the licence type's fields to form fields or "applicant.…", "case.…", "unit.…".
	Fields map[string]string `json:"fields,omitempty"`
}

// What a grant does to a licence that the applicant holds (Result.Does).
const (
	DoesChange     = "change"     // 变更 (行政许可法 第四十九条)
	DoesRenew      = "renew"      // 延续 (第五十条)
	DoesReplace    = "replace"    // 补发: lost or damaged
	DoesDeregister = "deregister" // 注销, as the holder asks
)

// doings lists them.
var doings = []string{DoesChange, DoesRenew, DoesReplace, DoesDeregister}

// AskedBy is how many days before its last day the renewal of a licence is asked for.
func (r Result) AskedBy() int {
	if r.Ahead > 0 {
		return r.Ahead
	}
	return 30
}

// Basis 法律依据, with the mark of how well it was checked: C read in the text,
// L likely, M 待核实 (shown on the page).
type Basis struct {
	Law     string `json:"law"`
	DocNo   string `json:"docNo,omitempty"`
	Article string `json:"article"`
	Gist    string `json:"gist"` // what it says, in our words
	Mark    string `json:"mark"`
}

// Question 常见问题.
type Question struct {
	Q string `json:"q"`
	A string `json:"a"`
}

// Contacts 咨询投诉.
type Contacts struct {
	Consult   string `json:"consult"`
	Complaint string `json:"complaint"`
}

// Remedies 法律救济.
type Remedies struct {
	Reconsideration string `json:"reconsideration"` // 行政复议: body, period, basis
	Litigation      string `json:"litigation"`      // 行政诉讼
}

// Privacy 个人信息处理告知: who processes which data, why and how long.
type Privacy struct {
	Processor string   `json:"processor"` // filled by the importer when empty
	Purpose   string   `json:"purpose"`
	Data      []string `json:"data"`
	Retention string   `json:"retention"`
	Basis     string   `json:"basis"`
	Shared    []string `json:"shared,omitempty"`
}
