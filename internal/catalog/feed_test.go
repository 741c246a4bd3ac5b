package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/jobs"
)

// feeding gives a catalogue that may tell subscribers on this machine, and the
// runner of its jobs.
func (s *shelf) feeding() *jobs.Runner {
	r := jobs.New(s.d, jobs.Options{Sealer: jobs.Unsealed{}})
	s.Service = New(Config{DB: s.d, Identity: s.ids, Vault: keys().Vault(), URL: "https://zwfw.example.cn", Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	s.Handlers(r)
	return r
}

func (s *shelf) number(want int) {
	s.t.Helper()
	if n, err := s.Number(s.t.Context()); err != nil || n != want {
		s.t.Fatalf("%d numbered (%v), want %d", n, err, want)
	}
}

// codes are what the feed tells after a position, by the district's letters.
func (s *shelf) told(after int64) (out []string) {
	s.t.Helper()
	list, end, err := s.Changes(s.t.Context(), after, 100)
	s.must(err)
	for i, e := range list {
		if e.Position != max(after, 0)+int64(i)+1 || e.Position > end {
			s.t.Errorf("position %d after %d", e.Position, after)
		}
		out = append(out, e.Name+" "+e.Kind)
	}
	return out
}

func TestFeed(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		ctx := t.Context()
		code := s.publish(def(99001, sound("甲", "20"), "lx"))[0]
		if list, end, err := s.Changes(ctx, 0, 10); len(list) != 0 || end != 0 || err != nil {
			t.Errorf("told before it has a position: %v %d %v", list, end, err)
		}
		s.number(1)
		s.must(s.SetState(ctx, actor.Platform(), code, Paused, "升级", ""))
		s.must(s.SetState(ctx, actor.Platform(), code, InUse, "完成", ""))
		s.publish(def(99002, sound("乙", "20"), "lx"))
		s.number(3)
		s.number(0)
		if got := s.told(0); !slices.Equal(got, []string{"甲 published", "甲 suspended", "甲 resumed", "乙 published"}) {
			t.Errorf("%v", got)
		}
		if got := s.told(3); !slices.Equal(got, []string{"乙 published"}) {
			t.Errorf("%v", got)
		}
		if got := s.told(4); len(got) != 0 {
			t.Errorf("%v", got)
		}
		list, end, err := s.Changes(ctx, -5, 2)
		if err != nil || len(list) != 2 || end != 4 || list[0].Version != 1 || len(list[0].Hash) != 64 || list[0].Code != code || !list[0].At.Equal(s.clk.Now()) {
			t.Errorf("%+v %d %v", list, end, err)
		}
		other := New(Config{DB: s.d, Identity: s.ids})
		if _, err := other.Number(ctx); !errors.Is(err, db.ErrNotLeader) {
			t.Errorf("two lead: %v", err)
		}
	})
}

// An act that began first and commits last is not lost: a reader who has read to
// the end before it committed finds it behind what it has read.
func TestFeed_held_open(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		s.publish(def(99001, sound("先", "20"), "lx"))
		code := s.publish(def(99002, sound("慢", "20"), "lx"))[0]
		s.number(2)
		it, err := s.Item(t.Context(), code)
		s.must(err)
		begun, end, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		go func() {
			first := true
			done <- s.d.Write(context.Background(), "test.slow", func(tx *db.Tx) error {
				change(tx, it.ID, code, ChangePaused, it.VersionID)
				if err := tx.QueryRow("SELECT 1").Scan(new(int)); err != nil { // sends the row
					return err
				}
				if first {
					first = false
					close(begun)
					<-end
				}
				return nil
			})
		}()
		<-begun
		position := int64(2)
		if s.d.Engine() == db.Postgres { // on SQLite acts wait for each other
			s.publish(def(99003, sound("快", "20"), "lx"))
			s.number(1)
			if got := s.told(position); !slices.Equal(got, []string{"快 published"}) {
				t.Errorf("%v", got)
			}
			position = 3
		}
		close(end)
		s.must(<-done)
		s.number(1)
		if got := s.told(position); !slices.Equal(got, []string{"慢 suspended"}) {
			t.Errorf("lost: %v", got)
		}
	})
}

// A node that leads numbers what another one publishes, well within two seconds.
func TestRunFeed(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		leader := New(Config{DB: s.d, Identity: s.ids})
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { leader.RunFeed(ctx) })
		began := time.Now()
		for i := range 3 {
			s.publish(def(99001+i, sound(fmt.Sprint("项", i), "20"), "lx"))
			for len(s.told(int64(i))) == 0 {
				if time.Since(began) > 20*time.Second {
					t.Fatal("not numbered")
				}
				time.Sleep(10 * time.Millisecond) // another process has no signal to wait for
			}
		}
		stop()
		wg.Wait()
	})
}

