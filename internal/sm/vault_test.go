package sm

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// GB/T 32905-2016, annex A.
func TestSM3(t *testing.T) {
	for in, want := range map[string]string{
		"abc":                      "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
		strings.Repeat("abcd", 16): "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
	} {
		if got := SM3Hex([]byte(in)); got != want {
			t.Errorf("SM3(%q) = %s, want %s", in, got, want)
		}
		if got := SM3Hex([]byte(in[:1]), []byte(in[1:])); got != want {
			t.Errorf("SM3 in parts = %s, want %s", got, want)
		}
		h := NewSM3()
		h.Write([]byte(in))
		if got := hex.EncodeToString(h.Sum(nil)); got != want {
			t.Errorf("NewSM3 = %s, want %s", got, want)
		}
	}
}

func testVault(t *testing.T, keys ...byte) *Vault {
	t.Helper()
	raw := make([][]byte, len(keys))
	for i, k := range keys {
		raw[i] = bytes.Repeat([]byte{k}, vaultKeyLen)
	}
	v, err := newVault(bytes.Repeat([]byte{9}, indexKeyLen), raw...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mustSeal(t *testing.T, v *Vault, purpose, plain string) []byte {
	t.Helper()
	s, err := v.Seal(purpose, []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSeal(t *testing.T) {
	v := testVault(t, 1)
	rapid.Check(t, func(r *rapid.T) {
		plain, purpose := rapid.SliceOf(rapid.Byte()).Draw(r, "plain"), rapid.String().Draw(r, "purpose")
		s, err := v.Seal(purpose, plain)
		if err != nil {
			r.Fatal(err)
		}
		if len(s) != len(plain)+33 {
			r.Fatalf("%d bytes for %d", len(s), len(plain))
		}
		got, err := v.Open(purpose, s)
		if err != nil || !bytes.Equal(got, plain) {
			r.Fatalf("Open = %x, %v; want %x", got, err, plain)
		}
		if _, err := v.Open(purpose+"x", s); !errors.Is(err, ErrTampered) {
			r.Fatalf("other purpose: %v", err)
		}
		i := rapid.IntRange(0, len(s)-1).Draw(r, "byte")
		s[i] ^= 1 << rapid.IntRange(0, 7).Draw(r, "bit")
		if got, err := v.Open(purpose, s); err == nil {
			r.Fatalf("changed byte %d opened: %x", i, got)
		}
	})
	if bytes.Equal(mustSeal(t, v, "p", "same"), mustSeal(t, v, "p", "same")) {
		t.Error("sealing twice gives the same bytes")
	}
	if s := mustSeal(t, v, "p", "320211199003072330"); bytes.Contains(s, []byte("3202")) {
		t.Error("plain text shows")
	}
}

func TestOpen_refuses(t *testing.T) {
	v := testVault(t, 1)
	good := mustSeal(t, v, "p", "x")
	for name, c := range map[string]struct {
		in   []byte
		want error
	}{
		"nothing":     {nil, ErrNotSealed},
		"plain text":  {[]byte("32021119900307233X and more than thirty-three bytes"), ErrNotSealed},
		"cut off":     {good[:len(good)-1], ErrTampered},
		"too short":   {good[:len(good)-2], ErrNotSealed},
		"foreign key": {mustSeal(t, testVault(t, 2), "p", "x"), ErrUnknownKey},
	} {
		if _, err := v.Open("p", c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestVault_rotation(t *testing.T) {
	before, after := testVault(t, 1), testVault(t, 1, 2)
	old := mustSeal(t, before, "p", "old")
	if got, err := after.Open("p", old); err != nil || string(got) != "old" {
		t.Fatalf("old value with new folder: %q, %v", got, err)
	}
	fresh := mustSeal(t, after, "p", "new")
	if _, err := before.Open("p", fresh); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("the newest key does not seal: %v", err)
	}
	if !after.Stale(old) || after.Stale(fresh) || before.Stale(old) {
		t.Error("Stale is wrong")
	}
	if before.Index("p", "x") != after.Index("p", "x") {
		t.Error("rotation changes lookups")
	}
	if _, err := newVault(make([]byte, indexKeyLen), make([]byte, 16), make([]byte, 16)); err == nil {
		t.Error("the same key twice is accepted")
	}
}

func TestIndex(t *testing.T) {
	v := testVault(t, 1)
	seen := map[string]string{}
	for _, c := range [][2]string{{"id", "a"}, {"id", "b"}, {"ida", ""}, {"", "ida"}, {"phone", "a"}, {"i", "da"}} {
		got := v.Index(c[0], c[1])
		if len(got) != 64 || got != v.Index(c[0], c[1]) {
			t.Errorf("Index%q = %s", c, got)
		}
		if other, twice := seen[got]; twice {
			t.Errorf("%q and %s share an index", c, other)
		}
		seen[got] = c[0] + "/" + c[1]
	}
	w, err := newVault(bytes.Repeat([]byte{8}, indexKeyLen), bytes.Repeat([]byte{1}, vaultKeyLen))
	if err != nil {
		t.Fatal(err)
	}
	if w.Index("id", "a") == v.Index("id", "a") {
		t.Error("the index does not depend on its key")
	}
}
