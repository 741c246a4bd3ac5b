package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// start measures how soon the program answers on a database that is there, and
// how much memory it holds after a minute.
func (b *bench) start(ctx context.Context) (err error) {
	at := time.Now()
	binary, err := b.build(ctx)
	if err != nil {
		return err
	}
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	fmt.Printf("   built with Go alone (CGO_ENABLED=0) in %v: %.1f MB\n", time.Since(at).Round(time.Second), float64(info.Size())/1e6)
	var all []*server
	defer func() {
		for _, s := range all {
			err = errors.Join(err, s.close())
		}
	}()
	for _, engine := range b.engines {
		s, err := b.newServer(ctx, engine, "start", 300)
		if s != nil {
			all = append(all, s)
		}
		if err != nil {
			return err
		}
		var took []time.Duration
		for range b.rounds {
			err := b.fairly(func() (func(), error) {
				d, err := s.start(ctx, 30*time.Second)
				if err == nil {
					err = s.stop()
				}
				fmt.Printf("   %s: first page after %.0f ms\n", engine, ms(d))
				return func() { took = append(took, d) }, err
			})
			if err != nil {
				return err
			}
		}
		b.judge(engine+": start to first page", ms(slices.Min(took))/1000, false, 1, " s")
	}
	for i, s := range all {
		if _, err := s.start(ctx, 30*time.Second); err != nil {
			return fmt.Errorf("%s: %w", b.engines[i], err)
		}
	}
	select {
	case <-time.After(time.Minute):
	case <-ctx.Done():
		return ctx.Err()
	}
	for i, s := range all {
		mb, err := s.memory()
		if err != nil {
			return err
		}
		b.judge(b.engines[i]+": memory a minute after the start", mb, false, 150, " MB")
	}
	return nil
}
