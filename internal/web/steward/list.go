package steward

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// listPage 实施清单: one list, and what may be done with it.
type listPage struct {
	web.Page
	Name, Code, URL string
	ID              string
	State           web.Tag
	Facts           web.Facts
	Guide           string // address of the public page
	Revise          bool
	Parts           []handlingPart // its handling items 业务办理项, or itself among them
	Split           bool           // more of them may be made
	Names           web.FieldView  // of those
	Acts            []stateForm
}

// stateForm takes a list out of use, or back into it.
type stateForm struct {
	State, Text, Help string
	Warn              bool
	Reason, Successor web.FieldView // Successor.ID empty: it has none
	Sure              web.FieldView // ID empty: nothing to confirm
}

// stateChange is a line of what a state offers.
type stateChange struct {
	from, to catalog.ItemState
	zh, en   string
}

var stateChanges = []stateChange{
	{catalog.InUse, catalog.Paused, "暂停", "Suspend"},
	{catalog.Paused, catalog.InUse, "恢复", "Resume"},
	{catalog.InUse, catalog.Cancelled, "取消事项", "Cancel the item"},
	{catalog.Paused, catalog.Cancelled, "取消事项", "Cancel the item"},
}

func listPath(code string) string { return "/console/items/lists/" + url.PathEscape(code) }

func itemTag(p web.Page, st catalog.ItemState) web.Tag {
	switch st {
	case catalog.InUse:
		return web.Tag{Tone: web.OK, Text: p.Tr("在用", "In use")}
	case catalog.Paused:
		return web.Tag{Tone: web.Note, Text: p.Tr("已暂停", "Suspended")}
	case catalog.Cancelled:
		return web.Tag{Tone: web.Bad, Text: p.Tr("已取消", "Cancelled")}
	}
	return web.Tag{Text: string(st)}
}

func (s *Steward) list(w http.ResponseWriter, r *http.Request) error {
	p, err := s.listPage(r, nil)
	if err != nil {
		return err
	}
	return s.views.list.Render(w, r, http.StatusOK, p)
}

// listPage draws a list; typed is what was refused.
func (s *Steward) listPage(r *http.Request, typed url.Values) (p listPage, err error) {
	a, err := s.actor(r)
	if err != nil {
		return p, err
	}
	it, v, err := s.c.Catalog.ListOf(r.Context(), a, r.PathValue("code"))
	if err != nil {
		return p, err
	}
	dir, err := s.c.Identity.Directory(r.Context())
	if err != nil {
		return p, err
	}
	p = listPage{Page: s.page(r, a, it.Name, it.NameEN), Name: it.Name, Code: it.Code, URL: listPath(it.Code), ID: strconv.FormatInt(it.ID, 10), Guide: "/items/" + it.Code}
	p.Crumbs = []web.Link{{Href: "/console/items", Text: p.Tr("事项管理", "Service items")}, {Text: p.Name}}
	p.State = itemTag(p.Page, it.State)
	unit, _ := dir.Unit(it.UnitID)
	recv, _ := dir.Unit(it.ReceivingUnitID)
	fact := func(zh, en, value string) {
		if value != "" {
			p.Facts.Rows = append(p.Facts.Rows, web.Fact{Key: p.Tr(zh, en), Value: value})
		}
	}
	fact("实施主体", "Office", unit.Name)
	fact("收件中心", "Receiving centre", recv.Name)
	fact("实施编码", "Code", it.Code)
	fact("现行版本", "Version in force", p.Tr("第"+strconv.Itoa(v.No)+"版，"+v.EffectiveFrom+"起生效", "No. "+strconv.Itoa(v.No)+", since "+v.EffectiveFrom))
	fact("发布说明", "Why it was published", v.Reason)
	fact("下一版本", "Next version", it.NextFrom)
	fact("全市指南", "City-wide guide", s.followed(p.Page, v))
	fact("暂停、取消的理由", "Why it is not in use", it.StateReason)
	fact("替代事项", "What takes its place", it.Successor)
	target := identity.Target{UnitPath: unit.Path}
	if err := s.partsOf(r, &p, it, typed); err != nil {
		return p, err
	}
	p.Revise = it.State != catalog.Cancelled && identity.Decide(a, identity.ItemCompile, target) == nil
	p.Split = p.Split && p.Revise
	if identity.Decide(a, identity.ItemPublish, target) == nil {
		for _, c := range stateChanges {
			if c.from == it.State {
				p.Acts = append(p.Acts, newStateForm(p.Page, c, typed))
			}
		}
	}
	return p, nil
}

