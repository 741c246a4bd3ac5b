package steward

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// pickPage 选择事项: the first step of a new dossier.
type pickPage struct {
	web.Page
	Kind   web.FieldView
	Query  string
	Items  web.FieldView // the matters that were chosen or found
	Again  bool          // something was looked for
	Chosen int
}

// adjustFormPage 调整方案: what shall change, when, and why.
type adjustFormPage struct {
	web.Page
	Heading string
	URL     string
	Back    string
	Hidden  []web.Hidden
	Chosen  []string // names of the matters
	Fields  []web.FieldView
	Entries []entryForm
	Add     bool // more entries can be added
	Dates   []web.FieldView
	Submit  string
}

// entryForm is one entry to be made or changed.
type entryForm struct {
	ID, Title string
	Fields    []web.FieldView
}

var levelOptions = []option{{"3", "市级", "City"}, {"4", "县（区）级", "County or district"}, {"5", "镇（街道）级", "Town or street"}, {"6", "村（社区）级", "Village or community"}}

// mostEntries is how many entries the form takes.
const mostEntries = 10

// pick lets a steward choose the kind and the matters.
func (s *Steward) pick(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	ctx, in := r.Context(), r.URL.Query()
	if _, err := s.proposer(r, a); err != nil {
		return err
	}
	x, err := s.c.Catalog.Index(ctx)
	if err != nil {
		return err
	}
	kind := catalog.AdjustKind(in.Get("kind"))
	if in.Get("then") == "fill" {
		if zh, _ := kind.Words(); zh != "" && (len(in["item"]) > 0 || kind == catalog.AdjustAdd) {
			return s.fill(w, r, a, "", url.Values{"kind": in["kind"], "item": in["item"]}, nil)
		}
	}
	p := pickPage{Page: s.page(r, a, "提出动态调整", "Propose an adjustment"), Query: strings.TrimSpace(in.Get("q"))}
	p.Crumbs = []web.Link{{Href: "/console/items", Text: p.Tr("事项管理", "Service items")}, {Href: adjustsPath, Text: p.Tr("动态调整", "Adjustments")}, {Text: p.Title}}
	p.Kind = web.FieldView{ID: "kind", Name: "kind", Widget: "select", Label: p.Tr("调整类型", "Kind")}
	for _, k := range catalog.AdjustKinds {
		p.Kind.Options = append(p.Kind.Options, web.OptionView{Value: string(k.Key), Label: p.Tr(k.ZH, k.EN), Checked: k.Key == kind})
	}
	if in.Get("then") == "fill" {
		p.Kind.Error = p.Tr("请选择调整类型；除新增以外，还要选择事项", "Choose the kind, and matters unless one is added")
	}
	p.Items = web.FieldView{ID: "item", Name: "item", Widget: "checkboxes", Label: p.Tr("事项", "Matters"), Help: p.Tr("合并的，把合并后保留的那个也选上", "For a merger choose the one that goes on, too")}
	seen := map[string]bool{}
	add := func(b *catalog.Basic, chosen bool) {
		if !seen[b.Code] && b.State == catalog.InUse {
			seen[b.Code] = true
			p.Items.Options = append(p.Items.Options, web.OptionView{ID: "item-" + b.Code, Value: b.Code, Label: b.Name, Soft: b.Code + " " + levelsIn(p.Page, b.Levels), Checked: chosen})
		}
	}
	for _, code := range in["item"] {
		if b, ok := x.Basic(code); ok && len(p.Items.Options) < mostChosen {
			add(b, true)
			p.Chosen++
		}
	}
	if p.Again = p.Query != ""; p.Again {
		found, err := s.c.Catalog.Search(ctx, catalog.Query{Text: p.Query, Unopened: true, Limit: 20})
		if err != nil {
			return err
		}
		for _, f := range found.Items {
			if f.Matter != nil {
				add(f.Matter, false)
			}
		}
	}
	return s.views.pick.Render(w, r, http.StatusOK, p)
}

