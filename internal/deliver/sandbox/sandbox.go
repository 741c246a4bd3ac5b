// Package sandbox is a courier and a cabinet to try the platform against: they
// speak the protocol of docs/deliver.md, and pages stand for the courier's people
// and for the screen of the cabinet. Nothing is sent. The demonstration serves it
// beside itself, tongban pay-sandbox as a process of its own; tests run it on a
// server of theirs.
package sandbox

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tongban/tongban/internal/deliver"
	"github.com/tongban/tongban/internal/hook"
)

// Config of a sandbox.
type Config struct {
	Key      hook.Scheme            // shared with the platform
	URL      string                 // how it is reached: "http://127.0.0.1:8080"
	Prefix   string                 // below which it is served: "/sandbox/courier"
	File     string                 // keeps its parcels over a restart; "": in memory alone
	Now      func() time.Time       // the clock
	Late     time.Duration          // how late “late” is; 0: half a minute
	Cabinets map[string]hook.Scheme // what the devices sign with, by key of the cabinet
	Platform string                 // where the devices ask
	Log      *slog.Logger           // nil: silent
}

// Sandbox 模拟快递公司和取件柜.
type Sandbox struct {
	c    Config
	mu   sync.Mutex
	held map[string]*parcel
	wg   sync.WaitGroup
}

type parcel struct {
	deliver.Sending
	deliver.Told
	Order []string `json:"order,omitempty"`
}

//go:embed page.html style.css
var files embed.FS

var views = template.Must(template.New("").ParseFS(files, "page.html"))

// New makes a sandbox and reads its file, if there is one.
func New(c Config) (*Sandbox, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Late == 0 {
		c.Late = 30 * time.Second
	}
	s := &Sandbox{c: c, held: map[string]*parcel{}}
	if c.File == "" {
		return s, nil
	}
	b, err := os.ReadFile(c.File)
	if os.IsNotExist(err) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	return s, json.Unmarshal(b, &s.held)
}

// Base is where the platform sends its orders.
func (s *Sandbox) Base() string { return s.c.URL + s.c.Prefix + "/api" }

// Wait waits until what is on its way to the platform has arrived, for tests.
func (s *Sandbox) Wait() { s.wg.Wait() }

// Handler answers below the prefix.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	p := s.c.Prefix
	mux.HandleFunc("POST "+p+"/api/parcels", s.signed(s.order))
	mux.HandleFunc("GET "+p+"/api/parcels/{no}", s.signed(s.ask))
	mux.HandleFunc("POST "+p+"/api/parcels/{no}/cancel", s.signed(s.cancel))
	mux.HandleFunc("GET "+p+"/{$}", s.list)
	mux.HandleFunc("GET "+p+"/parcels/{no}", s.show)
	mux.HandleFunc("POST "+p+"/parcels/{no}", s.happen)
	mux.HandleFunc("GET "+p+"/cabinets/{key}", s.cabinet)
	mux.HandleFunc("POST "+p+"/cabinets/{key}", s.enter)
	mux.HandleFunc("GET "+p+"/style.css", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "style.css") })
	return mux
}

