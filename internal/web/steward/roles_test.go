package steward_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web/desk/worktest"
	"github.com/tongban/tongban/internal/web/steward"
	"github.com/tongban/tongban/internal/web/webtest"
)

// TestRoles walks every route of the stewards as everybody: the district's
// steward (s) and reviewer (r), those of the city (S, R), those of another
// district (x, y), a clerk (c), a decider (d), a supervisor (v), the system (t),
// security (e) and audit (a) administrators, an applicant (p), nobody (n). A
// route lists who gets which answer; who is not named gets 403.
func TestRoles(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		it, err := c.Catalog.Item(t.Context(), c.Code(worktest.Road))
		c.Must(err)
		who := map[byte]*worktest.Browser{'n': c.Browser(), 'p': c.LoginPerson("jiangtao")}
		for key, login := range map[byte]string{'s': "steward-lx", 'r': "itemreviewer-lx", 'S': "steward-wx", 'R': "itemreviewer-wx", 'x': "steward-bh", 'y': "itemreviewer-bh",
			'c': "clerk-lx", 'd': "decider-lx-spj", 'v': "supervisor-lx", 't': "sysadmin", 'e': "secadmin", 'a': "auditadmin"} {
			who[key] = c.Login(login)
		}
		lx := fmt.Sprint(c.Refs.Units["lx-spj"])
		draft := who['s'].Post("/console/items/revise", url.Values{"item": {id(it.ID)}}).To("/console/items/drafts/")
		duties := who['s'].Get(draft + "/edit/duties").Form(draft + "/edit/duties")
		blank := attached(who['s'], draft)
		proposal := proposed(c, it)
		list := "/console/items/lists/" + it.Code
		type answers map[int]string // status → who
		routes := []struct {
			pattern, path string
			in            url.Values
			want          answers
		}{
			{"GET /console/items", "", nil, answers{200: "srSRxy"}},
			{"GET /console/items", "/console/items?unit=lx-spj", nil, answers{200: "srSR"}},
			{"GET /console/items/basics", "", nil, answers{200: "srSRxy"}},
			{"GET /console/items/claim", "", nil, answers{200: "sSx"}},
			{"GET /console/items/claim", "/console/items/claim?unit=" + lx, nil, answers{200: "sS"}},
			{"POST /console/items/claim", "", url.Values{"unit": {lx}, "code": {"999999999999"}}, answers{404: "sS"}},
			{"POST /console/items/revise", "", url.Values{"item": {id(it.ID)}}, answers{303: "sS"}},
			{"POST /console/items/lists/{code}/parts", list + "/parts", url.Values{"names": {"新办"}}, answers{422: "sS"}},
			{"POST /console/items/revise", "", url.Values{"template": {it.BasicCode}, "unit": {lx}}, answers{303: "sS"}},
			{"GET /console/items/lists/{code}", list, nil, answers{200: "srSR"}},
			{"GET /console/items/lists/{code}", "/console/items/lists/unknown", nil, answers{404: "srSRxycdvtea"}},
			{"POST /console/items/lists/{code}", list, url.Values{"state": {"suspended"}}, answers{422: "rR"}},
			{"POST /console/items/lists/{code}", list, url.Values{"state": {"cancelled"}, "reason": {"并入"}}, answers{422: "rR"}},
			{"GET /console/items/drafts/{id}", draft, nil, answers{200: "srSR"}},
			{"GET /console/items/drafts/{id}", "/console/items/drafts/1", nil, answers{404: "srSRxycdvtea"}},
			{"POST /console/items/drafts/{id}", draft, url.Values{"act": {"hand-in"}}, answers{422: "sS"}},
			{"POST /console/items/drafts/{id}", draft, url.Values{"act": {"publish"}}, answers{303: "srSR"}}, // the state offers it not
			{"GET /console/items/drafts/{id}/guide", draft + "/guide", nil, answers{200: "srSR"}},
			{"GET /console/items/drafts/{id}/form", draft + "/form", nil, answers{200: "srSR"}},
			{"GET /console/items/drafts/{id}/replay", draft + "/replay", nil, answers{200: "srSR"}},
			{"GET /console/items/drafts/{id}/edit/{section}", draft + "/edit/duties", nil, answers{200: "srSR"}},
			{"GET /console/items/drafts/{id}/edit/{section}", draft + "/edit/nowhere", nil, answers{404: "srSR"}},
			{"POST /console/items/drafts/{id}/edit/{section}", draft + "/edit/duties", duties, answers{303: "sS"}},
			{"POST /console/items/drafts/{id}/edit/{section}", draft + "/edit/nowhere", nil, answers{404: "srSR"}},
			{"GET /console/items/drafts/{id}/files/{key}", draft + "/files/" + blank, nil, answers{200: "srSR"}},
			{"GET /console/items/drafts/{id}/files/{key}", draft + "/files/unknown", nil, answers{404: "srSR"}},
			{"GET /console/items/drafts/{id}/edit/form", draft + "/edit/form", nil, answers{200: "srSR"}},
			{"POST /console/items/drafts/{id}/edit/form", draft + "/edit/form", url.Values{"raw": {"{"}, "seen": {who['s'].Get(draft + "/edit/form").Form(draft + "/edit/form").Get("seen")}}, answers{422: "sS"}},
			{"GET /console/items/adjustments", "", nil, answers{200: "srSRxy"}},
			{"GET /console/items/adjustments/new", "", nil, answers{200: "sSx"}},
			{"POST /console/items/adjustments", "", url.Values{}, answers{422: "sSx"}},
			{"GET /console/items/adjustments/{no}", "/console/items/adjustments/2026-0001", nil, answers{404: "srSRxy"}},
			{"GET /console/items/adjustments/{no}/edit", "/console/items/adjustments/2026-0001/edit", nil, answers{404: "srSRxy"}},
			{"POST /console/items/adjustments/{no}", "/console/items/adjustments/2026-0001", url.Values{"act": {"decide"}}, answers{404: "srSRxycdvtea"}},
			{"POST /console/items/adjustments/{no}/edit", "/console/items/adjustments/2026-0001/edit", url.Values{}, answers{404: "srSRxycdvtea"}},
			{"GET /console/items/import", "", nil, answers{200: "srSRxy"}},
			{"POST /console/items/import", "", url.Values{}, answers{400: "srSRxy"}},
			{"GET /console/items/import/{id}", "/console/items/import/1", nil, answers{404: "srSRxy"}},
			{"POST /console/items/import/{id}", "/console/items/import/1", url.Values{}, answers{404: "srSRxy"}},
			{"GET /console/items/import/{id}/refused.xlsx", "/console/items/import/1/refused.xlsx", nil, answers{404: "srSRxy"}},
			{"GET /console/items/export", "", nil, answers{200: "srSRxy"}},
			{"GET /console/items/export/file", "/console/items/export/file?unit=lx-spj&format=json", nil, answers{200: "srSR"}},
			{"POST /console/items/proposals/{id}", proposal, url.Values{"answer": {"decline"}, "reason": {"已有规定"}}, answers{303: "sS"}},
		}
		walked := map[string]bool{}
		for _, rt := range routes {
			walked[rt.pattern] = true
			method, path, _ := strings.Cut(rt.pattern, " ")
			if rt.path != "" {
				path = rt.path
			}
			codes := map[byte]int{}
			for code, keys := range rt.want {
				for i := range len(keys) {
					codes[keys[i]] = code
				}
			}
			keys := make([]byte, 0, len(who))
			for key := range who {
				keys = append(keys, key)
			}
			slices.SortFunc(keys, func(a, b byte) int { return codes[a] - codes[b] }) // who may not knocks first
			for _, key := range keys {
				expect := codes[key]
				if expect == 0 {
					expect = http.StatusForbidden
				}
				var got worktest.Page
				if method == http.MethodGet {
					got = who[key].Get(path)
				} else {
					got = who[key].Post(path, rt.in)
				}
				if key == 'n' || key == 'p' { // the work place has its own login
					if expect = http.StatusUnauthorized; method == http.MethodGet {
						expect = http.StatusSeeOther
					}
				}
				if got.Code != expect {
					t.Errorf("%s %s as %c: %d, want %d: %.200s", method, path, key, got.Code, expect, got.Text())
				}
			}
		}
		for _, pattern := range steward.New(steward.Config{Renderer: webtest.New(t)}).Patterns() {
			if !walked[pattern] {
				t.Errorf("nobody walks %s", pattern)
			}
		}
		if now, err := c.Catalog.Item(t.Context(), it.Code); err != nil || now.State != catalog.InUse {
			t.Errorf("refused, and yet its state changed: %v %v", now, err)
		}
	})
}

