package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/hook"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
)

// gateway is a provider of messages on this machine that checks what it gets.
type gateway struct {
	key    hook.Key
	d      *db.DB
	srv    *httptest.Server
	mu     sync.Mutex
	status int
	code   string
	orders []Order
	calls  int
}

func newGateway(t *testing.T, d *db.DB) *gateway {
	t.Helper()
	g := &gateway{key: hook.NewKey(), d: d, status: 200}
	g.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.calls++
		body, _ := io.ReadAll(r.Body)
		var o Order
		if _, err := g.key.Verify(r, body, d.Now()); err != nil || json.Unmarshal(body, &o) != nil || r.URL.Path != "/api/messages" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(g.status)
		if g.status == 200 {
			g.orders = append(g.orders, o)
			_, _ = io.WriteString(w, `{"ref":"R`+o.ID+`"}`)
			return
		}
		_, _ = io.WriteString(w, `{"code":"`+g.code+`"}`)
	}))
	t.Cleanup(g.srv.Close)
	return g
}

func (g *gateway) caller() *hook.Caller {
	return &hook.Caller{Base: g.srv.URL + "/api", Key: g.key, Now: g.d.Now}
}

func (g *gateway) answers(status int, code string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.status, g.code = status, code
}

func (g *gateway) took() []Order {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]Order(nil), g.orders...)
}

// letter signs what a provider tells.
func (g *gateway) letter(t *testing.T, way Way, l Letter) (*http.Request, []byte) {
	t.Helper()
	body, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/hooks/messages/"+string(way), bytes.NewReader(body))
	g.key.Sign(r, body, g.d.Now())
	return r, body
}

func (b bench) hear(t *testing.T, g *gateway, way Way, l Letter) error {
	t.Helper()
	r, body := g.letter(t, way, l)
	return b.Heard(t.Context(), way, r, body)
}

// run handles the jobs that wait as the runner would, until none is left that
// can be done now. It gives when the next one is due, and the last error.
func (b bench) run(t *testing.T, attempt int) (later time.Time, last error) {
	t.Helper()
	for n := 0; len(b.box.payloads) > 0; n++ {
		if n > 50 {
			t.Fatal("the jobs go round")
		}
		p := b.box.payloads[0]
		b.box.payloads = b.box.payloads[1:]
		err := b.Deliver(t.Context(), p, attempt)
		if at, ok := jobs.LaterAt(err); ok {
			later = at
			b.box.waiting = append(b.box.waiting, p)
			continue
		}
		if err != nil {
			last = err
			b.box.waiting = append(b.box.waiting, p)
		}
	}
	b.box.payloads, b.box.waiting = b.box.waiting, nil
	return later, last
}

// state gives how a message's newest delivery stands and what was tried.
func (b bench) state(t *testing.T, message int64) string {
	t.Helper()
	q := b.d.Read(t.Context())
	var state string
	if err := q.QueryRow("SELECT state FROM message_delivery WHERE message_id = $1 ORDER BY id DESC LIMIT 1", message).Scan(&state); err != nil {
		t.Fatal(err)
	}
	tries, err := db.All(q, func(r *db.Rows) (s string, err error) {
		var way, state, reason string
		err = r.Scan(&way, &state, &reason)
		return strings.TrimSpace(way + " " + state + " " + reason), err
	}, "SELECT way, state, reason FROM message_try WHERE message_id = $1 ORDER BY id", message)
	if err != nil {
		t.Fatal(err)
	}
	return state + ": " + strings.Join(tries, ", ")
}

func (b bench) want(t *testing.T, message int64, want string) {
	t.Helper()
	if got := b.state(t, message); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

var day = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC) // 10:00 in Shanghai

func accepted(to actor.Party) Message {
	return Message{To: to, Kind: "case.accept", Link: "/my/cases/C1", Values: Values{"title": "您的申请已受理", "item": "食品经营许可", "no": "C1", "due": "2026-03-16"}}
}

