package deliver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

// Service is every step of a parcel.
type Service struct{ Config }

// Config names what the room uses.
type Config struct {
	DB       *db.DB
	Identity *identity.Service
	Vault    *sm.Vault
	Log      *slog.Logger

	// Courier brings what is posted; nil: clerks record waybills.
	Courier     Provider
	CourierName string // 演示快递
	Cabinets    []Cabinet
	Keep        int    // days that a cabinet keeps a result
	Postage     string // who pays the postage, in the city's words; "": nothing is said
	CodeAlone   bool   // who shows the code need not be looked up by his papers
	URL         string // how a courier reaches the platform
	// Follow does the act of the case that a step is (Refuse, Sign, Return, Lose,
	// Open, Expire), in the transaction. casework does it.
	Follow func(tx *db.Tx, caseID int64, step Step, told Told) error
}

// New makes the service.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Keep == 0 {
		c.Keep = 3
	}
	return &Service{c}
}

// Opened is what casework hands over.
type Opened struct {
	CaseID          int64
	CaseNo          string
	ItemName        string
	Party           actor.Party
	ReceivingUnitID int64
	Post            bool // else it is picked up
	To              Address
}

// OpenTx makes the parcel of a case inside the act that decides it. It reads
// nothing.
func (s *Service) OpenTx(tx *db.Tx, o Opened) (*Parcel, error) {
	p := &Parcel{ID: tx.NewID(), CaseID: o.CaseID, CaseNo: o.CaseNo, ItemName: o.ItemName, Party: o.Party, ReceivingUnitID: o.ReceivingUnitID,
		State: Ready, Version: 1, CreatedAt: tx.Now(), MovedAt: tx.Now()}
	p.To = o.To
	if !o.Post {
		p.State = Waiting
		if err := s.giveCode(p, time.Time{}); err != nil {
			return nil, err
		}
	}
	return p, s.insertParcel(tx, p)
}

// ForgetTx takes the parcel of a case away whose decision is made anew: what was
// handed over stands in the case's events, and news about it finds nothing.
func (s *Service) ForgetTx(tx *db.Tx, caseID int64) { tx.Queue(sqlForget, caseID) }

// TurnTx 更改领取方式 follows the person's choice: by post, at the window, or, with
// neither, not on paper at all. Errors: ErrGone once it is out of his choice.
func (s *Service) TurnTx(tx *db.Tx, o Opened, paper bool) (p *Parcel, err error) {
	p, err = s.ofCase(tx, o.CaseID)
	if errors.Is(err, ErrNoParcel) {
		if !paper {
			return nil, nil
		}
		return s.OpenTx(tx, o)
	}
	if err != nil {
		return nil, err
	}
	if p.State.Gone() {
		return nil, ErrGone
	}
	p.To = o.To
	step := ToDesk
	switch {
	case !paper:
		step = Drop
	case o.Post:
		step = ToPost
	}
	if p.State == Void && !paper {
		return p, nil
	}
	return p, s.move(tx, p, step)
}

// DropTx ends the parcel of a case whose decision was taken back.
func (s *Service) DropTx(tx *db.Tx, caseID int64) error {
	p, err := s.ofCase(tx, caseID)
	if errors.Is(err, ErrNoParcel) || err == nil && (p.State == Delivered || p.State == Void) {
		return nil
	}
	if err != nil {
		return err
	}
	if p.State == Ordered && p.Provider == ByCourier {
		if err := s.later(tx, jobCancel, p, 0); err != nil {
			return err
		}
	}
	return s.move(tx, p, Drop)
}

