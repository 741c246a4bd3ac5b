package licence

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/sm"
)

// Service issues, keeps, shows and verifies licences.
type Service struct{ Config }

// Config names what the room uses.
type Config struct {
	DB       *db.DB
	Identity *identity.Service
	Vault    *sm.Vault
	Signer   *sm.Signer // the platform's SM2 key
	Log      *slog.Logger
}

// New makes the service.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{c}
}

// Issue is what a decision gives for a licence.
type Issue struct {
	TypeKey    string
	Number     string // empty = made by the platform
	Holder     actor.Party
	HolderName string
	IssuerUnit int64
	IssuerName string
	IssuerUSCC string
	Issued     string // date; empty = the day of the act
	From       string // empty = Issued
	Until      string
	Fields     map[string]string
	CaseNo     string
	ItemName   string
}

// JobSign is the job that signs a licence's canonical data.
const JobSign = "licence.sign"

// IssueTx issues a licence inside the act of a decision. Identifier, number,
// canonical data and hash are fixed here; the signature follows by a job.
func (s *Service) IssueTx(tx *db.Tx, a actor.Actor, in Issue) (_ *Licence, err error) {
	defer errs.Wrap(&err, "issue %s", in.TypeKey)
	t, err := s.typeByKey(tx, in.TypeKey)
	if err != nil {
		return nil, err
	}
	info, err := s.Identity.Party(tx, in.Holder)
	if err != nil {
		return nil, err
	}
	today := clock.DateOf(tx.Now()).String()
	if in.Issued == "" {
		in.Issued = today
	}
	if in.From == "" {
		in.From = in.Issued
	}
	n, err := tx.Serial("licence/" + t.Key + "/" + in.Issued[:4])
	if err != nil {
		return nil, err
	}
	serial := fmt.Sprintf("%s%07d", in.Issued[:4], n)
	if in.Number == "" {
		in.Number = serial
	}
	identifier, err := ident.MakeLicence(t.Code, in.IssuerUSCC, serial, 1)
	if err != nil {
		return nil, err
	}
	holderType := "公民身份号码"
	if in.Holder.Kind == actor.LegalEntity {
		holderType = "统一社会信用代码"
	}
	l := &Licence{ID: tx.NewID(), Identifier: identifier, TypeKey: t.Key, Name: t.Name, Number: in.Number, Holder: in.Holder,
		HolderName: info.Name, IssuerUnit: in.IssuerUnit, IssuerName: in.IssuerName, Issued: in.Issued, From: in.From, Until: in.Until,
		Status: Valid, Fields: in.Fields, CaseNo: in.CaseNo, Version: 1}
	return l, s.put(tx, a, l, Content{Identifier: identifier, Name: t.Name, TypeCode: t.Code, Number: in.Number, Version: "001", Authority: in.IssuerName,
		AuthorityCode: in.IssuerUSCC, IssuedDate: in.Issued, HolderName: info.Name, HolderCode: info.IDNumber, HolderType: holderType,
		EffectiveDate: in.From, ExpiringDate: in.Until, ItemName: in.ItemName, Extend: in.Fields})
}

// put stores a licence with its canonical data and has it signed.
func (s *Service) put(tx *db.Tx, a actor.Actor, l *Licence, c Content) error {
	l.Content = c.canonical()
	l.Hash = sm.SM3Hex(l.Content)
	if err := s.insert(tx, l); err != nil {
		return err
	}
	audit.Append(tx, audit.Record{Actor: a, Act: string(identity.LicenceIssue), Subject: "licence/" + l.Identifier, Unit: l.IssuerUnit,
		Detail: map[string]string{"type": l.TypeKey, "hash": l.Hash, "case": l.CaseNo}, Outcome: "done"})
	return jobs.Enqueue(tx, jobs.Job{Kind: JobSign, Payload: []byte(l.Identifier), Unique: "sign/" + l.Identifier, Priority: 1})
}

// Handlers registers the jobs of this room.
func (s *Service) Handlers(r *jobs.Runner) {
	r.Handle(JobSign, func(ctx context.Context, j jobs.Job) error { return s.sign(ctx, string(j.Payload)) })
}

// sign signs a licence that has no signature yet. It may run twice: the first
// signature stays.
func (s *Service) sign(ctx context.Context, identifier string) error {
	l, err := s.byIdentifier(s.DB.Read(ctx), identifier)
	if err != nil || l.Signature != nil {
		return err
	}
	if sm.SM3Hex(l.Content) != l.Hash || !l.agrees() {
		return jobs.Permanent(errAltered)
	}
	sig, err := s.Signer.Sign(l.Content)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, "licence.sign", func(tx *db.Tx) error {
		if n, err := tx.Exec(sqlSign, l.ID, sig, tx.NowMicros()); err != nil || n == 0 {
			return err // signed meanwhile
		}
		audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: "licence.sign", Subject: "licence/" + identifier, Unit: l.IssuerUnit,
			Detail: map[string]string{"hash": l.Hash, "key": s.Signer.Public().ID()}, Outcome: "done"})
		return nil
	})
}

// errAltered: what is stored is not what was issued, so it is not signed.
var errAltered = errors.New("the licence differs from what was issued")

// EnsureSigned signs a licence now unless it has its signature.
func (s *Service) EnsureSigned(ctx context.Context, id int64) error {
	l, err := s.ByID(s.DB.Read(ctx), id)
	if err != nil {
		return err
	}
	return s.sign(ctx, l.Identifier)
}

