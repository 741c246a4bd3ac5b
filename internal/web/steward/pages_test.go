package steward

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/desk"
	"github.com/tongban/tongban/internal/web/portal"
	"github.com/tongban/tongban/internal/web/webtest"
)

func samplePage(title string) web.Page {
	a := actor.Actor{Kind: actor.Staff, ID: 1, Name: "汪婷婷", Grants: []actor.Grant{{Role: actor.ItemSteward, Path: "/1/"}}}
	return web.Page{Title: title, Lang: "zh-CN", Path: "/console/items", Shell: web.Console, Nav: "items", Actor: a, Menu: desk.Menu(a)}
}

const sampleKey = "0123456789abcdef01234567"

func sampleGuide() catalog.Guide {
	return catalog.Guide{Basics: catalog.Basics{Name: "老年人优待证", Type: "20", CaseType: "promised", Audience: []string{"1"}},
		Materials: []catalog.Material{{Code: "m01", Name: "身份证", When: &catalog.Cond{Field: "way", In: []string{"self"}}, Lines: []catalog.Line{{Code: "a", Text: "请上传"}}}, {Code: "m02", Name: "照片", BlankForm: "/files/" + sampleKey, SampleFile: "https://example.cn/a.pdf"}},
		Limits:    catalog.Limits{Statutory: catalog.Limit{Days: 20, Unit: "workday"}, Receipt: &catalog.Limit{Days: 5, Unit: "workday"}, Special: []catalog.Special{{Kind: "expert", Days: 3}}},
		Results:   []catalog.Result{{Name: "优待证", Fields: map[string]string{"name": "name", "until": "=2030"}, Delivery: []string{"post"}}},
		Rights:    []string{"知情"}, Form: json.RawMessage(`{}`)}
}

