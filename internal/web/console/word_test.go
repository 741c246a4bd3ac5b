package console_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// TestDailyWord: a reviewer of the city answers a search that failed; the word
// leads to the matter at once, leaves the list, and can be taken back.
func TestDailyWord(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		const misses, at, words = "/console/items/misses", "/console/items/misses/word", "量子传输站"
		pick := at + "?words=" + url.QueryEscape(words)
		if _, err := c.Catalog.Search(t.Context(), catalog.Query{Text: words, Unopened: true}); err != nil {
			t.Fatal(err)
		}
		c.Must(c.Catalog.WriteMisses(t.Context()))
		code := c.Code(worktest.Road)
		basic := code[len(code)-12:]

		top := c.Login("itemreviewer-wx")
		top.Get(misses).Status(http.StatusOK).Has(words, "加为日常用语").Lacks("已加的日常用语")
		top.Get(pick).Status(http.StatusOK).Has("没有找到事项", "12位基本编码")
		form := top.Get(pick+"&q="+basic).Status(http.StatusOK).Has("就是这个事项", basic).Form(at)
		form.Set("code", "320199999000")
		top.Post(at, form).Status(http.StatusUnprocessableEntity).Has("没有这个事项", "重新选择事项")
		form.Set("code", basic)
		top.Post(at, form).To(misses)
		p := top.Get(misses).Has("现在就能搜到", "已加的日常用语", words, "葛明远").Lacks(url.QueryEscape(words))
		found, err := c.Catalog.Search(t.Context(), catalog.Query{Text: words, Unopened: true})
		if err != nil || len(found.Items) == 0 || found.Items[0].BasicCode != basic {
			t.Errorf("%+v %v", found.Items, err)
		}

		list, err := c.Catalog.Words(t.Context(), c.Staff("itemreviewer-wx"), 10)
		c.Must(err)
		remove := at + "/" + strconv.FormatInt(list[0].ID, 10) + "/remove"
		p.Has(remove)
		for _, login := range []string{"itemreviewer-lx", "steward-lx"} {
			b := c.Login(login)
			b.Get(misses).Status(http.StatusOK).Has(words).Lacks(remove, "处理")
			b.Get(pick).Status(http.StatusForbidden)
			b.Post(at, form).Status(http.StatusForbidden)
			b.Post(remove, nil).Status(http.StatusForbidden)
		}
		c.Login("clerk-lx").Get(pick).Status(http.StatusForbidden)
		top.Get(at).Status(http.StatusNotFound)
		top.Post(at+"/x/remove", nil).Status(http.StatusNotFound)
		top.Post(remove, nil).To(misses)
		top.Post(remove, nil).Status(http.StatusNotFound).Has("可能已经移除")
		top.Get(misses).Has(words, url.QueryEscape(words)).Lacks("已加的日常用语")
	})
}
