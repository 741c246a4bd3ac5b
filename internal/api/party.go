package api

import (
	"context"
	"net/http"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/identity"
)

// WalkIn is a person at the window.
type WalkIn struct {
	Body struct {
		Name     string `json:"name" minLength:"1" maxLength:"50"`
		IDNumber string `json:"idNumber" minLength:"1" maxLength:"30"`
		Sex      string `json:"sex,omitempty" enum:"男,女" doc:"Checked against the number."`
		Phone    string `json:"phone,omitempty" maxLength:"30"`
		Address  string `json:"address,omitempty" maxLength:"200"`
	}
}

// Unmasked is one field in the clear.
type Unmasked struct {
	Value string `json:"value"`
}

func (s *server) parties() {
	add(s, operation{id: "party-walk-in", method: http.MethodPost, path: "/parties", tag: "window", zh: "窗口登记申请人", en: "Window clerks: find a person by ID number, or register one without an account", again: "finds the person registered before."},
		func(ctx context.Context, c *call, in *WalkIn) (PartyRef, error) {
			b := in.Body
			p, err := s.Identity.WalkIn(ctx, c.Actor, identity.PersonInput{Name: b.Name, IDNumber: b.IDNumber, Sex: b.Sex, Phone: b.Phone, Address: b.Address})
			return PartyRef{actor.NaturalPerson, ID(p.ID), p.Name}, err
		})
	add(s, operation{id: "party-find", method: http.MethodPost, path: "/parties/find", tag: "window", zh: "查找申请人", en: "Window clerks: find a person or an entity by number", more: "That somebody looked is recorded.", again: "each search is recorded by itself."},
		func(ctx context.Context, c *call, in *struct {
			Body struct {
				Number string `json:"number" minLength:"1" maxLength:"40" doc:"ID number, or 统一社会信用代码."`
			}
		}) (PartyRef, error) {
			p, err := s.Identity.FindParty(ctx, c.Actor, in.Body.Number)
			return partyRef(p), err
		})
	add(s, operation{id: "party-unmask", method: http.MethodPost, path: "/parties/unmask", tag: "window", zh: "查看完整信息", en: "Staff: one field of a person in the clear, for a stated purpose", more: "Recorded before it is shown.", again: "each look is recorded by itself."},
		func(ctx context.Context, c *call, in *struct {
			Body struct {
				Person  ID     `json:"person"`
				Field   string `json:"field" enum:"idNumber,phone,email,address"`
				Purpose string `json:"purpose" minLength:"1" maxLength:"200"`
			}
		}) (Unmasked, error) {
			id, _ := in.Body.Person.MarshalText()
			v, err := s.Identity.Unmask(ctx, c.Actor, "person/"+string(id), in.Body.Field, in.Body.Purpose)
			return Unmasked{v}, err
		})
}
