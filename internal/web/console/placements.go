package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// placementsPage are the lists behind a number of centresPage.
type placementsPage struct {
	web.Page
	What   string
	Scope  string
	Back   web.Link
	Words  web.FieldView
	Hidden []web.Hidden
	Said   string
	Table  web.Table
	Pager  web.Pager
}

// placementPage 进驻登记 of one list.
type placementPage struct {
	web.Page
	Name    string
	Back    web.Link
	Guide   web.Link
	State   web.Tag
	Facts   web.Facts
	URL     string
	Enter   []web.FieldView // nil: not by this person
	Ends    []endForm       // of what stands on record
	History web.Table
}

const (
	placementsPath = "/console/placements"
	placementRows  = 50
)

// placements answers GET /console/placements?division&unit&centre&kind&reason&q&cursor.
func (k *Console) placements(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	f, err := k.centreFilter(r)
	if err != nil {
		return err
	}
	words := strings.TrimSpace(r.URL.Query().Get("q"))
	list, next, total, err := k.c.Channel.Lists(ctx, a, f, words, r.URL.Query().Get("cursor"), placementRows)
	if err != nil {
		return err
	}
	dir, err := k.c.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	places, err := k.c.Channel.Places(ctx)
	if err != nil {
		return err
	}
	p := placementsPage{Page: k.page(r, a, "centres", "事项进驻", "Lists at the centres"), Scope: ""}
	p.Scope = placesScope(p.Page, dir, f)
	p.What = p.Tr("在用的实施清单", "Lists in use")
	if f.Kind != "" {
		zh, en := f.Kind.Words()
		p.What = p.Tr(zh, en)
	}
	if f.Reason != "" {
		zh, en := f.Reason.Words()
		p.What += p.Tr("："+zh, ": "+en)
	}
	back := f
	back.Kind, back.Reason, back.Centre = "", "", 0
	p.Back = web.Link{Href: centresAt(back), Text: p.Tr("回到大厅和进驻", "Back to the figures")}
	p.Words = web.FieldView{ID: "q", Name: "q", Label: p.Tr("事项名称或者编码", "Name or code"), Value: words, Max: 80, Width: "w-l", Optional: true}
	for _, x := range [][2]string{{"division", f.Division}, {"kind", string(f.Kind)}, {"reason", string(f.Reason)}} {
		if x[1] != "" {
			p.Hidden = append(p.Hidden, web.Hidden{Name: x[0], Value: x[1]})
		}
	}
	for name, id := range map[string]int64{"unit": f.Unit, "centre": f.Centre} {
		if id != 0 {
			p.Hidden = append(p.Hidden, web.Hidden{Name: name, Value: strconv.FormatInt(id, 10)})
		}
	}
	if f.Alone {
		p.Hidden = append(p.Hidden, web.Hidden{Name: "alone", Value: "1"})
	}
	p.Said = p.Tr("共 "+strconv.Itoa(total)+" 个", strconv.Itoa(total)+" lists")
	p.fill(places, dir, k.c.Channel.Day(), list)
	if next != "" {
		p.Pager.Next = placementsAt(f, words, next)
	}
	return k.views.placements.Render(w, r, http.StatusOK, p)
}

func (p *placementsPage) fill(places *channel.Places, dir *identity.Directory, day string, list []channel.PlacedList) {
	p.Table = web.Table{Caption: p.What, Hide: true, Heads: []web.Head{{Text: p.Tr("事项", "Item")}, {Text: p.Tr("部门", "Department")}, {Text: p.Tr("进驻情况", "Where")}},
		Empty: web.Empty{Title: p.Tr("没有这样的清单", "There are no such lists")}}
	for _, x := range list {
		u, _ := dir.Unit(x.UnitID)
		var at []string
		for _, pl := range x.Placements {
			at = append(at, placementWords(p.Page, places, dir, day, pl))
		}
		p.Table.Rows = append(p.Table.Rows, web.Row{Cells: []web.Cell{{Text: p.Tr(x.Name, x.NameEN), Href: placementsPath + "/" + x.Code, Row: true}, {Text: u.Name}, {Tag: standTag(p.Page, x.Stands), Soft: strings.Join(at, p.Tr("、", ", "))}}})
	}
}

func standTag(p web.Page, kind channel.PlacementKind) web.Tag {
	zh, en := kind.Words()
	t := web.Tag{Tone: web.OK, Text: p.Tr(zh, en)}
	switch kind {
	case channel.Out:
		t.Tone = web.Note
	case channel.None:
		t.Tone = web.Bad
	}
	return t
}

