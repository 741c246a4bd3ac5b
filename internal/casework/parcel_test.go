package casework

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/deliver"
	"github.com/tongban/tongban/internal/deliver/sandbox"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/hook"
)

// post is a city whose results go out by a courier that is really called and
// really calls back, and wait in a cabinet with a signing device.
type post struct {
	*city
	box  *sandbox.Sandbox
	key  hook.Key
	door hook.Key
	url  string
}

func inPost(t *testing.T, test func(t *testing.T, c *post)) {
	t.Helper()
	inCity(t, func(t *testing.T, c *city) {
		b := &post{city: c, key: hook.NewKey(), door: hook.NewKey()}
		mux := http.NewServeMux()
		srv := httptest.NewServer(mux)
		t.Cleanup(srv.Close)
		b.url = srv.URL
		var err error
		b.box, err = sandbox.New(sandbox.Config{Key: b.key, URL: srv.URL, Prefix: "/sandbox/courier", Now: c.clk.Now, Late: time.Millisecond, Platform: srv.URL,
			Cabinets: map[string]hook.Scheme{"K01": b.door}})
		c.must(err)
		mux.Handle("/sandbox/courier/", b.box.Handler())
		mux.HandleFunc("POST /hooks/courier", func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if err := b.Parcels.Heard(r.Context(), r, body); err != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
		mux.HandleFunc("POST /hooks/cabinet", func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			out, err := b.Parcels.Door(r.Context(), r, body)
			if err != nil {
				w.WriteHeader(http.StatusNotFound)
				_ = json.NewEncoder(w).Encode(map[string]string{"code": errs.Of(err).Code})
				return
			}
			_ = json.NewEncoder(w).Encode(out)
		})
		u := ""
		for _, x := range c.batch.Units {
			if x.Kind == "centre" && u == "" {
				u = x.Key
			}
		}
		c.Parcels = deliver.New(deliver.Config{DB: c.d, Identity: c.Identity, Vault: c.Vault, URL: srv.URL, CourierName: "演示快递", Follow: c.ParcelTold,
			Courier:  &deliver.HTTP{Caller: &hook.Caller{Base: b.box.Base(), Key: b.key, Now: c.clk.Now}},
			Cabinets: []deliver.Cabinet{{Key: "K01", Unit: u, Name: "自助取件柜", Place: "一楼", Compartments: 3, Signs: b.door}}})
		c.Parcels.Handlers(c.jobs)
		test(t, b)
	})
}

func (b *post) in(t *testing.T) *post { o := *b; o.city = b.on(t); return &o }

func (b *post) parcel(k *Case) *deliver.View { b.t.Helper(); return b.view(b.boss(), k.No).Parcel }

func (b *post) state(k *Case, want deliver.State, of State) {
	b.t.Helper()
	v := b.view(b.boss(), k.No)
	if v.Parcel == nil || v.Parcel.State != want || v.Case.State != of {
		b.t.Fatalf("the parcel is %+v, the case %s", v.Parcel, v.Case.State)
	}
}

// ordered brings a case to the courier.
func (b *post) ordered() *Case {
	b.t.Helper()
	k := b.advanceTo(food, Delivering, catalog.Mail)
	b.do(b.staff("clerk"), k.No, SendCourier, Input{})
	b.drain()
	b.state(k, deliver.Ordered, Delivering)
	return k
}

// happens is what the courier's people do on its page.
func (b *post) happens(k *Case, way string) {
	b.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(b.url+"/sandbox/courier/parcels/"+b.parcel(k).OrderNo, url.Values{"way": {way}})
	b.must(err)
	b.must(res.Body.Close())
	b.box.Wait()
}

// letter writes to the platform as the courier would.
func (b *post) letter(order string, news deliver.News, who string) error {
	b.t.Helper()
	body, err := json.Marshal(deliver.Letter{No: order, Told: deliver.Told{News: news, At: b.clk.Now(), SignedBy: who}})
	b.must(err)
	r := httptest.NewRequest(http.MethodPost, "/hooks/courier", bytes.NewReader(body))
	b.key.Sign(r, body, b.clk.Now())
	return b.Parcels.Heard(b.t.Context(), r, body)
}

func (b *post) events(k *Case, act Act) int64 {
	b.t.Helper()
	return b.count(`SELECT count(*) FROM case_event WHERE case_id = $1 AND act = $2`, k.ID, string(act))
}

