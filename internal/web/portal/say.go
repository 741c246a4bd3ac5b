package portal

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// SayPage is an act in which the applicant says something: asks for a hearing,
// waives it, challenges its presider, makes a statement.
type SayPage struct {
	web.Page
	Item, No, Lead, Note string
	Reason               web.FieldView // empty: nothing is asked
	Upload               string        // the act takes files
	Action, Button       string
	Version              int64
}

// saying is what an act of this kind says to its reader.
type saying struct {
	leadZH, leadEN     string
	askZH, askEN       string // what is asked; empty: nothing
	optional, files    bool
	buttonZH, buttonEN string
	doneZH, doneEN     string
}

var says = map[casework.Act]saying{
	casework.HearingAsk: {"听证由办理单位组织，公开举行，不收取费用；听证期间办理时限停止计算。", "The office holds the hearing, in public and free of charge; the clocks stand still meanwhile.",
		"申请听证的理由", "Why", true, false, "申请听证", "Ask for a hearing", "听证申请已提交。", "The request for a hearing is sent."},
	casework.HearingWaive: {"放弃以后不能再就本次告知申请听证，办理单位可以不等申请期限届满就作出决定。", "You can no longer ask for this hearing; the office need not wait for the limit.",
		"", "", false, false, "确认放弃听证", "Waive the hearing", "已登记放弃听证。", "The hearing is waived."},
	casework.HearingChallenge: {"认为听证主持人与本事项有直接利害关系的，可以申请回避，由办理单位负责人决定。", "You may challenge a presider who has a direct interest in the matter; the head of the office decides.",
		"主持人与本事项有什么利害关系", "What the presider has to do with it", false, false, "提交回避申请", "Send the challenge", "回避申请已提交。", "The challenge is sent."},
	casework.HearingDrop: {"撤回以后不再举行听证，办理时限继续计算。", "There will be no hearing; the clocks run again.",
		"撤回的原因", "Why", true, false, "确认撤回听证申请", "Withdraw the request", "听证申请已撤回。", "The request is withdrawn."},
	casework.MeasureState: {"您陈述的意见和提交的证据，作出处理决定的人员会看到；办理单位不会因为陈述、申辩而加重处理。", "Whoever decides sees it; nobody is treated worse for stating it.",
		"陈述、申辩的内容", "Your statement", false, true, "提交", "Send", "陈述申辩已提交。", "The statement is sent."},
	casework.MeasureWaive: {"放弃以后，办理单位可以不等陈述申辩的期限届满就作出决定。", "The office need not wait for the limit then.",
		"", "", false, false, "确认放弃陈述申辩", "Waive the statement", "已登记放弃陈述申辩。", "The statement is waived."},
	casework.Object: {"您陈述的意见和提交的证据随办件保存，作出决定的人员会看到。", "What you state is kept with the case, and whoever decides sees it.",
		"陈述、申辩的内容", "Your statement", false, true, "提交", "Send", "陈述申辩已提交。", "The statement is sent."},
}

func (p *Portal) sayPage(w http.ResponseWriter, r *http.Request, v *casework.View, act casework.Act, status int, typed string, problems []errs.Field) error {
	s, zh, en := says[act], "", ""
	for _, o := range v.Offered {
		if o.Act == act {
			zh, en = o.ZH, o.EN
		}
	}
	pg := SayPage{Page: p.newPage(r, "my", zh, en), Item: v.Case.ItemName, No: v.Case.No, Version: v.Case.Version,
		Action: "/my/cases/" + v.Case.No + "/acts/" + string(act)}
	pg.Crumbs = []web.Link{{Href: "/my/cases/" + v.Case.No, Text: pg.Item}, {Text: pg.Title}}
	pg.Lead, pg.Button = pg.Tr(s.leadZH, s.leadEN), pg.Tr(s.buttonZH, s.buttonEN)
	pg.Note = hearingNote(pg.Page, v, act)
	words := pg.FieldErrors(problems, map[string]string{"reason": "f-reason", "file": "f-file"})
	if s.askZH != "" {
		pg.Reason = web.FieldView{ID: "f-reason", Name: "reason", Widget: "textarea", Label: pg.Tr(s.askZH, s.askEN), Optional: s.optional, Value: typed, Max: mostSaid, Error: words["reason"]}
	}
	if s.files {
		pg.Upload = pg.Tr("证据材料", "Evidence")
	}
	return p.v.say.Render(w, r, status, pg)
}

// hearingNote tells until when a hearing can be asked for, or when it is held.
func hearingNote(p web.Page, v *casework.View, act casework.Act) string {
	if st, ok := v.AskUntil(); ok && (act == casework.HearingAsk || act == casework.HearingWaive) {
		return p.Tr("最迟在 "+st.Due.String()+" 之前提出。", "Until "+st.Due.String()+".")
	}
	if v.Sides == nil || v.Sides.Hearing == nil || v.Sides.Hearing.Call == nil || act == casework.Object || act == casework.MeasureState || act == casework.MeasureWaive {
		return ""
	}
	k := v.Sides.Hearing.Call
	at := k.At.In(clock.Shanghai())
	return p.Tr("听证时间："+at.Format("1月2日 15:04")+"，"+k.Place+"，主持人："+k.Presider.Name, at.Format("2 January 15:04")+", "+k.Place+", presider: "+k.Presider.Name)
}

// mostSaid is how many characters an applicant may write.
const mostSaid = 2000

func (p *Portal) say(w http.ResponseWriter, r *http.Request, a actor.Actor, v *casework.View, act casework.Act) error {
	list, bad, err := caseview.ReadAct(r, p.Files)
	if err != nil {
		return err
	}
	in := casework.Input{Reason: strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get("reason"), "\r\n", "\n")), Files: list}
	if in.Version, err = strconv.ParseInt(r.PostForm.Get("version"), 10, 64); err != nil {
		return web.Malformed(err)
	}
	if len([]rune(in.Reason)) > mostSaid {
		bad = append(bad, errs.Field{Path: "reason", Code: "max-length", ZH: "内容请不要超过2000个字", EN: "At most 2,000 characters"})
	}
	if len(bad) > 0 {
		return p.sayPage(w, r, v, act, http.StatusUnprocessableEntity, in.Reason, bad)
	}
	back := web.Link{Href: "/my/cases/" + v.Case.No, Text: "查看最新情况"}
	if _, err := p.Casework.Perform(r.Context(), a, v.Case.No, act, in); err != nil {
		if fields, other := wrong(err); other == nil {
			return p.sayPage(w, r, v, act, http.StatusUnprocessableEntity, in.Reason, fields)
		}
		return web.Onward(err, back)
	}
	s, pg := says[act], web.NewPage(r, "", "")
	p.Renderer.SetFlash(w, web.OK, pg.Tr(s.doneZH, s.doneEN))
	return web.SeeOther(w, r, back.Href)
}
