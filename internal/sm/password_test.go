package sm

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
)

func TestPassword(t *testing.T) {
	h, err := HashPassword("正确的马 battery")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`).MatchString(h) {
		t.Errorf("form: %s", h)
	}
	for pw, want := range map[string]bool{"正确的马 battery": true, "正确的马 Battery": false, "": false, strings.Repeat("x", MaxPassword+1): false} {
		if got, err := VerifyPassword(h, pw); err != nil || got != want {
			t.Errorf("VerifyPassword(%.20q) = %v, %v", pw, got, err)
		}
	}
	if h2, err := HashPassword("正确的马 battery"); err != nil || h2 == h {
		t.Errorf("no salt: %v", err)
	}
	if NeedsRehash(h) {
		t.Error("a fresh hash needs a rehash")
	}
	if ok, err := VerifyPassword("", ""); ok || err != nil {
		t.Errorf("no account: %v, %v", ok, err)
	}
	if _, err := HashPassword(strings.Repeat("x", MaxPassword+1)); err == nil {
		t.Error("hashes any length")
	}
}

func TestPassword_other_cost(t *testing.T) {
	salt := []byte("somesaltsomesalt")
	b64 := base64.RawStdEncoding.EncodeToString
	weak := "$argon2id$v=19$m=64,t=3,p=2$" + b64(salt) + "$" + b64(argon2.IDKey([]byte("pw"), salt, 3, 64, 2, 32))
	if ok, err := VerifyPassword(weak, "pw"); !ok || err != nil {
		t.Errorf("weak hash: %v, %v", ok, err)
	}
	if !NeedsRehash(weak) || !NeedsRehash("") || !NeedsRehash("md5") {
		t.Error("weak hash is good enough")
	}
}

func TestPassword_broken_hash(t *testing.T) {
	good, err := HashPassword("pw")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{"argon2id", "argon2i"}, {"v=19", "v=16"}, {"m=19456", "m=4194304"}, {"m=19456", "m=-1"},
		{"t=2", "t=0"}, {"t=2", "t=99"}, {"p=1", "p=300"}, {"p=1", "p=1,k=2"}, {"m=19456,t=2", "t=2,m=19456"}, {"$argon", "argon"}} {
		bad := strings.Replace(good, c[0], c[1], 1)
		if ok, err := VerifyPassword(bad, "pw"); ok || err == nil {
			t.Errorf("%s: %v, %v", bad, ok, err)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		c, salt, sum, err := parsePHC(s)
		if err == nil && (c.memory > 256<<10 || c.passes > 16 || c.passes == 0 || c.lanes == 0 || len(salt) < 8 || len(sum) < 16) {
			t.Errorf("%+v", c)
		}
	})
}

func TestToken(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		tok, err := NewToken()
		if err != nil || !regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`).MatchString(tok) || seen[tok] {
			t.Fatalf("%q, %v", tok, err)
		}
		seen[tok] = true
		if h := TokenHash(tok); len(h) != 64 || h != TokenHash(tok) || seen[h] {
			t.Fatalf("hash %q", h)
		}
	}
}

func TestDigits(t *testing.T) {
	count := map[rune]int{}
	for range 2000 {
		d, err := Digits(6)
		if err != nil || !regexp.MustCompile(`^[0-9]{6}$`).MatchString(d) {
			t.Fatalf("%q, %v", d, err)
		}
		for _, r := range d {
			count[r]++
		}
	}
	for r := '0'; r <= '9'; r++ {
		if count[r] < 900 || count[r] > 1500 { // 1200 expected, σ ≈ 33
			t.Errorf("%c came %d times of 12000", r, count[r])
		}
	}
}
