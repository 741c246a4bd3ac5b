package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/identity"
)

// Paper 纸质件 is a paper of a case in an office's hands.
type Paper struct {
	ID       ID         `json:"id"`
	Case     string     `json:"case"`
	ItemName string     `json:"itemName"`
	Code     string     `json:"code,omitempty" doc:"Material code; result for a result on paper."`
	Name     string     `json:"name"`
	Copies   int        `json:"copies"`
	Unit     UnitRef    `json:"unit" doc:"Who has it, or gave it away and waits for the other's word."`
	State    string     `json:"state" enum:"held,moving,returned"`
	Taken    time.Time  `json:"taken"`
	TakenBy  string     `json:"takenBy"`
	Returned *time.Time `json:"returned,omitempty"`
	To       string     `json:"to,omitempty" doc:"Who took it."`
	Arrived  bool       `json:"arrived,omitempty" doc:"On a slip that was received: it came."`
}

// PaperSlip 交接单.
type PaperSlip struct {
	ID         ID         `json:"id"`
	No         string     `json:"no"`
	From       UnitRef    `json:"from"`
	To         UnitRef    `json:"to"`
	Given      time.Time  `json:"given"`
	GivenBy    string     `json:"givenBy"`
	Received   *time.Time `json:"received,omitempty"`
	ReceivedBy string     `json:"receivedBy,omitempty"`
	Papers     []Paper    `json:"papers,omitempty"`
}

// UnitPapers is what a unit holds on paper and its slips, the newest first.
type UnitPapers struct {
	Held []Paper     `json:"held"`
	In   []PaperSlip `json:"in"`
	Out  []PaperSlip `json:"out"`
	To   []UnitRef   `json:"to" doc:"Units that have a part in the cases whose papers lie here."`
}

// UnitKeyIn names a unit.
type UnitKeyIn struct {
	Unit string `path:"unit" maxLength:"60" doc:"Key of the unit."`
}

// unitAndAll finds a unit by its key, with the directory it stands in.
func (s *server) unitAndAll(ctx context.Context, key, at string) (identity.Unit, *identity.Directory, error) {
	u, err := s.unitNamed(ctx, key, at)
	if err != nil {
		return u, nil, err
	}
	dir, err := s.Identity.Directory(ctx)
	return u, dir, err
}

