package web_test

import (
	"os"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
)

// The gallery shows every part with sample words, as page authors use them.

type homePage struct {
	web.Page
	Search web.Search
	Tiles  []web.Tile
	Table  web.Table
	Banner web.Banner
	Facts  web.Facts
}

type formPage struct {
	web.Page
	Steps web.Steps
	Form  web.FormView
}

type casePage struct {
	web.Page
	State    web.Tag
	Banner   web.Banner
	Clock    web.Clock
	Late     web.Clock
	Uploads  []web.Uploads
	Facts    web.Facts
	Acts     []web.Action
	Timeline web.Timeline
}

type deskPage struct {
	web.Page
	Stats   []web.Stat
	Filters web.Filters
	Table   web.Table
	Pager   web.Pager
	Bars    web.Bars
	Spark   web.Spark
	Empty   web.Empty
	Acts    []web.Action
}

type paperPage struct {
	web.Page
	Head  web.PaperHead
	Facts web.Facts
}

type kioskPage struct {
	web.Page
	Tiles []web.Tile
}

// gallery is the views of all sample pages.
type gallery struct {
	rt    *web.Renderer
	home  *web.View[homePage]
	form  *web.View[formPage]
	kase  *web.View[casePage]
	desk  *web.View[deskPage]
	paper *web.View[paperPage]
	kiosk *web.View[kioskPage]
}

func newGallery(rt *web.Renderer) gallery {
	fs := os.DirFS("testdata")
	return gallery{rt,
		web.NewView[homePage](rt, fs, "home.html"),
		web.NewView[formPage](rt, fs, "form.html"),
		web.NewView[casePage](rt, fs, "case.html"),
		web.NewView[deskPage](rt, fs, "desk.html"),
		web.NewView[paperPage](rt, fs, "paper.html"),
		web.NewView[kioskPage](rt, fs, "kiosk.html"),
	}
}

func samplePage(title string) web.Page {
	return web.Page{Title: title, Lang: "zh-CN", Path: "/items?q=食品", Site: web.Site{City: "无锡市", CityEN: "Wuxi",
		Platform: "一网通办", PlatformEN: "All services on one site", Hotline: "12345", Demo: true}}.WithNav(web.DefaultNav())
}

func day(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02", s, time.FixedZone("CST", 8*3600))
	if err != nil {
		panic(err)
	}
	return t
}

func sampleTiles() []web.Tile {
	return []web.Tile{
		{Href: "/items?t=1", Icon: "child", Text: "生育收养", Soft: "12 项"}, {Href: "/items?t=2", Icon: "card", Text: "户籍证件", Soft: "31 项"},
		{Href: "/items?t=3", Icon: "school", Text: "教育科研", Soft: "18 项"}, {Href: "/items?t=4", Icon: "work", Text: "就业创业", Soft: "26 项"},
		{Href: "/items?t=5", Icon: "medical", Text: "医疗卫生", Soft: "22 项"}, {Href: "/items?t=6", Icon: "house", Text: "住房保障", Soft: "15 项"},
		{Href: "/items?t=7", Icon: "food", Text: "食品餐饮", Soft: "9 项"}, {Href: "/items?t=8", Icon: "road", Text: "市政道路", Soft: "6 项"},
	}
}

func sampleTable() web.Table {
	row := func(no, item, who string, tone web.Tone, state, due string) web.Row {
		return web.Row{Cells: []web.Cell{{Text: item, Href: "/cases/" + no, Soft: no, Row: true}, {Text: who}, {Tag: web.Tag{Tone: tone, Text: state}}, {Text: due}}}
	}
	return web.Table{Caption: "办件", Heads: []web.Head{{Text: "事项"}, {Text: "申请人"}, {Text: "状态"}, {Text: "时限", Num: true}}, Rows: []web.Row{
		row("20261019-0001", "食品经营许可（新办）", "无锡市江南小馆餐饮有限公司", web.Info, "审查中", "还剩 3 个工作日"),
		row("20261018-0007", "占用、挖掘城市道路", "无锡市通达市政工程有限公司", web.Note, "待补正", "今天到期"),
		row("20261012-0003", "残疾人证换领", "王建国", web.Bad, "已超期", "超期 2 个工作日"),
		row("20261011-0002", "户口迁移", "李秀英", web.OK, "已办结", "—"),
	}}
}

