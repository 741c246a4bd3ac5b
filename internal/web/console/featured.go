package console

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/rule"
	"github.com/tongban/tongban/internal/web"
)

// featuredPage 特色服务清单 for those who look after them.
type featuredPage struct {
	web.Page
	Table web.Table
}

// featurePage is one list: its rule with a trial, and what was chosen by hand.
type featurePage struct {
	web.Page
	Name, Means, Note string
	URL               string
	Back, Public      web.Link
	Stats             []web.Stat
	Facts             web.Facts
	Rule              ruleForm
	Trial             *trialView
	Attributes        web.Table
	Choices           []choiceRow
	Choose            []web.FieldView // empty: this person may not
}

// ruleForm is the editor of the rule.
type ruleForm struct {
	May      bool
	Text     string
	Fields   []web.FieldView
	No       int
	Mistakes []mistake
}

// mistake is a place in the rule and what is wrong there.
type mistake struct{ Before, At, After, Words string }

// trialView is what another rule would change.
type trialView struct {
	Text         string
	Same         bool // nothing would change
	Stay, Failed int
	Join, Leave  trialSide
}

// trialSide is who would join, or leave, by matter.
type trialSide struct {
	Matters, Items int
	Rows           []trialRow
	More           int // matters that are not shown
}

type trialRow struct {
	Name, Href string
	Count      int
}

// choiceRow is one addition or exclusion.
type choiceRow struct {
	Kind, State         web.Tag
	Name, Subject, Made string
	Reason, Ended       string
	Withdraw            string // address; empty: not by this person, or it has ended
	ID                  string
}

// trialRows is how many matters of a trial are named.
const trialRows = 40

// steward is a staff member who may look at what is being compiled.
func (k *Console) steward(r *http.Request) (actor.Actor, *identity.Directory, error) {
	a, err := k.actor(r)
	if err != nil {
		return a, nil, err
	}
	dir, err := k.c.Identity.Directory(r.Context())
	if err != nil {
		return a, nil, err
	}
	for _, g := range a.Grants { // wherever the role holds
		if identity.Decide(a, identity.CatalogueRead, identity.Target{UnitPath: g.Path}) == nil {
			return a, dir, nil
		}
	}
	return a, dir, k.c.Identity.Allow(r.Context(), a, identity.CatalogueRead, identity.Target{UnitPath: dir.Path(a.Unit)}, "featured")
}

// featured answers GET /console/items/featured.
func (k *Console) featured(w http.ResponseWriter, r *http.Request) error {
	a, _, err := k.steward(r)
	if err != nil {
		return err
	}
	all, err := k.c.Catalog.Featured(r.Context())
	if err != nil {
		return err
	}
	p := featuredPage{Page: k.page(r, a, "featured", "特色服务清单", "Featured lists")}
	p.Table = web.Table{Caption: p.Title, Hide: true, Heads: []web.Head{{Text: p.Tr("清单", "List")}, {Text: p.Tr("规则", "Rule")}, {Text: p.Tr("事项", "Matters"), Num: true}, {Text: p.Tr("实施清单", "Lists"), Num: true},
		{Text: p.Tr("近30天列入", "Joined in 30 days"), Num: true}, {Text: p.Tr("近30天移出", "Left in 30 days"), Num: true}}}
	since := k.c.Now().Add(-30 * 24 * time.Hour)
	for _, s := range all {
		joined, left, err := k.c.Catalog.MoveCounts(r.Context(), s.Key, since)
		if err != nil {
			return err
		}
		rule := web.Cell{Text: p.Tr(s.Rule.Words, s.Rule.WordsEN), Soft: ruleNo(p.Page, s.Rule)}
		p.Table.Rows = append(p.Table.Rows, web.Row{Cells: []web.Cell{{Text: p.Tr(s.Name, s.NameEN), Href: featurePath(s.Key), Row: true}, rule,
			{Text: strconv.Itoa(s.Matters)}, {Text: strconv.Itoa(s.Items)}, {Text: strconv.Itoa(joined)}, {Text: strconv.Itoa(left)}}})
	}
	return k.views.featured.Render(w, r, http.StatusOK, p)
}

func featurePath(key string) string { return "/console/items/featured/" + key }

func ruleNo(p web.Page, r catalog.FeatureRule) string {
	if r.No == 0 {
		return p.Tr("平台预置", "The platform's own")
	}
	n := strconv.Itoa(r.No)
	at := r.At.In(time.FixedZone("CST", 8*3600)).Format("2006-01-02 15:04")
	words := p.Tr("第"+n+"版，"+r.By+"，"+at, "Version "+n+", "+r.By+", "+at)
	if !r.Applied {
		words += p.Tr("，正在逐批更新", ", being applied")
	}
	return words
}

