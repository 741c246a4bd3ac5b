package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// centresPage 大厅和进驻: what centres lack beside 第二十条, and how far lists have
// entered them; every number leads to its list.
type centresPage struct {
	web.Page
	Scope    string
	Narrowed web.Link
	Stats    []web.Stat
	Faults   web.Table // centres with something to mend, by district
	Areas    figureTable
	Centres  figureTable // 同级进驻率 of each centre
	Units    figureTable
	More     string
	Public   web.Link
}

// centrePage is what is on record of one centre, with the forms of who keeps it.
type centrePage struct {
	web.Page
	Name    string
	Back    web.Link
	Public  web.Link
	Faults  []string
	Facts   web.Facts
	Windows web.Table
	URL     string
	May     bool
	Rename  fieldSet
	Branch  fieldSet // make it a branch; nil: it is one, or has its own
	End     endForm  // end the branch that stands
	History web.Table
}

// endForm ends one entry of a register.
type endForm struct {
	URL    string // empty: nothing stands
	Text   string
	Fields fieldSet
}

// fieldSet are the fields of a form that is folded away until it is wanted.
type fieldSet []web.FieldView

// Wrong reports whether something in it was refused: then it stands open.
func (f fieldSet) Wrong() bool {
	return slices.ContainsFunc(f, func(x web.FieldView) bool { return x.Error != "" })
}

const (
	centresPath = "/console/centres"
	centreUnits = 60 // departments in the table
)

// centreFilter reads division, unit, centre, kind and reason of an address.
func (k *Console) centreFilter(r *http.Request) (f channel.ReportFilter, err error) {
	q := r.URL.Query()
	f = channel.ReportFilter{Division: q.Get("division"), Alone: q.Get("alone") == "1", Kind: channel.PlacementKind(q.Get("kind")), Reason: channel.Reason(q.Get("reason"))}
	for name, to := range map[string]*int64{"unit": &f.Unit, "centre": &f.Centre} {
		if s := q.Get(name); s != "" {
			if *to, err = strconv.ParseInt(s, 10, 64); err != nil || *to <= 0 {
				return f, web.ErrNoPage()
			}
		}
	}
	return f, nil
}

// centresAt is the report for a filter, placementsAt the lists behind it.
func centresAt(f channel.ReportFilter) string { return filteredAt(centresPath, f, "", "") }

func placementsAt(f channel.ReportFilter, words, cursor string) string {
	return filteredAt(placementsPath, f, words, cursor)
}

