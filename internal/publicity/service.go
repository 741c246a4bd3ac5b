package publicity

import (
	"time"

	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/sm"
)

// Service publishes decisions and shows what is public.
type Service struct{ Config }

// Config names what the room uses.
type Config struct {
	DB       *db.DB
	Identity *identity.Service
	Calendar *calendar.Service
	Catalog  *catalog.Service
	Casework *casework.Service
	Licences *licence.Service
	Notify   *notify.Service
	Vault    *sm.Vault
	Rules    Rules // zero values: DefaultRules
}

// New makes the service.
func New(c Config) *Service {
	d := DefaultRules()
	for _, x := range []struct{ to, is *int }{{&c.Rules.Days, &d.Days}, {&c.Rules.KeepYears, &d.KeepYears}, {&c.Rules.WithdrawnDays, &d.WithdrawnDays}} {
		if *x.to == 0 {
			*x.to = *x.is
		}
	}
	return &Service{c}
}

// Row is the publication of one decision. What is said of it is empty until it
// is public.
type Row struct {
	ID          int64 // of the event of the decision
	CaseID      int64
	CaseNo      string
	State       State
	UnitID      int64
	ItemID      int64
	VersionID   int64
	Area        string           // first six digits of the division
	Outcome     casework.Outcome // granted or refused, as it was decided
	DecidedOn   string
	DueOn       string // last day on which it is published in time
	PublishedOn string // empty until then
	Ended       string // the outcome that ended the decision
	EndedOn     string
	EndsOn      string // when it is taken away
	Person      bool   // the applicant is a natural person
	ItemName    string

	Number     string // of the decision
	Party      string // an organisation's name, a person's masked
	USCC       string // of an organisation
	Licence    string
	LicenceNo  string // of an organisation's
	ValidFrom  string
	ValidUntil string
	Content    string
	Basis      string

	followed int64
}

// Late reports whether it was published late, or is not published and overdue.
func (r Row) Late(today string) bool {
	if r.PublishedOn != "" {
		return r.PublishedOn > r.DueOn
	}
	return (r.State == Waiting || r.State == Held) && r.DueOn < today
}

// blank takes out what is said of a decision.
func (r *Row) blank() {
	r.Party, r.USCC, r.Licence, r.LicenceNo, r.ValidFrom, r.ValidUntil, r.Content, r.Basis = "", "", "", "", "", "", "", ""
}

// words are what a row is found by.
func (r Row) words() string {
	return r.ItemName + " " + r.Party + " " + r.Number + " " + r.Licence + " " + r.LicenceNo
}

// MarkState is where a request stands.
type MarkState string

// The states of a request.
const (
	Open    MarkState = "open"
	Agreed  MarkState = "agreed"
	Refused MarkState = "refused"
)

// Mark is a request about the publication of one decision.
type Mark struct {
	ID       int64
	CaseID   int64
	UnitID   int64
	Kind     Kind
	State    MarkState
	Ground   Ground
	Scope    Scope // asked for; once agreed, what was agreed
	Reason   string
	At       time.Time
	By       Asker
	Answer   string
	Answered time.Time // zero while it is open
	AnswerBy string
	answerer int64
}

// Asker is who asked, and for whom.
type Asker struct {
	Kind    string // actor.Kind
	ID      int64
	Name    string
	ForKind string // of the party that is told the answer; empty for staff
	ForID   int64
}

// The refusals.
var (
	ErrNoDecision   = errs.New(errs.NotFound, "no-publication", "没有找到这条公开信息，或者已经撤下。", "There is no such publication, or it was taken away.")
	ErrNotCovered   = errs.New(errs.Conflict, "not-published-anyway", "这一事项的决定不公开，无需提出。", "Decisions on this item are not published anyway.")
	ErrNotOffered   = errs.New(errs.Conflict, "publicity-not-offered", "现在不能进行这项操作。", "This cannot be done now.")
	ErrAskedAlready = errs.New(errs.Conflict, "asked-already", "您已经提出过，正在等待答复。", "You asked already; the answer is still to come.")
	ErrAnswered     = errs.New(errs.Conflict, "answered-already", "这一请求已经答复。", "It was answered already.")
)