func sampleFacts() web.Facts {
	return web.Facts{Rows: []web.Fact{
		{Key: "申请人", Value: "无锡市通达市政工程有限公司", Change: web.Link{Href: "/draft/1", Text: "修改"}},
		{Key: "公民身份号码", Value: "320***********18", Soft: "仅在办理需要时显示"},
		{Key: "占用地点", Lines: []string{"梁溪区人民中路 128 号门前", "东侧人行道"}, Change: web.Link{Href: "/draft/2", Text: "修改"}},
		{Key: "占道费", Value: "1,234.50 元", Tag: web.Tag{Tone: web.Note, Text: "待缴费"}},
	}}
}

func sampleHome() homePage {
	p := samplePage("")
	p.Nav, p.Unread = "home", 3
	return homePage{Page: p,
		Search: web.Search{Action: "/items", Heading: "您想办什么事？", Hint: "输入事项名称，例如“开餐馆”", Hot: []web.Link{{Href: "/items/1", Text: "食品经营许可"}, {Href: "/items/2", Text: "结婚登记"}, {Href: "/items/3", Text: "残疾人证"}, {Href: "/items/4", Text: "户口迁移"}}},
		Tiles:  sampleTiles(), Table: sampleTable(), Facts: sampleFacts(),
		Banner: web.Banner{Tone: web.Note, Title: "国庆假期安排", Text: "10月1日至7日窗口不办公，网上照常受理。", Link: web.Link{Href: "/news/1", Text: "查看详情"}}}
}

func sampleForm(t testing.TB, g gallery, wrong bool) formPage {
	t.Helper()
	text, err := os.ReadFile("testdata/form.json")
	if err != nil {
		t.Fatal(err)
	}
	f, err := form.Compile(text, nil, nil)
	if err != nil {
		t.Fatalf("%+v", err)
	}
	p := samplePage("食品经营许可（新办）")
	p.Actor = actor.Actor{Kind: actor.Person, ID: 1, Name: "王建国"}
	p.Crumbs = []web.Link{{Href: "/", Text: "首页"}, {Href: "/items", Text: "办事"}, {Text: "食品经营许可（新办）"}}
	s := formPage{Page: p, Steps: web.Steps{Now: 1, Items: []web.Step{{Title: "经营者信息", Href: "/draft/1/who"}, {Title: "经营场所"}, {Title: "申请材料"}, {Title: "核对提交"}}}}
	in := web.FormInput{Form: f, Step: "place", Action: "/draft/1/place", Autosave: "/draft/1/place/save", Saved: "已保存 16:54", Back: web.Link{Href: "/draft/1/who", Text: "上一步"},
		Values: form.Values{"address": "梁溪区人民中路 128 号", "own": false, "sells": []any{"pre"}, "staff": []any{map[string]any{"name": "王建国", "role": "店长"}, map[string]any{"name": "李秀英"}}},
		From:   map[string]string{"address": "来自您的营业执照，请核对。"}}
	if wrong {
		in.Raw = form.Raw{"area": "八十", "lease.y": "2026", "lease.m": "13", "lease.d": "1"}
		in.Problems = []errs.Field{
			{Path: "area", Code: "number", ZH: "请用数字填写经营面积，例如 80", EN: "Write the area as a number, such as 80"},
			{Path: "lease", Code: "date", ZH: "租赁到期日不是一个存在的日期", EN: "The end of the lease is no date"},
			{Path: "staff/1/role", Code: "required", ZH: "请填写第 2 行的职务", EN: "Give the role in row 2"},
			{Path: "agree", Code: "required", ZH: "请勾选承诺", EN: "Tick the declaration"},
		}
	}
	s.Form = g.rt.Form(&s.Page, in)
	return s
}

