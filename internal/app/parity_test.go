package app

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/api"
	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/console"
	"github.com/tongban/tongban/internal/web/desk"
	"github.com/tongban/tongban/internal/web/portal"
	"github.com/tongban/tongban/internal/web/steward"
	"github.com/tongban/tongban/internal/web/webtest"
)

// parity names for every page what does the same through the API: operation
// ids, or after a dash why there is none.
var parity = map[string]string{
	"GET /{$}": "items-hot topics", "GET /items": "items", "GET /items/{code}": "item item-form", "POST /items/{code}/apply": "draft-start",
	"GET /login": "- a form", "POST /login": "token-issue", "POST /logout": "token-end", "GET /identity": "me", "POST /identity": "acting-switch",
	"GET /my": "cases drafts messages", "GET /my/drafts": "drafts", "GET /my/cases": "cases", "GET /my/cases/{no}": "case case-timeline case-rating",
	"GET /my/cases/{no}/acts/{act}": "case", "POST /my/cases/{no}/acts/{act}": "case-act", "POST /my/cases/{no}/correct": "case-correction",
	"GET /my/cases/{no}/files/{file}": "case-file", "GET /my/cases/{no}/archive": "case-archive", "GET /desk/cases/{no}/archive": "case-archive", "GET /my/documents/{id}/print": "case-document-print", "GET /desk/documents/{id}/print": "case-document-print",
	"GET /my/documents/{id}/photo/{file}": "case-document-photo", "GET /desk/documents/{id}/photo/{file}": "case-document-photo", "POST /desk/documents/{id}/serve": "case-document-serve case-document-services", "GET /my/cases/{no}/clocks/{n}": "clock-proof", "GET /progress/{no}/clocks/{n}": "progress-clock-proof", "GET /desk/cases/{no}/clocks/{n}": "clock-proof", "GET /my/cases/{no}/appointment": "slots", "POST /my/cases/{no}/appointment": "appointment-book",
	"POST /my/appointments/{id}/cancel": "appointment-cancel", "GET /my/cases/{no}/rate": "case rating-options", "POST /my/cases/{no}/rate": "rating-give",
	"GET /rate/{no}": "progress rating-options", "POST /rate/{no}": "rating-give", "GET /my/documents/{id}": "case-document", "GET /my/licences": "licences",
	"GET /my/licences/{identifier}": "licence licence-uses", "GET /my/messages": "messages", "POST /my/messages/read": "message-read messages-read",
	"GET /my/messages/ways": "message-ways", "POST /my/messages/ways": "message-ways-choose", "POST /my/messages/ways/wechat/code": "message-wechat-code", "POST /my/messages/ways/wechat/unbind": "message-wechat-unbind", "POST /desk/intake/no-sms": "party-no-sms",
	"GET /console/messages": "message-state", "POST /console/messages/{id}/retry": "message-retry", "GET /console/texts": "message-kinds", "GET /console/texts/{kind}": "message-texts message-text-versions", "POST /console/texts/{kind}": "message-text-set message-text-try",
	"GET /my/mandates": "mandates", "POST /my/mandates": "mandate-grant", "POST /my/mandates/{id}/revoke": "mandate-revoke", "GET /my/profile": "profile sessions",
	"POST /my/profile": "profile-change", "POST /my/profile/password": "password-change", "GET /progress": "- a form", "GET /progress/{no}": "progress",
	"GET /verify": "- a form", "GET /verify/{identifier}": "verify verify-key", "GET /centres": "centres", "GET /centres/{key}": "centre windows centre-items", "GET /centres/entered": "placement-figures placement-lists", "GET /centres/entered.csv": "placement-lists",
	"GET /decisions": "decisions", "GET /decisions/{id}": "decision", "GET /decisions/export.csv": "decisions", "GET /decisions/export.json": "decisions", "GET /decisions/{id}/object": "- a form", "POST /decisions/{id}/object": "decision-object",
	"GET /my/cases/{no}/publicity": "case-publicity", "POST /my/cases/{no}/publicity": "case-publicity-ask", "GET /desk/cases/{no}/publicity": "case-publicity", "POST /desk/cases/{no}/publicity": "case-publicity-ask",
	"POST /desk/cases/{no}/publicity/{mark}/answer": "publicity-answer", "GET /console/publicity": "publicity",
	"GET /adjustments": "adjustments", "GET /adjustments/{no}": "adjustment", "GET /help": "- words for readers of pages", "GET /privacy": "- words for readers of pages", "GET /accessibility": "- words for readers of pages",

	"GET /browse/{way}": "events topics departments divisions", "GET /items/{code}/versions": "item-versions", "GET /files/{key}": "- its address stands in the guide and is for everybody", "GET /items/{code}/changes": "item-compare",
	"GET /feed/items.atom": "item-feed", "GET /feed/items.json": "item-feed", "GET /featured": "featured", "GET /featured/{key}": "featured-items",
	"GET /featured/{key}/history": "featured-moves featured-rules", "GET /featured/{key}/export.csv": "featured-items", "GET /featured/{key}/export.json": "featured-items",

	"GET /apply/{id}": "draft", "GET /apply/{id}/privacy": "item draft", "POST /apply/{id}/privacy": "draft-consent", "GET /apply/{id}/held": "draft", "POST /apply/{id}/held": "draft-held", "GET /apply/{id}/form/{step}": "draft item-form",
	"POST /apply/{id}/form/{step}": "draft-save", "POST /apply/{id}/autosave": "draft-save", "GET /apply/{id}/materials": "draft draft-licences",
	"POST /apply/{id}/materials/{code}/files": "material-attach", "GET /apply/{id}/materials/{code}/files/{file}": "draft-file",
	"POST /apply/{id}/materials/{code}/files/{file}/delete": "material-remove", "POST /apply/{id}/materials/{code}/licence": "material-licence material-licence-back",
	"POST /apply/{id}/materials/{code}/paper": "material-paper", "GET /apply/{id}/promise": "draft draft-promise-text promise-text", "POST /apply/{id}/promise": "draft-promise", "GET /apply/{id}/delivery": "draft", "POST /apply/{id}/delivery": "draft-delivery",
	"GET /apply/{id}/check": "draft", "POST /apply/{id}/submit": "case-submit", "POST /apply/{id}/discard": "draft-discard",

	"GET /my/cases/{no}/fees/{bill}": "bill", "POST /my/cases/{no}/fees/{bill}/{act}": "bill-act", "GET /desk/fees": "bills bills-waiting till", "POST /desk/fees/till": "till-close",
	"GET /desk/fees/{bill}": "bill", "POST /desk/fees/{bill}/{act}": "bill-act", "GET /console/fees": "fee-books", "POST /console/fees/match": "fee-match", "POST /console/fees/differences/{id}": "fee-settle",

	"GET /desk/login": "- a form", "POST /desk/login": "token-issue", "POST /desk/logout": "token-end", "GET /desk/me": "me", "POST /desk/me/password": "password-change",
	"POST /desk/units/{id}/fair": "unit-fair",
	"GET /desk":                  "queue queue-size queue-loads", "GET /desk/search": "queue-find case", "GET /desk/cases/{no}": "case case-timeline", "POST /desk/cases/{no}/unmask": "case-unmask party-unmask",
	"POST /desk/cases/{no}/mend": "case-mend", "POST /desk/cases/{no}/correct": "case-correction", "GET /desk/cases/{no}/acts/request-correction": "case", "POST /desk/cases/{no}/acts/request-correction": "case-act",
	"POST /desk/cases/{no}/acts/{act}": "case-act", "GET /desk/cases/{no}/files/{file}": "case-file", "GET /desk/documents/{id}": "case-document",
	"GET /desk/intake": "drafts items", "POST /desk/intake/party": "party-find", "POST /desk/intake/register": "party-walk-in", "POST /desk/intake/start": "draft-start",
	"GET /desk/appointments": "appointments-of-day",
	"GET /my/assist":         "assists", "POST /my/assist": "assist-ask", "GET /my/assist/{id}": "assist", "POST /my/assist/{id}": "assist-act",
	"GET /desk/assist": "assists", "POST /desk/assist": "assist-ask", "GET /desk/assist/{id}": "assist", "POST /desk/assist/{id}": "assist-act", "POST /desk/assist/{id}/paper": "assist-act",
	"GET /my/consult": "inquiries", "POST /my/consult": "inquiry-ask", "GET /my/consult/new": "inquiry-options items", "GET /my/consult/{no}": "inquiry", "POST /my/consult/{no}": "inquiry-act",
	"GET /desk/consult": "inquiries", "POST /desk/consult": "inquiry-ask", "GET /desk/consult/new": "inquiry-options items", "GET /desk/consult/{no}": "inquiry", "POST /desk/consult/{no}": "inquiry-act",
	"GET /console/consult": "inquiry-figures question-proposals", "GET /console/consult/items/{code}": "item-failures", "POST /console/consult/proposals/{id}": "question-proposal-decide",
	"GET /desk/keys": "- keys of a keyboard", "GET /desk/results": "queue-results", "POST /desk/results": "parcel-find", "GET /desk/ending": "licences-ending", "GET /desk/papers": "papers", "POST /desk/papers": "paper-give paper-return",
	"GET /desk/papers/{id}": "paper-slip", "POST /desk/papers/{id}": "paper-receive", "POST /desk/cases/{no}/papers": "paper-take case-papers",

	"GET /console/items/misses": "item-misses item-words", "GET /console/items/misses/word": "basics", "POST /console/items/misses/word": "item-word-add", "POST /console/items/misses/word/{id}/remove": "item-word-remove", "GET /console/items/quality": "item-quality", "GET /console/items/quality/list": "item-quality-list",
	"GET /console/subscribers": "subscribers", "POST /console/subscribers": "subscribe", "GET /console/subscribers/{id}": "subscribers item-feed",
	"POST /console/subscribers/{id}/active": "subscriber-active", "POST /console/subscribers/{id}/replay": "subscriber-replay",
	"POST /console/subscribers/{id}/test": "subscriber-test", "POST /console/subscribers/{id}/remove": "unsubscribe",
	"GET /console/centres": "centre-report", "GET /console/centres/{key}": "centre-record", "POST /console/centres/{key}/name": "centre-rename", "POST /console/centres/{key}/branches": "branch-set", "POST /console/centres/{key}/branches/{id}/end": "branch-end",
	"GET /console/placements": "centre-report-lists", "GET /console/placements/{code}": "item-placements item-places", "POST /console/placements/{code}": "placement-enter", "POST /console/placements/{code}/{id}/end": "placement-end",
	"GET /console/items/featured": "featured", "GET /console/items/featured/{key}": "featured-items featured-choices featured-rules featured-try", "POST /console/items/featured/{key}/rule": "featured-rule",
	"POST /console/items/featured/{key}/choices": "featured-choose", "POST /console/items/featured/{key}/choices/{id}/withdraw": "featured-withdraw",
	"GET /console/items/adjustments": "adjustment-dossiers", "GET /console/items/adjustments/new": "- a form",
	"POST /console/items/adjustments": "adjustment-propose", "GET /console/items/adjustments/{no}": "adjustment-dossier", "POST /console/items/adjustments/{no}": "adjustment-act",
	"GET /console/items/adjustments/{no}/edit": "adjustment-dossier", "POST /console/items/adjustments/{no}/edit": "adjustment-act",
	"GET /console/items/import": "list-imports", "POST /console/items/import": "list-import-begin", "GET /console/items/import/{id}": "list-import",
	"POST /console/items/import/{id}": "list-import-carry-out", "GET /console/items/import/{id}/refused.xlsx": "list-import-refused",
	"GET /console/items/export": "- a form", "GET /console/items/export/file": "list-export",
	"GET /console": "overview", "GET /console/list": "overview-list", "GET /console/audit": "audit", "POST /console/audit/verify": "audit-verify", "GET /console/jobs": "jobs",
	"POST /console/jobs/{id}/requeue": "job-requeue", "POST /console/jobs/{id}/discard": "job-discard", "GET /console/staff": "staff", "POST /console/staff": "staff-create",
	"GET /console/staff/{id}": "staff-member", "POST /console/staff/{id}/disable": "staff-disable", "POST /console/staff/{id}/reset": "staff-reset",
	"GET /console/items": "guide-drafts proposals lists", "GET /console/items/basics": "basics basic", "GET /console/items/claim": "basics", "POST /console/items/claim": "list-claim",
	"POST /console/items/revise": "list-revise template-revise", "POST /console/items/lists/{code}/parts": "list-split", "POST /console/items/proposals/{id}": "proposal-adopt proposal-decline",
	"GET /console/items/lists/{code}": "lists item", "POST /console/items/lists/{code}": "list-state", "GET /console/items/drafts/{id}": "guide-draft", "POST /console/items/drafts/{id}": "guide-draft-act",
	"GET /console/items/drafts/{id}/guide": "guide-draft", "GET /console/items/drafts/{id}/form": "guide-draft", "GET /console/items/drafts/{id}/replay": "guide-draft-replay", "GET /console/items/drafts/{id}/edit/{section}": "guide-draft",
	"POST /console/items/drafts/{id}/edit/{section}": "guide-draft-section guide-draft-file", "GET /console/items/drafts/{id}/files/{key}": "guide-draft-file-get", "GET /console/items/drafts/{id}/edit/form": "guide-draft", "POST /console/items/drafts/{id}/edit/form": "guide-draft-section",
	"POST /console/staff/{id}/grant": "role-grant", "POST /console/staff/{id}/revoke": "role-revoke",
}