// signed lets the platform in and answers with JSON.
func (s *Sandbox) signed(do func(r *http.Request, body []byte) (int, any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		status, out := http.StatusBadRequest, any(problem{"body"})
		if err == nil {
			if _, err = s.c.Key.Verify(r, body, s.c.Now()); err != nil {
				status, out = http.StatusUnauthorized, problem{"signature"}
			} else {
				s.mu.Lock()
				status, out = do(r, body)
				s.keep()
				s.mu.Unlock()
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(out) // who hung up does not want it
	}
}

type problem struct {
	Code string `json:"code"`
}

func (s *Sandbox) order(_ *http.Request, body []byte) (int, any) {
	var in deliver.Sending
	if json.Unmarshal(body, &in) != nil || in.No == "" || in.To.Name == "" || in.To.Address == "" {
		return http.StatusUnprocessableEntity, problem{"parcel"}
	}
	if strings.Contains(in.To.Address, "无法寄达") { // to try a refusal
		return http.StatusConflict, problem{"out-of-area"}
	}
	p := s.held[in.No]
	if p == nil {
		p = &parcel{Sending: in, Told: deliver.Told{News: deliver.NewsPending, At: s.c.Now(), Waybill: fmt.Sprintf("SB%08d", len(s.held)+1)}}
		s.held[in.No] = p
	}
	return http.StatusOK, deliver.Placed{Waybill: p.Waybill}
}

func (s *Sandbox) ask(r *http.Request, _ []byte) (int, any) {
	p := s.held[r.PathValue("no")]
	if p == nil {
		return http.StatusOK, deliver.Told{News: deliver.NewsUnknown}
	}
	return http.StatusOK, p.Told
}

func (s *Sandbox) cancel(r *http.Request, _ []byte) (int, any) {
	p := s.held[r.PathValue("no")]
	switch {
	case p == nil:
		return http.StatusNotFound, problem{"unknown"}
	case p.News != deliver.NewsPending && p.News != deliver.NewsRefused:
		return http.StatusConflict, problem{"collected"}
	}
	p.News = deliver.NewsRefused
	return http.StatusOK, p.Told
}

// keep writes the file; a sandbox that cannot goes on in memory.
func (s *Sandbox) keep() {
	if s.c.File == "" {
		return
	}
	b, err := json.Marshal(s.held)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(s.c.File), 0o700)
	}
	if err == nil {
		err = os.WriteFile(s.c.File+".new", b, 0o600)
	}
	if err == nil {
		err = os.Rename(s.c.File+".new", s.c.File)
	}
	if err != nil {
		s.c.Log.Warn("the sandbox could not keep its parcels", "err", err)
	}
}

// way is one thing that can happen to a parcel.
type way struct{ Key, Text, Soft string }

var ways = []way{
	{"collected", "揽收", "快递员取走了寄件"},
	{"moving", "运输中", "到达下一个网点"},
	{"signed", "签收", "收件人签收，马上通知平台"},
	{"late", "签收，晚些通知", "半分钟后才通知平台"},
	{"silent", "签收，不通知", "通知丢失，平台自己来查"},
	{"twice", "签收，重复通知", "同一个通知发两次，再换一个通知发一次"},
	{"returned", "退回", "收件人不在，退回寄件人"},
	{"lost", "丢失", "寄件找不到了"},
}

// Ways names what can happen to a parcel: the values of the form's “way”.
func Ways() (keys []string) {
	for _, w := range ways {
		keys = append(keys, w.Key)
	}
	return keys
}

// view is what the pages show.
type view struct {
	Prefix, Title, No, Waybill, From, To, State string
	Open                                        bool
	Ways                                        []way
	Parcels                                     []view
	Cabinets                                    []string
	Opened                                      int
	Wrong                                       string
}

func (s *Sandbox) viewOf(p *parcel) view {
	zh, _ := p.News.Words()
	return view{Prefix: s.c.Prefix, Title: p.What, No: p.Sending.No, Waybill: p.Waybill, From: p.From, To: p.To.Address + " " + p.To.Name, State: zh,
		Open: p.News == deliver.NewsPending || p.News == deliver.NewsCollected || p.News == deliver.NewsMoving, Ways: ways}
}