// receiver is a subscriber's side: it answers as it is told to and keeps what it
// was sent.
type receiver struct {
	*httptest.Server
	secret string
	mu     sync.Mutex
	answer func(w http.ResponseWriter, r *http.Request)
	got    []Delivery
	wrong  []string
}

func receive(t *testing.T, now func() time.Time) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		body, err := io.ReadAll(req.Body)
		var d Delivery
		if err == nil {
			err = json.Unmarshal(body, &d)
		}
		switch {
		case err != nil || req.Method != http.MethodPost:
			r.wrong = append(r.wrong, fmt.Sprint(req.Method, err))
		case !Signed([]byte(r.secret), req.Header.Get(SignatureHeader), body, now()):
			r.wrong = append(r.wrong, "signature "+req.Header.Get(SignatureHeader))
		}
		r.got = append(r.got, d)
		if r.answer != nil {
			r.answer(w, req)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// took gives the positions delivered since the last call, and forgets them.
func (r *receiver) took() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, d := range r.got {
		var p []string
		for _, c := range d.Changes {
			p = append(p, fmt.Sprint(c.Position))
		}
		out = append(out, strings.Join(p, " "))
	}
	r.got = nil
	if len(r.wrong) > 0 {
		return strings.Join(r.wrong, "; ")
	}
	return strings.Join(out, " | ")
}

func (r *receiver) answers(f func(w http.ResponseWriter, r *http.Request)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}

func status(n int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(n) }
}

