package portal

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/web"
)

// waysPath is where a person chooses how he is told.
const waysPath = "/my/messages/ways"

// WaysPage 消息接收方式.
type WaysPage struct {
	web.Page
	Acting   Acting
	Only     string // why nothing can be changed here; empty: it can
	Quiet    string // the hours in which nobody is woken, in words; empty: none
	Facts    web.Facts
	Order    []web.FieldView
	Groups   []web.FieldView
	More     web.FieldView // night, electronic, lift
	Lang     web.FieldView
	Version  int64
	Bind     bool   // WeChat is offered, and he may bind it here
	Bound    string // masked
	Code     string // just made
	CodeTill string
	Account  string
}

// The boxes below the groups.
const (
	boxNight      = "night"
	boxElectronic = "electronic"
	boxLift       = "lift"
)

func (p *Portal) ways(w http.ResponseWriter, r *http.Request) error {
	return p.waysPage(w, r, http.StatusOK, nil, nil, "", time.Time{})
}

func (p *Portal) waysPage(w http.ResponseWriter, r *http.Request, status int, in *notify.ChoiceInput, problems []errs.Field, code string, until time.Time) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	s, err := p.Notify.Settings(r.Context(), a)
	if err != nil {
		return err
	}
	pg := WaysPage{Page: p.newPage(r, "messages", "消息接收方式", "How you are told"), Version: s.Version, Account: p.Account}
	pg.Crumbs = []web.Link{{Href: "/my", Text: pg.Tr("我的", "My affairs")}, {Href: "/my/messages", Text: pg.Tr("我的消息", "Messages")}, {Text: pg.Title}}
	if pg.Acting, err = p.acting(r, a); err != nil {
		return err
	}
	if a.Mandate != 0 {
		pg.Only = pg.Tr("接收方式由本人或者法定代表人选择，代理人可以查看。", "The principal chooses; an agent may look.")
	}
	if from, to := s.Quiet.Hours(); from != "" {
		pg.Quiet = pg.Tr(from+" 至次日 "+to+" 不发短信和微信，到早上再发；验证码，以及当天就要到场的提醒除外。", "From "+from+" to "+to+" no SMS and no WeChat message is sent; they wait for the morning. Codes, and what takes place within hours, are not held.")
	}
	c := s.Choice
	if in != nil {
		c.Order, c.Groups, c.Night, c.Lang, pg.Version = in.Order, in.Groups, in.Night, in.Lang, in.Version
		c.Electronic = time.Time{}
		if in.Electronic {
			c.Electronic = time.Unix(0, 1)
		}
	}
	pg.fields(s, c, problems)
	self := a.For.Kind == actor.NaturalPerson && a.For.ID == a.ID
	for _, x := range s.Ways {
		if x.Way == notify.WeChat && x.Offered && self {
			pg.Bind, pg.Bound = true, x.Address
		}
	}
	if code != "" {
		pg.Code, pg.CodeTill = code, until.In(clock.Shanghai()).Format("15:04")
	}
	return p.v.ways.Render(w, r, status, pg)
}

// fields are the questions of the page.
func (pg *WaysPage) fields(s notify.Settings, c notify.Choice, problems []errs.Field) {
	tr := pg.Tr
	words := map[string]string{"order": "f-first", "lang": "f-lang"}
	for _, g := range notify.Groups {
		words["groups/"+string(g)] = "f-" + string(g)
	}
	wrong := pg.FieldErrors(problems, words)
	for _, x := range s.Ways {
		zh, en := x.Way.Words()
		f := web.Fact{Key: tr(zh, en), Value: x.Address}
		switch {
		case !x.Offered:
			f.Value = tr("本平台没有开通", "not offered here")
		case x.Address == "" && x.Way == notify.WeChat:
			f.Value = tr("没有绑定", "not bound")
		case x.Address == "":
			f.Value = tr("没有填写", "none given")
		case x.Way == notify.SMS && s.NoSMS != nil:
			f.Soft = tr("按您的要求不发短信（"+s.NoSMS.By+" 于 "+clock.DateOf(s.NoSMS.At).String()+" 登记）", "no SMS, as you asked at the window on "+clock.DateOf(s.NoSMS.At).String())
		}
		pg.Facts.Rows = append(pg.Facts.Rows, f)
	}
	order := make([]notify.Way, len(s.Ways))
	for i, x := range s.Ways {
		order[i] = x.Way
	}
	if len(c.Order) > 0 {
		order = slices.Concat(c.Order, slices.DeleteFunc(order, func(w notify.Way) bool { return slices.Contains(c.Order, w) }))
	}
	for i, q := range []struct{ id, zh, en string }{{"first", "先用哪种方式", "First"}, {"second", "没送到，再用哪种方式", "If that fails"}} {
		f := web.FieldView{ID: "f-" + q.id, Name: q.id, Widget: "select", Width: "w-m", Label: tr(q.zh, q.en), Value: string(order[i]), Locked: pg.Only != ""}
		if i == 0 {
			f.Error = wrong["order"]
		}
		for _, w := range notify.Ways {
			zh, en := w.Words()
			f.Options = append(f.Options, web.OptionView{ID: f.ID + "-" + string(w), Value: string(w), Label: tr(zh, en), Checked: w == order[i]})
		}
		pg.Order = append(pg.Order, f)
	}
	for _, g := range notify.Groups {
		zh, en, softZH, softEN := g.Words()
		f := web.FieldView{ID: "f-" + string(g), Name: string(g), Widget: "checkboxes", Label: tr(zh, en), Help: tr(softZH, softEN), Error: wrong["groups/"+string(g)], Locked: pg.Only != ""}
		for _, w := range notify.Ways {
			zh, en := w.Words()
			f.Options = append(f.Options, web.OptionView{ID: f.ID + "-" + string(w), Value: string(w), Label: tr(zh, en), Checked: c.Allows(g, w)})
		}
		pg.Groups = append(pg.Groups, f)
	}
	pg.More = web.FieldView{ID: "f-more", Name: "more", Widget: "checkboxes", Label: tr("其他", "More"), Locked: pg.Only != "", Options: []web.OptionView{
		{ID: "f-more-night", Value: boxNight, Label: tr("夜间也可以发短信和微信", "SMS and WeChat may come at night"), Checked: c.Night},
		{ID: "f-more-electronic", Value: boxElectronic, Label: tr("同意用电子方式告知依法应当告知的事项", "I agree to be told electronically what the law has me told"),
			Soft: tr("同意后，受理、补正、决定等告知即使所在类别没有勾选，也会另外提醒您", "then you are told of acceptance, correction and decision also where you ticked nothing"), Checked: !c.Electronic.IsZero()}}}
	if s.NoSMS != nil {
		pg.More.Options = append(pg.More.Options, web.OptionView{ID: "f-more-lift", Value: boxLift, Label: tr("恢复发送短信", "Send me SMS again"), Soft: tr("取消窗口登记的“不发短信”", "takes back what was noted at the window")})
	}
	pg.Lang = web.FieldView{ID: "f-lang", Name: "lang", Widget: "radio", Label: tr("短信和邮件用什么语言", "Language of SMS and mail"), Error: wrong["lang"], Locked: pg.Only != "", Options: []web.OptionView{
		{ID: "f-lang-zh", Value: "zh", Label: "中文", Checked: c.Lang != "en"}, {ID: "f-lang-en", Value: "en", Label: "English", Checked: c.Lang == "en"}}}
}

