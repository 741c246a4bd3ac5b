package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
)

// Draft 草稿 is an application that is not handed in yet.
type Draft struct {
	ID        ID              `json:"id"`
	Version   int64           `json:"version" doc:"Goes up with every change; send back the one you saw."`
	Item      string          `json:"item" doc:"Code of the item."`
	ItemName  string          `json:"itemName"`
	Party     PartyRef        `json:"party" doc:"For whom."`
	Case      string          `json:"case,omitempty" doc:"A correction of this case."`
	CreatedAt time.Time       `json:"createdAt"`
	UpdatedAt time.Time       `json:"updatedAt"`
	Consent   *time.Time      `json:"consent,omitempty" doc:"When the privacy notice was accepted."`
	Answers   form.Values     `json:"answers"`
	Materials []DraftMaterial `json:"materials"`
	Delivery  Delivery        `json:"delivery"`
	Held      *DraftHeld      `json:"held,omitempty" doc:"The licence that it is about, for items that do something to one."`
	Promise   *DraftPromise   `json:"promise,omitempty" doc:"What stands signed."`
	Problems  []ProblemField  `json:"problems" doc:"What keeps it from being handed in."`
}

// DraftMaterial is a material that is asked for these answers, or was handed in.
type DraftMaterial struct {
	Code        string       `json:"code"`
	Name        string       `json:"name"`
	Necessity   string       `json:"necessity"`
	Asked       bool         `json:"asked"`
	LicenceType string       `json:"licenceType,omitempty" doc:"A held licence of this type stands for it."`
	Formats     []string     `json:"formats"`
	MaxBytes    int64        `json:"maxBytes"`
	MaxFiles    int          `json:"maxFiles"`
	Files       []CaseFile   `json:"files"`
	Licence     *UsedLicence `json:"licence,omitempty"`
	Paper       bool         `json:"paper,omitempty" doc:"Seen on paper at the window."`
	Copies      int          `json:"copies,omitempty" doc:"Of the paper, left at the window."`
	Trust       string       `json:"trust,omitempty" enum:"A,B,C,D" doc:"证照可信等级 of what is handed in."`
}

// CaseFile is a file handed in.
type CaseFile struct {
	ID   ID        `json:"id"`
	Name string    `json:"name"`
	Size int64     `json:"size" doc:"Bytes."`
	Type string    `json:"type" doc:"By content."`
	At   time.Time `json:"at"`
}

func caseFile(f casework.HandedDoc) CaseFile {
	return CaseFile{ID(f.File), f.Name, f.Size, f.Type, f.At.UTC()}
}

// UsedLicence is a licence used instead of a material.
type UsedLicence struct {
	Identifier string `json:"identifier"`
	Name       string `json:"name"`
}

func usedLicence(h *casework.HeldRef) *UsedLicence {
	if h == nil {
		return nil
	}
	return &UsedLicence{h.Identifier, h.Name}
}

// Delivery 领取方式.
type Delivery struct {
	Way     string `json:"way" enum:"electronic,pickup,post"`
	Name    string `json:"name,omitempty" maxLength:"50"`
	Phone   string `json:"phone,omitempty" maxLength:"30"`
	Address string `json:"address,omitempty" maxLength:"200"`
}

// DraftIn names a draft.
type DraftIn struct {
	ID ID `path:"id"`
}

// StartIn opens a draft.
type StartIn struct {
	Body struct {
		Item    string    `json:"item" minLength:"1" maxLength:"40" doc:"Code of the item."`
		Party   *PartyRef `json:"party,omitempty" doc:"Window clerks: for whom. Others apply for whom their token acts."`
		Answers Answers   `json:"answers,omitempty" doc:"Answers given before, as to the scenarios of the guide; the draft begins with them."`
	}
}

// SaveIn stores answers.
type SaveIn struct {
	DraftIn
	Body struct {
		Version int64   `json:"version,omitempty" minimum:"1" doc:"The version that was seen; left out: whatever it is."`
		Answers Answers `json:"answers" doc:"All answers; they replace the stored ones."`
	}
}

// VersionIn is a version in a body.
type VersionIn struct {
	Version int64 `json:"version,omitempty" minimum:"1" doc:"The version that was seen; left out: whatever it is."`
}

