package identity

import (
	"testing"

	"github.com/tongban/tongban/internal/actor"
)

func TestContact(t *testing.T) {
	each(t, func(f *fixture) {
		t, q := f.t, f.d.Read(f.t.Context())
		id := func(ref string) int64 { return f.refs.Persons[ref] }
		li := actor.Party{Kind: actor.NaturalPerson, ID: f.refs.Persons["li"]}
		for _, c := range []struct {
			party actor.Party
			want  Contact
		}{
			{li, Contact{Person: id("li"), Name: "李小兰", Phone: "13800000002", Email: "li@example.com"}},
			{f.company(), Contact{Person: id("zhang"), Name: "无锡演示咖啡有限公司", Phone: "13800000001"}},
			{actor.Party{Kind: actor.NaturalPerson, ID: f.refs.Persons["old"]}, Contact{Person: id("old"), Name: "陈阿婆"}},
			{actor.Party{Kind: actor.LegalEntity, ID: 1}, Contact{}},
		} {
			if got, err := f.Contact(q, c.party); err != nil || got != c.want {
				t.Errorf("%+v, %v, want %+v", got, err, c.want)
			}
		}
		f.exec(`UPDATE person SET disabled = TRUE WHERE id = $1`, li.ID)
		if got, err := f.Contact(q, li); err != nil || got != (Contact{}) {
			t.Errorf("disabled: %+v, %v", got, err)
		}
	})
}
