package notify

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// KindTexts 一种消息的模板 is a kind with what is said in a language.
type KindTexts struct {
	Kind
	Title string // in the language
	Own   bool   // has a text the city wrote, in the console or its folder
	Parts []PartText
}

// PartText is the text of one part.
type PartText struct {
	Part    Part
	Text    Text
	From    string // "default", "folder", "city"
	Of      string // the kind that it is inherited from; the kind's own key: not inherited
	Version int64  // of the newest version that the city wrote; 0: none
}

// TextVersion is one version that was written in the console.
type TextVersion struct {
	ID   int64
	Text Text
	Off  bool // back to the text that came with the platform
	By   string
	At   time.Time
}

// TextInput is a text as the data steward writes it.
type TextInput struct {
	Kind, Lang string
	Part       Part
	Text       Text
	Off        bool  // back to the text that came with the platform
	Version    int64 // the newest that was seen, 0 if none
}

// Preview 预览 is a text with the sample values.
type Preview struct {
	Subject, Body string
	Data          []Named
	Characters    int // of an SMS, its sign included
	SMSParts      int
}

var (
	// ErrNoKind 没有这种消息.
	ErrNoKind = errs.New(errs.NotFound, "no-message-kind", "没有这种消息。", "There is no such kind of message.")
	// ErrTextChanged 模板已被更改.
	ErrTextChanged = errs.New(errs.Conflict, "message-text-changed", "模板刚刚被别人改过，请核对后再保存。", "Somebody has just changed this text; look at it and save again.")
)

