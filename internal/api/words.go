package api

import (
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/identity"
)

// Word is a code with its name in the caller's language.
type Word struct {
	Code string `json:"code" example:"submitted"`
	Text string `json:"text" doc:"In the language of Accept-Language, Chinese by default." example:"已收件"`
}

// worded are codes that know their names.
type worded interface {
	~string
	Words() (zh, en string)
}

func word[C worded](c *call, code C) Word {
	zh, en := code.Words()
	return Word{string(code), c.pick(zh, en)}
}

// UnitRef names a unit 单位.
type UnitRef struct {
	Key  string `json:"key" doc:"Handle of the unit, used in filters." example:"lx-spj"`
	Name string `json:"name" example:"无锡市梁溪区行政审批局"`
}

func unitRef(u identity.Unit) UnitRef { return UnitRef{u.Key, u.Name} }

// PartyRef names an applicant 申请人.
type PartyRef struct {
	Kind actor.PartyKind `json:"kind" enum:"person,entity" doc:"Natural person, or legal entity."`
	ID   ID              `json:"id"`
	Name string          `json:"name,omitempty" maxLength:"200"`
}

func partyRef(p actor.Party) PartyRef { return PartyRef{p.Kind, ID(p.ID), p.Name} }

// instant gives nil for the zero time, so that it is left out.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// PageIn are the parameters of a list.
type PageIn struct {
	Cursor string `query:"cursor" maxLength:"600" doc:"The next of the page before; none for the first page."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" doc:"How many, 20 if left out."`
}

func (p PageIn) limit() int {
	if p.Limit == 0 {
		return 20
	}
	return p.Limit
}

// List is one page of a list.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page; left out at the end."`
}

// mapTo makes a list of another, never null.
func mapTo[A, B any](list []A, f func(A) B) []B {
	out := make([]B, 0, len(list))
	for _, x := range list {
		out = append(out, f(x))
	}
	return out
}
