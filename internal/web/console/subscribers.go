package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/sm"
	"github.com/tongban/tongban/internal/web"
)

// subscribersPage 变更订阅: who is told of changed items, and how far each is.
type subscribersPage struct {
	web.Page
	Newest string // of the feed, in words
	Table  web.Table
	Add    []web.FieldView
	Key    string // makes a repeated post one registration
}

// subscribedPage shows the secret of a new subscriber, once.
type subscribedPage struct {
	web.Page
	Name, URL, Secret string // Secret empty: it was shown before
	Back              web.Link
}

const subscribersPath = "/console/subscribers"

func subscriberPath(id int64) string { return subscribersPath + "/" + strconv.FormatInt(id, 10) }

// subscribers answers GET /console/subscribers.
func (k *Console) subscribers(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	key, err := sm.NewToken()
	if err != nil {
		return err
	}
	p, err := k.subscribersPage(r, a, url.Values{"key": {key}})
	if err != nil {
		return err
	}
	return k.views.subscribers.Render(w, r, http.StatusOK, p)
}

// subscribersPage fills the list; typed is a registration as it was sent.
func (k *Console) subscribersPage(r *http.Request, a actor.Actor, typed url.Values) (subscribersPage, error) {
	p := subscribersPage{Page: k.page(r, a, "subscribers", "变更订阅", "Subscribers"), Key: typed.Get("key")}
	p.Path = subscribersPath
	list, end, err := k.c.Catalog.Subscribers(r.Context(), a)
	if err != nil {
		return p, err
	}
	p.Newest = fmt.Sprintf(p.Tr("变更流现在到第 %d 条。", "The feed has %d changes."), end)
	if end == 0 {
		p.Newest = p.Tr("还没有变更。", "Nothing has changed yet.")
	}
	p.Table = subscriberTable(p.Page, list, end)
	from := typed.Get("from")
	p.Add = []web.FieldView{
		{ID: "new-name", Name: "name", Label: p.Tr("名称", "Name"), Help: p.Tr("例如：省政务服务网", "Such as the provincial portal"), Value: typed.Get("name"), Max: 60, Width: "w-l", Auto: "off"},
		{ID: "new-url", Name: "url", Label: p.Tr("接收地址", "Address"), Help: p.Tr("https:// 开头。内网地址和 http 须先在配置 subscriberNetworks 中允许。", "Begins with https://. Addresses inside, and http, have to be in subscriberNetworks."), Value: typed.Get("url"), Max: 500, Auto: "off"},
		{ID: "new-from", Name: "from", Widget: "radio", Label: p.Tr("从哪里开始推送", "From where it is told"), Options: []web.OptionView{
			{ID: "new-from-now", Value: "now", Label: p.Tr("从现在起", "From now on"), Soft: p.Tr("对方已有全部指南", "It has all guides"), Checked: from != "all"},
			{ID: "new-from-all", Value: "all", Label: p.Tr("从第一条起", "From the first change"), Soft: p.Tr("对方从零开始", "It begins with nothing"), Checked: from == "all"}}},
	}
	return p, nil
}

func subscriberTable(p web.Page, list []catalog.Subscriber, end int64) web.Table {
	t := web.Table{Caption: p.Tr("订阅方", "Subscribers"), Hide: true,
		Heads: []web.Head{{Text: p.Tr("订阅方", "Subscriber")}, {Text: p.Tr("状态", "State")}, {Text: p.Tr("已确认到", "Confirmed")}, {Text: p.Tr("最近一次成功", "Last success")}, {Text: p.Tr("最近的错误", "Last error")}},
		Empty: web.Empty{Title: p.Tr("还没有订阅方", "No subscriber yet"), Text: p.Tr("登记省政务服务网、政府网站后，事项每次变更都会推送给它。", "Once the provincial portal or a website is registered, it is told of every change.")}}
	for _, s := range list {
		wrong := deliveryWords(p, s.Error)
		if wrong == "" {
			wrong = p.Tr("没有", "None")
		}
		if s.Failures > 0 {
			wrong += fmt.Sprintf(p.Tr("（连续 %d 次）", " (%d in a row)"), s.Failures)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: s.Name, Href: subscriberPath(s.ID), Row: true, Soft: s.URL}, {Tag: subscriberState(p, s)},
			{Text: fmt.Sprintf("%d / %d", s.Position, end), Soft: waitingWords(p, s, end)}, {Text: moment(p, s.ConfirmedAt)}, {Text: wrong}}})
	}
	return t
}

