package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/assess"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/catalog/sheet"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/publicity"
	"github.com/tongban/tongban/internal/rating"
)

// Base is the path under which the handler expects to be mounted.
const Base = "/api/v1"

// Config names what the API speaks to. Everything but Log and URL is required;
// an operation whose function is missing answers 503.
type Config struct {
	Door      *gate.Door
	Identity  *identity.Service
	Catalog   *catalog.Service
	Sheets    *sheet.Service
	Casework  *casework.Service
	Consult   *consult.Service
	Licences  *licence.Service
	Ratings   *rating.Service
	Fees      *fee.Service
	Channel   *channel.Service
	Assess    *assess.Service
	Publicity *publicity.Service
	Calendar  *calendar.Service
	Files     *files.Store
	Shelf     Shelf
	Notify    *notify.Service
	Held      func(ctx context.Context, a actor.Actor, party actor.Party) ([]licence.Licence, error) // a party's licences that are valid today, for who fills in for it; identity has been asked
	Record    func(ctx context.Context, r audit.Record) error                                        // an audit record in an act of its own
	Verify    func(ctx context.Context) (audit.Report, error)                                        // proves the audit log from the stored rows
	Now       func() time.Time                                                                       // the database's clock
	Log       *slog.Logger                                                                           // nil: silent
	URL       string                                                                                 // how the platform is reached: "https://zwfw.example.cn"
}

// Shelf is the half of lower rooms that works on a transaction; a face never
// holds one, so app hands these in. They decide nothing about rights.
type Shelf interface {
	Messages(ctx context.Context, to actor.Party, cursor int64, limit int) (notify.Page, error)
	Unread(ctx context.Context, to actor.Party) (int64, error)
	ReadMessage(ctx context.Context, to actor.Party, id int64) error      // 0: all
	Files(ctx context.Context, ids ...int64) (map[int64]files.Ref, error) // those that there are
	Party(ctx context.Context, p actor.Party) (identity.PartyInfo, error) // identity.ErrNoParty
	AuditFeed(ctx context.Context, f audit.Filter, before int64, limit int) ([]audit.Entry, error)
	AuditOf(ctx context.Context, subject string, after int64, limit int) ([]audit.Entry, error)
	JobDepth(ctx context.Context) (jobs.Depth, error)
	DeadJobs(ctx context.Context, after int64, limit int) ([]jobs.Corpse, error)
	RequeueJob(ctx context.Context, a actor.Actor, id int64) error
	DiscardJob(ctx context.Context, a actor.Actor, id int64) error
}

// server is the API behind its handler.
type server struct {
	Config
	huma       huma.API
	mux        *http.ServeMux
	operations []operation
	patterns   map[string]*regexp.Regexp
	fileRef    *huma.Schema // of FileRef, which uploads read themselves
	openapi    []byte
	docs       []byte
}

