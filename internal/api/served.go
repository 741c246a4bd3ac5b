package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/identity"
)

// DocumentIn names a document of a case.
type DocumentIn struct {
	CaseIn
	ID ID `path:"id"`
}

// Service 送达回证 is one way by which a document reached its addressee.
type Service struct {
	Way     string    `json:"way" enum:"electronic,pickup,post"`
	Name    string    `json:"name" doc:"Of the way."`
	At      time.Time `json:"at"`
	By      string    `json:"receivedBy,omitempty" doc:"Who signed."`
	Waybill string    `json:"waybill,omitempty"`
	Photo   ID        `json:"photo,omitzero" doc:"Picture of the signature."`
}

// ServeIn records a service.
type ServeIn struct {
	DocumentIn
	Body struct {
		Way      string `json:"way" enum:"pickup,post"`
		By       string `json:"receivedBy,omitempty" maxLength:"100" doc:"pickup: who signed."`
		Waybill  string `json:"waybill,omitempty" maxLength:"100" doc:"post: courier and number."`
		File     string `json:"file,omitempty" maxLength:"200" doc:"Picture of the signature: the file of POST /files."`
		FileName string `json:"fileName,omitempty" maxLength:"200"`
	}
}

// documentProofs are the print of a document and how it was served.
func (s *server) documentProofs() {
	send(s, operation{id: "case-document-print", method: http.MethodGet, path: "/cases/{no}/documents/{id}/print", tag: "cases", zh: "下载版式文书", en: "The print of a document",
		more: "HTML of A4 pages that needs nothing beside it. 409 while it is being made."},
		func(ctx context.Context, c *call, in *DocumentIn) (*stream, error) {
			if err := s.documentOf(ctx, c, in); err != nil {
				return nil, err
			}
			f, err := s.Casework.Print(ctx, c.Actor, int64(in.ID))
			if err != nil {
				return nil, err
			}
			return s.stored(ctx, f)
		})
	add(s, operation{id: "case-document-services", method: http.MethodGet, path: "/cases/{no}/documents/{id}/services", tag: "cases", zh: "送达回证", en: "How a document reached its addressee"},
		func(ctx context.Context, c *call, in *DocumentIn) (List[Service], error) {
			if err := s.documentOf(ctx, c, in); err != nil {
				return List[Service]{}, err
			}
			return s.services(ctx, c, in)
		})
	send(s, operation{id: "case-document-photo", method: http.MethodGet, path: "/cases/{no}/documents/{id}/services/{file}", tag: "cases", zh: "查看签收照片", en: "The picture of a signature"},
		func(ctx context.Context, c *call, in *struct {
			DocumentIn
			File ID `path:"file"`
		}) (*stream, error) {
			if err := s.documentOf(ctx, c, &in.DocumentIn); err != nil {
				return nil, err
			}
			list, err := s.Casework.Services(ctx, c.Actor, int64(in.ID))
			if err != nil {
				return nil, err
			}
			for _, x := range list {
				if x.Photo != nil && x.Photo.File == int64(in.File) {
					return s.stored(ctx, *x.Photo)
				}
			}
			return nil, files.ErrNoFile()
		})
	add(s, operation{id: "case-document-serve", method: http.MethodPost, path: "/cases/{no}/documents/{id}/services", tag: "cases", zh: "登记送达", en: "Window: record that a document was handed over or posted",
		again: "the same way is refused with 409: a record of service is never changed."},
		func(ctx context.Context, c *call, in *ServeIn) (List[Service], error) {
			if err := s.documentOf(ctx, c, &in.DocumentIn); err != nil {
				return List[Service]{}, err
			}
			b := in.Body
			serve := casework.ServeInput{Way: casework.ServedWay(b.Way), Name: b.By, Waybill: b.Waybill, PhotoSay: b.FileName}
			if strings.TrimSpace(b.File) != "" {
				ref, err := s.servePhoto(ctx, c, b.File)
				if err != nil {
					return List[Service]{}, err
				}
				serve.Photo = ref
			}
			if err := s.Casework.Serve(ctx, c.Actor, int64(in.ID), serve); err != nil {
				return List[Service]{}, err
			}
			return s.services(ctx, c, &in.DocumentIn)
		})
}

// documentOf refuses a document that is not the case's.
func (s *server) documentOf(ctx context.Context, c *call, in *DocumentIn) error {
	no, err := s.Casework.CaseOfDocument(ctx, c.Actor, int64(in.ID))
	if err == nil && no != in.No {
		err = identity.ErrNotFound
	}
	return err
}

func (s *server) services(ctx context.Context, c *call, in *DocumentIn) (List[Service], error) {
	list, err := s.Casework.Services(ctx, c.Actor, int64(in.ID))
	return List[Service]{mapTo(list, func(x casework.Served) Service {
		zh, en := x.Way.Words()
		out := Service{Way: string(x.Way), Name: c.pick(zh, en), At: x.At.UTC(), By: x.Name, Waybill: x.Waybill}
		if x.Photo != nil {
			out.Photo = ID(x.Photo.File)
		}
		return out
	}), ""}, err
}

// servePhoto takes an uploaded picture of a signature.
func (s *server) servePhoto(ctx context.Context, c *call, ticket string) (files.Ref, error) {
	known, err := s.uploaded(ctx, c, FileRef{File: ticket})
	if err != nil {
		return files.Ref{}, err
	}
	id, err := s.Files.Redeem(ticket, holder(c))
	ref, ok := known[id]
	if err != nil || !ok {
		return files.Ref{}, noSuchFile("file")
	}
	if !slices.Contains(casework.ServePhotos(), ref.Type) {
		return ref, files.ErrType().With(errs.Field{Path: "file", Code: "type", ZH: "请上传 JPEG、PNG 图片或者 PDF", EN: "JPEG, PNG or PDF"})
	}
	return ref, nil
}
