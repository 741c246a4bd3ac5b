package catalog

import (
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
)

// Item 政务服务事项 is one entry of a unit's implementation list 实施清单 (第六条).
type Item struct {
	ID              int64
	Code            string // 实施编码
	BasicCode       string // 基本编码
	Name, NameEN    string
	Summary         string
	Type            string // 事项类型, two digits
	CaseType        string // "instant" or "promised"
	UnitID          int64  // 实施主体
	ReceivingUnitID int64  // centre whose windows receive it
	Division        string // 12 digits
	State           ItemState
	Level           string   // 行使层级
	VersionID       int64    // the version in force
	Hot             int      // order among 热门 on the home page, 0 = not shown
	NextVersion     int64    // a version that is published and takes effect on NextFrom, 0 if none
	NextFrom        string   // date
	StateReason     string   // why it is paused or cancelled
	Successor       string   // 实施编码 of the item that takes its place
	Facts           Facts    // of the guide in force
	Featured        []string // keys of the featured lists that it is in, in their order
}

// Facts 事项特征 are what lists and filters need of a guide, without reading it.
type Facts struct {
	Depth       int    `json:"depth"` // 网办深度 0–4
	Visits      int    `json:"visits"`
	Mode        string `json:"mode"`
	Scope       string `json:"scope,omitempty"` // 通办范围 code
	Appointment bool   `json:"appointment,omitempty"`
	Agent       bool   `json:"agent,omitempty"`
	Post        bool   `json:"post,omitempty"` // the result can come by post or electronically
	Materials   int    `json:"materials"`      // 必要材料
	ByHand      int    `json:"byHand"`         // of these, how many no licence can replace
	Promised    Limit  `json:"promised"`
	Statutory   Limit  `json:"statutory"`
	Fee         bool   `json:"fee,omitempty"`

	Electronic         bool `json:"electronic,omitempty"`         // the result can come electronically
	Photo              bool `json:"photo,omitempty"`              // a photograph or a licence does for every necessary document
	Certificates       int  `json:"certificates,omitempty"`       // documents that government issues
	CertificatesByHand int  `json:"certificatesByHand,omitempty"` // of these, how many are needed and no licence can replace
	Auto               int  `json:"auto,omitempty"`               // clauses of an instant decision 秒批

	Completeness Completeness `json:"complete,omitzero"`

	Handling Handling `json:"handling,omitzero"` // 业务办理项 that the list is, where its unit has split the matter

	Aliases []string `json:"aliases,omitempty"` // daily words of this list that its city-wide guide does not have; the matter is found by them too
}

// factsUnder are the facts of a list that follows a city-wide guide; nil: none.
func (g *Guide) factsUnder(t *Template) Facts {
	f := g.facts()
	for _, a := range g.Basics.Aliases {
		if t == nil || !slices.Contains(t.Guide.Basics.Aliases, a) {
			f.Aliases = append(f.Aliases, a)
		}
	}
	return f
}

// facts of a guide.
func (g *Guide) facts() Facts {
	b := g.Basics
	f := Facts{Handling: b.Handling, Depth: b.Depth, Visits: b.Visits, Mode: b.Mode, Scope: b.Scope, Appointment: b.Appointment, Agent: b.Agent,
		Promised:  Limit{Days: g.Limits.Promised.Days, Unit: g.Limits.Promised.Unit},
		Statutory: Limit{Days: g.Limits.Statutory.Days, Unit: g.Limits.Statutory.Unit}, Fee: len(g.Fees) > 0, Completeness: g.completeness()}
	for _, way := range g.Result().Delivery {
		f.Post = f.Post || way == Electronic || way == Mail
		f.Electronic = f.Electronic || way == Electronic
	}
	f.Photo, f.Auto = true, len(g.Auto)
	for _, m := range g.Materials {
		if m.Source == "government" {
			f.Certificates++
			if m.LicenceType == "" && m.Necessity != "optional" {
				f.CertificatesByHand++
			}
		}
		if m.Required() {
			f.Materials++
			if m.LicenceType == "" {
				f.ByHand++
				types := m.FileTypes()
				f.Photo = f.Photo && m.Media != "paper" && (slices.Contains(types, "jpeg") || slices.Contains(types, "png"))
			}
		}
	}
	return f
}

// ItemState 事项状态.
type ItemState string

// Item states, with the exchange codes 1, 2, 3.
const (
	InUse     ItemState = "in-use"    // 在用
	Paused    ItemState = "suspended" // 暂停
	Cancelled ItemState = "cancelled" // 取消
)

// Serves reports whether the item is meant for this kind of applicant (服务对象).
func (g *Guide) Serves(k actor.PartyKind) bool {
	person := slices.Contains(g.Basics.Audience, "1")
	if k == actor.NaturalPerson {
		return person
	}
	return k == actor.LegalEntity && (len(g.Basics.Audience) > 1 || !person)
}

