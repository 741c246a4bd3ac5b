package journey

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// chooseWays has a person read the quiet hours, allow SMS at night, which makes
// the hour of the test not matter, and bind WeChat with a code that the sandbox
// sends in as the official account would.
func chooseWays(p *person) {
	p.t.Helper()
	p.open("/my/messages")
	p.follow("消息接收方式")
	p.see("免打扰时段", "21:00 至次日 08:00", "130****0022", "没有绑定")
	p.follow("绑定微信：取绑定码")
	p.see("绑定码", "只能用一次")
	p.open("/my/messages/ways")
	p.choose("先用哪种方式", "短信")
	p.tick("夜间也可以发短信和微信")
	p.follow("保存")
	p.see("接收方式已保存")
}

// toldBySMS waits until the sandbox that stands for telephones has shown an SMS
// about the case, and the person reads in the platform that it was delivered.
func toldBySMS(p *person, c *city, no, words string) {
	p.t.Helper()
	p.until(func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"/sandbox/messages", nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(res.Body)
		if err := res.Body.Close(); err != nil {
			return err
		}
		for sms := range strings.SplitSeq(string(body), "<article>") {
			if strings.Contains(sms, no) && strings.Contains(sms, words) && strings.Contains(sms, "已送达") {
				return err
			}
		}
		return errors.New("it has not come")
	}, 20*time.Second, "an SMS about %s", no)
	p.open("/my/messages")
	p.see(words, "短信已送达")
}
