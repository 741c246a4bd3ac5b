package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

// Template 指南模板 is a version of the city-wide guide of a matter. Lists follow
// it and store only the sections in which they differ; it never changes. What
// belongs to a place (unit, windows, code) is empty in it, and a step's unit
// may be "$name", which each list fills.
type Template struct {
	ID          int64
	BasicID     int64
	No          int
	Guide       Guide
	Hash        string // SM3 of the canonical guide, hex
	PublishedAt time.Time
	PublishedBy string

	parts parts
	form  *form.Form
}

// Form is the compiled form of the template.
func (t *Template) Form() *form.Form { return t.form }

const (
	templateColumns    = `id, basic_id, no, guide, hash, published_at, published_by`
	sqlTemplateByID    = `SELECT ` + templateColumns + ` FROM guide_template WHERE id = $1`
	sqlTemplatesOf     = `SELECT ` + templateColumns + ` FROM guide_template WHERE basic_id = $1 ORDER BY no DESC LIMIT 50`
	sqlLastTemplate    = `SELECT id, no, hash FROM guide_template WHERE basic_id = $1 ORDER BY no DESC LIMIT 1`
	sqlPutTemplate     = `INSERT INTO guide_template (` + templateColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	sqlSetTemplate     = `UPDATE basic_item SET template_id = $2, updated_at = $3 WHERE id = $1`
	sqlListsOfTemplate = `SELECT item.id, item.unit_id FROM item JOIN item_version ON item_version.id = item.version_id
		WHERE item.basic_code = $1 AND item.state <> 'cancelled' AND item_version.template_id <> 0 AND item_version.template_id <> $2`
)

// Template gives a version of a city-wide guide, from memory once it was read.
func (s *Service) Template(ctx context.Context, id int64) (_ *Template, err error) {
	defer errs.Wrap(&err, "guide template %d", id)
	if t := s.templates.get(id); t != nil {
		return t, nil
	}
	return s.readTemplate(s.db.Read(ctx), id)
}

func (s *Service) readTemplate(q db.Queryer, id int64) (*Template, error) {
	t, err := scanTemplate(q.QueryRow(sqlTemplateByID, id))
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrNoBasic
	}
	if err != nil {
		return nil, err
	}
	if t.parts, err = cutGuide(&t.Guide); err != nil {
		return nil, err
	}
	if t.form, err = form.Compile(t.Guide.Form, nil, s.formats); err != nil {
		return nil, fmt.Errorf("stored form: %w", err)
	}
	s.templates.put(id, t)
	return t, nil
}

// Templates lists the versions of a matter's city-wide guide, newest first, at
// most 50.
func (s *Service) Templates(ctx context.Context, basicID int64) ([]Template, error) {
	return db.All(s.db.Read(ctx), func(r *db.Rows) (Template, error) {
		t, err := scanTemplate(r)
		if err != nil {
			return Template{}, err
		}
		return *t, nil
	}, sqlTemplatesOf, basicID)
}

func scanTemplate(r scanner) (*Template, error) {
	var (
		t         Template
		guide     string
		published int64
	)
	if err := r.Scan(&t.ID, &t.BasicID, &t.No, &guide, &t.Hash, &published, &t.PublishedBy); err != nil {
		return nil, err
	}
	t.PublishedAt = db.Time(published)
	var err error
	t.Guide, err = guideOf([]byte(guide))
	return &t, err
}

// placeless takes out of a guide what belongs to a place.
func placeless(g Guide) Guide {
	g.Basics.Code, g.Basics.Division, g.Basics.Handling = "", "", Handling{}
	d := g.Department
	g.Department = Department{Nature: d.Nature, Entrusted: d.Entrusted}
	g.Windows = nil
	return g
}

// putTemplate publishes the next version of a matter's guide within an act, if
// it differs from the last one, and opens a proposal for every list that
// follows an earlier one: a change above never flows down silently.
func (s *Service) putTemplate(tx *db.Tx, a actor.Actor, b *Basic, g Guide) (*Template, error) {
	g = placeless(g)
	b.lock(&g)
	p, err := cutGuide(&g)
	if err != nil {
		return nil, err
	}
	text := p.canonical()
	hash := sm.SM3Hex(text)
	var (
		last int64
		no   int
		have string
	)
	switch err := tx.QueryRow(sqlLastTemplate, b.ID).Scan(&last, &no, &have); {
	case errors.Is(err, db.ErrNoRows):
	case err != nil:
		return nil, err
	case have == hash:
		if t := s.templates.get(last); t != nil {
			return t, nil
		}
		return s.readTemplate(tx, last)
	}
	t := &Template{ID: tx.NewID(), BasicID: b.ID, No: no + 1, Guide: g, Hash: hash, PublishedAt: tx.Now(), PublishedBy: a.Name, parts: p}
	if t.form, err = form.Compile(g.Form, nil, s.formats); err != nil {
		return nil, err
	}
	if err := s.hold(tx, holder{byTemplate, t.ID}, &g, nil); err != nil {
		return nil, err
	}
	tx.Queue(sqlPutTemplate, t.ID, b.ID, t.No, string(text), hash, tx.NowMicros(), a.Name)
	tx.Queue(sqlSetTemplate, b.ID, t.ID, tx.NowMicros())
	b.TemplateID = t.ID
	s.indexMatter(tx, b, &g)
	if err := s.propose(tx, b, t); err != nil {
		return nil, err
	}
	return t, audit.Append(tx, audit.Record{Actor: a, Act: string(identity.ItemPublish), Subject: "template/" + b.Code,
		Detail: map[string]string{"version": fmt.Sprint(t.No), "hash": hash}, Outcome: "done"})
}

// stored is what a list's version is kept as.
func (t *Template) stored(own parts) (string, error) {
	b, err := json.Marshal(overlayOf(t.parts, own))
	return string(b), err
}

// keptByID keeps what never changes by its id; when full it starts over, which
// costs a re-read of what is in use.
type keptByID[T any] struct {
	mu  sync.RWMutex
	m   map[int64]*T
	max int
}

func (c *keptByID[T]) get(id int64) *T {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.m[id]
}

func (c *keptByID[T]) put(id int64, v *T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil || len(c.m) >= c.max {
		c.m = make(map[int64]*T)
	}
	c.m[id] = v
}
