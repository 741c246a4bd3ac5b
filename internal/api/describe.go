package api

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
)

func info() *huma.Info {
	return &huma.Info{Title: "Tongban API", Version: "1.0.0",
		Description: "政务服务“一网通办”平台的接口：网页能办的，接口都能办。\n\n" +
			"Whatever a page of the platform can do, this API can do. POST /auth/token gives a bearer token. " +
			"Bodies are JSON in UTF-8 of at most 1 MiB; unknown and repeated keys are refused. Keys of things are strings. " +
			"Instants are RFC 3339 in UTC, dates are 2006-01-02 in Asia/Shanghai. Lists give next, the cursor of the following page. " +
			"Accept-Language chooses Chinese (the default) or English where one text is given. " +
			"Errors are problems of RFC 9457 (application/problem+json) with a stable code and words in both languages. " +
			"The same Idempotency-Key with the same request answers the first result; a POST that takes none says what repeating it does.",
		License: &huma.License{Name: "Mulan Permissive Software License v2", Identifier: "MulanPSL-2.0"}}
}

func tags() []*huma.Tag {
	return []*huma.Tag{
		{Name: "auth", Description: "登录和身份 · who one is, and for whom one acts"},
		{Name: "items", Description: "事项和办事指南 · what can be applied for"},
		{Name: "catalogue", Description: "事项管理 · how stewards and reviewers keep the catalogue"},
		{Name: "places", Description: "机构、中心、预约 · departments, centres, appointments"},
		{Name: "clocks", Description: "工作日和期限 · working days and limits"},
		{Name: "apply", Description: "申请 · drafts, materials, handing in"},
		{Name: "cases", Description: "办件 · cases, acts, work lists"},
		{Name: "fees", Description: "收费 · bills, payments, reductions, refunds, tills, reconciliation"},
		{Name: "window", Description: "窗口 · applicants at the window"},
		{Name: "consultation", Description: "咨询和办不成事 · questions, and what could not be done"},
		{Name: "publicity", Description: "决定公开 · decisions made public"},
		{Name: "licences", Description: "电子证照 · held, used, verified"},
		{Name: "ratings", Description: "好差评 · ratings"},
		{Name: "messages", Description: "消息 · messages"},
		{Name: "supervision", Description: "监督 · figures and the cases behind them"},
		{Name: "administration", Description: "管理 · staff, audit log, jobs"},
	}
}

// describeAll finishes the description when every operation is registered, and
// prepares what is made of it once.
func (s *server) describeAll() (err error) {
	api := s.huma.OpenAPI()
	reg := api.Components.Schemas
	s.fileRef = reg.Schema(reflect.TypeFor[FileRef](), true, "FileRef")
	problem := reg.Schema(reflect.TypeFor[Problem](), true, "Problem")
	delete(reg.Map(), "ErrorModel") // huma's own, which no answer has
	delete(reg.Map(), "ErrorDetail")
	describeCondition(reg.Map()["GuideCondition"])
	seen := map[*huma.Schema]bool{}
	for _, sch := range reg.Map() {
		neverNull(sch, seen)
		compile(reg, sch, s.patterns, map[*huma.Schema]bool{})
	}
	for _, op := range s.operations {
		h := operationOf(api.Paths[op.path], op.method)
		if op.upload {
			h.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": multipartFile()}}
			if op.id == "material-attach" {
				h.RequestBody.Content["application/json"] = &huma.MediaType{Schema: s.fileRef}
			}
		}
		for _, r := range h.Responses {
			r.Headers = nil
			for _, m := range r.Content {
				neverNull(m.Schema, seen)
			}
		}
		h.Responses["default"] = &huma.Response{Description: "A problem.", Content: map[string]*huma.MediaType{problemType: {Schema: problem}}}
		for _, p := range h.Parameters {
			compile(reg, p.Schema, s.patterns, map[*huma.Schema]bool{})
		}
		if h.RequestBody != nil {
			for _, m := range h.RequestBody.Content {
				neverNull(m.Schema, seen)
				compile(reg, m.Schema, s.patterns, map[*huma.Schema]bool{})
			}
		}
	}
	if s.openapi, err = api.MarshalJSON(); err != nil {
		return err
	}
	s.docs, err = s.renderDocs()
	return err
}

// operationOf finds an operation of a path by its method.
func operationOf(p *huma.PathItem, method string) *huma.Operation {
	return map[string]*huma.Operation{http.MethodGet: p.Get, http.MethodPost: p.Post, http.MethodPut: p.Put, http.MethodPatch: p.Patch,
		http.MethodDelete: p.Delete}[method]
}

// neverNull says that lists and left-out values are not null: encode writes [],
// and what is null in a request is refused.
func neverNull(s *huma.Schema, seen map[*huma.Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	s.Nullable = false
	neverNull(s.Items, seen)
	for _, p := range s.Properties {
		neverNull(p, seen)
	}
	if extra, ok := s.AdditionalProperties.(*huma.Schema); ok {
		neverNull(extra, seen)
	}
}

// schemaName names a schema after its type. The parts of a guide say so, since
// other rooms have windows and limits too; bodies are called after what they ask.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := huma.DefaultSchemaNamer(t, hint)
	switch {
	case t.PkgPath() == reflect.TypeFor[catalog.Guide]().PkgPath() && name != "Guide":
		return "Guide" + name
	case t == reflect.TypeFor[casework.Document]():
		return "DocumentContent"
	case t.Name() == "":
		return pascal(strings.Replace(name, "InBody", "Request", 1))
	}
	return name
}

// pascal turns draft-deliveryRequest into DraftDeliveryRequest.
func pascal(s string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(s, "-") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

func (s *server) serveOpenAPI(w http.ResponseWriter, r *http.Request) {
	s.keep(w, r, "application/openapi+json", s.openapi)
}
