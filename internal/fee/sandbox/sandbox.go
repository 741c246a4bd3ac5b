// Package sandbox is a payment provider to try the platform against: it speaks
// the protocol of docs/pay.md, and a page stands for the person who pays, late,
// not at all, twice, or another amount. No money moves. The demonstration serves
// it beside itself; tests run it on a server of their own.
package sandbox

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/hook"
)

// Config of a sandbox.
type Config struct {
	Key    hook.Scheme      // shared with the platform
	URL    string           // how it is reached: "http://127.0.0.1:8080"
	Prefix string           // below which it is served: "/sandbox/pay"
	File   string           // keeps its orders over a restart; "": in memory alone
	Now    func() time.Time // the clock
	Late   time.Duration    // how late “late” is; 0: half a minute
	Log    *slog.Logger     // nil: silent
}

// Sandbox 模拟收费渠道.
type Sandbox struct {
	c    Config
	mu   sync.Mutex
	held books
	wg   sync.WaitGroup
}

// books are what the sandbox keeps.
type books struct {
	Orders  map[string]*order  `json:"orders"`
	Refunds map[string]*refund `json:"refunds"`
}

type order struct {
	fee.Order
	State fee.ToldState `json:"state"`
	Paid  int64         `json:"paid"` // fen
	Ref   string        `json:"ref"`
	Day   string        `json:"day"`
}

type refund struct {
	No     string `json:"refund"`
	Order  string `json:"order"`
	Amount int64  `json:"amount"`
	Ref    string `json:"ref"`
	Day    string `json:"day"`
}

//go:embed page.html style.css
var pages embed.FS

var page = template.Must(template.New("page.html").ParseFS(pages, "page.html"))

// New makes a sandbox and reads its file, if there is one.
func New(c Config) (*Sandbox, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Late == 0 {
		c.Late = 30 * time.Second
	}
	s := &Sandbox{c: c, held: books{map[string]*order{}, map[string]*refund{}}}
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
	mux.HandleFunc("POST "+p+"/api/orders", s.signed(s.place))
	mux.HandleFunc("GET "+p+"/api/orders/{no}", s.signed(s.query))
	mux.HandleFunc("POST "+p+"/api/orders/{no}/cancel", s.signed(s.cancel))
	mux.HandleFunc("POST "+p+"/api/refunds", s.signed(s.refund))
	mux.HandleFunc("GET "+p+"/api/statements/{day}", s.signed(s.statement))
	mux.HandleFunc("GET "+p+"/orders/{no}", s.show)
	mux.HandleFunc("POST "+p+"/orders/{no}", s.pay)
	mux.HandleFunc("GET "+p+"/style.css", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, pages, "style.css") })
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

func (s *Sandbox) place(_ *http.Request, body []byte) (int, any) {
	var in fee.Order
	if json.Unmarshal(body, &in) != nil || in.No == "" || in.Amount <= 0 {
		return http.StatusUnprocessableEntity, problem{"order"}
	}
	o := s.held.Orders[in.No]
	if o == nil {
		o = &order{Order: in, State: fee.ToldPending, Ref: "SB" + in.No}
		s.held.Orders[in.No] = o
	}
	if o.Amount != in.Amount {
		return http.StatusConflict, problem{"amount"}
	}
	return http.StatusOK, fee.Placed{PayURL: s.c.URL + s.c.Prefix + "/orders/" + o.No, Ref: o.Ref}
}

func (s *Sandbox) query(r *http.Request, _ []byte) (int, any) {
	o := s.held.Orders[r.PathValue("no")]
	if o == nil {
		return http.StatusOK, fee.Told{State: fee.ToldUnknown}
	}
	return http.StatusOK, fee.Told{State: o.State, Amount: o.Paid, Ref: o.Ref}
}

func (s *Sandbox) cancel(r *http.Request, _ []byte) (int, any) {
	o := s.held.Orders[r.PathValue("no")]
	switch {
	case o == nil:
		return http.StatusNotFound, problem{"unknown"}
	case o.State == fee.ToldDone:
		return http.StatusConflict, problem{"paid"}
	}
	o.State = fee.ToldFailed
	return http.StatusOK, fee.Told{State: o.State, Ref: o.Ref}
}

