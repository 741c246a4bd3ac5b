package catalog

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tongban/tongban/internal/db"
)

const itemColumns = `item.id, item.code, item.basic_code, item.name, item.name_en, item.summary, item.type, item.case_type,
	item.unit_id, item.receiving_unit_id, item.division, item.state, item.version_id, item.level, item.hot,
	item.next_version_id, item.next_from, item.state_reason, item.successor, item.facts, item.featured`

const (
	versionColumns = `id, item_id, no, guide, hash, effective_from, published_at, published_by, template_id, reason`
	sqlVersionByID = `SELECT ` + versionColumns + ` FROM item_version WHERE id = $1`
	sqlTopics      = `SELECT key, name, name_en, audience, position FROM topic ORDER BY position, key`
	sqlEvents      = `SELECT key, name, name_en, audience, position FROM life_event ORDER BY position, key`
	sqlElements    = `SELECT code, fragment FROM element`

	sqlLastVersion = `SELECT item.id, item_version.no, item_version.hash, item_version.template_id, item.version_id, item.state FROM item
		JOIN item_version ON item_version.item_id = item.id WHERE item.code = $1 ORDER BY item_version.no DESC LIMIT 1`
	sqlPutItem = `INSERT INTO item (id, code, basic_code, name, name_en, summary, type, case_type, unit_id, receiving_unit_id,
			division, state, version_id, hot, updated_at, level, facts)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, summary = excluded.summary,
			type = excluded.type, division = excluded.division, case_type = excluded.case_type, receiving_unit_id = excluded.receiving_unit_id,
			version_id = excluded.version_id, hot = excluded.hot, updated_at = excluded.updated_at, level = excluded.level, facts = excluded.facts,
			next_version_id = 0, next_from = ''`
	sqlPutVersion = `INSERT INTO item_version (` + versionColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	sqlSetNext    = `UPDATE item SET next_version_id = $2, next_from = $3, updated_at = $4 WHERE id = $1`
	sqlDue        = `SELECT id FROM item WHERE next_from <> '' AND next_from <= $1 ORDER BY next_from, id LIMIT 1000`
	sqlDueOf      = `SELECT next_version_id, unit_id FROM item WHERE id = $1 AND next_from <> '' AND next_from <= $2`
	sqlInForce    = `UPDATE item SET version_id = $2, name = $3, name_en = $4, summary = $5, case_type = $6, hot = $7, updated_at = $8, facts = $9,
		next_version_id = 0, next_from = '' WHERE id = $1`
	sqlPutText   = `INSERT INTO item_text (item_id, body, aliases) VALUES ($1, $2, $3) ON CONFLICT (item_id) DO UPDATE SET body = excluded.body, aliases = excluded.aliases`
	sqlSetState  = `UPDATE item SET state = $2, updated_at = $3, state_reason = $4, successor = $5 WHERE id = $1 AND state <> $2 AND state <> 'cancelled'`
	sqlStateOf   = `SELECT state FROM item WHERE id = $1`
	sqlPutChange = `INSERT INTO item_change (id, item_id, code, kind, version_id, at) VALUES ($1, $2, $3, $4, $5, $6)`
	sqlPutTopic  = `INSERT INTO topic (key, name, name_en, audience, position) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (key) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, audience = excluded.audience, position = excluded.position`
	sqlPutEvent = `INSERT INTO life_event (key, name, name_en, audience, position) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (key) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, audience = excluded.audience, position = excluded.position`
	sqlPutElement = `INSERT INTO element (code, fragment) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET fragment = excluded.fragment`
)

// SQL lists the texts of this room, for the test that prepares them on both engines.
func SQL() []string {
	return append(slices.Concat(draftSQL(), adjustSQL(), fileSQL(), handlingSQL()), sqlVersionByID, sqlTopics, sqlEvents, sqlElements, sqlLastVersion, sqlPutItem, sqlPutVersion, sqlSetNext, sqlDue, sqlDueOf,
		sqlInForce, sqlPutText, sqlSetState, sqlStateOf, sqlPutChange, sqlPutTopic, sqlPutEvent, sqlPutElement,
		sqlBasics, sqlBasicByKey, sqlBasicByID, sqlPutBasic, sqlAllItems,
		sqlTemplateByID, sqlTemplatesOf, sqlLastTemplate, sqlPutTemplate, sqlSetTemplate, sqlListsOfTemplate,
		sqlSynonyms, sqlPutSynonym, sqlDropSynonyms, sqlAliases,
		sqlMissPut, sqlMissAgain, sqlMissDrop, sqlMissCount, sqlMisses,
		sqlWords, sqlWordByID, sqlWordCounts, sqlPutWord, sqlDropWord,
		sqlIndexNow, sqlItemID, sqlHoldCatalog, sqlMattersOf, sqlItemsOf, sqlRulesNow, sqlRulesOf, sqlRuleNo, sqlPutRule, sqlRuleApplied, sqlChoicesAbout, sqlChoicesOf, sqlChoiceByID,
		sqlPutChoice, sqlWithdrawChoice, sqlSetFeatured, sqlPutMove, sqlMovesOf, sqlMovesOfItem, sqlMoveCounts, sqlMatterCodes,
		sqlVersionsOf, sqlVersionNo, sqlTurnsOf, sqlForceByDate, sqlForceAt, sqlUnnumbered, sqlFeedEnd, sqlNumber, sqlFeed, sqlToTell,
		sqlSubscribers, sqlSubscriberByID, sqlPutSubscriber, sqlStopSubscriber, sqlWakeSubscriber, sqlDropSubscriber, sqlReplay, sqlTakeSubscriber,
		sqlConfirm, sqlMissed)
}

type scanner interface{ Scan(dest ...any) error }

func scanItem(r scanner) (*Item, error) {
	var it Item
	var facts, featured string
	err := r.Scan(&it.ID, &it.Code, &it.BasicCode, &it.Name, &it.NameEN, &it.Summary, &it.Type, &it.CaseType,
		&it.UnitID, &it.ReceivingUnitID, &it.Division, &it.State, &it.VersionID, &it.Level, &it.Hot,
		&it.NextVersion, &it.NextFrom, &it.StateReason, &it.Successor, &facts, &featured)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(facts), &it.Facts); err != nil {
		return nil, fmt.Errorf("stored facts: %w", err)
	}
	it.Featured = keysOf(featured)
	return &it, nil
}

// scanVersion reads a version without its guide, which is given as text.
func scanVersion(r scanner) (*Version, []byte, error) {
	var (
		v         Version
		guide     string
		published int64
	)
	err := r.Scan(&v.ID, &v.ItemID, &v.No, &guide, &v.Hash, &v.EffectiveFrom, &published, &v.PublishedBy, &v.TemplateID, &v.Reason)
	if err != nil {
		return nil, nil, err
	}
	v.PublishedAt = db.Time(published)
	return &v, []byte(guide), nil
}
