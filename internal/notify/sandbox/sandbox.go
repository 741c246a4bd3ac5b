// Package sandbox is a message provider to try the platform against: it speaks
// the protocol of docs/messages.md for SMS and for an official account, and a
// page shows what was said, instead of a telephone. Nothing is sent to anybody.
// The demonstration serves it beside itself; tests run it on a server of their
// own.
package sandbox

import (
	"embed"
	"encoding/json"
	"html/template"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/hook"
	"github.com/tongban/tongban/internal/hook/box"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/notify"
)

// Config of a sandbox.
type Config struct {
	Key    hook.Key         // shared with the platform
	URL    string           // how it is reached: "http://127.0.0.1:8080"
	Prefix string           // below which it is served: "/sandbox/messages"
	Now    func() time.Time // the clock
	Log    *slog.Logger     // nil: silent
}

// Sandbox 模拟消息渠道. It keeps its last messages in memory.
type Sandbox struct {
	*box.Box
	c    Config
	mood string
	last []*message // newest first
	seen map[string]*message
}

// most is how many messages are kept.
const most = 200

type message struct {
	notify.Order
	State string // taken, delivered, failed
	At    time.Time
}

// Moods are how the sandbox answers from now on.
var moods = []struct{ Key, ZH, EN string }{
	{"deliver", "接收，并回执“已送达”", "take it, and tell that it was delivered"},
	{"silent", "接收，不回执", "take it and tell nothing"},
	{"lost", "接收，并回执“未送达”", "take it, and tell that it was not delivered"},
	{"address", "拒绝：号码无效", "refuse: no such number"},
	{"down", "不可用（稍后重试）", "out of order (try again later)"},
}

//go:embed page.html style.css
var pages embed.FS

var page = template.Must(template.New("page.html").ParseFS(pages, "page.html"))

// New makes a sandbox.
func New(c Config) *Sandbox {
	return &Sandbox{Box: &box.Box{Key: c.Key, Now: c.Now, Log: c.Log}, c: c, mood: moods[0].Key, seen: map[string]*message{}}
}

// Base is where the platform sends its messages.
func (s *Sandbox) Base() string { return s.c.URL + s.c.Prefix + "/api" }

// Mood sets how it answers from now on, for tests.
func (s *Sandbox) Mood(key string) {
	s.Lock()
	defer s.Unlock()
	s.mood = key
}

// Orders gives what was taken, newest first, for tests.
func (s *Sandbox) Orders() []notify.Order {
	s.Lock()
	defer s.Unlock()
	out := make([]notify.Order, len(s.last))
	for i, m := range s.last {
		out[i] = m.Order
	}
	return out
}

// Handler answers below the prefix.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	p := s.c.Prefix
	mux.HandleFunc("POST "+p+"/api/messages", s.take)
	mux.HandleFunc("GET "+p, s.show)
	mux.HandleFunc("POST "+p+"/mood", s.setMood)
	mux.HandleFunc("POST "+p+"/follow", s.follow)
	mux.HandleFunc("GET "+p+"/style.css", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, pages, "style.css") })
	return mux
}

func (s *Sandbox) take(w http.ResponseWriter, r *http.Request) {
	body, err := box.Body(w, r)
	var o notify.Order
	if err != nil || json.Unmarshal(body, &o) != nil || o.ID == "" || o.To == "" || o.Text == "" && o.Template == "" {
		box.Answer(w, http.StatusUnprocessableEntity, box.Problem("content"))
		return
	}
	if _, err := s.c.Key.Verify(r, body, s.c.Now()); err != nil {
		box.Answer(w, http.StatusUnauthorized, box.Problem("signature"))
		return
	}
	s.Lock()
	mood, m := s.mood, s.seen[o.ID]
	switch {
	case m != nil: // asked again
	case mood == "address":
		s.Unlock()
		box.Answer(w, http.StatusUnprocessableEntity, box.Problem("address"))
		return
	case mood == "down":
		s.Unlock()
		box.Answer(w, http.StatusServiceUnavailable, box.Problem("down"))
		return
	default:
		m = &message{o, "taken", s.c.Now()}
		s.seen[o.ID] = m
		s.last = append([]*message{m}, s.last...)
		if len(s.last) > most {
			delete(s.seen, s.last[most].ID)
			s.last = s.last[:most]
		}
		state := map[string]string{"deliver": "delivered", "lost": "failed"}[mood]
		if state != "" {
			m.State = state
			l := notify.Letter{Kind: notify.ReceiptLetter, ID: o.ID, State: state}
			if state == "failed" {
				l.Reason = notify.Lost
			}
			s.Tell(o.Notify, l, 0, 1)
		}
	}
	s.Unlock()
	box.Answer(w, http.StatusOK, map[string]string{"ref": "SB" + o.ID})
}

func (s *Sandbox) setMood(w http.ResponseWriter, r *http.Request) {
	key := r.FormValue("mood")
	if slices.ContainsFunc(moods, func(m struct{ Key, ZH, EN string }) bool { return m.Key == key }) {
		s.Mood(key)
	}
	http.Redirect(w, r, s.c.Prefix, http.StatusSeeOther)
}

// follow stands for a person who sends his code to the official account.
func (s *Sandbox) follow(w http.ResponseWriter, r *http.Request) {
	code := r.FormValue("code")
	status, err := s.Write(s.c.URL+"/hooks/messages/wechat", notify.Letter{Kind: notify.BindLetter, Code: code, OpenID: "sandbox-" + code})
	said := "bound"
	if err != nil || status != http.StatusOK {
		said = "wrong"
	}
	http.Redirect(w, r, s.c.Prefix+"?bind="+said, http.StatusSeeOther)
}

// shown is a message on the page: numbers are masked there too.
type shown struct {
	Way, To, Text, State, At string
	Parts                    int
	URL                      string
}

func (s *Sandbox) show(w http.ResponseWriter, r *http.Request) {
	s.Lock()
	v := struct {
		Prefix, Mood, Bind string
		Moods              []struct{ Key, ZH, EN string }
		Messages           []shown
	}{s.c.Prefix, s.mood, r.URL.Query().Get("bind"), moods, nil}
	for _, m := range s.last {
		x := shown{Way: "短信", To: ident.MaskMobile(m.To), Text: m.Text, Parts: m.Parts, At: m.At.In(clock.Shanghai()).Format("01-02 15:04:05"),
			State: map[string]string{"taken": "已接收", "delivered": "已送达", "failed": "未送达"}[m.State], URL: m.URL}
		if m.Sign != "" {
			x.Text = "【" + m.Sign + "】" + m.Text
		}
		if m.Way == notify.WeChat {
			x.Way, x.To, x.Parts = "公众号", "…"+m.To[max(0, len(m.To)-4):], 0
			for _, k := range slices.Sorted(maps.Keys(m.Data)) {
				x.Text += k + "：" + m.Data[k] + "\n"
			}
		}
		v.Messages = append(v.Messages, x)
	}
	s.Unlock()
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	box.Page(w, page, "page.html", v)
}
