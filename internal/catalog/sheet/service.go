package sheet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
)

// Import 导入 is a file that somebody brought, and what would come of it. Only
// who brought it sees it.
type Import struct {
	ID        int64
	Name      string
	Format    Format
	Mode      catalog.PlanMode
	State     State
	Rows      []catalog.PlanRow // once it is read
	Problems  []errs.Field      // why the file as a whole was refused, or not carried out
	Reason    string
	CreatedAt time.Time

	staff int64 // who brought it
}

// State 导入状态.
type State string

// States of an import.
const (
	Reading  State = "reading"  // 预检中
	Ready    State = "ready"    // 待执行
	Refused  State = "refused"  // 不能读取
	Carrying State = "carrying" // 执行中
	Done     State = "done"     // 已导入
	Failed   State = "failed"   // 没有导入
)

// stateWords name the states for people.
var stateWords = map[State][2]string{Reading: {"正在预检", "Being checked"}, Ready: {"预检完成，待执行", "Checked, to be carried out"}, Refused: {"文件不能导入", "File refused"},
	Carrying: {"正在导入", "Importing"}, Done: {"已导入", "Imported"}, Failed: {"没有导入", "Not imported"}}

// Words names the state.
func (s State) Words() (zh, en string) { w := stateWords[s]; return w[0], w[1] }

// Busy reports whether a job is at work on it.
func (s State) Busy() bool { return s == Reading || s == Carrying }

// Progress is how far the work on an import is, as far as this process knows.
type Progress struct{ Done, Of int }

// Service keeps imports.
type Service struct {
	db      *db.DB
	ids     *identity.Service
	catalog *catalog.Service

	mu    sync.Mutex
	at    map[int64]Progress
	plans map[int64]*catalog.Plan // made by this process; others are made again
	order []int64
}

// plansKept is how many plans wait in memory for being carried out.
const plansKept = 4

// New makes the service.
func New(d *db.DB, ids *identity.Service, c *catalog.Service) *Service {
	return &Service{db: d, ids: ids, catalog: c, at: map[int64]Progress{}, plans: map[int64]*catalog.Plan{}}
}

// Jobs of imports.
const (
	JobRead  = "catalog.import-read"
	JobCarry = "catalog.import-carry"
)

// keepImports is how long an import is kept.
const keepImports = 14 * 24 * time.Hour

const (
	importColumns  = `id, staff_id, name, format, mode, state, report, error, reason, created_at`
	sqlPutImport   = `INSERT INTO item_import (id, staff_id, name, format, mode, state, file, report, error, reason, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'reading', $6, '', '', '', $7, $7)`
	sqlImport      = `SELECT ` + importColumns + ` FROM item_import WHERE id = $1`
	sqlImports     = `SELECT id, staff_id, name, format, mode, state, '', '', reason, created_at FROM item_import WHERE staff_id = $1 ORDER BY id DESC LIMIT 20`
	sqlImportFile  = `SELECT file FROM item_import WHERE id = $1`
	sqlSetImport   = `UPDATE item_import SET state = $3, report = $4, error = $5, updated_at = $6 WHERE id = $1 AND state = $2`
	sqlCarryImport = `UPDATE item_import SET state = 'carrying', reason = $2, updated_at = $3 WHERE id = $1 AND state = 'ready'`
	sqlEndImport   = `UPDATE item_import SET state = $2, error = $3, file = $4, updated_at = $5 WHERE id = $1 AND state = 'carrying'`
	sqlDropImports = `DELETE FROM item_import WHERE created_at < $1`
)

// SQL lists the texts of imports, for the test that prepares them on both engines.
func SQL() []string {
	return []string{sqlPutImport, sqlImport, sqlImports, sqlImportFile, sqlSetImport, sqlCarryImport, sqlEndImport, sqlDropImports}
}

// Handlers registers the jobs.
func (s *Service) Handlers(r *jobs.Runner) {
	r.Handle(JobRead, s.job(s.read))
	r.Handle(JobCarry, s.job(s.carry))
}

// order is what a job is told: the import, and who asked for it.
type order struct {
	ID    int64
	Actor actor.Actor
}

func (s *Service) job(do func(context.Context, order) error) jobs.Handler {
	return func(ctx context.Context, j jobs.Job) error {
		var o order
		if err := json.Unmarshal(j.Payload, &o); err != nil {
			return jobs.Permanent(err)
		}
		defer s.forget(o.ID)
		return do(ctx, o)
	}
}

func enqueue(tx *db.Tx, kind string, o order) error {
	b, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return jobs.Enqueue(tx, jobs.Job{Kind: kind, Payload: b, Unique: fmt.Sprint(o.ID), Owner: "catalog"})
}

