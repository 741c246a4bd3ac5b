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

// record hands in two applications and tells by comparing their statements
// what is new in each.
func (c *city) record(ctx context.Context) ([]statement, error) {
	var acts [2][]statement
	for n := range acts {
		for try := 0; ; try++ {
			var mu sync.Mutex
			acts[n], c.asked = nil, 0
			c.DB.Trace(func(act, sql string, args []any) {
				mu.Lock()
				defer mu.Unlock()
				switch act {
				case "casework.apply":
					acts[n] = append(acts[n], statement{sql, args})
				case "":
					c.asked++
				}
			})
			err := c.apply(ctx, 0, n)
			c.DB.Trace(nil)
			if err != nil {
				return nil, err
			}
			// One act in many fetches the next block of numbers; the usual one is wanted.
			if !strings.Contains(fmt.Sprint(acts[n]), "INSERT INTO serial") {
				break
			}
			if try == 5 {
				return nil, fmt.Errorf("every submission fetches numbers")
			}
		}
	}
	if len(acts[0]) != len(acts[1]) {
		return nil, fmt.Errorf("two submissions have %d and %d statements", len(acts[0]), len(acts[1]))
	}
	known := map[int64]bool{}
	for _, f := range c.files {
		known[f.ID] = true
	}
	keys, handed := map[int64]key{}, map[int64]file{}
	for i, s := range acts[0] {
		for j, v := range s.args {
			w := acts[1][i].args[j]
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
					s.args[j] = text{strings.ToValidUTF8(v[:n], ""), max(len(v)-n, 10)}
				}
			}
		}
	}
	return acts[0], nil
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
