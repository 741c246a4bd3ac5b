package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/identity"
)

// BasicItem 基本目录事项 is what is the same for a matter at every level.
type BasicItem struct {
	Code     string       `json:"code" doc:"基本编码, 12 characters by default."`
	Name     string       `json:"name"`
	NameEN   string       `json:"nameEn,omitempty"`
	Type     string       `json:"type" doc:"事项类型, two digits."`
	Domain   string       `json:"domain,omitempty" doc:"Of a public service: its domain of 第三条."`
	Levels   []string     `json:"levels" doc:"行使层级 at which it may be claimed: 3 city to 6 village."`
	Audience []string     `json:"audience" doc:"服务对象 codes."`
	Topics   []string     `json:"topics"`
	Dept     string       `json:"dept" doc:"Kind of department in charge."`
	Summary  string       `json:"summary"`
	Basis    []BasicBasis `json:"basis" doc:"设定依据."`
	Version  int          `json:"version" doc:"Counts changes of the entry."`
	Guide    bool         `json:"guide" doc:"There is a city-wide guide to begin with."`
	Lists    int          `json:"lists" doc:"How many units have it in use or suspended."`
	Own      bool         `json:"own,omitempty" doc:"Among what a unit may claim: its department is in charge."`
}

// BasicBasis is an article on which a matter rests.
type BasicBasis struct {
	Law     string `json:"law"`
	DocNo   string `json:"docNo,omitempty"`
	Article string `json:"article"`
	Gist    string `json:"gist,omitempty"`
	Mark    string `json:"mark" enum:"C,L,M" doc:"How well it was checked: C in the text, L likely, M not yet."`
}

// UnitList 实施清单 is a unit's list as stewards see it: in any state, and with
// the version that waits for its day.
type UnitList struct {
	Item
	Reason    string `json:"reason,omitempty" doc:"Why it is suspended or cancelled."`
	Successor string `json:"successor,omitempty" doc:"Code of the item that takes its place."`
	NextFrom  string `json:"nextFrom,omitempty" format:"date" doc:"A published version comes into force on this day."`
}

// GuideDraft 编制稿 is a guide that is being written.
type GuideDraft struct {
	GuideDraftHead
	Base      string            `json:"base" enum:"nothing,version,template" doc:"What changes are told against: nothing yet, the version it began from, or the city-wide guide."`
	From      string            `json:"from,omitempty" format:"date" doc:"Planned effective date; left out: the day of publication."`
	Reason    string            `json:"reason,omitempty" doc:"Said when it was handed in."`
	Offered   []OfferedDraftAct `json:"offered" doc:"What the caller may do now."`
	Problems  []GuideProblem    `json:"problems"`
	Sections  []DraftSection    `json:"sections" doc:"In the guide's order."`
	Changes   []GuideDifference `json:"changes" doc:"What asks more of the applicant first."`
	History   []DraftEntry      `json:"history" doc:"Oldest first."`
	Guide     catalog.Guide     `json:"guide"`
	Conflicts []string          `json:"conflicts,omitempty" doc:"Of a change that was adopted: sections that both sides had changed; the unit's own stays and has to be looked at."`
}

// GuideDraftHead is a draft in a list.
type GuideDraftHead struct {
	ID        ID                 `json:"id"`
	Kind      catalog.DraftKind  `json:"kind" enum:"list,template" doc:"A unit's list, or the city-wide guide."`
	Basic     string             `json:"basic" doc:"基本编码."`
	Name      string             `json:"name"`
	Unit      UnitRef            `json:"unit" doc:"Who compiles it."`
	Item      string             `json:"item,omitempty" doc:"Code of the list that it changes."`
	State     catalog.DraftState `json:"state" enum:"drafting,submitted,returned,passed,published,discarded"`
	Version   int64              `json:"version" doc:"Goes up with every change."`
	UpdatedAt time.Time          `json:"updatedAt"`
	UpdatedBy string             `json:"updatedBy"`
}

// OfferedDraftAct is an act that may be done now.
type OfferedDraftAct struct {
	Act  catalog.DraftAct `json:"act" enum:"edit,hand-in,take-back,pass,return,publish,discard"`
	Note bool             `json:"note" doc:"Words are needed."`
}

// GuideProblem is something wrong with a guide.
type GuideProblem struct {
	Path     string `json:"path" example:"materials/m02/standard"`
	Severity string `json:"severity" enum:"error,warning" doc:"An error blocks handing in and publishing; a warning stays only with a reason."`
	Text     string `json:"text" doc:"What is wrong, in Chinese."`
	Key      string `json:"key" doc:"Names the warning in waived."`
	Waived   string `json:"waived,omitempty" doc:"Why it stays."`
}