// waitingWords tells how much a subscriber has not confirmed.
func waitingWords(p web.Page, s catalog.Subscriber, end int64) string {
	if n := end - s.Position; n > 0 {
		return fmt.Sprintf(p.Tr("还有 %d 条待推送", "%d wait"), n)
	}
	return p.Tr("已是最新", "Up to date")
}

func subscriberState(p web.Page, s catalog.Subscriber) web.Tag {
	switch {
	case s.State == catalog.SubscriberPaused:
		return web.Tag{Text: p.Tr("已暂停", "Paused")}
	case s.State == catalog.SubscriberStopped:
		return web.Tag{Tone: web.Bad, Text: p.Tr("已中止", "Stopped")}
	case s.Failures > 0:
		return web.Tag{Tone: web.Note, Text: p.Tr("重试中", "Trying again")}
	}
	return web.Tag{Tone: web.OK, Text: p.Tr("推送中", "Active")}
}

func moment(p web.Page, t time.Time) string {
	if t.IsZero() {
		return p.Tr("还没有", "None yet")
	}
	return t.In(clock.Shanghai()).Format("2006-01-02 15:04:05")
}

// deliveryWords says what a failed delivery ran into; unknown errors as they came.
func deliveryWords(p web.Page, cause string) string {
	if code, ok := strings.CutPrefix(cause, "answered "); ok {
		return p.Tr("对方应答 "+code, "Answered "+code)
	}
	for _, w := range [][3]string{
		{"deadline exceeded", "超过10秒没有应答", "No answer in 10 seconds"}, {"Client.Timeout", "超过10秒没有应答", "No answer in 10 seconds"},
		{"refused", "连接被拒绝", "Connection refused"}, {"no such host", "域名解析不到", "No such host"}, {"x509", "对方的证书不可信", "Its certificate is not trusted"},
		{"subscriberNetworks", "地址不允许推送，须在配置 subscriberNetworks 中加入", "The address is not in subscriberNetworks"},
	} {
		if strings.Contains(cause, w[0]) {
			return p.Tr(w[1], w[2])
		}
	}
	return cause
}

// subscribe answers POST /console/subscribers: it registers a subscriber and
// shows its secret, once; sent twice it registers once.
func (k *Console) subscribe(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	in := catalog.NewSubscriber{Name: strings.TrimSpace(r.PostForm.Get("name")), URL: strings.TrimSpace(r.PostForm.Get("url"))}
	if r.PostForm.Get("from") == "all" {
		in.After = new(int64)
	}
	if in.Once, err = gate.NewOnce(a, r.PostForm.Get("key"), r.Method, subscribersPath, []byte(r.PostForm.Encode())); err != nil {
		return err
	}
	sub, secret, err := k.c.Catalog.Subscribe(r.Context(), a, in)
	if errs.KindOf(err) == errs.Invalid {
		p, perr := k.subscribersPage(r, a, r.PostForm)
		if perr != nil {
			return perr
		}
		mark(&p.Page, p.Add, errs.Of(err).Fields)
		return k.views.subscribers.Render(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return web.Onward(err, web.Link{Href: subscribersPath, Text: web.NewPage(r, "", "").Tr("回到订阅方列表", "Back to the subscribers")})
	}
	p := subscribedPage{Page: k.page(r, a, "subscribers", "订阅方已登记", "The subscriber is registered"), Name: sub.Name, URL: sub.URL, Secret: secret}
	p.Path = subscribersPath
	p.Back = web.Link{Href: subscriberPath(sub.ID), Text: p.Tr("到这个订阅方", "To the subscriber")}
	return k.views.subscribed.Render(w, r, http.StatusOK, p)
}
