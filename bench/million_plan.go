package main

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/tongban/tongban/internal/actor"
)

// plans prints how the engine answers each question of the three pages. A
// question that walks through a whole table of cases is an error.
func (t *town) plans(ctx context.Context) error {
	var mu sync.Mutex
	var asked []statement
	t.DB.Trace(func(_, sql string, args []any) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, statement{sql, args})
	})
	pages := []struct {
		name string
		do   func() error
	}{
		{"clerk's queue", func() error {
			_, _, err := t.Casework.Queue(ctx, t.clerk, t.units[0], actor.WindowClerk, "", 20)
			return err
		}},
		{"case page", func() error { return t.page(ctx, 1) }},
		{"one applicant's cases", func() error { return t.mine(ctx, 0) }},
	}
	for _, p := range pages { // the first time fills caches of versions and units
		if err := p.do(); err != nil {
			return err
		}
	}
	for _, p := range pages {
		asked = nil
		if err := p.do(); err != nil {
			return err
		}
		fmt.Printf("%s, %d cases: the %s is %d questions\n", t.engine, t.cases, p.name, len(asked))
		for _, s := range append([]statement(nil), asked...) {
			if err := t.plan(ctx, s); err != nil {
				return err
			}
		}
	}
	t.DB.Trace(nil)
	return nil
}

func (t *town) plan(ctx context.Context, s statement) error {
	text := "EXPLAIN QUERY PLAN " + s.sql
	if t.engine == "postgres" {
		text = "EXPLAIN (COSTS OFF) " + s.sql
	}
	rows, err := t.DB.Read(ctx).Query(text, s.args...)
	if err != nil {
		return err
	}
	one := strings.Join(strings.Fields(s.sql), " ")
	if r := []rune(one); len(r) > 90 {
		at := max(strings.Index(one, " FROM "), 0)
		one = string(r[:30]) + "…" + one[at:min(len(one), at+70)]
	}
	fmt.Println("     " + one)
	for rows.Next() {
		var line string
		if t.engine == "postgres" {
			err = rows.Scan(&line)
		} else {
			var id, parent, unused int64
			err = rows.Scan(&id, &parent, &unused, &line)
		}
		if err != nil {
			return err
		}
		fmt.Println("         " + line)
		for _, table := range caseTables {
			if line == "SCAN "+table.name || strings.Contains(line, "Seq Scan on "+table.name+" ") {
				return fmt.Errorf("a page walks through all of %s", table.name)
			}
		}
	}
	return rows.Err()
}