// DraftSection is a part of a draft's guide.
type DraftSection struct {
	Name   string `json:"name" example:"materials"`
	Hash   string `json:"hash" doc:"Of its content; what a change has to say that it has seen."`
	Own    bool   `json:"own" doc:"Differs from the city-wide guide that the list follows."`
	Locked bool   `json:"locked" doc:"Comes from the basic catalogue; nobody writes it."`
}

// GuideDifference is one thing that a draft changes, in words.
type GuideDifference struct {
	Section string             `json:"section"`
	Path    string             `json:"path" example:"materials/m01/necessity"`
	Kind    catalog.ChangeKind `json:"kind" enum:"added,removed,changed"`
	Burden  catalog.Burden     `json:"burden" enum:"heavier,lighter,neutral" doc:"For the applicant."`
	ZH      string             `json:"zh"`
	EN      string             `json:"en"`
}

func guideDifference(x catalog.Change) GuideDifference {
	return GuideDifference{x.Section, x.Path, x.Kind, x.Burden, x.ZH, x.EN}
}

// HandlingDrafts are the drafts of handling items 业务办理项, by number.
type HandlingDrafts struct {
	Drafts []GuideDraft `json:"drafts"`
}

// DraftEntry is an entry of a draft's history.
type DraftEntry struct {
	At      time.Time `json:"at"`
	Staff   string    `json:"staff"`
	Act     string    `json:"act" doc:"claim, revise, adopt, or an act."`
	Section string    `json:"section,omitempty"`
	Note    string    `json:"note,omitempty"`
}

// GuideProposal 变更提示 says that the city-wide guide of a list has a new version.
type GuideProposal struct {
	ID        ID        `json:"id"`
	Item      string    `json:"item" doc:"Code of the list."`
	Name      string    `json:"name"`
	Unit      UnitRef   `json:"unit"`
	CreatedAt time.Time `json:"createdAt"`
}

// StoredSection is what a section holds that somebody else changed.
type StoredSection struct {
	Section string       `json:"section"`
	Hash    string       `json:"hash" doc:"To be sent as seen with the merged content."`
	Value   SectionValue `json:"value,omitempty" doc:"Left out when the guide has none of it."`
	By      string       `json:"by" doc:"Who changed the draft last."`
}

// SectionValue is the content of a section: a list, an object, as the guide has it.
type SectionValue []byte

// MarshalJSON writes it as it is.
func (v SectionValue) MarshalJSON() ([]byte, error) { return v, nil }

// UnmarshalJSON keeps a copy of the text.
func (v *SectionValue) UnmarshalJSON(text []byte) error {
	*v = append((*v)[:0], text...)
	return nil
}

// Schema says that it is one of the guide's parts.
func (SectionValue) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Description: "As the guide has the section: a list or an object; [] empties a list."}
}

// sectionChanged is a conflict with what somebody else wrote.
type sectionChanged struct {
	error
	now *StoredSection
}

func (e sectionChanged) Unwrap() error { return e.error }

// GuideDraftIn names a draft.
type GuideDraftIn struct {
	ID ID `path:"id"`
}

// WaivedIn is a warning that stays.
type WaivedIn struct {
	Key string `json:"key" minLength:"1" maxLength:"300" doc:"The problem's."`
	Why string `json:"why" minLength:"1" maxLength:"200"`
}

func (s *server) catalogue() {
	s.basics()
	s.lists()
	s.guideDrafts()
	s.proposals()
}

