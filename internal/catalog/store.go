package catalog

import (
	"encoding/json"
	"fmt"

	"github.com/tongban/tongban/internal/db"
)

const itemColumns = `item.id, item.code, item.basic_code, item.name, item.name_en, item.summary, item.type, item.case_type,
	item.unit_id, item.receiving_unit_id, item.division, item.state, item.version_id`

const (
	sqlItemByCode  = `SELECT ` + itemColumns + ` FROM item WHERE item.code = $1`
	sqlItemByID    = `SELECT ` + itemColumns + ` FROM item WHERE item.id = $1`
	sqlVersionByID = `SELECT id, item_id, no, guide, hash, effective_from, published_at, published_by FROM item_version WHERE id = $1`
	sqlTopics      = `SELECT key, name, name_en, audience, position FROM topic ORDER BY position, key`
	sqlElements    = `SELECT code, fragment FROM element`

	sqlCurrentVersion = `SELECT item.id, item_version.no, item_version.hash FROM item
		JOIN item_version ON item_version.id = item.version_id WHERE item.code = $1`
	sqlPutItem = `INSERT INTO item (id, code, basic_code, name, name_en, summary, type, case_type, unit_id, receiving_unit_id,
			division, state, version_id, hot, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, summary = excluded.summary,
			type = excluded.type, division = excluded.division, case_type = excluded.case_type, receiving_unit_id = excluded.receiving_unit_id,
			version_id = excluded.version_id, hot = excluded.hot, updated_at = excluded.updated_at`
	sqlPutVersion = `INSERT INTO item_version (id, item_id, no, guide, hash, effective_from, published_at, published_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlPutText    = `INSERT INTO item_text (item_id, body) VALUES ($1, $2) ON CONFLICT (item_id) DO UPDATE SET body = excluded.body`
	sqlSetState   = `UPDATE item SET state = $2, updated_at = $3 WHERE id = $1 AND state <> $2`
	sqlDropFacets = `DELETE FROM item_facet WHERE item_id = $1`
	sqlPutFacet   = `INSERT INTO item_facet (item_id, kind, value) VALUES ($1, $2, $3) ON CONFLICT (kind, value, item_id) DO NOTHING`
	sqlPutTopic   = `INSERT INTO topic (key, name, name_en, audience, position) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (key) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, audience = excluded.audience, position = excluded.position`
	sqlPutElement = `INSERT INTO element (code, fragment) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET fragment = excluded.fragment`

	sqlHot       = `SELECT ` + itemColumns + ` FROM item WHERE hot > 0 AND state = 'in-use' ORDER BY hot, id LIMIT 12`
	sqlOffers    = `SELECT ` + itemColumns + ` FROM item WHERE basic_code = $1 AND state = 'in-use' ORDER BY id LIMIT 200`
	sqlNameOf    = `SELECT name FROM item WHERE basic_code = $1 ORDER BY id LIMIT 1`
	sqlItemCount = `SELECT count(*), count(DISTINCT unit_id) FROM item WHERE state = 'in-use'`
)

// SQL lists the texts of this room, for the test that prepares them on both engines.
func SQL() []string {
	return []string{sqlItemByCode, sqlItemByID, sqlVersionByID, sqlTopics, sqlElements, sqlCurrentVersion, sqlPutItem,
		sqlPutVersion, sqlPutText, sqlSetState, sqlDropFacets, sqlPutFacet, sqlPutTopic, sqlPutElement, sqlHot, sqlOffers, sqlNameOf, sqlItemCount}
}

type scanner interface{ Scan(dest ...any) error }

func scanItem(r scanner) (*Item, error) {
	var it Item
	err := r.Scan(&it.ID, &it.Code, &it.BasicCode, &it.Name, &it.NameEN, &it.Summary, &it.Type, &it.CaseType,
		&it.UnitID, &it.ReceivingUnitID, &it.Division, &it.State, &it.VersionID)
	if err != nil {
		return nil, err
	}
	return &it, nil
}

func scanVersion(r scanner) (*Version, error) {
	var (
		v         Version
		guide     string
		published int64
	)
	if err := r.Scan(&v.ID, &v.ItemID, &v.No, &guide, &v.Hash, &v.EffectiveFrom, &published, &v.PublishedBy); err != nil {
		return nil, err
	}
	v.PublishedAt = db.Time(published)
	if err := json.Unmarshal([]byte(guide), &v.Guide); err != nil {
		return nil, fmt.Errorf("stored guide: %w", err)
	}
	return &v, nil
}