// followed says which parts of a list are its own.
func (s *Steward) followed(p web.Page, v *catalog.Version) string {
	if v.TemplateID == 0 {
		return p.Tr("没有全市指南，全部由本单位编制", "None; the unit writes all of it")
	}
	var own []string
	for _, name := range v.Own {
		if w, ok := sectionWords[name]; ok {
			own = append(own, p.Tr(w.zh, w.en))
		}
	}
	if len(own) == 0 {
		return p.Tr("按全市指南", "As the city-wide guide")
	}
	return p.Tr("按全市指南，本单位自己的部分："+strings.Join(own, "、"), "As the city-wide guide, but for: "+strings.Join(own, ", "))
}

func newStateForm(p web.Page, c stateChange, typed url.Values) stateForm {
	to := string(c.to)
	f := stateForm{State: to, Text: p.Tr(c.zh, c.en), Warn: c.to == catalog.Cancelled}
	f.Reason = web.FieldView{ID: "reason-" + to, Name: "reason", Widget: "textarea", Label: p.Tr("理由", "Reason"), Max: 500}
	switch c.to {
	case catalog.Paused:
		f.Help = p.Tr("暂停期间不接收新的申请，正在办理的办件继续办理。", "No new applications meanwhile; running cases go on.")
	case catalog.InUse:
		f.Help = p.Tr("恢复后可以再次申请。", "It can be applied for again.")
	case catalog.Cancelled:
		f.Help = p.Tr("取消后不能恢复，也不再接收申请；正在办理的办件继续办理。", "It never comes back and takes no applications; running cases go on.")
		f.Successor = web.FieldView{ID: "successor-" + to, Name: "successor", Label: p.Tr("替代事项的实施编码", "Code of what takes its place"), Optional: true, Max: 40, Auto: "off"}
		f.Sure = web.FieldView{ID: "sure", Name: "sure", Widget: "checkbox", Label: p.Tr("我已核对，确认取消", "I have checked and want to cancel it"),
			Options: []web.OptionView{{ID: "sure", Value: "true", Label: p.Tr("我已核对，确认取消", "I have checked and want to cancel it")}}}
	}
	if typed != nil && typed.Get("state") == to {
		f.Reason.Value, f.Successor.Value = typed.Get("reason"), typed.Get("successor")
	}
	return f
}

// setState suspends, resumes or cancels a list.
func (s *Steward) setState(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	in, err := posted(r)
	if err != nil {
		return err
	}
	code, state := r.PathValue("code"), catalog.ItemState(in.Get("state"))
	if _, _, err := s.c.Catalog.ListOf(r.Context(), a, code); err != nil {
		return err
	}
	if state == catalog.Cancelled && in.Get("sure") != "true" && mayPublish(a) {
		err = errs.InvalidFields(errs.Field{Path: "sure", Code: "required", ZH: "取消后不能恢复，请先确认", EN: "It never comes back: confirm first"})
	} else {
		err = s.c.Catalog.SetState(r.Context(), a, code, state, strings.TrimSpace(in.Get("reason")), strings.TrimSpace(in.Get("successor")))
	}
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid {
		p, perr := s.listPage(r, in)
		if perr != nil {
			return perr
		}
		to := string(state)
		words := p.FieldErrors(e.Fields, map[string]string{"reason": "reason-" + to, "successor": "successor-" + to, "sure": "sure"})
		for i := range p.Acts {
			if p.Acts[i].State == to {
				p.Acts[i].Reason.Error, p.Acts[i].Successor.Error, p.Acts[i].Sure.Error = words["reason"], words["successor"], words["sure"]
			}
		}
		return s.views.list.Render(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return s.back(w, r, listPath(code), err)
	}
	switch state {
	case catalog.Paused:
		s.flash(w, r, "已暂停，现在不接收新的申请。", "Suspended; no new applications now.")
	case catalog.Cancelled:
		s.flash(w, r, "已取消。", "Cancelled.")
	default:
		s.flash(w, r, "已恢复，可以申请了。", "Resumed; it can be applied for.")
	}
	return web.SeeOther(w, r, listPath(code))
}

// mayPublish reports whether somebody reviews items at all; who does not is
// refused by the act itself, not by what it asks.
func mayPublish(a actor.Actor) bool { return a.Has(actor.ItemReviewer) }
