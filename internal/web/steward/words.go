package steward

// label is what the editor says of one part of a guide.
type label struct {
	zh, en string
	help   string   // 中文说明, shown under the label
	area   bool     // more than a line
	codes  []option // a choice
	fixed  bool     // follows from elsewhere: shown, not edited
	upload bool     // an uploaded file, or the address of one elsewhere
}

type option struct{ value, zh, en string }

// sectionWords name the parts of a guide in the order of 第七条.
var sectionWords = map[string]label{
	"basics": {zh: "基本信息", en: "Basics"}, "department": {zh: "部门信息", en: "Office"}, "windows": {zh: "办理窗口", en: "Windows"},
	"conditions": {zh: "受理标准", en: "Conditions"}, "scenarios": {zh: "办理情形", en: "Scenarios", help: "申请人先回答的几个问题；回答后只列出他需要的条件和材料"}, "materials": {zh: "办理材料", en: "Documents"}, "commitments": {zh: "告知承诺", en: "Commitments", help: "申请人可以选择签署承诺代替证明；没有表示都要提交证明"}, "steps": {zh: "办理流程", en: "Procedure"},
	"limits": {zh: "办理时限", en: "Time limits"}, "fees": {zh: "收费情况", en: "Fees"}, "results": {zh: "审批结果", en: "Results"},
	"basis": {zh: "法律依据", en: "Legal basis"}, "questions": {zh: "常见问题", en: "Questions"}, "contacts": {zh: "咨询投诉", en: "Contacts"},
	"rights": {zh: "权利", en: "Rights"}, "duties": {zh: "义务", en: "Duties"}, "remedies": {zh: "法律救济", en: "Remedies"},
	"form": {zh: "申请表", en: "Form"}, "privacy": {zh: "个人信息处理告知", en: "Privacy notice"},
	"auto": {zh: "秒批规则", en: "Instant decision", help: "没有规则表示由人审查、决定"}, "demo": {zh: "演示数据标记", en: "Demonstration marks"},
}

var (
	yesUnits = []option{{"workday", "工作日", "working days"}, {"day", "自然日", "days"}, {"instant", "当场办结", "on the spot"}, {"none", "没有规定", "none"}}
	marks    = []option{{"C", "已对照原文", "read in the text"}, {"L", "有一处可靠来源", "one good source"}, {"M", "待核实", "to be verified"}}
	audience = []option{{"1", "自然人", "natural persons"}, {"2", "企业法人", "companies"}, {"3", "事业法人", "public institutions"}, {"4", "社会组织法人", "social organisations"}, {"5", "非法人企业", "unincorporated businesses"}, {"6", "行政机关", "authorities"}, {"9", "其他组织", "others"}}
)

