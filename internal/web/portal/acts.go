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
	Warn     string // what follows from it
	Button   string
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
	if _, said := says[act]; !said && act != casework.Withdraw && act != casework.WithdrawPromise && act != casework.ChangeDelivery && act != casework.AskMoreTime {
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
	case act == casework.Withdraw || act == casework.WithdrawPromise:
		return p.withdrawPage(w, r, v, act, http.StatusOK, "", nil)
	case act == casework.AskMoreTime:
		return p.moreTimePage(w, r, v, http.StatusOK, [2]string{}, nil)
	case said:
		return p.sayPage(w, r, v, act, http.StatusOK, "", nil)
	}
	return p.changePage(w, r, v, http.StatusOK, v.Delivery, nil)
}

func (p *Portal) withdrawPage(w http.ResponseWriter, r *http.Request, v *casework.View, act casework.Act, status int, reason string, problems []errs.Field) error {
	pg := WithdrawPage{Page: p.newPage(r, "my", "撤回申请", "Withdraw"), Item: v.Case.ItemName, No: v.Case.No, Version: v.Case.Version,
		Action: "/my/cases/" + v.Case.No + "/acts/" + string(act)}
	pg.Warn, pg.Button = pg.Tr("撤回以后这个办件就结束了，以后需要可以重新申请。", "The case ends here; you may apply again later."), pg.Tr("确认撤回", "Withdraw it")
	if act == casework.WithdrawPromise {
		pg.Title = pg.Tr("撤回承诺", "Withdraw the promise")
		pg.Warn = pg.Tr("撤回承诺以后，需要提交相应的证明，由工作人员审查；申请继续办理。", "You then hand in the proof, which is reviewed; the application goes on.")
	}
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
	if act == casework.AskMoreTime {
		return p.askMoreTime(w, r, a, v, in.Version)
	}
	if act == casework.WithdrawPromise {
		said = [2]string{"承诺已撤回，请提交证明。", "The promise is withdrawn; please hand in the proof."}
	}
	if act != casework.ChangeDelivery {
		if in.Reason = strings.TrimSpace(r.PostFormValue("reason")); len([]rune(in.Reason)) > 300 {
			return p.withdrawPage(w, r, v, act, http.StatusUnprocessableEntity, in.Reason, []errs.Field{{Path: "reason", Code: "max-length", ZH: "原因请不要超过300个字", EN: "At most 300 characters"}})
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
		if fields, other := wrong(err); other == nil && act != casework.ChangeDelivery {
			return p.withdrawPage(w, r, v, act, http.StatusUnprocessableEntity, in.Reason, fields)
		}
		return web.Onward(err, back)
	}
	pg := web.NewPage(r, "", "")
	p.Renderer.SetFlash(w, web.OK, pg.Tr(said[0], said[1]))
	return web.SeeOther(w, r, back.Href)
}
