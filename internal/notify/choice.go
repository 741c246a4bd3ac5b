package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Choice 消息接收方式 is how a party wants to be told outside the platform. In the
// platform every message is kept, whatever is chosen.
type Choice struct {
	Order      []Way           // the first is tried first
	Groups     map[Group][]Way // the ways that may be used; a group that is missing: all of them
	Night      bool            // SMS and WeChat need not wait for the morning
	Lang       string          // "zh" or "en"
	Electronic time.Time       // since when the party agrees to notices that the law demands coming electronically; zero: not
	NoSMS      *NoSMS          // noted at a window
	Version    int64           // 0: nothing was chosen yet
}

// NoSMS 不发短信 is a wish that a clerk noted for somebody at a window. The person
// can lift it himself.
type NoSMS struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Unit int64     `json:"unit"`
}

// storedChoice is what message_choice holds.
type storedChoice struct {
	Order      []Way           `json:"order,omitempty"`
	Groups     map[Group][]Way `json:"groups,omitempty"`
	Night      bool            `json:"night,omitempty"`
	Lang       string          `json:"lang,omitempty"`
	Electronic int64           `json:"electronic,omitempty"`
	NoSMS      *NoSMS          `json:"noSms,omitempty"`
}

// Allows reports whether a way may be used for a group.
func (c Choice) Allows(g Group, w Way) bool {
	list, chosen := c.Groups[g]
	return !chosen || slices.Contains(list, w)
}

// ways lists what may be used for a kind, in the order to try: what the party
// chose for the group; where that is nothing and the law has the party told, all
// there are if he agreed to be told electronically. A wish for no SMS holds
// always.
func (c Choice) ways(k Kind, city []Way) []Way {
	order := ordered(c.Order, city)
	allowed := slices.DeleteFunc(slices.Clone(order), func(w Way) bool { return !c.Allows(k.Group, w) })
	if len(allowed) == 0 && k.Law && !c.Electronic.IsZero() {
		allowed = order
	}
	return slices.DeleteFunc(allowed, func(w Way) bool { return w == SMS && c.NoSMS != nil })
}

// ChoiceInput is a choice as a person makes it. Version is the one he saw.
type ChoiceInput struct {
	Order      []Way
	Groups     map[Group][]Way // all groups
	Night      bool
	Lang       string
	Electronic bool
	LiftNoSMS  bool // take back what a clerk noted
	Version    int64
}

// ErrChoiceChanged 接收方式已被更改.
var ErrChoiceChanged = errs.New(errs.Conflict, "choice-changed", "接收方式刚刚被改过，请核对后再保存。", "The choice has just been changed; look at it and save again.")

func (in ChoiceInput) problems() (bad []errs.Field) {
	wrong := func(path, code, zh, en string) {
		bad = append(bad, errs.Field{Path: path, Code: code, ZH: zh, EN: en})
	}
	twice := func(list []Way) bool {
		seen := map[Way]bool{}
		for _, w := range list {
			if !slices.Contains(Ways, w) || seen[w] {
				return true
			}
			seen[w] = true
		}
		return false
	}
	if twice(in.Order) {
		wrong("order", "ways", "先后次序里每种方式只能出现一次", "each way stands once in the order")
	}
	for _, g := range Groups {
		if list, ok := in.Groups[g]; !ok || twice(list) {
			wrong("groups/"+string(g), "ways", "请选择这一类消息的接收方式；都不选的，只在站内接收", "choose the ways of this group; none means in the platform alone")
		}
	}
	for g := range in.Groups {
		if !slices.Contains(Groups, g) {
			wrong("groups", "unknown", "没有这一类消息", "there is no such group")
		}
	}
	if in.Lang != "" && !slices.Contains(Languages, in.Lang) {
		wrong("lang", "unknown", "语言应为 zh 或者 en", "the language is zh or en")
	}
	return bad
}

const (
	sqlChoice    = `SELECT data, version FROM message_choice WHERE party_kind = $1 AND party_id = $2`
	sqlNewChoice = `INSERT INTO message_choice (party_kind, party_id, data, version, updated_at) VALUES ($1, $2, $3, 1, $4) ON CONFLICT (party_kind, party_id) DO NOTHING`
	sqlSetChoice = `UPDATE message_choice SET data = $3, version = version + 1, updated_at = $4 WHERE party_kind = $1 AND party_id = $2 AND version = $5`
)

// choiceOf reads a party's choice.
func choiceOf(q db.Queryer, p actor.Party) (c Choice, err error) {
	var data string
	err = q.QueryRow(sqlChoice, string(p.Kind), p.ID).Scan(&data, &c.Version)
	if errors.Is(err, db.ErrNoRows) {
		return Choice{Lang: "zh"}, nil
	}
	if err != nil {
		return c, err
	}
	var x storedChoice
	if err := json.Unmarshal([]byte(data), &x); err != nil {
		return c, fmt.Errorf("notify: choice: %w", err)
	}
	c.Order, c.Groups, c.Night, c.Lang, c.NoSMS = x.Order, x.Groups, x.Night, x.Lang, x.NoSMS
	if c.Lang == "" {
		c.Lang = "zh"
	}
	if x.Electronic != 0 {
		c.Electronic = db.Time(x.Electronic)
	}
	return c, nil
}