// words 编辑器用语: what the editor says of every part that a guide can have, by its
// path without row numbers. A test holds it against the guide's type.
var words = map[string]label{
	"basics.code":            {zh: "实施编码", en: "Code", fixed: true},
	"basics.basicCode":       {zh: "基本编码", en: "Basic code", fixed: true},
	"basics.name":            {zh: "事项名称", en: "Name", help: "来自基本目录", fixed: true},
	"basics.nameEn":          {zh: "英文名称", en: "English name", fixed: true},
	"basics.type":            {zh: "事项类型", en: "Type", fixed: true},
	"basics.level":           {zh: "行使层级", en: "Level", fixed: true},
	"basics.division":        {zh: "行政区划", en: "Division", fixed: true},
	"basics.handling":        {zh: "业务办理项", en: "Handling item"},
	"basics.handling.no":     {zh: "业务办理项序号", en: "Number of the handling item", fixed: true},
	"basics.handling.name":   {zh: "业务办理项名称", en: "Name of the handling item", help: "写在事项名称后面的括号里，例如“新办”“变更”"},
	"basics.handling.nameEn": {zh: "业务办理项英文名称", en: "Handling item in English"},
	"basics.aliases":         {zh: "群众常用说法", en: "What people call it", help: "一行一个，例如“开饭店”", area: true},
	"basics.caseType":        {zh: "办件类型", en: "Kind of case", codes: []option{{"instant", "即办件", "on the spot"}, {"promised", "承诺件", "within a promised time"}}},
	"basics.audience":        {zh: "服务对象", en: "For whom", codes: audience},
	"basics.topics":          {zh: "主题", en: "Topics", help: "主题代号，一行一个", area: true},
	"basics.powerSource":     {zh: "权力来源", en: "Source of power", codes: []option{{"1", "法定本级行使", "by law at this level"}, {"2", "上级下放", "handed down"}, {"3", "上级授权", "granted from above"}, {"4", "同级授权", "granted at this level"}, {"5", "上级委托", "entrusted from above"}, {"6", "同级委托", "entrusted at this level"}}},
	"basics.depth":           {zh: "网上办理深度", en: "Online depth", help: "4 全程网办，3 在线预审后到窗口，2 在线申请，1 信息公开，0 不支持"},
	"basics.visits":          {zh: "到办事现场次数", en: "Visits"},
	"basics.visitReason":     {zh: "必须到现场的理由", en: "Why a visit is needed", help: "次数为0时不填", area: true},
	"basics.scope":           {zh: "通办范围", en: "Where it can be handled", codes: []option{{"1", "全国通办", "whole country"}, {"7", "长三角通办（沪苏浙皖）", "Yangtze delta"}, {"2", "全省通办", "province"}, {"3", "全市通办", "city"}, {"4", "全县（区）通办", "county"}, {"5", "全镇（街道）通办", "town"}, {"6", "本村（社区）", "village"}}},
	"basics.mode":            {zh: "申请方式", en: "How to apply", codes: []option{{"online", "全程网上", "online"}, {"precheck", "网上预审、窗口办结", "pre-review online, finish at the window"}, {"window", "窗口", "at the window"}}},
	"basics.modeGround":      {zh: "限定申请方式的依据", en: "Ground for limiting how to apply", help: "只能到窗口办理，或者必须到现场的，写明法律、法规依据（第二十一条）", area: true},
	"basics.appointment":     {zh: "支持预约", en: "Appointments"},
	"basics.agent":           {zh: "可以委托他人办理", en: "An agent may apply"},
	"basics.summary":         {zh: "一句话说明", en: "In one sentence", help: "显示在搜索结果里", area: true},
	"basics.summaryEn":       {zh: "一句话说明（英文）", en: "In one sentence, English", area: true},
	"basics.quota":           {zh: "数量限制", en: "Quota", area: true},
	"basics.publish":         {zh: "决定是否公开", en: "Decisions published", help: "不选时：行政许可的准予和不予决定公开，其他类型不公开", codes: []option{{"", "按事项类型", "as the type has it"}, {"all", "准予和不予都公开", "grants and refusals"}, {"grants", "只公开准予", "grants only"}, {"none", "不公开", "not published"}}},
	"basics.publishGround":   {zh: "决定不公开的理由", en: "Why not published", help: "涉及国家秘密、商业秘密、个人隐私的，写明依据（行政许可法第四十条、政府信息公开条例第十四条、第十五条）", area: true},
	"basics.publishFields":   {zh: "决定公开的内容", en: "What of it is published", help: "表单字段的代号，一行一个，例如经营范围；只对单位公开，不得有身份号码、电话、住址", area: true},
	"basics.hot":             {zh: "首页热门次序", en: "Order on the front page", help: "0 表示不显示"},

	"department.unit":      {zh: "单位代号", en: "Unit", fixed: true},
	"department.name":      {zh: "实施主体", en: "Office", fixed: true},
	"department.uscc":      {zh: "统一社会信用代码", en: "USCC", fixed: true},
	"department.nature":    {zh: "实施主体性质", en: "Nature", codes: []option{{"1", "法定机关", "authority by law"}, {"2", "授权组织", "authorised body"}, {"3", "受委托组织", "entrusted body"}}},
	"department.joint":     {zh: "联办机构", en: "Joint bodies", help: "由办理流程得出", fixed: true, area: true},
	"department.entrusted": {zh: "委托部门", en: "Entrusting body"},
	"department.receiving": {zh: "收件的政务服务中心", en: "Receiving centre", fixed: true},

	"windows": {zh: "窗口", en: "Window"}, "windows.name": {zh: "窗口名称", en: "Name"}, "windows.address": {zh: "地址", en: "Address"},
	"windows.hours": {zh: "办公时间", en: "Hours"}, "windows.phone": {zh: "电话", en: "Phone", help: "带区号，例如 0510-12345678"}, "windows.transport": {zh: "交通", en: "How to get there"},

	"conditions": {zh: "受理条件", en: "Condition", help: "不予受理时引用的就是这里的条文"}, "conditions.text": {zh: "条件", en: "Condition", area: true},
	"conditions.when": {zh: "什么情形下适用", en: "When it holds", help: "不填表示都适用"},

	"scenarios": {zh: "情形问题", en: "Scenario question"}, "scenarios.field": {zh: "对应的表单项", en: "Form field", help: "答案的选项来自申请表里的这个问题"},
	"scenarios.question": {zh: "怎样问申请人", en: "How it is asked"}, "scenarios.questionEn": {zh: "怎样问申请人（英文）", en: "How it is asked, English"}, "scenarios.note": {zh: "帮助申请人回答的说明", en: "What helps to answer", area: true},

	"materials":             {zh: "材料", en: "Document"},
	"materials.code":        {zh: "材料代号", en: "Code", help: "m01、m02……发布后不要改"},
	"materials.name":        {zh: "材料名称", en: "Name", help: "不要写“其他材料”“相关材料”"},
	"materials.nameEn":      {zh: "英文名称", en: "English name"},
	"materials.kind":        {zh: "材料类型", en: "Kind", codes: []option{{"certificate", "证件证书证明", "certificate"}, {"document", "申请表格文书", "document"}, {"other", "其他", "other"}}},
	"materials.necessity":   {zh: "必要性", en: "Necessity", codes: []option{{"required", "必要", "required"}, {"optional", "非必要", "optional"}, {"tolerant", "可以容缺后补", "may follow later"}}},
	"materials.when":        {zh: "什么情形下需要", en: "When it is asked", help: "不填表示都需要"},
	"materials.media":       {zh: "材料形式", en: "Form", codes: []option{{"electronic", "电子", "electronic"}, {"paper", "纸质", "paper"}, {"both", "电子、纸质均可", "either"}}},
	"materials.paperLaw":    {zh: "要求纸质的法律、法规", en: "Law that demands paper", help: "没有法律、法规依据，不得只收纸质材料（第二十一条）"},
	"materials.source":      {zh: "来源渠道", en: "Source", codes: []option{{"self", "申请人自备", "the applicant"}, {"government", "政府部门核发", "an authority"}, {"other", "其他", "other"}}},
	"materials.issuer":      {zh: "出具机构", en: "Issuer"},
	"materials.licenceType": {zh: "可以代替它的电子证照", en: "Licence that replaces it", help: "证照类型代号；有证照的申请人免提交"},
	"materials.copies":      {zh: "纸质份数", en: "Copies"},
	"materials.spec":        {zh: "规格", en: "Size", help: "例如 A4"},
	"materials.formats":     {zh: "文件格式", en: "File kinds", codes: []option{{"pdf", "PDF", "PDF"}, {"jpg", "JPG", "JPG"}, {"png", "PNG", "PNG"}, {"ofd", "OFD", "OFD"}, {"docx", "DOCX", "DOCX"}, {"xlsx", "XLSX", "XLSX"}}},
	"materials.maxMB":       {zh: "单个文件上限（MB）", en: "Largest file, MB", help: "0 表示20"},
	"materials.maxFiles":    {zh: "文件数上限", en: "Most files", help: "0 表示10"},
	"materials.standard":    {zh: "受理标准", en: "Standard", area: true},
	"materials.filling":     {zh: "填报须知", en: "How to fill it in", area: true},
	"materials.blankForm":   {zh: "空白表格", en: "Blank form", help: "申请人下载后填写的空表", upload: true},
	"materials.sampleFile":  {zh: "示例样表", en: "Filled-in example", help: "填好的样子，不要使用真实个人信息", upload: true},
	"materials.basis":       {zh: "要求提供的依据", en: "Basis", area: true},
	"materials.lines":       {zh: "补正要点", en: "What may be asked for", help: "补正通知只能从这里选"},
	"materials.lines.code":  {zh: "代号", en: "Code"},
	"materials.lines.text":  {zh: "请申请人做什么", en: "What the applicant has to do"},

	"commitments": {zh: "承诺", en: "Commitment", help: "申请人自愿选择提交证明或者签署承诺；以下内容签署前全部显示"}, "commitments.key": {zh: "代号", en: "Key", help: "c01、c02……发布后不要改"},
	"commitments.name": {zh: "承诺什么", en: "What is promised"}, "commitments.nameEn": {zh: "承诺什么（英文）", en: "What is promised, English"},
	"commitments.material": {zh: "代替哪份材料", en: "Document that it replaces", help: "材料代号；不填表示承诺的是条件"},
	"commitments.text":     {zh: "承诺内容", en: "Text of the promise", help: "申请人签署的全文", area: true},
	"commitments.duties":   {zh: "应当履行的义务", en: "Duties", help: "一行一条", area: true},
	"commitments.check":    {zh: "事后核查的内容和方式", en: "What is checked later, and how", area: true}, "commitments.days": {zh: "核查期限（工作日）", en: "Checked within, working days", help: "从作出决定起算"},
	"commitments.rectify": {zh: "整改期限（工作日）", en: "Time to put right, working days"}, "commitments.consequence": {zh: "违反承诺的后果", en: "Consequence of a broken promise", area: true},
	"commitments.basis": {zh: "依据", en: "Basis", area: true}, "commitments.unless": {zh: "什么情形下不适用", en: "When it is not offered", help: "不填表示都适用"},
	"commitments.excluded": {zh: "哪些人不适用", en: "Who may not promise", area: true}, "commitments.onSpot": {zh: "签署承诺的当场作出决定，不再事先审查", en: "Decided on the spot, without a review"},
	"commitments.mark": {zh: "核对情况", en: "How well it was checked", codes: marks},

	"when.field": {zh: "表单项", en: "Field"}, "when.in": {zh: "等于以下值之一", en: "Is one of", help: "一行一个", area: true}, "when.set": {zh: "只要填写了就需要", en: "Whenever it is filled in"},

	"steps": {zh: "环节", en: "Step"}, "steps.key": {zh: "代号", en: "Key"}, "steps.name": {zh: "环节名称", en: "Name"},
	"steps.kind":  {zh: "环节类型", en: "Kind", codes: []option{{"receive", "收件受理", "receive"}, {"review", "审查", "review"}, {"decide", "决定", "decide"}, {"make", "制证", "make"}, {"deliver", "送达", "deliver"}}},
	"steps.unit":  {zh: "办理单位代号", en: "Unit", help: "不填表示实施主体；收件和送达表示政务服务中心"},
	"steps.role":  {zh: "办理人员", en: "Role", codes: []option{{"window-clerk", "窗口人员", "clerk"}, {"reviewer", "审查人员", "reviewer"}, {"decider", "决定人员", "decider"}}},
	"steps.stage": {zh: "阶段", en: "Stage", help: "阶段相同的审查同时进行"}, "steps.days": {zh: "内部天数（工作日）", en: "Working days"},
	"steps.visit":     {zh: "需要现场核查", en: "Site visit", help: "受理后五个工作日内指派两名以上工作人员"},
	"steps.questions": {zh: "现场核查内容", en: "What the visit looks at", help: "一行一个", area: true},

	"limits.statutory": {zh: "法定办结时限", en: "Statutory limit"}, "limits.statutoryBasis": {zh: "法定时限的依据", en: "Basis of the statutory limit", area: true},
	"limits.promised": {zh: "承诺办结时限", en: "Promised limit"}, "limits.receipt": {zh: "受理时限", en: "Receipt", help: "不填按法律规定"}, "limits.delivery": {zh: "送达时限", en: "Delivery", help: "不填按法律规定"},
	"limits.extension": {zh: "延长期限", en: "Extension"}, "limits.correction": {zh: "补正期限", en: "Time to correct"},
	"limits.joint": {zh: "联合办理", en: "Joint handling", help: "本级人民政府决定联合办理的行政许可，最多45个工作日"}, "limits.joint.days": {zh: "联合办理天数（工作日）", en: "Working days"}, "limits.joint.basis": {zh: "本级人民政府的决定", en: "The government's decision"},
	"limits.supplement":      {zh: "容缺补齐期限", en: "Time for what may follow later", help: "天数为0表示没有规定；不得超过承诺办结时限"},
	"limits.supplement.late": {zh: "逾期未补齐的", en: "If it does not follow in time", codes: []option{{"decide", "按已有材料作出决定", "decided on what is there"}, {"withdrawn", "视为撤回申请", "counts as withdrawn"}}},
	"limits.supplement.note": {zh: "逾期后果（申请人签署的文字）", en: "Consequence as it is signed", area: true},
	"limits.special":         {zh: "特别程序", en: "Special procedure"},
	"limits.special.kind":    {zh: "种类", en: "Kind", codes: []option{{"hearing", "听证", "hearing"}, {"tender", "招标", "tender"}, {"auction", "拍卖", "auction"}, {"inspection", "检验", "inspection"}, {"testing", "检测", "testing"}, {"quarantine", "检疫", "quarantine"}, {"appraisal", "鉴定", "appraisal"}, {"expert", "专家评审", "expert review"}}},
	"limits.special.days":    {zh: "计划天数（工作日）", en: "Planned working days"}, "limits.special.basis": {zh: "依据", en: "Basis"},
	"limits.mark": {zh: "法定时限核对情况", en: "How well it was checked", codes: marks},
	"limit.days":  {zh: "天数", en: "Days"}, "limit.unit": {zh: "单位", en: "Unit", codes: yesUnits}, "limit.note": {zh: "说明", en: "Note"},

	"fees": {zh: "收费项目", en: "Fee"}, "fees.name": {zh: "项目名称", en: "Name"}, "fees.standard": {zh: "收费标准", en: "Tariff"}, "fees.basis": {zh: "收费依据", en: "Basis"},
	"fees.reducible": {zh: "允许减免", en: "May be reduced"}, "fees.reduction": {zh: "减免依据", en: "Ground of reduction"}, "fees.mark": {zh: "核对情况", en: "How well it was checked", codes: marks},
	"fees.amount": {zh: "在平台缴纳的金额", en: "Amount collected here", help: "按数量计收的，写一个单位的金额；不在平台缴纳的不填"}, "fees.per": {zh: "计费数量", en: "Multiplied by", help: "一行一个：申请表中的数字，或者“开始日期..结束日期”表示天数", area: true},
	"fees.when": {zh: "收取情形", en: "Charged when", help: "都要收的不填"},
	"fees.due":  {zh: "缴费时点", en: "Due before", help: "不在平台缴纳的不选", codes: []option{{"acceptance", "受理之前", "acceptance"}, {"decision", "作出决定之前", "the decision"}, {"delivery", "送达之前", "delivery"}}},

	"results": {zh: "结果", en: "Result"}, "results.name": {zh: "结果名称", en: "Name"},
	"results.kind":        {zh: "结果类型", en: "Kind", codes: []option{{"licence", "证照", "licence"}, {"approval", "批文", "approval"}, {"other", "其他", "other"}, {"none", "无", "none"}}},
	"results.licenceType": {zh: "证照类型代号", en: "Licence type"}, "results.years": {zh: "有效期（年）", en: "Valid for years", help: "0 表示长期或者没有"},
	"results.untilOf": {zh: "有效期截止取自表单项", en: "Ends with the field"},
	"results.does": {zh: "对已有证照的作用", en: "Effect on a licence held", help: "变更、延续、补发、注销已经持有的证照；空白表示新发证照",
		codes: []option{{"", "新发", "new licence"}, {"change", "变更", "change"}, {"renew", "延续", "renew"}, {"replace", "补发", "replace"}, {"deregister", "注销", "deregister"}}},
	"results.ahead":    {zh: "延续须提前的天数", en: "Days ahead for a renewal", help: "0 表示有效期届满三十日前"},
	"results.delivery": {zh: "送达方式", en: "Delivery", codes: []option{{"electronic", "电子送达", "electronic"}, {"pickup", "窗口领取", "pick-up"}, {"post", "邮寄", "post"}}},
	"results.fields":   {zh: "证照字段取自", en: "Where its fields come from", help: "一行一个：证照字段=表单项", area: true},

	"basis": {zh: "依据", en: "Basis"}, "basis.law": {zh: "法律文件", en: "Law"}, "basis.docNo": {zh: "文号", en: "Number"}, "basis.article": {zh: "条款", en: "Article"},
	"basis.gist": {zh: "内容（用自己的话）", en: "What it says", area: true}, "basis.mark": {zh: "核对情况", en: "How well it was checked", codes: marks},

	"questions": {zh: "问答", en: "Question"}, "questions.q": {zh: "问", en: "Question"}, "questions.a": {zh: "答", en: "Answer", area: true},
	"contacts.consult": {zh: "咨询", en: "Questions"}, "contacts.complaint": {zh: "监督投诉", en: "Complaints"},
	"rights": {zh: "申请人的权利", en: "Rights", help: "一行一条", area: true}, "duties": {zh: "申请人的义务", en: "Duties", help: "一行一条", area: true},
	"remedies.reconsideration": {zh: "行政复议", en: "Reconsideration", area: true}, "remedies.litigation": {zh: "行政诉讼", en: "Litigation", area: true},

	"privacy.processor": {zh: "处理者", en: "Processor"}, "privacy.purpose": {zh: "目的", en: "Purpose", area: true}, "privacy.data": {zh: "处理哪些信息", en: "Which data", help: "一行一项", area: true},
	"privacy.retention": {zh: "保存多久", en: "How long", area: true}, "privacy.basis": {zh: "法律依据", en: "Basis", area: true}, "privacy.shared": {zh: "提供给谁", en: "Shared with", help: "一行一个", area: true},

	"auto": {zh: "规则", en: "Clause", help: "全部符合才由系统当场决定；公开显示，每条写明依据"}, "auto.key": {zh: "代号", en: "Key"}, "auto.name": {zh: "要求什么（给申请人看）", en: "What it asks"},
	"auto.nameEn": {zh: "要求什么（英文）", en: "What it asks, English"}, "auto.basis": {zh: "依据", en: "Basis"}, "auto.when": {zh: "规则表达式", en: "Rule", help: "例如 form.age >= 60", area: true},
}
