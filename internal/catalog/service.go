package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
)

// Service reads and publishes items.
type Service struct {
	db      *db.DB
	ids     *identity.Service
	formats form.Formats

	versions versionCache
	items    recentItems
}

// Config of the catalogue.
type Config struct {
	DB       *db.DB
	Identity *identity.Service
	Formats  form.Formats // checkers of identity numbers, for forms
}

// New makes the service.
func New(c Config) *Service {
	return &Service{db: c.DB, ids: c.Identity, formats: c.Formats, versions: versionCache{max: 4096}}
}

// Guide gives the version in force of an item, by its 31-character code.
func (s *Service) Guide(ctx context.Context, code string) (*Item, *Version, error) {
	it, err := s.Item(ctx, code)
	if err != nil {
		return nil, nil, err
	}
	v, err := s.ByVersion(ctx, it.VersionID)
	return it, v, err
}

// Item gives an item by its code. It may come from memory, where it is at most
// a second old.
func (s *Service) Item(ctx context.Context, code string) (_ *Item, err error) {
	defer errs.Wrap(&err, "item %s", code)
	return s.item(ctx, itemKey{code: code}, sqlItemByCode, code)
}

func (s *Service) item(ctx context.Context, key itemKey, sql string, arg any) (*Item, error) {
	return s.items.get(key, db.Micros(s.db.Now()), func() (*Item, error) {
		it, err := scanItem(s.db.Read(ctx).QueryRow(sql, arg))
		if errors.Is(err, db.ErrNoRows) {
			return nil, ErrNoItem
		}
		return it, err
	})
}

// ItemByID gives an item by its id, as Item does.
func (s *Service) ItemByID(ctx context.Context, id int64) (*Item, error) {
	return s.item(ctx, itemKey{id: id}, sqlItemByID, id)
}

// ByVersion gives a published version. Versions never change, so it answers
// from memory once it has read one; acts may call it before they write.
func (s *Service) ByVersion(ctx context.Context, id int64) (_ *Version, err error) {
	defer errs.Wrap(&err, "item version %d", id)
	if v := s.versions.get(id); v != nil {
		return v, nil
	}
	v, err := scanVersion(s.db.Read(ctx).QueryRow(sqlVersionByID, id))
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrNoItem
	}
	if err != nil {
		return nil, err
	}
	if v.form, err = form.Compile(v.Guide.Form, nil, s.formats); err != nil {
		return nil, fmt.Errorf("stored form: %w", err)
	}
	s.versions.put(v)
	return v, nil
}

// Topic 主题.
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

// versionCache keeps versions by id; when full it starts over, which costs a
// re-read of the versions in use.
type versionCache struct {
	mu  sync.RWMutex
	m   map[int64]*Version
	max int
}

func (c *versionCache) get(id int64) *Version {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.m[id]
}

func (c *versionCache) put(v *Version) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil || len(c.m) >= c.max {
		c.m = make(map[int64]*Version)
	}
	c.m[v.ID] = v
}
