package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
)

// Basic 基本目录事项 is an entry of the basic catalogue: what is the same for a
// matter at every level and in every place (第六条第二款). Lists and guides take
// name, code, basis and type from here and cannot change them.
type Basic struct {
	ID       int64    `json:"-"`
	Code     string   `json:"code"` // 基本编码
	Name     string   `json:"name"`
	NameEN   string   `json:"nameEn,omitempty"`
	Type     string   `json:"type"`             // 事项类型, two digits
	Domain   string   `json:"domain,omitempty"` // public service 公共服务: one of Domains (第三条)
	Levels   []string `json:"levels"`           // 行使层级 at which it may be claimed: 3 市级 … 6 村级
	Audience []string `json:"audience"`         // 服务对象 codes
	Topics   []string `json:"topics"`
	Events   []string `json:"events,omitempty"` // 生命周期 keys of events.yaml
	Dept     string   `json:"dept"`             // kind of department in charge: the end of unit keys, "mzj"
	Summary  string   `json:"summary"`
	Basis    []Basis  `json:"basis"`             // 设定依据
	Implied  bool     `json:"implied,omitempty"` // it follows its guide: made by an import folder without a catalogue

	State      ItemState `json:"-"` // InUse or Cancelled
	Version    int       `json:"-"` // counts changes of the entry
	TemplateID int64     `json:"-"` // the city-wide guide in force, 0 if there is none yet
}

// Domains are the public-service domains of 第三条, in the article's order, and
// their names.
var Domains = []struct{ Key, ZH, EN string }{
	{"education", "公共教育", "Education"}, {"employment", "劳动就业", "Employment"}, {"insurance", "社会保险", "Social insurance"},
	{"health", "医疗卫生", "Health"}, {"elderly", "养老服务", "Elder care"}, {"social", "社会服务", "Social services"},
	{"housing", "住房保障", "Housing"}, {"culture", "文化体育", "Culture and sport"}, {"disability", "残疾人服务", "Disability services"},
}

// publicService is the item type 公共服务.
const publicService = "20"

// CheckBasic applies the rules of an entry of the basic catalogue.
func CheckBasic(codes ident.Profile, b Basic) []Problem {
	c := checker{}
	if !codes.IsBasic(b.Code) {
		c.err("code", fmt.Sprintf("基本编码应为%d位", codes.BasicLen()), fmt.Sprintf("The basic code has %d characters", codes.BasicLen()))
	} else if codes.TypeOf(b.Code) != b.Type {
		c.err("code", "基本编码中的类型位与事项类型不一致", "The type digits of the basic code are not the item's type")
	}
	c.need("name", b.Name)
	c.need("summary", b.Summary)
	c.oneOf("type", b.Type, itemTypes)
	c.some("levels", len(b.Levels))
	for _, l := range b.Levels {
		c.oneOf("levels", l, []string{"3", "4", "5", "6"})
	}
	c.some("audience", len(b.Audience))
	for _, a := range b.Audience {
		c.oneOf("audience", a, audiences)
	}
	c.some("topics", len(b.Topics))
	c.some("basis", len(b.Basis))
	for _, x := range b.Basis {
		c.need("basis/law", x.Law)
		c.oneOf("basis/mark", x.Mark, marks)
	}
	known := slices.ContainsFunc(Domains, func(d struct{ Key, ZH, EN string }) bool { return d.Key == b.Domain })
	if b.Domain != "" && !known {
		c.err("domain", "“"+b.Domain+"”不在公共服务领域表中", "“"+b.Domain+"” is no public-service domain")
	}
	return c.out
}

// checker collects what is wrong with an entry.
type checker struct{ out []Problem }

func (c *checker) err(path, zh, en string) {
	c.out = append(c.out, Problem{Path: path, Error: true, Rule: "basic-entry", ZH: zh, EN: en})
}

func (c *checker) need(path, v string) {
	if blank(v) {
		c.err(path, "缺少内容", "Missing")
	}
}

func (c *checker) some(path string, n int) {
	if n == 0 {
		c.err(path, "至少需要一项", "At least one is needed")
	}
}

func (c *checker) oneOf(path, v string, all []string) {
	if !slices.Contains(all, v) {
		c.err(path, "“"+v+"”不在代码表中", "“"+v+"” is not in the code table")
	}
}

// ErrNoBasic is the error for a basic code that is not in the catalogue.
var ErrNoBasic = errs.New(errs.NotFound, "basic-not-found", "基本目录中没有这个事项。", "The basic catalogue has no such matter.")

const (
	basicColumns  = `id, entry, state, version, template_id`
	sqlBasics     = `SELECT ` + basicColumns + ` FROM basic_item ORDER BY code`
	sqlBasicByKey = `SELECT ` + basicColumns + ` FROM basic_item WHERE code = $1`
	sqlBasicByID  = `SELECT ` + basicColumns + ` FROM basic_item WHERE id = $1`
	sqlPutBasic   = `INSERT INTO basic_item (id, code, name, type, state, entry, version, template_id, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, type = excluded.type, state = excluded.state, entry = excluded.entry,
			version = excluded.version, updated_at = excluded.updated_at`
)

func scanBasic(r scanner) (*Basic, error) {
	var (
		b     Basic
		entry string
	)
	if err := r.Scan(&b.ID, &entry, &b.State, &b.Version, &b.TemplateID); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(entry), &b); err != nil {
		return nil, fmt.Errorf("stored basic item: %w", err)
	}
	return &b, nil
}