// Version 事项版本 is a published guide; it never changes.
type Version struct {
	ID            int64
	ItemID        int64
	No            int
	Guide         Guide
	Hash          string // SM3 of the canonical guide, hex
	EffectiveFrom string // date
	PublishedAt   time.Time
	PublishedBy   string
	TemplateID    int64                // the city-wide guide it follows, 0 if none
	Own           []string             // sections in which it differs from that guide, in guide order
	Reason        string               // why it was published
	Files         map[string]GuideFile // uploaded files that the guide names, by key

	form *form.Form
}

// Form is the compiled form of the version.
func (v *Version) Form() *form.Form { return v.form }

// Material finds a material of the guide by its code.
func (g *Guide) Material(code string) (Material, bool) {
	for _, m := range g.Materials {
		if m.Code == code {
			return m, true
		}
	}
	return Material{}, false
}

// Line finds a requirement line of a material.
func (m Material) Line(code string) (Line, bool) {
	for _, l := range m.Lines {
		if l.Code == code {
			return l, true
		}
	}
	return Line{}, false
}

// Asked reports whether the material is asked for these answers.
func (m Material) Asked(values form.Values) bool { return m.When == nil || m.When.Met(values) }

// Required reports whether an application without it is incomplete.
func (m Material) Required() bool { return m.Necessity == "required" }

// Asked lists the materials that are asked for these answers, in guide order.
func (g *Guide) Asked(values form.Values) []Material {
	var out []Material
	for _, m := range g.Materials {
		if m.Asked(values) {
			out = append(out, m)
		}
	}
	return out
}

// FileTypes gives the file kinds that the material takes, by the names of the
// files room.
func (m Material) FileTypes() []string {
	if len(m.Formats) == 0 {
		return []string{"pdf", "jpeg", "png", "ofd"}
	}
	out := make([]string, len(m.Formats))
	for i, f := range m.Formats {
		if out[i] = f; f == "jpg" {
			out[i] = "jpeg"
		}
	}
	return out
}

// Defaults of a material's files.
const (
	DefaultMaxMB    = 20
	DefaultMaxFiles = 10
)

// MaxBytes is the size limit of one file.
func (m Material) MaxBytes() int64 {
	if m.MaxMB > 0 {
		return int64(m.MaxMB) << 20
	}
	return DefaultMaxMB << 20
}

// FilesAllowed is how many files the material takes.
func (m Material) FilesAllowed() int {
	if m.MaxFiles > 0 {
		return m.MaxFiles
	}
	return DefaultMaxFiles
}

// Met reports whether the answers satisfy the condition.
func (c *Cond) Met(values form.Values) bool {
	v, ok := values[c.Field]
	if !ok || v == nil || v == "" {
		return false
	}
	if c.Set {
		return true
	}
	for _, want := range c.In {
		switch x := v.(type) {
		case string:
			if x == want {
				return true
			}
		case bool:
			if (x && want == "true") || (!x && want == "false") {
				return true
			}
		case []any:
			for _, e := range x {
				if e == want {
					return true
				}
			}
		case []string:
			for _, e := range x {
				if e == want {
					return true
				}
			}
		}
	}
	return false
}

// Reviews lists the review steps of a stage, and Stages the stages in order.
func (g *Guide) Reviews(stage int) []Step {
	var out []Step
	for _, s := range g.Steps {
		if s.Kind == StepReview && s.Stage == stage {
			out = append(out, s)
		}
	}
	return out
}

// NextStage is the first review stage after the given one, 0 if there is none.
func (g *Guide) NextStage(after int) int {
	next := 0
	for _, s := range g.Steps {
		if s.Kind == StepReview && s.Stage > after && (next == 0 || s.Stage < next) {
			next = s.Stage
		}
	}
	return next
}

// Step finds the first step of a kind.
func (g *Guide) Step(kind string) (Step, bool) {
	for _, s := range g.Steps {
		if s.Kind == kind {
			return s, true
		}
	}
	return Step{}, false
}

// Step kinds.
const (
	StepReceive = "receive"
	StepReview  = "review"
	StepDecide  = "decide"
	StepMake    = "make"
	StepDeliver = "deliver"
)

// Ways of delivery in Result.Delivery.
const (
	Electronic = "electronic" // 电子送达
	PickUp     = "pickup"     // 窗口领取
	Mail       = "post"       // 邮寄
)

// Result gives the first result of the guide; every guide has one.
func (g *Guide) Result() Result {
	if len(g.Results) == 0 {
		return Result{Kind: "none", Delivery: []string{Electronic}}
	}
	return g.Results[0]
}

// Instant reports whether it is an 即办件.
func (g *Guide) Instant() bool { return g.Basics.CaseType == "instant" }

// ErrNoItem is the error for a code that no item has.
var ErrNoItem = errs.New(errs.NotFound, "item-not-found", "没有找到这个事项，请检查编码或者重新搜索。", "There is no such item; check the code or search again.")

// ErrPaused is the error for an item that takes no applications now.
var ErrPaused = errs.New(errs.Conflict, "item-suspended", "该事项目前暂停办理。", "This item takes no applications at present.")
