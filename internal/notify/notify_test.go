package notify

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

func vaultOf(t testing.TB) *sm.Vault {
	t.Helper()
	k, err := sm.LoadOrCreate(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return k.Vault()
}

// book is an address book.
type book map[actor.Party]Contact

func (b book) Contact(_ db.Queryer, p actor.Party) (Contact, error) {
	p.Name = ""
	return b[p], nil
}

// outbox keeps the payloads of committed acts.
type outbox struct{ payloads, waiting [][]byte }

func (o *outbox) enqueue(tx *db.Tx, unique string, payload []byte) error {
	if unique == "" {
		return errors.New("no key")
	}
	tx.OnCommit(func() { o.payloads = append(o.payloads, payload) })
	return nil
}

var (
	zhang = actor.Party{Kind: actor.NaturalPerson, ID: 1}
	corp  = actor.Party{Kind: actor.LegalEntity, ID: 1}
	quiet = actor.Party{Kind: actor.NaturalPerson, ID: 2}
)

type bench struct {
	*Service
	d    *db.DB
	box  *outbox
	book book
	ids  *identity.Service
	sms  *gateway
	wx   *gateway
	mail *mailServer
}

// newBench wires the room with providers of all ways, on servers of this
// machine.
func newBench(t *testing.T, d *db.DB, change ...func(*Config)) bench {
	t.Helper()
	v := vaultOf(t)
	b := bench{d: d, box: &outbox{}, book: book{
		zhang: {Person: 1, Name: "张三", Phone: "13800000001", Email: "zhang@example.com"},
		corp:  {Person: 1, Name: "某某公司", Phone: "13800000002"},
		quiet: {},
	}, ids: identity.New(identity.Config{DB: d, Vault: v, Now: d.Now}), mail: startMail(t, &mailServer{bare: true})}
	b.sms, b.wx = newGateway(t, d), newGateway(t, d)
	c := Config{DB: d, Vault: v, Contacts: b.book, Identity: b.ids, Enqueue: b.box.enqueue, BaseURL: "https://tongban.example/",
		City: "无锡市一网通办", Sign: "无锡政务", Titles: map[string]string{"case.accept": "您的申请已受理", "case.request-correction": "您的申请需要补正材料"},
		Providers: map[Way]Provider{
			SMS:    &HTTP{Caller: b.sms.caller(), Sign: "无锡政务", Notify: "https://tongban.example/hooks/messages/sms"},
			WeChat: &HTTP{Caller: b.wx.caller(), Templates: map[string]string{"case-progress": "T1", "message": "T2"}, Notify: "https://tongban.example/hooks/messages/wechat"},
			Mail:   SMTP{Addr: b.mail.addr, From: "通办 <no-reply@tongban.example>", Security: "none"},
		}}
	for _, f := range change {
		f(&c)
	}
	var err error
	if b.Service, err = New(c); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b bench) act(t *testing.T, f func(tx *db.Tx) error) {
	t.Helper()
	if err := b.d.Write(t.Context(), "test", f); err != nil {
		t.Fatal(err)
	}
}

func (b bench) send(t *testing.T, m Message) (id int64) {
	t.Helper()
	b.act(t, func(tx *db.Tx) (err error) {
		id, err = b.Send(tx, m)
		return err
	})
	return id
}

func (b bench) unread(t *testing.T, p actor.Party) int64 {
	t.Helper()
	n, err := b.Unread(b.d.Read(t.Context()), p)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func correction(to actor.Party) Message {
	return Message{To: to, Kind: "elsewhere.correction", Subject: "请补正材料：张三的食品经营许可", Body: "还缺身份证 320211199001010011。",
		Short: "您申请的事项需要补正材料。", Link: "/my/cases/1"}
}

func TestSend(t *testing.T) {
	start := time.Date(2026, 3, 2, 1, 2, 3, 4000, time.UTC)
	dbtest.EachAt(t, start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		b := newBench(t, d)
		id := b.send(t, correction(zhang))
		got, err := b.Get(d.Read(t.Context()), zhang, id)
		want := correction(zhang)
		if err != nil || got.ID != id || !got.At.Equal(start) || got.Subject != want.Subject || got.Body != want.Body || got.Short != want.Short || got.Link != want.Link || got.SubjectEN != want.Subject {
			t.Errorf("got %+v, %v", got, err)
		}
		for _, p := range []actor.Party{corp, quiet} {
			if _, err := b.Get(d.Read(t.Context()), p, id); !errors.Is(err, ErrNoMessage) {
				t.Errorf("another party reads it: %v", err)
			}
		}
		var raw []byte
		if err := d.Read(t.Context()).QueryRow("SELECT sealed FROM message WHERE id = $1", id).Scan(&raw); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("320211199001010011")) || bytes.Contains(raw, []byte("张三")) {
			t.Error("the message is stored in clear")
		}
	})
}