func (s *server) basics() {
	add(s, operation{id: "basics", method: http.MethodGet, path: "/catalogue/basics", tag: "catalogue", zh: "基本目录", en: "Stewards and reviewers: search the basic catalogue, or what a unit may claim"},
		func(ctx context.Context, c *call, in *struct {
			PageIn
			Q         string `query:"q" maxLength:"100" doc:"Words, all in name, code or summary."`
			Level     string `query:"level" enum:"3,4,5,6" doc:"行使层级 at which it may be claimed."`
			Claimable string `query:"claimable" maxLength:"60" doc:"Key of a unit: only what it may claim and has not, its own matters first."`
		}) (List[BasicItem], error) {
			at, err := position("basics", in.Cursor)
			if err != nil {
				return List[BasicItem]{}, err
			}
			q := catalog.BasicQuery{Text: in.Q, Level: in.Level, After: at, Limit: in.limit()}
			if in.Claimable != "" {
				u, err := s.unitNamed(ctx, in.Claimable, "query/claimable")
				if err != nil {
					return List[BasicItem]{}, err
				}
				q.Claimable = u.ID
			}
			list, more, err := s.Catalog.Entries(ctx, c.Actor, q)
			out := List[BasicItem]{Items: mapTo(list, basicItem)}
			if more {
				out.Next = cursor("basics", list[len(list)-1].Code)
			}
			return out, err
		})
	add(s, operation{id: "basic", method: http.MethodGet, path: "/catalogue/basics/{code}", tag: "catalogue", zh: "基本目录事项", en: "Stewards and reviewers: one entry of the basic catalogue"},
		func(ctx context.Context, c *call, in *CodeIn) (BasicItem, error) {
			e, err := s.Catalog.Entry(ctx, c.Actor, in.Code)
			if err != nil {
				return BasicItem{}, err
			}
			return basicItem(e), nil
		})
}

func basicItem(e catalog.BasicEntry) BasicItem {
	return BasicItem{Code: e.Code, Name: e.Name, NameEN: e.NameEN, Type: e.Type, Domain: e.Domain, Levels: e.Levels, Audience: e.Audience, Topics: e.Topics,
		Dept: e.Dept, Summary: e.Summary, Basis: mapTo(e.Basis, func(b catalog.Basis) BasicBasis { return BasicBasis{b.Law, b.DocNo, b.Article, b.Gist, b.Mark} }),
		Version: e.Version, Guide: e.TemplateID != 0, Lists: e.Lists, Own: e.Own}
}

func (s *server) lists() {
	add(s, operation{id: "lists", method: http.MethodGet, path: "/catalogue/lists", tag: "catalogue", zh: "实施清单", en: "Stewards and reviewers: the lists of their units, in every state"},
		func(ctx context.Context, c *call, in *struct {
			PageIn
			Q     string            `query:"q" maxLength:"100" doc:"Words, all in name, code or daily words."`
			Unit  string            `query:"unit" maxLength:"60" doc:"Key of a unit, with those below it; left out: all that one may see."`
			State catalog.ItemState `query:"state" enum:"in-use,suspended,cancelled"`
		}) (List[UnitList], error) {
			at, err := behind("lists", in.Cursor)
			if err != nil {
				return List[UnitList]{}, err
			}
			list, more, err := s.Catalog.Lists(ctx, c.Actor, catalog.ListQuery{Text: in.Q, Unit: in.Unit, State: in.State, After: at, Limit: in.limit()})
			if err != nil {
				return List[UnitList]{}, err
			}
			dir, err := s.Identity.Directory(ctx)
			out := List[UnitList]{Items: mapTo(list, func(it catalog.Item) UnitList {
				return UnitList{item(dir, &it), it.StateReason, it.Successor, it.NextFrom}
			})}
			if more {
				out.Next = after("lists", list[len(list)-1].ID)
			}
			return out, err
		})
	do(s, operation{id: "list-state", method: http.MethodPut, path: "/catalogue/lists/{code}/state", tag: "catalogue", zh: "暂停、恢复、取消清单", en: "Reviewers: suspend, resume or cancel a list",
		more: "A list that is not in use takes no applications; cases that run go on. A cancelled one never comes back."},
		func(ctx context.Context, c *call, in *struct {
			CodeIn
			Body struct {
				State     catalog.ItemState `json:"state" enum:"in-use,suspended,cancelled"`
				Reason    string            `json:"reason" minLength:"1" maxLength:"500"`
				Successor string            `json:"successor,omitempty" maxLength:"40" doc:"Code of the item that takes its place."`
			}
		}) error {
			return s.Catalog.SetState(ctx, c.Actor, in.Code, in.Body.State, in.Body.Reason, in.Body.Successor)
		})
}

