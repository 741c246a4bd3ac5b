package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/sm"
)

// Check is one thing that doctor looked at.
type Check struct {
	Name   string
	State  string // "ok", "warn", "fail"
	ZH, EN string
}

// Doctor looks at a platform without changing anything, also beside a running
// server: keys, database, tables, collation, item codes, calendar, messages, disk, the
// machine's clock, the payment provider, the courier and the cabinets.
func Doctor(ctx context.Context, c Config) []Check {
	d := &doctor{c: c, ctx: ctx}
	d.keys()
	if d.open() {
		d.schema()
		d.collation()
		d.codes()
		d.calendar()
		d.clock()
		d.outside()
		d.cabinets()
		d.messages()
		d.check("database-close", d.db.Close(), "", "")
	}
	d.disk()
	return d.out
}

type doctor struct {
	c   Config
	ctx context.Context
	db  *db.DB
	out []Check
}

func (d *doctor) add(name, state, zh, en string) { d.out = append(d.out, Check{name, state, zh, en}) }

// check adds a failure for an error; without one the words, if there are any.
func (d *doctor) check(name string, err error, zh, en string) bool {
	switch {
	case err != nil:
		e := errs.Of(err)
		d.add(name, "fail", e.ZH, e.EN+": "+err.Error())
	case zh != "":
		d.add(name, "ok", zh, en)
	}
	return err == nil
}

func (d *doctor) keys() {
	_, err := sm.Load(d.c.Keys)
	d.check("keys", err, "密钥齐全，只有本账户可读", "the keys are complete and readable by this account alone")
}

func (d *doctor) open() bool {
	url, err := d.c.databaseURL()
	if err == nil {
		d.db, err = db.Open(d.ctx, url, db.Options{Now: time.Now, ReadOnly: true})
	}
	if err == nil {
		err = d.db.Ping(d.ctx)
	}
	return d.check("database", err, "数据库可以连接", "the database answers")
}

func (d *doctor) schema() {
	pending, err := d.db.Pending(d.ctx)
	if d.check("schema", err, "", "") {
		if len(pending) == 0 {
			d.add("schema", "ok", "表结构是最新的", "the tables are up to date")
		} else {
			d.add("schema", "warn", fmt.Sprintf("有 %d 个表结构更新待执行：运行 tongban migrate", len(pending)), fmt.Sprintf("%d migrations are pending: run tongban migrate", len(pending)))
		}
	}
}

// collation: PostgreSQL has to compare bytes, or texts sort otherwise than on
// SQLite and indexes do not serve.
func (d *doctor) collation() {
	if d.db.Engine() != db.Postgres {
		d.add("collation", "ok", "按字节排序", "texts are compared by bytes")
		return
	}
	var collate string
	err := d.db.Read(d.ctx).QueryRow(`SELECT datcollate FROM pg_database WHERE datname = current_database()`).Scan(&collate)
	if !d.check("collation", err, "", "") {
		return
	}
	if collate == "C" || collate == "POSIX" {
		d.add("collation", "ok", "数据库的排序规则是 C", "the database's collation is C")
	} else {
		d.add("collation", "fail", "数据库的排序规则是 "+collate+"，应为 C，请用 TEMPLATE template0 LC_COLLATE 'C' 重新建库", "the database's collation is "+collate+", it has to be C: create it with TEMPLATE template0 LC_COLLATE 'C'")
	}
}

// codes: what is in the catalogue was made by the code lengths of some
// configuration, and others would not find it again.
func (d *doctor) codes() {
	p := d.c.codes()
	var other int64
	err := d.db.Read(d.ctx).QueryRow(`SELECT (SELECT count(*) FROM basic_item WHERE length(code) <> $1) + (SELECT count(*) FROM item WHERE length(code) NOT IN ($2, $3))`,
		p.BasicLen(), p.ImplementationLen(), p.HandlingLen()).Scan(&other)
	if !d.check("item-codes", err, "", "") {
		return
	}
	widths := fmt.Sprintf("%d / %d / %d", p.BasicLen(), p.ImplementationLen(), p.HandlingLen())
	if other > 0 {
		d.add("item-codes", "fail", fmt.Sprintf("有 %d 个事项编码的长度不是 itemCode 所定的 %s，请改回导入时的 itemCode", other, widths), fmt.Sprintf("%d item codes are not as long as itemCode says, %s: set it back to what it was at the import", other, widths))
		return
	}
	d.add("item-codes", "ok", "事项编码长度是 "+widths, "item codes have the lengths "+widths)
}