// Basic gives an entry of the basic catalogue by its code.
func (s *Service) Basic(ctx context.Context, code string) (*Basic, error) {
	return basicBy(s.db.Read(ctx), sqlBasicByKey, code)
}

func basicBy(q db.Queryer, sql string, key any) (*Basic, error) {
	b, err := scanBasic(q.QueryRow(sql, key))
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrNoBasic
	}
	return b, err
}

// ImportBasics stores entries of the basic catalogue; one that equals what is
// there changes nothing. All are one act; the first problem refuses all.
func (s *Service) ImportBasics(ctx context.Context, a actor.Actor, list []Basic) (err error) {
	defer errs.Wrap(&err, "import the basic catalogue")
	if err := s.ids.Allow(ctx, a, identity.CatalogueManage, identity.Target{UnitPath: s.topPath(ctx)}, "basic-catalogue"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i, b := range list {
		ps := CheckBasic(s.codes, b)
		if seen[b.Code] {
			ps = append(ps, Problem{Path: "code", Error: true, Rule: "basic-entry", ZH: "基本编码重复", EN: "The basic code stands twice"})
		}
		seen[b.Code] = true
		for _, p := range ps {
			return errs.InvalidFields(errs.Field{Path: fmt.Sprintf("%d/%s", i, p.Path), Code: "basic", ZH: b.Name + "：" + p.ZH, EN: b.Code + ": " + p.EN})
		}
	}
	return s.db.Write(ctx, "catalog.import-basics", func(tx *db.Tx) error {
		for i, b := range list {
			switch have, err := basicBy(tx, sqlBasicByKey, b.Code); {
			case err == nil && have.State == Cancelled: // 动态调整 ended it; a file does not bring it back
				return errs.InvalidFields(errs.Field{Path: fmt.Sprintf("%d/code", i), Code: "cancelled", ZH: b.Name + "：这个事项已经取消", EN: b.Code + " was cancelled"})
			case err != nil && !errors.Is(err, ErrNoBasic):
				return err
			}
			if _, err := s.putBasic(tx, a, b, InUse); err != nil {
				return err
			}
		}
		s.changed(tx)
		return nil
	})
}

// putBasic stores an entry within an act and gives it back as stored.
func (s *Service) putBasic(tx *db.Tx, a actor.Actor, b Basic, state ItemState) (*Basic, error) {
	entry, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	have, err := basicBy(tx, sqlBasicByKey, b.Code)
	switch {
	case errors.Is(err, ErrNoBasic):
		b.ID, b.Version = tx.NewID(), 1
	case err != nil:
		return nil, err
	default:
		b.ID, b.Version, b.TemplateID = have.ID, have.Version, have.TemplateID
		old, err := json.Marshal(have)
		if err != nil {
			return nil, err
		}
		if string(old) == string(entry) && have.State == state {
			return have, nil
		}
		b.Version++
	}
	b.State = state
	if err := s.indexEntry(tx, &b); err != nil {
		return nil, err
	}
	tx.Queue(sqlPutBasic, b.ID, b.Code, b.Name, b.Type, string(state), string(entry), b.Version, tx.NowMicros())
	return &b, audit.Append(tx, audit.Record{Actor: a, Act: string(identity.CatalogueManage), Subject: "basic/" + b.Code,
		Detail: map[string]string{"version": fmt.Sprint(b.Version), "state": string(state)}, Outcome: "done"})
}

// indexEntry makes a matter findable under its entry as it is now.
func (s *Service) indexEntry(tx *db.Tx, b *Basic) error {
	if b.TemplateID == 0 {
		s.indexMatter(tx, b, nil)
		return nil
	}
	t, err := s.readTemplate(tx, b.TemplateID)
	if err != nil {
		return err
	}
	g := t.Guide
	b.lock(&g)
	s.indexMatter(tx, b, &g)
	return nil
}

// basicOf is the entry that a guide implies, for an import folder that has no
// basic catalogue of its own.
func basicOf(code string, g *Guide) Basic {
	return Basic{Code: code, Name: g.Basics.Name, NameEN: g.Basics.NameEN, Type: g.Basics.Type, Levels: []string{g.Basics.Level},
		Audience: g.Basics.Audience, Topics: g.Basics.Topics, Summary: g.Basics.Summary, Basis: g.Basis, Implied: true}
}

// lock writes what the basic catalogue says into a guide; nothing below it can
// say otherwise (第六条第二款).
func (b *Basic) lock(g *Guide) {
	g.Basics.BasicCode, g.Basics.Type = b.Code, b.Type
	g.Basics.Name, g.Basics.NameEN = g.Basics.Handling.names(b.Name, b.NameEN)
	all := slices.Clone(b.Basis)
	for _, x := range g.Basis {
		if !slices.ContainsFunc(b.Basis, func(y Basis) bool { return y.Law == x.Law && y.Article == x.Article }) {
			all = append(all, x)
		}
	}
	g.Basis = all
}

// topPath is the path of the unit that all others lie below.
func (s *Service) topPath(ctx context.Context) string {
	dir, err := s.ids.Directory(ctx)
	if err != nil || len(dir.Children(0)) == 0 {
		return ""
	}
	return dir.Children(0)[0].Path
}
