package sm

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
)

// The sealed stream, for files of any size in constant memory:
//
//	"TBS1" · key id (4) · salt (16) · chunk · chunk · … · last chunk
//
// Each chunk is SM4-GCM over at most 64 KiB, 16 bytes longer than its plain
// text, under a key derived from the vault key, the salt and the purpose; its
// nonce is its number and a flag that only the last one carries. Chunks that
// are changed, swapped, dropped, repeated or cut off do not open. Only the
// last chunk may be short, and it is empty only when the whole stream is.
const (
	streamMagic  = "TBS1"
	streamSalt   = 16
	streamHeader = len(streamMagic) + 4 + streamSalt
	// ChunkSize is the plain size of each chunk but the last.
	ChunkSize = 64 << 10
)

// ErrTruncated says that a sealed stream ends before its last chunk.
var ErrTruncated = errors.New("sm: sealed stream is cut off")

var errClosed = errors.New("sm: seal writer is closed")

// SealedSize is the size in bytes of a sealed stream over plain bytes.
func SealedSize(plain int64) int64 {
	chunks := max(1, (plain+ChunkSize-1)/ChunkSize)
	return int64(streamHeader) + plain + chunks*sealTag
}

// NewSealWriter writes a sealed stream to w. Nothing is complete until Close,
// which writes the last chunk and leaves w open. Not for concurrent use.
func (v *Vault) NewSealWriter(w io.Writer, purpose string) (io.WriteCloser, error) {
	id, k := v.newest()
	head := make([]byte, streamHeader)
	copy(head, streamMagic)
	copy(head[len(streamMagic):], id[:])
	salt := head[streamHeader-streamSalt:]
	if _, err := rand.Read(salt); err != nil {
		return nil, fmt.Errorf("sm: salt: %w", err)
	}
	aead, err := streamAEAD(k, salt, purpose)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(head); err != nil {
		return nil, err
	}
	return &sealWriter{w: w, aead: aead, buf: make([]byte, 0, ChunkSize+sealTag)}, nil
}

func streamAEAD(k vaultKey, salt []byte, purpose string) (cipher.AEAD, error) {
	return newGCM(macSM3(k.raw, "tongban stream", string(salt), purpose)[:16])
}

// streamNonce counts chunks in its first 11 bytes, big-endian; the twelfth
// marks the last chunk.
type streamNonce [sealNonce]byte

func (n *streamNonce) next() {
	for i := sealNonce - 2; i >= 0; i-- {
		n[i]++
		if n[i] != 0 {
			return
		}
	}
}

type sealWriter struct {
	w     io.Writer
	aead  cipher.AEAD
	nonce streamNonce
	buf   []byte // plain text of the open chunk
	err   error
}

func (s *sealWriter) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n := 0
	for len(p) > 0 {
		if len(s.buf) == ChunkSize { // known only now not to be the last
			if err := s.flush(); err != nil {
				return n, err
			}
		}
		c := min(ChunkSize-len(s.buf), len(p))
		s.buf = append(s.buf, p[:c]...)
		p, n = p[c:], n+c
	}
	return n, nil
}

func (s *sealWriter) flush() error {
	_, s.err = s.w.Write(s.aead.Seal(s.buf[:0], s.nonce[:], s.buf, nil))
	s.nonce.next()
	s.buf = s.buf[:0]
	return s.err
}

func (s *sealWriter) Close() error {
	if s.err != nil {
		if errors.Is(s.err, errClosed) {
			return nil
		}
		return s.err
	}
	s.nonce[sealNonce-1] = 1
	err := s.flush()
	if err == nil {
		s.err = errClosed
	}
	return err
}

// NewOpenReader reads what NewSealWriter wrote for the same purpose. It hands
// out only bytes that are proven; the stream as a whole is proven when Read
// gives io.EOF. Errors: ErrNotSealed, ErrUnknownKey, ErrTampered,
// ErrTruncated, or those of r. Not for concurrent use.
func (v *Vault) NewOpenReader(r io.Reader, purpose string) (io.Reader, error) {
	head := make([]byte, streamHeader)
	if _, err := io.ReadFull(r, head); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, ErrNotSealed
		}
		return nil, err
	}
	if !bytes.HasPrefix(head, []byte(streamMagic)) {
		return nil, ErrNotSealed
	}
	k, ok := v.keys[[4]byte(head[len(streamMagic):])]
	if !ok {
		return nil, ErrUnknownKey
	}
	aead, err := streamAEAD(k, head[streamHeader-streamSalt:], purpose)
	if err != nil {
		return nil, err
	}
	return &openReader{r: r, aead: aead, buf: make([]byte, ChunkSize+sealTag), plain: make([]byte, 0, ChunkSize)}, nil
}

type openReader struct {
	r     io.Reader
	aead  cipher.AEAD
	nonce streamNonce
	buf   []byte // one chunk as stored
	plain []byte // space for its plain text
	rest  []byte // part of plain: proven, not yet handed out
	begun bool
	err   error // after rest is handed out
}

func (o *openReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(o.rest) == 0 {
		if o.err != nil {
			return 0, o.err
		}
		o.fill()
	}
	n := copy(p, o.rest)
	o.rest = o.rest[n:]
	return n, nil
}

// fill proves one chunk. A full chunk is tried as an inner one first, then as
// the last; a short one can only be the last.
func (o *openReader) fill() {
	n, err := io.ReadFull(o.r, o.buf)
	switch {
	case errors.Is(err, io.EOF):
		o.err = ErrTruncated
		return
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		o.err = err
		return
	}
	full, first := n == len(o.buf), !o.begun
	o.begun = true
	if full {
		plain, err := o.aead.Open(o.plain[:0], o.nonce[:], o.buf, nil)
		if err == nil {
			o.rest = plain
			o.nonce.next()
			return
		}
	}
	o.nonce[sealNonce-1] = 1
	plain, err := o.aead.Open(o.plain[:0], o.nonce[:], o.buf[:n], nil)
	switch {
	case err != nil && !full:
		o.err = o.brokenEnd(n)
		return
	case err != nil, len(plain) == 0 && !first:
		o.err = ErrTampered
		return
	}
	o.rest, o.err = plain, io.EOF
	if extra, err := io.ReadFull(o.r, o.buf[:1]); extra > 0 {
		o.rest, o.err = nil, ErrTampered
	} else if !errors.Is(err, io.EOF) {
		o.rest, o.err = nil, err
	}
}

// brokenEnd tells a cut-off chunk from a changed one as far as that is
// possible: a chunk too short to hold a tag was certainly cut.
func (o *openReader) brokenEnd(n int) error {
	if n < sealTag {
		return ErrTruncated
	}
	return fmt.Errorf("%w; or %w", ErrTampered, ErrTruncated)
}
