package steward

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// draftPage 编制稿: its parts with what is missing, the acts it offers, and what
// happened to it.
type draftPage struct {
	web.Page
	Name, Kind string
	Version    int64 // of the draft, for telling that it changed meanwhile
	State      web.Tag
	Facts      web.Facts
	Parts      []partRow
	Blocks     int // errors
	Warnings   []warning
	Waived     []warning // those that stay, for who reviews
	Changes    changesView
	Replay     replaySum
	Done       int // per cent of the parts without errors
	URL        string
	Acts       []actForm
	From       web.FieldView
	History    web.Timeline
	Editable   bool
}

// partRow is one part of the guide.
type partRow struct {
	ID         string // name of the section
	Name, Href string
	Tag        web.Tag
	Says       []web.Link // what is wrong, and where it is mended
	Own        bool       // differs from the city-wide guide
	Locked     bool
}

// warning stays only with a reason.
type warning struct {
	Where, Says string
	Field       web.FieldView
}

// changesView says what the draft changes, what asks more of the applicant first.
type changesView struct {
	Against string // empty: there is nothing to compare with
	Rows    []changeRow
	More    []changeRow // neither heavier nor lighter, when there are many
}

type changeRow struct {
	Tag  web.Tag
	Text string
}

// changesShown is how many changes that burden nobody are shown unfolded.
const changesShown = 10

// actForm is an act that may be done now.
type actForm struct {
	Act, Text string
	Warn, Alt bool
	Note      web.FieldView // ID empty: no words are needed
	Full      bool          // hand-in: with date and reasons for warnings
}

func (s *Steward) draft(w http.ResponseWriter, r *http.Request) error {
	p, err := s.draftPage(r, nil)
	if err != nil {
		return err
	}
	return s.views.draft.Render(w, r, http.StatusOK, p)
}

func (s *Steward) draftPage(r *http.Request, typed url.Values) (p draftPage, err error) {
	a, d, err := s.found(r)
	if err != nil {
		return p, err
	}
	ctx := r.Context()
	g := &d.Guide
	p = draftPage{Page: s.page(r, a, g.Basics.Name, g.Basics.Name), Name: g.Basics.Name, URL: draftPath(d.ID), Version: d.Version, Editable: d.State.Editable()}
	p.State = stateTag(p.Page, d.State)
	p.Kind = p.Tr("实施清单", "List")
	if d.Kind == catalog.TemplateDraft {
		p.Kind = p.Tr("全市指南模板", "City-wide guide")
	}
	p.Crumbs = []web.Link{{Href: "/console/items", Text: p.Tr("事项管理", "Service items")}, {Text: p.Name}}
	dir, err := s.c.Identity.Directory(ctx)
	if err != nil {
		return p, err
	}
	u, _ := dir.Unit(d.UnitID)
	recv, _ := dir.Unit(d.ReceivingID)
	p.Facts.Rows = []web.Fact{{Key: p.Tr("编制单位", "Unit"), Value: u.Name}}
	if recv.Name != "" {
		p.Facts.Rows = append(p.Facts.Rows, web.Fact{Key: p.Tr("收件中心", "Receiving centre"), Value: recv.Name})
	}
	p.Facts.Rows = append(p.Facts.Rows, web.Fact{Key: p.Tr("基本编码", "Basic code"), Value: g.Basics.BasicCode})
	if d.From != "" {
		p.Facts.Rows = append(p.Facts.Rows, web.Fact{Key: p.Tr("计划生效日期", "Planned effective date"), Value: d.From})
	}
	if d.Reason != "" {
		p.Facts.Rows = append(p.Facts.Rows, web.Fact{Key: p.Tr("提交说明", "Said when handed in"), Value: d.Reason})
	}
	problems, err := s.c.Catalog.DraftProblems(ctx, d)
	if err != nil {
		return p, err
	}
	if err := s.parts(r, &p, d, problems, typed); err != nil {
		return p, err
	}
	if err := s.changes(ctx, &p, d); err != nil {
		return p, err
	}
	target := identity.Target{UnitPath: u.Path, AuthorIDs: d.Authors}
	if p.Replay, err = s.replaySum(r, p.Page, a, d, target); err != nil {
		return p, err
	}
	s.acts(&p, a, d, target, typed)
	events, err := s.c.Catalog.DraftEvents(ctx, d.ID)
	if err != nil {
		return p, err
	}
	p.History = history(p.Page, events)
	return p, nil
}

