package app

import (
	"context"
	"slices"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/hook"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/notify"
	boxes "github.com/tongban/tongban/internal/notify/sandbox"
)

// messageBoxPrefix is where the demonstration serves its message sandbox.
const messageBoxPrefix = "/sandbox/messages"

// messages wires messages to people: always in the portal, beyond it by the
// ways that are configured, or by the sandbox in a demonstration.
func (r *Rooms) messages() (*notify.Service, error) {
	c := r.Config
	n := notify.Config{DB: r.DB, Vault: r.Keys.Vault(), Contacts: r.Identity, Identity: r.Identity, BaseURL: c.URL, Log: r.Log,
		Titles: casework.MessageTitles(), Texts: c.Messages.Texts, City: c.City + c.Platform, Sign: c.Messages.SMS.Sign,
		Enqueue: func(tx *db.Tx, unique string, payload []byte) error {
			return jobs.Enqueue(tx, jobs.Job{Kind: notify.JobKind, Unique: unique, Payload: payload})
		}}
	r.Jobs.Handle(notify.JobKind, func(ctx context.Context, j jobs.Job) error {
		return r.Notify.Deliver(ctx, j.Payload, j.Attempt)
	})
	var err error
	if n.Quiet, n.Order, err = c.Messages.rules(); err != nil {
		return nil, err
	}
	if n.Providers, err = c.messageProviders(r.DB); err != nil {
		return nil, err
	}
	if c.demo && !c.loading {
		r.openMessageBox(&n)
	}
	return notify.New(n)
}

// openMessageBox lets a sandbox stand for the ways that nobody configured.
func (r *Rooms) openMessageBox(n *notify.Config) {
	key := hook.NewKey()
	box := boxes.New(boxes.Config{Key: key, URL: r.Config.URL, Prefix: messageBoxPrefix, Now: r.DB.Now, Log: r.Log})
	for _, w := range []notify.Way{notify.SMS, notify.WeChat} {
		if n.Providers[w] != nil {
			continue
		}
		r.MessageBox = box
		n.Providers[w] = &notify.HTTP{Caller: &hook.Caller{Base: box.Base(), Key: key, Now: r.DB.Now}, Notify: r.Config.URL + "/hooks/messages/" + string(w),
			Sign: r.Config.Messages.SMS.Sign, Templates: map[string]string{"message": "demo-message", "case-progress": "demo-case", "appointment": "demo-appointment"}}
	}
}

// rules reads quiet hours and order.
func (m Messages) rules() (q notify.Quiet, order []notify.Way, err error) {
	if q, err = notify.ParseQuiet(m.Quiet); err != nil {
		return q, nil, errs.New(errs.Invalid, "config", "配置 messages.quiet 应写成 21:00-08:00 或者 none", `messages.quiet is written "21:00-08:00" or "none"`).Because(err)
	}
	for _, w := range m.Order {
		if !slices.Contains(notify.Ways, notify.Way(w)) || slices.Contains(order, notify.Way(w)) {
			return q, nil, errs.New(errs.Invalid, "config", "配置 messages.order 只能各写一次 sms、wechat、mail", "messages.order names sms, wechat and mail, each once")
		}
		order = append(order, notify.Way(w))
	}
	return q, order, nil
}

// messageProviders makes the providers of the configuration, without calling
// them. Errors name the key that is missing.
func (c Config) messageProviders(d *db.DB) (map[notify.Way]notify.Provider, error) {
	out := map[notify.Way]notify.Provider{}
	if m := c.SMTP; m.Addr != "" {
		mail := notify.SMTP{Addr: m.Addr, From: m.From, Security: m.Security, Username: m.User, Password: m.Password}
		if err := mail.Check(); err != nil {
			return nil, err
		}
		out[notify.Mail] = mail
	}
	now := d.Now
	if s := c.Messages.SMS; s.URL != "" {
		key, err := gatewayKey("messages.sms", s.URL, s.Key)
		if err != nil {
			return nil, err
		}
		if s.Sign == "" {
			return nil, errs.New(errs.Invalid, "config", "配置缺少 messages.sms.sign：短信须有签名", "the configuration lacks messages.sms.sign: an SMS carries one")
		}
		out[notify.SMS] = &notify.HTTP{Caller: &hook.Caller{Base: s.URL, Key: key, Now: now}, Sign: s.Sign, Notify: c.URL + "/hooks/messages/sms"}
	}
	if w := c.Messages.WeChat; w.URL != "" {
		key, err := gatewayKey("messages.wechat", w.URL, w.Key)
		if err != nil {
			return nil, err
		}
		for _, t := range []string{"message", "case-progress", "appointment"} {
			if w.Templates[t] == "" {
				return nil, errs.New(errs.Invalid, "config", "配置缺少 messages.wechat.templates."+t+"：公众号里的模板编号", "the configuration lacks messages.wechat.templates."+t+": the template's id at the official account")
			}
		}
		out[notify.WeChat] = &notify.HTTP{Caller: &hook.Caller{Base: w.URL, Key: key, Now: now}, Templates: w.Templates, Notify: c.URL + "/hooks/messages/wechat"}
	}
	return out, nil
}

func gatewayKey(name, url, file string) (hook.Key, error) {
	if err := hook.CheckBase(url); err != nil {
		return nil, err
	}
	if file == "" {
		return nil, errs.New(errs.Invalid, "config", "配置缺少 "+name+".key", "the configuration lacks "+name+".key")
	}
	return hook.LoadKey(file)
}

// messages: the ways that are configured, and whether the city's texts fit.
func (d *doctor) messages() {
	_, _, err := d.c.Messages.rules()
	if err == nil {
		_, err = d.c.messageProviders(d.db)
	}
	if err == nil {
		err = notify.CheckTexts(casework.MessageTitles(), d.c.Messages.Texts, d.c.Messages.SMS.Sign)
	}
	if !d.check("messages", err, "", "") {
		return
	}
	zh, en := "站内消息", "in the platform"
	for _, w := range []struct {
		on     bool
		zh, en string
	}{{d.c.SMTP.Addr != "", "电子邮件", "mail"}, {d.c.Messages.SMS.URL != "", "短信", "SMS"}, {d.c.Messages.WeChat.URL != "", "微信", "WeChat"}} {
		if w.on {
			zh, en = zh+"、"+w.zh, en+", "+w.en
		}
	}
	d.add("messages", "ok", "消息方式："+zh+"；模板都能用；免打扰 "+d.c.Messages.Quiet, "messages: "+en+"; the texts fit; quiet hours "+d.c.Messages.Quiet)
}