// mostChosen bounds what an address may choose.
const mostChosen = 21

// proposer is the unit for which the actor proposes.
func (s *Steward) proposer(r *http.Request, a actor.Actor) (int64, error) {
	dir, err := s.c.Identity.Directory(r.Context())
	if err != nil {
		return 0, err
	}
	if identity.Decide(a, identity.AdjustmentPropose, identity.Target{UnitPath: dir.Path(a.Unit)}) == nil {
		return a.Unit, nil
	}
	for _, g := range a.Grants {
		if g.Role != actor.ItemSteward {
			continue
		}
		for _, u := range dir.Subtree(g.Path)[:min(1, len(dir.Subtree(g.Path)))] {
			return u.ID, nil
		}
	}
	return 0, s.c.Identity.Allow(r.Context(), a, identity.AdjustmentPropose, identity.Target{UnitPath: dir.Path(a.Unit)}, "adjustment")
}

// fill shows the form of a plan as typed; no names the dossier, "" for a new one.
func (s *Steward) fill(w http.ResponseWriter, r *http.Request, a actor.Actor, no string, in url.Values, problems []errs.Field) error {
	ctx := r.Context()
	x, err := s.c.Catalog.Index(ctx)
	if err != nil {
		return err
	}
	p := adjustFormPage{Page: s.page(r, a, "提出动态调整", "Propose an adjustment"), URL: adjustsPath, Back: adjustsPath}
	p.Submit = p.Tr("保存方案", "Save the plan")
	if no != "" {
		p.URL, p.Back = adjustPath(no)+"/edit", adjustPath(no)
	}
	kind := catalog.AdjustKind(in.Get("kind"))
	zh, en := kind.Words()
	p.Heading = p.Tr("动态调整："+zh, "Adjustment: "+en)
	p.Crumbs = []web.Link{{Href: "/console/items", Text: p.Tr("事项管理", "Service items")}, {Href: adjustsPath, Text: p.Tr("动态调整", "Adjustments")}, {Text: p.Tr(zh, en)}}
	p.Hidden = []web.Hidden{{Name: "kind", Value: string(kind)}, {Name: "version", Value: in.Get("version")}}
	var chosen []*catalog.Basic
	for _, code := range in["item"][:min(len(in["item"]), mostChosen)] {
		if b, ok := x.Basic(code); ok {
			p.Hidden = append(p.Hidden, web.Hidden{Name: "item", Value: code})
			p.Chosen = append(p.Chosen, b.Name+" "+code)
			chosen = append(chosen, b)
		}
	}
	choose := func(name string, f web.FieldView, list []option) web.FieldView {
		f.ID, f.Name = name, name
		for _, o := range list {
			f.Options = append(f.Options, web.OptionView{ID: name + "-" + o.value, Value: o.value, Label: p.Tr(o.zh, o.en), Checked: slices.Contains(in[name], o.value)})
		}
		return f
	}
	var grounds []option
	for _, g := range catalog.AdjustGrounds {
		grounds = append(grounds, option{string(g.Key), g.ZH, g.EN})
	}
	switch kind {
	case catalog.AdjustMerge:
		var list []option
		for _, b := range chosen {
			list = append(list, option{b.Code, b.Name, b.Name})
		}
		p.Fields = append(p.Fields, choose("successor", web.FieldView{Widget: "radio", Label: p.Tr("合并后保留哪一个", "Which one goes on"), Help: p.Tr("其他的取消，它们的清单指向它", "The others end and point to it")}, list))
	case catalog.AdjustCancel:
		p.Fields = append(p.Fields, web.FieldView{ID: "successor", Name: "successor", Label: p.Tr("承接事项的基本编码", "Code of the matter that takes its place"), Optional: true, Width: "w-m", Max: s.c.Catalog.Codes().BasicLen(), Value: in.Get("successor")})
	case catalog.AdjustDelegate:
		p.Fields = append(p.Fields, choose("levels", web.FieldView{Widget: "checkboxes", Label: p.Tr("下放到哪一级", "Delegate to"), Help: p.Tr("主管部门在那一级的单位会得到编制稿", "Its department's units there get a draft")}, levelOptions[1:]))
	case catalog.AdjustTakeBack:
		p.Fields = append(p.Fields, choose("levels", web.FieldView{Widget: "checkboxes", Label: p.Tr("从哪一级收回", "Take back from"), Help: p.Tr("那一级的清单取消，由上级清单承接", "Lists there end; those above go on")}, levelOptions[1:]))
	}
	p.Fields = append(p.Fields, choose("ground", web.FieldView{Widget: "select", Label: p.Tr("调整事由", "Ground")}, grounds),
		web.FieldView{ID: "law", Name: "law", Widget: "textarea", Label: p.Tr("调整依据", "Basis"), Help: p.Tr("法律名称和条款，或者文件名称和文号", "Law and article, or document and number"), Max: 500, Value: in.Get("law")},
		web.FieldView{ID: "reason", Name: "reason", Widget: "textarea", Label: p.Tr("为什么调整", "Why"), Help: p.Tr("公告会公布，请写得群众能看懂", "The notice shows it; write for everybody"), Max: 500, Value: in.Get("reason")})
	if err := s.entryForms(r, &p, kind, in); err != nil {
		return err
	}
	p.Dates = []web.FieldView{{ID: "opinionsBy", Name: "opinionsBy", Label: p.Tr("征求意见截止日期", "Opinions until"), Help: p.Tr("逾期视为没有意见；格式 2026-12-01", "Silence is no objection then; like 2026-12-01"), Width: "w-m", Max: 10, Value: in.Get("opinionsBy")},
		{ID: "from", Name: "from", Label: p.Tr("生效日期", "In effect from"), Help: p.Tr("到这一天自动实施；格式 2026-12-01", "Carried out on this day; like 2026-12-01"), Width: "w-m", Max: 10, Value: in.Get("from")}}
	status := http.StatusOK
	if len(problems) > 0 {
		status = http.StatusUnprocessableEntity
		p.mark(problems)
	}
	return s.views.plan.Render(w, r, status, p)
}