func TestDeliver(t *testing.T) {
	dbtest.EachAt(t, day, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		b := newBench(t, d)
		id := b.send(t, accepted(zhang))
		if len(b.box.payloads) != 1 {
			t.Fatalf("%d jobs for one message", len(b.box.payloads))
		}
		again := b.box.payloads[0]
		if _, err := b.run(t, 1); err != nil {
			t.Fatal(err)
		}
		b.want(t, id, "sent: sms sent")
		o := b.sms.took()[0]
		if o.To != "13800000001" || o.Sign != "无锡政务" || o.Text != "您的申请已受理。“食品经营许可”，办件编号C1，办理期限至2026-03-16。详情请登录无锡市一网通办“我的办件”。" || o.Parts != 1 || o.Way != SMS {
			t.Errorf("%+v", o)
		}
		if err := b.Deliver(t.Context(), again, 1); err != nil || len(b.sms.took()) != 1 {
			t.Errorf("a job that ran twice: %v, %d messages", err, len(b.sms.took()))
		}
		m, err := b.Get(d.Read(t.Context()), zhang, id)
		if err != nil || m.Body != "“食品经营许可”（办件编号 C1）：您的申请已受理。办理期限至 2026-03-16。" || m.SubjectEN != "Your application was accepted" {
			t.Errorf("%+v, %v", m, err)
		}
		for _, table := range []string{"message", "message_try"} {
			var raw []byte
			if err := d.Read(t.Context()).QueryRow("SELECT sealed FROM " + table).Scan(&raw); err != nil || bytes.Contains(raw, []byte("食品")) || bytes.Contains(raw, []byte("13800000001")) {
				t.Errorf("%s is stored in clear, %v", table, err)
			}
		}
		free := b.send(t, correction(zhang)) // of a kind that no text knows
		if _, err := b.run(t, 1); err != nil {
			t.Fatal(err)
		}
		b.want(t, free, "sent: sms sent")
		if o := b.sms.took()[1]; o.Text != "您申请的事项需要补正材料。您在无锡市一网通办有一条新消息，请登录查看。" {
			t.Errorf("%q: more left the platform than may", o.Text)
		}
		none := b.send(t, accepted(quiet))
		if _, err := b.run(t, 1); err != nil {
			t.Fatal(err)
		}
		b.want(t, none, "dropped: ")
		if err := b.Deliver(t.Context(), []byte("x"), 1); err == nil {
			t.Error("a broken payload")
		}
	})
}

// TestDeliver_fallback: what fails on one way goes the next, never twice the same.
func TestDeliver_fallback(t *testing.T) {
	dbtest.EachAt(t, day, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		b := newBench(t, d)
		b.sms.answers(422, "address")
		id := b.send(t, accepted(zhang))
		if _, err := b.run(t, 1); err != nil {
			t.Fatal(err)
		}
		b.want(t, id, "sent: sms failed address, mail sent")
		if letter := b.letterTaken(t); !strings.Contains(letter, "<"+b.key(t, id, Mail)+"@tongban.example>") {
			t.Errorf("the mail: %s", letter)
		}
		b.book[zhang] = Contact{Person: 1, Name: "张三", Phone: "13800000001", Email: "nobody@example.com"}
		id = b.send(t, accepted(zhang))
		if _, err := b.run(t, 1); err != nil {
			t.Fatal(err)
		}
		b.want(t, id, "failed: sms failed address, mail failed address")
		if b.sms.calls != 2 {
			t.Errorf("%d calls", b.sms.calls)
		}
	})
}

func (b bench) letterTaken(t *testing.T) string {
	t.Helper()
	select {
	case s := <-b.mail.taken:
		return s
	case <-time.After(5 * time.Second):
		t.Fatal("no mail came")
		return ""
	}
}

func (b bench) key(t *testing.T, message int64, w Way) (id string) {
	t.Helper()
	var n int64
	if err := b.d.Read(t.Context()).QueryRow("SELECT max(id) FROM message_try WHERE message_id = $1 AND way = $2", message, string(w)).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(n)
}

