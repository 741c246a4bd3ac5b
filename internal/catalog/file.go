package catalog

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
)

// holder is what keeps uploaded files from being swept. A version and a
// city-wide guide hold theirs for good, a draft as long as it is open.
type holder struct {
	kind string
	id   int64
}

// Kinds of holders.
const (
	byDraft    = "draft"
	byVersion  = "version"
	byTemplate = "template"
)

const (
	fileColumns   = `file_key, file_id, name, size, type`
	sqlHeldFiles  = `SELECT ` + fileColumns + ` FROM guide_file WHERE holder = $1 AND holder_id = $2 ORDER BY file_key`
	sqlFileByKey  = `SELECT ` + fileColumns + ` FROM guide_file WHERE file_key = $1 ORDER BY id LIMIT 1`
	sqlPublicFile = `SELECT ` + fileColumns + ` FROM guide_file WHERE file_key = $1 AND holder <> 'draft' ORDER BY id LIMIT 1`
	sqlHoldFile   = `INSERT INTO guide_file (id, holder, holder_id, ` + fileColumns + `, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	sqlLetFile    = `DELETE FROM guide_file WHERE holder = $1 AND holder_id = $2 AND file_key = $3`
)

// fileSQL lists the texts of uploaded files.
func fileSQL() []string {
	return []string{sqlHeldFiles, sqlFileByKey, sqlPublicFile, sqlHoldFile, sqlLetFile}
}

func scanFile(r scanner) (f GuideFile, err error) {
	return f, r.Scan(&f.Key, &f.File, &f.Name, &f.Size, &f.Type)
}

func fileBy(q db.Queryer, sql, key string) (GuideFile, error) {
	f, err := scanFile(q.QueryRow(sql, key))
	if errors.Is(err, db.ErrNoRows) {
		err = files.ErrNoFile()
	}
	return f, err
}

// hold makes a new holder refer to the uploaded files that its guide names; they
// come from fresh, or from whoever has them. The act fails with the field of a
// file that nobody has.
func (s *Service) hold(tx *db.Tx, h holder, g *Guide, fresh []GuideFile) error {
	return s.holdMore(tx, h, g, fresh, nil)
}

// rehold makes a holder refer to just the files that its guide names now.
func (s *Service) rehold(tx *db.Tx, h holder, g *Guide, fresh []GuideFile) error {
	have, err := heldBy(tx, h)
	if err != nil {
		return err
	}
	if err := s.holdMore(tx, h, g, fresh, have); err != nil {
		return err
	}
	for _, n := range g.namedFiles() {
		delete(have, n.key)
	}
	for _, key := range slices.Sorted(maps.Keys(have)) {
		tx.Queue(sqlLetFile, h.kind, h.id, key)
		s.files.Detach(tx, have[key].File)
	}
	return nil
}

func (s *Service) holdMore(tx *db.Tx, h holder, g *Guide, fresh []GuideFile, have map[string]GuideFile) error {
	var more []int64
	for _, n := range g.namedFiles() {
		if _, held := have[n.key]; held {
			continue
		}
		f, err := fileFrom(tx, n, fresh)
		if err != nil {
			return err
		}
		tx.Queue(sqlHoldFile, tx.NewID(), h.kind, h.id, f.Key, f.File, f.Name, f.Size, string(f.Type), tx.NowMicros())
		more = append(more, f.File)
	}
	if len(more) > 0 {
		s.files.Attach(tx, more...)
	}
	return nil
}

func heldBy(q db.Queryer, h holder) (map[string]GuideFile, error) {
	list, err := db.All(q, func(r *db.Rows) (GuideFile, error) { return scanFile(r) }, sqlHeldFiles, h.kind, h.id)
	out := make(map[string]GuideFile, len(list))
	for _, f := range list {
		out[f.Key] = f
	}
	return out, err
}

func fileFrom(q db.Queryer, n namedFile, fresh []GuideFile) (GuideFile, error) {
	if i := slices.IndexFunc(fresh, func(f GuideFile) bool { return f.Key == n.key }); i >= 0 {
		return fresh[i], nil
	}
	f, err := fileBy(q, sqlFileByKey, n.key)
	if errors.Is(err, files.ErrNoFile()) {
		err = errs.InvalidFields(n.missing())
	}
	return f, err
}

func (n namedFile) missing() errs.Field {
	return errs.Field{Path: n.path, Code: "file", ZH: n.what.ZH + "的文件不在平台上，请重新上传", EN: "The file of the " + n.what.EN + " is not on the platform; upload it again"}
}

// filesOf gives the uploaded files that a guide names and that are there, by key.
func filesOf(q db.Queryer, g *Guide) (map[string]GuideFile, error) {
	var out map[string]GuideFile
	for _, n := range g.namedFiles() {
		f, err := fileBy(q, sqlFileByKey, n.key)
		switch {
		case errors.Is(err, files.ErrNoFile()):
			continue
		case err != nil:
			return nil, err
		case out == nil:
			out = map[string]GuideFile{}
		}
		out[f.Key] = f
	}
	return out, nil
}

// PublishedFile 公开的附件 gives a file that a published guide names, to anybody.
// Errors: files.ErrNoFile.
func (s *Service) PublishedFile(ctx context.Context, key string) (GuideFile, error) {
	return fileBy(s.db.Read(ctx), sqlPublicFile, key)
}
