package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
)

// DraftHeld 所涉证照 is the licence that a draft is about, for items that change,
// renew, replace or deregister one.
type DraftHeld struct {
	Does    string       `json:"does" enum:"change,renew,replace,deregister"`
	Licence string       `json:"licence,omitempty" doc:"Identifier of the licence chosen."`
	Choices []HeldChoice `json:"choices" doc:"The party's licences that it can be about."`
}

// HeldChoice is one of them.
type HeldChoice struct {
	Identifier string `json:"identifier"`
	Name       string `json:"name"`
	Number     string `json:"number"`
	Until      string `json:"until,omitempty" format:"date" doc:"Left out: no end."`
}

// CaseHeld is the licence that a case is about, and what became of it.
type CaseHeld struct {
	Does    string `json:"does" enum:"change,renew,replace,deregister"`
	Licence string `json:"licence" doc:"Its identifier."`
	Name    string `json:"name"`
	Until   string `json:"until,omitempty" format:"date" doc:"Its last day when this was asked for."`
	Due     string `json:"due,omitempty" format:"date" doc:"A renewal: not decided by this day, the licence counts as renewed (行政许可法 第五十条)."`
	Late    bool   `json:"late,omitempty" doc:"A renewal asked for later than the rule says: silence does not renew it."`
	Deemed  bool   `json:"deemed,omitempty" doc:"Renewed by silence."`
	Result  string `json:"result,omitempty" doc:"Identifier of the version that took its place."`
}

func caseHeld(h *casework.HeldView) *CaseHeld {
	if h == nil {
		return nil
	}
	return &CaseHeld{h.Does, h.Identifier, h.Name, h.Until, h.DueOn, h.Late, h.Deemed, h.Result}
}

func (s *server) heldDrafts() {
	add(s, operation{id: "draft-held", method: http.MethodPut, path: "/drafts/{id}/held", tag: "apply", zh: "选择所涉证照", en: "Say which licence a change, renewal, copy or deregistration is about",
		more: "Without a licence the choice is taken back."},
		func(ctx context.Context, c *call, in *struct {
			DraftIn
			Body struct {
				VersionIn
				Licence string `json:"licence,omitempty" maxLength:"100" doc:"Identifier of a licence that the party holds."`
			}
		}) (Draft, error) {
			d, v, err := s.Casework.Draft(ctx, c.Actor, int64(in.ID))
			if err != nil {
				return Draft{}, err
			}
			id, err := s.heldID(ctx, d.Party, &v.Guide, in.Body.Licence, "licence")
			if err == nil {
				_, err = s.Casework.ChooseHeld(ctx, c.Actor, int64(in.ID), in.Body.Version, id)
			}
			return s.shownAfter(ctx, c, in.ID, err)
		})
}

// heldID finds a licence that an application can be about by its identifier; 0 for none.
func (s *server) heldID(ctx context.Context, party actor.Party, g *catalog.Guide, identifier, at string) (int64, error) {
	if identifier = strings.ToUpper(strings.TrimSpace(identifier)); identifier == "" {
		return 0, nil
	}
	list, err := s.Casework.HeldChoices(ctx, party, g)
	if err != nil {
		return 0, err
	}
	for _, l := range list {
		if l.Identifier == identifier {
			return l.ID, nil
		}
	}
	return 0, errs.InvalidFields(errs.Field{Path: at, Code: "unknown", ZH: "申请人名下没有可以办理本事项的这份证照", EN: "The party holds no such licence that the item can be about"})
}

func (s *server) draftHeld(ctx context.Context, d *casework.Draft, g *catalog.Guide) *DraftHeld {
	if g.Result().Does == "" || d.CaseNo != "" {
		return nil
	}
	out := &DraftHeld{Does: g.Result().Does, Choices: []HeldChoice{}}
	list, err := s.Casework.HeldChoices(ctx, d.Party, g)
	if err != nil {
		return out
	}
	for _, l := range list {
		if l.ID == d.Data.Held {
			out.Licence = l.Identifier
		}
		out.Choices = append(out.Choices, HeldChoice{l.Identifier, l.Name, l.Number, l.Until})
	}
	return out
}
