package consult

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
)

// AskInput is what somebody asks, or reports as not done.
type AskInput struct {
	Kind     Kind
	ItemCode string // or CaseNo; a question may have neither
	CaseNo   string
	Reason   string // failure: a key of Reasons
	Stage    string // failure: a key of Stages
	Words    string // what is asked; of a failure, what was tried and where it stuck

	Party  actor.Party // staff: who stands at the window; zero: somebody without an account
	Name   string      // staff, without an account: as told; optional
	Phone  string      // the same
	Answer string      // staff, a question: answered on the spot

	Once db.Once // may be nil; a repeated key answers the first inquiry
}

// Ask 提出咨询、反映办不成事 is done by a person, or at a window by a clerk for
// whoever stands there. What is asked about an item stands on the guide in
// force and goes to the unit in charge; what is asked in general goes to the
// centre. Errors: catalog.ErrNoItem, what casework says of the case, fields,
// identity.ErrNotCovered.
func (s *Service) Ask(ctx context.Context, a actor.Actor, in AskInput) (x *Inquiry, err error) {
	defer errs.Wrap(&err, "ask")
	if err := s.Identity.Allow(ctx, a, identity.ConsultAsk, identity.Target{}, "inquiry"); err != nil {
		return nil, err
	}
	if bad := in.check(a); len(bad) > 0 {
		return nil, errs.InvalidFields(bad...)
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	x = &Inquiry{Kind: in.Kind, Reason: in.Reason, Stage: in.Stage, Party: in.Party, Channel: a.Channel, State: in.Kind.begins(), Version: 1, Data: Data{in.Words, in.Name, in.Phone}}
	if a.Kind == actor.Person {
		x.Party, x.Data.Name, x.Data.Phone = a.For, "", ""
	}
	if err := s.about(ctx, a, dir, x, in); err != nil {
		return nil, err
	}
	if err := s.asker(ctx, a, x); err != nil {
		return nil, err
	}
	return x, s.add(ctx, a, x, in)
}

// callable are numbers of mobiles, and of landlines with or without area code.
var callable = regexp.MustCompile(`^(1[3-9][0-9]{9}|(0[0-9]{2,3})?[2-9][0-9]{6,7})$`)

// check cleans what was asked and says what is wrong with it.
func (in *AskInput) check(a actor.Actor) (bad []errs.Field) {
	what, whatEN := "要咨询的问题", "the question"
	switch in.Kind {
	case Question:
		in.Reason, in.Stage = "", ""
	case Failure:
		what, whatEN = "想办什么、怎么办的、卡在哪里", "what was tried and where it stuck"
		if !known(Reasons, in.Reason) {
			bad = append(bad, errs.Field{Path: "reason", Code: "required", ZH: "请选择办不成的原因", EN: "Choose the reason"})
		}
		if !known(Stages, in.Stage) {
			bad = append(bad, errs.Field{Path: "stage", Code: "required", ZH: "请选择卡在哪一步", EN: "Choose the step"})
		}
		if in.ItemCode == "" && in.CaseNo == "" {
			bad = append(bad, errs.Field{Path: "item", Code: "required", ZH: "请选择办不成的事项", EN: "Choose the item"})
		}
		in.Answer = ""
	default:
		return []errs.Field{{Path: "kind", Code: "option", ZH: "请选择是咨询还是反映办不成的事", EN: "A question or something that could not be done"}}
	}
	bad = append(bad, text("words", &in.Words, true, maxText, what, whatEN)...)
	if a.Kind == actor.Person {
		return bad
	}
	bad = append(bad, text("answer", &in.Answer, false, maxText, "当场答复", "the answer")...)
	bad = append(bad, text("name", &in.Name, false, 50, "姓名", "the name")...)
	in.Phone = ident.NormaliseMobile(in.Phone)
	if in.Phone != "" && !callable.MatchString(in.Phone) {
		bad = append(bad, errs.Field{Path: "phone", Code: "pattern", ZH: "联系电话应为手机号码，或者带区号的固定电话", EN: "A mobile number, or a landline with its area code"})
	}
	return bad
}

// about pins the item, the guide version and the case, and finds the unit.
func (s *Service) about(ctx context.Context, a actor.Actor, dir *identity.Directory, x *Inquiry, in AskInput) error {
	own, _ := dir.Unit(a.Unit)
	atWindow := a.Kind == actor.Staff && receives(own)
	switch {
	case in.CaseNo != "":
		if s.Cases == nil {
			return ErrNone
		}
		k, err := s.Cases.Consulted(ctx, a, in.CaseNo)
		if err != nil {
			return err
		}
		it, err := s.Catalog.ItemByID(ctx, k.ItemID)
		if err != nil {
			return err
		}
		v, err := s.Catalog.ByVersion(ctx, k.VersionID)
		if err != nil {
			return err
		}
		x.CaseID, x.CaseNo, x.UnitID, x.ReceivedID = k.ID, k.No, k.UnitID, k.ReceivedID
		x.ItemID, x.ItemCode, x.ItemName, x.Pinned, x.PinnedNo = it.ID, it.Code, v.Guide.Basics.Name, v.ID, v.No
		x.Party = k.Party
		x.Data.Name, x.Data.Phone = "", ""
	case in.ItemCode != "":
		it, v, err := s.Catalog.Guide(ctx, in.ItemCode)
		if err != nil {
			return err
		}
		if _, err := s.Identity.Covers(s.DB.Read(ctx), a, it.BasicCode); err != nil {
			return err
		}
		x.ItemID, x.ItemCode, x.ItemName, x.Pinned, x.PinnedNo = it.ID, it.Code, it.Name, v.ID, v.No
		x.UnitID, x.ReceivedID = it.UnitID, it.ReceivingUnitID
	default:
		u := own
		if !atWindow {
			var err error
			if u, err = s.centre(dir); err != nil {
				return err
			}
		}
		x.UnitID, x.ReceivedID = u.ID, u.ID
	}
	if atWindow {
		x.ReceivedID = own.ID
	}
	return nil
}

// asker gives the party the name that identity has.
func (s *Service) asker(ctx context.Context, a actor.Actor, x *Inquiry) error {
	if x.Party.ID == 0 {
		x.Party = actor.Party{}
		return nil
	}
	info, err := s.Identity.Party(s.DB.Read(ctx), x.Party)
	if errors.Is(err, identity.ErrNoParty) && a.Kind == actor.Staff {
		return errs.InvalidFields(errs.Field{Path: "party", Code: "unknown", ZH: "没有这个申请人", EN: "There is no such party"})
	}
	if err != nil {
		return err
	}
	x.Party, x.Data.Name, x.Data.Phone = info.Party, "", ""
	return nil
}

// add stores it, answered where it was answered on the spot.
func (s *Service) add(ctx context.Context, a actor.Actor, x *Inquiry, in AskInput) error {
	blank := *x
	return s.DB.Write(ctx, "consult.ask", func(tx *db.Tx) error {
		prior, err := tx.Claim(in.Once)
		if err != nil {
			return err
		}
		if prior != 0 {
			first, err := s.byID(tx, prior)
			if err == nil {
				*x = *first
			}
			return err
		}
		*x = blank // the act may run twice
		cal, err := s.Calendar.In(tx)
		if err != nil {
			return err
		}
		x.ID, x.CreatedAt = tx.NewID(), tx.Now()
		if x.No, err = number(tx, x.Kind); err != nil {
			return err
		}
		s.start(x, cal, tx.Now())
		if x.Kind == Failure {
			if err := s.recurs(tx, x); err != nil {
				return err
			}
		}
		if err := s.did(tx, a, x, Ask, false, Words{Text: x.Data.Words}); err != nil {
			return err
		}
		if in.Answer != "" {
			x.State = Answered
			x.end(tx.Now())
			if err := s.did(tx, a, x, Answer, false, Words{Text: in.Answer}); err != nil {
				return err
			}
		}
		if err := s.insert(tx, x); err != nil {
			return err
		}
		tx.Record(in.Once, x.ID)
		return s.taken(tx, x, in.Answer)
	})
}

// taken tells who asked that it was taken down, until when it is answered, or
// what the answer was.
func (s *Service) taken(tx *db.Tx, x *Inquiry, answer string) error {
	switch {
	case answer != "":
		return s.tell(tx, x, "您的咨询已答复", "编号："+x.No+"\n\n"+answer)
	case x.Kind == Failure:
		return s.tell(tx, x, "您反映的办不成的事已登记", fmt.Sprintf("编号：%s。承办单位应当在%s前处理。只有作出改进，或者说明理由，才能办结。", x.No, x.DueOn))
	}
	return s.tell(tx, x, "您的咨询已登记", fmt.Sprintf("编号：%s。承办单位应当在%s前答复。", x.No, x.DueOn))
}

// recurs looks for earlier records about the same, and whether a change that
// was to end it was in force already.
func (s *Service) recurs(tx *db.Tx, x *Inquiry) error {
	return tx.QueryRow(sqlEarlier, x.ItemID, x.Reason, x.PinnedNo).Scan(&x.Earlier, &x.CameBack)
}

// number makes a number of a kind: letters, the day, a sequence.
func number(tx *db.Tx, k Kind) (string, error) {
	day := clock.DateOf(tx.Now()).String()
	n, err := tx.Serial("consult/" + k.letters() + "/" + day)
	return fmt.Sprintf("%s%s%s%s%04d", k.letters(), day[:4], day[5:7], day[8:], n), err
}

// laterVersion checks that a version of the item exists and is later than the
// record that it is to close.
func (s *Service) laterVersion(ctx context.Context, x *Inquiry, no int) error {
	wrong := func(code, zh, en string) error {
		return errs.InvalidFields(errs.Field{Path: "itemVersion", Code: code, ZH: zh, EN: en})
	}
	_, v, err := s.Catalog.Numbered(ctx, x.ItemCode, no)
	switch {
	case errs.KindOf(err) == errs.NotFound && !errors.Is(err, catalog.ErrNoItem):
		return wrong("unknown", "办事指南没有这一版", "The guide has no such version")
	case err != nil:
		return err
	case v.No <= x.PinnedNo || !v.PublishedAt.After(x.CreatedAt):
		return wrong("not-later", "这一版不是在反映之后发布的，不能作为改进", "This version was not published after the record")
	}
	return nil
}
