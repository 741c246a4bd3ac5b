package console

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
)

// subscriberPage is one subscriber: how far it is, and what may be done.
type subscriberPage struct {
	web.Page
	Name           string
	State          web.Tag
	Trouble        web.Banner // why it is behind
	Position, End  int64      // confirmed, newest
	Waiting        string
	Facts          web.Facts
	URL            string
	Active         bool
	Replay, Remove []web.FieldView
	Erase          bool // the removal is unfolded: it was asked for without being sure
	Back           web.Link
}

// subscriber answers GET /console/subscribers/{id}.
func (k *Console) subscriber(w http.ResponseWriter, r *http.Request) error {
	p, _, err := k.subscriberPage(r, "")
	if err != nil {
		return err
	}
	return k.views.subscriber.Render(w, r, http.StatusOK, p)
}

// subscriberOf is the subscriber that the address names, and who asks.
func (k *Console) subscriberOf(r *http.Request) (a actor.Actor, id int64, err error) {
	if a, err = k.actor(r); err != nil {
		return a, 0, err
	}
	if id, err = strconv.ParseInt(r.PathValue("id"), 10, 64); err != nil {
		return a, 0, web.ErrNoPage()
	}
	return a, id, nil
}

// subscriberPage fills the page; after is a position as it was typed.
func (k *Console) subscriberPage(r *http.Request, after string) (p subscriberPage, s catalog.Subscriber, err error) {
	a, id, err := k.subscriberOf(r)
	if err != nil {
		return p, s, err
	}
	s, end, err := k.c.Catalog.Subscriber(r.Context(), a, id)
	if err != nil {
		return p, s, backToSubscribers(r, err)
	}
	p = subscriberPage{Page: k.page(r, a, "subscribers", s.Name, s.Name), Name: s.Name, URL: subscriberPath(id), Active: s.State == catalog.SubscriberActive}
	p.Path = p.URL
	p.fill(s, end)
	p.Replay = []web.FieldView{{ID: "after", Name: "after", Label: p.Tr("从哪个位置之后重新推送", "Tell it again what came after"), Value: after, Mode: "numeric", Width: "w-s", Max: 16, Auto: "off",
		Help: fmt.Sprintf(p.Tr("0 为全部；%d 是最新的变更，填它就是跳过前面的。", "0: everything; %d is the newest change, which leaves out all before it."), end)}}
	p.Remove = []web.FieldView{{ID: "sure", Name: "sure", Widget: "checkbox", Options: []web.OptionView{{ID: "sure", Value: "yes", Label: p.Tr("我知道对方将不再收到变更", "I know that it will not be told any more")}}}}
	return p, s, nil
}

func (p *subscriberPage) fill(s catalog.Subscriber, end int64) {
	p.State, p.Position, p.End, p.Waiting = subscriberState(p.Page, s), s.Position, end, waitingWords(p.Page, s, end)
	p.Back = web.Link{Href: subscribersPath, Text: p.Tr("全部订阅方", "All subscribers")}
	p.Trouble = trouble(p.Page, s)
	p.Facts.Rows = []web.Fact{{Key: p.Tr("接收地址", "Address"), Value: s.URL},
		{Key: p.Tr("最近一次成功", "Last success"), Value: moment(p.Page, s.ConfirmedAt)}}
	if s.Error != "" {
		p.Facts.Rows = append(p.Facts.Rows, web.Fact{Key: p.Tr("最近的错误", "Last error"), Value: deliveryWords(p.Page, s.Error), Soft: s.Error})
	}
	p.Facts.Rows = append(p.Facts.Rows, web.Fact{Key: p.Tr("登记", "Registered"), Value: s.CreatedBy + " · " + moment(p.Page, s.CreatedAt)},
		web.Fact{Key: p.Tr("编号", "Number"), Value: strconv.FormatInt(s.ID, 10), Soft: p.Tr("tongban subscribers 命令用", "For tongban subscribers")})
}

