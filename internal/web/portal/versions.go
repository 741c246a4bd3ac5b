package portal

import (
	"net/http"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
)

// VersionsPage 版本沿革 is what became of an item's guide, version by version.
type VersionsPage struct {
	web.Page
	Name, Unit, Code string
	Versions         web.Table
	Demands          web.Table // 减负情况: what each version costs the applicant
	Numbers          []int     // of all versions, newest first, for comparing
	AsOf             string    // the day offered first
	From, To         int       // the comparison offered first
}

// ChangesPage 版本变化 tells what one version says otherwise than another.
type ChangesPage struct {
	web.Page
	Name, Unit, Code string
	From, To         int
	FromSince        string // dates from which they are in force
	ToSince          string
	Reason           string // why the newer one was published
	Numbers          []int
	Groups           []ChangeGroup
}

// ChangeGroup is the changes of one burden.
type ChangeGroup struct {
	Tag  web.Tag
	Text string
	Rows []ChangeRow
}

// ChangeRow is one change.
type ChangeRow struct{ Part, Text string }

// asOf reads the day for which a guide is asked; nil: the one in force.
func asOf(r *http.Request) (*clock.Date, error) {
	text := r.FormValue("asof")
	if text == "" {
		return nil, nil
	}
	day, err := clock.ParseDate(text)
	if err != nil {
		return nil, errs.InvalidFields(errs.Field{Path: "asof", Code: "date", ZH: "日期请写成 2026-05-01 的样子", EN: "Write the date like 2026-05-01"})
	}
	return &day, nil
}

// then marks the page as that of another day.
func (pg *GuidePage) then(day clock.Date, v *catalog.Version) {
	no := strconv.Itoa(v.No)
	pg.Then = web.Banner{Tone: web.Note, Text: pg.Tr("这是 "+day.String()+" 的办事指南（第 "+no+" 版），不是现行的。", "This is the guide of "+day.String()+" (version "+no+"), not the one in force."),
		Link: web.Link{Href: "/items/" + pg.Item.Code, Text: pg.Tr("查看现行的办事指南", "The guide in force")}}
	pg.Online = false
}

func (p *Portal) versions(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	it, list, err := p.Catalog.History(r.Context(), code)
	if err != nil {
		return err
	}
	dir, err := p.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	pg := VersionsPage{Page: p.newPage(r, "items", "历次版本："+it.Name, "Versions: "+it.NameEN), Code: code, AsOf: clock.DateOf(p.Now()).String()}
	tr := pg.Tr
	pg.Name = tr(it.Name, it.NameEN)
	u, _ := dir.Unit(it.UnitID)
	pg.Unit = u.Name
	pg.Crumbs = p.underGuide(pg.Page, code, pg.Name, tr("历次版本", "Versions"))
	pg.Versions = web.Table{Caption: tr("历次版本，最新的在前", "Versions, newest first"), Hide: true, Heads: []web.Head{{Text: tr("版本", "Version")}, {Text: tr("生效", "In force")}, {Text: tr("发布", "Published")}, {Text: tr("理由", "Reason")}, {Text: tr("变化", "Changes")}}}
	for _, v := range list {
		pg.Numbers = append(pg.Numbers, v.No)
		pg.Versions.Rows = append(pg.Versions.Rows, versionRow(pg.Page, code, v))
		if v.ID == it.VersionID {
			pg.To, pg.From = v.No, max(1, v.No-1)
		}
	}
	demands, err := p.Catalog.Demands(r.Context(), list)
	if err != nil {
		return err
	}
	pg.Demands = demandTable(pg.Page, list, demands)
	return p.v.versions.Render(w, r, http.StatusOK, pg)
}

// demandTable shows what each version costs the applicant, and what it saves
// over the one before (第十条).
func demandTable(pg web.Page, list []catalog.VersionNote, demands map[int64]catalog.Demanded) web.Table {
	tr := pg.Tr
	t := web.Table{Caption: tr("减负情况：每一版的环节、时限、材料和跑动次数", "Steps, days, documents and visits of each version"), Hide: true,
		Heads: []web.Head{{Text: tr("版本", "Version")}, {Text: tr("环节", "Steps")}, {Text: tr("承诺时限", "Promised")}, {Text: tr("法定时限", "By law")}, {Text: tr("必交材料", "Documents")}, {Text: tr("跑几次", "Visits")}}}
	for _, v := range list {
		m, ok := demands[v.ID]
		if !ok {
			continue
		}
		less := func(n int, known bool, unit, unitEN string) string {
			switch {
			case m.Saved == nil || !known || n == 0:
				return ""
			case n < 0:
				return tr("比上一版增加"+strconv.Itoa(-n)+unit, strconv.Itoa(-n)+" "+unitEN+" more")
			}
			return tr("比上一版减少"+strconv.Itoa(n)+unit, strconv.Itoa(n)+" "+unitEN+" less")
		}
		var s catalog.Saved
		if m.Saved != nil {
			s = *m.Saved
		}
		no := strconv.Itoa(v.No)
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: tr("第 "+no+" 版", "Version "+no)}, {Text: strconv.Itoa(m.Steps), Soft: less(s.Steps, true, "个", "steps")},
			{Text: limitWords(pg, m.Promised), Soft: less(s.Promised, s.DaysKnown, "天", "days")}, {Text: limitWords(pg, m.Statutory), Soft: less(s.Statutory, s.StatutoryKnown, "天", "days")},
			{Text: strconv.Itoa(m.Materials), Soft: less(s.Materials, true, "份", "documents")}, {Text: strconv.Itoa(m.Visits), Soft: less(s.Visits, true, "次", "visits")}}})
	}
	return t
}

