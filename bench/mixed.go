package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync/atomic"
	"time"
)

// The rates of the mixed part, each kind of page at half of the pages' rate.
const (
	readRate   = 200
	submitRate = 300
)

// words are what people type into the search box.
var words = []string{"食品经营许可", "挖路", "残疾人证", "结婚", "公积金", "营业执照", "居住证", "社保卡", "老年人", "卫生许可", "道路", "身份证"}

// mixed asks the running program for guides and searches, with and without
// submissions coming in beside them.
func (b *bench) mixed(ctx context.Context) error {
	return b.onEach(ctx, b.mixedOn)
}

func (b *bench) mixedOn(ctx context.Context, engine string) error {
	return b.running(ctx, engine, "mixed", 200, func(s *server) error { return b.mixedWith(ctx, engine, s) })
}

func (b *bench) mixedWith(ctx context.Context, engine string, s *server) error {
	codes, err := s.items(ctx)
	if err != nil {
		return err
	}
	who, err := s.filers(ctx)
	if err != nil {
		return err
	}
	bodies, err := applications(codes[0], who)
	if err != nil {
		return err
	}
	var n atomic.Int64
	submit := &kind{name: "submissions", rate: submitRate, do: func(ctx context.Context, i int) error {
		k := i % len(who)
		_, err := s.post(ctx, "/cases", "application/json", who[k].token, fmt.Sprintf("bench-%d", n.Add(1)), bodies[k])
		return err
	}}
	pages := func(d time.Duration) (*kind, *kind, error) {
		guide := &kind{name: "guide", rate: readRate / 2, do: func(ctx context.Context, i int) error {
			_, err := s.get(ctx, "/items/"+codes[i%len(codes)])
			return err
		}}
		search := &kind{name: "search", rate: readRate / 2, do: func(ctx context.Context, i int) error {
			_, err := s.get(ctx, "/items?q="+url.QueryEscape(words[i%len(words)]))
			return err
		}}
		return guide, search, open(ctx, clients, d, guide, search)
	}
	if _, _, err := pages(b.run / 2); err != nil { // templates, plans, connections
		return err
	}
	var best [2][2]least // quiet and busy; guide and search
	for range b.rounds {
		err := b.fairly(func() (func(), error) {
			var all [2][]*kind
			for busy := range all {
				failed := make(chan error, 1)
				if busy == 1 {
					go func() { failed <- open(ctx, 2*clients, b.run+300*time.Millisecond, submit) }()
					time.Sleep(300 * time.Millisecond)
				} else {
					failed <- nil
				}
				guide, search, err := pages(b.run)
				if err = errors.Join(err, <-failed); err != nil {
					return nil, err
				}
				all[busy] = []*kind{guide, search}
				if busy == 0 {
					fmt.Printf("   %s quiet:%s\n", engine, show(guide, search))
				} else {
					fmt.Printf("   %s busy: %s\n", engine, show(guide, search, submit))
				}
			}
			return func() {
				for i := range all {
					for j, k := range all[i] {
						best[i][j].take(k)
					}
				}
			}, nil
		})
		if err != nil {
			return err
		}
	}
	for j, name := range []string{"guide page", "search"} {
		b.judge(fmt.Sprintf("%s: %s beside %d submissions/s, p50", engine, name, submitRate), best[1][j].p50/best[0][j].p50, false, 2, "")
		b.judge(fmt.Sprintf("%s: %s beside %d submissions/s, p99", engine, name, submitRate), best[1][j].p99/best[0][j].p99, false, 3, "")
	}
	return nil
}

// items gives the codes of all items; the first is the one that is applied for.
func (s *server) items(ctx context.Context) ([]string, error) {
	var codes []string
	for _, q := range []string{"?q=" + url.QueryEscape("占用城市绿化用地") + "&limit=1", "?limit=100"} {
		body, err := s.get(ctx, "/api/v1/items"+q)
		var list struct{ Items []struct{ Code string } }
		if err == nil {
			err = json.Unmarshal(body, &list)
		}
		if err != nil {
			return nil, err
		}
		if len(list.Items) == 0 {
			return nil, errors.New("no items: " + q)
		}
		for _, it := range list.Items {
			codes = append(codes, it.Code)
		}
	}
	return codes, nil
}

// applications are the bodies that the filers send.
func applications(item string, who []filer) (out [][]byte, err error) {
	for _, f := range who {
		var materials []map[string]any
		for _, m := range []string{"m02", "m03", "m04"} {
			materials = append(materials, map[string]any{"code": m, "files": []map[string]string{{"file": f.file, "name": "材料.pdf"}}})
		}
		b, err := json.Marshal(map[string]any{"item": item, "consent": true, "delivery": map[string]string{"way": "pickup"},
			"materials": materials, "answers": answers})
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}
