package casework

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
)

func TestSubmit(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		t.Run("twice_gives_the_same_case", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			boss := c.boss()
			d := c.draft(boss, food, catalog.PickUp)
			one, err := c.Submit(ctx, boss, d.ID, SubmitInput{Version: d.Version})
			c.must(err)
			two, err := c.Submit(ctx, boss, d.ID, SubmitInput{Version: d.Version})
			c.must(err)
			if one.No != two.No || one.ID != d.ID {
				t.Errorf("%s and %s", one.No, two.No)
			}
			if r := ident.DefaultProfile().CheckCase(one.No); !r.Valid {
				t.Errorf("case number %s: %s", one.No, r.Reason.EN)
			}
			if _, err := c.Submit(ctx, c.person("wang"), d.ID, SubmitInput{}); !errors.Is(err, ErrNoDraft) {
				t.Errorf("another person is told: %v", err)
			}
		})
		t.Run("at_once_from_many_requests", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			boss := c.boss()
			d := c.draft(boss, food, catalog.PickUp)
			before := c.count(`SELECT count(*) FROM cases`)
			var wg sync.WaitGroup
			nos := make([]string, 8)
			for i := range nos {
				wg.Go(func() {
					k, err := c.Submit(ctx, boss, d.ID, SubmitInput{Version: int64(i%2) * d.Version})
					if err != nil {
						t.Error(err)
						return
					}
					nos[i] = k.No
				})
			}
			wg.Wait()
			for _, no := range nos {
				if no != nos[0] {
					t.Errorf("%s and %s", no, nos[0])
				}
			}
			if n := c.count(`SELECT count(*) FROM cases`) - before; n != 1 {
				t.Errorf("%d cases", n)
			}
			if n := c.count(`SELECT count(*) FROM task WHERE case_id = $1`, d.ID); n != 1 {
				t.Errorf("%d tasks", n)
			}
		})
		t.Run("same_key_gives_the_first_result", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			boss, key := c.boss(), &onceKey{}
			in := c.application(food, boss)
			in.Once = key
			one, err := c.Apply(ctx, boss, in)
			c.must(err)
			two, err := c.Apply(ctx, boss, in)
			c.must(err)
			if one.No != two.No {
				t.Errorf("%s and %s", one.No, two.No)
			}
			three := c.application(food, boss)
			if other, err := c.Apply(ctx, boss, three); err != nil || other.No == one.No {
				t.Errorf("without the key: %v %v", other, err)
			}
		})
		t.Run("a_draft_begins_with_answers_given_before", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			boss := c.boss()
			d, err := c.StartDraft(ctx, boss, c.codes[food], actor.Party{}, form.Values{"online": true, "phone": "13800000099"})
			c.must(err)
			got, _, err := c.Draft(ctx, boss, d.ID)
			c.must(err)
			if v := got.Data.Values; v["online"] != true || v["phone"] != "13800000099" || v["name"] == nil {
				t.Errorf("%v", v)
			}
			_, err = c.StartDraft(ctx, boss, c.codes[food], actor.Party{}, form.Values{"online": "perhaps", "nowhere": 1})
			c.field(err, "online")
			c.field(err, "nowhere")
		})
		t.Run("the_answer_shows_what_is_stored", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			c.holdCard()
			for item, way := range map[string]string{food: catalog.PickUp, road: catalog.Mail, card: catalog.Electronic, marriage: catalog.PickUp, dayLimit: catalog.Mail} {
				for _, who := range []actor.Actor{c.applicant(item), c.staff("clerk")} {
					in := c.application(item, c.applicant(item))
					in.Party, in.Delivery = c.applicant(item).For, delivery(way)
					k, err := c.Apply(ctx, who, in)
					c.must(err)
					made, err := c.ViewOf(ctx, who, k)
					c.must(err)
					read := c.view(who, k.No)
					made.Case, read.Case = nil, nil // compared below
					if a, b := text(made), text(read); a != b {
						t.Errorf("%s by %s: made\n%s\nread\n%s", item, who.Kind, a, b)
					}
					stored, err := c.scanCase(c.d.Read(ctx).QueryRow(sqlCaseByNo, k.No))
					c.must(err)
					k.Reviewers = []int64{}
					if a, b := text(k), text(stored); a != b {
						t.Errorf("%s by %s: made\n%s\nread\n%s", item, who.Kind, a, b)
					}
					if _, err := c.ViewOf(ctx, c.person("wang"), k); !errors.Is(err, ErrNoCase) {
						t.Errorf("another person is shown it: %v", err)
					}
					later, err := c.ViewOf(ctx, who, c.do(c.applicant(item), k.No, Withdraw, Input{Reason: "不办了"}))
					c.must(err)
					if len(later.Events) != 2 {
						t.Errorf("%d events after the next act", len(later.Events))
					}
				}
			}
		})
		t.Run("not_complete", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			boss := c.boss()
			d, err := c.StartDraft(ctx, boss, c.codes[food], actor.Party{}, nil)
			c.must(err)
			_, err = c.Submit(ctx, boss, d.ID, SubmitInput{})
			for _, path := range []string{"consent", "online", "materials/m01", "materials/m02", "delivery/way"} {
				c.field(err, path)
			}
			v := form.Values{"name": "x", "idNumber": "y", "phone": "13800000001", "online": true, "site": "s"}
			_, err = c.SaveDraft(ctx, boss, d.ID, d.Version, v, nil)
			c.must(err)
			_, err = c.Submit(ctx, boss, d.ID, SubmitInput{})
			c.field(err, "materials/m03") // asked for because of an answer
			if n := c.count(`SELECT count(*) FROM cases WHERE id = $1`, d.ID); n != 0 {
				t.Error("something was stored")
			}
		})
		t.Run("draft_of_an_older_look", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			boss := c.boss()
			d := c.draft(boss, food, catalog.PickUp)
			if _, err := c.SaveDraft(ctx, boss, d.ID, d.Version-1, form.Values{}, nil); !errors.Is(err, ErrDraftChanged) {
				t.Errorf("saving: %v", err)
			}
			if _, err := c.Submit(ctx, boss, d.ID, SubmitInput{Version: d.Version - 1}); !errors.Is(err, ErrDraftChanged) {
				t.Errorf("submitting: %v", err)
			}
		})
		t.Run("nobody_else_sees_a_draft", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			d := c.draft(c.person("zhang"), card, catalog.Electronic)
			for _, who := range []actor.Actor{c.boss(), c.person("wang"), c.staff("clerk"), c.staff("sup")} {
				if _, _, err := c.Draft(ctx, who, d.ID); !errors.Is(err, ErrNoDraft) {
					t.Errorf("%s: %v", who.Name, err)
				}
			}
			mine, err := c.Drafts(ctx, c.person("zhang"), 0, 10)
			c.must(err)
			if len(mine) != 1 || mine[0].ID != d.ID {
				t.Errorf("%d drafts", len(mine))
			}
			c.must(c.DiscardDraft(ctx, c.person("zhang"), d.ID, 0))
			if _, _, err := c.Draft(ctx, c.person("zhang"), d.ID); !errors.Is(err, ErrNoDraft) {
				t.Errorf("after discarding: %v", err)
			}
		})
		t.Run("every_change_is_recorded", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			zhang := c.person("zhang")
			c.holdCard()
			held, err := c.Licences.HeldValid(c.d.Read(ctx), zhang.For)
			c.must(err)
			d := c.draft(zhang, card, catalog.Electronic) // saved, two files, delivery, consent
			file := d.Data.Handed("m02").Files[0].File
			_, err = c.RemoveFile(ctx, zhang, d.ID, "m02", file)
			c.must(err)
			if _, err = c.RemoveFile(ctx, zhang, d.ID, "m02", file); err == nil {
				t.Error("removed twice")
			}
			_, err = c.UseLicence(ctx, zhang, d.ID, "m01", held[0].ID)
			c.must(err)
			if _, err := c.SaveDraft(ctx, c.person("wang"), d.ID, 0, form.Values{}, nil); !errors.Is(err, ErrNoDraft) {
				t.Errorf("another's draft: %v", err)
			}
			c.must(c.DiscardDraft(ctx, zhang, d.ID, 0))
			entries, err := audit.Entries(c.d.Read(ctx), draftSubject(d.ID), 0, 100)
			c.must(err)
			var got []string
			for _, e := range entries {
				got = append(got, strings.TrimSpace(e.Act+" "+e.Detail["material"]+" "+e.Outcome))
			}
			want := []string{"case.draft-save  done", "case.draft-attach m01 done", "case.draft-attach m02 done", "case.draft-delivery  done", "privacy.consent  done",
				"case.draft-remove-file m02 done", "case.draft-use-licence m01 done", "case.draft  denied", "case.discard-draft  done"}
			if !slices.Equal(got, want) {
				t.Errorf("recorded\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
		t.Run("uploads_at_once_are_both_kept", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			boss := c.boss()
			d, err := c.StartDraft(ctx, boss, c.codes[food], actor.Party{}, nil)
			c.must(err)
			refs := []int64{}
			var wg sync.WaitGroup
			for range 2 {
				ref := c.file()
				refs = append(refs, ref.ID)
				wg.Go(func() {
					if _, err := c.AttachFile(ctx, boss, d.ID, "m02", ref, "图.pdf"); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			d, _, err = c.Draft(ctx, boss, d.ID)
			c.must(err)
			for _, id := range refs {
				if !d.Data.Handed("m02").has(id) {
					t.Errorf("file %d is gone", id)
				}
			}
			_, err = c.AttachFile(ctx, boss, d.ID, "m02", c.file(), "三.pdf")
			c.field(err, "materials/m02") // two files at most
			if _, err = c.AttachFile(ctx, boss, d.ID, "m09", c.file(), "四.pdf"); errs.KindOf(err) != errs.NotFound {
				t.Errorf("a material that the guide does not name: %v", err)
			}
		})
		t.Run("window_types_from_paper", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			in := c.application(food, c.boss())
			in.Party = c.cafe()
			in.Materials = []HandedIn{{Code: "m01", Paper: true}, {Code: "m02", Paper: true}}
			k, err := c.Apply(ctx, c.staff("clerk"), in)
			c.must(err)
			if v := c.view(c.boss(), k.No); !v.Materials[0].Handed.Paper {
				t.Error("paper is not recorded")
			}
			_, err = c.Apply(ctx, c.boss(), in) // an applicant cannot say that paper was seen
			c.field(err, "materials/m01")
			if _, err = c.Apply(ctx, c.staff("lxclerk"), in); errs.KindOf(err) != errs.NotFound && errs.KindOf(err) != errs.Forbidden {
				t.Errorf("a clerk of another centre: %v", err)
			}
			in.Materials = append(in.Materials, HandedIn{Code: "m77", Paper: true})
			_, err = c.Apply(ctx, c.staff("clerk"), in)
			c.field(err, "materials/m77")
		})
		t.Run("texts_that_nobody_types", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			boss := c.boss()
			d := c.draft(boss, food, catalog.PickUp)
			for _, bad := range []string{"a\x00b", strings.Repeat("长", 3000), "\xff"} {
				_, err := c.SaveDelivery(ctx, boss, d.ID, 0, Delivery{Way: catalog.Mail, Name: bad})
				c.field(err, "delivery/name")
			}
			k, err := c.Submit(ctx, boss, d.ID, SubmitInput{})
			c.must(err)
			_, err = c.Perform(ctx, c.staff("clerk"), k.No, Decline, Input{Reason: strings.Repeat("长", 3000)})
			c.field(err, "reason")
			_, err = c.Perform(ctx, c.staff("clerk"), k.No, Decline, Input{Reason: "a\x00"})
			c.field(err, "reason")
		})
	})
}

