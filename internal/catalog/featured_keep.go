package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/rule"
)

// FeatureRule 入列规则 is a version of the membership rule of a featured list.
type FeatureRule struct {
	List           string
	No             int // 0: the built-in rule
	Rule           string
	Words, WordsEN string
	Reason         string
	At             time.Time
	By             string
	Applied        bool // the whole catalogue has been gone through with it
}

// Choice 增列、排除 is a decision of a steward about one list or one matter that
// goes before the rule, with its reason.
type Choice struct {
	ID        int64
	List      string
	Subject   string // 实施编码: one list; 基本编码: every list of the matter
	Kind      string // ChoiceAdd or ChoiceExclude
	Reason    string
	At        time.Time
	By        string
	Withdrawn time.Time // zero while it holds
	EndedBy   string
	EndReason string
}

// Kinds of a choice.
const (
	ChoiceAdd     = "add"     // 增列
	ChoiceExclude = "exclude" // 排除
)

// choice is what settling needs of one.
type choice struct {
	id            int64
	subject, kind string
}

// ChoiceInput is a choice to be made; featured.yaml holds the same.
type ChoiceInput struct {
	List    string `json:"list"`
	Subject string `json:"subject"`
	Kind    string `json:"kind"`
	Reason  string `json:"reason"`
}

// RuleInput is a rule to be kept.
type RuleInput struct {
	Rule    string
	Words   string // the rule in words, for people
	WordsEN string
	Reason  string
	No      int // of the rule that the steward saw
}

