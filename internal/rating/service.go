package rating

import (
	"context"
	"crypto/subtle"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

// Service invites, takes and shows ratings.
type Service struct{ Config }

// Config names what the room uses.
type Config struct {
	DB       *db.DB
	Identity *identity.Service
	Vault    *sm.Vault
	Log      *slog.Logger
	Open     time.Duration // how long a service can be rated; 0 = 30 days
}

// New makes the service.
func New(c Config) *Service {
	if c.Open == 0 {
		c.Open = 30 * 24 * time.Hour
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{c}
}

// Invitation 评价邀请 is what casework copies down when a case ends.
type Invitation struct {
	CaseNo   string
	CaseID   int64
	ItemID   int64
	ItemName string
	UnitID   int64
	Division string
	Channel  actor.Channel
	Party    actor.Party
	ServedAt time.Time
	Until    time.Time // set by the room
	Rated    bool
}

// Input is a rating as it is given.
type Input struct {
	CaseNo    string
	Token     string // instead of being logged in: the code of Service.Token
	Level     Level
	Reasons   []string
	Words     string
	Anonymous bool
	Once      db.Once // may be nil; a repeated key answers the rating that it gave
}

// Rating 评价.
type Rating struct {
	ID       int64
	CaseNo   string
	ItemName string
	UnitID   int64
	Level    Level
	Reasons  []string
	Words    string
	Rater    string // masked, or 匿名
	At       time.Time
}

// The refusals.
var (
	ErrNoInvitation = errs.New(errs.NotFound, "no-invitation", "没有可以评价的服务。", "There is no service to rate.")
	ErrRated        = errs.New(errs.Conflict, "rated-already", "您已经评价过这次服务，感谢您的评价。", "You have rated this service already; thank you.")
	ErrTooLate      = errs.New(errs.Gone, "rating-closed", "评价期限已过。", "The time for rating is over.")
)

// InviteTx opens the rating of a case inside the act that ends it.
func (s *Service) InviteTx(tx *db.Tx, in Invitation) error {
	tx.Queue(sqlInvite, in.CaseID, in.CaseNo, in.ItemID, in.ItemName, in.UnitID, in.Division, string(in.Channel), string(in.Party.Kind),
		in.Party.ID, in.Party.Name, db.Micros(in.ServedAt), db.Micros(s.Until(in.ServedAt)))
	return nil
}

// Token is the code that stands for being logged in, for who was served without an account.
func (s *Service) Token(caseNo string) string { return s.Vault.Index("rating/token", caseNo)[:20] }

// Path is the page on which the code rates a service; documents print it as a QR.
func (s *Service) Path(caseNo string) string { return "/rate/" + caseNo + "?t=" + s.Token(caseNo) }

// Until is the last moment in which a service can be rated that ended at served.
func (s *Service) Until(served time.Time) time.Time { return served.Add(s.Open) }

// Waiting gives the invitation of a case that can still be used, nil when there
// is none, it was used, or its time is over. It asks for no right: a room above
// shows it to whom it shows the case.
func (s *Service) Waiting(q db.Queryer, caseNo string) (*Invitation, error) {
	in, err := s.invitation(q, caseNo)
	if errors.Is(err, ErrNoInvitation) || err == nil && (in.Rated || s.DB.Now().After(in.Until)) {
		return nil, nil
	}
	return in, err
}

// Invitation gives the invitation of a case to its party or to the holder of the code.
func (s *Service) Invitation(ctx context.Context, a actor.Actor, caseNo, token string) (*Invitation, error) {
	in, err := s.invitation(s.DB.Read(ctx), caseNo)
	if err != nil {
		return nil, err
	}
	return in, s.refused(ctx, a, caseNo, s.allowed(a, in, token))
}

// allowed decides; for whom it does not allow, there is no invitation, see refused.
func (s *Service) allowed(a actor.Actor, in *Invitation, token string) error {
	if token != "" {
		if subtle.ConstantTimeCompare([]byte(token), []byte(s.Token(in.CaseNo))) == 1 {
			return identity.Decide(a, identity.RatingRateByToken, identity.Target{})
		}
		return identity.ErrNotFound
	}
	return identity.Decide(a, identity.RatingRate, identity.Target{Owner: in.Party, Applicant: in.Party})
}

// refused records a refusal and hides it.
func (s *Service) refused(ctx context.Context, a actor.Actor, caseNo string, refusal error) error {
	if refusal == nil {
		return nil
	}
	s.Identity.Refused(ctx, a, identity.RatingRate, "case/"+caseNo, refusal)
	return ErrNoInvitation
}

// Rate takes the one rating of a service. A second one is refused, also when
// both come at the same time.
func (s *Service) Rate(ctx context.Context, a actor.Actor, in Input) (r *Rating, err error) {
	defer errs.Wrap(&err, "rate")
	in, bad := check(in)
	if len(bad) > 0 {
		return nil, errs.InvalidFields(bad...)
	}
	var refusal error
	err = s.DB.Write(ctx, "rating.rate", func(tx *db.Tx) error {
		prior, err := tx.Claim(in.Once)
		if err != nil {
			return err
		}
		inv, err := s.invitation(tx, in.CaseNo)
		if err != nil {
			return err
		}
		if refusal = s.allowed(a, inv, in.Token); refusal != nil {
			return refusal
		}
		if prior != 0 {
			r, err = s.given(tx, inv.CaseID)
			return err
		}
		if inv.Rated {
			return ErrRated
		}
		if tx.Now().After(inv.Until) {
			return ErrTooLate
		}
		words, err := s.Vault.Seal("rating/words", []byte(in.Words))
		if err != nil {
			return err
		}
		r = &Rating{ID: tx.NewID(), CaseNo: inv.CaseNo, ItemName: inv.ItemName, UnitID: inv.UnitID, Level: in.Level, Reasons: in.Reasons,
			Words: in.Words, At: tx.Now()}
		tx.QueueOne(ErrRated, sqlMarkRated, inv.CaseID, tx.NowMicros())
		tx.Queue(sqlInsertRating, r.ID, inv.CaseID, inv.CaseNo, inv.ItemID, inv.ItemName, inv.UnitID, inv.Division, string(a.Channel), int(in.Level),
			strings.Join(in.Reasons, " "), words, in.Anonymous, inv.Party.Name, tx.NowMicros())
		audit.Append(tx, audit.Record{Actor: a, Act: string(identity.RatingRate), Subject: "case/" + inv.CaseNo, Unit: inv.UnitID, Outcome: "done"})
		tx.Record(in.Once, r.ID)
		return nil
	})
	if refusal != nil {
		return nil, s.refused(ctx, a, in.CaseNo, refusal)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// ByCase gives the rating of a case to its party, nil if there is none yet.
func (s *Service) ByCase(ctx context.Context, a actor.Actor, caseNo string) (*Rating, error) {
	rd := s.DB.Read(ctx)
	inv, err := s.invitation(rd, caseNo)
	if err != nil {
		return nil, err
	}
	if err := s.refused(ctx, a, caseNo, s.allowed(a, inv, "")); err != nil {
		return nil, err
	}
	return s.given(rd, inv.CaseID)
}

// given is the rating of a case, nil if there is none.
func (s *Service) given(q db.Queryer, caseID int64) (*Rating, error) {
	list, err := db.All(q, s.scan, sqlByCase, caseID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// Published lists ratings with words for everyone, newest first, raters masked,
// without case numbers, and with numbers in the words blanked: people write
// their phone there. unit 0 means all. cursor is the last id seen.
func (s *Service) Published(ctx context.Context, unit, cursor int64, limit int) (list []Rating, next int64, err error) {
	if cursor == 0 {
		cursor = 1<<63 - 1
	}
	list, err = db.All(s.DB.Read(ctx), s.scan, sqlPublished, cursor, unit, limit+1)
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	for i := range list {
		list[i].CaseNo, list[i].Words = "", blankNumbers(list[i].Words)
	}
	return list, next, err
}

func (s *Service) invitation(q db.Queryer, caseNo string) (*Invitation, error) {
	var (
		in                    Invitation
		channel, kind         string
		served, until, ratedA int64
	)
	err := q.QueryRow(sqlInvitation, caseNo).Scan(&in.CaseID, &in.CaseNo, &in.ItemID, &in.ItemName, &in.UnitID, &in.Division, &channel, &kind,
		&in.Party.ID, &in.Party.Name, &served, &until, &ratedA)
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrNoInvitation
	}
	if err != nil {
		return nil, err
	}
	in.Channel, in.Party.Kind, in.ServedAt, in.Until, in.Rated = actor.Channel(channel), actor.PartyKind(kind), db.Time(served), db.Time(until), ratedA != 0
	return &in, nil
}
