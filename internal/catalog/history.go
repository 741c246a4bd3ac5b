package catalog

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

const (
	versionFacts  = `id, item_id, no, '', hash, effective_from, published_at, published_by, template_id, reason`
	sqlVersionsOf = `SELECT ` + versionFacts + ` FROM item_version WHERE item_id = $1 ORDER BY no DESC LIMIT $2`
	sqlVersionNo  = `SELECT id FROM item_version WHERE item_id = $1 AND no = $2`
	// An item's turns are few: one row for each version and each stop.
	sqlTurnsOf = `SELECT kind, version_id, at FROM item_change WHERE item_id = $1 ORDER BY at, id`
	// What came into force before changes were noted is known by its date alone.
	sqlForceByDate = `SELECT id FROM item_version WHERE item_id = $1 AND effective_from <= $2 ORDER BY no DESC LIMIT 1`
	sqlForceAt     = `SELECT version_id FROM item_change WHERE item_id = $1 AND kind = 'published' AND at < $2 ORDER BY at DESC, id DESC LIMIT 1`
)

// historyMost is how many versions of an item are listed.
const historyMost = 200

// VersionNote 版本记录 is one version of an item's history.
type VersionNote struct {
	Version            // without its guide
	Since    time.Time // when it came into force; zero: it has not, or that is not known
	Until    time.Time // when another took its place; zero: it is in force
	Standing VersionStanding
}

// VersionStanding says where a version stands in its item's history.
type VersionStanding string

// Standings of a version.
const (
	InForce  VersionStanding = "in-force"   // 现行
	Coming   VersionStanding = "coming"     // 待生效
	Past     VersionStanding = "past"       // 历史版本
	NotTaken VersionStanding = "superseded" // 未生效: replaced before its day came
)

// History 版本沿革 lists the versions of an item, newest first: who published
// them, why, and from when to when they were in force.
func (s *Service) History(ctx context.Context, code string) (_ *Item, _ []VersionNote, err error) {
	defer errs.Wrap(&err, "history of item %s", code)
	it, err := s.Item(ctx, code)
	if err != nil {
		return nil, nil, err
	}
	q := s.db.Read(ctx)
	versions, err := db.All(q, func(r *db.Rows) (VersionNote, error) {
		v, _, err := scanVersion(r)
		if err != nil {
			return VersionNote{}, err
		}
		return VersionNote{Version: *v}, nil
	}, sqlVersionsOf, it.ID, historyMost)
	if err != nil {
		return nil, nil, err
	}
	turns, err := db.All(q, func(r *db.Rows) (t turn, err error) { return t, r.Scan(&t.kind, &t.version, &t.at) }, sqlTurnsOf, it.ID)
	if err != nil {
		return nil, nil, err
	}
	return it, inForce(versions, turns, it), nil
}

// turn is one thing that happened to an item.
type turn struct {
	kind    string
	version int64
	at      int64
}

// inForce writes from when to when each version was in force.
func inForce(versions []VersionNote, turns []turn, it *Item) []VersionNote {
	turns = slices.DeleteFunc(turns, func(t turn) bool { return t.kind != ChangePublished })
	for i := range versions {
		v := &versions[i]
		for n, t := range turns {
			if t.version != v.ID {
				continue
			}
			v.Since = db.Time(t.at)
			if n+1 < len(turns) {
				v.Until = db.Time(turns[n+1].at)
			}
		}
		switch {
		case v.ID == it.VersionID:
			v.Standing, v.Until = InForce, time.Time{}
		case v.ID == it.NextVersion:
			v.Standing = Coming
		case v.Since.IsZero() && len(turns) > 0 && v.PublishedAt.After(db.Time(turns[0].at)):
			v.Standing = NotTaken
		default:
			v.Standing = Past
		}
	}
	return versions
}

// ErrNotThen is the error for a day on which an item had no guide in force.
var ErrNotThen = errs.New(errs.NotFound, "item-not-then", "这个事项在这一天还没有办事指南，请选择较晚的日期。",
	"The item had no guide in force on that day; choose a later one.")

// AsOf gives the guide of an item as it stood at the end of a day in Shanghai:
// the one in force then, or, for a day to come, the one that will be by what is
// known now. Errors: ErrNoItem, ErrNotThen.
func (s *Service) AsOf(ctx context.Context, code string, day clock.Date) (_ *Item, _ *Version, err error) {
	defer errs.Wrap(&err, "item %s as of %s", code, day)
	it, err := s.Item(ctx, code)
	if err != nil {
		return nil, nil, err
	}
	id := it.VersionID
	switch today := clock.DateOf(s.db.Now()); {
	case day > today:
		if it.NextVersion != 0 && it.NextFrom <= day.String() {
			id = it.NextVersion
		}
	case day < today:
		if id, err = s.forceAt(ctx, it.ID, day); err != nil {
			return nil, nil, err
		}
	}
	v, err := s.ByVersion(ctx, id)
	return it, v, err
}

func (s *Service) forceAt(ctx context.Context, item int64, day clock.Date) (id int64, err error) {
	q := s.db.Read(ctx)
	err = q.QueryRow(sqlForceAt, item, db.Micros(day.End())).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		err = q.QueryRow(sqlForceByDate, item, day.String()).Scan(&id)
	}
	if errors.Is(err, db.ErrNoRows) {
		return 0, ErrNotThen
	}
	return id, err
}

// ErrNoVersion is the error for a version that an item does not have.
var ErrNoVersion = errs.New(errs.NotFound, "version-not-found", "这个事项没有这个版本。", "The item has no such version.")

// Numbered gives a version of an item by its number. Errors: ErrNoItem,
// ErrNoVersion.
func (s *Service) Numbered(ctx context.Context, code string, no int) (_ *Item, _ *Version, err error) {
	defer errs.Wrap(&err, "version %d of item %s", no, code)
	it, err := s.Item(ctx, code)
	if err != nil {
		return nil, nil, err
	}
	var id int64
	err = s.db.Read(ctx).QueryRow(sqlVersionNo, it.ID, no).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil, ErrNoVersion
	}
	if err != nil {
		return nil, nil, err
	}
	v, err := s.ByVersion(ctx, id)
	return it, v, err
}

// Compared is a comparison of two versions of an item.
type Compared struct {
	Item     *Item
	From, To *Version
	Changes  []Change
}

// Compare tells what an item's version to says otherwise than its version from.
// Errors: ErrNoItem, ErrNoVersion.
func (s *Service) Compare(ctx context.Context, code string, from, to int) (*Compared, error) {
	it, a, err := s.Numbered(ctx, code, from)
	if err != nil {
		return nil, err
	}
	_, b, err := s.Numbered(ctx, code, to)
	if err != nil {
		return nil, err
	}
	return &Compared{Item: it, From: a, To: b, Changes: Diff(&a.Guide, &b.Guide)}, nil
}
