package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/catalog"
)

// Notice 事项动态调整公告 is an adjustment as everybody may see it.
type Notice struct {
	No        string              `json:"no"`
	State     catalog.AdjustState `json:"state" enum:"drafting,returned,opinions,decided,announced,carried-out,withdrawn"`
	Plan      catalog.AdjustPlan  `json:"plan"`
	Decision  string              `json:"decision,omitempty"`
	Announced *time.Time          `json:"announcedAt,omitempty"`
	Carried   *time.Time          `json:"carriedAt,omitempty"`
}

// Dossier 动态调整档案 is an adjustment as those who keep the catalogue see it.
type Dossier struct {
	Notice
	Unit      UnitRef         `json:"unit" doc:"Who proposes it."`
	Version   int64           `json:"version" doc:"Counts changes; an act may name the one it looked at."`
	DecidedBy string          `json:"decidedBy,omitempty"`
	Unsettled bool            `json:"unsettled,omitempty" doc:"A split: some old lists stay until their units have published the new ones."`
	Opinions  []DossierVoice  `json:"opinions"`
	Effects   []DossierEffect `json:"effects" doc:"What carrying it out would touch, list by list; empty once it was."`
}

// DossierVoice is a department's opinion.
type DossierVoice struct {
	Unit   UnitRef    `json:"unit"`
	Stance string     `json:"stance,omitempty" enum:"agree,disagree" doc:"Missing while it is awaited."`
	Reason string     `json:"reason,omitempty"`
	At     *time.Time `json:"at,omitempty"`
}

// DossierEffect is a list that is touched.
type DossierEffect struct {
	Item      string   `json:"item" doc:"实施编码."`
	Unit      UnitRef  `json:"unit"`
	Cases     int      `json:"cases" doc:"In hand; they keep the version that they began with."`
	Featured  []string `json:"featured"`
	Outlets   []string `json:"outlets" doc:"Bank outlets that take the matter for the list's centre."`
	Booked    int      `json:"booked" doc:"Appointments that people hold, from today on."`
	Successor string   `json:"successor,omitempty"`
}

// DossierIn names a dossier.
type DossierIn struct {
	No string `path:"no" pattern:"^[0-9]{4}-[0-9]{4,9}$"`
}

// DossierActIn is an act upon a dossier.
type DossierActIn struct {
	DossierIn
	Body struct {
		Act     catalog.AdjustAct   `json:"act" enum:"edit,ask,opine,decide,return,announce,carry-out,withdraw"`
		Version int64               `json:"version,omitempty" minimum:"0" doc:"The dossier's version that was looked at; missing: any."`
		Note    string              `json:"note,omitempty" maxLength:"500" doc:"Words of the decision, the return, the withdrawal; reason of an opinion."`
		Stance  string              `json:"stance,omitempty" enum:"agree,disagree" doc:"opine"`
		Unit    string              `json:"unit,omitempty" maxLength:"60" doc:"opine: key of the department."`
		Plan    *catalog.AdjustPlan `json:"plan,omitempty" doc:"edit"`
	}
}