// feature answers GET /console/items/featured/{key}.
func (k *Console) feature(w http.ResponseWriter, r *http.Request) error {
	p, err := k.featurePage(r)
	if err != nil {
		return err
	}
	return k.views.feature.Render(w, r, http.StatusOK, *p)
}

// featurePage fills the page as it is stored.
func (k *Console) featurePage(r *http.Request) (*featurePage, error) {
	ctx, key := r.Context(), r.PathValue("key")
	a, dir, err := k.steward(r)
	if err != nil {
		return nil, err
	}
	s, err := k.c.Catalog.FeatureOf(ctx, key)
	if err != nil {
		return nil, web.Onward(err, web.Link{Href: "/console/items/featured", Text: web.NewPage(r, "", "").Tr("回到清单列表", "Back to the lists")})
	}
	p := &featurePage{Page: k.page(r, a, "featured", s.Name, s.NameEN), URL: featurePath(key)}
	p.Name, p.Means, p.Note = p.Title, p.Tr(s.Means, s.MeansEN), p.Tr(s.Note, s.NoteEN)
	p.Back = web.Link{Href: "/console/items/featured", Text: p.Tr("全部特色服务清单", "All featured lists")}
	p.Public = web.Link{Href: "/featured/" + key, Text: p.Tr("公开页面", "Public page")}
	joined, left, err := k.c.Catalog.MoveCounts(ctx, key, k.c.Now().Add(-30*24*time.Hour))
	if err != nil {
		return nil, err
	}
	history := "/featured/" + key + "/history"
	p.Stats = []web.Stat{{Href: p.Public.Href, Value: strconv.Itoa(s.Matters), Text: p.Tr("事项", "Matters")}, {Href: p.Public.Href, Value: strconv.Itoa(s.Items), Text: p.Tr("实施清单", "Lists")},
		{Href: history, Value: strconv.Itoa(joined), Text: p.Tr("近30天列入", "Joined in 30 days")}, {Href: history, Value: strconv.Itoa(left), Text: p.Tr("近30天移出", "Left in 30 days")}}
	p.Facts = web.Facts{Rows: []web.Fact{{Key: p.Tr("现行规则", "Rule in force"), Value: p.Tr(s.Rule.Words, s.Rule.WordsEN), Soft: ruleNo(p.Page, s.Rule)}}}
	if s.Rule.Reason != "" {
		p.Facts.Rows = append(p.Facts.Rows, web.Fact{Key: p.Tr("修改理由", "Why"), Value: s.Rule.Reason})
	}
	top := topOf(dir)
	p.Rule = ruleForm{May: identity.Decide(a, identity.FeaturedManage, top) == nil, Text: s.Rule.Rule, No: s.Rule.No}
	p.ruleFields(catalog.RuleInput{Words: s.Rule.Words, WordsEN: s.Rule.WordsEN})
	p.Attributes = attributeTable(p.Page)
	may := slices.ContainsFunc(a.Grants, func(g actor.Grant) bool {
		return identity.Decide(a, identity.FeaturedManage, identity.Target{UnitPath: g.Path}) == nil
	})
	if may {
		p.chooseFields(k.c.Catalog.Codes(), catalog.ChoiceInput{Kind: catalog.ChoiceAdd})
	}
	return p, k.choices(r, p, a, dir, top)
}

func (p *featurePage) ruleFields(in catalog.RuleInput) {
	p.Rule.Fields = []web.FieldView{
		{ID: "f-words", Name: "words", Widget: "textarea", Label: p.Tr("规则的文字说明", "The rule in words"), Help: p.Tr("公开页面显示，群众要看得懂", "For the public page; people have to understand it"), Value: in.Words, Max: 500},
		{ID: "f-words-en", Name: "wordsEn", Label: p.Tr("英文说明", "In English"), Value: in.WordsEN, Max: 500, Optional: true},
		{ID: "f-why", Name: "reason", Widget: "textarea", Label: p.Tr("修改理由", "Why it is changed"), Help: p.Tr("公开页面显示，记入审计日志", "Shown on the public page and kept in the audit log"), Value: in.Reason, Max: 500},
	}
}

