package portal

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/rating"
	"github.com/tongban/tongban/internal/web"
)

// RatePage 好差评.
type RatePage struct {
	web.Page
	Item, No  string
	Action    string
	Level     web.FieldView
	Good, Bad web.FieldView
	Words     web.FieldView
	Anonymous web.FieldView
	Over      string // why it cannot be rated any more
	Back      web.Link
}

// rater is who rates, and the code that stands for being logged in.
func (p *Portal) rater(r *http.Request) (a actor.Actor, token string, err error) {
	if token = r.FormValue("t"); token != "" && strings.HasPrefix(r.URL.Path, "/rate/") {
		a, err = gate.Actor(r.Context())
		return a, token, err
	}
	a, err = p.person(r)
	return a, "", err
}

func (p *Portal) showRate(w http.ResponseWriter, r *http.Request) error {
	return p.ratePage(w, r, http.StatusOK, rating.Input{}, nil)
}

func (p *Portal) ratePage(w http.ResponseWriter, r *http.Request, status int, in rating.Input, problems []errs.Field) error {
	a, token, err := p.rater(r)
	if err != nil {
		return err
	}
	no := r.PathValue("no")
	inv, err := p.Ratings.Invitation(r.Context(), a, no, token)
	if err != nil {
		return err
	}
	pg := RatePage{Page: p.newPage(r, "my", "评价这次服务", "Rate this service"), Item: inv.ItemName, No: no, Action: r.URL.RequestURI()}
	pg.Back = web.Link{Href: "/my/cases/" + no, Text: pg.Tr("查看办件", "See the case")}
	if token != "" { // who scans a code is not in his own space
		pg.Nav, pg.Back = "", web.Link{Href: "/", Text: pg.Tr("回到首页", "Front page")}
		keepCode(w)
	}
	over := rating.ErrRated
	if !inv.Rated {
		over = rating.ErrTooLate
	}
	if inv.Rated || p.Now().After(inv.Until) {
		pg.Over = pg.Tr(over.ZH, over.EN)
		return p.v.rate.Render(w, r, over.Kind.Status(), pg)
	}
	words := pg.FieldErrors(problems, map[string]string{"level": "f-level-5", "reasons": "f-bad-1", "words": "f-words"})
	pg.Level = web.FieldView{ID: "f-level", Name: "level", Widget: "radio", Label: pg.Tr("您对这次服务满意吗？", "How was it?"), Error: words["level"]}
	for _, l := range rating.Levels {
		zh, en := l.Words()
		v := strconv.Itoa(int(l))
		pg.Level.Options = append(pg.Level.Options, web.OptionView{ID: "f-level-" + v, Value: v, Label: pg.Tr(zh, en), Checked: in.Level == l})
	}
	pg.Good = reasons(pg.Page, "f-good", pg.Tr("哪里做得好？（可以多选）", "What was good?"), rating.GoodReasons, in.Reasons)
	pg.Bad = reasons(pg.Page, "f-bad", pg.Tr("哪里需要改进？（可以多选）", "What has to improve?"), rating.BadReasons, in.Reasons)
	if in.Level != 0 && !in.Level.Good() {
		pg.Bad.Error = words["reasons"]
	}
	pg.Words = web.FieldView{ID: "f-words", Name: "words", Widget: "textarea", Label: pg.Tr("还想说些什么", "Anything else"), Optional: true, Max: 500, Value: in.Words, Error: words["words"],
		Help: pg.Tr("请不要写身份证号、电话等个人信息", "Please leave personal data out")}
	label := pg.Tr("匿名评价", "Do not show who I am")
	pg.Anonymous = web.FieldView{ID: "f-anonymous", Name: "anonymous", Widget: "checkbox", Label: label, Options: []web.OptionView{{ID: "f-anonymous", Value: "true", Label: label, Checked: in.Anonymous}}}
	return p.v.rate.Render(w, r, status, pg)
}

func reasons(pg web.Page, id, label string, list []rating.Reason, given []string) web.FieldView {
	f := web.FieldView{ID: id, Name: "reasons", Widget: "checkboxes", Label: label, Optional: true}
	for i, x := range list {
		f.Options = append(f.Options, web.OptionView{ID: id + "-" + strconv.Itoa(i+1), Value: x.Key, Label: pg.Tr(x.ZH, x.EN), Checked: slices.Contains(given, x.Key)})
	}
	return f
}

func (p *Portal) rate(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	a, token, err := p.rater(r)
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(r.PostForm.Get("level")) // 0 when nothing was chosen
	in := rating.Input{CaseNo: r.PathValue("no"), Token: token, Level: rating.Level(n), Words: strings.TrimSpace(r.PostForm.Get("words")), Anonymous: r.PostForm.Get("anonymous") == "true"}
	if n < 1 || n > 5 {
		in.Level = 0
		in.Reasons = r.PostForm["reasons"]
		return p.ratePage(w, r, http.StatusUnprocessableEntity, in, []errs.Field{{Path: "level", Code: "required", ZH: "请选择是否满意", EN: "Choose how it was"}})
	}
	for _, x := range in.Level.Reasons() { // reasons of the other kind were not asked
		if slices.Contains(r.PostForm["reasons"], x.Key) {
			in.Reasons = append(in.Reasons, x.Key)
		}
	}
	if _, err := p.Ratings.Rate(r.Context(), a, in); err != nil {
		if fields, other := wrong(err); other == nil {
			return p.ratePage(w, r, http.StatusUnprocessableEntity, in, fields)
		}
		if errors.Is(err, rating.ErrRated) || errors.Is(err, rating.ErrTooLate) {
			return p.ratePage(w, r, http.StatusConflict, in, nil) // which says so
		}
		return err
	}
	p.Renderer.SetFlash(w, web.OK, web.NewPage(r, "", "").Tr("感谢您的评价。", "Thank you for your rating."))
	if token != "" {
		return web.SeeOther(w, r, "/")
	}
	return web.SeeOther(w, r, "/my/cases/"+in.CaseNo)
}
