package files

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/sm"
)

// Store 文件库 keeps files. It is safe for concurrent use.
type Store struct {
	db     *db.DB
	vault  *sm.Vault
	log    *slog.Logger
	spool  string
	bucket *bucket
}

// Config of New.
type Config struct {
	DB     *db.DB
	Vault  *sm.Vault
	Log    *slog.Logger // nil: silent
	URL    string       // a folder, file:///folder, or s3://bucket?endpoint=…&region=…&prefix=…
	Secret string       // S3: path of a file with two lines, access key and secret key
	Spool  string       // folder for uploads under way; "": the system's temporary folder
}

// Ref 文件引用 is a stored file. Its ID is no right to read it.
type Ref struct {
	ID   int64
	Hash string // SM3 of the plain content, 64 lower-case hexadecimal characters
	Size int64  // bytes of plain content
	Type Type
}

// Meta is what the uploader says and what the place accepts.
type Meta struct {
	Name     string // original name; only its ending is looked at, nothing of it is kept
	Types    []Type // accepted types; nil: Materials()
	MaxBytes int64  // 0: DefaultMaxBytes
	Size     int64  // announced size; 0: not announced
}

// DefaultMaxBytes is the limit where the place sets none.
const DefaultMaxBytes = 50 << 20

// LooseFor is how long a file that nothing refers to is kept.
const LooseFor = 24 * time.Hour

// New opens the bucket. A folder is made when it is missing; an S3 server is
// not spoken to before the first use (see Check).
func New(ctx context.Context, c Config) (*Store, error) {
	b, err := openBucket(ctx, c.URL, c.Secret)
	if err != nil {
		return nil, err
	}
	s := &Store{db: c.DB, vault: c.Vault, log: c.Log, spool: c.Spool, bucket: b}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s, nil
}

// Check reports whether the bucket answers; for readiness and doctor.
func (s *Store) Check(ctx context.Context) error {
	if s.bucket.dir != "" {
		_, err := os.Stat(s.bucket.dir)
		return err
	}
	ok, err := s.bucket.b.IsAccessible(ctx)
	if err == nil && !ok {
		err = errors.New("files: the bucket is not there")
	}
	return err
}

// Close lets the bucket go.
func (s *Store) Close() error { return s.bucket.b.Close() }

// Put takes a file in. When it returns without error the file is durable, and
// is kept for LooseFor even if nothing attaches it. The same content gives the
// same Ref. Errors: ErrTooLarge, ErrEmpty, ErrBrokenOff, ErrType, ErrDisguised,
// ErrArchive, ErrBomb, ErrImage; after any error nothing is stored.
func (s *Store) Put(ctx context.Context, r io.Reader, m Meta) (Ref, error) {
	sp := newSpool(s.vault, s.spool)
	defer sp.Close()
	hash, err := receive(sp, r, m)
	if err != nil {
		return Ref{}, err
	}
	ending := endingOf(m.Name)
	t, err := detect(sp, sp.size, ending, usualLimits())
	if err != nil {
		return Ref{}, err
	}
	types := m.Types
	if types == nil {
		types = Materials()
	}
	if err := judge(t, ending, types); err != nil {
		return Ref{}, err
	}
	return s.keep(ctx, sp, Ref{Hash: hash, Size: sp.size, Type: t})
}

