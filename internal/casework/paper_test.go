package casework

import (
	"errors"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

func TestTrustOf(t *testing.T) {
	file := []HandedDoc{{File: 1}}
	self, office := catalog.Material{Source: "self"}, catalog.Material{Source: "government"}
	for _, tt := range []struct {
		h    Handed
		m    catalog.Material
		want Trust
	}{
		{Handed{}, office, ""}, {Handed{Licence: &HeldRef{ID: 1}}, office, TrustA}, {Handed{Licence: &HeldRef{ID: 1}, Paper: true}, office, TrustA},
		{Handed{Files: file, Paper: true}, office, TrustB}, {Handed{Paper: true}, self, TrustB}, {Handed{Files: file}, office, TrustC}, {Handed{Files: file}, self, TrustD},
	} {
		if got := TrustOf(tt.h, tt.m); got != tt.want {
			t.Errorf("%+v of %s: %q, want %q", tt.h, tt.m.Source, got, tt.want)
		}
		if zh, en := tt.want.Words(); tt.want != "" && (zh == "" || en == "") {
			t.Errorf("no words for %s", tt.want)
		}
	}
}

// TestPapers: what is left at the window goes to the back office on a slip, comes
// back, and is given to the applicant; what did not arrive lies where it was.
func TestPapers(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		clerk, rev := c.staff("clerk"), c.staff("rev")
		zhang := c.person("zhang").For
		d, err := c.StartDraft(ctx, clerk, c.codes[food], zhang, nil)
		c.must(err)
		_, err = c.PaperSeen(ctx, clerk, d.ID, "m02", false, 2)
		c.field(err, "copies")
		_, err = c.PaperSeen(ctx, clerk, d.ID, "m02", true, 2)
		c.must(err)
		no := c.handIn(clerk, d)
		centre, office := c.office("wx-zx"), c.office("wx-spj")
		desk, err := c.Papers(ctx, clerk, centre)
		c.must(err)
		if len(desk.Held) != 1 || desk.Held[0].Copies != 2 || desk.Held[0].CaseNo != no || desk.Held[0].State != PaperHeld {
			t.Fatalf("held %+v", desk.Held)
		}
		c.must(c.TakePaper(ctx, clerk, no, PaperIn{Name: "委托书", Copies: 1}))
		c.field(c.TakePaper(ctx, clerk, no, PaperIn{Copies: 1}), "name")
		c.field(c.TakePaper(ctx, clerk, no, PaperIn{Name: "证", Copies: 1, Result: true}), "result")
		if desk, err = c.Papers(ctx, clerk, centre); err != nil || len(desk.Held) != 2 {
			t.Fatalf("%+v %v", desk, err)
		}
		a, b := desk.Held[0].ID, desk.Held[1].ID
		_, err = c.GivePapers(ctx, clerk, centre, c.office("lx-zx"), []int64{a}, nil)
		c.field(err, "to")
		_, err = c.GivePapers(ctx, clerk, centre, office, nil, nil)
		c.field(err, "paper")
		if _, err = c.GivePapers(ctx, rev, centre, office, []int64{a}, nil); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("another office gives away what it has not: %v", err)
		}
		slip, err := c.GivePapers(ctx, clerk, centre, office, []int64{b, a, a}, nil)
		c.must(err)
		if _, err = c.GivePapers(ctx, clerk, centre, office, []int64{a}, nil); !errors.Is(err, ErrPaperGone) {
			t.Errorf("given twice: %v", err)
		}
		if err := c.ReceivePapers(ctx, clerk, slip.ID, []int64{a}); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("the giver receives: %v", err)
		}
		if _, err := c.PaperSlip(ctx, c.person("zhang"), slip.ID); !errors.Is(err, ErrNoSlip) {
			t.Errorf("a slip for the applicant: %v", err)
		}
		c.must(c.ReceivePapers(ctx, rev, slip.ID, []int64{a}))
		if err := c.ReceivePapers(ctx, rev, slip.ID, []int64{a}); !errors.Is(err, ErrReceived) {
			t.Errorf("received twice: %v", err)
		}
		got, err := c.PaperSlip(ctx, clerk, slip.ID)
		c.must(err)
		if len(got.Papers) != 2 || got.ReceivedBy != rev.Name || !arrived(got, a) || arrived(got, b) {
			t.Errorf("%+v", got)
		}
		if desk, err = c.Papers(ctx, clerk, centre); err != nil || len(desk.Held) != 1 || desk.Held[0].ID != b || len(desk.Out) != 1 {
			t.Errorf("what did not arrive: %+v %v", desk, err)
		}
		if desk, err = c.Papers(ctx, rev, office); err != nil || len(desk.Held) != 1 || desk.Held[0].ID != a || len(desk.In) != 1 {
			t.Errorf("what arrived: %+v %v", desk, err)
		}
		c.field(c.ReturnPaper(ctx, clerk, centre, b, " "), "to")
		if err := c.ReturnPaper(ctx, clerk, centre, a, "张明远"); !errors.Is(err, ErrPaperGone) {
			t.Errorf("returned what lies elsewhere: %v", err)
		}
		c.must(c.ReturnPaper(ctx, clerk, centre, b, "张明远"))
		list, err := c.CasePapers(ctx, clerk, no)
		c.must(err)
		if len(list) != 2 || list[1].State != PaperReturned || list[1].BackTo != "张明远" {
			t.Errorf("%+v", list)
		}
		if n := c.count(`SELECT count(*) FROM audit_record WHERE act IN ('paper.take', 'paper.give', 'paper.receive', 'paper.return') AND outcome = 'done'`); n != 4 {
			t.Errorf("%d records", n)
		}
	})
}

