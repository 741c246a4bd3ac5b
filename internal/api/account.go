package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/identity"
)

// Profile is what a person has on record about himself.
type Profile struct {
	Name     string `json:"name"`
	IDNumber string `json:"idNumber"`
	Phone    string `json:"phone,omitempty"`
	Email    string `json:"email,omitempty"`
	Address  string `json:"address,omitempty"`
	Division string `json:"division,omitempty"`
}

// ProfileIn changes it; what is left out stays.
type ProfileIn struct {
	Body struct {
		Phone   *string `json:"phone,omitempty" maxLength:"30"`
		Email   *string `json:"email,omitempty" maxLength:"200"`
		Address *string `json:"address,omitempty" maxLength:"200"`
	}
}

func (s *server) account() {
	read := func(ctx context.Context, c *call) (Profile, error) {
		p, err := s.Identity.Person(ctx, c.Actor)
		return Profile{p.Name, p.IDNumber, p.Phone, p.Email, p.Address, p.Division}, err
	}
	add(s, operation{id: "profile", method: http.MethodGet, path: "/profile", tag: "auth", zh: "我的资料", en: "My own record"},
		func(ctx context.Context, c *call, _ *none) (Profile, error) { return read(ctx, c) })
	add(s, operation{id: "profile-change", method: http.MethodPatch, path: "/profile", tag: "auth", zh: "修改我的联系方式", en: "Change my phone, e-mail or address"},
		func(ctx context.Context, c *call, in *ProfileIn) (Profile, error) {
			if err := s.Identity.ChangeContact(ctx, c.Actor, identity.ContactInput{Phone: in.Body.Phone, Email: in.Body.Email, Address: in.Body.Address}); err != nil {
				return Profile{}, err
			}
			return read(ctx, c)
		})
}

// Mandate 授权委托.
type Mandate struct {
	ID        ID         `json:"id"`
	Principal PartyRef   `json:"principal"`
	Agent     PartyRef   `json:"agent"`
	Items     []string   `json:"items" doc:"Basic codes of items, or * for all."`
	From      string     `json:"from" format:"date"`
	Until     string     `json:"until" format:"date"`
	Ground    string     `json:"ground"`
	Revoked   *time.Time `json:"revoked,omitempty"`
}

func mandate(m identity.Mandate) Mandate {
	return Mandate{ID(m.ID), partyRef(m.Principal), partyRef(m.Agent), m.Items, m.From, m.Until, m.Ground, instant(m.RevokedAt)}
}

// Mandates are those given and those received.
type Mandates struct {
	Given    []Mandate `json:"given"`
	Received []Mandate `json:"received"`
}

// MandateIn authorises somebody.
type MandateIn struct {
	Body struct {
		AgentName     string   `json:"agentName" minLength:"1" maxLength:"50"`
		AgentIDNumber string   `json:"agentIdNumber" minLength:"1" maxLength:"30"`
		Items         []string `json:"items,omitempty" maxItems:"200" doc:"Basic codes; left out: all items."`
		From          string   `json:"from,omitempty" format:"date" doc:"Today if left out."`
		Until         string   `json:"until" format:"date" doc:"Three years at most."`
		Ground        string   `json:"ground" minLength:"1" maxLength:"200" doc:"What it rests on."`
	}
}

func (s *server) mandates() {
	add(s, operation{id: "mandates", method: http.MethodGet, path: "/mandates", tag: "auth", zh: "授权委托", en: "Mandates given and received"},
		func(ctx context.Context, c *call, _ *none) (Mandates, error) {
			given, received, err := s.Identity.Mandates(ctx, c.Actor)
			return Mandates{mapTo(given, mandate), mapTo(received, mandate)}, err
		})
	add(s, operation{id: "mandate-grant", method: http.MethodPost, path: "/mandates", tag: "auth", status: http.StatusCreated,
		zh: "授权他人代办", en: "Let somebody act for me or for the entity I represent", once: true},
		func(ctx context.Context, c *call, in *MandateIn) (Mandate, error) {
			b := in.Body
			m, err := s.Identity.GrantMandate(ctx, c.Actor, identity.MandateInput{AgentName: b.AgentName, AgentIDNumber: b.AgentIDNumber,
				Items: b.Items, From: b.From, Until: b.Until, Ground: b.Ground, Once: c.once})
			return mandate(m), err
		})
	do(s, operation{id: "mandate-revoke", method: http.MethodPost, path: "/mandates/{id}/revoke", tag: "auth", zh: "撤销授权", en: "End a mandate", again: "the mandate is ended already, and nothing changes."},
		func(ctx context.Context, c *call, in *struct {
			ID ID `path:"id"`
		}) error {
			return s.Identity.RevokeMandate(ctx, c.Actor, int64(in.ID))
		})
}
