package catalog

import (
	goflag "flag" // the package has a func flag
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/identity"
)

var update = goflag.Bool("update", false, "rewrite golden files")

// step is a line of either state table; named is a state or an act in words.
type (
	step struct {
		from, act, to named
		who           identity.Act
		note          bool
	}
	named struct{ key, zh, en string }
)

func nameOf[K interface {
	~string
	Words() (zh, en string)
}](k K) named {
	zh, en := k.Words()
	return named{string(k), zh, en}
}

// TestStatesPage: docs/catalogue-states.md is what the tables of drafts and
// adjustments say.
func TestStatesPage(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "catalogue-states.md")
	want := statesPage()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil || string(have) != want {
		t.Errorf("docs/catalogue-states.md differs from the state tables (%v); run go test ./internal/catalog -run StatesPage -update", err)
	}
}

// TestStateWords: every state and act of the tables has its words, and no state
// is out of reach.
func TestStateWords(t *testing.T) {
	for what, steps := range map[string][]step{"drafts": stepsOf(draftMoves), "adjustments": stepsOf(adjustMoves)} {
		for _, s := range steps {
			for _, n := range []named{s.from, s.act, s.to} {
				if n.zh == "" || n.en == "" {
					t.Errorf("%s: no words for %s", what, n.key)
				}
			}
			if s.from.key != string(Drafting) && !slices.ContainsFunc(steps, func(o step) bool { return o.to == s.from && o.from != s.from }) {
				t.Errorf("%s: nothing leads to %s", what, s.from.key)
			}
		}
	}
}

// stepsOf says a state table in words.
func stepsOf[S, A interface {
	~string
	Words() (zh, en string)
}](table []move[S, A]) (out []step) {
	for _, m := range table {
		out = append(out, step{nameOf(m.from), nameOf(m.act), nameOf(m.to), m.who, m.note})
	}
	return out
}

func statesPage() string {
	var b strings.Builder
	b.WriteString("# 编制稿和动态调整的状态 / States of drafts and adjustments\n\nGenerated from the state tables in `internal/catalog/draft_rules.go` and `internal/catalog/adjust_rules.go` and from the rights in `internal/identity/policy.go`; do not edit. What the states are for: [catalogue.md](catalogue.md).\n")
	drawStates(&b, "编制稿 / Drafts of guides", stepsOf(draftMoves))
	drawStates(&b, "动态调整 / Adjustments of the basic catalogue", stepsOf(adjustMoves))
	return b.String()
}

// drawStates draws one table: the diagram, then each move with who may make it.
func drawStates(b *strings.Builder, title string, steps []step) {
	id := func(s named) string { return strings.ReplaceAll(s.key, "-", "_") }
	var states []named
	for _, s := range steps {
		for _, x := range []named{s.from, s.to} {
			if !slices.Contains(states, x) {
				states = append(states, x)
			}
		}
	}
	fmt.Fprintf(b, "\n## %s\n\n```mermaid\nstateDiagram-v2\n  [*] --> %s\n", title, id(states[0]))
	for _, x := range states {
		fmt.Fprintf(b, "  %s: %s %s\n", id(x), x.zh, x.en)
	}
	for _, s := range steps {
		fmt.Fprintf(b, "  %s --> %s: %s\n", id(s.from), id(s.to), s.act.zh)
	}
	for _, x := range states {
		if !slices.ContainsFunc(steps, func(s step) bool { return s.from == x }) {
			fmt.Fprintf(b, "  %s --> [*]\n", id(x))
		}
	}
	b.WriteString("```\n\n| 状态 | 行为 | 到 | 由谁 | 说明 |\n|---|---|---|---|---|\n")
	for _, s := range steps {
		to, note := s.to.zh, ""
		if s.to == s.from {
			to = "不变"
		}
		if s.note {
			note = "必填"
		}
		fmt.Fprintf(b, "| %s | %s `%s` | %s | %s | %s |\n", s.from.zh, s.act.zh, s.act.key, to, holders(s.who), note)
	}
}

// holders says who may do an act, by asking for every role.
func holders(act identity.Act) string {
	var out []string
	for _, role := range actor.Roles {
		a := actor.Actor{Kind: actor.Staff, ID: 1, Unit: 1, Grants: []actor.Grant{{Role: role, Path: "/1/"}}}
		at := identity.Target{UnitPath: "/1/"}
		if identity.Decide(a, act, at) != nil {
			continue
		}
		who := "`" + string(role) + "`"
		at.AuthorIDs = []int64{1}
		if identity.Decide(a, act, at) != nil {
			who += "，没有写过它的"
		}
		out = append(out, who)
	}
	if identity.Decide(actor.Platform(), act, identity.Target{UnitPath: "/1/"}) == nil {
		out = append(out, "平台")
	}
	return strings.Join(out, "、")
}
