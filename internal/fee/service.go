package fee

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

// Service is every act on bills.
type Service struct{ Config }

// Config names what the room uses.
type Config struct {
	DB       *db.DB
	Identity *identity.Service
	Vault    *sm.Vault
	Log      *slog.Logger

	// Online takes money over the net; nil: bills are paid at the window alone.
	Online Provider
	// URL is how people and the provider reach the platform: "https://zwfw.example.cn".
	URL string
	// Papers writes what happened into the case's file, in the act's own
	// transaction: the event, the document if there is one, the message to the
	// applicant. casework does it.
	Papers func(tx *db.Tx, a actor.Actor, p Paper) error
	// Aside names the staff who stand aside from a case (回避): its bills are
	// closed to them. casework knows; nil: nobody.
	Aside func(q db.Queryer, caseID int64) ([]int64, error)
	Codes ident.Profile // how item codes are built; zero: ident.DefaultProfile
}

// New makes the service.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Codes == (ident.Profile{}) {
		c.Codes = ident.DefaultProfile()
	}
	if c.Aside == nil {
		c.Aside = func(db.Queryer, int64) ([]int64, error) { return nil, nil }
	}
	return &Service{c}
}

// Paper 缴费文书 is what happened to a bill, for the file of its case.
type Paper struct {
	CaseID   int64
	Happened Happening
	Facts    [][2]string // label and value, as printed
	Reason   string      // of a decision
	Note     string      // for the case's history
}

// Happening names what a paper is about.
type Happening string

// What can happen. Those with a document are PaidUp, Lessened and PaidBack.
const (
	PaidUp        Happening = "fee-paid"           // 已缴费
	LessAsked     Happening = "fee-less-asked"     // 申请减免
	Lessened      Happening = "fee-lessened"       // 准予减免
	LessDeclined  Happening = "fee-less-declined"  // 不予减免
	BackProposed  Happening = "fee-back-asked"     // 提出退款
	BackDeclined  Happening = "fee-back-declined"  // 不予退款
	PaidBack      Happening = "fee-paid-back"      // 已退款
	ArrivedAnyway Happening = "fee-arrived-anyway" // 重复缴费、金额不符
	Reminded      Happening = "fee-reminded"       // 提醒缴费
)

// Charged is what casework asks a bill for.
type Charged struct {
	CaseID          int64
	CaseNo          string
	ItemName        string
	Party           actor.Party
	UnitID          int64
	ReceivingUnitID int64
	Due             catalog.FeeDue
	Lines           []catalog.Charge
	PayBy           string    // the day by which it is to be paid; "": none
	RemindAt        time.Time // when to remind of it, if it is due then; zero: never
}

// BillTx makes a bill inside the act that leads to it. nil: there is nothing to pay.
func (s *Service) BillTx(tx *db.Tx, c Charged) (*Bill, error) {
	b := &Bill{ID: tx.NewID(), CaseID: c.CaseID, CaseNo: c.CaseNo, ItemName: c.ItemName, Party: c.Party, UnitID: c.UnitID,
		ReceivingUnitID: c.ReceivingUnitID, Due: c.Due, State: Due, Lines: c.Lines, Version: 1, CreatedAt: tx.Now(), PayBy: c.PayBy}
	for _, l := range c.Lines {
		b.Amount += l.Amount
	}
	if b.Amount == 0 {
		return nil, nil
	}
	var err error
	if b.No, err = number(tx, "J"); err != nil {
		return nil, err
	}
	insertBill(tx, b)
	if !c.RemindAt.IsZero() {
		if err := s.later(tx, jobRemind, b.ID, c.RemindAt); err != nil {
			return nil, err
		}
	}
	audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: "fee.bill", Subject: "case/" + b.CaseNo, Unit: b.UnitID,
		Detail: map[string]string{"bill": b.No, "fen": fmt.Sprint(b.Amount)}}) //nolint:errcheck // an error ends the act
	return b, tx.Err()
}

// number makes a number of a kind: the letter, the day, a sequence. Numbers of
// different kinds never meet, so a provider can hold them as one series.
func number(tx *db.Tx, letter string) (string, error) {
	day := clock.DateOf(tx.Now()).String()
	n, err := tx.Serial("fee/" + letter + "/" + day)
	return fmt.Sprintf("%s%s%s%s%06d", letter, day[:4], day[5:7], day[8:], n), err
}