// mark puts the words of a refusal at the fields they belong to.
func (p *adjustFormPage) mark(problems []errs.Field) {
	ids := map[string]string{}
	var all []*web.FieldView
	for i := range p.Fields {
		all = append(all, &p.Fields[i])
	}
	for i := range p.Dates {
		all = append(all, &p.Dates[i])
	}
	for i := range p.Entries {
		for j := range p.Entries[i].Fields {
			all = append(all, &p.Entries[i].Fields[j])
		}
	}
	path := func(f *web.FieldView) string { return strings.ReplaceAll(f.Name, ".", "/") }
	for _, f := range all {
		ids[path(f)] = f.ID
		if f.Widget == "radio" && len(f.Options) > 0 {
			ids[path(f)] = f.Options[0].ID
		}
	}
	for _, e := range problems {
		if head := strings.TrimSuffix(strings.TrimSuffix(e.Path, "/law"), "/mark"); ids[e.Path] == "" && ids[head] != "" {
			ids[e.Path] = ids[head]
		}
	}
	words := p.FieldErrors(problems, ids)
	for _, f := range all {
		f.Error = words[path(f)]
		if f.Error == "" {
			f.Error = words[path(f)+"/law"]
		}
	}
}

// entryForms adds the entries that a kind makes or changes.
func (s *Steward) entryForms(r *http.Request, p *adjustFormPage, kind catalog.AdjustKind, in url.Values) error {
	n := map[catalog.AdjustKind]int{catalog.AdjustAdd: 1, catalog.AdjustChange: 1, catalog.AdjustSplit: 2}[kind]
	if n == 0 {
		return nil
	}
	if typed, err := strconv.Atoi(in.Get("entries.n")); err == nil && kind == catalog.AdjustSplit {
		n = min(max(typed, n), mostEntries)
	}
	p.Add = kind == catalog.AdjustSplit && n < mostEntries
	p.Hidden = append(p.Hidden, web.Hidden{Name: "entries.n", Value: strconv.Itoa(n)})
	x, err := s.c.Catalog.Index(r.Context())
	if err != nil {
		return err
	}
	var old *catalog.Basic
	if len(in["item"]) > 0 {
		old, _ = x.Basic(in.Get("item"))
	}
	for i := range n {
		at := "entries." + strconv.Itoa(i) + "."
		id := "entry-" + strconv.Itoa(i)
		e := entryForm{ID: id, Title: p.Tr("事项 "+strconv.Itoa(i+1), "Matter "+strconv.Itoa(i+1))}
		if kind == catalog.AdjustChange {
			e.Title = p.Tr("变更后的内容", "After the change")
		}
		text := func(name, zh, en, help string, area bool) {
			f := web.FieldView{ID: id + "-" + name, Name: at + name, Label: p.Tr(zh, en), Help: help, Value: in.Get(at + name), Optional: name == "nameEn"}
			if area {
				f.Widget = "textarea"
			}
			if old != nil && !in.Has(at+name) {
				f.Value = map[string]string{"summary": old.Summary, "basis": basisText(old.Basis)}[name]
				if kind == catalog.AdjustChange {
					f.Value = map[string]string{"summary": old.Summary, "basis": basisText(old.Basis), "name": old.Name, "nameEn": old.NameEN}[name]
				}
			}
			e.Fields = append(e.Fields, f)
		}
		if kind != catalog.AdjustChange {
			codes := s.c.Catalog.Codes()
			n, first := codes.BasicLen(), codes.Province+1
			text("code", "基本编码", "Basic code", p.Tr(fmt.Sprintf("%d位，第%d、%d位是事项类型", n, first, first+1), fmt.Sprintf("%d characters; numbers %d and %d are the type", n, first, first+1)), false)
			e.Fields[0].Width, e.Fields[0].Max = "w-m", n
		}
		text("name", "事项名称", "Name", "", false)
		text("nameEn", "英文名称", "English name", "", false)
		text("summary", "一句话说明", "In one sentence", p.Tr("显示在搜索结果里", "Shown in search results"), true)
		text("basis", "设定依据", "Legal basis", p.Tr("一行一个，例如：《城市道路管理条例》第三十条", "One a line: 《law》article"), true)
		if kind == catalog.AdjustAdd {
			if err := s.addFields(r, p, &e, at, id, in); err != nil {
				return err
			}
		}
		p.Entries = append(p.Entries, e)
	}
	return nil
}