// proposed changes the city-wide guide above a list and gives the address of the
// proposal.
func proposed(c *worktest.City, it *catalog.Item) string {
	c.T.Helper()
	ctx := c.T.Context()
	s, rv := c.Staff("steward-wx"), c.Staff("itemreviewer-wx")
	d, err := c.Catalog.ReviseTemplate(ctx, s, it.BasicCode, c.Refs.Units["wx-spj"], nil)
	c.Must(err)
	seen, err := d.SectionHash("rights")
	c.Must(err)
	_, err = c.Catalog.SaveSection(ctx, s, d.ID, "rights", seen, []byte(`["全市统一的权利"]`))
	c.Must(err)
	_, err = c.Catalog.Move(ctx, s, d.ID, catalog.DraftHandIn, catalog.DraftInput{Note: "全市统一"})
	c.Must(err)
	for _, act := range []catalog.DraftAct{catalog.DraftPass, catalog.DraftPublish} {
		_, err = c.Catalog.Move(ctx, rv, d.ID, act, catalog.DraftInput{})
		c.Must(err)
	}
	p, err := c.Catalog.ProposalOf(ctx, it.ID)
	c.Must(err)
	return fmt.Sprintf("/console/items/proposals/%d", p.ID)
}

// TestListState: a reviewer suspends a list, brings it back, and cancels it once
// that is confirmed; applicants meet it as it is.
func TestListState(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		code := c.Code(worktest.Road)
		at := "/console/items/lists/" + code
		rv := c.Login("itemreviewer-lx")
		c.Login("steward-lx").Get(at).Status(http.StatusOK).Has("在用", "修订", "第1版").Lacks("暂停")
		rv.Get(at).Status(http.StatusOK).Has("暂停", "取消后不能恢复").Lacks("恢复后可以再次申请")
		rv.Post(at, url.Values{"state": {"suspended"}, "reason": {" "}}).Status(http.StatusUnprocessableEntity).Has("请填写理由")
		rv.Post(at, url.Values{"state": {"suspended"}, "reason": {"系统升级到月底"}}).To(at)
		rv.Get(at).Has("已暂停", "系统升级到月底", "恢复后可以再次申请")
		rv.Get("/console/items?unit=lx-gov&state=suspended").Has("占用、挖掘城市道路审批", "已暂停")
		rv.Post(at, url.Values{"state": {"in-use"}, "reason": {"升级完成"}}).To(at)
		rv.Post(at, url.Values{"state": {"cancelled"}, "reason": {"并入其他事项"}, "successor": {"nothing"}}).Status(http.StatusUnprocessableEntity).Has("请先确认", "并入其他事项")
		rv.Post(at, url.Values{"state": {"cancelled"}, "reason": {"并入其他事项"}, "successor": {"nothing"}, "sure": {"true"}}).Status(http.StatusUnprocessableEntity).Has("没有这个替代事项")
		rv.Post(at, url.Values{"state": {"cancelled"}, "reason": {"并入其他事项"}, "successor": {c.Code(worktest.Marriage)}, "sure": {"true"}}).To(at)
		rv.Get(at).Has("已取消", "并入其他事项").Lacks("恢复后可以再次申请")
		rv.Post(at, url.Values{"state": {"in-use"}, "reason": {"后悔"}}).To(at)
		rv.Get(at).Has("已取消")
	})
}
