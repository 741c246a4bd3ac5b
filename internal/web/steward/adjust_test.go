package steward_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// TestAdjust goes from the proposal to the carried-out change as people do: the
// effect shown beforehand, departments heard, refused to its author, decided,
// announced, carried out; and the case that ran meanwhile keeps its guide.
func TestAdjust(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := c.Apply()
		it, err := c.Catalog.Item(t.Context(), c.Code(worktest.Road))
		c.Must(err)
		b, err := c.Catalog.Basic(t.Context(), it.BasicCode)
		c.Must(err)
		s, rv, lx := c.Login("steward-wx"), c.Login("itemreviewer-wx"), c.Login("steward-lx")
		const at = "/console/items/adjustments"
		rv.Get(at).Status(http.StatusOK).Has("还没有动态调整").Lacks("提出调整")
		rv.Get(at + "/new").Status(http.StatusForbidden)
		s.Get("/console/items").Has(at)
		s.Get(at + "/new?kind=change&then=fill").Status(http.StatusOK).Has("还要选择事项")
		s.Get(at+"/new?kind=change&q="+url.QueryEscape("占用道路")).Status(http.StatusOK).Has(b.Name, b.Code)
		form := s.Get(at+"/new?kind=change&then=fill&item="+b.Code).Status(http.StatusOK).Has("动态调整：变更", b.Name, "《"+b.Basis[0].Law+"》").Form(at)
		form.Set("law", "《城市道路管理条例》修订")
		today := clock.DateOf(c.Clock.Now()).String()
		form.Set("from", today)
		form.Set("opinionsBy", today)
		form.Set("entries.0.name", "")
		s.Post(at, form).Status(http.StatusUnprocessableEntity).Has("请选择调整事由", "请写明为什么调整", `href="#entry-0-name"`)
		form.Set("ground", "law")
		form.Set("reason", "条例修订后名称统一")
		form.Set("entries.0.name", "占用挖掘城市道路许可")
		form.Set("entries.0.basis", "《"+b.Basis[0].Law+"》"+b.Basis[0].Article+"\n《新条例》第九条")
		rv.Post(at, form).Status(http.StatusForbidden)
		d := s.Post(at, form).To(at + "/")
		p := s.Get(d).Status(http.StatusOK).Has("拟稿", "占用挖掘城市道路许可", "《新条例》第九条", "发布新版本", "征求部门意见", "在办件")
		if !strings.Contains(strings.ReplaceAll(p.Body, "\n", ""), `<b>1</b>`) && !strings.Contains(p.Text(), "1 在办件") {
			t.Errorf("the case in hand is not counted: %s", p.Text())
		}
		edit := s.Get(d + "/edit").Status(http.StatusOK).Form(d + "/edit")
		edit.Set("reason", "条例修订，名称统一")
		s.Post(d+"/edit", edit).To(d)
		edit.Set("reason", "再改")
		s.Post(d+"/edit", edit).Status(http.StatusUnprocessableEntity).Has("刚刚被他人办理") // it was written at an earlier version
		rv.Get(d).Status(http.StatusOK).Lacks("征求部门意见</button>", "/edit")
		anyone := c.Browser()
		anyone.Get(d).Status(http.StatusSeeOther)
		s.Post(d, url.Values{"act": {"ask"}}).To(d)
		s.Get(d + "/edit").Status(http.StatusSeeOther)
		rv.Post(d, url.Values{"act": {"decide"}, "note": {"同意"}}).To(d)
		rv.Get(d).Has("还有部门没有提出意见", "未答复")
		page := lx.Get(d).Status(http.StatusOK).Has("提出意见：")
		opinion := page.Form(d)
		if opinion.Get("act") != "opine" {
			t.Fatalf("the first form is %v", opinion)
		}
		lx.Post(d, url.Values{"act": {"opine"}, "unit": opinion["unit"], "stance": {"disagree"}}).Status(http.StatusUnprocessableEntity).Has("不同意的，请写明理由")
		lx.Post(d, url.Values{"act": {"opine"}, "unit": opinion["unit"], "stance": {"disagree"}, "note": {"窗口标牌要换"}}).To(d)
		for range 100 { // every other department agrees through the city's steward
			asked := s.Get(d)
			if !strings.Contains(asked.Body, `value="opine"`) {
				break
			}
			s.Post(d, url.Values{"act": {"opine"}, "unit": asked.Form(d)["unit"], "stance": {"agree"}}).To(d)
		}
		s.Post(d, url.Values{"act": {"decide"}, "note": {"同意"}}).Status(http.StatusForbidden)
		rv.Get(d).Has("以下部门不同意", "窗口标牌要换", "决定调整")
		rv.Post(d, url.Values{"act": {"decide"}}).Status(http.StatusUnprocessableEntity).Has("请写明理由或者意见")
		rv.Post(d, url.Values{"act": {"decide"}, "note": {"标牌由市里统一换"}}).To(d)
		rv.Post(d, url.Values{"act": {"announce"}}).To(d)
		rv.Get(d).Has("已公告", "查看公告", "立即实施")
		rv.Post(d, url.Values{"act": {"carry-out"}}).To(d)
		rv.Get(d).Has("已实施", "标牌由市里统一换").Lacks("实施会影响什么")
		now, v, err := c.Catalog.Guide(t.Context(), it.Code)
		c.Must(err)
		if now.Name != "占用挖掘城市道路许可" || v.No != 2 || v.Guide.Basis[1].Law != "新条例" {
			t.Errorf("version %d of %s: %+v", v.No, now.Name, v.Guide.Basis)
		}
		c.Login("clerk-lx").Get("/desk/cases/" + no).Status(http.StatusOK).Has(b.Name).Lacks("占用挖掘城市道路许可")
	})
}

// TestAdjust_split: one matter becomes two, with a row added.
func TestAdjust_split(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		it, err := c.Catalog.Item(t.Context(), c.Code(worktest.Marriage))
		c.Must(err)
		s := c.Login("steward-wx")
		const at = "/console/items/adjustments"
		form := s.Get(at+"/new?kind=split&then=fill&item="+it.BasicCode).Status(http.StatusOK).Has("事项 2", "再加一个事项").Lacks("事项 3").Form(at)
		form.Set("_add", "entries")
		form.Set("entries.0.name", "甲事项")
		p := s.Post(at, form).Status(http.StatusOK).Has("事项 3", "甲事项")
		if n := p.Form(at).Get("entries.n"); n != strconv.Itoa(3) {
			t.Errorf("%s entries", n)
		}
		form.Del("_add")
		s.Post(at, form).Status(http.StatusUnprocessableEntity).Has("基本编码应为12位")
		s.Get(at+"/new?kind=add&then=fill").Status(http.StatusOK).Has("主管部门", "公共服务领域", "基本编码")
		s.Get(at + "/new?kind=merge&then=fill&item=" + it.BasicCode).Has("合并后保留哪一个")
		s.Get(at + "/new?kind=take-back&then=fill&item=" + it.BasicCode).Has("从哪一级收回")
		s.Get(at + "/2026-9999").Status(http.StatusNotFound)
	})
}
