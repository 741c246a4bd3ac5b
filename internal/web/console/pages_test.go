package console

import (
	"net/url"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/assess"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/desk"
	"github.com/tongban/tongban/internal/web/webtest"
)

func at() time.Time { return time.Date(2026, 3, 2, 8, 55, 0, 0, time.UTC) }

func samplePage(title string) web.Page {
	a := actor.Actor{Kind: actor.Staff, ID: 1, Name: "程文静", Grants: []actor.Grant{{Role: actor.Supervisor, Path: "/1/"}, {Role: actor.AuditAdmin, Path: "/1/"}}}
	return web.Page{Title: title, Lang: "zh-CN", Path: "/console", Shell: web.Console, Nav: "overview", Actor: a, Menu: desk.Menu(a)}
}

func sampleTable() web.Table {
	return web.Table{Caption: "办件", Heads: []web.Head{{Text: "事项"}, {Text: "时间"}}, Rows: []web.Row{{Cells: []web.Cell{{Text: "占道", Href: "/desk/cases/1", Row: true}, {Text: "3月2日"}}}}}
}

// TestPages renders every page of the console in its states, in all modes.
func TestPages(t *testing.T) {
	rt := webtest.New(t)
	v := newViews(rt)
	p := samplePage("监督概览")
	n := assess.Figures{Received: 12, InHand: 5, Late: 2, DueSoon: 1, Alarmed: 1, Closed: 7, OnTime: 6, Rated: 4, Good: 3, Negative: 1}
	f := assess.Filter{Unit: 3}
	over := overviewPage{Page: p, Period: "2026年2月1日至2026年3月2日", Counted: "统计至 16:55", Scope: "梁溪区城管局", Narrowed: web.Link{Href: "/console", Text: "看全部"},
		Filter: filterForm{From: "2026-02-01", To: "2026-03-02", Unit: "3", Division: "320213000000", Quick: []web.Link{{Href: "/console?from=1", Text: "近7天", Current: true}}},
		Units:  figureTable{Caption: "按部门", First: "部门", Rows: []figureRow{figureRowOf(p, web.Link{Href: "/console?unit=3", Text: "城管局"}, f, n)}},
		Areas:  figureTable{Caption: "按区划", First: "区划", Rows: []figureRow{plainRow(p, "无锡市本级", n)}}}
	for _, c := range columns() {
		zh, _ := c.Words()
		over.Units.Heads = append(over.Units.Heads, zh)
		over.Now = append(over.Now, stat(p, f, n, c))
		over.Past = append(over.Past, stat(p, f, n, c))
	}
	over.Areas.Heads = over.Units.Heads
	o := &assess.Overview{Units: []assess.UnitFigures{{Unit: identity.Unit{ID: 3, Name: "城管局"}, Figures: n}}, Districts: []assess.DistrictFigures{
		{Division: identity.Division{Code: "320200000000", Name: "无锡市", Level: "city"}, Figures: n}, {Division: identity.Division{Code: "320213000000", Name: "梁溪区"}, Figures: n}}}
	charts(&over, o, assess.Filter{})
	webtest.Check(t, v.overview, over, overviewPage{Page: p, Period: "今天"})
	webtest.Check(t, v.list, listPage{Page: samplePage("超期"), Figure: "超期", Scope: "城管局", Period: "现在", Others: []web.Link{{Href: "/console/list?figure=late", Text: "超期", Current: true}}, Table: sampleTable(), Pager: web.Pager{Next: "/console/list?cursor=1"}, Back: web.Link{Href: "/console", Text: "回到概览"}},
		listPage{Page: samplePage("超期"), Figure: "超期", Period: "现在", Table: web.Table{Empty: web.Empty{Title: "没有"}}, Back: web.Link{Href: "/console", Text: "回到概览"}})
	logged := auditPage{Page: samplePage("审计日志"), Table: sampleTable(), Pager: web.Pager{Next: "/console/audit?cursor=1"}, Filter: auditFilter{Clear: "/console/audit", Fields: []web.FieldView{{ID: "act", Name: "act", Label: "操作", Help: "例如：case.accept"}}}}
	logged.Sound = sound(p, audit.Report{Records: 3, Checkpoints: 1, Last: &audit.Checkpoint{At: at()}})
	broken := logged
	broken.Sound = sound(p, audit.Report{Fault: &audit.Fault{ZH: "第3条记录被改动", EN: "Record 3 was changed"}})
	webtest.Check(t, v.audit, logged, broken)
	webtest.Check(t, v.books, booksPage{Page: samplePage("收费对账"), Day: "2026-03-02", Providers: []web.OptionView{{Value: "window", Label: "窗口收费"}, {Value: "online", Label: "网上缴费", Checked: true}},
		Open: []difference{{ID: 7, Kind: "金额不一致", Where: "窗口收费 · 2026-03-02", Ref: "till/1", Ours: "40.00", Theirs: "39.00", URL: "/console/fees/differences/7", At: "2026-03-03 02:00", Note: "x", Error: "请写明"}}, Days: sampleTable(), Tills: sampleTable(), Settled: sampleTable()},
		booksPage{Page: samplePage("收费对账"), Day: "2026-03-02", Empty: web.Empty{Title: "没有差异", Text: "好。"}, Days: web.Table{Empty: web.Empty{Title: "没有"}}, Tills: web.Table{Empty: web.Empty{Title: "没有"}}})
	queue := jobsPage{Page: samplePage("后台任务"), Stats: stats(p, jobs.Depth{Due: 2, Dead: 1}), Oldest: "最早的到期任务", Dead: []deadJob{{ID: 7, Kind: "notify.deliver", Owner: "运维", Reason: "连接超时", Attempt: 9, Died: at()}}, Pager: web.Pager{Next: "/console/jobs?cursor=7"}}
	webtest.Check(t, v.jobs, queue, jobsPage{Page: samplePage("后台任务"), Empty: web.Empty{Title: "没有失败的任务", Text: "好。"}})
	waysNow := messagesPage{Page: samplePage("消息渠道"), Quiet: "21:00-08:00", Failures: []failure{{ID: 7, Kind: "case.accept", Why: []string{"短信：号码无效", "电子邮件：对方拒收"}, At: at(), End: at()}}, Pager: web.Pager{Next: "/console/messages?cursor=1"}}
	waysNow.Ways = waysTable(p, notify.Overview{Ways: []notify.WayFigures{{Way: notify.SMS, Offered: true, Held: 2}, {Way: notify.WeChat}}})
	webtest.Check(t, v.messages, waysNow, messagesPage{Page: samplePage("消息渠道"), Quiet: "none", Ways: web.Table{Empty: web.Empty{Title: "没有"}}, Empty: web.Empty{Title: "没有未送达的消息", Text: "好。"}})
	webtest.Check(t, v.texts, textsPage{Page: samplePage("消息模板"), Table: sampleTable(), Lang: "zh", Other: web.Link{Href: "/console/texts?lang=en", Text: "看英文模板"}})
	said := textForm{Part: "sms", Name: "短信", From: web.Tag{Text: "平台预置"}, Fields: textFields(p, notify.SMSText, "sms", notify.Text{Body: "{no}"}, nil), Preview: "1132", Measure: "按 1 条计", Own: true, Versions: versionTable(p, []notify.TextVersion{{ID: 1, Text: notify.Text{Subject: "s", Body: "b"}, By: "宋启航", At: at()}, {ID: 2, Off: true, At: at()}})}
	webtest.Check(t, v.text, textPage{Page: samplePage("您的申请已受理"), Kind: "case.accept", Lang: "zh", About: []web.Tag{{Text: "办件进展"}}, Values: valueTable(p, notify.Kind{Must: []string{"no"}, Values: []notify.Value{{Name: "no", ZH: "办件编号"}}}), Back: web.Link{Href: textsPath, Text: "回到"}, Other: web.Link{Href: textsPath, Text: "英文"},
		Parts: []textForm{said, {Part: "mail", Name: "邮件", From: web.Tag{Text: "沿用 case"}, Fields: textFields(p, notify.MailText, "mail", notify.Text{}, map[string]string{"subject": "请填写"})}}})
	fields := []web.FieldView{{ID: "new-login", Name: "login", Label: "账号", Error: "这个账号已被使用。", Value: "li"}}
	unit := web.FieldView{ID: "unit", Name: "unit", Widget: "select", Label: "单位", Options: []web.OptionView{{Value: "1", Label: "市政府", Checked: true}}}
	webtest.Check(t, v.staff, staffPage{Page: samplePage("人员与角色"), Rules: rules(p), Units: unit, Unit: "市政府", Key: "wx-gov", Table: sampleTable(), Create: fields},
		staffPage{Page: samplePage("人员与角色"), Units: unit, Unit: "市政府", Table: web.Table{Empty: web.Empty{Title: "没有"}}})
	m := memberPage{Page: samplePage("李静"), Name: "李静", State: accountState(p, identity.Staff{}), URL: "/console/staff/7", Why: "您只能查看。", Back: web.Link{Href: "/console/staff", Text: "回到人员列表"},
		Held: []heldRole{{"窗口", "政务服务中心", "window-clerk", "3"}}, Grant: []web.FieldView{unit}, Manage: true, Roles: true, Confirm: "确认？", Facts: web.Facts{Rows: []web.Fact{{Key: "账号", Value: "li"}}}}
	off := m
	off.Off, off.Demo, off.Held, off.Grant, off.State = true, true, nil, nil, accountState(p, identity.Staff{Disabled: true})
	webtest.Check(t, v.member, m, off)
	qr, err := web.NewQR("otpauth://totp/x?secret=A", "二维码")
	if err != nil {
		t.Fatal(err)
	}
	webtest.Check(t, v.created, createdPage{Page: samplePage("账号已建立"), Name: "李静", Login: "li", Password: "abc", OTP: "otpauth://totp/x", QR: qr, Back: web.Link{Href: "/console/staff/7", Text: "到这个账号"}})
	missed := missesPage{Page: samplePage("没搜到的词")}
	missed.Table = missTable(missed.Page, []catalog.Miss{{Words: "养狗证", Times: 12, Near: 3, Last: at()}}, false)
	answer := missed
	answer.May, answer.Table = true, missTable(missed.Page, []catalog.Miss{{Words: "养狗证", Times: 12, Last: at()}}, true)
	answer.Words = []wordRow{{Words: "溜娃", Made: "葛明远", Matter: web.Link{Href: "/items?q=322099239000", Text: "托育机构备案"}, Remove: "/x/7/remove"}}
	found := missed
	found.Table = missTable(missed.Page, nil, false)
	webtest.Check(t, v.misses, missed, answer, found)
	pick := wordPage{Page: samplePage("加为日常用语"), Words: "养狗证", URL: wordPath, Back: web.Link{Href: missesPath, Text: "回到"}, Empty: web.Empty{Title: "没有", Text: "换一个说法"}}
	picked := pick
	picked.Query, picked.Matters = "动物", []matterRow{{"动物诊疗许可", "320199150000", "宠物医院"}}
	webtest.Check(t, v.word, pick, picked)
	figures := catalog.QualityFigures{Lists: 70, Mean: 88, Of: map[catalog.QualityBand]int{catalog.BandFull: 10, catalog.BandPoor: 2}}
	measure := catalog.Measures()[0]
	whole := qualityPage{Page: samplePage("指南完整度"), Scope: "梁溪区", Narrowed: web.Link{Href: qualityPath, Text: "看全部"}, More: "共 70 个部门"}
	whole.fill(&catalog.Quality{Total: figures, Units: []catalog.UnitQuality{{Unit: identity.Unit{ID: 3, Name: "城管局"}, QualityFigures: figures}}, Lacking: []catalog.MeasureCount{{Measure: measure, Lists: 9}},
		Districts: []catalog.DistrictQuality{{Division: identity.Division{Code: "320200000000", Name: "无锡市", Level: "city"}, QualityFigures: figures}, {Division: identity.Division{Code: "320213000000", Name: "梁溪区"}, QualityFigures: figures}}}, catalog.QualityFilter{})
	behind := qualityList{Page: samplePage("指南完整度"), Scope: "梁溪区", Pager: web.Pager{Next: qualityPath + "/list?cursor=1"}}
	behind.fill(&identity.Directory{}, []catalog.Item{{Name: "占道", Code: "X", Facts: catalog.Facts{Completeness: catalog.Completeness{Percent: 70, Missing: []string{measure.Key}}}}, {Name: "旧", Code: "Y"}}, catalog.QualityFilter{Band: catalog.BandPoor, Lacks: measure.Key})
	none := qualityList{Page: samplePage("指南完整度")}
	none.fill(&identity.Directory{}, nil, catalog.QualityFilter{})
	webtest.Check(t, v.quality, whole, qualityPage{Page: samplePage("指南完整度")})
	webtest.Check(t, v.qualities, behind, none)
	counted := channel.Figures{Lists: 3, Of: map[channel.PlacementKind]int{channel.InCentre: 2, channel.None: 1}}
	hall := channel.CentreCheck{Centre: identity.Unit{Key: "lx-zx", Level: "4", Division: "320213000000"}, Title: "梁溪区政务服务中心", Lacks: []channel.WindowKind{channel.Output}, Hall: "政务服务中心", Own: counted}
	halls := centresPage{Page: samplePage("大厅和进驻"), Scope: "梁溪区", Narrowed: web.Link{Href: centresPath, Text: "看全部"}, More: "共 70 个部门", Public: web.Link{Href: "/centres/entered", Text: "公开页面"}}
	halls.fill(&channel.Report{Total: counted, Districts: []channel.DistrictReport{{Division: identity.Division{Code: "320200000000", Name: "无锡市", Level: "city"}, Figures: counted}, {Division: identity.Division{Code: "320213000000", Name: "梁溪区"}, Figures: counted, Wrong: 1,
		Centres: []channel.CentreCheck{hall, {Centre: identity.Unit{Key: "cas", Level: "5"}, Title: "便民服务中心", Lacks: []channel.WindowKind{channel.Comprehensive}}}}}, Units: []channel.UnitFigures{{Unit: identity.Unit{ID: 3, Name: "城管局"}, Figures: counted}}}, channel.ReportFilter{})
	sound := centresPage{Page: samplePage("大厅和进驻"), Public: web.Link{Href: "/centres/entered", Text: "公开页面"}}
	sound.fill(&channel.Report{}, channel.ReportFilter{})
	webtest.Check(t, v.centres, halls, sound)
	kept := centrePage{Page: samplePage("梁溪区政务服务中心"), Name: "梁溪区政务服务中心", URL: centresPath + "/lx-zx", Back: web.Link{Href: centresPath, Text: "全部大厅"}, Public: web.Link{Href: "/centres/lx-zx", Text: "公开页面"}, Windows: web.Table{Empty: web.Empty{Title: "没有"}}}
	kept.facts(&channel.CentreRecord{CentreCheck: hall}, &identity.Directory{})
	kept.history(&channel.CentreRecord{}, &identity.Directory{})
	ended := channel.Branch{From: "2024-05-01", Until: "2026-03-02", Reason: channel.Room, Detail: "没有场地", Basis: "批复", By: "汪婷婷", EndedBy: "汪婷婷", EndWhy: "合并"}
	keeper := kept
	keeper.Faults, keeper.May = faults(p, hall), true
	keeper.renameFields(url.Values{"name": {"大厅"}}, "政务服务中心")
	keeper.Branch = []web.FieldView{reasonField(p, "b-reason", "room")}
	one1 := keeper
	one1.Branch, one1.End = nil, endFields(p, "/x/7/end", "终止分中心登记", nil, "2026-03-02")
	one1.facts(&channel.CentreRecord{CentreCheck: channel.CentreCheck{Branch: &ended}, Branches: []channel.Branch{ended}}, &identity.Directory{})
	one1.history(&channel.CentreRecord{History: []channel.Branch{ended}}, &identity.Directory{})
	webtest.Check(t, v.centre, kept, keeper, one1)
	placed := placementsPage{Page: samplePage("事项进驻"), What: "未进驻", Scope: "梁溪区", Back: web.Link{Href: centresPath, Text: "回到"}, Said: "共 1 个", Hidden: []web.Hidden{{Name: "kind", Value: "none"}}, Pager: web.Pager{Next: placementsPath + "?cursor=1"}, Words: web.FieldView{ID: "q", Name: "q", Label: "名称"}}
	placed.fill(&channel.Places{}, &identity.Directory{}, "2026-03-02", []channel.PlacedList{{Item: catalog.Item{Name: "登记", Code: "X"}, Stands: channel.None}, {Item: catalog.Item{Name: "许可", Code: "Y"}, Stands: channel.Out, Placements: []channel.Placement{{Kind: channel.Out, Reason: channel.Other, Detail: "独立场所"}, {Kind: channel.Out, Reason: channel.Room}}}})
	unplaced := placementsPage{Page: samplePage("事项进驻"), What: "清单", Said: "共 0 个", Back: web.Link{Href: centresPath, Text: "回到"}, Words: web.FieldView{ID: "q", Name: "q", Label: "名称"}}
	unplaced.fill(&channel.Places{}, &identity.Directory{}, "2026-03-02", nil)
	webtest.Check(t, v.placements, placed, unplaced)
	list := placementPage{Page: samplePage("进驻"), Name: "登记", Back: web.Link{Href: placementsPath, Text: "全部清单"}, Guide: web.Link{Href: "/items/X", Text: "办事指南"}, State: standTag(p, channel.Out), Facts: web.Facts{Rows: []web.Fact{{Key: "编码", Value: "X"}}}, URL: placementsPath + "/X"}
	list.history(&channel.ItemPlacements{}, &channel.Places{}, &identity.Directory{}, "2026-03-02")
	enter := list
	enter.enterFields(url.Values{"kind": {"out"}}, &channel.Places{}, &identity.Directory{}, identity.Unit{}, "2026-03-02")
	enter.Ends = []endForm{one1.End}
	enter.history(&channel.ItemPlacements{History: []channel.Placement{{Kind: channel.Out, Reason: channel.Room, From: "2026-01-01", Until: "2026-02-01", By: "汪婷婷", EndedBy: "汪婷婷", EndWhy: "已进驻"}}}, &channel.Places{}, &identity.Directory{}, "2026-03-02")
	webtest.Check(t, v.placement, list, enter)
	webtest.Check(t, v.featured, featuredPage{Page: samplePage("特色服务清单"), Table: sampleTable()})
	one := featurePage{Page: samplePage("网上办"), Name: "网上办", Means: "不用跑", URL: "/console/items/featured/online", Back: web.Link{Href: "/console/items/featured", Text: "全部"}, Public: web.Link{Href: "/featured/online", Text: "公开页面"},
		Stats: []web.Stat{{Href: "/featured/online", Value: "2", Text: "事项"}}, Facts: web.Facts{Rows: []web.Fact{{Key: "现行规则", Value: "全程网办", Soft: "平台预置"}}}, Attributes: attributeTable(p), Rule: ruleForm{Text: `mode == "online" && visits < 1`}}
	editor := one
	editor.Note, editor.Rule = "尚未启用", ruleForm{May: true, Text: "dept == 4", No: 2, Mistakes: []mistake{{"", "dept", " == 4", "没有“dept”这个属性"}, {"depth >", "", "", "规则没有写完"}}}
	editor.ruleFields(catalog.RuleInput{Words: "全程网办"})
	editor.chooseFields(ident.DefaultProfile(), catalog.ChoiceInput{Kind: catalog.ChoiceAdd})
	editor.Choices = []choiceRow{{ID: "7", Kind: web.Tag{Text: "增列"}, State: web.Tag{Text: "有效"}, Name: "社保卡", Subject: "322099041000", Made: "葛明远", Reason: "银行", Withdraw: "/x/7/withdraw"}, {ID: "8", Kind: web.Tag{Text: "排除"}, State: web.Tag{Text: "已撤回"}, Name: "公积金", Reason: "理由", Ended: "葛明远"}}
	tried := editor
	tried.Rule.Mistakes, tried.Trial = nil, &trialView{Text: "instant", Stay: 3, Failed: 1, Join: trialSide{Matters: 1, Items: 2, Rows: []trialRow{{"登记", "/items/X", 2}}}, Leave: trialSide{Matters: 50, Items: 60, Rows: []trialRow{{"许可", "/items/Y", 9}}, More: 10}}
	nobody := tried
	nobody.Trial = &trialView{Text: "instant", Same: true, Stay: 3}
	webtest.Check(t, v.feature, one, editor, tried, nobody)
	some := []catalog.Subscriber{{ID: 7, Name: "省政务服务网（演示）", URL: "https://example.gov.cn/hook", State: catalog.SubscriberActive, Position: 12, ConfirmedAt: at(), CreatedAt: at(), CreatedBy: "葛明远"},
		{ID: 8, Name: "政府网站", URL: "https://www.example.gov.cn/", State: catalog.SubscriberActive, Position: 3, Failures: 2, RetryAt: at(), Error: "answered 500"},
		{ID: 9, Name: "旧网站", State: catalog.SubscriberStopped, Failures: 36, Error: "dial tcp: lookup old: no such host"}, {ID: 10, Name: "停", State: catalog.SubscriberPaused}}
	told := subscribersPage{Page: samplePage("变更订阅"), Newest: "到第 12 条。", Key: "k", Add: fields}
	told.Table = subscriberTable(told.Page, some, 12)
	untold := subscribersPage{Page: samplePage("变更订阅")}
	untold.Table = subscriberTable(told.Page, nil, 0)
	webtest.Check(t, v.subscribers, told, untold)
	webtest.Check(t, v.subscribed, subscribedPage{Page: samplePage("订阅方已登记"), Name: "省平台", URL: "https://example.gov.cn/", Secret: "s", Back: web.Link{Href: "/console/subscribers/7", Text: "到"}},
		subscribedPage{Page: samplePage("订阅方已登记"), Name: "省平台", URL: "https://example.gov.cn/", Back: web.Link{Href: "/console/subscribers/7", Text: "到"}})
	for i, s := range some {
		one := subscriberPage{Page: samplePage(s.Name), Name: s.Name, URL: subscriberPath(s.ID), Active: i == 0, Erase: i == 1, Replay: fields}
		one.fill(s, 12)
		webtest.Check(t, v.subscriber, one)
	}
	asked := consultPage{Page: samplePage("咨询和办不成事"), Since: "2026-01-01", Keeps: true, None: web.Empty{Title: "没有"}}
	asked.Units = unitTable(asked.Page, []consult.UnitFigures{{Unit: identity.Unit{ID: 3, Name: "城管局"}, Kind: consult.Question, Asked: 5, Done: 3, Late: 1, Open: 2, Overdue: 1}})
	asked.Failures = failureTable(asked.Page, []consult.FailureFigures{{Item: &catalog.Item{Code: "X", Name: "占道"}, Reason: "system", Records: 3, CameBack: 1}})
	asked.Centres = centreTable(asked.Page, []consult.CentreFigures{{Centre: identity.Unit{ID: 1, Name: "中心"}, Records: 3, Open: 2, Overdue: 1}})
	offered := asked
	offered.Proposals = []proposalRow{{ID: 7, Item: web.Link{Href: "/items/X", Text: "占道"}, Question: "要几寸？", Answer: "两寸", Made: "李静", URL: "/console/consult/proposals/7", Guide: web.Link{Href: "/console/items/lists/X", Text: "编制"}, Error: "请填写"},
		{ID: 8, Item: web.Link{Href: "/items/X", Text: "占道"}, Question: "要多久？", Answer: "五天", Made: "李静", Guide: web.Link{Href: "/console/items/lists/X", Text: "编制"}}}
	webtest.Check(t, v.consult, asked, offered, consultPage{Page: samplePage("咨询和办不成事"), Units: unitTable(asked.Page, nil), Failures: failureTable(asked.Page, nil)})
	records := failuresPage{Page: samplePage("办不成事记录"), Name: "占道", Code: "X", Guide: web.Link{Href: "/items/X/versions", Text: "历次版本"}, Pager: web.Pager{Next: "/x?after=1"}}
	records.Table = recordTable(records.Page, &identity.Directory{}, []consult.Record{{No: "BC1", PinnedNo: 1, Reason: "system", Stage: "pay", State: consult.Changed, ChangedNo: 2, At: at()}, {No: "BC2", PinnedNo: 2, Reason: "system", Stage: "pay", State: consult.Handling, Earlier: 1, CameBack: true, At: at(), Late: true},
		{No: "BC3", State: consult.Refused, Earlier: 2, Basis: "某法", At: at()}})
	webtest.Check(t, v.failures, records, failuresPage{Page: samplePage("办不成事记录"), Name: "占道", Code: "X", Guide: records.Guide, Table: recordTable(records.Page, &identity.Directory{}, nil)})
	webtest.Check(t, v.publicity, publicityPage{Page: samplePage("决定公开情况"), Period: "2026-02-01 至 2026-03-02", Stats: []web.Stat{{Href: "#late", Value: "1", Text: "逾期", Warn: true}},
		Marks: web.Table{Caption: "待答复", Hide: true, Heads: []web.Head{{Text: "请求"}}, Rows: []web.Row{{Cells: []web.Cell{{Text: "提请不予公开", Href: "/desk/cases/1/publicity", Soft: "审批局"}}}}}, Late: web.Table{Caption: "逾期", Hide: true, Empty: web.Empty{Title: "没有"}}, Units: web.Table{Caption: "单位", Hide: true, Empty: web.Empty{Title: "没有"}}})
	webtest.Covered(t, rt, "templates/consult.html", "templates/failures.html", "templates/publicity.html", "templates/messages.html", "templates/texts.html", "templates/text.html", "templates/centres.html", "templates/centre.html", "templates/placements.html", "templates/placement.html", "templates/books.html", "templates/subscribers.html", "templates/subscribed.html", "templates/subscriber.html", "templates/misses.html", "templates/word.html", "templates/quality.html", "templates/qualities.html", "templates/featured.html", "templates/feature.html", "templates/overview.html", "templates/list.html", "templates/audit.html", "templates/jobs.html", "templates/staff.html", "templates/member.html", "templates/created.html")
}