func (s *Sandbox) render(w http.ResponseWriter, name string, v view) {
	v.Prefix = s.c.Prefix
	var b bytes.Buffer
	if err := views.ExecuteTemplate(&b, name, v); err != nil {
		http.Error(w, "the page failed", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'")
	_, _ = b.WriteTo(w) // who hung up does not want it
}

func (s *Sandbox) list(w http.ResponseWriter, _ *http.Request) {
	v := view{Title: "模拟快递公司"}
	s.mu.Lock()
	for _, p := range s.held {
		v.Parcels = append(v.Parcels, s.viewOf(p))
	}
	s.mu.Unlock()
	slices.SortFunc(v.Parcels, func(a, b view) int { return strings.Compare(b.Waybill, a.Waybill) })
	for key := range s.c.Cabinets {
		v.Cabinets = append(v.Cabinets, key)
	}
	slices.Sort(v.Cabinets)
	s.render(w, "list", v)
}

func (s *Sandbox) show(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	p := s.held[r.PathValue("no")]
	var v view
	if p != nil {
		v = s.viewOf(p)
	}
	s.mu.Unlock()
	if p == nil {
		http.Error(w, "没有这个寄件 / no such parcel", http.StatusNotFound)
		return
	}
	s.render(w, "parcel", v)
}

// happen does what was chosen on the page.
func (s *Sandbox) happen(w http.ResponseWriter, r *http.Request) {
	key := r.FormValue("way")
	s.mu.Lock()
	p := s.held[r.PathValue("no")]
	if p == nil || !s.viewOf(p).Open || !slices.Contains(Ways(), key) {
		s.mu.Unlock()
		http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
		return
	}
	p.At, p.Text, p.SignedBy = s.c.Now(), "演示网点", ""
	switch p.News = deliver.News(key); key {
	case "late", "silent", "twice":
		p.News = deliver.NewsSigned
	}
	if p.News == deliver.NewsSigned {
		p.SignedBy, p.Text = p.To.Name, "本人签收"
	}
	news := *p
	s.keep()
	s.mu.Unlock()
	switch key {
	case "silent":
	case "late":
		s.tell(news, s.c.Late, 1)
	case "twice":
		s.tell(news, 0, 2)
		s.tell(news, 0, 1)
	default:
		s.tell(news, 0, 1)
	}
	http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
}

// tell writes to the platform: the same letter as many times as times says, and
// again when nobody takes it.
func (s *Sandbox) tell(p parcel, after time.Duration, times int) {
	s.wg.Go(func() {
		time.Sleep(after)
		body, err := json.Marshal(deliver.Letter{Told: p.Told, No: p.Sending.No})
		if err != nil {
			return
		}
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, p.Notify, nil)
		if err != nil {
			s.c.Log.Warn("the sandbox cannot tell", "err", err)
			return
		}
		s.c.Key.Sign(req, body, s.c.Now())
		for range times {
			for try := range 5 {
				again := req.Clone(context.Background())
				again.Body = io.NopCloser(bytes.NewReader(body))
				again.ContentLength = int64(len(body))
				again.Header.Set("Content-Type", "application/json")
				res, err := http.DefaultClient.Do(again)
				if err == nil {
					_ = res.Body.Close()
					if res.StatusCode < 500 {
						break
					}
				}
				time.Sleep(time.Duration(try+1) * 200 * time.Millisecond)
			}
		}
	})
}

func (s *Sandbox) cabinet(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	if s.c.Cabinets[key] == nil {
		http.Error(w, "没有这个取件柜 / no such cabinet", http.StatusNotFound)
		return
	}
	s.render(w, "cabinet", view{Title: "自助取件柜 " + key})
}

// enter asks the platform, as the cabinet's device does.
func (s *Sandbox) enter(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	signs := s.c.Cabinets[key]
	if signs == nil {
		http.Error(w, "没有这个取件柜 / no such cabinet", http.StatusNotFound)
		return
	}
	v := view{Title: "自助取件柜 " + key}
	var out deliver.DoorOut
	c := hook.Caller{Base: s.c.Platform, Key: signs, Now: s.c.Now}
	err := c.Call(r.Context(), http.MethodPost, "/hooks/cabinet", deliver.DoorIn{Cabinet: key, Code: r.FormValue("code")}, &out)
	switch {
	case err == nil:
		v.Opened = out.Compartment
	case strings.Contains(err.Error(), "pickup-code-tries"), strings.Contains(err.Error(), "429"):
		v.Wrong = "输错次数过多，请过一刻钟再试，或者到窗口领取。"
	case strings.Contains(err.Error(), "pickup-code"):
		v.Wrong = "取件码不正确，或者已经使用、过期。"
	default:
		v.Wrong = "暂时不能开柜，请到窗口领取。"
	}
	s.render(w, "cabinet", v)
}