func saveChoice(tx *db.Tx, p actor.Party, c Choice) error {
	x := storedChoice{Order: c.Order, Groups: c.Groups, Night: c.Night, Lang: c.Lang, NoSMS: c.NoSMS}
	if !c.Electronic.IsZero() {
		x.Electronic = db.Micros(c.Electronic)
	}
	data, err := json.Marshal(x)
	if err != nil {
		return err
	}
	if c.Version == 0 {
		tx.QueueOne(ErrChoiceChanged, sqlNewChoice, string(p.Kind), p.ID, string(data), tx.NowMicros())
	} else {
		tx.QueueOne(ErrChoiceChanged, sqlSetChoice, string(p.Kind), p.ID, string(data), tx.NowMicros(), c.Version)
	}
	return nil
}

// Settings 接收设置 is what the page about the choice shows.
type Settings struct {
	Choice
	Ways   []WayState // every way there is, in the party's order
	Quiet  Quiet
	Person bool // somebody reads the messages who can bind a WeChat account
}

// WayState is a way as one party has it.
type WayState struct {
	Way     Way
	Offered bool   // the platform has a provider
	Address string // masked; "" if there is none
}

// Settings shows the choice of the party that the actor acts for. Errors:
// those of identity.MessageRead.
func (s *Service) Settings(ctx context.Context, a actor.Actor) (out Settings, err error) {
	defer errs.Wrap(&err, "message settings")
	if err := s.c.Identity.Allow(ctx, a, identity.MessageRead, identity.Target{Owner: a.For}, identity.PartySubject(a.For)); err != nil {
		return out, err
	}
	q := s.c.DB.Read(ctx)
	if out.Choice, err = choiceOf(q, a.For); err != nil {
		return out, err
	}
	reach, err := s.reach(q, a.For)
	if err != nil {
		return out, err
	}
	out.Quiet, out.Person = s.c.Quiet, reach.person != 0
	for _, w := range ordered(out.Order, s.c.Order) {
		out.Ways = append(out.Ways, WayState{w, s.c.Providers[w] != nil, maskAddress(w, reach.address[w])})
	}
	return out, nil
}

// Choose stores a choice. Only the party itself, or who represents it by law,
// chooses. Errors: ErrChoiceChanged; fields "order", "groups/…", "lang".
func (s *Service) Choose(ctx context.Context, a actor.Actor, in ChoiceInput) (err error) {
	defer errs.Wrap(&err, "message choice")
	if err := s.c.Identity.Allow(ctx, a, identity.MessageChoose, identity.Target{Owner: a.For}, identity.PartySubject(a.For)); err != nil {
		return err
	}
	if bad := in.problems(); len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	return s.c.DB.Write(ctx, "notify.choose", func(tx *db.Tx) error {
		c, err := choiceOf(tx, a.For)
		if err != nil {
			return err
		}
		if c.Version != in.Version {
			return ErrChoiceChanged
		}
		since := c.Electronic
		switch {
		case in.Electronic && since.IsZero():
			since = tx.Now()
		case !in.Electronic:
			since = time.Time{}
		}
		if in.LiftNoSMS {
			c.NoSMS = nil
		}
		c.Order, c.Groups, c.Night, c.Lang, c.Electronic = in.Order, in.Groups, in.Night, in.Lang, since
		if err := saveChoice(tx, a.For, c); err != nil {
			return err
		}
		detail := map[string]string{"electronic": fmt.Sprint(in.Electronic), "night": fmt.Sprint(in.Night)}
		for _, g := range Groups {
			detail[string(g)] = fmt.Sprint(in.Groups[g])
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.MessageChoose), Subject: identity.PartySubject(a.For), Detail: detail})
	})
}

// NoteNoSMS keeps that somebody at a window wants no SMS, or takes it back.
func (s *Service) NoteNoSMS(ctx context.Context, a actor.Actor, p actor.Party, no bool) (err error) {
	defer errs.Wrap(&err, "no SMS")
	if err := s.c.Identity.Allow(ctx, a, identity.MessageNoSMS, identity.Target{}, identity.PartySubject(p)); err != nil {
		return err
	}
	if _, err := s.c.Identity.Party(s.c.DB.Read(ctx), p); err != nil {
		return err
	}
	return s.c.DB.Write(ctx, "notify.no-sms", func(tx *db.Tx) error {
		c, err := choiceOf(tx, p)
		if err != nil || (c.NoSMS != nil) == no {
			return err
		}
		c.NoSMS = nil
		if no {
			c.NoSMS = &NoSMS{At: tx.Now(), By: a.Name, Unit: a.Unit}
		}
		if err := saveChoice(tx, p, c); err != nil {
			return err
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.MessageNoSMS), Subject: identity.PartySubject(p), Unit: a.Unit,
			Detail: map[string]string{"noSms": fmt.Sprint(no)}})
	})
}

// HasNoSMS tells a clerk whether no SMS is noted for somebody, and since when.
// Errors: those of identity.MessageNoSMS.
func (s *Service) HasNoSMS(ctx context.Context, a actor.Actor, p actor.Party) (*NoSMS, error) {
	if err := s.c.Identity.Allow(ctx, a, identity.MessageNoSMS, identity.Target{}, identity.PartySubject(p)); err != nil {
		return nil, err
	}
	c, err := choiceOf(s.c.DB.Read(ctx), p)
	return c.NoSMS, err
}
