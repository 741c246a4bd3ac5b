package api

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tongban/tongban/internal/sm"
)

//go:embed docs.html docs.css
var docsFiles embed.FS

// docsPage is the description for readers.
type docsPage struct {
	Title, Version string
	About          []string
	Server         string
	Parts          []docsPart
	Schemas        []docsSchema
}

type docsPart struct {
	Name, About string
	Operations  []docsOperation
}

type docsOperation struct {
	ID, Method, Path string
	EN, ZH, More     string
	Token            bool
	Parameters       []docsField
	Body             *docsBody
	Media            string // of an upload
	Status           string
	Answer           *docsBody
}

// docsBody is a body: which schema, and what one looks like.
type docsBody struct {
	Schema  docsType
	Example string
}

// docsType names a type; Ref is the schema to look at, if it has a name.
type docsType struct{ Text, Ref string }

type docsField struct {
	Name, In string
	Type     docsType
	Required bool
	About    string
	Limits   string
}

type docsSchema struct {
	Name   string
	Fields []docsField
}

// renderDocs makes the page once; it says what the description says.
func (s *server) renderDocs() ([]byte, error) {
	t, err := template.New("docs.html").ParseFS(docsFiles, "docs.html")
	if err != nil {
		return nil, err
	}
	d := docsReader{s.huma.OpenAPI().Components.Schemas}
	page := s.docsPage(d)
	var b bytes.Buffer
	if err := t.Execute(&b, page); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (s *server) docsPage(d docsReader) docsPage {
	api := s.huma.OpenAPI()
	p := docsPage{Title: api.Info.Title, Version: api.Info.Version, About: strings.Split(api.Info.Description, "\n\n"), Server: api.Servers[0].URL}
	for _, tag := range api.Tags {
		part := docsPart{Name: tag.Name, About: tag.Description}
		for _, op := range s.operations {
			if op.tag == tag.Name {
				part.Operations = append(part.Operations, d.operation(op, operationOf(api.Paths[op.path], op.method)))
			}
		}
		p.Parts = append(p.Parts, part)
	}
	all := d.schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p.Schemas = append(p.Schemas, docsSchema{name, d.fields(all[name])})
	}
	return p
}

// docsReader turns schemas into words.
type docsReader struct{ schemas huma.Registry }

func (d docsReader) operation(op operation, h *huma.Operation) docsOperation {
	out := docsOperation{ID: op.id, Method: op.method, Path: op.path, EN: op.en, ZH: op.zh, More: op.more, Token: !op.open}
	for _, p := range h.Parameters {
		f := d.field(p.Name, p.Schema, p.Required)
		f.In = p.In
		if p.Description != "" {
			f.About = p.Description
		}
		out.Parameters = append(out.Parameters, f)
	}
	if h.RequestBody != nil {
		if m := h.RequestBody.Content["application/json"]; m != nil {
			out.Body = d.body(m.Schema)
		}
		if h.RequestBody.Content["multipart/form-data"] != nil {
			out.Media = "multipart/form-data: file"
		}
	}
	for _, status := range slices.Sorted(maps.Keys(h.Responses)) {
		if status == "default" {
			continue
		}
		out.Status = status
		if m := h.Responses[status].Content["application/json"]; m != nil {
			out.Answer = d.body(m.Schema)
		}
	}
	return out
}

func (d docsReader) body(s *huma.Schema) *docsBody {
	example, err := json.MarshalIndent(d.example(s, 0), "", "  ")
	if err != nil {
		example = []byte(err.Error())
	}
	return &docsBody{d.typ(s), string(example)}
}

func (d docsReader) fields(s *huma.Schema) []docsField {
	var out []docsField
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		out = append(out, d.field(name, s.Properties[name], slices.Contains(s.Required, name)))
	}
	return out
}

func (d docsReader) field(name string, s *huma.Schema, required bool) docsField {
	return docsField{Name: name, Type: d.typ(s), Required: required, About: s.Description, Limits: limits(resolve(d.schemas, s))}
}

func (d docsReader) typ(s *huma.Schema) docsType {
	switch {
	case s.Ref != "":
		name := s.Ref[strings.LastIndex(s.Ref, "/")+1:]
		return docsType{name, name}
	case s.Type == huma.TypeArray:
		of := d.typ(s.Items)
		return docsType{"list of " + of.Text, of.Ref}
	case s.Format != "":
		return docsType{s.Type + " (" + s.Format + ")", ""}
	case s.Type == "":
		return docsType{"any", ""}
	}
	return docsType{s.Type, ""}
}

// limits words what a value must keep to.
func limits(s *huma.Schema) string {
	var out []string
	if len(s.Enum) > 0 {
		out = append(out, options(s.Enum, " | "))
	}
	for _, l := range []struct {
		n    *int
		text string
	}{{s.MinLength, "≥ %d characters"}, {s.MaxLength, "≤ %d characters"}, {s.MinItems, "≥ %d entries"}, {s.MaxItems, "≤ %d entries"}} {
		if l.n != nil {
			out = append(out, fmt.Sprintf(l.text, *l.n))
		}
	}
	for _, l := range []struct {
		n    *float64
		text string
	}{{s.Minimum, "≥ %v"}, {s.Maximum, "≤ %v"}} {
		if l.n != nil {
			out = append(out, fmt.Sprintf(l.text, *l.n))
		}
	}
	if s.Pattern != "" {
		out = append(out, s.Pattern)
	}
	return strings.Join(out, ", ")
}

// example makes a value of a schema; deeper than a few levels it is left out.
func (d docsReader) example(s *huma.Schema, depth int) any {
	if len(s.Examples) > 0 {
		return s.Examples[0]
	}
	s = resolve(d.schemas, s)
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	}
	switch s.Type {
	case huma.TypeObject:
		out := map[string]any{}
		for name, p := range s.Properties {
			if depth < 4 {
				out[name] = d.example(p, depth+1)
			}
		}
		return out
	case huma.TypeArray:
		if depth >= 4 {
			return []any{}
		}
		return []any{d.example(s.Items, depth+1)}
	case huma.TypeBoolean:
		return true
	case huma.TypeInteger, huma.TypeNumber:
		if s.Minimum != nil {
			return *s.Minimum
		}
		return 3
	case huma.TypeString:
		switch s.Format {
		case "date":
			return "2026-03-02"
		case "date-time":
			return "2026-03-02T01:00:00Z"
		}
		return "…"
	}
	return map[string]any{}
}

// docsCSP lets the page load its own stylesheet and nothing else.
const docsCSP = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (s *server) serveDocs(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", docsCSP)
	s.keep(w, r, "text/html; charset=utf-8", s.docs)
}

func (s *server) serveDocsCSS(w http.ResponseWriter, r *http.Request) {
	css, err := docsFiles.ReadFile("docs.css")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.keep(w, r, "text/css; charset=utf-8", css)
}

// keep sends bytes that change with the program alone.
func (s *server) keep(w http.ResponseWriter, r *http.Request, media string, b []byte) {
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Cache-Control", publicFor)
	h.Set("ETag", `"`+sm.SM3Hex(b)[:32]+`"`)
	if r.Header.Get("If-None-Match") == h.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if _, err := w.Write(b); err != nil {
		s.Log.DebugContext(r.Context(), "a page of the API was not sent whole", "err", err)
	}
}
