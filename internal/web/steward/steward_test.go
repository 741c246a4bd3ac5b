package steward_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// TestCompile goes from the list to the published guide as people do: revise,
// refused by the gate, mended, handed in, returned, handed in again, passed and
// published by another, and then found by everybody.
func TestCompile(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		it, err := c.Catalog.Item(t.Context(), c.Code(worktest.Road))
		c.Must(err)
		s, rv := c.Login("steward-lx"), c.Login("itemreviewer-lx")
		s.Get("/console/items").Status(http.StatusOK).Has("事项管理", "占用、挖掘城市道路审批", "修订", "认领事项")
		s.Get("/console/items/claim").Status(http.StatusOK).Has("结婚登记（内地居民）", "有全市指南").Lacks("占用、挖掘城市道路审批")
		rv.Get("/console/items").Status(http.StatusOK).Lacks("认领事项")
		at := s.Post("/console/items/revise", url.Values{"item": {id(it.ID)}}).To("/console/items/drafts/")
		s.Get(at).Status(http.StatusOK).Has("编制中", "办理材料", "完整度 100%", "提交审核")
		s.Post("/console/items/revise", url.Values{"item": {id(it.ID)}}).To("/console/items") // one draft at a time

		limits := s.Get(at+"/edit/limits").Status(http.StatusOK).Has("承诺办结时限", "法定时限的依据").Form(at + "/edit/limits")
		limits.Set("limits.promised.days", "九天")
		s.Post(at+"/edit/limits", limits).Status(http.StatusUnprocessableEntity).Has("应为数字")
		limits.Set("limits.promised.days", "90")
		s.Post(at+"/edit/limits", limits).To(at)
		s.Get(at).Has("超过法定时限20个工作日", "1处要改")
		s.Post(at, url.Values{"act": {"hand-in"}, "note": {"提速"}}).Status(http.StatusUnprocessableEntity).Has("超过法定时限20个工作日")
		limits = s.Get(at + "/edit/limits").Form(at + "/edit/limits")
		limits.Set("limits.promised.days", "7")
		s.Post(at+"/edit/limits", limits).To(at)

		mats := s.Get(at + "/edit/materials").Form(at + "/edit/materials")
		mats.Set("_add", "materials")
		s.Post(at+"/edit/materials", mats).Status(http.StatusOK).Has("材料 " + next(mats.Get("materials.n")))
		s.Get(at+"/guide").Status(http.StatusOK).Has("预览", "7 个工作日")
		s.Get(at + "/form").Status(http.StatusOK).Has("窗口核对清单")
		s.Get(at+"/edit/form").Status(http.StatusOK).Has("申请表名称", "数据元")
		raw := url.Values{"seen": s.Get(at + "/edit/form").Form(at + "/edit/form")["seen"], "raw": {`{"type":"object","x-steps":[{"key":"a","title":"一","fields":["x"]}],"properties":{"x":{"type":"string","title":"x","x-show": {"nowhere": ["1"]} } } }`}}
		s.Post(at+"/edit/form", raw).Status(http.StatusUnprocessableEntity).Has("nowhere") // a condition on an unknown field, with its place

		s.Post(at, url.Values{"act": {"hand-in"}}).Status(http.StatusUnprocessableEntity).Has("请写明理由或者意见")
		s.Post(at, url.Values{"act": {"pass"}}).To(at) // not in this state
		s.Post(at, url.Values{"act": {"hand-in"}, "note": {"提速到7个工作日"}}).To(at)
		s.Post(at+"/edit/limits", limits).To(at) // handed in: nothing is written
		rv.Get(at).Status(http.StatusOK).Has("审核通过", "退回修改", "提速到7个工作日").Lacks("这次改了什么")
		s.Post(at, url.Values{"act": {"pass"}}).Status(http.StatusForbidden)
		rv.Post(at, url.Values{"act": {"return"}, "note": {"请说明怎样做到"}}).To(at)
		s.Get(at).Has("退回修改", "请说明怎样做到")
		s.Post(at, url.Values{"act": {"hand-in"}, "note": {"并联审查"}}).To(at)
		rv.Post(at, url.Values{"act": {"pass"}}).To(at)
		rv.Post(at, url.Values{"act": {"publish"}}).To(at)
		rv.Get(at).Has("已发布")
		_, v, err := c.Catalog.Guide(t.Context(), it.Code)
		c.Must(err)
		if v.No != 2 || v.Guide.Limits.Promised.Days != 7 || v.Reason != "并联审查" {
			t.Errorf("version %d: %+v", v.No, v.Guide.Limits.Promised)
		}
	})
}

// TestTogether: two stewards at one draft; the second sees the first's change.
func TestTogether(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		it, err := c.Catalog.Item(t.Context(), c.Code(worktest.Road))
		c.Must(err)
		a, b := c.Login("steward-lx"), c.Login("steward-wx")
		at := a.Post("/console/items/revise", url.Values{"item": {id(it.ID)}}).To("/console/items/drafts/")
		mine, theirs := a.Get(at+"/edit/rights").Form(at+"/edit/rights"), b.Get(at+"/edit/rights").Form(at+"/edit/rights")
		duties := b.Get(at + "/edit/duties").Form(at + "/edit/duties")
		mine.Set("rights", "第一个人写的")
		a.Post(at+"/edit/rights", mine).To(at)
		duties.Set("duties", "第二个人写的义务")
		b.Post(at+"/edit/duties", duties).To(at) // another part: nothing in the way
		theirs.Set("rights", "第二个人写的")
		p := b.Post(at+"/edit/rights", theirs).Status(http.StatusConflict).Has("刚刚修改了这一部分", "第一个人写的", "第二个人写的")
		merged := p.Form(at + "/edit/rights")
		merged.Set("rights", "第一个人写的\n第二个人写的")
		b.Post(at+"/edit/rights", merged).To(at)
		a.Get(at+"/edit/rights").Has("第一个人写的", "第二个人写的")
		a.Get(at + "/edit/duties").Has("第二个人写的义务")
		a.Post(at, url.Values{"act": {"discard"}, "note": {"不改了"}}).To("/console/items")
		a.Get(at).Has("已放弃").Lacks("这次改了什么")
	})
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// before is the number before n.
func before(n string) string {
	i, err := strconv.Atoi(n)
	if err != nil {
		return n
	}
	return strconv.Itoa(i - 1)
}

// next is the number after n.
func next(n string) string {
	i, err := strconv.Atoi(n)
	if err != nil {
		return n
	}
	return strconv.Itoa(i + 1)
}