func (p *featurePage) chooseFields(codes ident.Profile, in catalog.ChoiceInput) {
	option := func(kind, zh, en string) web.OptionView {
		return web.OptionView{ID: "f-kind-" + kind, Value: kind, Label: p.Tr(zh, en), Checked: in.Kind == kind}
	}
	p.Choose = []web.FieldView{
		{ID: "f-kind", Name: "kind", Widget: "radio", Label: p.Tr("怎么处理", "What to do"), Options: []web.OptionView{
			option(catalog.ChoiceAdd, "增列：不符合规则也列入", "Add it, whatever the rule says"), option(catalog.ChoiceExclude, "排除：符合规则也不列入", "Exclude it, whatever the rule says")}},
		{ID: "f-subject", Name: "subject", Label: p.Tr("事项编码", "Code"), Help: p.Tr(fmt.Sprintf("%d位实施编码只管一个单位的清单；%d位基本编码管全市", codes.ImplementationLen(), codes.BasicLen()),
			fmt.Sprintf("%d characters for one office's list, %d for the whole matter", codes.ImplementationLen(), codes.BasicLen())), Value: in.Subject, Max: codes.ImplementationLen(), Auto: "off"},
		{ID: "f-reason", Name: "reason", Widget: "textarea", Label: p.Tr("理由", "Reason"), Help: p.Tr("写明依据，公开页面显示", "Name the ground; the public page shows it"), Value: in.Reason, Max: 500},
	}
}

func attributeTable(p web.Page) web.Table {
	t := web.Table{Caption: p.Tr("规则可以使用的属性", "What a rule may ask for"), Hide: true, Heads: []web.Head{{Text: p.Tr("属性", "Attribute")}, {Text: p.Tr("类型", "Type")}, {Text: p.Tr("含义", "Meaning")}}}
	for _, x := range catalog.FeatureAttributes() {
		zh, en := x.Type.Words()
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.Key}, {Text: p.Tr(zh, en)}, {Text: p.Tr(x.ZH, x.EN)}}})
	}
	return t
}

func (k *Console) choices(r *http.Request, p *featurePage, a actor.Actor, dir *identity.Directory, top identity.Target) error {
	list, err := k.c.Catalog.Choices(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	x, err := k.c.Catalog.Index(r.Context())
	if err != nil {
		return err
	}
	date := func(t time.Time) string { return t.In(time.FixedZone("CST", 8*3600)).Format("2006-01-02 15:04") }
	for _, c := range list {
		row := choiceRow{ID: strconv.FormatInt(c.ID, 10), Subject: c.Subject, Reason: c.Reason, Made: c.By + " · " + date(c.At), Kind: web.Tag{Tone: web.OK, Text: p.Tr("增列", "Added")}, State: web.Tag{Tone: web.Info, Text: p.Tr("有效", "Holds")}}
		if c.Kind == catalog.ChoiceExclude {
			row.Kind = web.Tag{Tone: web.Note, Text: p.Tr("排除", "Excluded")}
		}
		at := top
		if it, ok := x.Item(c.Subject); ok {
			u, _ := dir.Unit(it.UnitID)
			row.Name, at = it.Name+" · "+u.Name, identity.Target{UnitPath: u.Path}
		} else if b, ok := x.Basic(c.Subject); ok {
			row.Name = b.Name + p.Tr("（全市）", " (whole city)")
		}
		switch {
		case !c.Withdrawn.IsZero():
			row.State = web.Tag{Text: p.Tr("已撤回", "Withdrawn")}
			row.Ended = c.EndedBy + " · " + date(c.Withdrawn) + " · " + c.EndReason
		case identity.Decide(a, identity.FeaturedManage, at) == nil:
			row.Withdraw = p.URL + "/choices/" + row.ID + "/withdraw"
		}
		p.Choices = append(p.Choices, row)
	}
	slices.SortStableFunc(p.Choices, func(a, b choiceRow) int { // those that hold come first
		return cmp.Compare(len(a.Ended), 0) - cmp.Compare(len(b.Ended), 0)
	})
	return nil
}

// changeRule answers POST /console/items/featured/{key}/rule: the first time it
// shows what the rule would change, the second time it keeps it.
func (k *Console) changeRule(w http.ResponseWriter, r *http.Request) error {
	p, err := k.featurePage(r)
	if err != nil {
		return err
	}
	ctx, key := r.Context(), r.PathValue("key")
	text := strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("rule"), "\r\n", "\n"))
	tried := strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("tried"), "\r\n", "\n"))
	in := catalog.RuleInput{Rule: text, Words: strings.TrimSpace(r.PostFormValue("words")), WordsEN: strings.TrimSpace(r.PostFormValue("wordsEn")), Reason: strings.TrimSpace(r.PostFormValue("reason"))}
	in.No, err = strconv.Atoi(r.PostFormValue("no"))
	if err != nil {
		return web.ErrNoPage()
	}
	p.Rule.Text, p.Rule.No = text, in.No
	p.ruleFields(in)
	if r.PostFormValue("do") == "keep" && tried == text {
		err := k.c.Catalog.SetFeatureRule(ctx, p.Actor, key, in)
		if err == nil {
			k.flash(w, r, "规则已经修改，清单正在逐批更新。", "The rule has changed; the list is being brought up to date.")
			return web.SeeOther(w, r, p.URL)
		}
		if errs.KindOf(err) != errs.Invalid {
			return web.Onward(err, web.Link{Href: p.URL, Text: p.Tr("重新查看规则", "Look at the rule again")})
		}
		p.mark(p.Rule.Fields, err)
	}
	trial, err := k.c.Catalog.TryRule(ctx, key, text)
	var refused *rule.Error
	switch {
	case errors.As(err, &refused):
		for i, f := range refused.Fields("rule") {
			before, at, after := refused.Problems[i].Cut(text)
			p.Rule.Mistakes = append(p.Rule.Mistakes, mistake{before, at, after, p.Tr(f.ZH, f.EN)})
			p.Errors.Items = append(p.Errors.Items, web.Link{Href: "#f-rule", Text: p.Tr(f.ZH, f.EN)})
		}
		return k.views.feature.Render(w, r, http.StatusUnprocessableEntity, *p)
	case err != nil:
		return err
	}
	x, err := k.c.Catalog.Index(ctx)
	if err != nil {
		return err
	}
	p.Trial = &trialView{Text: text, Stay: trial.Stay, Failed: trial.Failed, Join: side(p.Page, x, trial.Join), Leave: side(p.Page, x, trial.Leave), Same: len(trial.Join)+len(trial.Leave) == 0}
	status := http.StatusOK
	if len(p.Errors.Items) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return k.views.feature.Render(w, r, status, *p)
}

