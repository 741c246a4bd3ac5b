package casework

import (
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
)

// Case 办件 is one application for one item, pinned to one guide version.
type Case struct {
	ID              int64
	No              string // 办件编号: item code, date, sequence
	ItemID          int64
	VersionID       int64
	ItemName        string
	UnitID          int64 // deciding unit
	ReceivingUnitID int64 // centre whose windows received it
	Division        string
	State           State
	Outcome         Outcome
	ResumeState     State // where a special procedure returns to
	Stage           int   // review stage that is open
	Version         int64 // optimistic lock: an act names the version it saw
	Party           actor.Party
	Filer           Filer // who handed it in: the party, an agent, or a clerk
	Mandate         int64
	Channel         actor.Channel
	SubmittedAt     time.Time
	ReceivedAt      time.Time // start of the receipt clock: the last complete hand-in
	AcceptedAt      time.Time
	DecidedAt       time.Time
	ClosedAt        time.Time
	DueOn           string // date of the limit that runs now, empty if none
	Clocks          Clocks
	DeliveryWay     string
	Correction      []Ask   // what the open correction asks for
	Reviewers       []int64 // staff who gave an opinion; they may not decide
	Recused         []int64 // staff who stand aside (回避); the case is closed to them
	LicenceID       int64

	answers  []byte // sealed
	delivery []byte // sealed
	helper   int64  // staff member who helps with it and reads it, see helps
	may      []Act  // what he may do
	assist   int64  // under which help
	parts    *parts // of a case that an act has just made; else nil, and read
}

// Filer is who handed an application in.
type Filer struct {
	Kind actor.Kind
	ID   int64
	Name string
}

