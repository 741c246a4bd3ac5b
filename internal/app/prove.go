package app

import (
	"archive/zip"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/archive"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/rating"
	"github.com/tongban/tongban/internal/sm"
	"github.com/tongban/tongban/internal/web/caseview"
)

// Proved is what a check found, in words for the terminal.
type Proved struct {
	Sound  bool // nothing is wrong
	ZH, EN []string
}

func (p *Proved) say(zh, en string, args ...any) {
	p.ZH = append(p.ZH, fmt.Sprintf(zh, args...))
	p.EN = append(p.EN, fmt.Sprintf(en, args...))
}

// Trusted is what a check rests on beside the file.
type Trusted struct {
	Calendars []string // files of holiday notices that came after this program
	Keys      string   // file of verifier keys, one a line; "": those in the package
}

func (t Trusted) read() (known clock.Calendar, keys []string, err error) {
	var notices []calendar.Notice
	for _, f := range t.Calendars {
		b, err := os.ReadFile(f)
		if err != nil {
			return known, nil, err
		}
		n, err := calendar.ParseNotice(b)
		if err != nil {
			return known, nil, err
		}
		notices = append(notices, n)
	}
	if known, err = calendar.ShippedWith(notices...); err != nil || t.Keys == "" {
		return known, nil, err
	}
	b, err := os.ReadFile(t.Keys)
	if err != nil {
		return known, nil, err
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" {
			keys = append(keys, line)
		}
	}
	if _, err := archive.ParseKeys(keys); err != nil {
		return known, nil, errs.New(errs.Invalid, "keys", "公钥文件无法读取，应为每行一个公钥。", "The file of keys cannot be read; it has one key a line.").Because(err)
	}
	return known, keys, nil
}

// ProveClock reckons the limits of a proof or of an archive package again, with
// nothing but the file. Errors: code "not-a-proof" for another kind of file.
func ProveClock(path string, t Trusted) (p Proved, err error) {
	known, _, err := t.read()
	if err != nil {
		return p, err
	}
	f, err := os.Open(path)
	if err != nil {
		return p, err
	}
	defer f.Close()
	head := make([]byte, 4)
	if _, err := f.ReadAt(head, 0); err == nil && string(head) == "PK\x03\x04" {
		rep, err := verified(f, archive.Options{Known: known})
		if err != nil {
			return p, err
		}
		p.Sound = true
		for _, c := range rep.Clocks {
			p.clock(c.Name, c.Proof, known)
		}
		if len(rep.Clocks) == 0 {
			p.say("档案中没有期限。", "There is no limit in the package.")
		}
		p.say("只重新计算了期限；要校验整个档案，请用 tongban case verify。", "Only the limits were reckoned; tongban case verify checks the whole package.")
		return p, nil
	}
	text, err := io.ReadAll(io.LimitReader(f, clock.MaxProofSize+1))
	if err != nil {
		return p, err
	}
	proof, err := clock.ParseProof(text)
	if err != nil {
		return p, notProof(err)
	}
	p.Sound = true
	p.clock(proof.Name, proof, known)
	return p, nil
}

func notProof(err error) error {
	return errs.New(errs.Invalid, "not-a-proof", "这个文件不是期限计算证明，也不是电子档案。", "This is neither the proof of a limit nor an archive package.").Because(err)
}

// clock says what follows for one limit.
func (p *Proved) clock(name string, proof clock.Proof, known clock.Calendar) {
	differ := proof.Check()
	unlike, unknown := proof.Against(known)
	differ = append(differ, unlike...)
	if len(differ) > 0 {
		p.Sound = false
		p.say("不符：%s", "differs: %s", title(name, proof.Case))
		for _, d := range differ {
			p.ZH, p.EN = append(p.ZH, "  "+d.Path+"："+d.ZH), append(p.EN, "  "+d.Path+": "+d.EN)
		}
		return
	}
	p.say("已证明：%s", "proven: %s", title(name, proof.Case))
	for _, en := range []bool{false, true} {
		lines, err := proof.Lines(en)
		if err != nil {
			continue // Check has told
		}
		to := &p.ZH
		if en {
			to = &p.EN
		}
		for _, l := range lines {
			*to = append(*to, "  "+l)
		}
	}
	for _, y := range unknown {
		p.say("  注意：本程序没有 %d 年的放假安排，该年按证明所附的日历计算；可用 --calendar 给出。", "  note: this program has no holiday notice of %d; the proof's own was used. Give one with --calendar.", y)
	}
}