func (s *server) drafts() {
	add(s, operation{id: "drafts", method: http.MethodGet, path: "/drafts", tag: "apply", zh: "我的草稿", en: "My drafts, newest first"},
		func(ctx context.Context, c *call, in *PageIn) (List[Draft], error) {
			at, err := behind("drafts", in.Cursor)
			if err != nil {
				return List[Draft]{}, err
			}
			list, err := s.Casework.Drafts(ctx, c.Actor, at, in.limit())
			if err != nil {
				return List[Draft]{}, err
			}
			out := List[Draft]{Items: []Draft{}}
			for _, d := range list {
				v, err := s.Catalog.ByVersion(ctx, d.VersionID)
				if err != nil {
					return out, err
				}
				out.Items = append(out.Items, s.draft(ctx, d, v))
			}
			if len(list) == in.limit() {
				out.Next = after("drafts", list[len(list)-1].ID)
			}
			return out, nil
		})
	add(s, operation{id: "draft-start", method: http.MethodPost, path: "/drafts", tag: "apply", status: http.StatusCreated,
		zh: "开始办理", en: "Start an application", more: "Prefilled from the profile and from licences held.", once: true},
		func(ctx context.Context, c *call, in *StartIn) (Draft, error) {
			party, err := s.applicant(ctx, c, in.Body.Party)
			if err != nil {
				return Draft{}, err
			}
			given, v, err := s.given(ctx, in.Body.Item, in.Body.Answers)
			if err != nil {
				return Draft{}, noItem(s.Catalog.Codes(), in.Body.Item, err)
			}
			d, err := s.Casework.StartDraftOnce(ctx, c.Actor, in.Body.Item, party, given, c.once)
			if err != nil {
				return Draft{}, inAnswers(v, err)
			}
			return s.shown(ctx, c, d.ID)
		})
	add(s, operation{id: "draft", method: http.MethodGet, path: "/drafts/{id}", tag: "apply", zh: "草稿", en: "A draft with what is still missing"},
		func(ctx context.Context, c *call, in *DraftIn) (Draft, error) { return s.shown(ctx, c, int64(in.ID)) })
	add(s, operation{id: "draft-save", method: http.MethodPut, path: "/drafts/{id}", tag: "apply", zh: "保存草稿", en: "Save the answers", more: "Unfinished answers are kept; problems lists what is missing."},
		func(ctx context.Context, c *call, in *SaveIn) (Draft, error) {
			return s.shownAfter(ctx, c, in.ID, s.saveAnswers(ctx, c, int64(in.ID), in.Body.Version, in.Body.Answers))
		})
	add(s, operation{id: "draft-consent", method: http.MethodPost, path: "/drafts/{id}/consent", tag: "apply", zh: "确认个人信息处理告知", en: "Accept the privacy notice of the guide", again: "the time of the last consent counts."},
		func(ctx context.Context, c *call, in *struct {
			DraftIn
			Body *VersionIn
		}) (Draft, error) {
			var version int64
			if in.Body != nil {
				version = in.Body.Version
			}
			_, err := s.Casework.Consent(ctx, c.Actor, int64(in.ID), version)
			return s.shownAfter(ctx, c, in.ID, err)
		})
	add(s, operation{id: "draft-delivery", method: http.MethodPut, path: "/drafts/{id}/delivery", tag: "apply", zh: "选择领取方式", en: "Choose how to get the result"},
		func(ctx context.Context, c *call, in *struct {
			DraftIn
			Body struct {
				VersionIn
				Delivery
			}
		}) (Draft, error) {
			_, err := s.Casework.SaveDelivery(ctx, c.Actor, int64(in.ID), in.Body.Version, casework.Delivery(in.Body.Delivery))
			return s.shownAfter(ctx, c, in.ID, err)
		})
	do(s, operation{id: "draft-discard", method: http.MethodDelete, path: "/drafts/{id}", tag: "apply", zh: "删除草稿", en: "Delete a draft with its files"},
		func(ctx context.Context, c *call, in *struct {
			DraftIn
			Version int64 `query:"version" minimum:"1" doc:"The version that was seen; left out: whatever it is."`
		}) error {
			if in.Version == 0 {
				return s.discard(ctx, c, int64(in.ID))
			}
			return s.Casework.DiscardDraft(ctx, c.Actor, int64(in.ID), in.Version)
		})
}

// discard deletes a draft whatever its version is.
func (s *server) discard(ctx context.Context, c *call, id int64) error {
	for try := 0; ; try++ {
		d, _, err := s.Casework.Draft(ctx, c.Actor, id)
		if err != nil {
			return err
		}
		if err = s.Casework.DiscardDraft(ctx, c.Actor, id, d.Version); try == 3 || !errors.Is(err, casework.ErrDraftChanged) {
			return err
		}
	}
}

