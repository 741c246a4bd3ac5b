package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

var update = flag.Bool("update", false, "write openapi.golden.yaml anew")

// described is the API without a database behind it: enough to describe itself.
func described(t *testing.T) *server {
	t.Helper()
	s, err := build(Config{URL: "https://tongban.example"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestGolden: the description changes only when somebody means it.
func TestGolden(t *testing.T) {
	got, err := described(t).huma.OpenAPI().YAML()
	if err != nil {
		t.Fatal(err)
	}
	const name = "openapi.golden.yaml"
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the API's description changed; if it is meant, run go test ./internal/api -run TestGolden -update and look at the difference")
	}
}

// TestDescription: OpenAPI 3.1, every operation has words, problems and a
// schema that exists; nothing of the frame's own is left.
func TestDescription(t *testing.T) {
	s := described(t)
	var api struct {
		OpenAPI    string                               `json:"openapi"`
		Paths      map[string]map[string]map[string]any `json:"paths"`
		Components struct{ Schemas map[string]any }     `json:"components"`
	}
	if err := json.Unmarshal(s.openapi, &api); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(api.OpenAPI, "3.1") {
		t.Errorf("version %s", api.OpenAPI)
	}
	n := 0
	for path, ops := range api.Paths {
		for method, op := range ops {
			n++
			text, _ := json.Marshal(op)
			if op["summary"] == "" || op["description"] == "" || op["operationId"] == "" || !bytes.Contains(text, []byte(`"application/problem+json"`)) {
				t.Errorf("%s %s is not described", method, path)
			}
		}
	}
	if n != len(s.operations) || n < 60 {
		t.Errorf("%d operations described, %d registered", n, len(s.operations))
	}
	for _, ref := range regexp.MustCompile(`#/components/schemas/([A-Za-z0-9]+)`).FindAllSubmatch(s.openapi, -1) {
		if api.Components.Schemas[string(ref[1])] == nil {
			t.Errorf("schema %s is named and not there", ref[1])
		}
	}
	for _, not := range []string{"$schema\"", "ErrorModel", `"null"`} {
		if bytes.Contains(s.openapi, []byte(not)) {
			t.Errorf("the description holds %s", not)
		}
	}
	for _, must := range []string{"POST /auth/token", "GET /items", "GET /items/{code}", "POST /files", "POST /cases", "GET /cases/{no}",
		"GET /cases/{no}/timeline", "POST /cases/{no}/acts", "GET /licences/{id}", "POST /ratings"} {
		method, path, _ := strings.Cut(must, " ")
		if api.Paths[path][strings.ToLower(method)] == nil {
			t.Errorf("no %s", must)
		}
	}
}

// TestDocs: the page lists every operation and schema, is sound HTML, and
// loads nothing but its own stylesheet.
func TestDocs(t *testing.T) {
	c := &city{t: t, s: described(t), tokens: map[string]string{}}
	c.s.Door = nil
	page := string(c.s.docs)
	for _, op := range c.s.operations {
		if !strings.Contains(page, `id="`+op.id+`"`) || !strings.Contains(page, op.zh) {
			t.Errorf("%s is not on the page", op.id)
		}
	}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	var links []string
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			if n.Data == "script" || n.Data == "style" || n.Data == "img" || n.Data == "iframe" {
				t.Errorf("there is a %s", n.Data)
			}
			for _, a := range n.Attr {
				switch {
				case a.Key == "id" && ids[a.Val]:
					t.Errorf("id %s is there twice", a.Val)
				case a.Key == "id":
					ids[a.Val] = true
				case a.Key == "href":
					links = append(links, a.Val)
				case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
					t.Errorf("%s has %s", n.Data, a.Key)
				}
			}
		}
		for k := n.FirstChild; k != nil; k = k.NextSibling {
			walk(k)
		}
	}
	walk(root)
	for _, l := range links {
		if id, ok := strings.CutPrefix(l, "#"); ok && !ids[id] || !ok && l != "docs.css" && l != "openapi.json" {
			t.Errorf("link %s leads nowhere or elsewhere", l)
		}
	}
	for path, media := range map[string]string{"/docs": "text/html; charset=utf-8", "/docs.css": "text/css; charset=utf-8", "/openapi.json": "application/openapi+json"} {
		a := c.plain("GET", path)
		if a.status != 200 || a.header.Get("Content-Type") != media || a.header.Get("ETag") == "" {
			t.Errorf("%s: %d %v", path, a.status, a.header)
		}
	}
	if csp := c.plain("GET", "/docs").header.Get("Content-Security-Policy"); csp != docsCSP || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %s", csp)
	}
}

// TestNoSuchPlace: unknown addresses and methods are problems too.
func TestNoSuchPlace(t *testing.T) {
	c := &city{t: t, s: described(t)}
	for _, tt := range []struct {
		method, path string
		status       int
		code         string
	}{
		{"GET", "/nothing", 404, "no-such-path"}, {"GET", "", 404, "no-such-path"}, {"PATCH", "/items", 405, "method-not-allowed"},
		{"DELETE", "/cases", 405, "method-not-allowed"}, {"OPTIONS", "/items", 405, "method-not-allowed"}, {"GET", "/schemas/Case.json", 404, "no-such-path"},
	} {
		a := c.plain(tt.method, tt.path)
		if a.status != tt.status || a.text("code") != tt.code || a.text("title") == "" || a.text("titleEn") == "" || a.header.Get("Content-Type") != problemType {
			t.Errorf("%s %s: %s", tt.method, tt.path, a)
		}
		if tt.status == 405 && !strings.Contains(a.header.Get("Allow"), http.MethodGet) {
			t.Errorf("%s %s: allowed %q", tt.method, tt.path, a.header.Get("Allow"))
		}
	}
}