func (p *Portal) chooseWays(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	in := notify.ChoiceInput{Groups: map[notify.Group][]notify.Way{}, Lang: r.PostForm.Get("lang")}
	if in.Version, err = strconv.ParseInt(r.PostForm.Get("version"), 10, 64); err != nil {
		return web.Malformed(err)
	}
	for _, name := range []string{"first", "second"} {
		if v := r.PostForm.Get(name); v != "" {
			in.Order = append(in.Order, notify.Way(v))
		}
	}
	for _, g := range notify.Groups {
		in.Groups[g] = []notify.Way{}
		for _, v := range r.PostForm[string(g)] {
			in.Groups[g] = append(in.Groups[g], notify.Way(v))
		}
	}
	more := r.PostForm["more"]
	in.Night, in.Electronic, in.LiftNoSMS = slices.Contains(more, boxNight), slices.Contains(more, boxElectronic), slices.Contains(more, boxLift)
	if err := p.Notify.Choose(r.Context(), a, in); err != nil {
		fields, other := wrong(err)
		if other != nil {
			return web.Onward(other, web.Link{Href: waysPath, Text: web.NewPage(r, "", "").Tr("重新查看", "Look again")})
		}
		return p.waysPage(w, r, http.StatusUnprocessableEntity, &in, fields, "", time.Time{})
	}
	pg := web.NewPage(r, "", "")
	p.Renderer.SetFlash(w, web.OK, pg.Tr("接收方式已保存。", "Saved."))
	return web.SeeOther(w, r, waysPath)
}

// bindCode shows a code; it is in no address and on no other page.
func (p *Portal) bindCode(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	code, until, err := p.Notify.BindCode(r.Context(), a)
	if err != nil {
		return err
	}
	return p.waysPage(w, r, http.StatusOK, nil, nil, code, until)
}

func (p *Portal) unbind(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	if err := p.Notify.Unbind(r.Context(), a); err != nil {
		return err
	}
	pg := web.NewPage(r, "", "")
	p.Renderer.SetFlash(w, web.OK, pg.Tr("微信已解除绑定。", "WeChat is not bound any more."))
	return web.SeeOther(w, r, waysPath)
}

// sentWords tells what became of a message outside the platform.
func sentWords(pg web.Page, list []notify.Sent) string {
	var out string
	for _, s := range list {
		zh, en := s.Way.Words()
		at := s.At.In(clock.Shanghai()).Format("1月2日 15:04")
		words := ""
		switch s.State {
		case "held":
			at = s.Until.In(clock.Shanghai()).Format("1月2日 15:04")
			words = pg.Tr(zh+"将在 "+at+" 发出（免打扰时段）", en+" goes out at "+s.Until.In(clock.Shanghai()).Format("2 Jan 15:04")+" (quiet hours)")
		case "sending":
			words = pg.Tr(zh+"正在发送", en+" is being sent")
		case "sent":
			words = pg.Tr(zh+"已发出，"+at, en+" sent")
		case "delivered":
			words = pg.Tr(zh+"已送达，"+at, en+" delivered")
		default:
			rz, re := notify.ReasonWords(s.Reason)
			words = pg.Tr(zh+"未送达（"+rz+"）", en+" failed ("+re+")")
		}
		if out != "" {
			out += pg.Tr("；", "; ")
		}
		out += words
	}
	return out
}