// applicant is for whom staff open a draft; for everybody else the token says it.
func (s *server) applicant(ctx context.Context, c *call, p *PartyRef) (actor.Party, error) {
	switch {
	case c.Kind != actor.Staff && p != nil && (p.Kind != c.For.Kind || int64(p.ID) != c.For.ID):
		return actor.Party{}, errs.InvalidFields(errs.Field{Path: "party", Code: "not-acting",
			ZH: "令牌不是代表该申请人的，请先切换身份", EN: "The token does not act for this party; switch first"})
	case c.Kind != actor.Staff:
		return c.For, nil
	case p == nil:
		return actor.Party{}, errs.InvalidFields(errs.Field{Path: "party", Code: "required", ZH: "请指明申请人", EN: "Say for whom"})
	}
	c.Actor.Channel = actor.Window                                              // what staff hand in came in at a window
	info, err := s.Shelf.Party(ctx, actor.Party{Kind: p.Kind, ID: int64(p.ID)}) // the name is what identity has, whatever was sent
	if errors.Is(err, identity.ErrNoParty) {
		err = errs.InvalidFields(errs.Field{Path: "party", Code: "unknown", ZH: "没有这个申请人", EN: "There is no such party"})
	}
	return info.Party, err
}

// saveAnswers reads answers by the form of the draft's pinned version.
func (s *server) saveAnswers(ctx context.Context, c *call, id, version int64, text Answers) error {
	_, v, err := s.Casework.Draft(ctx, c.Actor, id)
	if err != nil {
		return err
	}
	values, err := answers(v, text)
	if err != nil {
		return err
	}
	_, err = s.Casework.SaveDraft(ctx, c.Actor, id, version, values, nil)
	return inAnswers(v, err)
}

// answers reads a form's JSON; problems are named below /answers.
func answers(v *catalog.Version, text Answers) (form.Values, error) {
	values, found, err := v.Form().ParseJSON(text)
	if err == nil && len(found) > 0 {
		err = errs.InvalidFields(found...)
	}
	return values, inAnswers(v, err)
}

// inAnswers puts the names of form fields below /answers, where the body has
// them. What casework names itself (consent, materials/…, delivery/…) stays.
func inAnswers(v *catalog.Version, err error) error {
	if err == nil || len(errs.Of(err).Fields) == 0 {
		return err
	}
	e := *errs.Of(err)
	e.Fields = fieldsInAnswers(v, e.Fields)
	return &e
}

func fieldsInAnswers(v *catalog.Version, fields []errs.Field) []errs.Field {
	return mapTo(fields, func(f errs.Field) errs.Field {
		first, rest, _ := strings.Cut(f.Path, "/")
		if first == "promise" && rest != "" { // of the body; a form may have a question of that name
			return f
		}
		switch first {
		case "consent", "materials", "delivery", "signature", "held":
			if v.Form().Field(first) == nil {
				return f
			}
		}
		f.Path = "answers/" + f.Path
		return f
	})
}

// shown reads a draft anew.
func (s *server) shown(ctx context.Context, c *call, id int64) (Draft, error) {
	d, v, err := s.Casework.Draft(ctx, c.Actor, id)
	if err != nil {
		return Draft{}, err
	}
	return s.draft(ctx, d, v), nil
}

// shownAfter is shown, unless the act before failed.
func (s *server) shownAfter(ctx context.Context, c *call, id ID, err error) (Draft, error) {
	if err != nil {
		return Draft{}, err
	}
	return s.shown(ctx, c, int64(id))
}

func (s *server) draft(ctx context.Context, d *casework.Draft, v *catalog.Version) Draft {
	out := Draft{ID: ID(d.ID), Version: d.Version, Item: v.Guide.Basics.Code, ItemName: d.ItemName, Party: partyRef(d.Party), Case: d.CaseNo,
		CreatedAt: d.CreatedAt.UTC(), UpdatedAt: d.UpdatedAt.UTC(), Consent: instant(d.Data.Consent), Answers: v.Form().Normalise(d.Data.Values),
		Materials: []DraftMaterial{}, Delivery: Delivery(d.Data.Delivery)}
	out.Held = s.draftHeld(ctx, d, &v.Guide)
	if p := d.Data.Promise; !p.None() {
		out.Promise = &DraftPromise{p.Later, p.Commit, p.Name, p.Hash, p.At.UTC()}
	}
	for _, m := range v.Guide.Materials {
		h := d.Data.Handed(m.Code)
		if !m.Asked(out.Answers) && h.Empty() {
			continue
		}
		out.Materials = append(out.Materials, DraftMaterial{m.Code, m.Name, m.Necessity, m.Asked(out.Answers), m.LicenceType, m.FileTypes(),
			m.MaxBytes(), m.FilesAllowed(), mapTo(h.Files, caseFile), usedLicence(h.Licence), h.Paper, h.Copies, string(casework.TrustOf(h, m))})
	}
	for _, f := range fieldsInAnswers(v, s.Casework.Problems(ctx, d, v)) {
		out.Problems = append(out.Problems, ProblemField{"/" + f.Path, f.Code, f.ZH, f.EN})
	}
	return out
}