func (s *server) guideDrafts() {
	began := func(ctx context.Context, c *call, d *catalog.Draft, kept []string, err error) (GuideDraft, error) {
		if err != nil {
			return GuideDraft{}, err
		}
		out, err := s.guideDraft(ctx, c, d)
		out.Conflicts = kept
		return out, err
	}
	add(s, operation{id: "list-claim", method: http.MethodPost, path: "/catalogue/claims", tag: "catalogue", status: http.StatusCreated, once: true,
		zh: "认领事项", en: "Stewards: claim a matter for a unit", more: "The answer is the draft of its list. It begins as the city-wide guide, if there is one."},
		func(ctx context.Context, c *call, in *struct {
			Body struct {
				Basic string `json:"basic" minLength:"4" maxLength:"40" doc:"基本编码."`
				Unit  string `json:"unit" minLength:"1" maxLength:"60" doc:"Key of the unit."`
			}
		}) (GuideDraft, error) {
			u, err := s.unitNamed(ctx, in.Body.Unit, "unit")
			if err != nil {
				return GuideDraft{}, err
			}
			d, err := s.Catalog.Claim(ctx, c.Actor, in.Body.Basic, u.ID, c.once)
			return began(ctx, c, d, nil, err)
		})
	add(s, operation{id: "list-revise", method: http.MethodPost, path: "/catalogue/lists/{code}/revisions", tag: "catalogue", status: http.StatusCreated, once: true,
		zh: "修订清单", en: "Stewards: open a draft of a published list"},
		func(ctx context.Context, c *call, in *CodeIn) (GuideDraft, error) {
			it, err := s.Catalog.Item(ctx, in.Code)
			if err != nil {
				return GuideDraft{}, err
			}
			d, err := s.Catalog.Revise(ctx, c.Actor, it.ID, c.once)
			return began(ctx, c, d, nil, err)
		})
	add(s, operation{id: "list-split", method: http.MethodPost, path: "/catalogue/lists/{code}/parts", tag: "catalogue", status: http.StatusCreated, once: true,
		zh: "拆分为业务办理项", en: "Stewards: split a list into handling items", more: "The answer is a draft for each, which begins as the list is now. When all are published they take the place of an undivided list. For a list that is a handling item itself, further ones are added."},
		func(ctx context.Context, c *call, in *struct {
			CodeIn
			Body struct {
				Names []string `json:"names" minItems:"1" maxItems:"99" doc:"业务办理项名称: 新办, 变更."`
			}
		}) (HandlingDrafts, error) {
			it, err := s.Catalog.Item(ctx, in.Code)
			if err != nil {
				return HandlingDrafts{}, err
			}
			drafts, err := s.Catalog.Split(ctx, c.Actor, it.ID, in.Body.Names, c.once)
			if err != nil {
				return HandlingDrafts{}, err
			}
			var out HandlingDrafts
			for _, d := range drafts {
				x, err := s.guideDraft(ctx, c, d)
				if err != nil {
					return HandlingDrafts{}, err
				}
				out.Drafts = append(out.Drafts, x)
			}
			return out, nil
		})
	add(s, operation{id: "template-revise", method: http.MethodPost, path: "/catalogue/basics/{code}/revisions", tag: "catalogue", status: http.StatusCreated, once: true,
		zh: "修订全市指南", en: "Stewards of a city department: open a draft of a matter's city-wide guide", more: "Where there is none yet, the draft begins empty."},
		func(ctx context.Context, c *call, in *struct {
			CodeIn
			Body struct {
				Unit string `json:"unit" minLength:"1" maxLength:"60" doc:"Key of the city department that compiles it."`
			}
		}) (GuideDraft, error) {
			u, err := s.unitNamed(ctx, in.Body.Unit, "unit")
			if err != nil {
				return GuideDraft{}, err
			}
			d, err := s.Catalog.ReviseTemplate(ctx, c.Actor, in.Code, u.ID, c.once)
			return began(ctx, c, d, nil, err)
		})
	add(s, operation{id: "guide-drafts", method: http.MethodGet, path: "/catalogue/drafts", tag: "catalogue", zh: "编制稿", en: "Stewards and reviewers: open drafts of their units, the last touched first"},
		func(ctx context.Context, c *call, _ *none) (List[GuideDraftHead], error) {
			if err := s.Identity.Allow(ctx, c.Actor, identity.CatalogueRead, identity.Target{UnitPath: catalog.Scope(c.Actor)}, "drafts"); err != nil {
				return List[GuideDraftHead]{}, err
			}
			list, err := s.Catalog.Drafts(ctx, c.Actor)
			if err != nil {
				return List[GuideDraftHead]{}, err
			}
			dir, err1 := s.Identity.Directory(ctx)
			x, err2 := s.Catalog.Index(ctx)
			if err := errors.Join(err1, err2); err != nil {
				return List[GuideDraftHead]{}, err
			}
			return List[GuideDraftHead]{Items: mapTo(list, func(d catalog.Draft) GuideDraftHead { return draftHead(dir, x, &d) })}, nil
		})
	add(s, operation{id: "guide-draft", method: http.MethodGet, path: "/catalogue/drafts/{id}", tag: "catalogue", zh: "编制稿详情", en: "Stewards and reviewers: a draft with its guide, problems, changes and history"},
		func(ctx context.Context, c *call, in *GuideDraftIn) (GuideDraft, error) {
			d, err := s.Catalog.Draft(ctx, c.Actor, int64(in.ID))
			return began(ctx, c, d, nil, err)
		})
	add(s, operation{id: "guide-draft-section", method: http.MethodPut, path: "/catalogue/drafts/{id}/sections/{section}", tag: "catalogue", zh: "编写一个部分", en: "Stewards: write a section of a draft",
		more: "What others wrote in other sections stays. If somebody changed this one since, the answer is 409 section-changed with what is stored; merge, and send again with its hash."},
		func(ctx context.Context, c *call, in *struct {
			GuideDraftIn
			Section string `path:"section" maxLength:"40"`
			Body    struct {
				Seen  string       `json:"seen" maxLength:"64" doc:"Hash of the section that was seen."`
				Value SectionValue `json:"value"`
				Files []FileRef    `json:"files,omitempty" maxItems:"100" doc:"Files of POST /catalogue/drafts/{id}/files that the value names by their addresses for the first time."`
			}
		}) (GuideDraft, error) {
			fresh, err := s.taken(ctx, c, int64(in.ID), in.Body.Files)
			if err != nil {
				return GuideDraft{}, err
			}
			d, err := s.Catalog.SaveSection(ctx, c.Actor, int64(in.ID), in.Section, in.Body.Seen, json.RawMessage(in.Body.Value), fresh...)
			if errors.Is(err, catalog.ErrSectionChanged) {
				return GuideDraft{}, withSection(d, in.Section, err)
			}
			return began(ctx, c, d, nil, err)
		})
	s.guideFiles()
	add(s, operation{id: "guide-draft-act", method: http.MethodPost, path: "/catalogue/drafts/{id}/acts", tag: "catalogue", zh: "提交、退回、通过、发布编制稿", en: "Stewards and reviewers: hand in, take back, pass, return, publish or discard a draft",
		more:  "Handing in needs a guide without errors and a reason for every warning that stays. Who wrote in a draft neither passes nor publishes it.",
		again: "the state no longer offers the act: 409, and nothing changes."},
		func(ctx context.Context, c *call, in *struct {
			GuideDraftIn
			Body struct {
				VersionIn
				Act    catalog.DraftAct `json:"act" enum:"hand-in,take-back,pass,return,publish,discard"`
				Note   string           `json:"note,omitempty" maxLength:"500"`
				From   string           `json:"from,omitempty" format:"date" doc:"For handing in: planned effective date; left out: the day of publication."`
				Waived []WaivedIn       `json:"waived,omitempty" maxItems:"200" doc:"For handing in: warnings that stay, and why."`
			}
		}) (GuideDraft, error) {
			b := in.Body
			waived := map[string]string{}
			for _, w := range b.Waived {
				waived[w.Key] = w.Why
			}
			d, err := s.Catalog.Move(ctx, c.Actor, int64(in.ID), b.Act, catalog.DraftInput{Version: b.Version, Note: b.Note, From: b.From, Waived: waived})
			return began(ctx, c, d, nil, err)
		})
	add(s, operation{id: "proposal-adopt", method: http.MethodPost, path: "/catalogue/proposals/{id}/adopt", tag: "catalogue", status: http.StatusCreated, once: true,
		zh: "采纳变更", en: "Stewards: adopt a change above as a draft", more: "What the unit has of its own stays; conflicts names the sections that both sides changed. The proposal is closed when the draft is published."},
		func(ctx context.Context, c *call, in *GuideDraftIn) (GuideDraft, error) {
			d, kept, err := s.Catalog.Adopt(ctx, c.Actor, int64(in.ID), c.once)
			return began(ctx, c, d, kept, err)
		})
}