func sampleClock(p web.Page) web.Clock {
	c := web.Clock{Words: p.Left(3, true, day("2026-10-22")), Tone: web.LeftTone(3), Calc: []web.CalcRow{
		{What: "10月9日 受理", Result: "次日起算"}, {What: "承诺时限", Result: "8 个工作日"}, {What: "听证 10月14日至15日", Result: "不计入"}, {What: "最后一日", Result: "10月22日"}}}
	for d := day("2026-10-09"); !d.After(day("2026-10-22")); d = d.AddDate(0, 0, 1) {
		k := web.UsedDay
		switch s := d.Format("01-02"); {
		case d.Weekday() == time.Saturday && s != "10-10", d.Weekday() == time.Sunday:
			k = web.OffDay
		case s == "10-14", s == "10-15":
			k = web.HoldDay
		case s > "10-19":
			k = web.LeftDay
		}
		c.Days = append(c.Days, web.Day{Date: d, Kind: k, Today: d.Equal(day("2026-10-19")), Due: d.Equal(day("2026-10-22"))})
	}
	return c
}

func sampleCase() casePage {
	p := samplePage("占用、挖掘城市道路")
	p.Nav, p.Actor = "my", actor.Actor{Kind: actor.Person, ID: 1, Name: "王建国"}
	p.Flash = web.Banner{Tone: web.OK, Text: "材料已提交。"}
	p.Crumbs = []web.Link{{Href: "/my", Text: "我的"}, {Text: "占用、挖掘城市道路"}}
	late := web.Clock{Words: p.Left(-2, true, day("2026-10-15")), Tone: web.Bad, Note: "暂按周末推算，以公布的放假安排为准。"}
	for i := range 9 {
		k := web.UsedDay
		if i > 6 {
			k = web.OverDay
		}
		late.Days = append(late.Days, web.Day{Date: day("2026-10-09").AddDate(0, 0, i), Kind: k, Today: i == 8, Due: i == 6})
	}
	return casePage{Page: p, State: web.Tag{Tone: web.Note, Text: "待补正"}, Clock: sampleClock(p), Late: late,
		Banner: web.Banner{Tone: web.Note, Title: "请在10月22日前补正 1 份材料", Text: "施工组织设计缺少交通疏导方案。", Link: web.Link{Href: "#m1", Text: "去补正"}},
		Uploads: []web.Uploads{
			{ID: "m1", Title: "施工组织设计", Tag: web.Tag{Tone: web.Bad, Text: "需补正"}, Help: "包括交通疏导方案和恢复路面的措施。", Samples: []web.Link{{Href: "/samples/1", Text: "空白表格"}, {Href: "/samples/2", Text: "示例样表"}}, URL: "/files", Accept: ".pdf", Limit: "PDF，每个不超过 20 MB。", Error: "文件不是 PDF，请转换后再上传",
				Hidden: []web.Hidden{{Name: "material", Value: "m1"}},
				Files:  []web.File{{Name: "施工组织设计.pdf", Href: "/files/1", Size: 1_530_000, Tag: web.Tag{Tone: web.Note, Text: "需更换"}, Delete: web.Action{URL: "/files/1/delete", Text: "删除", Confirm: "删除这个文件？"}}}},
			{ID: "m2", Title: "营业执照", Tag: web.Tag{Tone: web.OK, Text: "免提交"}, Licences: []web.LicencePick{{Text: "营业执照", Soft: "9132020********", Use: web.Action{URL: "/use", Text: "使用这份证照", Alt: true, Hidden: []web.Hidden{{Name: "licence", Value: "1"}}}}}},
		},
		Facts: sampleFacts(),
		Acts:  []web.Action{{URL: "/cases/1/resubmit", Text: "提交补正"}, {URL: "/cases/1/withdraw", Text: "撤回申请", Warn: true, Confirm: "撤回后需要重新申请，确定撤回吗？"}},
		Timeline: web.Timeline{Events: []web.Event{
			{At: day("2026-10-19").Add(16 * time.Hour), Tone: web.Note, Title: "一次告知补正", Who: "市城市管理局 · 综合窗口", Text: "施工组织设计缺少交通疏导方案。", Link: web.Link{Href: "/doc/1", Text: "补正告知书"}, Soft: "依据《行政许可法》第三十二条"},
			{At: day("2026-10-09").Add(10 * time.Hour), Tone: web.OK, Title: "收件", Who: "市政务服务中心 3 号窗口"},
			{At: day("2026-10-09").Add(9 * time.Hour), Title: "提交申请", Who: "王建国（代理无锡市通达市政工程有限公司）"},
		}}}
}