// TestPages renders every page in its states, in all modes.
func TestPages(t *testing.T) {
	rt := webtest.New(t)
	v := New(Config{Renderer: rt}).views
	p := samplePage("事项管理")
	table := web.Table{Caption: "编制稿", Heads: []web.Head{{Text: "事项"}}, Rows: []web.Row{{Cells: []web.Cell{{Text: "优待证", Href: "/console/items/drafts/1", Row: true}}}}}
	unit := web.FieldView{ID: "unit", Name: "unit", Widget: "select", Label: "单位", Options: []web.OptionView{{Value: "1", Label: "市政府", Checked: true}}}
	full := homePage{Page: p, Compile: true, Stats: []web.Stat{{Href: "#drafts", Value: "1", Text: "编制稿"}}, Drafts: table, Units: unit, States: web.FieldView{ID: "state", Name: "state", Widget: "select", Label: "状态"}, Query: "证",
		Proposals: []proposalRow{{Name: "优待证", Unit: "梁溪区", URL: "/console/items/proposals/1", Guide: "/items/1", Since: "2026-03-02"}},
		Lists:     []listRow{{Name: "优待证", Href: "/items/1", Unit: "梁溪区", Code: "1", ID: "1", May: true, Tags: []web.Tag{{Text: "新版本"}}}}, Pager: web.Pager{Next: "/console/items?after=1"}}
	webtest.Check(t, v.home, full, homePage{Page: p, Drafts: web.Table{Empty: web.Empty{Title: "没有"}}, Units: unit, States: web.FieldView{ID: "state", Name: "state", Widget: "select", Label: "状态"}, Empty: web.Empty{Title: "没有"}})
	row := []claimRow{{"322099001000", "优待证", "说明", true}}
	webtest.Check(t, v.claim, claimPage{Page: p, Units: unit, Unit: "梁溪区", UnitID: "1", Query: "证", Own: row, Others: row}, claimPage{Page: p, Units: unit, Unit: "梁溪区", Empty: web.Empty{Title: "没有"}})
	webtest.Check(t, v.basics, basicsPage{Page: p, Levels: unit, Unit: "1", Query: "证", Rows: []basicRow{{"322099001000", "优待证", "说明", "县级", "3个单位办理", true}}, Pager: web.Pager{Next: "/console/items/basics?after=1"}},
		basicsPage{Page: p, Levels: unit, Empty: web.Empty{Title: "没有"}})
	l := listPage{Page: p, Name: "优待证", Code: "1", URL: "/console/items/lists/1", ID: "1", State: web.Tag{Text: "在用"}, Guide: "/items/1", Revise: true, Facts: web.Facts{Rows: []web.Fact{{Key: "实施主体", Value: "梁溪区"}}}}
	for _, c := range stateChanges[:3] {
		l.Acts = append(l.Acts, newStateForm(p, c, nil))
	}
	webtest.Check(t, v.list, l, listPage{Page: p, Name: "优待证", Guide: "/items/1", State: web.Tag{Text: "已取消"}, Facts: l.Facts})
	note := web.FieldView{ID: "note-hand-in", Name: "note", Widget: "textarea", Label: "说明"}
	d := draftPage{Page: p, Name: "优待证", Kind: "实施清单", State: web.Tag{Text: "编制中"}, URL: "/console/items/drafts/1", Blocks: 1, Done: 90, Editable: true,
		Parts:    []partRow{{ID: "basics", Name: "基本信息", Href: "/console/items/drafts/1/edit/basics", Tag: web.Tag{Text: "完整"}, Says: []web.Link{{Href: "/x#f-basics", Text: "缺少内容"}}, Own: true, Locked: true}},
		Warnings: []warning{{"基本信息", "太长", web.FieldView{ID: "w-0", Name: "waive:a", Label: "理由"}}},
		Acts:     []actForm{{Act: "hand-in", Text: "提交审核", Note: note, Full: true}, {Act: "discard", Text: "放弃", Warn: true, Note: web.FieldView{ID: "note-discard", Name: "note", Label: "说明"}}, {Act: "pass", Text: "通过"}},
		Waived:   []warning{{"基本信息", "太长", web.FieldView{ID: "w-9", Help: "原文如此"}}},
		Changes:  changesView{Against: "与修订前的版本相比", Rows: []changeRow{{web.Tag{Tone: web.Bad, Text: "要求更多"}, "材料增加"}}, More: []changeRow{{web.Tag{Text: "其他"}, "说明变化"}}},
		Replay:   replaySum{Shown: true, URL: "/x/replay", Lead: "试算", Figures: []changeRow{{web.Tag{Text: "要求更多"}, "1件"}}},
		From:     web.FieldView{ID: "from", Name: "from", Label: "日期"}, History: history(p, []catalog.DraftEvent{{At: time.Unix(0, 0), Act: "claim", StaffName: "汪婷婷"}, {Act: "edit", Section: "basics"}})}
	webtest.Check(t, v.draft, d, draftPage{Page: p, Name: "优待证", State: web.Tag{Text: "已发布"}})
	g := sampleGuide()
	for _, name := range []string{"basics", "materials", "limits", "results", "rights"} {
		part, err := partOf(&g, name)
		if err != nil {
			t.Fatal(err)
		}
		s := sectionPage{Page: p, Name: name, Item: "优待证", URL: "/x", Back: "/y", Seen: "1", Problems: []web.Link{{Href: "#" + anchorOf(&g, name), Text: "缺少内容"}}, Next: web.Link{Href: "/n", Text: "下一"}, Prev: web.Link{Href: "/p", Text: "上一"}}
		(&Steward{}).drawPart(&s, &drawer{page: &s.Page, errors: map[string]string{"materials.0.name": "缺少内容"}}, name, part)
		locked := s
		locked.Locked = true
		both := s
		draft := &catalog.Draft{ID: 1, Guide: sampleGuide(), UpdatedBy: "杨事项", Files: map[string]catalog.GuideFile{sampleKey: {Key: sampleKey, Name: "申请表.docx", Type: files.DOCX, Size: 32 << 10}}}
		other, err := partOf(&draft.Guide, name)
		if err != nil {
			t.Fatal(err)
		}
		other.SetZero()
		both.Conflict = conflictOf(&both.Page, draft, typing{guide: &g}, name, other, part)
		webtest.Check(t, v.section, s, locked, both)
	}
	f := fieldsPage{Page: p, Item: "优待证", URL: "/x", Back: "/y", Seen: "1", Raw: "文本", Preview: "/z", Next: web.Link{Href: "/n", Text: "下一"}}
	sh := sheet{Title: "申请表", Steps: []sheetTab{{"a", "一", "One"}}, Questions: []question{{Name: "name", Title: "姓名", Kind: "text", Step: "a"}}}
	f.Group = (&drawer{page: &f.Page}).group("form", reflect.ValueOf(&sh).Elem())
	locked := f
	locked.Locked, locked.Prev = true, web.Link{Href: "/p", Text: "上一"}
	webtest.Check(t, v.fields, f, locked)
	webtest.Check(t, v.form, formPage{Page: p, Item: "优待证", Back: "/y", Form: web.FormView{ID: "a", Heading: "一", Help: "提示", Fields: []web.FieldView{{ID: "f", Name: "n", Label: "姓名"}}},
		Step: web.Steps{Items: []web.Step{{Title: "一", Href: "/x"}, {Title: "二", Href: "/x"}}}, Asked: []askedRow{{Name: "身份证", Tag: web.Tag{Text: "必要"}, When: "看回答", Lines: []string{"请上传"}}}}, formPage{Page: p, Item: "优待证", Back: "/y"})
	webtest.Check(t, v.guide, portal.GuidePage{Page: p, Item: &catalog.Item{}, Guide: &g, Name: "优待证"})

	webtest.Check(t, v.adjusts, adjustsPage{Page: p, Propose: true, Table: table}, adjustsPage{Page: p, Table: web.Table{Empty: web.Empty{Title: "没有"}}})
	box := web.FieldView{ID: "item", Name: "item", Widget: "checkboxes", Label: "事项", Options: []web.OptionView{{ID: "item-1", Value: "1", Label: "优待证"}}}
	webtest.Check(t, v.pick, pickPage{Page: p, Kind: unit, Query: "证", Items: box, Again: true}, pickPage{Page: p, Kind: unit, Again: true}, pickPage{Page: p, Kind: unit})
	webtest.Check(t, v.plan, adjustFormPage{Page: p, Heading: "变更", URL: "/x", Back: "/y", Hidden: []web.Hidden{{Name: "kind", Value: "change"}}, Chosen: []string{"优待证"}, Fields: []web.FieldView{note},
		Entries: []entryForm{{ID: "entry-0", Title: "事项 1", Fields: []web.FieldView{box}}}, Add: true, Dates: []web.FieldView{{ID: "from", Name: "from", Label: "日期"}}, Submit: "保存"}, adjustFormPage{Page: p, Heading: "新增", URL: "/x", Back: "/y", Submit: "保存"})
	webtest.Check(t, v.adjust, adjustPage{Page: p, No: "2026-0001", Name: "变更", State: web.Tag{Text: "征求意见"}, URL: "/x", Lead: "等待", Facts: web.Facts{Rows: []web.Fact{{Key: "编号", Value: "1"}}}, Entries: []adjustEntry{{"优待证", table}},
		Figures: []web.Stat{{Href: "#effects", Value: "1", Text: "清单"}}, Effects: table, Opinions: table, Opine: []adjustOpine{{Unit: "1", Name: "梁溪区", Stance: web.FieldView{ID: "stance-1", Name: "stance", Widget: "radio", Label: "意见", Options: []web.OptionView{{ID: "agree-1", Value: "agree", Label: "同意"}}}, Note: web.FieldView{ID: "opinion-1", Name: "note", Widget: "textarea", Label: "理由"}}},
		Acts: []actForm{{Act: "decide", Text: "决定", Note: web.FieldView{ID: "note-decide", Name: "note", Label: "意见"}}, {Act: "withdraw", Text: "撤回", Warn: true}, {Act: "return", Text: "退回", Alt: true}}, Edit: "/x/edit", Notice: "/adjustments/1", Conflicts: []string{"梁溪区", "滨湖区"}},
		adjustPage{Page: p, No: "2026-0001", Name: "变更", State: web.Tag{Text: "已实施"}, URL: "/x"})
	radio := web.FieldView{ID: "mode", Name: "mode", Widget: "radio", Label: "导入后", Options: []web.OptionView{{ID: "mode-drafts", Value: "drafts", Label: "生成编制稿", Soft: "由审核人员发布", Checked: true}, {ID: "mode-publish", Value: "publish", Label: "直接发布"}}}
	webtest.Check(t, v.imports, importPage{Page: p, Mode: radio, Most: 32, Past: table}, importPage{Page: p, Mode: radio, Error: "请先选择文件", Past: web.Table{Empty: web.Empty{Title: "没有"}}})
	report := reportPage{Page: p, Name: "清单.xlsx", URL: "/console/items/import/1", State: web.Tag{Tone: web.Note, Text: "待执行"}, Ready: true, Count: 1, Refused: "/console/items/import/1/refused.xlsx",
		Tabs:   []reportTab{{Href: "/console/items/import/1?state=new", Text: "新增", Count: 1, Now: true}, {Href: "/console/items/import/1?state=same", Text: "相同"}},
		Rows:   []reportRow{{At: "事项!2", Name: "优待证", Code: "1", Unit: "梁溪区", Tag: web.Tag{Text: "新增"}, Says: []string{"承诺时限由10改为7"}, More: 2, Warn: []string{"太长"}}, {At: "材料!A3", Tag: web.Tag{Tone: web.Bad, Text: "拒绝"}, Wrong: []string{"材料!A3：没有实施编码"}}},
		Reason: web.FieldView{ID: "reason", Name: "reason", Widget: "textarea", Label: "导入的理由"}, Pager: web.Pager{Next: "/console/items/import/1?from=50"}}
	publish, none := report, reportPage{Page: p, Name: "清单.xlsx", URL: "/x", Ready: true, Empty: web.Empty{Title: "没有"}}
	publish.Publish, publish.Refused = true, ""
	webtest.Check(t, v.report, report, publish, none, reportPage{Page: p, Name: "清单.xlsx", URL: "/x", Busy: true}, reportPage{Page: p, Name: "清单.xlsx", URL: "/x", Busy: true, Done: 50, Of: 100},
		reportPage{Page: p, Name: "清单.xlsx", URL: "/x", Wrong: []string{"缺少列"}}, reportPage{Page: p, Name: "清单.xlsx", URL: "/x", Carried: true}, reportPage{Page: p, Name: "清单.xlsx", URL: "/x", Carried: true, Publish: true})
	webtest.Check(t, v.export, exportPage{Page: p, Units: unit, Format: radio, Below: true}, exportPage{Page: p, Units: unit, Format: radio})
	differ := []changeRow{{web.Tag{Tone: web.Bad, Text: "要求更多"}, "要多交“证明”"}}
	webtest.Check(t, v.replay, replayPage{Page: p, Item: "优待证", Back: "/y", Lead: "2件", Many: true, Tabs: []reportTab{{Href: "/x", Text: "全部", Count: 1, Now: true}}, Reasons: differ,
		Rows: []replayRow{{Day: "2026-11-01", Tail: "0001", Party: "张**", Unit: "梁溪区", Outcome: web.Tag{Text: "准予"}, Points: differ}}, Pager: web.Pager{Next: "/x?page=1"}},
		replayPage{Page: p, Item: "优待证", Back: "/y", Lead: "2件", Reasons: differ, Rows: []replayRow{{Day: "2026-11-01", Points: differ}}}, replayPage{Page: p, Item: "优待证", Back: "/y", Empty: web.Empty{Title: "没有"}})
	webtest.Covered(t, rt, "templates/replay.html", "templates/import.html", "templates/report.html", "templates/export.html", "templates/adjusts.html", "templates/adjust.html", "templates/pick.html", "templates/plan.html", "templates/home.html", "templates/claim.html", "templates/basics.html", "templates/list.html", "templates/draft.html", "templates/section.html", "templates/fields.html", "templates/form.html", "templates/guide.html")
}

