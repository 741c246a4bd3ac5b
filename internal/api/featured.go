package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/rule"
)

// FeaturedList 特色服务清单 is one of the nine lists of 第九条.
type FeaturedList struct {
	Key     string       `json:"key" example:"instant"`
	Name    string       `json:"name"`
	Means   string       `json:"means" doc:"What it means for people."`
	Note    string       `json:"note,omitempty" doc:"What it does not promise yet."`
	Rule    FeaturedRule `json:"rule" doc:"In force."`
	Matters int          `json:"matters" doc:"How many matters are in it."`
	Lists   int          `json:"lists" doc:"How many implementation lists."`
}

// FeaturedRule is a version of the membership rule.
type FeaturedRule struct {
	No      int        `json:"no" doc:"0 for the rule that the platform comes with."`
	Rule    string     `json:"rule" doc:"In the Common Expression Language; GET /featured/attributes lists what it may ask."`
	Words   string     `json:"words"`
	Reason  string     `json:"reason,omitempty" doc:"Why it was changed."`
	At      *time.Time `json:"at,omitempty"`
	Applied bool       `json:"applied" doc:"The whole catalogue has been gone through with it."`
}

// FeaturedAttribute is a value of an implementation list that a rule may ask for.
type FeaturedAttribute struct {
	Key   string `json:"key"`
	Type  string `json:"type" enum:"bool,int,text,texts"`
	Means string `json:"means"`
}

// FeaturedMatter is a matter in a list, with the implementation lists that are.
type FeaturedMatter struct {
	BasicCode string `json:"basicCode"`
	Name      string `json:"name"`
	Lists     []Item `json:"lists" doc:"From the city downwards."`
}

// FeaturedMove tells that an implementation list joined a featured list or left it.
type FeaturedMove struct {
	At     time.Time `json:"at"`
	List   string    `json:"list"`
	Item   string    `json:"item" doc:"实施编码."`
	Name   string    `json:"name"`
	Joined bool      `json:"joined"`
	Cause  string    `json:"cause" enum:"rule,choice,state" doc:"state: the item was suspended or cancelled."`
	RuleNo int       `json:"ruleNo" doc:"The rule that held."`
	Reason string    `json:"reason,omitempty" doc:"Of the choice."`
}

// FeaturedChoice is an addition or exclusion by hand.
type FeaturedChoice struct {
	ID        ID         `json:"id"`
	Subject   string     `json:"subject" doc:"A list's code 实施编码, or a matter's 基本编码."`
	Kind      string     `json:"kind" enum:"add,exclude"`
	Reason    string     `json:"reason"`
	By        string     `json:"by"`
	At        time.Time  `json:"at"`
	Withdrawn *time.Time `json:"withdrawn,omitempty"`
	EndedBy   string     `json:"endedBy,omitempty"`
	EndReason string     `json:"endReason,omitempty"`
}

// FeaturedTrial is what another rule would change.
type FeaturedTrial struct {
	Stay   int      `json:"stay"`
	Join   []string `json:"join" doc:"实施编码 that would join."`
	Leave  []string `json:"leave"`
	Failed int      `json:"failed" doc:"Lists for which the rule has no answer; they are left out."`
}

// FeaturedIn names a featured list.
type FeaturedIn struct {
	Key string `path:"key" pattern:"^[a-z0-9-]{1,40}$"`
}

// FeaturedItemsIn narrows one.
type FeaturedItemsIn struct {
	FeaturedIn
	PageIn
	Division string `query:"division" pattern:"^[0-9]{12}$" doc:"With what lies in it, and what it lies in."`
	Dept     string `query:"dept" maxLength:"20" doc:"Kind of department in charge: the end of unit keys."`
}

// FeaturedMovesIn pages through its history.
type FeaturedMovesIn struct {
	FeaturedIn
	PageIn
}

// FeaturedTrialIn is a rule to be tried.
type FeaturedTrialIn struct {
	FeaturedIn
	Body struct {
		Rule string `json:"rule" maxLength:"8000"`
	}
}

// FeaturedRuleIn is a rule to be kept.
type FeaturedRuleIn struct {
	FeaturedIn
	Body struct {
		Rule    string `json:"rule" maxLength:"8000"`
		Words   string `json:"words" maxLength:"2000" doc:"The rule in words, for people."`
		WordsEN string `json:"wordsEn,omitempty" maxLength:"2000"`
		Reason  string `json:"reason" maxLength:"2000"`
		No      int    `json:"no" doc:"Of the rule that is in force; another one is a conflict."`
	}
}

// FeaturedChoiceIn is an addition or exclusion.
type FeaturedChoiceIn struct {
	FeaturedIn
	Body struct {
		Subject string `json:"subject" maxLength:"40"`
		Kind    string `json:"kind" enum:"add,exclude"`
		Reason  string `json:"reason" maxLength:"2000"`
	}
}

// FeaturedWithdrawIn ends one.
type FeaturedWithdrawIn struct {
	ID   ID `path:"id"`
	Body struct {
		Reason string `json:"reason" maxLength:"2000"`
	}
}

