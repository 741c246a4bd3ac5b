package api

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/identity"
)

// operation is one line of the API.
type operation struct {
	id, method, path string
	tag              string
	zh, en           string // what it does, one line
	more             string // and what one has to know, in English
	status           int    // of success; 0: 200, or 204 for nothing
	open             bool   // nobody has to be logged in
	once             bool   // takes an Idempotency-Key
	again            string // a POST that takes none: what repeating it does, in English
	upload           bool   // the body is a file and belongs to the handler, and the Idempotency-Key with it
}

// call is one request on its way.
type call struct {
	actor.Actor
	w    http.ResponseWriter
	r    *http.Request
	body []byte
	en   bool // texts in English
	once *gate.Once
}

// key takes the request's Idempotency-Key; body is what the same key may not be
// sent with another of.
func (c *call) key(body []byte) (err error) {
	c.once, err = gate.NewOnce(c.Actor, c.r.Header.Get("Idempotency-Key"), c.r.Method, c.r.URL.RequestURI(), body)
	return err
}

// pick gives the text in the caller's language.
func (c *call) pick(zh, en string) string {
	if c.en && en != "" {
		return en
	}
	return zh
}

// none is the input or output of an operation that has none.
type none struct{}

// reply is what is sent: a body, and for public things how to keep it.
type reply[O any] struct {
	Status       int
	ETag         string `header:"ETag" doc:"Changes with the content."`
	CacheControl string `header:"Cache-Control" hidden:"true"`
	Body         O
}

type callKey struct{}

// add registers an operation that answers with JSON.
func add[I, O any](s *server, op operation, handle func(context.Context, *call, *I) (O, error)) {
	addReply(s, op, func(ctx context.Context, c *call, in *I) (*reply[O], error) {
		out, err := handle(ctx, c, in)
		return &reply[O]{Body: out}, err
	})
}

// addReply is add for handlers that also say how long the answer is good.
func addReply[I, O any](s *server, op operation, handle func(context.Context, *call, *I) (*reply[O], error)) {
	h := s.describe(op)
	huma.Register(s.huma, h, func(ctx context.Context, in *I) (*reply[O], error) {
		c := ctx.Value(callKey{}).(*call)
		out, err := handle(ctx, c, in)
		if err != nil {
			return nil, s.problemOf(c.w.Header(), c.r, err)
		}
		if out.Status == 0 {
			out.Status = h.DefaultStatus
		}
		return out, nil
	})
}

// do registers an operation that answers with nothing.
func do[I any](s *server, op operation, handle func(context.Context, *call, *I) error) {
	if op.status == 0 {
		op.status = http.StatusNoContent
	}
	huma.Register(s.huma, s.describe(op), func(ctx context.Context, in *I) (*none, error) {
		c := ctx.Value(callKey{}).(*call)
		if err := handle(ctx, c, in); err != nil {
			return nil, s.problemOf(c.w.Header(), c.r, err)
		}
		return nil, nil
	})
}

// stream is an answer of bytes.
type stream struct {
	mime, name string
	size       int64 // 0: not known before it is written
	write      func(io.Writer) error
}

// send registers an operation that answers with a file.
func send[I any](s *server, op operation, handle func(context.Context, *call, *I) (*stream, error)) {
	h := s.describe(op)
	h.Responses = map[string]*huma.Response{"200": {Description: "The file.",
		Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}
	type answer struct{ Body func(huma.Context) }
	huma.Register(s.huma, h, func(ctx context.Context, in *I) (*answer, error) {
		c := ctx.Value(callKey{}).(*call)
		f, err := handle(ctx, c, in)
		if err != nil {
			return nil, s.problemOf(c.w.Header(), c.r, err)
		}
		return &answer{func(huma.Context) { s.stream(c, f) }}, nil
	})
}

// describe makes the operation that huma knows, entered through enter.
func (s *server) describe(op operation) huma.Operation {
	h := huma.Operation{OperationID: op.id, Method: op.method, Path: op.path, Tags: []string{op.tag}, Summary: op.en,
		Description: op.zh, DefaultStatus: op.status, MaxBodyBytes: -1, BodyReadTimeout: -1,
		// enter checks both, with our own words.
		SkipValidateParams: true, SkipValidateBody: true}
	if h.DefaultStatus == 0 {
		h.DefaultStatus = http.StatusOK
	}
	if op.more != "" {
		h.Description += "\n\n" + op.more
	}
	if op.again != "" {
		h.Description += "\n\nTakes no Idempotency-Key. Repeated: " + op.again
	}
	if !op.open {
		h.Security = []map[string][]string{{"bearer": {}}}
	}
	if op.once {
		h.Parameters = append(h.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header",
			Description: "1 to 200 visible ASCII characters. The same key with the same request answers the first result.",
			Schema:      &huma.Schema{Type: huma.TypeString, MinLength: new(1), MaxLength: new(200)}})
	}
	s.operations = append(s.operations, op)
	h.Middlewares = huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) { s.enter(op, ctx, next) }}
	return h
}

