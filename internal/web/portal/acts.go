package portal

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/apply"
)

// WithdrawPage 撤回申请 asks before it is done.
type WithdrawPage struct {
	web.Page
	Item, No string
	Reason   web.FieldView
	Action   string
	Version  int64
}

// ChangePage 更改领取方式.
type ChangePage struct {
	web.Page
	Item, No string
	Fields   apply.DeliveryFields
	Action   string
	Version  int64
}

// offered finds the case and checks that the act is offered on it.
func (p *Portal) offered(r *http.Request) (*casework.View, casework.Act, error) {
	a, err := p.person(r)
	if err != nil {
		return nil, "", err
	}
	act := casework.Act(r.PathValue("act"))
	if _, said := says[act]; !said && act != casework.Withdraw && act != casework.ChangeDelivery {
		return nil, "", web.ErrNoPage()
	}
	v, err := p.Casework.View(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return nil, "", err
	}
	for _, o := range v.Offered {
		if o.Act == act {
			return v, act, nil
		}
	}
	return nil, "", web.Onward(casework.ErrNotOffered, web.Link{Href: "/my/cases/" + v.Case.No, Text: "查看办件"})
}

func (p *Portal) showAct(w http.ResponseWriter, r *http.Request) error {
	v, act, err := p.offered(r)
	if err != nil {
		return err
	}
	switch _, said := says[act]; {
	case act == casework.Withdraw:
		return p.withdrawPage(w, r, v, http.StatusOK, "", nil)
	case said:
		return p.sayPage(w, r, v, act, http.StatusOK, "", nil)
	}
	return p.changePage(w, r, v, http.StatusOK, v.Delivery, nil)
}

func (p *Portal) withdrawPage(w http.ResponseWriter, r *http.Request, v *casework.View, status int, reason string, problems []errs.Field) error {
	pg := WithdrawPage{Page: p.newPage(r, "my", "撤回申请", "Withdraw"), Item: v.Case.ItemName, No: v.Case.No, Version: v.Case.Version,
		Action: "/my/cases/" + v.Case.No + "/acts/withdraw"}
	pg.Crumbs = []web.Link{{Href: "/my/cases/" + v.Case.No, Text: pg.Item}, {Text: pg.Title}}
	words := pg.FieldErrors(problems, map[string]string{"reason": "f-reason"})
	pg.Reason = web.FieldView{ID: "f-reason", Name: "reason", Widget: "textarea", Label: pg.Tr("撤回的原因", "Why"), Optional: true, Value: reason, Max: 300, Error: words["reason"]}
	return p.v.withdraw.Render(w, r, status, pg)
}

func (p *Portal) changePage(w http.ResponseWriter, r *http.Request, v *casework.View, status int, dl casework.Delivery, problems []errs.Field) error {
	pg := ChangePage{Page: p.newPage(r, "my", "更改领取方式", "Change the delivery"), Item: v.Case.ItemName, No: v.Case.No, Version: v.Case.Version,
		Action: "/my/cases/" + v.Case.No + "/acts/change-delivery"}
	pg.Crumbs = []web.Link{{Href: "/my/cases/" + v.Case.No, Text: pg.Item}, {Text: pg.Title}}
	ways := v.Version.Guide.Result().Delivery
	words := pg.FieldErrors(problems, apply.DeliveryIDs(ways))
	pg.Fields = apply.NewDeliveryFields(pg.Page, ways, v.Receiving.Name, dl, words)
	return p.v.change.Render(w, r, status, pg)
}

func (p *Portal) act(w http.ResponseWriter, r *http.Request) error {
	v, act, err := p.offered(r)
	if err != nil {
		return err
	}
	a, err := p.person(r)
	if err != nil {
		return err
	}
	if _, said := says[act]; said {
		return p.say(w, r, a, v, act)
	}
	in := casework.Input{}
	if in.Version, err = strconv.ParseInt(r.PostFormValue("version"), 10, 64); err != nil {
		return web.Malformed(err)
	}
	back := web.Link{Href: "/my/cases/" + v.Case.No, Text: "查看最新情况"}
	said := [2]string{"申请已撤回。", "The application is withdrawn."}
	if act == casework.Withdraw {
		if in.Reason = strings.TrimSpace(r.PostFormValue("reason")); len([]rune(in.Reason)) > 300 {
			return p.withdrawPage(w, r, v, http.StatusUnprocessableEntity, in.Reason, []errs.Field{{Path: "reason", Code: "max-length", ZH: "原因请不要超过300个字", EN: "At most 300 characters"}})
		}
	} else {
		dl, problems := apply.ReadDelivery(r, v.Version.Guide.Result().Delivery)
		if len(problems) > 0 {
			return p.changePage(w, r, v, http.StatusUnprocessableEntity, dl, problems)
		}
		in.Delivery = dl
		said = [2]string{"领取方式已更改。", "The delivery is changed."}
	}
	if _, err := p.Casework.Perform(r.Context(), a, v.Case.No, act, in); err != nil {
		if fields, other := wrong(err); other == nil && act == casework.Withdraw {
			return p.withdrawPage(w, r, v, http.StatusUnprocessableEntity, in.Reason, fields)
		}
		return web.Onward(err, back)
	}
	pg := web.NewPage(r, "", "")
	p.Renderer.SetFlash(w, web.OK, pg.Tr(said[0], said[1]))
	return web.SeeOther(w, r, back.Href)
}