// move takes the step that the table allows and saves the parcel.
func (s *Service) move(tx *db.Tx, p *Parcel, step Step) error {
	to, ok := p.State.After(step)
	if !ok {
		return ErrStep
	}
	p.State, p.MovedAt = to, tx.Now()
	switch step {
	case ToDesk, Take:
		p.Cabinet, p.Compartment = "", 0
		if err := s.giveCode(p, time.Time{}); err != nil {
			return err
		}
	case Open:
		p.codeHash = s.hash("opened/"+p.Cabinet, p.Code)
		p.Cabinet, p.Code = "", "" // the compartment is free; its number stays, should the door ask again
	case ToPost, Hand:
		p.dropCode()
	case Drop:
		p.Cabinet, p.Compartment = "", 0
		p.dropCode()
	case Expire:
		p.dropCode()
	}
	return s.saveParcel(tx, p)
}

// OrderTx 快递下单: the courier is asked by a job after the commit. Errors:
// ErrNoCourier, ErrStep.
func (s *Service) OrderTx(tx *db.Tx, caseID int64, from string) (*Parcel, error) {
	if s.Courier == nil {
		return nil, ErrNoCourier
	}
	return s.post(tx, caseID, Order, ByCourier, "", from)
}

// PostTx 自行寄出 records what a clerk gave to somebody himself.
func (s *Service) PostTx(tx *db.Tx, caseID int64, waybill string) (*Parcel, error) {
	return s.post(tx, caseID, ByHand, AtWindow, waybill, "")
}

func (s *Service) post(tx *db.Tx, caseID int64, step Step, provider, waybill, from string) (*Parcel, error) {
	p, err := s.ofCase(tx, caseID)
	if err != nil {
		return nil, err
	}
	p.Attempts++
	p.Provider, p.Waybill = provider, waybill
	p.OrderNo = fmt.Sprintf("S%d-%d", p.ID, p.Attempts)
	if err := s.move(tx, p, step); err != nil {
		return nil, err
	}
	tx.Queue(sqlInsertOrder, p.OrderNo, p.ID, tx.NowMicros())
	if step == ByHand {
		return p, s.track(tx, p, p.OrderNo, Told{News: NewsCollected, At: tx.Now(), Text: waybill})
	}
	if err := s.track(tx, p, p.OrderNo, Told{News: NewsPending, At: tx.Now(), Text: s.CourierName}); err != nil {
		return nil, err
	}
	if err := s.later(tx, jobOrder, p, 0); err != nil {
		return nil, err
	}
	return p, s.later(tx, jobAsk, p, firstAsk)
}

// CancelTx 取消寄送, as long as it was not collected.
func (s *Service) CancelTx(tx *db.Tx, caseID int64) (*Parcel, error) {
	p, err := s.stepTx(tx, caseID, Cancel)
	if err != nil {
		return nil, err
	}
	return p, s.later(tx, jobCancel, p, 0)
}

// ToldTx moves a parcel by what was told of it: Refuse, Sign, Return, Lose.
func (s *Service) ToldTx(tx *db.Tx, caseID int64, step Step, t Told) (*Parcel, error) {
	p, err := s.ofCase(tx, caseID)
	if err != nil {
		return nil, err
	}
	if t.At.IsZero() || t.At.After(tx.Now()) {
		t.At = tx.Now()
	}
	if t.News == "" { // a clerk read it from the receipt
		t.News = stepNews[step]
	}
	if t.Waybill != "" {
		p.Waybill = t.Waybill
	}
	if step == Sign {
		p.SignedBy, p.SignedAt = t.SignedBy, t.At
	}
	if err := s.move(tx, p, step); err != nil {
		return nil, err
	}
	return p, s.track(tx, p, p.OrderNo, t)
}

// ClaimTx 登记索赔 for what was lost.
func (s *Service) ClaimTx(tx *db.Tx, caseID int64, words string) (*Parcel, error) {
	p, err := s.ofCase(tx, caseID)
	if err != nil {
		return nil, err
	}
	p.Claim = words
	return p, s.move(tx, p, Claim)
}

