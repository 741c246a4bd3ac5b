package desk

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/webtest"
)

// at is a moment of the samples.
func at() time.Time { return time.Date(2026, 3, 2, 8, 55, 0, 0, time.UTC) }

func samplePage(title string) web.Page {
	a := actor.Actor{Kind: actor.Staff, ID: 1, Name: "史晓东", Grants: []actor.Grant{{Role: actor.WindowClerk, Path: "/1/"}, {Role: actor.Supervisor, Path: "/1/"}}}
	return web.Page{Title: title, Lang: "zh-CN", Path: "/desk", Shell: web.Desk, Keys: true, Nav: "todo", Actor: a, Menu: Menu(a)}
}

func sampleFacts() web.Facts {
	return web.Facts{Rows: []web.Fact{{Key: "申请人", Value: "无锡样本有限公司"}, {Key: "电话", Value: "130****0021", Soft: "已隐去"}}}
}

func sampleFields() []web.FieldView {
	return []web.FieldView{
		{ID: "agree", Name: "agree", Widget: "radio", Label: "结论", Options: []web.OptionView{{ID: "agree-1", Value: "yes", Label: "同意"}, {ID: "agree-2", Value: "no", Label: "不同意", Soft: "须写明理由"}}},
		{ID: "opinion", Name: "opinion", Widget: "textarea", Label: "审查意见", Help: "写明依据。", Error: "请填写审查意见", Value: "同意。"}}
}

func sampleTable() web.Table {
	return web.Table{Caption: "办件", Hide: true, Heads: []web.Head{{Text: "事项"}, {Text: "时限"}}, Rows: []web.Row{{Cells: []web.Cell{
		{Text: "占用、挖掘城市道路审批", Href: "/desk/cases/1", Soft: "20260302-0001", Row: true}, {Tag: web.Tag{Tone: web.Bad, Text: "今天到期"}, Soft: "3月2日"}}}},
		Empty: web.Empty{Title: "没有待办", Text: "新的办件会出现在这里。"}}
}

func sampleCase() casePage {
	p := casePage{Page: samplePage("占用、挖掘城市道路审批"), No: "11320213XX0000406U4320199002000202603020001", Short: "20260302-0001", Item: "占用、挖掘城市道路审批",
		State: web.Tag{Tone: web.Info, Text: "审查中"}, Path: []caseview.Station{{Text: "提交", At: at(), Mark: "done"}, {Text: "受理", Mark: "now"}},
		Back: web.Link{Href: "/desk", Text: "回到列表"}, Banner: web.Banner{Tone: web.OK, Title: "已收件", Text: "请打印收件凭证。"}, Alarm: web.Banner{Tone: web.Bad, Title: "已报警", Text: "受理期限已经届满。"}, Receipt: web.Link{Href: "/desk/documents/1", Text: "打印收件凭证"},
		Clocks: []web.Clock{{Title: "承诺办结时限", Words: "还剩 3 个工作日", Tone: web.OK}}, Past: []web.Clock{{Title: "受理期限", Words: "已按时完成", Tone: web.OK}},
		Who: sampleFacts(), Asked: []web.Fact{{Key: "平面图", Value: "请标明长度。", Soft: "没有标"}}, Answers: []section{{"申请人", sampleFacts()}},
		Materials: []material{{Name: "平面图", Standard: "加盖印章", Files: []web.File{{Name: "图.pdf", Href: "/desk/cases/1/files/2", Size: 2100}}, Asked: []string{"请标明长度。"}, Tag: web.Tag{Tone: web.Note, Text: "待补正"}},
			{Name: "营业执照", Licence: "营业执照 9132"}, {Name: "方案", Paper: true}, {Name: "身份证", Tag: web.Tag{Tone: web.Bad, Text: "未提交"}}},
		Next:   []web.Link{{Href: "/desk/intake?who=x", Text: "同一申请人再办一件"}, {Href: "/desk/intake?item=1", Text: "下一位"}},
		Papers: papersCard{Rows: []web.Fact{{Key: "户口簿", Value: "1 份，在中心", Soft: "史晓东", Tag: web.Tag{Tone: web.Note, Text: "待签收"}}}, URL: "/desk/cases/1/papers", Result: true, Name: "许可证"},
		Tasks:  sampleTable(), TasksFirst: true, Go: "agree-1", Documents: sampleTable(), Timeline: web.Timeline{Events: []web.Event{{At: at(), Title: "受理", Who: "史晓东", Text: "说明", Link: web.Link{Href: "/desk/documents/1", Text: "受理通知书"}}}}}
	p.Acts = []actForm{{ID: "act-review", Title: "审查意见", URL: "/desk/cases/1/acts/review", Version: 3, Task: 7, From: "/desk", Open: true, Fields: sampleFields(), Button: "提交",
		Banner: web.Banner{Tone: web.Bad, Title: "城管局不同意", Text: "需要调整。"}, Words: "说明。", Confirm: "确认？"},
		{ID: "act-request-correction", Title: "一次性告知补正", Alt: true, Words: "一次告知。", Link: web.Link{Href: "/desk/cases/1/acts/request-correction", Text: "选择"}},
		{ID: "act-decline", Title: "不予受理", URL: "/desk/cases/1/acts/decline", Version: 3, Alt: true, Warn: true, Button: "不予受理"}}
	p.Mends = []mended{{At: at(), Lines: []web.Fact{{Key: "名称", Value: "新", Soft: "更正前：旧"}}}}
	p.Reveal = revealForm{URL: "/desk/cases/1/unmask", Open: true, Shown: sampleFacts(), Fields: []web.FieldView{{ID: "reveal-purpose", Name: "purpose", Label: "用途", Error: "请写明用途"}}}
	return p
}

