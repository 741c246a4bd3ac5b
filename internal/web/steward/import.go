package steward

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	book "github.com/tongban/tongban/internal/catalog/sheet"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
)

// importPage 导入: bring a file, and what was brought.
type importPage struct {
	web.Page
	Error string
	Mode  web.FieldView
	Most  int // MB
	Past  web.Table
}

// reportPage is what would come of a file, row by row.
type reportPage struct {
	web.Page
	Name, URL string
	State     web.Tag
	Busy      bool
	Done, Of  int
	Wrong     []string
	Carried   bool
	Tabs      []reportTab
	Rows      []reportRow
	Pager     web.Pager
	Empty     web.Empty
	Refused   string // where the refused rows can be had
	Ready     bool
	Publish   bool
	Count     int // rows that would be imported
	Reason    web.FieldView
}

type reportTab struct {
	Href, Text string
	Count      int
	Now        bool
}

type reportRow struct {
	At, Name, Code, Unit string
	Tag                  web.Tag
	Says                 []string // what changes
	Wrong                []string // why it is refused
	Warn                 []string
	More                 int
}

// exportPage 导出: which lists, and as what.
type exportPage struct {
	web.Page
	Units, Format web.FieldView
	Below         bool
}

func (s *Steward) imports(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	return s.importForm(w, r, a, http.StatusOK, "")
}

func (s *Steward) importForm(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, wrong string) error {
	p := importPage{Page: s.page(r, a, "导入清单", "Import lists"), Error: wrong, Most: book.MaxUpload >> 20}
	p.Mode = web.FieldView{ID: "mode", Name: "mode", Widget: "radio", Label: p.Tr("导入后", "Then")}
	if a.Has(actor.ItemSteward) {
		p.Mode.Options = append(p.Mode.Options, web.OptionView{ID: "mode-drafts", Value: string(catalog.PlanDrafts), Label: p.Tr("生成编制稿", "Make drafts"), Soft: p.Tr("由审核人员审核、发布", "A reviewer publishes them"), Checked: true})
	}
	if a.Has(actor.ItemReviewer) {
		p.Mode.Options = append(p.Mode.Options, web.OptionView{ID: "mode-publish", Value: string(catalog.PlanPublish), Label: p.Tr("直接发布", "Publish"), Soft: p.Tr("限全市的审核人员，须写明理由", "For reviewers of the whole city, with a reason"), Checked: len(p.Mode.Options) == 0})
	}
	past, err := s.c.Sheets.Imports(r.Context(), a)
	if err != nil {
		return err
	}
	p.Past = web.Table{Caption: p.Tr("最近的导入", "Recent imports"), Hide: true, Heads: []web.Head{{Text: p.Tr("文件", "File")}, {Text: p.Tr("状态", "State")}, {Text: p.Tr("时间", "When")}},
		Empty: web.Empty{Title: p.Tr("还没有导入过", "Nothing was imported yet"), Text: p.Tr("可以先导出一份，在表格里修改后再导入。", "Export first, edit the workbook and bring it back.")}}
	for _, im := range past {
		p.Past.Rows = append(p.Past.Rows, web.Row{Cells: []web.Cell{{Text: im.Name, Href: importPath(im.ID), Row: true}, {Tag: importTag(p.Page, im.State)}, {Text: clock.DateOf(im.CreatedAt).String()}}})
	}
	return s.views.imports.Render(w, r, status, p)
}

func importPath(id int64) string { return "/console/items/import/" + strconv.FormatInt(id, 10) }

func importTag(p web.Page, st book.State) web.Tag {
	tones := map[book.State]web.Tone{book.Reading: web.Info, book.Ready: web.Note, book.Refused: web.Bad, book.Carrying: web.Info, book.Done: web.OK, book.Failed: web.Bad}
	return web.Tag{Tone: tones[st], Text: p.Tr(st.Words())}
}

// bring takes a file.
func (s *Steward) bring(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err == nil {
		err = s.c.Sheets.Allowed(r.Context(), a)
	}
	if err != nil {
		return err
	}
	id, err := s.begin(r, a)
	if e := errs.Of(err); err != nil && (e.Kind == errs.Invalid || e.Kind == errs.TooLarge) && len(e.Fields) > 0 {
		return s.importForm(w, r, a, e.Kind.Status(), web.NewPage(r, "", "").Tr(e.Fields[0].ZH, e.Fields[0].EN))
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, importPath(id))
}

