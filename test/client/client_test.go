package client

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestRepeats: an answer that does not come is asked for again with the same
// key; a problem is not.
func TestRepeats(t *testing.T) {
	var keys []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		switch len(keys) {
		case 1:
			panic(http.ErrAbortHandler)
		case 2:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 3:
			b, err := io.ReadAll(r.Body)
			if err != nil || string(b) != `{"draft":"7"}` || r.Header.Get("Authorization") != "Bearer tok" || r.URL.Path != "/api/v1/cases" {
				t.Errorf("%s %s %v", r.URL, b, err)
			}
			fmt.Fprint(w, `{"no":"N1"}`)
		default:
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusConflict)
			fmt.Fprint(w, `{"status":409,"code":"case-changed","titleEn":"Changed.","fields":[{"pointer":"/x","code":"y"}],"current":{"version":3}}`)
		}
	}))
	defer srv.Close()
	c := New(srv.URL + "/")
	c.Token = "tok"
	no, err := c.Submit(t.Context(), Object{"draft": "7"})
	if err != nil || no != "N1" || len(keys) != 3 || keys[0] == "" || keys[0] != keys[1] || keys[1] != keys[2] {
		t.Fatalf("%q %v, keys %q", no, err, keys)
	}
	_, err = c.Post(t.Context(), "/cases", Object{})
	if Status(err) != http.StatusConflict || len(keys) != 4 || keys[3] == keys[2] {
		t.Errorf("%v, keys %q", err, keys)
	}
	if want := "409 case-changed: Changed. [/x y]"; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
}

func TestAll(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("unit") != "u" {
			t.Errorf("query %s", r.URL.RawQuery)
		}
		page := map[string]any{"items": []int{1, 2}, "next": "c"}
		if r.URL.Query().Get("cursor") == "c" {
			page = map[string]any{"items": []int{3}}
		}
		if err := json.NewEncoder(w).Encode(page); err != nil {
			t.Error(err)
		}
	}))
	defer srv.Close()
	all, err := New(srv.URL).All(t.Context(), "/queue", "unit", "u")
	if err != nil || len(all) != 3 {
		t.Errorf("%v %v", all, err)
	}
}

func TestAt(t *testing.T) {
	o := Object{"a": []any{map[string]any{"b": "c", "n": 5.0}}}
	if o.Text("a", 0, "b") != "c" || o.Int("a", 0, "n") != 5 || len(o.List("a")) != 1 {
		t.Error("values are not found")
	}
	for _, path := range [][]any{{"x"}, {"a", 1}, {"a", "b"}, {"a", 0, "b", "c"}, {0}} {
		if v := o.At(path...); v != nil {
			t.Errorf("%v gives %v", path, v)
		}
	}
	if Object(nil).Text("a") != "" {
		t.Error("nothing has text")
	}
}