// TestParity: whatever a page can do, the API can do.
func TestParity(t *testing.T) {
	h, err := api.New(api.Config{URL: "https://tongban.example"})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", api.Base+"/openapi.json", nil))
	var description struct {
		Paths map[string]map[string]struct {
			ID string `json:"operationId"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &description); err != nil {
		t.Fatal(err)
	}
	var operations []string
	for _, ops := range description.Paths {
		for _, op := range ops {
			operations = append(operations, op.ID)
		}
	}
	rt := webtest.New(t)
	style, err := caseview.NewStyle()
	if err != nil {
		t.Fatal(err)
	}
	pages := portal.New(portal.Config{Renderer: rt, Style: style}).Patterns()
	pages = append(pages, desk.New(desk.Config{Renderer: webtest.New(t), Style: style}).Patterns()...)
	pages = append(pages, console.New(console.Config{Renderer: webtest.New(t)}).Patterns()...)
	pages = append(pages, steward.New(steward.Config{Renderer: webtest.New(t), Style: style}).Patterns()...)
	met := map[string]bool{}
	for _, page := range pages {
		page = strings.Replace(page, "/desk/apply/", "/apply/", 1) // the same wizard at the window
		met[page] = true
		does, ok := parity[page]
		if !ok {
			t.Errorf("%s: which operation does this?", page)
		}
		if strings.HasPrefix(does, "- ") {
			continue
		}
		for id := range strings.FieldsSeq(does) {
			if !slices.Contains(operations, id) {
				t.Errorf("%s: there is no operation %s", page, id)
			}
		}
	}
	for page := range parity {
		if !met[page] {
			t.Errorf("there is no page %s", page)
		}
	}
}
