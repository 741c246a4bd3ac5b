package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/identity"
)

// pageRate is how many of each of the three pages are asked for in a second.
const pageRate = 50

// million compares the three pages that people look at most in a database with
// many cases with the same pages in a small one.
func (b *bench) million(ctx context.Context) error {
	return b.onEach(ctx, b.millionOn)
}

func (b *bench) millionOn(ctx context.Context, engine string) (err error) {
	var towns []*town
	defer func() {
		for _, t := range towns {
			err = errors.Join(err, t.close())
		}
	}()
	for _, n := range []int{b.small, b.cases} {
		at := time.Now()
		t, err := b.newTown(ctx, engine, n)
		if t != nil {
			towns = append(towns, t)
		}
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d cases loaded in %v\n", engine, n, time.Since(at).Round(time.Second))
	}
	if err := towns[1].plans(ctx); err != nil {
		return err
	}
	for _, t := range towns {
		if err := t.warm(ctx); err != nil {
			return err
		}
	}
	names := []string{"clerk's queue", "case page", "one applicant's cases"}
	var best [2][3]least
	for range b.rounds {
		err := b.fairly(func() (func(), error) {
			var all [2][]*kind
			for i, t := range towns {
				all[i] = []*kind{{name: names[0], rate: pageRate, do: t.queue}, {name: names[1], rate: pageRate, do: t.page}, {name: names[2], rate: pageRate, do: t.mine}}
				if err := open(ctx, clients, b.run, all[i]...); err != nil {
					return nil, err
				}
				fmt.Printf("   %8d cases:%s\n", t.cases, show(all[i]...))
			}
			return func() {
				for i := range all {
					for j, k := range all[i] {
						best[i][j].take(k)
					}
				}
			}, nil
		})
		if err != nil {
			return err
		}
	}
	for j, name := range names {
		what := fmt.Sprintf("%s: %s, %d cases", engine, name, b.cases)
		b.judge(what+", p50", best[1][j].p50, false, 10, " ms")
		b.judge(what+", p99", best[1][j].p99, false, 50, " ms")
		b.judge(fmt.Sprintf("%s, p50 against %d", what, b.small), best[1][j].p50/best[0][j].p50, false, 2, "")
	}
	return nil
}

// town is a city with many cases.
type town struct {
	*city
	cases   int
	staff   []actor.Actor
	clerk   actor.Actor     // of the windows of units
	units   []identity.Unit // receiving units, the busiest first
	decider string          // path of the deciding unit
}

// parties is how many parties the cases belong to.
func (t *town) parties() int { return max(1, t.cases*3/10) }

// queue is a clerk's list, first page; every fourth time the second page too.
func (t *town) queue(ctx context.Context, i int) error {
	u := t.units[i%2]
	rows, next, err := t.Casework.Queue(ctx, t.clerk, u, actor.WindowClerk, "", 20)
	if err != nil || len(rows) == 0 {
		return errors.Join(err, empty(rows, "the queue of "+u.Key))
	}
	if i%4 == 0 && next != "" {
		_, _, err = t.Casework.Queue(ctx, t.clerk, u, actor.WindowClerk, next, 20)
	}
	return err
}

// page is one case, for its applicant and, every second time, for the clerk.
func (t *town) page(ctx context.Context, i int) error {
	n := rand.IntN(t.cases) + 1
	a := t.applicant(partyOf(n, t.parties()))
	if i%2 == 0 {
		a = t.clerk
	}
	v, err := t.Casework.View(ctx, a, t.number(n))
	if err == nil && (len(v.Materials) < 3 || len(v.Events) == 0 || len(v.Documents) == 0) {
		err = fmt.Errorf("case %d is not whole", n)
	}
	return err
}

// mine is the list of one applicant.
func (t *town) mine(ctx context.Context, i int) error {
	rows, _, err := t.Casework.Mine(ctx, t.applicant(rand.IntN(t.parties())), 0, 20)
	return errors.Join(err, empty(rows, "an applicant's list"))
}

func empty[T any](rows []T, what string) error {
	if len(rows) == 0 {
		return errors.New(what + " is empty")
	}
	return nil
}

// applicant is the n-th made-up party, acting for itself.
func (t *town) applicant(n int) actor.Actor {
	a := t.people[0]
	a.ID = firstParty + int64(n)
	a.For = actor.Party{Kind: actor.NaturalPerson, ID: a.ID, Name: a.Name}
	return a
}

// warm reads every table once, so that both towns come from memory.
func (t *town) warm(ctx context.Context) error {
	for _, table := range caseTables {
		var n int64
		if err := t.DB.Read(ctx).QueryRow("SELECT sum(length(" + table.wide + ")) FROM " + table.name).Scan(&n); err != nil {
			return err
		}
	}
	return nil
}

// official finds somebody of the staff who holds a role over a unit.
func (t *town) official(role actor.Role, path string, not ...int64) (actor.Actor, error) {
	for _, a := range t.staff {
		if a.Holds(role, path) && !slices.Contains(not, a.ID) {
			return a, nil
		}
	}
	return actor.Actor{}, fmt.Errorf("nobody is %s of %s", role, path)
}

// patterns makes the two cases that all others are copied from: one that waits
// at the window and one that was granted and handed over.
func (t *town) patterns(ctx context.Context) (waiting, closed *casework.Case, err error) {
	apply := func() (*casework.Case, error) {
		a, in := t.application(0, 0)
		return t.Casework.Apply(ctx, a, in)
	}
	if waiting, err = apply(); err != nil {
		return nil, nil, err
	}
	if closed, err = apply(); err != nil {
		return nil, nil, err
	}
	clerk, err1 := t.official(actor.WindowClerk, t.units[0].Path)
	reviewer, err2 := t.official(actor.Reviewer, t.decider)
	decider, err3 := t.official(actor.Decider, t.decider, reviewer.ID)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, nil, err
	}
	for _, act := range []struct {
		by  actor.Actor
		act casework.Act
		in  casework.Input
	}{
		{clerk, casework.Accept, casework.Input{}},
		{reviewer, casework.Review, casework.Input{Agree: true, Opinion: "经审查，申请材料齐全，符合条件，建议准予。"}},
		{decider, casework.Decide, casework.Input{Grant: true}},
		{clerk, casework.HandOver, casework.Input{Recipient: "演示人员"}},
	} {
		if closed, err = t.Casework.Perform(ctx, act.by, closed.No, act.act, act.in); err != nil {
			return nil, nil, err
		}
	}
	if closed.State != casework.Closed {
		return nil, nil, fmt.Errorf("the granted case is %s", closed.State)
	}
	return waiting, closed, nil
}
