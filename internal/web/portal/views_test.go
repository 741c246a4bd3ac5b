package portal

import (
	"testing"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/rule"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/apply"
	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/webtest"
)

// TestViews holds every page to its type and draws it with little and with
// much on it; the scenarios draw them with what the rooms say.
func TestViews(t *testing.T) {
	rt := webtest.New(t)
	v := newViews(rt)
	at := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	text := web.FieldView{ID: "f-a", Name: "a", Label: "姓名", Error: "请填写姓名"}
	radio := web.FieldView{ID: "f-way", Name: "way", Widget: "radio", Label: "方式", Options: []web.OptionView{{ID: "f-way-1", Value: "electronic", Label: "电子送达"}}}
	acting := Acting{Name: "无锡锡韵小厨餐饮管理有限公司", By: "陈佳怡", Switch: true, Back: "/my"}
	card := CaseCard{Href: "/my/cases/1", Item: "食品经营许可", No: "1", State: web.Tag{Text: "审查中"}, Due: "，3月9日前", At: at}
	guide := &catalog.Guide{Basics: catalog.Basics{Name: "食品经营许可", Type: "01", CaseType: "promised", Audience: []string{"1", "2"}, Level: "4", PowerSource: "1", Mode: "online", Depth: 4, Visits: 1, VisitReason: "核对原件", Scope: "1", Quota: "无"},
		Department: catalog.Department{Name: "审批局", Nature: "1", Joint: []string{"x"}, Entrusted: "市局"},
		Windows:    []catalog.Window{{Name: "综合窗口", Address: "演示路1号", Hours: "9:00", Phone: "1", Transport: "地铁1号线"}}, Conditions: []catalog.Condition{{Text: "有场所"}},
		Materials: []catalog.Material{{Code: "m01", Name: "营业执照", Necessity: "required", LicenceType: "x", Source: "government", Issuer: "登记机关", Lines: []catalog.Line{{Code: "a", Text: "请上传"}}}, {Code: "m02", Name: "其他", Necessity: "optional", Media: "paper", PaperLaw: "某法"}},
		Steps:     []catalog.Step{{Key: "receive", Name: "受理", Kind: "receive", Days: 1}},
		Limits: catalog.Limits{Statutory: catalog.Limit{Days: 20, Unit: "workday"}, Promised: catalog.Limit{Days: 5, Unit: "workday"}, Extension: &catalog.Limit{Days: 10, Unit: "workday"}, Mark: "M",
			Special: []catalog.Special{{Kind: "hearing", Days: 10, Basis: "第四十七条"}}},
		Fees:    []catalog.Fee{{Name: "工本费", Standard: "10元", Basis: "某办法", Reduction: "低保免收", Mark: "M"}},
		Results: []catalog.Result{{Name: "许可证", Kind: "licence", Years: 5, Delivery: []string{"electronic", "post"}}}, Basis: []catalog.Basis{{Law: "食品安全法", Article: "第三十五条", Gist: "许可", Mark: "M", DocNo: "第1号"}},
		Questions: []catalog.Question{{Q: "要多久？", A: "五天"}}, Contacts: catalog.Contacts{Consult: "1", Complaint: "12345"}, Rights: []string{"申辩"}, Duties: []string{"如实填写"},
		Remedies: catalog.Remedies{Reconsideration: "六十日内", Litigation: "六个月内"}, Demo: []string{"windows", "limits.promised"}}
	it := &catalog.Item{Code: "X", State: catalog.InUse}
	full := NewGuidePage(web.Page{}, it, &catalog.Version{No: 1, Guide: *guide}, &identity.Directory{})
	full.received([]channel.Reception{{Centre: identity.Unit{Key: "zx", Address: "演示路", Phone: "1"}, Title: "中心", Kind: channel.InBranch, Windows: []channel.Window{{No: "A01", Name: "综合窗口"}, {No: "K01", Name: "银行", Kind: channel.Bank, Address: "街"}}, Output: []channel.Window{{No: "A09", Name: "出件"}}}})
	full.For, full.Draft, full.Others = "陈佳怡", web.Link{Href: "/apply/1", Text: "继续"}, []PlaceGroup{{Name: "滨湖区", Links: []web.Link{{Href: "/items/Y", Text: "滨湖区民政局"}}}}
	full.Featured = []web.Link{{Href: "/featured/online", Text: "网上办"}}
	full.Guide.Auto = []rule.Clause{{Key: "a", Name: "持有身份证", NameEN: "Holds an ID card", Basis: "某法第一条", When: `"id-card" in licences && applicant.age >= 18`}, {Key: "b", Name: "本人", Basis: "某法", When: "!agent"}}
	full.More = 1
	full.Conditions = append(full.Conditions, GuideLine{Text: "有批准文件", Case: "“类型”为“挖掘”时", Open: true})
	full.Materials[0].Case, full.Materials[0].Files = "“类型”为“挖掘”时", []caseview.GuideFile{{Href: "/x", Text: "空白表格（PDF，32 KB）", Name: "申请表.pdf", Address: "/x", Key: "x"}, {Href: "https://example.cn/a", Text: "示例样表（example.cn）", Address: "https://example.cn/a"}}
	asked := full
	asked.Ask = GuideAsk{FormID: "x", Fields: []web.FieldView{radio}, Action: "/items/X#mine", Clear: "/items/X", Answered: true, Said: "要交 1 份。", Spared: "另有 1 份。", Hidden: []web.Hidden{{Name: "way", Value: "post"}}}
	complete := asked
	complete.Ask.Complete = true
	paused := full
	paused.Paused, paused.Online = true, false

	then := full
	then.then(clock.DateOf(at), &catalog.Version{No: 1})
	then.QR, then.Address = web.QR{Size: 2, Path: "M0 0h1v1h-1z", Title: "扫码"}, "https://zwfw.example.cn/items/X"
	webtest.Check(t, v.guide, full, paused, asked, complete, then)
	webtest.Check(t, v.static, then, paused)
	webtest.Check(t, v.staticIndex, StaticIndexPage{Up: web.Link{Href: "../index.html", Text: "目录"}, Lead: "共 1 份", Groups: []StaticGroup{{Name: "审批局", Links: []StaticLink{{Href: "../item/X.html", Text: "许可", Soft: "1"}}}}})
	webtest.Check(t, v.versions, VersionsPage{Name: "许可", Code: "X", Versions: web.Table{Caption: "历次版本", Heads: []web.Head{{Text: "版本"}, {Text: "生效"}, {Text: "发布"}, {Text: "理由"}, {Text: "变化"}}, Rows: []web.Row{versionRow(web.Page{}, "X", catalog.VersionNote{Version: catalog.Version{No: 2, PublishedAt: at}, Standing: catalog.InForce})}}, Demands: demandTable(web.Page{}, []catalog.VersionNote{{Version: catalog.Version{ID: 2, No: 2}}, {Version: catalog.Version{ID: 1, No: 1}}}, map[int64]catalog.Demanded{1: {Demand: catalog.Demand{Steps: 4}}, 2: {Demand: catalog.Demand{Steps: 3}, Saved: &catalog.Saved{Steps: 1, Visits: -1}}}), Numbers: []int{2, 1}, From: 1, To: 2, AsOf: "2026-03-02"})
	webtest.Check(t, v.changes, ChangesPage{Name: "许可", Code: "X", From: 1, To: 1}, ChangesPage{Name: "许可", Code: "X", From: 1, To: 2, FromSince: "2026-03-01", ToSince: "2026-03-02", Reason: "压缩时限", Numbers: []int{2, 1},
		Groups: changeGroups(web.Page{}, []catalog.Change{{Section: "materials", Burden: catalog.Heavier, ZH: "材料有变化"}, {Section: "duties", Burden: catalog.Neutral, ZH: "说明有变化"}})})
	webtest.Check(t, v.home, HomePage{Search: web.Search{Action: "/items", Heading: "今天想办什么事"}}, HomePage{Search: web.Search{Action: "/items", Heading: "今天想办什么事"}, Life: BrowseSection{Links: []web.Link{{Href: "/items?event=born", Text: "出生"}}}, Featured: []web.Tile{{Href: "/featured/online", Icon: "window", Text: "网上办"}}, Trade: BrowseSection{Links: []web.Link{{Href: "/items?event=start", Text: "开办"}}}, Hot: []web.Tile{{Href: "/items/X", Icon: "doc", Text: "许可"}}, Stats: []web.Stat{{Href: "/items", Value: "1", Text: "事项"}}})
	webtest.Check(t, v.matter, MatterPage{Name: "身份证补领", Summary: "丢了补领", Tags: []web.Tag{{Text: "行政确认"}}, Offices: []Office{{"公安局", "演示路1号", "1"}}, Facts: web.Facts{Rows: []web.Fact{{Key: "基本编码", Value: "320799184002"}}}, Basis: []catalog.Basis{{Law: "居民身份证法", Article: "第十一条", Gist: "补领", Mark: "M", DocNo: "1"}}},
		MatterPage{Name: "低保", Offers: 2, Places: []PlaceGroup{{Name: "梁溪区", Open: true, Links: []web.Link{{Href: "/items/X", Text: "民政局"}}}}})
	webtest.Check(t, v.browse, BrowsePage{Ways: []web.Link{{Href: "/browse/life", Text: "大事", Current: true}}, Sections: []BrowseSection{{Title: "一生", Note: "说明", Order: true, Links: []web.Link{{Href: "/items?event=born", Text: "出生", Count: 7}}}, {Title: "地区", Links: []web.Link{{Href: "/items?division=1", Text: "梁溪区"}}, More: []BrowseSection{{Title: "江阴市", Links: []web.Link{{Href: "/items?division=2", Text: "澄江街道"}}}}}}})
	webtest.Check(t, v.items, ItemsPage{Empty: web.Empty{Title: "没有找到"}, Help: []web.Tile{{Href: "/help", Icon: "phone", Text: "12345"}}}, ItemsPage{Within: "只看“梁溪区”", Place: web.Link{Href: "/items?q=1", Text: "看全市"}, Others: []Hit{{Href: "/items/320799184002", Name: "补领"}},
		Filters: web.Filters{Groups: []web.FilterGroup{{Title: "类型", Folded: true, Items: []web.Link{{Href: "/items", Text: "不限", Current: true}, {Href: "/items?type=01", Text: "许可", Count: 3}}}}},
		Search:  web.Search{Action: "/items", Query: "许可"}, Guess: true, Said: "您要找的是不是", Hits: []Hit{{Href: "/items/X", Name: "许可", Summary: "说明", Units: []web.Link{{Href: "/items/X", Text: "审批局"}}, Tags: []web.Tag{{Text: "行政许可"}}}}, Pager: web.Pager{Next: "/items?after=1"}})
	webtest.Check(t, v.featured, FeaturedPage{Cards: []FeatureCard{{Href: "/featured/online", Icon: "window", Name: "网上办", Means: "不用跑", Matters: 3, Places: 40}, {Href: "/featured/bank", Icon: "money", Name: "政银合作", Means: "在银行办"}}})
	places := []web.Link{{Href: "/items/X", Text: "审批局"}, {Href: "/items/Y", Text: "滨湖区"}}
	webtest.Check(t, v.feature, FeaturePage{Name: "网上办", Means: "不用跑", Words: "全程网办", Rule: `mode == "online" && visits <= 0`, Since: "第2版", Said: "0 个事项", History: web.Link{Href: "/featured/online/history", Text: "进出记录"}, Empty: web.Empty{Title: "没有"}},
		FeaturePage{Name: "网上办", Means: "不用跑", Note: "尚未启用", Words: "全程网办", Rule: "true", Pending: true, Said: "3 个事项", Exports: []web.Link{{Href: "/featured/online/export.csv", Text: "CSV"}, {Href: "/featured/online/export.json", Text: "JSON"}}, History: web.Link{Href: "/h", Text: "进出记录"}, Pager: web.Pager{Next: "/featured/online?from=20"},
			Matters: []FeatureMatter{{Href: "/items/X", Name: "许可", Summary: "说明", Kind: web.Tag{Text: "行政许可"}, Why: "银行代办", Places: places[:1], Count: 1, Outlets: []FeatureOutlet{{"示范银行（演示）", "演示路1号", "周一", "0510-0001"}, {"示范银行（演示）", "演示路2号", "周一", ""}}}, {Href: "/items/X", Name: "给付", Places: places, Count: 2}, {Href: "/items/X", Name: "确认", Places: []web.Link{{Href: "/featured/online?division=1", Text: "梁溪区", Count: 9}}, Count: 9, Areas: true}}})
	webtest.Check(t, v.featureHistory, FeatureHistoryPage{Name: "网上办", Back: web.Link{Href: "/featured/online", Text: "网上办"}, Rules: []FeatureRuleRow{{Title: "预置", Words: "全程网办", Rule: "true"}}, Empty: web.Empty{Title: "没有"}},
		FeatureHistoryPage{Name: "网上办", Back: web.Link{Href: "/featured/online", Text: "网上办"}, Rules: []FeatureRuleRow{{Title: "第1版", Words: "全程网办", Rule: "visits < 1 && agent", Why: "理由"}}, Moves: []FeatureMove{{At: at, Tag: web.Tag{Tone: web.OK, Text: "列入"}, Name: "许可", Href: "/items/X", Where: "审批局等 3 处", Why: "符合规则"}}, Pager: web.Pager{Next: "/featured/online/history?after=1-2"}})
	webtest.Check(t, v.login, LoginPage{Login: text, Password: web.FieldView{ID: "f-p", Name: "p", Label: "密码", Secret: true}, Next: "/my"})
	webtest.Check(t, v.identity, IdentityPage{Choices: []IdentityChoice{{Value: "person.1", Name: "陈佳怡", As: "本人", Current: true}, {Value: "entity.2", Name: "公司", As: "代理人", Until: "2027-01-01"}}, Next: "/my"})
	webtest.Check(t, v.my, MyPage{Empty: web.Empty{Title: "还没有办件"}}, MyPage{Acting: acting, Todo: []web.Banner{{Tone: web.Note, Title: "补正", Text: "许可"}}, Cases: []CaseCard{card}, Tiles: []web.Tile{{Href: "/my/cases", Icon: "clock", Text: "办件"}}})
	webtest.Check(t, v.drafts, DraftsPage{Empty: web.Empty{Title: "没有草稿"}}, DraftsPage{Drafts: []DraftCard{{Href: "/apply/1", Item: "许可", Correction: true, At: at, Discard: web.Action{URL: "/apply/1/discard", Text: "删除"}}}})
	webtest.Check(t, v.cases, CasesPage{Empty: web.Empty{Title: "没有"}}, CasesPage{Acting: acting, Cases: []CaseCard{card}, Pager: web.Pager{Next: "/my/cases?after=1"}})
	kase := CasePage{No: "1", Item: "许可", Receipt: "/my/documents/1", State: web.Tag{Text: "待补正"}, What: "需要补正。", Alarm: web.Banner{Tone: web.Bad, Title: "3月10日已报警", Text: "受理期限已经届满。"},
		Correct: Correction{Until: "还剩 3 个工作日", Asks: []web.Fact{{Key: "营业执照", Lines: []string{"请上传"}}}, Action: "/my/cases/1/correct", More: "正在答复。", Longer: web.Link{Href: "/my/cases/1/acts/ask-more-time", Text: "申请延长补正期限"}},
		Mends:   []Mended{{At: at, Lines: []web.Fact{{Key: "名称", Value: "新", Soft: "更正前：旧"}}}},
		Path:    []caseview.Station{{Text: "提交", At: at, Mark: "done"}, {Text: "受理", Mark: "now"}, {Text: "办结"}}, Clocks: []web.Clock{{Title: "补正期限", Words: "还剩", Calc: []web.CalcRow{{What: "期限", Result: "15"}}}},
		Done: []web.Clock{{Title: "受理期限", Words: "已按时完成"}}, Timeline: web.Timeline{Events: []web.Event{{At: at, Title: "提交", Link: web.Link{Href: "/my/documents/1", Text: "凭证"}}}},
		Documents: []web.Event{{At: at, Title: "收件凭证", Soft: "1号", Link: web.Link{Href: "/my/documents/1", Text: "查看"}}}, Facts: web.Facts{Rows: []web.Fact{{Key: "编号", Value: "1"}}},
		Materials: []MaterialFact{{Fact: web.Fact{Key: "执照"}, Files: []web.Link{{Href: "/f", Text: "a.pdf"}}}}, Offers: []web.Link{{Href: "/w", Text: "撤回申请"}},
		Visit:   Visit{Centre: web.Link{Href: "/centres/x", Text: "中心"}, Bring: []string{"身份证"}, Book: "/b", Appointments: []BookedSlot{{Text: "3月3日 9:00", Cancel: web.Action{URL: "/c", Text: "取消"}}}},
		Licence: web.Link{Href: "/my/licences/1", Text: "许可证"}, Rate: web.Link{Href: "/r", Text: "评价"}}
	kase.Parcel = caseview.Parcel{Title: "结果领取、寄递", State: web.Tag{Tone: web.Info, Text: "待领取"}, Words: "请带上身份证件。", Code: "1234 5678", QR: web.QR{Size: 21, Path: "M0 0h7v1z", Title: "取件码"},
		Facts: web.Facts{Rows: []web.Fact{{Key: "运单", Value: "演示快递 1"}}}, Track: web.Timeline{Events: []web.Event{{At: at, Title: "运输中", Text: "演示网点"}}}}
	fresh := CasePage{Fresh: true, No: "1", Item: "许可", What: "已收到。", Rated: "非常满意"}
	webtest.Check(t, v.kase, kase, fresh)
	webtest.Check(t, v.moreTime, MoreTimePage{Item: "许可", No: "1", Until: "还剩 3 个工作日", Fields: []web.FieldView{text}, Action: "/x"})
	webtest.Check(t, v.withdraw, WithdrawPage{Item: "许可", No: "1", Warn: "撤回以后就结束了", Button: "确认撤回", Reason: web.FieldView{ID: "f-reason", Name: "reason", Widget: "textarea", Label: "原因"}, Action: "/x"})
	webtest.Check(t, v.say, SayPage{Page: web.Page{Title: "陈述申辩"}, Item: "许可", No: "1", Lead: "说明", Note: "期限", Upload: "证据", Button: "提交", Reason: web.FieldView{ID: "f-reason", Name: "reason", Widget: "textarea", Label: "内容"}, Action: "/x"}, SayPage{Page: web.Page{Title: "放弃听证"}, Item: "许可", No: "1", Lead: "说明", Button: "确认", Action: "/x"})
	change := ChangePage{Item: "许可", No: "1", Action: "/x"}
	change.Fields.Way, change.Fields.Post = radio, []web.FieldView{text}
	webtest.Check(t, v.change, change)
	webtest.Check(t, v.appointment, AppointmentPage{Empty: web.Empty{Title: "约满"}, Centre: web.Link{Href: "/centres/x", Text: "中心"}}, AppointmentPage{Item: "登记", Centre: web.Link{Href: "/centres/x", Text: "中心"}, Action: "/x", Days: []web.FieldView{radio}, Wrong: "请选择"})
	webtest.Check(t, v.rate, RatePage{Item: "许可", Action: "/x", Level: radio, Good: web.FieldView{ID: "f-good", Name: "r", Widget: "checkboxes", Label: "好", Options: []web.OptionView{{ID: "f-good-1", Value: "a", Label: "快"}}},
		Bad: web.FieldView{ID: "f-bad", Name: "r", Widget: "checkboxes", Label: "差", Options: []web.OptionView{{ID: "f-bad-1", Value: "b", Label: "慢"}}}, Words: text, Anonymous: web.FieldView{ID: "f-n", Name: "n", Widget: "checkbox", Options: []web.OptionView{{ID: "f-n", Value: "true", Label: "匿名"}}}, Back: web.Link{Href: "/", Text: "回到首页"}}, RatePage{Item: "许可", Over: "评价期限已过。", Back: web.Link{Href: "/", Text: "回到首页"}})
	webtest.Check(t, v.licences, LicencesPage{Empty: web.Empty{Title: "没有"}}, LicencesPage{Licences: []LicenceCard{{Href: "/my/licences/1", Name: "许可证", State: web.Tag{Text: "有效"}}}})
	webtest.Check(t, v.licence, LicencePage{Name: "许可证", VerifyPath: "/verify/1"}, LicencePage{Name: "许可证", VerifyPath: "/verify/1", Signed: at, Fields: web.Facts{Rows: []web.Fact{{Key: "持证人", Value: "公司"}}}, Uses: web.Timeline{Events: []web.Event{{At: at, Title: "办理"}}}, Case: web.Link{Href: "/my/cases/1", Text: "办件"}})
	webtest.Check(t, v.messages, MessagesPage{Empty: web.Empty{Title: "没有"}}, MessagesPage{Unread: true, Messages: []MessageCard{{ID: 1, Subject: "已受理", Body: []string{"您的申请"}, Link: web.Link{Href: "/my/cases/1", Text: "查看"}, At: at, New: true, Sent: "短信已送达"}}})
	settings := notify.Settings{Choice: notify.Choice{NoSMS: &notify.NoSMS{At: at, By: "陈晓"}, Order: []notify.Way{notify.WeChat}}, Ways: []notify.WayState{{Way: notify.WeChat, Offered: true, Address: "…ab12"}, {Way: notify.SMS, Offered: true, Address: "138****0001"}, {Way: notify.Mail}}}
	told := WaysPage{Quiet: "21:00 至次日 08:00 不发", Bind: true, Bound: "…ab12", Code: "12345678", CodeTill: "10:10", Account: "公众号"}
	told.fields(settings, settings.Choice, nil)
	agents := WaysPage{Only: "代理人可以查看。"}
	agents.fields(settings, notify.Choice{}, nil)
	webtest.Check(t, v.ways, told, agents)
	webtest.Check(t, v.assists, AssistsPage{Table: web.Table{Caption: "我的帮办代办", Empty: web.Empty{Title: "没有帮办代办", Text: "可以请人帮办。"}}}, AssistsPage{Item: "占道", Code: "1", Fields: []web.FieldView{text},
		Table: web.Table{Caption: "我的帮办代办", Heads: []web.Head{{Text: "事项"}}, Rows: []web.Row{{Cells: []web.Cell{{Text: "占道", Href: "/my/assist/1"}}}}}})
	facts := web.Facts{Rows: []web.Fact{{Key: "事项", Value: "占道"}}}
	webtest.Check(t, v.consults, ConsultsPage{Acting: acting, Table: web.Table{Caption: "我的咨询", Hide: true, Empty: web.Empty{Title: "还没有咨询", Text: "可以咨询。"}}},
		ConsultsPage{Table: web.Table{Caption: "我的咨询", Heads: []web.Head{{Text: "内容"}}, Rows: []web.Row{{Cells: []web.Cell{{Text: "占道", Href: "/my/consult/ZX1"}}}}}, Pager: web.Pager{Next: "/my/consult?after=1"}})
	found := web.Table{Caption: "选择事项", Heads: []web.Head{{Text: "事项"}}, Rows: []web.Row{{Cells: []web.Cell{{Text: "占道", Href: "/my/consult/new?item=1", Row: true}}}}}
	other := web.Link{Href: "/my/consult/new?kind=failure", Text: "反映办不成的事"}
	webtest.Check(t, v.ask, AskPage{Acting: acting, About: "占道", Item: "1", Fields: []web.FieldView{text}, Days: 5, Key: "k", Other: other}, AskPage{Failure: true, About: "占道（1）", Case: "1", Fields: []web.FieldView{text, radio}, Days: 1, Other: other},
		AskPage{Failure: true, Pick: true, Query: "占道", Asked: true, Found: found, Days: 5, Other: other}, AskPage{Query: "没有", Asked: true, Found: web.Table{Empty: web.Empty{Title: "没有找到"}}, Fields: []web.FieldView{text}, Other: other})
	failed := consult.View{Inquiry: consult.Inquiry{No: "BC1", Kind: consult.Failure, ItemID: 1, ItemCode: "X", ItemName: "占道", PinnedNo: 1, Reason: "system", Stage: "pay", Earlier: 2, CameBack: true, State: consult.Changed, ChangedNo: 2, DoneAt: at, Version: 3},
		Asker: "陈佳怡", Unit: identity.Unit{ID: 1, Name: "审批局"}, Entries: []consult.Entry{{At: at, Act: consult.Ask, Words: consult.Words{Text: "办不成"}}, {At: at, Act: consult.CloseByChange, Words: consult.Words{Text: "改了", Version: 2}}}}
	open := consult.View{Inquiry: consult.Inquiry{No: "ZX1", Kind: consult.Question, State: consult.Asked, Version: 1}, Offered: []consult.Move{}}
	for _, act := range []consult.Act{consult.Add, consult.Withdraw} {
		m, _ := consult.MoveFor(consult.Question, consult.Asked, act)
		open.Offered = append(open.Offered, m)
	}
	for _, x := range []consult.View{failed, open} {
		pg := ConsultPage{Page: web.Page{Title: "咨询"}, Acting: acting}
		pg.Part = caseview.Inquiry(&pg.Page, &x, false, "/my/consult/1", func(no string) string { return "/my/cases/" + no }, nil, nil)
		webtest.Check(t, v.consult, pg)
	}
	webtest.Check(t, v.assist, AssistPage{State: web.Tag{Text: "帮办中"}, Facts: facts, Answers: facts, Handed: facts, Promises: []apply.PromiseText{{Title: "容缺受理承诺书", Body: []string{"承诺补齐。"}, Facts: facts}}, Digest: "ab", Action: "/my/assist/1", Ends: true, Case: web.Link{Href: "/my/cases/1", Text: "查看办件"}},
		AssistPage{State: web.Tag{Text: "待本人确认"}, Facts: facts, Digest: "begin", Begin: true, Action: "/my/assist/1"})
	webtest.Check(t, v.mandates, MandatesPage{}, MandatesPage{CanGrant: true, Fields: []web.FieldView{text}, Until: web.FieldView{ID: "f-until", Name: "until", Widget: "date", Label: "到"}, Given: []MandateCard{{Who: "周志远", What: "全部事项", When: "2026", State: web.Tag{Text: "有效"}, Revoke: web.Action{URL: "/x", Text: "撤销"}}}})
	webtest.Check(t, v.profile, ProfilePage{Facts: web.Facts{Rows: []web.Fact{{Key: "姓名", Value: "陈佳怡"}}}, Contact: []web.FieldView{text}})
	webtest.Check(t, v.progress, ProgressPage{Number: text, Code: radio}, ProgressPage{Found: true, Rate: web.Link{Href: "/rate/1?t=a", Text: "评价这次服务"}, RateUntil: at, No: "1", Item: "许可", Unit: "审批局", Path: []caseview.Station{{Text: "提交", Mark: "now"}}, Clocks: []web.Clock{{Words: "还剩"}}})
	webtest.Check(t, v.verify, VerifyPage{Identifier: text}, VerifyPage{Result: &licence.Verification{}, Heading: "证照真实", Findings: []Finding{{OK: true, Text: "校验位正确"}, {Text: "签名无效"}}})
	webtest.Check(t, v.centres, CentresPage{Empty: web.Empty{Title: "没有"}, Entered: web.Link{Href: enteredPath, Text: "进驻"}}, CentresPage{Groups: []CentreGroup{{Name: "梁溪区", Open: true, Centres: []CentreCard{{Href: "/centres/x", Name: "中心", Address: "演示路", Phone: "1", Demo: true, Branch: true}}}}, Entered: web.Link{Href: enteredPath, Text: "进驻"}, Filters: centreFilters(web.Page{}, channel.Assist, map[channel.WindowKind]int{channel.Assist: 1})})
	webtest.Check(t, v.centre, CentrePage{Name: "中心", Demo: true, Windows: web.Table{Empty: web.Empty{Title: "没有"}}, Empty: web.Empty{Title: "没有"}},
		CentrePage{Name: "中心", Branch: web.Banner{Tone: web.Info, Title: "这是分中心", Text: "理由"}, Search: web.Search{Action: "/centres/x"}, Said: "共 1 项", Pager: web.Pager{Next: "/centres/x?cursor=1"}, Items: []CentreItem{{Href: "/items/1", Name: "登记", Summary: "说明", Unit: "民政局", Kind: web.Tag{Text: "承诺件"}}},
			Branches: []CentreBranch{{Href: "/centres/y", Name: "公积金分中心", Address: "演示路", Why: "场地限制", For: "公积金中心"}}, Windows: web.Table{Empty: web.Empty{Title: "没有"}}})
	entered := EnteredPage{Page: web.Page{Title: "事项进驻情况"}, CSV: web.Link{Href: enteredPath + ".csv", Text: "下载"}, What: "未进驻", Said: "共 1 个", Clear: web.Link{Href: enteredPath, Text: "看全部"}, Pager: web.Pager{Next: enteredPath + "?cursor=1"},
		Lists: web.Table{Caption: "清单", Heads: []web.Head{{Text: "事项"}}, Rows: []web.Row{{Cells: []web.Cell{{Text: "登记", Href: "/items/1"}}}}}}
	entered.figures(&channel.Report{Total: channel.Figures{Lists: 3, Of: map[channel.PlacementKind]int{channel.None: 1, channel.InCentre: 2}}, Districts: []channel.DistrictReport{
		{Division: identity.Division{Code: "320200000000", Name: "无锡市", Level: "city"}, Figures: channel.Figures{Lists: 2, Of: map[channel.PlacementKind]int{channel.InCentre: 2}}},
		{Division: identity.Division{Code: "320213000000", Name: "梁溪区"}, Figures: channel.Figures{Lists: 1, Of: map[channel.PlacementKind]int{channel.None: 1}}}}})
	nothing := EnteredPage{Page: web.Page{Title: "事项进驻情况"}, What: "全部", CSV: web.Link{Href: enteredPath, Text: "下载"}, Lists: web.Table{Empty: web.Empty{Title: "没有"}}}
	nothing.figures(&channel.Report{})
	webtest.Check(t, v.entered, entered, nothing)
	webtest.Check(t, v.text, TextPage{Lead: "帮助", Sections: []TextSection{{Title: "电话", Text: []string{"12345"}, Links: []web.Link{{Href: "/centres", Text: "大厅"}}}}})
	webtest.Check(t, v.decisions, DecisionsPage{Search: web.Search{Action: "/decisions", Hint: "事项"}, Empty: web.Empty{Title: "没有"}},
		DecisionsPage{Search: web.Search{Action: "/decisions", Query: "餐饮"}, Within: "只看", Filters: web.Filters{Groups: []web.FilterGroup{{Title: "区划", Items: []web.Link{{Href: "/decisions?area=320213", Text: "梁溪区", Current: true}}}}, Clear: web.Link{Href: "/decisions", Text: "清除筛选"}},
			Entries: []DecisionCard{{Href: "/decisions/1", Item: "食品经营许可", Party: "演示公司", Unit: "审批局", Day: "2026-03-02", Number: "准字第1号", State: web.Tag{Tone: web.OK, Text: "准予"}}}, Exports: []web.Link{{Href: "/decisions/export.csv", Text: "CSV"}}, Pager: web.Pager{Next: "/decisions?after=1"}})
	webtest.Check(t, v.decision, DecisionPage{Item: "食品经营许可", State: web.Tag{Text: "准予"}, Facts: web.Facts{Rows: []web.Fact{{Key: "申请人", Value: "王某某"}}}, Guide: web.Link{Href: "/items/1", Text: "办事指南"}, Object: web.Link{Href: "/decisions/1/object", Text: "有误"}},
		DecisionPage{Item: "食品经营许可", State: web.Tag{Tone: web.Bad, Text: "已撤销"}, Gone: "已经撤下", Facts: web.Facts{Rows: []web.Fact{{Key: "文号", Value: "1"}}}})
	webtest.Check(t, v.object, ObjectPage{Item: "食品经营许可", Back: web.Link{Href: "/decisions/1", Text: "返回"}, Action: "/decisions/1/object", Fields: []web.FieldView{{ID: "f-reason", Name: "reason", Widget: "textarea", Label: "说明"}}})
	webtest.Check(t, v.adjustments, AdjustmentsPage{Empty: web.Empty{Title: "没有"}}, AdjustmentsPage{Notices: []AdjustmentCard{{Href: "/adjustments/2026-0001", Title: "取消事项", Reason: "条例修改", State: web.Tag{Text: "即将实施"}, When: "2026-03-02"}}})
	webtest.Check(t, v.adjustment, AdjustmentPage{Heading: "取消事项", State: web.Tag{Text: "已实施"}, Lead: "不受影响", Facts: web.Facts{Rows: []web.Fact{{Key: "编号", Value: "1"}}}, Matters: web.Table{Caption: "事项", Heads: []web.Head{{Text: "事项"}}, Rows: []web.Row{{Cells: []web.Cell{{Text: "优待证"}}}}}}, AdjustmentPage{Heading: "取消事项", State: web.Tag{Text: "已撤回"}})
	var checked []string
	for _, name := range []string{"home", "items", "guide", "featured", "feature", "feature-history", "matter", "browse", "versions", "changes", "static", "staticindex", "login", "identity", "my", "drafts", "cases", "case", "withdraw", "moretime", "say", "change", "appointment", "rate", "licences", "licence", "messages", "ways", "assists", "assist", "consults", "consult", "ask", "mandates", "profile", "progress", "verify", "centres", "centre", "entered", "text", "adjustments", "adjustment", "decisions", "decision", "object"} {
		checked = append(checked, "templates/"+name+".html")
	}
	webtest.Covered(t, rt, checked...)
}

