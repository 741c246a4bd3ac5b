package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/jobs"
)

const (
	sqlPrint          = `SELECT file_id, sm3, size FROM document_print WHERE document_id = $1`
	sqlPutPrint       = `INSERT INTO document_print (document_id, file_id, sm3, size, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (document_id) DO NOTHING`
	sqlPrinting       = `SELECT upto FROM document_printing WHERE id = 1`
	sqlSetPrinting    = `INSERT INTO document_printing (id, upto) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET upto = excluded.upto`
	sqlNewestDocument = `SELECT coalesce(max(id), 0) FROM document`
	sqlUnprinted      = `SELECT d.id, d.at, p.document_id IS NOT NULL FROM document d LEFT JOIN document_print p ON p.document_id = d.id
		WHERE d.id > $1 ORDER BY d.id LIMIT 200`
)

// Printer lays a document out for print, from its canonical content and its
// hash alone: the same content gives the same bytes.
type Printer func(doc Document, hash string) ([]byte, error)

// JobPrint lays documents out for print after their acts: without a payload
// those that are new, with one the document it names.
const JobPrint = "casework.print"

// settled is how old a document must be before the job no longer looks for
// others that commit later with a lower id.
const settled = 60 * 1_000_000 // microseconds

// printMost bounds one run of the job: acts come first.
const printMost = 400

// errPrinting says that the print is being made.
var errPrinting = errs.New(errs.Conflict, "document-printing", "文书版式文件正在制作，请稍后再试。", "The print of this document is being made; try again shortly.")

// Print 版式文书 gives the stored print of a document to somebody who may read its
// case. Until the job has made it the error says that it is being made.
func (s *Service) Print(ctx context.Context, a actor.Actor, document int64) (f HandedDoc, err error) {
	defer errs.Wrap(&err, "print of a document")
	c, number, _, err := s.caseOfDocument(ctx, a, document)
	if err != nil {
		return f, err
	}
	var sm3 string
	err = s.DB.Read(ctx).QueryRow(sqlPrint, document).Scan(&f.File, &sm3, &f.Size)
	if errors.Is(err, db.ErrNoRows) {
		if s.Config.Printer == nil {
			return f, errNoDocument
		}
		return f, errors.Join(errPrinting, s.askPrint(ctx, document))
	}
	f.Name, f.Type = files.CleanName(number+".html", files.HTML), string(files.HTML)
	if err != nil {
		return f, err
	}
	return f, s.opened(ctx, a, c, document)
}

// Printed reports whether the print of a document is there.
func (s *Service) Printed(ctx context.Context, document int64) (bool, error) {
	err := s.DB.Read(ctx).QueryRow(sqlPrint, document).Scan(new(int64), new(string), new(int64))
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// askPrint leaves a job for a document that the periodic one has not come to.
func (s *Service) askPrint(ctx context.Context, document int64) error {
	id := strconv.FormatInt(document, 10)
	return s.DB.Write(ctx, "casework.ask-print", func(tx *db.Tx) error {
		return jobs.Enqueue(tx, jobs.Job{Kind: JobPrint, Unique: JobPrint + "/" + id, Payload: []byte(id)})
	})
}

// printJob may run twice, at the same time as well: a print that is there is
// left alone, and one that is made again is the same file.
func (s *Service) printJob(ctx context.Context, j jobs.Job) error {
	if s.Config.Printer == nil {
		return nil
	}
	if len(j.Payload) > 0 {
		id, err := strconv.ParseInt(string(j.Payload), 10, 64)
		if err != nil {
			return jobs.Permanent(err)
		}
		return s.print(ctx, id)
	}
	return s.printNew(ctx)
}

// printNew prints what was made since the last time. What was there before the
// platform could print is printed when somebody asks for it.
func (s *Service) printNew(ctx context.Context) error {
	rd := s.DB.Read(ctx)
	var upto int64
	err := rd.QueryRow(sqlPrinting).Scan(&upto)
	if errors.Is(err, db.ErrNoRows) {
		if err := rd.QueryRow(sqlNewestDocument).Scan(&upto); err != nil {
			return err
		}
		return s.printedUpto(ctx, upto)
	}
	if err != nil {
		return err
	}
	type fresh struct {
		id, at int64
		done   bool
	}
	old, mark, made := db.Micros(s.DB.Now())-settled, upto, 0
	for last := upto; ; {
		list, err := db.All(s.DB.Read(ctx), func(r *db.Rows) (f fresh, err error) { return f, r.Scan(&f.id, &f.at, &f.done) }, sqlUnprinted, last)
		if err != nil {
			return err
		}
		for _, f := range list {
			last = f.id
			if !f.done {
				if err := s.print(ctx, f.id); err != nil {
					return err
				}
				made++
			}
			if f.at < old {
				mark = f.id
			}
		}
		if len(list) < 200 || made >= printMost {
			break
		}
	}
	if mark == upto {
		return nil
	}
	return s.printedUpto(ctx, mark)
}

func (s *Service) printedUpto(ctx context.Context, id int64) error {
	return s.DB.Write(ctx, "casework.printed", func(tx *db.Tx) error {
		tx.Queue(sqlSetPrinting, id)
		return nil
	})
}

// print makes and stores the print of one document.
func (s *Service) print(ctx context.Context, id int64) error {
	doc, _, hash, err := s.content(ctx, id)
	if err != nil {
		return err
	}
	page, err := s.Config.Printer(doc, hash)
	if err != nil {
		return err
	}
	ref, err := s.Files.Put(ctx, bytes.NewReader(page), files.Meta{Name: "print.html", Types: []files.Type{files.HTML}})
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, "casework.print", func(tx *db.Tx) error {
		n, err := tx.Exec(sqlPutPrint, id, ref.ID, ref.Hash, ref.Size, tx.NowMicros())
		if err == nil && n > 0 {
			s.Files.Attach(tx, ref.ID)
		}
		return err
	})
}

// content opens the canonical content of a document; who may see it is for the
// caller.
func (s *Service) content(ctx context.Context, id int64) (doc Document, canonical []byte, hash string, err error) {
	var sealed []byte
	err = s.DB.Read(ctx).QueryRow(sqlDocument, id).Scan(new(int64), new(int64), new(string), new(string), new(string), &hash, &sealed, new(int64))
	if errors.Is(err, db.ErrNoRows) {
		return doc, nil, "", errNoDocument
	}
	if err != nil {
		return doc, nil, "", err
	}
	if canonical, err = s.Vault.Open("casework/document", sealed); err != nil {
		return doc, nil, "", err
	}
	return doc, canonical, hash, json.Unmarshal(canonical, &doc)
}
