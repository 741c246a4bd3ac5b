package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/casework"
)

// PromiseIn 承诺 is what an applicant promises and signs: materials that follow
// later (容缺受理) and commitments instead of proof (告知承诺).
type PromiseIn struct {
	Later  []string `json:"later,omitempty" maxItems:"100" doc:"Codes of materials whose necessity is tolerant and that are not handed in yet."`
	Commit []string `json:"commit,omitempty" maxItems:"100" doc:"Keys of commitments of the guide, chosen instead of proof."`
	Name   string   `json:"name,omitempty" maxLength:"100" doc:"Who signs: the person's own name."`
	Hash   string   `json:"hash,omitempty" maxLength:"64" doc:"Of the whole text as it was shown, see promise-text."`
}

func (p PromiseIn) signed() casework.Promise {
	return casework.Promise{Later: p.Later, Commit: p.Commit, Name: p.Name, Hash: p.Hash}
}

// PromiseWhole is the whole text that is shown and signed.
type PromiseWhole struct {
	Hash  string                 `json:"hash" doc:"SM3 that names exactly these texts; send it back with the signature."`
	Texts []casework.PromiseText `json:"texts" doc:"Show them whole."`
}

// DraftPromise is what stands signed in a draft.
type DraftPromise struct {
	Later  []string  `json:"later,omitempty"`
	Commit []string  `json:"commit,omitempty"`
	Name   string    `json:"name,omitempty"`
	Hash   string    `json:"hash,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// CasePromise is one promise of a case and what became of it.
type CasePromise struct {
	Kind     string    `json:"kind" enum:"later,commitment"`
	Key      string    `json:"key" doc:"Code of the material, or key of the commitment."`
	Name     string    `json:"name"`
	State    Word      `json:"state"`
	Due      string    `json:"due,omitempty" format:"date" doc:"Until when the material follows."`
	Material string    `json:"material,omitempty" doc:"The material that is to follow, or for which the promise stands."`
	Document ID        `json:"document" doc:"The signed text."`
	SignedAt time.Time `json:"signedAt"`
}

// CaseInstant 秒批结论 is what the published clauses gave.
type CaseInstant struct {
	At      time.Time       `json:"at"`
	Met     bool            `json:"met" doc:"All clauses; else a person decides. The platform never refuses."`
	Clauses []InstantClause `json:"clauses"`
	Sample  string          `json:"sample,omitempty" enum:"open,right,wrong,upheld" doc:"What a person found who looked at it afterwards."`
}

// InstantClause is a clause with its answer.
type InstantClause struct {
	Key     string         `json:"key"`
	Name    string         `json:"name"`
	Basis   string         `json:"basis"`
	When    string         `json:"when" doc:"The rule, in CEL."`
	Met     bool           `json:"met"`
	Unknown bool           `json:"unknown,omitempty" doc:"It could not be answered."`
	Values  []InstantValue `json:"values,omitempty" doc:"What it looked at; for the party and for staff who handle the case."`
}

// InstantValue is a value in words.
type InstantValue struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

func casePromises(c *call, v *casework.View) (out []CasePromise) {
	for _, p := range v.Promises {
		out = append(out, CasePromise{string(p.Kind), p.Key, c.pick(p.Name, p.NameEN), word(c, p.State), p.DueOn, p.Material, ID(p.Document), p.SignedAt.UTC()})
	}
	return out
}

func caseInstant(c *call, in *casework.Instant) *CaseInstant {
	if in == nil {
		return nil
	}
	return &CaseInstant{in.At.UTC(), in.Met, mapTo(in.Clauses, func(x casework.InstantClause) InstantClause {
		return InstantClause{x.Key, c.pick(x.Name, x.NameEN), x.Basis, x.When, x.Met, x.Unknown,
			mapTo(x.Values, func(v casework.InstantValue) InstantValue {
				return InstantValue{c.pick(v.Name, v.NameEN), c.pick(v.Text, v.TextEN)}
			})}
	}), in.Sample}
}

func (s *server) promises() {
	s.heldDrafts()
	add(s, operation{id: "promise-text", method: http.MethodGet, path: "/items/{code}/promise", tag: "apply", open: true, zh: "承诺书全文", en: "The whole text of a promise, for an application in one act",
		more: "Show it whole; the application sends its hash with the signature."},
		func(ctx context.Context, c *call, in *struct {
			CodeIn
			Later  []string `query:"later" maxItems:"100" nullable:"false"`
			Commit []string `query:"commit" maxItems:"100" nullable:"false"`
		}) (PromiseWhole, error) {
			_, v, err := s.Catalog.Guide(ctx, in.Code)
			if err != nil {
				return PromiseWhole{}, err
			}
			texts, hash := casework.PromiseTextOf(&v.Guide, casework.Promise{Later: in.Later, Commit: in.Commit})
			return promiseText(texts, hash), nil
		})
	add(s, operation{id: "draft-promise-text", method: http.MethodGet, path: "/drafts/{id}/promise", tag: "apply", zh: "草稿的承诺书全文", en: "The whole text of a promise, for a draft"},
		func(ctx context.Context, c *call, in *struct {
			DraftIn
			Later  []string `query:"later" maxItems:"100" nullable:"false"`
			Commit []string `query:"commit" maxItems:"100" nullable:"false"`
		}) (PromiseWhole, error) {
			texts, hash, err := s.Casework.PromiseText(ctx, c.Actor, int64(in.ID), casework.Promise{Later: in.Later, Commit: in.Commit})
			if err != nil {
				return PromiseWhole{}, err
			}
			return promiseText(texts, hash), nil
		})
	add(s, operation{id: "draft-promise", method: http.MethodPost, path: "/drafts/{id}/promise", tag: "apply", zh: "签署承诺书", en: "Sign a promise",
		more: "Without later and commit it takes the promise back.", again: "the time of the last signature counts."},
		func(ctx context.Context, c *call, in *struct {
			DraftIn
			Body struct {
				VersionIn
				PromiseIn
			}
		}) (Draft, error) {
			_, err := s.Casework.SignPromise(ctx, c.Actor, int64(in.ID), in.Body.Version, in.Body.signed())
			return s.shownAfter(ctx, c, in.ID, err)
		})
}

func promiseText(texts []casework.PromiseText, hash string) PromiseWhole {
	if texts == nil {
		texts = []casework.PromiseText{}
	}
	return PromiseWhole{hash, texts}
}