func TestSubscriber(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		ctx, r := t.Context(), s.feeding()
		n := 0
		publish := func(names ...string) {
			t.Helper()
			for _, name := range names {
				n++
				s.publish(def(99000+n, sound(name, "20"), "lx"))
			}
			s.number(len(names))
		}
		drain := func() {
			t.Helper()
			_, err := r.Drain(ctx)
			s.must(err)
		}
		state := func() Subscriber {
			t.Helper()
			list, _, err := s.Subscribers(ctx, actor.Platform())
			s.must(err)
			return list[0]
		}
		publish("甲", "乙")
		to := receive(t, s.clk.Now)
		start := int64(1)
		sub, secret, err := s.Subscribe(ctx, actor.Platform(), NewSubscriber{Name: "省平台", URL: to.URL + "/hook?key=tok", After: &start})
		s.must(err)
		to.secret = secret

		drain() // what it asked for from the past
		if got := to.took(); got != "2" {
			t.Errorf("%q", got)
		}
		publish("丙", "丁")
		drain()
		if got := to.took(); got != "3 4" {
			t.Errorf("%q", got)
		}
		if x := state(); x.Position != 4 || x.Failures != 0 || x.ConfirmedAt.IsZero() {
			t.Errorf("%+v", x)
		}
		drain()
		if got := to.took(); got != "" {
			t.Errorf("told twice: %q", got)
		}

		t.Run("fails_and_catches_up", func(t *testing.T) {
			to.answers(status(500))
			publish("戊")
			drain()
			if got := to.took(); got != "5" {
				t.Errorf("%q", got)
			}
			publish("己") // not tried again before its time
			drain()
			if got := to.took(); got != "" {
				t.Errorf("hammered: %q", got)
			}
			x := state()
			if x.Position != 4 || x.Failures != 1 || x.Error != "answered 500" || !x.RetryAt.Equal(s.clk.Now().Add(tellFirst)) {
				t.Errorf("%+v", x)
			}
			s.clk.Add(tellFirst)
			drain()
			if x := state(); to.took() != "5 6" || x.Failures != 2 || !x.RetryAt.Equal(s.clk.Now().Add(2*tellFirst)) {
				t.Errorf("%+v", x)
			}
			to.answers(nil)
			s.clk.Add(2 * tellFirst)
			drain()
			if x := state(); to.took() != "5 6" || x.Position != 6 || x.Failures != 0 || x.Error != "" {
				t.Errorf("%+v", x)
			}
		})
		t.Run("away_too_long_is_stopped_and_seen", func(t *testing.T) {
			to.answers(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
			publish("庚")
			for range tellTries {
				drain()
				s.clk.Add(tellLongest)
			}
			x := state()
			if x.State != SubscriberStopped || x.Failures != tellTries || strings.Contains(x.Error, "key=tok") || x.Error == "" {
				t.Errorf("%+v", x)
			}
			dead, err := jobs.Dead(s.d.Read(ctx), 0, 10)
			if err != nil || len(dead) != 1 || dead[0].Kind != JobTell {
				t.Errorf("%+v %v", dead, err)
			}
			to.took()
			publish("辛")
			drain()
			if got := to.took(); got != "" {
				t.Errorf("told while stopped: %q", got)
			}
			to.answers(nil)
			s.must(s.SetSubscriber(ctx, actor.Platform(), sub.ID, true))
			drain()
			if x := state(); to.took() != "7 8" || x.State != SubscriberActive || x.Position != 8 {
				t.Errorf("%+v", x)
			}
		})
		t.Run("many_at_once_in_batches", func(t *testing.T) {
			s.must(s.SetSubscriber(ctx, actor.Platform(), sub.ID, false))
			it, err := s.Item(ctx, s.units["lx"]+"4"+"322099001000")
			s.must(err)
			s.must(s.d.Write(ctx, "test.many", func(tx *db.Tx) error {
				for range 2*tellBatch + 1 {
					change(tx, it.ID, it.Code, ChangeResumed, it.VersionID)
				}
				return nil
			}))
			s.number(2*tellBatch + 1)
			drain()
			if got := to.took(); got != "" {
				t.Errorf("told while paused: %q", got)
			}
			s.must(s.SetSubscriber(ctx, actor.Platform(), sub.ID, true))
			drain()
			parts := strings.Split(to.took(), " | ")
			if len(parts) != 3 || !strings.HasPrefix(parts[0], "9 10 ") || parts[2] != fmt.Sprint(8+2*tellBatch+1) || state().Position != int64(8+2*tellBatch+1) {
				t.Errorf("%v", parts)
			}
		})
		t.Run("one_delivery_at_a_time", func(t *testing.T) {
			to.answers(func(http.ResponseWriter, *http.Request) { // meanwhile another node tries
				var later error
				if later = s.tellOne(ctx, sub.ID); later == nil || !strings.Contains(later.Error(), "later") {
					to.wrong = append(to.wrong, fmt.Sprint("two at once: ", later))
				}
			})
			publish("壬")
			drain()
			to.answers(nil)
			if got := to.took(); got != "210" {
				t.Errorf("%q", got)
			}
		})
		t.Run("told_again_from_a_position", func(t *testing.T) {
			s.must(s.Replay(ctx, actor.Platform(), sub.ID, 208))
			drain()
			if got := to.took(); got != "209 210" || state().Position != 210 {
				t.Errorf("%q %+v", got, state())
			}
			for _, after := range []int64{-1, 211} {
				if e := errs.Of(s.Replay(ctx, actor.Platform(), sub.ID, after)); len(e.Fields) != 1 || e.Fields[0].Path != "after" {
					t.Errorf("after %d: %v", after, e)
				}
			}
		})
		t.Run("a_test_changes_nothing", func(t *testing.T) {
			before := state()
			x, err := s.TryDelivery(ctx, actor.Platform(), sub.ID)
			s.must(err)
			if !x.Heard || x.Error != "" || !to.got[0].Test || to.got[0].Last != before.Position || to.took() != "" || !reflect.DeepEqual(state(), before) {
				t.Errorf("%+v %+v", x, state())
			}
			to.answers(status(404))
			if x, err := s.TryDelivery(ctx, actor.Platform(), sub.ID); err != nil || x.Heard || x.Error != "answered 404" || !reflect.DeepEqual(state(), before) {
				t.Errorf("%+v %v %+v", x, err, state())
			}
			to.answers(nil)
			to.took()
			if _, err := s.TryDelivery(ctx, s.staff("lxsteward"), sub.ID); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("%v", err)
			}
		})
		t.Run("redirects_are_not_followed", func(t *testing.T) {
			to.answers(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
			})
			publish("癸")
			drain()
			if got := to.took(); got != "211" || state().Error != "answered 307" {
				t.Errorf("%q %+v", got, state())
			}
			to.answers(nil)
		})
		t.Run("slow_is_not_waited_for", func(t *testing.T) {
			s.feed.patience = 50 * time.Millisecond
			to.answers(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
			s.clk.Add(tellLongest)
			drain()
			if x := state(); to.took() != "211" || x.Failures != 2 || !strings.Contains(x.Error, "deadline") {
				t.Errorf("%+v", x)
			}
			s.feed.patience = tellTimeout
			to.answers(nil)
			s.clk.Add(tellLongest)
			drain()
			if x := state(); to.took() != "211" || x.Position != 211 {
				t.Errorf("%+v", x)
			}
		})
		t.Run("by_whom", func(t *testing.T) {
			for _, who := range []actor.Actor{s.staff("lxsteward"), s.staff("lxreviewer"), s.staff("clerk"), {Kind: actor.Anonymous}} {
				if _, _, err := s.Subscribe(ctx, who, NewSubscriber{Name: "别人", URL: to.URL}); err == nil {
					t.Errorf("%s subscribes", who.Name)
				}
				if _, _, err := s.Subscribers(ctx, who); err == nil {
					t.Errorf("%s lists", who.Name)
				}
				if err := s.Unsubscribe(ctx, who, sub.ID); err == nil || errs.KindOf(err) == errs.NotFound {
					t.Errorf("%s removes: %v", who.Name, err)
				}
			}
		})
		t.Run("gone", func(t *testing.T) {
			s.must(s.Unsubscribe(ctx, actor.Platform(), sub.ID))
			s.clk.Add(tellLongest)
			publish("子")
			drain()
			if got := to.took(); got != "" {
				t.Errorf("%q", got)
			}
			if err := s.SetSubscriber(ctx, actor.Platform(), sub.ID, true); !errors.Is(err, ErrNoSubscriber) {
				t.Errorf("%v", err)
			}
		})
	})
}

