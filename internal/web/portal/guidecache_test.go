package portal

import (
	"fmt"
	"testing"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/webtest"
)

// Kept pages take no more memory than is allowed, and belong to one state.
func TestGuideCacheBounds(t *testing.T) {
	v := newViews(webtest.New(t))
	draw := func(lead string) *web.Body {
		b, err := v.text.Draw(TextPage{Page: web.Page{Lang: "zh-CN", Title: lead}, Lead: lead})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	one := draw("一")
	c := guideCache{most: 5 * one.Size()}
	now := state{&catalog.Index{Version: 2}, &identity.Directory{}, &channel.Places{}}
	for i := range 50 {
		k := guideKey{code: fmt.Sprint(i)}
		c.put(now, k, draw(fmt.Sprint("第", i, "页")))
		if c.get(now, k) == nil {
			t.Fatalf("page %d was not kept", i)
		}
		size := 0
		for _, b := range c.pages {
			size += b.Size()
		}
		if size != c.size || size > c.most || i > 3 && len(c.pages) < 3 {
			t.Fatalf("%d pages, %d bytes, counted %d, allowed %d", len(c.pages), size, c.size, c.most)
		}
	}
	for range 9 {
		c.put(now, guideKey{code: "49"}, one) // in place of itself
	}
	if len(c.pages) < 3 || c.get(now, guideKey{code: "49"}) != one {
		t.Errorf("%d pages", len(c.pages))
	}
	next := state{&catalog.Index{Version: 3}, now.dir, now.places}
	if c.get(next, guideKey{code: "49"}) != nil {
		t.Error("a page of the state before")
	}
	c.put(next, guideKey{code: "a"}, one)
	c.put(now, guideKey{code: "b"}, one) // drawn by somebody slow
	if c.get(next, guideKey{code: "a"}) == nil || c.get(now, guideKey{code: "b"}) != nil || len(c.pages) != 1 || c.size != one.Size() {
		t.Errorf("%d pages, %d bytes", len(c.pages), c.size)
	}
}