func (d *doctor) calendar() {
	cal, err := calendar.Load(d.db.Read(d.ctx))
	if !d.check("calendar", err, "", "") {
		return
	}
	today := clock.DateOf(time.Now())
	cov := calendar.CoverageOn(cal, today)
	zh := fmt.Sprintf("工作日历（版本 %s）覆盖至 %s，还有 %d 天", cov.Edition, cov.Until, cov.Days)
	en := fmt.Sprintf("the calendar (edition %s) covers until %s, %d days from today", cov.Edition, cov.Until, cov.Days)
	if cov.Days < d.c.CalendarAlarm {
		d.add("calendar", "warn", zh+"；请导入新一年的放假通知，此后的日期都是暂定的", en+"; import the next year's notice, dates beyond it are provisional")
		return
	}
	d.add("calendar", "ok", zh, en)
}

// clock: acts of the future mean that the machine's clock went back.
func (d *doctor) clock() {
	var last int64
	err := d.db.Read(d.ctx).QueryRow(`SELECT coalesce(max(updated_at), 0) FROM cases WHERE id = (SELECT max(id) FROM cases)`).Scan(&last)
	if !d.check("clock", err, "", "") {
		return
	}
	if ahead := time.Until(db.Time(last)); ahead > time.Minute {
		d.add("clock", "fail", fmt.Sprintf("本机时钟比最近一次办件晚了 %s，请校准", ahead.Round(time.Second)), fmt.Sprintf("this machine's clock is %s behind the newest case; set it", ahead.Round(time.Second)))
		return
	}
	d.add("clock", "ok", "本机时间 "+time.Now().In(clock.Shanghai()).Format("2006-01-02 15:04:05"), "this machine's time is "+time.Now().In(clock.Shanghai()).Format(time.RFC3339))
}

// lowDisk is under how many bytes of free space doctor warns.
const lowDisk = 2 << 30

func (d *doctor) disk() {
	for _, dir := range []string{d.c.Files, filepath.Dir(strings.TrimPrefix(d.c.Database, "sqlite://"))} {
		if strings.Contains(dir, "://") || strings.HasPrefix(d.c.Database, "postgres") && dir != d.c.Files {
			continue
		}
		var st syscall.Statfs_t
		if err := syscall.Statfs(dir, &st); err != nil {
			if errors.Is(err, os.ErrNotExist) {
				d.add("disk", "fail", "没有目录 "+dir, "there is no folder "+dir)
				continue
			}
			d.check("disk", err, "", "")
			continue
		}
		free := st.Bavail * uint64(st.Bsize)
		state := "ok"
		if free < lowDisk {
			state = "warn"
		}
		d.add("disk", state, fmt.Sprintf("%s 所在磁盘剩余 %.1f GB", dir, float64(free)/(1<<30)), fmt.Sprintf("%.1f GB free where %s is", float64(free)/(1<<30), dir))
	}
}

// VerifyAudit proves the audit log from the stored rows, read-only, beside a
// running server. copies are checkpoints that were kept elsewhere.
func VerifyAudit(ctx context.Context, c Config, copies ...string) (rep audit.Report, err error) {
	keys, err := sm.Load(c.Keys)
	if err != nil {
		return rep, err
	}
	notes, err := keys.Note(logName)
	if err != nil {
		return rep, err
	}
	url, err := c.databaseURL()
	if err != nil {
		return rep, err
	}
	d, err := db.Open(ctx, url, db.Options{Now: time.Now, ReadOnly: true})
	if err != nil {
		return rep, err
	}
	rep, err = audit.Verify(ctx, d, audit.Keys{Signers: notes.Signers, Verifiers: notes.Verifiers}, copies...)
	return rep, errors.Join(err, d.Close())
}

// Migrate brings the tables up to date and names what it applied.
func Migrate(ctx context.Context, c Config) (applied []string, err error) {
	url, err := c.databaseURL()
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, url, db.Options{Now: time.Now})
	if err != nil {
		return nil, err
	}
	applied, err = d.Migrate(ctx)
	return applied, errors.Join(err, d.Close())
}
