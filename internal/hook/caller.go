package hook

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/tongban/tongban/internal/errs"
)

// Caller writes to one outside system.
type Caller struct {
	Base string // "https://pay.example.cn/api"
	Key  Scheme
	Now  func() time.Time // for the timestamp of letters
	HTTP *http.Client     // nil: ten seconds, no redirects
}

// most is how much of an answer is read: a day's list of a big city.
const most = 64 << 20

// CheckBase refuses an address that nobody protects on the way: plain http is
// for this machine alone.
func CheckBase(base string) error {
	u, err := url.Parse(base)
	if err == nil && u.Host != "" && u.User == nil {
		ip, notIP := netip.ParseAddr(u.Hostname())
		if u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || notIP == nil && ip.IsLoopback()) {
			return nil
		}
	}
	return errs.New(errs.Invalid, "hook-address", "对接地址应以 https:// 开头；只有本机可以使用 http://。", "the address of the outside system starts with https://; http:// is for this machine alone")
}

// Refused is an answer that says no: trying again the same way changes nothing.
type Refused struct {
	Status int
	Code   string // as the other side names it
}

func (r *Refused) Error() string { return fmt.Sprintf("hook: refused with %d %s", r.Status, r.Code) }

// Call sends in as JSON, signed, and reads the answer into out. in may be nil
// for a GET, out for an answer that does not matter. Errors: *Refused for an
// answer of 4xx; anything else may be tried again. Errors hold no content.
func (c *Caller) Call(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	c.Key.Sign(req, body, c.Now())
	client := c.HTTP
	if client == nil {
		client = plain
	}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("hook: %s %s: %w", method, c.Base, errUnreached)
	}
	defer res.Body.Close() //nolint:errcheck // nothing to lose
	answer, err := io.ReadAll(io.LimitReader(res.Body, most))
	if err != nil {
		return fmt.Errorf("hook: %s: the answer broke off", c.Base)
	}
	switch {
	case res.StatusCode >= 400 && res.StatusCode < 500 && res.StatusCode != http.StatusTooManyRequests && res.StatusCode != http.StatusRequestTimeout:
		var p struct{ Code string }
		_ = json.Unmarshal(answer, &p) // a refusal without a code is one
		return &Refused{res.StatusCode, p.Code}
	case res.StatusCode < 200 || res.StatusCode > 299:
		return fmt.Errorf("hook: %s answered %d", c.Base, res.StatusCode)
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("hook: %s answered what is no JSON of ours", c.Base)
	}
	return nil
}

var errUnreached = fmt.Errorf("the other side was not reached")

var plain = &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