const (
	sqlTextVersions = `SELECT id, subject, body, off, by_name, at FROM message_text WHERE kind = $1 AND lang = $2 AND part = $3 ORDER BY id DESC LIMIT 50`
	sqlNewestText   = `SELECT COALESCE(max(id), 0) FROM message_text WHERE kind = $1 AND lang = $2 AND part = $3`
	sqlNewTexts     = `SELECT part, max(id) FROM message_text WHERE kind = $1 AND lang = $2 GROUP BY part`
	sqlAddText      = `INSERT INTO message_text (id, kind, lang, part, subject, body, off, by_id, by_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
)

func (s *Service) mayText(ctx context.Context, a actor.Actor, subject string) error {
	return s.c.Identity.Allow(ctx, a, identity.MessageTexts, identity.Target{}, subject)
}

// keys lists all kinds: those of the table and those that rooms gave a title.
func (s *Service) keys() []string {
	set := map[string]bool{}
	for _, k := range KindKeys() {
		set[k] = true
	}
	for k := range s.c.Titles {
		set[k] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// Kinds lists all kinds with their titles in a language. Errors: those of
// identity.MessageTexts.
func (s *Service) Kinds(ctx context.Context, a actor.Actor, lang string) ([]KindTexts, error) {
	if err := s.mayText(ctx, a, "message-texts"); err != nil {
		return nil, err
	}
	set, err := s.texts.Get(ctx, s.c.DB, s.c.Log)
	if err != nil {
		return nil, err
	}
	var out []KindTexts
	for _, key := range s.keys() {
		k := KindTexts{Kind: kindOf(key), Title: set.titled(key, lang, Values{})["title"]}
		for at, c := range set.texts {
			k.Own = k.Own || at.Kind == key && c.from != "default"
		}
		out = append(out, k)
	}
	return out, nil
}

// KindOf gives one kind with its texts in a language. Errors: ErrNoKind.
func (s *Service) KindOf(ctx context.Context, a actor.Actor, key, lang string) (k KindTexts, err error) {
	defer errs.Wrap(&err, "message texts of %s", key)
	if err := s.mayText(ctx, a, "message-text/"+cut(key, 60)); err != nil {
		return k, err
	}
	if !knownKind(key, s.c.Titles) {
		return k, ErrNoKind
	}
	set, err := s.texts.Get(ctx, s.c.DB, s.c.Log)
	if err != nil {
		return k, err
	}
	newest := map[Part]int64{}
	if _, err := db.All(s.c.DB.Read(ctx), func(r *db.Rows) (struct{}, error) {
		var p Part
		var id int64
		err := r.Scan(&p, &id)
		newest[p] = id
		return struct{}{}, err
	}, sqlNewTexts, key, lang); err != nil {
		return k, err
	}
	k.Kind, k.Title = kindOf(key), set.titled(key, lang, Values{})["title"]
	k.Values = slices.Concat(k.Values, always)
	for _, p := range Parts {
		x := PartText{Part: p, Version: newest[p]}
		if c, of := set.find(key, lang, p); c != nil {
			x.Text, x.From, x.Of = c.Text, c.from, of
			k.Own = k.Own || of == key && c.from != "default"
		}
		k.Parts = append(k.Parts, x)
	}
	return k, nil
}

// TextVersions lists what was written for a part, newest first.
func (s *Service) TextVersions(ctx context.Context, a actor.Actor, key, lang string, part Part) ([]TextVersion, error) {
	if err := s.mayText(ctx, a, "message-text/"+cut(key, 60)); err != nil {
		return nil, err
	}
	return db.All(s.c.DB.Read(ctx), func(r *db.Rows) (v TextVersion, err error) {
		var at int64
		err = r.Scan(&v.ID, &v.Text.Subject, &v.Text.Body, &v.Off, &v.By, &at)
		v.At = db.Time(at)
		return v, err
	}, sqlTextVersions, key, lang, string(part))
}

func (in TextInput) clean() TextInput {
	in.Text.Subject = strings.TrimSpace(strings.ReplaceAll(in.Text.Subject, "\r", ""))
	in.Text.Body = strings.TrimSpace(strings.ReplaceAll(in.Text.Body, "\r\n", "\n"))
	return in
}

// TryText shows a text with sample values, without keeping it. Errors: fields
// "subject", "body", "lang", "part".
func (s *Service) TryText(ctx context.Context, a actor.Actor, in TextInput) (p Preview, err error) {
	defer errs.Wrap(&err, "try a message text")
	if err := s.mayText(ctx, a, "message-text/"+cut(in.Kind, 60)); err != nil {
		return p, err
	}
	if !knownKind(in.Kind, s.c.Titles) {
		return p, ErrNoKind
	}
	return s.preview(in.clean())
}

func (s *Service) preview(in TextInput) (p Preview, err error) {
	c, bad := compile(textKey{in.Kind, in.Lang, in.Part}, in.Text, s.c.Sign)
	if len(bad) > 0 {
		return p, errs.InvalidFields(bad...)
	}
	p.Subject, p.Body, p.Data = c.render(kindOf(in.Kind).samples(in.Lang))
	if in.Part == SMSText {
		p.Characters = len([]rune(p.Body))
		if s.c.Sign != "" {
			p.Characters += len([]rune(s.c.Sign)) + 2
		}
		p.SMSParts = SMSParts(s.c.Sign, p.Body)
	}
	return p, nil
}

// SetText writes a new version of a text, or goes back to the one that came with
// the platform. It holds at once on this node, on others within a minute.
// Errors: ErrNoKind, ErrTextChanged; fields "subject", "body", "lang", "part".
func (s *Service) SetText(ctx context.Context, a actor.Actor, in TextInput) (p Preview, err error) {
	defer errs.Wrap(&err, "set the message text %s", in.Kind)
	in = in.clean()
	subject := "message-text/" + cut(in.Kind, 60)
	if err := s.mayText(ctx, a, subject); err != nil {
		return p, err
	}
	if !knownKind(in.Kind, s.c.Titles) {
		return p, ErrNoKind
	}
	if in.Off {
		in.Text = Text{}
		if !slices.Contains(Languages, in.Lang) || !slices.Contains(Parts, in.Part) {
			return p, errs.InvalidFields(errs.Field{Path: "part", Code: "unknown", ZH: "没有这一种文本", EN: "there is no such part"})
		}
	} else if p, err = s.preview(in); err != nil {
		return p, err
	}
	return p, s.c.DB.WriteSerializable(ctx, "notify.text", func(tx *db.Tx) error {
		var newest int64
		if err := tx.QueryRow(sqlNewestText, in.Kind, in.Lang, string(in.Part)).Scan(&newest); err != nil {
			return err
		}
		if newest != in.Version {
			return ErrTextChanged
		}
		tx.Queue(sqlAddText, tx.NewID(), in.Kind, in.Lang, string(in.Part), in.Text.Subject, in.Text.Body, in.Off, a.ID, a.Name, tx.NowMicros())
		s.texts.Changed(tx)
		detail := map[string]string{"lang": in.Lang, "part": string(in.Part)}
		if in.Off {
			detail["off"] = "true"
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: "message.text", Subject: subject, Detail: detail})
	})
}

// SQL lists the texts of this room, for the test that prepares them on both engines.
func SQL() []string {
	return []string{insertMessage, insertDelivery, listMessages, oneMessage, countUnread, markRead, markAllRead,
		findDelivery, endDelivery, findTries, insertTry, sendTry, sentTry, dropTries, failTry,
		sqlTry, sqlReceived, sqlArrived, sqlNotThere, sqlChoice, sqlNewChoice, sqlSetChoice,
		sqlAddress, sqlBind, sqlUnbind, sqlLeft, sqlNewCode, sqlCode, sqlDropCode,
		sqlOpenTries, sqlLostTries, sqlFailures, sqlWhyFailed, sqlAgain, sqlMessageOf,
		sqlTextVersion, sqlBumpTexts, sqlCityTexts, sqlTextVersions, sqlNewestText, sqlNewTexts, sqlAddText}
}