const (
	ruleColumns = `list, no, rule, words, words_en, reason, made_at, made_by, applied_at`
	sqlRulesNow = `SELECT ` + ruleColumns + ` FROM featured_rule WHERE no = (SELECT max(o.no) FROM featured_rule o WHERE o.list = featured_rule.list)`
	sqlRulesOf  = `SELECT ` + ruleColumns + ` FROM featured_rule WHERE list = $1 ORDER BY no DESC LIMIT 100`
	sqlRuleNo   = `SELECT COALESCE(max(no), 0) FROM featured_rule WHERE list = $1`
	sqlPutRule  = `INSERT INTO featured_rule (id, list, no, rule, words, words_en, reason, made_at, made_by, applied_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)`
	sqlRuleApplied = `UPDATE featured_rule SET applied_at = $3 WHERE list = $1 AND no <= $2 AND applied_at = 0`

	choiceColumns = `id, list, subject, kind, reason, made_at, made_by, withdrawn_at, withdrawn_by, withdrawn_reason`
	sqlChoicesOf  = `SELECT ` + choiceColumns + ` FROM featured_choice WHERE list = $1 ORDER BY id DESC LIMIT 2000`
	sqlChoiceByID = `SELECT ` + choiceColumns + ` FROM featured_choice WHERE id = $1`
	sqlPutChoice  = `INSERT INTO featured_choice (` + choiceColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '', '')
		ON CONFLICT (subject, list) WHERE withdrawn_at = 0 DO NOTHING`
	sqlWithdrawChoice = `UPDATE featured_choice SET withdrawn_at = $2, withdrawn_by = $3, withdrawn_reason = $4 WHERE id = $1 AND withdrawn_at = 0`
)

type rulesByList map[string]FeatureRule

// of gives the rule in force of a list.
func (m rulesByList) of(f Feature) FeatureRule {
	if r, ok := m[f.Key]; ok {
		return r
	}
	return FeatureRule{List: f.Key, Rule: f.Rule, Words: f.Words, WordsEN: f.WordsEN, Applied: true}
}

func rulesNow(q db.Queryer) (rulesByList, error) {
	all, err := db.All(q, scanRule, sqlRulesNow)
	out := rulesByList{}
	for _, r := range all {
		out[r.List] = r
	}
	return out, err
}

func scanRule(r *db.Rows) (f FeatureRule, err error) {
	var at, applied int64
	err = r.Scan(&f.List, &f.No, &f.Rule, &f.Words, &f.WordsEN, &f.Reason, &at, &f.By, &applied)
	f.At, f.Applied = db.Time(at), applied != 0
	return f, err
}

func scanChoice(r scanner) (c Choice, err error) {
	var at, ended int64
	err = r.Scan(&c.ID, &c.List, &c.Subject, &c.Kind, &c.Reason, &at, &c.By, &ended, &c.EndedBy, &c.EndReason)
	c.At = db.Time(at)
	if ended != 0 {
		c.Withdrawn = db.Time(ended)
	}
	return c, err
}

// FeatureRules lists the rules that a list has had, newest first, the built-in
// one last.
func (s *Service) FeatureRules(ctx context.Context, key string) ([]FeatureRule, error) {
	f, ok := FeatureByKey(key)
	if !ok {
		return nil, ErrNoFeature
	}
	all, err := db.All(s.db.Read(ctx), scanRule, sqlRulesOf, key)
	return append(all, rulesByList(nil).of(f)), err
}

// Choices lists the additions and exclusions of a list, newest first, those
// withdrawn among them.
func (s *Service) Choices(ctx context.Context, key string) ([]Choice, error) {
	return db.All(s.db.Read(ctx), func(r *db.Rows) (Choice, error) { return scanChoice(r) }, sqlChoicesOf, key)
}

// openChoices are the choices of a list that hold, by subject.
func (s *Service) openChoices(q db.Queryer, key string) (map[string][]choice, error) {
	all, err := db.All(q, func(r *db.Rows) (Choice, error) { return scanChoice(r) }, sqlChoicesOf, key)
	out := map[string][]choice{}
	for _, c := range all {
		if c.Withdrawn.IsZero() {
			out[c.Subject] = append(out[c.Subject], choice{c.ID, c.Subject, c.Kind})
		}
	}
	return out, err
}

// maxReason is how long a reason may be, in characters.
const maxReason = 500

func reasonFields(path, reason string) []errs.Field {
	switch n := utf8.RuneCountInString(reason); {
	case strings.TrimSpace(reason) == "":
		return []errs.Field{{Path: path, Code: "required", ZH: "请写明理由，公开页面会显示", EN: "Give a reason; the public page shows it"}}
	case n > maxReason:
		return []errs.Field{{Path: path, Code: "max-length", ZH: fmt.Sprintf("理由请不要超过%d个字", maxReason), EN: fmt.Sprintf("At most %d characters", maxReason)}}
	}
	return nil
}

// ErrRuleChanged is the error when somebody else has changed the rule meanwhile.
var ErrRuleChanged = errs.New(errs.Conflict, "featured-rule-changed", "别人刚刚修改了这条规则，请重新查看后再改。", "Somebody has just changed this rule; look again before you change it.")

// SetFeatureRule 修改规则 keeps another rule for a list. Who is in it follows
// within moments, a batch of matters at a time (SettleFeatured).
func (s *Service) SetFeatureRule(ctx context.Context, a actor.Actor, key string, in RuleInput) (err error) {
	defer errs.Wrap(&err, "rule of featured list %s", key)
	if _, ok := FeatureByKey(key); !ok {
		return ErrNoFeature
	}
	if err := s.ids.Allow(ctx, a, identity.FeaturedManage, identity.Target{UnitPath: s.topPath(ctx)}, "featured/"+key); err != nil {
		return err
	}
	var bad []errs.Field
	var refused *rule.Error
	if _, err := s.compiled.get(in.Rule); errors.As(err, &refused) {
		bad = append(bad, refused.Fields("rule")...)
	} else if err != nil {
		return err
	}
	switch n := utf8.RuneCountInString(in.Words); {
	case strings.TrimSpace(in.Words) == "":
		bad = append(bad, errs.Field{Path: "words", Code: "required", ZH: "请用一句话写明规则，群众要看得懂", EN: "Say the rule in a sentence that people understand"})
	case n > maxReason:
		bad = append(bad, errs.Field{Path: "words", Code: "max-length", ZH: fmt.Sprintf("请不要超过%d个字", maxReason), EN: fmt.Sprintf("At most %d characters", maxReason)})
	}
	if bad = append(bad, reasonFields("reason", in.Reason)...); len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	return s.db.Write(ctx, "catalog.featured-rule", func(tx *db.Tx) error {
		tx.Queue(sqlHoldCatalog)
		var no int
		if err := tx.QueryRow(sqlRuleNo, key).Scan(&no); err != nil {
			return err
		}
		if no != in.No {
			return ErrRuleChanged
		}
		tx.Queue(sqlPutRule, tx.NewID(), key, no+1, in.Rule, in.Words, in.WordsEN, in.Reason, tx.NowMicros(), a.Name)
		_ = jobs.Enqueue(tx, jobs.Job{Kind: JobFeatured, Unique: "all"}) // an error ends the act
		s.changed(tx)
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.FeaturedManage), Subject: "featured/" + key, Outcome: "rule",
			Detail: map[string]string{"no": fmt.Sprint(no + 1), "rule": in.Rule, "words": in.Words, "reason": in.Reason}})
	})
}

// applied notes that the whole catalogue has been gone through with the rules.
func (s *Service) applied(ctx context.Context, rules []ruling) error {
	return s.db.Write(ctx, "catalog.featured-applied", func(tx *db.Tx) error {
		for i, r := range rules {
			if r.no > 0 {
				tx.Queue(sqlRuleApplied, features[i].Key, r.no, tx.NowMicros())
			}
		}
		return nil
	})
}

// The refusals.
var (
	ErrChosen   = errs.New(errs.Conflict, "featured-chosen", "这个事项已经增列或者排除过，请先撤回原来的决定。", "There is a choice about it already; withdraw that first.")
	ErrNoChoice = errs.New(errs.Conflict, "featured-choice-ended", "这条增列或者排除已经撤回。", "This choice has been withdrawn.")
)

// Choose 增列、排除 puts a list or a matter on a featured list, or keeps it off,
// whatever the rule says. The same choice again changes nothing.
func (s *Service) Choose(ctx context.Context, a actor.Actor, in ChoiceInput) (err error) {
	defer errs.Wrap(&err, "choose for featured list %s", in.List)
	in.Subject = strings.ToUpper(strings.TrimSpace(in.Subject))
	if _, ok := FeatureByKey(in.List); !ok {
		return ErrNoFeature
	}
	x, err := s.Index(ctx)
	if err != nil {
		return err
	}
	basic, unit, path, bad := s.subject(ctx, x, in.Subject)
	if in.Kind != ChoiceAdd && in.Kind != ChoiceExclude {
		bad = append(bad, errs.Field{Path: "kind", Code: "option", ZH: "请选择增列或者排除", EN: "Choose to add or to exclude"})
	}
	if bad = append(bad, reasonFields("reason", in.Reason)...); len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	if err := s.ids.Allow(ctx, a, identity.FeaturedManage, identity.Target{UnitPath: path}, "featured/"+in.List); err != nil {
		return err
	}
	return s.db.Write(ctx, "catalog.featured-choose", func(tx *db.Tx) error {
		sv, err := s.surveying(tx)
		if err != nil {
			return err
		}
		have, err := s.choicesAbout(tx, basic)
		if err != nil {
			return err
		}
		for _, c := range have[in.List] {
			if c.subject != in.Subject {
				continue
			}
			if c.kind == in.Kind {
				return nil
			}
			return ErrChosen
		}
		tx.QueueOne(ErrChosen, sqlPutChoice, tx.NewID(), in.List, in.Subject, in.Kind, in.Reason, tx.NowMicros(), a.Name)
		if _, err := s.settle(tx, sv, basic); err != nil {
			return err
		}
		s.changed(tx)
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.FeaturedManage), Subject: "featured/" + in.List, Unit: unit, Outcome: in.Kind,
			Detail: map[string]string{"subject": in.Subject, "reason": in.Reason}})
	})
}

// WithdrawChoice 撤回 ends a choice; from then on the rule decides again.
func (s *Service) WithdrawChoice(ctx context.Context, a actor.Actor, id int64, reason string) (err error) {
	defer errs.Wrap(&err, "withdraw choice %d", id)
	c, err := scanChoice(s.db.Read(ctx).QueryRow(sqlChoiceByID, id))
	if errors.Is(err, db.ErrNoRows) {
		return ErrNoChoice
	}
	if err != nil {
		return err
	}
	x, err := s.Index(ctx)
	if err != nil {
		return err
	}
	basic, unit, path, _ := s.subject(ctx, x, c.Subject)
	if err := s.ids.Allow(ctx, a, identity.FeaturedManage, identity.Target{UnitPath: path}, "featured/"+c.List); err != nil {
		return err
	}
	if bad := reasonFields("reason", reason); len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	return s.db.Write(ctx, "catalog.featured-withdraw", func(tx *db.Tx) error {
		sv, err := s.surveying(tx)
		if err != nil {
			return err
		}
		tx.QueueOne(ErrNoChoice, sqlWithdrawChoice, id, tx.NowMicros(), a.Name, reason)
		if _, err := s.settle(tx, sv, basic); err != nil {
			return err
		}
		s.changed(tx)
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.FeaturedManage), Subject: "featured/" + c.List, Unit: unit, Outcome: "withdrawn",
			Detail: map[string]string{"subject": c.Subject, "kind": c.Kind, "reason": reason}})
	})
}

// subject finds what a choice is about: its matter, and the unit that answers
// for it. A matter is the whole city's.
func (s *Service) subject(ctx context.Context, x *Index, code string) (basic string, unit int64, path string, bad []errs.Field) {
	if it, ok := x.Item(code); ok {
		if dir, err := s.ids.Directory(ctx); err == nil {
			path = dir.Path(it.UnitID)
		}
		return it.BasicCode, it.UnitID, path, nil
	}
	if b, ok := x.Basic(code); ok {
		return b.Code, 0, s.topPath(ctx), nil
	}
	return "", 0, s.topPath(ctx), []errs.Field{{Path: "subject", Code: "unknown", ZH: fmt.Sprintf("没有这个事项，请填写%d位基本编码或者%d位实施编码", s.codes.BasicLen(), s.codes.ImplementationLen()),
		EN: fmt.Sprintf("There is no such matter or list; give its %d or %d characters", s.codes.BasicLen(), s.codes.ImplementationLen())}}
}

// ImportChoices makes the choices of an import folder; those that hold already
// change nothing.
func (s *Service) ImportChoices(ctx context.Context, a actor.Actor, list []ChoiceInput) (err error) {
	for i, in := range list {
		if err := s.Choose(ctx, a, in); err != nil {
			return fmt.Errorf("featured/%d (%s): %w", i, in.Subject, err)
		}
	}
	return nil
}