// placementWords names the centre of a placement, or the reason for none.
func placementWords(p web.Page, places *channel.Places, dir *identity.Directory, day string, x channel.Placement) string {
	if u, ok := dir.Unit(x.CentreID); ok {
		return places.Title(dir, u, day)
	}
	zh, en := x.Reason.Words()
	if x.Detail == "" {
		return p.Tr(zh, en)
	}
	return p.Tr(zh+"：", en+": ") + x.Detail
}

// placement answers GET /console/placements/{code}.
func (k *Console) placement(w http.ResponseWriter, r *http.Request) error {
	p, err := k.placementPage(r, nil)
	if err != nil {
		return err
	}
	return k.views.placement.Render(w, r, http.StatusOK, *p)
}

func (k *Console) placementPage(r *http.Request, in url.Values) (*placementPage, error) {
	ctx := r.Context()
	a, err := k.actor(r)
	if err != nil {
		return nil, err
	}
	rec, err := k.c.Channel.Placements(ctx, a, r.PathValue("code"))
	if err != nil {
		return nil, err
	}
	dir, err := k.c.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	places, err := k.c.Channel.Places(ctx)
	if err != nil {
		return nil, err
	}
	it, day := rec.Item, k.c.Channel.Day()
	p := &placementPage{Page: k.page(r, a, "centres", "进驻："+it.Name, it.NameEN), Name: it.Name, URL: placementsPath + "/" + it.Code}
	p.Name = p.Tr(it.Name, it.NameEN)
	p.Back = web.Link{Href: placementsPath, Text: p.Tr("全部清单", "All lists")}
	p.Guide = web.Link{Href: "/items/" + it.Code, Text: p.Tr("办事指南", "Guide")}
	p.State = standTag(p.Page, rec.Stands)
	u, _ := dir.Unit(it.UnitID)
	recv, _ := dir.Unit(it.ReceivingUnitID)
	p.Facts.Rows = []web.Fact{{Key: p.Tr("实施编码", "Code"), Value: it.Code}, {Key: p.Tr("实施单位", "Department"), Value: u.Name}, {Key: p.Tr("清单的受理单位", "Received by, says the list"), Value: recv.Name}}
	for _, x := range rec.Now {
		soft := p.Tr("自 "+x.From+" 起", "since "+x.From)
		if x.Derived() {
			soft = p.Tr("受理单位就是这个中心", "It is the list's receiving unit")
		}
		zh, en := x.Kind.Words()
		p.Facts.Rows = append(p.Facts.Rows, web.Fact{Key: p.Tr(zh, en), Value: placementWords(p.Page, places, dir, day, x), Soft: soft})
	}
	p.history(rec, places, dir, day)
	if !rec.May {
		return p, nil
	}
	for _, x := range rec.History {
		if x.Until == "" {
			e := endFields(p.Page, p.URL+"/"+strconv.FormatInt(x.ID, 10)+"/end", p.Tr("退出：", "Leave: ")+placementWords(p.Page, places, dir, day, x), nil, day)
			for i := range e.Fields {
				e.Fields[i].ID += "-" + strconv.FormatInt(x.ID, 10)
			}
			p.Ends = append(p.Ends, e)
		}
	}
	if in == nil {
		in = url.Values{"from": {day}}
	}
	p.enterFields(in, places, dir, u, day)
	return p, nil
}

func (p *placementPage) history(rec *channel.ItemPlacements, places *channel.Places, dir *identity.Directory, day string) {
	p.History = web.Table{Caption: p.Tr("登记历史", "Entries"), Hide: true, Heads: []web.Head{{Text: p.Tr("情况", "What")}, {Text: p.Tr("起止", "From, until")}, {Text: p.Tr("登记", "Entered")}},
		Empty: web.Empty{Title: p.Tr("没有登记，按清单的受理单位判断", "Nothing was entered; the list's receiving unit decides")}}
	for _, x := range rec.History {
		zh, en := x.Kind.Words()
		p.History.Rows = append(p.History.Rows, web.Row{Cells: []web.Cell{{Text: p.Tr(zh, en), Soft: placementWords(p.Page, places, dir, day, x)}, {Text: spanWords(p.Page, x.From, x.Until)}, entryCell(p.Page, x.By, x.EndedBy, x.EndWhy)}})
	}
}