// begin reads the form with the file.
func (s *Steward) begin(r *http.Request, a actor.Actor) (int64, error) {
	mr, err := r.MultipartReader()
	if err != nil {
		return 0, web.Malformed(err)
	}
	var name, mode string
	var file []byte
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return s.c.Sheets.Begin(r.Context(), a, name, catalog.PlanMode(mode), file, nil)
		}
		if err != nil {
			return 0, web.Malformed(err)
		}
		switch part.FormName() {
		case "mode":
			b, err := io.ReadAll(io.LimitReader(part, 40))
			if err != nil {
				return 0, web.Malformed(err)
			}
			mode = string(b)
		case "file":
			name = part.FileName()
			if file, err = book.ReadUpload(part); err != nil {
				return 0, err
			}
		}
	}
}

// broughtImport loads the import that the address names.
func (s *Steward) broughtImport(r *http.Request) (actor.Actor, *book.Import, error) {
	a, err := s.actor(r)
	if err != nil {
		return a, nil, err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return a, nil, web.ErrNoPage()
	}
	im, err := s.c.Sheets.Import(r.Context(), a, id)
	return a, im, err
}

// reportRows is how many rows a page of the report shows.
const reportRows = 50

var planTones = map[catalog.PlanState]web.Tone{catalog.PlanNew: web.OK, catalog.PlanChanged: web.Note, catalog.PlanRefused: web.Bad}

func (s *Steward) report(w http.ResponseWriter, r *http.Request) error {
	a, im, err := s.broughtImport(r)
	if err != nil {
		return err
	}
	return s.reportPage(w, r, a, im, http.StatusOK, "")
}

func (s *Steward) reportPage(w http.ResponseWriter, r *http.Request, a actor.Actor, im *book.Import, status int, wrong string) error {
	p := reportPage{Page: s.page(r, a, "导入预检", "Import"), Name: im.Name, URL: importPath(im.ID), State: importTag(web.NewPage(r, "", ""), im.State), Busy: im.State.Busy(),
		Ready: im.State == book.Ready, Publish: im.Mode == catalog.PlanPublish, Carried: im.State == book.Done}
	if at, ok := s.c.Sheets.Progress(im.ID); ok && p.Busy {
		p.Done, p.Of = at.Done, at.Of
	}
	if p.Busy {
		w.Header().Set("Refresh", "3") // the page looks again by itself, without script
	}
	for _, f := range im.Problems {
		p.Wrong = append(p.Wrong, p.Tr(f.ZH, f.EN))
	}
	count := im.Counts()
	show := catalog.PlanState(r.URL.Query().Get("state"))
	for _, t := range catalog.PlanStates {
		if count[t.Key] > 0 && count[show] == 0 {
			show = t.Key
		}
	}
	for _, t := range catalog.PlanStates {
		p.Tabs = append(p.Tabs, reportTab{Href: p.URL + "?state=" + string(t.Key), Text: p.Tr(t.ZH, t.EN), Count: count[t.Key], Now: t.Key == show})
	}
	from, err := strconv.Atoi(r.URL.Query().Get("from"))
	if err != nil || from < 0 {
		from = 0
	}
	rows, more := im.Page(show, from, reportRows)
	for _, row := range rows {
		p.Rows = append(p.Rows, reportRowOf(p.Page, row))
	}
	link := func(n int) string { return fmt.Sprintf("%s?state=%s&from=%d", p.URL, show, n) }
	if from > 0 {
		p.Pager.Prev = link(max(0, from-reportRows))
	}
	if more {
		p.Pager.Next = link(from + reportRows)
	}
	if count[catalog.PlanRefused] > 0 {
		p.Refused = p.URL + "/refused.xlsx"
	}
	p.Count = count[catalog.PlanNew] + count[catalog.PlanChanged]
	p.Reason = web.FieldView{ID: "reason", Name: "reason", Widget: "textarea", Label: p.Tr("导入的理由", "Why it is imported"), Max: 200, Error: wrong}
	p.Empty = web.Empty{Title: p.Tr("没有这一类的行", "No such rows")}
	return s.views.report.Render(w, r, status, p)
}