// addFields are what a new matter needs that a split one has from the old.
func (s *Steward) addFields(r *http.Request, p *adjustFormPage, e *entryForm, at, id string, in url.Values) error {
	topics, err := s.c.Catalog.Topics(r.Context())
	if err != nil {
		return err
	}
	dir, err := s.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	var themes, domains, depts []option
	for _, t := range topics {
		themes = append(themes, option{t.Key, t.Name, t.NameEN})
	}
	for _, d := range catalog.Domains {
		domains = append(domains, option{d.Key, d.ZH, d.EN})
	}
	for _, u := range dir.Units() {
		if u.Level == "3" && u.Kind == "department" {
			depts = append(depts, option{u.Key[strings.LastIndexByte(u.Key, '-')+1:], u.Name, u.Name})
		}
	}
	for _, f := range []struct {
		name, zh, en, widget string
		list                 []option
	}{
		{"dept", "主管部门", "Department in charge", "select", depts}, {"levels", "行使层级", "Levels", "checkboxes", levelOptions}, {"audience", "服务对象", "For whom", "checkboxes", audience},
		{"topics", "主题", "Topics", "checkboxes", themes}, {"domain", "公共服务领域", "Public-service domain", "select", domains},
	} {
		v := web.FieldView{ID: id + "-" + f.name, Name: at + f.name, Label: p.Tr(f.zh, f.en), Optional: f.name == "domain"}
		if v.Widget = "checkboxes"; f.widget == "select" {
			v.Widget = "select"
		}
		for _, o := range f.list {
			v.Options = append(v.Options, web.OptionView{ID: v.ID + "-" + o.value, Value: o.value, Label: p.Tr(o.zh, o.en), Checked: slices.Contains(in[v.Name], o.value)})
		}
		e.Fields = append(e.Fields, v)
	}
	return nil
}

