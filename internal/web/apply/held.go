package apply

import (
	"net/http"
	"strconv"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/web"
)

// HeldPage 所涉证照: which licence a change, renewal, copy or deregistration is about.
type HeldPage struct {
	Frame
	Action string
	Before string
	Pick   web.FieldView
	Empty  web.Empty // the applicant holds none that fits
}

func (z *Wizard) aboutHeld(j *job) bool {
	return !j.correcting() && j.v.Guide.Result().Does != ""
}

func (z *Wizard) showHeld(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	if !z.aboutHeld(j) {
		return web.SeeOther(w, r, z.next(r.Context(), j, ""))
	}
	return z.heldPage(w, r, j, http.StatusOK, "", nil)
}

func (z *Wizard) heldPage(w http.ResponseWriter, r *http.Request, j *job, status int, chosen string, wrong []errs.Field) error {
	p := HeldPage{Frame: z.frame(r, j, "held"), Action: j.at + "/held", Before: z.before(j, "held")}
	list, err := z.c.Casework.HeldChoices(r.Context(), j.d.Party, &j.v.Guide)
	if err != nil {
		return err
	}
	if chosen == "" && j.d.Data.Held != 0 {
		chosen = strconv.FormatInt(j.d.Data.Held, 10)
	}
	zh, en := casework.DoesWords(j.v.Guide.Result().Does)
	p.Pick = web.FieldView{ID: "f-held", Name: "held", Widget: "radio", Label: p.Tr("要"+zh+"哪一份证照", en+" of which licence")}
	for _, l := range list {
		id := strconv.FormatInt(l.ID, 10)
		p.Pick.Options = append(p.Pick.Options, web.OptionView{ID: "f-held-" + id, Value: id, Label: l.Name + " " + l.Number, Soft: heldWords(p.Page, l), Checked: id == chosen})
	}
	ids := map[string]string{"held": "f-held"}
	if len(list) > 0 {
		ids["held"] = p.Pick.Options[0].ID
	}
	p.Pick.Error = p.FieldErrors(wrong, ids)["held"]
	p.Empty = web.Empty{Title: p.Tr("没有可以办理的证照", "No licence that fits"), Text: p.Tr("申请人名下没有这种有效的电子证照。请核对身份，或者到窗口查询。", "The applicant holds no valid licence of this kind.")}
	if r := j.v.Guide.Result(); r.LicenceType != "" {
		p.Empty.Link = web.Link{Href: p.Guide.Href, Text: p.Guide.Text}
	}
	return z.heldV.Render(w, r, status, p)
}

func heldWords(p web.Page, l licence.Licence) string {
	if l.Until == "" {
		return p.Tr(l.IssuerName+"，长期有效", l.IssuerName+", no end")
	}
	return p.Tr(l.IssuerName+"，有效期至 "+l.Until, l.IssuerName+", until "+l.Until)
}

func (z *Wizard) chooseHeld(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	chosen := r.PostFormValue("held")
	id, malformed := strconv.ParseInt(chosen, 10, 64)
	if malformed != nil || id == 0 {
		f := errs.Field{Path: "held", Code: "required", ZH: "请选择要办理的证照", EN: "Choose the licence"}
		return z.heldPage(w, r, j, http.StatusUnprocessableEntity, "", []errs.Field{f})
	}
	d, err := z.c.Casework.ChooseHeld(r.Context(), j.a, j.d.ID, j.d.Version, id)
	if err != nil {
		fs, other := problems(err)
		if other != nil {
			return web.Onward(err, web.Link{Href: j.at, Text: "返回草稿"})
		}
		return z.heldPage(w, r, j, http.StatusUnprocessableEntity, chosen, fs)
	}
	j.d = d
	return web.SeeOther(w, r, z.next(r.Context(), j, "held"))
}

// heldSection says on the check page which licence it is about.
func (z *Wizard) heldSection(r *http.Request, p web.Page, j *job) ([]Section, error) {
	if !z.aboutHeld(j) || j.d.Data.Held == 0 {
		return nil, nil
	}
	list, err := z.c.Casework.HeldChoices(r.Context(), j.d.Party, &j.v.Guide)
	s := Section{Title: p.Tr("所涉证照", "The licence"), Change: web.Link{Href: j.at + "/held", Text: p.Tr("修改", "Change")}}
	for _, l := range list {
		if l.ID == j.d.Data.Held {
			s.Facts.Rows = []web.Fact{{Key: l.Name, Value: l.Number, Soft: heldWords(p, l)}}
		}
	}
	return []Section{s}, err
}
