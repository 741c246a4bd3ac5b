package gate

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestIP(t *testing.T) {
	d, err := New(Config{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		remote  string
		forward []string
		want    string
	}{
		{"203.0.113.5:4711", nil, "203.0.113.5"},
		{"203.0.113.5:4711", []string{"198.51.100.1"}, "203.0.113.5"},       // not from a proxy: not believed
		{"10.0.0.1:1", []string{"198.51.100.1"}, "198.51.100.1"},            // through one proxy
		{"10.0.0.1:1", []string{"198.51.100.1, 10.0.0.2"}, "198.51.100.1"},  // through two
		{"10.0.0.1:1", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},   // what the client wrote stands left
		{"10.0.0.1:1", []string{"1.1.1.1", "198.51.100.1"}, "198.51.100.1"}, // in several headers
		{"10.0.0.1:1", []string{"rubbish"}, "10.0.0.1"},
		{"10.0.0.1:1", []string{"198.51.100.1, rubbish, 10.0.0.3"}, "10.0.0.3"},
		{"10.0.0.1:1", []string{""}, "10.0.0.1"},
		{"[fd00::1%eth0]:1", []string{"2001:db8::1"}, "2001:db8::1"},
		{"[::ffff:10.0.0.1]:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"@", nil, ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		r.Header["X-Forwarded-For"] = c.forward
		if got := d.IP(r); got != c.want {
			t.Errorf("%s via %q is %q, want %q", c.remote, c.forward, got, c.want)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	d, err := New(Config{Origins: []string{"https://app.example.gov.cn"}})
	if err != nil {
		t.Fatal(err)
	}
	h := d.SameOrigin(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }),
		func(w http.ResponseWriter, _ *http.Request, err error) {
			is(t, err, ErrCrossOrigin)
			w.WriteHeader(http.StatusForbidden)
		})
	for _, c := range []struct {
		name, method string
		header       map[string]string
		want         int
	}{
		{"our own page", "POST", map[string]string{"Sec-Fetch-Site": "same-origin"}, 200},
		{"another site", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403},
		{"a sub-domain", "POST", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "https://other.example.gov.cn"}, 403},
		{"an old browser, another site", "POST", map[string]string{"Origin": "https://evil.example"}, 403},
		{"an opaque origin", "POST", map[string]string{"Origin": "null"}, 403},
		{"a trusted one", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://app.example.gov.cn"}, 200},
		{"reading", "GET", map[string]string{"Sec-Fetch-Site": "cross-site"}, 200},
		{"a program", "POST", nil, 200},
		{"a bearer from a page elsewhere", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Authorization": "Bearer x"}, 200},
		{"a password of a proxy is no exemption", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Authorization": "Basic x"}, 403},
	} {
		r := httptest.NewRequest(c.method, "https://portal.example.gov.cn/", nil)
		for k, v := range c.header {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.want)
		}
	}
	if _, err := New(Config{Origins: []string{"app.example.gov.cn"}}); err == nil {
		t.Error("an origin without a scheme is accepted")
	}
}