func sampleDesk() deskPage {
	p := samplePage("待办")
	p.Shell, p.Keys, p.Nav = web.Desk, true, "todo"
	p.Actor = actor.Actor{Kind: actor.Staff, ID: 2, Name: "陈静"}
	p.Menu = []web.NavLink{{Key: "todo", Href: "/desk", ZH: "待办", EN: "To do", Count: 12, Shortcut: "1"}, {Key: "intake", Href: "/desk/intake", ZH: "窗口收件", EN: "Intake", Shortcut: "2"}, {Key: "out", Href: "/desk/out", ZH: "待送达", EN: "To deliver", Count: 3}}
	return deskPage{Page: p,
		Stats:   []web.Stat{{Href: "/a", Value: "128", Text: "今日收件"}, {Href: "/b", Value: "12", Text: "待办"}, {Href: "/c", Value: "3", Text: "今天到期"}, {Href: "/d", Value: "1", Text: "已超期", Warn: true}},
		Filters: web.Filters{Groups: []web.FilterGroup{{Title: "状态", Items: []web.Link{{Href: "?s=", Text: "全部", Current: true}, {Href: "?s=1", Text: "待受理", Count: 5}, {Href: "?s=2", Text: "审查中", Count: 7}}}, {Title: "时限", Items: []web.Link{{Href: "?d=1", Text: "今天到期", Count: 3}, {Href: "?d=2", Text: "已超期", Count: 1}}}}, Clear: web.Link{Href: "?", Text: "清除筛选"}},
		Table:   sampleTable(), Pager: web.Pager{Prev: "?before=1", Next: "?after=2", Text: "每页 20 件，按时限排列"},
		Bars:  web.Bars{ID: "late", Title: "各区超期办件", Desc: "宜兴市最多，4 件。", Unit: "件", Label: "区划", Items: []web.Bar{{Text: "宜兴市", Value: 4, Href: "?q=1", Bad: true}, {Text: "梁溪区", Value: 2, Href: "?q=2"}, {Text: "无锡经济开发区管理委员会", Value: 1, Href: "?q=3"}, {Text: "新吴区", Value: 0}}},
		Spark: web.Spark{Title: "近 12 个月收件量，最近 320 件", Values: []float64{210, 240, 180, 260, 300, 310, 280, 290, 250, 330, 340, 320}},
		Empty: web.Empty{Title: "没有待送达的结果", Text: "办结后需要送达的结果会出现在这里。", Link: web.Link{Href: "/desk", Text: "回到待办"}},
		Acts:  []web.Action{{URL: "/desk/next", Text: "办理下一件", Key: "n"}, {URL: "/desk/done", Text: "全部签收", Alt: true, Key: "a"}}}
}

func samplePaper(t testing.TB) paperPage {
	t.Helper()
	qr, err := web.NewQR("https://example.test/p/20261019-0001", "查看办理进度")
	if err != nil {
		t.Fatal(err)
	}
	p := samplePage("收件凭证")
	p.Shell = web.Paper
	return paperPage{Page: p, Head: web.PaperHead{Org: "无锡市政务服务中心", Title: "收件凭证", Number: "锡政收〔2026〕第 000128 号", QR: qr, QRText: "扫码查看办理进度"}, Facts: sampleFacts()}
}

func sampleKiosk() kioskPage {
	p := samplePage("自助终端")
	p.Shell, p.Kiosk, p.End = web.Kiosk, true, &web.Countdown{Seconds: 60, Goto: "/kiosk/end"}
	return kioskPage{Page: p, Tiles: sampleTiles()[:4]}
}
