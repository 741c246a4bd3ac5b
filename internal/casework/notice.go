package casework

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tongban/tongban/internal/catalog"
)

// Document 文书 is the canonical content of a notice, receipt or decision. Its
// bytes are fixed and hashed in the act's transaction; faces only lay it out.
// Field order is part of the format: the hash covers json.Marshal of it.
type Document struct {
	Kind      Notice      `json:"kind"`
	Title     string      `json:"title"`
	Number    string      `json:"number"`
	Date      string      `json:"date"` // Asia/Shanghai
	At        string      `json:"at"`   // RFC 3339, Asia/Shanghai, seconds
	CaseNo    string      `json:"caseNo"`
	ItemName  string      `json:"itemName"`
	ItemCode  string      `json:"itemCode"`
	Addressee string      `json:"addressee"` // 申请人
	Agent     string      `json:"agent,omitempty"`
	Unit      string      `json:"unit"` // issuing organ
	UnitUSCC  string      `json:"unitUscc"`
	Body      []string    `json:"body"` // paragraphs
	Lines     []DocLine   `json:"lines,omitempty"`
	Facts     []DocFact   `json:"facts,omitempty"`
	Clocks    []DocClock  `json:"clocks,omitempty"`
	Basis     []string    `json:"basis"` // articles it rests on
	Remedies  []string    `json:"remedies,omitempty"`
	Consult   string      `json:"consult,omitempty"`
	Complaint string      `json:"complaint,omitempty"`
	Progress  string      `json:"progress"` // path of the public progress page, for the QR
	Licence   *DocLicence `json:"licence,omitempty"`
	Rate      *DocRate    `json:"rate,omitempty"` // of a document that ends the case
}

// DocLine is one row of a document's table: a material handed in, or one thing to correct.
type DocLine struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// DocFact is a labelled value.
type DocFact struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// DocClock tells a limit and how its date was computed.
type DocClock struct {
	Name        string   `json:"name"`
	Due         string   `json:"due"`
	Provisional bool     `json:"provisional,omitempty"`
	Steps       []string `json:"steps"`
}

// DocLicence names the licence a decision produced.
type DocLicence struct {
	Name       string `json:"name"`
	Identifier string `json:"identifier"`
	Number     string `json:"number"`
}

// DocRate tells where the service is rated without an account (第三十条).
type DocRate struct {
	Path  string `json:"path"`  // with the code, for the QR
	Until string `json:"until"` // RFC 3339, Asia/Shanghai, seconds
}

// Canonical gives the bytes that are hashed and stored.
func (d Document) Canonical() []byte {
	b, err := json.Marshal(d)
	if err != nil {
		panic("casework: a document of strings did not marshal: " + err.Error())
	}
	return b
}

// noticeFacts is what the composer needs to know; nothing is looked up in it.
type noticeFacts struct {
	Regime    Regime
	Guide     *catalog.Guide
	CaseNo    string
	Party     string
	Agent     string
	Unit      string
	UnitUSCC  string
	Number    string
	Now       time.Time // Asia/Shanghai
	Rule      Rule
	Cite      string // overrides the rule's article
	Reason    string
	Lines     []DocLine
	Facts     []DocFact
	Clocks    []DocClock
	Progress  string
	Licence   *DocLicence
	Rate      *DocRate
	Elsewhere string // where to apply instead
	Deemed    bool
	Also      []string // articles beside the rule's own
	Machine   bool     // decided by the published clauses
	Body      []string // of a promise: the text that was signed
	Heard     bool     // of a measure: the holder may state and defend
	Measure   bool     // ex officio
}