func (s *server) adjustments() {
	add(s, operation{id: "adjustments", method: http.MethodGet, path: "/adjustments", tag: "items", zh: "动态调整公告", en: "Announced adjustments of items, newest first", open: true},
		func(ctx context.Context, c *call, _ *none) (List[Notice], error) {
			list, err := s.Catalog.Announced(ctx)
			return List[Notice]{Items: mapTo(list, func(d catalog.Adjustment) Notice { return noticeOf(&d) })}, err
		})
	add(s, operation{id: "adjustment", method: http.MethodGet, path: "/adjustments/{no}", tag: "items", zh: "一份动态调整公告", en: "One announced adjustment", open: true},
		func(ctx context.Context, c *call, in *DossierIn) (Notice, error) {
			d, err := s.Catalog.AnnouncedBy(ctx, in.No)
			if err != nil {
				return Notice{}, err
			}
			return noticeOf(d), nil
		})
	add(s, operation{id: "adjustment-dossiers", method: http.MethodGet, path: "/adjustment-dossiers", tag: "items", zh: "动态调整档案", en: "Item stewards and reviewers: the dossiers, newest first"},
		func(ctx context.Context, c *call, _ *none) (List[Notice], error) {
			list, err := s.Catalog.Adjustments(ctx, c.Actor)
			return List[Notice]{Items: mapTo(list, func(d catalog.Adjustment) Notice { return noticeOf(&d) })}, err
		})
	add(s, operation{id: "adjustment-dossier", method: http.MethodGet, path: "/adjustment-dossiers/{no}", tag: "items", zh: "一份动态调整档案", en: "Item stewards and reviewers: one dossier with its effects and opinions"},
		func(ctx context.Context, c *call, in *DossierIn) (Dossier, error) {
			d, err := s.Catalog.Adjustment(ctx, c.Actor, in.No)
			if err != nil {
				return Dossier{}, err
			}
			return s.dossier(ctx, d)
		})
	add(s, operation{id: "adjustment-propose", method: http.MethodPost, path: "/adjustment-dossiers", tag: "items", status: http.StatusCreated, zh: "提出动态调整", en: "Item stewards: propose an adjustment", once: true},
		func(ctx context.Context, c *call, in *struct {
			Body struct {
				Unit string             `json:"unit" minLength:"1" maxLength:"60" doc:"Key of the unit that proposes."`
				Plan catalog.AdjustPlan `json:"plan"`
			}
		}) (Dossier, error) {
			u, err := s.unitNamed(ctx, in.Body.Unit, "unit")
			if err != nil {
				return Dossier{}, err
			}
			d, err := s.Catalog.Propose(ctx, c.Actor, u.ID, in.Body.Plan, c.once)
			if err != nil {
				return Dossier{}, err
			}
			return s.dossier(ctx, d)
		})
	add(s, operation{id: "adjustment-act", method: http.MethodPost, path: "/adjustment-dossiers/{no}/acts", tag: "items", zh: "办理动态调整", en: "Change, ask, give an opinion, decide, return, announce, carry out, withdraw",
		again: "the dossier's state, or the version named, refuses a second time with 409; an opinion given again replaces the first."},
		func(ctx context.Context, c *call, in *DossierActIn) (Dossier, error) {
			b := in.Body
			move := catalog.AdjustInput{Version: b.Version, Note: b.Note, Stance: b.Stance, Plan: b.Plan}
			if b.Unit != "" {
				u, err := s.unitNamed(ctx, b.Unit, "unit")
				if err != nil {
					return Dossier{}, err
				}
				move.Unit = u.ID
			}
			d, err := s.Catalog.MoveAdjustment(ctx, c.Actor, in.No, b.Act, move)
			if err != nil {
				return Dossier{}, err
			}
			return s.dossier(ctx, d)
		})
}

func noticeOf(d *catalog.Adjustment) Notice {
	n := Notice{No: d.No, State: d.State, Plan: d.Plan, Decision: d.Decision}
	if !d.AnnouncedAt.IsZero() {
		n.Announced = &d.AnnouncedAt
	}
	if !d.CarriedAt.IsZero() {
		n.Carried = &d.CarriedAt
	}
	return n
}

func (s *server) dossier(ctx context.Context, d *catalog.Adjustment) (Dossier, error) {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return Dossier{}, err
	}
	ref := func(id int64) UnitRef { u, _ := dir.Unit(id); return unitRef(u) }
	out := Dossier{Notice: noticeOf(d), Unit: ref(d.UnitID), Version: d.Version, DecidedBy: d.DecidedBy, Unsettled: d.Unsettled, Opinions: []DossierVoice{}, Effects: []DossierEffect{}}
	list, err := s.Catalog.Opinions(ctx, d.ID)
	if err != nil {
		return out, err
	}
	for _, o := range list {
		v := DossierVoice{Unit: ref(o.UnitID), Stance: o.Stance, Reason: o.Reason}
		if !o.At.IsZero() {
			v.At = &o.At
		}
		out.Opinions = append(out.Opinions, v)
	}
	if d.State == catalog.AdjustCarried || d.State == catalog.AdjustWithdrawn {
		return out, nil
	}
	touched, err := s.Catalog.Effects(ctx, d.Plan)
	for _, t := range touched {
		out.Effects = append(out.Effects, DossierEffect{Item: t.Item.Code, Unit: ref(t.Item.UnitID), Cases: t.Cases(), Featured: namesOf(t, catalog.EffectFeatured),
			Outlets: namesOf(t, catalog.EffectChannels), Booked: t.Of(catalog.EffectAppointments).Count, Successor: t.Successor})
	}
	return out, err
}

func namesOf(t catalog.Touched, kind string) []string { return append([]string{}, t.Of(kind).Names...) }