// TestPages renders every page of the desk in its states, in all modes.
func TestPages(t *testing.T) {
	rt := webtest.New(t)
	v := newViews(rt)
	login := loginPage{Page: web.Page{Title: "工作人员登录", Shell: web.Desk}, Next: "/desk", Demo: true, Fields: []web.FieldView{{ID: "login", Name: "login", Label: "账号"}, {ID: "password", Name: "password", Label: "密码", Secret: true}}}
	webtest.Check(t, v.login, login)
	webtest.Check(t, v.me, mePage{Page: samplePage("我的账号"), Must: true, Facts: sampleFacts(), Fields: sampleFields()})
	webtest.Check(t, v.queue, queuePage{Page: samplePage("待办"), Done: doneCase{Words: "受理", Item: "占道", No: "20260302-0001", Href: "/desk/cases/1", Document: web.Link{Href: "/desk/documents/1", Text: "打印受理通知书"}},
		Tabs: []web.Link{{Href: "/desk?role=a", Text: "窗口", Count: 1000, Current: true}, {Href: "/desk?role=b", Text: "审查", Count: 3}}, Chips: []web.Tag{{Tone: web.Bad, Text: "超期 1 件"}}, Table: sampleTable(), Pager: web.Pager{Next: "/desk?cursor=1", Text: "每页30件"}},
		queuePage{Page: samplePage("待办"), Table: web.Table{Empty: web.Empty{Title: "没有待办"}}})
	parcel := sampleCase()
	parcel.Parcel = caseview.Parcel{Title: "结果领取、寄递", State: web.Tag{Tone: web.Info, Text: "运送中"}, Facts: sampleFacts(), Track: sampleCase().Timeline}
	webtest.Check(t, v.kase, parcel, sampleCase(), casePage{Page: samplePage("空"), Item: "空", Back: web.Link{Href: "/desk", Text: "回到列表"}, None: "办件已经办结。", Rate: rateCard{web.QR{Size: 21, Path: "M0 0h7v1z", Title: "扫码评价这次服务"}, at()}, Tasks: web.Table{Empty: web.Empty{Title: "没有"}}, Documents: web.Table{Empty: web.Empty{Title: "没有"}}})
	form := sampleCase().Acts[0]
	changed := changedPage{Page: samplePage("办件已有变化"), Item: "占道", Short: "1", State: web.Tag{Text: "已办结"}, Last: sampleCase().Timeline, Case: web.Link{Href: "/desk/cases/1", Text: "查看最新情况"}, Back: web.Link{Href: "/desk", Text: "回到列表"}}
	still, typed := changed, changed
	still.Form, still.Still = form, true
	typed.Typed = sampleFacts().Rows
	webtest.Check(t, v.changed, still, typed)
	group := askGroup{ID: "m-m01", Title: "平面图", Tag: web.Tag{Tone: web.Bad, Text: "未提交"}, Open: true, Has: "纸质材料", Files: []web.File{{Name: "图.pdf", Href: "/desk/cases/1/files/2", Size: 2100}},
		Lines: []askLine{{ID: "ask-1", Key: "m|m01|a", Text: "请标明长度。", Now: "未填写", Checked: true, Note: "没有标", Error: "说明请不要超过300个字"}, {ID: "ask-2", Key: "m|m01|b", Text: "请盖章。"}}}
	fields := askGroup{ID: "f-1", Title: "申请人", Lines: []askLine{{ID: "ask-3", Key: "f|name", Text: "更正“名称”"}}}
	correct := correctPage{Page: samplePage("一次性告知补正"), Item: "占道", Short: "1", State: web.Tag{Text: "已收件"}, URL: "/desk/cases/1/acts/request-correction", Version: 1, Materials: []askGroup{group}, Fields: []askGroup{fields}, Back: web.Link{Href: "/desk/cases/1", Text: "返回办件"}}
	more := correct
	more.Again, more.More, more.MoreOpen, more.Fact = true, []askGroup{group}, true, factFields(correct.Page, url.Values{})
	more.More[0].ID, more.More[0].Lines = "more-1", nil
	webtest.Check(t, v.correct, more)
	again := correct
	again.Again, again.Fields = true, nil
	webtest.Check(t, v.correct, correct, again)
	webtest.Check(t, v.notice, noticePage{Page: samplePage("核对补正告知"), Item: "占道", Short: "1", Who: "样本公司", Count: 1, Lines: sampleFacts().Rows, URL: "/desk/cases/1/acts/request-correction", Hidden: []web.Hidden{{Name: "ask", Value: "m|m01|a"}}, Until: "申请人有15个工作日补正。", Fact: factWords(correct.Page, casework.NewFact{Source: casework.FromOutside, What: "证照已注销", On: "2026-03-01", From: "发证机关"})})
	find := findPage{Page: samplePage("查找办件"), Field: web.FieldView{ID: "no", Name: "no", Label: "办件编号", Help: "全部编号。"}}
	found, none := find, find
	found.Asked, found.Table = true, sampleTable()
	none.Asked, none.Table = true, web.Table{Empty: web.Empty{Title: "没有找到"}}
	webtest.Check(t, v.find, find, found, none)
	steps := intakeSteps(samplePage(""), 1)
	webtest.Check(t, v.intake, intakePage{Page: samplePage("窗口收件"), Steps: steps, Find: sampleFields()[1:], Drafts: sampleTable()},
		intakePage{Page: samplePage("窗口收件"), Steps: steps, Register: sampleFields()},
		intakePage{Page: samplePage("窗口收件"), Steps: steps, Party: "王建国", Number: "320***19", Token: "person.1.ab", Query: "挖路", Items: []intakeItem{{Name: "占道", Code: "1", Soft: "一句话", Tag: web.Tag{Tone: web.OK, Text: "即办"}}}},
		intakePage{Page: samplePage("窗口收件"), Steps: steps, Party: "王建国", Token: "x", Empty: web.Empty{Title: "没有找到", Text: "换一个词。"}})
	webtest.Check(t, v.today, todayPage{Page: samplePage("今日预约"), Centre: "政务服务中心", Day: "3月2日", Centres: []web.Link{{Href: "/desk/appointments?centre=1", Text: "市中心", Current: true}}, Table: sampleTable(), Prev: web.Link{Href: "/desk/appointments?day=1", Text: "前一天"}, Next: web.Link{Href: "/desk/appointments?day=2", Text: "后一天"}})
	webtest.Check(t, v.scenario, scenarioPage{Page: samplePage("窗口收件：情形和材料"), Steps: steps, Party: "王建国", Number: "320***19", Token: "person.1.ab", Code: "1", Item: "占道", FormID: "f-1", Fields: sampleFields()[:1], Answered: true,
		List: []checkLine{{Name: "平面图", Standard: "盖章", Tag: web.Tag{Tone: web.Info, Text: "必须提交"}, How: []string{"扫描"}}}, Hidden: []web.Hidden{{Name: "kind", Value: "a"}}, Another: web.Link{Href: "/desk/intake?who=x", Text: "换一个事项"}, Help: web.Link{Href: "/desk/assist?who=x", Text: "请求帮办"}, Guide: web.Link{Href: "/items/1", Text: "查看办事指南"}},
		scenarioPage{Page: samplePage("窗口收件"), Steps: steps, Party: "王建国", Token: "x", Another: web.Link{Href: "/desk/intake?who=x", Text: "换"}, Help: web.Link{Href: "/desk/assist?who=x", Text: "请求帮办"}, Guide: web.Link{Href: "/items/1", Text: "查看办事指南"}})
	to := web.FieldView{ID: "to", Name: "to", Widget: "select", Label: "交给哪个单位", Error: "请选择接收单位", Options: []web.OptionView{{ID: "to-1", Value: "1", Label: "审批局", Checked: true}}}
	webtest.Check(t, v.assists, assistsPage{Page: samplePage("帮办代办"), Unit: "中心", Asked: sampleTable(), Mine: web.Table{Caption: "我正在帮办", Empty: web.Empty{Title: "没有"}}}, assistsPage{Page: samplePage("帮办代办"), Unit: "中心", Asked: sampleTable(), Mine: web.Table{Caption: "我正在帮办", Empty: web.Empty{Title: "没有"}}, Party: "王建国", Token: "x", Code: "1", Item: "占道", Fields: sampleFields()})
	help := assistPage{Page: samplePage("帮办代办"), State: web.Tag{Text: "帮办中"}, Facts: sampleFacts(), Timeline: sampleCase().Timeline, Action: "/desk/assist/1", Code: web.FieldView{ID: "code", Name: "code", Label: "确认码", Error: "确认码不正确"}}
	begin, fill := help, help
	help.Take = true
	begin.Mine, begin.Begin, begin.Waits, begin.Ends = true, true, true, true
	fill.Mine, fill.Draft, fill.Waits, fill.Ready, fill.Case, fill.Ends = true, true, true, "/desk/apply/1", web.Link{Href: "/desk/cases/1", Text: "查看办件"}, true
	webtest.Check(t, v.assist, help, begin, fill)
	nothing := web.Table{Caption: "待办理", Empty: web.Empty{Title: "没有"}}
	webtest.Check(t, v.consults, consultsPage{Page: samplePage("咨询和反映"), Unit: "中心", With: sampleTable(), Received: sampleTable(), Done: sampleTable(), Pager: web.Pager{Next: "/desk/consult?cursor=1"}, New: true, Chips: []web.Tag{{Tone: web.Bad, Text: "1 件超期"}},
		Tabs: []web.Link{{Href: "/desk/consult?unit=1", Text: "中心", Count: 1, Current: true}}}, consultsPage{Page: samplePage("咨询和反映"), Unit: "审批局", With: nothing, Done: nothing})
	webtest.Check(t, v.ask, askPage{Page: samplePage("登记咨询"), About: "占道", Item: "1", Party: "王建国", Token: "x", Fields: sampleFields(), Other: web.Link{Href: "/desk/consult/new?kind=failure", Text: "登记办不成的事"}, Another: "/desk/consult/new", Key: "k"},
		askPage{Page: samplePage("登记办不成的事"), Failure: true, Pick: true, Query: "挖路", Asked: true, Found: sampleTable(), Other: web.Link{Href: "/desk/consult/new", Text: "登记咨询"}},
		askPage{Page: samplePage("登记办不成的事"), Failure: true, About: "占道", Case: "1", Party: "王建国", Fields: sampleFields(), Other: web.Link{Href: "/desk/consult/new", Text: "登记咨询"}, Another: "/desk/consult/new"})
	for _, kind := range []consult.Kind{consult.Question, consult.Failure} {
		for _, state := range consult.States {
			x := consult.View{Inquiry: consult.Inquiry{No: "X1", Kind: kind, State: state, ItemID: 1, ItemCode: "1", ItemName: "占道", CaseNo: "1", Reason: "other", Stage: "apply", Earlier: 1, Basis: "某法", Version: 1}, Asker: "王建国", Phone: "138****0001",
				Unit: identity.Unit{ID: 1, Name: "审批局"}, Received: identity.Unit{ID: 2, Name: "中心"}, Units: []identity.Unit{{ID: 3, Name: "城管局"}}, Proposal: &consult.Proposal{Question: "要几寸？", State: consult.Proposed},
				Entries: []consult.Entry{{Act: consult.ProposeRefusal, By: actor.Actor{Kind: actor.Staff, Name: "李静"}, Inside: true, Words: consult.Words{Text: "理由", Basis: "某法", Where: "残联", Due: "2026-03-09"}}}}
			for _, m := range consult.Moves {
				if m.Kind == kind && slices.Contains(m.From, state) {
					x.Offered = append(x.Offered, m)
				}
			}
			p := consultPage{Page: samplePage("咨询"), No: "X1", Back: consultsPath}
			p.Part = caseview.Inquiry(&p.Page, &x, true, "/desk/consult/X1", casePath, url.Values{"act": {"answer"}}, []errs.Field{{Path: "text", ZH: "请填写答复", EN: "Fill in"}})
			webtest.Check(t, v.consult, p)
		}
	}
	webtest.Check(t, v.papers, papersPage{Page: samplePage("纸质件交接"), Unit: "政务服务中心", UnitID: 1, Units: []web.Link{{Href: "/desk/papers?unit=1", Text: "中心", Current: true}}, To: to,
		Held: []heldPaper{{ID: "7", Name: "户口簿", Copies: "1", Case: "20260302-0001", Href: "/desk/cases/1", Item: "占道", Since: "3月2日", Checked: true}}, In: sampleTable(), Out: web.Table{Caption: "交出的", Empty: web.Empty{Title: "没有交接单"}}},
		papersPage{Page: samplePage("纸质件交接"), Unit: "中心", UnitID: 1, In: web.Table{Caption: "收到的", Empty: web.Empty{Title: "没有"}}, Out: web.Table{Caption: "交出的", Empty: web.Empty{Title: "没有"}}, Empty: web.Empty{Title: "没有留存的纸质件", Text: "会出现在这里。"}})
	slip := slipPage{Page: samplePage("交接单"), No: "交接〔2026〕第000001号", From: "中心", To: "审批局", Given: "3月2日", GivenBy: "史晓东", Action: "/desk/papers/1", Rows: []slipRow{{ID: "7", Name: "户口簿", Copies: "1", Item: "占道", Case: "20260302-0001"}}, Papers: web.Link{Href: "/desk/papers?unit=1", Text: "返回"}}
	received, waiting := slip, slip
	received.Action, received.Received, received.TakenBy, received.Rows = "", "3月3日", "邱欣悦", []slipRow{{ID: "7", Name: "户口簿", Copies: "1", Arrived: web.Tag{Tone: web.OK, Text: "已收到"}}}
	waiting.Action, waiting.Waiting = "", true
	webtest.Check(t, v.slip, slip, received, waiting)
	webtest.Check(t, v.results, resultsPage{Page: samplePage("统一出件"), Code: web.FieldView{ID: "code", Name: "code", Label: "取件码", Error: "取件码不正确"}, Centre: "政务服务中心", Centres: []web.Link{{Href: "/desk/results?centre=1", Text: "中心", Current: true}}, Table: sampleTable(), Pager: web.Pager{Next: "/desk/results?cursor=1"}},
		resultsPage{Page: samplePage("统一出件"), Code: web.FieldView{ID: "code", Name: "code", Label: "取件码"}, Table: web.Table{Caption: "待出件", Empty: web.Empty{Title: "没有"}}})
	webtest.Check(t, v.ending, endingPage{Page: samplePage("待注销证照"), Unit: "审批局", Units: []web.Link{{Href: "/desk/ending?unit=1", Text: "审批局", Current: true}}, Table: sampleTable(), Pager: web.Pager{Next: "/desk/ending?cursor=1"}},
		endingPage{Page: samplePage("待注销证照"), Table: web.Table{Caption: "待注销", Empty: web.Empty{Title: "没有"}}})
	webtest.Check(t, v.keys, keysPage{Page: samplePage("键盘操作提示"), Groups: []keyGroup{{"随处可用", []keyRow{{"j · k", "上下移动"}}}}})
	webtest.Check(t, v.fees, feesPage{Page: samplePage("收费"), Waiting: sampleTable(), Due: sampleTable(), Pager: web.Pager{Next: "/desk/fees?after=1"}, Till: tillForm{URL: "/desk/fees/till", Day: "2026-03-02", Facts: sampleFacts(), Fields: sampleFields()[1:]}},
		feesPage{Page: samplePage("收费"), Waiting: web.Table{Empty: web.Empty{Title: "没有"}}, Due: web.Table{Empty: web.Empty{Title: "没有"}}, Till: tillForm{URL: "/desk/fees/till", Day: "2026-03-02", Facts: sampleFacts(), Closed: true}},
		feesPage{Page: samplePage("收费"), Waiting: sampleTable(), Due: sampleTable()})
	webtest.Covered(t, rt, "templates/fees.html", "templates/scenario.html", "templates/papers.html", "templates/slip.html", "templates/results.html", "templates/ending.html", "templates/keys.html", "templates/assists.html", "templates/assist.html", "templates/consults.html", "templates/consult.html", "templates/ask.html", "templates/login.html", "templates/me.html", "templates/queue.html", "templates/case.html", "templates/changed.html", "templates/correct.html",
		"templates/notice.html", "templates/find.html", "templates/intake.html", "templates/today.html")
}

func TestBackTo(t *testing.T) {
	for in, want := range map[string]string{"/desk?unit=1": "/desk?unit=1", "/desk": "/desk", "/desk/results": "/desk/results", "/desk/resultsx": "", "https://evil.example/desk": "", "//evil": "", "/login": "", "/deskx": "", "/console/list?figure=late": "/console/list?figure=late"} {
		if got := backTo(in); got != want {
			t.Errorf("backTo(%q) = %q", in, got)
		}
	}
}