// TestDeliver_patience: trouble is tried again with the same number, and after
// enough attempts the next way comes.
func TestDeliver_patience(t *testing.T) {
	dbtest.EachAt(t, day, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		b := newBench(t, d)
		b.sms.answers(503, "")
		id := b.send(t, accepted(zhang))
		for attempt := 1; attempt < patience; attempt++ {
			if _, err := b.run(t, attempt); err == nil || errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "138") {
				t.Fatalf("attempt %d: %v", attempt, err)
			}
			b.want(t, id, "queued: sms sending")
		}
		b.sms.answers(200, "")
		if _, err := b.run(t, patience-1); err != nil {
			t.Fatal(err)
		}
		b.want(t, id, "sent: sms sent")

		b.sms.answers(429, "")
		id = b.send(t, accepted(zhang))
		if _, err := b.run(t, patience); err != nil {
			t.Fatal(err)
		}
		b.want(t, id, "sent: sms failed unreachable, mail sent")

		b.sms.answers(401, "signature") // our key is wrong: nobody's number is
		id = b.send(t, accepted(zhang))
		if _, err := b.run(t, 1); err == nil {
			t.Error("a wrong key was taken for a refusal")
		}
		b.want(t, id, "queued: sms sending")
	})
}

func TestHeard(t *testing.T) {
	dbtest.EachAt(t, day, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		b := newBench(t, d)
		fresh := func() (int64, Letter) {
			id := b.send(t, accepted(zhang))
			if _, err := b.run(t, 1); err != nil {
				t.Fatal(err)
			}
			return id, Letter{Kind: ReceiptLetter, ID: b.key(t, id, SMS), State: "delivered"}
		}
		t.Run("delivered, and the same twice", func(t *testing.T) {
			id, l := fresh()
			r, body := b.sms.letter(t, SMS, l)
			for range 2 {
				if err := b.Heard(t.Context(), SMS, r, body); err != nil {
					t.Fatal(err)
				}
			}
			l.State = "failed" // contradicts, in a new letter: the first word holds
			if err := b.hear(t, b.sms, SMS, l); err != nil {
				t.Fatal(err)
			}
			b.want(t, id, "delivered: sms delivered")
			if n := b.sent.of(SMS, delivered); n != 1 {
				t.Errorf("counted %d times", n)
			}
		})
		t.Run("failed after a day: the next way", func(t *testing.T) {
			id, l := fresh()
			clk.Add(24 * time.Hour)
			l.State, l.Reason = "failed", "blocked"
			r, body := b.sms.letter(t, SMS, l)
			for range 2 {
				if err := b.Heard(t.Context(), SMS, r, body); err != nil {
					t.Fatal(err)
				}
			}
			b.want(t, id, "queued: sms failed blocked")
			if _, err := b.run(t, 1); err != nil {
				t.Fatal(err)
			}
			b.want(t, id, "sent: sms failed blocked, mail sent")
			b.letterTaken(t)
		})
		t.Run("failed, but read in the platform meanwhile", func(t *testing.T) {
			id, l := fresh()
			b.act(t, func(tx *db.Tx) error { b.MarkRead(tx, zhang, id); return nil })
			l.State, l.Reason = "failed", "13800000001 blocked" // no word: not kept
			if err := b.hear(t, b.sms, SMS, l); err != nil {
				t.Fatal(err)
			}
			if _, err := b.run(t, 1); err != nil {
				t.Fatal(err)
			}
			b.want(t, id, "dropped: sms failed lost")
		})
		t.Run("faster than the answer to the sending", func(t *testing.T) {
			b.sms.answers(503, "")
			id := b.send(t, accepted(zhang))
			if _, err := b.run(t, 1); err == nil {
				t.Fatal("sent")
			}
			if err := b.hear(t, b.sms, SMS, Letter{Kind: ReceiptLetter, ID: b.key(t, id, SMS), State: "delivered"}); err != nil {
				t.Fatal(err)
			}
			b.sms.answers(200, "")
			if _, err := b.run(t, 2); err != nil {
				t.Fatal(err)
			}
			b.want(t, id, "delivered: sms delivered")
		})
		t.Run("of an unknown message", func(t *testing.T) {
			for _, id := range []string{"1", "x", "99999999999999999999"} {
				if err := b.hear(t, b.sms, SMS, Letter{Kind: ReceiptLetter, ID: id, State: "delivered"}); err != nil {
					t.Errorf("%s: %v", id, err)
				}
			}
			var n int64
			if err := d.Read(t.Context()).QueryRow("SELECT count(*) FROM audit_record WHERE act = 'message.receipt' AND outcome = 'unknown'").Scan(&n); err != nil || n != 3 {
				t.Errorf("%d records, %v", n, err)
			}
		})
		t.Run("of another way", func(t *testing.T) {
			id, l := fresh()
			if err := b.hear(t, b.wx, WeChat, l); err != nil {
				t.Error(err)
			}
			b.want(t, id, "sent: sms sent")
		})
		t.Run("not understood, forged, old", func(t *testing.T) {
			_, l := fresh()
			if err := b.hear(t, b.wx, SMS, l); !errors.Is(err, hook.ErrSignature) {
				t.Errorf("another provider's key: %v", err)
			}
			r, body := b.sms.letter(t, SMS, l)
			clk.Add(time.Hour)
			if err := b.Heard(t.Context(), SMS, r, body); !errors.Is(err, hook.ErrStale) {
				t.Errorf("an old letter: %v", err)
			}
			for _, bad := range []Letter{{}, {Kind: ReceiptLetter, ID: "1", State: "perhaps"}, {Kind: BindLetter, Code: "1", OpenID: "o"}} {
				if err := b.hear(t, b.sms, SMS, bad); !errors.Is(err, errLetter) {
					t.Errorf("%+v: %v", bad, err)
				}
			}
			if err := b.hear(t, b.sms, Mail, l); !errors.Is(err, ErrNoWay) {
				t.Errorf("mail tells nothing: %v", err)
			}
		})
	})
}

