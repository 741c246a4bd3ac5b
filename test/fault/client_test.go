package fault

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/sm"
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

// receivingClerk works at the window that receives the item they apply for.
const receivingClerk = "clerk-wx"

// newClient logs in and uploads one file.
func newClient(t *testing.T, s *server, login, item string) *client {
	t.Helper()
	c := s.login(t, map[string]any{"login": login, "password": password})
	c.item = item
	// Each has its own content: two uploads of one content are one file.
	var up struct{ File string }
	kind, form := uploadForm(onePage + "%" + login + "\n")
	status, body, err := c.post(t.Context(), "/files", kind, form, "")
	if err != nil || status != http.StatusCreated {
		t.Fatalf("upload: %d %s %v", status, body, err)
	}
	if err := json.Unmarshal(body, &up); err != nil {
		t.Fatal(err)
	}
	c.file = up.File
	return c
}

// login gives a client with a token.
func (s *server) login(t *testing.T, in map[string]any) *client {
	t.Helper()
	c := &client{s: s, http: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{}}}
	var token struct{ Token string }
	c.must(t, "/auth/token", in, &token)
	c.token = token.Token
	return c
}

// uploadForm is the body of an upload.
func uploadForm(content string) (kind string, body []byte) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "材料.pdf")
	if err == nil {
		_, err = io.WriteString(part, content)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
	return w.FormDataContentType(), form.Bytes()
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
	return c.send(ctx, http.MethodPost, path, kind, body, key)
}

func (c *client) send(ctx context.Context, method, path, kind string, body []byte, key string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+c.s.addr+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	for name, v := range map[string]string{"Content-Type": kind, "Idempotency-Key": key} {
		if v != "" {
			req.Header.Set(name, v)
		}
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	return res.StatusCode, out, err
}

// insist sends until there is an answer of the status wanted, and gives it with
// how often it was not heard or was a 5xx before. With hurry the client does
// not wait for the first answer. Once ctx is over, answer is nil.
func insist(ctx context.Context, hurry bool, want int, send func(context.Context) (int, []byte, error)) (answer []byte, unheard int, err error) {
	for try := 0; ctx.Err() == nil; try++ {
		wait, cancel := context.WithTimeout(ctx, 20*time.Second)
		if hurry && try == 0 {
			cancel()
			wait, cancel = context.WithTimeout(ctx, time.Duration(rand.IntN(15_000))*time.Microsecond)
		}
		status, answer, err := send(wait)
		cancel()
		switch {
		case err == nil && status == want:
			return answer, try, nil
		case err == nil && status < 500:
			return nil, try, fmt.Errorf("%d %s", status, answer)
		}
		if hurry && try == 0 {
			continue // at once, perhaps while the first request is still worked on
		}
		time.Sleep(20 * time.Millisecond) // the program is away or starting, or says 503
	}
	return nil, 0, nil
}

// book remembers what was acknowledged.
type book struct {
	mu       sync.Mutex
	cases    map[string]string // case number by key
	taken    []string          // cases in the order in which they were acknowledged
	accepted map[string]bool   // cases whose acceptance was acknowledged
	files    map[string]bool   // SM3 of uploads that were acknowledged
	doubted  int               // submissions whose first answer was no case number
	hurried  int               // submissions whose client did not wait for the first answer
	redone   int               // acceptances and uploads that were asked for again
}

func newBook() book {
	return book{cases: map[string]string{}, accepted: map[string]bool{}, files: map[string]bool{}}
}

// submit hands in once and does not rest before the key has led to a case.
// What was acknowledged must be acknowledged alike ever after.
func (b *book) submit(ctx context.Context, c *client) error {
	c.n++
	key := fmt.Sprintf("%s-%d", c.token[len(c.token)-6:], c.n)
	body, hurry := c.application(c.n), c.n%5 == 0
	answer, unheard, err := insist(ctx, hurry, http.StatusCreated, func(ctx context.Context) (int, []byte, error) {
		return c.post(ctx, "/cases", "application/json", body, key)
	})
	if err != nil || answer == nil {
		return errors.Join(err, ctx.Err())
	}
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
	b.taken = append(b.taken, got.No)
	switch {
	case hurry && unheard > 0:
		b.hurried++
	case unheard > 0:
		b.doubted++
	}
	return nil
}

// accept takes the next acknowledged case on, as its clerk. The repeated act
// carries the version that it met the first time, and is the same act.
func (b *book) accept(ctx context.Context, c *client) error {
	b.mu.Lock()
	no := ""
	if len(b.accepted) < len(b.taken) {
		no = b.taken[len(b.accepted)]
	}
	b.mu.Unlock()
	if no == "" {
		time.Sleep(5 * time.Millisecond)
		return nil
	}
	answer, _, err := insist(ctx, false, http.StatusOK, func(ctx context.Context) (int, []byte, error) {
		return c.send(ctx, http.MethodGet, "/cases/"+no, "", nil, "")
	})
	if err != nil || answer == nil {
		return errors.Join(err, ctx.Err())
	}
	var seen struct{ Version int64 }
	if err := json.Unmarshal(answer, &seen); err != nil {
		return err
	}
	body := fmt.Appendf(nil, `{"act":"accept","version":%d}`, seen.Version)
	c.n++
	answer, unheard, err := insist(ctx, c.n%5 == 0, http.StatusOK, func(ctx context.Context) (int, []byte, error) {
		return c.post(ctx, "/cases/"+no+"/acts", "application/json", body, "accept-"+no)
	})
	if err != nil || answer == nil {
		return errors.Join(err, ctx.Err())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.accepted[no] = true
	b.redone += min(unheard, 1)
	return nil
}

// upload hands a new file in.
func (b *book) upload(ctx context.Context, c *client) error {
	c.n++
	content := onePage + "%" + strings.Repeat(fmt.Sprintf("%016x\n%%", rand.Uint64()), 1+rand.IntN(4000)) + "\n"
	sum := sm.NewSM3()
	_, _ = io.WriteString(sum, content) // a hash takes everything
	hash := hex.EncodeToString(sum.Sum(nil))
	kind, form := uploadForm(content)
	answer, unheard, err := insist(ctx, c.n%5 == 0, http.StatusCreated, func(ctx context.Context) (int, []byte, error) {
		return c.post(ctx, "/files", kind, form, "upload-"+hash)
	})
	if err != nil || answer == nil {
		return errors.Join(err, ctx.Err())
	}
	var got struct{ Hash string }
	if err := json.Unmarshal(answer, &got); err != nil || got.Hash != hash {
		return fmt.Errorf("upload of %s: answer %s %v", hash, answer, err)
	}
	b.mu.Lock()
	b.files[hash] = true
	b.redone += min(unheard, 1)
	b.mu.Unlock()
	time.Sleep(5 * time.Millisecond) // one person, not a flood
	return nil
}

// size is how many cases were acknowledged.
func (b *book) size() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.cases)
}