func (s *server) featured() {
	addReply(s, operation{id: "featured", method: http.MethodGet, path: "/featured", tag: "items", open: true, zh: "特色服务清单", en: "The nine featured lists, with their rules"},
		func(ctx context.Context, c *call, _ *none) (*reply[List[FeaturedList]], error) {
			all, err := s.Catalog.Featured(ctx)
			if err != nil {
				return nil, err
			}
			return publicBody(c, List[FeaturedList]{Items: mapTo(all, func(x catalog.Standing) FeaturedList {
				return FeaturedList{x.Key, c.pick(x.Name, x.NameEN), c.pick(x.Means, x.MeansEN), c.pick(x.Note, x.NoteEN), featuredRule(c, x.Rule), x.Matters, x.Items}
			})})
		})
	addReply(s, operation{id: "featured-attributes", method: http.MethodGet, path: "/featured/attributes", tag: "items", open: true, zh: "规则可用的属性", en: "What a membership rule may ask for"},
		func(ctx context.Context, c *call, _ *none) (*reply[List[FeaturedAttribute]], error) {
			kinds := map[rule.Type]string{rule.Bool: "bool", rule.Int: "int", rule.Text: "text", rule.Texts: "texts"}
			return publicBody(c, List[FeaturedAttribute]{Items: mapTo(catalog.FeatureAttributes(), func(a rule.Attribute) FeaturedAttribute {
				return FeaturedAttribute{a.Key, kinds[a.Type], c.pick(a.ZH, a.EN)}
			})})
		})
	add(s, operation{id: "featured-items", method: http.MethodGet, path: "/featured/{key}/items", tag: "items", open: true, zh: "清单中的事项", en: "What is in a featured list, matter by matter"},
		func(ctx context.Context, c *call, in *FeaturedItemsIn) (List[FeaturedMatter], error) {
			return s.featuredItems(ctx, in)
		})
	add(s, operation{id: "featured-moves", method: http.MethodGet, path: "/featured/{key}/moves", tag: "items", open: true, zh: "清单的进出记录", en: "Who joined a featured list and who left it, newest first"},
		func(ctx context.Context, c *call, in *FeaturedMovesIn) (List[FeaturedMove], error) {
			return s.featuredMoves(ctx, in)
		})
	add(s, operation{id: "featured-rules", method: http.MethodGet, path: "/featured/{key}/rules", tag: "items", open: true, zh: "清单的历次规则", en: "The rules that a featured list has had, newest first"},
		func(ctx context.Context, c *call, in *FeaturedIn) (List[FeaturedRule], error) {
			all, err := s.Catalog.FeatureRules(ctx, in.Key)
			return List[FeaturedRule]{Items: mapTo(all, func(r catalog.FeatureRule) FeaturedRule { return featuredRule(c, r) })}, err
		})
	add(s, operation{id: "item-featured", method: http.MethodGet, path: "/items/{code}/featured", tag: "items", open: true, zh: "事项进出特色清单的记录", en: "When an item joined featured lists and left them, newest first"},
		func(ctx context.Context, c *call, in *CodeIn) (List[FeaturedMove], error) {
			it, err := s.Catalog.Item(ctx, in.Code)
			if err != nil {
				return List[FeaturedMove]{}, err
			}
			all, err := s.Catalog.MovesOfItem(ctx, it.ID)
			return List[FeaturedMove]{Items: mapTo(all, featuredMove)}, err
		})
	s.featuredKeeping()
}