func TestDeliver_quiet_hours(t *testing.T) {
	night := time.Date(2026, 3, 2, 14, 30, 0, 0, time.UTC) // 22:30 in Shanghai
	morning := time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC) // 08:00
	hours, err := ParseQuiet("21:00-08:00")
	if err != nil {
		t.Fatal(err)
	}
	dbtest.EachAt(t, night, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		b := newBench(t, d, func(c *Config) { c.Quiet = hours })
		ordinary := b.send(t, accepted(zhang))
		code := b.send(t, Message{To: zhang, Kind: "assist.code", Subject: "确认码", Body: "确认码：1234", Short: "确认码 1234，十分钟内有效。"})
		near, far := accepted(zhang), accepted(zhang)
		near.When, far.When = clk.Now().Add(11*time.Hour), clk.Now().Add(30*time.Hour)
		soonID, farID := b.send(t, near), b.send(t, far)
		seen := b.send(t, accepted(zhang))
		mailed := b.send(t, accepted(corp)) // chooses mail below
		b.book[corp] = Contact{Person: 1, Name: "某某公司", Phone: "13800000002", Email: "corp@example.com"}
		b.choose(t, corp, func(c *ChoiceInput) { c.Order = []Way{Mail} })
		later, err := b.run(t, 1)
		if err != nil || !later.Equal(morning) {
			t.Fatalf("%v, %v; want %v", later, err, morning)
		}
		b.want(t, ordinary, "queued: sms held")
		b.want(t, code, "sent: sms sent")
		b.want(t, soonID, "sent: sms sent")
		b.want(t, farID, "queued: sms held")
		b.want(t, mailed, "sent: mail sent")
		b.letterTaken(t)
		got, err := b.SentOf(d.Read(t.Context()), ordinary, code)
		if err != nil || got[ordinary][0].State != "held" || !got[ordinary][0].Until.Equal(morning) || got[code][0].State != "sent" {
			t.Errorf("%+v, %v", got, err)
		}
		if f, err := b.Figures(d.Read(t.Context())); err != nil || f.Ways[0].Held != 3 || f.Ways[0].SentHere != 2 {
			t.Errorf("%+v, %v", f, err)
		}
		b.act(t, func(tx *db.Tx) error { b.MarkRead(tx, zhang, seen); return nil })
		b.choose(t, zhang, func(c *ChoiceInput) { c.Groups[Deadline] = nil })
		clk.Set(morning)
		if _, err := b.run(t, 1); err != nil {
			t.Fatal(err)
		}
		b.want(t, ordinary, "sent: sms sent")
		b.want(t, seen, "dropped: sms dropped") // read at night: nobody is told again
		b.want(t, farID, "sent: sms sent")

		clk.Set(night.Add(24 * time.Hour))
		b.choose(t, zhang, func(c *ChoiceInput) { c.Night = true })
		id := b.send(t, accepted(zhang))
		if _, err := b.run(t, 1); err != nil {
			t.Fatal(err)
		}
		b.want(t, id, "sent: sms sent")
	})
}

