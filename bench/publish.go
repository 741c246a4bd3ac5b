package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/tongban/tongban/internal/app"
)

// publishSlow is how long a publication may take to be seen everywhere, in seconds.
const publishSlow = 2

// publish publishes another version of a guide beside the running program and
// looks until its page, the search and the change feed show it. On SQLite the
// program publishes itself, on PostgreSQL another node does.
func (b *bench) publish(ctx context.Context) error { return b.onEach(ctx, b.publishOn) }

func (b *bench) publishOn(ctx context.Context, engine string) error {
	return b.running(ctx, engine, "publish", 20, func(s *server) error { return b.publishWith(ctx, engine, s) })
}

func (b *bench) publishWith(ctx context.Context, engine string, s *server) error {
	conf, err := app.DemoConfig(s.data, s.addr)
	if err != nil {
		return err
	}
	if s.database != "" {
		conf.Database = s.database
	}
	text, err := oneGuide(ctx, conf, s.data)
	if err != nil {
		return err
	}
	codes, err := s.listsOf(ctx, text)
	if err != nil {
		return err
	}
	best, turn := publishSlow*100.0, 0
	for range b.rounds {
		if err := b.fairly(func() (func(), error) {
			turn++
			took, err := s.published(ctx, conf, text, codes, fmt.Sprintf("第%d次公布的试验说明", turn))
			if err != nil {
				return nil, err
			}
			fmt.Printf("   %s: seen everywhere %.2f s after it was published\n", engine, took.Seconds())
			return func() { best = min(best, took.Seconds()) }, nil
		}); err != nil {
			return err
		}
	}
	b.judge(engine+": a publication is seen everywhere", best, false, publishSlow, " s")
	return nil
}

// oneGuide is an item file of one guide of the running city.
func oneGuide(ctx context.Context, conf app.Config, dir string) ([]byte, error) {
	file := filepath.Join(dir, "bench-all.yaml")
	if _, err := app.ExportItems(ctx, conf, file); err != nil {
		return nil, err
	}
	all, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	first, _, ok := bytes.Cut(bytes.TrimPrefix(all, []byte("---\n")), []byte("\n---\n"))
	if !ok || !bytes.Contains(first, summaryHead) || !bytes.Contains(first, aliasesHead) {
		return nil, errors.New("the export is not as expected")
	}
	return first, nil
}

// Where the words go: what people call it, and its summary.
var (
	aliasesHead = []byte("\n    aliases:")
	summaryHead = []byte("\n    summary: ")
)

// listsOf names the lists of the matter that an item file is about.
func (s *server) listsOf(ctx context.Context, text []byte) (codes []string, err error) {
	_, rest, ok := bytes.Cut(text, []byte(`basicCode: "`))
	if !ok || len(rest) < 12 {
		return nil, errors.New("no basic code")
	}
	body, err := s.get(ctx, "/api/v1/matters/"+string(rest[:12]))
	if err != nil {
		return nil, err
	}
	var matter struct{ Lists []struct{ Code string } }
	err = json.Unmarshal(body, &matter)
	for _, l := range matter.Lists {
		codes = append(codes, l.Code)
	}
	return codes, err
}

// published publishes the guide with some words in it and tells how long
// it took from then until the pages of its lists, the search and the feed had it.
func (s *server) published(ctx context.Context, conf app.Config, text []byte, codes []string, words string) (time.Duration, error) {
	before, err := s.get(ctx, "/api/v1/items/changes?after=0&limit=1")
	if err != nil {
		return 0, err
	}
	file := filepath.Join(s.data, "bench-one.yaml")
	text = bytes.Replace(text, aliasesHead, append(bytes.Clone(aliasesHead), "\n    - "+words...), 1)
	text = bytes.Replace(text, summaryHead, append(bytes.Clone(summaryHead), words...), 1)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return 0, err
	}
	out, err := app.ImportItems(ctx, conf, file, "bench", false)
	if err != nil || !out.Done {
		return 0, errors.Join(err, fmt.Errorf("published %v, refused %v", out.Done, out.Refused))
	}
	at := time.Now()
	for time.Since(at) < 5*publishSlow*time.Second {
		seen, err := s.everywhere(ctx, codes, words)
		if err != nil {
			return 0, err
		}
		feed, err := s.get(ctx, "/api/v1/items/changes?after=0&limit=1")
		if err != nil {
			return 0, err
		}
		if seen >= out.Changed && !bytes.Equal(feed, before) {
			return time.Since(at), nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return 0, fmt.Errorf("not seen after %d s", 5*publishSlow)
}

// everywhere counts the lists whose page shows the words, once the search finds
// them; 0 before.
func (s *server) everywhere(ctx context.Context, codes []string, words string) (n int, err error) {
	found, err := s.get(ctx, "/items?q="+url.QueryEscape(words))
	if err != nil || !bytes.Contains(found, []byte(codes[0][19:])) {
		return 0, err
	}
	for _, code := range codes {
		page, err := s.get(ctx, "/items/"+code)
		if err != nil {
			return 0, err
		}
		if bytes.Contains(page, []byte(words)) {
			n++
		}
	}
	return n, nil
}