// compose writes the words of a notice. It cites only what the regime has.
func compose(kind Notice, f noticeFacts) Document {
	d := Document{
		Kind: kind, Title: f.Regime.Names[kind], Number: f.Number,
		Date: f.Now.Format("2006-01-02"), At: f.Now.Format(time.RFC3339),
		CaseNo: f.CaseNo, ItemName: f.Guide.Basics.Name, ItemCode: f.Guide.Basics.Code,
		Addressee: f.Party, Agent: f.Agent, Unit: f.Unit, UnitUSCC: f.UnitUSCC,
		Lines: f.Lines, Facts: f.Facts, Clocks: f.Clocks,
		Consult: f.Guide.Contacts.Consult, Complaint: f.Guide.Contacts.Complaint,
		Progress: f.Progress, Licence: f.Licence, Rate: f.Rate,
	}
	if c := cmp.Or(f.Cite, f.Regime.Cites[f.Rule]); c != "" {
		d.Basis = append(d.Basis, c)
	}
	d.Basis = append(d.Basis, f.Also...)
	item := "“" + f.Guide.Basics.Name + "”"
	switch kind {
	case ReceiptNotice:
		d.Body = []string{
			fmt.Sprintf("您（单位）提交的%s申请及下列材料已经收到，办件编号为 %s。", item, f.CaseNo),
			"我们将在下列期限内告知是否受理；如材料不齐全或者不符合法定形式，将一次性告知需要补正的全部内容。",
		}
		if f.Regime.Deemed {
			d.Body = append(d.Body, "逾期不告知的，自收到申请材料之日起即为受理。")
		}
	case AcceptanceNotice:
		if f.Deemed {
			d.Body = []string{fmt.Sprintf("您（单位）提出的%s申请，因在规定期限内未告知补正，自收到申请材料之日起即为受理。", item)}
		} else {
			d.Body = []string{fmt.Sprintf("您（单位）提出的%s申请，申请材料齐全、符合规定形式，现予受理。", item)}
		}
		d.Body = append(d.Body, "我们将在下列期限内作出决定。")
	case CorrectionNotice:
		d.Body = []string{
			fmt.Sprintf("您（单位）提出的%s申请，经审查，需要补正下列全部内容。本告知为一次性告知，所列内容均出自公开的办事指南。", item),
			"请在下列期限内补正后再次提交；已提交且无需补正的内容不必重复提交。",
		}
	case DeclineNotice:
		d.Body = []string{fmt.Sprintf("您（单位）提出的%s申请，经审查，决定不予受理。理由：%s", item, sentence(f.Reason))}
		if f.Elsewhere != "" {
			d.Body = append(d.Body, "请向有权办理的单位提出申请："+sentence(f.Elsewhere))
		}
		d.Remedies = remedies(f)
	case NotNeededNotice:
		d.Body = []string{fmt.Sprintf("您（单位）申请的%s，依法不需要提出%s。说明：%s", item, f.Regime.Words.Need, sentence(f.Reason))}
		d.Remedies = remedies(f)
	case PrecheckNotice:
		d.Body = []string{
			fmt.Sprintf("您（单位）提出的%s申请已通过网上预审。", item),
			"请携带原件到下列窗口当面办理：" + sentence(f.Reason),
		}
	case MoreTimeNotice:
		d.Body = []string{fmt.Sprintf("您（单位）就%s申请提出的延长补正期限的请求，经研究，同意延长。", item)}
		if f.Reason != "" {
			d.Body = append(d.Body, sentence(f.Reason))
		}
	case NoMoreTimeNotice:
		d.Body = []string{fmt.Sprintf("您（单位）就%s申请提出的延长补正期限的请求，经研究，不予延长，请在原期限内补正。理由：%s", item, sentence(f.Reason))}
	case ReturnNotice:
		d.Body = []string{fmt.Sprintf("您（单位）提出的%s申请，在补正期限内未补正，现予退件。您可以在材料齐全后重新申请。%s", item, f.Reason)}
		d.Remedies = remedies(f)
	case ExtensionNotice:
		d.Body = []string{fmt.Sprintf("您（单位）的%s申请，%s，延长办理期限。理由：%s", item, f.Regime.Words.Extended, sentence(f.Reason))}
		if f.Rule == RuleJoint {
			d.Body = []string{fmt.Sprintf("您（单位）的%s申请实行联合办理，经本级人民政府负责人批准，延长办理期限。理由：%s", item, sentence(f.Reason))}
		}
	case SpecialNotice:
		d.Body = []string{
			fmt.Sprintf("您（单位）的%s申请，依法需要进行下列特别程序，所需时间不计算在办理期限内。", item),
			"理由：" + sentence(f.Reason),
		}
	case DecisionNotice:
		d.Body = []string{fmt.Sprintf("您（单位）提出的%s申请，经审查，%s", item, f.Regime.Words.Grant)}
		if f.Machine {
			d.Body = append(d.Body, "本决定由平台按照办事指南公布的秒批规则自动作出，下列各条经逐条核对全部符合。对结果有疑问的，可以要求由工作人员复核、说明。")
		}
		if f.Reason != "" {
			d.Body = append(d.Body, sentence(f.Reason))
		}
	case RefusalNotice:
		d.Body = []string{fmt.Sprintf("您（单位）提出的%s申请，经审查，%s理由：%s", item, f.Regime.Words.Refuse, sentence(f.Reason))}
		d.Remedies = remedies(f)
	case WithdrawalNotice:
		d.Body = []string{fmt.Sprintf("应您（单位）的请求，%s申请终止办理。%s", item, f.Reason)}
	case HearingRightNotice, InterestNotice, HearingNotice, HearingMinutes, VisitNotice, ReferralNotice:
		d.Body = sideBody(kind, f, item)
	case DeliveryRecord:
		d.Body = []string{fmt.Sprintf("%s申请的办理结果已按下列方式送达。", item)}
	}
	own := f.Regime.OwnBasis && (kind == DeclineNotice || kind == NotNeededNotice)
	composePromise(&d, kind, item, f)
	composeHeld(&d, kind, item, f)
	composeMeasure(&d, kind, item, f)
	if own || kind == DecisionNotice || kind == RefusalNotice || kind == AnnulNotice || kind == RetractNotice {
		for _, b := range f.Guide.Basis {
			d.Basis = append(d.Basis, "《"+b.Law+"》"+b.Article)
		}
	}
	return d
}