// choose makes a choice as the party would.
func (b bench) choose(t *testing.T, p actor.Party, change func(*ChoiceInput)) {
	t.Helper()
	a := actor.Actor{Kind: actor.Person, ID: 1, Name: "张三", For: p}
	now, err := choiceOf(b.d.Read(t.Context()), p)
	if err != nil {
		t.Fatal(err)
	}
	in := ChoiceInput{Order: now.Order, Groups: map[Group][]Way{}, Night: now.Night, Lang: now.Lang, Electronic: !now.Electronic.IsZero(), Version: now.Version}
	for _, g := range Groups {
		in.Groups[g] = Ways
		if list, ok := now.Groups[g]; ok {
			in.Groups[g] = list
		}
	}
	change(&in)
	if err := b.Choose(t.Context(), a, in); err != nil {
		t.Fatal(err)
	}
}

func TestChoose(t *testing.T) {
	dbtest.EachAt(t, day, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		b := newBench(t, d)
		run := func() {
			t.Helper()
			if _, err := b.run(t, 1); err != nil {
				t.Fatal(err)
			}
		}
		self := actor.Actor{Kind: actor.Person, ID: 1, Name: "张三", For: zhang}
		s, err := b.Settings(t.Context(), self)
		if err != nil || s.Version != 0 || !s.Allows(Progress, SMS) || s.Lang != "zh" || s.Ways[0] != (WayState{SMS, true, "138****0001"}) || s.Ways[1].Address != "" || s.Ways[2].Address != "z***@example.com" {
			t.Fatalf("%+v, %v", s, err)
		}
		b.choose(t, zhang, func(c *ChoiceInput) { c.Order, c.Lang = []Way{Mail, SMS}, "en" })
		id := b.send(t, accepted(zhang))
		run()
		b.want(t, id, "sent: mail sent")
		if letter := b.letterTaken(t); !strings.Contains(letter, "Subject: Your application was accepted:") && !strings.Contains(letter, "Subject: =?utf-8?b?WW91ciBhcHBsaWNhdGlvbiB3YXMg") {
			t.Errorf("not in English: %s", letter)
		}
		t.Run("a group switched off", func(t *testing.T) {
			b.choose(t, zhang, func(c *ChoiceInput) { c.Groups[Progress], c.Groups[Deadline] = nil, nil })
			off, law := b.send(t, Message{To: zhang, Kind: "case.resume", Values: Values{"title": "恢复办理", "no": "C1"}}), b.send(t, accepted(zhang))
			run()
			b.want(t, off, "dropped: ")
			b.want(t, law, "dropped: ") // in the platform, which nobody can switch off
			if m, err := b.Get(d.Read(t.Context()), zhang, law); err != nil || m.Subject != "您的申请已受理" {
				t.Errorf("%+v, %v", m, err)
			}
		})
		t.Run("who agrees to electronic service is told what the law needs", func(t *testing.T) {
			b.choose(t, zhang, func(c *ChoiceInput) { c.Electronic = true })
			off, law := b.send(t, Message{To: zhang, Kind: "case.resume", Values: Values{"title": "恢复办理", "no": "C1"}}), b.send(t, accepted(zhang))
			run()
			b.want(t, off, "dropped: ")
			b.want(t, law, "sent: mail sent")
			b.letterTaken(t)
		})
		t.Run("a clerk notes no SMS, the person lifts it", func(t *testing.T) {
			clerk := actor.Actor{Kind: actor.Staff, ID: 9, Name: "陈晓", Unit: 1, Grants: []actor.Grant{{Role: actor.WindowClerk, Path: "/1/"}}}
			p := b.register(t)
			if err := b.NoteNoSMS(t.Context(), self, p, true); err == nil {
				t.Error("a person noted it for another")
			}
			b.book[p] = Contact{Person: p.ID, Phone: "13800000009"}
			for range 2 {
				if err := b.NoteNoSMS(t.Context(), clerk, p, true); err != nil {
					t.Fatal(err)
				}
			}
			if no, err := b.HasNoSMS(t.Context(), clerk, p); err != nil || no == nil || no.By != "陈晓" {
				t.Errorf("%+v, %v", no, err)
			}
			id := b.send(t, accepted(p))
			run()
			b.want(t, id, "dropped: ")
			b.choose(t, p, func(c *ChoiceInput) { c.Night = true }) // keeps it
			id = b.send(t, accepted(p))
			run()
			b.want(t, id, "dropped: ")
			b.choose(t, p, func(c *ChoiceInput) { c.LiftNoSMS = true })
			id = b.send(t, accepted(p))
			run()
			b.want(t, id, "sent: sms sent")
		})
		t.Run("refused", func(t *testing.T) {
			full := map[Group][]Way{Progress: Ways, Deadline: Ways, Answer: Ways, Rules: Ways}
			if err := b.Choose(t.Context(), self, ChoiceInput{Groups: full, Version: 1}); !errors.Is(err, ErrChoiceChanged) {
				t.Errorf("an old version: %v", err)
			}
			agent := self
			agent.Mandate = 5
			if err := b.Choose(t.Context(), agent, ChoiceInput{Groups: full}); !errors.Is(err, identity.ErrPrincipal) {
				t.Errorf("an agent: %v", err)
			}
			now, err := choiceOf(d.Read(t.Context()), zhang)
			if err != nil {
				t.Fatal(err)
			}
			err = b.Choose(t.Context(), self, ChoiceInput{Order: []Way{SMS, SMS}, Groups: map[Group][]Way{Progress: {"pigeon"}}, Lang: "fr", Version: now.Version})
			if got := fieldsOf(err); got != "order groups/progress groups/deadline groups/answer groups/rules lang" {
				t.Error(got)
			}
		})
	})
}