// TestWords: the editor has words for every part that a guide can have.
func TestWords(t *testing.T) {
	var walk func(path string, typ reflect.Type)
	walk = func(path string, typ reflect.Type) {
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if l := wordsOf(path); l.zh == "" || l.en == "" || l.zh == path {
			t.Errorf("no words for %s", path)
		}
		switch {
		case typ.Kind() == reflect.Struct:
			for i := range typ.NumField() {
				if f := typ.Field(i); f.IsExported() {
					walk(path+"."+jsonName(f), f.Type)
				}
			}
		case typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Struct:
			walk(path, typ.Elem())
		}
	}
	typ := reflect.TypeFor[catalog.Guide]()
	for i := range typ.NumField() {
		name := jsonName(typ.Field(i))
		if w := sectionWords[name]; w.zh == "" || w.en == "" {
			t.Errorf("no words for section %s", name)
		}
		f := typ.Field(i).Type
		if name == "form" || name == "demo" {
			continue
		}
		if f.Kind() == reflect.Struct {
			for j := range f.NumField() {
				walk(name+"."+jsonName(f.Field(j)), f.Field(j).Type)
			}
			continue
		}
		walk(name, f)
	}
	walk("form.steps", reflect.TypeFor[sheetTab]())
	walk("form.fields", reflect.TypeFor[question]())
}