// RebillTx 重新计费 brings the bills of a case in line with what a correction
// made of its answers. What is not paid is replaced; what is paid already stays,
// and the rest is billed, or proposed to go back. It gives the new bill, nil if
// there is none.
func (s *Service) RebillTx(tx *db.Tx, c Charged) (*Bill, error) {
	list, err := billsOf(tx, c.CaseID)
	if err != nil {
		return nil, err
	}
	var now, billed, settled int64
	for _, l := range c.Lines {
		now += l.Amount
	}
	for _, b := range list {
		if b.Due != c.Due || b.State == Void {
			continue
		}
		billed += b.Amount
		if b.State != Due {
			settled += b.Amount
		}
	}
	if billed == now {
		return nil, nil
	}
	for i := range list {
		if b := &list[i]; b.Due == c.Due && b.State == Due {
			if err := s.voidTx(tx, b); err != nil {
				return nil, err
			}
		}
	}
	if settled > now {
		return nil, s.proposeBack(tx, list, c.Due, settled-now, Recomputed, "补正、更正后重新计算，应缴金额减少。")
	}
	if settled > 0 {
		c.Lines = []catalog.Charge{{Name: "补缴差额", Reckoned: catalog.Yuan(now) + "元 - " + catalog.Yuan(settled) + "元", Amount: now - settled,
			Basis: c.Lines[0].Basis}}
	}
	return s.BillTx(tx, c)
}

// EndTx settles the bills of a case that ended without what was applied for:
// what is due falls away, what was paid is proposed to go back.
func (s *Service) EndTx(tx *db.Tx, caseID int64, why string) error {
	list, err := billsOf(tx, caseID)
	if err != nil {
		return err
	}
	for i := range list {
		switch b := &list[i]; b.State {
		case Due:
			if err := s.voidTx(tx, b); err != nil {
				return err
			}
		case Paid:
			if err := s.proposeBack(tx, list[i:i+1], b.Due, b.Amount-b.Reduced, CaseEnded, why); err != nil {
				return err
			}
		}
	}
	return nil
}