func (s *server) papers() {
	add(s, operation{id: "papers", method: http.MethodGet, path: "/units/{unit}/papers", tag: "window", zh: "纸质件交接", en: "Papers of cases that a unit has, and its slips"},
		func(ctx context.Context, c *call, in *UnitKeyIn) (UnitPapers, error) {
			u, dir, err := s.unitAndAll(ctx, in.Unit, "unit")
			if err != nil {
				return UnitPapers{}, err
			}
			d, err := s.Casework.Papers(ctx, c.Actor, u)
			return UnitPapers{papersOf(dir, d.Held), mapTo(d.In, func(x casework.Slip) PaperSlip { return slipOf(dir, &x) }),
				mapTo(d.Out, func(x casework.Slip) PaperSlip { return slipOf(dir, &x) }), mapTo(d.Receiver, unitRef)}, err
		})
	add(s, operation{id: "case-papers", method: http.MethodGet, path: "/cases/{no}/papers", tag: "window", zh: "办件的纸质件", en: "Papers of a case, and where they are"},
		func(ctx context.Context, c *call, in *CaseIn) (List[Paper], error) {
			list, err := s.Casework.CasePapers(ctx, c.Actor, in.No)
			if err != nil {
				return List[Paper]{}, err
			}
			dir, err := s.Identity.Directory(ctx)
			if err != nil {
				return List[Paper]{}, err
			}
			return List[Paper]{Items: papersOf(dir, list)}, nil
		})
	do(s, operation{id: "paper-take", method: http.MethodPost, path: "/cases/{no}/papers", tag: "window", zh: "登记纸质件", en: "Record that a paper of a case came to one's unit", again: "a second row."},
		func(ctx context.Context, c *call, in *struct {
			CaseIn
			Body struct {
				Name   string `json:"name,omitempty" maxLength:"200" doc:"Left out for a result: its name in the guide."`
				Copies int    `json:"copies" minimum:"1" maximum:"999"`
				Result bool   `json:"result,omitempty" doc:"The result on paper."`
			}
		}) error {
			return s.Casework.TakePaper(ctx, c.Actor, in.No, casework.PaperIn{Name: in.Body.Name, Copies: in.Body.Copies, Result: in.Body.Result})
		})
	add(s, operation{id: "paper-give", method: http.MethodPost, path: "/units/{unit}/papers/slips", tag: "window", status: http.StatusCreated, once: true, zh: "开交接单", en: "Hand papers to another unit that has a part in their cases"},
		func(ctx context.Context, c *call, in *struct {
			UnitKeyIn
			Body struct {
				To     string `json:"to" minLength:"1" maxLength:"60" doc:"Key of the unit that receives."`
				Papers []ID   `json:"papers" minItems:"1" maxItems:"200"`
			}
		}) (PaperSlip, error) {
			from, dir, err := s.unitAndAll(ctx, in.Unit, "unit")
			if err != nil {
				return PaperSlip{}, err
			}
			if err := s.Identity.Allow(ctx, c.Actor, identity.PaperHandle, identity.Target{UnitPath: from.Path}, "unit/"+from.Key); err != nil {
				return PaperSlip{}, err
			}
			to, _, err := s.unitAndAll(ctx, in.Body.To, "to")
			if err != nil {
				return PaperSlip{}, err
			}
			slip, err := s.Casework.GivePapers(ctx, c.Actor, from, to, mapTo(in.Body.Papers, func(id ID) int64 { return int64(id) }), c.once)
			if err != nil {
				return PaperSlip{}, err
			}
			return slipOf(dir, slip), nil
		})
	add(s, operation{id: "paper-slip", method: http.MethodGet, path: "/paper-slips/{id}", tag: "window", zh: "交接单", en: "A slip, for both sides"},
		func(ctx context.Context, c *call, in *struct {
			ID ID `path:"id"`
		}) (PaperSlip, error) {
			slip, err := s.Casework.PaperSlip(ctx, c.Actor, int64(in.ID))
			if err != nil {
				return PaperSlip{}, err
			}
			dir, err := s.Identity.Directory(ctx)
			if err != nil {
				return PaperSlip{}, err
			}
			return slipOf(dir, slip), nil
		})
	do(s, operation{id: "paper-receive", method: http.MethodPost, path: "/paper-slips/{id}/receipt", tag: "window", zh: "签收交接单", en: "Say what of a slip arrived", more: "What is not named lies with the giver again.",
		again: "409, since it was received."},
		func(ctx context.Context, c *call, in *struct {
			ID   ID `path:"id"`
			Body struct {
				Papers []ID `json:"papers" maxItems:"200"`
			}
		}) error {
			return s.Casework.ReceivePapers(ctx, c.Actor, int64(in.ID), mapTo(in.Body.Papers, func(id ID) int64 { return int64(id) }))
		})
	do(s, operation{id: "paper-return", method: http.MethodPost, path: "/units/{unit}/papers/{id}/return", tag: "window", zh: "退还纸质件", en: "Record that the applicant took a paper", again: "409, since it is gone."},
		func(ctx context.Context, c *call, in *struct {
			UnitKeyIn
			ID   ID `path:"id"`
			Body struct {
				To string `json:"to" minLength:"1" maxLength:"50" doc:"Who took it."`
			}
		}) error {
			u, _, err := s.unitAndAll(ctx, in.Unit, "unit")
			if err != nil {
				return err
			}
			return s.Casework.ReturnPaper(ctx, c.Actor, u, int64(in.ID), in.Body.To)
		})
}

func papersOf(dir *identity.Directory, list []casework.Paper) []Paper {
	return mapTo(list, func(p casework.Paper) Paper {
		u, _ := dir.Unit(p.UnitID)
		return Paper{ID(p.ID), p.CaseNo, p.ItemName, p.Code, p.Name, p.Copies, unitRef(u), string(p.State), p.TakenAt.UTC(), p.TakenBy, instant(p.BackAt), p.BackTo, p.Arrived}
	})
}

func slipOf(dir *identity.Directory, x *casework.Slip) PaperSlip {
	from, _ := dir.Unit(x.From)
	to, _ := dir.Unit(x.To)
	return PaperSlip{ID(x.ID), x.No, unitRef(from), unitRef(to), x.GivenAt.UTC(), x.GivenBy, instant(x.ReceivedAt), x.ReceivedBy, papersOf(dir, x.Papers)}
}
