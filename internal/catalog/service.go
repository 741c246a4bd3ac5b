package catalog

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/netip"
	"sync"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/search"
	"github.com/tongban/tongban/internal/sm"
)

// Service reads and publishes items.
type Service struct {
	db      *db.DB
	ids     *identity.Service
	files   *files.Store
	formats form.Formats
	codes   ident.Profile

	log *slog.Logger

	assist   AssistWindows
	banks    BankOutlets
	effects  []EffectLister
	compiled compiledRules

	versions  keptByID[Version]
	templates keptByID[Template]
	index     db.Kept[Index]
	missed    misses
	lexicon   struct {
		sync.Mutex
		made *search.Lexicon
		sum  uint64
	}

	feed feed
}

// Config of the catalogue.
type Config struct {
	DB       *db.DB
	Identity *identity.Service
	Files    *files.Store   // nil: guides that name uploaded files cannot be written
	Codes    ident.Profile  // how item codes are built; zero: ident.DefaultProfile
	Formats  form.Formats   // checkers of identity numbers, for forms
	Log      *slog.Logger   // nil: silent
	Assist   AssistWindows  // nil: no centre has windows for assistance
	Banks    BankOutlets    // nil: no bank takes anything
	Vault    *sm.Vault      // seals the secrets of subscribers; nil: there can be none
	URL      string         // how people reach the platform, for links: "https://zwfw.example.cn"
	Networks []netip.Prefix // private addresses at which subscribers may be told; nil: none
	Effects  []EffectLister // who can tell what a change of items touches
}

// New makes the service.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Codes == (ident.Profile{}) {
		c.Codes = ident.DefaultProfile()
	}
	s := &Service{db: c.DB, ids: c.Identity, files: c.Files, formats: c.Formats, codes: c.Codes, log: c.Log, assist: c.Assist, banks: c.Banks, effects: c.Effects,
		versions: keptByID[Version]{max: 4096}, templates: keptByID[Template]{max: 4096}}
	s.index = db.Kept[Index]{Age: indexAge, Version: sqlIndexVersion, Bump: sqlBumpIndex, Name: "catalogue", Load: s.loadIndex}
	s.feed = newFeed(c)
	c.DB.Attach(serviceKey{}, s)
	return s
}

// Codes says how item codes are built here.
func (s *Service) Codes() ident.Profile { return s.codes }

// Guide gives the version in force of an item, by its code.
func (s *Service) Guide(ctx context.Context, code string) (*Item, *Version, error) {
	it, err := s.Item(ctx, code)
	if err != nil {
		return nil, nil, err
	}
	v, err := s.ByVersion(ctx, it.VersionID)
	return it, v, err
}

// Item gives an item by its code. It comes from memory, where it is at most a
// second old.
func (s *Service) Item(ctx context.Context, code string) (_ *Item, err error) {
	defer errs.Wrap(&err, "item %s", code)
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	return copyOf(x.Item(code))
}

// ItemByID gives an item by its id, as Item does.
func (s *Service) ItemByID(ctx context.Context, id int64) (*Item, error) {
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	return copyOf(x.ItemByID(id))
}

func copyOf(it *Item, ok bool) (*Item, error) {
	if !ok {
		return nil, ErrNoItem
	}
	c := *it
	return &c, nil
}

// ByVersion gives a published version. Versions never change, so it answers
// from memory once it has read one; acts may call it before they write.
func (s *Service) ByVersion(ctx context.Context, id int64) (_ *Version, err error) {
	defer errs.Wrap(&err, "item version %d", id)
	if v := s.versions.get(id); v != nil {
		return v, nil
	}
	v, err := s.readVersion(s.db.Read(ctx), id)
	if err != nil {
		return nil, err
	}
	s.versions.put(id, v)
	return v, nil
}

// Topic 主题, or an event of life 生命周期.
type Topic struct {
	Key      string `json:"key"`
	Name     string `json:"name"`
	NameEN   string `json:"nameEn"`
	Audience string `json:"audience"` // "person" or "entity"
	Position int    `json:"order"`
}

// Topics lists the topics in their order.
func (s *Service) Topics(ctx context.Context) ([]Topic, error) {
	return db.All(s.db.Read(ctx), func(r *db.Rows) (t Topic, err error) {
		return t, r.Scan(&t.Key, &t.Name, &t.NameEN, &t.Audience, &t.Position)
	}, sqlTopics)
}

// Events lists the events of life 生命周期 in their order.
func (s *Service) Events(ctx context.Context) ([]Topic, error) {
	return db.All(s.db.Read(ctx), func(r *db.Rows) (t Topic, err error) {
		return t, r.Scan(&t.Key, &t.Name, &t.NameEN, &t.Audience, &t.Position)
	}, sqlEvents)
}

// Elements gives the data-element dictionary 数据元字典.
func (s *Service) Elements(ctx context.Context) (form.Elements, error) {
	rows, err := s.db.Read(ctx).Query(sqlElements)
	if err != nil {
		return nil, err
	}
	out := form.Elements{}
	for rows.Next() {
		var code, fragment string
		if err := rows.Scan(&code, &fragment); err != nil {
			return nil, err
		}
		out[code] = json.RawMessage(fragment)
	}
	return out, nil
}