// basisText writes a basis as people do, a line each.
func basisText(list []catalog.Basis) string {
	out := make([]string, len(list))
	for i, b := range list {
		out[i] = "《" + b.Law + "》" + b.Article
	}
	return strings.Join(out, "\n")
}

// basisOf reads it back; what the old entry said of the same article is kept.
func basisOf(text string, old []catalog.Basis) []catalog.Basis {
	var out []catalog.Basis
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		b := catalog.Basis{Law: line, Mark: "M"}
		if law, article, ok := strings.Cut(strings.TrimPrefix(line, "《"), "》"); ok {
			b.Law, b.Article = strings.TrimSpace(law), strings.TrimSpace(article)
		}
		if i := slices.IndexFunc(old, func(o catalog.Basis) bool { return o.Law == b.Law && o.Article == b.Article }); i >= 0 {
			b = old[i]
		}
		out = append(out, b)
	}
	return out
}

// planOf reads a plan as typed.
func planOf(codes ident.Profile, x *catalog.Index, in url.Values) catalog.AdjustPlan {
	p := catalog.AdjustPlan{Kind: catalog.AdjustKind(in.Get("kind")), Ground: catalog.AdjustGround(in.Get("ground")), Law: in.Get("law"), Reason: in.Get("reason"),
		Items: slices.Clone(in["item"]), Successor: strings.TrimSpace(in.Get("successor")), Levels: in["levels"], From: in.Get("from"), OpinionsBy: in.Get("opinionsBy")}
	if p.Kind == catalog.AdjustMerge {
		p.Items = slices.DeleteFunc(p.Items, func(code string) bool { return code == p.Successor })
	}
	n, err := strconv.Atoi(in.Get("entries.n"))
	if err != nil {
		return p
	}
	var old *catalog.Basic
	if len(p.Items) > 0 {
		old, _ = x.Basic(p.Items[0])
	}
	for i := range min(max(n, 0), mostEntries) {
		at := "entries." + strconv.Itoa(i) + "."
		get := func(name string) string { return strings.TrimSpace(in.Get(at + name)) }
		var b catalog.Basic
		var was []catalog.Basis
		if old != nil {
			b, was = *old, old.Basis
			b.Implied = false
		} else {
			b = catalog.Basic{Dept: get("dept"), Levels: in[at+"levels"], Audience: in[at+"audience"], Topics: in[at+"topics"], Domain: get("domain")}
		}
		if p.Kind != catalog.AdjustChange {
			b.Code = strings.ToUpper(get("code"))
			b.Type = codes.TypeOf(b.Code)
			b.ID, b.TemplateID = 0, 0
		}
		b.Name, b.NameEN, b.Summary, b.Basis = get("name"), get("nameEn"), get("summary"), basisOf(in.Get(at+"basis"), was)
		p.Entries = append(p.Entries, b)
	}
	return p
}