func filteredAt(path string, f channel.ReportFilter, words, cursor string) string {
	q := url.Values{}
	for _, x := range [][2]string{{"division", f.Division}, {"kind", string(f.Kind)}, {"reason", string(f.Reason)}, {"q", words}, {"cursor", cursor}} {
		if x[1] != "" {
			q.Set(x[0], x[1])
		}
	}
	for name, id := range map[string]int64{"unit": f.Unit, "centre": f.Centre} {
		if id != 0 {
			q.Set(name, strconv.FormatInt(id, 10))
		}
	}
	if f.Alone {
		q.Set("alone", "1")
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// rateWords is a share in tenths of a percent.
func rateWords(n int) string {
	switch n {
	case -1:
		return "–"
	case 1000:
		return "100%"
	}
	return strconv.Itoa(n/10) + "." + strconv.Itoa(n%10) + "%"
}

// centres answers GET /console/centres?division&unit.
func (k *Console) centres(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	f, err := k.centreFilter(r)
	if err != nil {
		return err
	}
	f.Kind, f.Reason, f.Centre = "", "", 0
	report, err := k.c.Channel.Report(r.Context(), a, f)
	if err != nil {
		return err
	}
	dir, err := k.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	p := centresPage{Page: k.page(r, a, "centres", "大厅和进驻", "Centres")}
	p.Scope = placesScope(p.Page, dir, f)
	if p.Scope != "" {
		p.Narrowed = web.Link{Href: centresPath, Text: p.Tr("看全部", "Show all")}
	}
	p.Public = web.Link{Href: "/centres/entered", Text: p.Tr("公开页面", "Public page")}
	p.fill(report, f)
	return k.views.centres.Render(w, r, http.StatusOK, p)
}

func placesScope(p web.Page, dir *identity.Directory, f channel.ReportFilter) string {
	for _, id := range []int64{f.Unit, f.Centre} {
		if u, ok := dir.Unit(id); ok {
			return u.Name
		}
	}
	d, _ := dir.Division(f.Division)
	if f.Alone {
		return d.Name + p.Tr("本级", " itself")
	}
	return d.Name
}

func (p *centresPage) fill(report *channel.Report, f channel.ReportFilter) {
	tr := p.Tr
	wrong, centres := 0, 0
	for _, d := range report.Districts {
		wrong, centres = wrong+d.Wrong, centres+len(d.Centres)
	}
	p.Stats = []web.Stat{{Href: "#faults", Value: strconv.Itoa(wrong), Text: tr("个大厅需要完善，共 "+strconv.Itoa(centres)+" 个", "of "+strconv.Itoa(centres)+" centres to mend"), Warn: wrong > 0},
		{Href: placementsAt(f, "", ""), Value: rateWords(report.Total.Rate()), Text: tr("进驻率", "Entered")}, {Href: placementsAt(f, "", ""), Value: strconv.Itoa(report.Total.Lists), Text: tr("在用的实施清单", "Lists in use")}}
	heads := []string{tr("进驻率", "Entered"), tr("清单", "Lists")}
	for _, kind := range channel.PlacementKinds {
		zh, en := kind.Words()
		g := f
		g.Kind = kind
		p.Stats = append(p.Stats, web.Stat{Href: placementsAt(g, "", ""), Value: strconv.Itoa(report.Total.Of[kind]), Text: tr(zh, en), Warn: kind == channel.None && report.Total.Of[kind] > 0})
		heads = append(heads, tr(zh, en))
	}
	p.Faults = web.Table{Caption: tr("需要完善的大厅", "Centres to mend"), Hide: true, Heads: []web.Head{{Text: tr("大厅", "Centre")}, {Text: tr("区划", "District")}, {Text: tr("缺什么", "What is missing")}},
		Empty: web.Empty{Title: tr("大厅的名称和窗口都符合第二十条", "Names and windows are as Article 20 asks")}}
	p.Areas = figureTable{Caption: tr("按区划", "By district"), First: tr("区划", "District"), Heads: heads}
	p.Centres = figureTable{Caption: tr("按大厅：同级部门的实施清单", "By centre: the lists of its level and place"), First: tr("大厅", "Centre"), Heads: heads}
	for _, d := range report.Districts {
		g := f
		g.Division = d.Division.Code
		name := d.Division.Name
		if d.Division.Level == "city" {
			g.Alone, name = true, name+tr("本级", " itself")
		}
		if d.Lists > 0 {
			p.Areas.Rows = append(p.Areas.Rows, placesRow(p.Page, web.Link{Href: centresAt(g), Text: name}, g, d.Figures, true))
		}
		for _, c := range d.Centres {
			at := centresPath + "/" + url.PathEscape(c.Centre.Key)
			if c.Wrong() {
				p.Faults.Rows = append(p.Faults.Rows, web.Row{Cells: []web.Cell{{Text: c.Title, Href: at, Row: true}, {Text: name}, {Text: strings.Join(faults(p.Page, c), tr("；", "; "))}}})
			}
			if c.Own.Lists > 0 && c.Centre.Level <= "4" { // of towns their district's row tells
				h := channel.ReportFilter{Division: c.Centre.Division, Alone: true}
				p.Centres.Rows = append(p.Centres.Rows, placesRow(p.Page, web.Link{Href: at, Text: c.Title}, h, c.Own, true))
			}
		}
	}
	p.Units = figureTable{Caption: tr("按部门，进驻率低的在前", "By department, the lowest share first"), First: tr("部门", "Department"), Heads: heads}
	for _, u := range report.Units[:min(len(report.Units), centreUnits)] {
		g := f
		g.Unit = u.Unit.ID
		p.Units.Rows = append(p.Units.Rows, placesRow(p.Page, web.Link{Href: placementsAt(g, "", ""), Text: u.Unit.Name}, g, u.Figures, true))
	}
	if n := len(report.Units); n > centreUnits {
		all, shown := strconv.Itoa(n), strconv.Itoa(centreUnits)
		p.More = tr("共 "+all+" 个部门，这里是进驻率最低的 "+shown+" 个；选一个区划看其余的。", shown+" of "+all+" departments; choose a district for the others.")
	}
}

// placesRow is one line of figures; links lead to the lists.
func placesRow(p web.Page, name web.Link, f channel.ReportFilter, n channel.Figures, links bool) figureRow {
	row := figureRow{Name: name, Cells: []figureCell{{Label: p.Tr("进驻率", "Entered"), Value: rateWords(n.Rate())}, {Label: p.Tr("清单", "Lists"), Value: strconv.Itoa(n.Lists)}}}
	if links {
		row.Cells[1].Href = placementsAt(f, "", "")
	}
	for _, kind := range channel.PlacementKinds {
		zh, en := kind.Words()
		c := figureCell{Label: p.Tr(zh, en), Value: strconv.Itoa(n.Of[kind])}
		if n.Of[kind] > 0 && links {
			g := f
			g.Kind = kind
			c.Href, c.Bad = placementsAt(g, "", ""), kind == channel.None
		}
		row.Cells = append(row.Cells, c)
	}
	return row
}

// faults tells in words what a centre lacks.
func faults(p web.Page, c channel.CentreCheck) (out []string) {
	var kinds []string
	for _, w := range c.Lacks {
		zh, en := w.Words()
		if w == channel.Comprehensive && c.Centre.Level > "4" {
			zh = "全科综合窗口"
		}
		kinds = append(kinds, p.Tr(zh, en))
	}
	if len(kinds) > 0 {
		out = append(out, p.Tr("缺少", "No window: ")+strings.Join(kinds, p.Tr("、", ", ")))
	}
	if c.Hall != "" && c.Centre.NameReason == "" {
		out = append(out, p.Tr("名称应以“"+c.Hall+"”结尾", "The name should end with “"+c.Hall+"”"))
	}
	return out
}

// centre answers GET /console/centres/{key}.
func (k *Console) centre(w http.ResponseWriter, r *http.Request) error {
	p, err := k.centrePage(r, nil, nil, nil)
	if err != nil {
		return err
	}
	return k.views.centre.Render(w, r, http.StatusOK, *p)
}

// centrePage fills the page; what was posted stands in its fields.
func (k *Console) centrePage(r *http.Request, rename, branch, end url.Values) (*centrePage, error) {
	ctx := r.Context()
	a, err := k.actor(r)
	if err != nil {
		return nil, err
	}
	dir, err := k.c.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	u, ok := dir.UnitByKey(r.PathValue("key"))
	if !ok {
		return nil, web.ErrNoPage()
	}
	rec, err := k.c.Channel.Record(ctx, a, u.ID)
	if err != nil {
		return nil, err
	}
	p := &centrePage{Page: k.page(r, a, "centres", rec.Title, ""), Name: rec.Title, May: rec.May, URL: centresPath + "/" + url.PathEscape(u.Key)}
	p.Back = web.Link{Href: centresPath, Text: p.Tr("全部大厅", "All centres")}
	p.Public = web.Link{Href: "/centres/" + url.PathEscape(u.Key), Text: p.Tr("公开页面", "Public page")}
	p.Faults = faults(p.Page, rec.CentreCheck)
	p.facts(rec, dir)
	p.Windows = web.Table{Caption: p.Tr("窗口", "Windows"), Hide: true, Heads: []web.Head{{Text: p.Tr("窗口", "Window")}, {Text: p.Tr("类型", "Kind")}}, Empty: web.Empty{Title: p.Tr("还没有登记窗口", "No windows yet")}}
	for _, x := range rec.WindowList {
		zh, en := x.Kind.Words()
		p.Windows.Rows = append(p.Windows.Rows, web.Row{Cells: []web.Cell{{Text: x.No, Soft: x.Name}, {Text: p.Tr(zh, en)}}})
	}
	p.history(rec, dir)
	if !rec.May {
		return p, nil
	}
	if rename == nil {
		rename = url.Values{"name": {u.Name}, "short": {u.Short}, "nameReason": {u.NameReason}}
	}
	p.renameFields(rename, k.c.Identity.HallNames().Of(u.Level))
	standing := slices.IndexFunc(rec.History, func(b channel.Branch) bool { return b.Until == "" })
	switch {
	case standing >= 0:
		p.End = endFields(p.Page, p.URL+"/branches/"+strconv.FormatInt(rec.History[standing].ID, 10)+"/end", p.Tr("终止分中心登记", "End the branch"), end, k.c.Channel.Day())
	case len(rec.Branches) == 0:
		if branch == nil {
			branch = url.Values{"from": {k.c.Channel.Day()}}
		}
		p.branchFields(branch, u, dir, a)
	}
	return p, nil
}

func (p *centrePage) facts(rec *channel.CentreRecord, dir *identity.Directory) {
	add := func(zh, en, value, soft string) {
		if value != "" {
			p.Facts.Rows = append(p.Facts.Rows, web.Fact{Key: p.Tr(zh, en), Value: value, Soft: soft})
		}
	}
	add("登记名称", "Name", rec.Centre.Name, rec.Centre.NameReason)
	if b := rec.Branch; b != nil {
		main, _ := dir.Unit(b.MainID)
		add("所属中心", "Branch of", main.Name, p.Tr("自 "+b.From+" 起", "since "+b.From))
		add("设立理由", "Why apart", branchWhy(p.Page, *b), b.Basis)
		add("进驻部门", "For", unitNames(p.Page, dir, b.Departments), "")
	}
	for _, b := range rec.Branches {
		x, _ := dir.Unit(b.BranchID)
		add("分中心", "Branch", x.Name, branchWhy(p.Page, b))
	}
	add("受理的实施清单", "Lists received here", strconv.Itoa(rec.Items), "")
	if rec.Own.Lists > 0 {
		add("同级进驻率", "Entered, of its level", rateWords(rec.Own.Rate()), p.Tr("共 "+strconv.Itoa(rec.Own.Lists)+" 个实施清单", "of "+strconv.Itoa(rec.Own.Lists)+" lists"))
	}
}

func branchWhy(p web.Page, b channel.Branch) string {
	zh, en := b.Reason.Words()
	if b.Detail == "" {
		return p.Tr(zh, en)
	}
	return p.Tr(zh+"：", en+": ") + b.Detail
}

func unitNames(p web.Page, dir *identity.Directory, ids []int64) string {
	var names []string
	for _, id := range ids {
		u, _ := dir.Unit(id)
		names = append(names, u.Name)
	}
	return strings.Join(names, p.Tr("、", ", "))
}

func (p *centrePage) history(rec *channel.CentreRecord, dir *identity.Directory) {
	p.History = web.Table{Caption: p.Tr("分中心登记", "Entries"), Hide: true, Heads: []web.Head{{Text: p.Tr("起止", "From, until")}, {Text: p.Tr("所属中心", "Branch of")}, {Text: p.Tr("理由", "Why")}, {Text: p.Tr("登记", "Entered")}},
		Empty: web.Empty{Title: p.Tr("没有登记为分中心", "It was never a branch")}}
	for _, b := range rec.History {
		main, _ := dir.Unit(b.MainID)
		p.History.Rows = append(p.History.Rows, web.Row{Cells: []web.Cell{{Text: spanWords(p.Page, b.From, b.Until)}, {Text: main.Name, Soft: unitNames(p.Page, dir, b.Departments)}, {Text: branchWhy(p.Page, b), Soft: b.Basis}, entryCell(p.Page, b.By, b.EndedBy, b.EndWhy)}})
	}
}

func spanWords(p web.Page, from, until string) string {
	if until == "" {
		return p.Tr(from+" 起", "since "+from)
	}
	return p.Tr(from+" 至 "+until, from+" to "+until)
}

func entryCell(p web.Page, by, ended, why string) web.Cell {
	c := web.Cell{Text: by}
	if ended != "" {
		c.Soft = p.Tr("终止："+ended+"，"+why, "ended by "+ended+": "+why)
	}
	return c
}

func (p *centrePage) renameFields(in url.Values, hall string) {
	p.Rename = []web.FieldView{
		{ID: "r-name", Name: "name", Label: p.Tr("名称", "Name"), Value: in.Get("name"), Max: 100, Help: p.Tr("应以“"+hall+"”结尾；分中心为“"+hall+"××分中心”。", "Ends with “"+hall+"”, of a branch with “"+hall+"…分中心”.")},
		{ID: "r-short", Name: "short", Label: p.Tr("简称", "Short"), Value: in.Get("short"), Max: 100, Optional: true},
		{ID: "r-nameReason", Name: "nameReason", Label: p.Tr("名称例外的理由", "Why it has another name"), Value: in.Get("nameReason"), Max: 500, Optional: true, Help: p.Tr("名称不按统一要求的，写明理由和依据。", "Only where it ends otherwise.")},
	}
}

func reasonField(p web.Page, id, chosen string) web.FieldView {
	f := web.FieldView{ID: id, Name: "reason", Widget: "radio", Label: p.Tr("理由", "Reason")}
	for _, x := range channel.Reasons {
		zh, en := x.Words()
		f.Options = append(f.Options, web.OptionView{ID: id + "-" + string(x), Value: string(x), Label: p.Tr(zh, en), Checked: string(x) == chosen})
	}
	return f
}

func (p *centrePage) branchFields(in url.Values, u identity.Unit, dir *identity.Directory, a actor.Actor) {
	mains := web.FieldView{ID: "b-main", Name: "main", Widget: "select", Label: p.Tr("所属中心", "Branch of"), Help: p.Tr("同级、同一区划的中心。", "A centre of the same level and place.")}
	offices := web.FieldView{ID: "b-departments", Name: "departments", Widget: "checkboxes", Label: p.Tr("在分中心办理业务的部门", "Departments")}
	for _, x := range dir.Units() {
		if x.Level != u.Level || x.Division != u.Division || x.ID == u.ID {
			continue
		}
		switch x.Kind {
		case "centre", "station":
			if identity.Decide(a, identity.CentreManage, identity.Target{UnitPath: x.Path}) == nil {
				mains.Options = append(mains.Options, web.OptionView{ID: "b-main-" + x.Key, Value: x.Key, Label: x.Name, Checked: in.Get("main") == x.Key})
			}
		case "department":
			offices.Options = append(offices.Options, web.OptionView{ID: "b-dept-" + x.Key, Value: x.Key, Label: x.Name, Checked: slices.Contains(in["departments"], x.Key)})
		}
	}
	if len(mains.Options) == 0 || len(offices.Options) == 0 {
		return // nothing that it could be a branch of
	}
	p.Branch = []web.FieldView{mains,
		{ID: "b-name", Name: "name", Label: p.Tr("分中心名称", "Name of the branch"), Value: in.Get("name"), Max: 40, Width: "w-m", Help: p.Tr("例如“公积金”，显示为“××政务服务中心公积金分中心”。", "What stands between the centre's name and 分中心.")},
		reasonField(p.Page, "b-reason", in.Get("reason")),
		{ID: "b-detail", Name: "detail", Widget: "textarea", Label: p.Tr("说明", "In words"), Value: in.Get("detail"), Max: 500, Optional: true, Help: p.Tr("其他情形必须写明。", "Needed with another reason.")},
		{ID: "b-basis", Name: "basis", Label: p.Tr("批准依据", "Approved by"), Value: in.Get("basis"), Max: 200, Help: p.Tr("批复或者会议纪要的名称和文号。", "Name and number of the paper.")},
		offices,
		{ID: "b-from", Name: "from", Label: p.Tr("起始日期", "From"), Value: in.Get("from"), Max: 10, Width: "w-m", Help: "2026-03-02"},
	}
}

func endFields(p web.Page, to, text string, in url.Values, today string) endForm {
	if in == nil {
		in = url.Values{"until": {today}}
	}
	return endForm{URL: to, Text: text, Fields: []web.FieldView{
		{ID: "e-until", Name: "until", Label: p.Tr("终止日期", "Ends on"), Value: in.Get("until"), Max: 10, Width: "w-m", Help: p.Tr("自这一天起不再有效，不晚于今天。", "The first day on which it no longer holds, today at the latest.")},
		{ID: "e-reason", Name: "reason", Label: p.Tr("终止理由", "Why"), Value: in.Get("reason"), Max: 500}}}
}

// markFields puts the problems of an input at its fields and on top of the page.
func markFields(p *web.Page, fields []web.FieldView, err error) {
	for _, f := range errs.Of(err).Fields {
		to := ""
		for i := range fields {
			if fields[i].Name == f.Path {
				fields[i].Error, to = p.Tr(f.ZH, f.EN), "#"+fields[i].ID
			}
		}
		if to == "" && len(fields) > 0 {
			to = "#" + fields[0].ID
		}
		p.Errors.Items = append(p.Errors.Items, web.Link{Href: to, Text: p.Tr(f.ZH, f.EN)})
	}
}

// refusedCentre shows a refused form again with what was in it.
func (k *Console) refusedCentre(w http.ResponseWriter, r *http.Request, rename, branch, end url.Values, err error) error {
	if errs.KindOf(err) != errs.Invalid {
		return web.Onward(err, web.Link{Href: centresPath + "/" + url.PathEscape(r.PathValue("key")), Text: web.NewPage(r, "", "").Tr("回到大厅", "Back to the centre")})
	}
	p, pageErr := k.centrePage(r, rename, branch, end)
	if pageErr != nil {
		return pageErr
	}
	fields := p.Rename
	switch {
	case branch != nil:
		fields = p.Branch
	case end != nil:
		fields = p.End.Fields
	}
	markFields(&p.Page, fields, err)
	return k.views.centre.Render(w, r, http.StatusUnprocessableEntity, *p)
}

// renameCentre answers POST /console/centres/{key}/name.
func (k *Console) renameCentre(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	dir, err := k.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	u, _ := dir.UnitByKey(r.PathValue("key"))
	in := r.PostForm
	if err := k.c.Identity.RenameHall(r.Context(), a, u.ID, in.Get("name"), in.Get("short"), in.Get("nameReason")); err != nil {
		return k.refusedCentre(w, r, in, nil, nil, err)
	}
	k.flash(w, r, "名称已经保存。", "The name was kept.")
	return web.SeeOther(w, r, centresPath+"/"+url.PathEscape(u.Key))
}

// setBranch answers POST /console/centres/{key}/branches.
func (k *Console) setBranch(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	in, key := r.PostForm, r.PathValue("key")
	_, err = k.c.Channel.SetBranch(r.Context(), a, channel.BranchInput{Centre: key, Main: in.Get("main"), Name: in.Get("name"), Reason: channel.Reason(in.Get("reason")), Detail: in.Get("detail"),
		Basis: in.Get("basis"), Departments: in["departments"], From: strings.TrimSpace(in.Get("from"))})
	if err != nil {
		return k.refusedCentre(w, r, nil, in, nil, err)
	}
	k.flash(w, r, "分中心已经登记。", "The branch is on record.")
	return web.SeeOther(w, r, centresPath+"/"+url.PathEscape(key))
}

// endBranch answers POST /console/centres/{key}/branches/{id}/end.
func (k *Console) endBranch(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	in := r.PostForm
	if err := k.c.Channel.EndBranch(r.Context(), a, id, strings.TrimSpace(in.Get("until")), in.Get("reason")); err != nil {
		return k.refusedCentre(w, r, nil, nil, in, err)
	}
	k.flash(w, r, "分中心登记已经终止。", "The branch has ended.")
	return web.SeeOther(w, r, centresPath+"/"+url.PathEscape(r.PathValue("key")))
}
