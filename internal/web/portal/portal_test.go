package portal_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/citytest"
	"github.com/tongban/tongban/internal/web/portal"
	"github.com/tongban/tongban/internal/web/webtest"
)

// serve puts the portal behind the door, as app does.
func serve(t testing.TB, c *citytest.City) http.Handler {
	t.Helper()
	rt, err := web.New(web.Options{Log: citytest.Log(), Site: webtest.Site(), Actor: func(r *http.Request) actor.Actor {
		a, _ := gate.Actor(r.Context())
		return a
	}})
	if err != nil {
		t.Fatal(err)
	}
	style, err := caseview.NewStyle()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	rt.Routes(mux)
	portal.New(portal.Config{Renderer: rt, Style: style, Door: c.Door, Identity: c.Identity, Catalog: c.Catalog, Casework: c.Casework, Consult: c.Consult, Licences: c.Licences,
		Ratings: c.Ratings, Fees: c.Fees, Channel: c.Channel, Publicity: c.Publicity, Files: c.Files, Shelf: c, Notify: c.Notify, Account: "某市一网通办", Now: c.Clock.Now, URL: "http://localhost:8080"}).Routes(mux)
	return rt.Wrap(c.Door.SameOrigin(c.Door.Identify(rt.Mux(mux)), rt.Fail))
}

// picture is a small image; each shade is another one.
func picture(t testing.TB, shade int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range 40 {
		img.Set(i, i%30, color.RGBA{R: uint8(i * 6), G: uint8(shade * 20), A: 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func set(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

func login(b *citytest.Browser, name string) *citytest.Browser {
	return b.Get("/login").Want(200, "登录").Press("登录", set("login", name, "password", citytest.Password)).Want(200).At("/my")
}

func TestHome(t *testing.T) {
	citytest.Each(t, []string{"food-licence-new", "road-occupy-dig", "marriage-register"}, func(t *testing.T, c *citytest.City) {
		b := citytest.Browse(t, serve(t, c))
		b.Get("/").Want(200, "今天想办什么事", "食品经营许可（新办）", "三步办成")
		b.Press("搜索", set("q", "食品经营")).Want(200, "食品经营许可（新办）", "找到").At("/items?")
		b.Click("食品经营许可（新办）").Want(200, "在线办理", "受理标准", "待核实", "演示数据", "一图看懂", "法律救济")
		b.Get("/items?q="+url.QueryEscape("没有这种东西")).Want(200, "没有找到相关事项")
		b.Get("/items?audience=person&topic=marriage").Want(200, "结婚登记").Not("食品经营许可（新办）")
	})
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// staffBrowser is logged in as a window clerk.
func staffBrowser(t testing.TB, c *citytest.City, h http.Handler) *citytest.Browser {
	t.Helper()
	code, err := c.Identity.OTP(t.Context(), "clerk-lx")
	if err != nil {
		t.Fatal(err)
	}
	b := citytest.Browse(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/test/login" {
			h.ServeHTTP(w, r)
			return
		}
		if _, err := c.Door.LoginStaff(w, r, "clerk-lx", citytest.Password, code); err != nil {
			t.Error(err)
		}
	}))
	return b.Post("/test/login", nil)
}