// saidOfRow is how many changes or problems of a row the page tells.
const saidOfRow = 8

func reportRowOf(p web.Page, r *catalog.PlanRow) reportRow {
	out := reportRow{At: r.At, Name: r.Name, Code: r.Code, Unit: r.Unit, Tag: web.Tag{Tone: planTones[r.State], Text: p.Tr(r.State.Words())}}
	for i, c := range r.Changes {
		if i == saidOfRow {
			out.More = len(r.Changes) - saidOfRow
			break
		}
		out.Says = append(out.Says, p.Tr(c.ZH, c.EN))
	}
	for _, x := range r.Problems {
		says := placeWords(p, x.Path) + p.Tr("：", ": ") + p.Tr(x.ZH, x.EN)
		switch {
		case x.Error && len(out.Wrong) < saidOfRow:
			out.Wrong = append(out.Wrong, says)
		case !x.Error && r.State != catalog.PlanSame && len(out.Warn) < saidOfRow:
			out.Warn = append(out.Warn, says)
		}
	}
	return out
}

// placeWords says where a problem is: a cell as it stands, a part of the guide by
// its name.
func placeWords(p web.Page, path string) string {
	name, _, _ := strings.Cut(path, "/")
	if w, ok := sectionWords[name]; ok {
		return p.Tr(w.zh, w.en)
	}
	return path
}

// carry has an import carried out.
func (s *Steward) carry(w http.ResponseWriter, r *http.Request) error {
	a, im, err := s.broughtImport(r)
	if err != nil {
		return err
	}
	in, err := posted(r)
	if err != nil {
		return err
	}
	err = s.c.Sheets.Carry(r.Context(), a, im.ID, in.Get("reason"), nil)
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return s.reportPage(w, r, a, im, http.StatusUnprocessableEntity, web.NewPage(r, "", "").Tr(e.Fields[0].ZH, e.Fields[0].EN))
	}
	if err != nil {
		return s.back(w, r, importPath(im.ID), err)
	}
	return web.SeeOther(w, r, importPath(im.ID))
}

func (s *Steward) refusedRows(w http.ResponseWriter, r *http.Request) error {
	_, im, err := s.broughtImport(r)
	if err != nil {
		return err
	}
	return sendExport(w, im.Refused())
}

// sendExport sends a file as a download.
func sendExport(w http.ResponseWriter, f *book.Export) error {
	h := w.Header()
	h.Set("Content-Type", f.MIME)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("Cache-Control", "no-store")
	if err := f.Write(w); err != nil {
		panic(http.ErrAbortHandler) // half a file must not look whole
	}
	return nil
}

func (s *Steward) export(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	units, err := s.c.Sheets.Units(r.Context(), a)
	if err != nil {
		return err
	}
	p := exportPage{Page: s.page(r, a, "导出清单", "Export lists"), Below: true}
	p.Units = web.FieldView{ID: "unit", Name: "unit", Widget: "select", Label: p.Tr("单位", "Unit")}
	for _, u := range units {
		p.Units.Options = append(p.Units.Options, web.OptionView{Value: u.Key, Label: u.Name, Checked: u.ID == a.Unit})
	}
	p.Format = web.FieldView{ID: "format", Name: "format", Widget: "radio", Label: p.Tr("格式", "Format"), Options: []web.OptionView{
		{ID: "format-xlsx", Value: string(book.XLSX), Label: p.Tr("工作簿 XLSX", "Workbook (XLSX)"), Soft: p.Tr("每项清单一行，材料、流程等各有工作表；修改后可以导入", "One row a list, sheets for materials and steps; edit and import again"), Checked: true},
		{ID: "format-yaml", Value: string(book.YAML), Label: p.Tr("事项文件 YAML", "Item files (YAML)")},
		{ID: "format-json", Value: string(book.Exchange), Label: p.Tr("国家交换表 JSON", "National exchange tables (JSON)")}}}
	return s.views.export.Render(w, r, http.StatusOK, p)
}

func (s *Steward) exportFile(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	in := r.URL.Query()
	f, err := s.c.Sheets.Export(r.Context(), a, book.Wanted{Unit: in.Get("unit"), Below: in.Get("below") != "", Format: book.Format(in.Get("format"))})
	if err != nil {
		return err
	}
	return sendExport(w, f)
}