// trouble says why a subscriber is not told, and what comes next.
func trouble(p web.Page, s catalog.Subscriber) web.Banner {
	n := strconv.Itoa(s.Failures)
	switch {
	case s.State == catalog.SubscriberStopped:
		return web.Banner{Tone: web.Bad, Title: p.Tr("连续失败太多次，已中止推送", "It failed too often and was stopped"),
			Text: p.Tr("连续失败 "+n+" 次。请与对方查明原因，试推成功后恢复推送，遗漏的会补发。", n+" failures in a row. Find out why, try the address, then let it go on; it gets what it missed.")}
	case s.State == catalog.SubscriberPaused:
		return web.Banner{Tone: web.Info, Title: p.Tr("已暂停推送", "Paused"), Text: p.Tr("期间的变更不会丢，恢复后按顺序补发。", "Nothing is lost: it is told in order when it goes on.")}
	case s.Failures > 0:
		return web.Banner{Tone: web.Note, Title: p.Tr("推送没有成功，正在重试", "It was not reached and is tried again"),
			Text: p.Tr("已连续失败 "+n+" 次，下一次不早于 "+moment(p, s.RetryAt)+"。", n+" failures in a row; the next try is not before "+moment(p, s.RetryAt)+".")}
	}
	return web.Banner{}
}

func backToSubscribers(r *http.Request, err error) error {
	return web.Onward(err, web.Link{Href: subscribersPath, Text: web.NewPage(r, "", "").Tr("回到订阅方列表", "Back to the subscribers")})
}

// setSubscriber answers POST /console/subscribers/{id}/active.
func (k *Console) setSubscriber(w http.ResponseWriter, r *http.Request) error {
	a, id, err := k.subscriberOf(r)
	if err != nil {
		return err
	}
	on := r.PostFormValue("active") == "true"
	if err := k.c.Catalog.SetSubscriber(r.Context(), a, id, on); err != nil {
		return backToSubscribers(r, err)
	}
	if on {
		k.flash(w, r, "已恢复推送，遗漏的变更会补发。", "It is told again, with what it missed.")
	} else {
		k.flash(w, r, "已暂停推送。", "It is not told for now.")
	}
	return web.SeeOther(w, r, subscriberPath(id))
}

// replay answers POST /console/subscribers/{id}/replay.
func (k *Console) replay(w http.ResponseWriter, r *http.Request) error {
	a, id, err := k.subscriberOf(r)
	if err != nil {
		return err
	}
	typed := strings.TrimSpace(r.PostFormValue("after"))
	after, perr := strconv.ParseInt(typed, 10, 64)
	if perr != nil {
		after = -1 // the service says what is asked for
	}
	err = k.c.Catalog.Replay(r.Context(), a, id, after)
	if errs.KindOf(err) == errs.Invalid {
		p, _, perr := k.subscriberPage(r, typed)
		if perr != nil {
			return perr
		}
		mark(&p.Page, p.Replay, errs.Of(err).Fields)
		return k.views.subscriber.Render(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return backToSubscribers(r, err)
	}
	n := strconv.FormatInt(after, 10)
	k.flash(w, r, "将从第 "+n+" 条之后重新推送。", "What came after "+n+" is told again.")
	return web.SeeOther(w, r, subscriberPath(id))
}

// tryDelivery answers POST /console/subscribers/{id}/test.
func (k *Console) tryDelivery(w http.ResponseWriter, r *http.Request) error {
	a, id, err := k.subscriberOf(r)
	if err != nil {
		return err
	}
	x, err := k.c.Catalog.TryDelivery(r.Context(), a, id)
	if err != nil {
		return backToSubscribers(r, err)
	}
	p := web.NewPage(r, "", "")
	if x.Heard {
		ms := strconv.FormatInt(x.Took.Milliseconds(), 10)
		k.c.Renderer.SetFlash(w, web.OK, p.Tr("试推成功，对方在 "+ms+" 毫秒内应答。", "The test was answered within "+ms+" ms."))
	} else {
		k.c.Renderer.SetFlash(w, web.Bad, p.Tr("试推没有成功：", "The test was not answered: ")+deliveryWords(p, x.Error))
	}
	return web.SeeOther(w, r, subscriberPath(id))
}

// unsubscribe answers POST /console/subscribers/{id}/remove.
func (k *Console) unsubscribe(w http.ResponseWriter, r *http.Request) error {
	p, s, err := k.subscriberPage(r, "")
	if err != nil {
		return err
	}
	if r.PostFormValue("sure") != "yes" {
		p.Erase = true
		mark(&p.Page, p.Remove, []errs.Field{{Path: "sure", Code: "required", ZH: "请先勾选确认", EN: "Tick the box first"}})
		return k.views.subscriber.Render(w, r, http.StatusUnprocessableEntity, p)
	}
	if err := k.c.Catalog.Unsubscribe(r.Context(), p.Actor, s.ID); err != nil {
		return backToSubscribers(r, err)
	}
	k.flash(w, r, "已删除订阅方“"+s.Name+"”。", s.Name+" was removed.")
	return web.SeeOther(w, r, subscribersPath)
}