// TestWords: no code of a guide is shown bare.
func TestWords(t *testing.T) {
	var p web.Page
	for _, c := range []string{"01", "05", "07", "08", "09", "10", "20"} {
		if typeWords(p, c) == c {
			t.Errorf("item type %s has no name", c)
		}
	}
	if got := audienceWords(p, []string{"1", "2", "3", "4", "5", "6", "9"}); got != "自然人、企业法人、事业法人、社会组织法人、非法人企业、行政机关、其他组织" {
		t.Error(got)
	}
	for _, l := range []struct {
		limit catalog.Limit
		want  string
	}{{catalog.Limit{Unit: "instant"}, "当场办结"}, {catalog.Limit{Days: 5, Unit: "workday"}, "5 个工作日"}, {catalog.Limit{Days: 30, Unit: "day"}, "30 天"}, {catalog.Limit{Unit: "none"}, "无固定时限"}} {
		if got := limitWords(p, l.limit); got != l.want {
			t.Errorf("%v: %s", l.limit, got)
		}
	}
	for in, want := range map[[3]string]string{{"2027", "2", "28"}: "2027-02-28", {"2027", "2", "30"}: "", {"", "2", "3"}: ""} {
		if got := dateOf(in[0], in[1], in[2]); got != want {
			t.Errorf("%v: %q, want %q", in, got, want)
		}
	}
}
