package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
)

// statement is one statement of a recorded act. Its arguments are int64,
// float64, bool, string, []byte, nil, and where they are new in every act, a
// key, a text or a file.
type statement struct {
	sql  string
	args []any
}

// key is the n-th value that the act made new: an id or the time.
type key int

// text is a text that is new in every act, up to its prefix: a case number.
type text struct {
	prefix string
	width  int // of the rest
}

// file is the n-th stored file that the act hands in.
type file int

// record does some deeds twice, for two cases, and tells by comparing their
// statements what is new in each case. It gives the statements of each deed.
func (c *city) record(ctx context.Context, deeds ...deed) ([][]statement, error) {
	var lives [2][][]statement
	for n := range lives {
		var err error
		if lives[n], err = c.traced(ctx, n, deeds); err != nil {
			return nil, err
		}
	}
	var flat [2][]statement
	for i := range deeds {
		one, other := lives[0][i], lives[1][i]
		if len(one) == 0 || len(one) != len(other) {
			return nil, fmt.Errorf("%s: two cases have %d and %d statements", deeds[i].name, len(one), len(other))
		}
		flat[0], flat[1] = append(flat[0], one...), append(flat[1], other...)
	}
	c.differ(flat[0], flat[1]) // in place: the arguments are shared
	return lives[0], nil
}

// traced does some deeds one after the other and gives the statements of each.
// One act in many fetches the next block of numbers; the usual one is wanted.
func (c *city) traced(ctx context.Context, n int, deeds []deed) ([][]statement, error) {
	for range 40 {
		var mu sync.Mutex
		all := make([][]statement, len(deeds))
		at := 0
		c.asked = 0
		c.DB.Trace(func(act, sql string, args []any) {
			mu.Lock()
			defer mu.Unlock()
			switch act {
			case deeds[at].name:
				all[at] = append(all[at], statement{sql, args})
			case "":
				c.asked++
			}
		})
		l := &life{city: c, n: n}
		for i := range deeds {
			mu.Lock()
			at = i
			mu.Unlock()
			if err := deeds[i].do(ctx, l); err != nil {
				c.DB.Trace(nil)
				return nil, fmt.Errorf("%s: %w", deeds[i].name, err)
			}
		}
		c.DB.Trace(nil)
		if !strings.Contains(fmt.Sprint(all), "INSERT INTO serial") {
			return all, nil
		}
	}
	return nil, fmt.Errorf("every time numbers are fetched")
}

// differ marks in one, by comparing it with other, what is new each time.
func (c *city) differ(one, other []statement) {
	known := map[int64]bool{}
	for _, f := range c.files {
		known[f.ID] = true
	}
	keys, handed, texts := map[int64]key{}, map[int64]file{}, map[string]text{}
	for i, s := range one {
		for j, v := range s.args {
			w := other[i].args[j]
			switch v := v.(type) {
			case int64:
				switch {
				case known[v]:
					if _, ok := handed[v]; !ok {
						handed[v] = file(len(handed))
					}
					s.args[j] = handed[v]
				case v != w.(int64):
					if _, ok := keys[v]; !ok {
						keys[v] = key(len(keys))
					}
					s.args[j] = keys[v]
				}
			case string:
				// Long ones need not differ; what must be unique is short.
				if w := w.(string); v != w && len(v) < 100 {
					n := 0
					for n < min(len(v), len(w)) && v[n] == w[n] {
						n++
					}
					if _, ok := texts[v]; !ok {
						// Two numbers of one series in one life stay two.
						mark := fmt.Sprintf("%s%d.", strings.ToValidUTF8(v[:n], ""), len(texts))
						texts[v] = text{mark, max(len(v)-n, 10)}
					}
					s.args[j] = texts[v]
				}
			}
		}
	}
}

func size(act []statement) int {
	n := 0
	for _, s := range act {
		for _, a := range s.args {
			switch v := a.(type) {
			case string:
				n += len(v)
			case []byte:
				n += len(v)
			case text:
				n += len(v.prefix) + v.width
			default:
				n += 8
			}
		}
	}
	return n
}

func list(act []statement) string {
	var out strings.Builder
	for _, s := range act {
		one := strings.Join(strings.Fields(s.sql), " ")
		if len(one) > 60 {
			one = one[:60] + "…"
		}
		fmt.Fprintf(&out, "     %5d B  %s\n", size([]statement{s}), one)
	}
	return out.String()
}
