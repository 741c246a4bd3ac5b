package axe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Page is one page in one view.
type Page struct {
	URL     string   `json:"url"`
	View    string   `json:"view,omitempty"` // a built-in view or a key of Input.Views; empty: Desktop
	Cookies []Cookie `json:"cookies,omitempty"`
}

// Cookie is sent to the page's host.
type Cookie struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// View is a window: its size in CSS pixels before zooming.
type View struct {
	Width   int      `json:"width"`
	Height  int      `json:"height"`
	Zoom    float64  `json:"zoom,omitempty"` // 2 is 200 %; 0 is 1
	Touch   bool     `json:"touch,omitempty"`
	Cookies []Cookie `json:"cookies,omitempty"` // for example the one of the elderly version
}

// The built-in views.
const (
	Desktop = "desktop" // 1366 × 768
	Phone   = "phone"   // 390 × 844, touch
	Zoomed  = "zoomed"  // 1366 × 768 at 200 %
)

// Input is what to look at, and views beyond the built-in ones.
type Input struct {
	Pages []Page          `json:"pages"`
	Views map[string]View `json:"views,omitempty"`
}

// Report is what was seen, page by page in the order of the input.
type Report struct {
	Pages    []Result `json:"pages"`
	Problems []string `json:"problems"` // pages that could not be looked at
}

// Result is one page.
type Result struct {
	URL        string      `json:"url"`
	View       string      `json:"view"`
	Title      string      `json:"title"`
	Status     int         `json:"status"` // HTTP
	Violations []Violation `json:"violations"`
}

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

// Run looks at every page of the input. The error is for a run that could not
// be done or pages that could not be looked at; violations are in the report.
func Run(ctx context.Context, in Input) (Report, error) {
	var report Report
	if os.Getenv("TONGBAN_TEST_CHROMIUM") == "" {
		return report, errors.New("axe: TONGBAN_TEST_CHROMIUM is not set: run “make test”, or this test under “go run ./test/env --”")
	}
	_, here, _, ok := runtime.Caller(0)
	if !ok {
		return report, errors.New("axe: where the script is cannot be told")
	}
	asked, err := json.Marshal(in)
	if err != nil {
		return report, err
	}
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, "node", filepath.Join(filepath.Dir(here), "run.mjs"))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(asked), &out, &complaint
	runErr := cmd.Run()
	var exit *exec.ExitError
	if runErr != nil && !errors.As(runErr, &exit) {
		return report, fmt.Errorf("axe: %w", runErr)
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		return report, fmt.Errorf("axe: %s (%w)", strings.TrimSpace(complaint.String()), errors.Join(runErr, err))
	}
	if len(report.Problems) > 0 {
		return report, fmt.Errorf("axe: not looked at: %s", strings.Join(report.Problems, "; "))
	}
	if len(report.Pages) != len(in.Pages) {
		return report, fmt.Errorf("axe: %d of %d pages looked at", len(report.Pages), len(in.Pages))
	}
	return report, nil
}

// Grave words every serious or critical violation, one line for each element;
// empty when there are none.
func (r Report) Grave() string {
	var b strings.Builder
	for _, p := range r.Pages {
		for _, v := range p.Violations {
			if !v.Grave() {
				continue
			}
			for _, n := range v.Nodes {
				fmt.Fprintf(&b, "%s (%s): %s, %s: %s: %s\n", p.URL, p.View, v.Impact, v.Rule, n.Target,
					strings.Join(strings.Fields(n.Summary), " "))
			}
		}
	}
	return b.String()
}
