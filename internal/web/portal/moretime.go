package portal

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
)

// MoreTimePage 申请延长补正期限 asks how long and why.
type MoreTimePage struct {
	web.Page
	Item, No string
	Until    string
	Fields   []web.FieldView
	Action   string
	Version  int64
}

// moreTimeNote is what stands beside an open correction: the request that waits,
// or its answer.
func moreTimeNote(pg web.Page, v *casework.View) string {
	m := v.MoreTime
	switch {
	case m == nil || v.Case.State != casework.Correcting:
		return ""
	case m.Waits():
		return pg.Tr("您申请延长"+strconv.Itoa(m.Days)+"天，窗口正在答复；答复之前不会因逾期退件。", "You asked for "+strconv.Itoa(m.Days)+" more days; until the window answers, the case is not returned.")
	case m.Answer == "granted":
		return pg.Tr("补正期限已延长"+strconv.Itoa(m.Given)+"天。", "You have "+strconv.Itoa(m.Given)+" more days.")
	}
	return pg.Tr("延长补正期限的申请未获同意，请在原期限内补正；理由见告知书。", "More time was not given; the reason is in the notice.")
}

func (p *Portal) moreTimePage(w http.ResponseWriter, r *http.Request, v *casework.View, status int, typed [2]string, problems []errs.Field) error {
	pg := MoreTimePage{Page: p.newPage(r, "my", "申请延长补正期限", "Ask for more time"), Item: v.Case.ItemName, No: v.Case.No, Version: v.Case.Version,
		Action: "/my/cases/" + v.Case.No + "/acts/" + string(casework.AskMoreTime)}
	pg.Crumbs = []web.Link{{Href: "/my/cases/" + v.Case.No, Text: pg.Item}, {Text: pg.Title}}
	for _, c := range v.Clocks {
		if c.Kind == casework.Correction {
			pg.Until = pg.Tr(c.Words, c.WordsEN)
		}
	}
	words := pg.FieldErrors(problems, map[string]string{"days": "f-days", "reason": "f-reason"})
	pg.Fields = []web.FieldView{
		{ID: "f-days", Name: "days", Widget: form.NumberBox, Label: pg.Tr("希望延长多久", "How much longer"), Help: pg.Tr("不超过原补正期限的天数。", "No more days than the first limit had."),
			Unit: pg.Tr("天（与原补正期限的计算方式相同）", "days, counted like the first limit"), Mode: "numeric", Width: "w-s", Max: 3, Value: typed[0], Error: words["days"]},
		{ID: "f-reason", Name: "reason", Widget: form.TextArea, Label: pg.Tr("原因", "Why"), Value: typed[1], Max: 300, Error: words["reason"]},
	}
	return p.v.moreTime.Render(w, r, status, pg)
}

func (p *Portal) askMoreTime(w http.ResponseWriter, r *http.Request, a actor.Actor, v *casework.View, version int64) error {
	typed := [2]string{strings.TrimSpace(r.PostFormValue("days")), strings.TrimSpace(r.PostFormValue("reason"))}
	in := casework.Input{Version: version, Reason: typed[1]}
	var bad []errs.Field
	n, err := strconv.Atoi(typed[0])
	if err != nil || n < 1 {
		bad = append(bad, errs.Field{Path: "days", Code: "number", ZH: "请填写整数天数", EN: "Enter a whole number of days"})
	}
	if in.Days = n; len([]rune(in.Reason)) > 300 {
		bad = append(bad, errs.Field{Path: "reason", Code: "max-length", ZH: "原因请不要超过300个字", EN: "At most 300 characters"})
	}
	if len(bad) > 0 {
		return p.moreTimePage(w, r, v, http.StatusUnprocessableEntity, typed, bad)
	}
	if _, err := p.Casework.Perform(r.Context(), a, v.Case.No, casework.AskMoreTime, in); err != nil {
		if fields, other := wrong(err); other == nil {
			return p.moreTimePage(w, r, v, http.StatusUnprocessableEntity, typed, fields)
		}
		return web.Onward(err, web.Link{Href: "/my/cases/" + v.Case.No, Text: "查看最新情况"})
	}
	pg := web.NewPage(r, "", "")
	p.Renderer.SetFlash(w, web.OK, pg.Tr("延期申请已提交，请等待窗口答复。", "Asked; please wait for the window's answer."))
	return web.SeeOther(w, r, "/my/cases/"+v.Case.No)
}