func (b bench) register(t *testing.T) actor.Party {
	t.Helper()
	clerk := actor.Actor{Kind: actor.Staff, ID: 9, Name: "陈晓", Unit: 1, Grants: []actor.Grant{{Role: actor.WindowClerk, Path: "/1/"}}}
	p, err := b.ids.WalkIn(t.Context(), clerk, identity.PersonInput{Name: "赵六", IDNumber: "11010519491231002X", Phone: "13800000009", Sex: "女"})
	if err != nil {
		t.Fatal(err)
	}
	return actor.Party{Kind: actor.NaturalPerson, ID: p.ID}
}

func TestBind(t *testing.T) {
	dbtest.EachAt(t, day, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		b := newBench(t, d)
		self := actor.Actor{Kind: actor.Person, ID: 1, Name: "张三", For: zhang}
		code, until, err := b.BindCode(t.Context(), self)
		if err != nil || len(code) != 8 || !until.Equal(day.Add(CodeLife)) {
			t.Fatalf("%q %v %v", code, until, err)
		}
		bind := func(code string) error {
			return b.hear(t, b.wx, WeChat, Letter{Kind: BindLetter, Code: code, OpenID: "openid-of-zhang"})
		}
		if err := bind("0000"); !errors.Is(err, ErrBindCode) {
			t.Errorf("a wrong code: %v", err)
		}
		if err := bind(code); err != nil {
			t.Fatal(err)
		}
		if err := bind(code); !errors.Is(err, ErrBindCode) {
			t.Errorf("a code twice: %v", err)
		}
		late, _, err := b.BindCode(t.Context(), self)
		if err != nil {
			t.Fatal(err)
		}
		clk.Add(CodeLife)
		if err := bind(late); !errors.Is(err, ErrBindCode) {
			t.Errorf("a late code: %v", err)
		}
		var raw []byte
		if err := d.Read(t.Context()).QueryRow("SELECT sealed FROM message_address").Scan(&raw); err != nil || bytes.Contains(raw, []byte("openid")) {
			t.Errorf("the openid is stored in clear, %v", err)
		}
		b.choose(t, zhang, func(c *ChoiceInput) { c.Order = []Way{WeChat} })
		id := b.send(t, accepted(zhang))
		if _, err := b.run(t, 1); err != nil {
			t.Fatal(err)
		}
		b.want(t, id, "sent: wechat sent")
		o := b.wx.took()[0]
		if o.To != "openid-of-zhang" || o.Template != "T1" || o.Data["thing1"] != "食品经营许可" || o.Data["thing4"] != "办理期限至2026-03-16" || o.URL != "https://tongban.example/my/cases/C1" || o.Text != "" {
			t.Errorf("%+v", o)
		}
		if err := b.hear(t, b.wx, WeChat, Letter{Kind: UnbindLetter, OpenID: "openid-of-zhang"}); err != nil {
			t.Fatal(err)
		}
		id = b.send(t, accepted(zhang))
		if _, err := b.run(t, 1); err != nil {
			t.Fatal(err)
		}
		b.want(t, id, "sent: sms sent")
		code, _, err = b.BindCode(t.Context(), self)
		if err != nil || bind(code) != nil {
			t.Fatal(err)
		}
		if err := b.Unbind(t.Context(), self); err != nil {
			t.Fatal(err)
		}
		if s, err := b.Settings(t.Context(), self); err != nil || s.Ways[0].Address != "" {
			t.Errorf("%+v, %v", s, err)
		}
		alone := newBench(t, d, func(c *Config) { delete(c.Providers, WeChat) })
		if _, _, err := alone.BindCode(t.Context(), self); !errors.Is(err, ErrNoWay) {
			t.Errorf("without a provider: %v", err)
		}
	})
}

