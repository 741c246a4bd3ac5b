package fault

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"sync"
	"testing"
	"time"
)

// client is one applicant with a token and a stored file.
type client struct {
	s     *server
	token string
	item  string
	file  string
	n     int // submissions begun
	http  *http.Client
}

const password = "tongban-demo"

// people of the sample city who apply.
var people = []string{"chenjiayi", "wangjianguo", "lixinran", "zhaomingxuan", "sunlihua", "zhouzhiyuan"}

// newClient logs in and uploads one file.
func newClient(t *testing.T, s *server, login, item string) *client {
	t.Helper()
	c := &client{s: s, item: item, http: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{}}}
	var token struct{ Token string }
	c.must(t, "/auth/token", map[string]any{"login": login, "password": password}, &token)
	c.token = token.Token
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "材料.pdf")
	if err == nil {
		// Each has its own content: two uploads of one content are one file.
		_, err = io.WriteString(part, onePage+"%"+login+"\n")
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	var up struct{ File string }
	status, body, err := c.post(t.Context(), "/files", w.FormDataContentType(), form.Bytes(), "")
	if err != nil || status != http.StatusCreated {
		t.Fatalf("upload: %d %s %v", status, body, err)
	}
	if err := json.Unmarshal(body, &up); err != nil {
		t.Fatal(err)
	}
	c.file = up.File
	return c
}

const onePage = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// findItem finds the code of 临时占用城市绿化用地审批.
func findItem(t *testing.T, s *server) string {
	t.Helper()
	status, body, err := s.get("/api/v1/items?q=%E5%8D%A0%E7%94%A8%E5%9F%8E%E5%B8%82%E7%BB%BF%E5%8C%96%E7%94%A8%E5%9C%B0", "")
	var list struct{ Items []struct{ Code string } }
	if err == nil {
		err = json.Unmarshal([]byte(body), &list)
	}
	if err != nil || status != http.StatusOK || len(list.Items) == 0 {
		t.Fatalf("no such item: %d %s %v", status, body, err)
	}
	return list.Items[0].Code
}

// application is the body of a submission; the same for the same key.
func (c *client) application(n int) []byte {
	var materials []map[string]any
	for _, m := range []string{"m02", "m03", "m04"} {
		materials = append(materials, map[string]any{"code": m, "files": []map[string]string{{"file": c.file, "name": m + ".pdf"}}})
	}
	b, err := json.Marshal(map[string]any{"item": c.item, "consent": true, "delivery": map[string]string{"way": "pickup"}, "materials": materials,
		"answers": map[string]any{"orgName": "演示单位", "contact": "演示人员", "contactPhone": "13000000011", "place": "无锡市梁溪区演示路1号绿地",
			"area": 12.5, "why": fmt.Sprintf("管线施工第%d段", n), "trees": false, "startDate": "2026-12-01", "endDate": "2026-12-20", "promise": true}})
	if err != nil {
		panic(err) // it always marshals
	}
	return b
}

func (c *client) must(t *testing.T, path string, in, out any) {
	t.Helper()
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	status, body, err := c.post(t.Context(), path, "application/json", b, "")
	if err != nil || status/100 != 2 {
		t.Fatalf("%s: %d %s %v", path, status, body, err)
	}
	if err := json.Unmarshal(body, out); err != nil {
		t.Fatal(err)
	}
}

// post sends to the API; key is the Idempotency-Key.
func (c *client) post(ctx context.Context, path, kind string, body []byte, key string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.s.addr+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", kind)
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	return res.StatusCode, out, err
}

// book remembers what was acknowledged: the case number of every key.
type book struct {
	mu      sync.Mutex
	cases   map[string]string // by key
	doubted int               // keys whose first answer was no case number
	hurried int               // keys whose client did not wait for the first answer
}

// submit hands in once and does not rest before the key has led to a case.
// What was acknowledged must be acknowledged alike ever after.
func (b *book) submit(ctx context.Context, c *client) error {
	c.n++
	key := fmt.Sprintf("%s-%d", c.token[len(c.token)-6:], c.n)
	body := c.application(c.n)
	hurry := c.n%5 == 0
	for try := 0; ctx.Err() == nil; try++ {
		wait, cancel := context.WithTimeout(ctx, 20*time.Second)
		if hurry && try == 0 {
			cancel()
			wait, cancel = context.WithTimeout(ctx, time.Duration(rand.IntN(15_000))*time.Microsecond)
		}
		status, answer, err := c.post(wait, "/cases", "application/json", body, key)
		cancel()
		switch {
		case err == nil && status == http.StatusCreated:
			var got struct{ No string }
			if err := json.Unmarshal(answer, &got); err != nil || got.No == "" {
				return fmt.Errorf("%s: answer %s %v", key, answer, err)
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			if old := b.cases[key]; old != "" && old != got.No {
				return fmt.Errorf("%s led to %s and to %s", key, old, got.No)
			}
			b.cases[key] = got.No
			switch {
			case hurry && try > 0:
				b.hurried++
			case try > 0:
				b.doubted++
			}
			return nil
		case err == nil && status < 500:
			return fmt.Errorf("%s: %d %s", key, status, answer)
		}
		if hurry && try == 0 {
			continue // at once, perhaps while the first request is still worked on
		}
		time.Sleep(20 * time.Millisecond) // the program is away or starting, or says 503
	}
	return nil
}

// size is how many cases were acknowledged.
func (b *book) size() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.cases)
}