// side counts who would join or leave by matter, the largest first.
func side(p web.Page, x *catalog.Index, items []catalog.Item) trialSide {
	s := trialSide{Items: len(items)}
	at := map[string]int{}
	for _, it := range items {
		i, ok := at[it.BasicCode]
		if !ok {
			i, at[it.BasicCode] = len(s.Rows), len(s.Rows)
			name := it.Name
			if b, ok := x.Basic(it.BasicCode); ok {
				name = p.Tr(b.Name, b.NameEN)
			}
			s.Rows = append(s.Rows, trialRow{Name: name, Href: "/items/" + it.Code})
		}
		s.Rows[i].Count++
	}
	s.Matters = len(s.Rows)
	slices.SortStableFunc(s.Rows, func(a, b trialRow) int { return b.Count - a.Count })
	if len(s.Rows) > trialRows {
		s.More, s.Rows = len(s.Rows)-trialRows, s.Rows[:trialRows]
	}
	return s
}

// mark puts the problems of an input at its fields and on top of the page.
func (p *featurePage) mark(fields []web.FieldView, err error) {
	for _, f := range errs.Of(err).Fields {
		to := "#f-rule"
		for i := range fields {
			if fields[i].Name == f.Path {
				fields[i].Error = p.Tr(f.ZH, f.EN)
				to = "#" + fields[i].ID
			}
		}
		p.Errors.Items = append(p.Errors.Items, web.Link{Href: to, Text: p.Tr(f.ZH, f.EN)})
	}
}

// choose answers POST /console/items/featured/{key}/choices.
func (k *Console) choose(w http.ResponseWriter, r *http.Request) error {
	p, err := k.featurePage(r)
	if err != nil {
		return err
	}
	in := catalog.ChoiceInput{List: r.PathValue("key"), Subject: strings.TrimSpace(r.PostFormValue("subject")), Kind: r.PostFormValue("kind"), Reason: strings.TrimSpace(r.PostFormValue("reason"))}
	err = k.c.Catalog.Choose(r.Context(), p.Actor, in)
	switch {
	case err == nil:
		k.flash(w, r, "已经处理，清单随即更新。", "Done; the list follows at once.")
		return web.SeeOther(w, r, p.URL)
	case errs.KindOf(err) != errs.Invalid:
		return web.Onward(err, web.Link{Href: p.URL, Text: p.Tr("回到清单", "Back to the list")})
	}
	p.chooseFields(k.c.Catalog.Codes(), in)
	p.mark(p.Choose, err)
	return k.views.feature.Render(w, r, http.StatusUnprocessableEntity, *p)
}

// withdrawChoice answers POST /console/items/featured/{key}/choices/{id}/withdraw.
func (k *Console) withdrawChoice(w http.ResponseWriter, r *http.Request) error {
	a, _, err := k.steward(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	to := featurePath(r.PathValue("key"))
	if err := k.c.Catalog.WithdrawChoice(r.Context(), a, id, strings.TrimSpace(r.PostFormValue("reason"))); err != nil {
		return web.Onward(err, web.Link{Href: to, Text: web.NewPage(r, "", "").Tr("回到清单", "Back to the list")})
	}
	k.flash(w, r, "已经撤回，重新按规则判断。", "Withdrawn; the rule decides again.")
	return web.SeeOther(w, r, to)
}
