package desk_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/tongban/tongban/internal/web/desk/worktest"
)

func TestLogin(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		b := c.Browser()
		b.Get("/desk?role=decider").To("/desk/login?next=%2Fdesk%3Frole%3Ddecider")
		b.Get("/desk/login?next=%2Fdesk").Status(http.StatusOK).Has("动态口令", "演示环境")
		b.Post("/desk/login", url.Values{"login": {"clerk-lx"}, "password": {worktest.Password}, "code": {"000000"}}).
			Status(http.StatusUnauthorized).Has("clerk-lx").Lacks(worktest.Password)
		code, err := c.Identity.OTP(t.Context(), "clerk-lx")
		c.Must(err)
		for next, want := range map[string]string{"//evil.example": "/desk", "/desk/search?no=1": "/desk/search?no=1"} {
			r := b.Post("/desk/login", url.Values{"login": {"clerk-lx"}, "password": {worktest.Password}, "code": {code}, "next": {next}})
			if got := r.To("/desk"); got != want {
				t.Errorf("next %s leads to %s", next, got)
			}
			if code, err = c.Identity.OTP(t.Context(), "clerk-lx"); err != nil {
				c.Later(40e9)
				code, err = c.Identity.OTP(t.Context(), "clerk-lx")
				c.Must(err)
			}
		}
		b.Get("/desk/me").Status(http.StatusOK).Has("史晓东", "梁溪区政务服务中心", "窗口")
		b.Post("/desk/me/password", url.Values{"old": {"x"}, "password": {"Neues-2026-Wort"}, "again": {"Neues-2026-Wort!"}}).Status(http.StatusUnprocessableEntity).Has("两次输入的新密码不一致")
		b.Post("/desk/me/password", url.Values{"old": {"x"}, "password": {"Neues-2026-Wort"}, "again": {"Neues-2026-Wort"}}).Status(http.StatusUnprocessableEntity).Has("现在的密码不正确")
		b.Post("/desk/me/password", url.Values{"old": {worktest.Password}, "password": {"short"}, "again": {"short"}}).Status(http.StatusUnprocessableEntity).Has("密码至少12位")
		b.Post("/desk/me/password", url.Values{"old": {worktest.Password}, "password": {"Neues-2026-Wort"}, "again": {"Neues-2026-Wort"}}).To("/desk")
		b.Post("/desk/logout", nil).To("/desk/login")
		b.Get("/desk").To("/desk/login")
		// somebody from another site cannot send the form
		r := b.Post("/desk/login", url.Values{"login": {"clerk-lx"}, "password": {worktest.Password}, "code": {code}})
		r.Status(http.StatusUnauthorized)
	})
}

// TestThrottle: after too many attempts the page says so and the right
// password does not help.
func TestThrottle(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		b := c.Browser()
		for range 5 {
			b.Post("/desk/login", url.Values{"login": {"clerk-lx"}, "password": {"x"}, "code": {"1"}}).Status(http.StatusUnauthorized)
		}
		p := b.Post("/desk/login", url.Values{"login": {"clerk-lx"}, "password": {worktest.Password}, "code": {"1"}}).Status(http.StatusTooManyRequests).Has("尝试次数过多")
		if p.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	})
}
