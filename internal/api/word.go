package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/catalog"
)

// Miss is what was searched without success; no person stands behind it.
type Miss struct {
	Words string    `json:"words"`
	Times int64     `json:"times"`
	Near  int64     `json:"near" doc:"Of these, how often something similar could be shown."`
	Last  time.Time `json:"last" doc:"By the minute."`
}

// DailyWord 日常用语 was added by hand to what a matter is found by.
type DailyWord struct {
	ID    ID        `json:"id"`
	Words string    `json:"words" doc:"Normalised."`
	Code  string    `json:"code" doc:"Basic code of the matter."`
	Name  string    `json:"name"`
	At    time.Time `json:"at"`
	By    string    `json:"by"`
}

// DailyWordIn is a word to be added.
type DailyWordIn struct {
	Body struct {
		Words string `json:"words" maxLength:"100" doc:"What people say; 2 to 30 characters."`
		Code  string `json:"code" maxLength:"20" doc:"Basic code of the matter that they mean."`
	}
}

func (s *server) words() {
	add(s, operation{id: "item-misses", method: http.MethodGet, path: "/items/misses", tag: "items", zh: "没搜到的词", en: "Item stewards: words searched without success, most often first"},
		func(ctx context.Context, c *call, in *PageIn) (List[Miss], error) {
			list, err := s.Catalog.Misses(ctx, c.Actor, in.limit())
			return List[Miss]{Items: mapTo(list, func(m catalog.Miss) Miss { return Miss{m.Words, m.Times, m.Near, m.Last.UTC()} })}, err
		})
	add(s, operation{id: "item-words", method: http.MethodGet, path: "/items/words", tag: "items", zh: "已加的日常用语", en: "Item stewards: daily words that were added by hand, newest first"},
		func(ctx context.Context, c *call, in *PageIn) (List[DailyWord], error) {
			list, err := s.Catalog.Words(ctx, c.Actor, in.limit())
			if err != nil {
				return List[DailyWord]{}, err
			}
			x, err := s.Catalog.Index(ctx)
			return List[DailyWord]{Items: mapTo(list, func(w catalog.Word) DailyWord { return dailyWord(c, x, w) })}, err
		})
	do(s, operation{id: "item-word-add", method: http.MethodPost, path: "/items/words", tag: "items", zh: "加为日常用语", again: "nothing changes.", en: "Reviewers of the city: add words by which a matter is found",
		more: "The search finds it at once, and the words leave the list of those searched without success."},
		func(ctx context.Context, c *call, in *DailyWordIn) error {
			return s.Catalog.AddWord(ctx, c.Actor, in.Body.Words, in.Body.Code)
		})
	do(s, operation{id: "item-word-remove", method: http.MethodDelete, path: "/items/words/{id}", tag: "items", zh: "移除日常用语", en: "Reviewers of the city: remove words that were added by hand"},
		func(ctx context.Context, c *call, in *struct {
			ID ID `path:"id"`
		}) error {
			return s.Catalog.RemoveWord(ctx, c.Actor, int64(in.ID))
		})
}

func dailyWord(c *call, x *catalog.Index, w catalog.Word) DailyWord {
	out := DailyWord{ID: ID(w.ID), Words: w.Words, Code: w.Code, At: w.At.UTC(), By: w.By}
	if b, ok := x.Basic(w.Code); ok {
		out.Name = c.pick(b.Name, b.NameEN)
	}
	return out
}
