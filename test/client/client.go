// Package client is a small client of the JSON API, as an integrator would
// write one from its description: it knows no package of the platform. The
// journeys through the API use it.
//
//	c := client.New("http://127.0.0.1:8080")
//	zhang, err := c.Login(ctx, client.Login{Login: "zhang", Password: "…"})
//	no, err := zhang.Submit(ctx, client.Object{"draft": id})
//
// It repeats a request whose answer it did not get, with the same
// Idempotency-Key, so that nothing happens twice. It is no part of the product.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client speaks to one platform, as nobody or with one token.
type Client struct {
	HTTP  *http.Client // http.DefaultClient if nil
	Base  string       // "http://127.0.0.1:8080"
	Token string       // empty: nobody
	Lang  string       // Accept-Language; empty: the platform's own
	Tries int          // how often a request is sent whose answer does not come; 0: 3
}

// New makes a client without a token.
func New(base string) *Client { return &Client{Base: strings.TrimRight(base, "/")} }

// Object is a JSON object.
type Object map[string]any

// At walks into an answer: At("items", 0, "no"); nil if there is nothing.
func (o Object) At(path ...any) any {
	var v any = map[string]any(o)
	for _, p := range path {
		switch x := v.(type) {
		case map[string]any:
			name, ok := p.(string)
			if !ok {
				return nil
			}
			v = x[name]
		case []any:
			i, ok := p.(int)
			if !ok || i < 0 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// Text is At for a string, "" if there is none.
func (o Object) Text(path ...any) string { s, _ := o.At(path...).(string); return s }

// Int is At for a whole number, 0 if there is none.
func (o Object) Int(path ...any) int64 { f, _ := o.At(path...).(float64); return int64(f) }

// List is At for a list, nil if there is none.
func (o Object) List(path ...any) []any { l, _ := o.At(path...).([]any); return l }

// Problem is an error as the API answers it (RFC 9457).
type Problem struct {
	Type    string  `json:"type"`
	Title   string  `json:"title"`
	TitleEN string  `json:"titleEn"`
	Status  int     `json:"status"`
	Code    string  `json:"code"`
	Fields  []Field `json:"fields"`
	Current Object  `json:"current"`
	Number  string  `json:"number"`
}

// Field is one input that does not fit.
type Field struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Text    string `json:"text"`
	TextEN  string `json:"textEn"`
}

// Error gives status, code and fields.
func (p *Problem) Error() string {
	s := fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.TitleEN)
	for _, f := range p.Fields {
		s += fmt.Sprintf(" [%s %s]", f.Pointer, f.Code)
	}
	if p.Number != "" {
		s += " number " + p.Number
	}
	return s
}

// Status is the HTTP status of a problem in the chain, 0 if there is none.
func Status(err error) int {
	var p *Problem
	if errors.As(err, &p) {
		return p.Status
	}
	return 0
}

// Get asks for a path below /api/v1 with query parameters in pairs.
func (c *Client) Get(ctx context.Context, path string, query ...string) (Object, error) {
	if len(query) > 0 {
		q := url.Values{}
		for i := 0; i+1 < len(query); i += 2 {
			q.Add(query[i], query[i+1])
		}
		path += "?" + q.Encode()
	}
	return c.Do(ctx, http.MethodGet, path, nil)
}

// Post sends an object, nil for no body.
func (c *Client) Post(ctx context.Context, path string, in Object) (Object, error) {
	return c.Do(ctx, http.MethodPost, path, in)
}

// Put sends an object.
func (c *Client) Put(ctx context.Context, path string, in Object) (Object, error) {
	return c.Do(ctx, http.MethodPut, path, in)
}

// Do sends JSON and reads JSON. A request without an answer, or answered 503,
// is repeated with the same Idempotency-Key.
func (c *Client) Do(ctx context.Context, method, path string, in Object) (Object, error) {
	var body []byte
	media := ""
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return nil, err
		}
		media = "application/json"
	}
	b, err := c.send(ctx, method, path, media, body)
	if err != nil || len(b) == 0 {
		return nil, err
	}
	var out Object
	return out, json.Unmarshal(b, &out)
}

// Bytes downloads a file.
func (c *Client) Bytes(ctx context.Context, path string) ([]byte, error) {
	return c.send(ctx, http.MethodGet, path, "", nil)
}

// Upload sends one file as multipart/form-data.
func (c *Client) Upload(ctx context.Context, path, name string, content []byte) (Object, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, err
	}
	text, err := c.send(ctx, http.MethodPost, path, w.FormDataContentType(), b.Bytes())
	if err != nil {
		return nil, err
	}
	var out Object
	return out, json.Unmarshal(text, &out)
}

// send repeats a request until it has an answer.
func (c *Client) send(ctx context.Context, method, path, media string, body []byte) ([]byte, error) {
	key := ""
	if method == http.MethodPost {
		key = rand.Text()
	}
	tries := c.Tries
	if tries == 0 {
		tries = 3
	}
	for try := 1; ; try++ {
		b, err := c.once(ctx, method, path, media, key, body)
		if err == nil || try == tries || ctx.Err() != nil || Status(err) != 0 && Status(err) != http.StatusServiceUnavailable {
			return b, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(err, ctx.Err())
		case <-time.After(time.Duration(try) * 100 * time.Millisecond):
		}
	}
}

func (c *Client) once(ctx context.Context, method, path, media, key string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.Base+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body == nil {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	for name, v := range map[string]string{"Content-Type": media, "Idempotency-Key": key, "Accept-Language": c.Lang} {
		if v != "" {
			req.Header.Set(name, v)
		}
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	h := c.HTTP
	if h == nil {
		h = http.DefaultClient
	}
	res, err := h.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode < 400 {
		return b, nil
	}
	p := &Problem{Status: res.StatusCode}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/problem+json") {
		if err := json.Unmarshal(b, p); err != nil {
			return nil, err
		}
	}
	return nil, p
}
