package app

import (
	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/notify"
)

// contacts tells notify how people can be reached; identity knows.
type contacts struct{ ids *identity.Service }

// Contact gives what identity knows of a party.
func (c contacts) Contact(q db.Queryer, p actor.Party) (notify.Contact, error) {
	info, err := c.ids.Party(q, p)
	if err != nil {
		return notify.Contact{}, err
	}
	return notify.Contact{Name: info.Name, Phone: info.Phone}, nil
}