// FormatOf tells a file's format by its name.
func FormatOf(name string) (Format, bool) {
	i := strings.LastIndexByte(name, '.')
	switch strings.ToLower(name[i+1:]) {
	case "xlsx":
		return XLSX, true
	case "yaml", "yml":
		return YAML, true
	case "json":
		return Exchange, true
	}
	return "", false
}

// Allowed holds that somebody keeps or reviews items, who alone may bring or
// take lists. A face asks before it reads a file.
func (s *Service) Allowed(ctx context.Context, a actor.Actor) error {
	return s.ids.Allow(ctx, a, identity.CatalogueRead, identity.Target{UnitPath: catalog.Scope(a)}, "catalogue")
}

// Begin 上传 stores a file; a job reads and plans it. once may be nil; a repeated
// key answers the import that it began.
func (s *Service) Begin(ctx context.Context, a actor.Actor, name string, mode catalog.PlanMode, file []byte, once db.Once) (id int64, err error) {
	defer errs.Wrap(&err, "begin an import")
	format, ok := FormatOf(name)
	switch {
	case len(file) == 0:
		return 0, ErrNoFile
	case !ok:
		return 0, errs.InvalidFields(errs.Field{Path: "file", Code: "format", ZH: "请选择 .xlsx、.yaml 或者 .json 文件", EN: "Choose a file named .xlsx, .yaml or .json"})
	case len(file) > MaxUpload:
		return 0, ErrUpload
	}
	if _, err := s.catalog.Plan(ctx, a, mode, nil, nil); err != nil { // may they at all
		return 0, err
	}
	err = s.db.Write(ctx, "catalog.import-begin", func(tx *db.Tx) (err error) {
		if id, err = tx.Claim(once); err != nil || id != 0 {
			return err
		}
		id = tx.NewID()
		tx.Queue(sqlDropImports, db.Micros(tx.Now().Add(-keepImports)))
		tx.Queue(sqlPutImport, id, a.ID, cut(name), string(format), string(mode), file, tx.NowMicros())
		tx.Record(once, id)
		return enqueue(tx, JobRead, order{id, a})
	})
	return id, err
}

// ErrNoImport is the error for an import that is not there, or another's.
var ErrNoImport = errs.New(errs.NotFound, "import-not-found", "没有找到这次导入，可能已经过期。", "There is no such import; it may have gone.")

func scanImport(r interface{ Scan(...any) error }) (im Import, err error) {
	var report, problems string
	var created int64
	if err := r.Scan(&im.ID, &im.staff, &im.Name, &im.Format, &im.Mode, &im.State, &report, &problems, &im.Reason, &created); err != nil {
		return im, err
	}
	im.CreatedAt = db.Time(created)
	for text, to := range map[string]any{report: &im.Rows, problems: &im.Problems} {
		if text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(text), to); err != nil {
			return im, fmt.Errorf("stored import: %w", err)
		}
	}
	return im, nil
}

// Import gives an import of the actor's.
func (s *Service) Import(ctx context.Context, a actor.Actor, id int64) (*Import, error) {
	if err := s.Allowed(ctx, a); err != nil {
		return nil, err
	}
	im, err := s.stored(ctx, id)
	if err == nil && im.staff != a.ID {
		s.ids.Refused(ctx, a, identity.CatalogueRead, subject(id), identity.ErrNotFound)
		return nil, ErrNoImport
	}
	return im, err
}

func (s *Service) stored(ctx context.Context, id int64) (*Import, error) {
	im, err := scanImport(s.db.Read(ctx).QueryRow(sqlImport, id))
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrNoImport
	}
	return &im, err
}

// subject names an import in the audit log.
func subject(id int64) string { return fmt.Sprintf("import/%d", id) }

// Imports lists the actor's last imports, newest first, without their rows.
func (s *Service) Imports(ctx context.Context, a actor.Actor) ([]Import, error) {
	if err := s.Allowed(ctx, a); err != nil {
		return nil, err
	}
	return db.All(s.db.Read(ctx), func(r *db.Rows) (Import, error) { return scanImport(r) }, sqlImports, a.ID)
}

// ErrImportState is the error for carrying out what is not ready.
var ErrImportState = errs.New(errs.Conflict, "import-state", "这次导入现在不能执行，请查看它的状态。", "This import cannot be carried out now; look at its state.")

// Carry 执行 has an import carried out by a job. once may be nil; a repeated key
// orders nothing more.
func (s *Service) Carry(ctx context.Context, a actor.Actor, id int64, reason string, once db.Once) (err error) {
	defer errs.Wrap(&err, "carry out import %d", id)
	if _, err := s.Import(ctx, a, id); err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return errs.InvalidFields(errs.Field{Path: "reason", Code: "required", ZH: "请写明导入的理由", EN: "Say why it is imported"})
	}
	return s.db.Write(ctx, "catalog.import-order", func(tx *db.Tx) error {
		if prior, err := tx.Claim(once); err != nil || prior != 0 {
			return err
		}
		tx.QueueOne(ErrImportState, sqlCarryImport, id, reason, tx.NowMicros())
		tx.Record(once, id)
		return enqueue(tx, JobCarry, order{id, a})
	})
}