func TestMandate(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		agent := c.acting("li", c.cafe()) // food alone
		if agent.Mandate == 0 {
			t.Fatal("no mandate")
		}
		if _, err := c.StartDraft(ctx, agent, c.codes[road], actor.Party{}, nil); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a draft beyond the mandate: %v", err)
		}
		if _, err := c.Apply(ctx, agent, c.application(road, agent)); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("an application beyond the mandate: %v", err)
		}
		k, err := c.Submit(ctx, agent, c.draft(agent, food, catalog.PickUp).ID, SubmitInput{})
		c.must(err)
		if k.Mandate != agent.Mandate || k.Filer.ID != agent.ID || k.Party.ID != c.cafe().ID {
			t.Errorf("%+v", k)
		}
		v := c.view(c.boss(), k.No)
		doc, _, err := c.Document(ctx, c.boss(), v.Documents[0].ID)
		c.must(err)
		if doc.Agent != "李小兰" || doc.Addressee != "无锡演示咖啡有限公司" {
			t.Errorf("the receipt names %s and %s", doc.Agent, doc.Addressee)
		}
		other := c.submit(road, catalog.PickUp)
		if _, err := c.View(ctx, agent, other.No); !errors.Is(err, ErrNoCase) {
			t.Errorf("the agent sees a case beyond the mandate: %v", err)
		}
		c.refused(ErrNoCase, agent, other.No, Withdraw, Input{})
		rows, _, err := c.Mine(ctx, agent, 0, 10)
		c.must(err)
		if len(rows) != 1 || rows[0].No != k.No {
			t.Errorf("the agent's list: %+v", rows)
		}
		if rows, _, _ = c.Mine(ctx, c.boss(), 0, 10); len(rows) != 2 {
			t.Errorf("the principal's list: %d", len(rows))
		}
		for_zhang := c.acting("wang", actor.Party{Kind: actor.NaturalPerson, ID: c.refs.Persons["zhang"]})
		if _, err := c.StartDraft(ctx, for_zhang, c.codes[marriage], actor.Party{}, nil); !errors.Is(err, ErrNoAgent) {
			t.Errorf("an item that takes no agent: %v", err)
		}
		if _, err := c.StartDraft(ctx, for_zhang, c.codes[card], actor.Party{}, nil); err != nil {
			t.Errorf("an item that takes an agent: %v", err)
		}
		c.clk.Set(day(t, "2029-01-04 09:00")) // the mandate is over, though this actor was made before
		if _, err := c.View(ctx, agent, k.No); !errors.Is(err, ErrNoCase) {
			t.Errorf("after the mandate: %v", err)
		}
	})
}

// application is a complete one for an item.
func (c *city) application(item string, a actor.Actor) Application {
	return Application{ItemCode: c.codes[item], Party: a.For, Consent: true, Delivery: Delivery{Way: catalog.PickUp},
		Values:    form.Values{"name": "无锡演示咖啡有限公司", "idNumber": c.batch.Entities[0].USCC, "phone": "13800000001", "online": false},
		Materials: []HandedIn{{Code: "m01", Files: []NamedFile{{c.file(), "a.pdf"}}}, {Code: "m02", Files: []NamedFile{{c.file(), "b.pdf"}}}}}
}