func title(name, no string) string { return strings.TrimSpace(name + " " + no) }

func verified(f *os.File, o archive.Options) (archive.Report, error) {
	st, err := f.Stat()
	if err != nil {
		return archive.Report{}, err
	}
	rep, err := archive.Verify(f, st.Size(), o)
	if errors.Is(err, archive.ErrNotPackage) {
		return rep, errs.New(errs.Invalid, "not-a-package", "这个文件不是完好的电子档案。", "This is no sound archive package.").Because(err)
	}
	return rep, err
}

// VerifyArchive checks an archive package with nothing but the file. Errors:
// code "not-a-package" for what is no package or whose outside is damaged.
func VerifyArchive(path string, t Trusted) (p Proved, err error) {
	known, keys, err := t.read()
	if err != nil {
		return p, err
	}
	f, err := os.Open(path)
	if err != nil {
		return p, err
	}
	defer f.Close()
	rep, err := verified(f, archive.Options{Known: known, Keys: keys})
	if err != nil {
		return p, err
	}
	p.Sound = rep.Sound()
	p.say("%s %s", "%s %s", rep.Case, rep.Title)
	for _, c := range rep.Checks {
		switch c.Verdict {
		case archive.Proven:
			p.say("已验证  %[1]s", "proven   %[2]s", c.ZH, c.EN)
		case archive.Wrong:
			p.say("不符    %[1]s", "WRONG    %[2]s", c.ZH, c.EN)
		default:
			p.say("待核对  %[1]s", "open     %[2]s", c.ZH, c.EN)
		}
		for _, d := range c.Details {
			p.ZH, p.EN = append(p.ZH, "        "+d.ZH), append(p.EN, "         "+d.EN)
		}
	}
	if p.Sound {
		p.say("档案完好。", "The package is sound.")
	} else {
		p.say("档案有不符之处。", "Something in the package is wrong.")
	}
	return p, nil
}

// LogKeys are the verifier keys of the platform's audit log and archives, to be
// published: Ed25519 first, then SM2.
func LogKeys(c Config) ([]string, error) {
	keys, err := sm.Load(c.Keys)
	if err != nil {
		return nil, err
	}
	notes, err := keys.Note(logName)
	return notes.Texts, err
}

// ArchiveExport says which archives go where.
type ArchiveExport struct {
	To          string // folder; "-": one ZIP of packages on Stdout
	From, Until string // dates of closing, both included; empty: open
	Unit        string // key of the deciding unit; empty: all
	Stdout      io.Writer
}

// ArchiveOrder is what the running platform writes down before an export.
type ArchiveOrder struct {
	From, Until time.Time
	Unit        int64
}

// ExportArchives writes the packages of closed cases, one after another, in
// memory that does not grow with their number. The export is recorded in the
// audit log first, by the running platform if there is one; then the database is
// only read.
func ExportArchives(ctx context.Context, c Config, o ArchiveExport) (n int, err error) {
	r, err := o.dates()
	if err != nil {
		return 0, err
	}
	s, closeAll, err := readOnlyCases(ctx, c)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	if o.Unit != "" {
		dir, err := s.Identity.Directory(ctx)
		if err != nil {
			return 0, err
		}
		u, ok := dir.UnitByKey(o.Unit)
		if !ok {
			return 0, errs.New(errs.Invalid, "export-unknown", "没有这个单位："+o.Unit, "There is no such unit: "+o.Unit)
		}
		r.Unit = u.ID
	}
	r.Wait = 10 * time.Second
	order := ArchiveOrder{r.From, r.Until, r.Unit}
	if err := c.order(ctx, "/archives", order, &struct{}{}, func(rooms *Rooms) (any, error) { return rooms.recordArchives(ctx, order) }); err != nil {
		return 0, err
	}
	if o.To == "-" {
		return archivesToStream(ctx, s, r, o.Stdout)
	}
	return archivesToFolder(ctx, s, r, o.To)
}