// receive reads the upload into the spool and gives the SM3 of its content.
func receive(sp *spool, r io.Reader, m Meta) (string, error) {
	limit := m.MaxBytes
	if limit <= 0 {
		limit = DefaultMaxBytes
	}
	if m.Size > limit {
		return "", ErrTooLarge()
	}
	sum := sm.NewSM3()
	in := &source{r: r}
	n, err := io.Copy(io.MultiWriter(sum, sp), io.LimitReader(in, limit+1))
	var tooLarge *http.MaxBytesError
	switch {
	case n > limit, errors.As(err, &tooLarge):
		return "", ErrTooLarge()
	case err != nil && in.err != nil:
		return "", ErrBrokenOff().Because(in.err)
	case err != nil:
		return "", err
	case m.Size > 0 && n != m.Size:
		return "", ErrBrokenOff().Because(fmt.Errorf("%d bytes of %d", n, m.Size))
	case n == 0:
		return "", ErrEmpty()
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// source remembers whether it was the uploader's side that failed.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// keep stores judged content, or finds that it is stored already.
func (s *Store) keep(ctx context.Context, sp *spool, ref Ref) (Ref, error) {
	row, err := s.claim(ctx, ref)
	if err != nil {
		return Ref{}, err
	}
	ref.ID = row.id
	if row.ready {
		there, err := s.bucket.exists(ctx, row.object)
		if err != nil {
			return Ref{}, fmt.Errorf("files: object: %w", err)
		}
		if there {
			return ref, nil
		}
		s.log.Error("stored object is missing, written anew", "file", row.id)
		_, err = s.seal(ctx, sp, row.object)
		return ref, err
	}
	key, err := s.seal(ctx, sp, row.object)
	if err != nil {
		s.discard(ctx, row)
		return Ref{}, err
	}
	switch err := s.confirm(ctx, row.id, key); {
	case db.IsUnique(err): // the same content arrived at the same time, and came first
		s.discard(ctx, row)
		first, err := s.claim(ctx, ref)
		if err == nil && !first.ready {
			err = errors.New("files: the same file came and went; upload again")
			s.discard(ctx, first)
		}
		ref.ID = first.id
		return ref, err
	case err != nil: // it may have been stored: Sweep finds out
		return Ref{}, err
	}
	return ref, nil
}

// seal writes the spool's content as a sealed object and gives the id of the
// key that sealed it.
func (s *Store) seal(ctx context.Context, sp *spool, object string) (keyID string, err error) {
	err = s.bucket.put(ctx, object, func(w io.Writer) error {
		head := &header{w: w}
		sealed, err := s.vault.NewSealWriter(head, objectPurpose(object))
		if err != nil {
			return err
		}
		if _, err := io.Copy(sealed, io.NewSectionReader(sp, 0, sp.size)); err != nil {
			return err
		}
		keyID = head.keyID()
		return sealed.Close()
	})
	return keyID, err
}

func objectPurpose(object string) string { return "files/object/" + object }

// header remembers the beginning of a sealed stream, which names its key.
type header struct {
	w    io.Writer
	seen []byte
}

func (h *header) Write(p []byte) (int, error) {
	if len(h.seen) < 8 {
		h.seen = append(h.seen, p[:min(len(p), 8-len(h.seen))]...)
	}
	return h.w.Write(p)
}

func (h *header) keyID() string { return hex.EncodeToString(h.seen[4:]) }

// discard removes what a failed Put left. What it cannot remove, Sweep will.
func (s *Store) discard(ctx context.Context, row claimed) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	err := s.bucket.remove(ctx, row.object)
	if err == nil {
		err = s.forget(ctx, []int64{row.id})
	}
	if err != nil {
		s.log.Warn("left for the sweep", "file", row.id, "err", err)
	}
}

// Open gives the plain content. Every byte handed out is proven; the whole is
// proven when Read gives io.EOF. Only ref.ID is looked at. Errors: ErrNoFile.
func (s *Store) Open(ctx context.Context, ref Ref) (io.ReadCloser, error) {
	row, err := s.find(s.db.Read(ctx), ref.ID)
	if err != nil {
		return nil, err
	}
	sealed, err := s.bucket.open(ctx, row.object)
	if err != nil {
		return nil, fmt.Errorf("files: object of %d: %w", ref.ID, err)
	}
	plain, err := s.vault.NewOpenReader(sealed, objectPurpose(row.object))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("files: object of %d: %w", ref.ID, err), sealed.Close())
	}
	return &opened{plain, sealed}, nil
}

type opened struct {
	io.Reader
	io.Closer
}

// Stat gives what is known of a file. Errors: ErrNoFile.
func (s *Store) Stat(q db.Queryer, id int64) (Ref, error) {
	row, err := s.find(q, id)
	return row.ref, err
}

// Stats gives what is known of several files, by their ids; one that is not
// there is left out.
func (s *Store) Stats(q db.Queryer, ids ...int64) (map[int64]Ref, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := s.findAll(q, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]Ref, len(rows))
	for _, r := range rows {
		out[r.ref.ID] = r.ref
	}
	return out, nil
}

// Ticket 上传凭据 is what an uploader gets: the file id bound to the holder
// (a session, a party), so that knowing or guessing an id helps nobody.
func (s *Store) Ticket(ref Ref, holder string) string {
	id := strconv.FormatInt(ref.ID, 10)
	return id + "." + s.ticketMAC(id, holder)
}

func (s *Store) ticketMAC(id, holder string) string {
	return s.vault.Index("files/ticket", id+" "+holder)[:32]
}

// Redeem gives the file id of a ticket that was made for this holder.
// Errors: ErrNoFile for anything else.
func (s *Store) Redeem(ticket, holder string) (int64, error) {
	id, mac, _ := strings.Cut(ticket, ".")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != id || !hmac.Equal([]byte(mac), []byte(s.ticketMAC(id, holder))) {
		return 0, ErrNoFile()
	}
	return n, nil
}
