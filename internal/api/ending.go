package api

import (
	"context"
	"net/http"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/licence"
)

// EndingLicence 待注销 is a licence that its issuing unit still has to deregister.
type EndingLicence struct {
	Identifier string `json:"identifier"`
	Name       string `json:"name"`
	Holder     string `json:"holder"`
	Until      string `json:"until,omitempty" format:"date"`
	Status     Word   `json:"status"`
	Lapsed     bool   `json:"lapsed" doc:"Expired and not renewed; else annulled or retracted."`
	Case       string `json:"case" doc:"On which the deregistration is begun (measure-open)."`
}

func (s *server) ending() {
	add(s, operation{id: "licences-ending", method: http.MethodGet, path: "/licences/ending", tag: "licences", zh: "待注销证照", en: "Licences that a unit still has to deregister, those over longest first"},
		func(ctx context.Context, c *call, in *struct {
			PageIn
			Unit string `query:"unit" maxLength:"60" doc:"Key of the unit; the caller's own if left out."`
		}) (List[EndingLicence], error) {
			unit := c.Unit
			if in.Unit != "" {
				u, err := s.unitNamed(ctx, in.Unit, "query/unit")
				if err != nil {
					return List[EndingLicence]{}, err
				}
				unit = u.ID
			}
			at, err := position("ending", in.Cursor)
			if err != nil {
				return List[EndingLicence]{}, err
			}
			list, err := s.Licences.ToDeregister(ctx, c.Actor, unit, at, in.limit())
			if err != nil {
				return List[EndingLicence]{}, err
			}
			today := clock.DateOf(s.Now()).String()
			out := List[EndingLicence]{Items: mapTo(list, func(x licence.ToEnd) EndingLicence {
				l := x.Licence
				return EndingLicence{l.Identifier, l.Name, l.HolderName, l.Until, word(c, l.On(today)), x.Lapsed, l.CaseNo}
			})}
			if len(list) == in.limit() {
				out.Next = cursor("ending", list[len(list)-1].Licence.Identifier)
			}
			return out, nil
		})
}
