package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/notify"
)

// MessageWays 消息接收方式.
type MessageWays struct {
	Ways       []MessageWay            `json:"ways" doc:"In the party's order."`
	Groups     map[string][]notify.Way `json:"groups" doc:"By group: the ways that may be used. In the platform every message is kept in any case."`
	Night      bool                    `json:"night" doc:"SMS and WeChat need not wait for the morning."`
	Lang       string                  `json:"lang" enum:"zh,en"`
	Electronic *time.Time              `json:"electronic,omitempty" doc:"Since when the party agrees to be told electronically what the law has it told."`
	NoSMS      *NoSMS                  `json:"noSms,omitempty" doc:"Noted at a window."`
	Quiet      string                  `json:"quiet" doc:"Quiet hours in Shanghai time, 21:00-08:00, or none."`
	Version    int64                   `json:"version" doc:"0: nothing was chosen yet."`
}

// MessageWay is a way as one party has it.
type MessageWay struct {
	Way     notify.Way `json:"way" enum:"sms,wechat,mail"`
	Offered bool       `json:"offered"`
	Address string     `json:"address,omitempty" doc:"Masked."`
}

// NoSMS 不发短信.
type NoSMS struct {
	On string `json:"on" format:"date"`
	By string `json:"by"`
}

// MessageWaysIn is a choice.
type MessageWaysIn struct {
	Body struct {
		Order      []notify.Way            `json:"order,omitempty" maxItems:"3"`
		Groups     map[string][]notify.Way `json:"groups" doc:"Every group: progress, deadline, answer, rules; empty: in the platform alone."`
		Night      bool                    `json:"night,omitempty"`
		Lang       string                  `json:"lang,omitempty" enum:"zh,en"`
		Electronic bool                    `json:"electronic,omitempty"`
		LiftNoSMS  bool                    `json:"liftNoSms,omitempty"`
		Version    int64                   `json:"version" minimum:"0"`
	}
}

// BindCode 绑定码.
type BindCode struct {
	Code  string    `json:"code"`
	Until time.Time `json:"until"`
}

// MessageState 消息渠道.
type MessageState struct {
	Quiet string     `json:"quiet"`
	Ways  []WayState `json:"ways"`
	List[MessageFailure]
}

// WayState is how a way stands.
type WayState struct {
	Way       notify.Way `json:"way" enum:"sms,wechat,mail"`
	Offered   bool       `json:"offered"`
	Held      int64      `json:"held" doc:"Wait for the morning."`
	Sending   int64      `json:"sending"`
	Failed    int64      `json:"failed" doc:"In the last day."`
	Sent      int64      `json:"sent" doc:"By this process since it started; so are delivered and lost."`
	Delivered int64      `json:"delivered"`
	Lost      int64      `json:"lost"`
}

// MessageFailure is a message that no way reached.
type MessageFailure struct {
	ID    ID        `json:"id"`
	Kind  string    `json:"kind"`
	At    time.Time `json:"at"`
	End   time.Time `json:"end"`
	Tries []WayLost `json:"tries"`
}

// WayLost is a way that failed.
type WayLost struct {
	Way    notify.Way `json:"way" enum:"sms,wechat,mail"`
	Reason string     `json:"reason" doc:"address, blocked, content, quota, unreachable, lost, or the provider's own word."`
}

// MessageKind 消息种类.
type MessageKind struct {
	Key    string        `json:"key"`
	Group  notify.Group  `json:"group" enum:"progress,deadline,answer,rules"`
	Title  string        `json:"title,omitempty"`
	Law    bool          `json:"law" doc:"The law has the person told."`
	Urgent bool          `json:"urgent" doc:"Quiet hours do not hold it."`
	Own    bool          `json:"own" doc:"The city has a text of its own."`
	Values []TextValue   `json:"values,omitempty"`
	Texts  []MessageText `json:"texts,omitempty"`
}