// composePromise writes the words of what promises bring.
func composePromise(d *Document, kind Notice, item string, f noticeFacts) {
	switch kind {
	case TolerancePromise, CommitmentPromise:
		d.Body = f.Body
	case ToleranceNotice:
		d.Body = []string{
			fmt.Sprintf("您（单位）提出的%s申请，主要材料齐全、符合规定形式，按照您签署的承诺先行受理。", item),
			"请在下列补齐期限内补齐下列全部材料，审查同时进行。" + f.Reason,
			"因不可抗力等原因不能按期补齐的，可以在期限届满以前向窗口申请延长。",
		}
	case SupplementReceipt:
		d.Body = []string{fmt.Sprintf("您（单位）为%s申请补齐的下列材料已经收到。", item)}
	case SupplementLonger:
		d.Body = []string{fmt.Sprintf("您（单位）%s申请补齐材料的期限予以延长。理由：%s", item, sentence(f.Reason))}
	case SupplementEnd:
		d.Body = []string{fmt.Sprintf("您（单位）%s申请补齐材料的期限已经届满，下列材料没有补齐。%s", item, f.Reason), "作出决定以前仍然可以补交。"}
	case SupplementLapsed:
		d.Body = []string{fmt.Sprintf("您（单位）%s申请补齐材料的期限已经届满，下列材料没有补齐。按照办事指南和您签署的承诺，视为撤回申请，终止办理。材料齐全后可以重新申请。", item)}
		d.Remedies = remedies(f)
	case PromiseBack:
		d.Body = []string{fmt.Sprintf("您（单位）就%s申请签署的下列承诺已经撤回，请改为提交证明。", item)}
	case RectifyNotice:
		d.Body = []string{
			fmt.Sprintf("经核查，您（单位）办理%s时所作的下列承诺与实际情况不符：%s", item, sentence(f.Reason)),
			"请在下列期限内改正，并配合复查；逾期不改正的，将依法撤销决定。您有权陈述、申辩。",
		}
	case AnnulNotice:
		d.Body = []string{fmt.Sprintf("准予您（单位）%s申请的决定，现予撤销。理由：%s", item, sentence(f.Reason)), "自本决定送达之日起，依据原决定取得的证照、批文不再有效。"}
		d.Remedies = remedies(f)
	}
}

// remedies prints the ways of 行政复议 and 行政诉讼 where the regime has them; a
// public service has its complaint line instead.
func remedies(f noticeFacts) []string {
	if !f.Regime.Remedies {
		return []string{"对办理结果有异议的，可以向办理单位提出，也可以拨打12345政务服务便民热线反映。"}
	}
	var out []string
	for _, r := range []string{f.Guide.Remedies.Reconsideration, f.Guide.Remedies.Litigation} {
		if r != "" {
			out = append(out, r)
		}
	}
	return out
}

// sentence closes a text with a full stop if the writer left it open.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	for _, end := range []string{"。", "!", "?", ";", ".", ":"} {
		if len(s) >= len(end) && s[len(s)-len(end):] == end {
			return s
		}
	}
	return s + "。"
}