func arrived(s *Slip, id int64) bool {
	for _, p := range s.Papers {
		if p.ID == id {
			return p.Arrived
		}
	}
	return false
}

// TestArrive_raises_trust: what was uploaded counts as seen once the clerk has
// seen the originals.
func TestArrive_raises_trust(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		no := c.advanceTo(marriage, Prechecked, "pickup").No
		v := c.view(c.staff("clerk"), no)
		code := ""
		for _, m := range v.Materials {
			if !m.Handed.Empty() && m.Handed.Licence == nil {
				code = m.Material.Code
			}
		}
		if code == "" {
			t.Fatal("nothing was uploaded")
		}
		c.do(c.staff("clerk"), no, Arrive, Input{Seen: []string{code}})
		for _, m := range c.view(c.staff("clerk"), no).Materials {
			if got := TrustOf(m.Handed, m.Material); m.Material.Code == code && got != TrustB {
				t.Errorf("%s is of level %s", code, got)
			}
		}
	})
}

// office finds a unit of the city by its key.
func (c *city) office(key string) identity.Unit {
	c.t.Helper()
	dir, err := c.Service.Identity.Directory(c.t.Context())
	c.must(err)
	u, ok := dir.UnitByKey(key)
	if !ok {
		c.t.Fatalf("no unit %s", key)
	}
	return u
}

// handIn completes a clerk's draft on paper and hands it in.
func (c *city) handIn(clerk actor.Actor, d *Draft) string {
	c.t.Helper()
	ctx := c.t.Context()
	_, err := c.Consent(ctx, clerk, d.ID, 0)
	c.must(err)
	_, err = c.SaveDelivery(ctx, clerk, d.ID, 0, delivery("pickup"))
	c.must(err)
	d, v, err := c.Service.Draft(ctx, clerk, d.ID)
	c.must(err)
	values := d.Data.Values
	values["online"] = false
	d, err = c.SaveDraft(ctx, clerk, d.ID, d.Version, values, nil)
	c.must(err)
	for _, m := range v.Guide.Asked(values) {
		if m.Required() && d.Data.Handed(m.Code).Empty() {
			d, err = c.PaperSeen(ctx, clerk, d.ID, m.Code, true, 0)
			c.must(err)
		}
	}
	k, err := c.Submit(ctx, clerk, d.ID, SubmitInput{})
	if err != nil {
		c.t.Fatalf("%v %v", err, errs.Of(err).Fields)
	}
	return k.No
}
