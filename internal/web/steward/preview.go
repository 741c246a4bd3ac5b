package steward

import (
	"net/http"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/portal"
)

// formPage 预览申请表: the form as an applicant meets it, with the check list as
// the window does.
type formPage struct {
	web.Page
	Item  string
	Back  string
	Form  web.FormView
	Step  web.Steps
	Asked []askedRow
}

// askedRow is a material with what a clerk may ask for.
type askedRow struct {
	Name  string
	Tag   web.Tag
	When  string
	Lines []string
}

// previewGuide shows the draft as the public page.
func (s *Steward) previewGuide(w http.ResponseWriter, r *http.Request) error {
	a, d, err := s.found(r)
	if err != nil {
		return err
	}
	dir, err := s.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	b := d.Guide.Basics
	it := &catalog.Item{Code: b.Code, BasicCode: b.BasicCode, Name: b.Name, UnitID: d.UnitID, ReceivingUnitID: d.ReceivingID, Division: b.Division, State: catalog.Paused}
	v := &catalog.Version{Guide: d.Guide, Files: d.Files, PublishedAt: d.UpdatedAt, PublishedBy: d.UpdatedBy}
	p := portal.NewGuidePage(s.page(r, a, b.Name, b.NameEN), it, v, dir)
	p.FilesAt(func(key string) string { return draftPath(d.ID) + "/files/" + key })
	p.Shell = web.Portal
	s.c.Style.Add(&p.Page)
	p.Flash = web.Banner{Tone: web.Note, Title: p.Tr("预览", "Preview"), Text: p.Tr("这是编制稿，还没有发布。", "This is a draft; it is not published."), Link: web.Link{Href: draftPath(d.ID), Text: p.Tr("回到编制稿", "Back to the draft")}}
	p.Paused = false
	return s.views.guide.Render(w, r, http.StatusOK, p)
}

// previewForm shows a step of the draft's form and, below, the window's check list.
func (s *Steward) previewForm(w http.ResponseWriter, r *http.Request) error {
	a, d, err := s.found(r)
	if err != nil {
		return err
	}
	g := &d.Guide
	p := formPage{Page: s.page(r, a, "预览申请表", "Preview of the form"), Item: g.Basics.Name, Back: draftPath(d.ID)}
	p.Crumbs = []web.Link{{Href: "/console/items", Text: p.Tr("事项管理", "Service items")}, {Href: p.Back, Text: p.Item}, {Text: p.Title}}
	f, err := s.c.Catalog.DraftForm(d)
	if err != nil {
		return s.back(w, r, draftPath(d.ID), catalog.ErrGuide.Because(err))
	}
	step := r.URL.Query().Get("step")
	steps := f.Steps()
	if step == "" && len(steps) > 0 {
		step = steps[0].Key
	}
	for i, st := range steps {
		p.Step.Items = append(p.Step.Items, web.Step{Title: p.Tr(st.Title, st.TitleEN), Href: draftPath(d.ID) + "/form?step=" + st.Key})
		if st.Key == step {
			p.Step.Now = i
		}
	}
	p.Form = s.c.Renderer.Form(&p.Page, web.FormInput{Form: f, Step: step, Action: draftPath(d.ID) + "/form", Submit: p.Tr("预览中不能提交", "Nothing is handed in here")})
	for _, m := range g.Materials {
		row := askedRow{Name: m.Name}
		switch m.Necessity {
		case "required":
			row.Tag = web.Tag{Tone: web.Note, Text: p.Tr("必要", "Required")}
		case "tolerant":
			row.Tag = web.Tag{Tone: web.Info, Text: p.Tr("可容缺", "May follow")}
		default:
			row.Tag = web.Tag{Text: p.Tr("非必要", "Optional")}
		}
		if m.When != nil {
			if x := f.Field(m.When.Field); x != nil {
				row.When = p.Tr("按“"+x.Title+"”的回答决定是否需要", "Depends on: "+x.TitleEN)
			}
		}
		for _, l := range m.Lines {
			row.Lines = append(row.Lines, l.Text)
		}
		p.Asked = append(p.Asked, row)
	}
	return s.views.form.Render(w, r, http.StatusOK, p)
}