// changes tells what the draft changes.
func (s *Steward) changes(ctx context.Context, p *draftPage, d *catalog.Draft) error {
	list, base, err := s.c.Catalog.DraftChanges(ctx, d)
	if err != nil {
		return err
	}
	switch base {
	case catalog.AgainstNothing:
		return nil
	case catalog.AgainstVersion:
		p.Changes.Against = p.Tr("与修订前的版本相比", "Compared with the version before")
	case catalog.AgainstTemplate:
		p.Changes.Against = p.Tr("与全市统一的指南相比", "Compared with the city-wide guide")
	}
	for i, c := range list {
		row := changeRow{Tag: web.Tag{Text: p.Tr("其他", "Other")}, Text: p.Tr(c.ZH, c.EN)}
		switch c.Burden {
		case catalog.Heavier:
			row.Tag = web.Tag{Tone: web.Bad, Text: p.Tr("要求更多", "Asks more")}
		case catalog.Lighter:
			row.Tag = web.Tag{Tone: web.OK, Text: p.Tr("更便民", "Asks less")}
		case catalog.Neutral:
			if i >= changesShown {
				p.Changes.More = append(p.Changes.More, row)
				continue
			}
		}
		p.Changes.Rows = append(p.Changes.Rows, row)
	}
	return nil
}

// parts lists the parts of the guide with their problems.
func (s *Steward) parts(r *http.Request, p *draftPage, d *catalog.Draft, problems []catalog.Problem, typed url.Values) error {
	by := map[string][]catalog.Problem{}
	for _, x := range problems {
		head, _, _ := strings.Cut(x.Path, "/")
		by[head] = append(by[head], x)
	}
	own, err := s.c.Catalog.Differs(r.Context(), d)
	if err != nil {
		return err
	}
	whole, sound := 0, 0
	for _, name := range catalog.Sections() {
		w, ok := sectionWords[name]
		if !ok || name == "demo" || d.Kind == catalog.TemplateDraft && (name == "windows" || name == "department") {
			continue
		}
		row := partRow{ID: name, Name: p.Tr(w.zh, w.en), Href: sectionPath(d.ID, name), Own: slices.Contains(own, name), Locked: catalog.Locked(d.Kind, name)}
		bad := 0
		for _, x := range by[name] {
			row.Says = append(row.Says, web.Link{Href: row.Href + "#" + anchorOf(&d.Guide, x.Path), Text: p.Tr(x.ZH, x.EN)})
			switch {
			case x.Error:
				bad++
			case !x.Hint:
				key := x.Key()
				f := web.FieldView{ID: "w-" + strconv.Itoa(len(p.Warnings)), Name: "waive:" + key, Label: p.Tr("保留的理由", "Why it stays"), Value: d.Waived[key], Max: 200}
				if typed != nil {
					f.Value = typed.Get(f.Name)
				}
				if !d.State.Editable() {
					f.Help = d.Waived[key]
					p.Waived = append(p.Waived, warning{Where: row.Name, Says: p.Tr(x.ZH, x.EN), Field: f})
				}
				p.Warnings = append(p.Warnings, warning{Where: row.Name, Says: p.Tr(x.ZH, x.EN), Field: f})
			}
		}
		p.Blocks += bad
		whole++
		switch {
		case bad > 0:
			row.Tag = web.Tag{Tone: web.Bad, Text: p.Tr(strconv.Itoa(bad)+"处要改", strconv.Itoa(bad)+" to mend")}
		case len(row.Says) > 0:
			row.Tag = web.Tag{Tone: web.Note, Text: p.Tr("有提醒", "Warnings")}
			sound++
		default:
			row.Tag = web.Tag{Tone: web.OK, Text: p.Tr("完整", "Complete")}
			if part, err := d.Section(name); err == nil && (len(part) == 0 || string(part) == "[]" || string(part) == "null") {
				row.Tag = web.Tag{Text: p.Tr("没有", "None")} // fees, scenarios, rules: a guide may do without
			}
			sound++
		}
		p.Parts = append(p.Parts, row)
	}
	p.Done = 100 * sound / max(whole, 1)
	return nil
}

// acts lists what the reader may do with the draft now.
func (s *Steward) acts(p *draftPage, a actor.Actor, d *catalog.Draft, t identity.Target, typed url.Values) {
	for _, m := range catalog.DraftActs(d.State) {
		if m.Act == catalog.DraftEdit || identity.Decide(a, m.Who, t) != nil {
			continue
		}
		f := actForm{Act: string(m.Act), Full: m.Act == catalog.DraftHandIn, Warn: m.Act == catalog.DraftDiscard, Alt: m.Act != catalog.DraftHandIn && m.Act != catalog.DraftPass && m.Act != catalog.DraftPublish}
		zh, en := m.Act.Words()
		f.Text = p.Tr(zh, en)
		if m.Note {
			f.Note = web.FieldView{ID: "note-" + string(m.Act), Name: "note", Widget: "textarea", Label: p.Tr("说明", "Words"), Max: 500}
			switch m.Act {
			case catalog.DraftHandIn:
				f.Note.Label = p.Tr("这次改了什么、为什么", "What changed, and why")
			case catalog.DraftReturn:
				f.Note.Label = p.Tr("退回意见", "What has to be mended")
			}
			if typed != nil && typed.Get("act") == string(m.Act) {
				f.Note.Value = typed.Get("note")
			}
		}
		p.Acts = append(p.Acts, f)
	}
	p.From = web.FieldView{ID: "from", Name: "from", Label: p.Tr("计划生效日期", "Effective date"), Optional: true, Width: "w-m", Help: p.Tr("不填表示发布当天生效；格式 2026-12-01", "Empty: the day of publication; like 2026-12-01"), Value: d.From}
	if typed != nil {
		p.From.Value = typed.Get("from")
	}
}