// Progress tells how far the job is; ok is false if this process does not know.
func (s *Service) Progress(id int64) (p Progress, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok = s.at[id]
	return p, ok
}

func (s *Service) told(id int64) func(done, of int) {
	return func(done, of int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.at[id] = Progress{max(done, s.at[id].Done), of}
	}
}

func (s *Service) forget(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.at, id)
}

func (s *Service) keep(id int64, p *catalog.Plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.order = append(s.order, id); len(s.order) > plansKept {
		delete(s.plans, s.order[0])
		s.order = s.order[1:]
	}
	s.plans[id] = p
}

func (s *Service) kept(id int64) *catalog.Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.plans[id]
	delete(s.plans, id)
	return p
}

// planOf reads the stored file and plans it.
func (s *Service) planOf(ctx context.Context, o order) (*catalog.Plan, error) {
	im, err := s.stored(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	var file []byte
	if err := s.db.Read(ctx).QueryRow(sqlImportFile, o.ID).Scan(&file); err != nil {
		return nil, err
	}
	entries, err := Read(ctx, s.catalog, im.Format, file)
	if err != nil {
		return nil, err
	}
	return s.catalog.Plan(ctx, o.Actor, im.Mode, entries, s.told(o.ID))
}

// read is the job that plans an import. It may run twice.
func (s *Service) read(ctx context.Context, o order) error {
	p, err := s.planOf(ctx, o)
	if err != nil {
		says, ok := saysOf(err)
		if !ok {
			return err
		}
		return s.set(ctx, o.ID, Reading, Refused, "", says)
	}
	report, err := reportOf(p)
	if err != nil {
		return err
	}
	s.keep(o.ID, p)
	return s.set(ctx, o.ID, Reading, Ready, report, "")
}

// reportOf is a plan as it is stored and shown. Long lists of problems are cut.
func reportOf(p *catalog.Plan) (string, error) {
	const most = 30
	rows := make([]catalog.PlanRow, len(p.Rows))
	for i, r := range p.Rows {
		r.Problems = r.Problems[:min(len(r.Problems), most)]
		r.Changes = r.Changes[:min(len(r.Changes), most)]
		rows[i] = r
	}
	b, err := json.Marshal(rows)
	return string(b), err
}

// saysOf gives the words of an error that people can mend, as stored.
func saysOf(err error) (string, bool) {
	e := errs.Of(err)
	if e.Kind == errs.Internal || e.Kind == errs.Unavailable {
		return "", false
	}
	fields := e.Fields
	if len(fields) == 0 {
		fields = []errs.Field{{Path: "file", Code: e.Code, ZH: e.ZH, EN: e.EN}}
	}
	b, jerr := json.Marshal(fields)
	return string(b), jerr == nil
}

func (s *Service) set(ctx context.Context, id int64, from, to State, report, says string) error {
	return s.db.Write(ctx, "catalog.import-read", func(tx *db.Tx) error {
		tx.Queue(sqlSetImport, id, string(from), string(to), report, says, tx.NowMicros())
		return nil
	})
}

// carry is the job that carries an import out. The act notes that it is done, so
// running twice does nothing more.
func (s *Service) carry(ctx context.Context, o order) error {
	im, err := s.stored(ctx, o.ID)
	if err != nil {
		return jobs.Permanent(err)
	}
	if im.State != Carrying {
		return nil
	}
	p := s.kept(o.ID)
	if p == nil {
		if p, err = s.planOf(ctx, o); err == nil {
			err = unchanged(p, im)
		}
	}
	end := func(to State, says string) func(*db.Tx) {
		return func(tx *db.Tx) { tx.Queue(sqlEndImport, o.ID, string(to), says, []byte{}, tx.NowMicros()) }
	}
	if err == nil {
		err = s.catalog.CarryOut(ctx, o.Actor, p, catalog.Carrying{Subject: subject(o.ID), Reason: im.Reason, Progress: s.told(o.ID), Also: end(Done, "")})
	}
	if err == nil {
		return nil
	}
	says, ok := saysOf(err)
	if !ok {
		return err
	}
	return s.db.Write(ctx, "catalog.import-end", func(tx *db.Tx) error {
		end(Failed, says)(tx)
		return nil
	})
}

// unchanged: a plan that was made again says what people have seen.
func unchanged(p *catalog.Plan, im *Import) error {
	if len(p.Rows) != len(im.Rows) {
		return catalog.ErrPlanOld
	}
	for i, r := range p.Rows {
		if r.State != im.Rows[i].State || r.Code != im.Rows[i].Code || len(r.Changes) < len(im.Rows[i].Changes) {
			return catalog.ErrPlanOld
		}
	}
	return nil
}
