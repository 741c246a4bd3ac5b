package consult

import (
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/identity"
)

// Inquiry is a question 咨询, or a record of what could not be done 办不成事
// (第二十条第二款). It stands on the guide version that was in force, and is with
// one unit at a time.
type Inquiry struct {
	ID       int64
	No       string // ZX202603020001 a question, BC202603020001 a record
	Kind     Kind
	ItemID   int64 // 0: a question in general
	ItemCode string
	ItemName string
	Pinned   int64 // id of the guide version in force when it was asked
	PinnedNo int   // its number
	CaseID   int64
	CaseNo   string // "" if it is about no case

	Reason   string // of a failure: a key of Reasons
	Stage    string // of a failure: a key of Stages
	Earlier  int    // records about the same item and reason before this one, of all versions
	CameBack bool   // one of them was closed by a change that was in force already when this one came

	Party      actor.Party // zero: somebody at a window who gave no account
	UnitID     int64       // whose turn it is
	ReceivedID int64       // the centre that received it, 0 if none
	Channel    actor.Channel
	State      State
	Version    int64

	Days      int // the limit, working days
	DueOn     clock.Date
	Edition   string    // of the calendar by which DueOn was reckoned
	AlarmedAt time.Time // zero, or when it was found late
	StartedAt time.Time // when the present limit began
	DoneAt    time.Time // zero while it is open
	Rounds    int       // questions in it: 1, or 2 after asking once more
	Late      int       // rounds that ended after their day
	ChangedNo int       // failure: number of the version that closed it
	Proposer  int64     // failure: staff member who proposed to refuse
	Basis     string    // failure: legal basis of the refusal
	CreatedAt time.Time

	Data Data
}

// Data is what of an inquiry is sealed at rest.
type Data struct {
	Words string `json:"words"`           // what was first asked, or tried
	Name  string `json:"name,omitempty"`  // of somebody without an account, as he gave it
	Phone string `json:"phone,omitempty"` // the same
}

// Open reports whether somebody still has to do something about it.
func (x *Inquiry) Open() bool { return x.DoneAt.IsZero() }

// Entry is one thing that was said or done. Its words are sealed at rest.
type Entry struct {
	ID     int64
	At     time.Time
	Act    Act
	By     actor.Actor // kind, id and name
	UnitID int64
	Inside bool // for staff alone
	Words  Words
}

// Words are what an act carries.
type Words struct {
	Text    string `json:"text,omitempty"`
	Where   string `json:"where,omitempty"`   // where to go instead
	Basis   string `json:"basis,omitempty"`   // legal basis of a refusal
	To      int64  `json:"to,omitempty"`      // unit it was passed to
	Version int    `json:"version,omitempty"` // number of the guide version that changed it
	Due     string `json:"due,omitempty"`     // a day
}

// View is an inquiry as somebody sees it.
type View struct {
	Inquiry
	Unit     identity.Unit
	Received identity.Unit // zero if none
	Entries  []Entry
	Clock    clock.Reckoning
	Offered  []Move
	Units    []identity.Unit // to which it can be passed; empty: it is not offered
	Proposal *Proposal       // for staff
	Asker    string          // name of who asked, "" if not given
	Phone    string          // open for who has to call back, else masked
}

// Row is a line of a list.
type Row struct {
	Inquiry
	Left   int  // working days to the day, negative when late
	Late   bool // the day has passed and it is open
	Soon   bool // a working day or less is left
	Masked string
}