// TextValue is what a text may name.
type TextValue struct {
	Name   string `json:"name"`
	Means  string `json:"means"`
	Sample string `json:"sample"`
	Must   bool   `json:"must"`
	Inside bool   `json:"inside" doc:"Stays in the platform."`
}

// MessageText is the text of one part.
type MessageText struct {
	Part    notify.Part `json:"part" enum:"title,app,sms,mail,wechat"`
	Subject string      `json:"subject,omitempty"`
	Body    string      `json:"body,omitempty"`
	From    string      `json:"from,omitempty" doc:"default, folder or city"`
	Of      string      `json:"of,omitempty" doc:"The kind it is taken from."`
	Version ID          `json:"version" doc:"Of the newest text that was written here; 0: none."`
}

// TextIn is a text to try or to keep.
type TextIn struct {
	Key  string      `path:"key" maxLength:"60"`
	Lang string      `path:"lang" enum:"zh,en"`
	Part notify.Part `path:"part" enum:"title,app,sms,mail,wechat"`
	Body struct {
		Subject string `json:"subject,omitempty" maxLength:"400"`
		Body    string `json:"body,omitempty" maxLength:"8000"`
		Off     bool   `json:"off,omitempty" doc:"Back to the text that came with the platform."`
		Version ID     `json:"version,omitempty" doc:"The newest that was seen."`
	}
}

func (in *TextIn) input() notify.TextInput {
	return notify.TextInput{Kind: in.Key, Lang: in.Lang, Part: in.Part, Text: notify.Text{Subject: in.Body.Subject, Body: in.Body.Body}, Off: in.Body.Off, Version: int64(in.Body.Version)}
}

// TextPreview is a text with sample values.
type TextPreview struct {
	Subject    string            `json:"subject,omitempty"`
	Body       string            `json:"body,omitempty"`
	Data       map[string]string `json:"data,omitempty"`
	Characters int               `json:"characters,omitempty" doc:"Of an SMS, its sign included."`
	SMSParts   int               `json:"smsParts,omitempty"`
}

func textPreview(p notify.Preview) TextPreview {
	out := TextPreview{Subject: p.Subject, Body: p.Body, Characters: p.Characters, SMSParts: p.SMSParts}
	for _, d := range p.Data {
		if out.Data == nil {
			out.Data = map[string]string{}
		}
		out.Data[d.Name] = d.Value
	}
	return out
}