func (s *server) proposals() {
	add(s, operation{id: "proposals", method: http.MethodGet, path: "/catalogue/proposals", tag: "catalogue", zh: "变更提示", en: "Stewards and reviewers: city-wide guides that changed above their lists, oldest first"},
		func(ctx context.Context, c *call, _ *none) (List[GuideProposal], error) {
			top := catalog.Scope(c.Actor)
			if err := s.Identity.Allow(ctx, c.Actor, identity.CatalogueRead, identity.Target{UnitPath: top}, "proposals"); err != nil {
				return List[GuideProposal]{}, err
			}
			open, err := s.Catalog.Proposals(ctx, top)
			if err != nil {
				return List[GuideProposal]{}, err
			}
			dir, err1 := s.Identity.Directory(ctx)
			x, err2 := s.Catalog.Index(ctx)
			if err := errors.Join(err1, err2); err != nil {
				return List[GuideProposal]{}, err
			}
			return List[GuideProposal]{Items: mapTo(open, func(p catalog.Proposal) GuideProposal {
				out := GuideProposal{ID: ID(p.ID), CreatedAt: p.CreatedAt.UTC()}
				if it, ok := x.ItemByID(p.ItemID); ok {
					out.Item, out.Name = it.Code, it.Name
				}
				u, _ := dir.Unit(p.UnitID)
				out.Unit = unitRef(u)
				return out
			})}, nil
		})
	do(s, operation{id: "proposal-decline", method: http.MethodPost, path: "/catalogue/proposals/{id}/decline", tag: "catalogue", zh: "不采纳变更", en: "Stewards: keep a list as it is, for a reason",
		again: "the proposal is closed: 409, and nothing changes."},
		func(ctx context.Context, c *call, in *struct {
			GuideDraftIn
			Body struct {
				Reason string `json:"reason" minLength:"1" maxLength:"200"`
			}
		}) error {
			return s.Catalog.DeclineProposal(ctx, c.Actor, int64(in.ID), in.Body.Reason)
		})
}