func TestSend_undone_with_its_act(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBench(t, d)
		no := errors.New("no")
		err := d.Write(t.Context(), "test", func(tx *db.Tx) error {
			if _, err := b.Send(tx, correction(zhang)); err != nil {
				return err
			}
			return no
		})
		if !errors.Is(err, no) || b.unread(t, zhang) != 0 || len(b.box.payloads) != 0 {
			t.Errorf("%v: %d messages, %d deliveries", err, b.unread(t, zhang), len(b.box.payloads))
		}
	})
}

func TestSend_refuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBench(t, d)
		for name, change := range map[string]func(*Message){
			"nobody":       func(m *Message) { m.To = actor.Party{} },
			"no subject":   func(m *Message) { m.Subject = "" },
			"long subject": func(m *Message) { m.Subject = strings.Repeat("长", maxSubject+1) },
			"long body":    func(m *Message) { m.Body = strings.Repeat("长", maxBody+1) },
			"long short":   func(m *Message) { m.Short = strings.Repeat("长", maxSubject+1) },
			"other site":   func(m *Message) { m.Link = "https://evil.example/" },
			"other host":   func(m *Message) { m.Link = "//evil.example/" },
			"backslash":    func(m *Message) { m.Link = `/\evil.example` },
		} {
			m := correction(zhang)
			change(&m)
			err := d.Write(t.Context(), "test", func(tx *db.Tx) error { _, err := b.Send(tx, m); return err })
			if err == nil {
				t.Errorf("%s: sent", name)
			}
		}
		if n := b.unread(t, zhang); n != 0 {
			t.Errorf("%d messages", n)
		}
	})
}

func TestList_and_MarkRead(t *testing.T) {
	start := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		b := newBench(t, d)
		var ids []int64
		for i := range 7 {
			m := correction(zhang)
			m.Subject = fmt.Sprint("第", i)
			ids = append(ids, b.send(t, m))
			b.send(t, correction(corp))
			clk.Add(time.Minute)
		}
		var seen []int64
		pages := 0
		for cursor := int64(0); ; pages++ {
			p, err := b.List(d.Read(t.Context()), zhang, cursor, 3)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range p.Messages {
				seen = append(seen, m.ID)
			}
			if cursor = p.Next; cursor == 0 {
				break
			}
		}
		if pages != 2 || len(seen) != 7 {
			t.Fatalf("%d messages, %d full pages", len(seen), pages)
		}
		for i, id := range seen {
			if id != ids[6-i] {
				t.Errorf("place %d: %d, want %d", i, id, ids[6-i])
			}
		}
		read := clk.Now()
		b.act(t, func(tx *db.Tx) error { b.MarkRead(tx, zhang, ids[3]); return nil })
		clk.Add(time.Hour)
		b.act(t, func(tx *db.Tx) error { b.MarkRead(tx, zhang, ids[3]); return nil })
		if m, err := b.Get(d.Read(t.Context()), zhang, ids[3]); err != nil || !m.ReadAt.Equal(read) {
			t.Errorf("read at %v, %v; want the first time, %v", m.ReadAt, err, read)
		}
		if n := b.unread(t, zhang); n != 6 {
			t.Errorf("%d unread, want 6", n)
		}
		err := d.Write(t.Context(), "test", func(tx *db.Tx) error { b.MarkRead(tx, corp, ids[0]); return nil })
		if !errors.Is(err, ErrNoMessage) {
			t.Errorf("another party's: %v", err)
		}
		b.act(t, func(tx *db.Tx) error { b.MarkAllRead(tx, zhang, ids[5]); return nil })
		if n := b.unread(t, zhang); n != 1 {
			t.Errorf("%d unread, want the newest alone", n)
		}
		if n := b.unread(t, corp); n != 7 {
			t.Errorf("%d unread for the other party, want 7", n)
		}
		if m, err := b.Get(d.Read(t.Context()), zhang, ids[3]); err != nil || !m.ReadAt.Equal(read) {
			t.Errorf("read again at %v, %v", m.ReadAt, err)
		}
	})
}

func TestSpool_refuses_other_names(t *testing.T) {
	s, err := OpenSpool(t.TempDir(), vaultOf(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"", "../1", "a", "1/2", strings.Repeat("1", 20)} {
		if _, err := s.Send(t.Context(), Parcel{Key: key}); !errors.Is(err, ErrRefused) {
			t.Errorf("%q: %v", key, err)
		}
		if _, err := s.Read(key); !errors.Is(err, ErrNoMessage) {
			t.Errorf("read %q: %v", key, err)
		}
		if err := s.Remove(key); !errors.Is(err, ErrNoMessage) {
			t.Errorf("remove %q: %v", key, err)
		}
	}
}

func TestStatements(t *testing.T) {
	places, _ := db.Places([]int64{1, 2})
	dbtest.Prepares(t, append(SQL(), fmt.Sprintf(sqlSentOf, places))...)
}
