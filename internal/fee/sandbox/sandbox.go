// Package sandbox is a payment provider to try the platform against: it speaks
// the protocol of docs/pay.md, and a page stands for the person who pays, late,
// not at all, twice, or another amount. No money moves. The demonstration serves
// it beside itself; tests run it on a server of their own.
package sandbox

import (
	"embed"
	"encoding/json"
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/hook"
	"github.com/tongban/tongban/internal/hook/box"
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
	*box.Box
	c    Config
	held books
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
	if c.Late == 0 {
		c.Late = 30 * time.Second
	}
	s := &Sandbox{Box: &box.Box{Key: c.Key, Now: c.Now, Log: c.Log}, c: c, held: books{map[string]*order{}, map[string]*refund{}}}
	return s, s.Read(c.File, &s.held)
}

// Base is where the platform sends its orders.
func (s *Sandbox) Base() string { return s.c.URL + s.c.Prefix + "/api" }

// Handler answers below the prefix.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	p := s.c.Prefix
	mux.HandleFunc("POST "+p+"/api/orders", s.Signed(s.place))
	mux.HandleFunc("GET "+p+"/api/orders/{no}", s.Signed(s.query))
	mux.HandleFunc("POST "+p+"/api/orders/{no}/cancel", s.Signed(s.cancel))
	mux.HandleFunc("POST "+p+"/api/refunds", s.Signed(s.refund))
	mux.HandleFunc("GET "+p+"/api/statements/{day}", s.Signed(s.statement))
	mux.HandleFunc("GET "+p+"/orders/{no}", s.show)
	mux.HandleFunc("POST "+p+"/orders/{no}", s.pay)
	mux.HandleFunc("GET "+p+"/style.css", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, pages, "style.css") })
	return mux
}

func (s *Sandbox) place(_ *http.Request, body []byte) (int, any) {
	var in fee.Order
	if json.Unmarshal(body, &in) != nil || in.No == "" || in.Amount <= 0 {
		return http.StatusUnprocessableEntity, box.Problem("order")
	}
	o := s.held.Orders[in.No]
	if o == nil {
		o = &order{Order: in, State: fee.ToldPending, Ref: "SB" + in.No}
		s.held.Orders[in.No] = o
	}
	if o.Amount != in.Amount {
		return http.StatusConflict, box.Problem("amount")
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
		return http.StatusNotFound, box.Problem("unknown")
	case o.State == fee.ToldDone:
		return http.StatusConflict, box.Problem("paid")
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
		return http.StatusUnprocessableEntity, box.Problem("refund")
	}
	if x := s.held.Refunds[in.Refund]; x != nil { // asked again
		return http.StatusOK, fee.Told{State: fee.ToldDone, Amount: x.Amount, Ref: x.Ref}
	}
	o := s.held.Orders[in.No]
	if o == nil || o.State != fee.ToldDone {
		return http.StatusNotFound, box.Problem("not-paid")
	}
	left := o.Paid
	for _, x := range s.held.Refunds {
		if x.Order == o.No {
			left -= x.Amount
		}
	}
	if in.Amount > left {
		return http.StatusConflict, box.Problem("too-much")
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
	s.Lock()
	o := s.held.Orders[r.PathValue("no")]
	var p shown
	if o != nil {
		p = shown{s.c.Prefix, o.No, o.Subject, catalog.Yuan(o.Amount), o.Return, o.State, ways}
	}
	s.Unlock()
	if o == nil {
		http.Error(w, "没有这个订单 / no such order", http.StatusNotFound)
		return
	}
	box.Page(w, page, "page.html", p)
}

// pay does what the person on the page chose.
func (s *Sandbox) pay(w http.ResponseWriter, r *http.Request) {
	key := r.FormValue("way")
	s.Lock()
	o := s.held.Orders[r.PathValue("no")]
	if o == nil || o.State != fee.ToldPending || !slices.ContainsFunc(ways, func(w way) bool { return w.Key == key }) {
		s.Unlock()
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
	s.Keep()
	s.Unlock()
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

// tell writes what became of an order.
func (s *Sandbox) tell(o order, after time.Duration, times int) {
	s.Tell(o.Notify, fee.Letter{Told: fee.Told{State: o.State, Amount: o.Paid, Ref: o.Ref}, Kind: fee.MoneyIn, No: o.No}, after, times)
}