// TestPosted: served is what was signed for; the applicant sees where it is.
func TestPosted(t *testing.T) {
	inPost(t, func(t *testing.T, b *post) {
		ctx := t.Context()
		t.Run("signed_for", func(t *testing.T) {
			b := b.in(t)
			k := b.ordered()
			v := b.view(b.boss(), k.No)
			if !strings.HasPrefix(v.Parcel.Waybill, "演示快递 SB") || len(v.Tracks()) != 1 {
				t.Errorf("%+v", v.Parcel)
			}
			b.refused(deliver.ErrGone, b.boss(), k.No, ChangeDelivery, Input{Delivery: Delivery{Way: catalog.PickUp}})
			b.clk.Add(time.Hour)
			b.happens(k, "collected")
			b.state(k, deliver.Underway, Delivering)
			b.clk.Add(time.Hour)
			b.happens(k, "moving")
			b.clk.Add(time.Hour)
			b.happens(k, "signed")
			b.state(k, deliver.Delivered, Closed)
			v = b.view(b.boss(), k.No)
			if len(v.Tracks()) != 4 || v.Tracks()[0].News != deliver.NewsSigned || !strings.Contains(v.Tracks()[0].Text, "收件人") {
				t.Errorf("%+v", v.Tracks())
			}
			doc, _, err := b.Document(ctx, b.boss(), v.Documents[len(v.Documents)-1].ID)
			b.must(err)
			facts := fmt.Sprint(doc.Facts)
			if doc.Kind != DeliveryRecord || !strings.Contains(facts, "签收人 收件人") || !strings.Contains(facts, "2026-03-02 12:00") || !strings.Contains(facts, "签名的签收回执") {
				t.Errorf("%s %s", doc.Title, facts)
			}
		})
		t.Run("told_twice", func(t *testing.T) {
			b := b.in(t)
			k := b.ordered()
			b.happens(k, "twice")
			b.state(k, deliver.Delivered, Closed)
			if n := b.events(k, PostSigned); n != 1 {
				t.Errorf("served %d times", n)
			}
			if n := len(b.parcel(k).Tracks); n != 2 {
				t.Errorf("%d lines", n)
			}
		})
		t.Run("of_an_unknown_parcel", func(t *testing.T) {
			b := b.in(t)
			b.must(b.letter("S1-1", deliver.NewsSigned, "某人"))
			if n := b.count(`SELECT count(*) FROM audit_record WHERE act = 'parcel.heard' AND outcome = 'unknown'`); n == 0 {
				t.Error("nothing is kept of it")
			}
		})
		t.Run("after_a_day", func(t *testing.T) {
			b := b.in(t)
			k := b.ordered()
			b.happens(k, "silent")
			b.state(k, deliver.Ordered, Delivering)
			b.clk.Add(24 * time.Hour)
			b.drain()
			b.state(k, deliver.Delivered, Closed)
			if p := b.parcel(k); p.SignedBy != "收件人" || b.clk.Now().Sub(p.SignedAt) < 23*time.Hour {
				t.Errorf("%+v", p.Secret)
			}
		})
		t.Run("a_letter_is_not_believed", func(t *testing.T) {
			b := b.in(t)
			k := b.ordered()
			body := []byte(`{"parcel":"` + b.parcel(k).OrderNo + `","state":"signed","signedBy":"某人"}`)
			for name, sign := range map[string]hook.Key{"of_another_key": hook.NewKey(), "unsigned": nil} {
				r := httptest.NewRequest(http.MethodPost, "/hooks/courier", bytes.NewReader(body))
				if sign != nil {
					sign.Sign(r, body, b.clk.Now())
				}
				if err := b.Parcels.Heard(ctx, r, body); !errors.Is(err, hook.ErrSignature) {
					t.Errorf("%s: %v", name, err)
				}
			}
			if err := b.letter(b.parcel(k).OrderNo, deliver.NewsSigned, " "); errs.Of(err).Code != "hook-letter" {
				t.Errorf("signed by nobody: %v", err)
			}
			b.state(k, deliver.Ordered, Delivering)
		})
		t.Run("came_back_then_again", func(t *testing.T) {
			b := b.in(t)
			k := b.ordered()
			first := b.parcel(k).OrderNo
			b.happens(k, "returned")
			b.state(k, deliver.Returned, Delivering) // not served
			if n := b.count(`SELECT count(*) FROM task WHERE case_id = $1 AND state = 'open'`, k.ID); n != 1 {
				t.Errorf("%d tasks for the window", n)
			}
			b.do(b.staff("clerk"), k.No, SendCourier, Input{})
			b.drain()
			b.must(b.letter(first, deliver.NewsSigned, "邻居")) // of the first posting: kept, moves nothing
			b.state(k, deliver.Ordered, Delivering)
			b.happens(k, "signed")
			b.state(k, deliver.Delivered, Closed)
			if p := b.parcel(k); p.Attempts != 2 || p.OrderNo == first {
				t.Errorf("%+v", p.Parcel)
			}
		})
		t.Run("lost_then_claimed", func(t *testing.T) {
			b := b.in(t)
			k, clerk := b.ordered(), b.staff("clerk")
			b.happens(k, "collected")
			b.happens(k, "lost")
			b.state(k, deliver.Lost, Delivering)
			b.refused(deliver.ErrStep, clerk, k.No, SendCourier, Input{})
			_, err := b.Perform(ctx, clerk, k.No, ClaimPost, Input{})
			b.field(err, "reason")
			b.do(clerk, k.No, ClaimPost, Input{Reason: "已向快递公司索赔，重新制证"})
			b.do(b.boss(), k.No, ChangeDelivery, Input{Delivery: Delivery{Way: catalog.PickUp}})
			b.state(k, deliver.Waiting, Delivering)
			b.do(clerk, k.No, HandOver, Input{Recipient: "张明远"})
			b.state(k, deliver.Delivered, Closed)
		})
		t.Run("refused_and_cancelled", func(t *testing.T) {
			b := b.in(t)
			k, clerk := b.advanceTo(food, Delivering, catalog.Mail), b.staff("clerk")
			b.do(b.boss(), k.No, ChangeDelivery, Input{Delivery: Delivery{Way: catalog.Mail, Name: "收件人", Phone: "13900000009", Address: "无法寄达的地方"}})
			b.do(clerk, k.No, SendCourier, Input{})
			b.drain()
			b.state(k, deliver.Ready, Delivering)
			b.do(b.boss(), k.No, ChangeDelivery, Input{Delivery: delivery(catalog.Mail)})
			b.do(clerk, k.No, SendCourier, Input{})
			b.drain()
			second := b.parcel(k).OrderNo
			b.do(clerk, k.No, CancelCourier, Input{})
			b.drain()
			b.state(k, deliver.Ready, Delivering)
			res, err := http.Get(b.url + "/sandbox/courier/parcels/" + second)
			b.must(err)
			page, _ := io.ReadAll(res.Body)
			b.must(res.Body.Close())
			if !strings.Contains(string(page), "未接单") {
				t.Error("the courier was not told")
			}
			b.do(b.boss(), k.No, ChangeDelivery, Input{Delivery: Delivery{Way: catalog.Electronic}})
			b.drain()
			if v := b.view(b.boss(), k.No); v.Case.State != Closed || v.Parcel != nil {
				t.Errorf("%s %+v", v.Case.State, v.Parcel)
			}
		})
	})
}