func (s *Sandbox) refund(_ *http.Request, body []byte) (int, any) {
	var in struct {
		fee.Order
		Refund string `json:"refund"`
	}
	if json.Unmarshal(body, &in) != nil || in.Refund == "" || in.Amount <= 0 {
		return http.StatusUnprocessableEntity, problem{"refund"}
	}
	if x := s.held.Refunds[in.Refund]; x != nil { // asked again
		return http.StatusOK, fee.Told{State: fee.ToldDone, Amount: x.Amount, Ref: x.Ref}
	}
	o := s.held.Orders[in.No]
	if o == nil || o.State != fee.ToldDone {
		return http.StatusNotFound, problem{"not-paid"}
	}
	left := o.Paid
	for _, x := range s.held.Refunds {
		if x.Order == o.No {
			left -= x.Amount
		}
	}
	if in.Amount > left {
		return http.StatusConflict, problem{"too-much"}
	}
	s.held.Refunds[in.Refund] = &refund{No: in.Refund, Order: o.No, Amount: in.Amount, Ref: "SB" + in.Refund, Day: s.today()}
	return http.StatusOK, fee.Told{State: fee.ToldDone, Amount: in.Amount, Ref: "SB" + in.Refund}
}

func (s *Sandbox) today() string { return clock.DateOf(s.c.Now()).String() }

func (s *Sandbox) statement(r *http.Request, _ []byte) (int, any) {
	out := struct {
		Entries []fee.Entry `json:"entries"`
	}{[]fee.Entry{}}
	day := r.PathValue("day")
	for _, o := range s.held.Orders {
		if o.State == fee.ToldDone && o.Day == day {
			out.Entries = append(out.Entries, fee.Entry{Kind: fee.MoneyIn, Ref: o.No, Amount: o.Paid})
		}
	}
	for _, x := range s.held.Refunds {
		if x.Day == day {
			out.Entries = append(out.Entries, fee.Entry{Kind: fee.MoneyOut, Ref: x.No, Amount: x.Amount})
		}
	}
	return http.StatusOK, out
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
		s.c.Log.Warn("the sandbox could not keep its orders", "err", err)
	}
}

// shown is the page of an order.
type shown struct {
	Prefix, No, Subject, Yuan, Back string
	State                           fee.ToldState
	Ways                            []way
}

// way is one thing that can happen to a payment.
type way struct{ Key, Text, Soft string }

var ways = []way{
	{"pay", "支付", "马上通知平台"},
	{"late", "支付，晚些通知", "半分钟后才通知平台"},
	{"silent", "支付，不通知", "通知丢失，平台自己来查"},
	{"twice", "支付，重复通知", "同一个通知发两次，再换一个通知发一次"},
	{"wrong", "少付1分", "到账金额与订单不符"},
	{"fail", "支付失败", "银行没有扣款"},
}

// Ways names what can happen to a payment: the values of the form's “way”.
func Ways() (keys []string) {
	for _, w := range ways {
		keys = append(keys, w.Key)
	}
	return keys
}

func (s *Sandbox) show(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	o := s.held.Orders[r.PathValue("no")]
	var p shown
	if o != nil {
		p = shown{s.c.Prefix, o.No, o.Subject, catalog.Yuan(o.Amount), o.Return, o.State, ways}
	}
	s.mu.Unlock()
	if o == nil {
		http.Error(w, "没有这个订单 / no such order", http.StatusNotFound)
		return
	}
	var b bytes.Buffer
	if err := page.Execute(&b, p); err != nil {
		http.Error(w, "the page failed", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'")
	_, _ = b.WriteTo(w) // who hung up does not want it
}

// pay does what the person on the page chose.
func (s *Sandbox) pay(w http.ResponseWriter, r *http.Request) {
	key := r.FormValue("way")
	s.mu.Lock()
	o := s.held.Orders[r.PathValue("no")]
	if o == nil || o.State != fee.ToldPending || !slices.ContainsFunc(ways, func(w way) bool { return w.Key == key }) {
		s.mu.Unlock()
		http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
		return
	}
	o.State, o.Paid, o.Day = fee.ToldDone, o.Amount, s.today()
	switch key {
	case "fail":
		o.State, o.Paid, o.Day = fee.ToldFailed, 0, ""
	case "wrong":
		o.Paid--
	}
	news := *o
	s.keep()
	s.mu.Unlock()
	back := news.Return
	if back == "" {
		back = r.URL.Path
	}
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
	http.Redirect(w, r, back, http.StatusSeeOther)
}

// tell writes to the platform: the same letter as many times as times says, and
// again when nobody takes it.
func (s *Sandbox) tell(o order, after time.Duration, times int) {
	s.wg.Go(func() {
		time.Sleep(after)
		body, err := json.Marshal(fee.Letter{Told: fee.Told{State: o.State, Amount: o.Paid, Ref: o.Ref}, Kind: fee.MoneyIn, No: o.No})
		if err != nil {
			return
		}
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, o.Notify, nil)
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