func TestRetry(t *testing.T) {
	dbtest.EachAt(t, day, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		b := newBench(t, d, func(c *Config) { delete(c.Providers, Mail) })
		operator := actor.Actor{Kind: actor.Staff, ID: 8, Name: "系统管理员", Grants: []actor.Grant{{Role: actor.SystemAdmin, Path: "/1/"}}}
		b.sms.answers(402, "quota")
		id := b.send(t, accepted(zhang))
		if _, err := b.run(t, 1); err != nil {
			t.Fatal(err)
		}
		b.want(t, id, "failed: sms failed quota")
		o, list, _, err := b.Overview(t.Context(), operator, 0, 10)
		if err != nil || len(list) != 1 || list[0].Tries[0] != (Tried{SMS, "quota"}) || list[0].Kind != "case.accept" || o.Ways[0].Failed != 1 {
			t.Fatalf("%+v %+v %v", o, list, err)
		}
		b.sms.answers(200, "")
		if err := b.Retry(t.Context(), operator, list[0].ID); err != nil {
			t.Fatal(err)
		}
		if err := b.Retry(t.Context(), operator, list[0].ID); !errors.Is(err, ErrNotFailed) {
			t.Errorf("twice: %v", err)
		}
		if _, err := b.run(t, 1); err != nil {
			t.Fatal(err)
		}
		b.want(t, id, "sent: sms failed quota, sms sent")
		if _, list, _, err := b.Overview(t.Context(), operator, 0, 10); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		if _, _, _, err := b.Overview(t.Context(), actor.Actor{Kind: actor.Staff, ID: 7, Grants: []actor.Grant{{Role: actor.WindowClerk, Path: "/1/"}}}, 0, 10); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("a clerk: %v", err)
		}
	})
}

func fieldsOf(err error) string {
	var out []string
	for _, f := range errs.Of(err).Fields {
		out = append(out, f.Path)
	}
	return strings.Join(out, " ")
}
