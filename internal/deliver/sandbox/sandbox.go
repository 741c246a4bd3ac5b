// Package sandbox is a courier and a cabinet to try the platform against: they
// speak the protocol of docs/deliver.md, and pages stand for the courier's people
// and for the screen of the cabinet. Nothing is sent. The demonstration serves it
// beside itself, tongban pay-sandbox as a process of its own; tests run it on a
// server of theirs.
package sandbox

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/deliver"
	"github.com/tongban/tongban/internal/hook"
	"github.com/tongban/tongban/internal/hook/box"
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
	*box.Box
	c    Config
	held map[string]*parcel
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
	if c.Late == 0 {
		c.Late = 30 * time.Second
	}
	s := &Sandbox{Box: &box.Box{Key: c.Key, Now: c.Now, Log: c.Log}, c: c, held: map[string]*parcel{}}
	return s, s.Read(c.File, &s.held)
}

// Base is where the platform sends its orders.
func (s *Sandbox) Base() string { return s.c.URL + s.c.Prefix + "/api" }

// Handler answers below the prefix.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	p := s.c.Prefix
	mux.HandleFunc("POST "+p+"/api/parcels", s.Signed(s.order))
	mux.HandleFunc("GET "+p+"/api/parcels/{no}", s.Signed(s.ask))
	mux.HandleFunc("POST "+p+"/api/parcels/{no}/cancel", s.Signed(s.cancel))
	mux.HandleFunc("GET "+p+"/{$}", s.list)
	mux.HandleFunc("GET "+p+"/parcels/{no}", s.show)
	mux.HandleFunc("POST "+p+"/parcels/{no}", s.happen)
	mux.HandleFunc("GET "+p+"/cabinets/{key}", s.cabinet)
	mux.HandleFunc("POST "+p+"/cabinets/{key}", s.enter)
	mux.HandleFunc("GET "+p+"/style.css", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "style.css") })
	return mux
}

func (s *Sandbox) order(_ *http.Request, body []byte) (int, any) {
	var in deliver.Sending
	if json.Unmarshal(body, &in) != nil || in.No == "" || in.To.Name == "" || in.To.Address == "" {
		return http.StatusUnprocessableEntity, box.Problem("parcel")
	}
	if strings.Contains(in.To.Address, "无法寄达") { // to try a refusal
		return http.StatusConflict, box.Problem("out-of-area")
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
		return http.StatusNotFound, box.Problem("unknown")
	case p.News != deliver.NewsPending && p.News != deliver.NewsRefused:
		return http.StatusConflict, box.Problem("collected")
	}
	p.News = deliver.NewsRefused
	return http.StatusOK, p.Told
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
	box.Page(w, views, name, v)
}

func (s *Sandbox) list(w http.ResponseWriter, _ *http.Request) {
	v := view{Title: "模拟快递公司"}
	s.Lock()
	for _, p := range s.held {
		v.Parcels = append(v.Parcels, s.viewOf(p))
	}
	s.Unlock()
	slices.SortFunc(v.Parcels, func(a, b view) int { return strings.Compare(b.Waybill, a.Waybill) })
	for key := range s.c.Cabinets {
		v.Cabinets = append(v.Cabinets, key)
	}
	slices.Sort(v.Cabinets)
	s.render(w, "list", v)
}

func (s *Sandbox) show(w http.ResponseWriter, r *http.Request) {
	s.Lock()
	p := s.held[r.PathValue("no")]
	var v view
	if p != nil {
		v = s.viewOf(p)
	}
	s.Unlock()
	if p == nil {
		http.Error(w, "没有这个寄件 / no such parcel", http.StatusNotFound)
		return
	}
	s.render(w, "parcel", v)
}

// happen does what was chosen on the page.
func (s *Sandbox) happen(w http.ResponseWriter, r *http.Request) {
	key := r.FormValue("way")
	s.Lock()
	p := s.held[r.PathValue("no")]
	if p == nil || !s.viewOf(p).Open || !slices.Contains(Ways(), key) {
		s.Unlock()
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
	s.Keep()
	s.Unlock()
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

// tell writes what became of a parcel.
func (s *Sandbox) tell(p parcel, after time.Duration, times int) {
	s.Tell(p.Notify, deliver.Letter{Told: p.Told, No: p.Sending.No}, after, times)
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
