package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/app"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/sample"
)

// The search part: so many matters, asked so often a second, and what may be
// waited for an answer.
const (
	searchMatters = 5000
	searchRate    = 200
	searchMiddle  = 5  // ms, half of the answers
	searchSlow    = 30 // ms, all but one in a hundred
)

// asked are what people type: names, daily words, questions, wrong characters,
// pinyin, places, codes, and what is not there.
var asked = []string{"食品经营许可", "开饭店", "我想开个奶茶店要什么证", "身份证丢了怎么办", "小孩上户口", "公积金", "残疾人证", "社保", "许可", "证",
	"低宝怎么申请", "营业执招", "gongjijin", "zfgjj", "梁溪 低保", "梁溪区民政局", "320599022000", "外地住院回来报销", "办理地点", "量子传输"}

// search asks a large catalogue in the words of people, with the counts of all
// filters, as the page does.
func (b *bench) search(ctx context.Context) error {
	return b.onEach(ctx, b.searchOn)
}

func (b *bench) searchOn(ctx context.Context, engine string) (err error) {
	c, err := b.newCity(ctx, engine, "search")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	lists, err := c.grow(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("   %s: %d matters, %d lists, %d searches a second by %d clients\n", engine, searchMatters, lists, searchRate, clients)
	turn := func() (*kind, error) {
		k := &kind{name: "search", rate: searchRate, do: func(ctx context.Context, i int) error {
			_, err := c.Catalog.Search(ctx, catalog.Query{Text: asked[i%len(asked)], Unopened: true, Counts: true})
			return err
		}}
		return k, open(ctx, clients, b.run, k)
	}
	if _, err := turn(); err != nil { // plans, memory
		return err
	}
	var best least
	for range b.rounds {
		err := b.fairly(func() (func(), error) {
			k, err := turn()
			if err != nil {
				return nil, err
			}
			fmt.Printf("  %s\n", show(k))
			return func() { best.take(k) }, nil
		})
		if err != nil {
			return err
		}
	}
	b.judge("search, "+engine+": half within", best.p50, false, searchMiddle, " ms")
	b.judge("search, "+engine+": 99 of 100 within", best.p99, false, searchSlow, " ms")
	return nil
}

// grow fills the basic catalogue with matters named like those of the sample.
func (c *city) grow(ctx context.Context) (lists int, err error) {
	folder, err := app.ReadFolder(sample.City)
	if err != nil {
		return 0, err
	}
	like := folder.Catalogue
	var more []catalog.Basic
	for i := 0; len(like)+len(more) < searchMatters; i++ {
		m := like[i%len(like)]
		m.Code = fmt.Sprintf("32%s%05d000", m.Type, 10000+i)
		m.Name = []string{"跨区域", "重点行业", "园区内", "涉外", "应急", "联合"}[i/len(like)%6] + m.Name + fmt.Sprintf("（第%d类）", i/len(like)+1)
		more = append(more, m)
	}
	if err := c.Catalog.ImportBasics(ctx, actor.Platform(), more); err != nil {
		return 0, err
	}
	x, err := c.Catalog.Index(ctx)
	if err != nil {
		return 0, err
	}
	if len(x.Basics) != searchMatters {
		return 0, fmt.Errorf("%d matters", len(x.Basics))
	}
	return len(x.Items), nil
}
