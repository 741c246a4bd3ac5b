package portal

import (
	"net/http"
	"strconv"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// GuideAsk 情形 are the questions of a guide and what was answered.
type GuideAsk struct {
	FormID   string // the stylesheet of the form's conditions hides what does not come up
	Fields   []web.FieldView
	Action   string
	Clear    string // the whole guide
	Answered bool
	Complete bool         // every question that comes up
	Said     string       // what the answers come to
	Spared   string       // what this case does not need
	Hidden   []web.Hidden // the answers, for the draft
}

// GuideLine is a condition and when it holds.
type GuideLine struct {
	Text string
	Case string // empty: always
	Open bool   // it may hold: an answer is missing
}

func guideLine(p web.Page, v *catalog.Version, c catalog.Condition) GuideLine {
	return GuideLine{Text: c.Text, Case: caseWords(p, v, c.When)}
}

// caseWords tells when something holds; empty: always.
func caseWords(p web.Page, v *catalog.Version, c *catalog.Cond) string {
	if c == nil || v.Form() == nil {
		return ""
	}
	return p.Tr(v.CaseWords(c))
}

// personal puts the guide's questions on the page and, once there are answers,
// narrows materials and conditions to them.
func (p *Portal) personal(r *http.Request, pg *GuidePage, v *catalog.Version) {
	if len(v.Guide.Scenarios) == 0 || pg.Paused {
		return
	}
	mine, f := v.Personal(caseview.ScenarioAnswers(v, r.URL.Query())), v.Form()
	view := p.Renderer.Form(&pg.Page, web.FormInput{Form: f, Values: mine.Answers})
	base := "/items/" + pg.Item.Code
	pg.Ask = GuideAsk{FormID: view.ID, Action: base + "#mine", Clear: base, Answered: len(mine.Answers) > 0, Complete: mine.Complete(), Hidden: caseview.HiddenAnswers(f, mine.Answers)}
	for _, s := range v.Guide.Scenarios {
		for _, fv := range view.Fields {
			if fv.Name == s.Field {
				pg.Ask.Fields = append(pg.Ask.Fields, caseview.ScenarioField(pg.Page, fv, s, mine.Answers))
			}
		}
	}
	if !pg.Ask.Answered {
		return
	}
	pg.Conditions, pg.Materials = nil, nil
	for _, c := range mine.Conditions {
		line := guideLine(pg.Page, v, c.Condition)
		if line.Open = c.Open; !c.Open {
			line.Case = ""
		}
		pg.Conditions = append(pg.Conditions, line)
	}
	for _, m := range mine.Materials {
		if !m.Open {
			m.When = nil // it is asked: no need to say when
		}
		gm := guideMaterial(pg.Page, v, m.Material)
		if m.Open {
			gm.Tag = web.Tag{Tone: web.Note, Text: pg.Tr("可能需要", "Perhaps")}
		}
		pg.Materials = append(pg.Materials, gm)
	}
	p.said(pg, mine)
}

// said tells what the answers come to.
func (p *Portal) said(pg *GuidePage, mine catalog.Personal) {
	n, free := strconv.Itoa(mine.Required), strconv.Itoa(mine.ByLicence)
	pg.Ask.Said = pg.Tr("一定要交的材料 "+n+" 份", "You have to hand in "+n+" documents")
	key := KeyFact{Key: pg.Tr("您要几份材料", "Your documents"), Value: pg.Tr(n+" 份", n)}
	if mine.ByLicence > 0 {
		key.Soft = pg.Tr("其中 "+free+" 份可用电子证照免提交", free+" of them by a licence you hold")
		pg.Ask.Said += pg.Tr("，其中 "+free+" 份有电子证照就不用交", ", "+free+" of them not if you hold the licence")
	}
	pg.Ask.Said += pg.Tr("。", ".")
	if !mine.Complete() {
		pg.Ask.Said += pg.Tr("还有问题没有回答，标明“可能需要”的材料要看您的回答。", " Some questions are open; what depends on them is marked.")
	}
	if mine.Spared > 0 {
		s := strconv.Itoa(mine.Spared)
		pg.Ask.Spared = pg.Tr("指南里另有 "+s+" 份材料，您的情况不需要。", "The guide names "+s+" more that your case does not need.")
	}
	if len(pg.Key) > 0 {
		pg.Key[len(pg.Key)-1] = key
	}
}

// answered gives the answers that came with the wish to apply, and the address
// of the guide with them.
func (p *Portal) answered(r *http.Request, code string) (back string, _ form.Values, err error) {
	_, v, err := p.Catalog.Guide(r.Context(), code)
	if err != nil {
		return "", nil, err
	}
	if err := r.ParseForm(); err != nil {
		return "", nil, err
	}
	values := caseview.ScenarioAnswers(v, r.PostForm)
	back = "/items/" + code
	if len(values) > 0 {
		back += "?" + v.Form().Fill(values, nil).Encode()
	}
	return back, values, nil
}
