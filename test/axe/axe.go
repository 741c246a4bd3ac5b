package axe

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"
)

// Violation is one broken rule with every place that breaks it.
type Violation struct {
	Rule   string `json:"rule"`
	Impact string `json:"impact"` // minor, moderate, serious, critical
	Help   string `json:"help"`
	Nodes  []Node `json:"nodes"`
}

// Node is an element that breaks a rule.
type Node struct {
	Target  string `json:"target"` // CSS selector
	HTML    string `json:"html"`
	Summary string `json:"summary"`
}

// Grave tells whether a violation keeps somebody out.
func (v Violation) Grave() bool { return v.Impact == "serious" || v.Impact == "critical" }

// Look holds the page in the tab of ctx against the rules, as it stands there:
// nothing is loaded again. Its scripts must be allowed to run. The rules come
// through the debugger, so the page's own Content-Security-Policy stays in
// force. The error is for a page that could not be looked at.
func Look(ctx context.Context) ([]Violation, error) {
	rules, err := source()
	if err != nil {
		return nil, err
	}
	there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`"axe" in globalThis`))
	if err == nil && !there {
		_, err = chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](rules))
	}
	if err != nil {
		return nil, fmt.Errorf("axe: bring the rules in: %w", err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]Violation](inspection, chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, fmt.Errorf("axe: %w", err)
	}
	return found, nil
}

// inspection asks for WCAG 2.2 A and AA and for what axe-core itself calls good
// practice. It has no rule for reflow (WCAG 1.4.10): a page must not need
// scrolling sideways; a wide table scrolls inside its own box.
const inspection = `(async () => {
  const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] });
  const out = found.violations.map(v => ({ rule: v.id, impact: v.impact, help: v.help,
    nodes: v.nodes.map(n => ({ target: n.target.flat().join(" "), html: n.html, summary: n.failureSummary })) }));
  const { scrollWidth: content, clientWidth: width } = document.documentElement;
  if (content > width + 1) out.push({ rule: "reflow", impact: "serious", help: "The page must not scroll sideways",
    nodes: [{ target: "html", html: "", summary: "The content is " + content + " px wide in a window of " + width + " px." }] });
  return out;
})()`

// source is the script of axe-core, from where npm puts it.
var source = sync.OnceValues(func() (string, error) {
	_, here, _, ok := runtime.Caller(0)
	if !ok {
		return "", errors.New("axe: where the script is cannot be told")
	}
	b, err := os.ReadFile(filepath.Join(filepath.Dir(filepath.Dir(here)), "node_modules", "axe-core", "axe.min.js"))
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.New("axe: axe-core is not there: run “make test”, or this test under “go run ./test/env --”")
	}
	return string(b), err
})

// Grave words every serious or critical violation, one line for each element;
// empty when there are none.
func Grave(found []Violation) string {
	var b strings.Builder
	for _, v := range found {
		if !v.Grave() {
			continue
		}
		for _, n := range v.Nodes {
			fmt.Fprintf(&b, "%s, %s: %s: %s\n", v.Impact, v.Rule, n.Target, strings.Join(strings.Fields(n.Summary), " "))
		}
	}
	return b.String()
}