func TestSubscribe_refuses(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		s.feeding()
		ctx, minus := t.Context(), int64(-1)
		add := func(in NewSubscriber) error {
			_, _, err := s.Subscribe(ctx, actor.Platform(), in)
			return err
		}
		s.must(add(NewSubscriber{Name: "一", URL: "https://example.gov.cn/hook"}))
		s.must(add(NewSubscriber{Name: "二", URL: "http://127.0.0.1:9/hook"})) // configured
		for field, list := range map[string][]NewSubscriber{
			"url": {{Name: "x", URL: ""}, {Name: "x", URL: "ftp://example.cn/"}, {Name: "x", URL: "https://"}, {Name: "x", URL: "/hook"}, {Name: "x", URL: "https://a:b@example.cn/"}, {Name: "x", URL: "https://example.cn/#x"},
				{Name: "x", URL: "https://10.0.0.1/"}, {Name: "x", URL: "https://[::1]/"}, {Name: "x", URL: "https://[::ffff:169.254.169.254]/"}, {Name: "x", URL: "http://8.8.8.8/"}, {Name: "x", URL: "https://example.cn/" + strings.Repeat("a", 500)}},
			"name":  {{Name: "", URL: "https://example.cn/"}, {Name: strings.Repeat("长", 61), URL: "https://example.cn/"}, {Name: "一", URL: "https://example.cn/"}},
			"after": {{Name: "x", URL: "https://example.cn/", After: &minus}},
		} {
			for _, in := range list {
				e := errs.Of(add(in))
				if len(e.Fields) != 1 || e.Fields[0].Path != field {
					t.Errorf("%+v: %+v", in, e)
				}
			}
		}
	})
}

// Whatever a name resolves to, a private address is called only if configured.
func TestReachable(t *testing.T) {
	nets := []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")}
	for ip, want := range map[string][2]bool{ // https, http
		"8.8.8.8": {true, false}, "2400:3200::1": {true, false}, "10.9.1.2": {true, true}, "::ffff:10.9.1.2": {true, true},
		"10.8.0.1": {}, "127.0.0.1": {}, "::1": {}, "169.254.169.254": {}, "fe80::1": {}, "192.168.1.1": {}, "172.16.0.1": {}, "100.64.0.1": {},
		"0.0.0.0": {}, "::": {}, "224.0.0.1": {}, "255.255.255.255": {}, "::ffff:127.0.0.1": {}, "64:ff9b::7f00:1": {}, "2002:7f00:1::": {}, "fd00::1": {}, "198.18.0.1": {},
	} {
		for i, plain := range []bool{false, true} {
			if err := mayReach(netip.MustParseAddr(ip), nets, plain); (err == nil) != want[i] {
				t.Errorf("%s, http %v: %v", ip, plain, err)
			}
		}
	}
	// a name, as the client resolves it
	srv := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("called") }))
	defer srv.Close()
	_, err := newCaller(nil, false).Post("https://localhost:"+srv.URL[strings.LastIndex(srv.URL, ":")+1:], "", nil) //nolint:bodyclose // there is none
	if !errors.Is(err, errAddress) {
		t.Errorf("%v", err)
	}
}

func TestSigned(t *testing.T) {
	at := time.Unix(1_780_000_000, 0)
	body, secret := []byte(`{"a":1}`), []byte("k")
	h := Sign(secret, at, body)
	// printf '1780000000.{"a":1}' | openssl dgst -sm3 -hmac k
	if h != "t=1780000000,sm3=1f177eb799d2b7294ed42439cda366154b0359072037d8acc672cdafc39c479c" {
		t.Errorf("%s is not what OpenSSL gives", h)
	}
	if !Signed(secret, h, body, at.Add(4*time.Minute)) {
		t.Error("sound and refused")
	}
	for name, x := range map[string]bool{
		"old": Signed(secret, h, body, at.Add(6*time.Minute)), "another secret": Signed([]byte("l"), h, body, at), "another body": Signed(secret, h, []byte("{}"), at),
		"another time": Signed(secret, strings.Replace(h, "t=178", "t=179", 1), body, at.Add(10_000_000*time.Second)), "none": Signed(secret, "", body, at), "half": Signed(secret, "t=1780000000", body, at),
	} {
		if x {
			t.Errorf("%s is taken", name)
		}
	}
}