func history(p web.Page, events []catalog.DraftEvent) web.Timeline {
	var t web.Timeline
	for _, e := range slices.Backward(events) {
		zh, en := catalog.DraftAct(e.Act).Words()
		switch e.Act {
		case "claim":
			zh, en = "认领", "Claimed"
		case "revise":
			zh, en = "开始修订", "Revision begun"
		case "split":
			zh, en = "拆分为业务办理项", "Split into handling items"
		case "adopt":
			zh, en = "采纳全市指南的变更", "Change above adopted"
		case string(catalog.DraftEdit):
			w := sectionWords[e.Section]
			zh, en = "修改“"+w.zh+"”", "Changed "+w.en
		}
		t.Events = append(t.Events, web.Event{At: e.At, Title: p.Tr(zh, en), Who: e.StaffName, Text: e.Note})
	}
	return t
}

// sayAt puts what is wrong with an act's own words next to their box.
func (s *Steward) sayAt(p *draftPage, act catalog.DraftAct, f errs.Field) {
	switch f.Path {
	case "from":
		p.From.Error = p.Tr(f.ZH, f.EN)
	case "note":
		for i := range p.Acts {
			if p.Acts[i].Act == string(act) {
				p.Acts[i].Note.Error = p.Tr(f.ZH, f.EN)
			}
		}
	}
}

// move performs an act upon the draft.
func (s *Steward) move(w http.ResponseWriter, r *http.Request) error {
	a, d, err := s.found(r)
	if err != nil {
		return err
	}
	in, err := posted(r)
	if err != nil {
		return err
	}
	waived := map[string]string{}
	for name, v := range in {
		if key, ok := strings.CutPrefix(name, "waive:"); ok && strings.TrimSpace(v[0]) != "" {
			waived[key] = strings.TrimSpace(v[0])
		}
	}
	version, err := strconv.ParseInt(in.Get("version"), 10, 64)
	if err != nil {
		version = d.Version
	}
	act := catalog.DraftAct(in.Get("act"))
	_, err = s.c.Catalog.Move(r.Context(), a, d.ID, act, catalog.DraftInput{Version: version, Note: strings.TrimSpace(in.Get("note")),
		From: strings.TrimSpace(in.Get("from")), Waived: waived})
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid {
		p, perr := s.draftPage(r, in)
		if perr != nil {
			return perr
		}
		at := map[string]string{}
		for _, x := range p.Warnings {
			at[x.Says] = "#" + x.Field.ID
		}
		p.Errors.Items = nil
		if e.Code == catalog.ErrGuide.Code {
			p.Errors.Title = p.Tr(e.ZH, e.EN)
		}
		for _, f := range e.Fields {
			l := web.Link{Text: p.Tr(f.ZH, f.EN), Href: "#" + f.Path}
			switch f.Code {
			case "guide":
				head, _, _ := strings.Cut(f.Path, "/")
				l.Href = sectionPath(d.ID, head) + "#" + anchorOf(&d.Guide, f.Path)
			case "warning":
				for says, id := range at {
					if strings.HasPrefix(f.ZH, says) {
						l.Href = id
					}
				}
			default:
				if f.Path == "note" {
					l.Href = "#note-" + string(act)
				}
				s.sayAt(&p, act, f)
			}
			p.Errors.Items = append(p.Errors.Items, l)
		}
		return s.views.draft.Render(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return s.back(w, r, draftPath(d.ID), err)
	}
	switch act {
	case catalog.DraftPublish:
		s.flash(w, r, "已发布。", "Published.")
	case catalog.DraftDiscard:
		s.flash(w, r, "编制稿已放弃，已发布的内容不受影响。", "The draft is discarded; what is published stays.")
		return web.SeeOther(w, r, "/console/items")
	default:
		zh, en := act.Words()
		s.flash(w, r, "已办理："+zh, "Done: "+en)
	}
	return web.SeeOther(w, r, draftPath(d.ID))
}