// typedOf is a plan as the form would have it typed.
func typedOf(d *catalog.Adjustment) url.Values {
	p := d.Plan
	in := url.Values{"kind": {string(p.Kind)}, "ground": {string(p.Ground)}, "law": {p.Law}, "reason": {p.Reason}, "item": slices.Clone(p.Items), "successor": {p.Successor},
		"levels": p.Levels, "from": {p.From}, "opinionsBy": {p.OpinionsBy}, "entries.n": {strconv.Itoa(len(p.Entries))}, "version": {strconv.FormatInt(d.Version, 10)}}
	if p.Kind == catalog.AdjustMerge {
		in["item"] = append(in["item"], p.Successor)
	}
	for i, b := range p.Entries {
		at := "entries." + strconv.Itoa(i) + "."
		for name, v := range map[string][]string{"code": {b.Code}, "name": {b.Name}, "nameEn": {b.NameEN}, "summary": {b.Summary}, "basis": {basisText(b.Basis)}, "dept": {b.Dept},
			"levels": b.Levels, "audience": b.Audience, "topics": b.Topics, "domain": {b.Domain}} {
			in[at+name] = v
		}
	}
	return in
}

// propose opens a dossier.
func (s *Steward) propose(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	in, err := posted(r)
	if err != nil {
		return err
	}
	unit, err := s.proposer(r, a)
	if err != nil {
		return err
	}
	if in.Get("_add") != "" {
		return s.fill(w, r, a, "", another(in), nil)
	}
	x, err := s.c.Catalog.Index(r.Context())
	if err != nil {
		return err
	}
	d, err := s.c.Catalog.Propose(r.Context(), a, unit, planOf(s.c.Catalog.Codes(), x, in), nil)
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return s.fill(w, r, a, "", in, e.Fields)
	}
	if err != nil {
		return err
	}
	s.flash(w, r, "方案已保存，核对影响后征求部门意见。", "Saved; look at the effects, then ask the departments.")
	return web.SeeOther(w, r, adjustPath(d.No))
}

// another gives the form room for one more entry.
func another(in url.Values) url.Values {
	n, err := strconv.Atoi(in.Get("entries.n"))
	if err != nil {
		n = 0
	}
	in.Set("entries.n", strconv.Itoa(n+1))
	return in
}

// plan shows the form of a dossier that is being written.
func (s *Steward) plan(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	d, err := s.c.Catalog.Adjustment(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(catalog.AdjustActs(d.State), func(m catalog.Offer[catalog.AdjustAct]) bool { return m.Act == catalog.AdjustEdit }) {
		return s.back(w, r, adjustPath(d.No), catalog.ErrAdjustState)
	}
	return s.fill(w, r, a, d.No, typedOf(d), nil)
}

// savePlan writes another plan into a dossier.
func (s *Steward) savePlan(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	in, err := posted(r)
	if err != nil {
		return err
	}
	no := r.PathValue("no")
	if in.Get("_add") != "" {
		return s.fill(w, r, a, no, another(in), nil)
	}
	x, err := s.c.Catalog.Index(r.Context())
	if err != nil {
		return err
	}
	plan := planOf(s.c.Catalog.Codes(), x, in)
	version, err := strconv.ParseInt(in.Get("version"), 10, 64)
	if err != nil {
		version = 0 // a form without it says nothing of what was looked at
	}
	_, err = s.c.Catalog.MoveAdjustment(r.Context(), a, no, catalog.AdjustEdit, catalog.AdjustInput{Version: version, Plan: &plan})
	switch e := errs.Of(err); {
	case err == nil:
		s.flash(w, r, "方案已保存。", "Saved.")
		return web.SeeOther(w, r, adjustPath(no))
	case errors.Is(err, catalog.ErrAdjustChanged):
		return s.fill(w, r, a, no, in, []errs.Field{{Path: "version", Code: e.Code, ZH: e.ZH, EN: e.EN}})
	case e.Kind == errs.Invalid && len(e.Fields) > 0:
		return s.fill(w, r, a, no, in, e.Fields)
	}
	return s.back(w, r, adjustPath(no), err)
}