// enterFields: centres of the list's place and of those above it can be chosen.
func (p *placementPage) enterFields(in url.Values, places *channel.Places, dir *identity.Directory, u identity.Unit, day string) {
	kinds := web.FieldView{ID: "p-kind", Name: "kind", Widget: "radio", Label: p.Tr("进驻情况", "Where")}
	for _, x := range []struct {
		kind   channel.PlacementKind
		zh, en string
	}{{channel.InCentre, "进驻中心", "At the centre"}, {channel.InBranch, "事项进中心，服务在现场（分中心）", "At a branch"}, {channel.Out, "不能进驻，写明理由", "At none, with a reason"}} {
		kinds.Options = append(kinds.Options, web.OptionView{ID: "p-kind-" + string(x.kind), Value: string(x.kind), Label: p.Tr(x.zh, x.en), Checked: in.Get("kind") == string(x.kind)})
	}
	centres := web.FieldView{ID: "p-centre", Name: "centre", Widget: "select", Label: p.Tr("中心或者分中心", "Centre or branch"), Optional: true, Help: p.Tr("不能进驻的不选。", "None where it stays outside.")}
	centres.Options = append(centres.Options, web.OptionView{ID: "p-centre-none", Value: "", Label: p.Tr("不选", "None")})
	for _, x := range dir.Units() {
		if x.Kind != "centre" && x.Kind != "station" || !dir.DivisionWithin(u.Division, x.Division) && !dir.DivisionWithin(x.Division, u.Division) {
			continue
		}
		centres.Options = append(centres.Options, web.OptionView{ID: "p-centre-" + x.Key, Value: x.Key, Label: places.Title(dir, x, day), Checked: in.Get("centre") == x.Key})
	}
	p.Enter = []web.FieldView{kinds, centres, reasonField(p.Page, "p-reason", in.Get("reason")),
		{ID: "p-detail", Name: "detail", Widget: "textarea", Label: p.Tr("说明", "In words"), Value: in.Get("detail"), Max: 500, Optional: true, Help: p.Tr("其他情形必须写明；涉及国家秘密的说明不公开。", "Needed with another reason; of state secrets it is not published.")},
		{ID: "p-from", Name: "from", Label: p.Tr("起始日期", "From"), Value: in.Get("from"), Max: 10, Width: "w-m", Help: "2026-03-02"}}
	p.Enter[2].Optional = true
}

// enterPlacement answers POST /console/placements/{code}.
func (k *Console) enterPlacement(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	in, code := r.PostForm, r.PathValue("code")
	_, err = k.c.Channel.Place(r.Context(), a, channel.PlacementInput{Item: code, Centre: in.Get("centre"), Kind: channel.PlacementKind(in.Get("kind")), Reason: channel.Reason(in.Get("reason")), Detail: in.Get("detail"), From: strings.TrimSpace(in.Get("from"))})
	to := placementsPath + "/" + url.PathEscape(code)
	switch {
	case err == nil:
		k.flash(w, r, "进驻情况已经登记。", "It is on record.")
		return web.SeeOther(w, r, to)
	case errs.KindOf(err) != errs.Invalid:
		return web.Onward(err, web.Link{Href: to, Text: web.NewPage(r, "", "").Tr("回到事项", "Back to the list")})
	}
	p, pageErr := k.placementPage(r, in)
	if pageErr != nil {
		return pageErr
	}
	markFields(&p.Page, p.Enter, err)
	return k.views.placement.Render(w, r, http.StatusUnprocessableEntity, *p)
}

// endPlacement answers POST /console/placements/{code}/{id}/end.
func (k *Console) endPlacement(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	in, to := r.PostForm, placementsPath+"/"+url.PathEscape(r.PathValue("code"))
	err = k.c.Channel.Leave(r.Context(), a, id, strings.TrimSpace(in.Get("until")), in.Get("reason"))
	switch {
	case err == nil:
		k.flash(w, r, "已经登记退出。", "It has left.")
		return web.SeeOther(w, r, to)
	case errs.KindOf(err) != errs.Invalid:
		return web.Onward(err, web.Link{Href: to, Text: web.NewPage(r, "", "").Tr("回到事项", "Back to the list")})
	}
	p, pageErr := k.placementPage(r, nil)
	if pageErr != nil {
		return pageErr
	}
	for i := range p.Ends {
		if strings.HasSuffix(p.Ends[i].URL, "/"+strconv.FormatInt(id, 10)+"/end") {
			for j := range p.Ends[i].Fields {
				p.Ends[i].Fields[j].Value = in.Get(p.Ends[i].Fields[j].Name)
			}
			markFields(&p.Page, p.Ends[i].Fields, err)
		}
	}
	return k.views.placement.Render(w, r, http.StatusUnprocessableEntity, *p)
}
