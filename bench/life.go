package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
)

// life is one case from its application until its result is handed over.
type life struct {
	*city
	client, n int
	who       actor.Actor
	no        string
	draft     int64
}

// deed is one act of a life, under the name that its transaction has.
type deed struct {
	name string
	do   func(context.Context, *life) error
}

// handIn is the first one.
var handIn = deed{"casework.apply", func(ctx context.Context, l *life) error {
	a, in := l.application(l.client, l.n)
	k, err := l.Casework.Apply(ctx, a, in)
	if err == nil {
		l.who, l.no = a, k.No
	}
	return err
}}

// officials are who does the acts of a life beside its applicant.
type officials struct{ clerk, reviewer, decider actor.Actor }

func (c *city) officials(ctx context.Context) (o officials, err error) {
	for login, to := range map[string]*actor.Actor{"clerk-wx": &o.clerk, "reviewer-wx-spj": &o.reviewer, "decider-wx-spj": &o.decider} {
		st, err := c.Identity.StaffByLogin(ctx, login)
		if err != nil {
			return o, fmt.Errorf("%s: %w", login, err)
		}
		if *to, err = c.Identity.StaffActor(ctx, st.ID, actor.Window); err != nil {
			return o, err
		}
	}
	return o, nil
}

// deeds are the eleven acts: handed in, correction asked for, corrected in three
// acts, accepted, paused for an expert review and resumed, reviewed, granted,
// handed over.
func (o officials) deeds() []deed {
	act := func(who actor.Actor, a casework.Act, in casework.Input) deed {
		return deed{"casework." + string(a), func(ctx context.Context, l *life) error {
			_, err := l.Casework.Perform(ctx, who, l.no, a, in)
			return err
		}}
	}
	return []deed{
		handIn,
		act(o.clerk, casework.RequestCorrection, casework.Input{Asks: []casework.Ask{{Material: "m02", Line: "a"}}}),
		{"casework.open-correction", func(ctx context.Context, l *life) error {
			d, err := l.Casework.OpenCorrection(ctx, l.who, l.no)
			if err == nil {
				l.draft = d.ID
			}
			return err
		}},
		{"case.draft-attach", func(ctx context.Context, l *life) error {
			f := l.files[l.client*filesEach+(l.n*3+3)%filesEach]
			_, err := l.Casework.AttachFile(ctx, l.who, l.draft, "m02", f, "补正.pdf")
			return err
		}},
		{"casework.resubmit", func(ctx context.Context, l *life) error {
			_, err := l.Casework.Submit(ctx, l.who, l.draft, casework.SubmitInput{})
			return err
		}},
		act(o.clerk, casework.Accept, casework.Input{}),
		act(o.reviewer, casework.Suspend, casework.Input{Kind: "expert", Days: 5, Reason: "需要专家评审恢复方案", Experts: "演示专家"}),
		act(o.reviewer, casework.Resume, casework.Input{Reason: "专家评审已经结束，方案可行"}),
		act(o.reviewer, casework.Review, casework.Input{Agree: true, Opinion: "经审查，申请材料齐全，符合条件，建议准予。"}),
		act(o.decider, casework.Decide, casework.Input{Grant: true}),
		act(o.clerk, casework.HandOver, casework.Input{Recipient: "演示人员", Signed: true}),
	}
}

// lives compares whole lives of cases through the rooms with pgbench doing the
// same statements.
func (b *bench) lives(ctx context.Context) (err error) {
	if !slices.Contains(b.engines, "postgres") {
		return nil
	}
	c, err := b.newCity(ctx, "postgres", "life")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	o, err := c.officials(ctx)
	if err != nil {
		return err
	}
	deeds := o.deeds()
	acts, err := c.record(ctx, deeds...)
	if err != nil {
		return err
	}
	statements := 0
	for i, act := range acts {
		fmt.Printf("   %-30s %3d statements, %6d bytes of arguments\n", deeds[i].name, len(act), size(act))
		statements += len(act)
	}
	fmt.Printf("   together %d statements in %d acts, and %d questions outside them\n", statements, len(acts), c.asked)
	other, err := newPGBench(b, c, acts...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, other.close()) }()
	live := func(ctx context.Context, client, n int) error {
		l := &life{city: c, client: client, n: n}
		for _, d := range deeds {
			if err := d.do(ctx, l); err != nil {
				return fmt.Errorf("%s: %w", d.name, err)
			}
		}
		return nil
	}
	if _, err = closed(ctx, clients, b.run, live); err != nil {
		return err
	}
	var ours, theirs []float64
	for range b.rounds {
		err := b.fairly(func() (func(), error) {
			us, err := closed(ctx, clients, b.run, live)
			if err != nil {
				return nil, err
			}
			before, err := c.closedCases(ctx)
			if err != nil {
				return nil, err
			}
			them, err := other.run(ctx, b, 0)
			if err != nil {
				return nil, err
			}
			after, err := c.closedCases(ctx)
			if err != nil {
				return nil, err
			}
			if float64(after-before) < 0.9*them*max(1, b.run.Truncate(time.Second).Seconds()) { // pgbench counts whole seconds
				return nil, fmt.Errorf("%s at %.0f lives/s closed %d cases: it did not do the same work", other.name(), them, after-before)
			}
			fmt.Printf("   tongban %6.0f lives/s (%.0f acts/s)   %s %6.0f/s   ratio %.2f\n", us, us*float64(len(acts)), other.name(), them, us/them)
			return func() { ours, theirs = append(ours, us), append(theirs, them) }, err
		})
		if err != nil {
			return err
		}
	}
	b.judge("postgres: lives of 11 acts against "+other.name(), slices.Max(ours)/slices.Max(theirs), true, 0.4, "")
	return nil
}

func (c *city) closedCases(ctx context.Context) (n int64, err error) {
	err = c.DB.Read(ctx).QueryRow(`SELECT count(*) FROM cases WHERE state = 'closed'`).Scan(&n)
	return n, err
}
