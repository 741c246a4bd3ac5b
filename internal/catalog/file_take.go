package catalog

import (
	"context"
	"fmt"
	"io"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/identity"
)

// TakenFile is a file that was uploaded for a draft and is in no guide yet; it
// is kept for files.LooseFor. By its ticket whoever uploaded it names it again,
// for this draft alone.
type TakenFile struct {
	GuideFile
	Hash   string // SM3 of the content, 64 lower-case hexadecimal characters
	Ticket string
}

// TakeFile 上传附件 stores a blank form or an example for a draft that the actor
// may write. It is in no guide before SaveSection has written one that names it.
// Errors: those of files.Put, ErrDraftState.
func (s *Service) TakeFile(ctx context.Context, a actor.Actor, draft int64, r io.Reader, name string) (TakenFile, error) {
	if err := s.MayWrite(ctx, a, draft); err != nil {
		return TakenFile{}, err
	}
	ref, err := s.files.Put(ctx, r, files.Meta{Name: name, Types: GuideFileTypes(), MaxBytes: GuideFileMost})
	if err != nil {
		return TakenFile{}, err
	}
	return TakenFile{NewGuideFile(ref, files.CleanName(name, ref.Type)), ref.Hash, s.files.Ticket(ref, uploader(a, draft))}, nil
}

// FileTaken gives what TakeFile stored under this name. Errors: files.ErrNoFile
// for a ticket of somebody else, of another draft, or one that has expired.
func (s *Service) FileTaken(ctx context.Context, a actor.Actor, draft int64, ticket, name string) (TakenFile, error) {
	id, err := s.files.Redeem(ticket, uploader(a, draft))
	if err != nil {
		return TakenFile{}, err
	}
	ref, err := s.files.Stat(s.db.Read(ctx), id)
	if err != nil {
		return TakenFile{}, err
	}
	return TakenFile{NewGuideFile(ref, files.CleanName(name, ref.Type)), ref.Hash, ticket}, nil
}

func uploader(a actor.Actor, draft int64) string {
	return fmt.Sprintf("%s/%d guide-draft/%d", a.Kind, a.ID, draft)
}

// MayWrite reports whether the actor may write in a draft as it stands; a
// refusal is audited. Errors: ErrNoDraft, ErrDraftState.
func (s *Service) MayWrite(ctx context.Context, a actor.Actor, draft int64) error {
	d, err := draftBy(s.db.Read(ctx), sqlDraftByID, draft)
	if err != nil {
		return err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return err
	}
	if err := s.ids.Allow(ctx, a, identity.ItemCompile, identity.Target{UnitPath: dir.Path(d.UnitID), AuthorIDs: d.Authors}, draftSubject(draft)); err != nil {
		return err
	}
	if !d.State.Editable() {
		return ErrDraftState
	}
	return nil
}