// New makes the API; mount it at Base+"/".
func New(c Config) (http.Handler, error) {
	s, err := build(c)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func build(c Config) (*server, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &server{Config: c, mux: http.NewServeMux(), patterns: map[string]*regexp.Regexp{}}
	registry := huma.NewMapRegistry("#/components/schemas/", schemaName)
	format := huma.Format{Marshal: encode, Unmarshal: decode}
	s.huma = humago.NewWithPrefix(s.mux, Base, huma.Config{
		OpenAPI: &huma.OpenAPI{OpenAPI: "3.1.0", Info: info(), Servers: []*huma.Server{{URL: c.URL + Base}}, Tags: tags(),
			Components: &huma.Components{Schemas: registry, SecuritySchemes: map[string]*huma.SecurityScheme{
				"bearer": {Type: "http", Scheme: "bearer", Description: "A token of POST /auth/token."}}}},
		Formats:       map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{s.nothingEchoed},
	})
	s.register()
	if err := s.describeAll(); err != nil {
		return nil, err
	}
	s.mux.HandleFunc("GET "+Base+"/openapi.json", s.serveOpenAPI)
	s.mux.HandleFunc("GET "+Base+"/docs", s.serveDocs)
	s.mux.HandleFunc("GET "+Base+"/docs.css", s.serveDocsCSS)
	return s, nil
}

// register adds every operation.
func (s *server) register() {
	for _, part := range []func(){s.auth, s.account, s.mandates, s.items, s.catalogue, s.imports, s.words, s.featured, s.matters, s.itemChanges, s.subscribers, s.places, s.clocks, s.drafts, s.promises, s.materials, s.uploads, s.cases, s.acts, s.parcels, s.fees,
		s.queue, s.parties, s.licences, s.ratings, s.publicity, s.messages, s.messageWays, s.messageDesk, s.appointments, s.centrePlaces, s.papers, s.assists, s.inquiries, s.audits, s.staff, s.jobs, s.adjustments} {
		part()
	}
}

// ServeHTTP is the outer layer: headers, own 404 and 405, and a problem for a panic.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Language, Authorization")
	r.Header.Del("Cookie") // who asks is said by the token alone
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler {
				panic(v)
			}
			s.Log.Error("an API handler panicked", slog.Any("panic", v), slog.String("stack", string(debug.Stack())))
			s.fail(w, r, fmt.Errorf("panic: %v", v))
		}
	}()
	if _, pattern := s.mux.Handler(r); pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	if allowed := s.allowed(r); allowed != "" {
		h.Set("Allow", allowed)
		s.fail(w, r, errMethod)
		return
	}
	s.fail(w, r, errNoPath)
}

// allowed lists the methods that the path takes.
func (s *server) allowed(r *http.Request) string {
	var out []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := *r
		other.Method = m
		if _, pattern := s.mux.Handler(&other); pattern != "" {
			out = append(out, m)
		}
	}
	return strings.Join(out, ", ")
}

// nothingEchoed replaces an error that huma itself worded, which would hold
// what was submitted. enter refuses bad requests before huma sees them, so
// this is the second line; it is per API, where huma.NewError would be global.
func (s *server) nothingEchoed(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	e := errs.New(errs.Malformed, "request", "请求无法读取。", "The request could not be read.")
	for _, d := range m.Errors {
		place := strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(d.Location)
		e = e.With(errs.Field{Path: short(place), Code: "request", ZH: "内容无法读取", EN: "Cannot be read"})
	}
	p := &Problem{Type: "urn:tongban:problem:" + e.Code, Title: e.ZH, TitleEN: e.EN, Status: m.Status, Code: e.Code}
	for _, f := range e.Fields {
		p.Fields = append(p.Fields, ProblemField{Pointer: "/" + f.Path, Code: f.Code, Text: f.ZH, TextEN: f.EN})
	}
	if m.Status >= 500 {
		s.Log.ErrorContext(ctx.Context(), "an API request failed in the frame", slog.String("operation", ctx.Operation().OperationID), slog.Int("status", m.Status))
	}
	return p, nil
}

// encode writes JSON: empty lists as [], what is left out by omitempty as the
// guides have always been written, the same bytes for the same value.
func encode(w io.Writer, v any) error {
	return json.MarshalWrite(w, v, jsonv1.OmitEmptyWithLegacySemantics(true), json.Deterministic(true), jsontext.EscapeForHTML(false))
}

// quality reads the q of an Accept-Language part, 1 if it has none.
func quality(params string) float64 {
	q, ok := strings.CutPrefix(strings.TrimSpace(params), "q=")
	if !ok {
		return 1
	}
	f, err := strconv.ParseFloat(q, 64)
	if err != nil {
		return 0
	}
	return f
}

// broken words a body that could not be read to its end.
func broken(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return errTooLarge
	}
	return errs.New(errs.Malformed, "broken-off", "请求在传输中中断。", "The request broke off on its way.").Because(err)
}