// inputs are what a browser would send of a drawn part.
func inputs(g Group, plain []web.FieldView, lists []List) url.Values {
	in := url.Values{}
	field := func(f web.FieldView) {
		switch {
		case f.Locked:
		case len(f.Options) > 0 && f.Widget != "select":
			for _, o := range f.Options {
				if o.Checked {
					in.Add(f.Name, o.Value)
				}
			}
		default:
			in.Set(f.Name, f.Value)
		}
	}
	var group func(Group)
	list := func(l List) {
		in.Set(l.Name+".n", strconv.Itoa(len(l.Rows)))
		for _, r := range l.Rows {
			group(r.Group)
		}
	}
	group = func(g Group) {
		for _, f := range g.Fields {
			field(f)
		}
		for _, u := range g.Files {
			field(u.Link)
			for _, h := range u.Hidden {
				in.Add(h.Name, h.Value)
			}
		}
		for _, sub := range g.Groups {
			group(sub)
		}
		for _, l := range g.Lists {
			list(l)
		}
	}
	group(g)
	for _, f := range plain {
		field(f)
	}
	for _, l := range lists {
		list(l)
	}
	return in
}

// TestEditor_round_trip: what the editor draws and a browser sends back
// unchanged is the same guide.
func TestEditor_round_trip(t *testing.T) {
	g := sampleGuide()
	want, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range catalog.Sections() {
		if name == "form" || name == "demo" {
			continue
		}
		p := samplePage("x")
		s := sectionPage{Page: p}
		part, err := partOf(&g, name)
		if err != nil {
			t.Fatal(err)
		}
		(&Steward{}).drawPart(&s, &drawer{page: &s.Page}, name, part)
		rd := reader{in: inputs(s.Group, s.Plain, s.Lists)}
		rd.read(name, part)
		if len(rd.problems) > 0 {
			t.Errorf("%s: %v", name, rd.problems)
		}
	}
	got, err := json.Marshal(g)
	if err != nil || string(got) != string(want) {
		t.Errorf("changed by being looked at:\n%s\n%s", want, got)
	}
}

