package casework

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/replay"
)

// TestReplay: before a guide is published, its steward sees what it would have
// meant for the cases of the list, without seeing whose they were.
func TestReplay(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, steward := t.Context(), c.staff("steward")
		open, drawn := c.submit(food, catalog.PickUp), c.submit(food, catalog.PickUp)
		c.do(c.boss(), drawn.No, Withdraw, Input{Reason: "不办了"})
		c.submit(road, catalog.PickUp)
		d := c.revision(steward, food)

		out, err := c.Replay(ctx, steward, d.ID, true)
		c.must(err)
		if out.Lists != 1 || out.Cases != 2 || out.Same != 2 || !out.All || len(out.Rows) != 0 || len(out.Reasons) != 0 {
			t.Fatalf("nothing was changed: %+v", out)
		}
		c.edit(steward, d.ID, "materials", func(g *catalog.Guide) any {
			more := g.Materials[1]
			more.Code, more.Name = "m09", "消防证明"
			return append(g.Materials, more)
		})
		c.edit(steward, d.ID, "limits", func(g *catalog.Guide) any { g.Limits.Promised.Days = 12; return g.Limits })
		out, err = c.Replay(ctx, steward, d.ID, true)
		c.must(err)
		if out.Same != 0 || out.Kinds[replay.More] != 2 || out.Kinds[replay.Slower] != 2 || len(out.Rows) != 2 {
			t.Fatalf("%+v", out)
		}
		if r := out.Reasons[0]; r.Path != "materials/m09" || r.Cases != 2 || !strings.Contains(r.ZH, "消防证明") {
			t.Errorf("%+v", r)
		}
		for i, k := range []*Case{drawn, open} { // the latest first
			row := out.Rows[i]
			if !strings.HasSuffix(k.No, row.Tail) || len(row.Tail) != 4 || strings.Contains(row.Party, "演示") || row.List.ID != k.ItemID || len(row.Points) != 2 {
				t.Errorf("%+v", row)
			}
		}
		if out.Rows[0].Outcome == "" || out.Rows[1].Outcome != "" {
			t.Errorf("outcomes %q and %q", out.Rows[0].Outcome, out.Rows[1].Outcome)
		}
		if n := c.audited(string(identity.ItemReplay)); n != 1 {
			t.Errorf("%d looks at past cases are audited", n)
		}
		sum, err := c.Replay(ctx, steward, d.ID, false)
		c.must(err)
		if sum.Rows != nil || sum.Kinds[replay.More] != 2 || c.audited(string(identity.ItemReplay)) != 1 {
			t.Errorf("the figures alone: %+v", sum)
		}
		for _, who := range []actor.Actor{c.staff("rev"), c.staff("sup"), c.staff("sys"), c.boss()} {
			if _, err := c.Replay(ctx, who, d.ID, true); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("%s: %v", who.Name, err)
			}
		}
	})
}

// TestReplay_template: a city-wide guide is replayed over the cases of every list
// that follows it; what a list has of its own stays.
func TestReplay_template(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, steward := t.Context(), c.staff("steward")
		c.submit(food, catalog.PickUp)
		x, err := c.Catalog.Index(ctx)
		c.must(err)
		it, ok := x.Item(c.codes[food])
		if !ok {
			t.Fatal("no list")
		}
		d, err := c.Catalog.ReviseTemplate(ctx, steward, it.BasicCode, c.unit("wx-gov"), nil)
		c.must(err)
		c.edit(steward, d.ID, "materials", func(g *catalog.Guide) any { return g.Materials[:1] })
		out, err := c.Replay(ctx, steward, d.ID, true)
		c.must(err)
		if out.Lists != 1 || out.Cases != 1 || out.Kinds[replay.Less] != 1 || out.Rows[0].Points[0].Path != "materials/m02" {
			t.Errorf("%+v", out)
		}
	})
}

// TestReplay_licence: a material that a licence replaced is asked of who held one
// on that day, if the new guide no longer takes it.
func TestReplay_licence(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, steward := t.Context(), c.staff("steward")
		c.holdCard()
		c.submit(card, catalog.Electronic)
		d := c.revision(steward, card)
		c.edit(steward, d.ID, "materials", func(g *catalog.Guide) any { g.Materials[0].LicenceType = ""; return g.Materials })
		out, err := c.Replay(ctx, steward, d.ID, false)
		c.must(err)
		if out.Kinds[replay.More] != 1 || out.Reasons[0].Path != "materials/m01" {
			t.Errorf("%+v", out)
		}
	})
}

// revision opens a draft of a published list.
func (c *city) revision(a actor.Actor, item string) *catalog.Draft {
	c.t.Helper()
	ctx := c.t.Context()
	x, err := c.Catalog.Index(ctx)
	c.must(err)
	it, ok := x.Item(c.codes[item])
	if !ok {
		c.t.Fatalf("no list of %s", item)
	}
	d, err := c.Catalog.Revise(ctx, a, it.ID, nil)
	c.must(err)
	return d
}

// edit writes a section of a draft anew.
func (c *city) edit(a actor.Actor, id int64, section string, change func(*catalog.Guide) any) {
	c.t.Helper()
	ctx := c.t.Context()
	d, err := c.Catalog.Draft(ctx, a, id)
	c.must(err)
	seen, err := d.SectionHash(section)
	c.must(err)
	value, err := json.Marshal(change(&d.Guide))
	c.must(err)
	_, err = c.Catalog.SaveSection(ctx, a, id, section, seen, value)
	c.must(err)
}

func (c *city) unit(key string) int64 {
	c.t.Helper()
	dir, err := c.Identity.Directory(c.t.Context())
	c.must(err)
	u, ok := dir.UnitByKey(key)
	if !ok {
		c.t.Fatalf("no unit %s", key)
	}
	return u.ID
}

// audited counts the audit records of an act.
func (c *city) audited(act string) (n int) {
	c.t.Helper()
	c.must(c.d.Read(c.t.Context()).QueryRow(`SELECT count(*) FROM audit_record WHERE act = $1 AND outcome = 'done'`, act).Scan(&n))
	return n
}
