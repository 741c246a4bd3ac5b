package api

import (
	"context"
	"net/http"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/replay"
)

// Replay 以往办件试算 is what a draft would have meant for past cases.
type Replay struct {
	Lists   int            `json:"lists" doc:"Lists that the draft changes."`
	Cases   int            `json:"cases" doc:"The latest cases of these lists that were replayed."`
	All     bool           `json:"all" doc:"There are no earlier ones."`
	Same    int            `json:"same" doc:"Cases for which nothing differs."`
	Counts  map[string]int `json:"counts" doc:"Cases with a difference, by its kind: refused, more, judged (a new condition, for a person to judge), slower, less, faster."`
	Reasons []ReplayReason `json:"reasons" doc:"Each difference once, the heaviest first."`
	Items   []ReplayCase   `json:"items" doc:"Cases with a difference, the heaviest first."`
}

// ReplayPoint is a difference for one application.
type ReplayPoint struct {
	Kind string `json:"kind" enum:"refused,more,judged,slower,less,faster"`
	Path string `json:"path" doc:"The part of the guide, as materials/m03."`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
}

// ReplayReason is a difference and how many cases it concerns.
type ReplayReason struct {
	ReplayPoint
	Cases int `json:"cases"`
}

// ReplayCase is a past case; who it was is masked.
type ReplayCase struct {
	List      string        `json:"list" doc:"Code of the list."`
	Date      string        `json:"date" format:"date" doc:"When it was handed in."`
	Tail      string        `json:"tail" doc:"The last four digits of its number."`
	Applicant string        `json:"applicant" doc:"Masked."`
	Outcome   string        `json:"outcome,omitempty" doc:"Left out while it is in hand."`
	Points    []ReplayPoint `json:"points"`
}

func (s *server) replays() {
	add(s, operation{id: "guide-draft-replay", method: http.MethodGet, path: "/catalogue/drafts/{id}/replay", tag: "catalogue", zh: "以往办件试算", en: "Stewards and reviewers: try a draft on past cases",
		more: "Conditions, documents, questions, limits and instant approval of the draft are held against the version in force, for the latest 500 cases of the lists that it changes. Looking at the cases is audited."},
		func(ctx context.Context, c *call, in *GuideDraftIn) (Replay, error) {
			r, err := s.Casework.Replay(ctx, c.Actor, int64(in.ID), true)
			if err != nil {
				return Replay{}, err
			}
			return replayed(r), nil
		})
}

func replayed(r *casework.Replay) Replay {
	out := Replay{Lists: r.Lists, Cases: r.Cases, All: r.All, Same: r.Same, Counts: map[string]int{}}
	for k, n := range r.Kinds {
		out.Counts[string(k)] = n
	}
	out.Reasons = mapTo(r.Reasons, func(x casework.ReplayReason) ReplayReason { return ReplayReason{replayPoint(x.Point), x.Cases} })
	out.Items = mapTo(r.Rows, func(x casework.ReplayRow) ReplayCase {
		return ReplayCase{x.List.Code, clock.DateOf(x.On).String(), x.Tail, x.Party, string(x.Outcome), mapTo(x.Points, replayPoint)}
	})
	return out
}

func replayPoint(p replay.Point) ReplayPoint { return ReplayPoint{string(p.Kind), p.Path, p.ZH, p.EN} }