type frame huma.Context

// entered gives huma the request that enter has read.
type entered struct {
	frame
	ctx  context.Context
	body io.Reader
}

func (e entered) Context() context.Context { return e.ctx }
func (e entered) BodyReader() io.Reader    { return e.body }
func (e entered) Unwrap() huma.Context     { return e.frame }

// enter lets a request in: who asks, what is asked.
func (s *server) enter(op operation, ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	c := &call{w: w, r: r, en: english(r.Header.Get("Accept-Language"))}
	if err := s.read(op, ctx.Operation(), c); err != nil {
		s.fail(w, r, err)
		return
	}
	next(entered{ctx, context.WithValue(r.Context(), callKey{}, c), strings.NewReader(string(c.body))})
}

func (s *server) read(op operation, h *huma.Operation, c *call) (err error) {
	if c.Actor, err = s.who(c.r); err != nil {
		return err
	}
	if c.Actor.ID == 0 && !op.open {
		return identity.ErrLoginNeeded
	}
	if err := s.params(h, c.r); err != nil {
		return err
	}
	if h.RequestBody != nil && !op.upload {
		if err := s.body(h, c); err != nil {
			return err
		}
	} else if !op.upload && c.r.ContentLength != 0 && c.r.Body != http.NoBody {
		// Nothing is read here; what a client sends beside the point is refused.
		if n, _ := io.CopyN(io.Discard, c.r.Body, 1); n > 0 {
			return errBodyless
		}
	}
	if op.once && !op.upload {
		return c.key(c.body)
	}
	return nil
}

// who asks: the token alone says it. Where app has put the door in front, it
// has been looked at already.
func (s *server) who(r *http.Request) (actor.Actor, error) {
	if r.Header.Get("Authorization") != "" {
		if a, err := gate.Actor(r.Context()); err != nil || a.ID != 0 {
			return a, err
		}
	}
	return s.Door.Actor(r)
}

var errBodyless = errs.New(errs.Malformed, "body-unexpected", "该请求不应有内容。", "This request takes no body.")

// params checks the path and the query against the description.
func (s *server) params(h *huma.Operation, r *http.Request) error {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return errQuery
	}
	c := checker{schemas: s.huma.OpenAPI().Components.Schemas, patterns: s.patterns}
	for _, p := range h.Parameters {
		switch p.In {
		case "path":
			before := len(c.found)
			c.param(p.Schema, r.PathValue(p.Name), join("path", p.Name))
			if len(c.found) > before {
				return identity.ErrNotFound // what cannot be a key names nothing
			}
		case "query":
			values, ok := q[p.Name]
			delete(q, p.Name)
			switch {
			case !ok || len(values) == 1 && values[0] == "":
				if p.Required {
					c.add(join("query", p.Name), "required", "必须填写", "Required")
				}
			case len(values) > 1:
				c.add(join("query", p.Name), "twice", "这个参数出现了多次", "This parameter stands more than once")
			default:
				c.param(p.Schema, values[0], join("query", p.Name))
			}
		}
	}
	for name := range q {
		c.add(join("query", name), "unknown-field", "没有这个参数", "There is no such parameter")
	}
	if len(c.found) > 0 {
		return errs.InvalidFields(c.found...)
	}
	return nil
}

var errQuery = errs.New(errs.Malformed, "query", "地址中的参数格式不正确。", "The query cannot be read.")

// body reads a JSON body and checks it against the description.
func (s *server) body(h *huma.Operation, c *call) error {
	media := c.r.Header.Get("Content-Type")
	if kind, _, _ := strings.Cut(media, ";"); media != "" && !strings.EqualFold(strings.TrimSpace(kind), "application/json") {
		return errNotJSON
	}
	var err error
	if c.body, err = io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxBody)); err != nil {
		return broken(err)
	}
	if len(c.body) == 0 {
		if h.RequestBody.Required {
			return errNoBody
		}
		return nil
	}
	v, err := parse(c.body)
	if err != nil {
		return err
	}
	ch := checker{schemas: s.huma.OpenAPI().Components.Schemas, patterns: s.patterns}
	ch.value(h.RequestBody.Content["application/json"].Schema, v, "")
	if len(ch.found) > 0 {
		return errs.InvalidFields(ch.found...)
	}
	return nil
}

// english reports whether the caller would rather read English than Chinese.
func english(accept string) bool {
	best, en := -1.0, false
	for part := range strings.SplitSeq(accept, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		lang, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if !slices.Contains([]string{"zh", "en"}, lang) {
			continue
		}
		if q := quality(params); q > best {
			best, en = q, lang == "en"
		}
	}
	return en
}