// Tracks of a case's parcel.
func (v *View) Tracks() []deliver.Track { return v.Parcel.Tracks }

// TestPickUp: codes at the window and at the cabinet.
func TestPickUp(t *testing.T) {
	inPost(t, func(t *testing.T, b *post) {
		ctx := t.Context()
		t.Run("at_the_window", func(t *testing.T) {
			b := b.in(t)
			k, clerk := b.advanceTo(food, Delivering, catalog.PickUp), b.staff("clerk")
			code := b.parcel(k).Code
			if len(code) != deliver.CodeLength {
				t.Fatalf("code %q", code)
			}
			if v := b.view(clerk, k.No); v.Parcel.Code != "" || v.Parcel.Known {
				t.Error("the clerk sees the code")
			}
			list, err := b.Notify.List(b.d.Read(ctx), b.boss().For, 0, 50)
			b.must(err)
			if !strings.Contains(list.Messages[0].Body, deliver.SpacedCode(code)) {
				t.Errorf("the message: %s", list.Messages[0].Body)
			}
			if _, err := b.FindByCode(ctx, b.boss(), code); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("by the applicant: %v", err)
			}
			if _, err := b.FindByCode(ctx, b.staff("lxclerk"), code); !errors.Is(err, deliver.ErrCode) {
				t.Errorf("by another centre: %v", err)
			}
			no, err := b.FindByCode(ctx, clerk, " "+deliver.SpacedCode(code))
			if b.must(err); no != k.No || !b.view(clerk, k.No).Parcel.Known {
				t.Errorf("found %s", no)
			}
			_, err = b.Perform(ctx, clerk, k.No, HandOver, Input{})
			b.field(err, "recipient") // who takes it is looked at
			b.do(clerk, k.No, HandOver, Input{Recipient: "张明远"})
			v := b.view(b.boss(), k.No)
			doc, _, err := b.Document(ctx, b.boss(), v.Documents[len(v.Documents)-1].ID)
			b.must(err)
			if !strings.Contains(fmt.Sprint(doc.Facts), "取件码 已核验") {
				t.Errorf("%+v", doc.Facts)
			}
			if _, err := b.FindByCode(ctx, clerk, code); !errors.Is(err, deliver.ErrCode) {
				t.Errorf("a second time: %v", err)
			}
		})
		t.Run("a_code_alone", func(t *testing.T) {
			b := b.in(t)
			b.Parcels.CodeAlone = true
			defer func() { b.Parcels.CodeAlone = false }()
			k, clerk := b.advanceTo(food, Delivering, catalog.PickUp), b.staff("clerk")
			_, err := b.Perform(ctx, clerk, k.No, HandOver, Input{})
			b.field(err, "recipient")
			_, err = b.FindByCode(ctx, clerk, b.parcel(k).Code)
			b.must(err)
			b.clk.Add(31 * time.Minute)
			_, err = b.Perform(ctx, clerk, k.No, HandOver, Input{})
			b.field(err, "recipient") // shown too long ago
			_, err = b.FindByCode(ctx, clerk, b.parcel(k).Code)
			b.must(err)
			b.do(clerk, k.No, HandOver, Input{})
		})
		t.Run("wrong_codes_end", func(t *testing.T) {
			b := b.in(t)
			b.clk.Add(time.Hour)
			k, clerk := b.advanceTo(food, Delivering, catalog.PickUp), b.staff("clerk")
			code := b.parcel(k).Code
			for i := range 10 {
				if _, err := b.FindByCode(ctx, clerk, fmt.Sprintf("x%07d", i)); !errors.Is(err, deliver.ErrCode) {
					t.Fatalf("%d: %v", i, err)
				}
			}
			if _, err := b.FindByCode(ctx, clerk, code); !errors.Is(err, deliver.ErrCodeTries) {
				t.Errorf("the right one after ten wrong: %v", err)
			}
			b.clk.Add(16 * time.Minute)
			if no, err := b.FindByCode(ctx, clerk, code); err != nil || no != k.No {
				t.Errorf("later: %v", err)
			}
		})
		t.Run("in_a_cabinet", func(t *testing.T) {
			b := b.in(t)
			k, clerk := b.advanceTo(food, Delivering, catalog.PickUp), b.staff("clerk")
			window := b.parcel(k).Code
			put := func(k *Case, cabinet string, n int) error {
				_, err := b.Perform(ctx, clerk, k.No, PutInCabinet, Input{Parcel: ParcelInput{Cabinet: cabinet, Compartment: n}})
				return err
			}
			if err := put(k, "K09", 1); !errors.Is(err, deliver.ErrNoCabinet) {
				t.Errorf("%v", err)
			}
			b.field(put(k, "K01", 4), "compartment")
			b.must(put(k, "K01", 2))
			b.state(k, deliver.InCabinet, Delivering)
			other := b.advanceTo(food, Delivering, catalog.PickUp)
			if err := put(other, "K01", 2); !errors.Is(err, deliver.ErrSpaceTaken) {
				t.Errorf("a taken compartment: %v", err)
			}
			b.refused(deliver.ErrGone, b.boss(), k.No, ChangeDelivery, Input{Delivery: Delivery{Way: catalog.Electronic}})
			code := b.parcel(k).Code
			if code == window || b.enter("K01", window) != 0 || b.enter("K02", code) != 0 || b.enter("K01", b.parcel(other).Code) != 0 {
				t.Error("a code opened what it should not")
			}
			if n := b.enter("K01", deliver.SpacedCode(code)); n != 2 {
				t.Fatalf("opened %d", n)
			}
			b.state(k, deliver.Delivered, Closed)
			if n := b.enter("K01", code); n != 2 { // the answer was lost on its way to the door
				t.Errorf("opened %d", n)
			}
			b.must(put(other, "K01", 2)) // it is free again
			b.clk.Add(3 * time.Minute)
			if b.enter("K01", code) != 0 || b.events(k, CabinetOpened) != 1 {
				t.Error("a code opened twice")
			}
			v := b.view(b.boss(), k.No)
			doc, _, err := b.Document(ctx, b.boss(), v.Documents[len(v.Documents)-1].ID)
			b.must(err)
			if doc.Kind != DeliveryRecord || !strings.Contains(fmt.Sprint(doc.Facts), "自助取件柜 2 号格") {
				t.Errorf("%+v", doc.Facts)
			}
			for range 5 {
				b.enter("K01", "00000000")
			}
			if b.enter("K01", b.parcel(other).Code) != 0 {
				t.Error("guessing has no end")
			}
		})
		t.Run("of_who_has_to_come", func(t *testing.T) {
			b := b.in(t)
			k, clerk := b.advanceTo(marriage, Delivering, catalog.PickUp), b.staff("clerk")
			b.refused(ErrInPerson, clerk, k.No, PutInCabinet, Input{Parcel: ParcelInput{Cabinet: "K01", Compartment: 1}})
			if v := b.view(clerk, k.No); slices.ContainsFunc(v.Offered, func(o Offer) bool { return o.Act == PutInCabinet }) || v.Parcel == nil {
				t.Error("offered for a cabinet")
			}
		})
		t.Run("kept_too_long", func(t *testing.T) {
			b := b.in(t)
			b.clk.Add(time.Hour)
			k, clerk := b.advanceTo(food, Delivering, catalog.PickUp), b.staff("clerk")
			b.do(clerk, k.No, PutInCabinet, Input{Parcel: ParcelInput{Cabinet: "K01", Compartment: 1}})
			code := b.parcel(k).Code
			b.must(b.Parcels.Sweep(ctx))
			b.state(k, deliver.InCabinet, Delivering)
			b.clk.Add(72*time.Hour + time.Minute)
			if b.enter("K01", code) != 0 {
				t.Error("an old code opened")
			}
			b.must(b.Parcels.Sweep(ctx))
			b.must(b.Parcels.Sweep(ctx))
			b.state(k, deliver.Overdue, Delivering)
			if n := b.count(`SELECT count(*) FROM task WHERE case_id = $1 AND state = 'open'`, k.ID); n != 1 || b.events(k, CabinetOver) != 1 {
				t.Errorf("%d tasks", n)
			}
			b.do(clerk, k.No, TakeFromCabinet, Input{})
			b.state(k, deliver.Waiting, Delivering)
			if p := b.parcel(k); p.Code == code || p.Code == "" || p.Cabinet != "" {
				t.Errorf("%+v", p.Parcel)
			}
			b.do(clerk, k.No, HandOver, Input{Recipient: "张"})
		})
		t.Run("annulled", func(t *testing.T) {
			b := b.in(t)
			b.clk.Add(time.Hour)
			k := b.advanceTo(food, Delivering, catalog.PickUp)
			b.do(b.staff("clerk"), k.No, PutInCabinet, Input{Parcel: ParcelInput{Cabinet: "K01", Compartment: 3}})
			code := b.parcel(k).Code
			b.must(b.d.Write(ctx, "test.drop", func(tx *db.Tx) error { return b.Parcels.DropTx(tx, k.ID) }))
			if b.enter("K01", code) != 0 {
				t.Error("what was annulled was handed out")
			}
		})
	})
}

// enter is what the cabinet's device asks; 0: nothing opens.
func (b *post) enter(cabinet, code string) int {
	b.t.Helper()
	var out deliver.DoorOut
	c := hook.Caller{Base: b.url, Key: b.door, Now: b.clk.Now}
	if err := c.Call(b.t.Context(), http.MethodPost, "/hooks/cabinet", deliver.DoorIn{Cabinet: cabinet, Code: code}, &out); err != nil && !errors.As(err, new(*hook.Refused)) {
		b.t.Fatal(err)
	}
	return out.Compartment
}
