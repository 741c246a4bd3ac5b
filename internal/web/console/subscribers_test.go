package console_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// website is an outside system that keeps what it is told.
type website struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	got    []catalog.Delivery
}

func openWebsite(t *testing.T) *website {
	s := &website{status: http.StatusOK}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		var d catalog.Delivery
		if body, err := io.ReadAll(r.Body); err == nil && json.Unmarshal(body, &d) == nil {
			s.got = append(s.got, d)
		}
		w.WriteHeader(s.status)
	}))
	t.Cleanup(s.Close)
	return s
}

// TestSubscribers: the system administrator registers a website, hands its
// secret over, tries the address, pauses, goes on, has changes told again and
// removes it.
func TestSubscribers(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		at, site := "/console/subscribers", openWebsite(c.T)
		sys := c.Login("sysadmin")
		_, err := c.Catalog.Number(t.Context())
		c.Must(err)
		drain := func() {
			_, err := c.Jobs.Drain(t.Context())
			c.Must(err)
		}
		form := sys.Get(at).Status(http.StatusOK).Has("还没有订阅方", "变更流现在到第", "变更订阅").Form(at)
		for field, in := range map[string][2]string{"填写名称": {"", "https://example.gov.cn/hook"}, "完整的地址": {"网站", "example"}, "不允许推送到这个地址": {"网站", "http://10.0.0.1/"}} {
			form.Set("name", in[0])
			form.Set("url", in[1])
			sys.Post(at, form).Status(http.StatusUnprocessableEntity).Has(field)
		}
		form.Set("name", "政府网站（演示）")
		form.Set("url", site.URL+"/hook")
		form.Set("from", "all")
		made := sys.Post(at, form).Status(http.StatusOK).Has("密钥只显示这一次", "签名密钥", site.URL)
		one := made.First(at + "/")
		secret := regexp.MustCompile(`<code>([^<]{40,})</code>`).FindStringSubmatch(made.Body)[1]
		sys.Post(at, form).Status(http.StatusOK).Has("刚才已经登记", one).Lacks(secret)
		form.Set("key", "another")
		sys.Post(at, form).Status(http.StatusUnprocessableEntity).Has("已有同名的订阅方")

		drain()
		told := len(site.got)
		end := site.got[told-1].Last
		sys.Get(at).Has("政府网站（演示）", "已是最新", "推送中").Lacks(secret)
		sys.Get(one).Status(http.StatusOK).Has("已是最新", "试推一次", "暂停推送", "删除后不能恢复").Lacks(secret)

		sys.Post(one+"/test", nil).To(one)
		sys.Get(one).Has("试推成功")
		if d := site.got[told]; !d.Test || len(d.Changes) != 0 || d.Last != end {
			t.Errorf("%+v", d)
		}
		site.status = http.StatusForbidden
		sys.Post(one+"/test", nil).To(one)
		sys.Get(one).Has("试推没有成功：对方应答 403", "推送中")

		again := sys.Get(one).Form(one + "/replay")
		for _, bad := range []string{"", "x", "-1", "999999"} {
			again.Set("after", bad)
			sys.Post(one+"/replay", again).Status(http.StatusUnprocessableEntity).Has("之间的位置")
		}
		again.Set("after", "0")
		sys.Post(one+"/replay", again).To(one)
		drain()
		sys.Get(one).Has("将从第 0 条之后重新推送", "重试中", "已连续失败 1 次", "对方应答 403", "条待推送")
		pause := sys.Get(one).Form(one + "/active")
		sys.Post(one+"/active", pause).To(one)
		sys.Get(one).Has("已暂停推送", "期间的变更不会丢")
		site.status, site.got = http.StatusNoContent, nil
		sys.Post(one+"/active", sys.Get(one).Form(one+"/active")).To(one)
		drain()
		if len(site.got) == 0 || site.got[0].After != 0 || site.got[len(site.got)-1].Last != end {
			t.Errorf("%+v", site.got)
		}
		sys.Get(one).Has("已恢复推送", "已是最新")

		sys.Post(one+"/remove", nil).Status(http.StatusUnprocessableEntity).Has("请先勾选确认", "<details class=\"card\" open")
		sys.Post(one+"/remove", map[string][]string{"sure": {"yes"}}).To(at)
		sys.Get(at).Has("已删除订阅方", "还没有订阅方")
		sys.Get(one).Status(http.StatusNotFound).Has("回到订阅方列表")
		for _, act := range []string{"/active", "/replay", "/test", "/remove"} {
			sys.Post(one+act, map[string][]string{"sure": {"yes"}}).Status(http.StatusNotFound)
		}
		sys.Get(at + "/x").Status(http.StatusNotFound)
		if strings.Contains(c.Logs.String(), secret) {
			t.Error("the secret is in the log")
		}
	})
}
