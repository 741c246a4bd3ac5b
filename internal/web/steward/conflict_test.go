package steward_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// TestMerge: two stewards change nested parts of one section; the second reads the
// differences in words and picks a side for each.
func TestMerge(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		it, err := c.Catalog.Item(t.Context(), c.Code(worktest.Road))
		c.Must(err)
		a, b := c.Login("steward-lx"), c.Login("steward-wx")
		draft := a.Post("/console/items/revise", url.Values{"item": {id(it.ID)}}).To("/console/items/drafts/")
		at := draft + "/edit/materials"
		ours, theirs := materials(b, draft), materials(a, draft)
		theirs.Set("materials.0.necessity", "tolerant")
		theirs.Set("materials.0.lines.0.text", "请补交对方说的材料。")
		theirs.Set("materials.1.standard", "对方写的标准")
		n := theirs.Get("materials.n")
		theirs.Set("materials.n", next(n))
		for k, v := range map[string]string{"code": "m99", "name": "对方增加的材料", "kind": "other", "necessity": "optional", "media": "electronic", "source": "self", "standard": "清晰"} {
			theirs.Set("materials."+n+"."+k, v)
		}
		a.UploadIn(at, theirs, nil).To(draft)

		ours.Set("materials.1.standard", "我写的标准")
		ours.Set("materials.1.copies", "2")
		p := b.UploadIn(at, ours, nil).Status(http.StatusConflict)
		p.Has("两个人同时修改了这一部分", "汪婷婷", "两边不同", "只有对方有", "用对方保存的", "可以容缺后补", "请补交对方说的材料。", "对方写的标准", "我写的标准", "对方增加的材料", "由“对方写的标准”改为“我写的标准”").Lacks("&#34;necessity&#34;", "{")
		in := p.Form(at)
		if in.Get("_pick.materials/m99") != "theirs" || in.Get("_pick.materials/m02") != "mine" {
			t.Errorf("offered first: %v", in)
		}
		in.Set("_pick.materials/m01", "theirs")
		b.UploadIn(at, in, nil).To(draft)
		d := materials(a, draft)
		for field, want := range map[string]string{"materials.0.necessity": "tolerant", "materials.0.lines.0.text": "请补交对方说的材料。", "materials.1.standard": "我写的标准", "materials.1.copies": "2", "materials." + n + ".name": "对方增加的材料"} {
			if d.Get(field) != want {
				t.Errorf("%s is %q, want %q", field, d.Get(field), want)
			}
		}
		in.Set("_pick.materials/m02", "theirs") // of a page that is no longer true
		b.UploadIn(at, in, nil).Status(http.StatusConflict)

		form := draft + "/edit/form"
		mine, first := b.Get(form).Form(form), a.Get(form).Form(form)
		first.Set("form.fields.0.title", "对方的问法")
		first.Set("form.title", "对方的申请表")
		a.Post(form, first).To(draft)
		mine.Set("form.fields.0.help", "我的提示")
		q := b.Post(form, mine).Status(http.StatusConflict).Has("两个人同时修改了这一部分", "对方的问法", "我的提示", "对方的申请表")
		in = q.Form(form)
		in.Set("_pick.form/title", "theirs")
		b.Post(form, in).To(draft)
		got := a.Get(form).Form(form)
		if got.Get("form.title") != "对方的申请表" || got.Get("form.fields.0.help") != "我的提示" {
			t.Errorf("%q %q", got.Get("form.title"), got.Get("form.fields.0.help"))
		}
	})
}