// PutTx 放入取件柜: a code of its own, good for some days, opens the compartment.
// Errors: ErrNoCabinet, ErrSpaceTaken, ErrStep.
func (s *Service) PutTx(tx *db.Tx, caseID int64, unitKey, cabinet string, compartment int) (*Parcel, Cabinet, error) {
	c, ok := s.Cabinet(cabinet)
	if !ok || c.Unit != unitKey {
		return nil, c, ErrNoCabinet
	}
	if compartment < 1 || compartment > c.Compartments {
		return nil, c, errs.InvalidFields(errs.Field{Path: "compartment", Code: "range", ZH: fmt.Sprintf("格口应在1到%d之间", c.Compartments), EN: fmt.Sprintf("Between 1 and %d", c.Compartments)})
	}
	p, err := s.ofCase(tx, caseID)
	if err != nil {
		return nil, c, err
	}
	taken, err := db.All(tx, func(r *db.Rows) (n int, err error) { return n, r.Scan(&n) }, sqlTaken, c.Key)
	if err != nil {
		return nil, c, err
	}
	if slices.Contains(taken, compartment) {
		return nil, c, ErrSpaceTaken
	}
	if err := s.giveCode(p, tx.Now().Add(time.Duration(s.Keep)*24*time.Hour)); err != nil {
		return nil, c, err
	}
	p.Cabinet, p.Compartment = c.Key, compartment
	return p, c, s.move(tx, p, Put)
}

// stepTx takes a step that brings nothing with it: Take, Expire, Open, Cancel.
func (s *Service) stepTx(tx *db.Tx, caseID int64, step Step) (*Parcel, error) {
	p, err := s.ofCase(tx, caseID)
	if err != nil {
		return nil, err
	}
	return p, s.move(tx, p, step)
}

// TakeTx 从取件柜取回.
func (s *Service) TakeTx(tx *db.Tx, caseID int64) (*Parcel, error) {
	return s.stepTx(tx, caseID, Take)
}

// ExpireTx 取件柜保管期满.
func (s *Service) ExpireTx(tx *db.Tx, caseID int64) (*Parcel, error) {
	return s.stepTx(tx, caseID, Expire)
}

// OpenDoorTx 凭码取件. It gives the cabinet's name.
func (s *Service) OpenDoorTx(tx *db.Tx, caseID int64) (p *Parcel, where string, err error) {
	if p, err = s.ofCase(tx, caseID); err != nil {
		return nil, "", err
	}
	c, _ := s.Cabinet(p.Cabinet)
	return p, c.Name, s.move(tx, p, Open)
}

// HandTx 窗口发放. coded reports that its code was shown to the clerk. A case
// without a parcel, from before there were any, is handed out as it is.
func (s *Service) HandTx(tx *db.Tx, a actor.Actor, caseID int64) (coded bool, err error) {
	p, err := s.ofCase(tx, caseID)
	if errors.Is(err, ErrNoParcel) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	coded = p.Shown(a, tx.Now())
	return coded, s.move(tx, p, Hand)
}

// OfCase gives the parcel of a case, for who may read the case: nil if there is
// none. Clerks do not see the code, the person tells it.
func (s *Service) OfCase(q db.Queryer, a actor.Actor, caseID int64, unitKey string) (*View, error) {
	p, err := s.ofCase(q, caseID)
	if errors.Is(err, ErrNoParcel) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v := &View{Parcel: *p, Postage: s.Postage, Known: p.Shown(a, s.DB.Now())}
	if s.Courier != nil {
		v.Courier = s.CourierName
	}
	if c, ok := s.Cabinet(p.Cabinet); ok {
		v.Where = strings.TrimSpace(c.Name + " " + c.Place)
	}
	if a.Kind == actor.Staff {
		v.Code = ""
		if p.State == Waiting {
			if v.Spaces, err = s.spaces(q, unitKey); err != nil {
				return nil, err
			}
		}
	}
	v.Tracks, err = s.tracks(q, p.ID)
	return v, err
}

// retry runs a write again when somebody else changed the case meanwhile.
func (s *Service) retry(ctx context.Context, name string, do func(*db.Tx) error) (err error) {
	for range 5 {
		if err = s.DB.Write(ctx, name, do); errs.KindOf(err) != errs.Conflict {
			break
		}
	}
	return err
}
