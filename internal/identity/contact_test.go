package identity

import (
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/notify"
)

func TestContact(t *testing.T) {
	each(t, func(f *fixture) {
		t, q := f.t, f.d.Read(f.t.Context())
		li := actor.Party{Kind: actor.NaturalPerson, ID: f.refs.Persons["li"]}
		for _, c := range []struct {
			party actor.Party
			want  notify.Contact
		}{
			{li, notify.Contact{Name: "李小兰", Phone: "13800000002", Email: "li@example.com"}},
			{f.company(), notify.Contact{Name: "无锡演示咖啡有限公司", Phone: "13800000001"}},
			{actor.Party{Kind: actor.NaturalPerson, ID: f.refs.Persons["old"]}, notify.Contact{Name: "陈阿婆"}},
			{actor.Party{Kind: actor.LegalEntity, ID: 1}, notify.Contact{}},
		} {
			if got, err := f.Contact(q, c.party); err != nil || got != c.want {
				t.Errorf("%+v, %v, want %+v", got, err, c.want)
			}
		}
		f.exec(`UPDATE person SET disabled = TRUE WHERE id = $1`, li.ID)
		if got, err := f.Contact(q, li); err != nil || got != (notify.Contact{}) {
			t.Errorf("disabled: %+v, %v", got, err)
		}
	})
}
