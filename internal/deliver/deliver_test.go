package deliver

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/hook"
)

func TestSQL(t *testing.T) { dbtest.Prepares(t, SQL()...) }

// TestTable: one line for a state and a step; every state is reached, has words
// and, unless it is an end, a way on to an end.
func TestTable(t *testing.T) {
	steps := []Step{Order, ByHand, Refuse, Cancel, Collect, Sign, Return, Lose, Claim, Put, Expire, Take, Open, Hand, ToPost, ToDesk, Drop}
	used, reached := map[Step]bool{}, map[State]bool{Ready: true, Waiting: true}
	for _, m := range Table {
		used[m.Step] = true
		reached[m.To] = true
		n := 0
		for _, o := range Table {
			if o.From == m.From && o.Step == m.Step {
				n++
			}
		}
		if n != 1 || !slices.Contains(steps, m.Step) || !slices.Contains(States, m.From) || !slices.Contains(States, m.To) {
			t.Errorf("%+v stands %d times, or names what there is not", m, n)
		}
	}
	for _, s := range steps {
		if !used[s] {
			t.Errorf("nothing ever takes the step %s", s)
		}
	}
	ends := map[State]bool{Delivered: true}
	for grown := true; grown; {
		grown = false
		for _, m := range Table {
			if ends[m.To] && !ends[m.From] && m.Step != Drop {
				ends[m.From], grown = true, true
			}
		}
	}
	for _, s := range States {
		if zh, en := s.Words(); zh == "" || en == "" || !reached[s] {
			t.Errorf("%s has no words, or is never reached", s)
		}
		if !ends[s] {
			t.Errorf("%s is never delivered", s)
		}
		if _, again := s.After(Sign); again && (s == Delivered || s == Returned || s == Void) {
			t.Errorf("%s is signed for", s)
		}
	}
	for _, s := range []State{Returned, Lost, Claimed} { // none of them counts as served without a new step
		for _, step := range []Step{Hand, Open} {
			if _, ok := s.After(step); ok {
				t.Errorf("%s × %s", s, step)
			}
		}
	}
	for n, step := range newsSteps {
		if zh, _ := n.Words(); zh == "" || !used[step] {
			t.Errorf("the news %s", n)
		}
	}
}

func TestCleanCode(t *testing.T) {
	for in, want := range map[string]string{"1234 5678": "12345678", " 12-34-56-78\t": "12345678", "１２３４５６７８": "12345678", "1234567x": "1234567x", "": ""} {
		if got := cleanCode(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	if SpacedCode("12345678") != "1234 5678" || SpacedCode("1") != "1" {
		t.Error("codes are read in groups of four")
	}
}

// TestLetter: what a courier tells is taken when it is signed and says something.
func TestLetter(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	key := hook.NewKey()
	h := &HTTP{&hook.Caller{Key: key}}
	for name, c := range map[string]struct {
		body string
		good bool
	}{
		"signed":             {`{"parcel":"S1-1","state":"signed","signedBy":"陈"}`, true},
		"moving":             {`{"parcel":"S1-1","state":"moving","text":"到达网点"}`, true},
		"signed by nobody":   {`{"parcel":"S1-1","state":"signed"}`, false},
		"no number":          {`{"state":"moving"}`, false},
		"a state of its own": {`{"parcel":"S1-1","state":"eaten"}`, false},
		"pending":            {`{"parcel":"S1-1","state":"pending"}`, false},
		"too many words":     {`{"parcel":"S1-1","state":"moving","text":"` + strings.Repeat("长", 201) + `"}`, false},
		"no JSON":            {`<parcel>`, false},
	} {
		r := httptest.NewRequest(http.MethodPost, "/hooks/courier", strings.NewReader(c.body))
		key.Sign(r, []byte(c.body), now)
		l, err := h.Letter(r, []byte(c.body), now)
		if (err == nil) != c.good || err == nil && (l.No != "S1-1" || l.Nonce == "") || err != nil && errs.KindOf(err) != errs.Malformed {
			t.Errorf("%s: %+v %v", name, l, err)
		}
		r.Header.Set(hook.SignatureHeader, strings.Repeat("0", 64))
		if _, err := h.Letter(r, []byte(c.body), now); !errors.Is(err, hook.ErrSignature) {
			t.Errorf("%s, unsigned: %v", name, err)
		}
	}
}

// TestHTTP: an answer that makes no sense is no answer.
func TestHTTP(t *testing.T) {
	key := hook.NewKey()
	var answer any
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(answer) }))
	defer srv.Close()
	h := &HTTP{&hook.Caller{Base: srv.URL, Key: key, Now: time.Now}}
	answer = Placed{Waybill: "SF1"}
	if p, err := h.Order(t.Context(), Sending{No: "S1-1"}); err != nil || p.Waybill != "SF1" {
		t.Errorf("%+v %v", p, err)
	}
	answer = Placed{}
	if _, err := h.Order(t.Context(), Sending{No: "S1-1"}); !errors.As(err, new(*hook.Refused)) {
		t.Errorf("without a waybill: %v", err)
	}
	answer = Told{News: NewsMoving, Text: strings.Repeat("长", 201)}
	if _, err := h.Ask(t.Context(), "S1-1"); !errors.As(err, new(*hook.Refused)) {
		t.Errorf("too many words: %v", err)
	}
}