func (s *server) messageWays() {
	read := func(ctx context.Context, c *call) (MessageWays, error) {
		x, err := s.Notify.Settings(ctx, c.Actor)
		if err != nil {
			return MessageWays{}, err
		}
		out := MessageWays{Groups: map[string][]notify.Way{}, Night: x.Night, Lang: x.Lang, Electronic: instant(x.Electronic), Quiet: x.Quiet.String(), Version: x.Version}
		for _, w := range x.Ways {
			out.Ways = append(out.Ways, MessageWay{w.Way, w.Offered, w.Address})
		}
		for _, g := range notify.Groups {
			out.Groups[string(g)] = []notify.Way{}
			for _, w := range notify.Ways {
				if x.Allows(g, w) {
					out.Groups[string(g)] = append(out.Groups[string(g)], w)
				}
			}
		}
		if x.NoSMS != nil {
			out.NoSMS = &NoSMS{clock.DateOf(x.NoSMS.At).String(), x.NoSMS.By}
		}
		return out, nil
	}
	add(s, operation{id: "message-ways", method: http.MethodGet, path: "/messages/ways", tag: "messages", zh: "消息接收方式", en: "By which ways the party is told outside the platform"},
		func(ctx context.Context, c *call, _ *none) (MessageWays, error) {
			if err := s.persons(ctx, c, "messages"); err != nil {
				return MessageWays{}, err
			}
			return read(ctx, c)
		})
	add(s, operation{id: "message-ways-choose", method: http.MethodPut, path: "/messages/ways", tag: "messages", zh: "选择消息接收方式", en: "Choose by which ways the party is told", more: "The party itself or its legal representative chooses, an agent does not. No choice switches off what is kept in the platform."},
		func(ctx context.Context, c *call, in *MessageWaysIn) (MessageWays, error) {
			if err := s.persons(ctx, c, "messages"); err != nil {
				return MessageWays{}, err
			}
			b := in.Body
			x := notify.ChoiceInput{Order: b.Order, Groups: map[notify.Group][]notify.Way{}, Night: b.Night, Lang: b.Lang, Electronic: b.Electronic, LiftNoSMS: b.LiftNoSMS, Version: b.Version}
			for g, list := range b.Groups {
				x.Groups[notify.Group(g)] = list
			}
			if err := s.Notify.Choose(ctx, c.Actor, x); err != nil {
				return MessageWays{}, err
			}
			return read(ctx, c)
		})
	add(s, operation{id: "message-wechat-code", method: http.MethodPost, path: "/messages/ways/wechat/code", tag: "messages", zh: "取微信绑定码", en: "A code to send to the city's official account, which binds it", more: "Ten minutes, once.", again: "gives another code; the one before ends."},
		func(ctx context.Context, c *call, _ *none) (BindCode, error) {
			code, until, err := s.Notify.BindCode(ctx, c.Actor)
			return BindCode{code, until.UTC()}, err
		})
	do(s, operation{id: "message-wechat-unbind", method: http.MethodDelete, path: "/messages/ways/wechat", tag: "messages", zh: "解除微信绑定", en: "End the binding of one's own WeChat account"},
		func(ctx context.Context, c *call, _ *none) error { return s.Notify.Unbind(ctx, c.Actor) })
	do(s, operation{id: "party-no-sms", method: http.MethodPut, path: "/parties/{kind}/{id}/no-sms", tag: "window", zh: "登记“不发短信”", en: "Window clerks: note that an applicant wants no SMS, or take it back"},
		func(ctx context.Context, c *call, in *struct {
			Kind actor.PartyKind `path:"kind" enum:"person,entity"`
			ID   ID              `path:"id"`
			Body struct {
				No bool `json:"no"`
			}
		}) error {
			return s.Notify.NoteNoSMS(ctx, c.Actor, actor.Party{Kind: in.Kind, ID: int64(in.ID)}, in.Body.No)
		})
}

