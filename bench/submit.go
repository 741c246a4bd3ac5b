package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// rival is the bare engine doing the statements of one submission over and over.
type rival interface {
	name() string
	run(ctx context.Context, b *bench, group int) (perSecond float64, err error)
	close() error
}

// submit compares handing in through the rooms with the bare engine.
func (b *bench) submit(ctx context.Context) error {
	for _, engine := range b.engines {
		if err := b.submitOn(ctx, engine); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) submitOn(ctx context.Context, engine string) (err error) {
	c, err := b.newCity(ctx, engine, "submit")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	acts, err := c.record(ctx, handIn)
	if err != nil {
		return err
	}
	act := acts[0]
	fmt.Printf("%s: one submission is %d statements, %d bytes of arguments, after %d questions\n%s", engine, len(act), size(act), c.asked, list(act))
	var other rival
	limit := 0.6
	if engine == "postgres" {
		limit = 0.5
		other, err = newPGBench(b, c, act)
	} else {
		other, err = newBare(ctx, b, c, act)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, other.close()) }()
	if _, err = closed(ctx, clients, b.run/2, c.apply); err != nil { // plans, caches, pools
		return err
	}
	var ours, theirs []float64
	for range b.rounds {
		err := b.fairly(func() (func(), error) {
			before := c.DB.Stats()
			us, err := closed(ctx, clients, b.run, c.apply)
			if err != nil {
				return nil, err
			}
			after := c.DB.Stats()
			group := max(1, int(float64(after.Acts-before.Acts)/float64(after.Commits-before.Commits)+0.5))
			them, err := other.run(ctx, b, group)
			fmt.Printf("   tongban %6.0f/s (%d acts a commit)   %s %6.0f/s   ratio %.2f\n", us, group, other.name(), them, us/them)
			return func() { ours, theirs = append(ours, us), append(theirs, them) }, err
		})
		if err != nil {
			return err
		}
	}
	b.judge(engine+": submissions against "+other.name(), slices.Max(ours)/slices.Max(theirs), true, limit, "")
	return nil
}
