package sm

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func sealStream(t interface{ Fatal(...any) }, v *Vault, purpose string, plain []byte, piece int) []byte {
	var out bytes.Buffer
	w, err := v.NewSealWriter(&out, purpose)
	if err != nil {
		t.Fatal(err)
	}
	for p := range slices.Chunk(plain, piece) {
		if _, err := w.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal("closing twice:", err)
	}
	if _, err := w.Write([]byte("x")); err == nil {
		t.Fatal("writes after Close")
	}
	return out.Bytes()
}

func openStream(v *Vault, purpose string, sealed []byte) ([]byte, error) {
	r, err := v.NewOpenReader(bytes.NewReader(sealed), purpose)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 >> 3)
	}
	return b
}

func TestStream_sizes(t *testing.T) {
	v := testVault(t, 1)
	for _, n := range []int{0, 1, 15, 16, 17, ChunkSize - 1, ChunkSize, ChunkSize + 1, 2 * ChunkSize, 3*ChunkSize + 5} {
		plain := pattern(n)
		for _, piece := range []int{1 << 20, 1000, ChunkSize} {
			s := sealStream(t, v, "file", plain, piece)
			if int64(len(s)) != SealedSize(int64(n)) {
				t.Errorf("%d bytes: sealed to %d, SealedSize says %d", n, len(s), SealedSize(int64(n)))
			}
			if got, err := openStream(v, "file", s); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%d bytes in pieces of %d: %d back, %v", n, piece, len(got), err)
			}
		}
	}
}

func TestStream_every_cut_is_noticed(t *testing.T) {
	v := testVault(t, 1)
	s := sealStream(t, v, "file", pattern(2*ChunkSize+100), ChunkSize)
	inner := ChunkSize + sealTag
	cuts := []int{0, 3, streamHeader - 1, streamHeader, streamHeader + 1, streamHeader + inner, streamHeader + inner + 5,
		streamHeader + 2*inner, streamHeader + 2*inner + sealTag, len(s) - 1}
	for _, n := range cuts {
		_, err := openStream(v, "file", s[:n])
		want := ErrTruncated
		if n < streamHeader {
			want = ErrNotSealed
		}
		if !errors.Is(err, want) {
			t.Errorf("cut at %d of %d: %v, want %v", n, len(s), err, want)
		}
	}
}

func TestStream_changes_are_noticed(t *testing.T) {
	v := testVault(t, 1)
	plain := pattern(3*ChunkSize + 100)
	s := sealStream(t, v, "file", plain, ChunkSize)
	inner := ChunkSize + sealTag
	chunk := func(i int) []byte { return s[streamHeader+i*inner : min(len(s), streamHeader+(i+1)*inner)] }
	head := s[:streamHeader]
	for name, in := range map[string][]byte{
		"swapped":       slices.Concat(head, chunk(1), chunk(0), chunk(2), chunk(3)),
		"dropped":       slices.Concat(head, chunk(0), chunk(2), chunk(3)),
		"repeated":      slices.Concat(head, chunk(0), chunk(0), chunk(1), chunk(2), chunk(3)),
		"appended":      slices.Concat(s, []byte{0}),
		"last repeated": slices.Concat(s, chunk(3)),
		"other header":  slices.Concat(sealStream(t, v, "file", nil, 1)[:streamHeader], s[streamHeader:]),
	} {
		if _, err := openStream(v, "file", in); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := openStream(v, "other", s); !errors.Is(err, ErrTampered) {
		t.Errorf("other purpose: %v", err)
	}
	if _, err := openStream(testVault(t, 2), "file", s); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("foreign key: %v", err)
	}
	if got, err := openStream(testVault(t, 1, 2), "file", s); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("after rotation: %v", err)
	}
	rapid.Check(t, func(r *rapid.T) {
		i := rapid.IntRange(0, len(s)-1).Draw(r, "byte")
		bad := slices.Clone(s)
		bad[i] ^= 1 << rapid.IntRange(0, 7).Draw(r, "bit")
		got, err := openStream(v, "file", bad)
		if err == nil {
			r.Fatalf("changed byte %d opened", i)
		}
		if !bytes.HasPrefix(plain, got) {
			r.Fatalf("changed byte %d: unproven bytes handed out", i)
		}
	})
}

func TestStream_passes_errors_on(t *testing.T) {
	v := testVault(t, 1)
	s := sealStream(t, v, "file", pattern(ChunkSize+1), ChunkSize)
	broken := errors.New("disk gone")
	for _, n := range []int{3, streamHeader + 10, len(s) - 1, len(s)} {
		r, err := v.NewOpenReader(io.MultiReader(bytes.NewReader(s[:n]), iotest.ErrReader(broken)), "file")
		if err == nil {
			_, err = io.ReadAll(r)
		}
		if !errors.Is(err, broken) {
			t.Errorf("read error after %d bytes: %v", n, err)
		}
	}
	w, err := v.NewSealWriter(&brokenWriter{left: 1, err: broken}, "file")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(pattern(2 * ChunkSize)); !errors.Is(err, broken) {
		t.Errorf("write error: %v", err)
	}
	if err := w.Close(); !errors.Is(err, broken) {
		t.Errorf("Close after a write error: %v", err)
	}
	r, err := v.NewOpenReader(iotest.OneByteReader(bytes.NewReader(s)), "file")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || len(got) != ChunkSize+1 {
		t.Errorf("byte by byte: %d, %v", len(got), err)
	}
}

// brokenWriter takes left writes and then fails.
type brokenWriter struct {
	left int
	err  error
}

func (b *brokenWriter) Write(p []byte) (int, error) {
	if b.left--; b.left < 0 {
		return 0, b.err
	}
	return len(p), nil
}

func FuzzOpen(f *testing.F) {
	raw := bytes.Repeat([]byte{1}, vaultKeyLen)
	v, err := newVault(make([]byte, indexKeyLen), raw)
	if err != nil {
		f.Fatal(err)
	}
	s, err := v.Seal("p", []byte("value"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(s)
	f.Add(sealStream(f, v, "p", []byte("value"), 2))
	f.Fuzz(func(t *testing.T, in []byte) {
		// Nothing but "value" was ever sealed with this key.
		if got, err := v.Open("p", in); err == nil && string(got) != "value" {
			t.Errorf("forged: %q", got)
		}
		if _, err := openStream(v, "q", in); err == nil {
			t.Error("forged stream")
		}
	})
}