func (s *server) messageDesk() {
	add(s, operation{id: "message-state", method: http.MethodGet, path: "/message-ways", tag: "administration", zh: "消息渠道", en: "System administrators: how the ways stand, and the messages that no way reached, newest first"},
		func(ctx context.Context, c *call, in *PageIn) (MessageState, error) {
			if err := s.Identity.Allow(ctx, c.Actor, identity.MessageOperate, identity.Target{}, "messages"); err != nil {
				return MessageState{}, err
			}
			at, err := behind("message-ways", in.Cursor)
			if err != nil {
				return MessageState{}, err
			}
			o, list, next, err := s.Notify.Overview(ctx, c.Actor, at, in.limit())
			out := MessageState{Quiet: o.Quiet.String(), Ways: mapTo(o.Ways, func(f notify.WayFigures) WayState {
				return WayState{f.Way, f.Offered, f.Held, f.Sending, f.Failed, f.SentHere, f.ArrivedHere, f.LostHere}
			})}
			out.List = List[MessageFailure]{mapTo(list, func(f notify.Failure) MessageFailure {
				return MessageFailure{ID(f.ID), f.Kind, f.At.UTC(), f.End.UTC(), mapTo(f.Tries, func(t notify.Tried) WayLost { return WayLost{t.Way, t.Reason} })}
			}), after("message-ways", next)}
			return out, err
		})
	do(s, operation{id: "message-retry", method: http.MethodPost, path: "/message-ways/failures/{id}/retry", tag: "administration", zh: "重新发送", en: "System administrators: send a message that no way reached again", again: "it is sent already: delivery-not-failed."},
		func(ctx context.Context, c *call, in *struct {
			ID ID `path:"id"`
		}) error {
			return s.Notify.Retry(ctx, c.Actor, int64(in.ID))
		})
	add(s, operation{id: "message-kinds", method: http.MethodGet, path: "/message-texts", tag: "administration", zh: "消息种类", en: "Data stewards: the kinds of messages"},
		func(ctx context.Context, c *call, _ *none) (List[MessageKind], error) {
			list, err := s.Notify.Kinds(ctx, c.Actor, c.pick("zh", "en"))
			return List[MessageKind]{Items: mapTo(list, func(k notify.KindTexts) MessageKind { return messageKind(k) })}, err
		})
	add(s, operation{id: "message-texts", method: http.MethodGet, path: "/message-texts/{key}/{lang}", tag: "administration", zh: "消息模板", en: "Data stewards: the texts of a kind in a language"},
		func(ctx context.Context, c *call, in *struct {
			Key  string `path:"key" maxLength:"60"`
			Lang string `path:"lang" enum:"zh,en"`
		}) (MessageKind, error) {
			k, err := s.Notify.KindOf(ctx, c.Actor, in.Key, in.Lang)
			if err != nil {
				return MessageKind{}, err
			}
			out := messageKind(k)
			for _, v := range k.Values {
				x := TextValue{Name: v.Name, Means: c.pick(v.ZH, v.EN), Sample: c.pick(v.Sample[0], v.Sample[1]), Inside: v.Inside}
				for _, m := range k.Must {
					x.Must = x.Must || m == v.Name
				}
				out.Values = append(out.Values, x)
			}
			out.Texts = mapTo(k.Parts, func(p notify.PartText) MessageText {
				return MessageText{p.Part, p.Text.Subject, p.Text.Body, p.From, p.Of, ID(p.Version)}
			})
			return out, nil
		})
	add(s, operation{id: "message-text-set", method: http.MethodPut, path: "/message-texts/{key}/{lang}/{part}", tag: "administration", zh: "修改消息模板", en: "Data stewards: write a text, or go back to the one that came with the platform", more: "Holds at once; every version is kept."},
		func(ctx context.Context, c *call, in *TextIn) (TextPreview, error) {
			p, err := s.Notify.SetText(ctx, c.Actor, in.input())
			return textPreview(p), err
		})
	add(s, operation{id: "message-text-try", method: http.MethodPost, path: "/message-texts/{key}/{lang}/{part}/try", tag: "administration", zh: "预览消息模板", en: "Data stewards: a text with sample values", again: "nothing is kept."},
		func(ctx context.Context, c *call, in *TextIn) (TextPreview, error) {
			p, err := s.Notify.TryText(ctx, c.Actor, in.input())
			return textPreview(p), err
		})
	add(s, operation{id: "message-text-versions", method: http.MethodGet, path: "/message-texts/{key}/{lang}/{part}/versions", tag: "administration", zh: "模板修改记录", en: "Data stewards: what was written for a text, newest first"},
		func(ctx context.Context, c *call, in *struct {
			Key  string      `path:"key" maxLength:"60"`
			Lang string      `path:"lang" enum:"zh,en"`
			Part notify.Part `path:"part" enum:"title,app,sms,mail,wechat"`
		}) (List[TextVersion], error) {
			list, err := s.Notify.TextVersions(ctx, c.Actor, in.Key, in.Lang, in.Part)
			return List[TextVersion]{Items: mapTo(list, func(v notify.TextVersion) TextVersion {
				return TextVersion{ID(v.ID), v.Text.Subject, v.Text.Body, v.Off, v.By, v.At.UTC()}
			})}, err
		})
}

// TextVersion is one version of a text.
type TextVersion struct {
	ID      ID        `json:"id"`
	Subject string    `json:"subject,omitempty"`
	Body    string    `json:"body,omitempty"`
	Off     bool      `json:"off"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

func messageKind(k notify.KindTexts) MessageKind {
	return MessageKind{Key: k.Key, Group: k.Group, Title: k.Title, Law: k.Law, Urgent: k.Urgent, Own: k.Own}
}
