package api

import (
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/files"
)

// GuideFile 空白表格、示例样表 was uploaded for a draft and is kept for a day until
// a section that names it is written.
type GuideFile struct {
	Uploaded
	Address string `json:"address" doc:"What a material says as its blankForm or sampleFile. Once a guide that says so is published, everybody gets the file there."`
}

// guideFiles are the blank forms and filled-in examples of a draft.
func (s *server) guideFiles() {
	add(s, operation{id: "guide-draft-file", method: http.MethodPost, path: "/catalogue/drafts/{id}/files", tag: "catalogue", status: http.StatusCreated, upload: true,
		zh: "上传空白表格或者示例样表", en: "Stewards: upload a blank form or a filled-in example for a draft",
		more:  "One part named file: PDF, OFD, DOCX, XLSX, JPEG or PNG. Then write the section materials with the address, and name the file in files.",
		again: "the same file under the same name gives the same address."},
		func(ctx context.Context, c *call, in *GuideDraftIn) (GuideFile, error) {
			if err := s.Catalog.MayWrite(ctx, c.Actor, int64(in.ID)); err != nil {
				return GuideFile{}, err
			}
			var f catalog.TakenFile
			err := onePart(c, maxUpload, func(part *multipart.Part) (err error) {
				f, err = s.Catalog.TakeFile(ctx, c.Actor, int64(in.ID), part, part.FileName())
				return err
			})
			return GuideFile{Uploaded{f.Ticket, f.Name, f.Size, string(f.Type), f.Hash}, f.Address()}, err
		})
	send(s, operation{id: "guide-draft-file-get", method: http.MethodGet, path: "/catalogue/drafts/{id}/files/{key}", tag: "catalogue",
		zh: "下载编制稿的附件", en: "Stewards and reviewers: a blank form or example of a draft"},
		func(ctx context.Context, c *call, in *struct {
			GuideDraftIn
			Key string `path:"key" maxLength:"40" doc:"The last part of its address."`
		}) (*stream, error) {
			d, err := s.Catalog.Draft(ctx, c.Actor, int64(in.ID))
			if err != nil {
				return nil, err
			}
			f, ok := d.Files[in.Key]
			if !ok {
				return nil, files.ErrNoFile()
			}
			return s.opened(ctx, f.File, f.Type, f.Name, f.Size)
		})
}

// taken finds files that the caller uploaded for a draft.
func (s *server) taken(ctx context.Context, c *call, draft int64, list []FileRef) ([]catalog.GuideFile, error) {
	var out []catalog.GuideFile
	for i, in := range list {
		f, err := s.Catalog.FileTaken(ctx, c.Actor, draft, in.File, in.Name)
		switch {
		case errors.Is(err, files.ErrNoFile()):
			return nil, noSuchFile(fmt.Sprintf("files/%d/file", i))
		case err != nil:
			return nil, err
		}
		out = append(out, f.GuideFile)
	}
	return out, nil
}
