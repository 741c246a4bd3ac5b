package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/rule"
)

// AssistWindows counts the windows for assistance 帮办代办 at each centre, by the
// centre's unit. The channel room knows them.
type AssistWindows func(q db.Queryer) (map[int64]int, error)

// BankOutlets counts the bank outlets 银行网点 that take a matter for a centre, by
// the centre's unit and the matter's basic code. The channel room knows them.
type BankOutlets func(q db.Queryer) (map[int64]map[string]int, error)

const (
	// sqlHoldCatalog makes acts upon the catalogue wait for each other: what one
	// reads of a matter's lists then holds until it commits.
	sqlHoldCatalog  = `UPDATE catalog_state SET version = version WHERE id = 1`
	sqlMattersOf    = `SELECT basic_code FROM item WHERE id = $1`
	sqlMatterCodes  = `SELECT DISTINCT basic_code FROM item WHERE basic_code > $1 ORDER BY basic_code LIMIT $2`
	sqlItemsOf      = `SELECT ` + itemColumns + ` FROM item WHERE basic_code = $1 ORDER BY id`
	sqlChoicesAbout = `SELECT id, list, subject, kind FROM featured_choice WHERE withdrawn_at = 0
		AND (subject = $1 OR subject IN (SELECT code FROM item WHERE basic_code = $1)) ORDER BY id`
	sqlSetFeatured = `UPDATE item SET featured = $2 WHERE id = $1`
	sqlPutMove     = `INSERT INTO featured_move (id, list, item_id, joined, cause, rule_no, choice_id, version_id, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
)

type (
	serviceKey struct{}
	settling   struct{ basicCode string }
)

// settleLater has the featured lists of a matter settled at the end of an act
// that changed one of its lists, once however many it changed.
func (s *Service) settleLater(tx *db.Tx, item int64, code string) {
	basic, ok := s.codes.BasicOf(code)
	if !ok {
		if err := tx.QueryRow(sqlMattersOf, item).Scan(&basic); err != nil {
			tx.Fail(err)
			return
		}
	}
	tx.AtEnd(settling{basic}, func(tx *db.Tx) error {
		in, err := s.surveying(tx)
		if err != nil {
			return err
		}
		_, err = s.settle(tx, in, basic)
		return err
	})
}

// survey is what settling matters needs beside their lists.
type survey struct {
	rulings []ruling // in the order of features
	assist  map[int64]int
	banks   map[int64]map[string]int
}

// around gives what a rule may ask of the surroundings of a list.
func (in survey) around(it *Item, places int) surroundings {
	return surroundings{places: places, assist: in.assist[it.ReceivingUnitID], banks: in.banks[it.ReceivingUnitID][it.BasicCode]}
}

// surveying reads it within an act, which from here on is the only one that
// settles anything.
func (s *Service) surveying(tx *db.Tx) (survey, error) {
	tx.Queue(sqlHoldCatalog)
	return s.survey(tx)
}

func (s *Service) survey(q db.Queryer) (in survey, err error) {
	if in.rulings, err = s.rulings(q); err != nil {
		return in, err
	}
	if s.assist != nil {
		if in.assist, err = s.assist(q); err != nil {
			return in, err
		}
	}
	if s.banks != nil {
		in.banks, err = s.banks(q)
	}
	return in, err
}

// settle brings the featured lists of all lists of a matter up to date, within
// an act, and says how many moves that took. What does not change costs no write.
func (s *Service) settle(tx *db.Tx, in survey, basic string) (moves int, err error) {
	items, err := db.All(tx, itemRow, sqlItemsOf, basic)
	if err != nil {
		return 0, err
	}
	choices, err := s.choicesAbout(tx, basic)
	if err != nil {
		return 0, err
	}
	places := placesOf(items)
	for i := range items {
		it := &items[i]
		values := valuesOf(it, in.around(it, places))
		var now []string
		for k, f := range features {
			was := slices.Contains(it.Featured, f.Key)
			st, err := stand(it, values, in.rulings[k], choices[f.Key])
			if err != nil {
				s.log.WarnContext(tx.Context(), "featured rule has no answer", "list", f.Key, "item", it.Code, "err", err)
			}
			if st.in {
				now = append(now, f.Key)
			}
			if st.in != was {
				moves++
				tx.Queue(sqlPutMove, tx.NewID(), f.Key, it.ID, st.in, st.cause, st.ruleNo, st.choice, it.VersionID, tx.NowMicros())
			}
		}
		if !slices.Equal(now, it.Featured) {
			tx.Queue(sqlSetFeatured, it.ID, strings.Join(now, " "))
		}
	}
	if moves > 0 {
		s.changed(tx)
	}
	return moves, nil
}

// placesOf counts the towns and villages among the lists of a matter in use.
func placesOf(items []Item) int {
	n := 0
	for _, it := range items {
		if it.State == InUse && (it.Level == "5" || it.Level == "6") {
			n++
		}
	}
	return n
}

func (s *Service) choicesAbout(q db.Queryer, basic string) (map[string][]choice, error) {
	out := map[string][]choice{}
	rows, err := q.Query(sqlChoicesAbout, basic)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var c choice
		var list string
		if err := rows.Scan(&c.id, &list, &c.subject, &c.kind); err != nil {
			return nil, err
		}
		out[list] = append(out[list], c)
	}
	return out, nil
}

// JobFeatured settles the featured lists of the whole catalogue.
const JobFeatured = "catalog.featured"

// settleBatch is how many matters one act settles.
const settleBatch = 20

// SettleFeatured goes through the whole catalogue, a batch of matters an act:
// after a rule changed, after windows changed, and now and then. It may run
// often and twice; it says how many moves it took.
func (s *Service) SettleFeatured(ctx context.Context) (moves int, err error) {
	defer errs.Wrap(&err, "settle featured lists")
	rules, err := s.rulings(s.db.Read(ctx))
	if err != nil {
		return 0, err
	}
	for after := ""; ; {
		codes, err := db.All(s.db.Read(ctx), func(r *db.Rows) (c string, err error) { return c, r.Scan(&c) }, sqlMatterCodes, after, settleBatch)
		if err != nil {
			return moves, err
		}
		if len(codes) == 0 {
			break
		}
		n := 0
		err = s.db.Write(ctx, "catalog.featured", func(tx *db.Tx) error {
			n = 0
			in, err := s.surveying(tx)
			if err != nil {
				return err
			}
			for _, code := range codes {
				m, err := s.settle(tx, in, code)
				if err != nil {
					return err
				}
				n += m
			}
			return nil
		})
		if err != nil {
			return moves, err
		}
		moves += n
		after = codes[len(codes)-1]
	}
	return moves, s.applied(ctx, rules)
}

// compiledRules keeps rules by their text.
type compiledRules struct {
	mu sync.Mutex
	m  map[string]*rule.Rule
}

func (c *compiledRules) get(text string) (*rule.Rule, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.m[text]; r != nil {
		return r, nil
	}
	r, err := rule.Compile(text, FeatureAttributes())
	if err != nil {
		return nil, err
	}
	if c.m == nil || len(c.m) >= 100 {
		c.m = map[string]*rule.Rule{}
	}
	c.m[text] = r
	return r, nil
}

// rulings gives the rules in force, in the order of the lists.
func (s *Service) rulings(q db.Queryer) ([]ruling, error) {
	now, err := rulesNow(q)
	if err != nil {
		return nil, err
	}
	out := make([]ruling, len(features))
	for i, f := range features {
		text := f.Rule
		if r, ok := now[f.Key]; ok {
			out[i].no, text = r.No, r.Rule
		}
		if out[i].rule, err = s.compiled.get(text); err != nil {
			return nil, fmt.Errorf("rule of featured list %s: %w", f.Key, err)
		}
	}
	return out, nil
}

// ErrNoFeature is the error for a key that no featured list has.
var ErrNoFeature = errs.New(errs.NotFound, "featured-not-found", "没有这个特色服务清单。", "There is no such featured list.")

// Standing 在列情况 is one featured list and how much it holds.
type Standing struct {
	Feature
	Rule    FeatureRule // in force
	Matters int
	Items   int
}

// Featured gives the lists in their order, with how much each holds.
func (s *Service) Featured(ctx context.Context) (_ []Standing, err error) {
	defer errs.Wrap(&err, "featured lists")
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	rules, err := rulesNow(s.db.Read(ctx))
	if err != nil {
		return nil, err
	}
	out := make([]Standing, len(features))
	at := map[string]int{}
	for i, f := range features {
		out[i] = Standing{Feature: f, Rule: rules.of(f)}
		at[f.Key] = i
	}
	seen := map[[2]string]bool{}
	for _, it := range x.Items {
		for _, key := range it.Featured {
			i := at[key]
			out[i].Items++
			if m := [2]string{key, it.BasicCode}; !seen[m] {
				seen[m] = true
				out[i].Matters++
			}
		}
	}
	return out, nil
}

// FeatureOf gives one list with how much it holds.
func (s *Service) FeatureOf(ctx context.Context, key string) (*Standing, error) {
	all, err := s.Featured(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Key == key {
			return &all[i], nil
		}
	}
	return nil, ErrNoFeature
}

// Trial 试算 is what a rule would change, before it is kept.
type Trial struct {
	Rule   *rule.Rule
	Stay   int
	Join   []Item // in the order of the catalogue
	Leave  []Item
	Failed int // lists for which the rule has no answer; they are not in
}

// TryRule reckons what another rule would change in a list. A text that is no
// rule is a *rule.Error.
func (s *Service) TryRule(ctx context.Context, key, text string) (_ *Trial, err error) {
	f, ok := FeatureByKey(key)
	if !ok {
		return nil, ErrNoFeature
	}
	r, err := rule.Compile(text, FeatureAttributes())
	if err != nil {
		return nil, err
	}
	defer errs.Wrap(&err, "try rule of %s", key)
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	q := s.db.Read(ctx)
	in, err := s.survey(q)
	if err != nil {
		return nil, err
	}
	open, err := s.openChoices(q, f.Key)
	if err != nil {
		return nil, err
	}
	t := &Trial{Rule: r}
	places := map[string]int{}
	for basic, offers := range x.offers {
		for _, i := range offers {
			if it := x.Items[i]; it.State == InUse && (it.Level == "5" || it.Level == "6") {
				places[basic]++
			}
		}
	}
	for i := range x.Items {
		it := &x.Items[i]
		values := valuesOf(it, in.around(it, places[it.BasicCode]))
		st, err := stand(it, values, ruling{rule: r}, slices.Concat(open[it.Code], open[it.BasicCode]))
		if err != nil {
			t.Failed++
		}
		switch was := slices.Contains(it.Featured, f.Key); {
		case st.in && was:
			t.Stay++
		case st.in:
			t.Join = append(t.Join, *it)
		case was:
			t.Leave = append(t.Leave, *it)
		}
	}
	return t, nil
}
