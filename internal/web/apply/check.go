package apply

import (
	"net/http"
	"strconv"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// CheckPage 核对: everything that is handed in, with links to change it, and
// everything that is still missing.
type CheckPage struct {
	Frame
	Sections []Section
	Missing  []web.Link // what keeps it from being handed in
	Action   string
	Version  int64
	Back     string
	Button   string
	Limits   string // what happens next, in words
}

// Section is one part of the application.
type Section struct {
	Title  string
	Change web.Link // Href empty: not to be changed
	Facts  web.Facts
}

func (z *Wizard) showCheck(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	return z.checkPage(w, r, j, http.StatusOK, false)
}

func (z *Wizard) checkPage(w http.ResponseWriter, r *http.Request, j *job, status int, refused bool) error {
	p := CheckPage{Frame: z.frame(r, j, "check"), Action: j.at + "/submit", Version: j.d.Version, Back: z.before(j, "check")}
	p.Button = p.Tr("确认无误，提交申请", "All correct: submit")
	if j.correcting() {
		p.Button = p.Tr("提交补正", "Send the correction")
		if len(j.owed) > 0 {
			p.Button = p.Tr("提交补齐的材料", "Hand in what was to follow")
		}
	}
	if j.mending() {
		p.Button = p.Tr("确认更正", "Confirm what was corrected")
	}
	if !j.mending() {
		p.Limits = z.promise(p.Page, j)
	}
	about, err := z.heldSection(r, p.Page, j)
	if err != nil {
		return err
	}
	p.Sections = about
	lines := j.v.Form().Summary(j.d.Data.Values)
	for _, s := range j.v.Form().Steps() {
		var mine []form.Line
		for _, l := range lines {
			if l.Step == s.Key {
				mine = append(mine, l)
			}
		}
		if len(mine) == 0 {
			continue
		}
		sec := Section{Title: p.Tr(s.Title, s.TitleEN), Facts: web.Facts{Rows: caseview.Answers(p.Page, mine, true)}}
		if j.asksFields() {
			sec.Change = web.Link{Href: j.at + "/form/" + s.Key, Text: p.Tr("修改", "Change")}
		}
		p.Sections = append(p.Sections, sec)
	}
	p.Sections = append(p.Sections, z.materialSection(p.Page, j)...)
	p.Sections = append(p.Sections, z.promiseSection(p.Page, j)...)
	if !j.correcting() {
		p.Sections = append(p.Sections, z.deliverySection(p.Page, j))
	}
	for _, f := range z.c.Casework.Problems(r.Context(), j.d, j.v) {
		l := web.Link{Href: z.mend(j, f), Text: p.Tr(f.ZH, f.EN)}
		p.Missing = append(p.Missing, l)
	}
	if refused {
		p.Errors = web.Errors{Title: p.Tr("还不能提交，请先补充以下内容", "It cannot be handed in yet; complete the following"), Items: p.Missing}
		p.Missing = nil
	}
	return z.checkV.Render(w, r, status, p)
}

// mend is where a problem is mended: the page, and the widget on it.
func (z *Wizard) mend(j *job, f errs.Field) string {
	key := z.stationOf(j, f)
	to := j.at + "/" + key
	switch key {
	case "materials":
		return to + "#m-" + f.Path[len("materials/"):]
	case "privacy", "held", "promise", "delivery", "check":
		return to
	}
	return to + "?check=1"
}

func (z *Wizard) materialSection(p web.Page, j *job) []Section {
	list := z.asked(j)
	if len(list) == 0 {
		return nil
	}
	s := Section{Title: p.Tr("申请材料", "Documents"), Change: web.Link{Href: j.at + "/materials", Text: p.Tr("修改", "Change")}}
	for _, m := range list {
		h := j.d.Data.Handed(m.Code)
		f := HandedFact(p, p.Tr(m.Name, m.NameEN), h, m.Required())
		if z.c.Staff && !h.Empty() {
			f.Tag = caseview.Trust(p, casework.TrustOf(h, m))
		}
		s.Facts.Rows = append(s.Facts.Rows, f)
	}
	return []Section{s}
}

// HandedFact says what was handed in for a material.
func HandedFact(p web.Page, name string, h casework.Handed, required bool) web.Fact {
	f := web.Fact{Key: name}
	if h.Licence != nil {
		f.Lines = append(f.Lines, p.Tr("使用电子证照“"+h.Licence.Name+"”", "Licence “"+h.Licence.Name+"”"))
	}
	for _, d := range h.Files {
		f.Lines = append(f.Lines, d.Name)
	}
	if h.Paper {
		f.Lines = append(f.Lines, p.Tr("纸质原件，窗口已查验", "Paper original, seen at the window"))
	}
	if h.Copies > 0 {
		n := strconv.Itoa(h.Copies)
		f.Lines = append(f.Lines, p.Tr("窗口留存 "+n+" 份", n+" copies stay at the window"))
	}
	switch {
	case len(f.Lines) > 0:
	case required:
		f.Tag = web.Tag{Tone: web.Note, Text: p.Tr("还没有提交", "Still missing")}
	default:
		f.Value = p.Tr("未提交", "Not handed in")
	}
	return f
}

func (z *Wizard) deliverySection(p web.Page, j *job) Section {
	dl := j.d.Data.Delivery
	s := Section{Title: p.Tr("领取方式", "Delivery")}
	if len(j.v.Guide.Result().Delivery) > 1 {
		s.Change = web.Link{Href: j.at + "/delivery", Text: p.Tr("修改", "Change")}
	}
	s.Facts.Rows = []web.Fact{{Key: p.Tr("方式", "Way"), Value: caseview.Delivery(p, dl.Way)}}
	if dl.Address != "" {
		s.Facts.Rows = append(s.Facts.Rows, web.Fact{Key: p.Tr("寄给", "To"), Value: dl.Name + " " + dl.Phone, Lines: []string{dl.Address}})
	}
	return s
}

// promise tells how long it will take, before one hands in.
func (z *Wizard) promise(p web.Page, j *job) string {
	l := j.v.Guide.Limits
	if j.v.Guide.Instant() {
		return p.Tr("这是即办件，材料齐全的当场办结。", "This is done on the spot when everything is there.")
	}
	if l.Promised.Days > 0 {
		n := strconv.Itoa(l.Promised.Days)
		return p.Tr("受理后承诺 "+n+" 个工作日内办结。进度可以随时查看，有变化会发消息给您。",
			"Promised within "+n+" working days of acceptance. You can follow it at any time and will get messages.")
	}
	return ""
}

func (z *Wizard) submit(w http.ResponseWriter, r *http.Request) error {
	a, err := z.c.Actor(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	version, malformed := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if malformed != nil {
		if _, err := z.open(r); err != nil {
			return err
		}
		return web.Malformed(malformed)
	}
	c, err := z.c.Casework.Submit(r.Context(), a, id, casework.SubmitInput{Version: version})
	if err != nil {
		if _, other := problems(err); other != nil {
			return web.Onward(err, web.Link{Href: z.First(id) + "/check", Text: "重新核对"})
		}
		j, err := z.open(r)
		if err != nil {
			return err
		}
		return z.checkPage(w, r, j, http.StatusUnprocessableEntity, true)
	}
	if r.PostFormValue("mend") != "" {
		return web.SeeOther(w, r, z.c.Case(c.No)+"?done="+string(casework.Mend))
	}
	return web.SeeOther(w, r, z.c.Done(c.No))
}