// TestAnchor: whoever follows a problem comes to its box, or to the part that
// holds it.
func TestAnchor(t *testing.T) {
	g := sampleGuide()
	for path, want := range map[string]string{"materials/m02/standard": "f-materials-1-standard", "materials/m02": "g-materials-1", "limits/promised": "g-limits-promised",
		"limits/statutoryBasis": "f-limits-statutoryBasis", "results/name": "g-results", "rights": "f-rights", "basics/visits": "f-basics-visits", "materials/m09/name": "g-materials",
		"materials/m01/when": "g-materials-0-when", "materials/m02/when": "g-materials-1-when", "conditions": "g-conditions", "nowhere/x": "nowhere"} {
		if got := anchorOf(&g, path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	for in, want := range map[string]string{"_add=materials&materials.n=2": "materials.2", "_up=materials.1": "materials.0", "_up=materials.0.lines.2": "materials.0.lines.1", "_del=materials.0": "", "_up=x": ""} {
		q, err := url.ParseQuery(in)
		if open, ok := pressed(q); err != nil || !ok || open != want {
			t.Errorf("%s: %q %t", in, open, ok)
		}
	}
}

// TestReader reads rows, buttons and wrong numbers.
func TestReader(t *testing.T) {
	g := sampleGuide()
	read := func(in url.Values) (catalog.Guide, []errs.Field) {
		c, err := cloneGuide(g)
		if err != nil {
			t.Fatal(err)
		}
		part, _ := partOf(&c, "materials")
		s := sectionPage{Page: samplePage("x")}
		(&Steward{}).drawPart(&s, &drawer{page: &s.Page}, "materials", part)
		all := inputs(s.Group, s.Plain, s.Lists)
		for k, v := range in {
			all[k] = v
		}
		rd := reader{in: all}
		rd.read("materials", part)
		return c, rd.problems
	}
	if c, _ := read(url.Values{"_add": {"materials"}}); len(c.Materials) != 3 || c.Materials[0].Name != "身份证" {
		t.Errorf("add: %+v", c.Materials)
	}
	if c, _ := read(url.Values{"_del": {"materials.0"}}); len(c.Materials) != 1 || c.Materials[0].Code != "m02" {
		t.Errorf("remove: %+v", c.Materials)
	}
	if c, _ := read(url.Values{"_up": {"materials.1"}}); len(c.Materials) != 2 || c.Materials[0].Code != "m02" || c.Materials[1].Code != "m01" {
		t.Errorf("up: %+v", c.Materials)
	}
	if c, _ := read(url.Values{"_add": {"materials.0.lines"}}); len(c.Materials[0].Lines) != 2 {
		t.Errorf("add a line: %+v", c.Materials[0].Lines)
	}
	if c, _ := read(url.Values{"materials.0.when.field": {""}, "materials.0.when.in": {""}}); c.Materials[0].When != nil {
		t.Errorf("an empty condition: %+v", c.Materials[0].When)
	}
	for _, bad := range []string{"x", "-1", "99999999"} {
		if _, ps := read(url.Values{"materials.1.copies": {bad}}); len(ps) != 1 || ps[0].Path != "materials.1.copies" {
			t.Errorf("copies %q: %v", bad, ps)
		}
	}
	if c, _ := read(url.Values{"materials.n": {"9999999"}}); len(c.Materials) != 0 {
		t.Errorf("too many rows: %d", len(c.Materials))
	}
}

const someForm = `{"title":"申请表","type":"object","x-steps":[{"key":"a","title":"一","fields":["name","mode","site","rows"]}],"required":["name"],
 "properties":{"name":{"type":"string","title":"姓名","maxLength":50},"mode":{"type":"string","title":"方式","oneOf":[{"const":"x","title":"甲","x-title-en":"A"},{"const":"y","title":"乙"}]},
 "site":{"type":"string","title":"网站","x-show":{"mode":["x"]},"x-source":["applicant.name"]},"rows":{"type":"array","title":"人员","items":{"type":"object"}}}}`

// TestSheet: a form taken apart and put together again is the same form, and
// what is typed is in it.
func TestSheet(t *testing.T) {
	s, root, err := readSheet(json.RawMessage(someForm))
	if err != nil {
		t.Fatal(err)
	}
	same := func(a, b []byte) bool {
		var x, y any
		return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
	}
	if text, bad := s.build(root); len(bad) > 0 || !same(text, []byte(someForm)) {
		t.Errorf("%v\n%s", bad, text)
	}
	s.Questions[0].Title, s.Questions[0].Kind = "您的姓名", "date"
	s.Questions[1].Options = append(s.Questions[1].Options, "z=丙=C")
	s.Questions[2].Show = ""
	s.Questions = append(s.Questions, question{Name: "idNo", Elem: "DE00104", Step: "a", Required: true}, question{Name: "ok", Kind: "yesno", Title: "是否", Step: "a", Show: "mode", ShowIn: []string{"y"}})
	text, bad := s.build(root)
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	var out struct {
		Required   []string                  `json:"required"`
		Properties map[string]map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	p := out.Properties
	if p["name"]["format"] != "date" || p["name"]["title"] != "您的姓名" || p["name"]["maxLength"] != nil {
		t.Errorf("%v", p["name"])
	}
	if len(p["mode"]["oneOf"].([]any)) != 3 || p["site"]["x-show"] != nil || p["idNo"]["$ref"] != "elem:DE00104" || p["ok"]["type"] != "boolean" || p["rows"]["items"] == nil {
		t.Errorf("%s", text)
	}
	if len(out.Required) != 2 {
		t.Errorf("%v", out.Required)
	}
	for name, spoil := range map[string]func(*sheet){"form.fields.0.name": func(s *sheet) { s.Questions[0].Name = "" }, "form.fields.1.name": func(s *sheet) { s.Questions[1].Name = "name" },
		"form.fields.0.step": func(s *sheet) { s.Questions[0].Step = "nowhere" }, "form.steps.0.key": func(s *sheet) { s.Steps[0].Key = ""; s.Questions = nil }} {
		s, root, err := readSheet(json.RawMessage(someForm))
		if err != nil {
			t.Fatal(err)
		}
		spoil(&s)
		if _, bad := s.build(root); len(bad) == 0 || bad[0].Path != name {
			t.Errorf("%s: %v", name, bad)
		}
	}
}