// Delivery 领取方式 as the applicant chose it.
type Delivery struct {
	Way     string `json:"way"` // "electronic", "pickup", "post"
	Name    string `json:"name,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
}

// Ask is one thing that a correction notice asks for: a requirement line of a
// material, or a form field. Nothing else can be asked (第二十一条).
type Ask struct {
	Material string `json:"material,omitempty"` // material code
	Line     string `json:"line,omitempty"`     // line code within it; "" with Material = hand it in at all
	Paper    bool   `json:"paper,omitempty"`    // with Material: its paper original, where a law demands it
	Field    string `json:"field,omitempty"`    // or: a form field
	Text     string `json:"text"`               // as printed
	Note     string `json:"note,omitempty"`     // what exactly is wrong, in the clerk's words
}

// Handed is what was handed in for one material.
type Handed struct {
	Code    string      `json:"code"`
	Files   []HandedDoc `json:"files,omitempty"`
	Licence *HeldRef    `json:"licence,omitempty"` // instead of files: a licence already held
	Paper   bool        `json:"paper,omitempty"`   // original seen at the window
	Copies  int         `json:"copies,omitempty"`  // of it left there
}

// Empty reports whether nothing was handed in.
func (h Handed) Empty() bool { return len(h.Files) == 0 && h.Licence == nil && !h.Paper }

func (h Handed) has(file int64) bool {
	return slices.ContainsFunc(h.Files, func(f HandedDoc) bool { return f.File == file })
}

// HandedDoc is one uploaded file of a material.
type HandedDoc struct {
	File int64     `json:"file"` // id in the files room
	Name string    `json:"name"` // as the person's device called it
	Size int64     `json:"size"` // bytes
	Type string    `json:"type"` // by content
	At   time.Time `json:"at"`
}

// HeldRef names a licence used instead of a material.
type HeldRef struct {
	ID         int64  `json:"id"`
	Identifier string `json:"identifier"`
	Name       string `json:"name"`
	Number     string `json:"number"`
}

// Draft 草稿 is what a person has filled in so far; only its owner sees it.
// A draft with a CaseNo is a correction of that case.
type Draft struct {
	ID        int64
	ItemID    int64
	VersionID int64
	ItemName  string
	Owner     Filer
	Party     actor.Party
	CaseNo    string
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
	Data      DraftData
}

// DraftData is the content of a draft, sealed at rest.
type DraftData struct {
	Values    form.Values `json:"values,omitempty"`
	Raw       form.Raw    `json:"raw,omitempty"` // what was typed and did not fit, so that nothing is lost
	Materials []Handed    `json:"materials,omitempty"`
	Delivery  Delivery    `json:"delivery"`
	Promise   Promise     `json:"promise,omitzero"` // 容缺受理、告知承诺, as signed
	Consent   time.Time   `json:"consent,omitzero"` // when the privacy notice was accepted
	Paper     bool        `json:"paper,omitempty"`  // handed in on paper at a window
	Assist    int64       `json:"assist,omitempty"` // the help 帮办代办 under which a clerk fills it in
	Held      int64       `json:"held,omitempty"`   // the licence that it is about: 变更、延续、补发、注销
	Present   time.Time   `json:"present,omitzero"` // 当场更正: the applicant stood at the counter; set in a draft that mends its case
}

// Handed finds what was handed in for a material.
func (d *DraftData) Handed(code string) Handed {
	for _, h := range d.Materials {
		if h.Code == code {
			return h
		}
	}
	return Handed{Code: code}
}

func (d *DraftData) put(h Handed) {
	for i := range d.Materials {
		if d.Materials[i].Code == h.Code {
			d.Materials[i] = h
			return
		}
	}
	d.Materials = append(d.Materials, h)
}

// Task 待办 is a case's place in a unit's work list.
type Task struct {
	ID       int64
	CaseID   int64
	UnitID   int64
	Role     actor.Role
	Step     string // step key of the guide
	Name     string
	Stage    int
	State    string // "open", "done", "void"
	DueOn    string
	OpenedAt time.Time
	DoneAt   time.Time
	DoneBy   int64
	DoneName string
	Agree    bool
	Opinion  string

	ClaimedBy   int64 // who has taken it (领办), 0 for nobody
	ClaimedName string
	Days        int    // its own share of the limit in working days; 0 = the case's date
	RemindedOn  string // the date for which its unit was reminded
}

// Event 过程记录 is one act in a case's history; it is never changed.
type Event struct {
	ID         int64
	At         time.Time
	Act        Act
	From, To   State
	Actor      Filer
	UnitID     int64
	Article    string
	Note       string
	DocumentID int64
}

// Errors of acts on cases.
var (
	ErrNoCase       = errs.New(errs.NotFound, "case-not-found", "没有找到这个办件。", "There is no such case.")
	ErrNoDraft      = errs.New(errs.NotFound, "draft-not-found", "没有找到这份草稿，它可能已经提交或者删除。", "There is no such draft; it may have been submitted or deleted.")
	ErrChanged      = errs.New(errs.Conflict, "case-changed", "办件已有变化，请查看最新情况后再操作。", "The case has changed; look at its new state first.")
	ErrDraftChanged = errs.New(errs.Conflict, "draft-changed", "草稿在别处被修改过，请核对后再保存。", "The draft was changed elsewhere; check it and save again.")
	ErrNotOffered   = errs.New(errs.Conflict, "act-not-offered", "办件当前的状态不能进行这项操作。", "The case's present state does not allow this act.")
	ErrSamePerson   = errs.New(errs.Forbidden, "reviewer-may-not-decide", "审查人员不得作出决定，请由其他人员办理。", "Who reviewed the case may not decide it.")
	ErrExtended     = errs.New(errs.Conflict, "extended-already", "办理期限只能延长一次。", "The limit can be extended only once.")
	ErrLimitOver    = errs.New(errs.Conflict, "limit-over", "办理期限已经届满，不能再延长。", "The limit is over and can no longer be extended.")
	ErrOtherWay     = errs.New(errs.Conflict, "other-delivery", "申请人选择了其他领取方式，请先更改领取方式。", "The applicant chose another way of delivery; change it first.")
	ErrUnknownAct   = errs.New(errs.Invalid, "unknown-act", "没有这项操作。", "There is no such act.")
)