// DropTx ends what is not paid of a case whose decision was taken back. What was
// paid was paid for the handling.
func (s *Service) DropTx(tx *db.Tx, caseID int64) error {
	list, err := billsOf(tx, caseID)
	if err != nil {
		return err
	}
	for i := range list {
		if b := &list[i]; b.State == Due {
			if err := s.voidTx(tx, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// voidTx ends a bill that nobody has to pay any more.
func (s *Service) voidTx(tx *db.Tx, b *Bill) error {
	b.State, b.SettledAt = Void, tx.Now()
	if err := s.closeOrders(tx, b, 0); err != nil {
		return err
	}
	saveBill(tx, b)
	return tx.Err()
}

// closeOrders closes what was begun to be paid, but for one payment, and has
// the provider told.
func (s *Service) closeOrders(tx *db.Tx, b *Bill, but int64) error {
	list, err := paymentsOf(tx, b.ID)
	if err != nil {
		return err
	}
	for i := range list {
		p := &list[i]
		if p.State != Begun || p.ID == but {
			continue
		}
		p.State = Closed
		savePayment(tx, p)
		if err := s.later(tx, jobCancel, p.ID, tx.Now()); err != nil {
			return err
		}
	}
	return nil
}

// HeldTx is the bill that an act at a point of its case has to wait for, nil if
// it may go on.
func (s *Service) HeldTx(q db.Queryer, caseID int64, at catalog.FeeDue) (*Bill, error) {
	list, err := billsOf(q, caseID)
	if err != nil {
		return nil, err
	}
	return holds(list, at), nil
}

// target names who has to do with a bill.
func (s *Service) target(ctx context.Context, q db.Queryer, b *Bill, authors ...int64) (identity.Target, error) {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return identity.Target{}, err
	}
	aside, err := s.Aside(q, b.CaseID)
	if err != nil {
		return identity.Target{}, err
	}
	return identity.Target{Owner: b.Party, Applicant: b.Party, UnitPath: dir.Path(b.UnitID), ReceivingPath: dir.Path(b.ReceivingUnitID), RecusedIDs: aside, AuthorIDs: authors}, nil
}

// mayRead: for whom it does not concern, and for an agent whose mandate does
// not cover the item, there is no bill.
func (s *Service) mayRead(q db.Queryer, a actor.Actor, b *Bill, t identity.Target) error {
	if err := identity.Decide(a, identity.FeeRead, t); err != nil {
		if errs.KindOf(err) == errs.Unauthenticated || errors.Is(err, identity.ErrRecused) {
			return err
		}
		return ErrNoBill
	}
	if _, err := s.Identity.Covers(q, a, s.basicCode(b.CaseNo)); err != nil {
		if errors.Is(err, identity.ErrNotCovered) {
			return ErrNoBill
		}
		return err
	}
	return nil
}

// basicCode takes the item's 基本编码 out of a case number.
func (s *Service) basicCode(no string) string {
	if p := s.Codes; len(no) >= p.ImplementationLen() {
		return no[p.ImplementationLen()-p.BasicLen() : p.ImplementationLen()]
	}
	return ""
}

// doing is one act on a bill: who, what, and what he saw.
type doing struct {
	act     identity.Act
	no      string // of the bill
	version int64  // that was seen; 0 = whatever it is
	once    db.Once
	authors func(tx *db.Tx, b *Bill) ([]int64, error) // who wrote what is decided
}

// do performs an act on a bill in one transaction: load, ask who may, do, save
// where the version is still the same, record. do may run again.
func (s *Service) do(ctx context.Context, a actor.Actor, d doing, do func(tx *db.Tx, b *Bill, detail map[string]string) error) (b *Bill, err error) {
	defer errs.Wrap(&err, "%s %s", d.act, d.no)
	if a.Kind == actor.Anonymous || a.Kind == "" {
		return nil, identity.ErrLoginNeeded
	}
	for try := 0; ; try++ {
		err = s.DB.Write(ctx, string(d.act), func(tx *db.Tx) error {
			if d.once != nil {
				d.once.Claim(tx, d.no)
			}
			if b, err = billByNo(tx, d.no); err != nil {
				return err
			}
			var authors []int64
			if d.authors != nil {
				if authors, err = d.authors(tx, b); err != nil {
					return err
				}
			}
			t, err := s.target(ctx, tx, b, authors...)
			if err != nil {
				return err
			}
			if err := s.mayRead(tx, a, b, t); err != nil {
				return err
			}
			if err := identity.Decide(a, d.act, t); err != nil {
				return err
			}
			if d.version != 0 && d.version != b.Version {
				return ErrChanged
			}
			detail := map[string]string{"bill": b.No}
			if err := do(tx, b, detail); err != nil {
				return err
			}
			saveBill(tx, b)
			return audit.Append(tx, audit.Record{Actor: a, Act: string(d.act), Subject: "case/" + b.CaseNo, Unit: b.UnitID, Detail: detail})
		})
		if errors.Is(err, ErrChanged) && d.version == 0 && try < 4 {
			continue
		}
		break
	}
	if err != nil && d.once != nil {
		prior, perr := d.once.Prior(s.DB.Read(ctx))
		if errs.KindOf(perr) == errs.Invalid {
			return nil, perr
		}
		if perr == nil && prior != "" {
			return billByNo(s.DB.Read(ctx), prior)
		}
	}
	s.refused(ctx, a, d.act, d.no, err)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// refused records that somebody tried what he may not do, or looked for a bill
// that is not his.
func (s *Service) refused(ctx context.Context, a actor.Actor, act identity.Act, bill string, err error) {
	switch errs.KindOf(err) {
	case errs.NotFound:
		s.Identity.Refused(ctx, a, act, "bill/"+bill, identity.ErrNotFound)
	case errs.Forbidden:
		s.Identity.Refused(ctx, a, act, "bill/"+bill, err)
	}
}

// paper writes into the case's file.
func (s *Service) paper(tx *db.Tx, a actor.Actor, b *Bill, what Happening, reason, note string, facts ...[2]string) error {
	if s.Papers == nil {
		return nil
	}
	facts = append([][2]string{{"缴款单号", b.No}}, facts...)
	return s.Papers(tx, a, Paper{CaseID: b.CaseID, Happened: what, Facts: facts, Reason: reason, Note: note})
}

// seal keeps words about people secret.
func (s *Service) seal(text string) ([]byte, error) {
	if text == "" {
		return []byte{}, nil
	}
	return s.Vault.Seal("fee/words", []byte(text))
}

func (s *Service) open(sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	b, err := s.Vault.Open("fee/words", sealed)
	return string(b), err
}

// invalid makes an error of fields, nil of none.
func invalid(lists ...[]errs.Field) error {
	var all []errs.Field
	for _, l := range lists {
		all = append(all, l...)
	}
	if len(all) == 0 {
		return nil
	}
	return errs.InvalidFields(all...)
}