func (r *Rooms) recordArchives(ctx context.Context, o ArchiveOrder) (any, error) {
	return struct{}{}, r.Casework.RecordArchives(ctx, actor.Platform(), casework.ArchiveRange{From: o.From, Until: o.Until, Unit: o.Unit})
}

func (o ArchiveExport) dates() (r casework.ArchiveRange, err error) {
	for _, d := range []struct {
		text, path string
		end        bool
		to         *time.Time
	}{{o.From, "from", false, &r.From}, {o.Until, "until", true, &r.Until}} {
		if d.text == "" {
			continue
		}
		day, err := clock.ParseDate(d.text)
		if err != nil {
			return r, errs.InvalidFields(errs.Field{Path: d.path, Code: "date", ZH: "请写成 2026-02-12 的样子", EN: "Write it like 2026-02-12"})
		}
		if *d.to = day.Start(); d.end {
			*d.to = day.End()
		}
	}
	return r, nil
}

// readOnlyCases opens what reading cases needs, beside a running platform.
func readOnlyCases(ctx context.Context, c Config) (s *casework.Service, closeAll func() error, err error) {
	keys, err := sm.Load(c.Keys)
	if err != nil {
		return nil, nil, err
	}
	notes, err := keys.Note(logName)
	if err != nil {
		return nil, nil, err
	}
	url, err := c.databaseURL()
	if err != nil {
		return nil, nil, err
	}
	printer, err := caseview.NewPrinter(c.URL)
	if err != nil {
		return nil, nil, err
	}
	d, err := db.Open(ctx, url, db.Options{Now: time.Now, ReadOnly: true})
	if err != nil {
		return nil, nil, err
	}
	vault := keys.Vault()
	store, err := files.New(ctx, files.Config{DB: d, Vault: vault, URL: c.Files, Secret: c.FilesSecret})
	if err != nil {
		return nil, nil, errors.Join(err, d.Close())
	}
	ids := identity.New(identity.Config{DB: d, Vault: vault, Now: d.Now})
	s = casework.New(casework.Config{Printer: printer, Trust: casework.ArchiveTrust{Signer: notes.Signers[0], Keys: notes.Texts, Origin: logName, URL: c.URL},
		DB: d, Catalog: catalog.New(catalog.Config{DB: d, Identity: ids, Formats: Formats()}), Identity: ids, Files: store,
		Calendar: calendar.New(calendar.Options{DB: d, Record: func(*db.Tx, calendar.Entry) error { return errors.New("calendar: opened for reading") }}),
		Licences: licence.New(licence.Config{DB: d, Identity: ids, Vault: vault}), Ratings: rating.New(rating.Config{DB: d, Identity: ids, Vault: vault}), Vault: vault})
	return s, func() error { return errors.Join(store.Close(), d.Close()) }, nil
}

// archivesToFolder writes one file a case; a file is there whole or not at all.
func archivesToFolder(ctx context.Context, s *casework.Service, r casework.ArchiveRange, dir string) (int, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, err
	}
	return s.Archives(ctx, actor.Platform(), r, func(x *casework.Archived) (err error) {
		tmp, err := os.CreateTemp(dir, ".tongban-*")
		if err != nil {
			return err
		}
		b := bufio.NewWriterSize(tmp, 1<<18)
		err = x.Write(b)
		err = errors.Join(err, b.Flush(), tmp.Close())
		if err == nil {
			err = os.Rename(tmp.Name(), filepath.Join(dir, x.Name))
		}
		if err != nil {
			return errors.Join(err, os.Remove(tmp.Name()))
		}
		return nil
	})
}

// archivesToStream writes one ZIP whose entries are the packages.
func archivesToStream(ctx context.Context, s *casework.Service, r casework.ArchiveRange, to io.Writer) (n int, err error) {
	b := bufio.NewWriterSize(to, 1<<18)
	z := zip.NewWriter(b)
	n, err = s.Archives(ctx, actor.Platform(), r, func(x *casework.Archived) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: x.Name, Method: zip.Store})
		if err != nil {
			return err
		}
		return x.Write(w)
	})
	if err == nil { // a broken stream must not look whole
		err = z.Close()
	}
	return n, errors.Join(err, b.Flush())
}