func (p *Portal) underGuide(pg web.Page, code, name, here string) []web.Link {
	return []web.Link{{Href: "/", Text: pg.Tr("首页", "Home")}, {Href: "/items", Text: pg.Tr("办事", "Services")}, {Href: "/items/" + code, Text: name}, {Text: here}}
}

func versionRow(pg web.Page, code string, v catalog.VersionNote) web.Row {
	no := strconv.Itoa(v.No)
	c := web.Cell{Text: pg.Tr("第 "+no+" 版", "Version "+no)}
	switch v.Standing {
	case catalog.InForce:
		c.Tag, c.Href = web.Tag{Tone: web.OK, Text: pg.Tr("现行", "In force")}, "/items/"+code
	case catalog.Coming:
		c.Tag, c.Href = web.Tag{Tone: web.Info, Text: pg.Tr("待生效", "Coming")}, "/items/"+code+"?asof="+v.EffectiveFrom
	case catalog.NotTaken:
		c.Tag = web.Tag{Text: pg.Tr("未生效", "Never in force")}
	case catalog.Past:
		c.Href = "/items/" + code + "?asof=" + lastDay(v)
	}
	when := v.EffectiveFrom + pg.Tr(" 起", " on")
	if !v.Since.IsZero() {
		when = dayOf(v.Since) + pg.Tr(" 起", " on")
	}
	if !v.Until.IsZero() {
		when += pg.Tr("，至 ", ", until ") + dayOf(v.Until)
	}
	if v.Standing == catalog.NotTaken {
		when = "–"
	}
	changes := web.Cell{Text: "–"}
	if v.No > 1 {
		changes = web.Cell{Text: pg.Tr("与上一版的变化", "Since the version before"), Href: "/items/" + code + "/changes?from=" + strconv.Itoa(v.No-1) + "&to=" + no}
	}
	reason := v.Reason
	if reason == "" {
		reason = "–"
	}
	return web.Row{Cells: []web.Cell{c, {Text: when}, {Text: dayOf(v.PublishedAt), Soft: v.PublishedBy}, {Text: reason}, changes}}
}

// lastDay is a day at whose end the version was in force.
func lastDay(v catalog.VersionNote) string {
	if !v.Since.IsZero() && (v.Until.IsZero() || clock.DateOf(v.Until) > clock.DateOf(v.Since)) {
		return dayOf(v.Since)
	}
	return v.EffectiveFrom
}

func dayOf(t time.Time) string { return clock.DateOf(t).String() }

func (p *Portal) changes(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	it, list, err := p.Catalog.History(r.Context(), code)
	if err != nil {
		return err
	}
	pg := ChangesPage{Code: code}
	for _, v := range list {
		pg.Numbers = append(pg.Numbers, v.No)
		if v.ID == it.VersionID {
			pg.To, pg.From = v.No, max(1, v.No-1)
		}
	}
	for _, f := range []struct {
		name string
		no   *int
	}{{"from", &pg.From}, {"to", &pg.To}} {
		if text := r.FormValue(f.name); text != "" {
			if *f.no, err = strconv.Atoi(text); err != nil {
				return errs.InvalidFields(errs.Field{Path: f.name, Code: "number", ZH: "版本号应当是数字", EN: "A version is a number"})
			}
		}
	}
	c, err := p.Catalog.Compare(r.Context(), code, pg.From, pg.To)
	if err != nil {
		return err
	}
	pg.Page = p.newPage(r, "items", "指南变化："+it.Name, "Changes: "+it.NameEN)
	pg.Name, pg.Unit = pg.Tr(it.Name, it.NameEN), c.To.Guide.Department.Name
	pg.Crumbs = append(p.underGuide(pg.Page, code, pg.Name, "")[:3], web.Link{Href: "/items/" + code + "/versions", Text: pg.Tr("历次版本", "Versions")},
		web.Link{Text: pg.Tr("变化", "Changes")})
	pg.FromSince, pg.ToSince, pg.Reason = c.From.EffectiveFrom, c.To.EffectiveFrom, c.To.Reason
	pg.Groups = changeGroups(pg.Page, c.Changes)
	return p.v.changes.Render(w, r, http.StatusOK, pg)
}

// changeGroups sorts changes by what they mean for the applicant.
func changeGroups(pg web.Page, list []catalog.Change) (out []ChangeGroup) {
	parts := map[string]string{}
	for _, l := range guideParts(pg) {
		parts[l.Href[1:]] = l.Text
	}
	for section, text := range map[string]string{"form": pg.Tr("申请表", "Form"), "duties": parts["rights"], "privacy": pg.Tr("个人信息", "Privacy"), "demo": pg.Tr("数据标记", "Marks")} {
		parts[section] = text
	}
	for _, g := range []struct {
		burden catalog.Burden
		tag    web.Tag
		text   string
	}{{catalog.Heavier, web.Tag{Tone: web.Note, Text: pg.Tr("更严", "Heavier")}, pg.Tr("要求更多、时间更长或者费用更高", "Asks more, takes longer or costs more")},
		{catalog.Lighter, web.Tag{Tone: web.OK, Text: pg.Tr("更便利", "Lighter")}, pg.Tr("要求更少、时间更短或者费用更低", "Asks less, is quicker or costs less")},
		{catalog.Neutral, web.Tag{Text: pg.Tr("其他", "Other")}, pg.Tr("说明和安排的变化", "Wording and arrangements")}} {
		group := ChangeGroup{Tag: g.tag, Text: g.text}
		for _, c := range list {
			if c.Burden == g.burden {
				group.Rows = append(group.Rows, ChangeRow{parts[c.Section], pg.Tr(c.ZH, c.EN)})
			}
		}
		if len(group.Rows) > 0 {
			out = append(out, group)
		}
	}
	return out
}