// withSection adds what is stored to a conflict, for merging.
func withSection(d *catalog.Draft, name string, err error) error {
	hash, herr := d.SectionHash(name)
	value, verr := d.Section(name)
	if herr != nil || verr != nil {
		return err
	}
	return sectionChanged{err, &StoredSection{name, hash, SectionValue(value), d.UpdatedBy}}
}

func draftHead(dir *identity.Directory, x *catalog.Index, d *catalog.Draft) GuideDraftHead {
	u, _ := dir.Unit(d.UnitID)
	out := GuideDraftHead{ID: ID(d.ID), Kind: d.Kind, Unit: unitRef(u), State: d.State, Version: d.Version, UpdatedAt: d.UpdatedAt.UTC(), UpdatedBy: d.UpdatedBy}
	if b, ok := x.BasicByID(d.BasicID); ok {
		out.Basic, out.Name = b.Code, b.Name
	}
	if it, ok := x.ItemByID(d.ItemID); ok {
		out.Item = it.Code
	}
	return out
}

func (s *server) guideDraft(ctx context.Context, c *call, d *catalog.Draft) (GuideDraft, error) {
	dir, err1 := s.Identity.Directory(ctx)
	x, err2 := s.Catalog.Index(ctx)
	problems, err3 := s.Catalog.DraftProblems(ctx, d)
	own, err4 := s.Catalog.Differs(ctx, d)
	changes, base, err5 := s.Catalog.DraftChanges(ctx, d)
	events, err6 := s.Catalog.DraftEvents(ctx, d.ID)
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		return GuideDraft{}, err
	}
	out := GuideDraft{GuideDraftHead: draftHead(dir, x, d), Base: string(base), From: d.From, Reason: d.Reason, Offered: []OfferedDraftAct{}, Sections: []DraftSection{}, Guide: d.Guide,
		Problems: mapTo(problems, func(p catalog.Problem) GuideProblem {
			severity := "warning"
			if p.Error {
				severity = "error"
			}
			return GuideProblem{p.Path, severity, p.ZH, p.Key(), d.Waived[p.Key()]}
		}),
		Changes: mapTo(changes, guideDifference),
		History: mapTo(events, func(e catalog.DraftEvent) DraftEntry {
			return DraftEntry{e.At.UTC(), e.StaffName, e.Act, e.Section, e.Note}
		})}
	if base == catalog.AgainstNothing {
		out.Base = "nothing"
	}
	t := identity.Target{UnitPath: dir.Path(d.UnitID), AuthorIDs: d.Authors}
	for _, o := range catalog.DraftActs(d.State) {
		if identity.Decide(c.Actor, o.Who, t) == nil {
			out.Offered = append(out.Offered, OfferedDraftAct{o.Act, o.Note})
		}
	}
	for _, name := range catalog.Sections() {
		hash, err := d.SectionHash(name)
		if err != nil {
			return GuideDraft{}, err
		}
		out.Sections = append(out.Sections, DraftSection{name, hash, slices.Contains(own, name), catalog.Locked(d.Kind, name)})
	}
	return out, nil
}