// featuredKeeping is for those who look after the lists.
func (s *server) featuredKeeping() {
	add(s, operation{id: "featured-choices", method: http.MethodGet, path: "/featured/{key}/choices", tag: "items", zh: "增列和排除", en: "Stewards: what was added and excluded by hand"},
		func(ctx context.Context, c *call, in *FeaturedIn) (List[FeaturedChoice], error) {
			if err := s.compiling(ctx, c); err != nil {
				return List[FeaturedChoice]{}, err
			}
			all, err := s.Catalog.Choices(ctx, in.Key)
			return List[FeaturedChoice]{Items: mapTo(all, func(x catalog.Choice) FeaturedChoice {
				return FeaturedChoice{ID(x.ID), x.Subject, x.Kind, x.Reason, x.By, x.At.UTC(), instant(x.Withdrawn), x.EndedBy, x.EndReason}
			})}, err
		})
	add(s, operation{id: "featured-try", method: http.MethodPost, path: "/featured/{key}/rule/try", tag: "items", zh: "试算规则", again: "nothing is stored.", en: "Stewards: what another rule would change"},
		func(ctx context.Context, c *call, in *FeaturedTrialIn) (FeaturedTrial, error) {
			if err := s.compiling(ctx, c); err != nil {
				return FeaturedTrial{}, err
			}
			t, err := s.Catalog.TryRule(ctx, in.Key, in.Body.Rule)
			var refused *rule.Error
			switch {
			case errors.As(err, &refused):
				return FeaturedTrial{}, errs.InvalidFields(refused.Fields("rule")...)
			case err != nil:
				return FeaturedTrial{}, err
			}
			code := func(it catalog.Item) string { return it.Code }
			return FeaturedTrial{t.Stay, mapTo(t.Join, code), mapTo(t.Leave, code), t.Failed}, nil
		})
	do(s, operation{id: "featured-rule", method: http.MethodPost, path: "/featured/{key}/rule", tag: "items", zh: "修改规则", again: "the number of the rule that was seen is no longer the one in force, and it is refused.", en: "Reviewers of the city: keep another rule", more: "The list follows within moments."},
		func(ctx context.Context, c *call, in *FeaturedRuleIn) error {
			b := in.Body
			return s.Catalog.SetFeatureRule(ctx, c.Actor, in.Key, catalog.RuleInput{Rule: b.Rule, Words: b.Words, WordsEN: b.WordsEN, Reason: b.Reason, No: b.No})
		})
	do(s, operation{id: "featured-choose", method: http.MethodPost, path: "/featured/{key}/choices", tag: "items", zh: "增列或者排除", again: "the choice is made already, and it is refused.", en: "Reviewers: add or exclude by hand, with a reason"},
		func(ctx context.Context, c *call, in *FeaturedChoiceIn) error {
			return s.Catalog.Choose(ctx, c.Actor, catalog.ChoiceInput{List: in.Key, Subject: in.Body.Subject, Kind: in.Body.Kind, Reason: in.Body.Reason})
		})
	do(s, operation{id: "featured-withdraw", method: http.MethodPost, path: "/featured/choices/{id}/withdraw", tag: "items", zh: "撤回增列或者排除", again: "it is withdrawn already, and it is refused.", en: "Reviewers: withdraw an addition or exclusion"},
		func(ctx context.Context, c *call, in *FeaturedWithdrawIn) error {
			return s.Catalog.WithdrawChoice(ctx, c.Actor, int64(in.ID), in.Body.Reason)
		})
}

// compiling lets those pass who may look at what is being compiled, wherever
// their role holds.
func (s *server) compiling(ctx context.Context, c *call) error {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	at := identity.Target{UnitPath: dir.Path(c.Actor.Unit)}
	for _, g := range c.Actor.Grants {
		if g.Role == actor.ItemSteward || g.Role == actor.ItemReviewer {
			at.UnitPath = g.Path
		}
	}
	return s.Identity.Allow(ctx, c.Actor, identity.CatalogueRead, at, "featured")
}

func featuredRule(c *call, r catalog.FeatureRule) FeaturedRule {
	out := FeaturedRule{No: r.No, Rule: r.Rule, Words: c.pick(r.Words, r.WordsEN), Reason: r.Reason, Applied: r.Applied}
	if r.No > 0 {
		out.At = instant(r.At)
	}
	return out
}

func featuredMove(m catalog.Move) FeaturedMove {
	return FeaturedMove{m.At.UTC(), m.List, m.Item.Code, m.Item.Name, m.Joined, m.Cause, m.RuleNo, m.Reason}
}

// featuredItems pages through a list that lies in memory.
func (s *server) featuredItems(ctx context.Context, in *FeaturedItemsIn) (out List[FeaturedMatter], err error) {
	from, err := behind("featured", in.Cursor)
	if err != nil {
		return out, err
	}
	all, err := s.Catalog.FeaturedMatters(ctx, in.Key, catalog.FeaturedQuery{Division: in.Division, Dept: in.Dept})
	if err != nil {
		return out, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return out, err
	}
	at := min(int(from), len(all))
	end := min(at+in.limit(), len(all))
	out.Items = mapTo(all[at:end], func(m catalog.FeaturedMatter) FeaturedMatter {
		return FeaturedMatter{m.Code, m.Name, mapTo(m.Places, func(it catalog.Item) Item { return item(dir, &it) })}
	})
	if end < len(all) {
		out.Next = after("featured", int64(end))
	}
	return out, nil
}

func (s *server) featuredMoves(ctx context.Context, in *FeaturedMovesIn) (out List[FeaturedMove], err error) {
	at, err := position("featured-moves", in.Cursor)
	if err != nil {
		return out, err
	}
	var from catalog.MoveCursor
	if at != "" {
		micros, id, _ := strings.Cut(at, "-")
		var err1, err2 error
		from.At, err1 = strconv.ParseInt(micros, 10, 64)
		from.ID, err2 = strconv.ParseInt(id, 10, 64)
		if err1 != nil || err2 != nil {
			return out, errCursor
		}
	}
	moves, next, err := s.Catalog.Moves(ctx, in.Key, from, in.limit())
	if err != nil {
		return out, err
	}
	out.Items = mapTo(moves, featuredMove)
	if next != (catalog.MoveCursor{}) {
		out.Next = cursor("featured-moves", strconv.FormatInt(next.At, 10)+"-"+strconv.FormatInt(next.ID, 10))
	}
	return out, nil
}
