package apply

import (
	"net/http"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
)

// PrivacyPage 个人信息处理告知 (个人信息保护法 第十七条): who processes which data, why
// and how long.
type PrivacyPage struct {
	Frame
	Action    string
	Processor string
	Purpose   string
	Retention string
	Basis     string
	Data      []string
	Shared    []string
	Told      web.FieldView
	Agreed    string // “已于 … 确认”, empty before
}

func (z *Wizard) showPrivacy(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	return z.privacyPage(w, r, j, http.StatusOK, nil)
}

func (z *Wizard) privacyPage(w http.ResponseWriter, r *http.Request, j *job, status int, wrong []errs.Field) error {
	g := j.v.Guide.Privacy
	p := PrivacyPage{Frame: z.frame(r, j, "privacy"), Action: j.at + "/privacy", Processor: g.Processor, Purpose: g.Purpose,
		Retention: g.Retention, Basis: g.Basis, Data: g.Data, Shared: g.Shared}
	if p.Processor == "" {
		p.Processor = j.v.Guide.Department.Name
	}
	label := p.Tr("我已阅读并知晓以上内容", "I have read and understood this")
	if z.c.Staff {
		label = p.Tr("已将以上内容向申请人告知", "The applicant has been told this")
	}
	done := !j.d.Data.Consent.IsZero()
	p.Told = web.FieldView{ID: "f-told", Name: "told", Widget: "checkbox", Label: label,
		Options: []web.OptionView{{ID: "f-told", Value: "true", Label: label, Checked: done}}}
	words := p.FieldErrors(wrong, map[string]string{"told": "f-told"})
	p.Told.Error = words["told"]
	return z.privacyV.Render(w, r, status, p)
}

func (z *Wizard) consent(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	if r.PostForm.Get("told") != "true" {
		f := errs.Field{Path: "told", Code: "required", ZH: "请先阅读告知内容，再勾选确认", EN: "Read the notice, then tick the box"}
		if z.c.Staff {
			f.ZH, f.EN = "请向申请人告知后再勾选", "Tell the applicant first, then tick the box"
		}
		return z.privacyPage(w, r, j, http.StatusUnprocessableEntity, []errs.Field{f})
	}
	if j.d.Data.Consent.IsZero() {
		if j.d, err = z.c.Casework.Consent(r.Context(), j.a, j.d.ID, 0); err != nil {
			return err
		}
	}
	return web.SeeOther(w, r, z.next(r.Context(), j, "privacy"))
}