// Signed reports whether the licence has its signature.
func (s *Service) Signed(ctx context.Context, id int64) (bool, error) {
	var at int64
	err := s.DB.Read(ctx).QueryRow(sqlSignedAt, id).Scan(&at)
	if errors.Is(err, db.ErrNoRows) {
		return false, ErrNoLicence
	}
	return at != 0, err
}

// HeldValid lists the licences of a party that are valid today, for prefill and
// for handing in instead of materials.
func (s *Service) HeldValid(q db.Queryer, holder actor.Party) ([]Licence, error) {
	all, err := s.held(q, holder)
	if err != nil {
		return nil, err
	}
	today := clock.DateOf(s.DB.Now()).String()
	return slices.DeleteFunc(all, func(l Licence) bool { return l.On(today) != Valid || l.From > today }), nil
}

// KindsOn lists the kinds of licences that a party held on a day, except by one
// licence, the result of what was applied for. A licence that is suspended or
// taken away by now counts as not held.
func (s *Service) KindsOn(q db.Queryer, holder actor.Party, day string, except int64) ([]string, error) {
	all, err := s.held(q, holder)
	var out []string
	for _, l := range all {
		in := l.From <= day && (l.Until == "" || day <= l.Until) && (l.Status == Valid || l.Status == Expired)
		if in && l.ID != except && !slices.Contains(out, l.TypeKey) {
			out = append(out, l.TypeKey)
		}
	}
	return out, err
}

// StandsFor gives a licence by its id if it is the holder's, of the type, and
// valid today; ErrNoLicence else.
func (s *Service) StandsFor(q db.Queryer, id int64, holder actor.Party, typeKey string) (*Licence, error) {
	l, err := s.ByID(q, id)
	if err != nil {
		return nil, err
	}
	today := clock.DateOf(s.DB.Now()).String()
	if l.Holder.Kind != holder.Kind || l.Holder.ID != holder.ID || typeKey == "" || l.TypeKey != typeKey || l.On(today) != Valid {
		return nil, ErrNoLicence
	}
	return l, nil
}

// Held lists the licences of the party that the actor acts for.
func (s *Service) Held(ctx context.Context, a actor.Actor) ([]Licence, error) {
	if err := s.Identity.Allow(ctx, a, identity.LicenceRead, identity.Target{Owner: a.For}, "licences"); err != nil {
		return nil, err
	}
	return s.held(s.DB.Read(ctx), a.For)
}

// OfHolder lists every licence of a party inside the platform; callers have
// decided who may see them.
func (s *Service) OfHolder(q db.Queryer, holder actor.Party) ([]Licence, error) {
	return s.held(q, holder)
}

// Term is for how many years a type of licence is valid, 0 where it does not say.
func (s *Service) Term(q db.Queryer, typeKey string) (int, error) {
	t, err := s.typeByKey(q, typeKey)
	if err != nil {
		return 0, err
	}
	return t.Years, nil
}

func (s *Service) held(q db.Queryer, holder actor.Party) ([]Licence, error) {
	rows, err := q.Query(sqlHeld, string(holder.Kind), holder.ID)
	if err != nil {
		return nil, err
	}
	var out []Licence
	for rows.Next() {
		l, err := s.scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, *l)
	}
	return out, nil
}

// Get gives a licence with its fields to the holder, or to staff with a purpose.
func (s *Service) Get(ctx context.Context, a actor.Actor, identifier string) (*Licence, *Type, error) {
	l, err := s.byIdentifier(s.DB.Read(ctx), identifier)
	if err != nil {
		return nil, nil, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, nil, err
	}
	path := dir.Path(l.IssuerUnit)
	if err := identity.Decide(a, identity.LicenceRead, identity.Target{Owner: l.Holder, UnitPath: path, ReceivingPath: path, ReviewPaths: []string{path}}); err != nil {
		s.Identity.Refused(ctx, a, identity.LicenceRead, "licence/"+l.Identifier, err)
		return nil, nil, ErrNoLicence
	}
	t, err := s.typeByKey(s.DB.Read(ctx), l.TypeKey)
	if err != nil || a.Kind != actor.Staff {
		return l, t, err
	}
	return l, t, s.DB.Write(ctx, "licence.read", func(tx *db.Tx) error { // the holder sees that it was looked at, and what for
		return s.UseTx(tx, a, Use{LicenceID: l.ID, Purpose: a.Purpose})
	})
}

// ByID gives a licence by its id inside the platform; callers have decided who may see it.
func (s *Service) ByID(q db.Queryer, id int64) (*Licence, error) {
	rows, err := q.Query(sqlByID, id)
	if err != nil {
		return nil, err
	}
	if !rows.Next() {
		return nil, ErrNoLicence
	}
	return s.scan(rows)
}

func (s *Service) byIdentifier(q db.Queryer, identifier string) (*Licence, error) {
	rows, err := q.Query(sqlByIdentifier, strings.ToUpper(strings.TrimSpace(identifier)))
	if err != nil {
		return nil, err
	}
	if !rows.Next() {
		return nil, ErrNoLicence
	}
	return s.scan(rows)
}

// Types lists the licence types (清单化管理).
func (s *Service) Types(ctx context.Context) ([]Type, error) {
	return db.All(s.DB.Read(ctx), scanType, sqlTypes)
}

func (s *Service) typeByKey(q db.Queryer, key string) (*Type, error) {
	rows, err := q.Query(sqlType, key)
	if err != nil {
		return nil, err
	}
	if !rows.Next() {
		return nil, errs.New(errs.NotFound, "licence-type-not-found", "没有这种证照类型。", "There is no such licence type.")
	}
	t, err := scanType(rows)
	return &t, err
}
