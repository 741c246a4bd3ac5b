package apply_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/apply"
	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/citytest"
	"github.com/tongban/tongban/internal/web/webtest"
)

// window puts the wizard at the window, with a clerk before it.
func window(t *testing.T, c *citytest.City, clerk actor.Actor) (http.Handler, *apply.Wizard) {
	t.Helper()
	rt, err := web.New(web.Options{Log: citytest.Log(), Site: webtest.Site(), Actor: func(*http.Request) actor.Actor { return clerk }})
	if err != nil {
		t.Fatal(err)
	}
	style, err := caseview.NewStyle()
	if err != nil {
		t.Fatal(err)
	}
	z := apply.New(apply.Config{Renderer: rt, Style: style, Casework: c.Casework, Files: c.Files, Identity: c.Identity,
		Actor: func(*http.Request) (actor.Actor, error) { return clerk, nil },
		Held: func(ctx context.Context, _ actor.Actor, party actor.Party) ([]licence.Licence, error) {
			return c.Licences.HeldValid(c.DB.Read(ctx), party)
		},
		Prefix: "/desk/apply", Staff: true, Home: web.Link{Href: "/desk", Text: "工作台"}, Frame: func(_ *http.Request, p *web.Page) { p.Shell = web.Desk },
		Done: func(no string) string { return "/desk/cases/" + no }, Case: func(no string) string { return "/desk/cases/" + no }, Gone: "/desk"})
	mux := http.NewServeMux()
	z.Routes(mux)
	mux.HandleFunc("GET /desk", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /desk/cases/{no}", func(http.ResponseWriter, *http.Request) {})
	return rt.Wrap(c.Door.SameOrigin(rt.Mux(mux), rt.Fail)), z
}

func set(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// TestWindow: the same questions at the window, paper ticked as seen.
func TestWindow(t *testing.T) {
	citytest.Each(t, []string{"disabled-card-renew"}, func(t *testing.T, c *citytest.City) {
		clerk := c.Staff("clerk-lx")
		h, z := window(t, c, clerk)
		c.Republish("disabled-card-renew", func(g *catalog.Guide) { g.Materials[0].BlankForm = "https://www.example.cn/form.docx" })
		party := actor.Party{Kind: actor.NaturalPerson, ID: c.Refs.Persons["wang-jianguo"], Name: "王建国"}
		d, err := c.Casework.StartDraft(t.Context(), clerk, c.Codes["disabled-card-renew"][0], party, nil)
		if err != nil {
			t.Fatal(err)
		}
		b := citytest.Browse(t, h)
		b.Get(z.First(d.ID)).Want(200, "已将以上内容向申请人告知", "王建国", "第 1 步").Press("下一步", nil).Want(422, "请向申请人告知后再勾选")
		b.Press("下一步", set("told", "true")).Want(200).At("/desk/apply/")
		b.Get(z.First(d.ID)+"/materials").Want(200, "登记：已查验纸质原件", "空白表格（www.example.cn）").Press("登记：已查验纸质原件", nil).Want(200, "纸质原件，窗口已查验", "撤销“已查验原件”")
		b.Press("撤销“已查验原件”", nil).Want(200).Not("纸质原件，窗口已查验")
		b.Get(z.First(d.ID)+"/check").Want(200, "还差这些就可以提交了").Press("提交申请", nil).Want(422, "还不能提交")
		b.Press("删除草稿", nil).At("/desk")
		b.Get(z.First(d.ID)).Want(404)
	})
}

// TestTwoTabs: what one tab saved is not undone by the other page of another tab.
func TestTwoTabs(t *testing.T) {
	citytest.Each(t, []string{"food-licence-new"}, func(t *testing.T, c *citytest.City) {
		a := c.Person("chen-jiayi", "xiyun-canyin")
		h, z := person(t, c, a)
		d, err := c.Casework.StartDraft(t.Context(), a, c.Codes["food-licence-new"][0], a.For, nil)
		if err != nil {
			t.Fatal(err)
		}
		at := z.First(d.ID)
		one, two := citytest.Browse(t, h), citytest.Browse(t, h)
		one.Get(at + "/form/subject")
		two.Get(at + "/form/premises")
		one.Press("保存草稿", set("contact", "陈佳怡")).Want(200)
		two.Post(at+"/autosave", set("_step", "premises", "area", "12x", "mode", "catering")).Want(204)
		one.Get(at+"/form/subject").Want(200, "陈佳怡")
		two.Get(at + "/form/premises")
		if !strings.Contains(two.Body, `value="12x"`) {
			t.Error("what was typed and cannot be read is lost")
		}
		two.Press("保存并下一步", nil).Want(422, "12x")
		two.Post(at+"/form/premises", set("area", strings.Repeat("9", 2<<20))).Want(413)
		two.Post(at+"/form/nowhere", nil).Want(404)
		two.Post(at+"/autosave", set("_step", "premises", "mode", "no-such-mode")).Want(422)
		two.Get(at + "/form/premises").Want(200)
	})
}

func person(t *testing.T, c *citytest.City, a actor.Actor) (http.Handler, *apply.Wizard) {
	t.Helper()
	rt, err := web.New(web.Options{Log: citytest.Log(), Site: webtest.Site(), Actor: func(*http.Request) actor.Actor { return a }})
	if err != nil {
		t.Fatal(err)
	}
	style, err := caseview.NewStyle()
	if err != nil {
		t.Fatal(err)
	}
	z := apply.New(apply.Config{Renderer: rt, Style: style, Casework: c.Casework, Files: c.Files, Identity: c.Identity,
		Actor: func(*http.Request) (actor.Actor, error) { return a, nil },
		Held: func(ctx context.Context, a actor.Actor, _ actor.Party) ([]licence.Licence, error) {
			return c.Licences.Held(ctx, a)
		},
		Prefix: "/apply", Home: web.Link{Href: "/my", Text: "我的"}, Done: func(no string) string { return "/my/cases/" + no }, Case: func(no string) string { return "/my/cases/" + no }, Gone: "/my/drafts"})
	mux := http.NewServeMux()
	z.Routes(mux)
	mux.HandleFunc("GET /my/drafts", func(http.ResponseWriter, *http.Request) {})
	return rt.Wrap(rt.Mux(mux)), z
}

// TestHeldChosen: where a guide renews a licence, the applicant says which; the
// only one is chosen for him and shown before he hands in.
func TestHeldChosen(t *testing.T) {
	citytest.Each(t, []string{"disabled-card-renew"}, func(t *testing.T, c *citytest.City) {
		c.Republish("disabled-card-renew", func(g *catalog.Guide) { g.Results[0].Does = catalog.DoesRenew })
		a := c.Person("wang-jianguo", "")
		h, z := person(t, c, a)
		d, err := c.Casework.StartDraft(t.Context(), a, c.Codes["disabled-card-renew"][0], a.For, nil)
		if err != nil {
			t.Fatal(err)
		}
		if d.Data.Held == 0 {
			t.Fatal("the only licence was not chosen")
		}
		b := citytest.Browse(t, h)
		b.Get(z.First(d.ID)+"/held").Want(200, "要延续哪一份证照", "残疾人证")
		b.Press("保存并下一步", nil).At(z.First(d.ID) + "/form/")
		b.Post(z.First(d.ID)+"/held", set("held", "1")).Want(422, "没有这份证照")
		b.Post(z.First(d.ID)+"/held", nil).Want(422, "请选择要办理的证照")
		b.Get(z.First(d.ID)+"/check").Want(200, "所涉证照", "残疾人证")

		other := c.Person("chen-jiayi", "") // holds none
		h2, z2 := person(t, c, other)
		d, err = c.Casework.StartDraft(t.Context(), other, c.Codes["disabled-card-renew"][0], other.For, nil)
		if err != nil {
			t.Fatal(err)
		}
		b = citytest.Browse(t, h2)
		b.Get(z2.First(d.ID)+"/held").Want(200, "没有可以办理的证照")
		b.Get(z2.First(d.ID)+"/check").Want(200, "请选择要办理的证照")
	})
}
